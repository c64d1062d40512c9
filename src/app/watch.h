/*
 * One connection of one account: session, stream, timer, login, and the road
 * back when the connection is lost.
 */
#ifndef IDLEBELL_APP_WATCH_H
#define IDLEBELL_APP_WATCH_H

#include "app/pace.h"
#include "config/config.h"
#include "imap/session.h"
#include "net/stream.h"
#include <stdbool.h>

enum watch_state {
	WATCH_STOPPED,    /* not started, or ended for good */
	WATCH_CONNECTING, /* on the way */
	WATCH_LIVE,       /* caught up and listening */
	WATCH_WAITING,    /* lost; a timer brings it back */
	WATCH_SLEEPING,   /* until the computer has slept */
};

/* How far a connection has come. */
enum watch_step {
	WATCH_STEP_TCP,
	WATCH_STEP_OPEN,    /* TLS too when it is implicit */
	WATCH_STEP_SECURE,  /* TLS after STARTTLS */
	WATCH_STEP_GREETED, /* the server wants to know who we are */
	/* Nothing is left to be said: IDLE is on, or the time of the next look
	 * is known.  Again after each that was said. */
	WATCH_STEP_REST,
};

/* All from the main loop; any may call into the watch, none may free it.
 * owner is that of the struct imap_watched. */
struct watch_events {
	/* A session begins: appends what it is to watch (struct imap_watched,
	 * see watch_list_new()), the first of them listened to by IDLE. */
	void (*mailboxes)(void *data, GArray *list);
	/* All listed() have come: watch_choose(), please.  Comes again when
	 * mailboxes come and go. */
	void (*choose)(void *data);
	void (*listed)(void *data, const struct imap_listed *listed);

	void (*opened)(void *data, void *owner, uint32_t uidvalidity,
	    uint32_t uid, bool reset);
	void (*news)(void *data, void *owner, const struct imap_news *news);
	/* All up to uid has been told; modseq: of that moment, 0: unknown. */
	void (*synced)(void *data, void *owner, uint32_t uid, uint64_t modseq);
	void (*piece)(void *data, void *owner, uint32_t uid, uint64_t offset,
	    const char *bytes, size_t size);
	/* failure: why it did not come, or NULL.  decoded: see struct
	 * imap_body. */
	void (*body_end)(void *data, void *owner, uint32_t uid, bool decoded,
	    const char *failure);
	/* What watch_about() asked for: news without a header, and structure,
	 * both valid during the call; or failure: why not.  May be NULL. */
	void (*about)(void *data, void *owner, const struct imap_news *news,
	    struct imap_structure *structure, const char *failure);
	/* What watch_act() was asked for is done, or came to nothing.  Goal
	 * TASK only, else NULL. */
	void (*done)(void *data, void *owner, const struct imap_done *done,
	    const GError *error);
	/* It cannot be opened; tried again until synced() says it can. */
	void (*failed)(void *data, void *owner, const GError *error);
	/* The flags of a message are others, or messages are no more. */
	void (*flags)(void *data, void *owner, uint32_t uid, const char *flags);
	void (*gone)(void *data, void *owner, const char *set);

	/* The credentials hold, whatever becomes of the mailboxes.  May come
	 * again.  May be NULL. */
	void (*accepted)(void *data);
	/* reason NULL: as it should be. */
	void (*changed)(void *data, enum watch_state state, const char *reason);
	/* The credentials were refused; true: do not try again. */
	bool (*refused)(void *data);
	/* It will not come back: error NULL after watch_logout(). */
	void (*ended)(void *data, const GError *error);
	/* IDLE has answered to its refresh after age ms of it, or died at
	 * that age.  May be NULL both. */
	void (*refreshed)(void *data, int64_t age);
	void (*died)(void *data, int64_t age);
	/* What the server gets wrong (enum imap_fault). */
	void (*fault)(void *data, unsigned faults, const char *reason);
	/* What imap_session_remember() says now that it is live, where that
	 * is not what was remembered; known false: nothing.  May be NULL. */
	void (*learnt)(void *data, const struct imap_capabilities *after_login);
	/* For who wants to know more than whether it is live.  May be NULL. */
	void (*reached)(void *data, enum watch_step step);
};

