/*
 * Responses as servers send them, the odd ones above all: each goes through
 * the framer whole, octet by octet and cut at random, and the parser must
 * read the same out of it.
 */
#include <string.h>
#include <time.h>

#include "feed.h"
#include "imap/limits.h"
#include "imap/response.h"
#include "unit.h"

/* NIL is bare, everything else in quotes. */
static void put_text(GString *out, struct imap_text text)
{
	if (text.at == NULL) {
		g_string_append(out, "NIL");
		return;
	}
	g_string_append_c(out, '"');
	feed_escape(out, text.at, text.size);
	g_string_append_c(out, '"');
}

static void put_named(GString *out, const char *name, struct imap_text text)
{
	if (text.at == NULL)
		return;
	g_string_append_printf(out, " %s=", name);
	put_text(out, text);
}

static void put_number(GString *out, const char *name, bool has, uint64_t n)
{
	if (has)
		g_string_append_printf(out, " %s=%" G_GUINT64_FORMAT, name, n);
}

static void put_texts(GString *out, const char *name, const GArray *texts)
{
	bool first = out->len == 0 || out->str[out->len - 1] == '\n';

	g_string_append_printf(out, "%s%s(", first ? "" : " ", name);
	for (guint i = 0; i < texts->len; i++) {
		if (i > 0)
			g_string_append_c(out, ' ');
		put_text(out, g_array_index(texts, struct imap_text, i));
	}
	g_string_append_c(out, ')');
}

static const char *const status_names[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};

static void put_status(GString *out, const struct imap_response *r)
{
	put_text(out, r->tag);
	g_string_append_printf(out, " %s", status_names[r->status]);
	if (r->code != IMAP_CODE_NONE) {
		g_string_append_printf(
		    out, " [%s", r->code == IMAP_CODE_OTHER ? "?" : "");
		put_text(out, r->code_name);
		put_number(out, "n", r->code_number != 0, r->code_number);
		if (r->code_text.size > 0)
			put_named(out, "args", r->code_text);
		if (r->words != NULL)
			put_texts(out, "words", r->words);
		g_string_append_c(out, ']');
	}
	g_string_append_c(out, ' ');
	put_text(out, r->text);
}

static void put_addresses(GString *out, const char *name, const GArray *list)
{
	g_string_append_printf(out, " %s(", name);
	for (guint i = 0; i < list->len; i++) {
		const struct imap_address *address =
		    &g_array_index(list, struct imap_address, i);
		g_string_append(out, i > 0 ? " " : "");
		put_text(out, address->name);
		g_string_append_c(out, ',');
		put_text(out, address->route);
		g_string_append_c(out, ',');
		put_text(out, address->mailbox);
		g_string_append_c(out, '@');
		put_text(out, address->host);
	}
	g_string_append_c(out, ')');
}

static void put_envelope(GString *out, const struct imap_envelope *envelope)
{
	const struct {
		const char *name;
		GArray *list;
	} lists[] = {{"from", envelope->from}, {"sender", envelope->sender},
	    {"reply-to", envelope->reply_to}, {"to", envelope->to},
	    {"cc", envelope->cc}, {"bcc", envelope->bcc}};

	g_string_append(out, " envelope{");
	put_named(out, "date", envelope->date);
	put_named(out, "subject", envelope->subject);
	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++) {
		if (lists[i].list->len > 0)
			put_addresses(out, lists[i].name, lists[i].list);
	}
	put_named(out, "in-reply-to", envelope->in_reply_to);
	put_named(out, "message-id", envelope->message_id);
	g_string_append(out, " }");
}

static void put_fetch(GString *out, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;

	g_string_append_printf(out, "%u FETCH", r->number);
	put_number(out, "uid", fetch->has_uid, fetch->uid);
	if (fetch->has_flags)
		put_texts(out, "flags", fetch->flags);
	put_number(out, "size", fetch->has_size, fetch->size);
	put_number(out, "modseq", fetch->has_modseq, fetch->modseq);
	put_named(out, "date", fetch->date);
	put_named(out, "preview", fetch->preview);
	put_named(out, "email", fetch->email_id);
	put_named(out, "thread", fetch->thread_id);
	put_number(out, "gm-msgid", fetch->gm_msgid != 0, fetch->gm_msgid);
	put_number(out, "gm-thrid", fetch->gm_thrid != 0, fetch->gm_thrid);
	if (fetch->gm_labels->len > 0)
		put_texts(out, "labels", fetch->gm_labels);
	if (fetch->envelope != NULL)
		put_envelope(out, fetch->envelope);
	for (guint i = 0; i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);
		g_string_append(out, " [");
		feed_escape(out, section->name.at, section->name.size);
		g_string_append_c(out, ']');
		if (section->has_origin)
			g_string_append_printf(
			    out, "<%" G_GUINT64_FORMAT ">", section->origin);
		g_string_append_c(out, '=');
		put_text(out, section->data);
	}
}

static void put_list(GString *out, const struct imap_response *r)
{
	char delimiter[] = {r->list->delimiter, '\0'};

	put_texts(out, "LIST", r->list->attributes);
	g_string_append_printf(
	    out, " %s ", *delimiter != '\0' ? delimiter : "NIL");
	put_text(out, r->list->mailbox);
	put_named(out, "old", r->list->old_name);
}

static void put_mailbox(GString *out, const struct imap_response *r)
{
	const struct imap_mailbox_status *status = r->mailbox;

	g_string_append(out, "STATUS ");
	put_text(out, status->mailbox);
	put_number(out, "messages", status->has_messages, status->messages);
	put_number(out, "recent", status->has_recent, status->recent);
	put_number(out, "uidnext", status->has_uidnext, status->uidnext);
	put_number(
	    out, "uidvalidity", status->has_uidvalidity, status->uidvalidity);
	put_number(out, "unseen", status->has_unseen, status->unseen);
	put_number(out, "highestmodseq", status->has_highestmodseq,
	    status->highestmodseq);
	put_number(out, "size", status->has_size, status->size);
}

static void put_search(GString *out, const struct imap_response *r)
{
	g_string_append(out, "SEARCH");
	for (guint i = 0; i < r->numbers->len; i++)
		g_string_append_printf(
		    out, " %u", g_array_index(r->numbers, uint32_t, i));
}

static void put_esearch(GString *out, const struct imap_response *r)
{
	const struct imap_search *search = r->search;

	g_string_append(out, "ESEARCH");
	put_named(out, "tag", search->tag);
	g_string_append(out, search->uid ? " uid" : "");
	put_number(out, "min", search->has_min, search->min);
	put_number(out, "max", search->has_max, search->max);
	put_number(out, "count", search->has_count, search->count);
	put_number(out, "modseq", search->modseq != 0, search->modseq);
	put_named(out, "all", search->all);
}

