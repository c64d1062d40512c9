/*
 * The state directory and the lock that makes a watcher the only one.
 *
 * The lock file stays when the lock is released: removing it would let two
 * watchers hold locks on two files of one name.
 */

#include "store/state.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME    "lock"
#define SHARD_PREFIX "lock-"

enum {
	TURN_PAUSE = 2, /* ms */
	TURN_TRIES = 1000,
};

struct state {
	struct config_shard shard;
	int directory;
	int lock;   /* ours alone */
	int common; /* shared with other shards, or -1 */
	GQueue seen;
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
	g_set_error(error, G_FILE_ERROR, (int)file_error_code(code), "%s: %s",
	    path, reason);
	return false;
}

/* Who can write here can make us forget mail, or announce it again. */
static bool state_check(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return state_fail(path, errno, file_reason(errno), error);
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

/* The process id in a lock file; 0 when there is none to be read. */
static pid_t lock_owner(int directory, const char *name)
{
	g_autofree char *text = file_read(directory, name, 32, NULL, NULL);
	guint64 pid;

	if (!text ||
	    !g_ascii_string_to_unsigned(
		g_strchomp(text), 10, 1, G_MAXINT, &pid, NULL))
		return 0;
	return (pid_t)pid;
}

static bool lock_fail(
    int directory, const char *name, const char *path, GError **error)
{
	int code = errno;
	pid_t owner;
	g_autofree char *reason = NULL;

	if (code != EWOULDBLOCK)
		return state_fail(path, code, file_reason(code), error);
	owner = lock_owner(directory, name);
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
		return state_fail(path, errno, file_reason(errno), error);
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

/* A descriptor, or -1. */
static int lock_make(const struct state *state, const char *name,
    const char *path, GError **error)
{
	int fd = openat(state->directory, name,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0) {
		state_fail(path, errno, file_reason(errno), error);
		return -1;
	}
	if (lock_check(fd, path, error))
		return fd;
	close(fd);
	return -1;
}

/* A descriptor, or -1.  operation: of flock(2). */
static int lock_open(const struct state *state, const char *directory,
    const char *name, int operation, GError **error)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	int fd = lock_make(state, name, path, error);

	if (fd < 0 || flock(fd, operation | LOCK_NB) == 0)
		return fd;
	lock_fail(state->directory, name, path, error);
	/* The owner's text is not ours to clear. */
	close(fd);
	return -1;
}

static bool state_lock_all(
    struct state *state, const char *path, GError **error)
{
	state->lock = lock_open(state, path, LOCK_NAME, LOCK_EX, error);
	if (state->lock >= 0)
		lock_sign(state->lock, path);
	return state->lock >= 0;
}

/* ---- shards ---- */

static bool is_held(int directory, const char *name)
{
	int fd = openat(
	    directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool held =
	    fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return held;
}

/* Is it the lock of a shard of another count? */
static bool is_foreign(const struct config_shard *shard, const char *name)
{
	struct config_shard other;
	g_autofree char *reason = NULL;

	return g_str_has_prefix(name, SHARD_PREFIX) &&
	    config_shard_parse(name + strlen(SHARD_PREFIX), &other, &reason) &&
	    other.count != shard->count;
}

/* Whoever takes its own lock first and looks at the others' then is seen by
 * one of two that start together, at least. */
static bool check_others(
    const struct state *state, const char *path, GError **error)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, error);
	const char *name;

	if (directory == NULL)
		return false;
	while ((name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *lock = NULL;

		if (!is_foreign(&state->shard, name) ||
		    !is_held(state->directory, name))
			continue;
		lock = g_build_filename(path, name, NULL);
		return state_fail(lock, EAGAIN,
		    "an idlebell is watching by another number of shards: "
		    "stop it first",
		    error);
	}
	return true;
}

static bool state_lock_shard(
    struct state *state, const char *path, GError **error)
{
	g_autofree char *shard = config_shard_name(&state->shard);
	g_autofree char *name = g_strconcat(SHARD_PREFIX, shard, NULL);

	state->common = lock_open(state, path, LOCK_NAME, LOCK_SH, error);
	if (state->common < 0)
		return false;
	state->lock = lock_open(state, path, name, LOCK_EX, error);
	if (state->lock < 0)
		return false;
	lock_sign(state->lock, path);
	return check_others(state, path, error);
}

/* ---- opening ---- */

struct state *state_open(const struct config_shard *shard, GError **error)
{
	g_autofree char *path = state_path();
	struct state *state = g_new0(struct state, 1);

	if (shard != NULL)
		state->shard = *shard;
	state->lock = state->common = -1;
	state->directory = file_open_directory(path, error);
	if (state->directory >= 0 &&
	    state_check(state->directory, path, error) &&
	    (state->shard.count > 0 ? state_lock_shard(state, path, error)
				    : state_lock_all(state, path, error)))
		return state;
	state_free(state);
	return NULL;
}

struct state *state_peek(void)
{
	g_autofree char *path = state_path();
	struct state *state = g_new0(struct state, 1);

	state->lock = state->common = -1;
	state->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->directory >= 0 && state_check(state->directory, path, NULL))
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
	if (state->common >= 0)
		close(state->common);
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
	    dup3(fresh->lock, state->lock, O_CLOEXEC) >= 0 &&
	    (fresh->common < 0 ||
		dup3(fresh->common, state->common, O_CLOEXEC) >= 0);

	close(fresh->directory);
	close(fresh->lock);
	if (fresh->common >= 0)
		close(fresh->common);
	g_free(fresh);
	return done;
}

