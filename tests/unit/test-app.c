/*
 * The small parts of app/: what failures mean, what the log shows, what
 * settings make of a message.
 */
#include "app/failure.h"
#include "app/log.h"
#include "app/settings.h"
#include "imap/session.h"
#include "net/error.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- failures ---- */

/* No error of ours may be without a meaning: a hole in the table is status
 * 0. */
static void test_failure_table(void)
{
	for (int code = 0; code < IMAP_ERROR_COUNT; code++) {
		g_autoptr(GError) error =
		    g_error_new_literal(IMAP_ERROR, code, "x");

		g_assert_cmpint(failure_exit_status(error), >=, 64);
		g_assert_cmpint(failure_exit_status(error), <=, 78);
	}
	for (int code = 0; code < NET_ERROR_COUNT; code++) {
		g_autoptr(GError) error =
		    g_error_new_literal(NET_ERROR, code, "x");

		g_assert_cmpint(failure_exit_status(error), >=, 64);
		g_assert_cmpint(failure_exit_status(error), <=, 78);
	}
}

static void test_failure_statuses(void)
{
	static const struct {
		bool net;
		int code, status;
		enum failure_class class;
	} cases[] = {
	    {true, NET_ERROR_RESOLVE, 69, FAILURE_TEMPORARY},
	    {true, NET_ERROR_NETWORK, 69, FAILURE_TEMPORARY},
	    {true, NET_ERROR_CONNECT, 69, FAILURE_TEMPORARY},
	    {true, NET_ERROR_VERIFY, 76, FAILURE_WAIT},
	    {false, IMAP_ERROR_REFUSED, 77, FAILURE_REFUSED},
	    {false, IMAP_ERROR_PROTOCOL, 76, FAILURE_TEMPORARY},
	    {false, IMAP_ERROR_UNAVAILABLE, 75, FAILURE_WAIT},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = g_error_new_literal(
		    cases[i].net ? NET_ERROR : IMAP_ERROR, cases[i].code, "x");

		g_assert_cmpint(
		    failure_exit_status(error), ==, cases[i].status);
		g_assert_cmpint(failure_class(error), ==, cases[i].class);
	}
}

/* No server is spared by waiting for the network. */
static void test_failure_is_local(void)
{
	for (int code = 0; code < NET_ERROR_COUNT; code++) {
		g_autoptr(GError) error =
		    g_error_new_literal(NET_ERROR, code, "x");

		g_assert_cmpint(failure_is_local(error), ==,
		    code == NET_ERROR_RESOLVE || code == NET_ERROR_NETWORK);
	}
}

/* Advice only where the text has none. */
static void test_failure_describe(void)
{
	g_autoptr(GError) refused =
	    g_error_new_literal(IMAP_ERROR, IMAP_ERROR_REFUSED, "100%s no.");
	g_autoptr(GError) broken =
	    g_error_new_literal(NET_ERROR, NET_ERROR_VERIFY, "expired.");
	g_autoptr(GError) more =
	    g_error_new_literal(NET_ERROR, NET_ERROR_VERIFY, "...");
	g_autofree char *dots = failure_describe(more);
	g_autofree char *text = failure_describe(refused);
	g_autofree char *bare = failure_describe(broken);

	g_assert_cmpstr(text, ==,
	    "100%s no (check user, password, password_command or token_command)");
	g_assert_cmpstr(bare, ==, "expired");
	g_assert_cmpstr(dots, ==, "...");
}

/* ---- the log ---- */

static void write_lines(void)
{
	log_open(LOG_LEVEL_INFO);
	log_line(LOG_LEVEL_INFO, "work", "a\033[31mred\nline %d", 7);
	log_line(LOG_LEVEL_VERBOSE, "work", "not shown");
	log_hide("tops3cret");
	log_line(LOG_LEVEL_INFO, NULL, "it said tops3cret aloud");
	log_line(LOG_LEVEL_INFO, NULL, "with \nline tops3cret");
	log_unhide("tops3cret");
	log_line(LOG_LEVEL_INFO, NULL, "it said tops3cret again");
}

