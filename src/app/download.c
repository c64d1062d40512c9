/*
 * Trouble of the disk is no fault of the message's: that is tried again until
 * it works, all else is given up.
 */
#include "app/download.h"
#include "app/log.h"

/* A message whose download breaks the connection again and again. */
enum {
	ATTEMPTS_MAX = 3
};

void download_close(struct item *item)
{
	g_clear_pointer(&item->file, maildir_free);
}

void download_give_up(struct item *item, const char *why)
{
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s", why);
	item->wants_body = false;
	download_close(item);
}

static void not_stored(
    struct item *item, struct disk *disk, const GError *error)
{
	int64_t pause;

	if (!g_error_matches(error, SINK_ERROR, SINK_ERROR_DISK)) {
		download_give_up(item, error->message);
		return;
	}
	item->attempts = 0;
	pause = disk_failed(disk, loop_now());
	if (pause > 0)
		log_line(
		    disk->failures == 1 ? LOG_LEVEL_WARNING : LOG_LEVEL_VERBOSE,
		    item->name, "not downloaded: %s; tried again in %d s",
		    error->message, (int)(pause / 1000));
}

/* It may lie there already: then the last run was ended in between. */
static void open_file(struct item *item, struct disk *disk)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	g_clear_error(&item->spoilt);
	item->file = item_open_file(item, &path, &error);
	if (error != NULL) {
		not_stored(item, disk, error);
	} else if (item->file == NULL) {
		item->message->file = g_steal_pointer(&path);
		item->wants_body = false;
	}
}

bool download_open(struct item *item, struct disk *disk)
{
	if (!disk_may_try(disk, loop_now()))
		return false;
	if (item->attempts >= ATTEMPTS_MAX)
		download_give_up(item, "the connection broke at each attempt");
	else
		open_file(item, disk);
	return item->file != NULL;
}

void download_piece(
    struct item *item, uint64_t offset, const char *bytes, size_t size)
{
	if (item->spoilt == NULL)
		maildir_write(item->file, offset, bytes, size, &item->spoilt);
}

bool download_store(struct item *item, struct disk *disk)
{
	g_autoptr(GError) error = g_steal_pointer(&item->spoilt);

	if (error == NULL)
		item->message->file = maildir_commit(item->file, &error);
	download_close(item);
	if (error != NULL) {
		not_stored(item, disk, error);
		return false;
	}
	item->wants_body = false;
	if (!disk_worked(disk))
		return false;
	log_line(LOG_LEVEL_INFO, item->name, "downloads are stored again");
	return true;
}
