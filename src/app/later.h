/*
 * Times to come, as people type them and read them: in wall clock seconds, by
 * the local clock with its daylight saving.
 */
#ifndef IDLEBELL_APP_LATER_H
#define IDLEBELL_APP_LATER_H

#include <stdbool.h>
#include <stdint.h>

/* "10m", "1h", "3d"; "tomorrow" (08:00); "18:30", the next one; "2026-11-30"
 * (its start).  Beyond a year, past or not to be read: false, and *ret_reason
 * (new). */
bool later_parse(
    const char *text, int64_t now, int64_t *ret_time, char **ret_reason);

/* "18:30", else "2026-11-30 18:30"; a new string. */
char *later_print(int64_t time, int64_t now);

#endif
