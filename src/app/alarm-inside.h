/*
 * The inside of an alarm, shared by alarm.c (who is blind, and hooks) and
 * alarm-bubbles.c (who is told so).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_ALARM_INSIDE_H
#define IDLEBELL_APP_ALARM_INSIDE_H

#include "app/alarm.h"

struct alarm {
	struct loop *loop;
	struct alarm_desktop desktop;
	struct sink *hook;
	GPtrArray *watches;        /* struct alarm_watch */
	struct loop_timer *bubble; /* set while some are gathered */
	bool gathering, asleep;
	bool over; /* no bubble any more */

	/* The bubble of those that are blind. */
	bool standing; /* it was shown, and not closed by us */
	bool shrunk;   /* it says more than is so */
	bool lost;     /* it is not up, though no user has closed it */
	bool again;    /* it is to be shown anew */

	char *desktop_trouble;       /* said once */
	GQueue hooks;                /* struct alarm_watch, due set */
	char *hooking;               /* the name of the watch whose hook runs */
	unsigned showing;            /* bubbles that are not answered for */
	void (*settled)(void *data); /* or NULL */
	void *data;
};

struct alarm_watch {
	struct alarm *alarm;
	char *account, *mailbox; /* mailbox: or NULL */
	int64_t blind_after, hook_timeout;
	char **on_state;
	bool desktop;

	bool live, blind;
	char *reason;             /* NULL: none was given yet */
	int64_t lost;             /* when it ceased to be live, loop_now() */
	int64_t lost_wall;        /* the same, s */
	int64_t counted_from;     /* monotonic ms: blind_after begins there */
	struct loop_timer *timer; /* while it counts, else NULL */
	int64_t outage;           /* ms, once it is well again */
	struct notice *due;       /* the hook's, waiting in alarm->hooks */

	/* Of bubbles. */
	bool told;  /* that it is blind; not yet that it is well */
	bool up;    /* in the bubble of those that are, which was not closed */
	bool worse; /* there is more to tell */
};

/* "ACCOUNT/MAILBOX"; a new string. */
char *alarm_watch_name(const struct alarm_watch *watch);
/* Not translated. */
const char *alarm_watch_reason(const struct alarm_watch *watch);

/* It has become blind or well, or there is more to tell. */
void alarm_bubble_tell(struct alarm_watch *watch);
/* No word of it any more. */
void alarm_bubble_forget(struct alarm_watch *watch);
/* Of the timer. */
void alarm_bubble_due(void *data);

#endif
