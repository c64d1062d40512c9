/*
 * libnotify, and what is to be known of the daemon behind it: whether it is
 * still the same one, and what it is capable of.
 *
 * Each call goes to the daemon that libnotify's proxy has last heard of, by
 * its unique name: so a number never reaches another daemon, provided that
 * our watch, which ends all bubbles when the daemon goes, has heard of it too.
 *
 * notify_uninit() closes the bubbles of a living bus; it is called only when
 * none is up or the bus is gone.
 */

#include "sinks/bubble.h"
#include "message/text.h"
#include <gio/gio.h>
#include <string.h>

#ifdef HAVE_LIBNOTIFY
#include <libnotify/notify.h>

#define DAEMON_NAME "org.freedesktop.Notifications"
/* A daemon that signals without end must not keep a bubble waiting. */
#define DRAIN_MAX   100
/* Bubbles that are listened to. */
#define UP_MAX      200

enum daemon_capability {
	DAEMON_MARKUP = 1 << 0,
	DAEMON_ACTIONS = 1 << 1,
	DAEMON_SOUND = 1 << 2,
};

static const struct {
	const char *name;
	enum daemon_capability bit;
} capability_names[] = {
    {"body-markup", DAEMON_MARKUP},
    {"actions", DAEMON_ACTIONS},
    {"sound", DAEMON_SOUND},
};

struct bubble_up {
	NotifyNotification *notification;
	const struct bubble_events *events;
	void *data;
	bool has_actions, stands;
};

/* The worker thread's alone. */
static struct {
	GDBusConnection *bus;
	guint watch;
	bool heard; /* the watch has said who is there */
	bool caps_known;
	unsigned caps; /* enum daemon_capability */
	GQueue up;     /* struct bubble_up, the oldest first */
	void (*on_daemon)(void);
} state;

/* ---- what is up ---- */

static void on_closed(NotifyNotification *notification, struct bubble_up *up);

static void up_release(struct bubble_up *up)
{
	g_signal_handlers_disconnect_by_func(
	    up->notification, (gpointer)on_closed, up);
	g_clear_object(&up->notification);
}

static void up_free(struct bubble_up *up)
{
	g_queue_remove(&state.up, up);
	up_release(up);
	g_free(up);
}

static void up_end(struct bubble_up *up, enum desktop_end end)
{
	const struct bubble_events *events = up->events;
	void *data = up->data;

	up_free(up);
	events->closed(data, end);
}

static void up_end_all(void)
{
	struct bubble_up *up;

	while ((up = g_queue_peek_head(&state.up)))
		up_end(up, DESKTOP_LOST);
}

/* The numbers are the specification's. */
static enum desktop_end up_reason(int reason)
{
	switch (reason) {
	case 1:
		return DESKTOP_EXPIRED;
	case 2:
		return DESKTOP_DISMISSED;
	default:
		return DESKTOP_LOST;
	}
}

static void on_closed(NotifyNotification *notification, struct bubble_up *up)
{
	up_end(
	    up, up_reason(notify_notification_get_closed_reason(notification)));
}

static void on_action(
    NotifyNotification *notification, char *action, gpointer data)
{
	struct bubble_up *up = data;
	const char *token = NULL;

#if NOTIFY_CHECK_VERSION(0, 7, 10)
	token = notify_notification_get_activation_token(notification);
#else
	(void)notification;
#endif
	up->events->action(up->data, action, token);
}

static void up_end_oldest(void)
{
	for (GList *link = state.up.head; link; link = link->next) {
		struct bubble_up *up = link->data;

		if (!up->stands) {
			up_end(up, DESKTOP_LOST);
			return;
		}
	}
}

/* notification: taken over; it is up now in place of what was. */
static void up_keep(struct bubble_up *up, NotifyNotification *notification)
{
	if (up->notification)
		up_release(up);
	up->notification = notification;
	g_signal_connect(notification, "closed", G_CALLBACK(on_closed), up);
	g_queue_remove(&state.up, up);
	g_queue_push_tail(&state.up, up);
	if (g_queue_get_length(&state.up) > UP_MAX)
		up_end_oldest();
}

