# The scripted server is for other checks, too.
BENCH_TOOLS = tests/bench/server
check_PROGRAMS += $(BENCH_TOOLS)
tests_bench_server_SOURCES = tests/bench/server.c
tests_bench_server_LDADD = $(GNUTLS_LIBS) $(GLIB_LIBS)
