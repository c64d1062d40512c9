/*
 * "Do not disturb", as each of the daemons has it, with daemons and buses
 * that come and go.
 */
#include "config.h"

#include "sinks/inhibited.h"
#include "tests/unit/inotify.h"
#include "tests/unit/notifyd.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define GNOME_SCHEMA         "org.gnome.desktop.notifications"
#define MATE_SCHEMA          "org.mate.NotificationDaemon"
#define XFCONF               "org.xfce.Xfconf"
#define BUDGIE               "org.buddiesofbudgie.budgie.Dispatcher"
#define BUDGIE_PATH          "/org/budgie_desktop/Notifications"

static const char daemons_xml[] =
    "<node>"
    "<interface name='" NAME "'>"
    "<method name='GetServerInformation'>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
    "<property name='Inhibited' type='b' access='read'/>"
    "<property name='Dnd' type='b' access='read'/></interface>"
    "<interface name='org.dunstproject.cmd0'>"
    "<property name='paused' type='b' access='read'/></interface>"
    "<interface name='fr.emersion.Mako'>"
    "<property name='Modes' type='as' access='read'/></interface>"
    "<interface name='" BUDGIE "'><method name='GetDoNotDisturb'>"
    "<arg type='b' direction='out'/></method></interface>"
    "<interface name='" XFCONF "'><method name='GetProperty'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='v' direction='out'/></method></interface>"
    "</node>";

/* Of the interfaces above. */
static const char *const paths[] = {
    PATH, PATH, "/fr/emersion/Mako", BUDGIE_PATH, "/org/xfce/Xfconf"};

enum {
	OF_XFCONF = 4
};

static struct {
	const char *name; /* of the daemon */
	bool inhibited, dnd, paused, mode, budgie;
	int asked, asked_by_method;
	const char *xfconf; /* "true", "false", or NULL: there is none */
} state;

struct place {
	struct sink *sink;
	int changes, waited; /* of them */
	bool inhibited;
	int known;
};

static void answer_xfconf(GVariant *arguments, GDBusMethodInvocation *call)
{
	const char *channel, *property;

	g_variant_get(arguments, "(&s&s)", &channel, &property);
	g_assert_cmpstr(channel, ==, "xfce4-notifyd");
	g_assert_cmpstr(property, ==, "/do-not-disturb");
	if (state.xfconf)
		g_dbus_method_invocation_return_value(call,
		    g_variant_new(
			"(v)", g_variant_new_boolean(state.xfconf[0] == 't')));
	else
		g_dbus_method_invocation_return_dbus_error(
		    call, XFCONF ".Error.PropertyNotFound", "no");
}

static void called(GDBusConnection *connection, const char *sender,
    const char *path, const char *interface_name, const char *method,
    GVariant *arguments, GDBusMethodInvocation *call, gpointer data)
{
	(void)connection;
	(void)sender;
	(void)path;
	(void)interface_name;
	(void)data;
	/* A call of the test before may come late. */
	if (strcmp(method, "GetServerInformation") == 0) {
		g_dbus_method_invocation_return_value(call,
		    g_variant_new("(ssss)", state.name ? state.name : "x",
			"test", "1", "1.2"));
		return;
	}
	state.asked_by_method++;
	if (strcmp(method, "GetDoNotDisturb") == 0)
		g_dbus_method_invocation_return_value(
		    call, g_variant_new("(b)", state.budgie));
	else
		answer_xfconf(arguments, call);
}

static GVariant *get(GDBusConnection *connection, const char *sender,
    const char *path, const char *interface_name, const char *property,
    GError **error, gpointer data)
{
	static const char *const loud[] = {"default", NULL};
	static const char *const quiet[] = {"default", "do-not-disturb", NULL};

	(void)connection;
	(void)sender;
	(void)path;
	(void)interface_name;
	(void)error;
	(void)data;
	state.asked++;
	if (strcmp(property, "Modes") == 0)
		return g_variant_new_strv(state.mode ? quiet : loud, -1);
	return g_variant_new_boolean(strcmp(property, "Inhibited") == 0
		? state.inhibited
		: strcmp(property, "Dnd") == 0 ? state.dnd
					       : state.paused);
}

/* A connection that has the interfaces from first to before last. */
static GDBusConnection *serve(int first, int last)
{
	static const GDBusInterfaceVTable vtable = {
	    .method_call = called, .get_property = get};
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusNodeInfo) node =
	    g_dbus_node_info_new_for_xml(daemons_xml, NULL);
	GDBusConnection *connection =
	    g_dbus_connection_new_for_address_sync(world.address,
		G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		    G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
		NULL, NULL, &error);

	g_assert_no_error(error);
	for (int i = first; i < last; i++) {
		g_dbus_connection_register_object(connection, paths[i],
		    node->interfaces[i], &vtable, NULL, NULL, &error);
		g_assert_no_error(error);
	}
	return connection;
}

