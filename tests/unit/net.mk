check_PROGRAMS += tests/unit/test-loop
TESTS += tests/unit/test-loop
tests_unit_test_loop_SOURCES = tests/unit/test-loop.c tests/unit/unit.h
tests_unit_test_loop_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-connector
TESTS += tests/unit/test-connector
tests_unit_test_connector_SOURCES = tests/unit/test-connector.c tests/unit/net.h tests/unit/unit.h
