/*
 * The pace: who may call, who waits, who is told that a server is back.
 */
#include "app/pace.h"
#include "unit.h"

struct fixture {
	struct loop *loop;
	struct pace *pace;
};

struct watcher {
	struct pace_caller *caller;
	unsigned ready, back;
};

static void on_ready(void *data)
{
	((struct watcher *)data)->ready++;
}

static void on_back(void *data)
{
	((struct watcher *)data)->back++;
}

static const struct pace_events events = {on_ready, on_back};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->loop = loop_new(NULL);
	f->pace = pace_new(f->loop);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	pace_free(f->pace);
	loop_free(f->loop);
}

static void meet(
    struct fixture *f, struct watcher *w, const char *host, const char *user)
{
	w->caller =
	    pace_caller_new(f->pace, host, 993, user, false, &events, w);
}

static void call_times(struct watcher *w, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		g_assert_cmpint(pace_ask(w->caller), ==, 0);
		pace_proven(w->caller);
	}
	g_assert_cmpuint(w->ready, ==, times);
}

/* Even one that gets through each time, for its user alone. */
static void test_user(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0}, same = {0}, other = {0};
	int64_t now = loop_now();

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	meet(f, &same, "IMAP.example.org", "jane");
	meet(f, &other, "imap.example.org", "joe");
	call_times(&one, PACE_MAX);
	g_assert_cmpint(pace_ask(one.caller), >=, now + PACE_WINDOW);
	g_assert_cmpint(pace_ask(same.caller), >=, now + PACE_WINDOW);
	g_assert_cmpuint(same.ready, ==, 0);
	call_times(&other, 1);
	pace_caller_free(one.caller);
	pace_caller_free(same.caller);
	pace_caller_free(other.caller);
}

/* Many downloads do not keep the bells waiting. */
static void test_errands(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0}, errand = {0};
	int64_t now = loop_now();

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	errand.caller = pace_caller_new(
	    f->pace, "imap.example.org", 993, "jane", true, &events, &errand);
	call_times(&errand, PACE_MAX - PACE_SPARE);
	g_assert_cmpint(pace_ask(errand.caller), >=, now + PACE_WINDOW);
	call_times(&one, PACE_SPARE);
	g_assert_cmpint(pace_ask(one.caller), >=, now + PACE_WINDOW);
	g_assert_cmpuint(errand.ready, ==, PACE_MAX - PACE_SPARE);
	pace_caller_free(errand.caller);
	pace_caller_free(one.caller);
}

/* What the server never heard of is no storm. */
static void test_unmade(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0};

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	for (unsigned i = 0; i < 3 * PACE_MAX; i++) {
		g_assert_cmpint(pace_ask(one.caller), ==, 0);
		pace_unmade(one.caller);
	}
	for (unsigned i = 0; i < PACE_MAX; i++) {
		g_assert_cmpint(pace_ask(one.caller), ==, 0);
		pace_failed(one.caller, true);
		pace_unmade(one.caller); /* nothing is under way */
	}
	g_assert_cmpint(pace_ask(one.caller), >, 0);
	pace_caller_free(one.caller);
}

/* A reload must not open the window anew. */
static void test_freed(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0}, two = {0};

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	call_times(&one, PACE_MAX);
	pace_caller_free(one.caller);
	meet(f, &two, "imap.example.org", "jane");
	g_assert_cmpint(pace_ask(two.caller), >, 0);
	g_assert_cmpuint(two.ready, ==, 0);
	pace_caller_free(two.caller);
}

static gboolean too_late(gpointer data)
{
	(void)data;
	g_error("nobody was called");
	return G_SOURCE_REMOVE;
}

static void run_until_ready(const struct watcher *w)
{
	guint guard = g_timeout_add_seconds(UNIT_PATIENCE, too_late, NULL);

	while (w->ready == 0)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(guard);
}

static void meet_many(struct fixture *f, struct watcher *many, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *user = g_strdup_printf("user%u", i);

		meet(f, &many[i], "imap.example.org", user);
		pace_ask(many[i].caller);
	}
}

static void part(struct watcher *many, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		pace_caller_free(many[i].caller);
}

/* A few at once, and more with each that gets through. */
static void test_slow_start(struct fixture *f, gconstpointer data)
{
	struct watcher many[8] = {0};

	(void)data;
	meet_many(f, many, 8);
	g_assert_cmpuint(many[2].ready, ==, 1);
	g_assert_cmpuint(many[3].ready, ==, 0);
	pace_proven(many[0].caller);
	run_until_ready(&many[5]);
	g_assert_cmpuint(many[6].ready, ==, 0);
	/* One that hangs up before that makes room, too, and so does one that
	 * is greeted and waits for its password. */
	pace_cancel(many[1].caller);
	run_until_ready(&many[6]);
	pace_answered(many[2].caller);
	run_until_ready(&many[7]);
	part(many, 8);
}

