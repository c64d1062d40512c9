/*
 * Pauses that double, and patience that ends.
 */
#include "app/disk.h"
#include <glib.h>

enum {
	PAUSE_MIN = 1000,  /* ms */
	PAUSE_MAX = 60000, /* ms */
	PATIENCE = 20000,  /* ms */
};

int64_t disk_failed(struct disk *disk, int64_t now)
{
	int64_t pause = PAUSE_MIN;

	if (!disk_may_try(disk, now))
		return 0;
	for (unsigned i = 0; i < disk->failures && pause < PAUSE_MAX; i++)
		pause *= 2;
	pause = MIN(pause, PAUSE_MAX);
	if (disk->failures == 0)
		disk->since = now;
	disk->failures++;
	disk->next = now + pause;
	return pause;
}

bool disk_worked(struct disk *disk)
{
	bool news = disk->failures > 0;

	disk->failures = 0;
	return news;
}

bool disk_may_try(const struct disk *disk, int64_t now)
{
	return disk->failures == 0 || now >= disk->next;
}

bool disk_is_lost(const struct disk *disk, int64_t now)
{
	return disk->failures > 0 && now >= disk->since + PATIENCE;
}

int64_t disk_deadline(const struct disk *disk, int64_t now)
{
	int64_t deadline = INT64_MAX;

	if (disk->failures == 0)
		return deadline;
	if (disk->next > now)
		deadline = disk->next;
	if (disk->since + PATIENCE > now)
		deadline = MIN(deadline, disk->since + PATIENCE);
	return deadline;
}
