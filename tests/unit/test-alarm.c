/*
 * Who is blind, and who is told of it how often.
 *
 * Time passes only while a test waits, and does not care how fast the machine
 * is.  That something does not happen is seen by what happens after it: timers
 * of one loop fire in their order.
 */
#include "app/alarm.h"
#include "os/file.h"
#include "tests/unit/clockwork.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT 30 /* ms */
#define LONG  G_GINT64_CONSTANT(3600000)

enum {
	TICK = 10 /* ms that pass in one of the system's, or more of them */
};

static void tick(void)
{
	clockwork_pass(TICK);
	g_poll(NULL, 0, 1);
}

/* A file that a hook writes wakes nobody: it is looked at now and then. */
#define WAIT_UNTIL(condition)                                        \
	do {                                                         \
		for (int left_ = UNIT_PATIENCE * 1000; !(condition); \
		     left_--) {                                      \
			g_assert_cmpint(left_, >, 0);                \
			if (!g_main_context_iteration(NULL, FALSE))  \
				tick();                              \
		}                                                    \
	} while (0)

struct place {
	struct sink desktop;
	GString *shown; /* "SUMMARY|BODY|" of each bubble */
	bool broken;    /* the desktop */
	int answered;
	struct loop *loop;
	struct alarm *alarm;
	char *path;
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
		    SINK_ERROR, SINK_ERROR_DESKTOP, "no desktop bus");
	later->fn(later->data, error);
	sink_place->answered++;
	return G_SOURCE_REMOVE;
}

static void show(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct answer later = {fn, data};

	g_assert_true(sink == &sink_place->desktop);
	g_assert_null(event->message);
	g_assert_cmpint(event->urgency, ==, SINK_NORMAL);
	g_assert_cmpint(event->notice->kind, ==, NOTICE_STATE);
	g_string_append_printf(sink_place->shown, "%s|%s|",
	    event->notice->summary, event->notice->body);
	g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, give_answer,
	    g_memdup2(&later, sizeof(later)), g_free);
}

/* tests/unit/test-alarm-bubbles.c is about them. */
static void hide(struct sink *sink, uint64_t number)
{
	(void)sink;
	(void)number;
}

static struct alarm *make_alarm(struct place *place)
{
	const struct alarm_desktop desktop = {&place->desktop, hide, 1, 2};

	return alarm_new(place->loop, &desktop);
}

