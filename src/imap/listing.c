/*
 * All mailboxes with their message counts: LIST, and STATUS for each where
 * the server cannot give both at once (RFC 5819).
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/words.h"
#include <string.h>

/* STATUS commands under way at once; Exchange takes no more than 25 of
 * anything (quirk 19). */
enum {
	STATUS_AT_ONCE = IMAP_PIPELINE_MAX
};

void imap_listed_free(gpointer data)
{
	struct imap_listed *listed = data;

	if (listed == NULL)
		return;
	g_free(listed->mailbox);
	g_free(listed->attributes);
	g_free(listed->prefix);
	g_free(listed);
}

struct imap_listed *imap_listed_copy(const struct imap_listed *listed)
{
	struct imap_listed *copy = g_memdup2(listed, sizeof(*listed));

	copy->mailbox = g_strdup(listed->mailbox);
	copy->attributes = g_strdup(listed->attributes);
	copy->prefix = g_strdup(listed->prefix);
	return copy;
}

/* RETURN options need LIST-EXTENDED, RFC 5258 section 3. */
static const char *list_command(const struct imap_session *s)
{
	bool special = machine_can(s, IMAP_CAP_SPECIAL_USE);
	bool counts =
	    machine_can(s, IMAP_CAP_LIST_STATUS) && s->goal == IMAP_GOAL_LIST;

	if (!machine_can(s, IMAP_CAP_LIST_EXTENDED) || (!special && !counts))
		return "LIST \"\" \"*\"";
	if (!counts)
		return "LIST \"\" \"*\" RETURN (SPECIAL-USE)";
	if (special)
		return "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES "
		       "UNSEEN))";
	return "LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN))";
}

void listing_say(struct imap_session *s, GString *out)
{
	listing_clear(s);
	s->want_list = false;
	s->list_due = 0;
	s->listed = g_ptr_array_new_with_free_func(imap_listed_free);
	s->listed_names = g_hash_table_new(g_str_hash, g_str_equal);
	s->listed_size = 0;
	s->counted = 0;
	if (machine_can(s, IMAP_CAP_NAMESPACE) && s->prefix == NULL)
		machine_command(s, out, MACHINE_SEND_NAMESPACE, "NAMESPACE");
	machine_command(s, out, MACHINE_SEND_LIST, "%s", list_command(s));
}

void listing_start(struct imap_session *s)
{
	GString *out;

	machine_enter(s, MACHINE_LISTING);
	if (s->stale_capabilities) {
		machine_send(s, MACHINE_SEND_CAPABILITY, "CAPABILITY");
		return;
	}
	out = g_string_new(NULL);
	listing_say(s, out);
	machine_write(s, out, false);
}

void listing_clear(struct imap_session *s)
{
	g_clear_pointer(&s->listed_names, g_hash_table_unref);
	g_clear_pointer(&s->listed, g_ptr_array_unref);
}

char *listing_decode(struct imap_text text)
{
	g_autofree char *sent = imap_text_dup(text);
	char *name = sent != NULL ? imap_utf7_decode(sent) : NULL;

	if (name == NULL)
		name = g_utf8_make_valid(sent != NULL ? sent : "", -1);
	return name;
}

static bool has_attribute(const GArray *attributes, const char *name)
{
	for (unsigned i = 0; attributes != NULL && i < attributes->len; i++)
		if (imap_text_is(
			g_array_index(attributes, struct imap_text, i), name))
			return true;
	return false;
}

static struct imap_listed *find(
    const struct imap_session *s, const char *mailbox)
{
	return g_hash_table_lookup(s->listed_names, mailbox);
}

static size_t attributes_size(const struct imap_list *list)
{
	size_t size = 0;

	for (unsigned i = 0; i < list->attributes->len; i++)
		size +=
		    g_array_index(list->attributes, struct imap_text, i).size;
	return size;
}

static void take_list(struct imap_session *s, const struct imap_list *list)
{
	g_autofree char *name = listing_decode(list->mailbox);
	struct imap_listed *listed;

	s->listed_size += list->mailbox.size + attributes_size(list);
	if (s->listed->len >= IMAP_MAILBOXES_MAX ||
	    s->listed_size > IMAP_LISTING_MAX || find(s, name) != NULL)
		return;
	listed = g_new0(struct imap_listed, 1);
	listed->mailbox = g_steal_pointer(&name);
	listed->attributes = imap_words_join(list->attributes);
	listed->delimiter = list->delimiter;
	listed->selectable = !has_attribute(list->attributes, "\\Noselect") &&
	    !has_attribute(list->attributes, "\\NonExistent");
	g_ptr_array_add(s->listed, listed);
	g_hash_table_insert(s->listed_names, listed->mailbox, listed);
}

static void take_counts(
    struct imap_session *s, const struct imap_mailbox_status *status)
{
	g_autofree char *name = listing_decode(status->mailbox);
	struct imap_listed *listed = find(s, name);

	if (listed == NULL || !status->has_messages)
		return;
	listed->has_counts = true;
	listed->messages = status->messages;
	listed->unseen = status->unseen;
}

