/*
 * The desktop sink: the main thread's side of the bubbles.
 *
 * One worker thread for the whole program shows them, because libnotify's
 * state is global.  It is never joined: a daemon that hangs must not keep
 * the program from ending.  Whoever waits for a bubble is answered in time,
 * by the worker or by the deadline; what the worker says later is dropped.
 */
#include "config.h"

#include "message/text.h"
#include "os/file.h"
#include "sinks/bubble.h"
#include "sinks/desktop.h"

#define QUEUE_MAX  100
#define DEADLINE   4500 /* ms; fn is promised within 5 s */
/* Of a notice: no desktop shows more. */
#define LINES_MAX  20
#define OCTETS_MAX 1024 /* of a line */
#define WHERE_MAX  200

/* Shared by the sink and the worker, each with a reference. */
struct job {
	struct bubble bubble;
	int abandoned; /* atomic: not worth showing any more */
	GError *error; /* the worker's, until it has posted the job back */

	/* The main thread's alone. */
	struct desktop *desktop; /* NULL: answered, or nobody waits */
	sink_fn *fn;
	void *data;
	guint deadline;
};

struct desktop {
	struct sink sink;
	GQueue jobs; /* struct job, not answered */
};

static struct {
	GThread *thread;
	GMainContext *context;
	GAsyncQueue *queue;
} worker;

static void job_clear(gpointer data)
{
	struct job *job = data;

	g_free(job->bubble.summary);
	g_free(job->bubble.body);
	g_free(job->bubble.icon);
	g_free(job->bubble.sound);
	g_clear_error(&job->error);
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

static void job_answer(struct job *job, const GError *error)
{
	if (!job->desktop)
		return;
	job_leave(job);
	job->fn(job->data, error);
	job_unref(job);
}

static gboolean job_on_deadline(gpointer data)
{
	struct job *job = data;
	g_autoptr(GError) error = g_error_new_literal(SINK_ERROR,
	    SINK_ERROR_DESKTOP, "the notification daemon does not answer");

	job->deadline = 0;
	g_atomic_int_set(&job->abandoned, 1);
	job_answer(job, error);
	return G_SOURCE_REMOVE;
}

static gboolean job_on_done(gpointer data)
{
	struct job *job = data;

	job_answer(job, job->error);
	return G_SOURCE_REMOVE;
}

/* To the main thread, with the worker's reference.  Not by
 * g_main_context_invoke(), which may run it right here. */
static void job_post(struct job *job)
{
	g_idle_add_full(G_PRIORITY_DEFAULT, job_on_done, job, job_unref);
}

static void worker_take(struct job *job)
{
	if (!g_atomic_int_get(&job->abandoned))
		bubble_show(&job->bubble, &job->error);
	job_post(job);
}

static gpointer worker_run(gpointer data)
{
	struct job *job;

	(void)data;
	g_main_context_push_thread_default(worker.context);
	for (;;) {
		g_main_context_iteration(worker.context, TRUE);
		while ((job = g_async_queue_try_pop(worker.queue)))
			worker_take(job);
	}
	return NULL;
}

static bool worker_start(GError **error)
{
	if (worker.thread)
		return true;
	if (!worker.queue) {
		worker.context = g_main_context_new();
		worker.queue = g_async_queue_new();
	}
	worker.thread = g_thread_try_new("bubbles", worker_run, NULL, error);
	return worker.thread != NULL;
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
	g_async_queue_push(worker.queue, job);
	g_main_context_wakeup(worker.context);
	return true;
}

static char *choose(const char *text, const char *otherwise)
{
	return g_strdup(text && *text ? text : otherwise);
}

static void tell_message(
    struct bubble *bubble, const struct message *message, const char *where)
{
	const char *sender = message_sender(message);
	g_autofree char *clean =
	    where ? text_clean(where, -1, WHERE_MAX) : NULL;

	bubble->summary = where ? g_strdup_printf("%s (%s)", sender, clean)
				: g_strdup(sender);
	bubble->body = choose(message->subject, "(no subject)");
	bubble->icon = g_strdup("mail-unread");
	bubble->category = "email.arrived";
}

/* Each line by itself: they stay lines. */
static char *clean_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", LINES_MAX);

	for (char **line = lines; *line; line++) {
		char *clean = text_clean(*line, -1, OCTETS_MAX);

		g_free(*line);
		*line = clean;
	}
	return g_strjoinv("\n", lines);
}

static void tell_notice(struct bubble *bubble, const struct notice *notice)
{
	bool state = notice->kind == NOTICE_STATE;
	bool blind = state && g_strcmp0(notice->state, "blind") == 0;

	bubble->summary = clean_lines(notice->summary);
	bubble->body = clean_lines(notice->body);
	bubble->icon = g_strdup(blind ? "network-error" : "mail-unread");
	bubble->category = blind ? "network.error"
	    : state              ? "network.connected"
				 : "email.arrived";
}

static void bubble_fill(struct bubble *bubble, const struct sink_event *event)
{
	if (event->message)
		tell_message(bubble, event->message, event->where);
	else
		tell_notice(bubble, event->notice);
	if (event->icon) {
		g_free(bubble->icon);
		bubble->icon = file_expand(event->icon);
	}
	bubble->sound = event->sound ? file_expand(event->sound) : NULL;
	bubble->urgency = event->urgency;
}

static void desktop_ring(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct desktop *desktop = (struct desktop *)sink;
	struct job *job = g_atomic_rc_box_new0(struct job);

	bubble_fill(&job->bubble, event);
	job->desktop = desktop;
	job->fn = fn;
	job->data = data;
	g_queue_push_tail(&desktop->jobs, job);
	job->deadline = g_timeout_add(DEADLINE, job_on_deadline, job);
	g_atomic_rc_box_acquire(job);
	if (!worker_give(job, &job->error))
		job_post(job);
}

/* What waits is not shown: nobody is there to note that it was. */
static void desktop_free(struct sink *sink)
{
	struct desktop *desktop = (struct desktop *)sink;
	struct job *job;

	while ((job = g_queue_peek_head(&desktop->jobs))) {
		g_atomic_int_set(&job->abandoned, 1);
		job_leave(job);
		job_unref(job);
	}
	g_free(desktop);
}

struct sink *desktop_new(void)
{
	struct desktop *desktop = g_new0(struct desktop, 1);

	desktop->sink = (struct sink){"desktop", desktop_ring, desktop_free};
	g_queue_init(&desktop->jobs);
	return &desktop->sink;
}

bool desktop_is_built(void)
{
	return bubble_is_built();
}
