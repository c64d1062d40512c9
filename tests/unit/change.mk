check_PROGRAMS += tests/unit/test-calm
TESTS += tests/unit/test-calm
tests_unit_test_calm_SOURCES = tests/unit/test-calm.c tests/unit/unit.h
tests_unit_test_calm_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-logind
TESTS += tests/unit/test-logind
tests_unit_test_logind_SOURCES = tests/unit/test-logind.c \
	tests/unit/inotify.h tests/unit/logind.h tests/unit/net.h tests/unit/unit.h
tests_unit_test_logind_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-links
TESTS += tests/unit/test-links
tests_unit_test_links_SOURCES = tests/unit/test-links.c tests/unit/unit.h
tests_unit_test_links_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-change
TESTS += tests/unit/test-change
tests_unit_test_change_SOURCES = tests/unit/test-change.c \
	tests/unit/inotify.h tests/unit/logind.h tests/unit/net.h tests/unit/unit.h
tests_unit_test_change_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-way
TESTS += tests/unit/test-way
tests_unit_test_way_SOURCES = tests/unit/test-way.c tests/unit/net.h \
	tests/unit/unit.h
tests_unit_test_way_LDADD = $(UNIT_LIBS)
