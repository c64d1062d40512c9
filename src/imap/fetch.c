/*
 * FETCH: a table of items, one small function each.
 *
 * Items that nobody asks for are stepped over unread.
 */
#include <string.h>

#include "imap/fetch.h"

static struct imap_envelope *envelope_new(void)
{
	struct imap_envelope *envelope = g_new0(struct imap_envelope, 1);
	GArray **lists[] = {&envelope->from, &envelope->sender,
	    &envelope->reply_to, &envelope->to, &envelope->cc, &envelope->bcc};

	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
		*lists[i] =
		    g_array_new(FALSE, FALSE, sizeof(struct imap_address));
	return envelope;
}

static void envelope_free(struct imap_envelope *envelope)
{
	if (envelope == NULL)
		return;
	g_array_unref(envelope->from);
	g_array_unref(envelope->sender);
	g_array_unref(envelope->reply_to);
	g_array_unref(envelope->to);
	g_array_unref(envelope->cc);
	g_array_unref(envelope->bcc);
	g_free(envelope);
}

static struct imap_fetch *fetch_new(void)
{
	struct imap_fetch *fetch = g_new0(struct imap_fetch, 1);

	fetch->flags = g_array_new(FALSE, FALSE, sizeof(struct imap_text));
	fetch->gm_labels = g_array_new(FALSE, FALSE, sizeof(struct imap_text));
	fetch->sections =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_section));
	return fetch;
}

void imap_fetch_free(struct imap_fetch *fetch)
{
	if (fetch == NULL)
		return;
	g_array_unref(fetch->flags);
	g_array_unref(fetch->gm_labels);
	g_array_unref(fetch->sections);
	envelope_free(fetch->envelope);
	g_free(fetch);
}

/* UID 0 is no UID (RFC 9051 2.3.1.1): as if none had come. */
static bool scan_uid(struct imap_scan *scan, struct imap_fetch *fetch)
{
	uint64_t uid;

	if (!imap_scan_number(scan, UINT32_MAX, &uid))
		return false;
	fetch->has_uid = uid != 0;
	fetch->uid = uid;
	return true;
}

static bool scan_flags(struct imap_scan *scan, struct imap_fetch *fetch)
{
	fetch->has_flags = true;
	g_array_set_size(fetch->flags, 0);
	return imap_scan_texts(scan, fetch->flags);
}

static bool scan_size(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return imap_scan_maybe_number(
	    scan, INT64_MAX, &fetch->has_size, &fetch->size);
}

/* "(n)"; some servers leave out the parentheses. */
static bool scan_modseq(struct imap_scan *scan, struct imap_fetch *fetch)
{
	imap_scan_spaces(scan);

	bool listed = imap_scan_eat(scan, '(');
	if (!imap_scan_maybe_number(
		scan, UINT64_MAX, &fetch->has_modseq, &fetch->modseq))
		return false;
	imap_scan_spaces(scan);
	if (listed && !imap_scan_eat(scan, ')'))
		return imap_scan_fail(scan, "a list does not end");
	return true;
}

static bool scan_date(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return imap_scan_nstring(scan, &fetch->date);
}

/* A string alone or the last one of a list. */
static bool scan_last(struct imap_scan *scan, struct imap_text *ret)
{
	unsigned left;

	imap_scan_spaces(scan);
	if (imap_scan_peek(scan) != '(')
		return imap_scan_nstring(scan, ret);
	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!imap_scan_nstring(scan, ret))
			return false;
	}
	return scan->error == NULL;
}

/* RFC 8970; its drafts, which Dovecot still speaks, have (FUZZY "..."). */
static bool scan_preview(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return scan_last(scan, &fetch->preview);
}

/* What servers get wrong in it (quirk 18) does not spoil the rest. */
static bool scan_structure(struct imap_scan *scan, struct imap_fetch *fetch)
{
	struct imap_text text = {scan->at, 0};

	if (!imap_scan_skip(scan))
		return false;
	text.size = (size_t)(scan->at - text.at);
	fetch->structure = text;
	return true;
}

static bool scan_email_id(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return scan_last(scan, &fetch->email_id);
}

static bool scan_thread_id(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return scan_last(scan, &fetch->thread_id);
}

static bool scan_gm_msgid(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return imap_scan_number(scan, UINT64_MAX, &fetch->gm_msgid);
}

static bool scan_gm_thrid(struct imap_scan *scan, struct imap_fetch *fetch)
{
	return imap_scan_number(scan, UINT64_MAX, &fetch->gm_thrid);
}

static bool scan_gm_labels(struct imap_scan *scan, struct imap_fetch *fetch)
{
	g_array_set_size(fetch->gm_labels, 0);
	return imap_scan_texts(scan, fetch->gm_labels);
}

static bool scan_address(struct imap_scan *scan, GArray *addresses)
{
	struct imap_address address = {
	    {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	struct imap_text *parts[] = {
	    &address.name, &address.route, &address.mailbox, &address.host};
	unsigned left;

	if (!imap_scan_open(scan, &left))
		return false;
	for (unsigned i = 0; imap_scan_more(scan, &left); i++) {
		if (i < G_N_ELEMENTS(parts) ? !imap_scan_nstring(scan, parts[i])
					    : !imap_scan_skip(scan))
			return false;
	}
	g_array_append_val(addresses, address);
	return scan->error == NULL;
}

static bool scan_addresses(struct imap_scan *scan, GArray *addresses)
{
	unsigned left;

	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!scan_address(scan, addresses))
			return false;
	}
	return scan->error == NULL;
}

