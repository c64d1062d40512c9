/*
 * Bubbles with a number: updated, closed and listened to, with daemons and
 * buses that come and go in between.
 */
#include "config.h"

#include "tests/unit/notifyd.h"

static const char *const with_actions[] = {"body", "actions", NULL};
static const char *const no_actions[] = {"body", NULL};

static const char *const buttons[] = {
    "default", "Open", "read", "Mark\nread", NULL};

struct place {
	struct sink *sink;
	GString *told; /* "action 7 read token;closed 7 1;" */
	int actions, ends, daemons;
};

static void on_action(
    void *data, uint64_t bubble, const char *action, const char *token)
{
	struct place *place = data;

	g_string_append_printf(place->told, "action %d %s %s;", (int)bubble,
	    action, token ? token : "-");
	place->actions++;
}

static void on_closed(void *data, uint64_t bubble, enum desktop_end end)
{
	static const char *const ends[] = {[DESKTOP_EXPIRED] = "expired",
	    [DESKTOP_DISMISSED] = "dismissed",
	    [DESKTOP_LOST] = "lost"};
	struct place *place = data;

	g_string_append_printf(
	    place->told, "closed %d %s;", (int)bubble, ends[end]);
	place->ends++;
}

static void on_appeared(void *data)
{
	((struct place *)data)->daemons++;
}

static void place_open(struct place *place, gconstpointer data)
{
	static const struct desktop_events events = {
	    .action = on_action, .closed = on_closed, .appeared = on_appeared};

	(void)data;
	daemon_start(with_actions);
	place->sink = desktop_new();
	place->told = g_string_new(NULL);
	desktop_listen(place->sink, &events, place);
}

/* In place of GLib's: the half second in which the sink says farewell is as
 * long as the daemon needs. */
gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
	(void)end_time;
	g_cond_wait(cond, mutex);
	return TRUE;
}

static gpointer serve(gpointer data)
{
	while (!g_atomic_int_get((int *)data))
		g_main_context_iteration(NULL, TRUE);
	return NULL;
}

/* The daemon is served from a thread: the sink waits for it. */
static void free_served(struct sink *sink)
{
	int over = 0;
	g_autoptr(GThread) server = g_thread_new("server", serve, &over);

	sink->free(sink);
	g_atomic_int_set(&over, 1);
	g_main_context_wakeup(NULL);
	g_thread_join(g_thread_ref(server));
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	free_served(place->sink);
	g_string_free(place->told, TRUE);
	daemon_stop();
}

static void check_told(struct place *place, const char *expected)
{
	g_assert_cmpstr(place->told->str, ==, expected);
	g_string_truncate(place->told, 0);
}

static void send_bubble(struct place *place, uint64_t number, const char *title,
    bool only_update, struct answer *answer)
{
	struct sink_event event = {.urgency = SINK_NORMAL,
	    .title = title,
	    .body = "one\ntwo\033",
	    .bubble = number,
	    .only_update = only_update,
	    .actions = buttons,
	    .timeout_bubble = 7000};

	ring_event(place->sink, "Anna", "x", &event, answer);
}

static void show(struct place *place, uint64_t number, const char *title)
{
	struct answer answer;

	send_bubble(place, number, title, false, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, NULL);
}

static void check_closed(guint index, guint32 id)
{
	wait_until(&world.closes, (int)index + 1);
	g_assert_cmpuint(g_array_index(world.closed, guint32, index), ==, id);
}

/* Whatever was pushed before has been done when this returns. */
static void sync_worker(struct place *place)
{
	show(place, 0, "sync");
}

static void signal_closed(guint32 id, guint32 reason)
{
	daemon_signal("NotificationClosed", g_variant_new("(uu)", id, reason));
}

static void signal_action(guint32 id, const char *action)
{
	daemon_signal("ActionInvoked", g_variant_new("(us)", id, action));
}

/* ---- texts, buttons ---- */

static void test_text(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "Anna\nand Bob");
	check_argument(3, "Anna and Bob");
	check_argument(4, "one\ntwo");
	check_argument(5, "['default', 'Open', 'read', 'Mark read']");
	check_argument(7, "7000");
	show(place, 7, "\033");
	check_argument(3, "idlebell");
}

static void test_no_actions(struct place *place, gconstpointer data)
{
	(void)data;
	daemon_stop();
	daemon_start(no_actions);
	show(place, 7, "x");
	check_argument(5, "[]");
	g_assert_cmpint(world.caps_asked, ==, 1);
	daemon_stop();
	daemon_start(with_actions);
	show(place, 8, "x");
	check_argument(5, "['default', 'Open', 'read', 'Mark read']");
	/* Nobody would hear of them. */
	show(place, 0, "x");
	check_argument(5, "[]");
	g_assert_cmpint(world.caps_asked, ==, 1);
}

