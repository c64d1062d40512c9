/*
 * Counts for each watch how long it has not been live.
 *
 * The loop's clock goes on during suspend, and its timers fire at once after
 * it, perhaps before anybody knows of the sleep.  So what counts is
 * CLOCK_MONOTONIC, which stands still: a timer that fires too early by it is
 * set again.
 */
#include "app/alarm-inside.h"
#include "app/log.h"
#include "app/when.h"
#include "os/language.h"
#include "sinks/hook.h"

static int64_t awake_now(void)
{
	return g_get_monotonic_time() / 1000;
}

/* "90 s", "5 min", "3 h"; a new string. */
static char *describe_time(int64_t ms)
{
	static const struct {
		int64_t below, unit; /* s */
		const char *name;
	} rows[] = {
	    {120, 1, "s"},
	    {120 * 60, 60, "min"},
	    {G_MAXINT64, 3600, "h"},
	};
	int64_t seconds = (ms + 500) / 1000;
	size_t i = 0;

	while (seconds >= rows[i].below)
		i++;
	return g_strdup_printf(
	    "%" G_GINT64_FORMAT " %s", seconds / rows[i].unit, rows[i].name);
}

char *alarm_watch_name(const struct alarm_watch *watch)
{
	return watch->mailbox != NULL
	    ? g_strdup_printf("%s/%s", watch->account, watch->mailbox)
	    : g_strdup(watch->account);
}

const char *alarm_watch_reason(const struct alarm_watch *watch)
{
	return watch->reason != NULL ? watch->reason
				     : N_("the server has not answered yet");
}

static void settle(struct alarm *alarm)
{
	if (alarm->settled != NULL)
		alarm->settled(alarm->data);
}

/* ---- hooks ---- */

static void hook_took(void *data, const GError *error);

static void next_hook(struct alarm *alarm)
{
	struct alarm_watch *watch;
	g_autoptr(Notice) notice = NULL;
	struct sink_event event;

	if (alarm->hooking != NULL || g_queue_is_empty(&alarm->hooks))
		return;
	watch = g_queue_pop_head(&alarm->hooks);
	notice = g_steal_pointer(&watch->due);
	event = (struct sink_event){
	    .notice = notice,
	    .command = (const char *const *)watch->on_state,
	    .timeout = watch->hook_timeout,
	};
	alarm->hooking = alarm_watch_name(watch);
	alarm->hook->ring(alarm->hook, &event, hook_took, alarm);
}

static void hook_took(void *data, const GError *error)
{
	struct alarm *alarm = data;

	if (error != NULL)
		log_line(
		    LOG_LEVEL_WARNING, alarm->hooking, "%s", error->message);
	g_clear_pointer(&alarm->hooking, g_free);
	next_hook(alarm);
	settle(alarm);
}

static void drop_hook(struct alarm_watch *watch)
{
	g_queue_remove(&watch->alarm->hooks, watch);
	g_clear_pointer(&watch->due, notice_free);
}

/* The newest state of a watch takes the place of the one that waits. */
static void queue_hook(struct alarm_watch *watch)
{
	struct notice *notice;

	if (watch->on_state == NULL)
		return;
	notice = notice_new(NOTICE_STATE);
	notice->account = g_strdup(watch->account);
	notice->mailbox = g_strdup(watch->mailbox);
	notice->state = g_strdup(watch->blind ? "blind" : "live");
	notice->reason =
	    g_strdup(watch->blind ? alarm_watch_reason(watch) : NULL);
	notice->since = watch->blind ? watch->lost_wall : when_wall();
	if (watch->due == NULL)
		g_queue_push_tail(&watch->alarm->hooks, watch);
	notice_free(watch->due);
	watch->due = notice;
	next_hook(watch->alarm);
}

/* ---- a watch ---- */

static void go_blind(struct alarm_watch *watch)
{
	g_autofree char *time = describe_time(loop_now() - watch->lost);
	g_autofree char *name = alarm_watch_name(watch);

	watch->blind = true;
	log_line(LOG_LEVEL_WARNING, name, "blind for %s: %s", time,
	    alarm_watch_reason(watch));
	alarm_bubble_tell(watch);
	queue_hook(watch);
}

static void become_well(struct alarm_watch *watch)
{
	g_autofree char *time = NULL, *name = alarm_watch_name(watch);

	watch->blind = false;
	watch->outage = loop_now() - watch->lost;
	time = describe_time(watch->outage);
	log_line(LOG_LEVEL_INFO, name, "well again after %s", time);
	alarm_bubble_tell(watch);
	queue_hook(watch);
}

static void timer_fired(void *data);

static void disarm(struct alarm_watch *watch)
{
	g_clear_pointer(&watch->timer, loop_timer_free);
}

