/*
 * The state directory: where it is, whose it is, and who watches.
 */
#include "store/state.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char *base, *path, *lock; /* base/idlebell/lock */
};

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->base = g_dir_make_tmp("state-XXXXXX", NULL);
	place->path = g_build_filename(place->base, "idlebell", NULL);
	place->lock = g_build_filename(place->path, "lock", NULL);
	g_setenv("XDG_STATE_HOME", place->base, TRUE);
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	g_unlink(place->lock);
	g_rmdir(place->path);
	g_assert_cmpint(g_rmdir(place->base), ==, 0);
	g_free(place->base);
	g_free(place->path);
	g_free(place->lock);
}

static struct state *state_must_open(void)
{
	g_autoptr(GError) error = NULL;
	struct state *state = state_open(NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(state);
	return state;
}

static void check_refused(int code, const char *path, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *expected = g_strdup_printf("%s: %s", path, text);

	g_assert_null(state_open(NULL, &error));
	g_assert_error(error, G_FILE_ERROR, code);
	g_assert_cmpstr(error->message, ==, expected);
}

static void test_private(struct place *place, gconstpointer data)
{
	struct state *state;
	struct stat st, mine;
	mode_t old = umask(0);

	(void)data;
	state = state_must_open();
	umask(old);
	g_assert_cmpint(g_stat(place->path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0700);
	g_assert_cmpint(fstat(state_directory(state), &mine), ==, 0);
	g_assert_cmpuint(mine.st_ino, ==, st.st_ino);
	g_assert_cmpint(g_stat(place->lock, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0600);
	g_assert_true(fcntl(state_directory(state), F_GETFD) & FD_CLOEXEC);
	state_free(state);
	state_free(NULL);
}

static void test_lock(struct place *place, gconstpointer data)
{
	struct state *state = state_must_open();
	g_autofree char *text = g_strdup_printf(
	    "another idlebell is watching (process %d)", (int)getpid());

	(void)data;
	/* flock() is of the open file: a second open is like a second
	 * process. Being refused does not change the answer. */
	check_refused(G_FILE_ERROR_AGAIN, place->lock, text);
	check_refused(G_FILE_ERROR_AGAIN, place->lock, text);
	state_free(state);
	state_free(state_must_open());
}

static void test_lock_unsigned(struct place *place, gconstpointer data)
{
	static const char *const texts[] = {
	    "", "-1\n", "0\n", "x", "99999999999999999999\n", "1 2\n"};
	struct state *state = state_must_open();

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		int fd = open(place->lock, O_WRONLY | O_TRUNC | O_CLOEXEC);

		g_assert_cmpint(write(fd, texts[i], strlen(texts[i])), ==,
		    strlen(texts[i]));
		close(fd);
		check_refused(G_FILE_ERROR_AGAIN, place->lock,
		    "another idlebell is watching");
	}
	state_free(state);
}

/* A disk that is full takes no process id, and the lock needs none. */
static void test_lock_full(struct place *place, gconstpointer data)
{
	struct rlimit old, none;
	struct state *state;

	(void)data;
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &old), ==, 0);
	none = old;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &none), ==, 0);
	state = state_open(NULL, NULL);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
	g_assert_nonnull(state);
	check_refused(
	    G_FILE_ERROR_AGAIN, place->lock, "another idlebell is watching");
	state_free(state);
}

/* The lock is gone with its owner, however that died, and a program that it
 * started does not keep it. */
