/*
 * All mailboxes with their message counts: LIST, and STATUS for each where
 * the server cannot give both at once (RFC 5819).
 */
#include "imap/command.h"
#include "imap/machine.h"
#include <string.h>

/* STATUS commands under way at once; Exchange takes no more than 25 of
 * anything (quirk 19). */
enum {
	STATUS_AT_ONCE = IMAP_PIPELINE_MAX
};

void listing_free(gpointer data)
{
	struct imap_listed *listed = data;

	if (listed == NULL)
		return;
	g_free(listed->mailbox);
	g_free(listed->attributes);
	g_free(listed->prefix);
	g_free(listed);
}

static bool can(const struct imap_session *s, enum imap_capability capability)
{
	return imap_capabilities_have(&s->capabilities, capability);
}

/* RETURN options need LIST-EXTENDED, RFC 5258 section 3. */
static const char *list_command(const struct imap_session *s)
{
	if (!can(s, IMAP_CAP_LIST_EXTENDED))
		return "LIST \"\" \"*\"";
	if (can(s, IMAP_CAP_LIST_STATUS) && can(s, IMAP_CAP_SPECIAL_USE))
		return "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES "
		       "UNSEEN))";
	if (can(s, IMAP_CAP_LIST_STATUS))
		return "LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN))";
	return "LIST \"\" \"*\"";
}

void listing_start(struct imap_session *s)
{
	machine_enter(s, MACHINE_LISTING);
	if (s->stale_capabilities) {
		machine_send(s, MACHINE_SEND_CAPABILITY, "CAPABILITY");
		return;
	}
	s->listed = g_ptr_array_new_with_free_func(listing_free);
	machine_send(s, MACHINE_SEND_LIST, list_command(s));
}

static char *decode_name(struct imap_text text)
{
	g_autofree char *sent = imap_text_dup(text);
	char *name = sent != NULL ? imap_utf7_decode(sent) : NULL;

	if (name == NULL)
		name = g_utf8_make_valid(sent != NULL ? sent : "", -1);
	return name;
}

static char *join_attributes(const GArray *attributes)
{
	GString *joined = g_string_new(NULL);

	for (unsigned i = 0; attributes != NULL && i < attributes->len; i++) {
		struct imap_text word =
		    g_array_index(attributes, struct imap_text, i);

		if (joined->len > 0)
			g_string_append_c(joined, ' ');
		g_string_append_len(joined, word.at, (gssize)word.size);
	}
	return g_string_free(joined, FALSE);
}

static bool has_attribute(const GArray *attributes, const char *name)
{
	for (unsigned i = 0; attributes != NULL && i < attributes->len; i++)
		if (imap_text_is(
			g_array_index(attributes, struct imap_text, i), name))
			return true;
	return false;
}

static struct imap_listed *find(struct imap_session *s, const char *mailbox)
{
	for (unsigned i = 0; i < s->listed->len; i++) {
		struct imap_listed *listed = s->listed->pdata[i];

		if (strcmp(listed->mailbox, mailbox) == 0)
			return listed;
	}
	return NULL;
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
	g_autofree char *name = decode_name(list->mailbox);
	struct imap_listed *listed;

	s->listed_size += list->mailbox.size + attributes_size(list);
	if (s->listed->len >= IMAP_MAILBOXES_MAX ||
	    s->listed_size > IMAP_LISTING_MAX || find(s, name) != NULL)
		return;
	listed = g_new0(struct imap_listed, 1);
	listed->mailbox = g_steal_pointer(&name);
	listed->attributes = join_attributes(list->attributes);
	listed->delimiter = list->delimiter;
	listed->selectable = !has_attribute(list->attributes, "\\Noselect") &&
	    !has_attribute(list->attributes, "\\NonExistent");
	g_ptr_array_add(s->listed, listed);
}

static void take_counts(
    struct imap_session *s, const struct imap_mailbox_status *status)
{
	g_autofree char *name = decode_name(status->mailbox);
	struct imap_listed *listed = find(s, name);

	if (listed == NULL || !status->has_messages)
		return;
	listed->has_counts = true;
	listed->messages = status->messages;
	listed->unseen = status->unseen;
}

void listing_take(struct imap_session *s, const struct imap_response *r)
{
	if (s->listed == NULL)
		return;
	if (r->type == IMAP_RESPONSE_LIST)
		take_list(s, r->list);
	else
		take_counts(s, r->mailbox);
}

static bool append_status(
    struct imap_session *s, GString *out, const char *mailbox)
{
	g_autoptr(GString) name = g_string_new(NULL);

	if (!imap_append_mailbox(name, mailbox))
		return false;
	machine_command(s, out, MACHINE_SEND_STATUS,
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

static void report(struct imap_session *s)
{
	for (unsigned i = 0; i < s->listed->len; i++)
		machine_act(s,
		    (struct imap_action){.type = IMAP_ACTION_LISTED,
			.listed = s->listed->pdata[i]});
	g_ptr_array_set_free_func(s->listed, NULL);
	g_clear_pointer(&s->listed, g_ptr_array_unref);
	s->want_logout = true;
}

/* A mailbox whose STATUS is refused is listed without counts. */
void listing_done(struct imap_session *s, const struct imap_response *r)
{
	if (s->listed == NULL)
		return;
	if (s->counted == 0 && r->status != IMAP_STATUS_OK &&
	    s->listed->len == 0)
		machine_end_with(s, IMAP_ERROR_UNAVAILABLE,
		    "the server does not list its mailboxes", r);
	else if (s->pending->len == 0 && !ask_counts(s))
		report(s);
}
