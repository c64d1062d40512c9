libcore_a_SOURCES += src/config/config.h
libcore_a_SOURCES += src/config/options.h
libcore_a_SOURCES += src/config/value.h
