/*
 * How often an account's idle connections are to be refreshed, learnt from
 * how they die.
 *
 * AOL ends IDLE after 300 s, GMX after 12 minutes, many a NAT forgets after
 * 5 (quirks 11, 21, 24).  Three deaths in a row at a similar age, with no
 * connection that outlived a refresh between, shorten the interval; it is
 * tried longer again when it has held for long, and what fails at that is
 * tried half as often.  Deaths of chance differ in age and do not count.
 *
 * Times are milliseconds; now is of a clock that does not step.  What dies
 * because the network or the computer went away is not to be told here.
 */
#ifndef IDLEBELL_IMAP_REFRESH_H
#define IDLEBELL_IMAP_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

/* No shorter than this, or than the ceiling. */
#define IMAP_REFRESH_FLOOR (2 * 60 * 1000)

struct imap_refresh {
	int64_t ceiling;
	int64_t floor;
	int64_t current; /* the interval to use, always floor to ceiling */
	/* The rest is the module's own. */
	int64_t good;      /* while current is on trial: what held; else 0 */
	unsigned patience; /* refreshes to be outlived before a trial */
	unsigned survived;
	unsigned deaths; /* in a row; between these ages: */
	int64_t youngest, oldest;
	int64_t last_death, last_survival; /* the last ones that counted */
};

/* What is worth remembering over a restart. */
struct imap_refresh_memory {
	int64_t interval;  /* ms */
	unsigned patience; /* 0: as at the start */
};

/* ceiling: the interval that was configured, above 0.  remembered: of an
 * earlier run, under any ceiling; NULL: nothing. */
void imap_refresh_init(struct imap_refresh *refresh, int64_t ceiling,
    const struct imap_refresh_memory *remembered);

/*
 * A connection died, or was ended by the server, while idle: age after its
 * last command was sent.  Those that die within a minute count as one: a
 * server that restarts ends all of them.
 *
 * True when current or the memory has changed.
 */
bool imap_refresh_died(struct imap_refresh *refresh, int64_t now, int64_t age);

/* A connection has answered to its refresh, which was sent age after the
 * command before.  An age well below the interval proves nothing.  True as
 * above. */
bool imap_refresh_survived(
    struct imap_refresh *refresh, int64_t now, int64_t age);

/* On trial it is what held before. */
struct imap_refresh_memory imap_refresh_remember(
    const struct imap_refresh *refresh);

#endif
