/*
 * The mailboxes that a session watches: who they belong to, what they are
 * called, and which of them cannot be watched at the moment.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/patience.h"

static bool is_name(const char *mailbox)
{
	g_autoptr(GString) name = g_string_new(NULL);

	return mailbox != NULL && imap_append_mailbox(name, mailbox);
}

/* Names were checked with the configuration; one that cannot be sent after
 * all is told of after the login. */
static struct machine_box *box_new(const struct imap_watched *watched)
{
	struct machine_box *box = g_new0(struct machine_box, 1);

	box->owner = watched->owner;
	box->since = g_strdup(watched->since);
	box->known_uidvalidity = watched->uidvalidity;
	box->modseq = watched->modseq;
	box->writable = watched->writable;
	box->anchor = watched->anchor && watched->uidvalidity != 0;
	box->mailbox.last_uid = watched->last_uid;
	fates_take_hint(box, watched);
	g_queue_init(&box->bodies);
	if (is_name(watched->mailbox))
		box->name = g_strdup(watched->mailbox);
	else
		box->failure = g_error_new(IMAP_ERROR, IMAP_ERROR_MAILBOX,
		    "this is not a mailbox name: %s", watched->mailbox);
	return box;
}

static void box_free(gpointer data)
{
	struct machine_box *box = data;

	g_free(box->name);
	g_free(box->since);
	g_clear_error(&box->failure);
	fates_forget(box);
	bodies_clear(box);
	imap_mailbox_clear(&box->mailbox);
	g_free(box);
}

/* ---- finding one ---- */

struct machine_box *boxes_home(const struct imap_session *s)
{
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->failure == NULL)
			return box;
	}
	return NULL;
}

struct machine_box *boxes_owned(const struct imap_session *s, const void *owner)
{
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->owner == owner)
			return box;
	}
	return NULL;
}

/* INBOX alone is the same in any case (RFC 9051 5.1). */
static const char *name_key(const char *name)
{
	return g_ascii_strcasecmp(name, "INBOX") == 0 ? "INBOX" : name;
}

static void index_names(struct imap_session *s)
{
	g_clear_pointer(&s->by_name, g_hash_table_unref);
	if (s->boxes->len < 2)
		return;
	s->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->name != NULL)
			g_hash_table_insert(
			    s->by_name, (char *)name_key(box->name), box);
	}
}

/* Modified UTF-7 or UTF-8 (RFC 5465, quirk 42), so both are tried. */
struct machine_box *boxes_find(
    const struct imap_session *s, struct imap_text name)
{
	g_autofree char *decoded = NULL, *sent = NULL;
	struct machine_box *box;

	if (s->by_name == NULL || name.at == NULL)
		return NULL;
	decoded = listing_decode(name);
	box = g_hash_table_lookup(s->by_name, name_key(decoded));
	if (box != NULL)
		return box;
	sent = imap_text_dup(name);
	return g_hash_table_lookup(s->by_name, name_key(sent));
}

/* ---- the set ---- */

static void let_go(struct imap_session *s, struct machine_box *box)
{
	bodies_fail_all(s, box, "its mailbox is not watched any more");
	task_forget(s, box);
	visiting_forget(s, box);
	sweeping_forget(s, box);
	box->owner = NULL;
	if (s->dropped == NULL)
		s->dropped = g_ptr_array_new_with_free_func(box_free);
	g_ptr_array_add(s->dropped, box);
}

static void let_go_all(struct imap_session *s, GHashTable *boxes)
{
	GHashTableIter iter;
	gpointer box;

	g_hash_table_iter_init(&iter, boxes);
	while (g_hash_table_iter_next(&iter, NULL, &box))
		let_go(s, box);
}

static GHashTable *by_owner(const struct imap_session *s)
{
	GHashTable *table = g_hash_table_new(NULL, NULL);

	for (unsigned i = 0; s->boxes != NULL && i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		g_hash_table_insert(table, box->owner, box);
	}
	return table;
}

