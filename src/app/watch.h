/*
 * One mailbox of one account over one connection: session, stream, timer,
 * login, and the road back when the connection is lost.
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

/* All from the main loop; any may call into the watch, none may free it. */
struct watch_events {
	void (*opened)(
	    void *data, uint32_t uidvalidity, uint32_t uid, bool reset);
	void (*news)(void *data, const struct imap_news *news);
	void (*synced)(void *data);
	void (*piece)(void *data, uint32_t uid, uint64_t offset,
	    const char *bytes, size_t size);
	/* failure: why it did not come, or NULL. */
	void (*body_end)(void *data, uint32_t uid, const char *failure);
	void (*listed)(void *data, const struct imap_listed *listed);
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
};

struct watch_options {
	struct net *net;
	const struct config_account *account; /* must outlive the watch */
	const char *mailbox;                  /* NULL with IMAP_GOAL_LIST */
	enum imap_goal goal; /* only IMAP_GOAL_WATCH comes back when lost */
	uint32_t uidvalidity, last_uid; /* the mark; 0: none */
	/* In a mailbox that was renumbered what came since is news (wall
	 * clock, s; 0: nothing).  Read at each connection.  NULL: nothing. */
	const int64_t *told_until;
	int64_t refresh; /* ms */
	const char *header_fields;
	struct pace *pace; /* NULL: connects when it likes */
};

/* Times are those of loop_now(); 0: unknown, or never. */
struct watch_status {
	enum watch_state state;
	int64_t since, heard, next_look, next_try;
	bool idling;
	const char *error; /* the last one, or NULL; the watch's */
};

struct watch;

struct watch *watch_new(const struct watch_options *options,
    const struct watch_events *events, void *data);
/* Drops the connection at once.  Takes NULL. */
void watch_free(struct watch *watch);

void watch_start(struct watch *watch);
/* Downloads a message; false when there is no open mailbox: ask again when it
 * is synced. */
bool watch_body(struct watch *watch, uint32_t uid, uint64_t size, uint64_t max);
/* Connects anew and tells all above last_uid again. */
void watch_rewind(struct watch *watch, uint32_t last_uid);
/* Connects anew and treats the mailbox as renumbered. */
void watch_renumber(struct watch *watch);
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

#endif
