/*
 * What is news in a mailbox.
 *
 * News is decided by UID, never by counting (RFC 9051 2.3.1.1); counts only
 * say when it is worth asking.  EXISTS is a level: seen says up to where it
 * has been accounted for, so no announcement is lost by the order in which
 * EXISTS, EXPUNGE and the replies to our own FETCH come in.
 */
#ifndef IDLEBELL_IMAP_MAILBOX_H
#define IDLEBELL_IMAP_MAILBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct imap_mailbox {
	uint32_t uidvalidity;
	uint32_t uidnext;  /* as EXAMINE said; 0: it did not */
	uint32_t exists;   /* messages, as the server says */
	uint32_t seen;     /* how many of these have been looked at */
	uint32_t asked;    /* how many the FETCH under way will look at */
	uint32_t last_uid; /* all above is news */
	GHashTable *told;  /* UIDs above last_uid told in this round, or NULL */
	uint32_t highest;  /* of them */
};

void imap_mailbox_clear(struct imap_mailbox *mailbox);

/* Untagged responses, in the order they come. */
void imap_mailbox_exists(struct imap_mailbox *mailbox, uint32_t count);
void imap_mailbox_expunge(struct imap_mailbox *mailbox, uint32_t sequence);
void imap_mailbox_vanished(struct imap_mailbox *mailbox, uint32_t count);

/* A round: one FETCH of all above last_uid, and its tagged OK. */
void imap_mailbox_ask(struct imap_mailbox *mailbox);
/* True when the message is news, once a round for each UID. */
bool imap_mailbox_take(
    struct imap_mailbox *mailbox, uint32_t sequence, uint32_t uid);
/* Moves last_uid on; returns how many were told. */
unsigned imap_mailbox_round_end(struct imap_mailbox *mailbox);

/* There are messages nobody has looked at. */
bool imap_mailbox_has_more(const struct imap_mailbox *mailbox);

#endif
