/*
 * Whose bubble it is only matters when it is answered for: a summary answers
 * for all its messages.
 */
#include "app/bells.h"
#include "app/log.h"
#include "message/text.h"

enum {
	LINES_MAX = 5,     /* messages that a summary names */
	LINE_OCTETS = 160, /* of each */
};

struct bells {
	struct sink *desktop;
	bells_fn *fn;
	GQueue pending; /* struct bubble_owner, not answered */
	char *trouble;  /* told once, not for each bubble */
};

/* Those that a bubble is for. */
struct bubble_owner {
	struct bells *bells; /* NULL once they are gone */
	bells_fn *fn;
	GPtrArray *items;
};

/* ---- summaries ---- */

/* Later ones are newer. */
static int compare_importance(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;
	bool x_ruled = x->message->rule != NULL;
	bool y_ruled = y->message->rule != NULL;

	if (x->plan.urgency != y->plan.urgency)
		return x->plan.urgency > y->plan.urgency ? -1 : 1;
	if (x_ruled != y_ruled)
		return x_ruled ? -1 : 1;
	return x->message->uid > y->message->uid ? -1 : 1;
}

static void add_line(GString *body, const struct item *item)
{
	const struct message *message = item->message;
	g_autofree char *line = g_strdup_printf("%s: %s",
	    message_sender(message),
	    message->subject[0] != '\0' ? message->subject : "(no subject)");
	g_autofree char *clean = text_clean(line, -1, LINE_OCTETS);

	g_string_append_printf(body, "%s\n", clean);
}

static char *make_body(const GPtrArray *sorted)
{
	unsigned named = MIN(sorted->len, (unsigned)LINES_MAX);
	GString *body = g_string_new(NULL);

	for (unsigned i = 0; i < named; i++)
		add_line(body, sorted->pdata[i]);
	if (sorted->len > named)
		g_string_append_printf(
		    body, "and %u more", sorted->len - named);
	else
		g_string_truncate(body, body->len - 1);
	return g_string_free(body, FALSE);
}

/* The summary of items (one or more), the most important first: those of the
 * highest urgency, of them those that a rule matched, of them the newest.
 * event: urgency, sound and icon of the first.  Points into the items, and
 * ret_notice is the caller's. */
static struct sink_event summarise(
    const GPtrArray *items, struct notice **ret_notice)
{
	g_autoptr(GPtrArray) sorted =
	    g_ptr_array_copy((GPtrArray *)items, NULL, NULL);
	struct notice *notice = notice_new(NOTICE_SUMMARY);
	const struct message *message;
	struct sink_event event;

	g_ptr_array_sort(sorted, compare_importance);
	event = item_event(sorted->pdata[0]);
	message = event.message;
	notice->account = g_strdup(message->account);
	notice->mailbox = g_strdup(message->mailbox);
	notice->summary = g_strdup_printf("%u new messages in %s/%s",
	    items->len, message->account, message->mailbox);
	notice->body = make_body(sorted);
	event.message = NULL;
	event.notice = *ret_notice = notice;
	event.command = NULL;
	return event;
}

/* ---- ringing ---- */

/* The same complaint about the desktop is made once. */
static void complain(
    struct bells *bells, const struct item *item, const GError *error)
{
	const char *trouble = error != NULL ? error->message : NULL;

	if (trouble != NULL && g_strcmp0(trouble, bells->trouble) != 0)
		log_line(LOG_LEVEL_WARNING, item->name, "no notification: %s",
		    trouble);
	g_free(bells->trouble);
	bells->trouble = g_strdup(trouble);
}

static void answered(void *data, const GError *error)
{
	struct bubble_owner *owner = data;

	if (owner->bells != NULL) {
		g_queue_remove(&owner->bells->pending, owner);
		complain(owner->bells, owner->items->pdata[0], error);
	}
	for (unsigned i = 0; i < owner->items->len; i++)
		owner->fn(owner->items->pdata[i]);
	g_ptr_array_unref(owner->items);
	g_free(owner);
}

/* Takes items over. */
static void ring(
    struct bells *bells, const struct sink_event *event, GPtrArray *items)
{
	struct bubble_owner *owner = g_new0(struct bubble_owner, 1);

	owner->bells = bells;
	owner->fn = bells->fn;
	owner->items = items;
	g_queue_push_tail(&bells->pending, owner);
	bells->desktop->ring(bells->desktop, event, answered, owner);
}

static void ring_one(struct bells *bells, struct item *item)
{
	struct sink_event event = item_event(item);
	GPtrArray *items = g_ptr_array_sized_new(1);

	g_ptr_array_add(items, item);
	ring(bells, &event, items);
}

static void ring_all(struct bells *bells, const GPtrArray *items)
{
	g_autoptr(Notice) notice = NULL;
	struct sink_event event = summarise(items, &notice);

	ring(bells, &event, g_ptr_array_copy((GPtrArray *)items, NULL, NULL));
}

void bells_ring(struct bells *bells, const GPtrArray *items, unsigned burst)
{
	if (burst > 0 && items->len > burst) {
		ring_all(bells, items);
		return;
	}
	for (unsigned i = 0; i < items->len; i++)
		ring_one(bells, items->pdata[i]);
}

struct bells *bells_new(struct sink *desktop, bells_fn *fn)
{
	struct bells *bells = g_new0(struct bells, 1);

	bells->desktop = desktop;
	bells->fn = fn;
	g_queue_init(&bells->pending);
	return bells;
}

void bells_free(struct bells *bells)
{
	struct bubble_owner *owner;

	if (bells == NULL)
		return;
	while ((owner = g_queue_pop_head(&bells->pending)) != NULL)
		owner->bells = NULL;
	g_free(bells->trouble);
	g_free(bells);
}