static void put_namespaces(GString *out, const struct imap_response *r)
{
	g_string_append(out, "NAMESPACE");
	for (guint i = 0; i < r->namespaces->len; i++) {
		const struct imap_namespace *one =
		    &g_array_index(r->namespaces, struct imap_namespace, i);
		g_string_append_printf(out, " %d:", one->kind);
		put_text(out, one->prefix);
		g_string_append_c(
		    out, one->delimiter != '\0' ? one->delimiter : '-');
	}
}

static void put_vanished(GString *out, const struct imap_response *r)
{
	g_string_append(out, r->earlier ? "VANISHED earlier " : "VANISHED ");
	put_text(out, r->set);
}

static void put_continuation(GString *out, const struct imap_response *r)
{
	g_string_append(out, "+ ");
	put_text(out, r->text);
}

static void put_capability(GString *out, const struct imap_response *r)
{
	put_texts(out, "CAPABILITY", r->words);
}

static void put_enabled(GString *out, const struct imap_response *r)
{
	put_texts(out, "ENABLED", r->words);
}

static void put_flags(GString *out, const struct imap_response *r)
{
	put_texts(out, "FLAGS", r->words);
}

static void put_id(GString *out, const struct imap_response *r)
{
	put_texts(out, "ID", r->id);
}

static void put_exists(GString *out, const struct imap_response *r)
{
	g_string_append_printf(out, "%u EXISTS", r->number);
}

static void put_recent(GString *out, const struct imap_response *r)
{
	g_string_append_printf(out, "%u RECENT", r->number);
}

static void put_expunge(GString *out, const struct imap_response *r)
{
	g_string_append_printf(out, "%u EXPUNGE", r->number);
}

static void put_unknown(GString *out, const struct imap_response *r)
{
	(void)r;
	g_string_append(out, "unknown");
}

static void (*const putters[])(GString *, const struct imap_response *) = {
    [IMAP_RESPONSE_UNKNOWN] = put_unknown,
    [IMAP_RESPONSE_CONTINUATION] = put_continuation,
    [IMAP_RESPONSE_STATUS] = put_status,
    [IMAP_RESPONSE_CAPABILITY] = put_capability,
    [IMAP_RESPONSE_ENABLED] = put_enabled,
    [IMAP_RESPONSE_FLAGS] = put_flags,
    [IMAP_RESPONSE_EXISTS] = put_exists,
    [IMAP_RESPONSE_RECENT] = put_recent,
    [IMAP_RESPONSE_EXPUNGE] = put_expunge,
    [IMAP_RESPONSE_VANISHED] = put_vanished,
    [IMAP_RESPONSE_FETCH] = put_fetch,
    [IMAP_RESPONSE_LIST] = put_list,
    [IMAP_RESPONSE_MAILBOX_STATUS] = put_mailbox,
    [IMAP_RESPONSE_SEARCH] = put_search,
    [IMAP_RESPONSE_ESEARCH] = put_esearch,
    [IMAP_RESPONSE_NAMESPACE] = put_namespaces,
    [IMAP_RESPONSE_ID] = put_id,
};

static void note(GString *log, enum imap_frame frame, char *bytes, size_t size)
{
	g_autoptr(ImapResponse) response = NULL;
	const char *error = NULL;

	g_assert_cmpint(frame, ==, IMAP_FRAME_WHOLE);
	response = imap_response_parse(bytes, size, &error);
	if (response != NULL)
		putters[response->type](log, response);
	else
		g_string_append_printf(log, "error: %s", error);
	g_string_append_c(log, '\n');
}

static char *read_stream(const char *data, size_t size, enum feed_cut cut)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	g_autoptr(GString) log = g_string_new(NULL);

	feed(framer, data, size, cut, note, log);
	g_assert_true(imap_framer_is_empty(framer));
	return g_string_free(g_steal_pointer(&log), FALSE);
}

/* data: the stream without its last CRLF. */
struct row {
	const char *data;
	size_t size;
	const char *expected;
};

#define ROW(data, expected)                                  \
	{                                                    \
		data "\r\n", sizeof(data) + 1, expected "\n" \
	}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (int cut = 0; cut < FEED_CUTS; cut++) {
			g_autofree char *log =
			    read_stream(rows[i].data, rows[i].size, cut);
			g_assert_cmpstr(log, ==, rows[i].expected);
		}
	}
}

