/*
 * The inside of an account, shared by account.c (the account as a whole) and
 * box.c (one of its mailboxes).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_BOX_H
#define IDLEBELL_APP_BOX_H

#include "app/account.h"
#include "app/delivery.h"
#include "app/watch.h"
#include "imap/refresh.h"
#include "store/marks.h"
#include "store/seen.h"
#include "store/tuning.h"

struct box {
	struct account *account;
	char *mailbox, *name; /* name: "ACCOUNT/MAILBOX" */
	struct watch *watch;  /* NULL: no longer wanted */
	struct alarm_watch *alarm;
	struct mark mark;     /* what the sinks have taken */
	uint32_t synced_uid;  /* all up to it has been told */
	uint32_t highest;     /* UID told so far */
	GHashTable *told;     /* UIDs told since the last catch-up was complete:
	                         a lost connection tells them again */
	uint32_t dropped;     /* the lowest UID that was not taken because too
	                         many were on their way; 0: none */
	int64_t last_message; /* wall clock, s; 0: none yet */
	/* Its UIDs are new.  Until all of it has been told the mark on disk
	 * stays what it was, so that a crash begins from there again. */
	bool renumbered;
	struct mark before; /* the one on disk, while renumbered */
	bool started, ended;
	bool synced;   /* since it is live */
	bool quitting; /* has been sent away */
};

struct account {
	const struct account_world *world;
	struct settings *settings; /* that config is of */
	struct settings *judge;    /* whose rules hold: newer than settings
	                              when a reload left this account alone */
	const struct config_account *config;
	struct marks *marks; /* or NULL: then nothing is watched */
	struct seen *seen;
	struct imap_refresh refresh;
	struct tuning tuning; /* as it is on disk, or should be */
	struct delivery *delivery;
	GPtrArray *boxes; /* struct box */
	int exit_status;
	unsigned refusals;     /* of the credentials, since they last held */
	int64_t refused;       /* the last of them, loop_now() */
	bool stopping, proven; /* proven: a login has succeeded */
	guint flush;           /* source */
	char *marks_trouble;   /* why there are no marks, or NULL */
	char *state_trouble;   /* said once, not for each message */
};

/* ---- box.c ---- */

struct box *box_new(struct account *account, const char *mailbox);
void box_free(gpointer data);
/* New settings; with wanted false nobody watches it any more, but messages
 * may be on their way from it. */
void box_renew(struct box *box, bool wanted);
/* The mark to disk. */
void box_store(struct box *box);
/* What was left with the server is asked for again. */
void box_fetch_dropped(struct box *box);
void box_say_goodbye(struct box *box);
/* Its watch has ended for good; reason: why it was given up, or NULL. */
void box_end(struct box *box, const char *reason);
/* A member of "watches" in the status. */
void box_status(const struct box *box, JsonBuilder *builder);

/* ---- account.c ---- */

void account_moved(struct account *account);
/* A box has synchronised: the credentials hold. */
void account_proven(struct account *account);
/* They were refused; true: too often. */
bool account_refused(struct account *account);
/* The watch of box has ended with error. */
void account_failed(struct box *box, const GError *error);
/* How an idle connection fared, see imap/refresh.h. */
void account_learn(struct account *account,
    bool (*fared)(struct imap_refresh *refresh, int64_t now, int64_t age),
    int64_t age);

#endif
