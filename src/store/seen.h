/*
 * Which messages an account has told of, whatever mailbox and UID they had:
 * against repeating them when a mailbox is renumbered, or when a message is
 * in several mailboxes (Gmail's labels).
 *
 * It is a help, not a promise: what cannot be read or written is forgotten,
 * and nothing fails.
 */
#ifndef IDLEBELL_STORE_SEEN_H
#define IDLEBELL_STORE_SEEN_H

#include "store/state.h"

struct seen;

enum seen_where {
	SEEN_NOWHERE,
	SEEN_HERE,      /* in this mailbox, maybe in others too */
	SEEN_ELSEWHERE, /* in other mailboxes only */
};

/* Never NULL.  The file, which may be 200 kB, is read when it is needed, and
 * of a thousand accounts only those that needed it last are in memory. */
struct seen *seen_open(struct state *state, const char *account);
/* The same, with a file of its own, for senders: identity is an address,
 * mailbox the identity of the message that it was first seen on. */
struct seen *seen_open_senders(struct state *state, const char *account);
void seen_free(struct seen *seen);

/*
 * identity: what tells messages apart, as the Message-ID; "" and NULL are
 * nobody's, never seen and never kept.  Only keyed hashes are stored, so that
 * nobody can make a message that looks like another's.
 */
enum seen_where seen_find(
    struct seen *seen, const char *identity, const char *mailbox);

/* At least the newest 4,000 entries are remembered, at most twice as many. Over
 * a crash of the computer the last ones may be lost: there is no fsync. */
void seen_add(struct seen *seen, const char *identity, const char *mailbox);

/* It was met again: what has not been met for longer is forgotten first. */
void seen_renew(struct seen *seen, const char *identity);

#endif
