/*
 * The bubbles of messages: held until the round is over, kept back while the
 * desktop is not to be disturbed.
 */
#include "app/delivery-inside.h"

enum {
	HOLD_MAX = 10000,    /* ms that a bubble waits for others */
	GATHER_MAX = 60000,  /* ms, while all of them are to be one */
	WITHHELD_MAX = 1000, /* items */
};

void delivery_bubble_over(struct item *item)
{
	if (item->delivery != NULL)
		item->delivery->ringing--;
	item->ringing = false;
	delivery_finish(item);
}

/* There will be no bubble. */
static void go_without(struct item *item)
{
	item->withheld = false;
	if (item->taken)
		item_free(item);
	else
		delivery_finish(item);
}

static void withhold(struct delivery *delivery, struct item *item)
{
	if (delivery->withheld == NULL)
		delivery->withheld = g_ptr_array_new();
	g_ptr_array_add(delivery->withheld, item);
	item->ringing = false;
	delivery->ringing--;
	item->withheld = true;
	if (delivery_is_done(item))
		delivery_finish(item);
	if (delivery->withheld->len <= WITHHELD_MAX)
		return;
	delivery->beyond++;
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
		bells_summary(delivery->bells, items, delivery->beyond);
	delivery->beyond = 0;
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
void delivery_ring_lane(struct delivery *delivery, struct lane *lane)
{
	g_autoptr(GPtrArray) now = NULL;

	lane->due = delivery->hesitating;
	if (lane->held->len == 0 || delivery->gathering || lane->due)
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
		bells_summary(delivery->bells, now, 0);
}

void delivery_ring_lanes(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	delivery->gathered_due = delivery->gathering && delivery->hesitating;
	if (delivery->gathered_due)
		return;
	if (delivery->gathering) {
		ring_gathered(delivery);
		return;
	}
	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		delivery_ring_lane(delivery, lane);
}

void delivery_gather(struct delivery *delivery, bool gather)
{
	if (delivery->lanes != NULL)
		delivery_ring_lanes(delivery);
	delivery->gathered_due = delivery->gathered_due && !gather;
	delivery->gathering = gather || delivery->gathered_due;
}

static void ring_due(struct delivery *delivery)
{
	GHashTableIter iter;
	gpointer lane;

	if (delivery->gathered_due)
		delivery_gather(delivery, false);
	g_hash_table_iter_init(&iter, delivery->lanes);
	while (g_hash_table_iter_next(&iter, NULL, &lane))
		if (((struct lane *)lane)->due)
			delivery_ring_lane(delivery, lane);
}

void delivery_hesitate(struct delivery *delivery, bool hesitate)
{
	delivery->hesitating = hesitate && !delivery->stopped;
	if (!delivery->hesitating && delivery->lanes != NULL)
		ring_due(delivery);
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
void delivery_on_hold_timer(void *data)
{
	delivery_ring_lanes(data);
}

void delivery_hold(struct item *item)
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

void delivery_forget_withheld(struct delivery *delivery)
{
	g_autoptr(GPtrArray) items = g_steal_pointer(&delivery->withheld);

	for (unsigned i = 0; items != NULL && i < items->len; i++)
		if (((struct item *)items->pdata[i])->taken)
			item_free(items->pdata[i]);
}
