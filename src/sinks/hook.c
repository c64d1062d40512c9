/*
 * Hooks: a program for each message, notice or batch, in order, one at a time.
 *
 * An event carries all that its program needs from the moment it rings. It
 * is reported before the next program starts, so that a crash repeats at most
 * the one in flight. What a hook is told is the business of message/.
 */

#include "sinks/hook.h"
#include "message/view.h"
#include "os/file.h"
#include "os/process.h"
#include <string.h>
#include <unistd.h>

struct hook_event {
	sink_fn *fn;
	void *data;
	GError *error; /* what is to be reported */
	char **argv, **envp;
	char *input; /* NULL: not rendered yet */
	int64_t timeout;
	char *title; /* "hook PROGRAM for ACCOUNT/MAILBOX UID 7",
	                or "blind" or "(3)" in place of "UID 7" */
};

struct hook {
	struct sink sink;
	GQueue waiting, ended;
	struct hook_event *running;
	struct process *process;
	guint work; /* reports what ended, then starts the next */
	bool reporting;
	bool gone; /* its owner has let go of it during the report */
};

/* No shell is there to expand "~/", and users write it. */
static char **argv_expand(const char *const *words)
{
	size_t n = g_strv_length((char **)words);
	char **argv = g_new0(char *, n + 1);

	for (size_t i = 0; i < n; i++)
		argv[i] = file_expand(words[i]);
	return argv;
}

static void tell_message(
    struct hook_event *event, const struct message *message)
{
	event->envp =
	    message_to_environment(message, (const char *const *)environ);
	event->title = g_strdup_printf("hook %s for %s/%s UID %u",
	    event->argv[0], message->account, message->mailbox, message->uid);
}

static void tell_notice(struct hook_event *event, const struct notice *notice)
{
	event->envp =
	    notice_to_environment(notice, (const char *const *)environ);
	event->title = g_strdup_printf("hook %s for %s/%s %s", event->argv[0],
	    notice->account, notice->mailbox ? notice->mailbox : "*",
	    notice->state);
}

static void tell_batch(struct hook_event *event, const struct batch *batch)
{
	event->envp = batch_to_environment(batch, (const char *const *)environ);
	event->title = g_strdup_printf("hook %s for %s/%s (%u)", event->argv[0],
	    batch->account, batch->mailbox, batch->count);
}

static void event_prepare(
    struct hook_event *event, const struct sink_event *from)
{
	event->argv = argv_expand(from->command);
	event->timeout = from->timeout;
	if (from->message)
		tell_message(event, from->message);
	else if (from->batch)
		tell_batch(event, from->batch);
	else
		tell_notice(event, from->notice);
	if (from->test)
		event->envp =
		    g_environ_setenv(event->envp, "IDLEBELL_TEST", "1", TRUE);
}

static void event_render(
    struct hook_event *event, const struct sink_event *from)
{
	g_autofree char *json = NULL;

	if (from->batch) {
		event->input = g_strdup(from->batch->lines);
		return;
	}
	json = from->message ? message_to_json(from->message)
			     : notice_to_json(from->notice);
	event->input = g_strconcat(json, "\n", NULL);
}

static void event_free(struct hook_event *event)
{
	g_clear_error(&event->error);
	g_strfreev(event->argv);
	g_strfreev(event->envp);
	g_free(event->input);
	g_free(event->title);
	g_free(event);
}

static void event_fail(struct hook_event *event, const char *reason)
{
	event->error = g_error_new(
	    SINK_ERROR, SINK_ERROR_HOOK, "%s: %s", event->title, reason);
}

/* The title has the program's name: os/process need not repeat it. */
static const char *start_reason(const char *text, const char *program)
{
	size_t n = strlen(program);

	if (g_str_has_prefix(text, program) && strncmp(text + n, ": ", 2) == 0)
		return text + n + 2;
	return text;
}

static gboolean hook_on_work(gpointer data);
static void hook_start_next(struct hook *hook);

static void hook_end(struct hook *hook, struct hook_event *event)
{
	g_queue_push_tail(&hook->ended, event);
	if (!hook->work)
		hook->work = g_idle_add_full(
		    G_PRIORITY_DEFAULT, hook_on_work, hook, NULL);
}

