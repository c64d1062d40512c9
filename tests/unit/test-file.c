/*
 * Files: private, whole, and not somebody else's.
 */
#include "os/file.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char *path;
	int fd;
};

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->path = g_dir_make_tmp("file-XXXXXX", NULL);
	place->fd = open(place->path, O_DIRECTORY | O_CLOEXEC);
	g_assert_cmpint(place->fd, >=, 0);
}

/* Every test clears up by name: what is left over fails it. */
static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	close(place->fd);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_free(place->path);
}

static void check_content(
    struct place *place, const char *name, const char *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	size_t got = 0;
	g_autofree char *text =
	    file_read(place->fd, name, 1 << 20, &got, &error);

	g_assert_no_error(error);
	g_assert_cmpmem(text, got, data, size);
	g_assert_cmpint(text[got], ==, '\0');
}

static void check_message(
    struct place *place, const GError *error, const char *tail)
{
	g_assert_nonnull(error);
	/* What is said of the thing itself, not by the system. */
	g_assert_true(error->domain ==
	    (strstr(tail, ": is ") ? FILE_ERROR : G_FILE_ERROR));
	g_assert_true(g_str_has_prefix(error->message, place->path));
	g_assert_true(g_str_has_suffix(error->message, tail));
}

static void test_expand(void)
{
	static const char *const same[] = {
	    "", "~", "~other/x", "a~/b", "/x", " ~/x"};
	g_autofree char *home = file_expand("~/Mail/in");
	g_autofree char *expected =
	    g_build_filename(g_get_home_dir(), "Mail/in", NULL);

	g_assert_cmpstr(home, ==, expected);
	for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autofree char *copy = file_expand(same[i]);

		g_assert_cmpstr(copy, ==, same[i]);
	}
}

