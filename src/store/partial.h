/*
 * The beginning of a message whose download is not over, as it came from the
 * server: in partial/ of the state directory, so that it goes on where it was
 * after a lost connection, a kill or a crash.
 *
 * The name says host, user, mailbox, UIDVALIDITY, UID and size: a message of
 * which one is another has another file.
 */
#ifndef IDLEBELL_STORE_PARTIAL_H
#define IDLEBELL_STORE_PARTIAL_H

#include "message/storage.h"

struct partial;

/*
 * Opens it, or makes it, and locks it.  size: of the whole, as the server
 * says.  Files of the same message with another size, and those that nobody
 * touched for a week, are removed.  Errors are G_FILE_ERROR: AGAIN when
 * another process is at it, NOSPC when there is no room for the rest.
 */
struct partial *partial_open(
    const struct storage_key *key, uint64_t size, GError **error);
/* How much of it is there. */
uint64_t partial_offset(const struct partial *partial);
/* Appends; offset must be partial_offset(). */
bool partial_write(struct partial *partial, uint64_t offset, const char *bytes,
    size_t size, GError **error);
/* For reading; the partial's. */
int partial_fd(const struct partial *partial);
/* It is whole, and where it belongs, or worth nothing. */
void partial_remove(struct partial *partial);
/* Leaves the file for the next time.  Takes NULL. */
void partial_free(struct partial *partial);

#endif
