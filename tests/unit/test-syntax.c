/*
 * The syntax of hosts, proxies, pins and names, and the hiding of passwords.
 */
#include "config/syntax.h"
#include "imap/limits.h"
#include "unit.h"
#include <string.h>

#define KEY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

typedef char *check_fn(const char *value);

struct row {
	const char *value;
	const char *reason; /* what the reason has in it; NULL: accepted */
};

static void check_rows(check_fn *check, const struct row *row)
{
	for (; row->value != NULL; row++) {
		g_autofree char *reason = check(row->value);

		g_test_message("%s", row->value);
		if (row->reason == NULL)
			g_assert_cmpstr(reason, ==, NULL);
		else
			g_assert_nonnull(
			    strstr(reason != NULL ? reason : "", row->reason));
	}
}

static void test_host(void)
{
	static const struct row rows[] = {
	    {"localhost", NULL},
	    {"imap.example.org", NULL},
	    {"imap.example.org.", NULL},
	    {"b\xC3\xBC"
	     "cher.example",
		NULL},
	    {"192.0.2.1", NULL},
	    {"2001:db8::1", NULL},
	    {"fe80::1%eth0", NULL},
	    {"[::1]", "no host name"},
	    {"a:993", "port = NUMBER"},
	    {"2001:db8::x", "port = NUMBER"},
	    {"imaps://a", "URL"},
	    {"a/b", "URL"},
	    {"a b", "no host name"},
	    {"u@a", "no host name"},
	    {"a,b", "no host name"},
	    {NULL, NULL},
	};

	check_rows(syntax_check_host, rows);
}

static void test_proxy(void)
{
	static const struct row rows[] = {
	    {"env", NULL},
	    {"http://h", NULL},
	    {"http://h:3128/", NULL},
	    {"socks5://h", NULL},
	    {"socks5h://u:p@h:1080", NULL},
	    {"socks5h://u%20:p%25%7e@h:1080", NULL},
	    {"socks4://h", NULL},
	    {"socks4a://[::1]:9", NULL},
	    {"SOCKS5://h", NULL},
	    {"https://h", "\"https\""},
	    {"ftp://h", "\"ftp\""},
	    {"h", "not the URL"},
	    {"h:1080", "not the URL"},
	    {"//h", "not the URL"},
	    {"http://", "not the URL"},
	    {"http://h:99999", "not the URL"},
	    {"http://u:p@q@h", "not the URL"},
	    {"http://u:p/q@h", "not the URL"},
	    {"Env", "not the URL"},
	    {"http://token@h", NULL},
	    {"http://u:p:%25%20%7e@h", NULL},
	    {"http://u:12/p@h", "ends with its port"},
	    {"http://h/x", "ends with its port"},
	    {"http://h?x", "ends with its port"},
	    {"http://h#x", "ends with its port"},
	    {"http://h/?", "ends with its port"},
	    {"http://u:p%0d%0ax@h", "control character"},
	    {"http://u:p%1F@h", "control character"},
	    {"http://u:p%00@h", "control character"},
	    {"http://%7F@h", "control character"},
	    {"http://u:p%@h", "not the URL"},
	    {NULL, NULL},
	};

	check_rows(syntax_check_proxy, rows);
	/* A secret is not repeated. */
	for (const struct row *row = rows; row->value != NULL; row++) {
		g_autofree char *reason = syntax_check_proxy(row->value);
		if (reason != NULL)
			g_assert_null(strstr(reason, "u:p"));
	}
}

static void test_path(void)
{
	static const struct row rows[] = {
	    {"/", NULL},
	    {"/etc/a b", NULL},
	    {"~/Mail", NULL},
	    {"Mail", "\"Mail\" depends on"},
	    {"./Mail", "depends on"},
	    {"../Mail", "depends on"},
	    {"~jane/Mail", "only your own home"},
	    {"~", "only your own home"},
	    {NULL, NULL},
	};

	check_rows(syntax_check_path, rows);
}

