# An hour of fifty accounts under faults; its report is soak.txt.
SOAK_MINUTES = 60
soak: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(srcdir)/tests/soak/soak.py \
		--minutes $(SOAK_MINUTES) --report soak.txt
.PHONY: soak
EXTRA_DIST += tests/soak/soak.py
CLEANFILES += soak.txt
