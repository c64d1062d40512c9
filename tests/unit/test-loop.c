/*
 * The loop: order, freeing in callbacks, fairness, and silence while idle.
 */
#include "config.h"

#include "os/loop.h"
#include "unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct loop *loop;
static GString *trace;

static void set_up(void)
{
	g_autoptr(GError) error = NULL;

	loop = loop_new(&error);
	g_assert_no_error(error);
	trace = g_string_new(NULL);
}

static void tear_down(void)
{
	loop_free(loop);
	g_string_free(trace, TRUE);
}

static int event_new(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	g_assert_cmpint(fd, >=, 0);
	return fd;
}

static void event_raise(int fd)
{
	g_assert_cmpint(eventfd_write(fd, 1), ==, 0);
}

/* Runs the context until a flag is up. */
static gboolean too_late(void *data)
{
	(void)data;
	g_error("nothing came");
	return FALSE;
}

static void run_until_count(const unsigned *count, unsigned wanted)
{
	unsigned guard = g_timeout_add_seconds(UNIT_PATIENCE, too_late, NULL);

	while (*count < wanted)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(guard);
}

static void run_until(const bool *flag)
{
	unsigned guard = g_timeout_add_seconds(UNIT_PATIENCE, too_late, NULL);

	while (!*flag)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(guard);
}

static void run_dry(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

struct item {
	char name;
	int fd;
	bool *flag;
	struct loop_timer *timer, *victim_timer;
	struct loop_watch *watch, *victim_watch;
	unsigned count;
	const unsigned *seen;
};

static void item_timer(void *data)
{
	struct item *item = data;

	g_string_append_c(trace, item->name);
	item->count++;
	if (item->flag)
		*item->flag = true;
}

static void test_timer_order(void)
{
	bool done = false;
	struct item items[6] = {{0}};
	static const int after[] = {30, 10, 20, 10, 0, -5};
	int64_t now;

	set_up();
	now = loop_now();
	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		items[i].name = (char)('a' + i);
		items[i].timer = loop_timer_new(loop, item_timer, &items[i]);
		loop_timer_set(items[i].timer, now + after[i]);
	}
	items[0].flag = &done;
	run_until(&done);
	g_assert_cmpint(loop_now(), >=, now + 30);
	g_assert_cmpstr(trace->str, ==, "febdca");
	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++)
		loop_timer_free(items[i].timer);
	tear_down();
}

static void test_timer_set_again(void)
{
	bool done = false;
	struct item one = {.name = '1'}, two = {.name = '2', .flag = &done};
	int64_t now;

	set_up();
	now = loop_now();
	one.timer = loop_timer_new(loop, item_timer, &one);
	two.timer = loop_timer_new(loop, item_timer, &two);
	loop_timer_set(one.timer, now + 5);
	loop_timer_set(two.timer, now + 20);
	loop_timer_set(one.timer, INT64_MAX);
	run_until(&done);
	g_assert_cmpstr(trace->str, ==, "2");

	/* A time before the epoch, and zero, are just long ago. */
	done = false;
	loop_timer_set(one.timer, INT64_MIN);
	loop_timer_set(two.timer, 0);
	run_until(&done);
	g_assert_cmpstr(trace->str, ==, "212");
	loop_timer_free(one.timer);
	loop_timer_free(two.timer);
	loop_timer_free(NULL);
	tear_down();
}

static void item_timer_again(void *data)
{
	struct item *item = data;

	item->count++;
	loop_timer_set(item->timer, 0);
}

/* A timer that is always due must not keep the others from running. */
static void test_timer_starves_nobody(void)
{
	bool done = false;
	struct item hungry = {.name = 'h'};
	struct item other = {.name = 'o', .flag = &done};

	set_up();
	hungry.timer = loop_timer_new(loop, item_timer_again, &hungry);
	other.timer = loop_timer_new(loop, item_timer, &other);
	loop_timer_set(hungry.timer, 0);
	loop_timer_set(other.timer, loop_now() + 10);
	/* On a slow machine both are due at once. */
	run_until(&done);
	run_until_count(&hungry.count, 2);
	loop_timer_free(hungry.timer);
	loop_timer_free(other.timer);
	tear_down();
}

static void item_timer_kill(void *data)
{
	struct item *item = data;

	item_timer(data);
	loop_timer_free(item->victim_timer);
	loop_timer_free(item->timer);
	item->victim_timer = item->timer = NULL;
}

