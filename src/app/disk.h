/*
 * A disk that takes nothing for a while: when to try again, and how long
 * hooks wait for it.  It is told the time, and does nothing by itself.
 */
#ifndef IDLEBELL_APP_DISK_H
#define IDLEBELL_APP_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* All times are ms.  Zeroed: it is well. */
struct disk {
	unsigned failures;   /* in a row; 0: it is well */
	int64_t since, next; /* the first of them, the next try */
};

/* Something could not be stored: the pause until the next try, or 0 when this
 * belongs to a try that has been counted. */
int64_t disk_failed(struct disk *disk, int64_t now);
/* Something was stored: was that news? */
bool disk_worked(struct disk *disk);
/* Is this a time to try? */
bool disk_may_try(const struct disk *disk, int64_t now);
/* It has failed for so long that nobody should wait for it. */
bool disk_is_lost(const struct disk *disk, int64_t now);
/* When the next of these answers changes; INT64_MAX: never by itself. */
int64_t disk_deadline(const struct disk *disk, int64_t now);

#endif
