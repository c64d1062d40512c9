check_PROGRAMS += tests/fuzz/fuzz-response
TESTS += tests/fuzz/fuzz-response
tests_fuzz_fuzz_response_SOURCES = tests/fuzz/fuzz-response.c \
	tests/fuzz/replay.c
tests_fuzz_fuzz_response_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/response"'
tests_fuzz_fuzz_response_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/response
EXTRA_DIST += tests/fuzz/response.dict

check_PROGRAMS += tests/fuzz/fuzz-utf7
TESTS += tests/fuzz/fuzz-utf7
tests_fuzz_fuzz_utf7_SOURCES = tests/fuzz/fuzz-utf7.c tests/fuzz/replay.c
tests_fuzz_fuzz_utf7_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/utf7"'
tests_fuzz_fuzz_utf7_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/utf7

check_PROGRAMS += tests/fuzz/fuzz-session
TESTS += tests/fuzz/fuzz-session
tests_fuzz_fuzz_session_SOURCES = tests/fuzz/fuzz-session.c \
	tests/fuzz/replay.c
tests_fuzz_fuzz_session_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/session"'
tests_fuzz_fuzz_session_LDADD = $(FUZZ_LIBS)
EXTRA_DIST += tests/fuzz/corpus/session
