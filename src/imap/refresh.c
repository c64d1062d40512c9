/*
 * The interval goes down at once to where it should hold, and up in small
 * steps on trial.
 */
#include "imap/refresh.h"
#include <glib.h>

enum {
	MINUTE = 60 * 1000,
	GRAIN = 15 * 1000,
	ROW = 3,             /* deaths that are no chance */
	SPREAD = 30 * 1000,  /* of their ages, at least */
	SAME_EVENT = MINUTE, /* deaths of one cause */
	TRIAL = 3,           /* survivals that end a trial well */
	PATIENCE = 20,
	PATIENCE_MAX = 320,
};

/* Before any moment, and far from an overflow. */
#define LONG_AGO (INT64_MIN / 4)

void imap_refresh_init(struct imap_refresh *refresh, int64_t ceiling,
    const struct imap_refresh_memory *remembered)
{
	*refresh = (struct imap_refresh){
	    .ceiling = ceiling,
	    .floor = MIN(ceiling, IMAP_REFRESH_FLOOR),
	    .current = ceiling,
	    .patience = PATIENCE,
	    .last_death = LONG_AGO,
	    .last_survival = LONG_AGO,
	};
	if (remembered == NULL)
		return;
	refresh->current = CLAMP(remembered->interval, refresh->floor, ceiling);
	refresh->patience = CLAMP(remembered->patience, PATIENCE, PATIENCE_MAX);
}

/* A new interval, or an old one again: the counts begin anew. */
static bool set_current(struct imap_refresh *refresh, int64_t interval)
{
	refresh->current = CLAMP(interval, refresh->floor, refresh->ceiling);
	refresh->survived = refresh->deaths = 0;
	return true;
}

/* One death is enough: chance costs some time only, and it was cautious
 * before. */
static bool fail_trial(struct imap_refresh *refresh)
{
	int64_t good = refresh->good;

	refresh->good = 0;
	refresh->patience = MIN(refresh->patience * 2, PATIENCE_MAX);
	return set_current(refresh, good);
}

/* Where the row's connections died, with a margin.  Those that died at their
 * refresh may have been dead for long. */
static int64_t lower_interval(const struct imap_refresh *refresh)
{
	int64_t interval = refresh->youngest >= refresh->current
	    ? refresh->current / 3 * 2
	    : refresh->youngest / 5 * 4;

	return MAX(interval - interval % GRAIN, refresh->floor);
}

static bool step_down(struct imap_refresh *refresh)
{
	int64_t interval = lower_interval(refresh);

	refresh->deaths = 0;
	if (interval >= refresh->current)
		return false;
	refresh->good = 0;
	return set_current(refresh, interval);
}

/* Adds to the row, or begins one where the ages differ. */
static void count_death(struct imap_refresh *refresh, int64_t age)
{
	int64_t youngest = MIN(age, refresh->youngest);
	int64_t oldest = MAX(age, refresh->oldest);

	if (refresh->deaths == 0 ||
	    oldest - youngest > MAX(oldest / 8, SPREAD)) {
		refresh->deaths = 0;
		youngest = oldest = age;
	}
	refresh->deaths++;
	refresh->youngest = youngest;
	refresh->oldest = oldest;
}

bool imap_refresh_died(struct imap_refresh *refresh, int64_t now, int64_t age)
{
	if (now - refresh->last_death < SAME_EVENT)
		return false;
	refresh->last_death = now;
	/* No refresh would have saved it. */
	if (age < refresh->floor) {
		refresh->deaths = 0;
		return false;
	}
	if (refresh->good > 0 && age >= refresh->good)
		return fail_trial(refresh);
	count_death(refresh, age);
	return refresh->deaths >= ROW && step_down(refresh);
}

static bool pass_trial(struct imap_refresh *refresh)
{
	if (refresh->survived < TRIAL)
		return false;
	refresh->good = 0;
	refresh->survived = 0;
	refresh->patience = PATIENCE;
	return true;
}

static bool step_up(struct imap_refresh *refresh)
{
	int64_t interval = refresh->current + refresh->current / 4;

	if (refresh->current >= refresh->ceiling ||
	    refresh->survived < refresh->patience)
		return false;
	refresh->good = refresh->current;
	interval += GRAIN - 1;
	return set_current(refresh, interval - interval % GRAIN);
}

bool imap_refresh_survived(
    struct imap_refresh *refresh, int64_t now, int64_t age)
{
	if (age < refresh->current / 10 * 9)
		return false;
	refresh->deaths = 0;
	/* Many connections of one account prove no more than one. */
	if (now - refresh->last_survival < refresh->current / 2)
		return false;
	refresh->last_survival = now;
	/* No more than is ever asked for. */
	refresh->survived = MIN(refresh->survived + 1, PATIENCE_MAX);
	return refresh->good > 0 ? pass_trial(refresh) : step_up(refresh);
}

struct imap_refresh_memory imap_refresh_remember(
    const struct imap_refresh *refresh)
{
	return (struct imap_refresh_memory){
	    .interval = refresh->good > 0 ? refresh->good : refresh->current,
	    .patience = refresh->patience,
	};
}
