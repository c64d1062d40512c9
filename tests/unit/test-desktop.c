/*
 * Bubbles, against a notification daemon of our own on a bus of our own.
 *
 * Bus and daemon come and go while the sink lives: the order of the tests is
 * part of them.
 */
#include "config.h"

#include "tests/unit/notifyd.h"

static void test_no_bus(void)
{
	check_ring("x", "no desktop bus: ");
}

static void test_no_daemon(void)
{
	bus_start();
	check_ring("x", "no notification daemon: ");
}

static void test_shows(void)
{
	struct sink *sink = desktop_new();
	struct sink_event event = {
	    .urgency = SINK_NORMAL, .timeout_bubble = SINK_TIMEOUT_DEFAULT};
	struct answer answer;

	g_assert_true(desktop_is_built());
	daemon_start(with_markup);
	ring_event(sink, "Anna <b>", "1 < 2 & \"x\"", &event, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, NULL);
	g_assert_cmpint(world.shown->len, ==, 1);
	check_argument(0, "idlebell");
	check_argument(1, "0");
	check_argument(2, "mail-unread");
	/* The summary is no markup, the body is. */
	check_argument(3, "Anna <b>");
	check_argument(4, "1 &lt; 2 &amp; &quot;x&quot;");
	check_argument(5, "[]");
	check_argument(7, "-1");
	check_hint("urgency", "byte 0x01");
	check_hint("category", "'email.arrived'");
	check_hint("desktop-entry", "'idlebell'");
	check_hint("sound-name", NULL);
	check_hint("sound-file", NULL);
	event.where = "work/Li\nsts";
	ring_event(sink, "Anna", "x", &event, &answer);
	wait_until(&answer.calls, 1);
	check_argument(3, "Anna (work/Li sts)");
	sink->free(sink);
}

static void test_hints(void)
{
	struct sink *sink = desktop_new();
	g_autofree char *file =
	    g_strdup_printf("'%s/ring.oga'", g_get_home_dir());
	struct sink_event event = {.urgency = SINK_CRITICAL,
	    .sound = "message-new-email",
	    .icon = "/x/y.png"};
	struct answer answer;

	ring_event(sink, "", "x", &event, &answer);
	wait_until(&answer.calls, 1);
	check_argument(2, "/x/y.png");
	check_argument(3, "a@b");
	check_hint("urgency", "byte 0x02");
	check_hint("sound-name", "'message-new-email'");
	check_hint("sound-file", NULL);

	event.urgency = SINK_LOW;
	event.sound = "~/ring.oga";
	ring_event(sink, "", "", &event, &answer);
	wait_until(&answer.calls, 1);
	check_argument(4, "(no subject)");
	check_hint("urgency", "byte 0x00");
	check_hint("sound-name", NULL);
	check_hint("sound-file", file);
	sink->free(sink);
}

static void ring_notice(
    struct sink *sink, const struct notice *notice, const char *icon)
{
	struct sink_event event = {
	    .notice = notice, .icon = icon, .urgency = SINK_NORMAL};
	struct answer answer = {0};

	sink->ring(sink, &event, taken, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, NULL);
}

/* Its lines stay lines; what is in them is text, not markup. */
static void test_notice(void)
{
	struct sink *sink = desktop_new();
	struct notice notice = {.kind = NOTICE_STATE,
	    .state = (char *)"blind",
	    .summary = (char *)"No mail is\nseen\033",
	    .body = (char *)"work: <b>x\033[1m\nhome: 2"};

	ring_notice(sink, &notice, NULL);
	check_argument(2, "network-error");
	check_argument(3, "No mail is\nseen");
	check_argument(4, "work: &lt;b&gt;x [1m\nhome: 2");
	check_hint("category", "'network.error'");
	check_hint("transient", NULL);
	notice.state = (char *)"live";
	notice.body = NULL;
	ring_notice(sink, &notice, NULL);
	check_argument(2, "mail-unread");
	check_argument(4, "");
	check_hint("category", "'network.connected'");
	check_hint("transient", "true");
	notice.kind = NOTICE_SUMMARY;
	notice.state = NULL;
	ring_notice(sink, &notice, "bell");
	check_argument(2, "bell");
	check_hint("category", "'email.arrived'");
	sink->free(sink);
}

