/*
 * The desktop sink: the main thread's side of the bubbles.
 *
 * One worker thread for the whole program shows them, because libnotify's
 * state is global.  It is never joined: a daemon that hangs must not keep
 * the program from ending.  Whoever waits for a bubble is answered in time,
 * by the worker or by the deadline; what the worker says later is dropped.
 */

#include "sinks/desktop.h"
#include "sinks/bubble.h"
#include "sinks/inhibited.h"
#include "sinks/look.h"
#include "sinks/sound.h"

/* As many as burst may be; each has some hundred octets. */
#define QUEUE_MAX 1000
#define DEADLINE  4500 /* ms; fn is promised within 5 s */
#define FAREWELL  (500 * G_TIME_SPAN_MILLISECOND)

/*
 * A bubble with a number, shared with the worker.
 *
 * What the worker says of it comes in the order in which it happened.  An end
 * that is heard while a job is out may be overtaken by that job, which shows
 * the bubble anew: so it is told when all jobs are back, if it still holds.
 */
struct slot {
	/* The worker's alone. */
	struct bubble_up *up;
	bool busy; /* in the middle of a call for it */

	/* The main thread's alone. */
	struct desktop *desktop; /* NULL: nobody wants to hear of it */
	uint64_t number;
	struct job *waiting; /* the newest to show it, until it is back */
	unsigned out;        /* jobs that are not back */
	bool is_up, ended;   /* as far as it is known */
	bool has_buttons;
	enum desktop_end end;
};

/* Shared by the sink and the worker, each with a reference. */
struct job {
	struct slot *slot; /* or NULL */
	bool closes;       /* the slot's; else bubble is shown, */
	bool strips;       /* or the slot's loses its buttons */
	bool only_update;
	struct bubble bubble;
	int abandoned; /* atomic: not worth showing any more */
	/* The worker's, until it has posted the job back. */
	GError *error;
	bool taken, is_up;
	bool rings; /* its sound is ours to play */

	/* The main thread's alone. */
	struct desktop *desktop; /* NULL: answered, or nobody waits */
	struct job *older;       /* answered together with it, or NULL */
	sink_fn *fn;
	void *data;
	guint deadline;
};

struct desktop {
	struct sink sink;
	GQueue jobs;       /* struct job, not answered */
	GHashTable *slots; /* struct slot by number: up or on the way */
	struct desktop_events events;
	void *data;
	struct inhibited *inhibited; /* NULL: nobody wants to know */
};

/* What the worker has heard of a bubble. */
struct hearsay {
	struct slot *slot;
	char *action, *token;
	enum desktop_end end;
};

static struct {
	GThread *thread;
	GMainContext *context;
	GAsyncQueue *queue;
} worker;

/* Who is told what is not of one bubble; or NULL.  The main thread's. */
static struct desktop *listening;

/* Jobs that close bubbles or take their buttons away: the program does not end
 * before them. */
static struct {
	GMutex mutex;
	GCond cond;
	unsigned count;
} farewell;

/* ---- jobs ---- */

static void slot_unref(void *slot)
{
	if (slot)
		g_atomic_rc_box_release(slot);
}

static void job_unref(void *job);

static void job_clear(gpointer data)
{
	struct job *job = data;

	look_clear(&job->bubble);
	g_clear_error(&job->error);
	g_clear_pointer(&job->older, job_unref);
	slot_unref(job->slot);
}

static void job_unref(void *job)
{
	g_atomic_rc_box_release_full(job, job_clear);
}

/* Takes it from the sink, whose reference is now the caller's. */
static void job_leave(struct job *job)
{
	g_queue_remove(&job->desktop->jobs, job);
	job->desktop = NULL;
	if (job->deadline)
		g_source_remove(job->deadline);
	job->deadline = 0;
}

static void job_answer_one(struct job *job, const GError *error)
{
	if (!job->desktop)
		return;
	job_leave(job);
	job->fn(job->data, error);
	job_unref(job);
}

/* The oldest first. */
static void job_answer(struct job *job, const GError *error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(job_unref);

	for (; job; job = job->older)
		g_ptr_array_add(all, g_atomic_rc_box_acquire(job));
	for (guint i = all->len; i > 0; i--)
		job_answer_one(all->pdata[i - 1], error);
}

