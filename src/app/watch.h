/*
 * One mailbox of one account over one connection: session, stream, timer,
 * login, and the road back when the connection is lost.
 */
#ifndef IDLEBELL_APP_WATCH_H
#define IDLEBELL_APP_WATCH_H

#include "config/config.h"
#include "imap/session.h"
#include "net/stream.h"
#include <stdbool.h>

enum watch_state {
	WATCH_STOPPED,    /* not started, or ended for good */
	WATCH_CONNECTING, /* on the way */
	WATCH_LIVE,       /* caught up and listening */
	WATCH_WAITING,    /* lost; a timer brings it back */
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
};

struct watch_options {
	struct net *net;
	const struct config_account *account; /* must outlive the watch */
	const char *mailbox;                  /* NULL with IMAP_GOAL_LIST */
	enum imap_goal goal; /* only IMAP_GOAL_WATCH comes back when lost */
	uint32_t uidvalidity, last_uid; /* the mark; 0: none */
	const char *header_fields;
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
/* Ends for good, without a word to the server; ended() is not called. */
void watch_give_up(struct watch *watch, const char *reason);
/* Says goodbye and ends within a second. */
void watch_logout(struct watch *watch);

enum watch_state watch_state(const struct watch *watch);
/* "ACCOUNT/MAILBOX", for the log. */
const char *watch_name(const struct watch *watch);

#endif
