# The same faults for idlebell and its elders; the table is faults.txt.
faults: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(srcdir)/tests/faults/faults.py \
		--report faults.txt
.PHONY: faults
EXTRA_DIST += tests/faults/faults.py
CLEANFILES += faults.txt