/* Older ones have had theirs already. */
static gboolean job_on_deadline(gpointer data)
{
	struct job *job = data;
	g_autoptr(GError) error = g_error_new_literal(SINK_ERROR,
	    SINK_ERROR_DESKTOP, "the notification daemon does not answer");

	job->deadline = 0;
	g_atomic_int_set(&job->abandoned, 1);
	g_clear_pointer(&job->older, job_unref);
	job_answer_one(job, error);
	return G_SOURCE_REMOVE;
}

/* ---- slots ---- */

/* No word of it any more.  The caller has a reference. */
static void slot_leave(struct slot *slot)
{
	struct desktop *desktop = slot->desktop;

	slot->desktop = NULL;
	g_hash_table_remove(desktop->slots, &slot->number);
}

/* With all jobs back, a bubble is up, or has ended, or never was up. */
static void slot_settle(struct slot *slot)
{
	struct desktop *desktop = slot->desktop;

	if (!desktop || slot->out > 0 || slot->is_up)
		return;
	slot_leave(slot);
	if (slot->ended && desktop->events.closed)
		desktop->events.closed(desktop->data, slot->number, slot->end);
}

static void slot_take_back(struct slot *slot, const struct job *job)
{
	slot->out--;
	if (slot->waiting == job)
		slot->waiting = NULL;
	if (job->taken)
		slot->is_up = job->is_up;
	slot_settle(slot);
}

static struct slot *slot_get(struct desktop *desktop, uint64_t number)
{
	struct slot *slot = g_hash_table_lookup(desktop->slots, &number);

	if (slot)
		return slot;
	slot = g_atomic_rc_box_new0(struct slot);
	slot->desktop = desktop;
	slot->number = number;
	g_hash_table_insert(desktop->slots, &slot->number, slot);
	return slot;
}

static gboolean job_on_done(gpointer data)
{
	struct job *job = data;

	if (job->rings && !g_atomic_int_get(&job->abandoned))
		sound_play(job->bubble.sound);
	job_answer(job, job->error);
	if (job->slot)
		slot_take_back(job->slot, job);
	return G_SOURCE_REMOVE;
}

/* To the main thread, with a reference.  Not by g_main_context_invoke(),
 * which may run it right here. */
static void job_post(struct job *job)
{
	g_idle_add_full(G_PRIORITY_DEFAULT, job_on_done, job, job_unref);
}

/* ---- what is heard of bubbles ---- */

static void hearsay_free(gpointer data)
{
	struct hearsay *hearsay = data;

	slot_unref(hearsay->slot);
	g_free(hearsay->action);
	g_free(hearsay->token);
	g_free(hearsay);
}

static gboolean slot_on_action(gpointer data)
{
	const struct hearsay *hearsay = data;
	const struct slot *slot = hearsay->slot;
	const struct desktop *desktop = slot->desktop;

	if (desktop && desktop->events.action)
		desktop->events.action(desktop->data, slot->number,
		    hearsay->action, hearsay->token);
	return G_SOURCE_REMOVE;
}

static gboolean slot_on_closed(gpointer data)
{
	const struct hearsay *hearsay = data;
	struct slot *slot = hearsay->slot;

	slot->is_up = false;
	slot->ended = true;
	slot->end = hearsay->end;
	slot_settle(slot);
	return G_SOURCE_REMOVE;
}

/* From the worker, as the two that follow. */
static struct hearsay *hearsay_new(struct slot *slot)
{
	struct hearsay *hearsay = g_new0(struct hearsay, 1);

	hearsay->slot = g_atomic_rc_box_acquire(slot);
	return hearsay;
}

static void up_on_action(void *data, const char *action, const char *token)
{
	struct hearsay *hearsay = hearsay_new(data);

	hearsay->action = g_strdup(action);
	hearsay->token = g_strdup(token);
	g_idle_add_full(
	    G_PRIORITY_DEFAULT, slot_on_action, hearsay, hearsay_free);
}

static void up_on_closed(void *data, enum desktop_end end)
{
	struct slot *slot = data;
	struct hearsay *hearsay = hearsay_new(slot);

	slot->up = NULL;
	hearsay->end = end;
	g_idle_add_full(
	    G_PRIORITY_DEFAULT, slot_on_closed, hearsay, hearsay_free);
	if (!slot->busy)
		slot_unref(slot);
}

