libcore_a_SOURCES += src/rules/rules.h