static void start(const char *name)
{
	state.name = name;
	world.daemon = serve(0, OF_XFCONF);
	own_name(world.daemon);
}

/* As most do it; invalid: without the value. */
static void change(const char *path, const char *interface_name,
    const char *property, bool invalid)
{
	GVariantBuilder changed, names;

	g_variant_builder_init(&changed, G_VARIANT_TYPE("a{sv}"));
	g_variant_builder_init(&names, G_VARIANT_TYPE("as"));
	if (invalid)
		g_variant_builder_add(&names, "s", property);
	else
		g_variant_builder_add(
		    &changed, "{sv}", property, g_variant_new_boolean(TRUE));
	g_dbus_connection_emit_signal(world.daemon, NULL, path,
	    PROPERTIES_INTERFACE, "PropertiesChanged",
	    g_variant_new("(sa{sv}as)", interface_name, &changed, &names),
	    NULL);
}

static void on_inhibited(void *data, bool inhibited)
{
	struct place *place = data;

	g_assert_true(desktop_is_inhibited(place->sink) == inhibited);
	if (inhibited == place->inhibited) {
		g_assert_true(desktop_knows_inhibited(place->sink));
		place->known++;
		return;
	}
	place->inhibited = inhibited;
	place->changes++;
}

static void place_open(struct place *place, gconstpointer data)
{
	static const struct desktop_events events = {.inhibited = on_inhibited};

	(void)data;
	memset(&state, 0, sizeof state);
	memset(place, 0, sizeof *place);
	place->sink = desktop_new();
	desktop_listen(place->sink, &events, place);
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	place->sink->free(place->sink);
	daemon_stop();
}

static void wait_change(struct place *place, bool expected)
{
	wait_until(&place->changes, ++place->waited);
	g_assert_true(desktop_is_inhibited(place->sink) == expected);
}

static void begin(struct place *place)
{
	desktop_watch_inhibited(place->sink, true);
	g_assert_false(desktop_is_inhibited(place->sink));
	wait_until(&state.asked, 4);
}

static void check_property(struct place *place, bool *value, const char *path,
    const char *interface_name, const char *property)
{
	for (int i = 0; i < 3; i++) {
		*value = true;
		change(path, interface_name, property, i == 0);
		wait_change(place, true);
		*value = false;
		change(path, interface_name, property, i == 1);
		wait_change(place, false);
	}
}

static void test_properties(struct place *place, gconstpointer data)
{
	(void)data;
	start("x");
	begin(place);
	check_property(place, &state.inhibited, PATH, NAME, "Inhibited");
	check_property(place, &state.dnd, PATH, NAME, "Dnd");
	check_property(
	    place, &state.paused, PATH, "org.dunstproject.cmd0", "paused");
	check_property(place, &state.mode, "/fr/emersion/Mako",
	    "fr.emersion.Mako", "Modes");
}

/* Told once, after what holds was. */
static void test_known(struct place *place, gconstpointer data)
{
	(void)data;
	g_assert_true(desktop_knows_inhibited(place->sink));
	state.paused = true;
	start("x");
	desktop_watch_inhibited(place->sink, true);
	g_assert_false(desktop_knows_inhibited(place->sink));
	wait_until(&place->known, 1);
	g_assert_true(desktop_is_inhibited(place->sink));
	daemon_stop();
	start("x");
	wait_until(&place->changes, 3);
	g_assert_cmpint(place->known, ==, 1);
}

/* That nobody is there is an answer. */
static void test_known_alone(struct place *place, gconstpointer data)
{
	(void)data;
	desktop_watch_inhibited(place->sink, true);
	g_assert_false(desktop_knows_inhibited(place->sink));
	wait_until(&place->known, 1);
	g_assert_false(desktop_is_inhibited(place->sink));
	g_assert_cmpint(place->changes, ==, 0);
}

/* That of the service that the daemon goes by comes last. */
static void test_known_xfce(struct place *place, gconstpointer data)
{
	const bool *is_there = data;
	GDBusConnection *xfconf = serve(OF_XFCONF, OF_XFCONF + 1);

	state.xfconf = "true";
	if (*is_there)
		own_any(xfconf, XFCONF);
	start("Xfce Notify Daemon");
	desktop_watch_inhibited(place->sink, true);
	wait_until(&place->known, 1);
	g_assert_true(desktop_is_inhibited(place->sink) == *is_there);
	daemon_stop();
	g_dbus_connection_close_sync(xfconf, NULL, NULL);
	g_object_unref(xfconf);
}

