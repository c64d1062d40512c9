check_PROGRAMS += tests/unit/test-sessions
TESTS += tests/unit/test-sessions
tests_unit_test_sessions_SOURCES = tests/unit/test-sessions.c tests/unit/unit.h
tests_unit_test_sessions_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) \
	-DSESSIONS='"$(abs_top_srcdir)/tests/sessions"'
tests_unit_test_sessions_LDADD = $(UNIT_LIBS)
