/*
 * What bubbles say: every text of them that a person sees is in bell-text.c,
 * in plain text.
 */
#ifndef IDLEBELL_APP_BELL_TEXT_H
#define IDLEBELL_APP_BELL_TEXT_H

#include "message/message.h"
#include "sinks/sink.h"

/* A message as bubbles keep it. */
struct bell_note {
	struct message *message; /* shared with whoever brought it */
	const void *origin;      /* the mailbox it is in; NULL: it has gone */
	const void *owner;       /* the account it is of, likewise */
	struct bell *bell;       /* that shows it, or NULL */
	enum sink_urgency urgency;
	char *where;        /* as sink_event has it, or NULL */
	bool many_accounts; /* then the account is worth saying */
	uint64_t order;     /* higher: came later */
};

struct bell_text {
	char *title, *body; /* body: "" where there is none */
};

/* show: bits of enum config_show. */
struct bell_text bell_text_of_one(const struct bell_note *note, int64_t show);
/* notes: struct bell_note, those that are known of count messages. */
struct bell_text bell_text_of_many(
    const GPtrArray *notes, unsigned count, int64_t show);
void bell_text_clear(struct bell_text *text);

#endif