/* Too few fields leave the rest NIL, and fields too many are ignored. */
static bool scan_envelope(struct imap_scan *scan, struct imap_fetch *fetch)
{
	envelope_free(fetch->envelope);
	fetch->envelope = envelope_new();

	struct imap_envelope *envelope = fetch->envelope;
	const struct {
		struct imap_text *text;
		GArray *addresses;
	} fields[] = {{&envelope->date, NULL}, {&envelope->subject, NULL},
	    {NULL, envelope->from}, {NULL, envelope->sender},
	    {NULL, envelope->reply_to}, {NULL, envelope->to},
	    {NULL, envelope->cc}, {NULL, envelope->bcc},
	    {&envelope->in_reply_to, NULL}, {&envelope->message_id, NULL}};
	unsigned left;

	if (!imap_scan_open(scan, &left))
		return false;
	for (unsigned i = 0; imap_scan_more(scan, &left); i++) {
		bool ok;
		if (i >= G_N_ELEMENTS(fields))
			ok = imap_scan_skip(scan);
		else if (fields[i].text != NULL)
			ok = imap_scan_nstring(scan, fields[i].text);
		else
			ok = scan_addresses(scan, fields[i].addresses);
		if (!ok)
			return false;
	}
	return scan->error == NULL;
}

static const struct item {
	const char *name;
	bool (*scan)(struct imap_scan *, struct imap_fetch *);
} items[] = {
    {"UID", scan_uid},
    {"FLAGS", scan_flags},
    {"RFC822.SIZE", scan_size},
    {"MODSEQ", scan_modseq},
    {"INTERNALDATE", scan_date},
    {"ENVELOPE", scan_envelope},
    {"PREVIEW", scan_preview},
    {"BODYSTRUCTURE", scan_structure},
    {"EMAILID", scan_email_id},
    {"THREADID", scan_thread_id},
    {"X-GM-MSGID", scan_gm_msgid},
    {"X-GM-THRID", scan_gm_thrid},
    {"X-GM-LABELS", scan_gm_labels},
};

/* Items without brackets that are a section all the same (RFC 3501 7.4.2);
 * "" is the whole message, as in BODY[]. */
static const struct {
	const char *item, *section;
} old_sections[] = {
    {"RFC822", ""},
    {"RFC822.HEADER", "HEADER"},
    {"RFC822.TEXT", "TEXT"},
};

/* "<n>", as asked for by <n.m>; some servers repeat the ".m". */
static bool scan_origin(struct imap_scan *scan, struct imap_section *section)
{
	uint64_t ignored;

	section->has_origin = imap_scan_eat(scan, '<');
	if (!section->has_origin)
		return true;
	if (!imap_scan_number(scan, UINT32_MAX, &section->origin))
		return false;
	if (imap_scan_eat(scan, '.') &&
	    !imap_scan_number(scan, UINT32_MAX, &ignored))
		return false;
	if (!imap_scan_eat(scan, '>'))
		return imap_scan_fail(scan, "a partial origin does not end");
	return true;
}

static bool scan_section(struct imap_scan *scan, struct imap_text item,
    struct imap_section *section, struct imap_fetch *fetch)
{
	if (!scan_origin(scan, section))
		return false;
	if (!imap_text_is(item, "BODY") && !imap_text_is(item, "RFC822") &&
	    !imap_text_is(item, "BINARY"))
		return imap_scan_skip(scan);
	if (!imap_scan_nstring(scan, &section->data))
		return false;
	g_array_append_val(fetch->sections, *section);
	return true;
}

static bool scan_named(
    struct imap_scan *scan, struct imap_text name, struct imap_fetch *fetch)
{
	struct imap_section section = {.name = {NULL, 0}};

	for (unsigned i = 0; i < G_N_ELEMENTS(old_sections); i++) {
		if (!imap_text_is(name, old_sections[i].item))
			continue;
		section.name.at = old_sections[i].section;
		section.name.size = strlen(old_sections[i].section);
		return scan_section(
		    scan, (struct imap_text){"RFC822", 6}, &section, fetch);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		if (imap_text_is(name, items[i].name))
			return items[i].scan(scan, fetch);
	}
	return imap_scan_skip(scan);
}

static bool scan_item(struct imap_scan *scan, struct imap_fetch *fetch)
{
	struct imap_section section = {.name = {NULL, 0}};
	struct imap_text name;

	if (!imap_scan_keyword(scan, &name))
		return false;
	if (imap_scan_peek(scan) != '[')
		return scan_named(scan, name, fetch);
	if (!imap_scan_bracket(scan, &section.name))
		return false;
	return scan_section(scan, name, &section, fetch);
}

bool imap_fetch_scan(struct imap_scan *scan, struct imap_response *response)
{
	unsigned left;

	response->fetch = fetch_new();
	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!scan_item(scan, response->fetch))
			return false;
	}
	return scan->error == NULL;
}
