# make check replays the corpora; --enable-fuzzing makes libFuzzer programs.
EXTRA_DIST += tests/fuzz/replay.c
include tests/fuzz/imap.mk
include tests/fuzz/message.mk
include tests/fuzz/config.mk
