/*
 * What the state is after a crash, or an error, at each system call of a
 * write: the old one or the new one.
 *
 * os/file.c is included with its system calls led through step().
 */
#include "store/marks.h"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int step_count; /* calls made */
static int step_kill;  /* dies before that call; 0: never */
static int step_fail;  /* that call fails with step_errno; 0: none */
static int step_errno;
static bool step_stay;   /* and so do all that write after it */
static size_t step_max;  /* octets that a write takes; 0: all */
static char *step_names; /* of the calls, if wanted */

static bool step(const char *name)
{
	step_count++;
	if (step_names) {
		char *names = g_strconcat(step_names, name, " ", NULL);

		g_free(step_names);
		step_names = names;
	}
	if (step_count == step_kill)
		raise(SIGKILL);
	if (step_count != step_fail)
		return true;
	if (step_stay)
		step_fail++;
	errno = step_errno;
	return false;
}

static ssize_t step_write(int fd, const void *data, size_t size)
{
	if (step_max > 0)
		size = MIN(size, step_max);
	return step("write") ? write(fd, data, size) : -1;
}

#define STEP(name, ...) (step(#name) ? name(__VA_ARGS__) : -1)
#define openat(...)     STEP(openat, __VA_ARGS__)
#define unlinkat(...)   STEP(unlinkat, __VA_ARGS__)
#define renameat(...)   STEP(renameat, __VA_ARGS__)
#define fsync(...)      STEP(fsync, __VA_ARGS__)
#define write(...)      step_write(__VA_ARGS__)
#include "os/file.c"
#undef openat
#undef unlinkat
#undef renameat
#undef fsync
#undef write

static void step_reset(void)
{
	step_count = step_kill = step_fail = step_errno = 0;
	step_max = 0;
	step_stay = false;
	g_clear_pointer(&step_names, g_free);
}

static struct marks *must_open(struct place *place)
{
	g_autoptr(GError) error = NULL;
	char *damage = NULL;
	struct marks *marks = marks_open(place->state, "work", &damage, &error);

	g_assert_no_error(error);
	g_assert_null(damage);
	g_assert_nonnull(marks);
	return marks;
}

static bool set(struct marks *marks, uint32_t uid, GError **error)
{
	struct mark mark = {.uidvalidity = 1, .uid = uid};
	bool ok;

	mark_take(&mark, uid + 2);
	ok = marks_set(marks, "INBOX", &mark, error);
	mark_clear(&mark);
	return ok;
}

/* The mark that is on disk. */
static uint32_t on_disk(struct place *place)
{
	struct marks *marks = must_open(place);
	struct mark mark = {0};
	uint32_t uid;

	g_assert_true(marks_get(marks, "INBOX", &mark));
	uid = mark.uid;
	g_assert_true(mark_is_taken(&mark, uid + 2));
	g_assert_false(mark_is_taken(&mark, uid + 1));
	mark_clear(&mark);
	marks_free(marks);
	return uid;
}

static void begin(struct place *place)
{
	struct marks *marks = must_open(place);

	g_assert_true(set(marks, 1, NULL));
	marks_free(marks);
}

/* The new file is whole on disk before it gets the name, and the name is
 * before anybody hears of it: so power may fail as well. */
static void test_order(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place);

	(void)data;
	step_reset();
	step_names = g_strdup("");
	g_assert_true(set(marks, 1, NULL));
	g_assert_cmpstr(
	    step_names, ==, "unlinkat openat write fsync renameat fsync ");
	step_reset();
	marks_free(marks);
}

/* Whether it died. */
static bool die_at(struct place *place, int number)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct marks *marks = must_open(place);

		step_reset();
		step_kill = number;
		step_max = 7;
		_exit(set(marks, 2, NULL) ? 0 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	if (WIFSIGNALED(status))
		return true;
	g_assert_cmpint(status, ==, 0);
	return false;
}

static void test_killed(struct place *place, gconstpointer data)
{
	uint32_t last = 1;
	int number = 1;

	(void)data;
	step_reset();
	begin(place);
	while (last == 1 && die_at(place, number++))
		last = on_disk(place);
	g_assert_cmpuint(last, ==, 2);
	/* Renamed, and killed before the last call.  It writes seven octets at
	 * a time. */
	g_assert_cmpint(number, >, 20);
}

