/*
 * Which mailboxes an account watches, and on which of its connections.
 */
#include "app/box.h"
#include "app/log.h"
#include "app/when.h"
#include "imap/selection.h"
#include <string.h>

bool account_has_patterns(const struct account *account)
{
	return !imap_selection_is_plain(
	    (const char *const *)account->config->mailboxes);
}

/* The wanted ones first and in their order; the others keep what is on its
 * way from them. */
static void order_boxes(struct account *account, const GPtrArray *names)
{
	GPtrArray *boxes = g_ptr_array_new_with_free_func(box_free);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		g_hash_table_insert(known, box->mailbox, box);
	}
	for (unsigned i = 0; i < names->len; i++) {
		struct box *box = g_hash_table_lookup(known, names->pdata[i]);

		g_ptr_array_add(boxes,
		    box != NULL ? box : box_new(account, names->pdata[i]));
		g_hash_table_remove(known, names->pdata[i]);
	}
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (g_hash_table_contains(known, box->mailbox))
			g_ptr_array_add(boxes, box);
	}
	g_ptr_array_set_free_func(account->boxes, NULL);
	g_ptr_array_unref(account->boxes);
	account->boxes = boxes;
}

/* Those listed first have a connection of their own; the first connection
 * carries all others. */
static struct line *line_for(struct account *account, unsigned number)
{
	unsigned most = account->config->max_connections;

	if (number >= most)
		return account->lines->pdata[0];
	return account->lines->len > number ? account->lines->pdata[number]
					    : line_new(account);
}

/* The first wanted are watched, the others no more. */
static void let_others_go(struct account *account, unsigned wanted)
{
	for (unsigned i = wanted; i < account->boxes->len; i++)
		box_join(account->boxes->pdata[i], NULL);
}

static void assign_boxes(struct account *account, unsigned wanted)
{
	if (account->lines->len == 0)
		line_new(account);
	for (unsigned i = 0; i < wanted; i++)
		box_join(account->boxes->pdata[i], line_for(account, i));
	for (unsigned i = account->lines->len; i-- > MAX(wanted, 1);) {
		line_bequeath(
		    account->lines->pdata[i], account->lines->pdata[0]);
		g_ptr_array_remove_index(account->lines, i);
	}
}

/* A mailbox may be named twice; it is watched once.  Before the server has
 * told its mailboxes a pattern stands for what will fit it, so that nobody is
 * blind for it in silence; and those that may fit it are not let go, as their
 * messages may wait for downloads. */
void account_make_boxes(struct account *account)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (char **name = account->config->mailboxes; *name != NULL; name++)
		if (**name != '!' &&
		    !g_ptr_array_find_with_equal_func(
			names, *name, g_str_equal, NULL))
			g_ptr_array_add(names, *name);
	order_boxes(account, names);
	if (!account_has_patterns(account))
		let_others_go(account, names->len);
	assign_boxes(account, names->len);
}

/* Once, not with each mailbox that comes or goes. */
static void tell_unmatched(struct account *account, GPtrArray *unmatched)
{
	g_autofree char *all = NULL;

	g_ptr_array_add(unmatched, NULL);
	all = g_strjoinv(",", (char **)unmatched->pdata);
	g_ptr_array_remove_index(unmatched, unmatched->len - 1);
	if (g_strcmp0(all, account->unmatched) == 0)
		return;
	for (unsigned i = 0; i < unmatched->len; i++)
		log_line(LOG_LEVEL_WARNING, account->config->name,
		    "no mailbox fits %s; \"idlebell mailboxes %s\" lists them",
		    (const char *)unmatched->pdata[i], account->config->name);
	g_free(account->unmatched);
	account->unmatched = g_steal_pointer(&all);
}

/* One that was not there at the last look is new, and so is its mail: who sorts
 * mail on the server may make a mailbox for a first message. */
static void note_appeared(struct account *account, unsigned wanted)
{
	int64_t before = account->listed != 0
	    ? account->listed
	    : marks_newest(account->marks, when_wall());

	for (unsigned i = 0; i < wanted && before != 0; i++)
		box_appear(account->boxes->pdata[i], before);
}

static bool is_carried(const struct account *account, const GPtrArray *names)
{
	unsigned carried = 0;

	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		carried += box->line != NULL ? 1 : 0;
		if (i < names->len &&
		    (box->line == NULL ||
			strcmp(box->mailbox, names->pdata[i]) != 0))
			return false;
	}
	return carried == names->len;
}

void account_choose(struct account *account, const GPtrArray *listed)
{
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) names = imap_selection_choose(
	    (const char *const *)account->config->mailboxes, listed, unmatched);
	bool same = is_carried(account, names);

	if (!same)
		order_boxes(account, names);
	let_others_go(account, names->len);
	if (!same) {
		tell_unmatched(account, unmatched);
		assign_boxes(account, names->len);
		note_appeared(account, names->len);
	}
	account->listed = when_wall();
	vigil_sort(account);
	for (unsigned i = 0; i < account->lines->len; i++)
		if (i == 0 || !same)
			line_choose(account->lines->pdata[i]);
}
