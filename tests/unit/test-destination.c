/*
 * Where downloads go, and what happens when they cannot.
 */
#include "sinks/destination.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char mail[] = "Subject: a\r\n\r\nx\ry\r\n\r";
static const char local[] = "Subject: a\n\nx\ry\n\r";

struct place {
	char *base;
	int fd; /* of the message */
	struct destination destination;
	GMainLoop *loop;
	GError *error;
	bool taken;
};

static char *in(const struct place *place, const char *name)
{
	return g_build_filename(place->base, name, NULL);
}

static void place_open(struct place *place, gconstpointer data)
{
	g_autofree char *path = NULL;

	(void)data;
	place->base = g_dir_make_tmp("destination-XXXXXX", NULL);
	path = in(place, "message");
	place->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	g_assert_cmpint(write(place->fd, mail, sizeof mail - 1), ==,
	    (gssize)sizeof mail - 1);
	place->destination = (struct destination){
	    .account = "work",
	    .message = {.host = "h",
		.user = "u",
		.mailbox = "INBOX\n",
		.uidvalidity = 7,
		.uid = 42,
		.flags = ""},
	};
	place->loop = g_main_loop_new(NULL, FALSE);
}

static void place_close(struct place *place, gconstpointer data)
{
	const char *argv[] = {"rm", "-rf", "--", place->base, NULL};

	(void)data;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	g_main_loop_unref(place->loop);
	g_clear_error(&place->error);
	close(place->fd);
	g_free(place->base);
}

static void check_file(const char *path, const char *text)
{
	g_autofree char *found = NULL;

	g_assert_true(g_file_get_contents(path, &found, NULL, NULL));
	g_assert_cmpstr(found, ==, text);
}

static void test_file(struct place *place, gconstpointer data)
{
	g_autofree char *path = in(place, "out"), *file = NULL, *link = NULL;
	struct stat st;

	(void)data;
	place->destination.kind = DESTINATION_FILE;
	place->destination.path = path;
	g_file_set_contents(path, "before", -1, NULL);
	g_assert_true(destination_check(&place->destination, 10, &file, NULL));
	g_assert_true(
	    destination_store(&place->destination, place->fd, &file, NULL));
	g_assert_cmpstr(file, ==, path);
	check_file(path, local);
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	/* What a link points to, and the link stays. */
	link = in(place, "link");
	g_assert_cmpint(symlink("out", link), ==, 0);
	g_file_set_contents(path, "much more than the message is", -1, NULL);
	place->destination.path = link;
	g_clear_pointer(&file, g_free);
	g_assert_true(
	    destination_store(&place->destination, place->fd, &file, NULL));
	check_file(path, local);
	g_assert_cmpint(lstat(link, &st), ==, 0);
	g_assert_true(S_ISLNK(st.st_mode));
}

