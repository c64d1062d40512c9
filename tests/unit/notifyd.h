/*
 * A bus of our own, and a notification daemon on it that does what it is told.
 *
 * The daemon answers from the main loop, so it hangs whenever the test does
 * not iterate.
 */
#ifndef IDLEBELL_TESTS_NOTIFYD_H
#define IDLEBELL_TESTS_NOTIFYD_H

#include "sinks/desktop.h"
#include "tests/unit/unit.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH          "/org/freedesktop/Notifications"
#define NAME          "org.freedesktop.Notifications"

#define SINK_DEADLINE 4500 /* ms: the sink's; it promises 5 s */
/* us: an honest call is over before, one that hangs lasts 25 s */
#define HANGS_FROM    (20 * G_USEC_PER_SEC)

enum mode {
	ANSWERS,
	REFUSES,
	HANGS,
	HANDS_OVER, /* ends when it is asked, and another takes its place */
};

static struct {
	char *directory, *address;
	pid_t bus;
	GDBusConnection *daemon;
	enum mode mode;
	const char *const *caps;
	int caps_asked;
	GPtrArray *shown;   /* GVariant, the arguments of Notify */
	GPtrArray *hanging; /* GDBusMethodInvocation */
	int hung;           /* how many of them */
	GArray *closed;     /* guint32, the arguments of CloseNotification */
	int closes;         /* how many of them */
} world;

static const char *const with_markup[] = {"body", "body-markup", NULL};
static const char *const without_markup[] = {"body", "actions", NULL};

static const char interface[] =
    "<node><interface name='" NAME "'>"
    "<method name='GetCapabilities'>"
    "<arg type='as' direction='out'/></method>"
    "<method name='GetServerInformation'>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
    "<method name='CloseNotification'>"
    "<arg type='u' direction='in'/></method>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "</interface></node>";

static inline void answer_notify(
    GVariant *arguments, GDBusMethodInvocation *call)
{
	guint32 id;

	g_ptr_array_add(world.shown, g_variant_ref(arguments));
	g_variant_get_child(arguments, 1, "u", &id);
	if (world.mode == REFUSES)
		g_dbus_method_invocation_return_dbus_error(
		    call, "org.example.Full", "too many bubbles");
	else
		g_dbus_method_invocation_return_value(
		    call, g_variant_new("(u)", id ? id : world.shown->len));
}

static inline void answer_close(
    GVariant *arguments, GDBusMethodInvocation *call)
{
	guint32 id;

	g_variant_get(arguments, "(u)", &id);
	g_array_append_val(world.closed, id);
	world.closes++;
	g_dbus_method_invocation_return_value(call, NULL);
}

static inline void daemon_hand_over(GDBusMethodInvocation *call);

static inline void daemon_called(GDBusConnection *connection,
    const char *sender, const char *path, const char *name, const char *method,
    GVariant *arguments, GDBusMethodInvocation *call, gpointer data)
{
	(void)connection;
	(void)sender;
	(void)path;
	(void)name;
	(void)data;
	if (world.mode == HANGS) {
		g_ptr_array_add(world.hanging, call);
		world.hung++;
	} else if (world.mode == HANDS_OVER)
		daemon_hand_over(call);
	else if (strcmp(method, "Notify") == 0)
		answer_notify(arguments, call);
	else if (strcmp(method, "CloseNotification") == 0)
		answer_close(arguments, call);
	else if (strcmp(method, "GetCapabilities") == 0) {
		world.caps_asked++;
		g_dbus_method_invocation_return_value(
		    call, g_variant_new("(^as)", world.caps));
	} else if (strcmp(method, "GetServerInformation") == 0)
		g_dbus_method_invocation_return_value(
		    call, g_variant_new("(ssss)", "fake", "test", "1", "1.2"));
	else
		g_assert_not_reached();
}

static inline void own_any(GDBusConnection *connection, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply =
	    g_dbus_connection_call_sync(connection, "org.freedesktop.DBus",
		"/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
		g_variant_new("(su)", name, 0), NULL, 0, -1, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(reply);
}

static inline void own_name(GDBusConnection *connection)
{
	own_any(connection, NAME);
}

static inline void daemon_start(const char *const *caps)
{
	static const GDBusInterfaceVTable vtable = {
	    .method_call = daemon_called};
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusNodeInfo) node =
	    g_dbus_node_info_new_for_xml(interface, NULL);

	world.mode = ANSWERS;
	world.caps = caps;
	world.caps_asked = 0;
	world.daemon = g_dbus_connection_new_for_address_sync(world.address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, NULL, &error);
	g_assert_no_error(error);
	g_dbus_connection_register_object(world.daemon, PATH,
	    node->interfaces[0], &vtable, NULL, NULL, &error);
	g_assert_no_error(error);
	own_name(world.daemon);
}

