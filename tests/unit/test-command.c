/*
 * Strings in commands: quoting, and mailbox names in modified UTF-7.
 */
#include <string.h>

#include "imap/command.h"
#include "unit.h"

static void test_quoted(void)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {"", "\"\""},
	    {"INBOX", "\"INBOX\""},
	    {"a b", "\"a b\""},
	    {"a\"b\\c", "\"a\\\"b\\\\c\""},
	    {"\\\"", "\"\\\\\\\"\""},
	    {"(x) {5}", "\"(x) {5}\""},
	    {"\t\x7f", "\"\t\x7f\""},
	    {"a\rb", NULL},
	    {"a\nb", NULL},
	    {"\r\nA1 LOGOUT", NULL},
	    {"caf\303\251", NULL},
	    {"\200", NULL},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new("x ");
		bool ok = imap_append_quoted(out, rows[i].text);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		g_assert_cmpstr(out->str + 2, ==, ok ? rows[i].expected : "");
	}
}

static void test_mailbox(void)
{
	static const struct {
		const char *mailbox, *expected;
	} rows[] = {
	    {"INBOX", "\"INBOX\""},
	    {"", "\"\""},
	    {"Entw\303\274rfe", "\"Entw&APw-rfe\""},
	    {"a & b", "\"a &- b\""},
	    {"a\"b\\c", "\"a\\\"b\\\\c\""},
	    /* line ends cannot leave their quotes */
	    {"a\r\nb", "\"a&AA0ACg-b\""},
	    {"\377", NULL},
	    {"a\303", NULL},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new("x ");
		bool ok = imap_append_mailbox(out, rows[i].mailbox);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		g_assert_cmpstr(out->str + 2, ==, ok ? rows[i].expected : "");
	}
}

/* Both ways. */
static void test_utf7(void)
{
	static const struct {
		const char *utf8, *utf7;
	} rows[] = {
	    {"", ""},
	    {"INBOX", "INBOX"},
	    {"&", "&-"},
	    {"&&", "&-&-"},
	    {"a&-b", "a&--b"},
	    {"~+/,-", "~+/,-"},
	    /* RFC 3501 5.1.3 */
	    {"~peter/mail/\345\217\260\345\214\227/\346\227\245\346\234\254"
	     "\350\252\236",
		"~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
	    {"\345\217\260\345\214\227\346\227\245\346\234\254\350\252\236",
		"&U,BTF2XlZyyKng-"},
	    {"\342\230\272!", "&Jjo-!"},
	    /* one, two and three units: no padding, however many bits */
	    {"\303\251", "&AOk-"},
	    {"\303\251\303\251", "&AOkA6Q-"},
	    {"\303\251\303\251\303\251", "&AOkA6QDp-"},
	    {"a\303\251b\303\251", "a&AOk-b&AOk-"},
	    {"\303\251&\303\251", "&AOk-&-&AOk-"},
	    {"\303\277\357\277\277", "&AP,,,w-"},
	    /* outside the BMP: a surrogate pair */
	    {"\360\237\223\254", "&2D3c7A-"},
	    {"\364\217\277\277", "&2,,f,w-"},
	    /* controls are not printable */
	    {"\t\177", "&AAkAfw-"},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *utf7 = imap_utf7_encode(rows[i].utf8);
		g_autofree char *utf8 = imap_utf7_decode(rows[i].utf7);
		g_assert_cmpstr(utf7, ==, rows[i].utf7);
		g_assert_cmpstr(utf8, ==, rows[i].utf8);
	}
}

static void test_utf7_malformed(void)
{
	static const char *const rows[] = {
	    "&",
	    "a&",
	    "&Jjo",
	    "&Jjo!",              /* RFC 3501: no shift back */
	    "&U,BTFw-&ZeVnLIqe-", /* RFC 3501: superfluous shift */
	    "&AGE-",              /* a printable character encoded */
	    "&AOkAYQ-",
	    "&ACY-", /* "&" that should be "&-" */
	    "&AOk=-",
	    "&AOl-", /* bits left over */
	    "&A-",
	    "&AO-",
	    "&AOkA-", /* octets left over */
	    "&AOkA6-",
	    "&AAA-", /* NUL */
	    "&AOkAAA-",
	    "&2D0-", /* half a surrogate pair */
	    "&3Ow-",
	    "&3OzYPQ-",
	    "&U/BTFw-", /* "/" is UTF-7's, not IMAP's */
	    "& AOk-",
	    "&AO k-",
	    "&A\nOk-",
	    "&A&Ok-",
	    "a\tb", /* controls must be encoded */
	    "a\177",
	    "\303", /* neither UTF-7 nor UTF-8 */
	    "\377&AOk-",
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *utf8 = imap_utf7_decode(rows[i]);
		g_assert_cmpstr(utf8, ==, NULL);
	}
}

/* Names in UTF-8 (RFC 6855) are what they are, "&" and all. */
static void test_utf8_names(void)
{
	static const char *const rows[] = {"Entw\303\274rfe", "\303\251&AOk-",
	    "\303\251&", "\360\237\223\254"};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *utf8 = imap_utf7_decode(rows[i]);
		g_assert_cmpstr(utf8, ==, rows[i]);
	}
}

static gunichar random_character(void)
{
	static const gunichar limits[] = {0x7f, 0x100, 0x3000, 0x10ffff};
	gunichar c;

	do {
		c = g_test_rand_int_range(
		    1, (gint32)limits[g_test_rand_int_range(0, 4)]);
	} while (!g_unichar_validate(c));
	return c;
}

static void test_utf7_random(void)
{
	for (unsigned i = 0; i < 5000; i++) {
		g_autoptr(GString) name = g_string_new(NULL);
		for (int left = g_test_rand_int_range(0, 20); left > 0; left--)
			g_string_append_unichar(name, random_character());
		g_autofree char *utf7 = imap_utf7_encode(name->str);
		g_autofree char *utf8 = imap_utf7_decode(utf7);
		g_assert_cmpstr(utf8, ==, name->str);
		for (const char *at = utf7; *at != '\0'; at++)
			g_assert_true(*at >= ' ' && *at <= '~');
	}
}

static void test_utf7_long(void)
{
	g_autofree char *ands = g_strnfill(1 << 20, '&');
	g_autoptr(GString) utf8 = g_string_new(NULL);
	g_autofree char *utf7 = NULL;
	g_autofree char *again = NULL;

	g_assert_null(imap_utf7_decode(ands));
	for (unsigned i = 0; i < 1 << 18; i++)
		g_string_append(utf8, "\303\251&");
	utf7 = imap_utf7_encode(utf8->str);
	again = imap_utf7_decode(utf7);
	g_assert_true(g_strcmp0(again, utf8->str) == 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/command/quoted", test_quoted);
	g_test_add_func("/command/mailbox", test_mailbox);
	g_test_add_func("/command/utf7", test_utf7);
	g_test_add_func("/command/utf7/malformed", test_utf7_malformed);
	g_test_add_func("/command/utf7/random", test_utf7_random);
	g_test_add_func("/command/utf7/long", test_utf7_long);
	g_test_add_func("/command/utf8-names", test_utf8_names);
	return g_test_run();
}
