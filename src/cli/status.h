/*
 * What a watcher's status document says of its watches all together: how many
 * are live, who rests, is all well?
 *
 * Members that are absent, null or of another kind count as not live.
 */
#ifndef IDLEBELL_CLI_STATUS_H
#define IDLEBELL_CLI_STATUS_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

bool status_is_live(JsonObject *watch);
/* It is not connected, or does not ring, as it was told to. */
bool status_is_resting(JsonObject *watch);
/* "paused until 07:30", a new string, or NULL; now: wall clock, s. */
char *status_rest(JsonObject *account, int64_t now);
/* It watches something, all of it is live, and nothing was given up. */
bool status_is_well(JsonObject *account);

struct status_sums {
	unsigned live, all; /* watches, without those at rest */
	unsigned empty;     /* accounts that watch nothing */
	unsigned resting;   /* accounts that are not connected */
};

struct status_sums status_sum(JsonObject *status, int64_t now);

/* One line, a new string: how many watches are live, or which are not and
 * why.  *ret_well: all of them are, and there is one.  Accounts at rest are
 * named, and their watches count for nothing: one at rest is enough. */
char *status_check(JsonObject *status, int64_t now, bool *ret_well);

#endif
