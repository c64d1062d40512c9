/*
 * Threads and senders that the user does not want to hear of, until a day.
 * They are kept over a restart.
 */
#ifndef IDLEBELL_APP_MUTES_H
#define IDLEBELL_APP_MUTES_H

#include "message/message.h"
#include "store/state.h"
#include <stdbool.h>

enum {
	MUTES_MAX = 500,
	MUTES_DAYS = 30, /* until then, where nothing else is said */
};

struct mutes;

/* state NULL: beside the watcher that has it, to look only.  What cannot be
 * read is logged, and mutes nothing. */
struct mutes *mutes_new(struct state *state);
/* Takes NULL. */
void mutes_free(struct mutes *mutes);

/* "thread" or "sender": why this message is muted; NULL: it is not.  now is
 * the wall clock, s.  Takes NULL. */
const char *mutes_find(
    const struct mutes *mutes, const struct message *message, int64_t now);

/* The same, now, said in the message: then nothing of *notify is left. */
void mutes_apply(
    const struct mutes *mutes, struct message *message, int64_t *notify);

struct mutes_told {
	unsigned number; /* in the list */
	char *text;      /* for people: what is muted, and how long (new) */
};

/* A message without a thread has G_FILE_ERROR_INVAL. */
bool mutes_add_thread(struct mutes *mutes, const struct message *message,
    int64_t now, int64_t until, struct mutes_told *ret_told, GError **error);
bool mutes_add_sender(struct mutes *mutes, const char *address, int64_t now,
    int64_t until, struct mutes_told *ret_told, GError **error);
/* By its number in the list, its address, or "all"; *ret_count: how many. */
bool mutes_remove(
    struct mutes *mutes, const char *word, unsigned *ret_count, GError **error);

/* What they say of it when one is removed by that word, "the sender a@b rings
 * again" (new); NULL: it is not one. */
char *mutes_farewell(const struct mutes *mutes, const char *word);

/* A line for each, with its number; "" for none.  A new string. */
char *mutes_print(const struct mutes *mutes, int64_t now);

#endif