/* ---- updates ---- */

static void test_update(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "one");
	check_argument(1, "0");
	show(place, 8, "other");
	check_argument(1, "0");
	show(place, 7, "two");
	check_argument(1, "1");
	check_argument(3, "two");
	show(place, 7, "three");
	check_argument(1, "1");
	show(place, 8, "other");
	check_argument(1, "2");
	g_assert_cmpuint(world.shown->len, ==, 5);
	check_told(place, "");
}

static void hang(struct place *place, struct answer *answer)
{
	world.mode = HANGS;
	send_bubble(place, 99, "hangs", false, answer);
	wait_until(&world.hung, 1);
}

/* Only the newest of what waits is shown, and all are answered. */
static void test_update_waiting(struct place *place, gconstpointer data)
{
	struct answer first, answers[50];

	(void)data;
	sync_worker(place);
	hang(place, &first);
	for (int i = 0; i < 50; i++)
		send_bubble(
		    place, 7, i < 49 ? "old" : "new", false, &answers[i]);
	answer_late();
	wait_until(&answers[49].calls, 1);
	for (int i = 0; i < 50; i++) {
		g_assert_cmpint(answers[i].calls, ==, 1);
		g_assert_cmpstr(answers[i].text, ==, NULL);
		g_assert_cmpint(answers[i].order, ==, first.order + 1 + i);
	}
	g_assert_cmpuint(world.shown->len, ==, 3);
	check_argument(3, "new");
}

/* The same when they are given up before. */
static void test_update_late(struct place *place, gconstpointer data)
{
	struct answer first, older, newer;

	(void)data;
	sync_worker(place);
	hang(place, &first);
	send_bubble(place, 7, "old", false, &older);
	send_bubble(place, 7, "new", false, &newer);
	deadlines_come();
	wait_until(&newer.calls, 1);
	g_assert_cmpint(older.calls, ==, 1);
	g_assert_nonnull(older.text);
	g_assert_nonnull(newer.text);
	answer_late();
	sync_worker(place);
	g_assert_cmpint(older.calls, ==, 1);
	g_assert_cmpint(newer.calls, ==, 1);
	/* What hung has come up late, and can be closed. */
	g_assert_cmpuint(world.shown->len, ==, 3);
	desktop_close(place->sink, 99);
	check_closed(0, 2);
	g_free(first.text);
	g_free(older.text);
	g_free(newer.text);
}

static void test_refused_update(struct place *place, gconstpointer data)
{
	struct answer answer;

	(void)data;
	show(place, 7, "one");
	world.mode = REFUSES;
	send_bubble(place, 7, "two", false, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, "no bubble: too many bubbles");
	g_free(answer.text);
	world.mode = ANSWERS;
	/* It is still up. */
	show(place, 7, "three");
	check_argument(1, "1");
	desktop_close(place->sink, 7);
	check_closed(0, 1);
	check_told(place, "");
}

/* ---- ends ---- */

static void test_closed(struct place *place, gconstpointer data)
{
	static const char *const told[] = {"closed 7 expired;",
	    "closed 7 dismissed;", "closed 7 lost;", "closed 7 lost;"};

	(void)data;
	for (guint32 reason = 1; reason <= 4; reason++) {
		show(place, 7, "x");
		check_argument(1, "0");
		/* Not ours. */
		signal_closed(77, reason);
		signal_closed(world.shown->len, reason);
		wait_until(&place->ends, (int)reason);
		check_told(place, told[reason - 1]);
	}
	/* There is nothing to close. */
	desktop_close(place->sink, 7);
	sync_worker(place);
	g_assert_cmpint(world.closes, ==, 0);
}

static void test_only_update(struct place *place, gconstpointer data)
{
	struct answer answer;

	(void)data;
	show(place, 7, "one");
	send_bubble(place, 7, "two", true, &answer);
	wait_until(&answer.calls, 1);
	check_argument(3, "two");
	check_argument(1, "1");
	signal_closed(1, 2);
	wait_until(&place->ends, 1);
	send_bubble(place, 7, "three", true, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, NULL);
	send_bubble(place, 8, "never", true, &answer);
	wait_until(&answer.calls, 1);
	check_argument(3, "two");
	check_told(place, "closed 7 dismissed;");
	show(place, 7, "four");
	check_argument(1, "0");
}

