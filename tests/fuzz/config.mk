check_PROGRAMS += tests/fuzz/fuzz-config
TESTS += tests/fuzz/fuzz-config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c \
	tests/fuzz/replay.c tests/unit/ini.h
tests_fuzz_fuzz_config_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/config"'
tests_fuzz_fuzz_config_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/config

check_PROGRAMS += tests/fuzz/fuzz-value
TESTS += tests/fuzz/fuzz-value
tests_fuzz_fuzz_value_SOURCES = tests/fuzz/fuzz-value.c tests/fuzz/replay.c
tests_fuzz_fuzz_value_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/value"'
tests_fuzz_fuzz_value_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/value