static void test_directory(struct place *place, gconstpointer data)
{
	g_autofree char *parent = g_build_filename(place->path, "a", NULL);
	g_autofree char *path = g_build_filename(parent, "b", NULL);
	g_autoptr(GError) error = NULL;
	struct stat st;

	(void)data;
	for (int i = 0; i < 2; i++) {
		int fd = file_open_directory(path, &error);

		g_assert_no_error(error);
		g_assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	}
	g_assert_cmpint(g_stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0700);
	g_assert_cmpint(g_stat(parent, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0700);
	g_rmdir(path);
	g_rmdir(parent);
}

static void test_directory_refused(struct place *place, gconstpointer data)
{
	g_autofree char *file = g_build_filename(place->path, "f", NULL);
	g_autofree char *below = g_build_filename(file, "x", NULL);
	const char *paths[] = {file, below};

	(void)data;
	g_assert_true(file_replace(place->fd, "f", "", 0, NULL));
	for (size_t i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_cmpint(file_open_directory(paths[i], &error), ==, -1);
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
		g_assert_true(g_str_has_prefix(error->message, paths[i]));
	}
	g_unlink(file);
}

/* A link of one's own is followed, somebody else's is not. */
static void test_directory_link(struct place *place, gconstpointer data)
{
	g_autofree char *path = g_build_filename(place->path, "link", NULL);
	g_autoptr(GError) error = NULL;
	int fd;

	(void)data;
	g_assert_cmpint(mkdirat(place->fd, "real", 0700), ==, 0);
	g_assert_cmpint(symlinkat("real", place->fd, "link"), ==, 0);
	fd = file_open_directory(path, &error);
	g_assert_no_error(error);
	g_assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	if (fchownat(place->fd, "link", 12345, 12345, AT_SYMLINK_NOFOLLOW) ==
	    0) {
		g_assert_cmpint(file_open_directory(path, &error), ==, -1);
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
	}
	g_unlink(path);
	unlinkat(place->fd, "real", AT_REMOVEDIR);
}

static void test_replace(struct place *place, gconstpointer data)
{
	g_autofree char *big = g_strnfill(300000, 'b');
	g_autoptr(GError) error = NULL;
	struct stat st;
	mode_t old = umask(0);

	(void)data;
	g_assert_true(file_replace(place->fd, "f", "a\0b", 3, &error));
	check_content(place, "f", "a\0b", 3);
	g_assert_true(file_replace(place->fd, "f", big, 300000, &error));
	check_content(place, "f", big, 300000);
	g_assert_true(file_replace(place->fd, "f", "", 0, &error));
	check_content(place, "f", "", 0);
	g_assert_no_error(error);
	umask(old);
	g_assert_cmpint(fstatat(place->fd, "f", &st, 0), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0600);
	unlinkat(place->fd, "f", 0);
}

/* A link planted for the draft or the file is replaced, not followed. */
static void test_replace_links(struct place *place, gconstpointer data)
{
	(void)data;
	g_assert_true(file_replace(place->fd, "victim", "safe", 4, NULL));
	g_assert_cmpint(symlinkat("victim", place->fd, ".f.new"), ==, 0);
	g_assert_cmpint(symlinkat("victim", place->fd, "f"), ==, 0);
	g_assert_true(file_replace(place->fd, "f", "new", 3, NULL));
	check_content(place, "victim", "safe", 4);
	check_content(place, "f", "new", 3);
	unlinkat(place->fd, "victim", 0);
	unlinkat(place->fd, "f", 0);
}

static void test_replace_leftover(struct place *place, gconstpointer data)
{
	(void)data;
	g_assert_true(file_replace(place->fd, ".f.new", "half", 4, NULL));
	g_assert_true(file_replace(place->fd, "f", "new", 3, NULL));
	check_content(place, "f", "new", 3);
	unlinkat(place->fd, "f", 0);
}

/* Fails in the middle of the writing: RLIMIT_FSIZE is a disk that is full. */
static void test_replace_full(struct place *place, gconstpointer data)
{
	g_autofree char *big = g_strnfill(300000, 'b');
	g_autoptr(GError) error = NULL;
	struct rlimit limit, small;

	(void)data;
	g_assert_true(file_replace(place->fd, "f", "old", 3, NULL));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 100000;
	setrlimit(RLIMIT_FSIZE, &small);
	g_assert_false(file_replace(place->fd, "f", big, 300000, &error));
	setrlimit(RLIMIT_FSIZE, &limit);
	check_message(place, error, "File too large");
	check_content(place, "f", "old", 3);
	unlinkat(place->fd, "f", 0);
}

static void test_replace_refused(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_cmpint(mkdirat(place->fd, "f", 0700), ==, 0);
	g_assert_false(file_replace(place->fd, "f", "new", 3, &error));
	check_message(place, error, "/f: Is a directory");
	unlinkat(place->fd, "f", AT_REMOVEDIR);
}

static void append(
    struct place *place, const char *name, const char *text, GError **error)
{
	bool ok = file_append(place->fd, name, text, strlen(text), error);

	g_assert_cmpint(ok, ==, *error == NULL);
}

static void test_append(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct rlimit limit, small;

	(void)data;
	g_assert_true(file_replace(place->fd, "f", "one ", 4, NULL));
	append(place, "f", "two ", &error);
	append(place, "f", "three", &error);
	g_assert_no_error(error);
	check_content(place, "f", "one two three", 13);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 15;
	setrlimit(RLIMIT_FSIZE, &small);
	append(place, "f", "four", &error);
	setrlimit(RLIMIT_FSIZE, &limit);
	check_message(place, error, "/f: No space left on device");
	check_content(place, "f", "one two threefo", 15);
	unlinkat(place->fd, "f", 0);
}

/* It makes no file, follows no link and waits for nobody. */
static void test_append_refused(struct place *place, gconstpointer data)
{
	static const struct {
		const char *name, *tail;
	} rows[] = {
	    {"none", "/none: No such file or directory"},
	    {"link", ": is a symbolic link, which is not followed"},
	    {"fifo", "/fifo: No such device or address"},
	    {"dir", "/dir: Is a directory"},
	};

	(void)data;
	g_assert_true(file_replace(place->fd, "victim", "safe", 4, NULL));
	g_assert_cmpint(symlinkat("victim", place->fd, "link"), ==, 0);
	g_assert_cmpint(mkfifoat(place->fd, "fifo", 0600), ==, 0);
	g_assert_cmpint(mkdirat(place->fd, "dir", 0700), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		append(place, rows[i].name, "x", &error);
		check_message(place, error, rows[i].tail);
	}
	check_content(place, "victim", "safe", 4);
	unlinkat(place->fd, "victim", 0);
	unlinkat(place->fd, "link", 0);
	unlinkat(place->fd, "fifo", 0);
	unlinkat(place->fd, "dir", AT_REMOVEDIR);
}

static void test_write(void)
{
	g_autoptr(GError) error = NULL;
	int fd;

	g_assert_false(file_write_all(-1, "x", 1, "the name", &error));
	g_assert_cmpstr(error->message, ==, "the name: Bad file descriptor");
	g_clear_error(&error);
	g_assert_false(file_write_all(-1, "", 0, "the name", NULL));
	fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	g_assert_true(file_write_all(fd, "", 0, "full", &error));
	g_assert_false(file_write_all(fd, "x", 1, "full", &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	close(fd);
}

static void test_read_bounds(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	size_t size = 77;

	(void)data;
	g_assert_true(file_replace(place->fd, "f", "12345", 5, NULL));
	text = file_read(place->fd, "f", 5, &size, &error);
	g_assert_cmpstr(text, ==, "12345");
	g_assert_cmpuint(size, ==, 5);
	size = 77;
	g_assert_null(file_read(place->fd, "f", 4, &size, &error));
	check_message(place, error, "/f: is too large");
	g_assert_cmpuint(size, ==, 77);
	unlinkat(place->fd, "f", 0);
}

static void test_read_refused(struct place *place, gconstpointer data)
{
	static const struct {
		const char *name, *tail;
	} rows[] = {
	    {"none", "/none: No such file or directory"},
	    {"link", "/link: is a symbolic link, which is not followed"},
	    {"fifo", "/fifo: is not a regular file"},
	    {"dir", "/dir: is not a regular file"},
	};

	(void)data;
	g_assert_cmpint(symlinkat("/etc/passwd", place->fd, "link"), ==, 0);
	g_assert_cmpint(mkfifoat(place->fd, "fifo", 0600), ==, 0);
	g_assert_cmpint(mkdirat(place->fd, "dir", 0700), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(
		    file_read(place->fd, rows[i].name, 1000, NULL, &error));
		check_message(place, error, rows[i].tail);
	}
	unlinkat(place->fd, "link", 0);
	unlinkat(place->fd, "fifo", 0);
	unlinkat(place->fd, "dir", AT_REMOVEDIR);
}

static void test_no_leak(struct place *place, gconstpointer data)
{
	int before = dup(place->fd), after;

	(void)data;
	close(before);
	for (int i = 0; i < 5; i++) {
		g_free(file_read(place->fd, "none", 10, NULL, NULL));
		g_free(file_read(place->fd, "..", 10, NULL, NULL));
		g_assert_true(file_replace(place->fd, "f", "123", 3, NULL));
		g_free(file_read(place->fd, "f", 10, NULL, NULL));
		g_free(file_read(place->fd, "f", 1, NULL, NULL));
		g_assert_true(file_append(place->fd, "f", "4", 1, NULL));
		g_assert_false(file_append(place->fd, ".", "4", 1, NULL));
	}
	after = dup(place->fd);
	close(after);
	g_assert_cmpint(before, ==, after);
	unlinkat(place->fd, "f", 0);
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/file/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/file/expand", test_expand);
	g_test_add_func("/file/write", test_write);
	ADD("directory", test_directory);
	ADD("directory-refused", test_directory_refused);
	ADD("directory-link", test_directory_link);
	ADD("replace", test_replace);
	ADD("replace-links", test_replace_links);
	ADD("replace-leftover", test_replace_leftover);
	ADD("replace-full", test_replace_full);
	ADD("replace-refused", test_replace_refused);
	ADD("append", test_append);
	ADD("append-refused", test_append_refused);
	ADD("read-bounds", test_read_bounds);
	ADD("read-refused", test_read_refused);
	ADD("no-leak", test_no_leak);
	return g_test_run();
}
