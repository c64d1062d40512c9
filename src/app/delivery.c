/*
 * Messages on their way to the sinks.
 */
#include "app/delivery.h"
#include "app/bells.h"
#include "app/disk.h"
#include "app/download.h"
#include "app/gather.h"
#include "app/item.h"
#include "app/log.h"
#include "message/view.h"

enum {
	HOLD_MAX = 10000, /* ms that a bubble waits for others */
	GATHER_MAX = 60000,
	PATIENCE = 20000,   /* ms that a hook waits for a slow download */
	WITHHELD_MAX = 1000 /* items */
};

struct delivery {
	const struct delivery_events *events;
	struct delivery_options options;
	GHashTable *lanes; /* struct lane by origin; NULL: no message has come,
	                      nor have these four been needed */
	struct bells *bells;
	struct hooks *hooks;
	struct gather *gather; /* NULL: no hook wants batches */
	struct loop_timer *hold_timer, *disk_timer;
	GQueue given_up;  /* struct delivery_given_up, the oldest first */
	unsigned ringing; /* items whose bubbles are on their way */
	unsigned held;    /* of them those that wait for the end of a round */
	unsigned count;   /* items */
	bool stopped;
	bool gathering;
	bool inhibited;
	GPtrArray *withheld; /* struct item, or NULL */
	struct disk disk;
	struct item *slow; /* whose download has a connection of its own */
};

static bool has_bubble(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_DESKTOP) != 0;
}

static bool has_hook(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    item->plan.on_message != NULL;
}

static bool has_batch(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    item->plan.on_mailbox != NULL;
}

/* Small enough to be downloaded, or its text; a size of 0 means that the server
 * did not tell. */
static bool has_download(const struct item *item)
{
	uint64_t size = item->message->size;

	return (item->plan.download_to != NULL ||
		   item->plan.download_command != NULL) &&
	    size > 0 && item->plan.download_max_size > 0 &&
	    (item->plan.text || size <= (uint64_t)item->plan.download_max_size);
}

/* How many octets of it are read at most: RFC822.SIZE is a hint (quirk 40), but
 * not a licence. */
static uint64_t longest(const struct item *item)
{
	uint64_t allowed = 2 * (uint64_t)item->plan.download_max_size;

	return MAX(allowed, 1 << 20);
}

/* The messages of one mailbox, in the order they came. */
struct lane {
	GQueue items;   /* struct item, all that are not taken */
	GQueue waiting; /* of them those whose turn has not come */
	GQueue owed;    /* of them those that have passed without the file they
	                   should have: it is made up for */
	struct item *loading; /* the first of either, whose download is under
	                         way; NULL: none is */
	bool abandoned;       /* nobody will bring a download */
	GPtrArray *held;      /* struct item, whose bubbles wait */
	unsigned burst;       /* more of them are told as one; 0: never */
};

/* What has had its hook must not have it twice, should we crash; what has
 * none must not be lost. */
static bool is_kept_back(const struct item *item)
{
	return item->withheld && !has_hook(item) && !has_batch(item);
}

static bool is_done(const struct item *item)
{
	return item->passed && item->noted && !item->ringing && !item->hooked &&
	    !item->gathered && !item->owed && !is_kept_back(item);
}

/* It stays untaken, and nothing more will come of it in this run. */
static bool is_left(const struct item *item)
{
	if (!item->passed)
		return item->lane->abandoned;
	return item->owed && !item->ringing && !item->hooked &&
	    !item->gathered &&
	    (item->lane->abandoned || item->delivery->options.once);
}

/* 0 is no mailbox's. */
static uint32_t numbering(const struct item *item)
{
	return item->stale ? 0 : item->message->uidvalidity;
}

static void finish(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!is_done(item)) {
		if (delivery != NULL && is_left(item))
			delivery->events->stuck(item->origin);
		return;
	}
	if (delivery != NULL) {
		g_queue_remove(&item->lane->items, item);
		delivery->count--;
		delivery->events->taken(
		    item->origin, numbering(item), item->message->uid);
	}
	item->taken = true;
	if (!item->withheld)
		item_free(item);
}

/* ---- sinks ---- */

static void bubble_over(struct item *item)
{
	if (item->delivery != NULL)
		item->delivery->ringing--;
	item->ringing = false;
	finish(item);
}

/* There will be no bubble. */
static void go_without(struct item *item)
{
	item->withheld = false;
	if (item->taken)
		item_free(item);
	else
		finish(item);
}

