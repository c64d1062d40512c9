/*
 * Status documents and what people see of them.
 */
#include "cli/status-view.h"
#include "cli/status.h"
#include "tests/unit/unit.h"
#include <string.h>

/* 2026-11-22T10:00:00Z */
#define NOW G_GINT64_CONSTANT(1795341600)

static JsonNode *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	JsonNode *node = json_from_string(text, &error);

	g_assert_no_error(error);
	return node;
}

static void check_text(const char *document, const char *expected)
{
	g_autoptr(JsonNode) node = parse(document);
	g_autofree char *text =
	    status_view_text(json_node_get_object(node), NOW, false, false);

	g_assert_cmpstr(text, ==, expected);
}

static void check_line(const char *document, bool well, const char *expected)
{
	g_autoptr(JsonNode) node = parse(document);
	bool found = !well;
	g_autofree char *line =
	    status_check(json_node_get_object(node), NOW, &found);

	g_assert_cmpstr(line, ==, expected);
	g_assert_true(found == well);
}

#define ACCOUNTS(text) "{\"accounts\": [" text "]}"
#define HEAD(count, spaces) \
	count " live\n"     \
	      "idlebell ?, process 0, running for an unknown time\n" spaces

static const char whole[] =
    "{\"version\": \"0.2.0\", \"pid\": 4711, "
    "\"started\": \"2026-11-22T10:00:00+02:00\", \"accounts\": [{"
    "\"account\": \"work\", \"refresh\": 540, \"refresh_configured\": 900,"
    "\"pending\": 2, \"watches\": ["
    "{\"mailbox\": \"INBOX\", \"state\": \"live\", \"method\": \"idle\","
    " \"since\": \"2026-11-22T08:00:00Z\","
    " \"heard\": \"2026-11-22T09:59:48Z\","
    " \"next_refresh\": \"2026-11-22T10:08:00Z\","
    " \"last_message\": \"2026-11-19T10:00:00Z\", \"error\": null},"
    "{\"mailbox\": \"Listen/\u6771\u4eac\", \"state\": \"waiting\","
    " \"since\": \"2026-11-22T09:52:00Z\", \"heard\": null,"
    " \"next_try\": \"2026-11-22T10:00:20Z\", \"blind\": true,"
    " \"error\": \"connection refused\"}],"
    "\"given_up\": [{\"mailbox\": \"INBOX\", \"uid\": 17,"
    " \"from\": \"jane@example.org\", \"subject\": \"Lunch\","
    " \"time\": \"2026-11-22T09:00:00Z\","
    " \"reason\": \"the hook failed 5 times\"}]},"
    "{\"account\": \"home\", \"refresh\": 900, \"refresh_configured\": 900,"
    "\"watches\": [{\"mailbox\": \"INBOX\", \"state\": \"live\","
    " \"method\": \"poll\", \"method_why\": \"the server has no IDLE\","
    " \"error\": \"the line was dead\"}]}]}";

static void test_whole(void)
{
	check_text(whole,
	    "2 of 3 live\n"
	    "idlebell 0.2.0, process 4711, running for 2h\n"
	    "  MAILBOX      STATE           METHOD  FOR  HEARD    NEXT LOOK  "
	    "LAST MESSAGE\n"
	    "work, refreshed every 9m instead of 15m, 2 messages on the way\n"
	    "  INBOX        live            idle    2h   12s ago  in 8m      "
	    "3d ago\n"
	    "  Listen/\u6771\u4eac  waiting, blind  -       8m   -        in 20s     "
	    "-\n"
	    "    connection refused\n"
	    "  given up 1h ago: INBOX 17, \"Lunch\" from jane@example.org: "
	    "the hook failed 5 times\n"
	    "home\n"
	    "  INBOX        live            poll    -    -        -          "
	    "-\n"
	    "    was: the line was dead\n"
	    "    method: the server has no IDLE\n");
}

