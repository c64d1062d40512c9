/*
 * The frame of a unit test program: GLib's tests, always as TAP.
 */
#ifndef IDLEBELL_TESTS_UNIT_H
#define IDLEBELL_TESTS_UNIT_H

#include <glib.h>

/* Call first in main(); return g_test_run() last. */
static inline void unit_init(char *name)
{
	static char tap[] = "--tap", keep_going[] = "-k";
	static char *arguments[] = {NULL, tap, keep_going, NULL};
	char **argv = arguments;
	int argc = 3;

	arguments[0] = name;
	g_test_init(&argc, &argv, NULL);
}

#endif
