/*
 * Counts for each watch how long it has not been live.
 *
 * The loop's clock goes on during suspend, and its timers fire at once after
 * it, perhaps before anybody knows of the sleep.  So what counts is
 * CLOCK_MONOTONIC, which stands still: a timer that fires too early by it is
 * set again.
 */
#include "app/alarm.h"
#include "app/log.h"
#include "app/when.h"
#include "os/language.h"
#include "sinks/hook.h"
#include <string.h>

enum {
	GATHER_TIME = 2000, /* ms from the first of a bubble to the bubble */
	NAMES_MAX = 5,      /* accounts in a bubble */
};

/* What the next bubble is to say of a watch. */
enum telling {
	TELL_NOTHING,
	TELL_BLIND,
	TELL_WELL,
};

struct alarm {
	struct loop *loop;
	struct sink *desktop, *hook;
	GPtrArray *watches;        /* struct alarm_watch */
	struct loop_timer *bubble; /* set while some are gathered */
	bool gathering, asleep;
	char *desktop_trouble;       /* said once */
	GQueue hooks;                /* struct alarm_watch, due set */
	char *hooking;               /* the name of the watch whose hook runs */
	unsigned showing;            /* bubbles that are not answered for */
	void (*settled)(void *data); /* or NULL */
	void *data;
};

static const char no_answer[] = N_("the server has not answered yet");

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

	enum telling telling;
	int64_t outage;     /* ms, for TELL_WELL */
	struct notice *due; /* the hook's, waiting in alarm->hooks */
};

/* "ACCOUNT/MAILBOX"; a new string. */
static char *make_name(const struct alarm_watch *watch)
{
	return watch->mailbox != NULL
	    ? g_strdup_printf("%s/%s", watch->account, watch->mailbox)
	    : g_strdup(watch->account);
}

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

/* The same for people. */
static char *tell_outage(int64_t ms)
{
	unsigned long seconds = (unsigned long)((ms + 500) / 1000);

	if (seconds < 120)
		return g_strdup_printf(
		    ngettext("after %lu second", "after %lu seconds", seconds),
		    seconds);
	if (seconds < 120 * 60)
		return g_strdup_printf(ngettext("after %lu minute",
					   "after %lu minutes", seconds / 60),
		    seconds / 60);
	return g_strdup_printf(
	    ngettext("after %lu hour", "after %lu hours", seconds / 3600),
	    seconds / 3600);
}

static const char *reason_of(const struct alarm_watch *watch)
{
	return watch->reason != NULL ? watch->reason : no_answer;
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
	alarm->hooking = make_name(watch);
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
	notice->reason = g_strdup(watch->blind ? reason_of(watch) : NULL);
	notice->since = watch->blind ? watch->lost_wall : when_wall();
	if (watch->due == NULL)
		g_queue_push_tail(&watch->alarm->hooks, watch);
	notice_free(watch->due);
	watch->due = notice;
	next_hook(watch->alarm);
}

/* ---- bubbles ---- */

static void desktop_took(void *data, const GError *error)
{
	struct alarm *alarm = data;
	const char *trouble = error != NULL ? error->message : NULL;

	if (trouble != NULL && g_strcmp0(trouble, alarm->desktop_trouble) != 0)
		log_line(
		    LOG_LEVEL_WARNING, NULL, "no notification: %s", trouble);
	g_free(alarm->desktop_trouble);
	alarm->desktop_trouble = g_strdup(trouble);
	alarm->showing--;
	settle(alarm);
}

/* One account of a bubble. */
struct entry {
	const struct alarm_watch *first; /* speaks for the others */
	unsigned mailboxes;
};

static struct entry *find_entry(GArray *entries, const char *account)
{
	for (unsigned i = 0; i < entries->len; i++) {
		struct entry *entry = &g_array_index(entries, struct entry, i);

		if (strcmp(entry->first->account, account) == 0)
			return entry;
	}
	return NULL;
}

/* Takes what is to be told from the watches; an array of struct entry. */
static GArray *collect(struct alarm *alarm, enum telling telling)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));

	for (unsigned i = 0; i < alarm->watches->len; i++) {
		struct alarm_watch *watch = alarm->watches->pdata[i];
		struct entry fresh = {watch, 1}, *entry;

		if (watch->telling != telling)
			continue;
		watch->telling = TELL_NOTHING;
		entry = find_entry(entries, watch->account);
		if (entry != NULL)
			entry->mailboxes++;
		else
			g_array_append_val(entries, fresh);
	}
	return entries;
}

static char *entry_name(const struct entry *entry)
{
	if (entry->mailboxes == 1)
		return make_name(entry->first);
	/* TRANSLATORS: an account, and how many of its mailboxes. */
	return g_strdup_printf(
	    ngettext("%s (%u mailbox)", "%s (%u mailboxes)", entry->mailboxes),
	    entry->first->account, entry->mailboxes);
}