/* An end that the next bubble of that number makes good is not told. */
static void test_overtaken(struct place *place, gconstpointer data)
{
	struct answer first, answer;

	(void)data;
	show(place, 7, "one");
	hang(place, &first);
	signal_closed(1, 2);
	send_bubble(place, 7, "two", false, &answer);
	answer_late();
	wait_until(&answer.calls, 1);
	check_argument(1, "0");
	check_argument(3, "two");
	sync_worker(place);
	check_told(place, "");
	/* One that stays away does not. */
	hang(place, &first);
	signal_closed(3, 1);
	send_bubble(place, 7, "three", true, &answer);
	answer_late();
	wait_until(&answer.calls, 1);
	wait_until(&place->ends, 1);
	check_told(place, "closed 7 expired;");
}

/* ---- closing ---- */

static void test_close(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "one");
	show(place, 8, "two");
	desktop_close(place->sink, 7);
	desktop_close(place->sink, 7);
	desktop_close(place->sink, 9);
	check_closed(0, 1);
	signal_closed(1, 3);
	signal_action(1, "read");
	sync_worker(place);
	check_told(place, "");
	show(place, 7, "new");
	check_argument(1, "0");
	desktop_close(place->sink, 8);
	check_closed(1, 2);
	g_assert_cmpint(world.closes, ==, 2);
}

static void test_close_waiting(struct place *place, gconstpointer data)
{
	struct answer first, answers[3];

	(void)data;
	show(place, 6, "up");
	hang(place, &first);
	send_bubble(place, 7, "waits", false, &answers[0]);
	send_bubble(place, 7, "waits", false, &answers[1]);
	send_bubble(place, 6, "waits", false, &answers[2]);
	desktop_close(place->sink, 7);
	desktop_close(place->sink, 6);
	for (int i = 0; i < 3; i++) {
		wait_until(&answers[i].calls, 1);
		g_assert_cmpstr(answers[i].text, ==, NULL);
	}
	answer_late();
	sync_worker(place);
	/* What was up is closed, what never was is not. */
	check_closed(0, 1);
	g_assert_cmpint(world.closes, ==, 1);
	g_assert_cmpuint(world.shown->len, ==, 3);
	check_told(place, "");
}

/* It is just being shown. */
static void test_close_early(struct place *place, gconstpointer data)
{
	struct answer first;

	(void)data;
	sync_worker(place);
	hang(place, &first);
	desktop_close(place->sink, 99);
	answer_late();
	check_closed(0, 2);
	g_assert_cmpint(first.calls, ==, 1);
	g_assert_cmpstr(first.text, ==, NULL);
	check_told(place, "");
}

/* ---- buttons ---- */

static void test_actions(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "one");
	show(place, 8, "two");
	signal_action(77, "read");
	signal_action(2, "read");
	wait_until(&place->actions, 1);
	check_told(place, "action 8 read -;");
	daemon_signal("ActivationToken", g_variant_new("(us)", 1, "x11-1"));
	signal_action(1, "default");
	signal_closed(1, 2);
	wait_until(&place->ends, 1);
	check_told(place, "action 7 default x11-1;closed 7 dismissed;");
	/* An update has them too. */
	show(place, 8, "three");
	signal_action(2, "read");
	wait_until(&place->actions, 3);
	check_told(place, "action 8 read -;");
}

/* ---- daemons and buses ---- */

/* Its numbers begin again: the new one's 1 is somebody else's. */
static void test_daemon_restarted(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "one");
	show(place, 8, "two");
	daemon_stop();
	wait_until(&place->ends, 2);
	check_told(place, "closed 7 lost;closed 8 lost;");
	daemon_start(with_actions);
	desktop_close(place->sink, 7);
	show(place, 8, "two");
	check_argument(1, "0");
	show(place, 9, "three");
	g_assert_cmpint(world.closes, ==, 0);
	signal_action(1, "read");
	wait_until(&place->actions, 1);
	check_told(place, "action 8 read -;");
}

/* One that comes after a bubble was in vain, too. */
static void test_daemon_appears(struct place *place, gconstpointer data)
{
	struct answer answer;

	(void)data;
	show(place, 7, "one");
	place->daemons = 0;
	daemon_stop();
	wait_until(&place->ends, 1);
	send_bubble(place, 7, "two", false, &answer);
	wait_until(&answer.calls, 1);
	g_assert_nonnull(answer.text);
	g_free(answer.text);
	g_assert_cmpint(place->daemons, ==, 0);
	for (int i = 1; i <= 3; i++) {
		daemon_start(with_actions);
		wait_until(&place->daemons, i);
		daemon_stop();
	}
}

