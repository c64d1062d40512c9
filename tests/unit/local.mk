# One program a module; each prints TAP by itself.
UNIT_LIBS = libworld.a libcore.a $(WORLD_LIBS) $(CORE_LIBS)
EXTRA_DIST += tests/unit/unit.h
include tests/unit/imap.mk
include tests/unit/message.mk
include tests/unit/config.mk
include tests/unit/os.mk
include tests/unit/net.mk
include tests/unit/app.mk
include tests/unit/change.mk