/* Members of another kind are as good as none. */
static void test_poor(void)
{
	check_text("{}", HEAD("0 of 0", ""));
	check_text("{\"accounts\": 5}", HEAD("0 of 0", ""));
	check_text(ACCOUNTS("5, {\"account\": [], \"watches\": [null]}"),
	    HEAD("0 of 0", "") "?\n");
	check_text(ACCOUNTS("{\"account\": \"a\", \"watches\": [{\"state\": 1,"
			    "\"since\": \"yesterday\", \"heard\": 5}]}"),
	    HEAD("0 of 1",
		"  MAILBOX  STATE    METHOD  FOR  HEARD  NEXT LOOK  LAST MESSAGE\n") "a\n"
										     "  ?        unknown  -       -    -      -          -\n");
}

/* ---- at rest ---- */

#define PAUSED                                                          \
	"{\"account\": \"work\", \"quiet\": {\"reason\": \"pause\","    \
	" \"until\": \"2026-11-22T17:30:00Z\", \"connected\": false},"  \
	"\"watches\": [{\"mailbox\": \"INBOX\", \"state\": \"paused\"," \
	" \"since\": \"2026-11-22T09:00:00Z\","                         \
	" \"error\": \"it was cut\"}]}"
#define PAUSED_EMPTY                                                 \
	"{\"account\": \"new\", \"quiet\": {\"reason\": \"pause\"}," \
	" \"watches\": []}"
#define QUIET_LIVE                                                         \
	"{\"account\": \"home\", \"quiet\": {\"reason\": \"quiet_hours\"," \
	" \"until\": \"2026-11-23T07:00:00Z\", \"connected\": true},"      \
	"\"watches\": [{\"mailbox\": \"INBOX\", \"state\": \"live\"}]}"
#define QUIET_PART                                                         \
	"{\"account\": \"part\", \"quiet\": {\"reason\": \"quiet_hours\"," \
	" \"until\": \"2026-11-23T07:00:00Z\", \"connected\": true,"       \
	" \"resting\": 1},"                                                \
	"\"watches\": [{\"mailbox\": \"INBOX\", \"state\": \"quiet\"},"    \
	" {\"mailbox\": \"Alarm\", \"state\": \"live\"}]}"
/* Connected, for a mailbox that is yet to appear. */
#define QUIET_WAITING                                                      \
	"{\"account\": \"wait\", \"quiet\": {\"reason\": \"quiet_hours\"," \
	" \"until\": \"2026-11-23T07:00:00Z\", \"connected\": true,"       \
	" \"resting\": 2},"                                                \
	"\"watches\": [{\"mailbox\": \"INBOX\", \"state\": \"quiet\"},"    \
	" {\"mailbox\": \"Lists\", \"state\": \"quiet\"}]}"
#define BROKEN                                                          \
	"{\"account\": \"bad\", \"watches\": [{\"mailbox\": \"INBOX\"," \
	" \"state\": \"waiting\", \"error\": \"refused\"}]}"

static void test_rest(void)
{
	check_text(ACCOUNTS(PAUSED "," QUIET_LIVE),
	    "1 of 1 live, 1 at rest\n"
	    "idlebell ?, process 0, running for an unknown time\n"
	    "  MAILBOX  STATE   METHOD  FOR  HEARD  NEXT LOOK  LAST MESSAGE\n"
	    "work, paused until 17:30\n"
	    "  INBOX    paused  -       1h   -      -          -\n"
	    "    was: it was cut\n"
	    "home, quiet until Mon 07:00\n"
	    "  INBOX    live    -       -    -      -          -\n");
	check_line(ACCOUNTS(PAUSED), true, "work paused until 17:30");
	check_line(ACCOUNTS(PAUSED_EMPTY), true, "new paused until resumed");
	check_line(ACCOUNTS(PAUSED "," QUIET_LIVE), true,
	    "1 of 1 live; work paused until 17:30; home quiet until Mon 07:00");
	check_line(ACCOUNTS(PAUSED "," BROKEN), false,
	    "only 0 of 1 live: bad/INBOX (waiting: refused)");
}

