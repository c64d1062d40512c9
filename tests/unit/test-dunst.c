/*
 * The desktop sink with a real daemon: dunst on a virtual screen, where both
 * are installed.
 */
#include "config.h"

#include "tests/unit/notifyd.h"

#define DUNST "org.dunstproject.cmd0"

static const char config_text[] = "[global]\n"
				  "    idle_threshold = 0\n"
				  "    notification_limit = 0\n"
				  "    stack_duplicates = false\n"
				  "[urgency_normal]\n"
				  "    timeout = 0\n";

static const char *const buttons[] = {
    "default", "Open", "read", "Mark read", NULL};

static struct {
	char *display, *config;
	pid_t screen, dunst;
	GDBusConnection *bus; /* ours, to speak to it */
} stage;

struct place {
	struct sink *sink;
	GString *told;
	int events;
	bool quiet;
};

/* ---- dunst ---- */

/* 0: it cannot be started. */
static pid_t spawn(const char *const *argv, int *ret_out)
{
	g_auto(GStrv) env = g_get_environ();
	pid_t child = 0;

	env = g_environ_setenv(
	    env, "DISPLAY", stage.display ? stage.display : "", TRUE);
	if (!g_spawn_async_with_pipes(NULL, (char **)argv, env,
		G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
		    G_SPAWN_STDERR_TO_DEV_NULL,
		end_with_parent, NULL, &child, NULL, ret_out, NULL, NULL))
		return 0;
	return child;
}

/* It chooses a free display and says which. */
static bool screen_start(void)
{
	static const char *const argv[] = {"Xvfb", "-displayfd", "1", "-screen",
	    "0", "640x480x24", "-nolisten", "tcp", NULL};
	char text[16] = "";
	size_t size = 0;
	int out;

	stage.screen = spawn(argv, &out);
	if (!stage.screen)
		return false;
	while (size < sizeof text - 1 && read(out, text + size, 1) == 1 &&
	    text[size] != '\n')
		size++;
	text[size] = '\0';
	close(out);
	stage.display = g_strconcat(":", text, NULL);
	return size > 0;
}

static GVariant *call(const char *name, const char *path,
    const char *interface_name, const char *method, GVariant *arguments)
{
	return g_dbus_connection_call_sync(stage.bus, name, path,
	    interface_name, method, arguments, NULL,
	    G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
}

static gboolean on_owned(gpointer data)
{
	g_autoptr(GVariant) answer = call("org.freedesktop.DBus",
	    "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
	    g_variant_new("(s)", NAME));
	gboolean owned = FALSE;

	if (answer)
		g_variant_get(answer, "(b)", &owned);
	*(int *)data |= owned;
	return G_SOURCE_CONTINUE;
}

static bool dunst_start(void)
{
	const char *argv[] = {"dunst", "-conf", stage.config, NULL};
	bool late = false;
	int owned = 0;
	guint look = g_timeout_add(20, on_owned, &owned);
	guint timer = g_timeout_add_seconds(UNIT_PATIENCE, on_deadline, &late);

	stage.dunst = spawn(argv, NULL);
	while (stage.dunst && !owned && !late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(look);
	g_source_remove(timer);
	return owned;
}

static void end(pid_t *child)
{
	if (!*child)
		return;
	kill(*child, SIGKILL);
	waitpid(*child, NULL, 0);
	*child = 0;
}

static void dunst_call(const char *method, GVariant *arguments)
{
	g_autoptr(GVariant) answer = call(NAME, PATH, DUNST, method, arguments);

	g_assert_nonnull(answer);
}

static void dunst_set_paused(bool paused)
{
	g_autoptr(GVariant) answer =
	    call(NAME, PATH, "org.freedesktop.DBus.Properties", "Set",
		g_variant_new(
		    "(ssv)", DUNST, "paused", g_variant_new_boolean(paused)));

	g_assert_nonnull(answer);
}

static unsigned dunst_displayed(void)
{
	g_autoptr(GVariant) answer =
	    call(NAME, PATH, "org.freedesktop.DBus.Properties", "Get",
		g_variant_new("(ss)", DUNST, "displayedLength"));
	g_autoptr(GVariant) value = NULL;

	g_assert_nonnull(answer);
	g_variant_get(answer, "(v)", &value);
	return g_variant_get_uint32(value);
}

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

/* It shows and hides from a loop of its own. */
static void wait_displayed(unsigned count)
{
	guint tick = g_timeout_add(20, on_tick, NULL);
	gint64 late = g_get_monotonic_time() + UNIT_PATIENCE * G_USEC_PER_SEC;

	while (dunst_displayed() != count && g_get_monotonic_time() < late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	g_assert_cmpuint(dunst_displayed(), ==, count);
}

/* ---- the sink ---- */

static void on_action(
    void *data, uint64_t bubble, const char *action, const char *token)
{
	struct place *place = data;

	(void)token;
	g_string_append_printf(
	    place->told, "action %d %s;", (int)bubble, action);
	place->events++;
}

static void on_closed(void *data, uint64_t bubble, enum desktop_end how)
{
	static const char *const ends[] = {[DESKTOP_EXPIRED] = "expired",
	    [DESKTOP_DISMISSED] = "dismissed",
	    [DESKTOP_LOST] = "lost"};
	struct place *place = data;

	g_string_append_printf(place->told, "%s %d;", ends[how], (int)bubble);
	place->events++;
}

static void on_inhibited(void *data, bool inhibited)
{
	struct place *place = data;

	/* That it is known now is told as well. */
	if (inhibited == place->quiet)
		return;
	place->quiet = inhibited;
	g_string_append(place->told, inhibited ? "quiet;" : "loud;");
	place->events++;
}

static void place_open(struct place *place, gconstpointer data)
{
	static const struct desktop_events events = {.action = on_action,
	    .closed = on_closed,
	    .inhibited = on_inhibited};

	(void)data;
	place->sink = desktop_new();
	place->told = g_string_new(NULL);
	desktop_listen(place->sink, &events, place);
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	dunst_call("NotificationCloseAll", NULL);
	place->sink->free(place->sink);
	g_string_free(place->told, TRUE);
}

static void show_for(struct place *place, uint64_t number, int64_t timeout)
{
	struct sink_event event = {.urgency = SINK_NORMAL,
	    .title = number % 2 ? "Anna" : "Bob",
	    .body = "1 < 2 & <b>x",
	    .bubble = number,
	    .actions = buttons,
	    .timeout_bubble = timeout};
	struct answer answer;

	ring_event(place->sink, "Anna", "x", &event, &answer);
	wait_until(&answer.calls, 1);
	g_assert_cmpstr(answer.text, ==, NULL);
}

static void show(struct place *place, uint64_t number)
{
	show_for(place, number, SINK_TIMEOUT_NONE);
}

static void wait_told(struct place *place, int events, const char *expected)
{
	wait_until(&place->events, events);
	g_assert_cmpstr(place->told->str, ==, expected);
}

static void test_update_and_close(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 1);
	show(place, 2);
	wait_displayed(2);
	for (int i = 0; i < 5; i++)
		show(place, 1);
	wait_displayed(2);
	desktop_close(place->sink, 1);
	wait_displayed(1);
	show(place, 1);
	wait_displayed(2);
	desktop_close(place->sink, 1);
	desktop_close(place->sink, 2);
	wait_displayed(0);
	g_assert_cmpstr(place->told->str, ==, "");
}

static void test_ends(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 1);
	wait_displayed(1);
	dunst_call("NotificationCloseLast", NULL);
	wait_told(place, 1, "dismissed 1;");
	show_for(place, 2, 100);
	wait_told(place, 2, "dismissed 1;expired 2;");
}

static void test_action(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 7);
	wait_displayed(1);
	dunst_call("NotificationAction", g_variant_new("(u)", 0));
	/* Some versions leave it up. */
	wait_until(&place->events, 1);
	g_assert_true(g_str_has_prefix(place->told->str, "action 7 default;"));
}