static void test_redact(void)
{
	static const struct {
		const char *url, *redacted;
	} rows[] = {
	    {"http://h", NULL},
	    {"http://h/x", NULL},
	    {"env", NULL},
	    {"socks5h://[::1]:1080", NULL},
	    {"http://u:p@h", "http://***@h"},
	    /* A name alone is often a token. */
	    {"http://u@h", "http://***@h"},
	    {"http://u:@h", "http://***@h"},
	    {"http://:p@h", "http://***@h"},
	    {"http://u:p:q@h:1/x", "http://***@h:1/x"},
	    {"socks5h://u:p%40@[::1]:1080", "socks5h://***@[::1]:1080"},
	    /* A password with a bare slash in it. */
	    {"http://u:12/p@h", "***"},
	    {"http://u:12?p@h", "***"},
	    {"http://u@v:12/p@h", "***"},
	    /* What is no URL may be one of a bad password. */
	    {"http://u:p/q@h", "***"},
	    {"u:p@h", "***"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *redacted = syntax_redact_url(rows[i].url);
		g_assert_cmpstr(redacted, ==, rows[i].redacted);
	}
}

static void test_pin(void)
{
	static const struct row rows[] = {
	    {"sha256//" KEY, NULL},
	    {"sha256//" KEY ";sha256//" KEY, NULL},
	    {KEY, "is not a pin"},
	    {"sha1//" KEY, "is not a pin"},
	    {"sha256//", "is not a pin"},
	    {"sha256//47DE", "is not a pin"},
	    {"sha256//" KEY ";", "\"\" is not a pin"},
	    {"sha256//" KEY "; sha256//" KEY, "is not a pin"},
	    {"sha256//" KEY KEY, "is not a pin"},
	    {"sha256// " KEY, "is not a pin"},
	    {"sha256//*" KEY, "is not a pin"},
	    {NULL, NULL},
	};

	check_rows(syntax_check_pin, rows);
}

static void test_names(void)
{
	static const struct row mailboxes[] = {
	    {"INBOX", NULL},
	    {"Lists/a b", NULL},
	    {"a!", NULL},
	    {"!a", NULL},
	    {"! a b", NULL},
	    {"a*", NULL},
	    {"%", NULL},
	    {"!*/%", NULL},
	    {"!", "keeps nothing out"},
	    {"! ", "keeps nothing out"},
	    {"\\Sent", NULL},
	    {"\\sENT", NULL},
	    {"!\\Important", NULL},
	    {"\\Snet", "did you mean \"\\Sent\"?"},
	    {"!\\draft", "did you mean \"\\Drafts\"?"},
	    {"\\Spam", "those are \\All, \\Archive, \\Drafts"},
	    {"\\", "those are \\All"},
	    {NULL, NULL},
	};
	static const struct row targets[] = {
	    {"Trash", NULL},
	    {"INBOX/Old & new", NULL},
	    {"\\Trash", "the name of one mailbox"},
	    {"!Trash", "the name of one mailbox"},
	    {"Tr*", "the name of one mailbox"},
	    {"%", "the name of one mailbox"},
	    {NULL, NULL},
	};
	static const struct row accounts[] = {
	    {"a", NULL},
	    {"Jane.Doe+x@example-1.org_2", NULL},
	    {"+", NULL},
	    {"", "only letters"},
	    {".", "must not begin with \".\""},
	    {"..", "must not begin with \".\""},
	    {".a", "must not begin with \".\""},
	    {"-a", "must not begin with \"-\""},
	    {"a/b", "only letters"},
	    {"a b", "only letters"},
	    {"\xC3\xA4", "only letters"},
	    {NULL, NULL},
	};
	static const struct row rules[] = {
	    {"a", NULL},
	    {"The Boss / \xC3\xA4", NULL},
	    {"a:b", "\":\""},
	    {NULL, NULL},
	};

	check_rows(syntax_check_mailbox, mailboxes);
	check_rows(syntax_check_target, targets);
	check_rows(syntax_check_account, accounts);
	check_rows(syntax_check_rule, rules);
}

/* What config lets through is what imap can match. */
static void test_pattern_size(void)
{
	g_autofree char *name = g_strnfill(IMAP_PATTERN_MAX, 'a');
	g_autofree char *longer = g_strconcat(name, "a", NULL);
	g_autofree char *reason = NULL;

	g_assert_null(syntax_check_mailbox(longer));
	name[0] = longer[0] = '*';
	g_assert_null(syntax_check_mailbox(name));
	reason = syntax_check_mailbox(longer);
	g_assert_nonnull(strstr(reason, "at most 255"));
}

static void check_size(check_fn *check, size_t max)
{
	g_autofree char *longest = g_strnfill(max, 'a');
	g_autofree char *longer = g_strnfill(max + 1, 'a');
	g_autofree char *good = check(longest);
	g_autofree char *bad = check(longer);

	g_assert_cmpstr(good, ==, NULL);
	g_assert_nonnull(strstr(bad, "at most"));
}

static void test_sizes(void)
{
	check_size(syntax_check_account, 64);
	check_size(syntax_check_rule, 128);
}

static void test_text(void)
{
	g_assert_true(syntax_is_text(""));
	g_assert_true(syntax_is_text("a\tb \xC3\xA4"));
	g_assert_false(syntax_is_text("a\nb"));
	g_assert_false(syntax_is_text("\033[2J"));
	g_assert_false(syntax_is_text("\x7F"));
	g_assert_false(syntax_is_text("\xFC"));
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/syntax/host", test_host);
	g_test_add_func("/syntax/proxy", test_proxy);
	g_test_add_func("/syntax/path", test_path);
	g_test_add_func("/syntax/redact", test_redact);
	g_test_add_func("/syntax/pin", test_pin);
	g_test_add_func("/syntax/names", test_names);
	g_test_add_func("/syntax/pattern-size", test_pattern_size);
	g_test_add_func("/syntax/sizes", test_sizes);
	g_test_add_func("/syntax/text", test_text);
	return g_test_run();
}
