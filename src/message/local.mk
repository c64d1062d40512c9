libcore_a_SOURCES += src/message/message.h
libcore_a_SOURCES += src/message/text.h
libcore_a_SOURCES += src/message/view.h
