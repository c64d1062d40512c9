/*
 * At most burst bubbles are made in a minute.  The last of them takes in what
 * comes beyond: it becomes the account's, so that there is none too many.
 *
 * What counts is what is there: one that the user has closed, or that has
 * closed because its messages were read, makes room.
 */
#include "app/bells.h"
#include "app/thread.h"
#include "os/loop.h"
#include <string.h>

enum {
	WINDOW = 60000 /* ms */
};

struct bells {
	struct belfry *belfry;
	bells_fn *fn;
};

/* One call. */
struct round {
	struct bells *bells;
	unsigned room;     /* bubbles that may still be made */
	bool flood;        /* too many for bubbles of their own */
	GHashTable *shown; /* struct bell, to be shown at the end */
	GPtrArray *order;  /* the same, as they were touched */
};

static bool is_late(int64_t time)
{
	return loop_now() - time < WINDOW;
}

/* Walks the account's bells, the newest first. */
static struct bell *next_bell(const struct bells *bells, GList **link)
{
	while (*link != NULL) {
		struct bell *bell = (*link)->data;

		*link = (*link)->next;
		if (bell->owner == bells)
			return bell;
	}
	return NULL;
}

static unsigned count_made(const struct bells *bells)
{
	GList *link = belfry_bells(bells->belfry)->head;
	const struct bell *bell;
	unsigned made = 0;

	while ((bell = next_bell(bells, &link)) != NULL)
		if (is_late(bell->common ? bell->touched : bell->made))
			made++;
	return made;
}

/* The newest that has just been common, else just been made. */
static struct bell *find_common(const struct bells *bells)
{
	GList *link = belfry_bells(bells->belfry)->head;
	struct bell *bell, *newest = NULL;

	while ((bell = next_bell(bells, &link)) != NULL) {
		if (bell->common && is_late(bell->touched))
			return bell;
		if (newest == NULL && is_late(bell->made))
			newest = bell;
	}
	return newest;
}

static struct bell *find_thread(const struct bells *bells, const char *key)
{
	GList *link = belfry_bells(bells->belfry)->head;
	struct bell *bell;

	while ((bell = next_bell(bells, &link)) != NULL)
		if (!bell->expired && g_strcmp0(bell->thread, key) == 0)
			return bell;
	return NULL;
}

/* NULL: it is not grouped by threads, or has none. */
static char *key_of(const struct item *item)
{
	return item->plan.group == CONFIG_GROUP_THREAD
	    ? thread_key(item->message)
	    : NULL;
}

static unsigned count_wanted(const struct bells *bells, const GPtrArray *items)
{
	g_autoptr(GHashTable) keys =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	unsigned wanted = 0;

	for (unsigned i = 0; i < items->len; i++) {
		char *key = key_of(items->pdata[i]);

		if (key == NULL)
			wanted++;
		else if (find_thread(bells, key) == NULL)
			g_hash_table_add(keys, g_steal_pointer(&key));
		g_free(key);
	}
	return wanted + g_hash_table_size(keys);
}

/* ---- choosing ---- */

static struct bell *make_bell(struct round *round)
{
	if (round->room > 0)
		round->room--;
	return belfry_add(round->bells->belfry, round->bells, round->bells->fn);
}

/* Takes key over. */
static struct bell *make_own(struct round *round, char *key)
{
	struct bell *bell = make_bell(round);

	bell->thread = key;
	return bell;
}

/* A flood at the start has one to itself, while there is room for it. */
static struct bell *use_common(struct round *round)
{
	struct bell *bell = find_common(round->bells);

	if (bell == NULL || (!bell->common && round->room > 0))
		bell = make_bell(round);
	bell->common = true;
	g_clear_pointer(&bell->thread, g_free);
	return bell;
}

static struct bell *choose(struct round *round, const struct item *item)
{
	g_autofree char *key = key_of(item);
	struct bell *bell = key != NULL ? find_thread(round->bells, key) : NULL;

	if (bell != NULL)
		return bell;
	if (!round->flood && round->room > 0)
		return make_own(round, g_steal_pointer(&key));
	return use_common(round);
}

/* ---- ringing ---- */

static void put(struct round *round, struct item *item)
{
	struct bell *bell = choose(round, item);

	bell_put(bell, item);
	if (g_hash_table_add(round->shown, bell))
		g_ptr_array_add(round->order, bell);
}

static void begin_round(struct round *round, struct bells *bells,
    const GPtrArray *items, unsigned burst)
{
	unsigned made = burst > 0 ? count_made(bells) : 0;

	round->bells = bells;
	round->room = burst > 0 ? burst - MIN(made, burst) : UINT_MAX;
	round->flood = burst > 0 && count_wanted(bells, items) > burst;
	round->shown = g_hash_table_new(NULL, NULL);
	round->order = g_ptr_array_new();
}

void bells_ring(struct bells *bells, const GPtrArray *items, unsigned burst)
{
	struct round round;

	begin_round(&round, bells, items, burst);
	for (unsigned i = 0; i < items->len; i++)
		put(&round, items->pdata[i]);
	for (unsigned i = 0; i < round.order->len; i++)
		bell_show(round.order->pdata[i]);
	g_hash_table_unref(round.shown);
	g_ptr_array_unref(round.order);
	belfry_trim(bells->belfry);
}

void bells_ring_again(struct bells *bells, struct item *item)
{
	struct bell *bell = belfry_add(bells->belfry, bells, bells->fn);

	bell_put(bell, item);
	bell_show(bell);
	belfry_trim(bells->belfry);
}

void bells_summary(struct bells *bells, const GPtrArray *items, unsigned more)
{
	struct bell *bell = belfry_add(bells->belfry, bells, bells->fn);

	bell->common = items->len + more > 1;
	for (unsigned i = 0; i < items->len; i++)
		bell_put(bell, items->pdata[i]);
	bell->count += more;
	bell_show(bell);
	belfry_trim(bells->belfry);
}

void bells_note(struct bells *bells, const struct item *item)
{
	belfry_note(bells->belfry, bells, item);
}

struct bells *bells_new(struct belfry *belfry, bells_fn *fn)
{
	struct bells *bells = g_new0(struct bells, 1);

	bells->belfry = belfry;
	bells->fn = fn;
	return bells;
}

void bells_free(struct bells *bells)
{
	if (bells == NULL)
		return;
	belfry_disown(bells->belfry, bells);
	g_free(bells);
}