/* Two reasons: it is over when both are. */
static void test_both(struct place *place, gconstpointer data)
{
	(void)data;
	start("x");
	state.inhibited = true;
	desktop_watch_inhibited(place->sink, true);
	wait_change(place, true);
	state.paused = true;
	change(PATH, "org.dunstproject.cmd0", "paused", false);
	wait_until(&state.asked, 5);
	state.inhibited = false;
	change(PATH, NAME, "Inhibited", false);
	wait_until(&state.asked, 7);
	state.paused = false;
	change(PATH, "org.dunstproject.cmd0", "paused", false);
	wait_change(place, false);
	g_assert_cmpint(place->changes, ==, 2);
}

static void test_daemons(struct place *place, gconstpointer data)
{
	(void)data;
	desktop_watch_inhibited(place->sink, true);
	state.inhibited = true;
	start("x");
	wait_change(place, true);
	daemon_stop();
	wait_change(place, false);
	start("x");
	wait_change(place, true);
	daemon_stop();
	state.inhibited = false;
	wait_change(place, false);
	state.asked = 0;
	start("x");
	wait_until(&state.asked, 4);
	g_assert_cmpint(place->changes, ==, 4);
}

/* The socket is there later than we, goes, and comes again. */
static void test_buses(struct place *place, gconstpointer data)
{
	(void)data;
	if (!inotify_keep(1))
		return;
	bus_stop();
	state.paused = true;
	desktop_watch_inhibited(place->sink, true);
	for (int i = 0; i < 2; i++) {
		bus_start();
		start("x");
		wait_change(place, true);
		if (!inotify_keep(1))
			return;
		bus_stop();
		wait_change(place, false);
	}
	inotify_let_go();
	bus_start();
}

static void test_not_wanted(struct place *place, gconstpointer data)
{
	(void)data;
	start("x");
	state.paused = true;
	desktop_watch_inhibited(place->sink, true);
	desktop_watch_inhibited(place->sink, true);
	wait_change(place, true);
	desktop_watch_inhibited(place->sink, false);
	g_assert_false(desktop_is_inhibited(place->sink));
	g_assert_true(desktop_knows_inhibited(place->sink));
	place->inhibited = false;
	change(PATH, "org.dunstproject.cmd0", "paused", false);
	state.asked = 0;
	desktop_watch_inhibited(place->sink, true);
	g_assert_false(desktop_is_inhibited(place->sink));
	wait_change(place, true);
	g_assert_cmpint(state.asked, <=, 4);
	/* In the middle of it, and freed then. */
	desktop_watch_inhibited(place->sink, false);
	desktop_watch_inhibited(place->sink, true);
}

static void test_gnome(struct place *place, gconstpointer data)
{
	g_autoptr(GSettings) user = g_settings_new(GNOME_SCHEMA);

	(void)data;
	start("gnome-shell");
	begin(place);
	g_settings_set_boolean(user, "show-banners", FALSE);
	wait_change(place, true);
	g_settings_set_boolean(user, "show-banners", TRUE);
	wait_change(place, false);
	g_settings_set_boolean(user, "show-banners", FALSE);
	wait_change(place, true);
	/* Another desktop does not care. */
	daemon_stop();
	wait_change(place, false);
	state.asked = 0;
	start("x");
	wait_until(&state.asked, 4);
	/* Its schema is not there. */
	daemon_stop();
	state.asked = 0;
	start("cinnamon");
	wait_until(&state.asked, 4);
	daemon_stop();
	start("GNOME-Shell");
	wait_change(place, true);
	g_settings_set_boolean(user, "show-banners", TRUE);
	wait_change(place, false);
}

/* The other way round. */
static void test_mate(struct place *place, gconstpointer data)
{
	g_autoptr(GSettings) user = g_settings_new(MATE_SCHEMA);

	(void)data;
	start("Notification Daemon");
	begin(place);
	g_settings_set_boolean(user, "do-not-disturb", TRUE);
	wait_change(place, true);
	g_settings_set_boolean(user, "do-not-disturb", FALSE);
	wait_change(place, false);
}

static void test_budgie(struct place *place, gconstpointer data)
{
	(void)data;
	state.budgie = true;
	start("Budgie Notification Server");
	desktop_watch_inhibited(place->sink, true);
	wait_change(place, true);
	for (int i = 0; i < 4; i++) {
		state.budgie = !state.budgie;
		g_dbus_connection_emit_signal(world.daemon, NULL, BUDGIE_PATH,
		    BUDGIE, "DoNotDisturbChanged",
		    g_variant_new("(b)", state.budgie), NULL);
		wait_change(place, state.budgie);
	}
	/* Of another daemon it is not asked. */
	daemon_stop();
	wait_change(place, false);
	state.asked = state.asked_by_method = 0;
	start("x");
	wait_until(&state.asked, 4);
	g_assert_cmpint(state.asked_by_method, ==, 0);
}

