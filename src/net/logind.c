/*
 * GDBus, asynchronously throughout.  A call that is under way holds a
 * reference, as its answer may come after the owner has gone.
 */
#include "net/logind.h"

#include "os/dbus.h"
#include <gio/gunixfdlist.h>
#include <unistd.h>

/* GDBus would say the same, but start a thread for it. */
#define LOGIND_ADDRESS   "unix:path=/var/run/dbus/system_bus_socket"
#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

struct logind {
	logind_fn *fn; /* NULL: the owner has gone */
	void *data;
	struct dbus *dbus;
	GDBusConnection *bus; /* its own; NULL: none */
	guint name, sleep;    /* the watch and the subscription */
	int lock;             /* -1: not held */
	bool asleep, released;
};

static void logind_unref(struct logind *logind)
{
	g_rc_box_release(logind);
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
	if (logind->fn)
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
	dbus_is_well(logind->dbus);
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

static void logind_on_up(void *data, GDBusConnection *bus)
{
	struct logind *logind = data;

	logind->bus = bus;
	logind->sleep = g_dbus_connection_signal_subscribe(bus, LOGIND_NAME,
	    LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH, NULL,
	    G_DBUS_SIGNAL_FLAGS_NONE, logind_on_sleep, logind, NULL);
	logind->name = g_bus_watch_name_on_connection(bus, LOGIND_NAME,
	    G_BUS_NAME_WATCHER_FLAGS_NONE, logind_on_appeared,
	    logind_on_vanished, logind, NULL);
}

static void logind_on_down(void *data)
{
	struct logind *logind = data;

	g_dbus_connection_signal_unsubscribe(logind->bus, logind->sleep);
	g_bus_unwatch_name(logind->name);
	logind->bus = NULL;
	logind_unlock(logind);
	logind_wake(logind);
}

void logind_look(struct logind *logind)
{
	dbus_look(logind->dbus);
}

struct logind *logind_new(logind_fn *fn, void *data)
{
	static const struct dbus_events events = {
	    .up = logind_on_up, .down = logind_on_down};
	const char *address = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
	struct logind *logind = g_rc_box_new0(struct logind);

	logind->fn = fn;
	logind->data = data;
	logind->lock = -1;
	logind->dbus =
	    dbus_new(address ? address : LOGIND_ADDRESS, &events, logind);
	return logind;
}

void logind_free(struct logind *logind)
{
	if (!logind)
		return;
	logind->fn = NULL;
	dbus_free(logind->dbus);
	logind_unlock(logind);
	logind_unref(logind);
}
