/*
 * Bubbles, by libnotify.  Its calls block (25 s each when the daemon hangs),
 * so all of them are made in one worker thread with a bounded queue; what is
 * heard of bubbles is told in the main thread, from its main loop.
 *
 * A bubble with a number (sink_event.bubble, unique among all callers of the
 * sink) can be updated, closed and listened to; one without is forgotten as
 * soon as it is shown.  The number is the caller's: a daemon that is another
 * one, or a bus that came back, has none of the bubbles of before, and no
 * call for one of them reaches a bubble of somebody else.
 *
 *  - Ringing with a number that is up updates the bubble in place.  One that
 *    is up no longer comes up anew, or with only_update stays away (fn gets
 *    no error then).
 *  - Of what waits in the queue for one number only the newest is shown; it
 *    answers for the others too.
 *  - Buttons need a number, and a daemon that has them (capability
 *    "actions"); elsewhere the bubble comes without.
 */
#ifndef IDLEBELL_SINKS_DESKTOP_H
#define IDLEBELL_SINKS_DESKTOP_H

#include "sinks/sink.h"

/* Touches the bus only when it first rings. Built without libnotify:
 * desktop_is_built() is false and ring reports SINK_ERROR_DESKTOP.
 * When it is freed, what waits is dropped, and what is up stays but loses its
 * buttons, as nobody hears of them: half a second is waited for that, and for
 * what desktop_close() has to close. */
struct sink *desktop_new(void);
bool desktop_is_built(void);

/* How a bubble came to its end. */
enum desktop_end {
	DESKTOP_EXPIRED,   /* its time was over */
	DESKTOP_DISMISSED, /* by the user */
	DESKTOP_LOST,      /* the daemon has gone, another program closed it,
	                      or it is the oldest of too many and is
	                      listened to no longer */
};

/* Numbers that the caller does not know any more are to be ignored. */
struct desktop_events {
	/* A button of it, or a click on it ("default").  token: for the
	 * XDG_ACTIVATION_TOKEN of what is opened then, or NULL.  The bubble
	 * may stay up: daemons differ. */
	void (*action)(
	    void *data, uint64_t bubble, const char *action, const char *token);
	/* Once for each bubble that was up, unless desktop_close() was called
	 * for it: the number is forgotten. */
	void (*closed)(void *data, uint64_t bubble, enum desktop_end end);
	/* There is a notification daemon, while the bus is listened to, which
	 * is from the first bubble on. */
	void (*appeared)(void *data);
	/* "Do not disturb" has begun or is over, or is known now; while it is
	 * watched. */
	void (*inhibited)(void *data, bool inhibited);
};

/* events: copied; NULL: none.  The program has one listener. */
void desktop_listen(
    struct sink *sink, const struct desktop_events *events, void *data);

/* Closes it, if it is up, or drops it from the queue (fn gets no error then).
 * The number is forgotten at once: no event comes for it any more. */
void desktop_close(struct sink *sink, uint64_t bubble);

/* Whether the desktop wants to be left alone (sinks/inhibited.h).  It is
 * looked for only while it is wanted, on a connection of its own, and comes
 * back with daemons and buses; false until it is known. */
void desktop_watch_inhibited(struct sink *sink, bool wanted);
bool desktop_is_inhibited(const struct sink *sink);
/* Whether that is known, or nobody wants to know. */
bool desktop_knows_inhibited(const struct sink *sink);

#endif