static char *entry_text(const struct entry *entry, enum telling telling)
{
	if (telling == TELL_WELL)
		return tell_outage(entry->first->outage);
	return g_strdup(_(reason_of(entry->first)));
}

static char *make_summary(const GArray *entries, enum telling telling)
{
	g_autofree char *who = NULL;
	unsigned n = entries->len;
	bool blind = telling == TELL_BLIND;

	if (n > 1)
		return g_strdup_printf(blind
			? ngettext("Cannot see new mail of %u account",
			      "Cannot see new mail of %u accounts", n)
			: ngettext("New mail is seen again: %u account",
			      "New mail is seen again: %u accounts", n),
		    n);
	who = entry_name(&g_array_index(entries, struct entry, 0));
	return g_strdup_printf(blind ? _("Cannot see new mail of %s")
				     : _("New mail is seen again: %s"),
	    who);
}

static void append_more(GString *body, unsigned more)
{
	g_string_append_c(body, '\n');
	g_string_append_printf(
	    body, ngettext("and %u more", "and %u more", more), more);
}

static char *make_body(const GArray *entries, enum telling telling)
{
	GString *body = g_string_new(NULL);

	for (unsigned i = 0; i < MIN(entries->len, NAMES_MAX); i++) {
		const struct entry *entry =
		    &g_array_index(entries, struct entry, i);
		g_autofree char *name = entry_name(entry);
		g_autofree char *text = entry_text(entry, telling);

		if (entries->len == 1)
			g_string_append(body, text);
		else
			g_string_append_printf(
			    body, "%s%s: %s", i > 0 ? "\n" : "", name, text);
	}
	if (entries->len > NAMES_MAX)
		append_more(body, entries->len - NAMES_MAX);
	return g_string_free(body, FALSE);
}

static void show(struct alarm *alarm, enum telling telling)
{
	g_autoptr(GArray) entries = collect(alarm, telling);
	g_autoptr(Notice) notice = notice_new(NOTICE_STATE);
	const struct sink_event event = {
	    .notice = notice,
	    .urgency = SINK_NORMAL,
	    .timeout_bubble = SINK_TIMEOUT_DEFAULT,
	};

	if (entries->len == 0)
		return;
	notice->state = g_strdup(telling == TELL_BLIND ? "blind" : "live");
	notice->summary = make_summary(entries, telling);
	notice->body = make_body(entries, telling);
	alarm->showing++;
	alarm->desktop->ring(alarm->desktop, &event, desktop_took, alarm);
}

static void bubble_due(void *data)
{
	struct alarm *alarm = data;

	alarm->gathering = false;
	show(alarm, TELL_BLIND);
	show(alarm, TELL_WELL);
	settle(alarm);
}

/* What is over before it was told is not told. */
static void queue_bubble(struct alarm_watch *watch)
{
	struct alarm *alarm = watch->alarm;

	if (!watch->desktop)
		return;
	if (watch->telling != TELL_NOTHING) {
		watch->telling = TELL_NOTHING;
		return;
	}
	watch->telling = watch->blind ? TELL_BLIND : TELL_WELL;
	if (alarm->gathering)
		return;
	alarm->gathering = true;
	loop_timer_set(alarm->bubble, loop_now() + GATHER_TIME);
}

/* ---- a watch ---- */

static void go_blind(struct alarm_watch *watch)
{
	g_autofree char *time = describe_time(loop_now() - watch->lost);
	g_autofree char *name = make_name(watch);

	watch->blind = true;
	log_line(LOG_LEVEL_WARNING, name, "blind for %s: %s", time,
	    reason_of(watch));
	queue_bubble(watch);
	queue_hook(watch);
}

static void become_well(struct alarm_watch *watch)
{
	g_autofree char *time = NULL, *name = make_name(watch);

	watch->blind = false;
	watch->outage = loop_now() - watch->lost;
	time = describe_time(watch->outage);
	log_line(LOG_LEVEL_INFO, name, "well again after %s", time);
	queue_bubble(watch);
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
	alarm_watch_set(watch, false, reason);
	if (watch->blind || watch->blind_after == 0)
		return;
	disarm(watch);
	go_blind(watch);
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
		watch->telling = TELL_NOTHING;
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

struct alarm *alarm_new(struct loop *loop, struct sink *desktop)
{
	struct alarm *alarm = g_new0(struct alarm, 1);

	alarm->loop = loop;
	alarm->desktop = desktop;
	alarm->hook = hook_new();
	alarm->watches = g_ptr_array_new();
	alarm->bubble = loop_timer_new(loop, bubble_due, alarm);
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