static void test_lock_killed(struct place *place, gconstpointer data)
{
	int fds[2];
	char octet;
	pid_t pid;

	(void)place;
	(void)data;
	g_assert_cmpint(pipe(fds), ==, 0);
	pid = fork();
	if (pid == 0) {
		bool ok = state_open(NULL, NULL) != NULL;

		if (write(fds[1], ok ? "+" : "-", 1) == 1)
			execlp("sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	g_assert_cmpint(read(fds[0], &octet, 1), ==, 1);
	g_assert_cmpint(octet, ==, '+');
	close(fds[1]);
	/* The pipe is not CLOEXEC: sleep holds it too. Wait for the exec. */
	for (;;) {
		struct state *state = state_open(NULL, NULL);

		if (state) {
			g_assert_cmpint(kill(pid, 0), ==, 0);
			state_free(state);
			break;
		}
		g_thread_yield();
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fds[0]);
}

static void test_writable_by_others(struct place *place, gconstpointer data)
{
	static const int modes[] = {0720, 0702, 0777};

	(void)data;
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_assert_cmpint(g_chmod(place->path, (mode_t)modes[i]), ==, 0);
		check_refused(G_FILE_ERROR_PERM, place->path,
		    "other users can write to it; chmod 700 it");
	}
	g_chmod(place->path, 0755);
	state_free(state_must_open());
}

static void test_of_another(struct place *place, gconstpointer data)
{
	(void)data;
	if (geteuid() != 0) {
		g_test_skip("only root can give a directory away");
		return;
	}
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
	g_assert_cmpint(chown(place->path, 12345, 12345), ==, 0);
	check_refused(G_FILE_ERROR_PERM, place->path,
	    "belongs to another user; set XDG_STATE_HOME to a directory of "
	    "yours");
}

static void test_lock_is_link(struct place *place, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
	g_assert_cmpint(symlink("/etc/passwd", place->lock), ==, 0);
	check_refused(G_FILE_ERROR_LOOP, place->lock,
	    "Too many levels of symbolic links");
}

/* Its text is not ours to overwrite. */
static void test_lock_has_two_names(struct place *place, gconstpointer data)
{
	g_autofree char *other = g_strconcat(place->lock, ".other", NULL);
	g_autofree char *text = NULL;

	(void)data;
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
	g_assert_true(g_file_set_contents(other, "precious", -1, NULL));
	g_assert_cmpint(link(other, place->lock), ==, 0);
	check_refused(G_FILE_ERROR_PERM, place->lock,
	    "is not the lock of an idlebell: remove it");
	g_assert_true(g_file_get_contents(other, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "precious");
	g_unlink(other);
}

/* The descriptor that others have leads to the new one, which is locked. */
static void test_removed(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct state *state = state_must_open();
	int directory = state_directory(state);
	struct stat st, mine;

	(void)data;
	g_assert_true(state_keep(state, &error));
	g_unlink(place->lock);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_assert_true(state_keep(state, &error));
	g_assert_no_error(error);
	g_assert_cmpint(state_directory(state), ==, directory);
	g_assert_cmpint(g_stat(place->path, &st), ==, 0);
	g_assert_cmpint(fstat(directory, &mine), ==, 0);
	g_assert_true(st.st_ino == mine.st_ino);
	g_assert_null(state_open(NULL, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	g_clear_error(&error);
	g_unlink(place->lock);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_assert_true(g_file_set_contents(place->path, "x", 1, NULL));
	g_assert_false(state_keep(state, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
	g_unlink(place->path);
	state_free(state);
}

/* ---- shards ---- */

static struct state *shard_open(unsigned number, unsigned count)
{
	const struct config_shard shard = {number, count};
	g_autoptr(GError) error = NULL;
	struct state *state = state_open(&shard, &error);

	g_assert_true((state != NULL) == (error == NULL));
	if (state == NULL)
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	return state;
}

static void remove_locks(const struct place *place)
{
	static const char *const names[] = {"lock-1-of-2", "lock-2-of-2",
	    "lock-1-of-3", "lock-2-of-3", "lock-3-of-3"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path =
		    g_build_filename(place->path, names[i], NULL);

		g_unlink(path);
	}
}

/* Those of one count side by side, each once, and nobody for all. */
static void test_shards(struct place *place, gconstpointer data)
{
	struct state *one = shard_open(1, 2), *other = shard_open(2, 2);

	(void)data;
	g_assert_nonnull(one);
	g_assert_nonnull(other);
	g_assert_null(shard_open(1, 2));
	g_assert_null(shard_open(2, 2));
	g_assert_null(state_open(NULL, NULL));
	state_free(one);
	g_assert_null(state_open(NULL, NULL));
	one = shard_open(1, 2);
	g_assert_nonnull(one);
	state_free(one);
	state_free(other);
	one = state_must_open();
	g_assert_null(shard_open(1, 2));
	state_free(one);
	remove_locks(place);
}

/* Shards of two counts might watch the same account. */
static void test_shards_recounted(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const struct config_shard third = {3, 3};
	struct state *old = shard_open(2, 2), *new;
	g_autofree char *lock =
	    g_build_filename(place->path, "lock-2-of-2", NULL);

	(void)data;
	g_assert_null(state_open(&third, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	g_assert_nonnull(strstr(error->message, lock));
	/* Being refused, it holds nothing that would keep others out. */
	new = shard_open(1, 2);
	g_assert_nonnull(new);
	state_free(new);
	state_free(old);
	new = state_open(&third, NULL);
	g_assert_nonnull(new);
	g_assert_null(shard_open(1, 2));
	state_free(new);
	remove_locks(place);
}

static void test_shard_removed(struct place *place, gconstpointer data)
{
	struct state *one = shard_open(1, 2), *other;

	(void)data;
	remove_locks(place);
	g_unlink(place->lock);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_assert_true(state_keep(one, NULL));
	g_assert_null(shard_open(1, 2));
	g_assert_null(state_open(NULL, NULL));
	other = shard_open(2, 2);
	g_assert_nonnull(other);
	state_free(other);
	state_free(one);
	state_free(state_must_open());
	remove_locks(place);
}

static void test_is_file(struct place *place, gconstpointer data)
{
	(void)data;
	g_assert_true(g_file_set_contents(place->path, "x", 1, NULL));
	check_refused(G_FILE_ERROR_NOTDIR, place->path, "Not a directory");
	g_unlink(place->path);
}

/* Unset or relative: below the home directory. */
static void test_home(struct place *place, gconstpointer data)
{
	static const char *const values[] = {NULL, "", "relative"};
	g_autofree char *path = g_build_filename(
	    g_get_home_dir(), ".local", "state", "idlebell", NULL);
	g_autofree char *clear =
	    g_strconcat("rm -r ", g_get_home_dir(), "/.local", NULL);

	(void)place;
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_unsetenv("XDG_STATE_HOME");
		if (values[i])
			g_setenv("XDG_STATE_HOME", values[i], TRUE);
		g_assert_false(g_file_test(path, G_FILE_TEST_IS_DIR));
		state_free(state_must_open());
		g_assert_true(g_file_test(path, G_FILE_TEST_IS_DIR));
		g_assert_true(
		    g_spawn_command_line_sync(clear, NULL, NULL, NULL, NULL));
	}
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/state/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	g_autofree char *home = g_dir_make_tmp("state-home-XXXXXX", NULL);
	int result;

	(void)argc;
	g_setenv("HOME", home, TRUE);
	unit_init(argv[0]);
	ADD("private", test_private);
	ADD("shards", test_shards);
	ADD("shards-recounted", test_shards_recounted);
	ADD("shard-removed", test_shard_removed);
	ADD("lock", test_lock);
	ADD("lock-unsigned", test_lock_unsigned);
	ADD("lock-full", test_lock_full);
	ADD("lock-killed", test_lock_killed);
	ADD("writable-by-others", test_writable_by_others);
	ADD("of-another", test_of_another);
	ADD("lock-is-link", test_lock_is_link);
	ADD("lock-has-two-names", test_lock_has_two_names);
	ADD("removed", test_removed);
	ADD("is-file", test_is_file);
	ADD("home", test_home);
	result = g_test_run();
	g_rmdir(home);
	return result;
}