static const struct row statuses[] = {
    ROW("* OK ready", "NIL OK \"ready\""),
    ROW("* OK", "NIL OK \"\""),
    ROW("* OK ", "NIL OK \"\""),
    ROW("* ok ready  ", "NIL OK \"ready\""),
    ROW("A1 OK done", "\"A1\" OK \"done\""),
    ROW("A1 NO", "\"A1\" NO \"\""),
    ROW("a.b-1 BAD Could not parse command",
	"\"a.b-1\" BAD \"Could not parse command\""),
    ROW("* BYE", "NIL BYE \"\""),
    ROW("* PREAUTH [ALERT] hi", "NIL PREAUTH [\"ALERT\"] \"hi\""),
    ROW("*  OK  [ALERT]   two  spaces ", "NIL OK [\"ALERT\"] \"two  spaces\""),
    /* leading NULs (quirk 35) */
    ROW("\0\0* OK ready", "NIL OK \"ready\""),
    ROW("\0A1 OK", "\"A1\" OK \"\""),
    ROW("* OK Still here", "NIL OK \"Still here\""),
    /* text that looks like a literal, twice */
    ROW("* OK see {5}\r\n* BAD {99999999999}",
	"NIL OK \"see {5}\"\nNIL BAD \"{99999999999}\""),
    ROW("A1 NO [ALERT] {0}", "\"A1\" NO [\"ALERT\"] \"{0}\""),
    ROW("* OK caf\303\251", "NIL OK \"caf\303\251\""),
    ROW("* OK a\0b", "NIL OK \"a\\0b\""),
    /* codes */
    ROW("* OK [UIDVALIDITY 3857529045] UIDs valid",
	"NIL OK [\"UIDVALIDITY\" n=3857529045 args=\"3857529045\"] "
	"\"UIDs valid\""),
    ROW("* OK [UIDNEXT 4392]",
	"NIL OK [\"UIDNEXT\" n=4392 args=\"4392\"] \"\""),
    ROW("* OK [uidnext 0] x", "NIL OK [\"uidnext\" args=\"0\"] \"x\""),
    ROW("* OK [UIDVALIDITY 4294967296] x",
	"NIL OK [\"UIDVALIDITY\" args=\"4294967296\"] \"x\""),
    ROW("* OK [UIDNEXT 4294967296] x",
	"NIL OK [\"UIDNEXT\" args=\"4294967296\"] \"x\""),
    ROW("* OK [UNSEEN 12] x", "NIL OK [\"UNSEEN\" n=12 args=\"12\"] \"x\""),
    ROW("* OK [HIGHESTMODSEQ 715194045007] Highest",
	"NIL OK [\"HIGHESTMODSEQ\" n=715194045007 args=\"715194045007\"] "
	"\"Highest\""),
    /* no text, no value (quirk 14), -1 (quirk 28) */
    ROW("* OK [HIGHESTMODSEQ 7011231777]",
	"NIL OK [\"HIGHESTMODSEQ\" n=7011231777 args=\"7011231777\"] \"\""),
    ROW("* OK [HIGHESTMODSEQ]", "NIL OK [\"HIGHESTMODSEQ\"] \"\""),
    ROW("* OK [HIGHESTMODSEQ ] ", "NIL OK [\"HIGHESTMODSEQ\"] \"\""),
    ROW("* OK [HIGHESTMODSEQ -1] x",
	"NIL OK [\"HIGHESTMODSEQ\" args=\"-1\"] \"x\""),
    ROW("* OK [HIGHESTMODSEQ 18446744073709551615] x",
	"NIL OK [\"HIGHESTMODSEQ\" n=18446744073709551615 "
	"args=\"18446744073709551615\"] \"x\""),
    ROW("* OK [HIGHESTMODSEQ 18446744073709551616] x",
	"NIL OK [\"HIGHESTMODSEQ\" args=\"18446744073709551616\"] \"x\""),
    ROW("* OK [NOMODSEQ] x", "NIL OK [\"NOMODSEQ\"] \"x\""),
    ROW("A1 OK [READ-ONLY] EXAMINE completed",
	"\"A1\" OK [\"READ-ONLY\"] \"EXAMINE completed\""),
    ROW("* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] ready",
	"NIL OK [\"CAPABILITY\" args=\"IMAP4rev1 IDLE AUTH=PLAIN\" "
	"words(\"IMAP4rev1\" \"IDLE\" \"AUTH=PLAIN\")] \"ready\""),
    ROW("A1 OK [CAPABILITY ] ready",
	"\"A1\" OK [\"CAPABILITY\" words()] \"ready\""),
    /* "]" in a flag of Gmail (quirk 14) */
    ROW("* OK [PERMANENTFLAGS (\\Answered foo] \\*)] Flags permitted.",
	"NIL OK [\"PERMANENTFLAGS\" args=\"(\\Answered foo] \\*)\"] "
	"\"Flags permitted.\""),
    ROW("* OK [PERMANENTFLAGS ()] No",
	"NIL OK [\"PERMANENTFLAGS\" args=\"()\"] "
	"\"No\""),
    ROW("* OK [PERMANENTFLAGS (\\Seen] x",
	"NIL OK [\"PERMANENTFLAGS\" args=\"(\\Seen\"] \"x\""),
    ROW("* NO [BADCHARSET (\"x]y\" UTF-8)] no",
	"NIL NO [\"BADCHARSET\" args=\"(\"x]y\" UTF-8)\"] \"no\""),
    ROW("A1 NO [FOO-BAR a b] c", "\"A1\" NO [?\"FOO-BAR\" args=\"a b\"] \"c\""),
    ROW("* OK [UIDNEXT 5", "NIL OK \"[UIDNEXT 5\""),
    ROW("* OK [] x", "NIL OK \"x\""),
    ROW("* OK [ALERT \"]unbalanced",
	"NIL OK [\"ALERT\" args=\"\"\"] "
	"\"unbalanced\""),
    ROW("* OK[ALERT] x", "NIL OK [\"ALERT\"] \"x\""),
    ROW("* NO [ALERT] Too many simultaneous connections. (Failure)",
	"NIL NO [\"ALERT\"] \"Too many simultaneous connections. (Failure)\""),
    ROW("A1 OK Success [THROTTLED]", "\"A1\" OK \"Success [THROTTLED]\""),
    ROW("A1 BAD Request is throttled. Suggested Backoff Time: 92415 "
	"milliseconds",
	"\"A1\" BAD \"Request is throttled. Suggested Backoff Time: 92415 "
	"milliseconds\""),
    ROW("A1 NO SELECT Unsafe Login.", "\"A1\" NO \"SELECT Unsafe Login.\""),
    ROW("A1 NO [OVERQUOTA]no space", "\"A1\" NO [\"OVERQUOTA\"] \"no space\""),
    /* continuations: bare, without a space, with text (quirk 4) */
    ROW("+", "+ \"\""),
    ROW("+ ", "+ \"\""),
    ROW("+ idling", "+ \"idling\""),
    ROW("+idling", "+ \"idling\""),
    ROW("+ eyJzdGF0dXMiOiI0MDAifQ== ", "+ \"eyJzdGF0dXMiOiI0MDAifQ==\""),
    ROW("+ go ahead {5}\r\n+{5}", "+ \"go ahead {5}\"\n+ \"{5}\""),
};

