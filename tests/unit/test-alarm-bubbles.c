/*
 * The bubbles of an alarm, by their numbers: 1 is of those that are blind, 2
 * of what is well again beside it.
 *
 * What is blind is given up, so that nothing waits for the time, and the two
 * seconds that bubbles are gathered for pass at once.
 */
#include "app/alarm.h"
#include "tests/unit/clockwork.h"
#include <string.h>

#define LONG G_GINT64_CONSTANT(3600000)

enum {
	TICK = 100 /* ms */
};

struct place {
	struct sink desktop;
	GString *told; /* a line for each call */
	bool broken;   /* the desktop */
	int answered;
	struct loop *loop;
	struct alarm *alarm;
	struct alarm_watch *work, *home;
};

static struct place *sink_place; /* of the desktop */

struct answer {
	sink_fn *fn;
	void *data;
};

static gboolean give_answer(gpointer data)
{
	struct answer *later = data;
	g_autoptr(GError) error = NULL;

	if (sink_place->broken)
		error = g_error_new_literal(
		    SINK_ERROR, SINK_ERROR_DESKTOP, "no notification daemon");
	sink_place->answered++;
	later->fn(later->data, error);
	return G_SOURCE_REMOVE;
}

/* "1 stays: TITLE|BODY", "1 stays, if up: ...", "2 passes: TITLE" (its body
 * has the time). */
static void show(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct answer later = {fn, data};
	const struct notice *notice = event->notice;
	bool stays = event->timeout_bubble == SINK_TIMEOUT_NONE;

	g_assert_true(sink == &sink_place->desktop);
	g_assert_true(stays == (strcmp(notice->state, "blind") == 0));
	g_assert_true(stays == event->stands);
	g_string_append_printf(sink_place->told, "%d %s%s: %s%s%s\n",
	    (int)event->bubble, stays ? "stays" : "passes",
	    event->only_update ? ", if up" : "", notice->summary,
	    stays ? "|" : "", stays ? notice->body : "");
	g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, give_answer,
	    g_memdup2(&later, sizeof(later)), g_free);
}

static void hide(struct sink *sink, uint64_t number)
{
	g_assert_true(sink == &sink_place->desktop);
	/* The other one need not be up. */
	if (number == 1)
		g_string_append(sink_place->told, "1 closed\n");
}

static struct alarm_watch *make(struct place *place, const char *account)
{
	struct alarm_watch *watch =
	    alarm_watch_new(place->alarm, account, "INBOX");

	alarm_watch_configure(watch, LONG, NULL, 0, true);
	alarm_watch_set(watch, true, NULL);
	return watch;
}

static void place_open(struct place *place, gconstpointer data)
{
	const struct alarm_desktop desktop = {&place->desktop, hide, 1, 2};
	g_autoptr(GError) error = NULL;

	(void)data;
	memset(place, 0, sizeof *place);
	sink_place = place;
	place->desktop.ring = show;
	place->told = g_string_new(NULL);
	place->loop = loop_new(&error);
	g_assert_no_error(error);
	place->alarm = alarm_new(place->loop, &desktop);
	place->work = make(place, "work");
	place->home = make(place, "home");
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	alarm_watch_free(place->work);
	alarm_watch_free(place->home);
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	alarm_free(place->alarm);
	loop_free(place->loop);
	g_string_free(place->told, TRUE);
}

/* Until all that is to be told is; no time passes but here. */
static void check(struct place *place, const char *expected)
{
	for (int left = UNIT_PATIENCE * 1000; alarm_is_busy(place->alarm);
	     left--) {
		g_assert_cmpint(left, >, 0);
		if (!g_main_context_iteration(NULL, FALSE)) {
			clockwork_pass(TICK);
			g_poll(NULL, 0, 1);
		}
	}
	g_assert_cmpstr(place->told->str, ==, expected);
	g_string_truncate(place->told, 0);
}

#define BLIND_WORK "1 stays: Cannot see new mail of work/INBOX|cut\n"
#define BLIND_HOME "1 stays: Cannot see new mail of home/INBOX|refused\n"
#define BLIND_BOTH                                    \
	"1 stays: Cannot see new mail of 2 accounts|" \
	"work/INBOX: cut\nhome/INBOX: refused\n"

static void lose(struct alarm_watch *watch)
{
	alarm_watch_give_up(watch, "cut");
}

static void lose_both(struct place *place)
{
	lose(place->work);
	alarm_watch_give_up(place->home, "refused");
	check(place, BLIND_BOTH);
}

/* The one that stays turns into the one that passes. */
static void test_one(struct place *place, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 2; i++) {
		lose(place->work);
		check(place, BLIND_WORK);
		alarm_watch_set(place->work, true, NULL);
		check(place, "1 passes: New mail is seen again: work/INBOX\n");
	}
}

