/*
 * Single settings: read into their member, written as they would be read.
 */
#include "config/parts.h"
#include "config/setting.h"
#include "unit.h"

struct row {
	const char *key, *text;
	const char *printed; /* NULL: refused */
	const char *plain;   /* NULL: the same as printed */
};

static const struct row rows[] = {
    {"host", "h", "h", NULL},
    {"host", "h:1", NULL, NULL},
    {"host", "", NULL, NULL},
    {"port", "993", "993", NULL},
    {"port", "0", NULL, NULL},
    {"tls", "STARTTLS", "starttls", NULL},
    {"tls", "0", NULL, NULL},
    {"refresh", "120s", "2m", NULL},
    {"download_max_size", "2048k", "2M", NULL},
    {"notify", "hook,desktop", "desktop, hook", NULL},
    {"notify", "hook , hook", "hook", NULL},
    {"notify", "None", "none", NULL},
    {"notify", "desktop,", NULL, NULL},
    {"notify", "", NULL, NULL},
    {"mailboxes", " a ,b c", "a, b c", "a,b c"},
    {"mailboxes", "", "INBOX", NULL},
    {"mailboxes", ",", NULL, NULL},
    {"mailboxes", "Inbox, INBOX", NULL, NULL},
    {"mailboxes", "a, iNbOx", "a, INBOX", "a,INBOX"},
    {"mailboxes", "Inbox/Sub, Inbox2", "Inbox/Sub, Inbox2", "Inbox/Sub,Inbox2"},
    {"on_message", "ring", "ring", NULL},
    {"on_message", "  ring   -x ", "ring -x", NULL},
    {"on_message", "ring 'a b'", "ring 'a b'", "ring a\\ b"},
    {"on_message", "ring \"it's\"", "ring it\\'s", NULL},
    {"on_message", "ring ''", "ring ''", NULL},
    {"on_message", "ring $HOME `x`", "ring '$HOME' '`x`'",
	"ring \\$HOME \\`x\\`"},
    {"on_message", "ring \xC3\xA4", "ring \xC3\xA4", NULL},
    {"on_message", "ring a#b", "ring 'a#b'", "ring a\\#b"},
    {"on_message", "ring a\\\\b", "ring 'a\\b'", "ring a\\\\b"},
    {"on_message", "'", NULL, NULL},
    {"on_message", "a\\", NULL, NULL},
    {"on_message", "# a", NULL, NULL},
    {"on_message", "''", NULL, NULL},
    {"download_to", "~/Mail", "~/Mail", NULL},
};

static void check_printed(const struct row *row, const struct option *option,
    struct config_account *account)
{
	g_autofree char *printed = setting_print(option, account, false);
	g_autofree char *plain = setting_print(option, account, true);
	g_autofree char *reason = NULL, *again = NULL;

	g_assert_cmpstr(printed, ==, row->printed);
	g_assert_cmpstr(plain, ==, row->plain ? row->plain : row->printed);
	g_assert_true(setting_parse(option, account, plain, &reason));
	again = setting_print(option, account, false);
	g_assert_cmpstr(again, ==, printed);
}

static void test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		const struct option *option =
		    option_find(row->key, OPTION_ACCOUNT);
		struct config_account *account = config_account_new();
		g_autofree char *before = setting_print(option, account, false);
		g_autofree char *after = NULL, *reason = NULL;
		bool good = setting_parse(option, account, row->text, &reason);

		g_test_message("%s = %s", row->key, row->text);
		g_assert_true(good == (row->printed != NULL));
		g_assert_true(good == (reason == NULL));
		after = setting_print(option, account, false);
		if (good)
			check_printed(row, option, account);
		else
			g_assert_cmpstr(after, ==, before);
		config_account_free(account);
	}
}

/* The flag of a rule says what was written, even if it is zero. */
static void test_flag(void)
{
	const struct option *size =
	    option_find("download_max_size", OPTION_RULE);
	g_autofree char *reason = NULL;
	struct config_rule rule = {0};

	g_assert_false(setting_is_set(size, &rule));
	g_assert_true(setting_parse(size, &rule, "0", &reason));
	g_assert_true(rule.has_download_max_size);
	g_assert_true(setting_is_set(size, &rule));
	setting_clear(size, &rule);
	g_assert_false(rule.has_download_max_size);
}

static void test_reset(void)
{
	const struct option *option = option_find("tls_pin", OPTION_ACCOUNT);
	const struct option *refresh = option_find("refresh", OPTION_ACCOUNT);
	struct config_account *account = config_account_new();

	account->tls_pin = g_strdup("x");
	account->refresh = 1;
	setting_reset(option, account);
	setting_reset(refresh, account);
	g_assert_null(account->tls_pin);
	g_assert_cmpint(account->refresh, ==, 900000);
	config_account_free(account);
}

static void check_criterion(
    const char *name, const char *text, const char *wanted)
{
	const struct option *option = option_find(name, OPTION_CRITERION);
	g_autofree char *reason = NULL;
	g_autofree char *read = setting_parse_criterion(option, text, &reason);

	g_assert_cmpstr(read, ==, wanted);
	g_assert_true((reason == NULL) == (wanted != NULL));
}

static void test_criterion(void)
{
	check_criterion("from", "*@x, !y@x", "*@x, !y@x");
	check_criterion("from", " ", NULL);
	check_criterion("larger", "64K", "65536");
	check_criterion("smaller", "0", "0");
	check_criterion("larger", "1025G", NULL);
	check_criterion("larger", "many", NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/setting/rows", test_rows);
	g_test_add_func("/setting/flag", test_flag);
	g_test_add_func("/setting/reset", test_reset);
	g_test_add_func("/setting/criterion", test_criterion);
	return g_test_run();
}
