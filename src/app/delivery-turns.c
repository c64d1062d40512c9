/*
 * The turn of each message: its download, then its hooks.
 */
#include "app/delivery-inside.h"
#include "app/download.h"
#include "app/log.h"
#include "message/view.h"

enum {
	PATIENCE = 20000, /* ms that a hook waits for a slow download */
};

/* How many octets of it are read at most: RFC822.SIZE is a hint (quirk 40), but
 * not a licence. */
static uint64_t longest(const struct item *item)
{
	uint64_t allowed = 2 * (uint64_t)item->plan.download_max_size;

	return MAX(allowed, 1 << 20);
}

/* ---- hooks ---- */

static void hook_over(void *data, const char *reason)
{
	struct item *item = data;

	if (reason != NULL)
		given_up_add(&item->delivery->given_up, item->message, reason);
	item->hooked = false;
	delivery_finish(item);
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

static void print_line(const void *thing, GString *lines)
{
	const struct item *item = thing;
	g_autofree char *json = message_to_json(item->message);

	g_string_append_printf(lines, "%s\n", json);
}

static void batch_over(void *thing, const char *reason)
{
	struct item *item = thing;

	if (reason != NULL)
		given_up_add(&item->delivery->given_up, item->message, reason);
	item->gathered = false;
	delivery_finish(item);
}

static void push_batch(struct item *item)
{
	static const struct gather_events events = {
	    .event = "mailbox", .print = print_line, .over = batch_over};
	const struct gather_plan plan = {
	    .command = item->plan.on_mailbox,
	    .wait = item->plan.hook_wait,
	    .wait_max = item->plan.hook_max_wait,
	    .timeout = item->plan.hook_timeout,
	    .tries = (unsigned)item->plan.hook_tries,
	};
	struct delivery *delivery = item->delivery;

	if (delivery->gather == NULL)
		delivery->gather = gather_new(
		    delivery->options.loop, delivery->options.hook(), &events);
	gather_add(delivery->gather, &plan, item->message->account,
	    item->message->mailbox, item);
}

/* The message is as complete as it will be.  When standard output does not
 * take it, it stays untaken. */
static void pass(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!report_message(delivery->options.form, item->message,
		item->plan.notify != 0)) {
		delivery->events->stuck(item->origin);
		return;
	}
	item->passed = true;
	item->hooked = item_has_hook(item);
	item->gathered = item_has_batch(item);
	if (item->hooked)
		push_hook(item);
	if (item->gathered)
		push_batch(item);
	delivery_finish(item);
}

/* ---- downloads ---- */

static void fetched(void *data, const char *file, const GError *error);

static const struct fetching_events fetching_events = {.end = fetched};

/* One at a time for an account: servers count connections. */
static void download_slowly(struct item *item)
{
	struct delivery *delivery = item->delivery;
	struct fetching_wish wish = download_wish(item);

	/* Behind another it may be long. */
	if (item->patience == 0 && !delivery->options.once)
		item->patience =
		    loop_now() + (delivery->slow == NULL ? PATIENCE : 0);
	if (delivery->slow != NULL || delivery->resting ||
	    !download_may_begin(item, &delivery->disk))
		return;
	item->attempts++;
	delivery->slow = item;
	item->fetching = delivery->events->fetch(
	    item->origin, &wish, &fetching_events, item);
}

static void download(struct item *item)
{
	if (download_is_slow(item)) {
		download_slowly(item);
		return;
	}
	if (!download_open(item, &item->delivery->disk))
		return;
	if (item->delivery->events->body(item->origin, item->message->uid,
		item->message->size, longest(item))) {
		item->attempts++;
		item->lane->loading = item;
	} else {
		download_close(item);
	}
}

/* Nobody goes unrung because a disk is full, or a message large. */
static bool goes_without(const struct item *item)
{
	int64_t due = INT64_MAX;

	if (!item->wants_body || item->lane->loading == item)
		return false;
	return download_is_late(item, loop_now(), &due) ||
	    (item->fetching == NULL &&
		disk_is_lost(&item->delivery->disk, loop_now()));
}

static void owe(struct item *item)
{
	bool first =
	    g_queue_is_empty(&item->lane->owed) && !download_is_slow(item);

	log_line(first ? LOG_LEVEL_WARNING : LOG_LEVEL_VERBOSE, item->name,
	    "UID %u does not wait for its download, which is made up for later",
	    item->message->uid);
	item->owed = true;
	g_queue_push_tail(&item->lane->owed, item);
}

static bool may_load(const struct item *item)
{
	return item->wants_body && item->lane->loading == NULL &&
	    item->fetching == NULL && !goes_without(item);
}