/* False when the callback has freed the hook. */
static bool hook_report(struct hook *hook, struct hook_event *event)
{
	hook->reporting = true;
	event->fn(event->data, event->error);
	event_free(event);
	hook->reporting = false;
	if (!hook->gone)
		return true;
	g_free(hook);
	return false;
}

/* Names the key, for who wonders where to change it. */
static char *describe_timeout(int64_t timeout)
{
	bool whole = timeout % 1000 == 0;

	return g_strdup_printf("timed out after %" G_GINT64_FORMAT
			       " %s (hook_timeout)",
	    whole ? timeout / 1000 : timeout, whole ? "s" : "ms");
}

static void hook_on_exit(void *data, const struct process_result *result)
{
	struct hook *hook = data;
	struct hook_event *event = g_steal_pointer(&hook->running);
	g_autofree char *reason = result->timed_out
	    ? describe_timeout(event->timeout)
	    : process_describe(result);

	hook->process = NULL;
	if (reason)
		event_fail(event, reason);
	if (hook->work)
		hook_end(hook, event);
	else if (hook_report(hook, event) && !hook->work)
		hook_start_next(hook);
}

static void hook_start(struct hook *hook, struct hook_event *event)
{
	struct process_options options = {
	    .argv = (const char *const *)event->argv,
	    .envp = (const char *const *)event->envp,
	    .input_follows = true,
	    .timeout = event->timeout,
	};
	g_autoptr(GError) error = NULL;

	hook->process = process_start(&options, hook_on_exit, hook, &error);
	if (hook->process) {
		hook->running = event;
		return;
	}
	event_fail(event, start_reason(error->message, event->argv[0]));
	hook_end(hook, event);
}

static void hook_feed(struct hook *hook, const struct hook_event *event)
{
	if (hook->running == event)
		process_feed(hook->process, event->input, strlen(event->input));
}

static void hook_start_next(struct hook *hook)
{
	struct hook_event *event;

	if (hook->running)
		return;
	event = g_queue_pop_head(&hook->waiting);
	if (!event)
		return;
	hook_start(hook, event);
	hook_feed(hook, event);
}

static gboolean hook_on_work(gpointer data)
{
	struct hook *hook = data;
	struct hook_event *event = g_queue_pop_head(&hook->ended);

	if (event)
		return hook_report(hook, event) ? G_SOURCE_CONTINUE
						: G_SOURCE_REMOVE;
	hook->work = 0;
	hook_start_next(hook);
	return G_SOURCE_REMOVE;
}

static void hook_ring(
    struct sink *sink, const struct sink_event *from, sink_fn *fn, void *data)
{
	struct hook *hook = (struct hook *)sink;
	struct hook_event *event = g_new0(struct hook_event, 1);

	event->fn = fn;
	event->data = data;
	if (!from->command || !from->command[0]) {
		hook_end(hook, event);
		return;
	}
	event_prepare(event, from);
	/* At once, unless a report comes first.  The program needs longer to
	 * begin than its input to be rendered. */
	if (hook->work || hook->running || hook->waiting.length > 0) {
		event_render(event, from);
		g_queue_push_tail(&hook->waiting, event);
	} else {
		hook_start(hook, event);
		event_render(event, from);
		hook_feed(hook, event);
	}
}

static void hook_free(struct sink *sink)
{
	struct hook *hook = (struct hook *)sink;

	process_cancel(hook->process);
	if (hook->work)
		g_source_remove(hook->work);
	if (hook->running)
		event_free(hook->running);
	g_queue_clear_full(&hook->waiting, (GDestroyNotify)event_free);
	g_queue_clear_full(&hook->ended, (GDestroyNotify)event_free);
	hook->gone = hook->reporting;
	if (!hook->gone)
		g_free(hook);
}

struct sink *hook_new(void)
{
	struct hook *hook = g_new0(struct hook, 1);

	hook->sink = (struct sink){hook_ring, hook_free};
	g_queue_init(&hook->waiting);
	g_queue_init(&hook->ended);
	return &hook->sink;
}
