/*
 * A connection attempt under way holds a reference, as its answer may come
 * after the owner has gone.
 */
#include "config.h"

#include "os/bus.h"
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct bus {
	const struct bus_events *events; /* NULL: the owner has gone */
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

static void bus_clear(void *data)
{
	struct bus *bus = data;

	g_object_unref(bus->cancellable);
	g_free(bus->address);
	g_free(bus->socket);
}

static void bus_unref(struct bus *bus)
{
	g_rc_box_release_full(bus, bus_clear);
}

static void bus_connect(struct bus *bus);

static gboolean bus_on_again(gpointer data)
{
	struct bus *bus = data;

	bus->again = 0;
	bus_connect(bus);
	return G_SOURCE_REMOVE;
}

static void bus_set_again(struct bus *bus, guint seconds)
{
	if (bus->again)
		g_source_remove(bus->again);
	bus->again = g_timeout_add_seconds(seconds, bus_on_again, bus);
}

/* ---- waiting for the socket ---- */

static gboolean bus_on_directory(gint fd, GIOCondition condition, gpointer data)
{
	struct bus *bus = data;
	char buffer[4096]
	    __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)condition;
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (access(bus->socket, F_OK) == 0) {
		/* It may not listen yet. */
		bus->failures = 0;
		bus_set_again(bus, pauses[0]);
	}
	return G_SOURCE_CONTINUE;
}

static void bus_await_no_more(struct bus *bus)
{
	if (bus->watch)
		g_source_remove(bus->watch);
	bus->watch = 0;
	if (bus->inotify >= 0)
		close(bus->inotify);
	bus->inotify = -1;
}

/* Watches where the socket is going to be. */
static void bus_await(struct bus *bus)
{
	g_autofree char *directory = NULL;

	if (!bus->socket || bus->inotify >= 0)
		return;
	directory = g_path_get_dirname(bus->socket);
	bus->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (bus->inotify < 0)
		return;
	if (inotify_add_watch(bus->inotify, directory,
		IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
		bus_await_no_more(bus);
		return;
	}
	bus->watch =
	    g_unix_fd_add(bus->inotify, G_IO_IN, bus_on_directory, bus);
}

static void bus_try_again(struct bus *bus)
{
	bus_await(bus);
	if (bus->failures < G_N_ELEMENTS(pauses))
		bus_set_again(bus, pauses[bus->failures++]);
}

/* ---- the connection ---- */

static void bus_detach(struct bus *bus)
{
	if (!bus->connection)
		return;
	g_signal_handler_disconnect(bus->connection, bus->closed);
	bus->events->down(bus->data);
	g_clear_object(&bus->connection);
}

static void bus_on_closed(GDBusConnection *connection, gboolean remote_vanished,
    GError *error, gpointer data)
{
	struct bus *bus = data;

	(void)connection;
	(void)remote_vanished;
	(void)error;
	bus_detach(bus);
	bus_try_again(bus);
}

/* Takes the connection. */
static void bus_attach(struct bus *bus, GDBusConnection *connection)
{
	bus_await_no_more(bus);
	bus->failures = 0;
	bus->connection = connection;
	bus->closed = g_signal_connect(
	    connection, "closed", G_CALLBACK(bus_on_closed), bus);
	bus->events->up(bus->data, connection);
}

static void bus_on_connected(
    GObject *source, GAsyncResult *result, gpointer data)
{
	struct bus *bus = data;
	GDBusConnection *connection =
	    g_dbus_connection_new_for_address_finish(result, NULL);

	(void)source;
	bus->connecting = false;
	if (bus->events && connection &&
	    !g_dbus_connection_is_closed(connection))
		bus_attach(bus, g_steal_pointer(&connection));
	else if (bus->events)
		bus_try_again(bus);
	g_clear_object(&connection);
	bus_unref(bus);
}

/* The directory is watched before the socket is looked for, so that it cannot
 * slip through. */
static void bus_connect(struct bus *bus)
{
	if (bus->connection || bus->connecting)
		return;
	bus_await(bus);
	if (bus->socket && access(bus->socket, F_OK) < 0)
		return;
	bus->connecting = true;
	/* Not g_bus_get(), whose connection is not ours alone. */
	g_dbus_connection_new_for_address(bus->address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, bus->cancellable, bus_on_connected, g_rc_box_acquire(bus));
}

/* "unix:path=/run/user/1000/bus,guid=..."; of several addresses, or of other
 * kinds, we know no path. */
static char *bus_socket(const char *address)
{
	static const char prefix[] = "unix:path=";
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(address, prefix) || strchr(address, ';'))
		return NULL;
	path = g_strndup(
	    address + strlen(prefix), strcspn(address + strlen(prefix), ","));
	return g_uri_unescape_string(path, NULL);
}

char *bus_session_address(void)
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

struct bus *bus_new(
    const char *address, const struct bus_events *events, void *data)
{
	struct bus *bus = g_rc_box_new0(struct bus);

	bus->events = events;
	bus->data = data;
	bus->inotify = -1;
	bus->cancellable = g_cancellable_new();
	bus->address = g_strdup(address);
	bus->socket = bus_socket(address);
	bus_connect(bus);
	return bus;
}

void bus_free(struct bus *bus)
{
	if (!bus)
		return;
	g_cancellable_cancel(bus->cancellable);
	bus_detach(bus);
	bus_await_no_more(bus);
	if (bus->again)
		g_source_remove(bus->again);
	bus->again = 0;
	bus->events = NULL;
	bus_unref(bus);
}
