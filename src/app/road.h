/*
 * The inside of a watch, shared by watch.c (the owner's side), acts.c (what its
 * session wants, what its stream brings) and road.c (how a lost connection
 * comes back).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_ROAD_H
#define IDLEBELL_APP_ROAD_H

#include "app/credentials.h"
#include "app/watch.h"
#include "imap/veil.h"

struct watch {
	struct watch_options options;
	GRefString *header_fields; /* shared by all watches */
	char *name;
	const struct watch_events *events;
	void *data;

	enum watch_state state;
	struct stream_options stream_options; /* must outlive the stream */
	struct stream *stream;
	struct imap_session *session;
	struct credentials *credentials;
	struct imap_veil *veil; /* NULL unless the protocol is logged */
	struct loop_timer *timer;
	struct pace_caller *caller; /* or NULL */
	bool driving, leaving, asleep;
	bool resting; /* WATCH_STEP_REST has been told */
	bool served;  /* the server wanted to know who we are */
	bool patient; /* the server has asked to be left alone for a while */
	int64_t refreshing; /* the age of the IDLE that is refreshed, or -1 */
	unsigned failures;
	char *last_reason; /* logged once, not at every attempt */
	char *last_error;  /* for the status */
	int64_t since;     /* in this state */
	int64_t heard, next_try;
};

/* ---- acts.c ---- */

/* Carries out what the session wants, and sets the timer to its deadline. */
void acts_drive(struct watch *watch);
void acts_connect(struct watch *watch);
/* Logs what came of a line that will not be whole. */
void acts_end_trace(struct watch *watch);
/* The first mailbox is caught up: the connection is worth something. */
void acts_be_live(struct watch *watch);

/* ---- road.c ---- */

void road_change(
    struct watch *watch, enum watch_state state, const char *reason);
void road_disconnect(struct watch *watch);
void road_try_at(struct watch *watch, int64_t when);
void road_note_error(struct watch *watch, const char *reason);
/* Ended for good. */
void road_stop(struct watch *watch, const GError *error, const char *reason);
/* The connection is lost: for good, or until the timer brings it back. */
void road_lose(struct watch *watch, const GError *error);
/* It begins anew after delay ms, not by a fault of the server. */
void road_renew(struct watch *watch, const char *reason, int64_t delay);
/* Connects as soon as it may. */
void road_ask_turn(struct watch *watch);
void road_timer_fired(void *data);
extern const struct pace_events road_pace_events;

#endif
