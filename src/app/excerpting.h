/*
 * The text of a message, part by part: which sections to fetch, and what is
 * made of them.  No connection: its owner fetches.
 */
#ifndef IDLEBELL_APP_EXCERPTING_H
#define IDLEBELL_APP_EXCERPTING_H

#include "imap/session.h"
#include "imap/structure.h"

struct excerpting;

/* Is there anything but text in it? */
bool excerpting_is_needed(const struct imap_structure *structure, uint64_t max);

/* Text parts of more than max octets are left out, too, and what is beyond
 * the first 16 MiB.  NULL: a message cannot be made of it (a boundary is
 * missing). */
struct excerpting *excerpting_new(
    const struct imap_structure *structure, uint64_t max);
/* Takes NULL. */
void excerpting_free(struct excerpting *excerpting);

/* How many octets will be fetched, about. */
uint64_t excerpting_size(const struct excerpting *excerpting);
/* How many octets of text will not, as they are too many. */
uint64_t excerpting_left_out(const struct excerpting *excerpting);

/* What to fetch now, all of it but uid: false when all is there. */
bool excerpting_next(struct excerpting *excerpting, struct imap_body *ret_body);
/* Its bytes, in order, and its end. */
void excerpting_take(
    struct excerpting *excerpting, const char *bytes, size_t size);
void excerpting_end(struct excerpting *excerpting, bool decoded);

/* The message, once all is there; the excerpting's. */
const GString *excerpting_message(const struct excerpting *excerpting);

#endif
