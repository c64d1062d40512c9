/*
 * logind: heard, waited for, gone, back, refusing, silent.
 */
#include "config.h"

#include "inotify.h"
#include "logind.h"
#include "net/logind.h"

#include <fcntl.h>
#include <string.h>
#include <sys/un.h>

static struct logind *logind;
static int sleeps, wakes;
static bool answer_at_once;

static void told(void *data, bool asleep)
{
	g_assert_true(data == &sleeps);
	if (asleep)
		sleeps++;
	else
		wakes++;
	if (asleep && answer_at_once)
		logind_release(logind);
}

static bool is_asleep(void)
{
	return sleeps > wakes;
}

static bool is_awake(void)
{
	return sleeps == wakes;
}

static void begin(void)
{
	sleeps = wakes = 0;
	answer_at_once = false;
	logind = logind_new(told, &sleeps);
}

/* What is under way holds references; all end, as valgrind sees. */
static void end(void)
{
	logind_free(logind);
	logind = NULL;
	net_run_dry();
}

static void begin_locked(void)
{
	logind_bus_start();
	logind_start();
	begin();
	logind_wait(logind_is_held);
}

static void end_locked(void)
{
	end();
	logind_wait(logind_is_free);
	logind_bus_stop();
}

static void test_takes_a_delay_lock(void)
{
	begin_locked();
	g_assert_cmpint(logind_world.locks, ==, 1);
	g_assert_cmpstr(logind_world.asked, ==,
	    "('sleep', 'idlebell', 'It says goodbye to the mail servers.', "
	    "'delay')");
	end_locked();
}

static void test_sleeps_and_wakes(void)
{
	begin_locked();
	for (int i = 1; i <= 3; i++) {
		logind_prepare_for_sleep(true);
		logind_wait(is_asleep);
		g_assert_cmpint(sleeps, ==, i);
		g_assert_true(logind_is_held());
		logind_release(logind);
		logind_wait(logind_is_free);
		logind_prepare_for_sleep(false);
		logind_wait(is_awake);
		g_assert_cmpint(wakes, ==, i);
		logind_wait(logind_is_held);
		g_assert_cmpint(logind_world.locks, ==, i + 1);
	}
	end_locked();
}

static void test_is_told_once(void)
{
	begin_locked();
	logind_prepare_for_sleep(true);
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_prepare_for_sleep(false);
	logind_prepare_for_sleep(false);
	logind_wait(is_awake);
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	g_assert_cmpint(sleeps, ==, 2);
	g_assert_cmpint(wakes, ==, 1);
	end_locked();
}

/* It did not let go, and still has the one lock. */
static void test_wakes_without_release(void)
{
	begin_locked();
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_prepare_for_sleep(false);
	logind_wait(is_awake);
	g_assert_true(logind_is_held());
	g_assert_cmpint(logind_world.locks, ==, 1);
	end_locked();
}

static void test_keeps_the_lock_while_awake(void)
{
	begin_locked();
	logind_release(logind);
	g_assert_true(logind_is_held());
	end_locked();
}

static void test_releases_from_within(void)
{
	begin_locked();
	answer_at_once = true;
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_wait(logind_is_free);
	end_locked();
}

static void test_hears_without_a_lock(void)
{
	logind_bus_start();
	logind_start();
	logind_world.refuses = true;
	begin();
	while (logind_world.locks == 0)
		g_main_context_iteration(NULL, TRUE);
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_release(logind);
	logind_prepare_for_sleep(false);
	logind_wait(is_awake);
	end_locked();
}

static bool was_asked(void)
{
	return logind_world.locks > 0;
}

static void test_logind_comes_later(void)
{
	logind_bus_start();
	begin();
	logind_start();
	logind_wait(logind_is_held);
	end_locked();
}

static void test_logind_restarts(void)
{
	begin_locked();
	logind_stop();
	logind_start();
	logind_wait(logind_is_held);
	end_locked();
}

/* Or the accounts would wait for its word for ever. */
static void test_logind_goes_while_asleep(void)
{
	begin_locked();
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_stop();
	logind_wait(is_awake);
	logind_start();
	logind_wait(was_asked);
	end_locked();
}

static void test_bus_goes_while_asleep(void)
{
	begin_locked();
	logind_prepare_for_sleep(true);
	logind_wait(is_asleep);
	logind_bus_stop();
	logind_wait(is_awake);
	end();
}

static int threads(void)
{
	g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
	int count = 0;

	while (tasks && g_dir_read_name(tasks))
		count++;
	return count;
}