static void test_rest_of_some(void)
{
	check_text(ACCOUNTS(QUIET_PART "," QUIET_WAITING),
	    "1 of 1 live\n"
	    "idlebell ?, process 0, running for an unknown time\n"
	    "  MAILBOX  STATE  METHOD  FOR  HEARD  NEXT LOOK  LAST MESSAGE\n"
	    "part, quiet until Mon 07:00\n"
	    "  INBOX    quiet  -       -    -      -          -\n"
	    "  Alarm    live   -       -    -      -          -\n"
	    "    1 mailbox rests until then: no urgent rule can be about it\n"
	    "wait, quiet until Mon 07:00\n"
	    "  INBOX    quiet  -       -    -      -          -\n"
	    "  Lists    quiet  -       -    -      -          -\n"
	    "    2 mailboxes rest until then: no urgent rule can be about "
	    "them\n");
	check_line(ACCOUNTS(QUIET_PART), true,
	    "1 of 1 live; part quiet until Mon 07:00");
	check_line(ACCOUNTS(QUIET_WAITING), true, "wait quiet until Mon 07:00");
}

/* ---- many ---- */

static char *many(unsigned count, const char *format)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < count; i++) {
		g_autofree char *number = g_strdup_printf("%u", i);
		g_auto(GStrv) parts = g_strsplit(format, "#", -1);
		g_autofree char *one = g_strjoinv(number, parts);

		g_string_append_printf(text, "%s%s", i > 0 ? "," : "", one);
	}
	return g_string_free(text, FALSE);
}

