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

static const struct property {
	const char *path, *interface, *name;
	bool (*holds)(GVariant *value);
} properties[] = {
    {DAEMON_PATH, DAEMON_NAME, "Inhibited", is_true},
    {DAEMON_PATH, DAEMON_NAME, "Dnd", is_true},
    {DAEMON_PATH, "org.dunstproject.cmd0", "paused", is_true},
    {"/fr/emersion/Mako", "fr.emersion.Mako", "Modes", has_mode},
};

/* By the name that the daemon gives itself. */
static const struct setting {
	const char *daemon, *schema, *key; /* a boolean: bubbles are shown */
} settings[] = {
    {"gnome-shell", "org.gnome.desktop.notifications", "show-banners"},
    {"cinnamon", "org.cinnamon.desktop.notifications", "display-notifications"},
};

struct inhibited {
	inhibited_fn *fn; /* NULL: the owner has gone */
	void *data;
	struct dbus *dbus;
	GDBusConnection *connection; /* its own; NULL: none */
	guint watch, subscription;
	unsigned holding; /* a bit for each property */
	GSettings *settings;
	const struct setting *setting;
	bool holds; /* as it was told */
};

/* A property's value that was asked for. */
struct question {
	struct inhibited *inhibited;
	GDBusConnection *connection; /* it is of no use with another one */
	const struct property *property;
};

static void inhibited_unref(struct inhibited *inhibited)
{
	g_rc_box_release(inhibited);
}

static void inhibited_tell(struct inhibited *inhibited)
{
	bool holds = inhibited->holding != 0 ||
	    (inhibited->settings &&
		!g_settings_get_boolean(
		    inhibited->settings, inhibited->setting->key));

	if (holds == inhibited->holds)
		return;
	inhibited->holds = holds;
	if (inhibited->fn)
		inhibited->fn(inhibited->data, holds);
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

/* ---- the daemon ---- */

static void question_free(struct question *question)
{
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

static void on_value(GObject *source, GAsyncResult *result, gpointer data)
{
	struct question *question = data;
	struct inhibited *inhibited = question->inhibited;
	unsigned bit = 1U << (question->property - properties);
	g_autoptr(GVariant) answer = question_end(question, result, "(v)");
	g_autoptr(GVariant) value = NULL;

	(void)source;
	if (answer)
		g_variant_get(answer, "(v)", &value);
	inhibited->holding &= ~bit;
	if (value && question->property->holds(value))
		inhibited->holding |= bit;
	inhibited_tell(inhibited);
	question_free(question);
}

static void on_information(GObject *source, GAsyncResult *result, gpointer data)
{
	struct question *question = data;
	g_autoptr(GVariant) answer = question_end(question, result, "(ssss)");
	const char *name = "";

	(void)source;
	if (answer)
		g_variant_get_child(answer, 0, "&s", &name);
	for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
		if (g_ascii_strcasecmp(name, settings[i].daemon) == 0)
			settings_open(question->inhibited, &settings[i]);
	question_free(question);
}

/* Takes arguments. */
static void ask(struct inhibited *inhibited, const struct property *property,
    const char *interface, const char *method, GVariant *arguments,
    GAsyncReadyCallback fn)
{
	struct question *question = g_new0(struct question, 1);

	question->inhibited = g_rc_box_acquire(inhibited);
	question->connection = g_object_ref(inhibited->connection);
	question->property = property;
	g_dbus_connection_call(inhibited->connection, DAEMON_NAME,
	    property->path, interface, method, arguments, NULL,
	    G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, fn, question);
}

static void ask_value(
    struct inhibited *inhibited, const struct property *property)
{
	ask(inhibited, property, PROPERTIES_INTERFACE, "Get",
	    g_variant_new("(ss)", property->interface, property->name),
	    on_value);
}

static void on_appeared(
    GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
	struct inhibited *inhibited = data;

	(void)bus;
	(void)name;
	(void)owner;
	dbus_is_well(inhibited->dbus);
	for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
		ask_value(inhibited, &properties[i]);
	ask(inhibited, &properties[0], DAEMON_NAME, "GetServerInformation",
	    NULL, on_information);
}

/* Comes before another one appears, too. */
static void on_vanished(GDBusConnection *bus, const char *name, gpointer data)
{
	struct inhibited *inhibited = data;

	(void)bus;
	(void)name;
	inhibited->holding = 0;
	settings_close(inhibited);
	inhibited_tell(inhibited);
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
	for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
		if (strcmp(changed, properties[i].interface) == 0 &&
		    strcmp(path, properties[i].path) == 0)
			ask_value(data, &properties[i]);
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
