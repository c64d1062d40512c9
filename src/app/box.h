/*
 * The inside of an account, shared by account.c (the account as a whole),
 * account-status.c (how it fares), choice.c (which mailboxes it watches),
 * rest.c (when it does not), vigil.c (which of them it does even then), line.c
 * (one of its connections), box.c (one of its mailboxes) and fate.c (what
 * becomes of its messages).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_BOX_H
#define IDLEBELL_APP_BOX_H

#include "app/account.h"
#include "app/delivery.h"
#include "app/errand.h"
#include "app/reads.h"
#include "app/snoozes.h"
#include "app/watch.h"
#include "imap/refresh.h"
#include "store/marks.h"
#include "store/seen.h"
#include "store/tuning.h"

/* Where the next session begins in a mailbox. */
struct box_place {
	uint32_t uidvalidity, uid;
	uint64_t modseq;
};

struct box {
	struct account *account;
	char *mailbox, *name;      /* name: "ACCOUNT/MAILBOX" */
	struct line *line;         /* that carries it; NULL: no longer wanted */
	struct alarm_watch *alarm; /* or NULL; of a mailbox that could not be
	                              opened while its connection lives */
	enum watch_state state;
	int64_t turned; /* loop_now() when it became live, or ceased */
	char *error;    /* why it cannot be opened, or NULL */
	struct box_place place;
	struct mark mark;     /* what the sinks have taken */
	uint32_t synced_uid;  /* all up to it has been told */
	uint32_t highest;     /* UID told so far */
	GHashTable *told;     /* UIDs told since the last catch-up was complete:
	                         a lost connection tells them again; NULL: none */
	GArray *rung;         /* uint32_t, the newest UIDs told, or NULL */
	GHashTable *read;     /* of them those that were read since, or before
	                         they were told; NULL: none, or no on_read */
	uint32_t left;        /* the lowest UID that waits for the end of quiet
	                         hours, with the server; 0: none */
	uint32_t dropped;     /* the lowest UID that was not taken because too
	                         many were on their way; 0: none */
	int64_t last_message; /* wall clock, s; 0: none yet */
	/* Its UIDs are new.  Until all of it has been told the mark on disk
	 * stays what it was, so that a crash begins from there again. */
	bool renumbered;
	struct mark before; /* the one on disk, while renumbered */
	bool synced;        /* since it is live */
	bool resting;       /* not watched, while others of its account are */
};

struct line {
	struct account *account;
	struct watch *watch;
	char *name;                /* for the log */
	struct alarm_watch *alarm; /* or NULL */
	bool started, ended;
	bool caught_up;    /* each of its mailboxes is live, or has failed */
	bool chosen;       /* it is known which mailboxes it carries */
	bool quitting;     /* has been sent away */
	bool resting;      /* closed, while others of its account are not */
	GPtrArray *listed; /* struct imap_listed, between two choices */
};

struct account {
	const struct account_world *world;
	struct settings *settings; /* that config is of */
	struct settings *judge;    /* whose rules hold: newer than settings
	                              when a reload left this account alone */
	const struct config_account *config;
	struct marks *marks; /* or NULL: then nothing is watched */
	int64_t stored; /* loop_now(): when they were on the disk for good */
	struct seen *seen;
	struct seen *senders; /* NULL: no rule has asked for them */
	struct imap_refresh refresh;
	struct tuning tuning; /* as it is on disk, or should be */
	struct delivery *delivery;
	struct errands *errands, *downloads; /* NULL: none was needed yet */
	struct reads *reads; /* NULL: nothing has been read yet */
	GPtrArray *boxes;    /* struct box, in the order they are watched; then
	                        those that are wanted no more */
	GPtrArray
	    *lines;     /* struct line; the first carries what no other does */
	int64_t listed; /* wall clock, s: when the mailboxes were; 0: not yet */
	int exit_status;
	unsigned refusals;     /* of the credentials, since they last held */
	int64_t refused;       /* the last of them, loop_now() */
	bool stopping, proven; /* proven: a login has succeeded */
	bool resting;          /* no connections, see rest.c */
	bool asleep;           /* as the computer, or about to be */
	bool hushed;           /* connected, but only what is urgent rings */
	bool renewing;         /* its connections are about to be others */
	bool gathering;        /* what came in a rest, for one bubble */
	struct rest *rest;     /* NULL: never yet */
	guint flush;           /* source */
	char *unmatched;       /* entries of mailboxes, said once */
	char *marks_trouble;   /* why there are no marks, or NULL */
	char *state_trouble;   /* said once, not for each message */
};

/* ---- box.c ---- */

/* Not wanted yet. */
struct box *box_new(struct account *account, const char *mailbox);
void box_free(gpointer data);
/* line: who carries it from now on, from what its mark says if nobody did;
 * NULL: nobody watches it any more, but messages may be on their way. */
void box_join(struct box *box, struct line *line);
/* Unless it is known: it was made since that time (wall clock, s), and what has
 * come since is news. */
void box_appear(struct box *box, int64_t since);
/* Another beginning on the same connection. */
void box_revive(struct box *box);
/* Its connection is gone, and another one is to come. */
void box_leave(struct box *box);
/* The mark to disk. */
void box_store(struct box *box);
/* What was left with the server is asked for again; true: its connection has
 * to begin anew for that. */
bool box_fetch_dropped(struct box *box);
/* What was left in quiet hours comes with the next connection; true: there is
 * something. */