static void withhold(struct delivery *delivery, struct item *item)
{
	if (delivery->withheld == NULL)
		delivery->withheld = g_ptr_array_new();
	g_ptr_array_add(delivery->withheld, item);
	item->ringing = false;
	delivery->ringing--;
	item->withheld = true;
	if (is_done(item))
		finish(item);
	if (delivery->withheld->len > WITHHELD_MAX)
		go_without(g_ptr_array_steal_index(delivery->withheld, 0));
}

/* What is taken already is not waited for. */
static void release(struct delivery *delivery)
{
	g_autoptr(GPtrArray) items = g_steal_pointer(&delivery->withheld);

	for (unsigned i = 0; items != NULL && i < items->len; i++) {
		struct item *item = items->pdata[i];

		item->withheld = false;
		item->ringing = true;
		if (item->taken)
			item->delivery = NULL;
		else
			delivery->ringing++;
	}
	if (items != NULL && items->len > 0)
		bells_summary(delivery->bells, items);
}

/* Those that may ring now; a new array. */
static GPtrArray *sieve(struct delivery *delivery, const GPtrArray *items)
{
	GPtrArray *now = g_ptr_array_sized_new(items->len);

	for (unsigned i = 0; i < items->len; i++) {
		struct item *item = items->pdata[i];

		if (delivery->inhibited && !item->plan.urgent)
			withhold(delivery, item);
		else
			g_ptr_array_add(now, item);
	}
	return now;
}

static void let_out(struct delivery *delivery, struct lane *lane)
{
	delivery->held -= lane->held->len;
	g_ptr_array_set_size(lane->held, 0);
	if (delivery->held == 0)
		loop_timer_set(delivery->hold_timer, INT64_MAX);
}

/* The bubbles of a round: one for many, if they are many. */
static void ring_lane(struct delivery *delivery, struct lane *lane)
{
	g_autoptr(GPtrArray) now = NULL;

	if (lane->held->len == 0 || delivery->gathering)
		return;
	now = sieve(delivery, lane->held);
	let_out(delivery, lane);
	if (now->len > 0)
		bells_ring(delivery->bells, now, lane->burst);
}

/* Whatever came, it is one bubble. */
static void ring_gathered(struct delivery *delivery)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new(), now = NULL;
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane)) {
		g_ptr_array_extend(
		    all, ((struct lane *)lane)->held, NULL, NULL);
		let_out(delivery, lane);
	}
	now = sieve(delivery, all);
	if (now->len > 0)
		bells_summary(delivery->bells, now);
}

static void ring_lanes(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	if (delivery->gathering) {
		ring_gathered(delivery);
		return;
	}
	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		ring_lane(delivery, lane);
}

void delivery_gather(struct delivery *delivery, bool gather)
{
	if (delivery->lanes != NULL)
		ring_lanes(delivery);
	delivery->gathering = gather;
}

void delivery_inhibit(struct delivery *delivery, bool inhibited)
{
	delivery->inhibited = inhibited && !delivery->stopped;
	if (!delivery->inhibited)
		release(delivery);
}

void delivery_spare(struct delivery *delivery, void *origin, uint32_t uid)
{
	GPtrArray *items = delivery->withheld;

	for (unsigned i = 0; items != NULL && i < items->len; i++) {
		struct item *item = items->pdata[i];

		if (item->origin != origin || item->message->uid != uid ||
		    item->stale)
			continue;
		g_ptr_array_remove_index(items, i);
		go_without(item);
		return;
	}
}

/* A round without end does not keep its messages quiet. */
static void on_hold_timer(void *data)
{
	ring_lanes(data);
}

static void hold(struct item *item)
{
	struct delivery *delivery = item->delivery;

	item->ringing = true;
	delivery->ringing++;
	if (delivery->held++ == 0)
		loop_timer_set(delivery->hold_timer,
		    loop_now() + (delivery->gathering ? GATHER_MAX : HOLD_MAX));
	g_ptr_array_add(item->lane->held, item);
	item->lane->burst = (unsigned)item->plan.burst;
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
		given_up_add(&item->delivery->given_up, item->message, reason);
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
	finish(item);
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
	item->hooked = has_hook(item);
	item->gathered = has_batch(item);
	if (item->hooked)
		push_hook(item);
	if (item->gathered)
		push_batch(item);
	finish(item);
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
	if (delivery->slow != NULL ||
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
	finish(item);
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

static void arm_disk_timer(struct delivery *delivery)
{
	int64_t due = disk_deadline(&delivery->disk, loop_now());

	if (delivery->slow != NULL)
		due = MIN(due, patience(delivery));
	loop_timer_set(
	    delivery->disk_timer, delivery->stopped ? INT64_MAX : due);
}

static void advance(struct delivery *delivery, struct lane *lane)
{
	pass_waiting(delivery, lane);
	load_owed(delivery, lane);
	arm_disk_timer(delivery);
}

static void advance_all(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		advance(delivery, lane);
}

static void on_disk_timer(void *data)
{
	advance_all(data);
}

static void fetched(void *data, const char *file, const GError *error)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;

	delivery->slow = NULL;
	download_fetched(item, &delivery->disk, file, error);
	pay_back(item);
	advance_all(delivery);
}

static struct lane *find_lane(
    const struct delivery *delivery, const void *origin)
{
	return delivery->lanes != NULL
	    ? g_hash_table_lookup(delivery->lanes, origin)
	    : NULL;
}

/* The message of origin that is being downloaded, if it is this one. */
static struct item *find(
    const struct delivery *delivery, const void *origin, uint32_t uid)
{
	struct lane *lane = find_lane(delivery, origin);
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
		advance_all(delivery);
	else
		advance(delivery, lane);
}

void delivery_pause(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane == NULL)
		return;
	ring_lane(delivery, lane);
	if (lane->loading == NULL)
		return;
	download_close(lane->loading);
	lane->loading = NULL;
}

