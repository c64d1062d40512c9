/*
 * The download of one message on request, over a connection for downloads, so
 * that no news wait for it: in pieces, resumed after a lost connection, a
 * restart or a kill, whole or its text only, to any destination.
 */
#ifndef IDLEBELL_APP_FETCHING_H
#define IDLEBELL_APP_FETCHING_H

#include "app/errand.h"
#include "message/emit.h"
#include "sinks/destination.h"

struct fetching_wish {
	const char *mailbox;  /* UTF-8 */
	uint32_t uidvalidity; /* another one is an error; 0: any */
	uint32_t uid;
	bool text;         /* leave the attachments with the server */
	uint64_t text_max; /* a part of more octets counts as one; 0: none does,
	                      as far as memory goes (excerpting.h) */
	uint64_t max; /* octets; a larger message is IMAP_ERROR_DENIED, unless
	                 it is text that is wanted; 0: none is */
	/* Where to; fetching_aim() has where the account says. */
	enum destination_kind kind;
	const char *path; /* MAILDIR, FILE */
	const char *const *command;
};

struct fetching_progress {
	uint64_t size;   /* 0: not known yet */
	uint64_t octets; /* that are there */
	uint64_t begin;  /* of them, those from before */
};

/* Exactly one end() comes, unless it is freed first; it may free it, the
 * others must not.  From the main loop, never from within a call here. */
struct fetching_events {
	void (*progress)(void *data, const struct fetching_progress *progress);
	/* The connection was lost, and there will be another in pause ms. NULL:
	 * it is logged. */
	void (*lost)(void *data, const GError *error, int64_t pause);
	/* file: where it is, NULL where that has no name.  error: IMAP_ERROR
	 * and NET_ERROR of the connection, SINK_ERROR (DISK may work later),
	 * G_FILE_ERROR_AGAIN: another process is downloading it;
	 * what has come so far is kept for another try. */
	void (*end)(void *data, const char *file, const GError *error);
};

struct fetching;

/* Fills in where to as account says; false: it does not (download_to,
 * download_command).  Points into account. */
bool fetching_aim(
    struct fetching_wish *wish, const struct config_account *account);

/* Keeps settings, of which account is one; copies wish.  errands: those of the
 * account that it shares with others, one after the other; NULL: its own. */
struct fetching *fetching_start(struct net *net, struct settings *settings,
    const struct config_account *account, struct errands *errands,
    const struct fetching_wish *wish, const struct fetching_events *events,
    void *data);
/* Ends it; what has come is kept.  Takes NULL. */
void fetching_free(struct fetching *fetching);

/* The member "downloads" of an account: an array of all of it that run. */
void fetching_status(const char *account, struct emit *emit);

#endif
