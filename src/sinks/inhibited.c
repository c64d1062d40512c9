/*
 * GDBus, asynchronously.  A change that is told is asked for again: daemons
 * differ in what their signal carries.  A call under way holds a reference;
 * of two answers the later one counts, as D-Bus keeps their order.
 */

#include "sinks/inhibited.h"
#include "os/dbus.h"
#include <gio/gio.h>
#include <string.h>

#define DAEMON_NAME          "org.freedesktop.Notifications"
#define DAEMON_PATH          "/org/freedesktop/Notifications"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

static bool is_true(GVariant *value)
{
	return g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) &&
	    g_variant_get_boolean(value);
}

static bool has_mode(GVariant *value)
{
	g_autofree const char **modes = NULL;

	if (!g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY))
		return false;
	modes = g_variant_get_strv(value, NULL);
	return g_strv_contains(modes, "do-not-disturb");
}

/* A value that is asked for by a call, and how a change is heard of. */
static const struct source {
	/* The name that the daemon gives itself; NULL: whatever it is. */
	const char *daemon;
	const char *service, *path, *interface, *method;
	const char *arguments[3];
	/* NULL: each one whose first argument is the first of these. */
	const char *signal;
	bool (*holds)(GVariant *value);
} sources[] = {
    {NULL, DAEMON_NAME, DAEMON_PATH, PROPERTIES_INTERFACE, "Get",
	{DAEMON_NAME, "Inhibited", NULL}, NULL, is_true},
    {NULL, DAEMON_NAME, DAEMON_PATH, PROPERTIES_INTERFACE, "Get",
	{DAEMON_NAME, "Dnd", NULL}, NULL, is_true},
    {NULL, DAEMON_NAME, DAEMON_PATH, PROPERTIES_INTERFACE, "Get",
	{"org.dunstproject.cmd0", "paused", NULL}, NULL, is_true},
    {NULL, DAEMON_NAME, "/fr/emersion/Mako", PROPERTIES_INTERFACE, "Get",
	{"fr.emersion.Mako", "Modes", NULL}, NULL, has_mode},
    {"Xfce Notify Daemon", "org.xfce.Xfconf", "/org/xfce/Xfconf",
	"org.xfce.Xfconf", "GetProperty",
	{"xfce4-notifyd", "/do-not-disturb", NULL}, NULL, is_true},
    {"Budgie Notification Server", DAEMON_NAME,
	"/org/budgie_desktop/Notifications",
	"org.buddiesofbudgie.budgie.Dispatcher", "GetDoNotDisturb", {NULL},
	"DoNotDisturbChanged", is_true},
};

/* By the name that the daemon gives itself. */
static const struct setting {
	const char *daemon, *schema, *key;
	bool holds; /* what the key is then */
} settings[] = {
    {"gnome-shell", "org.gnome.desktop.notifications", "show-banners", false},
    {"cinnamon", "org.cinnamon.desktop.notifications", "display-notifications",
	false},
    /* MATE's */
    {"Notification Daemon", "org.mate.NotificationDaemon", "do-not-disturb",
	true},
};

struct inhibited {
	inhibited_fn *fn; /* NULL: the owner has gone */
	void *data;
	struct dbus *dbus;
	GDBusConnection *connection; /* its own; NULL: none */
	guint watch, subscription;
	unsigned holding;         /* a bit for each source */
	const struct source *own; /* the daemon's, or NULL */
	guint own_watch, own_subscription;
	bool own_due; /* whether its service is there is not known */
	unsigned due; /* answers */
	GSettings *settings;
	const struct setting *setting;
	bool holds; /* as it was told */
	bool known;
};

/* A source's value that was asked for. */
struct question {
	struct inhibited *inhibited;
	GDBusConnection *connection; /* it is of no use with another one */
	const struct source *source;
};

static void inhibited_unref(struct inhibited *inhibited)
{
	g_rc_box_release(inhibited);
}

static void inhibited_tell(struct inhibited *inhibited)
{
	bool holds = inhibited->holding != 0 ||
	    (inhibited->settings &&
		g_settings_get_boolean(inhibited->settings,
		    inhibited->setting->key) == inhibited->setting->holds);

	if (holds == inhibited->holds)
		return;
	inhibited->holds = holds;
	if (inhibited->fn)
		inhibited->fn(inhibited->data, holds);
}

/* The first time that nothing is left to wait for. */
static void inhibited_settle(struct inhibited *inhibited)
{
	if (inhibited->known || inhibited->due > 0)
		return;
	inhibited->known = true;
	if (inhibited->fn)
		inhibited->fn(inhibited->data, inhibited->holds);
}

/* ---- settings ---- */

static void on_setting(GSettings *changed, const char *key, gpointer data)
{
	(void)changed;
	(void)key;
	inhibited_tell(data);
}

