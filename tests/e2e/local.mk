# Every tests/e2e/test*.py is a test; a new one needs no line here.  The
# longest begin first, so that none is left running alone at the end.
# E2E_SKIP="crash race": not these.
e2e_files = $(patsubst %,tests/e2e/test_%.py,$(1))
E2E_LONG = $(call e2e_files,crash race doctor vigil hostile dovecot network)
E2E_ALL = $(sort $(patsubst $(srcdir)/%,%, \
	$(wildcard $(srcdir)/tests/e2e/test*.py)))
E2E_SKIP =
E2E_TESTS = $(filter-out $(call e2e_files,$(E2E_SKIP)), \
	$(E2E_LONG) $(filter-out $(E2E_LONG),$(E2E_ALL)))
EXTRA_DIST += $(patsubst $(srcdir)/%,%,$(wildcard \
	$(srcdir)/tests/e2e/*.py $(srcdir)/tests/e2e/README \
	$(srcdir)/tests/e2e/rig/*.py $(srcdir)/tests/e2e/rig/*.c))
