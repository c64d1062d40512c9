check_PROGRAMS += tests/fuzz/fuzz-message tests/fuzz/fuzz-rules
TESTS += tests/fuzz/fuzz-message tests/fuzz/fuzz-rules
tests_fuzz_fuzz_message_SOURCES = tests/fuzz/fuzz-message.c tests/fuzz/replay.c
tests_fuzz_fuzz_message_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/message"'
tests_fuzz_fuzz_message_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_rules_SOURCES = tests/fuzz/fuzz-rules.c tests/fuzz/replay.c
tests_fuzz_fuzz_rules_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/rules"'
tests_fuzz_fuzz_rules_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/message tests/fuzz/corpus/rules
EXTRA_DIST += tests/fuzz/message.dict

check_PROGRAMS += tests/fuzz/fuzz-preview
TESTS += tests/fuzz/fuzz-preview
tests_fuzz_fuzz_preview_SOURCES = tests/fuzz/fuzz-preview.c \
	tests/fuzz/replay.c
tests_fuzz_fuzz_preview_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/preview"'
tests_fuzz_fuzz_preview_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/preview
