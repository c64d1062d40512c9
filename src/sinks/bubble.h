/*
 * Bubbles, by libnotify, which blocks: 25 s for each call when the daemon
 * hangs.
 *
 * All of it is for one thread only, which iterates its own thread-default
 * GMainContext between the calls: so it is heard when the daemon is another,
 * and what happens to the bubbles that are up.
 */
#ifndef IDLEBELL_SINKS_BUBBLE_H
#define IDLEBELL_SINKS_BUBBLE_H

#include "sinks/desktop.h"

struct bubble {
	char *summary, *body; /* plain text */
	char *icon;           /* a name or a path */
	char *image;          /* a path, or NULL */
	char *sound;          /* a name or an absolute path, or NULL */
	bool silent;          /* no sound, whatever the daemon likes */
	bool passing;         /* need not be kept once it has been seen */
	bool stands;          /* listened to, however many there are */
	const char *category; /* static: of the desktop specification */
	enum sink_urgency urgency;
	int timeout;    /* ms, SINK_TIMEOUT_NONE or _DEFAULT */
	char **actions; /* as those of struct sink_event, or NULL */
};

/* Built with libnotify? */
bool bubble_is_built(void);

/* A bubble on the screen that somebody listens to. */
struct bubble_up;

struct bubble_events {
	void (*action)(void *data, const char *action, const char *token);
	/* It is freed. May be called from within the functions below. */
	void (*closed)(void *data, enum desktop_end end);
};

/*
 * Shows it, or SINK_ERROR_DESKTOP, which leaves what is up as it was.
 * up: NULL when nobody listens; else where the caller keeps it, *up NULL or
 * what is to be updated; events, which must last, are for data then.
 */
bool bubble_show(const struct bubble *bubble, struct bubble_up **up,
    const struct bubble_events *events, void *data, GError **error);

/* Whether the daemon takes sounds upon itself, as far as it is known. */
bool bubble_plays_sounds(void);

/* Still, when all that was heard meanwhile is taken into account? */
bool bubble_is_up(struct bubble_up **up);

/* Takes its buttons away, if it is up and has some. */
void bubble_strip(struct bubble_up **up);

/* Closes it, if it is up, without an event; *up is NULL then. */
void bubble_close(struct bubble_up **up);

/* fn is called whenever there is a daemon of which none was known. */
void bubble_on_daemon(void (*fn)(void));

/* Nothing more is to be done for now: while no bubble is up either, no signal
 * of the daemon wakes us. */
void bubble_rest(void);

#endif