static const struct row data[] = {
    ROW("* CAPABILITY IMAP4rev1 LITERAL+ X(Y) ",
	"CAPABILITY(\"IMAP4rev1\" \"LITERAL+\" \"X(Y)\")"),
    ROW("* CAPABILITY", "CAPABILITY()"),
    ROW("* ENABLED CONDSTORE QRESYNC", "ENABLED(\"CONDSTORE\" \"QRESYNC\")"),
    ROW("* ENABLED", "ENABLED()"),
    ROW("* FLAGS (\\Seen $Junk)", "FLAGS(\"\\Seen\" \"$Junk\")"),
    ROW("* FLAGS ()", "FLAGS()"),
    ROW("* FLAGS NIL", "FLAGS()"),
    ROW("* flags ( \\Seen  \\* ) ", "FLAGS(\"\\Seen\" \"\\*\")"),
    /* "]" and a space in flags of Gmail (quirk 14) */
    ROW("* FLAGS (\\Seen [a]b] c d)",
	"FLAGS(\"\\Seen\" \"[a]b]\" \"c\" \"d\")"),
    ROW("* FLAGS (\\Seen", "error: a list does not end"),
    ROW("* FLAGS \\Seen", "error: a list is missing"),
    ROW("* FLAGS (a (b))", "error: a word is missing"),
    ROW("* FLAGS (a) b", "error: there is more behind it"),
    ROW("* 23 EXISTS", "23 EXISTS"),
    ROW("* 23 exists  ", "23 EXISTS"),
    ROW("* 0 EXISTS", "0 EXISTS"),
    ROW("* 4294967295 EXISTS", "4294967295 EXISTS"),
    ROW("* 4294967296 EXISTS", "error: a number is out of range"),
    ROW("* 99999999999999999999999 EXISTS", "error: a number is out of range"),
    ROW("* -1 EXISTS", "unknown"),
    ROW("* 5 EXISTS x", "error: there is more behind it"),
    ROW("* 5EXISTS", "error: a number is missing"),
    ROW("* 5", "error: a word is missing"),
    ROW("* 5 RECENT", "5 RECENT"),
    ROW("* 44 EXPUNGE", "44 EXPUNGE"),
    ROW("* 0 EXPUNGE", "error: there is no message 0"),
    ROW("* VANISHED 300:310,405,411", "VANISHED \"300:310,405,411\""),
    ROW("* VANISHED (EARLIER) 41,43:116", "VANISHED earlier \"41,43:116\""),
    ROW("* VANISHED", "error: a word is missing"),
    ROW("* VANISHED 1,,2", "error: VANISHED has no UID set"),
    ROW("* VANISHED (LATER) 1", "error: VANISHED is damaged"),
    ROW("* SEARCH", "SEARCH"),
    ROW("* SEARCH ", "SEARCH"),
    ROW("* SEARCH 2 5  6 ", "SEARCH 2 5 6"),
    ROW("* SEARCH 2 5 (MODSEQ 917162500)", "SEARCH 2 5"),
    ROW("* SEARCH 2 (MODSEQ 5", "error: a list does not end"),
    ROW("* SEARCH 2 x", "error: a number is missing"),
    ROW("* SEARCH 4294967296", "error: a number is out of range"),
    ROW("* ESEARCH (TAG \"A282\") UID MIN 2 MAX 47 COUNT 25 ALL 2,10:11 "
	"MODSEQ 917162500",
	"ESEARCH tag=\"A282\" uid min=2 max=47 count=25 modseq=917162500 "
	"all=\"2,10:11\""),
    ROW("* ESEARCH", "ESEARCH"),
    ROW("* ESEARCH (TAG A1) COUNT 0", "ESEARCH tag=\"A1\" count=0"),
    ROW("* ESEARCH (TAG \"a\") UID PARTIAL (1:10 5,7) MIN 5",
	"ESEARCH tag=\"a\" uid min=5"),
    ROW("* ESEARCH (TAG \"a\"", "error: a list does not end"),
    ROW("* ESEARCH (TOG \"a\") UID", "error: ESEARCH is damaged"),
    ROW("* NAMESPACE ((\"\" \"/\")) NIL NIL", "NAMESPACE 0:\"\"/"),
    ROW("* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) "
	"((\"#shared/\" \"/\" \"X-P\" (\"F1\" \"F2\"))(\"#ftp/\" NIL))",
	"NAMESPACE 0:\"\"/ 1:\"~\"/ 2:\"#shared/\"/ 2:\"#ftp/\"-"),
    ROW("* NAMESPACE NIL NIL", "error: a list is missing"),
    ROW("* ID NIL", "ID()"),
    ROW("* ID (\"name\" \"Dovecot\" \"version\" NIL)",
	"ID(\"name\" \"Dovecot\" \"version\" NIL)"),
    ROW("* ID (\"name\")", "ID(\"name\" NIL)"),
    ROW("* ID (\"NIL\" {3}\r\nnil nil \"\")", "ID(\"NIL\" \"nil\" NIL \"\")"),
    ROW("* ID (name Foo)", "ID(\"name\" \"Foo\")"),
    ROW("* ID (\"name\" (\"a\"))", "error: a word is missing"),
    ROW("* SORT 2 84 882", "unknown"),
    ROW("* 12 FOO bar", "unknown"),
    ROW("* X-GM-FOO {3}\r\nabc", "unknown"),
    ROW("* OKAY then", "unknown"),
    ROW("", "error: it is an empty line"),
    ROW("*", "error: a word is missing"),
    ROW("* ", "error: a word is missing"),
    ROW(" * OK x", "error: it is not an IMAP response"),
    ROW("A1", "error: a word is missing"),
    ROW("A1 FINE", "error: it is not an IMAP response"),
    ROW("HTTP/1.1 400 Bad Request", "error: it is not an IMAP response"),
    ROW("SSH-2.0-OpenSSH_9.2", "error: a word is missing"),
    ROW("220 mail.example.org ESMTP", "error: it is not an IMAP response"),
    ROW(")", "error: a word is missing"),
};

static const struct row lists[] = {
    ROW("* LIST (\\HasNoChildren) \"/\" INBOX",
	"LIST(\"\\HasNoChildren\") / \"INBOX\""),
    ROW("* LIST () \"/\" \"a b\"", "LIST() / \"a b\""),
    ROW("* LIST NIL \"/\" a", "LIST() / \"a\""),
    ROW("* LIST () NIL a", "LIST() NIL \"a\""),
    ROW("* LIST () \"\" a", "LIST() NIL \"a\""),
    ROW("* LIST () \"\\\\\" \"a\\\\b\\\"c\"", "LIST() \\ \"a\\b\"c\""),
    ROW("* LIST () . INBOX.a", "LIST() . \"INBOX.a\""),
    ROW("* LSUB () \"/\" [Gmail]/Sent", "LIST() / \"[Gmail]/Sent\""),
    ROW("* LIST (\\Noselect) \"/\" {5}\r\na\"b{c",
	"LIST(\"\\Noselect\") / "
	"\"a\"b{c\""),
    ROW("* LIST () \"/\" {1}\r\n ", "LIST() / \" \""),
    ROW("* LIST () \"/\" ~{4+}\r\n\303\251\r\n", "LIST() / \"\303\251\\r\\n\""),
    /* names in UTF-8, quoted or not */
    ROW("* LIST () \"/\" \"Entw\303\274rfe\"", "LIST() / \"Entw\303\274rfe\""),
    ROW("* LIST () \"/\" Entw\303\274rfe", "LIST() / \"Entw\303\274rfe\""),
    ROW("* LIST () \"/\" &ZeVnLIqe-", "LIST() / \"&ZeVnLIqe-\""),
    ROW("* LIST () \"/\" NIL", "LIST() / \"NIL\""),
    ROW("* LIST (\\Subscribed) \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))",
	"LIST(\"\\Subscribed\") / \"a\""),
    ROW("* LIST () \"/\" new (\"OLDNAME\" (\"old name\"))",
	"LIST() / \"new\" old=\"old name\""),
    ROW("* LIST () \"/\" new (X {2}\r\n() OLDNAME (old) Y 5) ",
	"LIST() / \"new\" old=\"old\""),
    ROW("* LIST () \"/\" new (OLDNAME old)", "error: a list is missing"),
    ROW("* LIST () \"//\" a", "error: a delimiter is too long"),
    ROW("* LIST () \"/\"", "error: a word is missing"),
    ROW("* LIST () \"/\" a b", "error: there is more behind it"),
    ROW("* LIST () \"/\" \"a", "error: a quoted string does not end"),
    ROW("* LIST () \"/\" \"a\\", "error: a quoted string does not end"),
    ROW("* LIST () \"/\" \"a{1}\r\nb\"", "error: a quoted string does not end"),
    ROW("* LIST () \"/\" a{1}\r\nb", "error: there is more behind it"),
    ROW("* LIST () \"/\" {1} ", "error: a literal is damaged"),
    ROW("* STATUS INBOX (MESSAGES 231 RECENT 1 UIDNEXT 44292 UIDVALIDITY 1 "
	"UNSEEN 5 HIGHESTMODSEQ 7011231777 SIZE 4294967299)",
	"STATUS \"INBOX\" messages=231 recent=1 uidnext=44292 uidvalidity=1 "
	"unseen=5 highestmodseq=7011231777 size=4294967299"),
    ROW("* STATUS \"a b\" (MESSAGES 1) ", "STATUS \"a b\" messages=1"),
    ROW("* STATUS a ()", "STATUS \"a\""),
    ROW("* STATUS a (UIDNEXT 0 )", "STATUS \"a\" uidnext=0"),
    ROW("* STATUS {1}\r\na (unseen 2)", "STATUS \"a\" unseen=2"),
    ROW("* STATUS a (SIZE -1 MESSAGES 2 HIGHESTMODSEQ -1)",
	"STATUS \"a\" messages=2"),
    ROW("* STATUS a (UIDNEXT NIL MESSAGES 2 UNSEEN)",
	"STATUS \"a\" messages=2"),
    ROW("* STATUS a (MAILBOXID (F2-1) DELETED 4 UNSEEN 1)",
	"STATUS \"a\" unseen=1"),
    ROW("* STATUS a (MESSAGES 4294967296)", "error: a number is out of range"),
    ROW("* STATUS a (MESSAGES many)", "error: a number is missing"),
    ROW("* STATUS a (MESSAGES 1", "error: a list does not end"),
    ROW("* STATUS a", "error: a list is missing"),
};