static void fail_at(struct place *place, int number, int code)
{
	g_autoptr(GError) error = NULL;
	struct marks *marks = must_open(place);
	struct mark mark = {0};
	bool ok;

	step_reset();
	step_fail = number;
	step_errno = code;
	step_max = 50;
	ok = set(marks, 2, &error);
	step_reset();
	g_assert_cmpint(ok, ==, error == NULL);
	if (!ok)
		g_assert_nonnull(strstr(error->message, g_strerror(code)));
	g_assert_cmpuint(on_disk(place), >=, ok ? 2 : 1);
	/* Memory has it, and the next write brings it to the disk. */
	g_assert_true(marks_get(marks, "INBOX", &mark));
	g_assert_cmpuint(mark.uid, ==, 2);
	mark_clear(&mark);
	g_assert_true(set(marks, 2, NULL));
	g_assert_cmpuint(on_disk(place), ==, 2);
	g_assert_true(set(marks, 1, NULL));
	g_assert_false(place_has(place, ".work.marks.new"));
	marks_free(marks);
}

static void test_errors(struct place *place, gconstpointer data)
{
	static const int codes[] = {
	    EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE, ENOMEM};

	(void)data;
	step_reset();
	begin(place);
	for (int number = 1; number <= 8; number++)
		for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
			fail_at(place, number, codes[i]);
}

/* A disk that is full, and stays so for a while. */
static void test_disk_full(struct place *place, gconstpointer data)
{
	struct marks *marks;

	(void)data;
	step_reset();
	begin(place);
	marks = must_open(place);
	step_reset();
	step_fail = 4;
	step_errno = ENOSPC;
	step_stay = true;
	step_max = 10;
	for (uint32_t uid = 2; uid < 50; uid++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(set(marks, uid, &error));
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	}
	step_reset();
	g_assert_cmpuint(on_disk(place), ==, 1);
	g_assert_true(set(marks, 49, NULL));
	g_assert_cmpuint(on_disk(place), ==, 49);
	marks_free(marks);
}

static void test_interrupted(struct place *place, gconstpointer data)
{
	struct marks *marks;

	(void)data;
	step_reset();
	begin(place);
	marks = must_open(place);
	step_reset();
	step_fail = 3;
	step_errno = EINTR;
	g_assert_true(set(marks, 2, NULL));
	step_reset();
	g_assert_cmpuint(on_disk(place), ==, 2);
	marks_free(marks);
}

/* Somebody removes the directory below us. */
static void test_directory_gone(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct marks *marks;
	struct mark mark = {0};
	char *damage = NULL;

	(void)data;
	step_reset();
	begin(place);
	marks = must_open(place);
	unlinkat(place->fd, "work.marks", 0);
	unlinkat(place->fd, "lock", 0);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	g_assert_false(set(marks, 2, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	g_assert_true(marks_get(marks, "INBOX", &mark));
	g_assert_cmpuint(mark.uid, ==, 2);
	mark_clear(&mark);
	marks_free(marks);
	g_clear_error(&error);
	marks = marks_open(place->state, "work", &damage, &error);
	g_assert_no_error(error);
	g_assert_null(damage);
	g_assert_false(marks_get(marks, "INBOX", &mark));
	marks_free(marks);
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
}

/* Root may write everywhere, so it becomes somebody. */
static void test_directory_unwritable(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	uid_t user = geteuid();
	struct marks *marks;

	(void)data;
	step_reset();
	begin(place);
	marks = must_open(place);
	g_assert_cmpint(fchmod(place->fd, 0500), ==, 0);
	if (user == 0 && seteuid(65534) < 0)
		g_test_skip("root cannot become somebody here");
	else {
		g_assert_false(set(marks, 2, &error));
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
		g_assert_cmpint(seteuid(user), ==, 0);
		g_assert_cmpuint(on_disk(place), ==, 1);
	}
	g_assert_cmpint(fchmod(place->fd, 0700), ==, 0);
	g_assert_true(set(marks, 2, NULL));
	marks_free(marks);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	PLACE_ADD("/crash/order", test_order);
	PLACE_ADD("/crash/killed", test_killed);
	PLACE_ADD("/crash/errors", test_errors);
	PLACE_ADD("/crash/disk-full", test_disk_full);
	PLACE_ADD("/crash/interrupted", test_interrupted);
	PLACE_ADD("/crash/directory-gone", test_directory_gone);
	PLACE_ADD("/crash/directory-unwritable", test_directory_unwritable);
	return g_test_run();
}