/* One bubble tells of all that are blind, also of who comes later and who
 * goes earlier; it comes up for the former only. */
static void test_several(struct place *place, gconstpointer data)
{
	(void)data;
	lose(place->work);
	check(place, BLIND_WORK);
	alarm_watch_give_up(place->home, "refused");
	check(place, BLIND_BOTH);
	alarm_watch_set(place->work, true, NULL);
	check(place,
	    "1 stays, if up: Cannot see new mail of home/INBOX|refused\n"
	    "2 passes: New mail is seen again: work/INBOX\n");
	lose(place->work);
	check(place, BLIND_BOTH);
	alarm_watch_set(place->work, true, NULL);
	alarm_watch_set(place->home, true, NULL);
	check(place, "1 passes: New mail is seen again: 2 accounts\n");
}

/* That it will not come back by itself is something else. */
static void test_worse(struct place *place, gconstpointer data)
{
	(void)data;
	lose(place->work);
	check(place, BLIND_WORK);
	alarm_watch_set(place->work, false, "another try");
	check(place, "");
	alarm_bubble_closed(place->alarm, 1, true);
	alarm_watch_give_up(place->work, "refused");
	check(place, "1 stays: Cannot see new mail of work/INBOX|refused\n");
	alarm_watch_give_up(place->work, "refused");
	check(place, "");
	alarm_watch_set(place->work, true, NULL);
	check(place, "1 passes: New mail is seen again: work/INBOX\n");
}

/* What the user has closed is not told again until it was well; others are. */
static void test_dismissed(struct place *place, gconstpointer data)
{
	(void)data;
	lose(place->work);
	check(place, BLIND_WORK);
	alarm_bubble_closed(place->alarm, 2, true);
	alarm_bubble_closed(place->alarm, 1, true);
	alarm_desktop_appeared(place->alarm);
	check(place, "");
	alarm_watch_give_up(place->home, "refused");
	check(place, BLIND_HOME);
	alarm_watch_set(place->work, true, NULL);
	check(place, "2 passes: New mail is seen again: work/INBOX\n");
	lose(place->work);
	check(place, BLIND_BOTH);
}

/* The bubble that says that all is well does not come back. */
static void test_well_closed(struct place *place, gconstpointer data)
{
	(void)data;
	lose(place->work);
	check(place, BLIND_WORK);
	alarm_watch_set(place->work, true, NULL);
	check(place, "1 passes: New mail is seen again: work/INBOX\n");
	alarm_bubble_closed(place->alarm, 1, false);
	alarm_desktop_appeared(place->alarm);
	check(place, "");
}

/* A daemon that is another one, or came too late. */
static void test_daemons(struct place *place, gconstpointer data)
{
	(void)data;
	lose_both(place);
	alarm_desktop_appeared(place->alarm);
	check(place, "");
	alarm_bubble_closed(place->alarm, 1, false);
	check(place, "");
	alarm_desktop_appeared(place->alarm);
	alarm_desktop_appeared(place->alarm);
	check(place, BLIND_BOTH);
	alarm_watch_set(place->home, true, NULL);
	place->broken = true;
	check(place,
	    "1 stays, if up: Cannot see new mail of work/INBOX|cut\n"
	    "2 passes: New mail is seen again: home/INBOX\n");
	place->broken = false;
	alarm_desktop_appeared(place->alarm);
	check(place, BLIND_WORK);
	alarm_desktop_appeared(place->alarm);
	check(place, "");
}

/* No longer configured, or not for the desktop. */
static void test_removed(struct place *place, gconstpointer data)
{
	(void)data;
	lose_both(place);
	alarm_watch_configure(place->home, LONG, NULL, 0, false);
	check(place, "1 stays, if up: Cannot see new mail of work/INBOX|cut\n");
	g_clear_pointer(&place->work, alarm_watch_free);
	check(place, "1 closed\n");
	alarm_watch_configure(place->home, LONG, NULL, 0, true);
	check(place, BLIND_HOME);
}

/* Nothing stays, and nothing comes. */
static void test_end(struct place *place, gconstpointer data)
{
	(void)data;
	lose(place->work);
	check(place, BLIND_WORK);
	alarm_watch_give_up(place->home, "refused");
	alarm_end(place->alarm);
	alarm_watch_set(place->work, true, NULL);
	g_clear_pointer(&place->work, alarm_watch_free);
	check(place, "1 closed\n");
}

#define ADD(name, fn)                                                          \
	g_test_add("/alarm-bubbles/" name, struct place, NULL, place_open, fn, \
	    place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("one", test_one);
	ADD("several", test_several);
	ADD("worse", test_worse);
	ADD("dismissed", test_dismissed);
	ADD("well-closed", test_well_closed);
	ADD("daemons", test_daemons);
	ADD("removed", test_removed);
	ADD("end", test_end);
	return g_test_run();
}