static const struct row fetches[] = {
    ROW("* 12 FETCH (UID 4827313 FLAGS (\\Seen $Forwarded) RFC822.SIZE 44827 "
	"INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")",
	"12 FETCH uid=4827313 flags(\"\\Seen\" \"$Forwarded\") size=44827 "
	"date=\"17-Jul-1996 02:44:25 -0700\""),
    ROW("* 1 fetch (uid 5 flags ())", "1 FETCH uid=5 flags()"),
    ROW("* 1 FETCH ()", "1 FETCH"),
    ROW("* 1 FETCH (UID 5 ) ", "1 FETCH uid=5"),
    ROW("* 1 FETCH ( UID  5  FLAGS  ( \\Seen )  )  ",
	"1 FETCH uid=5 flags(\"\\Seen\")"),
    /* Courier's flag changes (quirk 9) */
    ROW("* 0 FETCH (FLAGS (\\Recent))", "0 FETCH flags(\"\\Recent\")"),
    /* NIL flags, -1 sizes (quirks 18, 35) */
    ROW("* 1 FETCH (FLAGS NIL UID 5)", "1 FETCH uid=5 flags()"),
    ROW("* 1 FETCH (RFC822.SIZE -1 UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (RFC822.SIZE NIL UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (RFC822.SIZE 9223372036854775807)",
	"1 FETCH size=9223372036854775807"),
    ROW("* 1 FETCH (RFC822.SIZE 9223372036854775808)",
	"error: a number is out of range"),
    ROW("* 1 FETCH (UID 0 FLAGS ())", "1 FETCH flags()"),
    ROW("* 1 FETCH (UID 4294967295)", "1 FETCH uid=4294967295"),
    ROW("* 1 FETCH (UID 4294967296)", "error: a number is out of range"),
    ROW("* 1 FETCH (UID -1)", "error: a number is missing"),
    /* quirks 14 and 28 */
    ROW("* 1 FETCH (MODSEQ (624140003) UID 5)",
	"1 FETCH uid=5 modseq=624140003"),
    ROW("* 1 FETCH (MODSEQ (0))", "1 FETCH modseq=0"),
    ROW("* 1 FETCH (MODSEQ (-1))", "1 FETCH"),
    ROW("* 1 FETCH (MODSEQ -1 UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (MODSEQ 7 UID 5)", "1 FETCH uid=5 modseq=7"),
    ROW("* 1 FETCH (MODSEQ () UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (MODSEQ (5)", "error: a list does not end"),
    ROW("* 1 FETCH (FLAGS (\\Seen [Gmail]/x] y z \"q r\") UID 5)",
	"1 FETCH uid=5 flags(\"\\Seen\" \"[Gmail]/x]\" \"y\" \"z\" \"q r\")"),
    ROW("* 1 FETCH (UID 1 FLAGS (a) UID 2 FLAGS (b))",
	"1 FETCH uid=2 flags(\"b\")"),
    /* sections */
    ROW("* 1 FETCH (BODY[] {5}\r\na\r\n)b)", "1 FETCH []=\"a\\r\\n)b\""),
    ROW("* 1 FETCH (UID 7 BODY[]<0> {3}\r\nabc)",
	"1 FETCH uid=7 []<0>=\"abc\""),
    ROW("* 1 FETCH (BODY[]<131072> \"\" UID 7)",
	"1 FETCH uid=7 []<131072>=\"\""),
    ROW("* 1 FETCH (BODY[]<0.1024> abc)", "1 FETCH []<0>=\"abc\""),
    ROW("* 1 FETCH (BODY[]<x> abc)", "error: a number is missing"),
    ROW("* 1 FETCH (BODY[]<1 abc)", "error: a partial origin does not end"),
    ROW("* 1 FETCH (BODY[] NIL UID 5)", "1 FETCH uid=5 []=NIL"),
    ROW("* 1 FETCH (BODY[] \"\" UID 5)", "1 FETCH uid=5 []=\"\""),
    ROW("* 1 FETCH (BODY[] \"a\\\\b\\\"c\" UID 5)",
	"1 FETCH uid=5 []=\"a\\b\"c\""),
    ROW("* 1 FETCH (BODY[HEADER.FIELDS (FROM SUBJECT)] {7}\r\nFrom: x UID 5)",
	"1 FETCH uid=5 [HEADER.FIELDS (FROM SUBJECT)]=\"From: x\""),
    /* Courier quotes the names; some leave the space out */
    ROW("* 1 FETCH (BODY[HEADER.FIELDS (\"FROM\" \"SUBJECT\")] {1}\r\nx)",
	"1 FETCH [HEADER.FIELDS (\"FROM\" \"SUBJECT\")]=\"x\""),
    ROW("* 1 FETCH (BODY[HEADER.FIELDS (\"X]\\\"\")]{1}\r\nx UID 5)",
	"1 FETCH uid=5 [HEADER.FIELDS (\"X]\\\"\")]=\"x\""),
    ROW("* 1 FETCH (BODY[HEADER.FIELDS ({2}\r\n]))] {1}\r\nx)",
	"1 FETCH [HEADER.FIELDS ({2}\\r\\n]))]=\"x\""),
    ROW("* 1 FETCH (BODY[1.2.MIME] \"x\"BODY[TEXT]{1}\r\ny)",
	"1 FETCH [1.2.MIME]=\"x\" [TEXT]=\"y\""),
    ROW("* 1 FETCH (BINARY[1] ~{4}\r\n\0\r\n) BINARY.SIZE[1] 4 UID 5)",
	"1 FETCH uid=5 [1]=\"\\0\\r\\n)\""),
    ROW("* 1 FETCH (RFC822 {1}\r\nx RFC822.HEADER \"h\" RFC822.TEXT NIL)",
	"1 FETCH []=\"x\" [HEADER]=\"h\" [TEXT]=NIL"),
    ROW("* 1 FETCH (RFC822[HEADER] \"h\")", "1 FETCH [HEADER]=\"h\""),
    ROW("* 1 FETCH (BODY[HEADER {1}\r\nx)", "error: a bracket does not end"),
    ROW("* 1 FETCH (BODY[] {3}\r\nabc", "error: a list does not end"),
    ROW("* 1 FETCH (BODY[] )", "error: a word is missing"),
    ROW("* 1 FETCH (BODY[] {1} )", "error: a literal is damaged"),
    /* what nobody asked for, and what nobody knows */
    ROW("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"a)\\\"\") "
	"NIL NIL \"7BIT\" -1 -1) UID 5)",
	"1 FETCH uid=5"),
    ROW("* 1 FETCH (BODYSTRUCTURE (NIL NIL {4}\r\n\")(( ~{1}\r\n\0 "
	"((((x))))) UID 5)",
	"1 FETCH uid=5"),
    ROW("* 1 FETCH (BODYSTRUCTURE ()UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (BODYSTRUCTURE NIL UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (BODYSTRUCTURE (a\x01\x80[<{}>{1}{x) UID 5)",
	"1 FETCH uid=5"),
    ROW("* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL) UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (BODYSTRUCTURE ((a) UID 5)", "error: a list does not end"),
    ROW("* 1 FETCH (BODYSTRUCTURE (a)) UID 5)",
	"error: there is more behind it"),
    ROW("* 1 FETCH (BODYSTRUCTURE (\"a) UID 5)",
	"error: a quoted string does not end"),
    ROW("* 1 FETCH (BODYSTRUCTURE (\"a{1}\r\nb) UID 5)",
	"error: a quoted string does not end"),
    ROW("* 1 FETCH (FOO bar UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (FOO \"b)\\\"\" UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (FOO {3}\r\n))) UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (FOO (a (b {1}\r\n)) \"c\") UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (FOO[a (b]) \"]\"]<5> c UID 5 BAR)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (SAVEDATE NIL UID 5 FOO)", "1 FETCH uid=5"),
    /* extensions */
    ROW("* 1 FETCH (PREVIEW \"hi\" EMAILID (M1) THREADID (T2))",
	"1 FETCH preview=\"hi\" email=\"M1\" thread=\"T2\""),
    ROW("* 1 FETCH (PREVIEW NIL THREADID NIL UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (PREVIEW (FUZZY \"hi\") UID 5)",
	"1 FETCH uid=5 preview=\"hi\""),
    ROW("* 1 FETCH (X-GM-MSGID 1278455344230334865 X-GM-THRID 5 X-GM-LABELS "
	"(\\Inbox \"\\\\Sent\" &ZeVnLIqe- \"a b\"))",
	"1 FETCH gm-msgid=1278455344230334865 gm-thrid=5 "
	"labels(\"\\Inbox\" \"\\Sent\" \"&ZeVnLIqe-\" \"a b\")"),
    ROW("* 1 FETCH (X-GM-LABELS () UID 5)", "1 FETCH uid=5"),
    ROW("* 1 FETCH (INTERNALDATE NIL UID 5)", "1 FETCH uid=5"),
    /* envelopes */
    ROW("* 12 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" "
	"\"IMAP4rev1 WG mtg\" ((\"Terry Gray\" NIL \"gray\" \"cac.edu\")) "
	"((\"T\" NIL \"gray\" \"cac.edu\")) NIL ((NIL NIL \"imap\" "
	"\"cac.edu\")(NIL \"@r\" {1}\r\nk \"MIT.EDU\")) () NIL NIL \"<B2@x>\"))",
	"12 FETCH envelope{ date=\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" "
	"subject=\"IMAP4rev1 WG mtg\" from(\"Terry Gray\",NIL,\"gray\"@"
	"\"cac.edu\") sender(\"T\",NIL,\"gray\"@\"cac.edu\") to(NIL,NIL,"
	"\"imap\"@\"cac.edu\" NIL,\"@r\",\"k\"@\"MIT.EDU\") "
	"message-id=\"<B2@x>\" }"),
    ROW("* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL ((NIL NIL b c)) "
	"\"<i>\" \"<\\\"q\\\"@x>\" extra (more)) UID 5)",
	"1 FETCH uid=5 envelope{ bcc(NIL,NIL,\"b\"@\"c\") "
	"in-reply-to=\"<i>\" message-id=\"<\"q\"@x>\" }"),
    ROW("* 1 FETCH (ENVELOPE (NIL \"caf\303\251\" ((a)(NIL)) ) UID 5)",
	"1 FETCH uid=5 envelope{ subject=\"caf\303\251\" "
	"from(\"a\",NIL,NIL@NIL NIL,NIL,NIL@NIL) }"),
    ROW("* 1 FETCH (ENVELOPE (d s ((f))((s))((r))((t))((c))((b)) i m))",
	"1 FETCH envelope{ date=\"d\" subject=\"s\" "
	"from(\"f\",NIL,NIL@NIL) sender(\"s\",NIL,NIL@NIL) "
	"reply-to(\"r\",NIL,NIL@NIL) to(\"t\",NIL,NIL@NIL) "
	"cc(\"c\",NIL,NIL@NIL) bcc(\"b\",NIL,NIL@NIL) "
	"in-reply-to=\"i\" message-id=\"m\" }"),
    ROW("* 1 FETCH (ENVELOPE NIL UID 5)", "1 FETCH uid=5 envelope{ }"),
    ROW("* 1 FETCH (ENVELOPE (NIL NIL \"a\") UID 5)",
	"error: a list is missing"),
    ROW("* 1 FETCH (ENVELOPE (NIL NIL ((a b c d e (f)))) UID 5)",
	"1 FETCH uid=5 envelope{ from(\"a\",\"b\",\"c\"@\"d\") }"),
    ROW("* 1 FETCH UID 5", "error: a list is missing"),
    ROW("* 1 FETCH", "error: a list is missing"),
    ROW("* 1 FETCH (UID 5", "error: a list does not end"),
    ROW("* 1 FETCH (UID 5)) ", "error: there is more behind it"),
    ROW("* 1 FETCH (UID 5)\r\n* 1 FETCH (FLAGS (\r\n* 2 EXISTS",
	"1 FETCH uid=5\nerror: a list does not end\n2 EXISTS"),
};

