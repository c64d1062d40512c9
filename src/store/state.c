/*
 * The state directory and the lock that makes a watcher the only one.
 *
 * The lock file stays when the lock is released: removing it would let two
 * watchers hold locks on two files of one name.
 */
#include "config.h"

#include "os/file.h"
#include "store/state.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME "lock"

struct state {
	int directory, lock;
};

/* The XDG specification has relative paths ignored. */
char *state_path(void)
{
	const char *base = g_getenv("XDG_STATE_HOME");

	if (base && g_path_is_absolute(base))
		return g_build_filename(base, "idlebell", NULL);
	return g_build_filename(
	    g_get_home_dir(), ".local", "state", "idlebell", NULL);
}

static bool state_fail(
    const char *path, int code, const char *reason, GError **error)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
	    "%s: %s", path, reason);
	return false;
}

/* Who can write here can make us forget mail, or announce it again. */
static bool state_check(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return state_fail(path, errno, g_strerror(errno), error);
	if (st.st_uid != geteuid())
		return state_fail(path, EPERM,
		    "belongs to another user; set XDG_STATE_HOME to a "
		    "directory of yours",
		    error);
	if (st.st_mode & 022)
		return state_fail(path, EPERM,
		    "other users can write to it; chmod 700 it", error);
	return true;
}

/* The process id in the lock file; 0 when there is none to be read. */
static pid_t lock_owner(int directory)
{
	g_autofree char *text = file_read(directory, LOCK_NAME, 32, NULL, NULL);
	guint64 pid;

	if (!text ||
	    !g_ascii_string_to_unsigned(
		g_strchomp(text), 10, 1, G_MAXINT, &pid, NULL))
		return 0;
	return (pid_t)pid;
}

static bool lock_fail(
    const struct state *state, const char *path, GError **error)
{
	int code = errno;
	pid_t owner;
	g_autofree char *reason = NULL;

	if (code != EWOULDBLOCK)
		return state_fail(path, code, g_strerror(code), error);
	owner = lock_owner(state->directory);
	if (owner > 0)
		reason = g_strdup_printf(
		    "another idlebell is watching (process %d)", (int)owner);
	return state_fail(path, EAGAIN,
	    reason ? reason : "another idlebell is watching", error);
}

/* A file with another name besides is not ours to overwrite. */
static bool lock_check(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return state_fail(path, errno, g_strerror(errno), error);
	if (S_ISREG(st.st_mode) && st.st_nlink <= 1 && st.st_uid == geteuid())
		return true;
	return state_fail(
	    path, EPERM, "is not the lock of an idlebell: remove it", error);
}

/* It helps people only: a disk that is full keeps nobody from watching. */
static void lock_sign(int fd, const char *path)
{
	g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());

	if (ftruncate(fd, 0) == 0)
		file_write_all(fd, text, strlen(text), path, NULL);
}

static bool lock_take(
    const struct state *state, const char *path, GError **error)
{
	return flock(state->lock, LOCK_EX | LOCK_NB) == 0 ||
	    lock_fail(state, path, error);
}

static bool state_lock(
    struct state *state, const char *directory, GError **error)
{
	g_autofree char *path = g_build_filename(directory, LOCK_NAME, NULL);

	state->lock = openat(state->directory, LOCK_NAME,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (state->lock < 0)
		return state_fail(path, errno, g_strerror(errno), error);
	if (!lock_check(state->lock, path, error) ||
	    !lock_take(state, path, error)) {
		/* The owner's text is not ours to clear. */
		close(state->lock);
		state->lock = -1;
		return false;
	}
	lock_sign(state->lock, path);
	return true;
}

struct state *state_open(GError **error)
{
	g_autofree char *path = state_path();
	struct state *state = g_new(struct state, 1);

	state->lock = -1;
	state->directory = file_open_directory(path, error);
	if (state->directory >= 0 &&
	    state_check(state->directory, path, error) &&
	    state_lock(state, path, error))
		return state;
	state_free(state);
	return NULL;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	if (state->lock >= 0) {
		/* A process id that is gone would only mislead. */
		if (ftruncate(state->lock, 0) < 0)
			errno = 0;
		close(state->lock);
	}
	if (state->directory >= 0)
		close(state->directory);
	g_free(state);
}

int state_directory(const struct state *state)
{
	return state->directory;
}

static bool state_is_removed(const struct state *state)
{
	struct stat st;

	return fstat(state->directory, &st) == 0 && st.st_nlink == 0;
}

/* Behind the descriptors that others have.  The lock lives on in the copy. */
static bool state_replace(struct state *state, struct state *fresh)
{
	bool done = dup3(fresh->directory, state->directory, O_CLOEXEC) >= 0 &&
	    dup3(fresh->lock, state->lock, O_CLOEXEC) >= 0;

	close(fresh->directory);
	close(fresh->lock);
	g_free(fresh);
	return done;
}

bool state_keep(struct state *state, GError **error)
{
	struct state *fresh;

	if (!state_is_removed(state))
		return true;
	fresh = state_open(error);
	if (!fresh)
		return false;
	if (state_replace(state, fresh))
		return true;
	g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	    g_strerror(errno));
	return false;
}
