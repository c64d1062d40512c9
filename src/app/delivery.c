/*
 * Messages on their way to the sinks.
 */
#include "app/delivery.h"
#include "app/item.h"
#include "app/log.h"

/* A message whose download breaks the connection again and again. */
enum {
	ATTEMPTS_MAX = 3,
	GIVEN_UP_MAX = 100, /* remembered for status */
};

struct delivery {
	const struct delivery_events *events;
	struct sink *desktop;
	struct hooks *hooks;
	enum report_form form;
	GHashTable *lanes; /* struct lane by origin */
	GQueue given_up;   /* struct delivery_given_up, the oldest first */
	unsigned ringing;  /* bubbles on their way */
	unsigned count;    /* items */
	bool stopped;
	char *desktop_trouble; /* told once, not for each bubble */
};

/* The messages of one mailbox, in the order they came. */
struct lane {
	GQueue items;   /* struct item, all that are not taken */
	GQueue waiting; /* of them those for whose turn has not come: the
	                   first may be downloading */
	bool abandoned; /* nobody will bring what is waiting */
};

static bool is_done(const struct item *item)
{
	return item->passed && !item->ringing && !item->hooked;
}

static void finish(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!is_done(item))
		return;
	if (delivery != NULL) {
		g_queue_remove(&item->lane->items, item);
		delivery->count--;
		delivery->events->taken(item->origin);
	}
	item_free(item);
}

/* ---- sinks ---- */

/* The same complaint about the desktop is made once. */
static void desktop_took(void *data, const GError *error)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;
	const char *trouble = error != NULL ? error->message : NULL;

	if (delivery != NULL) {
		delivery->ringing--;
		if (trouble != NULL &&
		    g_strcmp0(trouble, delivery->desktop_trouble) != 0)
			log_line(LOG_LEVEL_WARNING, item->name,
			    "no notification: %s", trouble);
		g_free(delivery->desktop_trouble);
		delivery->desktop_trouble = g_strdup(trouble);
	}
	item->ringing = false;
	finish(item);
}

static void ring(struct item *item)
{
	struct sink_event event = item_event(item);
	struct sink *desktop = item->delivery->desktop;

	desktop->ring(desktop, &event, desktop_took, item);
}

static void given_up_free(gpointer data)
{
	struct delivery_given_up *given_up = data;

	g_free(given_up->mailbox);
	g_free(given_up->from);
	g_free(given_up->subject);
	g_free(given_up->reason);
	g_free(given_up);
}

static void note_given_up(struct item *item, const char *reason)
{
	struct delivery_given_up *given_up =
	    g_new0(struct delivery_given_up, 1);
	GQueue *list = &item->delivery->given_up;

	given_up->mailbox = g_strdup(item->message->mailbox);
	given_up->from = g_strdup(message_sender(item->message));
	given_up->subject = g_strdup(item->message->subject);
	given_up->uid = item->message->uid;
	given_up->time = g_get_real_time() / G_USEC_PER_SEC;
	given_up->reason = g_strdup(reason);
	g_queue_push_tail(list, given_up);
	if (list->length > GIVEN_UP_MAX)
		given_up_free(g_queue_pop_head(list));
}

const struct delivery_given_up *delivery_given_up(
    const struct delivery *delivery, unsigned index)
{
	return g_queue_peek_nth((GQueue *)&delivery->given_up, index);
}

static void hook_over(void *data, const char *reason)
{
	struct item *item = data;

	if (reason != NULL)
		note_given_up(item, reason);
	item->hooked = false;
	finish(item);
}

static void push_hook(struct item *item)
{
	item->turn = (struct hooks_turn){
	    .event = item_event(item),
	    .tries = (unsigned)item->plan.hook_tries,
	    .name = item->name,
	    .fn = hook_over,
	    .data = item,
	};
	hooks_push(item->delivery->hooks, &item->turn);
}

/* The message is as complete as it will be.  When standard output does not
 * take it, it stays untaken. */
static void pass(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!report_message(
		delivery->form, item->message, item->plan.notify != 0)) {
		delivery->events->stuck(item->origin);
		return;
	}
	item->passed = true;
	item->hooked = item_has_hook(item);
	if (item->hooked)
		push_hook(item);
	finish(item);
}

/* ---- downloads ---- */

static void no_download(struct item *item, const char *why)
{
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s", why);
	item->wants_body = false;
	g_clear_pointer(&item->file, maildir_free);
}

static void ask_body(struct item *item)
{
	item->asked = item->delivery->events->body(item->origin,
	    item->message->uid, item->message->size, item_longest(item));
	if (item->asked)
		item->attempts++;
	else
		g_clear_pointer(&item->file, maildir_free);
}