/* RFC 2342: the first of the personal ones. */
static void take_namespaces(struct imap_session *s, const GArray *namespaces)
{
	for (unsigned i = 0; i < namespaces->len && s->prefix == NULL; i++) {
		const struct imap_namespace *one =
		    &g_array_index(namespaces, struct imap_namespace, i);

		if (one->kind == 0)
			s->prefix = listing_decode(one->prefix);
	}
}

/* NOTIFY tells of what came and went; what it is now, a listing says.  Those
 * of watched ones may belong to our own questions. */
static void notice(struct imap_session *s, const struct imap_response *r)
{
	const struct machine_box *box;

	if (!s->choose || !s->chosen || r->list == NULL || s->list_due > 0)
		return;
	box = boxes_find(s, r->list->mailbox);
	if (box == NULL || box->asked == 0)
		s->list_due = MAX(s->now, s->listed_at + IMAP_LIST_AGAIN);
}

void listing_take(struct imap_session *s, const struct imap_response *r)
{
	if (s->listed == NULL) {
		notice(s, r);
		return;
	}
	if (r->type == IMAP_RESPONSE_LIST)
		take_list(s, r->list);
	else if (r->type == IMAP_RESPONSE_MAILBOX_STATUS)
		take_counts(s, r->mailbox);
	else if (r->namespaces != NULL)
		take_namespaces(s, r->namespaces);
}

static bool append_status(
    struct imap_session *s, GString *out, const char *mailbox)
{
	g_autoptr(GString) name = g_string_new(NULL);

	if (!imap_append_mailbox(name, mailbox))
		return false;
	machine_command(s, out, MACHINE_SEND_COUNTS,
	    "STATUS %s (MESSAGES UNSEEN)", name->str);
	return true;
}

/* Asks for the counts of the next few mailboxes that still lack them. */
static bool ask_counts(struct imap_session *s)
{
	GString *out = g_string_new(NULL);
	unsigned asked = 0;

	for (; s->counted < s->listed->len && asked < STATUS_AT_ONCE;
	     s->counted++) {
		struct imap_listed *listed = s->listed->pdata[s->counted];

		if (listed->selectable && !listed->has_counts &&
		    append_status(s, out, listed->mailbox))
			asked++;
	}
	if (asked > 0)
		machine_write(s, out, false);
	else
		g_string_free(out, TRUE);
	return asked > 0;
}

static void tell(struct imap_session *s, struct imap_listed *listed)
{
	listed->prefix = g_strdup(s->prefix != NULL ? s->prefix : "");
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_LISTED, .listed = listed});
}

static void report(struct imap_session *s)
{
	for (unsigned i = 0; i < s->listed->len; i++)
		tell(s, s->listed->pdata[i]);
	g_ptr_array_set_free_func(s->listed, NULL);
	listing_clear(s);
}

/* What comes and goes by itself, RFC 9051 7.3.1 and RFC 3348. */
static bool is_lasting(const char *attribute)
{
	static const char *const passing[] = {
	    "\\Marked", "\\Unmarked", "\\HasChildren", "\\HasNoChildren"};

	for (unsigned i = 0; i < G_N_ELEMENTS(passing); i++)
		if (g_ascii_strcasecmp(attribute, passing[i]) == 0)
			return false;
	return true;
}

static guint hash_one(const struct imap_listed *listed)
{
	g_auto(GStrv) words = g_strsplit(listed->attributes, " ", -1);
	guint hash = g_str_hash(listed->mailbox);

	for (char **word = words; *word != NULL; word++)
		if (is_lasting(*word))
			hash ^= g_str_hash(*word) * 31;
	return hash * 2654435761U;
}

/* In any order. */
static guint hash_all(const struct imap_session *s)
{
	guint hash = s->listed->len;

	for (unsigned i = 0; i < s->listed->len; i++)
		hash += hash_one(s->listed->pdata[i]);
	return hash;
}

/* The owner chooses again only from another list. */
static void offer(struct imap_session *s)
{
	guint hash = hash_all(s);

	s->listed_at = s->now;
	s->listed_count = s->listed->len;
	if (s->chosen && s->task == NULL && hash == s->listed_hash) {
		listing_clear(s);
		return;
	}
	s->chosen = true;
	s->listed_hash = hash;
	report(s);
	if (s->state == MACHINE_LISTING)
		machine_enter(s, MACHINE_CHOOSING);
	machine_act(s, (struct imap_action){.type = IMAP_ACTION_CHOOSE});
}

static void listed_all(struct imap_session *s)
{
	if (s->goal != IMAP_GOAL_LIST) {
		offer(s);
	} else if (!ask_counts(s)) {
		report(s);
		s->want_logout = true;
	}
}

static void refused(struct imap_session *s, const struct imap_response *r)
{
	if (s->state == MACHINE_LISTING || s->task != NULL)
		machine_end_with(s, IMAP_ERROR_UNAVAILABLE,
		    "the server does not list its mailboxes", r);
	else
		listing_clear(s);
}

/* A mailbox whose STATUS is refused is listed without counts. */
void listing_done(struct imap_session *s, const struct imap_response *r)
{
	bool counting = machine_is_pending(s, MACHINE_SEND_COUNTS);

	if (s->listed == NULL)
		return;
	if (s->counted == 0 && r->status != IMAP_STATUS_OK &&
	    (s->listed->len == 0 || s->goal != IMAP_GOAL_LIST))
		refused(s, r);
	else if (!counting)
		listed_all(s);
}
