/*
 * Bubbles and the messages they stand for.
 *
 * Only one call of a bubble is on its way at a time: what is to be said
 * meanwhile is said at once when it is answered.  So a flood of messages makes
 * few calls, and they cannot overtake each other.
 */
#include "app/belfry.h"
#include "app/log.h"
#include "config/config.h"
#include "imap/response.h"
#include "os/loop.h"
#include <string.h>

struct belfry {
	struct belfry_options options;
	GQueue bells;      /* struct bell, the newest first */
	GQueue notes;      /* struct bell_note, the newest first */
	GHashTable *index; /* struct bell by its number */
	GQueue pending;    /* struct ringing */
	uint64_t numbers, orders;
	char *trouble; /* told once, not for each bubble */
};

/* A call of the desktop, and those it is for. */
struct ringing {
	struct belfry *belfry; /* NULL once it is gone */
	uint64_t number, order;
	bells_fn *fn;
	GPtrArray *items; /* struct item */
};

/* ---- notes ---- */

static struct bell_note *add_note(struct belfry *belfry, const void *owner,
    const struct item *item, struct bell *bell)
{
	struct bell_note *note = g_new0(struct bell_note, 1);

	note->message = message_ref(item->message);
	note->origin = item->origin;
	note->owner = owner;
	note->bell = bell;
	note->urgency = item_event(item).urgency;
	note->where = g_strdup(item->plan.where);
	note->many_accounts = item->plan.many_accounts;
	note->order = ++belfry->orders;
	g_queue_push_head(&belfry->notes, note);
	return note;
}

static void note_free(struct bell_note *note)
{
	message_free(note->message);
	g_free(note->where);
	g_free(note);
}

/* ---- bells ---- */

const GQueue *belfry_bells(const struct belfry *belfry)
{
	return &belfry->bells;
}

struct bell *belfry_add(struct belfry *belfry, const void *owner, bells_fn *fn)
{
	struct bell *bell = g_new0(struct bell, 1);

	bell->belfry = belfry;
	bell->number = belfry_number(belfry);
	bell->owner = owner;
	bell->fn = fn;
	bell->made = bell->touched = loop_now();
	bell->notes = g_ptr_array_new();
	bell->items = g_ptr_array_new();
	g_queue_push_head(&belfry->bells, bell);
	g_hash_table_insert(belfry->index, &bell->number, bell);
	return bell;
}

static void answer_all(bells_fn *fn, const GPtrArray *items)
{
	for (unsigned i = 0; i < items->len; i++)
		fn(items->pdata[i]);
}

/* Forgets it; what it stands for is known without it. */
static void drop_bell(struct bell *bell)
{
	struct belfry *belfry = bell->belfry;

	g_queue_remove(&belfry->bells, bell);
	g_hash_table_remove(belfry->index, &bell->number);
	for (unsigned i = 0; i < bell->notes->len; i++)
		((struct bell_note *)bell->notes->pdata[i])->bell = NULL;
	answer_all(bell->fn, bell->items);
	g_ptr_array_unref(bell->notes);
	g_ptr_array_unref(bell->items);
	g_free(bell->thread);
	g_free(bell->icon);
	g_free(bell->image);
	g_free(bell);
}

static void close_bell(struct bell *bell)
{
	struct belfry *belfry = bell->belfry;

	belfry->options.close(belfry->options.desktop, bell->number);
	drop_bell(bell);
}

void bell_put(struct bell *bell, struct item *item)
{
	struct bell_note *note =
	    add_note(bell->belfry, bell->owner, item, bell);

	g_ptr_array_add(bell->notes, note);
	g_ptr_array_add(bell->items, item);
	bell->count++;
	bell->touched = loop_now();
	bell->expired = false;
	bell->show = item->plan.show;
	bell->actions = item->plan.actions;
}

void belfry_note(
    struct belfry *belfry, const void *owner, const struct item *item)
{
	add_note(belfry, owner, item, NULL);
	belfry_trim(belfry);
}

/* ---- what a bubble looks like ---- */

