libworld_a_SOURCES += src/store/config-file.h
libworld_a_SOURCES += src/store/marks.h
libworld_a_SOURCES += src/store/state.h
