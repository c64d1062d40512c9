check_PROGRAMS += tests/unit/test-capability
TESTS += tests/unit/test-capability
tests_unit_test_capability_SOURCES = tests/unit/test-capability.c \
	tests/unit/unit.h
tests_unit_test_capability_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-command
TESTS += tests/unit/test-command
tests_unit_test_command_SOURCES = tests/unit/test-command.c tests/unit/unit.h
tests_unit_test_command_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-framer
TESTS += tests/unit/test-framer
tests_unit_test_framer_SOURCES = tests/unit/test-framer.c tests/unit/feed.h \
	tests/unit/unit.h
tests_unit_test_framer_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-response
TESTS += tests/unit/test-response
tests_unit_test_response_SOURCES = tests/unit/test-response.c \
	tests/unit/feed.h tests/unit/unit.h
tests_unit_test_response_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-sessions
TESTS += tests/unit/test-sessions
tests_unit_test_sessions_SOURCES = tests/unit/test-sessions.c tests/unit/unit.h
tests_unit_test_sessions_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) \
	-DSESSIONS='"$(abs_top_srcdir)/tests/sessions"'
tests_unit_test_sessions_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-ranges
TESTS += tests/unit/test-ranges
tests_unit_test_ranges_SOURCES = tests/unit/test-ranges.c tests/unit/unit.h
tests_unit_test_ranges_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-words
TESTS += tests/unit/test-words
tests_unit_test_words_SOURCES = tests/unit/test-words.c tests/unit/unit.h
tests_unit_test_words_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-refresh
TESTS += tests/unit/test-refresh
tests_unit_test_refresh_SOURCES = tests/unit/test-refresh.c tests/unit/unit.h
tests_unit_test_refresh_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-mailbox
TESTS += tests/unit/test-mailbox
tests_unit_test_mailbox_SOURCES = tests/unit/test-mailbox.c tests/unit/unit.h
tests_unit_test_mailbox_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-selection
TESTS += tests/unit/test-selection
tests_unit_test_selection_SOURCES = tests/unit/test-selection.c \
	tests/unit/unit.h
tests_unit_test_selection_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-roster
TESTS += tests/unit/test-roster
tests_unit_test_roster_SOURCES = tests/unit/test-roster.c tests/unit/unit.h
tests_unit_test_roster_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-visits
TESTS += tests/unit/test-visits
tests_unit_test_visits_SOURCES = tests/unit/test-visits.c tests/unit/unit.h

tests_unit_test_visits_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-early
TESTS += tests/unit/test-early
tests_unit_test_early_SOURCES = tests/unit/test-early.c tests/unit/unit.h
tests_unit_test_early_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-tags
TESTS += tests/unit/test-tags
tests_unit_test_tags_SOURCES = tests/unit/test-tags.c tests/unit/unit.h
tests_unit_test_tags_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-veil
TESTS += tests/unit/test-veil
tests_unit_test_veil_SOURCES = tests/unit/test-veil.c tests/unit/unit.h
tests_unit_test_veil_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-structure
TESTS += tests/unit/test-structure
tests_unit_test_structure_SOURCES = tests/unit/test-structure.c \
	tests/unit/unit.h
tests_unit_test_structure_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-attachment
TESTS += tests/unit/test-attachment
tests_unit_test_attachment_SOURCES = tests/unit/test-attachment.c \
	tests/unit/unit.h
tests_unit_test_attachment_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-resume
TESTS += tests/unit/test-resume
tests_unit_test_resume_SOURCES = tests/unit/test-resume.c tests/unit/unit.h
tests_unit_test_resume_LDADD = $(UNIT_LIBS)