/* Sets the timer to where blind_after ends, were nobody to sleep. */
static void arm(struct alarm_watch *watch)
{
	int64_t left = watch->counted_from + watch->blind_after - awake_now();

	if (watch->live || watch->blind || watch->blind_after == 0 ||
	    watch->alarm->asleep) {
		disarm(watch);
		return;
	}
	if (watch->timer == NULL)
		watch->timer =
		    loop_timer_new(watch->alarm->loop, timer_fired, watch);
	loop_timer_set(watch->timer, loop_now() + MAX(left, 0));
}

static void timer_fired(void *data)
{
	struct alarm_watch *watch = data;

	if (awake_now() < watch->counted_from + watch->blind_after)
		arm(watch);
	else
		go_blind(watch);
}

static void note_lost(struct alarm_watch *watch)
{
	watch->lost = loop_now();
	watch->lost_wall = when_wall();
	watch->counted_from = awake_now();
}

void alarm_watch_set(struct alarm_watch *watch, bool live, const char *reason)
{
	bool was_live = watch->live;

	watch->live = live;
	if (live)
		g_clear_pointer(&watch->reason, g_free);
	else if (reason != NULL) {
		g_free(watch->reason);
		watch->reason = g_strdup(reason);
	}
	if (was_live == live)
		return;
	if (!live)
		note_lost(watch);
	else if (watch->blind)
		become_well(watch);
	arm(watch);
}

void alarm_watch_give_up(struct alarm_watch *watch, const char *reason)
{
	g_autofree char *before = g_strdup(watch->reason);

	alarm_watch_set(watch, false, reason);
	if (watch->blind) {
		watch->worse |= g_strcmp0(before, watch->reason) != 0;
		alarm_bubble_tell(watch);
	} else if (watch->blind_after > 0) {
		disarm(watch);
		go_blind(watch);
	}
}

void alarm_watch_configure(struct alarm_watch *watch, int64_t blind_after,
    char **on_state, int64_t hook_timeout, bool desktop)
{
	char **copy = g_strdupv(on_state);

	g_strfreev(watch->on_state);
	watch->on_state = copy;
	watch->blind_after = blind_after;
	watch->hook_timeout = hook_timeout;
	watch->desktop = desktop;
	if (!desktop)
		alarm_bubble_forget(watch);
	else if (watch->blind && !watch->told)
		alarm_bubble_tell(watch);
	if (copy == NULL)
		drop_hook(watch);
	arm(watch);
}

bool alarm_watch_is_blind(const struct alarm_watch *watch)
{
	return watch->blind;
}

struct alarm_watch *alarm_watch_new(
    struct alarm *alarm, const char *account, const char *mailbox)
{
	struct alarm_watch *watch = g_new0(struct alarm_watch, 1);

	watch->alarm = alarm;
	watch->account = g_strdup(account);
	watch->mailbox = g_strdup(mailbox);
	note_lost(watch);
	g_ptr_array_add(alarm->watches, watch);
	return watch;
}

void alarm_watch_free(struct alarm_watch *watch)
{
	if (watch == NULL)
		return;
	drop_hook(watch);
	alarm_bubble_forget(watch);
	g_ptr_array_remove(watch->alarm->watches, watch);
	disarm(watch);
	g_strfreev(watch->on_state);
	g_free(watch->account);
	g_free(watch->mailbox);
	g_free(watch->reason);
	g_free(watch);
}

/* ---- the alarm ---- */

void alarm_suspend(struct alarm *alarm, bool asleep)
{
	alarm->asleep = asleep;
	for (unsigned i = 0; i < alarm->watches->len; i++) {
		struct alarm_watch *watch = alarm->watches->pdata[i];

		watch->counted_from = awake_now();
		arm(watch);
	}
}

void alarm_on_settled(struct alarm *alarm, void (*fn)(void *data), void *data)
{
	alarm->settled = fn;
	alarm->data = data;
}

bool alarm_is_busy(const struct alarm *alarm)
{
	return alarm->gathering || alarm->showing > 0 ||
	    alarm->hooking != NULL || alarm->hooks.length > 0;
}

struct alarm *alarm_new(struct loop *loop, const struct alarm_desktop *desktop)
{
	struct alarm *alarm = g_new0(struct alarm, 1);

	alarm->loop = loop;
	alarm->desktop = *desktop;
	alarm->hook = hook_new();
	alarm->watches = g_ptr_array_new();
	alarm->bubble = loop_timer_new(loop, alarm_bubble_due, alarm);
	g_queue_init(&alarm->hooks);
	return alarm;
}

void alarm_free(struct alarm *alarm)
{
	if (alarm == NULL)
		return;
	alarm->hook->free(alarm->hook);
	loop_timer_free(alarm->bubble);
	g_ptr_array_unref(alarm->watches);
	g_free(alarm->desktop_trouble);
	g_free(alarm->hooking);
	g_free(alarm);
}