/* The numbers of the new one begin at the same. */
static void test_restart(struct place *place, gconstpointer data)
{
	(void)data;
	show(place, 1);
	show(place, 2);
	end(&stage.dunst);
	wait_told(place, 2, "lost 1;lost 2;");
	g_assert_true(dunst_start());
	show(place, 3);
	show(place, 4);
	desktop_close(place->sink, 1);
	desktop_close(place->sink, 2);
	show(place, 3);
	wait_displayed(2);
	g_assert_cmpstr(place->told->str, ==, "lost 1;lost 2;");
}

static void test_paused(struct place *place, gconstpointer data)
{
	(void)data;
	desktop_watch_inhibited(place->sink, true);
	dunst_set_paused(true);
	wait_told(place, 1, "quiet;");
	dunst_set_paused(false);
	wait_told(place, 2, "quiet;loud;");
	dunst_set_paused(true);
	wait_told(place, 3, "quiet;loud;quiet;");
	desktop_watch_inhibited(place->sink, false);
	place->quiet = false;
	desktop_watch_inhibited(place->sink, true);
	wait_told(place, 4, "quiet;loud;quiet;quiet;");
	end(&stage.dunst);
	wait_told(place, 5, "quiet;loud;quiet;quiet;loud;");
	g_assert_true(dunst_start());
}

static bool stage_open(void)
{
	stage.config = g_build_filename(world.directory, "dunstrc", NULL);
	g_assert_true(g_file_set_contents(stage.config, config_text, -1, NULL));
	bus_start();
	stage.bus = g_dbus_connection_new_for_address_sync(world.address,
	    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
		G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
	    NULL, NULL, NULL);
	g_assert_nonnull(stage.bus);
	return screen_start() && dunst_start();
}

static void stage_close(void)
{
	end(&stage.dunst);
	end(&stage.screen);
	g_clear_object(&stage.bus);
	g_unlink(stage.config);
	g_free(stage.config);
	g_free(stage.display);
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/dunst/" name, struct place, NULL, place_open, (fn), place_close)

int main(int argc, char **argv)
{
	int result;

	(void)argc;
	unit_init(argv[0]);
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	world_open();
	if (desktop_is_built() && stage_open()) {
		ADD("update-and-close", test_update_and_close);
		ADD("ends", test_ends);
		ADD("action", test_action);
		ADD("restart", test_restart);
		ADD("paused", test_paused);
	}
	result = g_test_run();
	stage_close();
	world_close();
	return result;
}
