/*
 * Reacting to change.
 */
#include "app/weather.h"
#include "app/account.h"
#include "app/log.h"
#include "net/change.h"

enum {
	/* logind waits 5 s for those who delay the sleep. */
	GOODBYE_TIME = 3000,
	/* The first account comes back at once, the others one by one. */
	STEP = 100,
	STEPS_MAX = 10 * 1000,
};

struct weather {
	GPtrArray *accounts;
	struct alarm *alarm;
	struct pace *pace;
	struct change *change;
	struct loop_timer *timer; /* the end of the goodbyes */
	bool falling_asleep, asleep;
};

/* The first, at once: somebody waits for the mail that came meanwhile. */
static void spread(
    struct weather *weather, void (*fn)(struct account *account, int64_t delay))
{
	pace_forgive(weather->pace);
	for (unsigned i = 0; i < weather->accounts->len; i++) {
		int64_t latest = MIN((int64_t)i * STEP, STEPS_MAX);

		fn(weather->accounts->pdata[i],
		    i == 0 ? 0 : g_random_int_range(1, (gint32)latest + 1));
	}
}

static void look_at_clock(struct weather *weather)
{
	for (unsigned i = 0; i < weather->accounts->len; i++)
		account_look_at_clock(weather->accounts->pdata[i]);
}

static void sleep_now(void *data)
{
	struct weather *weather = data;

	weather->falling_asleep = false;
	loop_timer_set(weather->timer, INT64_MAX);
	change_ready(weather->change);
}

static void fall_asleep(struct weather *weather)
{
	log_line(LOG_LEVEL_VERBOSE, NULL, "the computer is about to sleep");
	weather->falling_asleep = weather->asleep = true;
	alarm_suspend(weather->alarm, true);
	loop_timer_set(weather->timer, loop_now() + GOODBYE_TIME);
	for (unsigned i = 0; i < weather->accounts->len; i++)
		account_sleep(weather->accounts->pdata[i]);
	weather_look(weather);
}

static void wake(struct weather *weather)
{
	log_line(LOG_LEVEL_VERBOSE, NULL, "the computer has slept");
	weather->falling_asleep = weather->asleep = false;
	loop_timer_set(weather->timer, INT64_MAX);
	/* Without a warning the alarm has to be told of both. */
	alarm_suspend(weather->alarm, true);
	alarm_suspend(weather->alarm, false);
	look_at_clock(weather);
	spread(weather, account_wake);
}

static void on_change(void *data, enum change_kind kind)
{
	struct weather *weather = data;

	if (kind == CHANGE_SLEEP) {
		fall_asleep(weather);
	} else if (kind == CHANGE_WAKE) {
		wake(weather);
	} else if (kind == CHANGE_ZONE) {
		look_at_clock(weather);
	} else if (!weather->asleep) {
		log_line(LOG_LEVEL_VERBOSE, NULL, "%s",
		    kind == CHANGE_CLOCK ? "the clock was set"
					 : "the network has changed");
		if (kind == CHANGE_CLOCK)
			look_at_clock(weather);
		spread(weather, account_check);
	}
}

void weather_look(struct weather *weather)
{
	if (!weather->falling_asleep)
		return;
	for (unsigned i = 0; i < weather->accounts->len; i++)
		if (!account_is_asleep(weather->accounts->pdata[i]))
			return;
	/* change_ready() must not come from within change's own call. */
	loop_timer_set(weather->timer, loop_now());
}

struct weather *weather_new(struct loop *loop, GPtrArray *accounts,
    struct alarm *alarm, struct pace *pace)
{
	struct weather *weather = g_new0(struct weather, 1);

	weather->accounts = accounts;
	weather->alarm = alarm;
	weather->pace = pace;
	weather->timer = loop_timer_new(loop, sleep_now, weather);
	weather->change = change_new(loop, on_change, weather);
	return weather;
}

void weather_free(struct weather *weather)
{
	if (weather == NULL)
		return;
	change_free(weather->change);
	loop_timer_free(weather->timer);
	g_free(weather);
}
