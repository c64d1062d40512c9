/*
 * GDBus, asynchronously throughout.  A call that is under way holds a
 * reference, as its answer may come after the owner has gone.
 */
#include "net/logind.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

/* GDBus would say the same, but start a thread for it. */
#define LOGIND_ADDRESS   "unix:path=/var/run/dbus/system_bus_socket"
#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

struct logind {
	struct loop *loop;
	logind_fn *fn; /* NULL: the owner has gone */
	void *data;
	char *address;
	char *socket; /* path; NULL: the bus has none that can be looked at */
	int inotify;  /* on the socket's directory, or -1 */
	struct loop_watch *watch;
	struct loop_timer *again;
	unsigned failures;
	GCancellable *cancellable;
	bool connecting;
	GDBusConnection *bus;
	gulong closed;     /* the signal's handler */
	guint name, sleep; /* the watch and the subscription */
	int lock;          /* -1: not held */
	bool asleep, released;
};

/* A bus that does not come back within these comes with an event. */
static const int64_t logind_pauses[] = {1000, 5000, 25000}; /* ms */

static void logind_clear(void *data)
{
	struct logind *logind = data;

	g_object_unref(logind->cancellable);
	g_free(logind->address);
	g_free(logind->socket);
}

static void logind_unref(struct logind *logind)
{
	g_rc_box_release_full(logind, logind_clear);
}

static void logind_unlock(struct logind *logind)
{
	if (logind->lock >= 0)
		close(logind->lock);
	logind->lock = -1;
}

/* Takes the descriptor. */
static void logind_keep_lock(struct logind *logind, int fd)
{
	logind_unlock(logind);
	logind->lock = fd;
	/* The answer was late. */
	if (!logind->fn || !logind->bus || (logind->asleep && logind->released))
		logind_unlock(logind);
}

static void logind_on_lock(GObject *bus, GAsyncResult *result, gpointer data)
{
	struct logind *logind = data;
	g_autoptr(GUnixFDList) fds = NULL;
	g_autoptr(GVariant) reply =
	    g_dbus_connection_call_with_unix_fd_list_finish(
		G_DBUS_CONNECTION(bus), &fds, result, NULL);
	gint32 handle = 0;

	/* Refused: then we hear of the sleep, but it does not wait. */
	if (reply)
		g_variant_get(reply, "(h)", &handle);
	if (reply && fds)
		logind_keep_lock(logind, g_unix_fd_list_get(fds, handle, NULL));
	logind_unref(logind);
}

/* Not cancelled: the call keeps the bus open until its answer is read.  GDBus
 * loses the descriptor of a message it is reading when the bus goes. */
static void logind_take_lock(struct logind *logind)
{
	g_dbus_connection_call_with_unix_fd_list(logind->bus, LOGIND_NAME,
	    LOGIND_PATH, LOGIND_INTERFACE, "Inhibit",
	    g_variant_new("(ssss)", "sleep", "idlebell",
		"It says goodbye to the mail servers.", "delay"),
	    G_VARIANT_TYPE("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
	    NULL, logind_on_lock, g_rc_box_acquire(logind));
}

void logind_release(struct logind *logind)
{
	if (!logind->asleep)
		return;
	logind->released = true;
	logind_unlock(logind);
}

static void logind_wake(struct logind *logind)
{
	if (!logind->asleep)
		return;
	logind->asleep = false;
	logind->fn(logind->data, false);
}

static void logind_on_sleep(GDBusConnection *bus, const char *sender,
    const char *path, const char *interface, const char *signal,
    GVariant *arguments, gpointer data)
{
	struct logind *logind = data;
	gboolean asleep = FALSE;

	(void)bus;
	(void)sender;
	(void)path;
	(void)interface;
	(void)signal;
	if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(b)")))
		return;
	g_variant_get(arguments, "(b)", &asleep);
	if (!asleep) {
		if (logind->lock < 0)
			logind_take_lock(logind);
		logind_wake(logind);
	} else if (!logind->asleep) {
		logind->asleep = true;
		logind->released = false;
		logind->fn(logind->data, true);
	}
}

static void logind_on_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	struct logind *logind = data;

	(void)bus;
	(void)name;
	(void)owner;
	logind->failures = 0;
	logind_take_lock(logind);
}

/* Who has gone cannot say any more that the computer is awake. */
static void logind_on_vanished(
    GDBusConnection *bus, const char *name, gpointer data)
{
	struct logind *logind = data;

	(void)bus;
	(void)name;
	logind_unlock(logind);
	logind_wake(logind);
}

/* The bus. */

static void logind_connect(struct logind *logind);

static void logind_on_again(void *data)
{
	logind_connect(data);
}

static void logind_on_directory(void *data, uint32_t events)
{
	struct logind *logind = data;
	char buffer[4096]
	    __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)events;
	while (read(logind->inotify, buffer, sizeof(buffer)) > 0)
		;
	if (access(logind->socket, F_OK) < 0)
		return;
	/* It may not listen yet. */
	logind->failures = 0;
	loop_timer_set(logind->again, loop_now() + logind_pauses[0]);
}