static void test_no_file(struct place *place, gconstpointer data)
{
	g_autofree char *path = in(place, "none/out"), *file = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	place->destination.kind = DESTINATION_FILE;
	place->destination.path = path;
	g_assert_false(
	    destination_check(&place->destination, 10, &file, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	g_clear_error(&error);
	g_assert_false(
	    destination_store(&place->destination, place->fd, &file, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	g_clear_error(&error);
	place->destination.path = place->base;
	g_assert_false(
	    destination_check(&place->destination, 10, &file, &error));
	g_assert_nonnull(strstr(error->message, "directory: name a file in"));
}

/* Looked at before there is anything to store. */
static void test_no_target(struct place *place, gconstpointer data)
{
	g_autofree char *link = in(place, "link"), *pipe = in(place, "pipe");
	g_autofree char *file = NULL;
	g_autoptr(GError) error = NULL;
	struct stat st;

	(void)data;
	place->destination.kind = DESTINATION_FILE;
	place->destination.path = link;
	g_assert_cmpint(symlink("none", link), ==, 0);
	g_assert_false(
	    destination_check(&place->destination, 10, &file, &error));
	g_assert_nonnull(strstr(error->message, "No such file"));
	g_clear_error(&error);
	g_assert_cmpint(g_remove(link), ==, 0);
	g_assert_cmpint(symlink("message", link), ==, 0);
	g_assert_true(destination_check(&place->destination, 10, &file, NULL));
	g_assert_cmpint(fstat(place->fd, &st), ==, 0);
	g_assert_cmpint((int)st.st_size, ==, (int)sizeof mail - 1);
	/* A pipe without a reader does not hold us up. */
	g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
	place->destination.path = pipe;
	g_assert_true(destination_check(&place->destination, 10, &file, NULL));
	g_assert_false(
	    destination_store(&place->destination, place->fd, &file, &error));
	g_assert_nonnull(strstr(error->message, "nobody reads this pipe"));
}

static void test_no_room(struct place *place, gconstpointer data)
{
	g_autofree char *path = in(place, "out"), *file = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	place->destination.kind = DESTINATION_FILE;
	place->destination.path = path;
	g_assert_false(destination_check(
	    &place->destination, (uint64_t)1 << 62, &file, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_DISK);
	g_clear_error(&error);
	/* What there is stays as it was when writing fails. */
	place->destination.path = "/dev/full";
	g_assert_false(
	    destination_store(&place->destination, place->fd, &file, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_DISK);
	g_assert_nonnull(strstr(error->message, "No space left"));
}

static void test_maildir(struct place *place, gconstpointer data)
{
	g_autofree char *path = in(place, "Mail/"), *file = NULL;
	g_autofree char *again = NULL, *text = NULL, *part = NULL;

	(void)data;
	place->destination.message.directory = path;
	g_assert_true(destination_check(&place->destination, 10, &file, NULL));
	g_assert_null(file);
	g_assert_true(
	    destination_store(&place->destination, place->fd, &file, NULL));
	check_file(file, local);
	/* It is there, and not stored again. */
	g_assert_true(destination_check(&place->destination, 10, &again, NULL));
	g_assert_cmpstr(again, ==, file);
	g_clear_pointer(&again, g_free);
	g_assert_true(
	    destination_store(&place->destination, place->fd, &again, NULL));
	g_assert_cmpstr(again, ==, file);
	/* Its text alone is another message. */
	place->destination.message.text = true;
	g_assert_true(destination_check(&place->destination, 10, &text, NULL));
	g_assert_null(text);
	g_assert_true(
	    destination_store(&place->destination, place->fd, &part, NULL));
	g_assert_cmpstr(part, !=, file);
}

static void ended(void *data, const struct process_result *result)
{
	struct place *place = data;

	place->taken =
	    destination_judge(&place->destination, result, &place->error);
	g_main_loop_quit(place->loop);
}

static void run(struct place *place, const char *script)
{
	const char *const argv[] = {
	    "sh", "-c", script, "sh", place->base, NULL};

	place->destination.kind = DESTINATION_COMMAND;
	place->destination.command = argv;
	g_clear_error(&place->error);
	g_assert_nonnull(destination_run(
	    &place->destination, place->fd, ended, place, NULL));
	g_main_loop_run(place->loop);
}

static void test_command(struct place *place, gconstpointer data)
{
	g_autofree char *path = in(place, "got");

	(void)data;
	run(place,
	    "cat >$1/got; "
	    "echo \"$IDLEBELL_ACCOUNT $IDLEBELL_MAILBOX $IDLEBELL_UIDVALIDITY "
	    "$IDLEBELL_UID\" >>$1/got");
	g_assert_true(place->taken);
	g_autofree char *wanted = g_strconcat(local, "work INBOX 7 42\n", NULL);
	check_file(path, wanted);
	/* It need not read it. */
	run(place, "exit 0");
	g_assert_true(place->taken);
}

static void test_refused(struct place *place, gconstpointer data)
{
	(void)data;
	run(place, "exit 75");
	g_assert_false(place->taken);
	g_assert_error(place->error, SINK_ERROR, SINK_ERROR_DISK);
	run(place, "exit 67");
	g_assert_error(place->error, SINK_ERROR, SINK_ERROR_HOOK);
	g_assert_nonnull(strstr(place->error->message, "67"));
	run(place, "kill -9 $$");
	g_assert_error(place->error, SINK_ERROR, SINK_ERROR_HOOK);
}

static void test_no_command(struct place *place, gconstpointer data)
{
	const char *const argv[] = {"/nonexistent", NULL};
	g_autofree char *file = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	place->destination.kind = DESTINATION_COMMAND;
	place->destination.command = argv;
	g_assert_null(destination_run(
	    &place->destination, place->fd, ended, place, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_HOOK);
	g_clear_error(&error);
	g_assert_false(
	    destination_check(&place->destination, 10, &file, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_HOOK);
}

static void add(const char *path, void (*fn)(struct place *, gconstpointer))
{
	g_test_add(path, struct place, NULL, place_open, fn, place_close);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	add("/destination/file", test_file);
	add("/destination/no-file", test_no_file);
	add("/destination/no-target", test_no_target);
	add("/destination/no-room", test_no_room);
	add("/destination/maildir", test_maildir);
	add("/destination/command", test_command);
	add("/destination/refused", test_refused);
	add("/destination/no-command", test_no_command);
	return g_test_run();
}
