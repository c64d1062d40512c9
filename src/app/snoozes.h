/*
 * Messages that are to ring again later, be it after a restart; not when they
 * were read or deleted meanwhile, where that is known.
 */
#ifndef IDLEBELL_APP_SNOOZES_H
#define IDLEBELL_APP_SNOOZES_H

#include "message/message.h"
#include "os/loop.h"
#include "store/state.h"
#include <stdbool.h>

enum {
	SNOOZES_MAX = 200,
	SNOOZES_TIME = 10 * 60, /* s, of the button */
};

struct snoozes_events {
	/* It is an account of this watcher: what is another shard's, or
	 * nobody's any more, is left alone for a month. */
	bool (*watches)(void *data, const char *account);
	/* The account's bells are off: not now, but see snoozes_look(). */
	bool (*rests)(void *data, const char *account);
	/* Its time has come.  message: what is known of it, without its
	 * headers; the callee's. */
	void (*ring)(void *data, struct message *message);
};

struct snoozes;

/* loop and state NULL: beside the watcher that has them, to look only, and
 * events may be NULL. They come from the main loop. */
struct snoozes *snoozes_new(struct loop *loop, struct state *state,
    const struct snoozes_events *events, void *data);
/* Takes NULL. */
void snoozes_free(struct snoozes *snoozes);

/* Until then (wall clock, s).  *ret_number: in the list. */
bool snoozes_add(struct snoozes *snoozes, const struct message *message,
    int64_t until, unsigned *ret_number, GError **error);
/* By its number in the list, or "all"; *ret_count: how many. */
bool snoozes_remove(struct snoozes *snoozes, const char *word,
    unsigned *ret_count, GError **error);

/* What they say of it when one is removed by that word, "Ann: Tea does not
 * ring again" (new); NULL: it is not one. */
char *snoozes_farewell(const struct snoozes *snoozes, const char *word);

/* One was read, or those of an IMAP set are gone. */
void snoozes_read(struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, uint32_t uid);
void snoozes_gone(struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, const char *set);
/* Appends the UIDs that wait there to an array of uint32_t. */
void snoozes_list(const struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, GArray *uids);

/* The clock was set, or bells are on again. */
void snoozes_look(struct snoozes *snoozes);

/* A line for each, with its number; "" for none.  A new string. */
char *snoozes_print(const struct snoozes *snoozes, int64_t now);

#endif
