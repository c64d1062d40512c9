/*
 * Login: the mechanism that is chosen, and its words to the letter.
 */
#include "net/login.h"
#include "unit.h"

#include <string.h>

#define CAP(name) (UINT64_C(1) << IMAP_CAP_##name)

/* What the server offers, what the user wants, and the parts by "|". */
static const struct row {
	const char *name;
	uint64_t offers;
	enum login_mechanism mechanism;
	bool token;
	const char *user, *secret, *parts;
} rows[] = {
    {"plain", CAP(AUTH_PLAIN), LOGIN_AUTO, false, "jane", "secret",
	"AUTHENTICATE PLAIN|AGphbmUAc2VjcmV0"},
    {"plain-ir", CAP(AUTH_PLAIN) | CAP(SASL_IR), LOGIN_AUTO, false, "jane",
	"secret", "AUTHENTICATE PLAIN AGphbmUAc2VjcmV0"},
    {"plain-before-login", CAP(AUTH_PLAIN) | CAP(AUTH_LOGIN), LOGIN_AUTO, false,
	"jane", "secret", "AUTHENTICATE PLAIN|AGphbmUAc2VjcmV0"},
    {"plain-utf8", CAP(AUTH_PLAIN) | CAP(SASL_IR), LOGIN_PLAIN, false,
	"j\303\244ne", "p\303\244ss\n\"",
	"AUTHENTICATE PLAIN AGrDpG5lAHDDpHNzCiI="},
    {"login", 0, LOGIN_AUTO, false, "jane", "se\"cr\\et",
	"LOGIN \"jane\" \"se\\\"cr\\\\et\""},
    {"login-not-external", CAP(AUTH_EXTERNAL), LOGIN_AUTO, false, "jane",
	"secret", "LOGIN \"jane\" \"secret\""},
    {"login-not-xoauth2", CAP(AUTH_XOAUTH2) | CAP(AUTH_OAUTHBEARER), LOGIN_AUTO,
	false, "jane", "secret", "LOGIN \"jane\" \"secret\""},
    {"login-forced", CAP(AUTH_PLAIN) | CAP(SASL_IR), LOGIN_LOGIN, false, "jane",
	"secret", "LOGIN \"jane\" \"secret\""},
    {"login-literals", 0, LOGIN_LOGIN, false, "j\303\244ne", "s\303\251c",
	"LOGIN {5}|j\303\244ne {4}|s\303\251c"},
    {"login-literals-plus", CAP(LITERAL_PLUS), LOGIN_LOGIN, false,
	"j\303\244ne", "s\303\251c",
	"LOGIN {5+}\r\nj\303\244ne {4+}\r\ns\303\251c"},
    {"login-literal-minus", CAP(LITERAL_MINUS), LOGIN_LOGIN, false, "jane",
	"s\303\251c", "LOGIN \"jane\" {4+}\r\ns\303\251c"},
    {"login-literal-user", 0, LOGIN_LOGIN, false, "j\303\244ne", "sec",
	"LOGIN {5}|j\303\244ne \"sec\""},
    {"login-literal-secret", 0, LOGIN_LOGIN, false, "jane", "a\r\nb",
	"LOGIN \"jane\" {4}|a\r\nb"},
    {"login-empty", 0, LOGIN_LOGIN, false, "jane", "", "LOGIN \"jane\" \"\""},
    {"external", CAP(AUTH_EXTERNAL), LOGIN_EXTERNAL, false, "jane", NULL,
	"AUTHENTICATE EXTERNAL|amFuZQ=="},
    {"external-ir", CAP(AUTH_EXTERNAL) | CAP(SASL_IR), LOGIN_EXTERNAL, false,
	"jane", NULL, "AUTHENTICATE EXTERNAL amFuZQ=="},
    {"external-empty", CAP(AUTH_EXTERNAL), LOGIN_EXTERNAL, false, "", NULL,
	"AUTHENTICATE EXTERNAL|"},
    {"external-empty-ir", CAP(AUTH_EXTERNAL) | CAP(SASL_IR), LOGIN_EXTERNAL,
	false, NULL, NULL, "AUTHENTICATE EXTERNAL ="},
    /* The example of RFC 7628 section 4.1 with our host and port. */
    {"oauthbearer", CAP(AUTH_OAUTHBEARER) | CAP(AUTH_XOAUTH2) | CAP(AUTH_PLAIN),
	LOGIN_AUTO, true, "a,b=c", "tok",
	"AUTHENTICATE OAUTHBEARER|"
	"bixhPWE9MkNiPTNEYywBaG9zdD1oLmV4YW1wbGUBcG9ydD05OTMBYXV0aD1CZWFyZXI"
	"gdG9rAQE=|AQ=="},
    {"oauthbearer-ir", CAP(AUTH_OAUTHBEARER) | CAP(SASL_IR), LOGIN_OAUTHBEARER,
	true, "jane", "tok",
	"AUTHENTICATE OAUTHBEARER "
	"bixhPWphbmUsAWhvc3Q9aC5leGFtcGxlAXBvcnQ9OTkzAWF1dGg9QmVhcmVyIHRvawE"
	"B|AQ=="},
    {"xoauth2", CAP(AUTH_XOAUTH2) | CAP(AUTH_PLAIN), LOGIN_AUTO, true, "jane",
	"tok", "AUTHENTICATE XOAUTH2|dXNlcj1qYW5lAWF1dGg9QmVhcmVyIHRvawEB|"},
    {"xoauth2-ir", CAP(AUTH_XOAUTH2) | CAP(AUTH_OAUTHBEARER) | CAP(SASL_IR),
	LOGIN_XOAUTH2, true, "jane", "tok",
	"AUTHENTICATE XOAUTH2 dXNlcj1qYW5lAWF1dGg9QmVhcmVyIHRvawEB|"},
    /* No way; the words are in the message. */
    {"no-plain", CAP(LOGINDISABLED), LOGIN_AUTO, false, "jane", "secret",
	"!a password|LOGINDISABLED|tls = starttls"},
    {"no-login", CAP(LOGINDISABLED) | CAP(AUTH_PLAIN), LOGIN_LOGIN, false,
	"jane", "secret", "!LOGIN|AUTH=PLAIN, LOGINDISABLED"},
    {"no-token", CAP(AUTH_PLAIN) | CAP(AUTH_LOGIN), LOGIN_AUTO, true, "jane",
	"secret", "!a token|AUTH=PLAIN, AUTH=LOGIN"},
    {"no-forced-plain", CAP(AUTH_LOGIN) | CAP(SASL_IR), LOGIN_PLAIN, false,
	"jane", "secret", "!PLAIN|AUTH=LOGIN"},
    {"no-external", 0, LOGIN_EXTERNAL, false, "jane", NULL,
	"!EXTERNAL|none that is known"},
    {"no-xoauth2", CAP(AUTH_OAUTHBEARER), LOGIN_XOAUTH2, true, "jane", "secret",
	"!XOAUTH2|AUTH=OAUTHBEARER"},
    {"no-oauthbearer", CAP(AUTH_XOAUTH2), LOGIN_OAUTHBEARER, true, "jane",
	"secret", "!OAUTHBEARER|AUTH=XOAUTH2"},
};

