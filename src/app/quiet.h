/*
 * When bells are off: the arithmetic of pauses and quiet hours, by the local
 * clock with its daylight saving.  Times are those of the wall clock, s since
 * 1970; the caller says what time it is.
 *
 * The time zone is the one that holds when it is asked for (tzset(3)): it may
 * have changed since the last time.
 */
#ifndef IDLEBELL_APP_QUIET_H
#define IDLEBELL_APP_QUIET_H

#include "rules/hours.h"
#include "store/pause.h"
#include <stdint.h>

/* Without an end. */
#define QUIET_FOREVER INT64_MAX

/* Of local time: Monday 00:00 is 0; less than HOURS_WEEK. */
unsigned quiet_minute(int64_t now);

/* When hours_hold() of the local time says something else than now, to the
 * second; QUIET_FOREVER: never.  What holds by the clock holds: an hour that
 * comes twice counts twice, one that is left out ends as it would begin. */
int64_t quiet_change(const struct hours *hours, int64_t now);

/*
 * Reads how long a pause is to be from words (NULL-terminated): "90m" (as
 * durations in the configuration), "until 07:30", "until tomorrow", "until
 * Mon", "until Mon 07:30" (the next time the clock says so; a day without a
 * time begins at 00:00).  With other words, or none, it has no end.  Returns
 * how many words it took; -1 with *ret_reason, a new string, when they are
 * wrong.
 */
int quiet_read_pause(const char *const *words, int64_t now, int64_t *ret_until,
    char **ret_reason);

/* Should the clock have been set back since it was asked for, a pause is still
 * no longer than it was to be. */
void quiet_keep_length(struct pause *pause, int64_t now);

/* "until 07:30", "until Mon 07:30", "until 2026-11-30 07:30", as much as it
 * takes to tell it from now, or "until resumed"; a new string. */
char *quiet_print(int64_t until, int64_t now);
/* The same for people, in their language: "paused until 07:30", or "quiet". */
char *quiet_describe(bool paused, int64_t until, int64_t now);

#endif