/* Before the others: none has begun a thread. */
static void test_no_bus(void)
{
	int before = threads();

	begin();
	logind_look(logind);
	net_run_dry();
	g_assert_cmpint(threads(), ==, before);
	end();
}

static void test_bus_comes_later(void)
{
	if (!inotify_keep(1))
		return;
	begin();
	inotify_let_go();
	logind_bus_start();
	logind_start();
	logind_wait(logind_is_held);
	end_locked();
}

static void test_bus_restarts(void)
{
	begin_locked();
	logind_bus_stop();
	logind_bus_start();
	logind_start();
	logind_wait(logind_is_held);
	end_locked();
}

/* An address without a path: it is looked for when something happens. */
static void test_bus_is_looked_for(void)
{
	g_autofree char *address =
	    g_strconcat(logind_world.address, ";unix:path=/nowhere", NULL);

	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
	begin();
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", logind_world.address, TRUE);
	logind_bus_start();
	logind_start();
	logind_look(logind);
	logind_wait(logind_is_held);
	end_locked();
}

static void test_bad_address(void)
{
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "nonsense", TRUE);
	begin();
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", logind_world.address, TRUE);
	net_run_dry();
	end();
}

/* It accepts, and never says a word. */
static void test_bus_hangs(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client;

	g_strlcpy(name.sun_path, logind_world.socket, sizeof(name.sun_path));
	g_assert_cmpint(
	    bind(fd, (struct sockaddr *)&name, sizeof(name)), ==, 0);
	g_assert_cmpint(listen(fd, 1), ==, 0);
	/* Whoever waits for it does so for ever. */
	alarm(NET_PATIENCE);
	begin();
	client = net_accept(fd);
	logind_look(logind);
	net_run_dry();
	end();
	alarm(0);
	close(client);
	close(fd);
	g_unlink(logind_world.socket);
}

/* A hook must not keep the computer awake. */
static void test_descriptors_are_private(void)
{
	bool before[256];

	for (int fd = 0; fd < 256; fd++)
		before[fd] = fcntl(fd, F_GETFD) >= 0;
	begin_locked();
	for (int fd = 0; fd < 256; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (!before[fd] && flags >= 0)
			g_assert_true(flags & FD_CLOEXEC);
	}
	end_locked();
}

/* The answer to its request comes when nobody wants it any more. */
static void test_freed_while_asking(void)
{
	logind_bus_start();
	logind_start();
	begin();
	logind_free(logind);
	begin();
	while (logind_world.locks == 0)
		g_main_context_iteration(NULL, FALSE);
	end_locked();
}

static void test_nothing(void)
{
	logind_free(NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	logind_world_new();
	unit_init(argv[0]);
	g_test_add_func("/logind/no-bus", test_no_bus);
	g_test_add_func("/logind/takes-a-delay-lock", test_takes_a_delay_lock);
	g_test_add_func("/logind/sleeps-and-wakes", test_sleeps_and_wakes);
	g_test_add_func("/logind/is-told-once", test_is_told_once);
	g_test_add_func(
	    "/logind/wakes-without-release", test_wakes_without_release);
	g_test_add_func("/logind/keeps-the-lock-while-awake",
	    test_keeps_the_lock_while_awake);
	g_test_add_func(
	    "/logind/releases-from-within", test_releases_from_within);
	g_test_add_func(
	    "/logind/hears-without-a-lock", test_hears_without_a_lock);
	g_test_add_func("/logind/logind-comes-later", test_logind_comes_later);
	g_test_add_func("/logind/logind-restarts", test_logind_restarts);
	g_test_add_func(
	    "/logind/logind-goes-while-asleep", test_logind_goes_while_asleep);
	g_test_add_func(
	    "/logind/bus-goes-while-asleep", test_bus_goes_while_asleep);
	g_test_add_func("/logind/bus-comes-later", test_bus_comes_later);
	g_test_add_func("/logind/bus-restarts", test_bus_restarts);
	g_test_add_func("/logind/bus-is-looked-for", test_bus_is_looked_for);
	g_test_add_func("/logind/bad-address", test_bad_address);
	g_test_add_func("/logind/bus-hangs", test_bus_hangs);
	g_test_add_func(
	    "/logind/descriptors-are-private", test_descriptors_are_private);
	g_test_add_func("/logind/freed-while-asking", test_freed_while_asking);
	g_test_add_func("/logind/nothing", test_nothing);
	int result = g_test_run();
	logind_world_free();
	return result;
}
