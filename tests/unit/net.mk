check_PROGRAMS += tests/unit/test-loop
TESTS += tests/unit/test-loop
tests_unit_test_loop_SOURCES = tests/unit/test-loop.c tests/unit/unit.h
tests_unit_test_loop_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-connector
TESTS += tests/unit/test-connector
tests_unit_test_connector_SOURCES = tests/unit/test-connector.c tests/unit/net.h tests/unit/unit.h
tests_unit_test_connector_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-tls
TESTS += tests/unit/test-tls
tests_unit_test_tls_SOURCES = tests/unit/test-tls.c tests/unit/pki.h tests/unit/unit.h
tests_unit_test_tls_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-stream
TESTS += tests/unit/test-stream
tests_unit_test_stream_SOURCES = tests/unit/test-stream.c tests/unit/net.h \
	tests/unit/pki.h tests/unit/unit.h
tests_unit_test_stream_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-secret
TESTS += tests/unit/test-secret
tests_unit_test_secret_SOURCES = tests/unit/test-secret.c tests/unit/net.h tests/unit/unit.h
tests_unit_test_secret_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-login
TESTS += tests/unit/test-login
tests_unit_test_login_SOURCES = tests/unit/test-login.c tests/unit/unit.h
tests_unit_test_login_LDADD = $(UNIT_LIBS)