static void end_slow(struct item *item)
{
	if (item->delivery != NULL && item->delivery->slow == item)
		item->delivery->slow = NULL;
	download_close(item);
}

static void drop_foreign(GQueue *queue, uint32_t uidvalidity)
{
	g_autoptr(GList) items = g_list_copy(queue->head);

	for (GList *link = items; link != NULL; link = link->next) {
		struct item *item = link->data;

		if (!item->wants_body ||
		    (uidvalidity != 0 && numbering(item) == uidvalidity))
			continue;
		end_slow(item);
		download_give_up(item, "its mailbox is gone or was renumbered");
		pay_back(item);
	}
}

void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane == NULL)
		return;
	lane->abandoned = false;
	drop_foreign(&lane->waiting, uidvalidity);
	drop_foreign(&lane->owed, uidvalidity);
	advance(delivery, lane);
}

void delivery_renumber(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	for (GList *link = lane != NULL ? lane->items.head : NULL; link;
	     link = link->next)
		((struct item *)link->data)->stale = true;
}

void delivery_abandon(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane == NULL)
		return;
	lane->abandoned = true;
	ring_lane(delivery, lane);
}

void delivery_round_end(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane != NULL)
		ring_lane(delivery, lane);
}

/* ---- messages in ---- */

static struct lane *make_lane(struct delivery *delivery, void *origin)
{
	struct lane *lane = find_lane(delivery, origin);

	if (lane != NULL)
		return lane;
	lane = g_new0(struct lane, 1);
	g_queue_init(&lane->items);
	g_queue_init(&lane->waiting);
	g_queue_init(&lane->owed);
	lane->held = g_ptr_array_new();
	g_hash_table_insert(delivery->lanes, origin, lane);
	return lane;
}

static void start(struct item *item)
{
	struct delivery *delivery = item->delivery;

	g_queue_push_tail(&item->lane->items, item);
	g_queue_push_tail(&item->lane->waiting, item);
	delivery->count++;
	item->wants_body = has_download(item);
	if (has_bubble(item))
		hold(item);
	else if (item->plan.notify != 0)
		bells_note(delivery->bells, item);
	advance(delivery, item->lane);
}

/* Most of a thousand accounts have no mail for hours. */
static void prepare(struct delivery *delivery)
{
	const struct delivery_options *options = &delivery->options;

	if (delivery->lanes != NULL)
		return;
	delivery->lanes = g_hash_table_new(NULL, NULL);
	delivery->bells = bells_new(options->belfry, bubble_over);
	delivery->hooks = hooks_new(options->loop, options->hook());
	delivery->hold_timer =
	    loop_timer_new(options->loop, on_hold_timer, delivery);
	delivery->disk_timer =
	    loop_timer_new(options->loop, on_disk_timer, delivery);
}

bool delivery_take(struct delivery *delivery, void *origin,
    const struct settings *settings, const struct config_account *account,
    struct seen *senders, struct message *message)
{
	struct verdict verdict =
	    settings_decide(settings, account, message, senders, NULL);
	struct item *item;

	mutes_apply(delivery->options.mutes, message, &verdict.notify);
	item = item_new(
	    message, &verdict, account, settings->config->accounts->len);
	if (senders != NULL)
		settings_note_senders(message, senders);
	prepare(delivery);
	item->delivery = delivery;
	item->origin = origin;
	item->lane = make_lane(delivery, origin);
	start(item);
	/* Behind the hook: who reads the log may be slow. */
	item_log(item, delivery->options.form != REPORT_PLAIN);
	item->noted = true;
	if (is_done(item))
		finish(item);
	return verdict.notify != 0;
}