/* ---- the bus and the daemon ---- */

static void link_on_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	(void)bus;
	(void)name;
	(void)owner;
	(void)data;
	state.heard = true;
	if (state.on_daemon)
		state.on_daemon();
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
	up_end_all();
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
	up_end_all();
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
	return true;
}

/* Hears what the bus has said meanwhile. */
static void link_hear(void)
{
	GMainContext *context = g_main_context_get_thread_default();

	for (int i = 0; i < DRAIN_MAX; i++)
		if (!g_main_context_iteration(context, FALSE))
			break;
	if (state.bus && g_dbus_connection_is_closed(state.bus))
		link_close();
}

/* GDBus notes that a bus has gone after a while, and complains aloud of a
 * proxy that is made meanwhile.  The answer does not matter. */
static void link_probe(void)
{
	g_autoptr(GVariant) answer =
	    g_dbus_connection_call_sync(state.bus, "org.freedesktop.DBus",
		"/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL,
		NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

	if (!answer)
		link_hear();
}

static bool link_ready(GError **error)
{
	link_hear();
	if (state.bus && !notify_is_initted())
		link_probe();
	if (!state.bus && !link_open(error))
		return false;
	notify_init("idlebell");
	return true;
}

void bubble_on_daemon(void (*fn)(void))
{
	state.on_daemon = fn;
}

void bubble_rest(void)
{
	if (state.bus && g_queue_is_empty(&state.up))
		notify_uninit();
}

/* Asked once for each daemon.  One that does not tell is asked again, and
 * taken for one that would obey the markup of a mail. */
static unsigned daemon_caps(void)
{
	GList *caps;

	if (state.caps_known)
		return state.caps;
	caps = notify_get_server_caps();
	if (!caps)
		return DAEMON_MARKUP;
	state.caps_known = true;
	state.caps = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(capability_names); i++)
		if (g_list_find_custom(
			caps, capability_names[i].name, (GCompareFunc)strcmp))
			state.caps |= capability_names[i].bit;
	g_list_free_full(caps, g_free);
	return state.caps;
}

/* ---- one bubble ---- */

static void set_string(
    NotifyNotification *notification, const char *key, const char *value)
{
	if (value)
		notify_notification_set_hint(
		    notification, key, g_variant_new_string(value));
}

static void set_flag(
    NotifyNotification *notification, const char *key, bool value)
{
	if (value)
		notify_notification_set_hint(
		    notification, key, g_variant_new_boolean(TRUE));
}

static void set_hints(
    NotifyNotification *notification, const struct bubble *bubble)
{
	static const NotifyUrgency urgencies[] = {
	    [SINK_LOW] = NOTIFY_URGENCY_LOW,
	    [SINK_NORMAL] = NOTIFY_URGENCY_NORMAL,
	    [SINK_CRITICAL] = NOTIFY_URGENCY_CRITICAL,
	};

	notify_notification_set_urgency(
	    notification, urgencies[bubble->urgency]);
	notify_notification_set_category(notification, bubble->category);
	notify_notification_set_timeout(notification, bubble->timeout);
	set_string(notification, "desktop-entry", "idlebell");
	set_string(notification, "image-path", bubble->image);
	set_flag(notification, "suppress-sound", bubble->silent);
	set_flag(notification, "transient", bubble->passing);
	if (bubble->sound)
		set_string(notification,
		    g_path_is_absolute(bubble->sound) ? "sound-file"
						      : "sound-name",
		    bubble->sound);
}

static void set_actions(NotifyNotification *notification,
    const struct bubble *bubble, struct bubble_up *up)
{
	char **actions = bubble->actions;

	if (!up || !actions || !(daemon_caps() & DAEMON_ACTIONS))
		return;
	up->has_actions = actions[0] != NULL;
	for (; actions[0] && actions[1]; actions += 2)
		notify_notification_add_action(
		    notification, actions[0], actions[1], on_action, up, NULL);
}