static void place_open(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	memset(place, 0, sizeof *place);
	sink_place = place;
	place->desktop.ring = show;
	place->shown = g_string_new(NULL);
	place->loop = loop_new(&error);
	g_assert_no_error(error);
	place->alarm = make_alarm(place);
	place->path = g_dir_make_tmp("alarm-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(place->path), ==, 0);
}

static void place_close(struct place *place, gconstpointer data)
{
	GDir *dir = g_dir_open(".", 0, NULL);
	const char *name;

	(void)data;
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	alarm_free(place->alarm);
	loop_free(place->loop);
	while ((name = g_dir_read_name(dir)))
		g_unlink(name);
	g_dir_close(dir);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_free(place->path);
	g_string_free(place->shown, TRUE);
}

static void wait_blind(struct alarm_watch *watch, bool blind)
{
	WAIT_UNTIL(alarm_watch_is_blind(watch) == blind);
}

static char *content(const char *name)
{
	char *text = file_read(AT_FDCWD, name, 1 << 20, NULL, NULL);

	return text != NULL ? text : g_strdup("");
}

static bool has_content(const char *name, const char *expected)
{
	g_autofree char *text = content(name);

	return strcmp(text, expected) == 0;
}

static const char *const note[] = {"sh", "-c",
    "echo $IDLEBELL_MAILBOX $IDLEBELL_STATE $IDLEBELL_REASON >> log", NULL};

static struct alarm_watch *make(struct place *place, const char *account,
    const char *mailbox, int64_t blind_after)
{
	struct alarm_watch *watch =
	    alarm_watch_new(place->alarm, account, mailbox);

	alarm_watch_configure(watch, blind_after, (char **)note, LONG, true);
	return watch;
}

/* One that goes blind after all that has less time, then is gone. */
static void outlast(struct place *place, int64_t time)
{
	struct alarm_watch *watch = alarm_watch_new(place->alarm, "other", "x");

	alarm_watch_configure(watch, time, NULL, 0, false);
	wait_blind(watch, true);
	alarm_watch_free(watch);
}

/* Once blind, once well, by all three ways, whatever is repeated. */
static void test_told(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", SHORT);

	(void)data;
	g_assert_false(alarm_watch_is_blind(watch));
	alarm_watch_set(watch, false, "old");
	alarm_watch_set(watch, false, "login refused");
	alarm_watch_set(watch, false, NULL);
	wait_blind(watch, true);
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_cmpstr(place->shown->str, ==,
	    "Cannot see new mail of work/INBOX|login refused|");
	alarm_watch_set(watch, false, "still refused");
	outlast(place, 2 * SHORT);
	WAIT_UNTIL(has_content("log", "INBOX blind login refused\n"));
	g_string_truncate(place->shown, 0);
	alarm_watch_set(watch, true, NULL);
	alarm_watch_set(watch, true, NULL);
	g_assert_false(alarm_watch_is_blind(watch));
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_true(g_str_has_prefix(
	    place->shown->str, "New mail is seen again: work/INBOX|after "));
	outlast(place, 2 * SHORT);
	WAIT_UNTIL(
	    has_content("log", "INBOX blind login refused\nINBOX live\n"));
	alarm_watch_free(watch);
}

/* Time counts from the loss, and from each loss anew. */
static void test_flapping(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", LONG);
	struct alarm_watch *lost = make(place, "work", "b", SHORT);

	(void)data;
	alarm_watch_set(lost, true, NULL);
	for (int i = 0; i < 5; i++) {
		alarm_watch_set(watch, true, NULL);
		alarm_watch_set(watch, false, "cut");
	}
	outlast(place, 2 * SHORT);
	g_assert_false(alarm_watch_is_blind(watch));
	g_assert_false(alarm_watch_is_blind(lost));
	alarm_watch_set(lost, false, "cut");
	wait_blind(lost, true);
	alarm_watch_free(watch);
	alarm_watch_free(lost);
}

/* The road to being live counts for nothing, however often it is gone. */
static void test_never_live(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", SHORT);

	(void)data;
	WAIT_UNTIL(
	    (alarm_watch_set(watch, false, NULL), alarm_watch_is_blind(watch)));
	WAIT_UNTIL(has_content(
	    "log", "INBOX blind the server has not answered yet\n"));
	alarm_watch_free(watch);
}

static void test_off(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", 0);
	struct alarm_watch *fresh = alarm_watch_new(place->alarm, "work", "b");

	(void)data;
	alarm_watch_set(watch, false, "cut");
	outlast(place, SHORT);
	g_assert_false(alarm_watch_is_blind(watch));
	g_assert_false(alarm_watch_is_blind(fresh));
	alarm_watch_free(watch);
	alarm_watch_free(fresh);
}

/* A reload: sooner, later, and what was told is told of to its end. */
static void test_configured_anew(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", LONG);
	struct alarm_watch *later = make(place, "work", "b", SHORT);

	(void)data;
	alarm_watch_configure(later, LONG, NULL, 0, false);
	alarm_watch_configure(watch, SHORT, (char **)note, LONG, false);
	wait_blind(watch, true);
	alarm_watch_configure(watch, 0, (char **)note, LONG, false);
	g_assert_true(alarm_watch_is_blind(watch));
	outlast(place, 2 * SHORT);
	g_assert_false(alarm_watch_is_blind(later));
	WAIT_UNTIL(has_content(
	    "log", "INBOX blind the server has not answered yet\n"));
	alarm_watch_set(watch, true, NULL);
	WAIT_UNTIL(has_content("log",
	    "INBOX blind the server has not answered yet\nINBOX live\n"));
	g_assert_cmpstr(place->shown->str, ==, "");
	alarm_watch_free(watch);
	alarm_watch_free(later);
}

/* Removed while it is blind: no word, and no bubble that was to come. */
static void test_removed(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", SHORT);
	struct alarm_watch *other = make(place, "home", "INBOX", SHORT);

	(void)data;
	alarm_watch_set(other, false, "cut");
	wait_blind(watch, true);
	wait_blind(other, true);
	alarm_watch_free(watch);
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_cmpstr(
	    place->shown->str, ==, "Cannot see new mail of home/INBOX|cut|");
	alarm_watch_free(other);
	alarm_watch_free(NULL);
}

/* Over before it was told: the hooks know, the desktop need not. */
static void test_short(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", SHORT);
	struct alarm_watch *other = make(place, "home", "INBOX", SHORT);

	(void)data;
	wait_blind(watch, true);
	wait_blind(other, true);
	alarm_watch_set(watch, true, NULL);
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_cmpstr(place->shown->str, ==,
	    "Cannot see new mail of home/INBOX|"
	    "the server has not answered yet|");
	alarm_watch_free(watch);
	alarm_watch_free(other);
}

/* One bubble for all: five accounts, each once. */
static void test_together(struct place *place, gconstpointer data)
{
	static const char *const names[] = {
	    "a", "a", "b", "c", "d", "e", "f", "g"};
	struct alarm_watch *watches[G_N_ELEMENTS(names)];

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *mailbox = g_strdup_printf("M%zu", i);
		g_autofree char *reason = g_strdup_printf("reason %zu", i);

		watches[i] = make(place, names[i], mailbox, SHORT);
		alarm_watch_set(watches[i], false, reason);
	}
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_cmpstr(place->shown->str, ==,
	    "Cannot see new mail of 7 accounts|"
	    "a (2 mailboxes): reason 0\nb/M2: reason 2\nc/M3: reason 3\n"
	    "d/M4: reason 4\ne/M5: reason 5\nand 2 more|");
	g_string_truncate(place->shown, 0);
	for (size_t i = 0; i < 3; i++)
		alarm_watch_set(watches[i], true, NULL);
	WAIT_UNTIL(place->shown->len > 0);
	g_assert_nonnull(strstr(place->shown->str,
	    "New mail is seen again: 2 accounts|a (2 mailboxes): after "));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		alarm_watch_free(watches[i]);
}