static char *show(const char *document, bool full)
{
	g_autoptr(JsonNode) node = parse(document);

	return status_view_text(json_node_get_object(node), NOW, false, full);
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

/* What fares alike is a line, with the latest news of all of them. */
static void test_many_mailboxes(void)
{
	g_autofree char *live = many(200,
	    "{\"mailbox\": \"m#\", \"state\": \"live\", \"method\": \"status\","
	    " \"since\": \"2026-11-22T09:00:#0Z\", \"error\": \"was #\","
	    " \"next_refresh\": \"2026-11-22T10:00:3#Z\","
	    " \"method_why\": \"there is no NOTIFY\"}");
	g_autofree char *waiting = many(30,
	    "{\"mailbox\": \"w#\", \"state\": \"waiting\","
	    " \"error\": \"it is away\"}");
	g_autofree char *document = g_strdup_printf(
	    ACCOUNTS("{\"account\": \"a\", \"watches\": ["
		     "{\"mailbox\": \"INBOX\", \"state\": \"live\","
		     " \"method\": \"idle\", \"error\": \"it was cut\","
		     " \"last_message\": \"2026-11-22T09:59:00Z\"},"
		     "%s,%s,{\"mailbox\": \"x\", \"state\": \"waiting\","
		     " \"error\": \"not there\"}]}"),
	    live, waiting);
	g_autofree char *brief = show(document, false);
	g_autofree char *full = show(document, true);

	g_assert_cmpstr(strstr(brief, "  MAILBOX"), ==,
	    "  MAILBOX        STATE    METHOD  FOR  HEARD  NEXT LOOK  "
	    "LAST MESSAGE\n"
	    "a\n"
	    "  INBOX          live     idle    -    -      -          1m ago\n"
	    "    was: it was cut\n"
	    "  200 mailboxes  live     status  59m  -      in 30s     -\n"
	    "  30 mailboxes   waiting  -       -    -      -          -\n"
	    "    it is away\n"
	    "  x              waiting  -       -    -      -          -\n"
	    "    not there\n"
	    "    method: there is no NOTIFY\n");
	g_assert_nonnull(strstr(full, "  m199 "));
	g_assert_cmpuint(count_lines(full), ==, 4 + 2 * 232 - 29 + 1);
}

/* Those that something is wrong with are shown, up to a bound. */
static void test_many_accounts(void)
{
	g_autofree char *well = many(9000,
	    "{\"account\": \"well#\", \"watches\": [{\"mailbox\": \"b\","
	    " \"state\": \"live\"}, {\"mailbox\": \"c\","
	    " \"state\": \"live\"}]}");
	g_autofree char *away = many(60,
	    "{\"account\": \"away#\", \"watches\": [{\"mailbox\": \"b\","
	    " \"state\": \"waiting\"}]}");
	g_autofree char *document = g_strdup_printf(
	    ACCOUNTS(
		"{\"account\": \"none\", \"watches\": []},"
		"{\"account\": \"lost\", \"watches\": [{\"mailbox\": \"b\","
		" \"state\": \"live\"}], \"given_up\": [{}]},%s,%s"),
	    well, away);
	g_autofree char *brief = show(document, false);
	g_autofree char *full = show(document, true);

	g_assert_true(g_str_has_prefix(brief, "18001 of 18061 live\n"));
	g_assert_nonnull(strstr(brief,
	    "\nnone\n    no mailbox to watch: \"idlebell "
	    "mailboxes none\" lists those that are there\n"));
	g_assert_nonnull(strstr(brief, "\nlost\n"));
	g_assert_nonnull(strstr(brief, "\naway47\n"));
	g_assert_null(strstr(brief, "\naway48\n"));
	g_assert_null(strstr(brief, "\nwell"));
	g_assert_true(g_str_has_suffix(brief,
	    "\n12 more accounts that are not well: status -v shows all\n"
	    "9000 accounts are well (mailboxes: 18000): "
	    "status -v shows all\n"));
	g_assert_null(strstr(brief, "(2 mailboxes)"));
	g_assert_nonnull(strstr(full, "\naway59\n"));
	g_assert_nonnull(strstr(full, "\nwell8999\n"));
	g_assert_null(strstr(full, "status -v"));
}

/* As many as one can read are shown whatever they are. */
static void test_some_accounts(void)
{
	g_autofree char *some = many(20,
	    "{\"account\": \"a#\", \"watches\": [{\"mailbox\": \"b\","
	    " \"state\": \"live\"}]}");
	g_autofree char *document = g_strdup_printf(ACCOUNTS("%s"), some);
	g_autofree char *brief = show(document, false);
	g_autofree char *full = show(document, true);

	g_assert_cmpstr(brief, ==, full);
	g_assert_nonnull(strstr(brief, "\na19\n"));
}

static void test_shard(void)
{
	g_autofree char *text = show("{\"shard\": \"2/3\"}", false);

	g_assert_nonnull(strstr(text, "idlebell ?, shard 2/3, process 0"));
}

/* A clock that was set must not make it show nonsense. */
static void test_times_from_elsewhere(void)
{
	check_text(
	    ACCOUNTS("{\"account\": \"a\", \"watches\": [{\"mailbox\": \"b\","
		     "\"state\": \"live\", \"since\": \"2027-01-01T00:00:00Z\","
		     "\"next_refresh\": \"2026-01-01T00:00:00Z\"}]}"),
	    HEAD("1 of 1",
		"  MAILBOX  STATE  METHOD  FOR  HEARD  NEXT LOOK  LAST MESSAGE\n") "a\n"
										   "  b        live   -       0s   -      in 0s      -\n");
}

/* Whatever a server or a mail says. */
static void test_clean(void)
{
	g_autoptr(JsonNode) node = parse(ACCOUNTS(
	    "{\"account\": \"a\\u001b[31m\", \"watches\": [{"
	    "\"mailbox\": \"b\\n\\u001b]0;x\\u0007\", \"state\": \"\\u009b\","
	    "\"error\": \"c\\u202e\\r\\nd\"}], \"given_up\": [{"
	    "\"subject\": \"e\\u001bf\\n\", \"reason\": \"g\\u0000h\\n\"}]}"));
	g_autofree char *text =
	    status_view_text(json_node_get_object(node), NOW, false, false);
	unsigned lines = 0;

	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
		lines += *c == '\n';
		g_assert_true(
		    *c == '\n' || !g_unichar_iscntrl(g_utf8_get_char(c)));
	}
	g_assert_cmpuint(lines, ==, 7);
	g_assert_null(strstr(text, "\u202e"));
}

