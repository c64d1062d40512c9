/*
 * The service manager's side of a datagram socket.
 */
#include "app/systemd.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct loop *loop;

struct manager {
	char *directory, *name; /* as in NOTIFY_SOCKET */
	int fd;
};

/* Whatever started the tests is not to be told. */
static void clear_environment(void)
{
	g_unsetenv("NOTIFY_SOCKET");
	g_unsetenv("WATCHDOG_USEC");
	g_unsetenv("WATCHDOG_PID");
}

static void manager_open(struct manager *manager, gconstpointer kind)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size;

	clear_environment();
	manager->directory = g_dir_make_tmp("systemd-XXXXXX", NULL);
	manager->name = strcmp(kind, "path") == 0
	    ? g_build_filename(manager->directory, "notify", NULL)
	    : g_strconcat("@", manager->directory, NULL);
	size = strlen(manager->name);
	memcpy(address.sun_path, manager->name, size);
	if (address.sun_path[0] == '@')
		address.sun_path[0] = '\0';
	else
		size++;
	manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(
	    bind(manager->fd, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)),
	    ==, 0);
	g_setenv("NOTIFY_SOCKET", manager->name, TRUE);
}

static void manager_close(struct manager *manager, gconstpointer kind)
{
	(void)kind;
	close(manager->fd);
	if (manager->name[0] == '/')
		g_unlink(manager->name);
	g_assert_cmpint(g_rmdir(manager->directory), ==, 0);
	g_free(manager->name);
	g_free(manager->directory);
}

static void check_heard(const struct manager *manager, const char *expected)
{
	char text[256];
	ssize_t size = recv(manager->fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	g_assert_cmpint(size, >=, 0);
	text[size] = '\0';
	g_assert_cmpstr(text, ==, expected);
}

/* One call, one datagram. */
static void test_tell(struct manager *manager, gconstpointer kind)
{
	struct systemd *systemd = systemd_new(loop);

	(void)kind;
	g_assert_null(g_getenv("NOTIFY_SOCKET"));
	systemd_tell(systemd, "READY=1\nSTATUS=%d of %d live", 3, 4);
	systemd_tell(systemd, "WATCHDOG=1");
	check_heard(manager, "READY=1\nSTATUS=3 of 4 live");
	check_heard(manager, "WATCHDOG=1");
	systemd_free(systemd);
}

static bool hears(const struct manager *manager, const char *wanted)
{
	char text[256];
	ssize_t size = recv(manager->fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[MAX(size, 0)] = '\0';
	return size >= 0 && strcmp(text, wanted) == 0;
}

static void wait_heard(const struct manager *manager, const char *wanted)
{
	gint64 deadline =
	    g_get_monotonic_time() + UNIT_PATIENCE * G_USEC_PER_SEC;

	while (!hears(manager, wanted)) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_main_context_iteration(NULL, FALSE);
	}
}

/* A manager that does not read for a while hears later what counts. */
static void test_busy(struct manager *manager, gconstpointer kind)
{
	struct systemd *systemd = systemd_new(loop);

	(void)kind;
	for (int i = 0; i < 5000; i++)
		systemd_tell(systemd, "STATUS=%d", i);
	systemd_tell(systemd, "READY=1");
	for (int i = 0; i < 5000; i++)
		systemd_tell(systemd, "WATCHDOG=1");
	wait_heard(manager, "STATUS=0");
	wait_heard(manager, "STATUS=4999");
	wait_heard(manager, "READY=1");
	check_heard(manager, "WATCHDOG=1");
	g_assert_cmpint(recv(manager->fd, &(char){0}, 1, MSG_DONTWAIT), <, 0);
	systemd_free(systemd);
}

/* One that stays so, and then has gone, costs nothing. */
static void test_deaf(struct manager *manager, gconstpointer kind)
{
	struct systemd *systemd = systemd_new(loop);

	(void)kind;
	for (int i = 0; i < 5000; i++) {
		systemd_tell(systemd, "STATUS=%d", i);
		systemd_tell(systemd, "RELOADING=1");
	}
	close(manager->fd);
	manager->fd = -1;
	systemd_tell(systemd, "STOPPING=1");
	systemd_free(systemd);
}

static void test_nobody(void)
{
	struct systemd *systemd;

	clear_environment();
	systemd = systemd_new(loop);
	systemd_tell(systemd, "READY=1");
	g_assert_cmpint(systemd_watchdog(systemd), ==, 0);
	systemd_free(systemd);
	systemd_free(NULL);
}

static void test_useless_names(void)
{
	g_autofree char *large = g_strnfill(200, 'x');
	const char *names[] = {"", "/", "@", "relative", "vsock:2:1", large};

	large[0] = '/';
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct systemd *systemd;

		g_setenv("NOTIFY_SOCKET", names[i], TRUE);
		systemd = systemd_new(loop);
		systemd_tell(systemd, "READY=1");
		systemd_free(systemd);
		g_assert_null(g_getenv("NOTIFY_SOCKET"));
	}
}

static int64_t watchdog_of(const char *usec, const char *pid)
{
	struct systemd *systemd;
	int64_t result;

	clear_environment();
	g_setenv("WATCHDOG_USEC", usec, TRUE);
	if (pid != NULL)
		g_setenv("WATCHDOG_PID", pid, TRUE);
	systemd = systemd_new(loop);
	result = systemd_watchdog(systemd);
	systemd_free(systemd);
	g_assert_null(g_getenv("WATCHDOG_USEC"));
	g_assert_null(g_getenv("WATCHDOG_PID"));
	return result;
}

static void test_watchdog(void)
{
	g_autofree char *ours = g_strdup_printf("%d", (int)getpid());

	g_assert_cmpint(watchdog_of("2400000000", NULL), ==, 1200000);
	g_assert_cmpint(watchdog_of("30000000", ours), ==, 15000);
	g_assert_cmpint(watchdog_of("30000000", "1"), ==, 0);
	g_assert_cmpint(watchdog_of("30000000", "one"), ==, 0);
	g_assert_cmpint(watchdog_of("0", NULL), ==, 0);
	g_assert_cmpint(watchdog_of("soon", NULL), ==, 0);
	g_assert_cmpint(watchdog_of("-5", NULL), ==, 0);
	/* Not to be taken for none. */
	g_assert_cmpint(watchdog_of("1", NULL), ==, 1);
}

int main(int argc, char **argv)
{
	int result;

	(void)argc;
	unit_init(argv[0]);
	loop = loop_new(NULL);
	g_test_add("/systemd/tell/path", struct manager, "path", manager_open,
	    test_tell, manager_close);
	g_test_add("/systemd/tell/abstract", struct manager, "abstract",
	    manager_open, test_tell, manager_close);
	g_test_add("/systemd/busy", struct manager, "path", manager_open,
	    test_busy, manager_close);
	g_test_add("/systemd/deaf", struct manager, "path", manager_open,
	    test_deaf, manager_close);
	g_test_add_func("/systemd/nobody", test_nobody);
	g_test_add_func("/systemd/useless-names", test_useless_names);
	g_test_add_func("/systemd/watchdog", test_watchdog);
	result = g_test_run();
	loop_free(loop);
	return result;
}
