check_PROGRAMS += tests/unit/test-settings
TESTS += tests/unit/test-settings
tests_unit_test_settings_SOURCES = tests/unit/test-settings.c \
	tests/unit/place.h tests/unit/unit.h
tests_unit_test_settings_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-app
TESTS += tests/unit/test-app
tests_unit_test_app_SOURCES = tests/unit/test-app.c tests/unit/unit.h
tests_unit_test_app_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-pace
TESTS += tests/unit/test-pace
tests_unit_test_pace_SOURCES = tests/unit/test-pace.c tests/unit/unit.h
tests_unit_test_pace_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-systemd
TESTS += tests/unit/test-systemd
tests_unit_test_systemd_SOURCES = tests/unit/test-systemd.c tests/unit/unit.h
tests_unit_test_systemd_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-delivery
TESTS += tests/unit/test-delivery
tests_unit_test_delivery_SOURCES = tests/unit/test-delivery.c \
	tests/unit/unit.h
tests_unit_test_delivery_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-control
TESTS += tests/unit/test-control
tests_unit_test_control_SOURCES = tests/unit/test-control.c \
	tests/unit/clockwork.h tests/unit/unit.h
tests_unit_test_control_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-status-view
TESTS += tests/unit/test-status-view
tests_unit_test_status_view_SOURCES = tests/unit/test-status-view.c \
	tests/unit/unit.h
tests_unit_test_status_view_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-alarm
TESTS += tests/unit/test-alarm
tests_unit_test_alarm_SOURCES = tests/unit/test-alarm.c \
	tests/unit/clockwork.h tests/unit/unit.h
tests_unit_test_alarm_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-alarm-bubbles
TESTS += tests/unit/test-alarm-bubbles
tests_unit_test_alarm_bubbles_SOURCES = tests/unit/test-alarm-bubbles.c \
	tests/unit/clockwork.h tests/unit/unit.h
tests_unit_test_alarm_bubbles_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-when
TESTS += tests/unit/test-when
tests_unit_test_when_SOURCES = tests/unit/test-when.c tests/unit/unit.h
tests_unit_test_when_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-watch
TESTS += tests/unit/test-watch
tests_unit_test_watch_SOURCES = tests/unit/test-watch.c tests/unit/net.h \
	tests/unit/unit.h
tests_unit_test_watch_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-quiet
TESTS += tests/unit/test-quiet
tests_unit_test_quiet_SOURCES = tests/unit/test-quiet.c tests/unit/unit.h
tests_unit_test_quiet_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-bells
TESTS += tests/unit/test-bells
tests_unit_test_bells_SOURCES = tests/unit/test-bells.c tests/unit/unit.h
tests_unit_test_bells_LDADD = $(UNIT_LIBS)
# Its clock and not the one of libworld.a, which comes with the rest.
tests_unit_test_bells_LDFLAGS = -Wl,-z,muldefs
check_PROGRAMS += tests/unit/test-errand
TESTS += tests/unit/test-errand
tests_unit_test_errand_SOURCES = tests/unit/test-errand.c tests/unit/net.h \
	tests/unit/unit.h
tests_unit_test_errand_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-special
TESTS += tests/unit/test-special
tests_unit_test_special_SOURCES = tests/unit/test-special.c tests/unit/unit.h
tests_unit_test_special_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-excerpt
TESTS += tests/unit/test-excerpt
tests_unit_test_excerpt_SOURCES = tests/unit/test-excerpt.c tests/unit/unit.h
tests_unit_test_excerpt_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-curfew
TESTS += tests/unit/test-curfew
tests_unit_test_curfew_SOURCES = tests/unit/test-curfew.c tests/unit/unit.h
tests_unit_test_curfew_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-say
TESTS += tests/unit/test-say
tests_unit_test_say_SOURCES = tests/unit/test-say.c tests/unit/unit.h
tests_unit_test_say_LDADD = $(UNIT_LIBS)