/* Time asleep does not count, and all of blind_after comes again. */
static void test_suspend(struct place *place, gconstpointer data)
{
	struct alarm *awake = make_alarm(place);
	struct alarm_watch *watch = make(place, "work", "INBOX", SHORT);
	struct alarm_watch *other = alarm_watch_new(awake, "home", "INBOX");

	(void)data;
	alarm_suspend(place->alarm, true);
	alarm_watch_set(watch, true, NULL);
	alarm_watch_set(watch, false, "sleeping");
	alarm_watch_configure(other, 3 * SHORT, NULL, 0, false);
	wait_blind(other, true);
	g_assert_false(alarm_watch_is_blind(watch));
	alarm_suspend(place->alarm, false);
	g_assert_false(alarm_watch_is_blind(watch));
	wait_blind(watch, true);
	alarm_watch_free(watch);
	alarm_watch_free(other);
	alarm_free(awake);
}

/* Awake again without a word before: the count begins anew. */
static void test_wake(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch = make(place, "work", "INBOX", 2000);
	struct alarm_watch *other = make(place, "home", "INBOX", 1000);

	(void)data;
	wait_blind(other, true);
	alarm_suspend(place->alarm, false);
	outlast(place, 1200);
	g_assert_false(alarm_watch_is_blind(watch));
	g_assert_true(alarm_watch_is_blind(other));
	wait_blind(watch, true);
	alarm_watch_free(watch);
	alarm_watch_free(other);
}

/* A hook that hangs holds up the others only; of them the newest waits. */
static void test_hook_hangs(struct place *place, gconstpointer data)
{
	static const char *const hang[] = {
	    "sh", "-c", "echo hanging >> log; read x < gate", NULL};
	struct alarm_watch *stuck = make(place, "work", "s", SHORT);
	struct alarm_watch *watch = make(place, "work", "w", SHORT);
	struct alarm_watch *gone = make(place, "work", "g", SHORT);
	int fd;

	(void)data;
	alarm_watch_configure(watch, LONG, (char **)note, LONG, false);
	alarm_watch_configure(gone, LONG, (char **)note, LONG, false);
	alarm_watch_configure(stuck, SHORT, (char **)hang, LONG, false);
	g_assert_cmpint(mkfifo("gate", 0600), ==, 0);
	WAIT_UNTIL(has_content("log", "hanging\n"));
	for (int i = 0; i < 20; i++) {
		alarm_watch_configure(watch, SHORT, (char **)note, LONG, false);
		alarm_watch_set(watch, false, "cut");
		wait_blind(watch, true);
		alarm_watch_set(watch, true, NULL);
		alarm_watch_set(watch, false, NULL);
	}
	wait_blind(watch, true);
	alarm_watch_configure(gone, SHORT, (char **)note, LONG, false);
	wait_blind(gone, true);
	alarm_watch_free(gone);
	fd = open("gate", O_WRONLY | O_CLOEXEC);
	g_assert_cmpint(write(fd, "\n", 1), ==, 1);
	close(fd);
	WAIT_UNTIL(has_content(
	    "log", "hanging\nw blind the server has not answered yet\n"));
	alarm_watch_set(watch, true, NULL);
	WAIT_UNTIL(has_content("log",
	    "hanging\nw blind the server has not answered yet\nw live\n"));
	alarm_watch_free(stuck);
	alarm_watch_free(watch);
}

