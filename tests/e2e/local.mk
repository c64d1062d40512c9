# Every tests/e2e/test*.py is a test; a new one needs no line here.
E2E_TESTS = $(sort $(patsubst $(srcdir)/%,%, \
	$(wildcard $(srcdir)/tests/e2e/test*.py)))
EXTRA_DIST += $(patsubst $(srcdir)/%,%,$(wildcard \
	$(srcdir)/tests/e2e/*.py $(srcdir)/tests/e2e/README \
	$(srcdir)/tests/e2e/rig/*.py $(srcdir)/tests/e2e/rig/*.c))