/* One at a time, not at once, and those that failed together count as one. */
static void test_silent(struct fixture *f, gconstpointer data)
{
	struct watcher many[5] = {0};
	int64_t now, when;

	(void)data;
	meet_many(f, many, 5);
	now = loop_now();
	for (unsigned i = 0; i < 3; i++)
		pace_failed(many[i].caller, false);
	when = pace_ask(many[0].caller);
	g_assert_cmpint(when, >=, now + 1000);
	g_assert_cmpint(when, <, loop_now() + 1400);
	run_until_ready(&many[3]);
	g_assert_cmpuint(many[4].ready, ==, 0);
	g_assert_cmpint(pace_ask(many[0].caller), ==, INT64_MAX);
	/* Another network: met anew. */
	pace_forgive(f->pace);
	run_until_ready(&many[4]);
	part(many, 5);
}

/* What is one user's trouble does not hold up the others, nor does what
 * befalls one while another one lives. */
static void test_others(struct fixture *f, gconstpointer data)
{
	struct watcher many[3] = {0};

	(void)data;
	meet_many(f, many, 3);
	pace_failed(many[0].caller, true);
	g_assert_cmpint(pace_ask(many[0].caller), ==, 0);
	pace_proven(many[1].caller);
	pace_failed(many[2].caller, false);
	g_assert_cmpint(pace_ask(many[2].caller), ==, 0);
	part(many, 3);
}

static void test_back(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0}, two = {0}, well = {0}, else_where = {0};

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	meet(f, &two, "imap.example.org", "joe");
	meet(f, &well, "imap.example.org", "jack");
	meet(f, &else_where, "imap.example.net", "jane");
	pace_failed(one.caller, true);
	pace_failed(two.caller, true);
	pace_failed(else_where.caller, true);
	pace_proven(well.caller);
	g_assert_cmpuint(two.back, ==, 0);
	pace_proven(one.caller);
	g_assert_cmpuint(two.back, ==, 1);
	g_assert_cmpuint(one.back + well.back + else_where.back, ==, 0);
	/* Once, and again only if it fails again. */
	pace_failed(one.caller, true);
	pace_proven(one.caller);
	g_assert_cmpuint(two.back, ==, 1);
	pace_failed(two.caller, true);
	pace_failed(one.caller, true);
	pace_proven(one.caller);
	g_assert_cmpuint(two.back, ==, 2);
	pace_caller_free(one.caller);
	pace_caller_free(two.caller);
	pace_caller_free(well.caller);
	pace_caller_free(else_where.caller);
}

/* Who asks later and has to wait for long does not put off who may go now. */
static void test_not_put_off(struct fixture *f, gconstpointer data)
{
	struct watcher many[PACE_MAX] = {0}, early = {0}, late = {0};
	guint guard = g_timeout_add_seconds(UNIT_PATIENCE, too_late, NULL);

	(void)data;
	meet(f, &late, "imap.example.org", "late");
	call_times(&late, PACE_MAX);
	for (unsigned i = 0; i < PACE_MAX; i++) {
		g_autofree char *user = g_strdup_printf("user%u", i);

		meet(f, &many[i], "imap.example.org", user);
		g_assert_cmpint(pace_ask(many[i].caller), ==, 0);
	}
	meet(f, &early, "imap.example.org", "early");
	g_assert_false(pace_is_waiting(early.caller));
	g_assert_cmpint(pace_ask(early.caller), >, 0);
	g_assert_true(pace_is_waiting(early.caller));
	pace_proven(many[0].caller);
	g_assert_cmpint(pace_ask(late.caller), >, 0);
	while (early.ready == 0)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(guard);
	g_assert_false(pace_is_waiting(early.caller));
	g_assert_true(pace_is_waiting(late.caller));
	for (unsigned i = 0; i < PACE_MAX; i++)
		pace_caller_free(many[i].caller);
	pace_caller_free(early.caller);
	pace_caller_free(late.caller);
}

static void test_cancel(struct fixture *f, gconstpointer data)
{
	struct watcher one = {0};

	(void)data;
	meet(f, &one, "imap.example.org", "jane");
	call_times(&one, PACE_MAX);
	g_assert_cmpint(pace_ask(one.caller), >, 0);
	pace_cancel(one.caller);
	pace_cancel(one.caller);
	pace_caller_free(one.caller);
	pace_caller_free(NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
#define ADD(name, test) \
	g_test_add(name, struct fixture, NULL, set_up, test, tear_down)
	ADD("/pace/user", test_user);
	ADD("/pace/errands", test_errands);
	ADD("/pace/slow-start", test_slow_start);
	ADD("/pace/silent", test_silent);
	ADD("/pace/others", test_others);
	ADD("/pace/back", test_back);
	ADD("/pace/unmade", test_unmade);
	ADD("/pace/freed", test_freed);
	ADD("/pace/cancel", test_cancel);
	ADD("/pace/not-put-off", test_not_put_off);
	return g_test_run();
}
