/*
 * One account: a watch for each of its mailboxes, the way of its messages to
 * the sinks, and its high-water marks.
 */
#ifndef IDLEBELL_APP_ACCOUNT_H
#define IDLEBELL_APP_ACCOUNT_H

#include "app/belfry.h"
#include "app/mutes.h"
#include "app/report.h"
#include "app/settings.h"
#include "app/snoozes.h"
#include "message/emit.h"
#include "net/stream.h"
#include "sinks/sink.h"
#include "store/state.h"
#include <stdbool.h>

/* What all accounts share. */
struct account_world {
	struct net *net;
	struct state *state;
	struct sink *desktop;
	struct belfry *belfry;
	struct mutes *mutes;
	struct snoozes *snoozes;
	struct pace *pace;
	struct alarm *alarm; /* NULL: nobody minds */
	enum report_form form;
	bool once;      /* catch up, then end */
	bool inhibited; /* the desktop is not to be disturbed */
	bool undecided; /* that is not known yet */
	/* Something has ended: account_is_over() may have become true. */
	void (*moved)(void *data);
	void *data;
};

struct account;
struct errands;

/* config is one of settings', which is kept.  Never NULL: one whose state
 * cannot be read is given up when it starts. */
struct account *account_new(const struct account_world *world,
    struct settings *settings, const struct config_account *config);
void account_free(struct account *account);

void account_start(struct account *account);
/* New settings.  Connections begin anew where something of the account has
 * changed or failed for good; messages on their way stay. */
void account_reload(struct account *account, struct settings *settings,
    const struct config_account *config);
/* Ends the connections; messages on their way may still arrive. */
void account_stop(struct account *account);

/* Looks for news now, and reconnects now. */
void account_poke(struct account *account);
/* The network has changed (see watch_check()). */
void account_check(struct account *account, int64_t delay);
/* The computer is about to sleep; true once no connection is left. */
void account_sleep(struct account *account);
bool account_is_asleep(const struct account *account);
void account_wake(struct account *account, int64_t delay);

/* Why no bell of an account rings. */
enum account_rest {
	ACCOUNT_AWAKE,
	ACCOUNT_PAUSED, /* somebody said so */
	ACCOUNT_QUIET,  /* by its quiet_hours */
};

/* No bells until then (wall clock, s, or QUIET_FOREVER), whatever was said
 * before: its connections are closed.  False and error when that does not
 * outlive the watcher. */
bool account_pause(struct account *account, int64_t until, GError **error);
/* False when it is not paused. */
bool account_resume(struct account *account);
/* The wall clock or the time zone is another. */
void account_look_at_clock(struct account *account);
/* The world is inhibited, or no longer. */
void account_look_at_desktop(struct account *account);
/* *ret_until as above; 0 when it is awake. */
enum account_rest account_rest(
    const struct account *account, int64_t *ret_until);
/* "paused until 07:30", a new string; NULL when it is awake. */
char *account_describe_rest(const struct account *account);
/* No mailbox of it is watched because of that. */
bool account_is_resting(const struct account *account);

/* Appends a member of "accounts" in the status. */
void account_status(const struct account *account, struct emit *emit);
/* How many mailboxes are watched (at rest: none), and how many of them are
 * live; *ret_error is the last error of one that is not, or NULL, and the
 * account's. */
unsigned account_watches(
    const struct account *account, unsigned *ret_live, const char **ret_error);

/* One of its watches waits for nothing that could still come. */
bool account_is_stuck(const struct account *account);

/* A connection for what is to be done to its messages. */
struct errands *account_errands(struct account *account);
/* The same for downloads, which take their time. */
struct errands *account_downloads(struct account *account);
/* The name of a mailbox as the server has it, by the one in messages. */
const char *account_mailbox(const struct account *account, const char *shown);
/* Those that hold; the second is one of the first's. */
struct settings *account_settings(const struct account *account);
const struct config_account *account_config(const struct account *account);
/* A message of it, be it of a mailbox that is not watched any more: its bubble
 * once more.  Takes message over. */
void account_ring_again(struct account *account, struct message *message);

const char *account_name(const struct account *account);
/* No connection will come back, and nothing is on its way. */
bool account_is_over(const struct account *account);
/* 0, or the exit status of the first failure that ended a watch. */
int account_exit_status(const struct account *account);

#endif
