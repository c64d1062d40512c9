/*
 * What news carry besides their header, where the owner wants it: whether there
 * are attachments, and how the text begins.  Whoever does not want it pays
 * nothing; a server that does not bear it is spared it.
 */
#include "imap/machine.h"

/* What the header must say for the text to be read. */
#define MIME_FIELDS "CONTENT-TYPE CONTENT-TRANSFER-ENCODING"

static unsigned wanted_preview(const struct imap_session *s, bool many)
{
	if (!s->want_preview)
		return 0;
	if (machine_can(s, IMAP_CAP_PREVIEW) &&
	    (s->faults & IMAP_FAULT_PREVIEW) == 0)
		return MACHINE_EXTRA_PREVIEW | (many ? MACHINE_EXTRA_LAZY : 0);
	return (s->faults & IMAP_FAULT_TEXT) == 0 ? MACHINE_EXTRA_TEXT : 0;
}

unsigned extras_wanted(const struct imap_session *s, bool many)
{
	unsigned extras = wanted_preview(s, many);

	if (s->want_structure && (s->faults & IMAP_FAULT_STRUCTURE) == 0)
		extras |= MACHINE_EXTRA_STRUCTURE;
	return extras;
}

void extras_append_items(
    const struct imap_session *s, GString *out, unsigned extras, bool part)
{
	bool text = (extras & MACHINE_EXTRA_TEXT) != 0;

	g_string_append_printf(out,
	    "UID FLAGS INTERNALDATE RFC822.SIZE "
	    "BODY.PEEK[HEADER.FIELDS (%s%s)]%s",
	    s->header_fields, text ? " " MIME_FIELDS : "",
	    part ? "<0.65536>" : "");
	if ((extras & MACHINE_EXTRA_STRUCTURE) != 0)
		g_string_append(out, " BODYSTRUCTURE");
	if ((extras & MACHINE_EXTRA_PREVIEW) != 0)
		g_string_append(out, " PREVIEW");
	if ((extras & MACHINE_EXTRA_LAZY) != 0)
		g_string_append(out, " (LAZY)");
	if (text)
		g_string_append_printf(
		    out, " BODY.PEEK[TEXT]<0.%d>", IMAP_PREVIEW_SIZE);
}

static GBytes *find_text(const struct imap_fetch *fetch)
{
	for (unsigned i = 0; i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);

		if (imap_text_is(section->name, "TEXT") &&
		    section->data.at != NULL && section->origin == 0)
			return g_bytes_new(section->data.at,
			    MIN(section->data.size, IMAP_PREVIEW_SIZE));
	}
	return NULL;
}

void extras_take(const struct imap_session *s, struct imap_news *news,
    const struct imap_fetch *fetch)
{
	if (s->want_structure && fetch->structure.at != NULL)
		news->attachment = imap_attachment_judge(fetch->structure);
	if (!s->want_preview)
		return;
	news->preview = imap_text_dup(fetch->preview);
	if (news->preview == NULL)
		news->text = find_text(fetch);
}

/* ---- where it is too much ---- */

/* The least likely to be understood comes first. */
static const struct {
	unsigned extra;
	enum imap_fault fault;
	const char *name;
} steps[] = {
    {MACHINE_EXTRA_PREVIEW, IMAP_FAULT_PREVIEW, "PREVIEW"},
    {MACHINE_EXTRA_STRUCTURE, IMAP_FAULT_STRUCTURE, "BODYSTRUCTURE"},
    {MACHINE_EXTRA_TEXT, IMAP_FAULT_TEXT, "the beginning of the text"},
};

static void blame(
    struct imap_session *s, unsigned step, const char *what, const char *text)
{
	g_autofree char *why = g_strdup_printf(
	    "the server %s %s of new messages%s%s", what, steps[step].name,
	    text != NULL ? ": " : "", text != NULL ? text : "");

	machine_fault(s, steps[step].fault, why);
}

/* NIL is for those who ask lazily (RFC 8970 3.2); Cyrus says it of each message
 * (quirk 45). */
bool extras_lacks(
    struct imap_session *s, unsigned extras, const struct imap_fetch *fetch)
{
	if ((extras & MACHINE_EXTRA_PREVIEW) == 0 ||
	    (extras & MACHINE_EXTRA_LAZY) != 0 || fetch->preview.at != NULL)
		return false;
	blame(s, 0, "offers, and has not got,", NULL);
	return true;
}

/* NO may be said of one message that it cannot read, BAD of none. */
bool extras_refused(struct imap_session *s, const struct imap_response *r)
{
	unsigned asked = s->current->extras;
	g_autofree char *text = machine_text(r);

	if (asked == 0)
		return false;
	s->current->extras = 0;
	s->visit.want_recheck = true;
	if (r->status == IMAP_STATUS_NO)
		s->visit.modesty = MACHINE_NO_EXTRAS;
	/* Of another mailbox it may have been said already. */
	else if ((asked & ~extras_wanted(s, true)) == 0)
		for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
			if ((asked & steps[i].extra) == 0)
				continue;
			blame(s, i, "refuses", text);
			break;
		}
	return true;
}

/* The line was alive, and broke off with this command: it may again. */
void extras_broken(struct imap_session *s)
{
	const struct machine_pending *oldest;

	if (s->pending->len == 0 || s->state == MACHINE_ENDED)
		return;
	oldest = &g_array_index(s->pending, struct machine_pending, 0);
	if (oldest->command != MACHINE_SEND_NEWS || oldest->box == NULL ||
	    s->received <= oldest->sent)
		return;
	for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
		if ((oldest->box->extras & steps[i].extra) != 0)
			blame(s, i, "does not bear", NULL);
}
