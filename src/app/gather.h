/*
 * Hooks that run once for many: on_mailbox and on_read.
 *
 * What comes to a mailbox is gathered until it has been quiet there for a
 * while, but no longer than a limit counted from the first.  One hook runs at
 * a time; what comes meanwhile is the next one's.
 */
#ifndef IDLEBELL_APP_GATHER_H
#define IDLEBELL_APP_GATHER_H

#include "config/config.h"
#include "os/loop.h"
#include "sinks/sink.h"
#include <stdbool.h>

struct gather_events {
	const char *event; /* what the hook is told, see message/batch.h */
	/* Appends the line of a thing. */
	void (*print)(const void *thing, GString *lines);
	/* The hook has had it; reason: why it was given up, or NULL. */
	void (*over)(void *thing, const char *reason);
};

/* How the hook of the batch runs: that of the last thing added. */
struct gather_plan {
	char **command;
	int64_t wait, wait_max, timeout; /* ms */
	unsigned tries;
};

struct gather;

/* Takes sink over. */
struct gather *gather_new(
    struct loop *loop, struct sink *sink, const struct gather_events *events);
/* Ends the hook that runs; no over() is called any more.  Takes NULL. */
void gather_free(struct gather *gather);

/* thing is the caller's until over().  plan is copied. */
void gather_add(struct gather *gather, const struct gather_plan *plan,
    const char *account, const char *mailbox, void *thing);
/* The end is near: what has been gathered waits no longer, and what fails is
 * not tried again; or it goes on as before.  Takes NULL. */
void gather_hurry(struct gather *gather, bool hurry);
/* A hook runs, or is about to in a hurry.  Takes NULL. */
bool gather_is_busy(const struct gather *gather);

#endif
