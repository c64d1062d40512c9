/*
 * The table of options has no holes, and finds what it is asked for.
 */
#include "config/options.h"
#include "config/parts.h"
#include "config/setting.h"
#include "unit.h"
#include <stddef.h>
#include <string.h>

static bool is_number(const struct option *option)
{
	return option->type == OPTION_NUMBER ||
	    option->type == OPTION_DURATION || option->type == OPTION_SIZE;
}

static void check_name(const struct option *option)
{
	const char *c;

	g_assert_cmpstr(option->name, !=, "");
	for (c = option->name; *c != '\0'; c++)
		g_assert_true(
		    g_ascii_islower(*c) || g_ascii_isdigit(*c) || *c == '_');
	/* Unique where it is looked up: rules ask for both of theirs. */
	for (const struct option *o = options; o < option; o++) {
		bool same_home = (o->scope == OPTION_ACCOUNT) ==
		    (option->scope == OPTION_ACCOUNT);
		g_assert_false(same_home && strcmp(o->name, option->name) == 0);
	}
}

static void check_help(const struct option *option)
{
	size_t size;

	g_assert_nonnull(option->help);
	size = strlen(option->help);
	g_assert_cmpuint(size, >, 10);
	g_assert_cmpuint(size, <, 72);
	g_assert_true(g_ascii_isupper(option->help[0]));
	g_assert_true(option->help[size - 1] == '.');
	/* One sentence. */
	g_assert_null(strstr(option->help, ". "));
}

static void check_range(const struct option *option)
{
	bool choosing =
	    option->type == OPTION_CHOICE || option->type == OPTION_SET;

	g_assert_true((option->choices != NULL) == choosing);
	if (is_number(option))
		g_assert_cmpint(option->min, <, option->max);
	else
		g_assert_true(option->min == 0 && option->max == 0);
}

static void check_scope(const struct option *option)
{
	bool flagged = is_number(option) || option->type == OPTION_CHOICE ||
	    option->type == OPTION_SET;

	switch (option->scope) {
	case OPTION_ACCOUNT:
		g_assert_true(
		    option->flag == 0 || (flagged && option->multiple));
		g_assert_cmpuint(
		    option->offset, <, sizeof(struct config_account));
		break;
	case OPTION_RULE:
		g_assert_true((option->flag != 0) == flagged);
		g_assert_cmpuint(option->offset, <, sizeof(struct config_rule));
		g_assert_null(option->initial);
		break;
	case OPTION_SHARED:
		g_assert_cmpuint(option->flag, ==, 0);
		g_assert_cmpuint(option->offset, <, sizeof(struct config));
		g_assert_true(option->multiple);
		break;
	case OPTION_CRITERION:
		g_assert_cmpuint(option->flag, ==, 0);
		g_assert_null(option->initial);
		break;
	default:
		g_assert_not_reached();
	}
	if ((option->scope & (OPTION_ACCOUNT | OPTION_SHARED)) == 0)
		g_assert_false(option->multiple);
	if (option->scope != OPTION_ACCOUNT)
		g_assert_false(option->required || option->secret);
	g_assert_false(option->inlined && option->scope != OPTION_SHARED);
	g_assert_false(option->required && option->multiple);
	g_assert_false(option->redact != NULL && !option->secret);
}

static void test_rows(void)
{
	const struct option *option;

	for (option = options; option->name != NULL; option++) {
		g_test_message("%s", option->name);
		g_assert_cmpuint(option->type, <, OPTION_TYPES);
		check_name(option);
		check_help(option);
		check_range(option);
		check_scope(option);
	}
	g_assert_cmpint(option - options, >, 30);
}

/* An account of the table's making has every initial value, and what has
 * none is not set. */
static void test_initial(void)
{
	struct config_account *account = config_account_new();
	struct config_account *other = config_account_new();

	for (const struct option *o = options; o->name != NULL; o++) {
		g_autofree char *reason = NULL, *one = NULL, *again = NULL;

		if (o->scope != OPTION_ACCOUNT)
			continue;
		g_test_message("%s", o->name);
		g_assert_true(
		    setting_is_set(o, account) == (o->initial != NULL));
		if (o->initial == NULL)
			continue;
		g_assert_true(setting_parse(o, other, o->initial, &reason));
		one = setting_print(o, account, false);
		g_assert_true(setting_parse(o, other, one, &reason));
		again = setting_print(o, other, false);
		g_assert_cmpstr(one, ==, again);
	}
	config_account_free(account);
	config_account_free(other);
}

/* No two rows share a member. */
static void test_offsets(void)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		for (const struct option *p = options; p < o; p++) {
			if (o->scope == p->scope &&
			    o->scope != OPTION_CRITERION)
				g_assert_cmpuint(o->offset, !=, p->offset);
		}
	}
}

