libworld_a_SOURCES += src/sinks/bubble.c src/sinks/bubble.h
libworld_a_SOURCES += src/sinks/bus.c src/sinks/bus.h
libworld_a_SOURCES += src/sinks/desktop.c src/sinks/desktop.h
libworld_a_SOURCES += src/sinks/destination.c src/sinks/destination.h
libworld_a_SOURCES += src/sinks/hook.c src/sinks/hook.h
libworld_a_SOURCES += src/sinks/look.c src/sinks/look.h
libworld_a_SOURCES += src/sinks/maildir.c src/sinks/maildir.h
libworld_a_SOURCES += src/sinks/sink.c src/sinks/sink.h
