/*
 * What every sink looks like to the rest: it is given an event, and says
 * once when it has taken it.
 */
#ifndef IDLEBELL_SINKS_SINK_H
#define IDLEBELL_SINKS_SINK_H

#include "message/batch.h"
#include "message/message.h"
#include "message/notice.h"
#include <stdbool.h>

enum sink_urgency {
	SINK_LOW,
	SINK_NORMAL,
	SINK_CRITICAL
};

struct sink_event {
	/* Exactly one of the three is set. */
	const struct message *message;
	const struct notice *notice;
	const struct batch *batch; /* for hooks only */
	const char *where; /* the message's, for bubbles; NULL: no need */
	enum sink_urgency urgency;
	const char *sound, *icon;   /* or NULL; sound "none": silence */
	const char *const *command; /* the hook's argv, or NULL */
	int64_t timeout;            /* the hook's, ms */

	bool test; /* nothing has come: a hook gets IDLEBELL_TEST=1 */

	/* For bubbles; sinks/desktop.h says what becomes of them. */
	const char *title, *body; /* plain text; NULL: the sink makes it */
	const char *image;        /* a file to show in it, or NULL */
	int64_t timeout_bubble;   /* ms, SINK_TIMEOUT_NONE or _DEFAULT */
	uint64_t bubble;          /* the caller's number for it, or 0 */
	bool only_update;         /* nothing, when it is not up any more */
	bool stands;              /* however many others come after it */
	/* "id", "label", "id", "label", ..., NULL; or NULL.  The id "default"
	 * is a click on the bubble itself. */
	const char *const *actions;
};

/* How long a bubble stays. */
#define SINK_TIMEOUT_DEFAULT (-1) /* as the daemon likes */
#define SINK_TIMEOUT_NONE    0    /* until it is closed */

/* error NULL: taken.  Never called from within sink_ring(). */
typedef void sink_fn(void *data, const GError *error);

struct sink {
	/* Copies what it needs of event. fn runs exactly once, unless the sink
	 * is freed first. */
	void (*ring)(struct sink *sink, const struct sink_event *event,
	    sink_fn *fn, void *data);
	void (*free)(struct sink *sink);
};

#define SINK_ERROR sink_error_quark()
GQuark sink_error_quark(void);
enum sink_error {
	SINK_ERROR_DESKTOP, /* no bubble: no bus, no daemon, or it hangs */
	SINK_ERROR_HOOK,    /* a hook could not start, failed or timed out */
	SINK_ERROR_MAILDIR, /* cannot be stored there */
	SINK_ERROR_DISK,    /* the same, but only for now: no room, no disk */
};

#endif
