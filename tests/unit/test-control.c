/*
 * The control socket, with clients in the same process.
 */
#include "app/control.h"
#include "tests/unit/clockwork.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	LARGE = 4 << 20,
};

struct room {
	char *base, *directory, *path;
	struct loop *loop;
	struct control *control;
	char *heard; /* "command account account; argument argument" */
};

static void answer(void *data, const struct control_request *request,
    struct emit *reply, char **ret_error, int *ret_status)
{
	struct room *room = data;
	const char *command = request->command;
	g_autofree char *names = g_strjoinv(" ", (char **)request->accounts);
	g_autofree char *rest = g_strjoinv(" ", (char **)request->arguments);

	g_free(room->heard);
	room->heard = g_strconcat(
	    command, " ", names, *rest != '\0' ? "; " : "", rest, NULL);
	if (strcmp(command, "fail") == 0) {
		*ret_error = g_strdup("one\ntwo");
		*ret_status = 78;
	} else if (strcmp(command, "large") == 0) {
		g_autofree char *text = g_strnfill(LARGE, 'x');

		emit_name(reply, "text");
		emit_string(reply, text);
	}
}

static const struct control_events events = {.answer = answer};

static void room_open(struct room *room, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	room->base = g_dir_make_tmp("control-XXXXXX", NULL);
	room->directory = g_build_filename(room->base, "idlebell", NULL);
	room->path = g_build_filename(room->directory, CONTROL_SOCKET, NULL);
	g_setenv("XDG_RUNTIME_DIR", room->base, TRUE);
	room->loop = loop_new(&error);
	g_assert_no_error(error);
	room->control = control_new(room->loop, NULL, &events, room, &error);
	g_assert_no_error(error);
}

static void room_close(struct room *room, gconstpointer data)
{
	(void)data;
	control_free(room->control);
	loop_free(room->loop);
	g_assert_cmpint(g_access(room->path, F_OK), ==, -1);
	g_assert_cmpint(g_rmdir(room->directory), ==, 0);
	g_assert_cmpint(g_rmdir(room->base), ==, 0);
	g_free(room->base);
	g_free(room->directory);
	g_free(room->path);
	g_free(room->heard);
}

static int client_open(const struct room *room)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(address.sun_path, room->path, sizeof(address.sun_path));
	g_assert_cmpint(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	return fd;
}

static void client_say(int fd, const char *text)
{
	g_assert_cmpint(
	    send(fd, text, strlen(text), MSG_NOSIGNAL), ==, strlen(text));
}

/* Runs the loop until the client has a line, or the end. */
static char *client_hear(int fd)
{
	GString *text = g_string_new(NULL);
	char bytes[65536];

	alarm(UNIT_PATIENCE);
	while (memchr(text->str, '\n', text->len) == NULL) {
		ssize_t size;

		g_main_context_iteration(NULL, FALSE);
		size = recv(fd, bytes, sizeof(bytes), 0);
		if (size > 0)
			g_string_append_len(text, bytes, size);
		else if (size == 0 || errno != EAGAIN)
			break;
	}
	alarm(0);
	return g_string_free(text, FALSE);
}

static void check_reply(int fd, const char *expected)
{
	g_autofree char *line = client_hear(fd);

	g_assert_cmpstr(line, ==, expected);
}

/* After that, what is due has come. */
static void pass(int64_t ms)
{
	clockwork_pass(ms);
	while (g_main_context_iteration(NULL, FALSE))
		continue;
}

static void check_served(const struct room *room)
{
	int fd = client_open(room);

	client_say(fd, "{\"command\": \"status\"}\n");
	check_reply(fd, "{\"ok\":true}\n");
	close(fd);
}

static void test_answers(struct room *room, gconstpointer data)
{
	int fd = client_open(room);

	(void)data;
	client_say(
	    fd, "{\"command\": \"poke\", \"accounts\": [\"one\", \"two\"]}\n");
	check_reply(fd, "{\"ok\":true}\n");
	g_assert_cmpstr(room->heard, ==, "poke one two");
	close(fd);

	fd = client_open(room);
	client_say(fd, "{\"command\":\"fail\",\"accounts\":null}\n");
	check_reply(
	    fd, "{\"ok\":false,\"error\":\"one\\ntwo\",\"status\":78}\n");
	g_assert_cmpstr(room->heard, ==, "fail ");
	close(fd);
}

static void test_arguments(struct room *room, gconstpointer data)
{
	int fd = client_open(room);

	(void)data;
	client_say(fd,
	    "{\"command\": \"pause\", \"accounts\": [\"one\"], "
	    "\"arguments\": [\"until\", \"07:30\"]}\n");
	check_reply(fd, "{\"ok\":true}\n");
	g_assert_cmpstr(room->heard, ==, "pause one; until 07:30");
	close(fd);

	fd = client_open(room);
	client_say(fd, "{\"command\": \"pause\", \"arguments\": [7]}\n");
	check_reply(fd,
	    "{\"ok\":false,\"error\":\"a request has a command, "
	    "accounts are names, arguments are texts\",\"status\":76}\n");
	close(fd);
}

