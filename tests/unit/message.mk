check_PROGRAMS += tests/unit/test-emit
TESTS += tests/unit/test-emit
tests_unit_test_emit_SOURCES = tests/unit/test-emit.c tests/unit/unit.h
tests_unit_test_emit_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-text
TESTS += tests/unit/test-text
tests_unit_test_text_SOURCES = tests/unit/test-text.c tests/unit/unit.h
tests_unit_test_text_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-message
TESTS += tests/unit/test-message
tests_unit_test_message_SOURCES = tests/unit/test-message.c tests/unit/unit.h
tests_unit_test_message_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-view
TESTS += tests/unit/test-view
tests_unit_test_view_SOURCES = tests/unit/test-view.c tests/unit/unit.h
tests_unit_test_view_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-pattern
TESTS += tests/unit/test-pattern
tests_unit_test_pattern_SOURCES = tests/unit/test-pattern.c tests/unit/unit.h
tests_unit_test_pattern_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-foresee
TESTS += tests/unit/test-foresee
tests_unit_test_foresee_SOURCES = tests/unit/test-foresee.c tests/unit/unit.h
tests_unit_test_foresee_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-rules
TESTS += tests/unit/test-rules
tests_unit_test_rules_SOURCES = tests/unit/test-rules.c tests/unit/unit.h
tests_unit_test_rules_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-field
TESTS += tests/unit/test-field
tests_unit_test_field_SOURCES = tests/unit/test-field.c tests/unit/unit.h
tests_unit_test_field_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-domain
TESTS += tests/unit/test-domain
tests_unit_test_domain_SOURCES = tests/unit/test-domain.c tests/unit/unit.h
tests_unit_test_domain_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-notice
TESTS += tests/unit/test-notice
tests_unit_test_notice_SOURCES = tests/unit/test-notice.c tests/unit/unit.h
tests_unit_test_notice_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-hours
TESTS += tests/unit/test-hours
tests_unit_test_hours_SOURCES = tests/unit/test-hours.c tests/unit/unit.h
tests_unit_test_hours_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-preview
TESTS += tests/unit/test-preview
tests_unit_test_preview_SOURCES = tests/unit/test-preview.c tests/unit/unit.h
tests_unit_test_preview_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-contacts
TESTS += tests/unit/test-contacts
tests_unit_test_contacts_SOURCES = tests/unit/test-contacts.c tests/unit/unit.h
tests_unit_test_contacts_LDADD = $(UNIT_LIBS)