/* What fn writes to standard error. */
static char *capture(void (*fn)(void))
{
	g_autofree char *path = NULL;
	char *text = NULL;
	int ours = dup(STDERR_FILENO);
	int fd = g_file_open_tmp("idlebell-XXXXXX", &path, NULL);

	g_assert_cmpint(dup2(fd, STDERR_FILENO), >=, 0);
	fn();
	dup2(ours, STDERR_FILENO);
	g_close(fd, NULL);
	g_close(ours, NULL);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_unlink(path);
	return text;
}

static void test_log(void)
{
	g_autofree char *text = NULL;

	g_unsetenv("JOURNAL_STREAM");
	text = capture(write_lines);
	g_assert_cmpstr(text, ==,
	    "idlebell: work: a [31mred line 7\n"
	    "idlebell: (hidden: the server repeated a secret)\n"
	    "idlebell: (hidden: the server repeated a secret)\n"
	    "idlebell: it said tops3cret again\n");
}

/* More lines than a pipe holds, and nobody reads: the log does not wait, and
 * says later what it has not said. */
static void test_log_unread(void)
{
	int ours = dup(STDERR_FILENO), fds[2];
	GString *text = g_string_new(NULL);
	char bytes[4096];
	ssize_t size;

	g_assert_cmpint(pipe(fds), ==, 0);
	g_assert_cmpint(dup2(fds[1], STDERR_FILENO), >=, 0);
	close(fds[1]);
	log_open(LOG_LEVEL_INFO);
	alarm(UNIT_PATIENCE);
	for (int i = 0; i < 10000; i++)
		log_line(LOG_LEVEL_INFO, "work", "line %d", i);
	g_assert_cmpint(fcntl(fds[0], F_SETFL, O_NONBLOCK), ==, 0);
	while ((size = read(fds[0], bytes, sizeof(bytes))) > 0)
		g_string_append_len(text, bytes, size);
	g_assert_null(strstr(text->str, "line 9999\n"));
	g_assert_true(g_str_has_suffix(text->str, "\n"));
	log_line(LOG_LEVEL_INFO, "work", "the end");
	alarm(0);
	size = read(fds[0], bytes, sizeof(bytes) - 1);
	g_assert_cmpint(size, >, 0);
	bytes[size] = '\0';
	dup2(ours, STDERR_FILENO);
	close(ours);
	close(fds[0]);
	g_assert_nonnull(strstr(bytes,
	    " lines are missing here: nobody read them\n"
	    "idlebell: work: the end\n"));
	g_string_free(text, TRUE);
}

