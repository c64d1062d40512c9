/*
 * One bubble, by libnotify, which blocks: 25 s for each call when the daemon
 * hangs.
 */
#ifndef IDLEBELL_SINKS_BUBBLE_H
#define IDLEBELL_SINKS_BUBBLE_H

#include "sinks/sink.h"
#include <stdbool.h>

struct bubble {
	char *summary, *body; /* plain text */
	char *icon;           /* a name or a path */
	char *sound;          /* a name or an absolute path, or NULL */
	const char *category; /* static: of the desktop specification */
	enum sink_urgency urgency;
};

/* Built with libnotify? */
bool bubble_is_built(void);

/*
 * Shows it, or SINK_ERROR_DESKTOP.  To be called from one thread only, which
 * iterates its own thread-default GMainContext between the calls: so it is
 * heard when the daemon is another.
 */
bool bubble_show(const struct bubble *bubble, GError **error);

#endif
