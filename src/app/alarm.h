/*
 * Never blind in silence: a watch that has not been live for blind_after is
 * told of once, by a line in the log, a bubble and the on_state hook, and once
 * more when it is well again.  The bubble stays for as long as that is so.
 *
 * A watch is live when it has caught up with its mailbox.  One that is lost
 * again and again but catches up each time within blind_after is not blind:
 * its mail was told, if late.  A connection alone, or a login, counts for
 * nothing.
 */
#ifndef IDLEBELL_APP_ALARM_H
#define IDLEBELL_APP_ALARM_H

#include "os/loop.h"
#include "sinks/sink.h"
#include <stdbool.h>

/*
 * One for the program.  Bubbles are gathered for two seconds; all that are
 * blind share one.  Hooks run one at a time over all watches; of a watch only
 * the newest state waits.
 */
struct alarm;

struct alarm_desktop {
	struct sink *sink;
	/* As desktop_close(). */
	void (*close)(struct sink *sink, uint64_t number);
	/* Numbers for two bubbles, of who is blind and who is well again. */
	uint64_t blind, well;
};

struct alarm *alarm_new(struct loop *loop, const struct alarm_desktop *desktop);
/* fn is called whenever alarm_is_busy() may have become false. */
void alarm_on_settled(struct alarm *alarm, void (*fn)(void *data), void *data);
/* A bubble or a hook is still to come, or has not been answered for. */
bool alarm_is_busy(const struct alarm *alarm);
/* What the desktop tells: a bubble of any number is up no longer; there is a
 * notification daemon now, which need not be another one. */
void alarm_bubble_closed(struct alarm *alarm, uint64_t number, bool by_user);
void alarm_desktop_appeared(struct alarm *alarm);
/* Nobody watches any more, as was wanted: no bubble stays, and none comes. */
void alarm_end(struct alarm *alarm);
/* All its watches and the desktop must be gone.  A hook that runs is ended.
 * Takes NULL. */
void alarm_free(struct alarm *alarm);

/* The computer goes to sleep, or has slept (which may come alone).  No time
 * asleep counts; afterwards every watch has all of blind_after again. */
void alarm_suspend(struct alarm *alarm, bool asleep);

/* One for each watch; not live since now, blind never until configured.
 * mailbox NULL: it is of all mailboxes of the account. */
struct alarm_watch;

struct alarm_watch *alarm_watch_new(
    struct alarm *alarm, const char *account, const char *mailbox);
/* Says no more of it, whatever was to come.  Takes NULL. */
void alarm_watch_free(struct alarm_watch *watch);

/* blind_after and hook_timeout in ms; blind_after 0: never; on_state: argv or
 * NULL, copied; desktop: show bubbles.  May be called again: what is blind
 * stays so until it is live. */
void alarm_watch_configure(struct alarm_watch *watch, int64_t blind_after,
    char **on_state, int64_t hook_timeout, bool desktop);

/* Called as often as the caller likes.  reason: why it is not live, on one
 * line, in words a user can act on; NULL: as it was. */
void alarm_watch_set(struct alarm_watch *watch, bool live, const char *reason);

/* It will not come back by itself: blind at once, if it is ever to be. */
void alarm_watch_give_up(struct alarm_watch *watch, const char *reason);

bool alarm_watch_is_blind(const struct alarm_watch *watch);

#endif
