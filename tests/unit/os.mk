check_PROGRAMS += tests/unit/test-process
TESTS += tests/unit/test-process
tests_unit_test_process_SOURCES = tests/unit/test-process.c tests/unit/unit.h
tests_unit_test_process_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-file
TESTS += tests/unit/test-file
tests_unit_test_file_SOURCES = tests/unit/test-file.c tests/unit/unit.h
tests_unit_test_file_LDADD = $(UNIT_LIBS)