/* A new one each time: updated ones would keep what is not set again. */
static NotifyNotification *bubble_build(
    const struct bubble *bubble, struct bubble_up *up)
{
	bool markup = daemon_caps() & DAEMON_MARKUP;
	g_autofree char *escaped = markup ? text_markup(bubble->body) : NULL;
	NotifyNotification *notification = notify_notification_new(
	    bubble->summary, markup ? escaped : bubble->body, bubble->icon);
	int id = 0;

	set_hints(notification, bubble);
	set_actions(notification, bubble, up);
	if (up && up->notification)
		g_object_get(up->notification, "id", &id, NULL);
	g_object_set(notification, "id", id, NULL);
	return notification;
}

/* up: NULL, or on its way up, or up. */
static bool bubble_try(
    const struct bubble *bubble, struct bubble_up *up, GError **error)
{
	NotifyNotification *notification = bubble_build(bubble, up);

	if (!notify_notification_show(notification, error)) {
		g_object_unref(notification);
		return false;
	}
	if (up) {
		up->stands = bubble->stands;
		up_keep(up, notification);
	} else
		g_object_unref(notification);
	return true;
}

static bool bubble_try_up(const struct bubble *bubble, struct bubble_up **up,
    const struct bubble_events *events, void *data, GError **error)
{
	struct bubble_up *fresh;

	if (!link_ready(error))
		return false;
	if (!up || *up)
		return bubble_try(bubble, up ? *up : NULL, error);
	fresh = g_new0(struct bubble_up, 1);
	fresh->events = events;
	fresh->data = data;
	if (!bubble_try(bubble, fresh, error)) {
		g_free(fresh);
		return false;
	}
	*up = fresh;
	return true;
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

bool bubble_show(const struct bubble *bubble, struct bubble_up **up,
    const struct bubble_events *events, void *data, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (bubble_try_up(bubble, up, events, data, &cause))
		return true;
	if (error_is_change(cause)) {
		g_clear_error(&cause);
		state.caps_known = false;
		if (bubble_try_up(bubble, up, events, data, &cause))
			return true;
	}
	bubble_fail(cause, error);
	return false;
}

bool bubble_plays_sounds(void)
{
	return state.caps_known && (state.caps & DAEMON_SOUND);
}

bool bubble_is_up(struct bubble_up **up)
{
	link_hear();
	return *up != NULL;
}

void bubble_strip(struct bubble_up **up)
{
	NotifyNotification *notification;

	if (!bubble_is_up(up) || !(*up)->has_actions)
		return;
	notification = (*up)->notification;
	notify_notification_clear_actions(notification);
	set_flag(notification, "suppress-sound", true);
	notify_notification_show(notification, NULL);
	(*up)->has_actions = false;
}

void bubble_close(struct bubble_up **up)
{
	if (!bubble_is_up(up))
		return;
	notify_notification_close((*up)->notification, NULL);
	up_free(*up);
	*up = NULL;
}

#else

bool bubble_is_built(void)
{
	return false;
}

bool bubble_show(const struct bubble *bubble, struct bubble_up **up,
    const struct bubble_events *events, void *data, GError **error)
{
	(void)bubble;
	(void)up;
	(void)events;
	(void)data;
	g_set_error_literal(error, SINK_ERROR, SINK_ERROR_DESKTOP,
	    "built without desktop notifications");
	return false;
}

bool bubble_plays_sounds(void)
{
	return false;
}

bool bubble_is_up(struct bubble_up **up)
{
	return *up != NULL;
}

void bubble_strip(struct bubble_up **up)
{
	(void)up;
}

void bubble_close(struct bubble_up **up)
{
	(void)up;
}

void bubble_on_daemon(void (*fn)(void))
{
	(void)fn;
}

void bubble_rest(void)
{
}

#endif
