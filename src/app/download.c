/*
 * Trouble of the disk is no fault of the message's: that is tried again until
 * it works, all else is given up.
 */
#include "app/download.h"
#include "app/log.h"

/* A message whose download breaks the connection again and again. */
enum {
	ATTEMPTS_MAX = 3,
	/* Octets.  A connection costs about as much as what is left out of a
	 * message that is smaller than the first. */
	TEXT_SIZE = 32 * 1024,
	SLOW_SIZE = 256 * 1024,
};

void download_close(struct item *item)
{
	g_clear_pointer(&item->file, maildir_free);
	g_clear_pointer(&item->fetching, fetching_free);
}

void download_give_up(struct item *item, const char *why)
{
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s", why);
	item->wants_body = false;
	download_close(item);
}

/* What was tried and failed is tried again after a pause. */
static void pause_for(struct item *item, struct disk *disk, const char *why)
{
	int64_t pause = disk_failed(disk, loop_now());

	if (pause > 0)
		log_line(
		    disk->failures == 1 ? LOG_LEVEL_WARNING : LOG_LEVEL_VERBOSE,
		    item->name, "not downloaded: %s; tried again in %d s", why,
		    (int)(pause / 1000));
}

static void not_stored(
    struct item *item, struct disk *disk, const GError *error)
{
	if (!g_error_matches(error, SINK_ERROR, SINK_ERROR_DISK)) {
		download_give_up(item, error->message);
		return;
	}
	item->attempts = 0;
	pause_for(item, disk, error->message);
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

bool download_may_begin(struct item *item, const struct disk *disk)
{
	if (!disk_may_try(disk, loop_now()))
		return false;
	if (item->attempts < ATTEMPTS_MAX)
		return true;
	download_give_up(item, "the connection broke at each attempt");
	return false;
}

bool download_open(struct item *item, struct disk *disk)
{
	if (download_may_begin(item, disk))
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

/* ---- slow ones ---- */

bool download_is_slow(const struct item *item)
{
	const struct plan *plan = &item->plan;
	uint64_t size = item->message->size;
	uint64_t whole = MIN(TEXT_SIZE, (uint64_t)plan->download_max_size);

	return (plan->text && size > whole) || plan->download_command != NULL ||
	    size > SLOW_SIZE;
}

struct fetching_wish download_wish(const struct item *item)
{
	const struct plan *plan = &item->plan;
	bool command = plan->download_command != NULL;

	return (struct fetching_wish){
	    .mailbox = item->message->mailbox,
	    .uidvalidity = item->message->uidvalidity,
	    .uid = item->message->uid,
	    .text = plan->text,
	    .text_max = (uint64_t)plan->download_max_size,
	    .max = (uint64_t)plan->download_max_size,
	    .kind = command ? DESTINATION_COMMAND : DESTINATION_MAILDIR,
	    .path = plan->download_to,
	    .command = (const char *const *)plan->download_command,
	};
}

bool download_is_late(const struct item *item, int64_t now, int64_t *due)
{
	if (item->patience == 0 || item->passed)
		return false;
	*due = MIN(*due, item->patience);
	return now >= item->patience;
}

/* A connection that could not be had, or was lost too often, may be better
 * next time; a message that is gone is not. */
static bool is_hopeless(const GError *error)
{
	return g_error_matches(error, IMAP_ERROR, IMAP_ERROR_GONE) ||
	    g_error_matches(error, IMAP_ERROR, IMAP_ERROR_DENIED) ||
	    g_error_matches(error, IMAP_ERROR, IMAP_ERROR_MAILBOX) ||
	    error->domain == SINK_ERROR;
}

void download_fetched(
    struct item *item, struct disk *disk, const char *file, const GError *error)
{
	g_autofree char *path = g_strdup(file);
	g_autoptr(GError) cause = error != NULL ? g_error_copy(error) : NULL;

	download_close(item);
	if (cause != NULL && is_hopeless(cause)) {
		not_stored(item, disk, cause);
	} else if (cause != NULL) {
		pause_for(item, disk, cause->message);
	} else {
		item->message->file = g_steal_pointer(&path);
		item->wants_body = false;
		disk_worked(disk);
	}
}