void delivery_ring_again(struct delivery *delivery, struct item *item)
{
	prepare(delivery);
	item->passed = item->noted = item->ringing = true;
	bells_ring_again(delivery->bells, item);
}

struct delivery *delivery_new(const struct delivery_events *events,
    const struct delivery_options *options)
{
	struct delivery *delivery = g_new0(struct delivery, 1);

	delivery->events = events;
	delivery->options = *options;
	g_queue_init(&delivery->given_up);
	return delivery;
}

/* A bubble may still be on its way: it frees its item when it has come.  The
 * hooks are ended and will not call back. */
static void orphan(gpointer data)
{
	struct item *item = data;

	end_slow(item);
	item->delivery = NULL;
	item->withheld = false;
	item->passed = item->noted = true;
	item->hooked = item->gathered = item->owed = false;
	finish(item);
}

static void lane_free(gpointer data)
{
	struct lane *lane = data;

	g_queue_clear(&lane->waiting);
	g_queue_clear(&lane->owed);
	for (unsigned i = 0; i < lane->held->len; i++)
		((struct item *)lane->held->pdata[i])->ringing = false;
	g_ptr_array_unref(lane->held);
	g_queue_clear_full(&lane->items, orphan);
	g_free(lane);
}

static void forget_withheld(struct delivery *delivery)
{
	g_autoptr(GPtrArray) items = g_steal_pointer(&delivery->withheld);

	for (unsigned i = 0; items != NULL && i < items->len; i++)
		if (((struct item *)items->pdata[i])->taken)
			item_free(items->pdata[i]);
}

static void dismantle(struct delivery *delivery)
{
	g_autoptr(GList) lanes = NULL;

	forget_withheld(delivery);
	hooks_free(delivery->hooks);
	gather_free(delivery->gather);
	bells_free(delivery->bells);
	loop_timer_free(delivery->hold_timer);
	loop_timer_free(delivery->disk_timer);
	lanes = g_hash_table_get_values(delivery->lanes);
	for (GList *link = lanes; link != NULL; link = link->next)
		lane_free(link->data);
	g_hash_table_unref(delivery->lanes);
}

void delivery_free(struct delivery *delivery)
{
	if (delivery == NULL)
		return;
	if (delivery->lanes != NULL)
		dismantle(delivery);
	given_up_clear(&delivery->given_up);
	g_free(delivery);
}

/* The hook has had it, and the bubble was handed over: enough for a stop. */
static void let_go(gpointer data, gpointer unused)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;

	(void)unused;
	if (!item->passed || item->hooked || item->gathered || item->owed)
		return;
	g_queue_remove(&item->lane->items, item);
	delivery->count--;
	delivery->ringing--;
	delivery->events->taken(
	    item->origin, numbering(item), item->message->uid);
	item->delivery = NULL;
}

static void stop_lane(struct lane *lane)
{
	g_autoptr(GList) items = g_list_copy(lane->items.head);

	g_list_foreach(items, let_go, NULL);
}

static void stop_lanes(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		stop_lane(lane);
}

void delivery_stop(struct delivery *delivery, bool stop)
{
	delivery->stopped = stop;
	if (delivery->lanes == NULL)
		return;
	hooks_stop(delivery->hooks, stop);
	if (delivery->gather != NULL)
		gather_stop(delivery->gather, stop);
	/* The desktop keeps them for us. */
	if (stop)
		delivery_inhibit(delivery, false);
	ring_lanes(delivery);
	if (stop)
		stop_lanes(delivery);
	else
		advance_all(delivery);
	arm_disk_timer(delivery);
}

static bool is_lane_idle(const struct lane *lane)
{
	for (GList *link = lane->items.head; link; link = link->next)
		if (!is_left(link->data))
			return false;
	return true;
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

	if (delivery->lanes == NULL)
		return true;
	if (delivery->stopped)
		return !hooks_is_busy(delivery->hooks) &&
		    !gather_is_busy(delivery->gather) && delivery->ringing == 0;
	if (origin == NULL)
		return are_lanes_idle(delivery);
	lane = find_lane(delivery, origin);
	return lane == NULL || is_lane_idle(lane);
}

bool delivery_is_crowded(const struct delivery *delivery)
{
	return delivery->lanes != NULL && hooks_is_crowded(delivery->hooks);
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

		if (numbering(item) == uidvalidity &&
		    (lowest == 0 || uid < lowest))
			lowest = uid;
	}
	return lowest;
}
