/*
 * The frame of a unit test program: GLib's tests, always as TAP.
 */
#ifndef IDLEBELL_TESTS_UNIT_H
#define IDLEBELL_TESTS_UNIT_H

#include <glib.h>

/*
 * Call first in main(); return g_test_run() last.  $UNIT_SKIP: paths of tests
 * that are passed over, spaces between; GLib goes on using the strings.
 */
static inline void unit_init(char *name)
{
	static char tap[] = "--tap", keep_going[] = "-k", skip[] = "-s";
	static char *arguments[96] = {NULL, tap, keep_going};
	const char *skipped = g_getenv("UNIT_SKIP");
	char **paths = skipped != NULL ? g_strsplit(skipped, " ", 0) : NULL;
	char **argv = arguments;
	int argc = 3;

	arguments[0] = name;
	for (int i = 0; paths != NULL && paths[i] != NULL && argc < 94; i++) {
		arguments[argc++] = skip;
		arguments[argc++] = paths[i];
	}
	g_free(paths);
	g_test_init(&argc, &argv, NULL);
}

#endif
