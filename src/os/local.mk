libworld_a_SOURCES += src/os/dbus.c src/os/dbus.h
libworld_a_SOURCES += src/os/file.c src/os/file.h
libworld_a_SOURCES += src/os/language.c src/os/language.h
libworld_a_SOURCES += src/os/loop.c src/os/loop.h
libworld_a_SOURCES += src/os/memory.c src/os/memory.h
libworld_a_SOURCES += src/os/process.c src/os/process.h