static void settings_close(struct inhibited *inhibited)
{
	if (!inhibited->settings)
		return;
	g_signal_handlers_disconnect_by_func(
	    inhibited->settings, (gpointer)on_setting, inhibited);
	g_clear_object(&inhibited->settings);
}

/* GSettings ends the program when a schema is not installed. */
static bool setting_exists(const struct setting *setting)
{
	GSettingsSchemaSource *source = g_settings_schema_source_get_default();
	GSettingsSchema *schema = source
	    ? g_settings_schema_source_lookup(source, setting->schema, TRUE)
	    : NULL;
	bool exists = schema && g_settings_schema_has_key(schema, setting->key);

	if (schema)
		g_settings_schema_unref(schema);
	return exists;
}

static void settings_open(
    struct inhibited *inhibited, const struct setting *setting)
{
	g_autofree char *signal = g_strconcat("changed::", setting->key, NULL);

	settings_close(inhibited);
	if (!setting_exists(setting))
		return;
	inhibited->setting = setting;
	inhibited->settings = g_settings_new(setting->schema);
	g_signal_connect(
	    inhibited->settings, signal, G_CALLBACK(on_setting), inhibited);
	inhibited_tell(inhibited);
}

/* ---- asking ---- */

static void question_free(struct question *question)
{
	question->inhibited->due--;
	inhibited_settle(question->inhibited);
	g_object_unref(question->connection);
	inhibited_unref(question->inhibited);
	g_free(question);
}

static GVariant *question_end(
    struct question *question, GAsyncResult *result, const char *type)
{
	GVariant *answer =
	    g_dbus_connection_call_finish(question->connection, result, NULL);

	if (question->inhibited->connection == question->connection &&
	    (!answer || g_variant_is_of_type(answer, G_VARIANT_TYPE(type))))
		return answer;
	g_clear_pointer(&answer, g_variant_unref);
	return NULL;
}

/* The value is in a variant, or alone. */
static bool does_hold(const struct source *source, GVariant *answer)
{
	g_autoptr(GVariant) value = g_variant_get_child_value(answer, 0);
	g_autoptr(GVariant) inner =
	    g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)
	    ? g_variant_get_variant(value)
	    : g_variant_ref(value);

	return source->holds(inner);
}

static void on_value(GObject *source, GAsyncResult *result, gpointer data)
{
	struct question *question = data;
	struct inhibited *inhibited = question->inhibited;
	unsigned bit = 1U << (question->source - sources);
	g_autoptr(GVariant) answer = question_end(question, result, "(*)");

	(void)source;
	inhibited->holding &= ~bit;
	if (answer && does_hold(question->source, answer))
		inhibited->holding |= bit;
	inhibited_tell(inhibited);
	question_free(question);
}

/* Takes arguments. */
static void ask(struct inhibited *inhibited, const struct source *source,
    const char *interface, const char *method, GVariant *arguments,
    GAsyncReadyCallback fn)
{
	struct question *question = g_new0(struct question, 1);

	question->inhibited = g_rc_box_acquire(inhibited);
	question->connection = g_object_ref(inhibited->connection);
	question->source = source;
	inhibited->due++;
	g_dbus_connection_call(inhibited->connection, source->service,
	    source->path, interface, method, arguments, NULL,
	    G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, fn, question);
}

static void ask_value(struct inhibited *inhibited, const struct source *source)
{
	const char *const *arguments = source->arguments;

	ask(inhibited, source, source->interface, source->method,
	    arguments[0] ? g_variant_new("(ss)", arguments[0], arguments[1])
			 : NULL,
	    on_value);
}

/* ---- what only one daemon has ---- */

static void on_own_changed(GDBusConnection *bus, const char *sender,
    const char *path, const char *interface, const char *signal,
    GVariant *arguments, gpointer data)
{
	const struct inhibited *inhibited = data;

	(void)bus;
	(void)sender;
	(void)path;
	(void)interface;
	(void)signal;
	(void)arguments;
	ask_value(data, inhibited->own);
}

static void own_came(struct inhibited *inhibited)
{
	if (inhibited->own_due)
		inhibited->due--;
	inhibited->own_due = false;
}

static void on_own_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	struct inhibited *inhibited = data;

	(void)bus;
	(void)name;
	(void)owner;
	ask_value(inhibited, inhibited->own);
	own_came(inhibited);
}

static void on_own_vanished(
    GDBusConnection *bus, const char *name, gpointer data)
{
	(void)bus;
	(void)name;
	own_came(data);
	inhibited_settle(data);
}

