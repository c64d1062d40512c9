/*
 * A connection for each question: nobody asks often.
 */
#include "sinks/bus.h"
#include "sinks/sink.h"
#include <gio/gio.h>

#define DESKTOP      "org.freedesktop.Notifications"
#define DESKTOP_PATH "/org/freedesktop/Notifications"
#define MANAGER      "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"

enum {
	CALL_TIME = 3000 /* ms */
};

static void fail(const char *what, GError *cause, GError **error)
{
	g_dbus_error_strip_remote_error(cause);
	g_set_error(error, SINK_ERROR, SINK_ERROR_DESKTOP, "%s: %s", what,
	    cause->message);
	g_error_free(cause);
}

/* Not the one that GLib shares: it may have been opened for another bus. */
static GDBusConnection *connect_to(char **ret_address, GError **error)
{
	GError *cause = NULL;
	GDBusConnection *bus = NULL;
	char *address =
	    g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, NULL, &cause);

	if (address != NULL)
		bus = g_dbus_connection_new_for_address_sync(address,
		    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
			G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
		    NULL, NULL, &cause);
	if (bus == NULL)
		fail("no desktop bus", cause, error);
	if (bus != NULL && ret_address != NULL)
		*ret_address = g_steal_pointer(&address);
	g_free(address);
	return bus;
}

char *bus_find(GError **error)
{
	char *address = NULL;
	GDBusConnection *bus = connect_to(&address, error);

	g_clear_object(&bus);
	return address;
}

/* Takes parameters over. */
static GVariant *call(GDBusConnection *bus, const char *name, const char *path,
    const char *interface, const char *method, GVariant *parameters,
    const char *type, GError **error)
{
	g_autoptr(GVariantType) wanted = g_variant_type_new(type);

	return g_dbus_connection_call_sync(bus, name, path, interface, method,
	    parameters, wanted, G_DBUS_CALL_FLAGS_NONE, CALL_TIME, NULL, error);
}

/* NULL: it has no such property. */
static GVariant *get_property(GDBusConnection *bus, const char *name,
    const char *path, const char *interface, const char *property)
{
	g_autoptr(GVariant) answer =
	    call(bus, name, path, "org.freedesktop.DBus.Properties", "Get",
		g_variant_new("(ss)", interface, property), "(v)", NULL);
	GVariant *value = NULL;

	if (answer != NULL)
		g_variant_get(answer, "(v)", &value);
	return value;
}

/* KDE's and Xfce's daemons have the one, dunst the other. */
static bool is_inhibited(GDBusConnection *bus)
{
	static const char *const rows[][2] = {
	    {DESKTOP, "Inhibited"},
	    {"org.dunstproject.cmd0", "paused"},
	};
	bool inhibited = false;

	for (size_t i = 0; i < G_N_ELEMENTS(rows) && !inhibited; i++) {
		g_autoptr(GVariant) value = get_property(
		    bus, DESKTOP, DESKTOP_PATH, rows[i][0], rows[i][1]);

		inhibited = value != NULL &&
		    g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) &&
		    g_variant_get_boolean(value);
	}
	return inhibited;
}

static bool ask_desktop(
    GDBusConnection *bus, struct bus_desktop *ret, GError **error)
{
	g_autoptr(GVariant) capabilities = NULL;
	g_autoptr(GVariant) about = call(bus, DESKTOP, DESKTOP_PATH, DESKTOP,
	    "GetServerInformation", NULL, "(ssss)", error);

	if (about != NULL)
		capabilities = call(bus, DESKTOP, DESKTOP_PATH, DESKTOP,
		    "GetCapabilities", NULL, "(as)", error);
	if (capabilities == NULL)
		return false;
	g_variant_get(
	    about, "(ssss)", &ret->name, &ret->vendor, &ret->version, NULL);
	g_variant_get(capabilities, "(^as)", &ret->capabilities);
	ret->inhibited = is_inhibited(bus);
	return true;
}

bool bus_ask_desktop(struct bus_desktop *ret, GError **error)
{
	g_autoptr(GDBusConnection) bus = connect_to(NULL, error);
	GError *cause = NULL;

	*ret = (struct bus_desktop){0};
	if (bus == NULL)
		return false;
	if (ask_desktop(bus, ret, &cause))
		return true;
	fail("no notification daemon answers", cause, error);
	return false;
}

void bus_desktop_clear(struct bus_desktop *desktop)
{
	g_free(desktop->name);
	g_free(desktop->vendor);
	g_free(desktop->version);
	g_strfreev(desktop->capabilities);
}

static char *find_variable(GVariant *environment, const char *name)
{
	g_autofree const char **words = g_variant_get_strv(environment, NULL);

	return g_strdup(g_environ_getenv((char **)words, name));
}

bool bus_ask_manager(const char *unit, struct bus_manager *ret)
{
	g_autoptr(GDBusConnection) bus = connect_to(NULL, NULL);
	g_autoptr(GVariant) environment = NULL, state = NULL;

	*ret = (struct bus_manager){0};
	if (bus != NULL)
		environment = get_property(bus, MANAGER, MANAGER_PATH,
		    MANAGER ".Manager", "Environment");
	if (environment == NULL ||
	    !g_variant_is_of_type(environment, G_VARIANT_TYPE_STRING_ARRAY))
		return false;
	ret->bus = find_variable(environment, "DBUS_SESSION_BUS_ADDRESS");
	state = call(bus, MANAGER, MANAGER_PATH, MANAGER ".Manager",
	    "GetUnitFileState", g_variant_new("(s)", unit), "(s)", NULL);
	if (state != NULL)
		g_variant_get(state, "(s)", &ret->unit);
	return true;
}

void bus_manager_clear(struct bus_manager *manager)
{
	g_free(manager->bus);
	g_free(manager->unit);
}