/* As systemd sets it for a standard error that is the journal's. */
static void write_to_journal(void)
{
	g_autofree char *stream = NULL;
	struct stat st;

	g_assert_cmpint(fstat(STDERR_FILENO, &st), ==, 0);
	stream = g_strdup_printf(
	    "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	g_setenv("JOURNAL_STREAM", stream, TRUE);
	log_open(LOG_LEVEL_TRACE);
	log_line(LOG_LEVEL_ERROR, "work", "broken");
	log_line(LOG_LEVEL_TRACE, NULL, "detail");
	g_setenv("JOURNAL_STREAM", "1:1", TRUE);
	log_open(LOG_LEVEL_TRACE);
	log_line(LOG_LEVEL_INFO, NULL, "elsewhere");
}

static void test_log_journal(void)
{
	g_autofree char *text = capture(write_to_journal);

	g_assert_cmpstr(text, ==,
	    "<3>idlebell: work: broken\n"
	    "<7>idlebell: detail\n"
	    "idlebell: elsewhere\n");
}

/* ---- settings ---- */

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

#define ACCOUNT "[account a]\nhost=h\nuser=u\npassword_command=x\n"

static struct message *message_from(const char *from)
{
	const struct message_source source = {
	    .account = "a", .mailbox = "INBOX", .uid = 1, .uidvalidity = 1};
	g_autofree char *header = g_strdup_printf("From: %s\r\n\r\n", from);

	return message_new(&source, header, strlen(header));
}

static void test_decide(void)
{
	struct settings *settings =
	    load(ACCOUNT "on_message=ring\n[rule boss]\nfrom=boss@x.org\n"
			 "urgency=critical\nicon=star\n"
			 "[rule none]\nnotify=none\n");
	g_autoptr(Message) boss = message_from("boss@x.org");
	g_autoptr(Message) other = message_from("\"boss@x.org\" <evil@y.org>");
	const struct config_account *account =
	    config_find_account(settings->config, "a");
	struct verdict verdict;

	g_assert_false(config_has_errors(settings->config));
	verdict = settings_decide(settings, account, boss, NULL, NULL);
	g_assert_cmpstr(verdict.rule, ==, "boss");
	g_assert_cmpint(verdict.urgency, ==, CONFIG_URGENCY_CRITICAL);
	g_assert_cmpint(
	    verdict.notify, ==, CONFIG_NOTIFY_DESKTOP | CONFIG_NOTIFY_HOOK);
	g_assert_cmpstr(verdict.icon, ==, "star");
	g_assert_cmpstr(verdict.on_message[0], ==, "ring");
	verdict = settings_decide(settings, account, other, NULL, NULL);
	g_assert_cmpstr(verdict.rule, ==, "none");
	g_assert_cmpint(verdict.notify, ==, 0);
	settings_unref(settings);
}

static void test_no_rule(void)
{
	struct settings *settings = load(ACCOUNT "notify=hook\non_message=r\n");
	g_autoptr(Message) message = message_from("a@b.c");
	struct verdict verdict = settings_decide(settings,
	    config_find_account(settings->config, "a"), message, NULL, NULL);

	g_assert_null(verdict.rule);
	g_assert_cmpint(verdict.notify, ==, CONFIG_NOTIFY_HOOK);
	g_assert_cmpint(verdict.urgency, ==, CONFIG_URGENCY_NORMAL);
	settings_unref(settings);
}

/* A bad pattern is a problem with its line, like any other. */
static void test_bad_rule(void)
{
	struct settings *settings = load(ACCOUNT "[rule r]\nsubject = /(/\n");
	bool found = false;

	for (unsigned i = 0; i < settings->config->problems->len; i++) {
		const struct config_problem *problem =
		    settings->config->problems->pdata[i];

		found |= problem->line == 6 && !problem->warning;
	}
	g_assert_true(found);
	settings_unref(settings);
}

static void test_header_fields(void)
{
	struct settings *settings =
	    load(ACCOUNT "[rule r]\nheader = X-Spam-Flag: yes\n");

	g_assert_cmpstr(
	    settings->header_fields, ==, MESSAGE_HEADER_FIELDS " X-SPAM-FLAG");
	settings_unref(settings);
}

/* A reload asks whether an account has changed. */
static void test_equal(void)
{
	static const struct {
		const char *text;
		bool equal;
	} cases[] = {
	    {ACCOUNT, true},
	    {"\n\n" ACCOUNT "[rule r]\nfrom = *\n", true},
	    {ACCOUNT "refresh = 15m\n", true},
	    {ACCOUNT "refresh = 14m\n", false},
	    {ACCOUNT "on_message = ring\n", false},
	    {"[account a]\nhost=h\nuser=u\npassword=x\n", false},
	};
	struct settings *settings = load(ACCOUNT);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct settings *other = load(cases[i].text);

		g_assert_cmpint(cases[i].equal, ==,
		    config_account_equal(
			config_find_account(settings->config, "a"),
			config_find_account(other->config, "a")));
		settings_unref(other);
	}
	settings_unref(settings);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/failure/table", test_failure_table);
	g_test_add_func("/failure/statuses", test_failure_statuses);
	g_test_add_func("/failure/is-local", test_failure_is_local);
	g_test_add_func("/failure/describe", test_failure_describe);
	g_test_add_func("/log/clean", test_log);
	g_test_add_func("/log/unread", test_log_unread);
	g_test_add_func("/log/journal", test_log_journal);
	g_test_add_func("/settings/decide", test_decide);
	g_test_add_func("/settings/no-rule", test_no_rule);
	g_test_add_func("/settings/bad-rule", test_bad_rule);
	g_test_add_func("/settings/header-fields", test_header_fields);
	g_test_add_func("/settings/equal", test_equal);
	return g_test_run();
}