static bool is_louder(const struct item *item, const struct item *than)
{
	bool ruled = item->message->rule != NULL;
	bool than_ruled = than->message->rule != NULL;

	if (item->plan.urgency != than->plan.urgency)
		return item->plan.urgency > than->plan.urgency;
	return ruled || !than_ruled;
}

static const struct item *find_loudest(const GPtrArray *items)
{
	const struct item *loudest = items->pdata[0];

	for (unsigned i = 1; i < items->len; i++)
		if (is_louder(items->pdata[i], loudest))
			loudest = items->pdata[i];
	return loudest;
}

/* Who reads that fewer are new is not disturbed by it: no sound then. */
static struct sink_event begin_event(struct bell *bell, const GPtrArray *items)
{
	struct sink_event event = {0};

	if (items->len > 0) {
		event = item_event(find_loudest(items));
		g_free(bell->icon);
		bell->icon = g_strdup(event.icon);
		g_free(bell->image);
		bell->image = g_strdup(event.image);
		bell->timeout = event.timeout_bubble;
	}
	event.icon = bell->icon;
	event.image = bell->image;
	event.timeout_bubble = bell->timeout;
	event.command = NULL;
	event.bubble = bell->number;
	event.message = NULL;
	return event;
}

static enum sink_urgency highest_urgency(const GPtrArray *notes)
{
	enum sink_urgency highest = SINK_LOW;

	for (unsigned i = 0; i < notes->len; i++)
		highest = MAX(
		    highest, ((struct bell_note *)notes->pdata[i])->urgency);
	return highest;
}

static struct notice *make_notice(
    const struct bell_note *note, const struct bell_text *text)
{
	struct notice *notice = notice_new(NOTICE_SUMMARY);

	notice->account = g_strdup(note->message->account);
	notice->mailbox = g_strdup(note->message->mailbox);
	notice->summary = g_strdup(text->title);
	notice->body = g_strdup(text->body);
	return notice;
}

/* Who only counts hands no message on: what is not there is not shown. */
static bool is_plain(const struct bell *bell)
{
	return bell->count == 1 && (bell->show & CONFIG_SHOW_COUNT) == 0 &&
	    bell->show != 0;
}

static struct bell_text make_text(const struct bell *bell)
{
	if (bell->count == 1)
		return bell_text_of_one(bell->notes->pdata[0], bell->show);
	return bell_text_of_many(bell->notes, bell->count, bell->show);
}

static const char **make_buttons(const struct bell *bell)
{
	const struct belfry_options *options = &bell->belfry->options;

	/* Of those that are not known any more none can be read. */
	if (options->events == NULL || bell->count > bell->notes->len)
		return NULL;
	return options->events->buttons(
	    options->data, bell->notes, bell->actions);
}

/* ---- showing ---- */

/* The same complaint about the desktop is made once. */
static void complain(
    struct belfry *belfry, const struct ringing *ringing, const GError *error)
{
	const char *trouble = error != NULL ? error->message : NULL;
	const struct item *first =
	    ringing->items->len > 0 ? ringing->items->pdata[0] : NULL;

	if (trouble != NULL && g_strcmp0(trouble, belfry->trouble) != 0)
		log_line(LOG_LEVEL_WARNING, first != NULL ? first->name : NULL,
		    "no notification: %s", trouble);
	g_free(belfry->trouble);
	belfry->trouble = g_strdup(trouble);
}

static void ring(struct bell *bell);

/* What fails may have left what was there before. */
static void go_on(
    struct belfry *belfry, const struct ringing *ringing, const GError *error)
{
	struct bell *bell =
	    g_hash_table_lookup(belfry->index, &ringing->number);

	if (bell == NULL)
		return;
	if (error == NULL || bell->shown == 0)
		bell->shown = ringing->order;
	bell->ringing = false;
	if (bell->stale)
		ring(bell);
}

static void answered(void *data, const GError *error)
{
	struct ringing *ringing = data;
	struct belfry *belfry = ringing->belfry;

	if (belfry != NULL) {
		g_queue_remove(&belfry->pending, ringing);
		complain(belfry, ringing, error);
		go_on(belfry, ringing, error);
	}
	answer_all(ringing->fn, ringing->items);
	g_ptr_array_unref(ringing->items);
	g_free(ringing);
}

