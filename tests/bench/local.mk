# Figures of the program next to those of its elders; the table is bench.md.
# BENCH=latency,memory: only these rows (tests/bench/rows*.py).  BENCH_SHORT=1:
# all of them in a minute or two, too briefly to be believed.  The idle window
# lasts BENCH_IDLE_SECONDS (180).
BENCH =
BENCH_SHORT =
bench:
	+$(MAKE) $(AM_MAKEFLAGS) \
		$(if $(filter -O2 -O3,$(CFLAGS)),bench-here,bench-apart)
bench-apart:
	$(call subbuild,build-bench,CFLAGS=-O2)
	+cd build-bench && $(MAKE) $(AM_MAKEFLAGS) bench-here \
		BENCH='$(BENCH)' BENCH_SHORT='$(BENCH_SHORT)'
	cp build-bench/bench.md bench.md
bench-here: all $(BENCH_TOOLS)
	$(AM_TESTS_ENVIRONMENT) BENCH_SHORT='$(BENCH_SHORT)' $(PYTHON) \
		$(srcdir)/tests/bench/bench.py --report bench.md '$(BENCH)'
.PHONY: bench bench-apart bench-here

# The scripted server is for other checks, too.
BENCH_TOOLS = tests/bench/server tests/bench/handshake
check_PROGRAMS += $(BENCH_TOOLS)
tests_bench_server_SOURCES = tests/bench/server.c tests/bench/server.h \
	tests/bench/client.c tests/bench/speech.c
tests_bench_server_LDADD = $(GNUTLS_LIBS) $(GLIB_LIBS)
tests_bench_handshake_SOURCES = tests/bench/handshake.c
tests_bench_handshake_LDADD = $(GNUTLS_LIBS)
EXTRA_DIST += tests/bench/bell.c $(patsubst $(srcdir)/%,%,$(wildcard \
	$(srcdir)/tests/bench/*.py $(srcdir)/tests/bench/*.md))
CLEANFILES += bench.md
