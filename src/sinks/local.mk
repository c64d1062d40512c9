libworld_a_SOURCES += src/sinks/desktop.h
libworld_a_SOURCES += src/sinks/hook.h
libworld_a_SOURCES += src/sinks/maildir.h
libworld_a_SOURCES += src/sinks/sink.h