static void own_close(struct inhibited *inhibited)
{
	if (!inhibited->own)
		return;
	own_came(inhibited);
	g_bus_unwatch_name(inhibited->own_watch);
	g_dbus_connection_signal_unsubscribe(
	    inhibited->connection, inhibited->own_subscription);
	inhibited->own = NULL;
}

/* Where the value is kept by another service, which is not started for us, it
 * is asked for when that is there. */
static void own_open(struct inhibited *inhibited, const struct source *source)
{
	own_close(inhibited);
	inhibited->own = source;
	inhibited->own_due = true;
	inhibited->due++;
	inhibited->own_subscription = g_dbus_connection_signal_subscribe(
	    inhibited->connection, source->service, source->interface,
	    source->signal, source->path, source->arguments[0],
	    G_DBUS_SIGNAL_FLAGS_NONE, on_own_changed, inhibited, NULL);
	inhibited->own_watch =
	    g_bus_watch_name_on_connection(inhibited->connection,
		source->service, G_BUS_NAME_WATCHER_FLAGS_NONE, on_own_appeared,
		on_own_vanished, inhibited, NULL);
}

static void on_information(GObject *source, GAsyncResult *result, gpointer data)
{
	struct question *question = data;
	struct inhibited *inhibited = question->inhibited;
	g_autoptr(GVariant) answer = question_end(question, result, "(ssss)");
	const char *name = "";

	(void)source;
	if (answer)
		g_variant_get_child(answer, 0, "&s", &name);
	for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
		if (g_ascii_strcasecmp(name, settings[i].daemon) == 0)
			settings_open(inhibited, &settings[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (g_strcmp0(name, sources[i].daemon) == 0)
			own_open(inhibited, &sources[i]);
	question_free(question);
}

/* ---- the daemon ---- */

static void on_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	struct inhibited *inhibited = data;

	(void)bus;
	(void)name;
	(void)owner;
	dbus_is_well(inhibited->dbus);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (!sources[i].daemon)
			ask_value(inhibited, &sources[i]);
	ask(inhibited, &sources[0], DAEMON_NAME, "GetServerInformation", NULL,
	    on_information);
}

/* Comes before another one appears, too. */
static void on_vanished(GDBusConnection *bus, const char *name, gpointer data)
{
	struct inhibited *inhibited = data;

	(void)bus;
	(void)name;
	inhibited->holding = 0;
	settings_close(inhibited);
	own_close(inhibited);
	inhibited_tell(inhibited);
	inhibited_settle(inhibited);
}

static void on_changed(GDBusConnection *bus, const char *sender,
    const char *path, const char *interface, const char *signal,
    GVariant *arguments, gpointer data)
{
	const char *changed = NULL;

	(void)bus;
	(void)sender;
	(void)interface;
	(void)signal;
	if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(sa{sv}as)")))
		return;
	g_variant_get_child(arguments, 0, "&s", &changed);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (g_strcmp0(changed, sources[i].arguments[0]) == 0 &&
		    strcmp(path, sources[i].path) == 0)
			ask_value(data, &sources[i]);
}

/* ---- the bus ---- */

static void on_up(void *data, GDBusConnection *connection)
{
	struct inhibited *inhibited = data;

	inhibited->connection = connection;
	inhibited->subscription = g_dbus_connection_signal_subscribe(connection,
	    DAEMON_NAME, PROPERTIES_INTERFACE, "PropertiesChanged", NULL, NULL,
	    G_DBUS_SIGNAL_FLAGS_NONE, on_changed, inhibited, NULL);
	inhibited->watch = g_bus_watch_name_on_connection(connection,
	    DAEMON_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
	    on_vanished, inhibited, NULL);
}

static void on_down(void *data)
{
	struct inhibited *inhibited = data;

	g_bus_unwatch_name(inhibited->watch);
	g_dbus_connection_signal_unsubscribe(
	    inhibited->connection, inhibited->subscription);
	on_vanished(NULL, NULL, inhibited);
	inhibited->connection = NULL;
}

struct inhibited *inhibited_new(inhibited_fn *fn, void *data)
{
	static const struct dbus_events events = {.up = on_up, .down = on_down};
	struct inhibited *inhibited = g_rc_box_new0(struct inhibited);
	g_autofree char *address = dbus_session_address();

	inhibited->fn = fn;
	inhibited->data = data;
	inhibited->known = !address;
	if (address)
		inhibited->dbus = dbus_new(address, &events, inhibited);
	return inhibited;
}

void inhibited_free(struct inhibited *inhibited)
{
	if (!inhibited)
		return;
	inhibited->fn = NULL;
	dbus_free(inhibited->dbus);
	inhibited_unref(inhibited);
}

bool inhibited_holds(const struct inhibited *inhibited)
{
	return inhibited->holds;
}

bool inhibited_is_known(const struct inhibited *inhibited)
{
	return inhibited->known;
}
