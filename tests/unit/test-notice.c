/*
 * Notices: their copies, and both their views.
 */
#include "message/notice.h"
#include "tests/unit/unit.h"
#include <string.h>

static struct notice *make_usual(void)
{
	struct notice *notice = notice_new(NOTICE_STATE);

	notice->account = g_strdup("work");
	notice->mailbox = g_strdup("Lists/x");
	notice->state = g_strdup("live");
	notice->reason = g_strdup("\"refused\"\r\nIDLEBELL_X=\033[1m");
	notice->since = 1795000000;
	notice->summary = g_strdup("summary");
	notice->body = g_strdup("body");
	return notice;
}

static void test_json(void)
{
	g_autoptr(Notice) notice = make_usual();
	g_autofree char *json = notice_to_json(notice);

	g_assert_cmpstr(json, ==,
	    "{\"event\":\"state\",\"account\":\"work\",\"mailbox\":\"Lists/x\","
	    "\"state\":\"live\",\"reason\":\"\\\"refused\\\" IDLEBELL_X= [1m\","
	    "\"since\":\"2026-11-18T11:06:40Z\"}");
}

static void test_json_empty(void)
{
	g_autoptr(Notice) notice = notice_new(NOTICE_SUMMARY);
	g_autofree char *json = notice_to_json(notice);

	g_assert_cmpstr(json, ==,
	    "{\"event\":\"summary\",\"account\":null,\"mailbox\":null,"
	    "\"state\":null,\"reason\":null,\"since\":null}");
}

static void test_environment(void)
{
	static const char *const base[] = {"HOME=/h", "IDLEBELL_UID=1", NULL};
	g_autoptr(Notice) notice = make_usual();
	g_auto(GStrv) environment = notice_to_environment(notice, base);
	g_autofree char *all = g_strjoinv("\n", environment);

	g_assert_cmpstr(all, ==,
	    "HOME=/h\nIDLEBELL_EVENT=state\nIDLEBELL_ACCOUNT=work\n"
	    "IDLEBELL_MAILBOX=Lists/x\nIDLEBELL_STATE=live\n"
	    "IDLEBELL_REASON=\"refused\" IDLEBELL_X= [1m\n"
	    "IDLEBELL_SINCE=2026-11-18T11:06:40Z");
}

/* The year is beyond what can be written. */
static void test_environment_empty(void)
{
	g_autoptr(Notice) notice = notice_new(NOTICE_STATE);
	g_auto(GStrv) environment = NULL;

	notice->since = G_MAXINT64;
	environment = notice_to_environment(notice, NULL);
	g_assert_cmpstr(
	    g_environ_getenv(environment, "IDLEBELL_EVENT"), ==, "state");
	g_assert_cmpstr(
	    g_environ_getenv(environment, "IDLEBELL_MAILBOX"), ==, "");
	g_assert_cmpstr(
	    g_environ_getenv(environment, "IDLEBELL_SINCE"), ==, "");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/notice/json", test_json);
	g_test_add_func("/notice/json-empty", test_json_empty);
	g_test_add_func("/notice/environment", test_environment);
	g_test_add_func("/notice/environment-empty", test_environment_empty);
	return g_test_run();
}