/* At once, without a turn of our loop in between. */
static void test_daemon_exchanged(struct place *place, gconstpointer data)
{
	struct answer answers[2];

	(void)data;
	for (int i = 0; i < 20; i++) {
		show(place, 7, "one");
		show(place, 8, "two");
		daemon_stop();
		daemon_start(with_actions);
		desktop_close(place->sink, 8);
		send_bubble(place, 7, "one", false, &answers[0]);
		send_bubble(place, 9, "other", true, &answers[1]);
		wait_until(&answers[1].calls, 1);
		g_assert_cmpstr(answers[0].text, ==, NULL);
		g_assert_cmpint(world.closes, ==, 0);
		g_assert_cmpuint(world.shown->len, ==, 1);
		check_argument(1, "0");
		desktop_close(place->sink, 7);
		check_closed(0, 1);
	}
	check_told(place, "");
}

static void test_bus_restarted(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7, "one");
	show(place, 8, "two");
	bus_stop();
	bus_start();
	daemon_start(with_actions);
	desktop_close(place->sink, 8);
	show(place, 7, "two");
	check_argument(1, "0");
	g_assert_cmpint(world.closes, ==, 0);
	check_told(place, "");
	signal_action(1, "read");
	wait_until(&place->actions, 1);
	check_told(place, "action 7 read -;");
}

/* ---- bounds ---- */

static void test_many(struct place *place, gconstpointer data)
{
	(void)data;
	for (uint64_t number = 1; number <= 200; number++)
		show(place, number, "x");
	/* The first is the newest now. */
	show(place, 1, "x");
	check_told(place, "");
	show(place, 201, "x");
	wait_until(&place->ends, 1);
	check_told(place, "closed 2 lost;");
	signal_action(2, "read");
	signal_action(1, "read");
	wait_until(&place->actions, 1);
	check_told(place, "action 1 read -;");
	g_assert_cmpint(world.closes, ==, 0);
}

/* One that stands is not forgotten for the sake of others. */
static void test_stands(struct place *place, gconstpointer data)
{
	struct sink_event event = {
	    .title = "stands", .bubble = 1000, .stands = true};
	struct answer answer;

	(void)data;
	ring_event(place->sink, "Anna", "x", &event, &answer);
	wait_until(&answer.calls, 1);
	for (uint64_t number = 1; number <= 201; number++)
		show(place, number, "x");
	wait_until(&place->ends, 2);
	check_told(place, "closed 1 lost;closed 2 lost;");
	desktop_close(place->sink, 1000);
	check_closed(0, 1);
}

/* What comes for a sink that has gone reaches nobody. */
static void test_freed(struct place *place, gconstpointer data)
{
	struct sink *old = place->sink;

	(void)data;
	show(place, 7, "one");
	place->sink = desktop_new();
	free_served(old);
	signal_action(1, "read");
	signal_closed(1, 1);
	sync_worker(place);
	check_told(place, "");
	g_assert_cmpint(world.closes, ==, 0);
}

/* At the end buttons go, as nobody hears of them, but the bubbles stay. */
static void test_farewell(struct place *place, gconstpointer data)
{
	struct sink *old = place->sink;
	(void)data;
	show(place, 7, "one");
	show(place, 8, "two");
	show(place, 8, "two");
	show(place, 9, "closed");
	signal_closed(4, 2);
	wait_until(&place->ends, 1);
	g_assert_cmpuint(world.shown->len, ==, 4);
	place->sink = desktop_new();
	free_served(old);
	g_assert_cmpuint(world.shown->len, ==, 6);
	check_argument(5, "[]");
	check_hint("suppress-sound", "true");
	g_assert_cmpint(world.closes, ==, 0);
	check_told(place, "closed 9 dismissed;");
}

#define ADD(name, fn)                                                      \
	g_test_add("/bubbles/" name, struct place, NULL, place_open, (fn), \
	    place_close)

static void add_tests(void)
{
	ADD("text", test_text);
	ADD("no-actions", test_no_actions);
	ADD("update", test_update);
	ADD("update-waiting", test_update_waiting);
	ADD("update-late", test_update_late);
	ADD("refused-update", test_refused_update);
	ADD("closed", test_closed);
	ADD("only-update", test_only_update);
	ADD("overtaken", test_overtaken);
	ADD("close", test_close);
	ADD("close-waiting", test_close_waiting);
	ADD("close-early", test_close_early);
	ADD("actions", test_actions);
	ADD("daemon-restarted", test_daemon_restarted);
	ADD("daemon-appears", test_daemon_appears);
	ADD("daemon-exchanged", test_daemon_exchanged);
	ADD("bus-restarted", test_bus_restarted);
	ADD("many", test_many);
	ADD("stands", test_stands);
	ADD("freed", test_freed);
	ADD("farewell", test_farewell);
}

int main(int argc, char **argv)
{
	int result;

	(void)argc;
	unit_init(argv[0]);
	/* As in the program: what libnotify warns of is not the end. */
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	world_open();
	bus_start();
	if (desktop_is_built())
		add_tests();
	result = g_test_run();
	world_close();
	return result;
}