static void test_timer_free_in_callback(void)
{
	bool done = false;
	struct item killer = {.name = 'k'}, victim = {.name = 'v'};
	struct item last = {.name = 'l', .flag = &done};

	set_up();
	killer.timer = loop_timer_new(loop, item_timer_kill, &killer);
	killer.victim_timer = loop_timer_new(loop, item_timer, &victim);
	last.timer = loop_timer_new(loop, item_timer, &last);
	loop_timer_set(killer.timer, 1);
	loop_timer_set(killer.victim_timer, 2);
	loop_timer_set(last.timer, 3);
	run_until(&done);
	g_assert_cmpstr(trace->str, ==, "kl");
	loop_timer_free(last.timer);
	tear_down();
}

/* The polls that GLib does are counted: each return is a wake-up. */
static unsigned wakeups;
static int last_timeout;

static int counting_poll(GPollFD *fds, unsigned count, int timeout)
{
	int result;

	last_timeout = timeout;
	result = g_poll(fds, count, timeout);
	if (result > 0)
		wakeups++;
	return result;
}

static void test_no_wakeups(void)
{
	bool done = false;
	struct item far[100] = {{0}};
	struct item watched = {.fd = event_new()};
	struct item end = {.name = 'e', .flag = &done};
	GPollFunc before;

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(far); i++) {
		far[i].timer = loop_timer_new(loop, item_timer, &far[i]);
		loop_timer_set(far[i].timer, loop_now() + 60000 + i);
	}
	watched.watch =
	    loop_watch_new(loop, watched.fd, EPOLLIN, NULL, &watched);
	run_dry();

	before = g_main_context_get_poll_func(NULL);
	g_main_context_set_poll_func(NULL, counting_poll);
	wakeups = 0;
	/* 300 ms by a timer of the loop: exactly one wake-up. */
	end.timer = loop_timer_new(loop, item_timer, &end);
	loop_timer_set(end.timer, loop_now() + 300);
	while (!done) {
		g_main_context_iteration(NULL, TRUE);
		g_assert_cmpint(last_timeout, ==, -1);
	}
	loop_timer_free(end.timer);
	g_assert_cmpuint(wakeups, ==, 1);
	g_main_context_set_poll_func(NULL, before);

	loop_watch_free(watched.watch);
	close(watched.fd);
	for (unsigned i = 0; i < G_N_ELEMENTS(far); i++)
		loop_timer_free(far[i].timer);
	tear_down();
}

/* What our timerfd still waits for, in ms, as the kernel tells it. */
static int64_t time_left(void)
{
	for (int fd = 3; fd < 64; fd++) {
		g_autofree char *path =
		    g_strdup_printf("/proc/self/fdinfo/%d", fd);
		g_autofree char *info = NULL;
		int64_t seconds, ns;
		char *value;

		if (!g_file_get_contents(path, &info, NULL, NULL) ||
		    !(value = strstr(info, "it_value: (")))
			continue;
		seconds = g_ascii_strtoll(value + 11, &value, 10);
		ns = g_ascii_strtoll(value + 2, NULL, 10);
		return seconds * 1000 + ns / 1000000;
	}
	g_assert_not_reached();
}

/* When a timer that is set to a time rings, to 100 ms. */
static int64_t rings_at(struct loop_timer *timer, int64_t when)
{
	int64_t before, left;

	loop_timer_set(timer, when);
	run_dry();
	do {
		before = loop_now();
		left = time_left();
	} while (loop_now() - before > 100);
	return before + left;
}

/* Deadlines more than ten seconds away meet on whole seconds. */
static void test_timer_rounds(void)
{
	struct item item = {.name = 'i'};
	int64_t second, at;

	set_up();
	item.timer = loop_timer_new(loop, item_timer, &item);
	second = (loop_now() / 1000 + UNIT_PATIENCE) * 1000;
	at = rings_at(item.timer, second + 1);
	/* Read one after the other: a little too early. */
	g_assert_cmpint(at, >, second + 500);
	g_assert_cmpint(at, <=, second + 1000);
	/* On the second already, and near: as they are. */
	g_assert_cmpint(rings_at(item.timer, second), <, second + 500);
	do {
		item.count = 0;
		second = loop_now() / 1000 * 1000 + 8000;
		at = rings_at(item.timer, second + 1);
	} while (item.count > 0 || loop_now() >= second);
	g_assert_cmpint(at, <, second + 500);
	loop_timer_free(item.timer);
	tear_down();
}