static void refuse(struct imap_session *s, const struct imap_watched *watched)
{
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_FAILED,
		.owner = watched->owner,
		.error = g_error_new(IMAP_ERROR, IMAP_ERROR_MAILBOX,
		    "no more than %d mailboxes are watched over one "
		    "connection",
		    IMAP_WATCHED_MAX)});
}

static void set_one(struct imap_session *s, GHashTable *known,
    const struct imap_watched *watched)
{
	struct machine_box *box = g_hash_table_lookup(known, watched->owner);

	if (s->boxes->len >= IMAP_WATCHED_MAX) {
		refuse(s, watched);
		return;
	}
	if (box == NULL) {
		box = box_new(watched);
		sweeping_want(s, box);
		s->notify_again = true;
	}
	g_hash_table_remove(known, watched->owner);
	g_ptr_array_add(s->boxes, box);
}

void boxes_set(struct imap_session *s, const struct imap_watched *mailboxes,
    unsigned count)
{
	g_autoptr(GHashTable) known = by_owner(s);

	g_clear_pointer(&s->boxes, g_ptr_array_unref);
	s->boxes = g_ptr_array_sized_new(MIN(count, IMAP_WATCHED_MAX));
	for (unsigned i = 0; i < count; i++)
		set_one(s, known, &mailboxes[i]);
	s->notify_again |= g_hash_table_size(known) > 0;
	let_go_all(s, known);
	notifying_review(s);
	index_names(s);
}

void boxes_clear(struct imap_session *s)
{
	for (unsigned i = 0; i < s->boxes->len; i++)
		box_free(s->boxes->pdata[i]);
	g_ptr_array_unref(s->boxes);
	g_clear_pointer(&s->dropped, g_ptr_array_unref);
	g_clear_pointer(&s->by_name, g_hash_table_unref);
	g_queue_clear(&s->visits);
	g_queue_clear(&s->asking);
}

static bool is_in_use(
    const struct imap_session *s, const struct machine_box *box)
{
	if (s->current == box || s->replied == box)
		return true;
	for (unsigned i = 0; i < s->pending->len; i++)
		if (g_array_index(s->pending, struct machine_pending, i).box ==
		    box)
			return true;
	return false;
}

void boxes_tidy(struct imap_session *s)
{
	for (unsigned i = s->dropped != NULL ? s->dropped->len : 0; i > 0; i--)
		if (!is_in_use(s, s->dropped->pdata[i - 1]))
			g_ptr_array_remove_index_fast(s->dropped, i - 1);
	if (s->dropped != NULL && s->dropped->len == 0)
		g_clear_pointer(&s->dropped, g_ptr_array_unref);
}

/* ---- failing ---- */

static void tell_failure(struct imap_session *s, struct machine_box *box)
{
	if (box->told_failure)
		return;
	box->told_failure = true;
	machine_tell(s, box,
	    (struct imap_action){.type = IMAP_ACTION_FAILED,
		.error = g_error_copy(box->failure)});
}

/* The reason of the first counts, as the owner put it first. */
static bool end_without_any(struct imap_session *s)
{
	const struct machine_box *first;

	if (s->boxes->len == 0 || boxes_home(s) != NULL)
		return false;
	first = s->boxes->pdata[0];
	machine_end_for(s, g_error_copy(first->failure));
	return true;
}

bool boxes_check(struct imap_session *s)
{
	if (end_without_any(s))
		return false;
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->failure != NULL)
			tell_failure(s, box);
	}
	return true;
}

void boxes_fail(struct imap_session *s, struct machine_box *box,
    enum imap_error code, const char *what, const struct imap_response *r)
{
	g_clear_error(&box->failure);
	box->failure = machine_error(code, what, r);
	box->opened = box->synced = false;
	box->recheck = 0;
	if (r != NULL && boxes_home(s) == NULL)
		s->patience = imap_patience_asked(r);
	if (box == s->current)
		visiting_leave(s);
	if (end_without_any(s))
		return;
	bodies_fail_all(s, box, "its mailbox cannot be opened");
	task_forget(s, box);
	visiting_forget(s, box);
	tell_failure(s, box);
}
