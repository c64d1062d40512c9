/*
 * What a log shows of what a server says, however the stream is cut.
 */
#include "imap/veil.h"
#include "tests/unit/unit.h"
#include <string.h>

#define MESSAGE(n) "[" n " octets of a message]"

static const struct {
	const char *name, *said, *shown;
} cases[] = {
    {"lines", "* OK ready\r\na1 OK done\r\n", "* OK ready\na1 OK done\n"},
    {"bare-lf", "* OK ready\na1 OK\n", "* OK ready\na1 OK\n"},
    {"body", "* 1 FETCH (UID 7 BODY[]<0> {12}\r\nOK (\r\nsecret)\r\na1 OK\r\n",
	"* 1 FETCH (UID 7 BODY[]<0> {12} " MESSAGE("12") "\n)\na1 OK\n"},
    {"like-protocol",
	"* 1 FETCH (BODY[TEXT] {17}\r\n* OK \"a\" {3}\r\n* \")\r\n* 2 EXISTS\r\n",
	"* 1 FETCH (BODY[TEXT] {17} " MESSAGE("17") "\n)\n* 2 EXISTS\n"},
    {"header-fields",
	"* 1 FETCH (BODY[HEADER.FIELDS (\"From\" TO)] {17}\r\n"
	"Subject: {3}\r\n\r\n BODY[1] {3}\r\nabc)\r\n",
	"* 1 FETCH (BODY[HEADER.FIELDS (\"From\" TO)] {17}\n"
	"Subject: {3}\n\n BODY[1] {3} " MESSAGE("3") "\n)\n"},
    {"header", "* 1 FETCH (BODY[HEADER] {3}\r\nabc)\r\n",
	"* 1 FETCH (BODY[HEADER] {3} " MESSAGE("3") "\n)\n"},
    {"other-fields", "* 1 FETCH (BODY[HEADER.FIELDS.NOT (To)] \"abc\")\r\n",
	"* 1 FETCH (BODY[HEADER.FIELDS.NOT (To)] \"" MESSAGE("3") "\")\n"},
    {"binary", "* 1 fetch (binary[1.2] ~{3}\r\na^c UID 7)\r\n",
	"* 1 fetch (binary[1.2] ~{3} " MESSAGE("3") "\n UID 7)\n"},
    {"preview", "* 1 FETCH (PREVIEW \"Come \\\"now\\\\\" FLAGS (\\Seen))\r\n",
	"* 1 FETCH (PREVIEW \"" MESSAGE("12") "\" FLAGS (\\Seen))\n"},
    {"preview-literal", "* 1 FETCH (PREVIEW {2}\r\nab UID 7)\r\n",
	"* 1 FETCH (PREVIEW {2} " MESSAGE("2") "\n UID 7)\n"},
    {"preview-nil", "* 1 FETCH (PREVIEW NIL X \"ab\")\r\n",
	"* 1 FETCH (PREVIEW NIL X \"ab\")\n"},
    {"rfc822",
	"* 1 FETCH (RFC822.SIZE 3 RFC822 \"abc\" RFC822.TEXT {1}\r\na)\n",
	"* 1 FETCH (RFC822.SIZE 3 RFC822 \"" MESSAGE(
	    "3") "\" RFC822.TEXT {1} " MESSAGE("1") "\n)\n"},
    {"keyword-bracket", "* 1 FETCH (FLAGS ([a) BODY[TEXT] {3}\r\nabc)\r\n",
	"* 1 FETCH (FLAGS ([a) BODY[TEXT] {3} " MESSAGE("3") "\n)\n"},
    {"structure",
	"* 1 FETCH (BODYSTRUCTURE (\"text\" {5}\r\nplain (\"name\" \"a\\\"b\"))"
	" BODY[1] \"ab\")\r\n",
	"* 1 FETCH (BODYSTRUCTURE (\"text\" {5}\nplain (\"name\" \"a\\\"b\"))"
	" BODY[1] \"" MESSAGE("2") "\")\n"},
    {"no-space", "* 1 FETCH(BODY[]{3}\r\nabc BODY[]\"ab\")\r\n",
	"* 1 FETCH(BODY[]{3} " MESSAGE("3") "\n BODY[]\"" MESSAGE("2") "\")\n"},
    {"spaces", "* 1 FETCH (BODY[]   \"ab\")\r\n",
	"* 1 FETCH (BODY[]   \"" MESSAGE("2") "\")\n"},
    {"empty", "* 1 FETCH (BODY[] {0}\r\n BODY[1] \"\" X \"a\")\r\n",
	"* 1 FETCH (BODY[] {0} " MESSAGE("0") "\n BODY[1] \"" MESSAGE(
	    "0") "\" X \"a\")\n"},
    {"no-fetch", "* OK BODY[] {3}\r\n* LIST () \"/\" {3}\r\nabc\r\n",
	"* OK BODY[] {3}\n* LIST () \"/\" {3}\nabc\n"},
    {"no-literal", "* 1 FETCH (BODY[] {}\r\n* 2 FETCH (BODY[] {x3}\r\nabc\r\n",
	"* 1 FETCH (BODY[] {}\n* 2 FETCH (BODY[] {x3}\nabc\n"},
    {"in-quotes", "* 1 FETCH (PREVIEW \"ab{3}\r\nabc)\r\n* OK\r\n",
	"* 1 FETCH (PREVIEW \" [3 octets of a message]\n)\n* OK\n"},
    {"torn", "* 1 FETCH (BODY[] {30}\r\nabc",
	"* 1 FETCH (BODY[] {30} " MESSAGE(
	    "30") "\n[27 of them have not come]\n"},
    {"torn-line", "* 1 FET", "* 1 FET\n"},
    {"torn-fields", "* 1 FETCH (BODY[HEADER.FIELDS (A)] {30}\r\nA: b",
	"* 1 FETCH (BODY[HEADER.FIELDS (A)] {30}\nA: b\n"},
};

/* A "^" is sent as NUL. */
static char *play(const char *text, gsize step)
{
	gsize size = strlen(text);
	g_autofree char *said = g_strdelimit(g_strdup(text), "^", '\0');
	struct imap_veil *veil = imap_veil_new();
	GString *lines = g_string_new(NULL);

	for (gsize at = 0; at < size; at += step)
		imap_veil_feed(veil, said + at, MIN(step, size - at), lines);
	imap_veil_end(veil, lines);
	imap_veil_free(veil);
	return g_string_free(lines, FALSE);
}

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gsize size = strlen(cases[i].said);

		g_test_message("%s", cases[i].name);
		for (gsize step = 1; step <= size; step++) {
			g_autofree char *shown = play(cases[i].said, step);

			g_assert_cmpstr(shown, ==, cases[i].shown);
		}
	}
}

/* Neither a line nor a name nor a number without an end takes memory. */
static void test_bounds(void)
{
	static const char *const begin[] = {"", "* 1 FETCH (",
	    "* 1 FETCH (BODY[", "* 1 FETCH (BODY[] \"", "* 1 FETCH (X {"};

	for (gsize i = 0; i < G_N_ELEMENTS(begin); i++) {
		g_autofree char *many = g_strnfill(100 * 1024, '7');
		g_autofree char *said =
		    g_strconcat(begin[i], many, "}\r\n* OK\r\n", NULL);
		g_autofree char *shown = play(said, 1000);

		g_assert_cmpuint(strlen(shown), <, 5000);
		g_assert_true(g_str_has_suffix(shown, "\n* OK\n"));
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/veil/cases", test_cases);
	g_test_add_func("/veil/bounds", test_bounds);
	return g_test_run();
}
