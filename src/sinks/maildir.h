/*
 * Putting a message into a Maildir, piece by piece.
 *
 * The name is made of host, mailbox, UIDVALIDITY and UID alone, so that the
 * same message is never stored twice, whatever crashed in between.
 */
#ifndef IDLEBELL_SINKS_MAILDIR_H
#define IDLEBELL_SINKS_MAILDIR_H

#include "sinks/sink.h"
#include <stdbool.h>

struct maildir_message {
	const char *directory; /* made (0700, with cur, new, tmp) if missing;
	                          ~ is expanded */
	const char *host, *user, *mailbox;
	uint32_t uidvalidity, uid;
	bool text;         /* without its attachments: another message */
	const char *flags; /* as in struct message: \Seen makes ":2,S" and
	                      cur, else new */
};

struct maildir_file;

/* Errors are SINK_ERROR_DISK where another try may succeed, else
 * SINK_ERROR_MAILDIR. */

/* Opens tmp/NAME (O_EXCL, an older attempt is replaced).  If new/ or cur/
 * hold the message already, *ret_path is its path and NULL is returned
 * without an error. */
struct maildir_file *maildir_open(
    const struct maildir_message *message, char **ret_path, GError **error);
/* Appends; offset must be what was written so far. */
bool maildir_write(struct maildir_file *file, uint64_t offset,
    const char *bytes, size_t size, GError **error);
/* fsync, move into place, fsync the directory; the path, a new string. */
char *maildir_commit(struct maildir_file *file, GError **error);
/* Drops an unfinished file; after a commit just frees.  Takes NULL. */
void maildir_free(struct maildir_file *file);

#endif
