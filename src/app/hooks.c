/*
 * What waits costs no rendered environment: the sink gets one at a time.
 */
#include "app/hooks.h"
#include "app/log.h"

enum {
	PAUSE_MIN = 1000,          /* ms */
	PAUSE_MAX = 5 * 60 * 1000, /* ms */
	PAUSE_GROWS = 4,
};

struct hooks {
	struct sink *sink;
	struct loop_timer *timer;
	GQueue waiting; /* struct hooks_turn, for the first time */
	GQueue later;   /* those that failed, the next one due first */
	struct hooks_turn *running;
	bool stopped;
	bool repeated; /* the last one to begin had failed before */
};

static int64_t pause_after(unsigned tried)
{
	int64_t pause = PAUSE_MIN;

	while (--tried > 0 && pause < PAUSE_MAX)
		pause *= PAUSE_GROWS;
	return MIN(pause, PAUSE_MAX);
}

/* What fails always does not hold up what comes for the first time. */
static struct hooks_turn *choose(struct hooks *hooks)
{
	const struct hooks_turn *failed = g_queue_peek_head(&hooks->later);
	bool is_due = failed != NULL && failed->due <= loop_now();

	hooks->repeated =
	    is_due && !(hooks->repeated && !g_queue_is_empty(&hooks->waiting));
	return g_queue_pop_head(
	    hooks->repeated ? &hooks->later : &hooks->waiting);
}

static void took(void *data, const GError *error);

static void next(struct hooks *hooks)
{
	const struct hooks_turn *failed;

	if (hooks->running != NULL || hooks->stopped)
		return;
	hooks->running = choose(hooks);
	failed = g_queue_peek_head(&hooks->later);
	if (hooks->running != NULL)
		hooks->sink->ring(
		    hooks->sink, &hooks->running->event, took, hooks->running);
	else
		loop_timer_set(
		    hooks->timer, failed != NULL ? failed->due : INT64_MAX);
}

/* Of those due at once the one that failed first goes first. */
static int compare_due(const void *there, const void *added, void *data)
{
	const struct hooks_turn *x = there, *y = added;

	(void)data;
	return x->due <= y->due ? -1 : 1;
}

static void postpone(struct hooks_turn *turn, const char *reason)
{
	struct hooks *hooks = turn->hooks;
	int64_t pause = pause_after(turn->tried);

	turn->due = loop_now() + pause;
	g_queue_insert_sorted(&hooks->later, turn, compare_due, NULL);
	if (hooks->stopped)
		log_line(LOG_LEVEL_WARNING, turn->name,
		    "%s; tried again after the next start", reason);
	else
		log_line(LOG_LEVEL_WARNING, turn->name,
		    "%s; try %u of %u (hook_tries), the next in %d s", reason,
		    turn->tried, turn->tries, (int)(pause / 1000));
	if (turn->failed != NULL)
		turn->failed(turn->data);
}

/* A new string. */
static char *describe(const struct sink_event *event)
{
	return event->batch != NULL
	    ? g_strdup_printf("a batch of %u", event->batch->count)
	    : g_strdup_printf("UID %u", event->message->uid);
}

static void finish(struct hooks_turn *turn, const char *reason)
{
	g_autofree char *what = describe(&turn->event);

	if (reason != NULL)
		log_line(LOG_LEVEL_ERROR, turn->name,
		    "%s; try %u of %u (hook_tries): given up", reason,
		    turn->tried, turn->tries);
	else if (turn->tried > 1)
		log_line(LOG_LEVEL_INFO, turn->name,
		    "hook %s for %s: done at try %u", turn->event.command[0],
		    what, turn->tried);
	turn->fn(turn->data, reason);
}

static void took(void *data, const GError *error)
{
	struct hooks_turn *turn = data;
	struct hooks *hooks = turn->hooks;

	hooks->running = NULL;
	turn->tried++;
	if (error != NULL && turn->tried < turn->tries)
		postpone(turn, error->message);
	else
		finish(turn, error != NULL ? error->message : NULL);
	next(hooks);
}

void hooks_push(struct hooks *hooks, struct hooks_turn *turn)
{
	turn->hooks = hooks;
	turn->tried = 0;
	g_queue_push_tail(&hooks->waiting, turn);
	next(hooks);
}

void hooks_stop(struct hooks *hooks, bool stop)
{
	hooks->stopped = stop;
	loop_timer_set(hooks->timer, INT64_MAX);
	next(hooks);
}

bool hooks_is_busy(const struct hooks *hooks)
{
	return hooks->running != NULL;
}

bool hooks_is_crowded(const struct hooks *hooks)
{
	return !hooks->stopped && hooks->waiting.length > 0;
}

static void on_due(void *data)
{
	next(data);
}

struct hooks *hooks_new(struct loop *loop, struct sink *sink)
{
	struct hooks *hooks = g_new0(struct hooks, 1);

	hooks->sink = sink;
	hooks->timer = loop_timer_new(loop, on_due, hooks);
	g_queue_init(&hooks->waiting);
	g_queue_init(&hooks->later);
	return hooks;
}

void hooks_free(struct hooks *hooks)
{
	if (hooks == NULL)
		return;
	hooks->sink->free(hooks->sink);
	loop_timer_free(hooks->timer);
	g_queue_clear(&hooks->waiting);
	g_queue_clear(&hooks->later);
	g_free(hooks);
}