/* ---- the worker ---- */

static void worker_show(struct job *job)
{
	static const struct bubble_events events = {
	    .action = up_on_action, .closed = up_on_closed};
	struct slot *slot = job->slot;

	if (g_atomic_int_get(&job->abandoned) ||
	    (job->only_update && !(slot && bubble_is_up(&slot->up))))
		return;
	if (!slot)
		bubble_show(&job->bubble, NULL, NULL, NULL, &job->error);
	else
		bubble_show(
		    &job->bubble, &slot->up, &events, slot, &job->error);
	job->rings = job->bubble.sound && !bubble_plays_sounds();
}

static void farewell_add(void)
{
	g_mutex_lock(&farewell.mutex);
	farewell.count++;
	g_mutex_unlock(&farewell.mutex);
}

static void farewell_done(void)
{
	g_mutex_lock(&farewell.mutex);
	if (farewell.count > 0)
		farewell.count--;
	g_cond_signal(&farewell.cond);
	g_mutex_unlock(&farewell.mutex);
}

/* What is up has a reference to its slot, the job another. */
static void worker_take(struct job *job)
{
	struct slot *slot = job->slot;
	bool was_up = slot && slot->up;

	if (slot)
		slot->busy = true;
	if (job->closes)
		bubble_close(&slot->up);
	else if (job->strips)
		bubble_strip(&slot->up);
	else
		worker_show(job);
	if (job->closes || job->strips)
		farewell_done();
	job->taken = true;
	if (!slot)
		return;
	slot->busy = false;
	job->is_up = slot->up != NULL;
	if (job->is_up && !was_up)
		g_atomic_rc_box_acquire(slot);
	else if (was_up && !job->is_up)
		slot_unref(slot);
}

static gpointer worker_run(gpointer data)
{
	struct job *job;

	(void)data;
	g_main_context_push_thread_default(worker.context);
	for (;;) {
		g_main_context_iteration(worker.context, TRUE);
		while ((job = g_async_queue_try_pop(worker.queue))) {
			worker_take(job);
			job_post(job);
		}
		bubble_rest();
	}
	return NULL;
}

static gboolean on_daemon(gpointer data)
{
	const struct desktop *desktop = listening;

	(void)data;
	if (desktop && desktop->events.appeared)
		desktop->events.appeared(desktop->data);
	return G_SOURCE_REMOVE;
}

/* From the worker. */
static void post_daemon(void)
{
	g_idle_add_full(G_PRIORITY_DEFAULT, on_daemon, NULL, NULL);
}

static bool worker_start(GError **error)
{
	if (worker.thread)
		return true;
	if (!worker.queue) {
		bubble_on_daemon(post_daemon);
		worker.context = g_main_context_new();
		worker.queue = g_async_queue_new();
	}
	worker.thread = g_thread_try_new("bubbles", worker_run, NULL, error);
	return worker.thread != NULL;
}

static void worker_push(struct job *job)
{
	g_async_queue_push(worker.queue, job);
	g_main_context_wakeup(worker.context);
}

static bool worker_give(struct job *job, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (!worker_start(&cause)) {
		g_set_error(error, SINK_ERROR, SINK_ERROR_DESKTOP,
		    "no thread for the bubbles: %s", cause->message);
		return false;
	}
	if (g_async_queue_length(worker.queue) >= QUEUE_MAX) {
		g_set_error(error, SINK_ERROR, SINK_ERROR_DESKTOP,
		    "%d bubbles wait for the notification daemon already",
		    QUEUE_MAX);
		return false;
	}
	worker_push(job);
	return true;
}

/* Back from the queue, with the queue's reference; NULL: it is too late, or
 * there is none. */
static struct job *slot_withdraw(struct slot *slot)
{
	struct job *job = slot->waiting;

	if (!job || !worker.queue || !g_async_queue_remove(worker.queue, job))
		return NULL;
	slot->waiting = NULL;
	return job;
}

/* ---- the sink ---- */

static void job_take_slot(struct job *job, struct slot *slot)
{
	job->slot = g_atomic_rc_box_acquire(slot);
	job->older = slot_withdraw(slot);
	if (job->older)
		slot->out--;
	slot->waiting = job;
	slot->out++;
	slot->has_buttons = job->bubble.actions[0] != NULL;
}

