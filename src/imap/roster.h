/*
 * Which message has which sequence number: the ones told lately.
 *
 * "* 7 EXPUNGE" and "* 7 FETCH (FLAGS ...)" name a message by a number that
 * changes with every message expunged below it (RFC 9051 2.3.1.2).  The roster
 * follows; where a server contradicts itself it forgets rather than names the
 * wrong message.
 */
#ifndef IDLEBELL_IMAP_ROSTER_H
#define IDLEBELL_IMAP_ROSTER_H

#include "imap/response.h"

struct imap_roster_entry {
	uint32_t sequence, uid;
};

/* All zero: an empty one.  Both numbers grow along items. */
struct imap_roster {
	struct imap_roster_entry *items;
	unsigned count, room;
	uint32_t exists; /* as it follows from what was told */
};

/* Forgets all, and frees: a mailbox is opened, perhaps again. */
void imap_roster_clear(struct imap_roster *roster);

/* Untagged responses, in the order they come. */
void imap_roster_exists(struct imap_roster *roster, uint32_t count);
/* The UID of the message that went; 0: unknown. */
uint32_t imap_roster_expunge(struct imap_roster *roster, uint32_t sequence);
/* Not for VANISHED (EARLIER): those had no numbers any more. */
void imap_roster_vanished(struct imap_roster *roster, struct imap_text set);

/* Keeps the IMAP_ROSTER_MAX with the highest numbers. */
void imap_roster_learn(
    struct imap_roster *roster, uint32_t sequence, uint32_t uid);
/* 0: unknown. */
uint32_t imap_roster_uid(const struct imap_roster *roster, uint32_t sequence);

#endif
