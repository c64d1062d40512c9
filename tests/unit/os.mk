check_PROGRAMS += tests/unit/test-process
TESTS += tests/unit/test-process
tests_unit_test_process_SOURCES = tests/unit/test-process.c tests/unit/unit.h
tests_unit_test_process_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-file
TESTS += tests/unit/test-file
tests_unit_test_file_SOURCES = tests/unit/test-file.c tests/unit/unit.h
tests_unit_test_file_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-state
TESTS += tests/unit/test-state
tests_unit_test_state_SOURCES = tests/unit/test-state.c tests/unit/unit.h
tests_unit_test_state_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-ledger
TESTS += tests/unit/test-ledger
tests_unit_test_ledger_SOURCES = tests/unit/test-ledger.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_ledger_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-marks
TESTS += tests/unit/test-marks
tests_unit_test_marks_SOURCES = tests/unit/test-marks.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_marks_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-crash
TESTS += tests/unit/test-crash
tests_unit_test_crash_SOURCES = tests/unit/test-crash.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_crash_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-tuning
TESTS += tests/unit/test-tuning
tests_unit_test_tuning_SOURCES = tests/unit/test-tuning.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_tuning_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-seen
TESTS += tests/unit/test-seen
tests_unit_test_seen_SOURCES = tests/unit/test-seen.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_seen_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-hook
TESTS += tests/unit/test-hook
tests_unit_test_hook_SOURCES = tests/unit/test-hook.c tests/unit/unit.h
tests_unit_test_hook_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-maildir
TESTS += tests/unit/test-maildir
tests_unit_test_maildir_SOURCES = tests/unit/test-maildir.c tests/unit/unit.h
tests_unit_test_maildir_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-desktop
TESTS += tests/unit/test-desktop
tests_unit_test_desktop_SOURCES = tests/unit/test-desktop.c \
	tests/unit/notifyd.h tests/unit/unit.h
tests_unit_test_desktop_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-bubbles
TESTS += tests/unit/test-bubbles
tests_unit_test_bubbles_SOURCES = tests/unit/test-bubbles.c \
	tests/unit/notifyd.h tests/unit/unit.h
tests_unit_test_bubbles_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-progress
TESTS += tests/unit/test-progress
tests_unit_test_progress_SOURCES = tests/unit/test-progress.c tests/unit/unit.h
tests_unit_test_progress_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-partial
TESTS += tests/unit/test-partial
tests_unit_test_partial_SOURCES = tests/unit/test-partial.c tests/unit/unit.h
tests_unit_test_partial_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-destination
TESTS += tests/unit/test-destination
tests_unit_test_destination_SOURCES = tests/unit/test-destination.c tests/unit/unit.h
tests_unit_test_destination_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-pause
TESTS += tests/unit/test-pause
tests_unit_test_pause_SOURCES = tests/unit/test-pause.c tests/unit/place.h \
	tests/unit/unit.h
tests_unit_test_pause_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-sound
TESTS += tests/unit/test-sound
tests_unit_test_sound_SOURCES = tests/unit/test-sound.c \
	tests/unit/notifyd.h tests/unit/unit.h
tests_unit_test_sound_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-avatar
TESTS += tests/unit/test-avatar
tests_unit_test_avatar_SOURCES = tests/unit/test-avatar.c tests/unit/unit.h
tests_unit_test_avatar_LDADD = $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test-inhibited
TESTS += tests/unit/test-inhibited
tests_unit_test_inhibited_SOURCES = tests/unit/test-inhibited.c \
	tests/unit/inotify.h tests/unit/notifyd.h tests/unit/unit.h
tests_unit_test_inhibited_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test-dunst
TESTS += tests/unit/test-dunst
tests_unit_test_dunst_SOURCES = tests/unit/test-dunst.c \
	tests/unit/notifyd.h tests/unit/unit.h
tests_unit_test_dunst_LDADD = $(UNIT_LIBS)
