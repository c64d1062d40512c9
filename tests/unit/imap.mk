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