/* Takes over what has not rung yet. */
static struct ringing *begin_ringing(struct bell *bell)
{
	struct ringing *ringing = g_new0(struct ringing, 1);

	ringing->belfry = bell->belfry;
	ringing->number = bell->number;
	ringing->order = bell->belfry->orders;
	ringing->fn = bell->fn;
	ringing->items = bell->items;
	bell->items = g_ptr_array_new();
	g_queue_push_tail(&bell->belfry->pending, ringing);
	return ringing;
}

static void ring(struct bell *bell)
{
	struct sink *desktop = bell->belfry->options.desktop;
	struct ringing *ringing = begin_ringing(bell);
	const struct bell_note *first = bell->notes->pdata[0];
	struct bell_text text = make_text(bell);
	g_autoptr(Notice) notice = make_notice(first, &text);
	g_autofree const char **buttons = make_buttons(bell);
	struct sink_event event = begin_event(bell, ringing->items);

	event.title = text.title;
	event.body = text.body;
	event.actions = buttons;
	event.urgency = highest_urgency(bell->notes);
	if (is_plain(bell))
		event.message = first->message;
	else
		event.notice = notice;
	if (!is_plain(bell))
		event.image = NULL;
	event.only_update = ringing->items->len == 0;
	bell->ringing = true;
	bell->stale = false;
	desktop->ring(desktop, &event, answered, ringing);
	bell_text_clear(&text);
}

void bell_show(struct bell *bell)
{
	if (bell->ringing)
		bell->stale = true;
	else
		ring(bell);
}

/* ---- fates ---- */

static void forget_note(struct belfry *belfry, struct bell_note *note)
{
	g_queue_remove(&belfry->notes, note);
	if (note->bell != NULL)
		g_ptr_array_remove(note->bell->notes, note);
	note_free(note);
}

/* Nobody has to look at it any more. Returns the bubble that has to say so, or
 * NULL. */
static struct bell *settle(struct belfry *belfry, struct bell_note *note)
{
	struct bell *bell = note->bell;

	forget_note(belfry, note);
	if (bell != NULL)
		bell->count--;
	return bell;
}

static void review(struct bell *bell)
{
	if (bell->notes->len == 0)
		close_bell(bell);
	else if (!bell->expired)
		bell_show(bell);
}

static bool is_of(
    const struct bell_note *note, const void *origin, uint32_t uidvalidity)
{
	return note->origin == origin &&
	    note->message->uidvalidity == uidvalidity;
}

void belfry_put_away(const struct bell_note *note)
{
	struct bell_note *own = (struct bell_note *)note;
	struct bell *bell = note != NULL ? note->bell : NULL;

	if (bell == NULL)
		return;
	g_ptr_array_remove(bell->notes, own);
	own->bell = NULL;
	bell->count--;
	review(bell);
}

void belfry_read(struct belfry *belfry, const void *origin,
    uint32_t uidvalidity, uint32_t uid)
{
	for (GList *link = belfry->notes.head; link; link = link->next) {
		struct bell_note *note = link->data;

		if (is_of(note, origin, uidvalidity) &&
		    note->message->uid == uid) {
			struct bell *bell = settle(belfry, note);

			if (bell != NULL)
				review(bell);
			return;
		}
	}
}

void belfry_gone(struct belfry *belfry, const void *origin,
    uint32_t uidvalidity, const char *set)
{
	const struct imap_text text = {.at = set, .size = strlen(set)};
	g_autoptr(GPtrArray) bells = g_ptr_array_new();

	for (GList *link = belfry->notes.head, *next; link; link = next) {
		struct bell_note *note = link->data;
		struct bell *bell;

		next = link->next;
		if (!is_of(note, origin, uidvalidity) ||
		    !imap_set_has(text, note->message->uid))
			continue;
		bell = settle(belfry, note);
		if (bell != NULL && !g_ptr_array_find(bells, bell, NULL))
			g_ptr_array_add(bells, bell);
	}
	for (unsigned i = 0; i < bells->len; i++)
		review(bells->pdata[i]);
}