static void test_private(struct room *room, gconstpointer data)
{
	struct stat st;

	(void)data;
	g_assert_cmpint(stat(room->directory, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0700);
	g_assert_cmpint(stat(room->path, &st), ==, 0);
	g_assert_true(S_ISSOCK(st.st_mode));
	g_assert_cmpint(st.st_mode & 07777, ==, 0600);
}

/* Its mode does not hang on the umask. */
static void test_umask(struct room *room, gconstpointer data)
{
	mode_t mask = umask(0);

	control_free(room->control);
	room->control = control_new(room->loop, NULL, &events, room, NULL);
	umask(mask);
	test_private(room, data);
}

static void test_one_watcher(struct room *room, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_null(control_new(room->loop, NULL, &events, room, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	g_assert_nonnull(strstr(error->message, room->directory));
	check_served(room);
}

/* Beside the others, with a socket of its own. */
static void test_shard(struct room *room, gconstpointer data)
{
	const struct config_shard shard = {2, 3};
	g_autofree char *directory =
	    g_build_filename(room->directory, "shard-2-of-3", NULL);
	g_autofree char *whole = g_steal_pointer(&room->path);
	g_autoptr(GError) error = NULL;
	struct control *control =
	    control_new(room->loop, &shard, &events, room, &error);

	(void)data;
	g_assert_no_error(error);
	room->path = g_build_filename(directory, CONTROL_SOCKET, NULL);
	check_served(room);
	g_assert_null(control_new(room->loop, &shard, &events, room, NULL));
	control_free(control);
	g_assert_cmpint(g_rmdir(directory), ==, 0);
	g_free(room->path);
	room->path = g_steal_pointer(&whole);
	check_served(room);
}

/* What has its name and cannot be removed. */
static void test_in_the_way(struct room *room, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	control_free(room->control);
	g_assert_cmpint(g_mkdir(room->path, 0700), ==, 0);
	room->control = control_new(room->loop, NULL, &events, room, &error);
	g_assert_null(room->control);
	g_assert_nonnull(error);
	g_assert_cmpint(g_rmdir(room->path), ==, 0);
}

/* Who does not read its reply keeps nobody waiting, and gets all of it when
 * it does, even if it has no more to say. */
static void test_slow_reader(struct room *room, gconstpointer data)
{
	int fd = client_open(room);
	g_autofree char *line = NULL;

	(void)data;
	client_say(fd, "{\"command\": \"large\"}\n");
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < 3; i++)
		check_served(room);
	line = client_hear(fd);
	g_assert_cmpuint(strlen(line), >, LARGE);
	g_assert_true(g_str_has_prefix(line, "{\"ok\":true,\"text\":\"x"));
	g_assert_true(g_str_has_suffix(line, "x\"}\n"));
	check_reply(fd, "");
	close(fd);
}

static size_t client_drain(int fd)
{
	char bytes[65536];
	size_t sum = 0;
	ssize_t size;

	while ((size = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		sum += (size_t)size;
	return sum;
}

/* Megabytes may take longer than a request may, if only some of it is read in
 * that time. */
static void test_slow_but_steady(struct room *room, gconstpointer data)
{
	int fd = client_open(room);
	size_t sum = 0;

	(void)data;
	client_say(fd, "{\"command\": \"large\"}\n");
	for (int i = 0; i < 3; i++) {
		pass(CONTROL_CLIENT_TIME - 1);
		sum += client_drain(fd);
	}
	g_assert_cmpuint(sum, >, 0);
	g_assert_cmpuint(sum, <, LARGE);
	g_autofree char *rest = client_hear(fd);
	g_assert_cmpuint(sum + strlen(rest), >, LARGE);
	g_assert_true(g_str_has_suffix(rest, "x\"}\n"));
	close(fd);
}

static void test_too_slow(struct room *room, gconstpointer data)
{
	int fd = client_open(room), mute = client_open(room);

	(void)data;
	client_say(fd, "{\"command\": \"large\"}\n");
	pass(0);
	pass(CONTROL_CLIENT_TIME);
	client_drain(fd);
	check_reply(fd, "");
	check_reply(mute, "");
	close(fd);
	close(mute);
}

static void test_hangs_up(struct room *room, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 50; i++) {
		int fd = client_open(room);

		client_say(fd, i % 2 == 0 ? "{\"command\": \"large\"}\n" : "{");
		if (i % 3 == 0)
			check_served(room);
		close(fd);
	}
	check_served(room);
}

/* Who sees the end knows that another watcher can listen. */
static void test_end(struct room *room, gconstpointer data)
{
	int fd = client_open(room);

	(void)data;
	client_say(fd, "{\"command\": \"stop\"}\n");
	check_reply(fd, "{\"ok\":true}\n");
	control_free(room->control);
	check_reply(fd, "");
	room->control = control_new(room->loop, NULL, &events, room, NULL);
	g_assert_nonnull(room->control);
	close(fd);
}

/* Without descriptors clients wait; the loop does not spin. */
static void test_no_descriptors(struct room *room, gconstpointer data)
{
	struct rlimit limit, none;
	int turns = 0, fd = client_open(room);

	(void)data;
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &limit), ==, 0);
	none = limit;
	none.rlim_cur = (rlim_t)fd + 1;
	setrlimit(RLIMIT_NOFILE, &none);
	while (turns < 10 && g_main_context_iteration(NULL, FALSE))
		turns++;
	setrlimit(RLIMIT_NOFILE, &limit);
	g_assert_cmpint(turns, <, 10);
	pass(1000);
	check_served(room);
	close(fd);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(struct room *room, gconstpointer data);
	} tests[] = {
	    {"/control/answers", test_answers},
	    {"/control/arguments", test_arguments},
	    {"/control/private", test_private},
	    {"/control/umask", test_umask},
	    {"/control/one-watcher", test_one_watcher},
	    {"/control/shard", test_shard},
	    {"/control/in-the-way", test_in_the_way},
	    {"/control/slow-reader", test_slow_reader},
	    {"/control/slow-but-steady", test_slow_but_steady},
	    {"/control/too-slow", test_too_slow},
	    {"/control/hangs-up", test_hangs_up},
	    {"/control/end", test_end},
	    {"/control/no-descriptors", test_no_descriptors},
	};

	(void)argc;
	unit_init(argv[0]);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct room, NULL, room_open,
		    tests[i].test, room_close);
	return g_test_run();
}
