libcore_a_SOURCES += src/rules/contacts.c src/rules/contacts.h
libcore_a_SOURCES += src/rules/criterion.c src/rules/criterion.h
libcore_a_SOURCES += src/rules/hours.c src/rules/hours.h
libcore_a_SOURCES += src/rules/pattern.c src/rules/pattern.h
libcore_a_SOURCES += src/rules/rules.c src/rules/rules.h
