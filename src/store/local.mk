libworld_a_SOURCES += src/store/config-file.c
libworld_a_SOURCES += src/store/config-file.h
libworld_a_SOURCES += src/store/ledger.c src/store/ledger.h
libworld_a_SOURCES += src/store/marks.c src/store/marks.h
libworld_a_SOURCES += src/store/partial.c src/store/partial.h
libworld_a_SOURCES += src/store/seen.c src/store/seen.h
libworld_a_SOURCES += src/store/state.c src/store/state.h
libworld_a_SOURCES += src/store/tuning.c src/store/tuning.h