static void logind_await_no_more(struct logind *logind)
{
	g_clear_pointer(&logind->watch, loop_watch_free);
	if (logind->inotify >= 0)
		close(logind->inotify);
	logind->inotify = -1;
}

/* Watches where the socket is going to be. */
static void logind_await(struct logind *logind)
{
	g_autofree char *directory = NULL;

	if (!logind->socket || logind->inotify >= 0)
		return;
	directory = g_path_get_dirname(logind->socket);
	logind->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (logind->inotify < 0)
		return;
	if (inotify_add_watch(logind->inotify, directory,
		IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
		logind_await_no_more(logind);
		return;
	}
	logind->watch = loop_watch_new(logind->loop, logind->inotify, EPOLLIN,
	    logind_on_directory, logind);
}

static void logind_try_again(struct logind *logind)
{
	logind_await(logind);
	if (logind->failures < G_N_ELEMENTS(logind_pauses))
		loop_timer_set(logind->again,
		    loop_now() + logind_pauses[logind->failures++]);
}

static void logind_detach(struct logind *logind)
{
	if (!logind->bus)
		return;
	g_signal_handler_disconnect(logind->bus, logind->closed);
	g_dbus_connection_signal_unsubscribe(logind->bus, logind->sleep);
	g_bus_unwatch_name(logind->name);
	g_clear_object(&logind->bus);
	logind_unlock(logind);
}

static void logind_on_closed(GDBusConnection *bus, gboolean remote_vanished,
    GError *error, gpointer data)
{
	struct logind *logind = data;

	(void)bus;
	(void)remote_vanished;
	(void)error;
	logind_detach(logind);
	logind_wake(logind);
	logind_try_again(logind);
}

/* Takes the bus. */
static void logind_attach(struct logind *logind, GDBusConnection *bus)
{
	logind_await_no_more(logind);
	logind->bus = bus;
	logind->closed = g_signal_connect(
	    bus, "closed", G_CALLBACK(logind_on_closed), logind);
	logind->sleep = g_dbus_connection_signal_subscribe(bus, LOGIND_NAME,
	    LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH, NULL,
	    G_DBUS_SIGNAL_FLAGS_NONE, logind_on_sleep, logind, NULL);
	logind->name = g_bus_watch_name_on_connection(bus, LOGIND_NAME,
	    G_BUS_NAME_WATCHER_FLAGS_NONE, logind_on_appeared,
	    logind_on_vanished, logind, NULL);
}

static void logind_on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
	struct logind *logind = data;
	GDBusConnection *bus =
	    g_dbus_connection_new_for_address_finish(result, NULL);

	(void)source;
	logind->connecting = false;
	if (logind->fn && bus && !g_dbus_connection_is_closed(bus))
		logind_attach(logind, g_steal_pointer(&bus));
	else if (logind->fn)
		logind_try_again(logind);
	g_clear_object(&bus);
	logind_unref(logind);
}

/* The directory is watched before the socket is looked for, so that it cannot
 * slip through. */
static void logind_connect(struct logind *logind)
{
	if (logind->bus || logind->connecting)
		return;
	logind_await(logind);
	if (logind->socket && access(logind->socket, F_OK) < 0)
		return;
	logind->connecting = true;
	/* Not g_bus_get(), whose connection is not ours alone. */
	g_dbus_connection_new_for_address(logind->address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, logind->cancellable, logind_on_bus, g_rc_box_acquire(logind));
}

void logind_look(struct logind *logind)
{
	logind_connect(logind);
}

/* "unix:path=/run/dbus/system_bus_socket,guid=..."; of several addresses, or
 * of other kinds, we know no path. */
static char *logind_socket(const char *address)
{
	static const char prefix[] = "unix:path=";
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(address, prefix) || strchr(address, ';'))
		return NULL;
	path = g_strndup(
	    address + strlen(prefix), strcspn(address + strlen(prefix), ","));
	return g_uri_unescape_string(path, NULL);
}

struct logind *logind_new(struct loop *loop, logind_fn *fn, void *data)
{
	struct logind *logind = g_rc_box_new0(struct logind);

	logind->loop = loop;
	logind->fn = fn;
	logind->data = data;
	logind->inotify = logind->lock = -1;
	logind->cancellable = g_cancellable_new();
	logind->again = loop_timer_new(loop, logind_on_again, logind);
	logind->address = g_strdup(g_getenv("DBUS_SYSTEM_BUS_ADDRESS"));
	if (!logind->address)
		logind->address = g_strdup(LOGIND_ADDRESS);
	logind->socket = logind_socket(logind->address);
	logind_connect(logind);
	return logind;
}

void logind_free(struct logind *logind)
{
	if (!logind)
		return;
	logind->fn = NULL;
	g_cancellable_cancel(logind->cancellable);
	logind_detach(logind);
	logind_unlock(logind);
	logind_await_no_more(logind);
	g_clear_pointer(&logind->again, loop_timer_free);
	logind_unref(logind);
}
