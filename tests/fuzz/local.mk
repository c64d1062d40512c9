# Each target is a program of one file that defines LLVMFuzzerTestOneInput():
#
#   check_PROGRAMS += tests/fuzz/fuzz-NAME
#   TESTS += tests/fuzz/fuzz-NAME
#   tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz-NAME.c
#   tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS)
#
# make check replays the corpus tests/fuzz/corpus/NAME/ through it; built with
# --enable-fuzzing it is a libFuzzer program, which make fuzz runs.  A
# dictionary tests/fuzz/NAME.dict is used where there is one.
if FUZZING
FUZZ_MAIN = $(LIB_FUZZING_ENGINE)
else
FUZZ_MAIN = tests/fuzz/libreplay.a
check_LIBRARIES += tests/fuzz/libreplay.a
endif
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
FUZZ_LIBS = $(FUZZ_MAIN) $(UNIT_LIBS)

include tests/fuzz/imap.mk
include tests/fuzz/message.mk
include tests/fuzz/config.mk

FUZZ_TARGETS = $(filter tests/fuzz/fuzz-%,$(check_PROGRAMS))
EXTRA_DIST += tests/fuzz/run $(wildcard $(srcdir)/tests/fuzz/*.dict) \
	$(wildcard $(srcdir)/tests/fuzz/corpus/*/*)

fuzz-here: $(FUZZ_TARGETS)
	FUZZ_SECONDS='$(FUZZ_SECONDS)' $(SHELL) $(srcdir)/tests/fuzz/run \
		$(srcdir)/tests/fuzz $(FUZZ_TARGETS)