/* hook_timeout ends it, and the next one runs. */
static void test_hook_timeout(struct place *place, gconstpointer data)
{
	static const char *const hang[] = {"sleep", "1000", NULL};
	struct alarm_watch *stuck = make(place, "work", "s", SHORT);
	struct alarm_watch *watch = make(place, "work", "w", LONG);

	(void)data;
	alarm_watch_configure(stuck, SHORT, (char **)hang, 200, false);
	wait_blind(stuck, true);
	alarm_watch_configure(watch, SHORT, (char **)note, LONG, false);
	WAIT_UNTIL(
	    has_content("log", "w blind the server has not answered yet\n"));
	alarm_watch_free(stuck);
	alarm_watch_free(watch);
}

/* The log has it all, and the desktop's own trouble once. */
static void test_no_desktop(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch =
	    alarm_watch_new(place->alarm, "work", "INBOX");
	int fd = open("log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	g_autofree char *log = NULL;

	(void)data;
	place->broken = true;
	dup2(fd, STDERR_FILENO);
	close(fd);
	alarm_watch_configure(watch, SHORT, NULL, 0, true);
	alarm_watch_set(watch, false, "no\nway");
	WAIT_UNTIL(place->answered == 1);
	alarm_watch_set(watch, true, NULL);
	WAIT_UNTIL(place->answered == 2);
	alarm_watch_free(watch);
	dup2(kept, STDERR_FILENO);
	close(kept);
	log = content("log");
	g_assert_true(g_pattern_match_simple(
	    "idlebell: work/INBOX: blind for * s: no way\n"
	    "idlebell: no notification: no desktop bus\n"
	    "idlebell: work/INBOX: well again after * s\n",
	    log));
}

static void count(void *data)
{
	(*(int *)data)++;
}

/* It does not wait for what cannot come, and whoever wants to end can wait
 * until the user knows. */
static void test_given_up(struct place *place, gconstpointer data)
{
	struct alarm_watch *watch =
	    alarm_watch_new(place->alarm, "work", "INBOX");
	struct alarm_watch *mute =
	    alarm_watch_new(place->alarm, "work", "Lists");
	int settled = 0;

	(void)data;
	alarm_on_settled(place->alarm, count, &settled);
	alarm_watch_configure(watch, LONG, NULL, 0, true);
	alarm_watch_configure(mute, 0, NULL, 0, true);
	alarm_watch_give_up(mute, "refused");
	g_assert_false(alarm_is_busy(place->alarm));
	g_assert_false(alarm_watch_is_blind(mute));
	alarm_watch_give_up(watch, "refused");
	alarm_watch_give_up(watch, "refused");
	g_assert_true(alarm_is_busy(place->alarm));
	WAIT_UNTIL(!alarm_is_busy(place->alarm));
	g_assert_cmpstr(place->shown->str, ==,
	    "Cannot see new mail of work/INBOX|refused|");
	g_assert_cmpint(settled, >, 0);
	alarm_watch_set(watch, true, NULL);
	WAIT_UNTIL(place->answered == 2);
	alarm_watch_free(watch);
	alarm_watch_free(mute);
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/alarm/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("told", test_told);
	ADD("flapping", test_flapping);
	ADD("never-live", test_never_live);
	ADD("off", test_off);
	ADD("configured-anew", test_configured_anew);
	ADD("removed", test_removed);
	ADD("short", test_short);
	ADD("together", test_together);
	ADD("suspend", test_suspend);
	ADD("wake", test_wake);
	ADD("hook-hangs", test_hook_hangs);
	ADD("hook-timeout", test_hook_timeout);
	ADD("no-desktop", test_no_desktop);
	ADD("given-up", test_given_up);
	return g_test_run();
}
