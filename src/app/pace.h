/*
 * How often a server is called: no login storm, whatever it does.
 *
 * Each caller is one watch.  At most PACE_MAX connections a minute are made
 * by all callers of one user to one server, and at most PACE_MAX that come to
 * nothing by all of its users together; who has to wait is called when its
 * turn comes.  When a connection has got through, those who wait for the same
 * server to come back are told.
 */
#ifndef IDLEBELL_APP_PACE_H
#define IDLEBELL_APP_PACE_H

#include "os/loop.h"
#include <stdbool.h>

enum {
	PACE_MAX = 12,
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
struct pace_caller *pace_caller_new(struct pace *pace, const char *host,
    int port, const char *user, const struct pace_events *events, void *data);
/* Takes NULL. */
void pace_caller_free(struct pace_caller *caller);

/* Wants to connect: ready() comes from within the call or, when it has to
 * wait, later; returns the time (loop_now() terms) of its turn as far as it
 * is known, or 0 when ready() has been called. */
int64_t pace_ask(struct pace_caller *caller);
/* It does not want to any more. */
void pace_cancel(struct pace_caller *caller);
/* It has asked, and its turn has not come. */
bool pace_is_waiting(const struct pace_caller *caller);
/* Its connection has synchronised. */
void pace_proven(struct pace_caller *caller);
/* Its connection came to nothing before the server heard of it: it does not
 * count. */
void pace_unmade(struct pace_caller *caller);
/* Its connection came to nothing, or was lost. */
void pace_failed(struct pace_caller *caller);

#endif