/* Hooks run in the order of the messages: one that is still on its way holds
 * up the later ones of its mailbox. */
static void pass_waiting(struct delivery *delivery, struct lane *lane)
{
	struct item *item;

	while (!delivery->stopped && report_is_read() &&
	    (item = g_queue_peek_head(&lane->waiting)) != NULL) {
		if (may_load(item))
			download(item);
		if (goes_without(item))
			owe(item);
		else if (item->wants_body)
			return;
		g_queue_pop_head(&lane->waiting);
		pass(item);
	}
}

static void pay_back(struct item *item)
{
	if (!item->owed || item->wants_body)
		return;
	g_queue_remove(&item->lane->owed, item);
	item->owed = false;
	delivery_finish(item);
}

static void load_owed(struct delivery *delivery, struct lane *lane)
{
	struct item *item;

	while (!delivery->stopped && lane->loading == NULL &&
	    g_queue_is_empty(&lane->waiting) &&
	    (item = g_queue_peek_head(&lane->owed)) != NULL &&
	    item->fetching == NULL) {
		download(item);
		if (item->wants_body)
			return;
		pay_back(item);
	}
}

/* Only the first of a lane is waited for. */
static int64_t patience(const struct delivery *delivery)
{
	int64_t due = INT64_MAX;
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane)) {
		const struct item *item =
		    g_queue_peek_head(&((struct lane *)lane)->waiting);

		if (item != NULL && item->wants_body)
			download_is_late(item, loop_now(), &due);
	}
	return due;
}

void delivery_arm_disk_timer(struct delivery *delivery)
{
	int64_t due = disk_deadline(&delivery->disk, loop_now());

	if (delivery->slow != NULL)
		due = MIN(due, patience(delivery));
	loop_timer_set(
	    delivery->disk_timer, delivery->stopped ? INT64_MAX : due);
}

void delivery_advance(struct delivery *delivery, struct lane *lane)
{
	pass_waiting(delivery, lane);
	load_owed(delivery, lane);
	delivery_arm_disk_timer(delivery);
}

void delivery_advance_all(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		delivery_advance(delivery, lane);
}

void delivery_on_disk_timer(void *data)
{
	delivery_advance_all(data);
}

static void fetched(void *data, const char *file, const GError *error)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;

	delivery->slow = NULL;
	download_fetched(item, &delivery->disk, file, error);
	pay_back(item);
	delivery_advance_all(delivery);
}

/* The message of origin that is being downloaded, if it is this one. */
static struct item *find(
    const struct delivery *delivery, const void *origin, uint32_t uid)
{
	struct lane *lane = delivery_find_lane(delivery, origin);
	struct item *item = lane != NULL ? lane->loading : NULL;

	return item != NULL && item->message->uid == uid ? item : NULL;
}

void delivery_piece(struct delivery *delivery, void *origin, uint32_t uid,
    uint64_t offset, const char *bytes, size_t size)
{
	struct item *item = find(delivery, origin, uid);

	if (item != NULL)
		download_piece(item, offset, bytes, size);
}

void delivery_body_end(
    struct delivery *delivery, void *origin, uint32_t uid, const char *failure)
{
	struct item *item = find(delivery, origin, uid);
	struct lane *lane;
	bool recovered = false;

	if (item == NULL)
		return;
	lane = item->lane;
	lane->loading = NULL;
	if (failure != NULL)
		download_give_up(item, failure);
	else
		recovered = download_store(item, &delivery->disk);
	pay_back(item);
	if (recovered)
		delivery_advance_all(delivery);
	else
		delivery_advance(delivery, lane);
}

void delivery_end_slow(struct item *item)
{
	if (item->delivery != NULL && item->delivery->slow == item)
		item->delivery->slow = NULL;
	download_close(item);
}

void delivery_rest(struct delivery *delivery, bool rest)
{
	delivery->resting = rest;
	if (rest && delivery->slow != NULL) {
		delivery->slow->attempts--;
		delivery_end_slow(delivery->slow);
	}
	if (!rest && delivery->lanes != NULL)
		delivery_advance_all(delivery);
}

void delivery_drop_foreign(GQueue *queue, uint32_t uidvalidity)
{
	g_autoptr(GList) items = g_list_copy(queue->head);

	for (GList *link = items; link != NULL; link = link->next) {
		struct item *item = link->data;

		if (!item->wants_body ||
		    (uidvalidity != 0 &&
			delivery_numbering(item) == uidvalidity))
			continue;
		delivery_end_slow(item);
		download_give_up(item, "its mailbox is gone or was renumbered");
		pay_back(item);
	}
}