static void xfconf_change(GDBusConnection *xfconf, const char *channel)
{
	GVariant *value = state.xfconf
	    ? g_variant_new("(ssv)", channel, "/do-not-disturb",
		  g_variant_new_boolean(state.xfconf[0] == 't'))
	    : g_variant_new("(ss)", channel, "/do-not-disturb");

	g_dbus_connection_emit_signal(xfconf, NULL, paths[OF_XFCONF], XFCONF,
	    state.xfconf ? "PropertyChanged" : "PropertyRemoved", value, NULL);
}

/* What the daemon goes by is kept by a service that may be later than it. */
static void test_xfce(struct place *place, gconstpointer data)
{
	GDBusConnection *xfconf = serve(OF_XFCONF, OF_XFCONF + 1);

	(void)data;
	start("Xfce Notify Daemon");
	begin(place);
	state.xfconf = "true";
	own_any(xfconf, XFCONF);
	wait_change(place, true);
	state.xfconf = "false";
	xfconf_change(xfconf, "xfce4-notifyd");
	wait_change(place, false);
	state.xfconf = "true";
	/* What others keep there is not ours. */
	state.asked_by_method = 0;
	xfconf_change(xfconf, "xfce4-panel");
	xfconf_change(xfconf, "xfce4-notifyd");
	wait_change(place, true);
	g_assert_cmpint(state.asked_by_method, ==, 1);
	state.xfconf = NULL;
	xfconf_change(xfconf, "xfce4-notifyd");
	wait_change(place, false);
	state.xfconf = "true";
	xfconf_change(xfconf, "xfce4-notifyd");
	wait_change(place, true);
	daemon_stop();
	wait_change(place, false);
	g_dbus_connection_close_sync(xfconf, NULL, NULL);
	g_object_unref(xfconf);
}

/* Before GSettings is first used; false: there is no compiler for it. */
static bool install_schema(void)
{
	static const char schema[] =
	    "<schemalist><schema id='" GNOME_SCHEMA "' path='/x/'>"
	    "<key name='show-banners' type='b'><default>true</default></key>"
	    "</schema><schema id='" MATE_SCHEMA "' path='/y/'>"
	    "<key name='do-not-disturb' type='b'><default>false</default></key>"
	    "</schema></schemalist>";
	g_autofree char *path = g_build_filename(
	    world.directory, GNOME_SCHEMA ".gschema.xml", NULL);
	const char *argv[] = {
	    "glib-compile-schemas", "--strict", world.directory, NULL};
	int status = -1;

	g_setenv("GSETTINGS_BACKEND", "memory", TRUE);
	g_setenv("GSETTINGS_SCHEMA_DIR", world.directory, TRUE);
	g_assert_true(g_file_set_contents(path, schema, -1, NULL));
	return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH,
		   NULL, NULL, NULL, NULL, &status, NULL) &&
	    status == 0;
}

static void remove_schema(void)
{
	g_autofree char *source = g_build_filename(
	    world.directory, GNOME_SCHEMA ".gschema.xml", NULL);
	g_autofree char *compiled =
	    g_build_filename(world.directory, "gschemas.compiled", NULL);

	g_unlink(source);
	g_unlink(compiled);
}

#define ADD(name, fn)                                                        \
	g_test_add("/inhibited/" name, struct place, NULL, place_open, (fn), \
	    place_close)

int main(int argc, char **argv)
{
	static const bool there = true, not_there = false;
	int result;

	(void)argc;
	unit_init(argv[0]);
	world_open();
	bus_start();
	ADD("properties", test_properties);
	ADD("known", test_known);
	ADD("known-alone", test_known_alone);
	g_test_add("/inhibited/known-xfce", struct place, &there, place_open,
	    test_known_xfce, place_close);
	g_test_add("/inhibited/known-xfce-alone", struct place, &not_there,
	    place_open, test_known_xfce, place_close);
	ADD("both", test_both);
	ADD("daemons", test_daemons);
	ADD("buses", test_buses);
	ADD("not-wanted", test_not_wanted);
	ADD("budgie", test_budgie);
	ADD("xfce", test_xfce);
	if (install_schema()) {
		ADD("gnome", test_gnome);
		ADD("mate", test_mate);
	}
	result = g_test_run();
	remove_schema();
	world_close();
	return result;
}
