/*
 * Partial downloads: what is resumed, what is not, and what is swept up.
 */
#include "store/partial.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct storage_key key = {
    .host = "imap.example.org",
    .user = "jane",
    .mailbox = "INBOX",
    .uidvalidity = 7,
    .uid = 42,
};

static char *base, *directory;

static struct partial *open_it(const struct storage_key *wanted, uint64_t size)
{
	GError *error = NULL;
	struct partial *partial = partial_open(wanted, size, &error);

	g_assert_no_error(error);
	return partial;
}

static void put(struct partial *partial, const char *text)
{
	GError *error = NULL;

	partial_write(
	    partial, partial_offset(partial), text, strlen(text), &error);
	g_assert_no_error(error);
}

static unsigned count(void)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	unsigned n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	g_dir_close(dir);
	return n;
}

static void drop(struct partial *partial)
{
	partial_remove(partial);
	partial_free(partial);
}

static void test_resume(void)
{
	struct partial *partial = open_it(&key, 700);
	char text[16] = "";
	struct stat st;

	g_assert_cmpuint(partial_offset(partial), ==, 0);
	put(partial, "abc");
	put(partial, "def");
	partial_free(partial);
	g_assert_cmpint(stat(directory, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0700);

	partial = open_it(&key, 700);
	g_assert_cmpuint(partial_offset(partial), ==, 6);
	put(partial, "g");
	g_assert_cmpint(pread(partial_fd(partial), text, 15, 0), ==, 7);
	g_assert_cmpstr(text, ==, "abcdefg");
	drop(partial);
	g_assert_cmpuint(count(), ==, 0);
}

/* A piece that does not fit behind what is there is not written. */
static void test_gap(void)
{
	struct partial *partial = open_it(&key, 700);
	g_autoptr(GError) error = NULL;

	g_assert_false(partial_write(partial, 1, "x", 1, &error));
	g_assert_nonnull(error);
	g_assert_cmpuint(partial_offset(partial), ==, 0);
	drop(partial);
}

/* Another UID, UIDVALIDITY, mailbox, or only the text: another message. */
static void test_others(void)
{
	struct storage_key others[] = {key, key, key, key, key, key};

	others[1].uid = 4;
	others[2].uidvalidity = 8;
	others[3].mailbox = "inbox";
	others[4].text = true;
	others[5].user = "joe";
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		struct partial *partial = open_it(&others[i], 700);

		g_assert_cmpuint(partial_offset(partial), ==, 0);
		put(partial, "x");
		partial_free(partial);
	}
	g_assert_cmpuint(count(), ==, G_N_ELEMENTS(others));
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		drop(open_it(&others[i], 700));
}

/* The server says another size: it is another message all the same. */
static void test_size(void)
{
	struct partial *partial = open_it(&key, 700);

	put(partial, "x");
	partial_free(partial);
	partial = open_it(&key, 701);
	g_assert_cmpuint(partial_offset(partial), ==, 0);
	g_assert_cmpuint(count(), ==, 1);
	drop(partial);
}

static void test_lock(void)
{
	struct partial *partial = open_it(&key, 700);
	g_autoptr(GError) error = NULL;

	g_assert_null(partial_open(&key, 700, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	g_assert_nonnull(strstr(error->message, "another process"));
	drop(partial);
}

static void make_old(const char *path, int days)
{
	time_t then = time(NULL) - (time_t)days * 24 * 3600;
	const struct timespec times[2] = {{.tv_sec = then}, {.tv_sec = then}};

	g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void test_sweep(void)
{
	struct storage_key other = key, third = key;
	struct partial *partial;
	const char *name;
	GDir *dir;

	other.uid = 43;
	third.uid = 44;
	partial_free(open_it(&other, 9));
	dir = g_dir_open(directory, 0, NULL);
	name = g_dir_read_name(dir);
	g_autofree char *path = g_build_filename(directory, name, NULL);
	g_dir_close(dir);
	make_old(path, 6);
	partial = open_it(&key, 700);
	g_assert_cmpuint(count(), ==, 2);
	drop(partial);
	/* Old, but somebody is at it. */
	make_old(path, 8);
	partial = open_it(&other, 9);
	partial_free(open_it(&third, 700));
	g_assert_cmpuint(count(), ==, 2);
	partial_free(partial);
	make_old(path, 8);
	drop(open_it(&third, 700));
	g_assert_cmpuint(count(), ==, 0);
}

static void test_full(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(partial_open(&key, (uint64_t)1 << 62, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	g_assert_nonnull(strstr(error->message, "no space for"));
	g_assert_cmpuint(count(), ==, 0);
}

/* What was written in part counts. */
static void test_short_write(void)
{
	struct partial *partial = open_it(&key, 700);
	struct rlimit before, limit;
	g_autoptr(GError) error = NULL;

	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	limit = before;
	limit.rlim_cur = 4;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	g_assert_false(partial_write(partial, 0, "abcdef", 6, &error));
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	g_assert_nonnull(error);
	g_assert_cmpuint(partial_offset(partial), ==, 4);
	drop(partial);
}

static void test_link(void)
{
	struct partial *partial = open_it(&key, 700);
	g_autoptr(GError) error = NULL;
	GDir *dir;

	partial_free(partial);
	dir = g_dir_open(directory, 0, NULL);
	g_autofree char *path =
	    g_build_filename(directory, g_dir_read_name(dir), NULL);
	g_dir_close(dir);
	g_unlink(path);
	g_assert_cmpint(symlink("/etc/passwd", path), ==, 0);
	g_assert_null(partial_open(&key, 700, &error));
	g_assert_nonnull(error);
	g_unlink(path);
}

int main(int argc, char **argv)
{
	int status;

	(void)argc;
	unit_init(argv[0]);
	base = g_dir_make_tmp("partial-XXXXXX", NULL);
	directory = g_build_filename(base, "idlebell", "partial", NULL);
	g_setenv("XDG_STATE_HOME", base, TRUE);
	g_test_add_func("/partial/resume", test_resume);
	g_test_add_func("/partial/gap", test_gap);
	g_test_add_func("/partial/others", test_others);
	g_test_add_func("/partial/size", test_size);
	g_test_add_func("/partial/lock", test_lock);
	g_test_add_func("/partial/sweep", test_sweep);
	g_test_add_func("/partial/full", test_full);
	g_test_add_func("/partial/short-write", test_short_write);
	g_test_add_func("/partial/link", test_link);
	status = g_test_run();
	g_rmdir(directory);
	g_autofree char *above = g_path_get_dirname(directory);
	g_rmdir(above);
	g_rmdir(base);
	g_free(directory);
	g_free(base);
	return status;
}
