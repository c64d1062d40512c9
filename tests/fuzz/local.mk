# make check replays the corpora; --enable-fuzzing makes libFuzzer programs,
# which make fuzz runs.
#
# A target is tests/fuzz/fuzz-NAME.c with LLVMFuzzerTestOneInput() and without
# main(); its corpus is the files in tests/fuzz/corpus/NAME, one input each;
# a dictionary tests/fuzz/NAME.dict is used where there is one.
# An area lists its targets in tests/fuzz/AREA.mk:
#
#	check_PROGRAMS += tests/fuzz/fuzz-NAME
#	TESTS += tests/fuzz/fuzz-NAME
#	tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz-NAME.c \
#		tests/fuzz/replay.c
#	tests_fuzz_fuzz_NAME_CPPFLAGS = $(AM_CPPFLAGS) \
#		-DFUZZ_CORPUS='"$(abs_srcdir)/tests/fuzz/corpus/NAME"'
#	tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS)
#	EXTRA_DIST += tests/fuzz/corpus/NAME tests/fuzz/NAME.dict
#
# A corpus is small: tests/house/style.py has the bounds.  What a long run has
# found is merged by the code it reaches, into files named found-N: fuzz-NAME
# -merge=1 -use_counters=0 OUT tests/fuzz/corpus/NAME FOUND
FUZZ_LIBS = $(LIB_FUZZING_ENGINE) $(UNIT_LIBS)
include tests/fuzz/imap.mk
include tests/fuzz/message.mk
include tests/fuzz/config.mk

FUZZ_TARGETS = $(filter tests/fuzz/fuzz-%,$(check_PROGRAMS))
EXTRA_DIST += tests/fuzz/run

fuzz-here: $(FUZZ_TARGETS)
	FUZZ_SECONDS='$(FUZZ_SECONDS)' FUZZ_TOTAL='$(FUZZ_TOTAL)' \
		nice $(SHELL) $(srcdir)/tests/fuzz/run \
		$(srcdir)/tests/fuzz $(FUZZ_TARGETS)
