/*
 * A burst is open while things join it, and closed once its hook has been
 * told of them.  Hooks that fail are hooks.c's to repeat, beside those of
 * later bursts.
 */
#include "app/gather.h"
#include "app/hooks.h"
#include <string.h>

struct gather {
	struct hooks *hooks;
	const struct gather_events *events;
	struct loop_timer *timer;
	GPtrArray *open;   /* struct burst */
	GPtrArray *closed; /* struct burst, whose hooks are not over */
	bool hurried;
};

struct burst {
	struct gather *gather;
	char *account, *mailbox, *name;
	GPtrArray *things;
	int64_t first, last; /* loop_now() when they came */
	struct gather_plan plan;
	struct batch batch;
	char *lines;
	struct hooks_turn turn;
};

static void burst_free(gpointer data)
{
	struct burst *burst = data;

	g_free(burst->account);
	g_free(burst->mailbox);
	g_free(burst->name);
	g_free(burst->lines);
	g_strfreev(burst->plan.command);
	g_ptr_array_unref(burst->things);
	g_free(burst);
}

/* ---- hooks ---- */

static void look(struct gather *gather);

static void took(void *data, const char *reason)
{
	struct burst *burst = data;
	struct gather *gather = burst->gather;

	for (unsigned i = 0; i < burst->things->len; i++)
		gather->events->over(burst->things->pdata[i], reason);
	g_ptr_array_remove(gather->closed, burst);
	look(gather);
}

/* It is tried again later; others need not wait for that. */
static void failed(void *data)
{
	look(((struct burst *)data)->gather);
}

static char *print(const struct burst *burst)
{
	GString *lines = g_string_new(NULL);

	for (unsigned i = 0; i < burst->things->len; i++)
		burst->gather->events->print(burst->things->pdata[i], lines);
	return g_string_free(lines, FALSE);
}

static void run(struct burst *burst)
{
	struct gather *gather = burst->gather;

	burst->lines = print(burst);
	burst->batch = (struct batch){
	    .event = gather->events->event,
	    .account = burst->account,
	    .mailbox = burst->mailbox,
	    .count = burst->things->len,
	    .lines = burst->lines,
	};
	burst->turn = (struct hooks_turn){
	    .event = {.batch = &burst->batch,
		.command = (const char *const *)burst->plan.command,
		.timeout = burst->plan.timeout},
	    .tries = burst->plan.tries,
	    .name = burst->name,
	    .fn = took,
	    .failed = failed,
	    .data = burst,
	};
	hooks_push(gather->hooks, &burst->turn);
}

/* ---- time ---- */

static int64_t due(const struct burst *burst)
{
	return MIN(burst->last + burst->plan.wait,
	    burst->first + burst->plan.wait_max);
}

static struct burst *find_due(const struct gather *gather)
{
	struct burst *first = NULL;

	for (unsigned i = 0; i < gather->open->len; i++) {
		struct burst *burst = gather->open->pdata[i];

		if (first == NULL || due(burst) < due(first))
			first = burst;
	}
	return first;
}

/* While a hook runs the bursts stay open. */
static void look(struct gather *gather)
{
	struct burst *burst = find_due(gather);
	unsigned index;

	loop_timer_set(gather->timer, INT64_MAX);
	if (burst == NULL || hooks_is_busy(gather->hooks))
		return;
	if (!gather->hurried && due(burst) > loop_now()) {
		loop_timer_set(gather->timer, due(burst));
		return;
	}
	g_ptr_array_find(gather->open, burst, &index);
	g_ptr_array_add(
	    gather->closed, g_ptr_array_steal_index(gather->open, index));
	run(burst);
}

static void on_timer(void *data)
{
	look(data);
}

/* ---- things in ---- */

static struct burst *burst_new(
    struct gather *gather, const char *account, const char *mailbox)
{
	struct burst *burst = g_new0(struct burst, 1);

	burst->gather = gather;
	burst->account = g_strdup(account);
	burst->mailbox = g_strdup(mailbox);
	burst->name = g_strdup_printf("%s/%s", account, mailbox);
	burst->things = g_ptr_array_new();
	burst->first = loop_now();
	g_ptr_array_add(gather->open, burst);
	return burst;
}

static struct burst *find_open(const struct gather *gather, const char *mailbox)
{
	for (unsigned i = 0; i < gather->open->len; i++) {
		struct burst *burst = gather->open->pdata[i];

		if (strcmp(burst->mailbox, mailbox) == 0)
			return burst;
	}
	return NULL;
}

static void adopt(struct burst *burst, const struct gather_plan *plan)
{
	char **command = g_strdupv(plan->command);

	g_strfreev(burst->plan.command);
	burst->plan = *plan;
	burst->plan.command = command;
}

void gather_add(struct gather *gather, const struct gather_plan *plan,
    const char *account, const char *mailbox, void *thing)
{
	struct burst *burst = find_open(gather, mailbox);

	if (burst == NULL)
		burst = burst_new(gather, account, mailbox);
	adopt(burst, plan);
	burst->last = loop_now();
	g_ptr_array_add(burst->things, thing);
	look(gather);
}

void gather_hurry(struct gather *gather, bool hurry)
{
	if (gather == NULL)
		return;
	gather->hurried = hurry;
	look(gather);
}

bool gather_is_busy(const struct gather *gather)
{
	return gather != NULL &&
	    (hooks_is_busy(gather->hooks) ||
		(gather->hurried && gather->open->len > 0));
}

struct gather *gather_new(
    struct loop *loop, struct sink *sink, const struct gather_events *events)
{
	struct gather *gather = g_new0(struct gather, 1);

	gather->hooks = hooks_new(loop, sink);
	gather->events = events;
	gather->timer = loop_timer_new(loop, on_timer, gather);
	gather->open = g_ptr_array_new_with_free_func(burst_free);
	gather->closed = g_ptr_array_new_with_free_func(burst_free);
	return gather;
}

void gather_free(struct gather *gather)
{
	if (gather == NULL)
		return;
	hooks_free(gather->hooks);
	loop_timer_free(gather->timer);
	g_ptr_array_unref(gather->open);
	g_ptr_array_unref(gather->closed);
	g_free(gather);
}