static void test_caps_once(void)
{
	for (int i = 0; i < 3; i++)
		check_ring("x", NULL);
	g_assert_cmpint(world.caps_asked, ==, 1);
}

/* The bubbles are shown in order, and reported in order. */
static void test_order(void)
{
	struct sink *sink = desktop_new();
	struct answer answers[30];
	guint before = world.shown->len;
	int first = answered;

	for (int i = 0; i < 30; i++) {
		g_autofree char *subject = g_strdup_printf("%d", i);

		ring(sink, subject, &answers[i]);
	}
	wait_until(&answers[29].calls, 1);
	g_assert_cmpint(world.shown->len, ==, before + 30);
	for (int i = 0; i < 30; i++) {
		g_autoptr(GVariant) body = g_variant_get_child_value(
		    world.shown->pdata[before + (guint)i], 4);

		g_assert_cmpint(answers[i].order, ==, first + 1 + i);
		g_assert_cmpstr(answers[i].text, ==, NULL);
		g_assert_cmpint(
		    g_ascii_strtoll(g_variant_get_string(body, NULL), NULL, 10),
		    ==, i);
	}
	sink->free(sink);
}

/* Another daemon has other capabilities, and no markup gets raw there. */
static void test_daemon_replaced(void)
{
	for (int i = 0; i < 3; i++) {
		daemon_stop();
		daemon_start(without_markup);
		check_ring("a & b", NULL);
		check_argument(4, "a & b");
		g_assert_cmpint(world.caps_asked, ==, 1);
		daemon_stop();
		daemon_start(with_markup);
		check_ring("a & b", NULL);
		check_argument(4, "a &amp; b");
		g_assert_cmpint(world.caps_asked, ==, 1);
	}
}

static void test_daemon_gone(void)
{
	daemon_stop();
	check_ring("x", "no notification daemon: ");
	daemon_start(with_markup);
	check_ring("x", NULL);
	check_ring("x", NULL);
}

/* In the middle of it: libnotify still knows the old one. */
static void test_daemon_changes(void)
{
	daemon_stop();
	check_ring("x", "no notification daemon: ");
	daemon_start(with_markup);
	world.mode = HANDS_OVER;
	check_ring("a & b", NULL);
	check_argument(4, "a &amp; b");
}

static void test_refuses(void)
{
	world.mode = REFUSES;
	check_ring("x", "no bubble: too many bubbles");
	world.mode = ANSWERS;
	check_ring("x", NULL);
}

/* Answered in time; what the daemon says later reaches nobody, and what
 * waited behind it is not shown out of season. */
static void test_hangs(void)
{
	struct sink *sink = desktop_new();
	struct answer answers[3];
	guint before = world.shown->len;

	world.mode = HANGS;
	for (int i = 0; i < 3; i++)
		ring(sink, "hanging", &answers[i]);
	wait_until(&world.hung, 1);
	deadlines_come();
	wait_until(&answers[2].calls, 1);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpstr(answers[i].text, ==,
		    "the notification daemon does not answer");
		g_free(answers[i].text);
	}
	let_go();
	check_ring("after", NULL);
	for (int i = 0; i < 3; i++)
		g_assert_cmpint(answers[i].calls, ==, 1);
	g_assert_cmpint(world.shown->len, ==, before + 1);
	check_argument(4, "after");
	sink->free(sink);
}

/* One is being shown, 1000 wait, 19 are refused at once.  A slow machine may
 * not show all of those that wait within their deadline. */