struct watch_options {
	struct net *net;
	const struct config_account *account; /* must outlive the watch */
	const char *name;    /* for the log; NULL: the account's */
	enum imap_goal goal; /* only IMAP_GOAL_WATCH comes back when lost */
	bool choose;         /* see watch_events */
	bool single;         /* one connection: ended() when it is lost */
	unsigned faults;     /* known already */
	/* By what the next session is shorter; known false: nothing. */
	struct imap_capabilities after_login;
	int64_t refresh; /* ms */
	const char *header_fields;
	bool structure, preview; /* see imap_session_options */
	struct pace *pace;       /* NULL: connects when it likes */
};

/* Times are those of loop_now(); 0: unknown, or never. */
struct watch_status {
	int64_t heard, next_look, next_try;
	const char *error; /* the last one, or NULL; the watch's */
};

struct watch;

struct watch *watch_new(const struct watch_options *options,
    const struct watch_events *events, void *data);
/* Drops the connection at once.  Takes NULL. */
void watch_free(struct watch *watch);

void watch_start(struct watch *watch);
/* A list for the mailboxes event: of struct imap_watched, which owns since. */
GArray *watch_list_new(void);
/* Watches these from now on (struct imap_watched), see imap/session.h.  None:
 * it stays connected.  Nothing happens while it is not connected. */
void watch_choose(struct watch *watch, const GArray *list);
/* Downloads a message or a part of it; false when its mailbox is not open: ask
 * again when it is synced. */
bool watch_body(struct watch *watch, void *owner, const struct imap_body *body);
/* What it is, first: about(). */
void watch_about(
    struct watch *watch, void *owner, uint32_t uid, bool structure);
/* Goal TASK, once the mailbox is synced: a change to messages, which ends in
 * done(); all mailboxes, listed() and then choose(). */
void watch_act(struct watch *watch, void *owner, const struct imap_act *act);
void watch_list(struct watch *watch);
/* Likewise: news() of the last count messages, then done(). */
void watch_last(struct watch *watch, void *owner, unsigned count);
/* Connects anew, and asks for the mailboxes anew. */
void watch_reopen(struct watch *watch);
/* Ends for good, without a word to the server; ended() is not called. */
void watch_give_up(struct watch *watch, const char *reason);
/* Says goodbye and ends within a second. */
void watch_logout(struct watch *watch);

/* Looks for news now, or tries now to connect. */
void watch_poke(struct watch *watch);
/* The network has changed, or time was lost: one that lives must show it
 * within seconds, one that waits tries again after delay ms.  A server that
 * has asked for patience is left alone. */
void watch_check(struct watch *watch, int64_t delay);
/* Says goodbye, and stays away until it is woken. */
void watch_sleep(struct watch *watch);
void watch_wake(struct watch *watch, int64_t delay);
void watch_set_refresh(struct watch *watch, int64_t refresh);

/* A deadline has passed a minute ago and nothing has come of it, or there is
 * nothing that would bring it back: a fault of ours. */
bool watch_is_stuck(const struct watch *watch);
enum watch_state watch_state(const struct watch *watch);
void watch_get_status(const struct watch *watch, struct watch_status *ret);
/* Of the connection, or NULL: while there is none. */
const struct stream *watch_stream(const struct watch *watch);
/* As far as they are known. */
const struct imap_capabilities *watch_capabilities(const struct watch *watch);
/* How a mailbox is watched, and why not better (or NULL). */
enum imap_method watch_method(const struct watch *watch, const void *owner);
const char *watch_why(const struct watch *watch);

#endif
