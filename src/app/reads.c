/*
 * Gathered as on_mailbox is: who marks all as read does not start a hundred
 * programs.
 */
#include "app/reads.h"
#include "app/gather.h"
#include "message/emit.h"
#include "sinks/hook.h"

struct reads {
	struct gather *gather;
	GHashTable *waiting; /* struct thing, not over */
};

struct thing {
	struct reads *reads;
	char *account, *mailbox;
	struct read_event event;
};

static void thing_free(gpointer data)
{
	struct thing *thing = data;

	g_free(thing->account);
	g_free(thing->mailbox);
	g_free(thing);
}

static void print(const void *data, GString *lines)
{
	const struct thing *thing = data;
	struct emit emit = {.text = lines};

	emit_begin_object(&emit);
	emit_member_string(&emit, "event", "read");
	emit_member_string(&emit, "account", thing->account);
	emit_member_string(&emit, "mailbox", thing->mailbox);
	emit_member_int(&emit, "uid", thing->event.uid);
	emit_member_int(&emit, "uidvalidity", thing->event.uidvalidity);
	emit_member_boolean(&emit, "gone", thing->event.gone);
	emit_end_object(&emit);
	g_string_append_c(lines, '\n');
}

/* hooks.c has logged what it was given up for. */
static void over(void *data, const char *reason)
{
	struct thing *thing = data;

	(void)reason;
	g_hash_table_remove(thing->reads->waiting, thing);
}

void reads_add(struct reads *reads, const struct config_account *account,
    const struct read_event *event)
{
	const struct gather_plan plan = {
	    .command = account->on_read,
	    .wait = account->hook_wait,
	    .wait_max = account->hook_max_wait,
	    .timeout = account->hook_timeout,
	    .tries = (unsigned)account->hook_tries,
	};
	struct thing *thing = g_new0(struct thing, 1);

	thing->reads = reads;
	thing->account = g_strdup(account->name);
	thing->mailbox = g_strdup(event->mailbox);
	thing->event = *event;
	g_hash_table_add(reads->waiting, thing);
	gather_add(reads->gather, &plan, thing->account, thing->mailbox, thing);
}

void reads_hurry(struct reads *reads, bool hurry)
{
	gather_hurry(reads != NULL ? reads->gather : NULL, hurry);
}

bool reads_is_busy(const struct reads *reads)
{
	return reads != NULL && gather_is_busy(reads->gather);
}

struct reads *reads_new(struct loop *loop)
{
	static const struct gather_events events = {
	    .event = "read", .print = print, .over = over};
	struct reads *reads = g_new0(struct reads, 1);

	reads->gather = gather_new(loop, hook_new(), &events);
	reads->waiting = g_hash_table_new_full(NULL, NULL, thing_free, NULL);
	return reads;
}

void reads_free(struct reads *reads)
{
	if (reads == NULL)
		return;
	gather_free(reads->gather);
	g_hash_table_unref(reads->waiting);
	g_free(reads);
}
