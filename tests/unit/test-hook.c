/*
 * Hooks: what they are told, in which order, and what is said of them.
 */
#include "os/file.h"
#include "sinks/hook.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG G_GINT64_CONSTANT(3600000) /* ms */

struct place {
	char *path;
	struct sink *hook; /* may be freed by the test, then NULL */
	GPtrArray *rung;   /* struct call */
	GString *said;     /* "1+ 2- ": UID, taken or failed */
	char *text;        /* of the last error */
	int calls;
	bool ringing, free_when_said;
	bool with_program;       /* that one has a command */
	bool alone;              /* no program ran when one was reported */
	uint32_t ring_when_said; /* a UID to ring from within fn */
};

struct call {
	struct place *place;
	uint32_t uid;
};

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	memset(place, 0, sizeof *place);
	place->path = g_dir_make_tmp("hook-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(place->path), ==, 0);
	place->hook = hook_new();
	place->said = g_string_new(NULL);
	place->rung = g_ptr_array_new_with_free_func(g_free);
}

static void place_close(struct place *place, gconstpointer data)
{
	GDir *dir = g_dir_open(".", 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(dir)))
		g_unlink(name);
	g_dir_close(dir);
	if (place->hook)
		place->hook->free(place->hook);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_free(place->path);
	g_free(place->text);
	g_string_free(place->said, TRUE);
	g_ptr_array_unref(place->rung);
}

static void ring(struct place *place, uint32_t uid, const char *const *command);

/* Alive, or not reaped yet. */
static bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void taken(void *data, const GError *error)
{
	struct call *call = data;
	struct place *place = call->place;
	static const char *const none[] = {NULL},
				 *const truth[] = {"true", NULL};
	uint32_t next = place->ring_when_said;

	g_assert_false(place->ringing);
	place->calls++;
	place->alone = place->alone && !has_child();
	g_string_append_printf(
	    place->said, "%u%c ", call->uid, error ? '-' : '+');
	if (error) {
		g_assert_true(error->domain == SINK_ERROR);
		g_assert_cmpint(error->code, ==, SINK_ERROR_HOOK);
		g_free(place->text);
		place->text = g_strdup(error->message);
	}
	place->ring_when_said = 0;
	if (next)
		ring(place, next, place->with_program ? truth : none);
	if (place->free_when_said) {
		place->hook->free(place->hook);
		place->hook = NULL;
	}
}

static void ring_with(struct place *place, uint32_t uid,
    const char *const *command, int64_t timeout)
{
	struct message_address boss = {(char *)"The Boss",
	    (char *)"boss@example.org", (char *)"boss@example.org"};
	g_autoptr(GPtrArray) from = g_ptr_array_new();
	g_autoptr(GPtrArray) empty = g_ptr_array_new();
	struct message message = {.account = (char *)"work",
	    .mailbox = (char *)"INBOX",
	    .uidvalidity = 5,
	    .uid = uid,
	    .flags = (char *)"",
	    .from = from,
	    .to = empty,
	    .cc = empty,
	    .headers = empty,
	    .subject = (char *)"$(touch owned) `touch owned`; 'x'",
	    .date = (char *)"",
	    .message_id = (char *)"",
	    .list_id = (char *)""};
	struct sink_event event = {
	    .message = &message, .command = command, .timeout = timeout};
	struct call *call = g_new0(struct call, 1);

	g_ptr_array_add(from, &boss);
	g_ptr_array_add(place->rung, call);
	call->place = place;
	call->uid = uid;
	place->ringing = true;
	place->hook->ring(place->hook, &event, taken, call);
	place->ringing = false;
}

static void ring_notice(
    struct place *place, uint32_t number, const char *script)
{
	struct notice notice = {.kind = NOTICE_STATE,
	    .account = (char *)"work",
	    .mailbox = (char *)"INBOX",
	    .state = (char *)"blind",
	    .reason = (char *)"login refused: \"$(touch owned)\"\nIDLEBELL_X=1",
	    .since = 1795000000};
	const char *command[] = {"sh", "-c", script, NULL};
	struct sink_event event = {
	    .notice = &notice, .command = command, .timeout = LONG};
	struct call *call = g_new0(struct call, 1);

	g_ptr_array_add(place->rung, call);
	call->place = place;
	call->uid = number;
	place->hook->ring(place->hook, &event, taken, call);
}

static void ring(struct place *place, uint32_t uid, const char *const *command)
{
	ring_with(place, uid, command, LONG);
}

static void ring_shell(struct place *place, uint32_t uid, const char *script)
{
	const char *command[] = {"sh", "-c", script, NULL};

	ring(place, uid, command);
}

static gboolean on_deadline(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_CONTINUE;
}

