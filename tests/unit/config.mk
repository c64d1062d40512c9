check_PROGRAMS += tests/unit/test-value
TESTS += tests/unit/test-value
tests_unit_test_value_SOURCES = tests/unit/test-value.c tests/unit/unit.h
tests_unit_test_value_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-options
TESTS += tests/unit/test-options
tests_unit_test_options_SOURCES = tests/unit/test-options.c tests/unit/unit.h
tests_unit_test_options_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-setting
TESTS += tests/unit/test-setting
tests_unit_test_setting_SOURCES = tests/unit/test-setting.c tests/unit/unit.h
tests_unit_test_setting_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-syntax
TESTS += tests/unit/test-syntax
tests_unit_test_syntax_SOURCES = tests/unit/test-syntax.c tests/unit/unit.h
tests_unit_test_syntax_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-shard
TESTS += tests/unit/test-shard
tests_unit_test_shard_SOURCES = tests/unit/test-shard.c tests/unit/unit.h
tests_unit_test_shard_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-lines
TESTS += tests/unit/test-lines
tests_unit_test_lines_SOURCES = tests/unit/test-lines.c tests/unit/ini.h \
	tests/unit/unit.h
tests_unit_test_lines_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-config
TESTS += tests/unit/test-config
tests_unit_test_config_SOURCES = tests/unit/test-config.c tests/unit/unit.h
tests_unit_test_config_CPPFLAGS = $(AM_CPPFLAGS) \
	-DCONFIG_SAMPLE='"$(abs_srcdir)/contrib/idlebell.config.sample"'
tests_unit_test_config_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-config-file
TESTS += tests/unit/test-config-file
tests_unit_test_config_file_SOURCES = tests/unit/test-config-file.c \
	tests/unit/unit.h
tests_unit_test_config_file_LDADD = $(UNIT_LIBS)

# The manual against the table of options.
check_PROGRAMS += tests/unit/print-options
tests_unit_print_options_SOURCES = tests/unit/print-options.c
tests_unit_print_options_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/test-manual.py
EXTRA_DIST += tests/unit/test-manual.py
EXTRA_DIST += contrib/idlebell.config.sample
