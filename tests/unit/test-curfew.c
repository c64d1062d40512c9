/*
 * Quiet hours as they are configured, and who breaks through them.
 */
#include "app/settings.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <string.h>

#define ACCOUNT(name) "[account " name "]\nhost=h\nuser=u\npassword_command=x\n"
#define ALWAYS        "00:00-24:00"

static struct settings *load(const char *text)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct settings *settings;
	int fd = g_file_open_tmp("idlebell-XXXXXX", &path, &error);

	g_assert_no_error(error);
	g_close(fd, NULL);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	g_chmod(path, 0600);
	settings = settings_load(path, NULL, &error);
	g_assert_no_error(error);
	g_unlink(path);
	return settings;
}

static struct verdict decide(const struct settings *settings, const char *from)
{
	const struct message_source source = {
	    .account = "a", .mailbox = "INBOX", .uid = 1, .uidvalidity = 1};
	g_autofree char *header = g_strdup_printf("From: %s\r\n\r\n", from);
	g_autoptr(Message) message =
	    message_new(&source, header, strlen(header));

	return settings_decide(settings,
	    config_find_account(settings->config, "a"), message, NULL, NULL);
}

static bool is_broken(const struct settings *settings, const char *account)
{
	const struct rules_place place = {
	    .account = account, .mailbox = "INBOX"};

	return curfew_is_broken(settings->curfew,
	    config_find_account(settings->config, account), &place);
}

/* Who has none pays nothing for it. */
static void test_none(void)
{
	struct settings *settings = load(ACCOUNT("a") "quiet_hours = \n"
						      "[rule r]\nurgent=yes\n");

	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	g_assert_null(settings->curfew);
	g_assert_null(curfew_hours(settings->curfew, ALWAYS));
	g_assert_false(curfew_holds(settings->curfew, ALWAYS));
	g_assert_false(is_broken(settings, "a"));
	settings_unref(settings);
}

static void test_accounts(void)
{
	struct settings *settings =
	    load("[defaults]\nquiet_hours=" ALWAYS "\n" ACCOUNT("a")
		    ACCOUNT("b") "quiet_hours=\n");
	const struct config *config = settings->config;
	const struct config_account *a = config->accounts->pdata[0];
	const struct config_account *b = config->accounts->pdata[1];

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_nonnull(curfew_hours(settings->curfew, a->quiet_hours));
	g_assert_true(curfew_holds(settings->curfew, a->quiet_hours));
	g_assert_null(curfew_hours(settings->curfew, b->quiet_hours));
	g_assert_false(is_broken(settings, "a"));
	settings_unref(settings);
}

static void test_urgent(void)
{
	struct settings *settings =
	    load("[defaults]\nquiet_hours=" ALWAYS "\n" ACCOUNT("a")
		    ACCOUNT("b") "[rule r]\naccount=a\nfrom=boss@x.org\n"
				 "urgent=yes\n[rule s]\nurgent=no\n");

	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	g_assert_true(is_broken(settings, "a"));
	g_assert_false(is_broken(settings, "b"));
	g_assert_true(decide(settings, "boss@x.org").urgent);
	g_assert_false(decide(settings, "else@x.org").urgent);
	settings_unref(settings);
}

/* What is urgent has to ring, or to be downloaded, to be worth a connection. */
static void test_silent(void)
{
	static const struct {
		const char *account, *rules;
		bool broken;
	} table[] = {
	    {"", "[rule r]\nurgent=yes\nnotify=none\n", false},
	    {"", "[rule r]\nurgent=yes\nnotify=hook\n", true},
	    {"notify=none\n", "[rule r]\nurgent=yes\n", false},
	    {"notify=none\n", "[rule r]\nurgent=yes\nnotify=hook\n", true},
	    {"notify=none\ndownload_max_size=1K\n", "[rule r]\nurgent=yes\n",
		true},
	    {"download_max_size=1K\n",
		"[rule r]\nurgent=yes\nnotify=none\ndownload_max_size=0\n",
		false},
	    {"", "[rule r]\nurgent=yes\nnotify=none\ndownload_max_size=1K\n",
		true},
	    {"", "[rule r]\nurgent=yes\nquiet_hours=" ALWAYS "\n", true},
	    {"", "[rule r]\nurgent=yes\nmailbox=!inbox\n", false},
	    {"",
		"[rule r]\nurgent=yes\nstop=no\n"
		"[rule s]\nmailbox=INBOX\nurgent=no\n",
		false},
	    {"",
		"[rule r]\nurgent=yes\nstop=no\n"
		"[rule s]\nmailbox=INBOX\nnotify=none\n",
		false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		g_autofree char *text = g_strconcat(ACCOUNT("a"),
		    "quiet_hours=" ALWAYS "\ndownload_to=/m\n",
		    table[i].account, table[i].rules, NULL);
		struct settings *settings = load(text);

		g_test_message("%s", text);
		g_assert_false(config_has_errors(settings->config));
		g_assert_true(is_broken(settings, "a") == table[i].broken);
		settings_unref(settings);
	}
}

static void test_rules(void)
{
	struct settings *settings =
	    load(ACCOUNT("a") "[rule r]\nfrom=anna@x.org\nquiet_hours=" ALWAYS
			      "\nnotify=desktop\nurgency=critical\n");

	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	g_assert_cmpint(decide(settings, "anna@x.org").notify, ==, 0);
	g_assert_cmpint(decide(settings, "anna@x.org").urgency, ==,
	    CONFIG_URGENCY_CRITICAL);
	g_assert_cmpint(decide(settings, "else@x.org").notify, !=, 0);
	settings_unref(settings);
}

/* Each is said once, with the line of its key. */
static void test_problems(void)
{
	struct settings *settings =
	    load("[defaults]\nquiet_hours=22:00-7\n" ACCOUNT("a")
		    ACCOUNT("b") "[rule r]\nfrom=x@y\nquiet_hours=Someday\n");
	const GPtrArray *problems = settings->config->problems;

	config_problems_sort((GPtrArray *)problems);
	g_assert_cmpuint(problems->len, ==, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct config_problem *problem = problems->pdata[i];

		g_assert_false(problem->warning);
		g_assert_true(g_str_has_prefix(problem->text, "quiet_hours: "));
		g_assert_cmpint(problem->line, ==, i == 0 ? 2 : 13);
	}
	settings_unref(settings);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/curfew/none", test_none);
	g_test_add_func("/curfew/accounts", test_accounts);
	g_test_add_func("/curfew/urgent", test_urgent);
	g_test_add_func("/curfew/silent", test_silent);
	g_test_add_func("/curfew/rules", test_rules);
	g_test_add_func("/curfew/problems", test_problems);
	return g_test_run();
}
