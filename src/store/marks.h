/*
 * The high-water marks of one account: for each mailbox what its sinks have
 * taken.
 *
 * One text file an account, with a checksum; replaced as a whole.
 */
#ifndef IDLEBELL_STORE_MARKS_H
#define IDLEBELL_STORE_MARKS_H

#include "imap/ranges.h"
#include "store/state.h"
#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing is known.  Who has one clears it. */
struct mark {
	uint32_t uidvalidity;
	uint32_t uid; /* all up to it is told and taken */
	int64_t time; /* wall clock, s: when all that was there was told last;
	                 0: unknown */
	struct imap_ranges taken; /* UIDs above uid that are taken already */
	uint64_t modseq; /* of the mailbox when all was told last (RFC 7162);
	                    0: unknown */
};

/* Frees what it holds, and makes it all zero. */
void mark_clear(struct mark *mark);
/* ret_copy is overwritten, not cleared. */
void mark_copy(const struct mark *mark, struct mark *ret_copy);
/* One message.  uid stays where it is, even when they meet: UIDs have gaps,
 * and only the owner knows that nothing below is missing. */
void mark_take(struct mark *mark, uint32_t uid);
bool mark_is_taken(const struct mark *mark, uint32_t uid);
/* All up to uid is told and taken.  Never goes back. */
void mark_advance(struct mark *mark, uint32_t uid);

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

/* *ret_mark is overwritten with a copy, which the caller clears; untouched
 * when there is none. */
bool marks_get(
    const struct marks *marks, const char *mailbox, struct mark *ret_mark);

/* The newest time of all its marks, but for those behind now, when the clock
 * was wrong: they count as now, where there are no others.  0: there is none.
 */
int64_t marks_newest(const struct marks *marks, int64_t now);

/*
 * Copies mark.  Durable when it returns true, but for what costs no message: a
 * mailbox that is first seen, and a mark in which only the time has moved,
 * outlive this process and may be forgotten by a crash of the computer.  So
 * thousands of accounts begin without waiting for the disk.  When it fails the
 * mark is kept in memory and written with the next one; only a mailbox beyond
 * the bounds of the file (10,000 mailboxes, 1 MiB) is not kept.
 *
 * A modseq is not written for its own sake, nor is a time that has moved by
 * less than an hour: an old modseq only makes a server repeat itself.  Of many
 * modseqs (5,000 mailboxes) some are not in the file.
 *
 * Of the taken UIDs the file holds at most 512 ranges of a mailbox and 16,384
 * of all; the highest are forgotten: they repeat after a crash.
 */
bool marks_set(struct marks *marks, const char *mailbox,
    const struct mark *mark, GError **error);

/*
 * The same for one of many that follow each other closely: it outlives this
 * process when it returns true, but may be forgotten by a crash of the
 * computer until marks_set() is called for any mailbox.
 */
bool marks_note(struct marks *marks, const char *mailbox,
    const struct mark *mark, GError **error);

#endif
