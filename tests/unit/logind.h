/*
 * A bus of our own, and a logind on it that does what it is told.
 *
 * It answers from the main loop, so it hangs whenever the test does not
 * iterate.
 */
#ifndef IDLEBELL_TESTS_LOGIND_H
#define IDLEBELL_TESTS_LOGIND_H

#include "net.h"
#include "unit.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOGIND_BUS_NAME "org.freedesktop.login1"
#define LOGIND_BUS_PATH "/org/freedesktop/login1"

static const char logind_interface[] =
    "<node><interface name='org.freedesktop.login1.Manager'>"
    "<method name='Inhibit'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='h' direction='out'/></method>"
    "<signal name='PrepareForSleep'><arg type='b'/></signal>"
    "</interface></node>";

static struct {
	char *directory, *address, *socket;
	pid_t bus;
	GDBusConnection *connection;
	int held; /* our end of the newest lock, -1: none was taken */
	int locks;
	bool refuses;
	char *asked; /* the arguments of the last Inhibit */
} logind_world = {.held = -1};

/* A test that fails leaves no bus behind. */
static inline void logind_end_with_parent(gpointer data)
{
	(void)data;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static inline void logind_world_new(void)
{
	logind_world.directory = g_dir_make_tmp("test-XXXXXX", NULL);
	logind_world.socket =
	    g_build_filename(logind_world.directory, "bus", NULL);
	logind_world.address =
	    g_strconcat("unix:path=", logind_world.socket, NULL);
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", logind_world.address, TRUE);
}

static inline void logind_world_free(void)
{
	g_autofree char *config =
	    g_build_filename(logind_world.directory, "bus.conf", NULL);

	g_unlink(config);
	g_rmdir(logind_world.directory);
	g_free(logind_world.directory);
	g_free(logind_world.address);
	g_free(logind_world.socket);
	g_free(logind_world.asked);
}

/* No service files: nothing is activated behind the test's back. */
static inline void logind_bus_start(void)
{
	g_autofree char *config =
	    g_build_filename(logind_world.directory, "bus.conf", NULL);
	g_autofree char *text = g_strdup_printf(
	    "<busconfig>"
	    "<type>session</type><listen>%s</listen>"
	    "<auth>EXTERNAL</auth><policy context='default'>"
	    "<allow send_destination='*'/><allow receive_sender='*'/>"
	    "<allow own='*'/></policy></busconfig>",
	    logind_world.address);
	g_autofree char *option = g_strconcat("--config-file=", config, NULL);
	const char *argv[] = {
	    "dbus-daemon", "--nofork", "--print-address=1", option, NULL};
	g_autoptr(GError) error = NULL;
	char octet = 0;
	int out;

	g_assert_true(g_file_set_contents(config, text, -1, NULL));
	g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
		G_SPAWN_STDERR_TO_DEV_NULL,
	    logind_end_with_parent, NULL, &logind_world.bus, NULL, &out, NULL,
	    &error);
	g_assert_no_error(error);
	while (octet != '\n')
		g_assert_cmpint(read(out, &octet, 1), ==, 1);
	close(out);
}

static inline void logind_give_lock(GDBusMethodInvocation *call)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	int fds[2];

	g_assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
	g_assert_cmpint(g_unix_fd_list_append(list, fds[1], NULL), ==, 0);
	close(fds[1]);
	if (logind_world.held >= 0)
		close(logind_world.held);
	logind_world.held = fds[0];
	g_dbus_method_invocation_return_value_with_unix_fd_list(
	    call, g_variant_new("(h)", 0), list);
}

static inline void logind_called(GDBusConnection *connection,
    const char *sender, const char *path, const char *name, const char *method,
    GVariant *arguments, GDBusMethodInvocation *call, gpointer data)
{
	(void)connection;
	(void)sender;
	(void)path;
	(void)name;
	(void)data;
	g_assert_cmpstr(method, ==, "Inhibit");
	g_free(logind_world.asked);
	logind_world.asked = g_variant_print(arguments, FALSE);
	logind_world.locks++;
	if (logind_world.refuses)
		g_dbus_method_invocation_return_dbus_error(
		    call, "org.freedesktop.DBus.Error.AccessDenied", "no");
	else
		logind_give_lock(call);
}

static inline void logind_own_name(GDBusConnection *connection)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply =
	    g_dbus_connection_call_sync(connection, "org.freedesktop.DBus",
		"/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
		g_variant_new("(su)", LOGIND_BUS_NAME, 0), NULL, 0, -1, NULL,
		&error);

	g_assert_no_error(error);
	g_assert_nonnull(reply);
}

static inline void logind_start(void)
{
	static const GDBusInterfaceVTable vtable = {
	    .method_call = logind_called};
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusNodeInfo) node =
	    g_dbus_node_info_new_for_xml(logind_interface, NULL);

	logind_world.connection =
	    g_dbus_connection_new_for_address_sync(logind_world.address,
		G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		    G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
		NULL, NULL, &error);
	g_assert_no_error(error);
	g_dbus_connection_register_object(logind_world.connection,
	    LOGIND_BUS_PATH, node->interfaces[0], &vtable, NULL, NULL, &error);
	g_assert_no_error(error);
	logind_own_name(logind_world.connection);
}

static inline void logind_stop(void)
{
	if (logind_world.connection) {
		g_dbus_connection_close_sync(
		    logind_world.connection, NULL, NULL);
		g_clear_object(&logind_world.connection);
	}
	if (logind_world.held >= 0)
		close(logind_world.held);
	logind_world.held = -1;
	logind_world.locks = 0;
	logind_world.refuses = false;
}

static inline void logind_bus_stop(void)
{
	logind_stop();
	kill(logind_world.bus, SIGKILL);
	waitpid(logind_world.bus, NULL, 0);
	logind_world.bus = 0;
	g_unlink(logind_world.socket);
}

static inline void logind_prepare_for_sleep(bool asleep)
{
	g_assert_true(g_dbus_connection_emit_signal(logind_world.connection,
	    NULL, LOGIND_BUS_PATH, "org.freedesktop.login1.Manager",
	    "PrepareForSleep", g_variant_new("(b)", asleep), NULL));
}

/* Does somebody have the other end? */
static inline bool logind_is_held(void)
{
	struct pollfd poll_fd = {.fd = logind_world.held, .events = POLLIN};

	return logind_world.held >= 0 && poll(&poll_fd, 1, 0) == 0;
}

static inline gboolean logind_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

/* The end of a lock makes no event in the main loop: look every 5 ms. */
static inline void logind_wait(bool (*holds)(void))
{
	unsigned tick = g_timeout_add(5, logind_tick, NULL);
	unsigned guard =
	    g_timeout_add_seconds(NET_PATIENCE, net_too_late, NULL);

	while (!holds())
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	g_source_remove(guard);
}

static inline bool logind_is_free(void)
{
	return !logind_is_held();
}

#endif
