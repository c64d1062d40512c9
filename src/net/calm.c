/*
 * A bucket that leaks: each event adds a pause, and there is room for many.
 */
#include "net/calm.h"

#include <glib.h>

void calm_note(struct calm *calm, int64_t now)
{
	calm->spent = MAX(calm->spent, now) + CALM_PAUSE;
}

int64_t calm_next(const struct calm *calm)
{
	return calm->spent - (int64_t)(CALM_MANY - 1) * CALM_PAUSE;
}