static void desktop_ring(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct desktop *desktop = (struct desktop *)sink;
	struct job *job = g_atomic_rc_box_new0(struct job);

	look_fill(&job->bubble, event);
	job->only_update = event->only_update;
	job->desktop = desktop;
	job->fn = fn;
	job->data = data;
	g_queue_push_tail(&desktop->jobs, job);
	job->deadline = g_timeout_add(DEADLINE, job_on_deadline, job);
	if (event->bubble)
		job_take_slot(job, slot_get(desktop, event->bubble));
	g_atomic_rc_box_acquire(job);
	if (!worker_give(job, &job->error))
		job_post(job);
}

static void slot_push(struct slot *slot, bool closes)
{
	struct job *job = g_atomic_rc_box_new0(struct job);

	job->slot = g_atomic_rc_box_acquire(slot);
	job->closes = closes;
	job->strips = !closes;
	slot->out++;
	farewell_add();
	worker_push(job);
}

void desktop_close(struct sink *sink, uint64_t bubble)
{
	struct desktop *desktop = (struct desktop *)sink;
	struct slot *slot = g_hash_table_lookup(desktop->slots, &bubble);
	struct job *job;

	if (!slot)
		return;
	g_atomic_rc_box_acquire(slot);
	slot_leave(slot);
	job = slot_withdraw(slot);
	if (job)
		job_post(job);
	if (slot->is_up || slot->out > (job ? 1U : 0U))
		slot_push(slot, true);
	slot_unref(slot);
}

void desktop_listen(
    struct sink *sink, const struct desktop_events *events, void *data)
{
	struct desktop *desktop = (struct desktop *)sink;

	desktop->events = events ? *events : (struct desktop_events){NULL};
	desktop->data = data;
	listening = desktop;
}

static void on_inhibited(void *data, bool holds)
{
	struct desktop *desktop = data;

	if (desktop->events.inhibited)
		desktop->events.inhibited(desktop->data, holds);
}

void desktop_watch_inhibited(struct sink *sink, bool wanted)
{
	struct desktop *desktop = (struct desktop *)sink;

	if (!wanted)
		g_clear_pointer(&desktop->inhibited, inhibited_free);
	else if (!desktop->inhibited)
		desktop->inhibited = inhibited_new(on_inhibited, desktop);
}

bool desktop_is_inhibited(const struct sink *sink)
{
	const struct desktop *desktop = (const struct desktop *)sink;

	return desktop->inhibited && inhibited_holds(desktop->inhibited);
}

static void farewell_wait(void)
{
	gint64 end = g_get_monotonic_time() + FAREWELL;

	g_mutex_lock(&farewell.mutex);
	while (farewell.count > 0 &&
	    g_cond_wait_until(&farewell.cond, &farewell.mutex, end))
		;
	farewell.count = 0;
	g_mutex_unlock(&farewell.mutex);
}

bool desktop_knows_inhibited(const struct sink *sink)
{
	const struct desktop *desktop = (const struct desktop *)sink;

	return !desktop->inhibited || inhibited_is_known(desktop->inhibited);
}

static void leave_slots(struct desktop *desktop)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, desktop->slots);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct slot *slot = value;

		slot->desktop = NULL;
		if (slot->is_up && slot->has_buttons)
			slot_push(slot, false);
	}
	farewell_wait();
	g_hash_table_unref(desktop->slots);
}

/* What waits is not shown: nobody is there to note that it was. */
static void desktop_free(struct sink *sink)
{
	struct desktop *desktop = (struct desktop *)sink;
	struct job *job;

	inhibited_free(desktop->inhibited);
	if (listening == desktop)
		listening = NULL;
	while ((job = g_queue_peek_head(&desktop->jobs))) {
		g_atomic_int_set(&job->abandoned, 1);
		job_leave(job);
		job_unref(job);
	}
	leave_slots(desktop);
	g_free(desktop);
}

struct sink *desktop_new(void)
{
	struct desktop *desktop = g_new0(struct desktop, 1);

	desktop->sink = (struct sink){desktop_ring, desktop_free};
	g_queue_init(&desktop->jobs);
	desktop->slots = g_hash_table_new_full(
	    g_int64_hash, g_int64_equal, NULL, slot_unref);
	return &desktop->sink;
}

bool desktop_is_built(void)
{
	return bubble_is_built();
}
