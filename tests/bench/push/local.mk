# What it costs to hear of mail at once: doc/push.md and its plot.  The short
# form prints the page and measures each event only once.
bench-push: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(srcdir)/tests/bench/push/push.py \
		$(if $(BENCH_SHORT),--short,--page $(srcdir)/doc/push.md \
		--plot $(srcdir)/doc/push.svg)

# Every system call of an idle program, and who caused it.
IDLE_MINUTES = 15
IDLE_WATCHES = 1,500
IDLE_SAY = 120
bench-idle: all $(BENCH_TOOLS)
	$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(srcdir)/tests/bench/push/idle.py \
		--minutes $(IDLE_MINUTES) --watches $(IDLE_WATCHES) \
		--say $(IDLE_SAY)
.PHONY: bench-push bench-idle
EXTRA_DIST += $(patsubst $(srcdir)/%,%,$(wildcard \
	$(srcdir)/tests/bench/push/*.py $(srcdir)/doc/push.*))
