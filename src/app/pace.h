/*
 * How often a server is called: no login storm, whatever it does.
 *
 * Each caller is one watch, or an errand.  At most PACE_MAX connections a
 * minute are made by all callers of one user to one server, and at most
 * PACE_MAX that come to nothing by all of its users together.  A server is met
 * by a few at once and by more with each that gets through; one that does not
 * answer is tried by one at a time, after pauses that grow.  Who has to wait is
 * called when its turn comes, and who has failed is told when the server is
 * back.
 */
#ifndef IDLEBELL_APP_PACE_H
#define IDLEBELL_APP_PACE_H

#include "os/loop.h"
#include <stdbool.h>

enum {
	PACE_MAX = 12,
	PACE_SPARE = 4,          /* of them, for who watches */
	PACE_WINDOW = 60 * 1000, /* ms */
};

struct pace;
struct pace *pace_new(struct loop *loop);
/* All callers must be gone.  Takes NULL. */
void pace_free(struct pace *pace);

struct pace_events {
	/* Its turn: it connects now. */
	void (*ready)(void *data);
	/* The server is back: another caller got through to it. */
	void (*back)(void *data);
};

struct pace_caller;
/* errand: it leaves PACE_SPARE of its user's connections to others. */
struct pace_caller *pace_caller_new(struct pace *pace, const char *host,
    int port, const char *user, bool errand, const struct pace_events *events,
    void *data);
/* Takes NULL. */
void pace_caller_free(struct pace_caller *caller);

/* Wants to connect: ready() comes from within the call or, when it has to
 * wait, later; returns the time (loop_now() terms) of its turn, INT64_MAX
 * when that is not known, or 0 when ready() has been called. */
int64_t pace_ask(struct pace_caller *caller);
/* It does not want to any more, or has hung up. */
void pace_cancel(struct pace_caller *caller);
/* It has asked, and its turn has not come. */
bool pace_is_waiting(const struct pace_caller *caller);
/* The server has greeted it: others may try, too. */
void pace_answered(struct pace_caller *caller);
/* Its connection has synchronised. */
void pace_proven(struct pace_caller *caller);
/* Its connection came to nothing before the server heard of it: it does not
 * count. */
void pace_unmade(struct pace_caller *caller);
/* Its connection came to nothing, or was lost.  served: the server had begun
 * to serve it, so that others may fare better. */
void pace_failed(struct pace_caller *caller, bool served);

/* The network or the user has changed something: silent servers are met anew.
 */
void pace_forgive(struct pace *pace);

#endif