/* It may lie there already: then the last run was ended in between. */
static void download(struct item *item)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	if (item->attempts >= ATTEMPTS_MAX) {
		no_download(item, "the connection broke at each attempt");
		return;
	}
	item->spoilt = false;
	item->file = item_open_file(item, &path, &error);
	if (error != NULL) {
		no_download(item, error->message);
	} else if (item->file == NULL) {
		item->message->file = g_steal_pointer(&path);
		item->wants_body = false;
	} else {
		ask_body(item);
	}
}

/* Hooks run in the order of the messages: one that is still on its way holds
 * up the later ones of its mailbox. */
static void advance(struct delivery *delivery, struct lane *lane)
{
	struct item *item;

	while (!delivery->stopped && report_is_read() &&
	    (item = g_queue_peek_head(&lane->waiting)) != NULL) {
		if (item->wants_body && !item->asked)
			download(item);
		if (item->wants_body)
			return;
		g_queue_pop_head(&lane->waiting);
		pass(item);
	}
}

static struct lane *find_lane(
    const struct delivery *delivery, const void *origin)
{
	return g_hash_table_lookup(delivery->lanes, origin);
}

/* The message of origin that is being downloaded, if it is this one. */
static struct item *find(
    const struct delivery *delivery, const void *origin, uint32_t uid)
{
	struct lane *lane = find_lane(delivery, origin);
	struct item *item =
	    lane != NULL ? g_queue_peek_head(&lane->waiting) : NULL;

	if (item == NULL || !item->asked || item->message->uid != uid)
		return NULL;
	return item;
}

void delivery_piece(struct delivery *delivery, void *origin, uint32_t uid,
    uint64_t offset, const char *bytes, size_t size)
{
	struct item *item = find(delivery, origin, uid);
	g_autoptr(GError) error = NULL;

	if (item == NULL || item->spoilt ||
	    maildir_write(item->file, offset, bytes, size, &error))
		return;
	item->spoilt = true;
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s",
	    error->message);
}

static void commit(struct item *item)
{
	g_autoptr(GError) error = NULL;

	item->message->file = maildir_commit(item->file, &error);
	if (error != NULL)
		log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s",
		    error->message);
}

void delivery_body_end(
    struct delivery *delivery, void *origin, uint32_t uid, const char *failure)
{
	struct item *item = find(delivery, origin, uid);

	if (item == NULL)
		return;
	item->asked = item->wants_body = false;
	if (failure != NULL)
		no_download(item, failure);
	else if (!item->spoilt)
		commit(item);
	g_clear_pointer(&item->file, maildir_free);
	advance(delivery, item->lane);
}

void delivery_pause(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);
	struct item *item =
	    lane != NULL ? g_queue_peek_head(&lane->waiting) : NULL;

	if (item == NULL)
		return;
	item->asked = false;
	g_clear_pointer(&item->file, maildir_free);
}

void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane == NULL)
		return;
	lane->abandoned = false;
	for (GList *link = lane->waiting.head; link; link = link->next) {
		struct item *item = link->data;

		if (item->wants_body &&
		    item->message->uidvalidity != uidvalidity)
			no_download(
			    item, "its mailbox is gone or was renumbered");
	}
	advance(delivery, lane);
}

void delivery_abandon(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane != NULL)
		lane->abandoned = true;
}

/* ---- messages in ---- */

static void log_news(const struct item *item)
{
	const struct message *message = item->message;

	/* Plain events on standard output say the same. */
	bool rings =
	    item->plan.notify != 0 && item->delivery->form != REPORT_PLAIN;

	log_line(rings ? LOG_LEVEL_INFO : LOG_LEVEL_VERBOSE, item->name,
	    "%s: %s%s%s%s", message_sender(message),
	    message->subject[0] != '\0' ? message->subject : "(no subject)",
	    message->rule != NULL ? " [" : "",
	    message->rule != NULL ? message->rule : "",
	    message->rule != NULL ? "]" : "");
}

static struct lane *make_lane(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane != NULL)
		return lane;
	lane = g_new0(struct lane, 1);
	g_queue_init(&lane->items);
	g_queue_init(&lane->waiting);
	g_hash_table_insert(delivery->lanes, origin, lane);
	return lane;
}

static void start(struct item *item)
{
	struct delivery *delivery = item->delivery;

	g_queue_push_tail(&item->lane->items, item);
	g_queue_push_tail(&item->lane->waiting, item);
	delivery->count++;
	item->ringing = item_has_bubble(item);
	item->wants_body = item_has_download(item);
	if (item->ringing) {
		delivery->ringing++;
		ring(item);
	}
	advance(delivery, item->lane);
}

