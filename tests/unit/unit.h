/*
 * The frame of a unit test program: GLib's tests, always as TAP.
 */
#ifndef IDLEBELL_TESTS_UNIT_H
#define IDLEBELL_TESTS_UNIT_H

#include <glib.h>

/*
 * Seconds after which what a test waits for will not come.  It costs nothing
 * when all is well, and a slow machine may be at a tenth of its speed under
 * valgrind.
 */
#define UNIT_PATIENCE 300

/*
 * Call first in main(); return g_test_run() last.  $UNIT_SKIP: paths of tests
 * that are passed over, spaces between; GLib goes on using the strings.
 * $UNIT_SEED: what a run has printed as "random seed", to repeat it.
 */
static inline void unit_init(char *name)
{
	static char tap[] = "--tap", keep_going[] = "-k", skip[] = "-s";
	static char seed[64];
	static char *arguments[96] = {NULL, tap, keep_going};
	const char *skipped = g_getenv("UNIT_SKIP");
	char **paths = skipped != NULL ? g_strsplit(skipped, " ", 0) : NULL;
	char **argv = arguments;
	int argc = 3;

	arguments[0] = name;
	if (g_getenv("UNIT_SEED") != NULL) {
		g_snprintf(
		    seed, sizeof(seed), "--seed=%s", g_getenv("UNIT_SEED"));
		arguments[argc++] = seed;
	}
	for (int i = 0; paths != NULL && paths[i] != NULL && argc < 94; i++) {
		arguments[argc++] = skip;
		arguments[argc++] = paths[i];
	}
	g_free(paths);
	g_test_init(&argc, &argv, NULL);
}

#endif