/* Colours take no room. */
static void test_colour(void)
{
	g_autoptr(JsonNode) node = parse(whole);
	g_autofree char *text =
	    status_view_text(json_node_get_object(node), NOW, true, false);
	g_autoptr(GRegex) escape = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
	g_autofree char *plain =
	    g_regex_replace_literal(escape, text, -1, 0, "", 0, NULL);

	g_assert_nonnull(strstr(text, "\033[32mlive\033[0m"));
	g_assert_nonnull(strstr(text, "\033[1;31mwaiting, blind\033[0m"));
	g_assert_null(strchr(plain, '\033'));
	check_text(whole, plain);
}

static void test_check(void)
{
	check_line("{}", false, "nothing is watched");
	check_line(ACCOUNTS("{\"account\": \"a\", \"watches\": []}"), false,
	    "nothing is watched");
	check_line(
	    ACCOUNTS("{\"account\": \"a\", \"watches\": [{\"mailbox\":"
		     "\"b\", \"state\": \"live\", \"error\": \"old\"}]}"),
	    true, "1 of 1 live");
	check_line(whole, false,
	    "only 2 of 3 live: work/Listen/\u6771\u4eac (waiting: connection "
	    "refused)");
}

static void test_check_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *document = NULL;

	for (int i = 0; i < 8; i++)
		g_string_append_printf(text,
		    "%s{\"mailbox\": \"%d\", \"state\": \"stopped\"}",
		    i > 0 ? "," : "", i);
	document = g_strdup_printf(
	    ACCOUNTS("{\"account\": \"a\", \"watches\": [%s]}"), text->str);
	check_line(document, false,
	    "only 0 of 8 live: a/0, a/1, a/2, a/3, a/4 (stopped) and 3 more");
}

/* A pattern that fits nothing must not look well. */
static void test_check_empty(void)
{
	check_line(ACCOUNTS("{\"account\": \"a\", \"watches\": [{\"mailbox\":"
			    "\"b\", \"state\": \"live\"}]}, "
			    "{\"account\": \"c\", \"watches\": []}"),
	    false, "1 of 1 live: c (no mailbox to watch)");
}

/* One reason of several is told once. */
static void test_same_error(void)
{
	check_text(ACCOUNTS("{\"account\": \"a\", \"watches\": ["
			    "{\"mailbox\": \"b\", \"state\": \"live\","
			    "\"error\": \"x\"},"
			    "{\"mailbox\": \"c\", \"state\": \"live\","
			    "\"error\": \"x\"},"
			    "{\"mailbox\": \"d\", \"state\": \"stopped\","
			    "\"error\": \"x\"}]}"),
	    HEAD("2 of 3",
		"  MAILBOX  STATE    METHOD  FOR  HEARD  NEXT LOOK  "
		"LAST MESSAGE\n") "a\n"
				  "  b        live     -       -    -      -   "
				  "       -\n"
				  "  c        live     -       -    -      -   "
				  "       -\n"
				  "    was: x (2 mailboxes)\n"
				  "  d        stopped  -       -    -      -   "
				  "       -\n"
				  "    x\n");
}

int main(int argc, char **argv)
{
	(void)argc;
	g_setenv("TZ", "UTC", TRUE);
	unit_init(argv[0]);
	g_test_add_func("/status-view/rest", test_rest);
	g_test_add_func("/status-view/rest-of-some", test_rest_of_some);
	g_test_add_func("/status-view/whole", test_whole);
	g_test_add_func("/status-view/poor", test_poor);
	g_test_add_func(
	    "/status-view/times-from-elsewhere", test_times_from_elsewhere);
	g_test_add_func("/status-view/many-mailboxes", test_many_mailboxes);
	g_test_add_func("/status-view/many-accounts", test_many_accounts);
	g_test_add_func("/status-view/some-accounts", test_some_accounts);
	g_test_add_func("/status-view/shard", test_shard);
	g_test_add_func("/status-view/clean", test_clean);
	g_test_add_func("/status-view/colour", test_colour);
	g_test_add_func("/status-view/check", test_check);
	g_test_add_func("/status-view/check-many", test_check_many);
	g_test_add_func("/status-view/check-empty", test_check_empty);
	g_test_add_func("/status-view/same-error", test_same_error);
	return g_test_run();
}