static void test_queue_bounded(void)
{
	struct sink *sink = desktop_new();
	struct answer *answers = g_new0(struct answer, 1020);

	world.mode = HANGS;
	ring(sink, "x", &answers[0]);
	wait_until(&world.hung, 1);
	for (int i = 1; i < 1020; i++)
		ring(sink, "x", &answers[i]);
	for (int i = 1001; i < 1020; i++) {
		wait_until(&answers[i].calls, 1);
		g_assert_cmpstr(answers[i].text, ==,
		    "1000 bubbles wait for the notification daemon already");
	}
	let_go();
	for (int i = 0; i < 1020; i++) {
		wait_until(&answers[i].calls, 1);
		if (i > 0 && i <= 1000 && answers[i].text)
			g_assert_cmpstr(answers[i].text, ==,
			    "the notification daemon does not answer");
		g_free(answers[i].text);
	}
	g_free(answers);
	sink->free(sink);
}

/* Freed while the daemon hangs: at once, and nobody is called. */
static void test_free(void)
{
	struct sink *sink = desktop_new();
	struct answer answers[3];
	gint64 start;
	guint before = world.shown->len;

	world.mode = HANGS;
	for (int i = 0; i < 3; i++)
		ring(sink, "x", &answers[i]);
	wait_until(&world.hung, 1);
	start = g_get_monotonic_time();
	sink->free(sink);
	g_assert_cmpint(g_get_monotonic_time() - start, <, HANGS_FROM);
	let_go();
	check_ring("after", NULL);
	g_assert_cmpint(world.shown->len, ==, before + 1);
	for (int i = 0; i < 3; i++)
		g_assert_cmpint(answers[i].calls, ==, 0);
}

/* The session's bus goes and comes: the program lives, and rings again. */
static void test_bus_restarted(void)
{
	bus_stop();
	check_ring("x", "no desktop bus: ");
	bus_start();
	daemon_start(without_markup);
	check_ring("a & b", NULL);
	check_argument(4, "a & b");
}

/* By a second process: it exits while its bubble hangs. */
static int exit_while_hanging(void)
{
	static struct answer answer;
	struct sink *sink = desktop_new();
	bool late = false;

	ring(sink, "x", &answer);
	/* Long enough to be in the middle of the call. */
	g_timeout_add(300, on_deadline, &late);
	while (!late)
		g_main_context_iteration(NULL, TRUE);
	sink->free(sink);
	return answer.calls;
}

static char *program;

static void test_exit(void)
{
	const char *argv[] = {program, "exit-while-hanging", NULL};
	gint64 start = g_get_monotonic_time();
	int status = -1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
	    NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpint(g_get_monotonic_time() - start, <, HANGS_FROM);
	world.mode = ANSWERS;
	check_ring("x", NULL);
}

static void test_not_built(void)
{
	g_assert_false(desktop_is_built());
	check_ring("x", "built without desktop notifications");
}

static void add_tests(void)
{
	g_test_add_func("/desktop/no-bus", test_no_bus);
	g_test_add_func("/desktop/no-daemon", test_no_daemon);
	g_test_add_func("/desktop/shows", test_shows);
	g_test_add_func("/desktop/hints", test_hints);
	g_test_add_func("/desktop/notice", test_notice);
	g_test_add_func("/desktop/caps-once", test_caps_once);
	g_test_add_func("/desktop/order", test_order);
	g_test_add_func("/desktop/daemon-replaced", test_daemon_replaced);
	g_test_add_func("/desktop/daemon-gone", test_daemon_gone);
	g_test_add_func("/desktop/daemon-changes", test_daemon_changes);
	g_test_add_func("/desktop/refuses", test_refuses);
	g_test_add_func("/desktop/hangs", test_hangs);
	g_test_add_func("/desktop/queue-bounded", test_queue_bounded);
	g_test_add_func("/desktop/free", test_free);
	g_test_add_func("/desktop/bus-restarted", test_bus_restarted);
	g_test_add_func("/desktop/exit", test_exit);
}

int main(int argc, char **argv)
{
	int result;

	/* A sound of test_hints(), which is tested elsewhere. */
	if (argc > 2)
		return 0;
	if (argc > 1)
		return exit_while_hanging();
	program = argv[0];
	unit_init(argv[0]);
	/* As in the program: what libnotify warns of is not the end. */
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	world_open();
	if (desktop_is_built())
		add_tests();
	else
		g_test_add_func("/desktop/not-built", test_not_built);
	result = g_test_run();
	world_close();
	return result;
}