bool state_keep(struct state *state, GError **error)
{
	struct state *fresh;

	if (!state_is_removed(state))
		return true;
	fresh = state_open(&state->shard, error);
	if (!fresh)
		return false;
	if (state_replace(state, fresh))
		return true;
	g_set_error_literal(error, G_FILE_ERROR, (int)file_error_code(errno),
	    file_reason(errno));
	return false;
}

/* ---- turns ---- */

/* flock(2) waits for ever, or not at all. */
static bool wait_for_turn(int fd)
{
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK || i == TURN_TRIES)
			return false;
		poll(NULL, 0, TURN_PAUSE);
	}
	return true;
}

int state_turn(struct state *state, const char *name, GError **error)
{
	g_autofree char *path = NULL;
	int fd;

	if (!state_keep(state, error))
		return -1;
	path = file_path(state->directory, name);
	fd = lock_make(state, name, path, error);
	if (fd < 0 || wait_for_turn(fd))
		return fd;
	state_fail(path, errno,
	    errno == EWOULDBLOCK ? "another idlebell is writing"
				 : file_reason(errno),
	    error);
	close(fd);
	return -1;
}

/* ---- who watches ---- */

static char *describe_shard(const char *name)
{
	struct config_shard shard;
	g_autofree char *reason = NULL, *text = NULL;

	if (!g_str_has_prefix(name, SHARD_PREFIX) ||
	    !config_shard_parse(name + strlen(SHARD_PREFIX), &shard, &reason))
		return NULL;
	text = config_shard_print(&shard);
	return g_strdup_printf("shard %s", text);
}

/* NULL: it is no lock, or nobody's.  Who cannot write cannot sign. */
static char *describe_watcher(int directory, const char *name)
{
	g_autofree char *shard = describe_shard(name);
	pid_t owner;

	if ((shard == NULL && strcmp(name, LOCK_NAME) != 0) ||
	    !is_held(directory, name))
		return NULL;
	owner = lock_owner(directory, name);
	if (owner == 0)
		return g_strdup(shard != NULL ? shard : "a process");
	if (shard == NULL)
		return g_strdup_printf("process %d", (int)owner);
	return g_strdup_printf("%s (process %d)", shard, (int)owner);
}

char **state_watchers(void)
{
	g_autofree char *path = state_path();
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	GPtrArray *watchers = g_ptr_array_new();
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *name;

	while (directory != NULL && fd >= 0 &&
	    (name = g_dir_read_name(directory)) != NULL) {
		char *watcher = describe_watcher(fd, name);

		if (watcher != NULL)
			g_ptr_array_add(watchers, watcher);
	}
	if (fd >= 0)
		close(fd);
	g_ptr_array_add(watchers, NULL);
	return (char **)g_ptr_array_free(watchers, FALSE);
}

GQueue *state_seen(struct state *state)
{
	return &state->seen;
}
