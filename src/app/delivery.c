/*
 * Messages on their way to the sinks.
 */
#include "app/delivery-inside.h"
#include "app/download.h"

static bool has_bubble(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_DESKTOP) != 0;
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

/* What has had its hook must not have it twice, should we crash; what has
 * none must not be lost. */
static bool is_kept_back(const struct item *item)
{
	return item->withheld && !item_has_hook(item) && !item_has_batch(item);
}

bool delivery_is_done(const struct item *item)
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
uint32_t delivery_numbering(const struct item *item)
{
	return item->stale ? 0 : item->message->uidvalidity;
}

void delivery_finish(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!delivery_is_done(item)) {
		if (delivery != NULL && is_left(item))
			delivery->events->stuck(item->origin);
		return;
	}
	if (delivery != NULL) {
		g_queue_remove(&item->lane->items, item);
		delivery->count--;
		delivery->events->taken(
		    item->origin, delivery_numbering(item), item->message->uid);
	}
	item->taken = true;
	if (!item->withheld)
		item_free(item);
}

const struct delivery_given_up *delivery_given_up(
    const struct delivery *delivery, unsigned index)
{
	return g_queue_peek_nth((GQueue *)&delivery->given_up, index);
}

struct lane *delivery_find_lane(
    const struct delivery *delivery, const void *origin)
{
	return delivery->lanes != NULL
	    ? g_hash_table_lookup(delivery->lanes, origin)
	    : NULL;
}

void delivery_pause(struct delivery *delivery, void *origin)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

	if (lane == NULL)
		return;
	delivery_ring_lane(delivery, lane);
	if (lane->loading == NULL)
		return;
	download_close(lane->loading);
	lane->loading = NULL;
}

void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

	if (lane == NULL)
		return;
	lane->abandoned = false;
	delivery_drop_foreign(&lane->waiting, uidvalidity);
	delivery_drop_foreign(&lane->owed, uidvalidity);
	delivery_advance(delivery, lane);
}

void delivery_renumber(struct delivery *delivery, void *origin)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

	for (GList *link = lane != NULL ? lane->items.head : NULL; link;
	     link = link->next)
		((struct item *)link->data)->stale = true;
}

void delivery_abandon(struct delivery *delivery, void *origin)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

	if (lane == NULL)
		return;
	lane->abandoned = true;
	delivery_ring_lane(delivery, lane);
}

void delivery_round_end(struct delivery *delivery, void *origin)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

	if (lane != NULL)
		delivery_ring_lane(delivery, lane);
}

/* ---- messages in ---- */

static struct lane *make_lane(struct delivery *delivery, void *origin)
{
	struct lane *lane = delivery_find_lane(delivery, origin);

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
		delivery_hold(item);
	else if (item->plan.notify != 0)
		bells_note(delivery->bells, item);
	delivery_advance(delivery, item->lane);
}

/* Most of a thousand accounts have no mail for hours. */
static void prepare(struct delivery *delivery)
{
	const struct delivery_options *options = &delivery->options;

	if (delivery->lanes != NULL)
		return;
	delivery->lanes = g_hash_table_new(NULL, NULL);
	delivery->bells = bells_new(options->belfry, delivery_bubble_over);
	delivery->hooks = hooks_new(options->loop, options->hook());
	delivery->hold_timer =
	    loop_timer_new(options->loop, delivery_on_hold_timer, delivery);
	delivery->disk_timer =
	    loop_timer_new(options->loop, delivery_on_disk_timer, delivery);
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
	if (delivery_is_done(item))
		delivery_finish(item);
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

	delivery_end_slow(item);
	item->delivery = NULL;
	item->withheld = false;
	item->passed = item->noted = true;
	item->hooked = item->gathered = item->owed = false;
	delivery_finish(item);
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

static void dismantle(struct delivery *delivery)
{
	g_autoptr(GList) lanes = NULL;

	delivery_forget_withheld(delivery);
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
	    item->origin, delivery_numbering(item), item->message->uid);
	item->delivery = NULL;
}

static void stop_lane(struct lane *lane)
{
	g_autoptr(GList) items = g_list_copy(lane->items.head);

	g_list_foreach(items, let_go, NULL);
}

void delivery_let_go(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	if (delivery->lanes == NULL)
		return;
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
	/* What has had its other hooks would have them again. */
	gather_hurry(delivery->gather, stop);
	/* The desktop keeps them for us. */
	if (stop) {
		delivery_hesitate(delivery, false);
		delivery_inhibit(delivery, false);
	}
	delivery_ring_lanes(delivery);
	if (!stop)
		delivery_advance_all(delivery);
	delivery_arm_disk_timer(delivery);
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
	lane = delivery_find_lane(delivery, origin);
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
	const struct lane *lane = delivery_find_lane(delivery, origin);
	uint32_t lowest = 0;

	for (GList *link = lane != NULL ? lane->items.head : NULL; link;
	     link = link->next) {
		const struct item *item = link->data;
		uint32_t uid = item->message->uid;

		if (delivery_numbering(item) == uidvalidity &&
		    (lowest == 0 || uid < lowest))
			lowest = uid;
	}
	return lowest;
}