static void item_watch(void *data, uint32_t events)
{
	struct item *item = data;
	eventfd_t value;

	g_assert_cmpuint(events & ~(unsigned)EPOLLIN, ==, 0);
	eventfd_read(item->fd, &value);
	item->count++;
	if (item->flag)
		*item->flag = true;
}

/* One event: one poll() that finds something, and nothing behind it. */
static void test_event_is_one_wakeup(void)
{
	bool done = false;
	struct item item = {.fd = event_new(), .flag = &done};
	GPollFunc before = g_main_context_get_poll_func(NULL);

	set_up();
	item.watch = loop_watch_new(loop, item.fd, EPOLLIN, item_watch, &item);
	run_dry();
	g_main_context_set_poll_func(NULL, counting_poll);
	wakeups = 0;
	event_raise(item.fd);
	while (!done)
		g_main_context_iteration(NULL, TRUE);
	run_dry();
	g_assert_cmpuint(wakeups, ==, 1);
	g_main_context_set_poll_func(NULL, before);
	loop_watch_free(item.watch);
	close(item.fd);
	tear_down();
}

static void item_watch_run(void *data, uint32_t events)
{
	g_string_append_c(trace, '(');
	g_main_context_iteration(NULL, FALSE);
	g_string_append_c(trace, ')');
	item_watch(data, events);
}

/* A callback that runs the main context: the others wait for its end. */
static void test_turns_do_not_nest(void)
{
	struct item a = {.fd = event_new()}, b = {.fd = event_new()};

	set_up();
	event_raise(a.fd);
	event_raise(b.fd);
	a.watch = loop_watch_new(loop, a.fd, EPOLLIN, item_watch_run, &a);
	b.watch = loop_watch_new(loop, b.fd, EPOLLIN, item_watch_run, &b);
	run_dry();
	g_assert_cmpstr(trace->str, ==, "()()");
	loop_watch_free(a.watch);
	loop_watch_free(b.watch);
	close(a.fd);
	close(b.fd);
	tear_down();
}

static void test_watch_many(void)
{
	static struct item items[600];
	unsigned sum = 0;

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		items[i].fd = event_new();
		items[i].watch = loop_watch_new(
		    loop, items[i].fd, EPOLLIN, item_watch, &items[i]);
		if (i % 3)
			event_raise(items[i].fd);
	}
	run_dry();
	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		g_assert_cmpuint(items[i].count, ==, i % 3 ? 1 : 0);
		sum += items[i].count;
		loop_watch_free(items[i].watch);
		close(items[i].fd);
	}
	g_assert_cmpuint(sum, ==, 400);
	tear_down();
}

static void item_watch_kill(void *data, uint32_t events)
{
	struct item *item = data;

	(void)events;
	item->count++;
	loop_watch_free(item->victim_watch);
	loop_watch_free(item->watch);
	item->victim_watch = item->watch = NULL;
}

/* Two ready at once, each would free both: only the first runs. */
static void test_watch_free_in_callback(void)
{
	struct item a = {.fd = event_new()}, b = {.fd = event_new()};

	set_up();
	event_raise(a.fd);
	event_raise(b.fd);
	a.watch = loop_watch_new(loop, a.fd, EPOLLIN, item_watch_kill, &a);
	b.watch = loop_watch_new(loop, b.fd, EPOLLIN, item_watch_kill, &b);
	a.victim_watch = b.watch;
	b.victim_watch = a.watch;
	run_dry();
	g_assert_cmpuint(a.count + b.count, ==, 1);
	close(a.fd);
	close(b.fd);
	loop_watch_free(NULL);
	tear_down();
}

static void item_watch_silence(void *data, uint32_t events)
{
	struct item *item = data;

	(void)events;
	item->count++;
	loop_watch_set(item->victim_watch, 0);
	loop_watch_set(item->watch, 0);
}