void delivery_take(struct delivery *delivery, void *origin,
    const struct settings *settings, const struct config_account *account,
    struct message *message)
{
	struct verdict verdict = settings_decide(settings, account, message);
	struct item *item = item_new(message, &verdict, account);

	item->delivery = delivery;
	item->origin = origin;
	item->lane = make_lane(delivery, origin);
	log_news(item);
	start(item);
}

struct delivery *delivery_new(const struct delivery_events *events,
    const struct delivery_options *options)
{
	struct delivery *delivery = g_new0(struct delivery, 1);

	delivery->events = events;
	delivery->desktop = options->desktop;
	delivery->hooks = hooks_new(options->loop, options->hook);
	delivery->form = options->form;
	delivery->lanes = g_hash_table_new(NULL, NULL);
	g_queue_init(&delivery->given_up);
	return delivery;
}

/* A bubble may still be on its way: it frees its item when it has come.  The
 * hooks are ended and will not call back. */
static void orphan(gpointer data)
{
	struct item *item = data;

	item->delivery = NULL;
	item->passed = true;
	item->hooked = false;
	finish(item);
}

static void lane_free(gpointer data)
{
	struct lane *lane = data;

	g_queue_clear(&lane->waiting);
	g_queue_clear_full(&lane->items, orphan);
	g_free(lane);
}

void delivery_free(struct delivery *delivery)
{
	g_autoptr(GList) lanes = NULL;

	if (delivery == NULL)
		return;
	hooks_free(delivery->hooks);
	g_queue_clear_full(&delivery->given_up, given_up_free);
	lanes = g_hash_table_get_values(delivery->lanes);
	for (GList *link = lanes; link != NULL; link = link->next)
		lane_free(link->data);
	g_hash_table_unref(delivery->lanes);
	g_free(delivery->desktop_trouble);
	g_free(delivery);
}

/* The hook has had it, and the bubble was handed over: enough for a stop. */
static void let_go(gpointer data, gpointer unused)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;

	(void)unused;
	if (!item->passed || item->hooked)
		return;
	g_queue_remove(&item->lane->items, item);
	delivery->count--;
	delivery->ringing--;
	delivery->events->taken(item->origin);
	item->delivery = NULL;
}

static void stop_lane(struct lane *lane)
{
	g_autoptr(GList) items = g_list_copy(lane->items.head);

	g_list_foreach(items, let_go, NULL);
}

void delivery_stop(struct delivery *delivery, bool stop)
{
	GHashTableIter iter;
	gpointer lane;

	delivery->stopped = stop;
	hooks_stop(delivery->hooks, stop);
	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane)) {
		if (stop)
			stop_lane(lane);
		else
			advance(delivery, lane);
	}
}

static bool is_lane_idle(const struct lane *lane)
{
	unsigned waiting = lane->abandoned ? lane->waiting.length : 0;

	return lane->items.length == waiting;
}

static bool are_lanes_idle(const struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		if (!is_lane_idle(lane))
			return false;
	return true;
}

bool delivery_is_idle(const struct delivery *delivery, const void *origin)
{
	const struct lane *lane;

	if (delivery->stopped)
		return !hooks_is_busy(delivery->hooks) &&
		    delivery->ringing == 0;
	if (origin == NULL)
		return are_lanes_idle(delivery);
	lane = find_lane(delivery, origin);
	return lane == NULL || is_lane_idle(lane);
}

unsigned delivery_count(const struct delivery *delivery)
{
	return delivery->count;
}

uint32_t delivery_lowest(
    const struct delivery *delivery, const void *origin, uint32_t uidvalidity)
{
	const struct lane *lane = find_lane(delivery, origin);
	uint32_t lowest = 0;

	for (GList *link = lane != NULL ? lane->items.head : NULL; link;
	     link = link->next) {
		const struct item *item = link->data;
		uint32_t uid = item->message->uid;

		if (item->message->uidvalidity == uidvalidity &&
		    (lowest == 0 || uid < lowest))
			lowest = uid;
	}
	return lowest;
}

static int compare_uids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

GArray *delivery_untaken(
    const struct delivery *delivery, const void *origin, uint32_t uidvalidity)
{
	const struct lane *lane = find_lane(delivery, origin);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (GList *link = lane != NULL ? lane->items.head : NULL; link;
	     link = link->next) {
		const struct item *item = link->data;

		if (item->message->uidvalidity == uidvalidity)
			g_array_append_val(uids, item->message->uid);
	}
	g_array_sort(uids, compare_uids);
	return uids;
}
