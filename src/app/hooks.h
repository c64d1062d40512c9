/*
 * The hooks of an account: one at a time and in order.
 *
 * One that fails is tried again, after pauses that grow from a second to five
 * minutes; the others go on meanwhile.
 */
#ifndef IDLEBELL_APP_HOOKS_H
#define IDLEBELL_APP_HOOKS_H

#include "os/loop.h"
#include "sinks/sink.h"
#include <stdbool.h>

struct hooks;

/* It is over; reason: what the last try failed of, NULL when it succeeded. */
typedef void hooks_fn(void *data, const char *reason);

/* The hook of one message or batch: its owner fills it in, and keeps it with
 * all that it points to until fn has run or the hooks are freed. */
struct hooks_turn {
	struct sink_event event;
	unsigned tries;   /* at most; at least 1 */
	const char *name; /* for the log */
	hooks_fn *fn;
	void (*failed)(void *data); /* a try has, others follow; or NULL */
	void *data;

	/* Theirs. */
	struct hooks *hooks;
	unsigned tried;
	int64_t due; /* of the next try */
};

/* Takes sink over. */
struct hooks *hooks_new(struct loop *loop, struct sink *sink);
/* Ends the one that runs; no fn is called any more. */
void hooks_free(struct hooks *hooks);

void hooks_push(struct hooks *hooks, struct hooks_turn *turn);
/* No more begin, or they do again.  What was not over then is not over. */
void hooks_stop(struct hooks *hooks, bool stop);
/* One runs. */
bool hooks_is_busy(const struct hooks *hooks);
/* Another one begins as soon as it is over. */
bool hooks_is_crowded(const struct hooks *hooks);

#endif