static void wait_for(struct place *place, int calls)
{
	bool late = false;
	guint timer = g_timeout_add_seconds(UNIT_PATIENCE, on_deadline, &late);

	while (place->calls < calls && !late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	g_assert_cmpint(place->calls, ==, calls);
}

static char *content(const char *name)
{
	return file_read(AT_FDCWD, name, 1 << 20, NULL, NULL);
}

static void test_told(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *env = NULL, *json = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *object;

	(void)data;
	g_setenv("IDLEBELL_OLD", "stale", TRUE);
	g_setenv("TEST_HOOK_KEPT", "kept", TRUE);
	ring_shell(place, 7, "env > env; cat > json");
	g_unsetenv("IDLEBELL_OLD");
	wait_for(place, 1);
	g_assert_cmpstr(place->said->str, ==, "7+ ");
	env = content("env");
	g_assert_nonnull(strstr(env, "\nIDLEBELL_UID=7\n"));
	g_assert_nonnull(strstr(env, "\nIDLEBELL_ACCOUNT=work\n"));
	g_assert_nonnull(strstr(env, "TEST_HOOK_KEPT=kept\n"));
	g_assert_null(strstr(env, "IDLEBELL_OLD"));
	json = content("json");
	g_assert_true(strchr(json, '\n') == json + strlen(json) - 1);
	json_parser_load_from_data(parser, json, -1, &error);
	g_assert_no_error(error);
	object = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpint(json_object_get_int_member(object, "uid"), ==, 7);
	g_assert_cmpstr(json_object_get_string_member(object, "subject"), ==,
	    "$(touch owned) `touch owned`; 'x'");
	g_assert_null(content("owned"));
}

static void test_notice(struct place *place, gconstpointer data)
{
	g_autofree char *env = NULL, *json = NULL;

	(void)data;
	g_setenv("IDLEBELL_UID", "7", TRUE);
	ring_notice(place, 1, "env > env; cat > json");
	g_unsetenv("IDLEBELL_UID");
	ring_notice(place, 2, "exit 3");
	wait_for(place, 2);
	g_assert_cmpstr(place->said->str, ==, "1+ 2- ");
	g_assert_cmpstr(
	    place->text, ==, "hook sh for work/INBOX blind: exit status 3");
	env = content("env");
	g_assert_nonnull(strstr(env, "\nIDLEBELL_EVENT=state\n"));
	g_assert_nonnull(strstr(env, "\nIDLEBELL_STATE=blind\n"));
	g_assert_nonnull(strstr(env,
	    "\nIDLEBELL_REASON=login refused: \"$(touch owned)\" "
	    "IDLEBELL_X=1\n"));
	g_assert_null(strstr(env, "\nIDLEBELL_UID="));
	json = content("json");
	g_assert_cmpstr(json, ==,
	    "{\"event\":\"state\",\"account\":\"work\",\"mailbox\":\"INBOX\","
	    "\"state\":\"blind\",\"reason\":\"login refused: "
	    "\\\"$(touch owned)\\\" IDLEBELL_X=1\","
	    "\"since\":\"2026-11-18T11:06:40Z\"}\n");
	g_assert_null(content("owned"));
}

/* One at a time, in order, however many wait. */
static void test_order(struct place *place, gconstpointer data)
{
	g_autofree char *log = NULL;
	const char *script = "mkdir busy || echo overlap >> log; "
			     "echo $IDLEBELL_UID >> log; rmdir busy";

	(void)data;
	for (uint32_t uid = 1; uid <= 8; uid++)
		ring_shell(place, uid, script);
	wait_for(place, 8);
	g_assert_cmpstr(place->said->str, ==, "1+ 2+ 3+ 4+ 5+ 6+ 7+ 8+ ");
	log = content("log");
	g_assert_cmpstr(log, ==, "1\n2\n3\n4\n5\n6\n7\n8\n");
}

/* Reported before the next starts: a crash repeats one message, not two. */
static void test_reported_first(struct place *place, gconstpointer data)
{
	(void)data;
	ring_shell(place, 1, "true");
	ring_shell(place, 2, "true");
	place->alone = true;
	wait_for(place, 2);
	g_assert_true(place->alone);
}

static void test_failures(struct place *place, gconstpointer data)
{
	static const struct {
		const char *words[4];
		const char *text;
	} rows[] = {
	    {{"sh", "-c", "exit 3"},
		"hook sh for work/INBOX UID 1: exit status 3"},
	    {{"sh", "-c", "kill -SEGV $$"},
		"hook sh for work/INBOX UID 1: killed by SIGSEGV"},
	    {{"no-such-program-here"},
		"hook no-such-program-here for work/INBOX UID 1: "
		"no such program in PATH"},
	    {{"/dev/null"},
		"hook /dev/null for work/INBOX UID 1: Permission denied"},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		ring(place, 1, rows[i].words);
		g_assert_cmpint(place->calls, ==, (int)i);
		wait_for(place, (int)i + 1);
		g_assert_cmpstr(place->text, ==, rows[i].text);
	}
}

static void test_timeout(struct place *place, gconstpointer data)
{
	const char *command[] = {"sleep", "1000", NULL};

	(void)data;
	ring_with(place, 9, command, 50);
	ring_shell(place, 10, "true");
	wait_for(place, 2);
	g_assert_cmpstr(place->said->str, ==, "9- 10+ ");
	g_assert_cmpstr(place->text, ==,
	    "hook sleep for work/INBOX UID 9: timed out after 50 ms (hook_timeout)");
}

/* A failure is of its own message only. */
static void test_goes_on(struct place *place, gconstpointer data)
{
	const char *missing[] = {"/no/such/program", NULL};

	(void)data;
	ring(place, 1, missing);
	ring(place, 2, missing);
	ring_shell(place, 3, "exit 1");
	ring(place, 4, missing);
	ring_shell(place, 5, "true");
	wait_for(place, 5);
	g_assert_cmpstr(place->said->str, ==, "1- 2- 3- 4- 5+ ");
}

static void test_no_command(struct place *place, gconstpointer data)
{
	static const char *const empty[] = {NULL};

	(void)data;
	ring(place, 1, NULL);
	ring(place, 2, empty);
	g_assert_cmpint(place->calls, ==, 0);
	wait_for(place, 2);
	g_assert_cmpstr(place->said->str, ==, "1+ 2+ ");
}

/* It does not wait for a program that runs. */
static void test_no_command_at_once(struct place *place, gconstpointer data)
{
	int fd;

	(void)data;
	g_assert_cmpint(mkfifo("gate", 0600), ==, 0);
	ring_shell(place, 1, "read x < gate");
	ring(place, 2, NULL);
	wait_for(place, 1);
	g_assert_cmpstr(place->said->str, ==, "2+ ");
	fd = open("gate", O_WRONLY | O_CLOEXEC);
	g_assert_cmpint(write(fd, "\n", 1), ==, 1);
	close(fd);
	wait_for(place, 2);
	g_assert_cmpstr(place->said->str, ==, "2+ 1+ ");
}

static void test_home(struct place *place, gconstpointer data)
{
	const char *command[] = {"sh", "-c",
	    "for i; do echo \"$i\"; done > words", "sh", "~/x", "~", "a~/b",
	    "$HOME", "*", NULL};
	const char *missing[] = {"~/no-such-program", NULL};
	g_autofree char *expected =
	    g_strdup_printf("%s/x\n~\na~/b\n$HOME\n*\n", g_get_home_dir());
	g_autofree char *text =
	    g_strdup_printf("hook %s/no-such-program for work/INBOX UID 2: "
			    "No such file or directory",
		g_get_home_dir());
	g_autofree char *words = NULL;

	(void)data;
	ring(place, 1, command);
	ring(place, 2, missing);
	wait_for(place, 2);
	words = content("words");
	g_assert_cmpstr(words, ==, expected);
	g_assert_cmpstr(place->text, ==, text);
}

/* Nobody is called, and the program does not live on. */
static void test_free(struct place *place, gconstpointer data)
{
	bool late = false;
	guint timer;

	(void)data;
	ring_shell(place, 1, "sleep 1000 & sleep 1000");
	ring_shell(place, 2, "true");
	ring(place, 3, NULL);
	place->hook->free(place->hook);
	place->hook = NULL;
	timer = g_timeout_add_seconds(UNIT_PATIENCE, on_deadline, &late);
	while (has_child() && !late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	g_assert_false(late);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpint(place->calls, ==, 0);
}

static void test_free_within(struct place *place, gconstpointer data)
{
	(void)data;
	place->free_when_said = true;
	ring_shell(place, 1, "true");
	ring_shell(place, 2, "true");
	ring_shell(place, 3, "true");
	wait_for(place, 1);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpint(place->calls, ==, 1);
}

static void test_ring_within(struct place *place, gconstpointer data)
{
	(void)data;
	place->ring_when_said = 2;
	ring_shell(place, 1, "true");
	wait_for(place, 2);
	place->ring_when_said = 4;
	ring(place, 3, NULL);
	wait_for(place, 4);
	ring_shell(place, 5, "true");
	wait_for(place, 5);
	/* Behind those that wait. */
	place->ring_when_said = 8;
	place->with_program = true;
	ring_shell(place, 6, "true");
	ring_shell(place, 7, "true");
	wait_for(place, 8);
	g_assert_cmpstr(place->said->str, ==, "1+ 2+ 3+ 4+ 5+ 6+ 7+ 8+ ");
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/hook/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("told", test_told);
	ADD("notice", test_notice);
	ADD("order", test_order);
	ADD("reported-first", test_reported_first);
	ADD("failures", test_failures);
	ADD("timeout", test_timeout);
	ADD("goes-on", test_goes_on);
	ADD("no-command", test_no_command);
	ADD("no-command-at-once", test_no_command_at_once);
	ADD("home", test_home);
	ADD("free", test_free);
	ADD("free-within", test_free_within);
	ADD("ring-within", test_ring_within);
	return g_test_run();
}