static void test_statuses(void)
{
	check_rows(statuses, G_N_ELEMENTS(statuses));
}

static void test_data(void)
{
	check_rows(data, G_N_ELEMENTS(data));
}

static void test_lists(void)
{
	check_rows(lists, G_N_ELEMENTS(lists));
}

static void test_fetches(void)
{
	check_rows(fetches, G_N_ELEMENTS(fetches));
}

static struct imap_response *parse(char *bytes, const char **error)
{
	return imap_response_parse(bytes, strlen(bytes), error);
}

/* Every code is known by its name, in capitals or not. */
static void test_codes(void)
{
	static const char *const names[] = {"ALERT", "ALREADYEXISTS",
	    "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "BADCHARSET",
	    "CANNOT", "CAPABILITY", "CLIENTBUG", "CLOSED", "CONTACTADMIN",
	    "CORRUPTION", "EXPIRED", "HIGHESTMODSEQ", "INUSE", "LIMIT",
	    "NOMODSEQ", "NONEXISTENT", "NOPERM", "NOTIFICATIONOVERFLOW",
	    "OVERQUOTA", "PARSE", "PERMANENTFLAGS", "PRIVACYREQUIRED",
	    "READ-ONLY", "READ-WRITE", "SERVERBUG", "THROTTLED", "TRYCREATE",
	    "UIDNEXT", "UIDNOTSTICKY", "UIDVALIDITY", "UNAVAILABLE",
	    "UNKNOWN-CTE", "UNSEEN"};

	g_assert_cmpuint(
	    G_N_ELEMENTS(names), ==, IMAP_CODE_UNSEEN - IMAP_CODE_OTHER);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *name = g_ascii_strdown(names[i], -1);
		g_autofree char *line = g_strdup_printf("* OK [%s] x", name);
		const char *error;
		g_autoptr(ImapResponse) response = parse(line, &error);
		g_assert_cmpuint(response->code, ==, IMAP_CODE_OTHER + 1 + i);
	}
}