static void check_refusal(const struct row *row, const GError *error)
{
	g_auto(GStrv) words = g_strsplit(row->parts + 1, "|", -1);

	g_assert_error(error, NET_ERROR, NET_ERROR_NO_AUTH);
	g_test_message("%s", error->message);
	for (unsigned i = 0; words[i]; i++)
		g_assert_nonnull(strstr(error->message, words[i]));
	g_assert_null(strstr(error->message, "secret"));
}

static void test_row(const void *data)
{
	const struct row *row = data;
	struct login_options options = {.mechanism = row->mechanism,
	    .user = row->user,
	    .secret = row->secret,
	    .token = row->token,
	    .host = "h.example",
	    .port = 993};
	struct imap_capabilities caps = {.known = true, .bits = row->offers};
	g_autoptr(GError) error = NULL;
	g_autofree char *joined = NULL;
	char **parts = login_parts_new(&options, &caps, &error);

	if (row->parts[0] == '!') {
		g_assert_null(parts);
		check_refusal(row, error);
		return;
	}
	g_assert_no_error(error);
	joined = g_strjoinv("|", parts);
	g_assert_cmpstr(joined, ==, row->parts);
	login_parts_free(parts);
}

/* LITERAL- lets 4,096 octets go unasked, and no more. */
static void test_literal_minus(void)
{
	for (size_t size = 4096; size <= 4097; size++) {
		g_autofree char *secret = g_strnfill(size, '\n');
		const struct login_options options = {
		    .mechanism = LOGIN_LOGIN, .user = "jane", .secret = secret};
		const struct imap_capabilities caps = {
		    .known = true, .bits = CAP(LITERAL_MINUS)};
		char **parts = login_parts_new(&options, &caps, NULL);

		g_assert_cmpint(parts[1] == NULL, ==, size == 4096);
		login_parts_free(parts);
	}
}

static void test_free_nothing(void)
{
	login_parts_free(NULL);
}

int main(int argc, char *argv[])
{
	(void)argc;
	unit_init(argv[0]);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
		    g_strconcat("/login/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/login/literal-minus", test_literal_minus);
	g_test_add_func("/login/free-nothing", test_free_nothing);
	return g_test_run();
}
