/*
 * What was told is remembered by what it is and where it was, and for the
 * anchor the other way round: a place by what was there.
 */
#ifndef IDLEBELL_APP_MEMORY_H
#define IDLEBELL_APP_MEMORY_H

#include "app/box.h"

struct memory {
	char *identity, *silent, *place;
	bool sure;  /* with a Message-ID */
	bool plain; /* something of its header has come */
};

struct memory memory_of(const struct message *message);
void memory_clear(struct memory *memory);

/* It is told now; has_rung false: rules have kept it silent. */
void memory_add(struct box *box, const struct memory *memory, bool has_rung);
/* For the anchor, which comes with its header: it must not look like another
 * because its header did not come before. */
void memory_add_place(struct box *box, const struct memory *memory);

/*
 * Moved, labelled (quirk 13) or renumbered (36, 37): the same message under
 * another UID.  Without a Message-ID, or when it was silent, only in a mailbox
 * that is numbered anew; there also what was in it before it was.
 */
bool memory_has(const struct box *box, const struct message *message,
    const struct memory *memory);
/* Another message was told at this place. */
bool memory_is_other(const struct box *box, const struct memory *memory);

#endif