/* The successor waits for the name, so that there is always one. */
static inline void daemon_hand_over(GDBusMethodInvocation *call)
{
	GDBusConnection *old = world.daemon;

	daemon_start(world.caps);
	g_dbus_connection_close_sync(old, NULL, NULL);
	g_object_unref(old);
	g_object_unref(call);
}

static inline void daemon_stop(void)
{
	if (!world.daemon)
		return;
	g_dbus_connection_close_sync(world.daemon, NULL, NULL);
	g_clear_object(&world.daemon);
	g_ptr_array_set_size(world.shown, 0);
	g_array_set_size(world.closed, 0);
	world.closes = 0;
}

/* A test that fails leaves no bus behind. */
static inline void end_with_parent(gpointer data)
{
	(void)data;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* No service files: nothing is activated behind the test's back. */
static inline void bus_start(void)
{
	g_autofree char *config =
	    g_build_filename(world.directory, "bus.conf", NULL);
	g_autofree char *text = g_strdup_printf(
	    "<busconfig>"
	    "<type>session</type><listen>%s</listen>"
	    "<auth>EXTERNAL</auth><policy context='default'>"
	    "<allow send_destination='*'/><allow receive_sender='*'/>"
	    "<allow own='*'/></policy></busconfig>",
	    world.address);
	g_autofree char *option = g_strconcat("--config-file=", config, NULL);
	const char *argv[] = {
	    "dbus-daemon", "--nofork", "--print-address=1", option, NULL};
	g_autoptr(GError) error = NULL;
	char octet = 0;
	int out;

	g_assert_true(g_file_set_contents(config, text, -1, NULL));
	g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
		G_SPAWN_STDERR_TO_DEV_NULL,
	    end_with_parent, NULL, &world.bus, NULL, &out, NULL, &error);
	g_assert_no_error(error);
	while (octet != '\n')
		g_assert_cmpint(read(out, &octet, 1), ==, 1);
	close(out);
}

static inline void bus_stop(void)
{
	g_autofree char *socket =
	    g_build_filename(world.directory, "bus", NULL);

	daemon_stop();
	kill(world.bus, SIGKILL);
	waitpid(world.bus, NULL, 0);
	world.bus = 0;
	g_unlink(socket);
}

struct answer {
	int calls;
	int order;
	char *text; /* of the error; NULL: taken */
};

static int answered;

static inline void taken(void *data, const GError *error)
{
	struct answer *answer = data;

	answer->calls++;
	answer->order = ++answered;
	if (!error)
		return;
	g_assert_true(error->domain == SINK_ERROR);
	g_assert_cmpint(error->code, ==, SINK_ERROR_DESKTOP);
	answer->text = g_strdup(error->message);
}

static inline void ring_event(struct sink *sink, const char *from,
    const char *subject, struct sink_event *event, struct answer *answer)
{
	struct message_address address = {
	    (char *)from, (char *)"a@b", (char *)"a@b"};
	g_autoptr(GPtrArray) array = g_ptr_array_new();
	struct message message = {.account = (char *)"work",
	    .mailbox = (char *)"INBOX",
	    .uid = 1,
	    .from = array,
	    .subject = (char *)subject};

	g_ptr_array_add(array, &address);
	event->message = &message;
	memset(answer, 0, sizeof *answer);
	sink->ring(sink, event, taken, answer);
	g_assert_cmpint(answer->calls, ==, 0);
}

static inline void ring(
    struct sink *sink, const char *subject, struct answer *answer)
{
	struct sink_event event = {
	    .urgency = SINK_NORMAL, .timeout_bubble = SINK_TIMEOUT_DEFAULT};

	ring_event(sink, "Anna", subject, &event, answer);
}

static GPtrArray *sink_deadlines; /* GSource */

/* In place of GLib's: the sink's deadlines come when the test says so, not
 * when the machine is slow. */
guint g_timeout_add(guint interval, GSourceFunc function, gpointer data)
{
	bool is_deadline = interval == SINK_DEADLINE;
	GSource *source =
	    g_timeout_source_new(is_deadline ? G_MAXINT : interval);
	guint id;

	g_source_set_callback(source, function, data, NULL);
	id = g_source_attach(source, NULL);
	if (!sink_deadlines)
		sink_deadlines = g_ptr_array_new_with_free_func(
		    (GDestroyNotify)g_source_unref);
	if (is_deadline)
		g_ptr_array_add(sink_deadlines, source);
	else
		g_source_unref(source);
	return id;
}