bool box_fetch_left(struct box *box);
/* The account rests: it does not go blind. */
void box_rest(struct box *box);
/* It rests from now on, or no longer, whatever its connection does; who calls
 * tells that. */
void box_let_rest(struct box *box, bool resting);
/* What people are told of its state: "live", "quiet". */
const char *box_state_name(const struct box *box, enum watch_state state);
/* It is not to be connected, or not to be heard of. */
bool box_is_at_rest(const struct box *box);
/* The state of its connection; WATCH_LIVE says nothing of the mailbox. */
void box_turn(struct box *box, enum watch_state state, const char *reason);
/* Appends what the session has to know. */
void box_describe(const struct box *box, GArray *list);
/* All that came is told and taken, and nothing is on its way. */
bool box_is_done(const struct box *box);
/* As the account wants it. */
void box_configure_alarm(
    const struct account *account, struct alarm_watch *alarm);

/* What the watch tells of it, see app/watch.h. */
void box_opened(
    struct box *box, uint32_t uidvalidity, uint32_t uid, bool reset);
/* False when its UIDs are those of other messages than before: the connection
 * has to begin anew. */
bool box_news(struct box *box, const struct imap_news *news);
void box_synced(struct box *box, uint32_t uid, uint64_t modseq);
void box_failed(struct box *box, const GError *error);
void box_flags(struct box *box, uint32_t uid, const char *flags);
void box_gone(struct box *box, const char *set);
void box_refreshed(struct box *box);

/* ---- fate.c ---- */

/* What becomes of a message is told for a while.  flags: as it came. */
void fate_note(struct box *box, uint32_t uid, const char *flags);
void fate_forget(struct box *box);
/* Those of before a restart that are to ring again; its mark is known. */
void fate_recall(struct box *box);

/* ---- line.c ---- */

struct line *line_new(struct account *account);
void line_free(gpointer data);
void line_start(struct line *line);
/* Its mailboxes are others. */
void line_choose(struct line *line);
bool line_body(struct line *line, struct box *box, uint32_t uid, uint64_t size,
    uint64_t max);
void line_say_goodbye(struct line *line);
/* One of its mailboxes is live, or has failed. */
void line_look(struct line *line);
/* What is blind stays so until it is live, whatever is made of its connection
 * meanwhile. */
void line_inherit(struct line *line, struct line *old);
/* A connection that is not needed any more, but was told to be blind: that is
 * over when heir has caught up. */
void line_bequeath(struct line *line, struct line *heir);
/* Closes the connection until it is woken; it does not go blind.  What is
 * blind stays so until it is live. */
void line_rest(struct line *line);
/* Unless it is to rest. */
void line_wake(struct line *line, int64_t delay);
/* It rests from now on, or no longer; changed: other mailboxes of it rest than
 * before.  True when this is a reason for others to begin. */
bool line_let_rest(struct line *line, bool rest, bool changed);
/* It may go blind (again). */
void line_watch_over(struct line *line);
/* Never blind from now on. */
void line_forget_alarm(struct line *line);
/* One that has ended gets another chance. */
void line_revive(struct line *line);
/* Will not come back; reason: why it was given up, or NULL. */
void line_end(struct line *line, const char *reason);
/* All its mailboxes are done with (once). */
bool line_is_done(const struct line *line);

/* ---- choice.c ---- */

/* What it watches is known only when the server has told its mailboxes. */
bool account_has_patterns(const struct account *account);
/* Those that are known without the server. */
void account_make_boxes(struct account *account);
/* The first connection has listed them all (struct imap_listed). */
void account_choose(struct account *account, const GPtrArray *listed);

/* ---- vigil.c ---- */

/* Whether it is watched even in quiet hours; true out of them. */
bool vigil_needs(const struct box *box);
/* quiet: by its hours.  True, and the account is hushed, if then there is
 * something left to be watched. */
bool vigil_decide(struct account *account, bool quiet);
/* Who is not needed while it is hushed goes to rest, who is needed (again) gets
 * up. */
void vigil_sort(struct account *account);
/* How many mailboxes rest while others are watched. */
unsigned vigil_count(const struct account *account);

/* ---- rest.c ---- */

/* A pause of an earlier watcher goes on; quiet hours hold. */
void rest_load(struct account *account);
/* The settings are others. */
void rest_configure(struct account *account);
/* Takes NULL. */
void rest_free(struct rest *rest);
/* Connects, or reconnects after delay ms, unless there is a reason not to. */
void rest_go_on(struct account *account, int64_t delay);
/* Something has moved: is what came in a rest complete? */
void rest_look_round(struct account *account);
/* Appends the member "quiet" to the status of one that is not awake. */
void rest_status(const struct account *account, struct emit *emit);

/* ---- account.c ---- */

void account_moved(struct account *account);
/* The credentials hold. */
void account_proven(struct account *account);
/* They were refused; true: too often. */
bool account_refused(struct account *account);
/* A connection has ended with error. */
void account_failed(struct line *line, const GError *error);
/* What the server gets wrong (enum imap_fault) is not tried again. */
void account_learn_faults(struct account *account, unsigned faults);
/* What it can, so that the next connection need not wait to hear it. */
void account_learn_capabilities(
    struct account *account, const struct imap_capabilities *after_login);
/* How an idle connection fared, see imap/refresh.h. */
void account_learn(struct account *account,
    bool (*fared)(struct imap_refresh *refresh, int64_t now, int64_t age),
    int64_t age);

#endif
