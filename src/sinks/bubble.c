/*
 * libnotify, and what is to be known of the daemon behind it: whether it is
 * still the same one, and whether it takes the body for markup.
 *
 * notify_uninit() closes the bubbles of a living bus; it is called only when
 * the bus is gone.
 */
#include "config.h"

#include "message/text.h"
#include "sinks/bubble.h"
#include <gio/gio.h>
#include <string.h>

#ifdef HAVE_LIBNOTIFY
#include <libnotify/notify.h>

#define DAEMON_NAME "org.freedesktop.Notifications"
/* A daemon that signals without end must not keep a bubble waiting. */
#define DRAIN_MAX   100

/* The worker thread's alone. */
static struct {
	GDBusConnection *bus;
	guint watch;
	bool heard; /* the watch has said who is there */
	bool caps_known, markup;
} state;

static void link_on_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	(void)bus;
	(void)name;
	(void)owner;
	(void)data;
	state.heard = true;
}

/* Comes before another one appears, too. */
static void link_on_vanished(
    GDBusConnection *bus, const char *name, gpointer data)
{
	(void)bus;
	(void)name;
	(void)data;
	state.heard = true;
	state.caps_known = false;
}

/* What libnotify warns of is in the GError too. */
static void ignore_log(
    const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
	(void)domain;
	(void)level;
	(void)text;
	(void)data;
}

static void link_close(void)
{
	if (!state.bus)
		return;
	g_bus_unwatch_name(state.watch);
	notify_uninit();
	g_clear_object(&state.bus);
	state.caps_known = false;
}

/* Until the watch has begun a change of the daemon would pass unnoticed. */
static void link_watch(void)
{
	GMainContext *context = g_main_context_get_thread_default();

	state.heard = false;
	state.watch = g_bus_watch_name_on_connection(state.bus, DAEMON_NAME,
	    G_BUS_NAME_WATCHER_FLAGS_NONE, link_on_appeared, link_on_vanished,
	    NULL, NULL);
	while (!state.heard)
		g_main_context_iteration(context, TRUE);
}

/* GDBus would end the process together with the session's bus. */
static bool link_open(GError **error)
{
	state.bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, error);
	if (!state.bus)
		return false;
	/* The same again, while GLib itself still holds it. */
	if (g_dbus_connection_is_closed(state.bus)) {
		g_clear_object(&state.bus);
		g_set_error_literal(
		    error, G_IO_ERROR, G_IO_ERROR_CLOSED, "it has gone");
		return false;
	}
	g_dbus_connection_set_exit_on_close(state.bus, FALSE);
	link_watch();
	g_log_set_handler("libnotify", G_LOG_LEVEL_MASK, ignore_log, NULL);
	notify_init("idlebell");
	return true;
}

/* Hears what the bus has said meanwhile. */
static void link_drain(void)
{
	GMainContext *context = g_main_context_get_thread_default();

	for (int i = 0; i < DRAIN_MAX; i++)
		if (!g_main_context_iteration(context, FALSE))
			return;
}

static bool link_ready(GError **error)
{
	link_drain();
	if (state.bus && g_dbus_connection_is_closed(state.bus))
		link_close();
	return state.bus || link_open(error);
}

/* Asked once for each daemon.  One that does not tell is asked again, and
 * taken for one that would obey the markup of a mail. */
static bool daemon_takes_markup(void)
{
	GList *caps;

	if (state.caps_known)
		return state.markup;
	caps = notify_get_server_caps();
	state.caps_known = caps != NULL;
	state.markup = !caps ||
	    g_list_find_custom(caps, "body-markup", (GCompareFunc)strcmp);
	g_list_free_full(caps, g_free);
	return state.markup;
}

static void set_string(
    NotifyNotification *notification, const char *key, const char *value)
{
	notify_notification_set_hint(
	    notification, key, g_variant_new_string(value));
}

static NotifyNotification *bubble_build(const struct bubble *bubble)
{
	static const NotifyUrgency urgencies[] = {
	    [SINK_LOW] = NOTIFY_URGENCY_LOW,
	    [SINK_NORMAL] = NOTIFY_URGENCY_NORMAL,
	    [SINK_CRITICAL] = NOTIFY_URGENCY_CRITICAL,
	};
	g_autofree char *markup =
	    daemon_takes_markup() ? text_markup(bubble->body) : NULL;
	NotifyNotification *notification = notify_notification_new(
	    bubble->summary, markup ? markup : bubble->body, bubble->icon);

	notify_notification_set_urgency(
	    notification, urgencies[bubble->urgency]);
	notify_notification_set_category(notification, bubble->category);
	set_string(notification, "desktop-entry", "idlebell");
	if (bubble->sound)
		set_string(notification,
		    g_path_is_absolute(bubble->sound) ? "sound-file"
						      : "sound-name",
		    bubble->sound);
	return notification;
}

static bool bubble_try(const struct bubble *bubble, GError **error)
{
	NotifyNotification *notification;
	bool shown;

	if (!link_ready(error))
		return false;
	notification = bubble_build(bubble);
	shown = notify_notification_show(notification, error);
	g_object_unref(notification);
	return shown;
}

/* The daemon or the bus is another than it was: libnotify finds out by
 * failing. */
static bool error_is_change(const GError *error)
{
	return g_error_matches(
		   error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
	    g_error_matches(
		error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
	    g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void bubble_fail(GError *cause, GError **error)
{
	const char *what = "no bubble";

	if (!state.bus)
		what = "no desktop bus";
	else if (error_is_change(cause))
		what = "no notification daemon";
	g_dbus_error_strip_remote_error(cause);
	g_set_error(error, SINK_ERROR, SINK_ERROR_DESKTOP, "%s: %s", what,
	    cause->message);
}

bool bubble_is_built(void)
{
	return true;
}

bool bubble_show(const struct bubble *bubble, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (bubble_try(bubble, &cause))
		return true;
	if (error_is_change(cause)) {
		g_clear_error(&cause);
		state.caps_known = false;
		if (bubble_try(bubble, &cause))
			return true;
	}
	bubble_fail(cause, error);
	return false;
}

#else

bool bubble_is_built(void)
{
	return false;
}

bool bubble_show(const struct bubble *bubble, GError **error)
{
	(void)bubble;
	g_set_error_literal(error, SINK_ERROR, SINK_ERROR_DESKTOP,
	    "built without desktop notifications");
	return false;
}

#endif