/* For all that is not answered yet. */
static inline void deadlines_come(void)
{
	g_assert_nonnull(sink_deadlines);
	g_assert_cmpuint(sink_deadlines->len, >, 0);
	for (guint i = 0; i < sink_deadlines->len; i++)
		if (!g_source_is_destroyed(sink_deadlines->pdata[i]))
			g_source_set_ready_time(sink_deadlines->pdata[i], 0);
	g_ptr_array_set_size(sink_deadlines, 0);
}

static inline gboolean on_deadline(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_CONTINUE;
}

static inline void wait_until(const int *count, int wanted)
{
	bool late = false;
	guint timer = g_timeout_add_seconds(UNIT_PATIENCE, on_deadline, &late);

	while (*count < wanted && !late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	g_assert_cmpint(*count, ==, wanted);
}

static inline void check_ring(const char *subject, const char *error)
{
	struct sink *sink = desktop_new();
	struct answer answer;

	ring(sink, subject, &answer);
	wait_until(&answer.calls, 1);
	if (!error)
		g_assert_cmpstr(answer.text, ==, NULL);
	else if (!answer.text || !g_str_has_prefix(answer.text, error))
		g_assert_cmpstr(answer.text, ==, error);
	g_free(answer.text);
	sink->free(sink);
}

/* The last bubble's: 0 application, 3 summary and so on. */
static inline char *argument(gsize index)
{
	GVariant *all = world.shown->pdata[world.shown->len - 1];
	g_autoptr(GVariant) child = g_variant_get_child_value(all, index);

	return g_variant_is_of_type(child, G_VARIANT_TYPE_STRING)
	    ? g_variant_dup_string(child, NULL)
	    : g_variant_print(child, FALSE);
}

static inline void check_argument(gsize index, const char *expected)
{
	g_autofree char *text = argument(index);

	g_assert_cmpstr(text, ==, expected);
}

static inline void check_hint(const char *key, const char *expected)
{
	GVariant *all = world.shown->pdata[world.shown->len - 1];
	g_autoptr(GVariant) hints = g_variant_get_child_value(all, 6);
	g_autoptr(GVariant) value = g_variant_lookup_value(hints, key, NULL);
	g_autofree char *text = value ? g_variant_print(value, TRUE) : NULL;

	g_assert_cmpstr(text, ==, expected);
}

static inline void let_go(void)
{
	world.mode = ANSWERS;
	for (guint i = 0; i < world.hanging->len; i++)
		g_dbus_method_invocation_return_dbus_error(
		    world.hanging->pdata[i], "org.example.Late", "late");
	g_ptr_array_set_size(world.hanging, 0);
	world.hung = 0;
}

/* What hung is answered after all. */
static inline void answer_late(void)
{
	world.mode = ANSWERS;
	for (guint i = 0; i < world.hanging->len; i++) {
		GDBusMethodInvocation *call = world.hanging->pdata[i];

		daemon_called(NULL, NULL, NULL, NULL,
		    g_dbus_method_invocation_get_method_name(call),
		    g_dbus_method_invocation_get_parameters(call), call, NULL);
	}
	g_ptr_array_set_size(world.hanging, 0);
	world.hung = 0;
}

/* To whom it may concern, as some daemons have it. */
static inline void daemon_signal(const char *name, GVariant *arguments)
{
	g_autoptr(GError) error = NULL;

	g_dbus_connection_emit_signal(
	    world.daemon, NULL, PATH, NAME, name, arguments, &error);
	g_assert_no_error(error);
}

static inline void world_open(void)
{
	world.directory = g_dir_make_tmp("desktop-XXXXXX", NULL);
	world.address = g_strdup_printf("unix:path=%s/bus", world.directory);
	world.shown =
	    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
	world.hanging = g_ptr_array_new();
	world.closed = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_setenv("DBUS_SESSION_BUS_ADDRESS", world.address, TRUE);
}

static inline void world_close(void)
{
	g_autofree char *config =
	    g_build_filename(world.directory, "bus.conf", NULL);

	if (world.bus)
		bus_stop();
	g_unlink(config);
	g_rmdir(world.directory);
	g_free(world.directory);
	g_free(world.address);
	g_ptr_array_unref(world.shown);
	g_ptr_array_unref(world.hanging);
	g_array_unref(world.closed);
}

#endif
