/*
 * The capability set: exact words, what they imply, and its limits.
 */
#include <string.h>

#include "imap/capability.h"
#include "imap/limits.h"
#include "unit.h"

static GArray *split(const char *line)
{
	GArray *words = g_array_new(FALSE, FALSE, sizeof(struct imap_text));

	while (*line != '\0') {
		struct imap_text word = {line, strcspn(line, " ")};
		if (word.size > 0)
			g_array_append_val(words, word);
		line += word.size + (line[word.size] == ' ');
	}
	return words;
}

static struct imap_capabilities set_of(const char *line)
{
	g_autoptr(GArray) words = split(line);
	struct imap_capabilities caps = {.known = false, .bits = UINT64_MAX};

	imap_capabilities_set(&caps, words);
	g_assert_true(caps.known);
	return caps;
}

/* The names of what the set has, in the order of the enum. */
static char *names_of(const struct imap_capabilities *caps)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (int cap = 0; cap < IMAP_CAP_COUNT; cap++) {
		if (!imap_capabilities_have(caps, cap))
			continue;
		if (names->len > 0)
			g_string_append_c(names, ' ');
		g_string_append(names, imap_capability_name(cap));
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

static void test_lines(void)
{
	static const struct {
		const char *line, *expected;
	} rows[] = {
	    {"", ""},
	    {"IMAP4rev1 STARTTLS LOGINDISABLED",
		"IMAP4rev1 LOGINDISABLED STARTTLS"},
	    {"imap4REV1 idle auth=plain", "IMAP4rev1 AUTH=PLAIN IDLE"},
	    {"IMAP4rev1 IMAP4rev1 IDLE IDLE", "IMAP4rev1 IDLE"},
	    /* whole words only */
	    {"XIDLE IDLE2 IDL NOTIFY=X AUTH=PLAINER AUTH= PLAIN UTF8=ONLY "
	     "LITERAL",
		""},
	    {"LITERAL+", "LITERAL+"},
	    {"LITERAL-", "LITERAL-"},
	    /* RFC 7162 3.2.3 */
	    {"QRESYNC", "ENABLE CONDSTORE QRESYNC"},
	    /* RFC 9051 appendix E */
	    {"IMAP4rev2",
		"IMAP4rev2 SASL-IR IDLE ENABLE ESEARCH UIDPLUS MOVE LITERAL- "
		"LIST-STATUS NAMESPACE BINARY"},
	    /* Dovecot 2.3 after login */
	    {"IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT "
	     "THREAD=REFERENCES MULTIAPPEND UNSELECT CHILDREN NAMESPACE "
	     "UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH SEARCHRES "
	     "LIST-STATUS BINARY MOVE PREVIEW=FUZZY PREVIEW STATUS=SIZE "
	     "LITERAL+ NOTIFY SPECIAL-USE COMPRESS=DEFLATE",
		"IMAP4rev1 SASL-IR ID IDLE NOTIFY ENABLE CONDSTORE QRESYNC "
		"ESEARCH UIDPLUS MOVE LITERAL+ LIST-EXTENDED LIST-STATUS "
		"SPECIAL-USE NAMESPACE PREVIEW BINARY"},
	    /* Gmail */
	    {"IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN "
	     "X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE "
	     "ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- "
	     "SPECIAL-USE APPENDLIMIT=35651584 AUTH=XOAUTH2 "
	     "AUTH=OAUTHBEARER AUTH=PLAIN-CLIENTTOKEN",
		"IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER ID IDLE ENABLE "
		"CONDSTORE ESEARCH UIDPLUS MOVE LITERAL- LIST-EXTENDED "
		"LIST-STATUS SPECIAL-USE NAMESPACE UTF8=ACCEPT X-GM-EXT-1"},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct imap_capabilities caps = set_of(rows[i].line);
		g_autofree char *names = names_of(&caps);
		g_assert_cmpstr(names, ==, rows[i].expected);
	}
}

/* Each row of the table has a name of its own that the set knows. */
static void test_names(void)
{
	for (int cap = 0; cap < IMAP_CAP_COUNT; cap++) {
		const char *name = imap_capability_name(cap);
		g_assert_nonnull(name);
		g_autofree char *lower = g_ascii_strdown(name, -1);
		struct imap_capabilities caps = set_of(lower);
		g_assert_true(imap_capabilities_have(&caps, cap));
	}
}

/* What was known before is gone: after STARTTLS and after login. */
static void test_replaces(void)
{
	struct imap_capabilities caps = set_of("IMAP4rev1 STARTTLS");
	g_autoptr(GArray) words = split("IMAP4rev1 IDLE");

	imap_capabilities_set(&caps, words);
	g_assert_false(imap_capabilities_have(&caps, IMAP_CAP_STARTTLS));
	g_assert_true(imap_capabilities_have(&caps, IMAP_CAP_IDLE));
}

static void test_limits(void)
{
	g_autofree char *x = g_strnfill(IMAP_CAPABILITIES_MAX * 2, 'x');
	g_autoptr(GString) line = g_string_new(NULL);
	struct imap_capabilities caps = {.known = false};
	struct imap_text odd[] = {{NULL, 0}, {"", 0}, {"IDLE\0", 5}};
	g_autoptr(GArray) words =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_text));

	for (unsigned i = 0; i < IMAP_CAPABILITIES_MAX - 1; i++)
		g_string_append(line, "a ");
	g_string_append(line, "IDLE NOTIFY ");
	g_string_append(line, x);
	caps = set_of(line->str);
	g_assert_true(imap_capabilities_have(&caps, IMAP_CAP_IDLE));
	g_assert_false(imap_capabilities_have(&caps, IMAP_CAP_NOTIFY));

	g_array_append_vals(words, odd, G_N_ELEMENTS(odd));
	imap_capabilities_set(&caps, words);
	g_assert_cmpuint(caps.bits, ==, 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/capability/lines", test_lines);
	g_test_add_func("/capability/names", test_names);
	g_test_add_func("/capability/replaces", test_replaces);
	g_test_add_func("/capability/limits", test_limits);
	return g_test_run();
}
