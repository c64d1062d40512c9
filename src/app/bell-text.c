/*
 * Texts for people.  Nothing of a message is in them that show does not name.
 */
#include "app/bell-text.h"
#include "config/config.h"
#include "message/text.h"
#include "os/language.h"

enum {
	LINES_MAX = 5,     /* messages that a bubble names */
	LINE_OCTETS = 160, /* of each */
	NAME_OCTETS = 100,
	WHERE_OCTETS = 200,
};

/* ---- words ---- */

static char *count_title(unsigned count)
{
	return g_strdup_printf(
	    ngettext("%u new message", "%u new messages", count), count);
}

static char *more_line(unsigned more)
{
	return g_strdup_printf(
	    ngettext("and %u more", "and %u more", more), more);
}

static const char *subject_of(const struct message *message)
{
	return message->subject[0] != '\0' ? message->subject
					   : _("(no subject)");
}

/* ---- parts ---- */

static bool shows(int64_t show, int64_t part)
{
	return (show & CONFIG_SHOW_COUNT) == 0 && (show & part) != 0;
}

static bool shows_anything(int64_t show)
{
	return shows(show,
	    CONFIG_SHOW_SENDER | CONFIG_SHOW_SUBJECT | CONFIG_SHOW_PREVIEW);
}

/* "Anna Schmidt <anna@example.org>", or what of it is known. */
static char *name_and_address(const struct message *message)
{
	const struct message_address *from =
	    message->from->len > 0 ? message->from->pdata[0] : NULL;
	g_autofree char *name =
	    text_clean(message_sender(message), -1, NAME_OCTETS);
	g_autofree char *address = from != NULL
	    ? text_clean(from->address, -1, NAME_OCTETS)
	    : g_strdup("");

	if (address[0] == '\0' || g_str_equal(address, name))
		return g_steal_pointer(&name);
	return g_strdup_printf("%s <%s>", name, address);
}

static char *clean_where(const char *where)
{
	return where != NULL ? text_clean(where, -1, WHERE_OCTETS) : NULL;
}

/* Takes both over, which may be NULL. */
static char *with_preview(char *line, const char *preview)
{
	g_autofree char *first = line;

	if (preview == NULL || preview[0] == '\0')
		return first != NULL ? g_steal_pointer(&first) : g_strdup("");
	if (first == NULL)
		return g_strdup(preview);
	return g_strconcat(first, "\n", preview, NULL);
}

/* ---- one message ---- */

static char *one_title(const struct bell_note *note, int64_t show)
{
	g_autofree char *what = shows(show, CONFIG_SHOW_SENDER)
	    ? name_and_address(note->message)
	    : g_strdup(shows_anything(show) ? _("New message") : NULL);
	g_autofree char *where = clean_where(note->where);

	if (what == NULL)
		what = count_title(1);
	return where != NULL ? g_strdup_printf("%s (%s)", what, where)
			     : g_steal_pointer(&what);
}

struct bell_text bell_text_of_one(const struct bell_note *note, int64_t show)
{
	const struct message *message = note->message;
	struct bell_text text = {.title = one_title(note, show)};
	char *subject = shows(show, CONFIG_SHOW_SUBJECT)
	    ? text_clean(subject_of(message), -1, 1024)
	    : NULL;

	text.body = with_preview(subject,
	    shows(show, CONFIG_SHOW_PREVIEW) ? message->preview : NULL);
	return text;
}

/* ---- several ---- */

/* Higher is later. */
/* By what the first line is to be: those of the highest urgency, of them those
 * that a rule matched, of them the newest. */
static int compare(const void *a, const void *b)
{
	const struct bell_note *x = *(struct bell_note *const *)a;
	const struct bell_note *y = *(struct bell_note *const *)b;
	bool x_ruled = x->message->rule != NULL;
	bool y_ruled = y->message->rule != NULL;

	if (x->urgency != y->urgency)
		return x->urgency > y->urgency ? -1 : 1;
	if (x_ruled != y_ruled)
		return x_ruled ? -1 : 1;
	return x->order > y->order ? -1 : 1;
}

/* What all of them have in common. */
static char *common_where(const GPtrArray *notes)
{
	const struct bell_note *first = notes->pdata[0];

	for (unsigned i = 1; i < notes->len; i++) {
		const struct bell_note *note = notes->pdata[i];

		if (g_strcmp0(note->where, first->where) != 0)
			return first->many_accounts
			    ? clean_where(first->message->account)
			    : NULL;
	}
	return clean_where(first->where);
}

static char *many_title(const GPtrArray *notes, unsigned count)
{
	g_autofree char *where = common_where(notes);

	if (where == NULL)
		return count_title(count);
	/* TRANSLATORS: in an account, a mailbox or both: "work/INBOX". */
	return g_strdup_printf(
	    ngettext("%u new message in %s", "%u new messages in %s", count),
	    count, where);
}

/* "Sender: Subject", or what of it is to be shown. */
static char *make_line(const struct message *message, int64_t show)
{
	bool subject = shows(show, CONFIG_SHOW_SUBJECT);
	const char *what = subject             ? subject_of(message)
	    : shows(show, CONFIG_SHOW_PREVIEW) ? message->preview
					       : "";
	const char *who =
	    shows(show, CONFIG_SHOW_SENDER) ? message_sender(message) : "";
	bool both = who[0] != '\0' && what[0] != '\0';
	g_autofree char *line = g_strconcat(who, both ? ": " : "", what, NULL);

	return text_clean(line, -1, LINE_OCTETS);
}

static char *many_body(const GPtrArray *notes, unsigned count, int64_t show)
{
	unsigned named = MIN(notes->len, (unsigned)LINES_MAX);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) sorted =
	    g_ptr_array_copy((GPtrArray *)notes, NULL, NULL);

	if (!shows_anything(show))
		return g_strdup("");
	g_ptr_array_sort(sorted, compare);
	for (unsigned i = 0; i < named; i++) {
		const struct bell_note *note = sorted->pdata[i];

		g_ptr_array_add(lines, make_line(note->message, show));
	}
	if (count > named)
		g_ptr_array_add(lines, more_line(count - named));
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

struct bell_text bell_text_of_many(
    const GPtrArray *notes, unsigned count, int64_t show)
{
	return (struct bell_text){
	    .title = many_title(notes, count),
	    .body = many_body(notes, count, show),
	};
}

void bell_text_clear(struct bell_text *text)
{
	g_clear_pointer(&text->title, g_free);
	g_clear_pointer(&text->body, g_free);
}