/* Octets that no framer would give. */
static void test_without_framer(void)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
	    {"* LIST () NIL {5}\r\nab", "a literal is damaged"},
	    {"* LIST () NIL {5}\r", "a literal is damaged"},
	    {"* LIST () NIL {5", "a literal is damaged"},
	    {"* LIST () NIL {", "a number is missing"},
	    {"* LIST () NIL ~", NULL},
	    {"* 1 FETCH (FOO (a\nb))", "a line ends within a value"},
	    {"* 1 FETCH (FOO[a\n] b)", "a bracket does not end"},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = g_strdup(rows[i].line);
		const char *error = NULL;
		g_autoptr(ImapResponse) response = parse(line, &error);
		g_assert_cmpstr(error, ==, rows[i].error);
		g_assert_true((response == NULL) == (error != NULL));
	}
}

/* "head", count times "member" and "tail" parse as error says. */
static void check_many(const char *head, const char *member, unsigned count,
    const char *tail, const char *expected)
{
	g_autoptr(GString) line = g_string_new(head);
	g_autoptr(ImapResponse) response = NULL;
	const char *error = NULL;

	for (unsigned i = 0; i < count; i++)
		g_string_append(line, member);
	g_string_append(line, tail);
	response = parse(line->str, &error);
	g_assert_cmpstr(error, ==, expected);
	g_assert_true((response == NULL) == (expected != NULL));
	if (response != NULL && response->words != NULL)
		g_assert_cmpuint(response->words->len, <=, IMAP_LIST_MAX);
}

static void test_list_limit(void)
{
	static const struct {
		const char *head, *member, *tail;
	} cases[] = {
	    {"* FLAGS (", "a ", ")"},
	    {"* CAPABILITY ", "a ", ""},
	    {"* ENABLED ", "a ", ""},
	    {"* SEARCH ", "1 ", ""},
	    {"* ID (", "a ", ")"},
	    {"* LIST (", "a ", ") NIL a"},
	    {"* STATUS a (", "a 1 ", ")"},
	    {"* NAMESPACE (", "(a NIL)", ") NIL NIL"},
	    {"* 1 FETCH (", "UID 1 ", ")"},
	    {"* 1 FETCH (FLAGS (", "a ", "))"},
	    {"* 1 FETCH (", "BODY[] a ", ")"},
	    {"* 1 FETCH (ENVELOPE (NIL NIL (", "()", ")))"},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
		check_many(cases[i].head, cases[i].member, IMAP_LIST_MAX,
		    cases[i].tail, NULL);
		check_many(cases[i].head, cases[i].member, IMAP_LIST_MAX + 1,
		    cases[i].tail, "a list is too long");
	}
}

/* A status response is never lost for the sake of its code. */
static void test_list_limit_code(void)
{
	check_many("* OK [CAPABILITY ", "a ", IMAP_LIST_MAX + 1, "] x", NULL);
	check_many("* OK [PERMANENTFLAGS ", "(", 30000, "] x", NULL);
	check_many("* OK [X ", "\"", 30001, "] x", NULL);
}

static void test_depth_limit(void)
{
	const char *deep = "lists are nested too deep";
	g_autofree char *closed = g_strnfill(IMAP_DEPTH_MAX + 1, ')');
	g_autofree char *tail = g_strconcat(closed, " UID 5)", NULL);

	check_many("* 1 FETCH (FOO ", "(", IMAP_DEPTH_MAX, tail + 1, NULL);
	check_many("* 1 FETCH (FOO ", "(", IMAP_DEPTH_MAX + 1, tail, deep);
	check_many("* 1 FETCH (FOO ", "(", 60000, tail, deep);
}

/* Half-open things over and over must not be tried again from each place: that
 * takes an hour of processor time, this less than a second. */
static void test_time_is_linear(void)
{
	static const char *const members[] = {
	    "{", "{1", "{1}", "\"", "(", "[", "\\", "~{", "]", "* ", "("};
	clock_t start = clock();

	for (unsigned i = 0; i < G_N_ELEMENTS(members); i++) {
		g_autoptr(GString) line = g_string_new("* 1 FETCH (FOO (");
		g_autoptr(ImapResponse) response = NULL;
		const char *error = NULL;
		while (line->len < IMAP_RESPONSE_MAX)
			g_string_append(line, members[i]);
		response = parse(line->str, &error);
		g_assert_null(response);
		g_assert_nonnull(error);
	}
	g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 120);
}

