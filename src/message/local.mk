libcore_a_SOURCES += src/message/address.c src/message/address.h
libcore_a_SOURCES += src/message/domain.c src/message/domain.h
libcore_a_SOURCES += src/message/field.c src/message/field.h
libcore_a_SOURCES += src/message/members.c src/message/members.h
libcore_a_SOURCES += src/message/message.c src/message/message.h
libcore_a_SOURCES += src/message/notice.c src/message/notice.h
libcore_a_SOURCES += src/message/text.c src/message/text.h
libcore_a_SOURCES += src/message/view.c src/message/view.h