static void test_watch_set(void)
{
	struct item a = {.fd = event_new()}, b = {.fd = event_new()};
	unsigned first;

	set_up();
	event_raise(a.fd);
	event_raise(b.fd);
	a.watch = loop_watch_new(loop, a.fd, EPOLLIN, item_watch_silence, &a);
	b.watch = loop_watch_new(loop, b.fd, EPOLLIN, item_watch_silence, &b);
	a.victim_watch = b.watch;
	b.victim_watch = a.watch;
	run_dry();
	g_assert_cmpuint(a.count + b.count, ==, 1);

	/* On again: level-triggered, so what waits is told. */
	first = a.count;
	loop_watch_set(a.watch, EPOLLIN | EPOLLOUT);
	run_dry();
	g_assert_cmpuint(a.count, ==, first + 1);
	loop_watch_free(a.watch);
	loop_watch_free(b.watch);
	close(a.fd);
	close(b.fd);
	tear_down();
}

/* A hang-up is reported asked or not, but not to a watch that is off. */
static void test_watch_hangup(void)
{
	struct item item = {0};
	int fds[2];

	set_up();
	g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
	item.watch =
	    loop_watch_new(loop, fds[0], EPOLLIN, item_watch_silence, &item);
	item.victim_watch = item.watch;
	close(fds[1]);
	run_dry();
	g_assert_cmpuint(item.count, ==, 1);
	loop_watch_free(item.watch);
	close(fds[0]);
	tear_down();
}

static void item_watch_flood(void *data, uint32_t events)
{
	struct item *item = data;

	(void)events;
	item->count++;
}

/* A socket that is always ready does not hold up timers or others. */
static void test_watch_flood(void)
{
	bool done = false;
	struct item flood = {.fd = event_new()}, quiet = {.fd = event_new()};
	struct item timer = {.name = 't', .flag = &done};

	set_up();
	event_raise(flood.fd);
	flood.watch =
	    loop_watch_new(loop, flood.fd, EPOLLIN, item_watch_flood, &flood);
	quiet.watch =
	    loop_watch_new(loop, quiet.fd, EPOLLIN, item_watch, &quiet);
	event_raise(quiet.fd);
	timer.timer = loop_timer_new(loop, item_timer, &timer);
	loop_timer_set(timer.timer, loop_now() + 20);
	run_until(&done);
	g_assert_cmpuint(quiet.count, ==, 1);
	run_until_count(&flood.count, 2);
	loop_timer_free(timer.timer);
	loop_watch_free(flood.watch);
	loop_watch_free(quiet.watch);
	close(flood.fd);
	close(quiet.fd);
	tear_down();
}

static void item_timer_last(void *data)
{
	struct item *item = data;

	g_assert_cmpuint(*item->seen, ==, 1);
	item_timer(data);
}

/* Bytes that are here come before the deadline that waits for them. */
static void test_bytes_beat_deadline(void)
{
	bool done = false;
	struct item watch = {.fd = event_new()};
	struct item timer = {.name = 't', .flag = &done, .seen = &watch.count};

	set_up();
	timer.timer = loop_timer_new(loop, item_timer_last, &timer);
	watch.watch =
	    loop_watch_new(loop, watch.fd, EPOLLIN, item_watch, &watch);
	loop_timer_set(timer.timer, 0);
	event_raise(watch.fd);
	run_until(&done);
	loop_watch_free(watch.watch);
	loop_timer_free(timer.timer);
	close(watch.fd);
	tear_down();
}

int main(int argc, char *argv[])
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/loop/timer-order", test_timer_order);
	g_test_add_func("/loop/timer-set-again", test_timer_set_again);
	g_test_add_func(
	    "/loop/timer-starves-nobody", test_timer_starves_nobody);
	g_test_add_func(
	    "/loop/timer-free-in-callback", test_timer_free_in_callback);
	g_test_add_func("/loop/timer-rounds", test_timer_rounds);
	g_test_add_func("/loop/no-wakeups", test_no_wakeups);
	g_test_add_func("/loop/event-is-one-wakeup", test_event_is_one_wakeup);
	g_test_add_func("/loop/turns-do-not-nest", test_turns_do_not_nest);
	g_test_add_func("/loop/watch-many", test_watch_many);
	g_test_add_func(
	    "/loop/watch-free-in-callback", test_watch_free_in_callback);
	g_test_add_func("/loop/watch-set", test_watch_set);
	g_test_add_func("/loop/watch-hangup", test_watch_hangup);
	g_test_add_func("/loop/watch-flood", test_watch_flood);
	g_test_add_func("/loop/bytes-beat-deadline", test_bytes_beat_deadline);
	return g_test_run();
}