/* Both ends of a range are in it, what lies beyond is not. */
static void check_end(const struct option *option, int64_t value, bool good)
{
	union {
		struct config_account account;
		struct config_rule rule;
		struct config shared;
	} base = {0};
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "%s", value,
	    option->type == OPTION_DURATION ? "ms" : "");
	g_autofree char *reason = NULL;

	g_assert_true(setting_parse(option, &base, text, &reason) == good);
	g_assert_true((reason == NULL) == good);
}

static void test_ranges(void)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		if (!is_number(o) || o->scope == OPTION_CRITERION)
			continue;
		g_test_message("%s", o->name);
		check_end(o, o->min, true);
		check_end(o, o->max, true);
		check_end(o, o->max + 1, false);
		if (o->min > 0)
			check_end(o, o->min - 1, false);
	}
}

/* The order of choices is that of the enums. */
static void test_enums(void)
{
	const struct option *tls = option_find("tls", OPTION_ACCOUNT);
	const struct option *version =
	    option_find("tls_min_version", OPTION_ACCOUNT);
	const struct option *auth = option_find("auth", OPTION_ACCOUNT);
	const struct option *method = option_find("method", OPTION_ACCOUNT);
	const struct option *notify = option_find("notify", OPTION_ACCOUNT);
	const struct option *urgency = option_find("urgency", OPTION_RULE);

	g_assert_cmpstr(tls->choices[CONFIG_TLS_STARTTLS], ==, "starttls");
	g_assert_cmpstr(tls->choices[CONFIG_TLS_NONE], ==, "none");
	g_assert_cmpstr(version->choices[CONFIG_TLS_1_3], ==, "1.3");
	g_assert_cmpstr(auth->choices[CONFIG_AUTH_LOGIN], ==, "login");
	g_assert_cmpstr(auth->choices[CONFIG_AUTH_EXTERNAL], ==, "external");
	g_assert_cmpstr(
	    auth->choices[CONFIG_AUTH_OAUTHBEARER], ==, "oauthbearer");
	g_assert_cmpstr(method->choices[CONFIG_METHOD_POLL], ==, "poll");
	g_assert_cmpstr(notify->choices[0], ==, "desktop");
	g_assert_cmpint(CONFIG_NOTIFY_DESKTOP, ==, 1 << 0);
	g_assert_cmpstr(notify->choices[1], ==, "hook");
	g_assert_cmpstr(
	    urgency->choices[CONFIG_URGENCY_CRITICAL], ==, "critical");
}

/* A path means the same file wherever the program is started. */
static void test_paths(void)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		g_autofree char *reason = NULL;

		g_test_message("%s", o->name);
		if (o->type != OPTION_PATH)
			continue;
		g_assert_nonnull(o->check);
		reason = o->check("a");
		g_assert_nonnull(reason);
	}
}

static void test_find(void)
{
	const struct option *of_account = option_find("notify", OPTION_ACCOUNT);
	const struct option *of_rule = option_find("notify", OPTION_RULE);

	g_assert_nonnull(of_account);
	g_assert_nonnull(of_rule);
	g_assert_true(of_account != of_rule);
	g_assert_null(option_find("from", OPTION_ACCOUNT));
	g_assert_nonnull(option_find("from", OPTION_CRITERION));
	g_assert_null(option_find("from", OPTION_RULE));
	g_assert_null(option_find("Host", OPTION_ACCOUNT));
	g_assert_null(option_find("", OPTION_ACCOUNT));
}

static void test_nearest(void)
{
	static const struct {
		const char *word, *nearest;
	} words[] = {
	    {"host", "host"},
	    {"hsot", "host"},
	    {"hots", "host"},
	    {"hos", "host"},
	    {"hostt", "host"},
	    {"HOST", "host"},
	    {"tls-pin", "tls_pin"},
	    {"tsl", "tls"},
	    {"passwd", "password"},
	    {"pass", "password"},
	    {"passwordcommand", "password_command"},
	    {"mailbox", "mailboxes"},
	    {"mailboxs", "mailboxes"},
	    {"pollinterval", "poll_interval"},
	    {"download_maxsize", "download_max_size"},
	    {"username", "user"},
	    {"server", NULL},
	    {"xyzzy", NULL},
	    {"x", NULL},
	    {"", NULL},
	    {"a_word_of_more_than_forty_letters_is_no_key", NULL},
	    {"host host host host host host host host ho", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		g_test_message("%s", words[i].word);
		g_assert_cmpstr(option_nearest(words[i].word, OPTION_ACCOUNT),
		    ==, words[i].nearest);
	}
	g_assert_cmpstr(option_nearest("hots", OPTION_RULE), ==, NULL);
	g_assert_cmpstr(option_nearest("form", OPTION_CRITERION), ==, "from");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/options/rows", test_rows);
	g_test_add_func("/options/initial", test_initial);
	g_test_add_func("/options/offsets", test_offsets);
	g_test_add_func("/options/ranges", test_ranges);
	g_test_add_func("/options/enums", test_enums);
	g_test_add_func("/options/paths", test_paths);
	g_test_add_func("/options/find", test_find);
	g_test_add_func("/options/nearest", test_nearest);
	return g_test_run();
}
