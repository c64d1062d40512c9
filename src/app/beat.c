/*
 * Telling systemd, and only what is new.
 */
#include "app/beat.h"
#include "app/account.h"
#include "app/log.h"
#include "app/systemd.h"
#include <string.h>

/* Accounts named in a summary. */
enum {
	NAMED_MAX = 3,
	/* ms between two looks at all accounts: an event of one of ten
	 * thousand must not cost a look at each of the others. */
	LOOK_TIME = 500,
};

struct beat {
	struct systemd *systemd;
	GPtrArray *accounts;
	struct loop_timer *timer; /* the watchdog's */
	struct loop_timer *later; /* the next look */
	int64_t looked;           /* loop_now() */
	char *told;               /* the last STATUS */
	bool ready;
};

static void add_trouble(GString *text, const struct account *account,
    const char *error, unsigned *named)
{
	if (error == NULL || ++*named > NAMED_MAX)
		return;
	g_string_append_printf(text, "; %s: %s", account_name(account), error);
}

/* Those that rest are meant to. */
static void add_rest(
    GString *text, const struct account *account, unsigned *resting)
{
	g_autofree char *rest = account_describe_rest(account);

	if (rest != NULL && ++*resting <= NAMED_MAX)
		g_string_append_printf(
		    text, "; %s %s", account_name(account), rest);
}

static void add_more(GString *text, unsigned all, const char *what)
{
	if (all > NAMED_MAX)
		g_string_append_printf(
		    text, "; and %u more%s", all - NAMED_MAX, what);
}

/* "3 of 4 live; work: login refused; home paused until 07:30"; a new
 * string. */
static char *summarise(const GPtrArray *accounts)
{
	g_autoptr(GString) troubles = g_string_new(NULL);
	g_autoptr(GString) rests = g_string_new(NULL);
	unsigned live = 0, watches = 0, named = 0, resting = 0;

	for (unsigned i = 0; i < accounts->len; i++) {
		const struct account *account = accounts->pdata[i];
		const char *error;
		unsigned well;

		watches += account_watches(account, &well, &error);
		live += well;
		add_trouble(troubles, account, error, &named);
		add_rest(rests, account, &resting);
	}
	add_more(troubles, named, "");
	add_more(rests, resting, " at rest");
	return g_strdup_printf(
	    "%u of %u live%s%s", live, watches, troubles->str, rests->str);
}

/* One that rests is all that it is to be. */
static bool is_any_well(const GPtrArray *accounts)
{
	for (unsigned i = 0; i < accounts->len; i++) {
		const char *error;
		unsigned live;

		account_watches(accounts->pdata[i], &live, &error);
		if (live > 0 || account_is_resting(accounts->pdata[i]))
			return true;
	}
	return false;
}

static void look(void *data)
{
	struct beat *beat = data;
	g_autofree char *status = summarise(beat->accounts);

	beat->looked = loop_now();
	if (!beat->ready &&
	    (beat->accounts->len == 0 || is_any_well(beat->accounts))) {
		beat->ready = true;
		systemd_tell(beat->systemd, "READY=1");
	}
	if (g_strcmp0(status, beat->told) == 0)
		return;
	systemd_tell(beat->systemd, "STATUS=%s", status);
	g_free(beat->told);
	beat->told = g_steal_pointer(&status);
}

void beat_look(struct beat *beat)
{
	int64_t next = beat->looked + LOOK_TIME, now = loop_now();

	if (!systemd_listens(beat->systemd))
		return;
	if (next > now)
		loop_timer_set(beat->later, next);
	else
		look(beat);
}

/* RELOADING wants the time of CLOCK_MONOTONIC, see sd_notify(3).  Before the
 * first live watch there is nothing to be ready again from. */
void beat_reloading(struct beat *beat)
{
	if (beat->ready)
		systemd_tell(beat->systemd,
		    "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
		    g_get_monotonic_time());
}

void beat_reloaded(struct beat *beat)
{
	if (beat->ready)
		systemd_tell(beat->systemd, "READY=1");
}

void beat_stopping(struct beat *beat)
{
	systemd_tell(beat->systemd, "STOPPING=1");
}

/* A loop that turns is not enough: no watch may have been forgotten. */
static void watchdog(void *data)
{
	struct beat *beat = data;

	for (unsigned i = 0; i < beat->accounts->len; i++) {
		const struct account *account = beat->accounts->pdata[i];

		if (!account_is_stuck(account))
			continue;
		log_line(LOG_LEVEL_ERROR, account_name(account),
		    "this account makes no progress; the watchdog is not "
		    "told that all is well");
		loop_timer_set(
		    beat->timer, loop_now() + systemd_watchdog(beat->systemd));
		return;
	}
	systemd_tell(beat->systemd, "WATCHDOG=1");
	loop_timer_set(
	    beat->timer, loop_now() + systemd_watchdog(beat->systemd));
}

struct beat *beat_new(struct loop *loop, GPtrArray *accounts)
{
	struct beat *beat = g_new0(struct beat, 1);

	beat->systemd = systemd_new(loop);
	beat->accounts = accounts;
	beat->timer = loop_timer_new(loop, watchdog, beat);
	beat->later = loop_timer_new(loop, look, beat);
	beat->looked = -LOOK_TIME;
	if (systemd_watchdog(beat->systemd) > 0)
		loop_timer_set(beat->timer, loop_now());
	return beat;
}

void beat_free(struct beat *beat)
{
	if (beat == NULL)
		return;
	loop_timer_free(beat->timer);
	loop_timer_free(beat->later);
	systemd_free(beat->systemd);
	g_free(beat->told);
	g_free(beat);
}