const struct bell_note *belfry_find(const struct belfry *belfry,
    const char *account, const char *mailbox, uint32_t uid)
{
	for (GList *link = belfry->notes.head; link; link = link->next) {
		const struct bell_note *note = link->data;
		const struct message *message = note->message;

		if (message->uid == uid &&
		    strcmp(message->account, account) == 0 &&
		    strcmp(message->mailbox, mailbox) == 0)
			return note;
	}
	return NULL;
}

/* ---- what the desktop tells ---- */

void belfry_closed(struct belfry *belfry, uint64_t number, bool by_user)
{
	struct bell *bell = g_hash_table_lookup(belfry->index, &number);

	if (bell == NULL)
		return;
	if (by_user && bell->items->len == 0)
		drop_bell(bell);
	else
		bell->expired = true;
}

/* Who presses means what can be seen, not what is still on its way: that
 * stays. */
static GPtrArray *take_shown(struct bell *bell)
{
	GPtrArray *shown = g_ptr_array_new();

	for (unsigned i = 0; i < bell->notes->len;) {
		struct bell_note *note = bell->notes->pdata[i];

		if (note->order > bell->shown) {
			i++;
			continue;
		}
		note->bell = NULL;
		g_ptr_array_add(shown, note);
		g_ptr_array_remove_index(bell->notes, i);
	}
	bell->count = bell->notes->len;
	return shown;
}

/* Its notes stay, so that what was done can be looked for. */
void belfry_action(struct belfry *belfry, uint64_t number, const char *action,
    const char *token)
{
	const struct belfry_options *options = &belfry->options;
	struct bell *bell = g_hash_table_lookup(belfry->index, &number);
	bool is_seen = bell == NULL || bell->shown > 0;
	g_autoptr(GPtrArray) notes =
	    bell != NULL && is_seen ? take_shown(bell) : NULL;
	const struct belfry_press press = {
	    belfry, action, token, notes, number};

	if (options->events == NULL || !is_seen)
		return;
	if (bell != NULL)
		review(bell);
	options->events->pressed(options->data, &press);
}

/* ---- as a whole ---- */

uint64_t belfry_number(struct belfry *belfry)
{
	return ++belfry->numbers;
}

struct sink *belfry_desktop(const struct belfry *belfry)
{
	return belfry->options.desktop;
}

/* One that has more to say is not dropped before. */
void belfry_trim(struct belfry *belfry)
{
	while (belfry->notes.length > BELFRY_MAX) {
		struct bell_note *note = g_queue_peek_tail(&belfry->notes);
		struct bell *bell = note->bell;

		if (bell != NULL && bell->items->len > 0)
			return;
		forget_note(belfry, note);
		if (bell != NULL && bell->notes->len == 0)
			drop_bell(bell);
	}
}

void belfry_disown(struct belfry *belfry, const void *owner)
{
	for (GList *link = belfry->notes.head; link; link = link->next) {
		struct bell_note *note = link->data;

		if (note->owner == owner)
			note->owner = note->origin = NULL;
	}
	for (GList *link = belfry->bells.head; link; link = link->next) {
		struct bell *bell = link->data;

		if (bell->owner == owner)
			bell->owner = NULL;
	}
}

struct belfry *belfry_new(const struct belfry_options *options)
{
	struct belfry *belfry = g_new0(struct belfry, 1);

	belfry->options = *options;
	g_queue_init(&belfry->bells);
	g_queue_init(&belfry->notes);
	g_queue_init(&belfry->pending);
	belfry->index = g_hash_table_new(g_int64_hash, g_int64_equal);
	return belfry;
}

void belfry_free(struct belfry *belfry)
{
	struct ringing *ringing;

	if (belfry == NULL)
		return;
	while ((ringing = g_queue_pop_head(&belfry->pending)) != NULL)
		ringing->belfry = NULL;
	while (!g_queue_is_empty(&belfry->bells))
		drop_bell(g_queue_peek_head(&belfry->bells));
	g_queue_clear_full(&belfry->notes, (GDestroyNotify)note_free);
	g_hash_table_unref(belfry->index);
	g_free(belfry->trouble);
	g_free(belfry);
}