static void test_text_limit(void)
{
	g_autofree char *x = g_strnfill(2 * IMAP_TEXT_MAX, 'x');
	g_autofree char *status = g_strconcat("* OK ", x, NULL);
	g_autofree char *continuation = g_strconcat("+ ", x, NULL);
	const char *error;
	g_autoptr(ImapResponse) first = parse(status, &error);
	g_autoptr(ImapResponse) second = parse(continuation, &error);

	g_assert_cmpuint(first->text.size, ==, IMAP_TEXT_MAX);
	/* a challenge must be whole */
	g_assert_cmpuint(second->text.size, ==, 2 * IMAP_TEXT_MAX);
}

static struct imap_text text(const char *string)
{
	return (struct imap_text){string, strlen(string)};
}

static void test_text(void)
{
	g_autofree char *nul = imap_text_dup((struct imap_text){"a\0b", 3});
	g_autofree char *part = imap_text_dup((struct imap_text){"abc", 2});

	g_assert_cmpstr(nul, ==, "a?b");
	g_assert_cmpstr(part, ==, "ab");
	g_assert_null(imap_text_dup((struct imap_text){NULL, 0}));
	g_assert_true(imap_text_is(text("InBox"), "INBOX"));
	g_assert_false(imap_text_is(text("INBOX2"), "INBOX"));
	g_assert_false(imap_text_is(text("INBO"), "INBOX"));
	g_assert_true(imap_text_is(text(""), ""));
	g_assert_false(imap_text_is((struct imap_text){NULL, 0}, ""));
}

static void check_set(const char *set, uint32_t count, uint32_t max)
{
	uint32_t got_count = 77, got_max = 77;

	g_assert_true(imap_set_count(text(set), &got_count, &got_max));
	g_assert_cmpuint(got_count, ==, count);
	g_assert_cmpuint(got_max, ==, max);
	g_assert_true(imap_set_count(text(set), &got_count, NULL));
}

static void test_sets(void)
{
	static const char *const bad[] = {"", ",", "1,", ",1", "1:", ":1",
	    "1:2:3", "0", "0:5", "1 ", " 1", "1, 2", "a", "1a", "$", "-1",
	    "4294967296", "1:99999999999999999999", "**", "1;2"};
	uint32_t count = 77, max = 77;

	check_set("1", 1, 1);
	check_set("1:5", 5, 5);
	check_set("5:1", 5, 5);
	check_set("7,1:3,300:310,405", 16, 405);
	check_set("3,3", 2, 3);
	check_set("*", 0, 0);
	check_set("7:*", 1, 7);
	check_set("*:7,2", 2, 7);
	check_set("4294967295", 1, UINT32_MAX);
	check_set("1:4294967295", UINT32_MAX, UINT32_MAX);
	check_set("1:4294967295,1:4294967295", UINT32_MAX, UINT32_MAX);
	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(imap_set_count(text(bad[i]), &count, &max));
	g_assert_false(
	    imap_set_count((struct imap_text){NULL, 0}, &count, &max));
	g_assert_cmpuint(count + max, ==, 154);
}

static void test_set_has(void)
{
	static const struct {
		const char *set;
		uint32_t uid;
		bool has;
	} rows[] = {
	    {"7", 7, true},
	    {"7", 6, false},
	    {"1:3,7,9:*", 1, true},
	    {"1:3,7,9:*", 3, true},
	    {"1:3,7,9:*", 4, false},
	    {"1:3,7,9:*", 7, true},
	    {"1:3,7,9:*", 8, false},
	    {"1:3,7,9:*", 9, true},
	    {"1:3,7,9:*", UINT32_MAX, true},
	    {"*:9", 10, true},
	    {"*:9", 8, false},
	    {"*", 8, false},
	    {"*", UINT32_MAX, true},
	    {"9:5", 7, true},
	    {"4294967295", UINT32_MAX, true},
	    {"1,x,7", 1, true},
	    {"1,x,7", 7, false},
	    {"1:", 1, false},
	    {"", 1, false},
	    {"0", 0, false},
	    {"1:5", 0, false},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(imap_set_has(text(rows[i].set), rows[i].uid),
		    ==, rows[i].has);
	g_assert_false(imap_set_has((struct imap_text){NULL, 0}, 1));
}

static void test_set_next(void)
{
	struct imap_text rest = text("3:1,7,x");
	uint32_t first = 0, last = 0;

	g_assert_true(imap_set_next(&rest, &first, &last));
	g_assert_cmpuint(first, ==, 1);
	g_assert_cmpuint(last, ==, 3);
	g_assert_true(imap_set_next(&rest, &first, &last));
	g_assert_cmpuint(first, ==, 7);
	g_assert_cmpuint(last, ==, 7);
	g_assert_false(imap_set_next(&rest, &first, &last));
	g_assert_cmpuint(first, ==, 7);
	g_assert_cmpuint(rest.size, ==, 1);
}

static void check_lowest(const char *set, uint32_t expected)
{
	uint32_t lowest = 0;

	g_assert_cmpint(imap_set_lowest(text(set), &lowest), ==, expected != 0);
	g_assert_cmpuint(lowest, ==, expected);
}

static void test_lowest(void)
{
	check_lowest("7", 7);
	check_lowest("9:5", 5);
	check_lowest("300:310,7,405", 7);
	check_lowest("*,7", 7);
	check_lowest("7:*", 7);
	check_lowest("4294967295:*", UINT32_MAX);
	check_lowest("*", 0);
	check_lowest("7,x", 0);
	check_lowest("", 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/response/statuses", test_statuses);
	g_test_add_func("/response/data", test_data);
	g_test_add_func("/response/lists", test_lists);
	g_test_add_func("/response/fetches", test_fetches);
	g_test_add_func("/response/codes", test_codes);
	g_test_add_func("/response/without-framer", test_without_framer);
	g_test_add_func("/response/list-limit", test_list_limit);
	g_test_add_func("/response/list-limit/code", test_list_limit_code);
	g_test_add_func("/response/depth-limit", test_depth_limit);
	g_test_add_func("/response/time-is-linear", test_time_is_linear);
	g_test_add_func("/response/text-limit", test_text_limit);
	g_test_add_func("/response/text", test_text);
	g_test_add_func("/response/sets", test_sets);
	g_test_add_func("/response/set-has", test_set_has);
	g_test_add_func("/response/set-next", test_set_next);
	g_test_add_func("/response/lowest", test_lowest);
	return g_test_run();
}
