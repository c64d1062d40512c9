/*
 * The high-water marks of one account: for each mailbox UIDVALIDITY and the
 * last UID that the sinks have taken.
 *
 * One text file an account, with a checksum; replaced as a whole.
 */
#ifndef IDLEBELL_STORE_MARKS_H
#define IDLEBELL_STORE_MARKS_H

#include "store/state.h"
#include <stdbool.h>
#include <stdint.h>

struct mark {
	uint32_t uidvalidity, uid;
};

struct marks;

/*
 * Reads the account's file; a missing one is an empty set.  A damaged one is
 * kept aside (renamed) and *ret_damage says so in a sentence (else NULL); the
 * set is then empty, so that nothing old is announced.  NULL and error only
 * when the directory or the file cannot be read now, or the file is of a
 * newer idlebell.
 */
struct marks *marks_open(struct state *state, const char *account,
    char **ret_damage, GError **error);
void marks_free(struct marks *marks);

bool marks_get(
    const struct marks *marks, const char *mailbox, struct mark *ret_mark);

/* Durable when it returns true.  When it fails the mark is kept in memory
 * and written with the next one; only a mailbox beyond the bounds of the file
 * (10,000 mailboxes, 1 MiB) is not kept. */
bool marks_set(
    struct marks *marks, const char *mailbox, struct mark mark, GError **error);

#endif
