libworld_a_SOURCES += src/os/file.h
libworld_a_SOURCES += src/os/loop.h
libworld_a_SOURCES += src/os/process.h
