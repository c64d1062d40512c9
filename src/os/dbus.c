/*
 * A connection attempt under way holds a reference, as its answer may come
 * after the owner has gone.
 */

#include "os/dbus.h"
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct dbus {
	const struct dbus_events *events; /* NULL: the owner has gone */
	void *data;
	char *address;
	char *socket; /* path; NULL: there is none that can be looked at */
	int inotify;  /* on the socket's directory, or -1 */
	guint watch, again; /* sources, or 0 */
	unsigned failures;
	GCancellable *cancellable;
	bool connecting;
	GDBusConnection *connection;
	gulong closed; /* the signal's handler */
};

/* A bus that does not come back within these comes with an event. */
static const guint pauses[] = {1, 5, 25}; /* s */

static void dbus_clear(void *data)
{
	struct dbus *dbus = data;

	g_object_unref(dbus->cancellable);
	g_free(dbus->address);
	g_free(dbus->socket);
}

static void dbus_unref(struct dbus *dbus)
{
	g_rc_box_release_full(dbus, dbus_clear);
}

static void dbus_connect(struct dbus *dbus);

static gboolean dbus_on_again(gpointer data)
{
	struct dbus *dbus = data;

	dbus->again = 0;
	dbus_connect(dbus);
	return G_SOURCE_REMOVE;
}

static void dbus_set_again(struct dbus *dbus, guint seconds)
{
	if (dbus->again)
		g_source_remove(dbus->again);
	dbus->again = g_timeout_add_seconds(seconds, dbus_on_again, dbus);
}

/* ---- waiting for the socket ---- */

static gboolean dbus_on_directory(
    gint fd, GIOCondition condition, gpointer data)
{
	struct dbus *dbus = data;
	char buffer[4096]
	    __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)condition;
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (access(dbus->socket, F_OK) == 0) {
		/* It may not listen yet. */
		dbus->failures = 0;
		dbus_set_again(dbus, pauses[0]);
	}
	return G_SOURCE_CONTINUE;
}

static void dbus_await_no_more(struct dbus *dbus)
{
	if (dbus->watch)
		g_source_remove(dbus->watch);
	dbus->watch = 0;
	if (dbus->inotify >= 0)
		close(dbus->inotify);
	dbus->inotify = -1;
}

/* Watches where the socket is going to be. */
static void dbus_await(struct dbus *dbus)
{
	g_autofree char *directory = NULL;

	if (!dbus->socket || dbus->inotify >= 0)
		return;
	directory = g_path_get_dirname(dbus->socket);
	dbus->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (dbus->inotify < 0)
		return;
	if (inotify_add_watch(dbus->inotify, directory,
		IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
		dbus_await_no_more(dbus);
		return;
	}
	dbus->watch =
	    g_unix_fd_add(dbus->inotify, G_IO_IN, dbus_on_directory, dbus);
}

static void dbus_try_again(struct dbus *dbus)
{
	dbus_await(dbus);
	if (dbus->failures < G_N_ELEMENTS(pauses))
		dbus_set_again(dbus, pauses[dbus->failures++]);
}

/* ---- the connection ---- */

static void dbus_detach(struct dbus *dbus)
{
	if (!dbus->connection)
		return;
	g_signal_handler_disconnect(dbus->connection, dbus->closed);
	dbus->events->down(dbus->data);
	g_clear_object(&dbus->connection);
}

static void dbus_on_closed(GDBusConnection *connection,
    gboolean remote_vanished, GError *error, gpointer data)
{
	struct dbus *dbus = data;

	(void)connection;
	(void)remote_vanished;
	(void)error;
	dbus_detach(dbus);
	dbus_try_again(dbus);
}

/* Takes the connection. */
static void dbus_attach(struct dbus *dbus, GDBusConnection *connection)
{
	dbus_await_no_more(dbus);
	dbus->connection = connection;
	dbus->closed = g_signal_connect(
	    connection, "closed", G_CALLBACK(dbus_on_closed), dbus);
	dbus->events->up(dbus->data, connection);
}

static void dbus_on_connected(
    GObject *source, GAsyncResult *result, gpointer data)
{
	struct dbus *dbus = data;
	GDBusConnection *connection =
	    g_dbus_connection_new_for_address_finish(result, NULL);

	(void)source;
	dbus->connecting = false;
	if (dbus->events && connection &&
	    !g_dbus_connection_is_closed(connection))
		dbus_attach(dbus, g_steal_pointer(&connection));
	else if (dbus->events)
		dbus_try_again(dbus);
	g_clear_object(&connection);
	dbus_unref(dbus);
}

/* The directory is watched before the socket is looked for, so that it cannot
 * slip through. */
static void dbus_connect(struct dbus *dbus)
{
	if (dbus->connection || dbus->connecting)
		return;
	dbus_await(dbus);
	if (dbus->socket && access(dbus->socket, F_OK) < 0)
		return;
	dbus->connecting = true;
	/* Not g_bus_get(), whose connection is not ours alone. */
	g_dbus_connection_new_for_address(dbus->address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, dbus->cancellable, dbus_on_connected, g_rc_box_acquire(dbus));
}

/* "unix:path=/run/user/1000/bus,guid=..."; of several addresses, or of other
 * kinds, we know no path. */
static char *dbus_socket(const char *address)
{
	static const char prefix[] = "unix:path=";
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(address, prefix) || strchr(address, ';'))
		return NULL;
	path = g_strndup(
	    address + strlen(prefix), strcspn(address + strlen(prefix), ","));
	return g_uri_unescape_string(path, NULL);
}

char *dbus_session_address(void)
{
	const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *directory = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *path = NULL, *escaped = NULL;

	if (address && *address)
		return g_strdup(address);
	if (!directory || !*directory)
		return NULL;
	path = g_build_filename(directory, "bus", NULL);
	escaped = g_dbus_address_escape_value(path);
	return g_strconcat("unix:path=", escaped, NULL);
}

struct dbus *dbus_new(
    const char *address, const struct dbus_events *events, void *data)
{
	struct dbus *dbus = g_rc_box_new0(struct dbus);

	dbus->events = events;
	dbus->data = data;
	dbus->inotify = -1;
	dbus->cancellable = g_cancellable_new();
	dbus->address = g_strdup(address);
	dbus->socket = dbus_socket(address);
	dbus_connect(dbus);
	return dbus;
}

void dbus_look(struct dbus *dbus)
{
	dbus_connect(dbus);
}

void dbus_is_well(struct dbus *dbus)
{
	dbus->failures = 0;
}

void dbus_free(struct dbus *dbus)
{
	if (!dbus)
		return;
	g_cancellable_cancel(dbus->cancellable);
	dbus_detach(dbus);
	dbus_await_no_more(dbus);
	if (dbus->again)
		g_source_remove(dbus->again);
	dbus->again = 0;
	dbus->events = NULL;
	dbus_unref(dbus);
}
