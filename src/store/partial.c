/*
 * Partial downloads: one file each, flock()ed as long as somebody adds to it.
 */

#include "store/partial.h"
#include "os/file.h"
#include "store/state.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEEP_TIME ((time_t)7 * 24 * 60 * 60) /* s */

struct partial {
	int directory, fd;
	char *name, *path;
	uint64_t offset;
};

static bool fail(const struct partial *partial, int code, GError **error)
{
	g_set_error(error, G_FILE_ERROR, (int)file_error_code(code), "%s: %s",
	    partial->path,
	    code == EWOULDBLOCK ? "another process is downloading this message"
				: file_reason(code));
	return false;
}

/* ---- those that are left behind ---- */

static bool is_old(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > KEEP_TIME;
}

/* "HASH.V1U5.S700" is the same message as "HASH.V1U5.S800". */
static bool is_other_size(const struct partial *partial, const char *name)
{
	const char *size = strrchr(partial->name, '.');

	return strncmp(name, partial->name,
		   (size_t)(size - partial->name) + 1) == 0 &&
	    strcmp(name, partial->name) != 0;
}

static void drop_unless_used(int directory, const char *name)
{
	int fd = openat(
	    directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(directory, name, 0);
	close(fd);
}

static void tidy(const struct partial *partial)
{
	int fd =
	    openat(partial->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, partial->name) != 0 &&
		    (is_other_size(partial, entry->d_name) ||
			is_old(partial->directory, entry->d_name)))
			drop_unless_used(partial->directory, entry->d_name);
	closedir(dir);
}

/* ---- one ---- */

static bool open_directory(struct partial *partial, GError **error)
{
	g_autofree char *state = state_path();
	g_autofree char *path = g_build_filename(state, "partial", NULL);

	partial->path = g_build_filename(path, partial->name, NULL);
	partial->directory = file_open_directory(path, error);
	return partial->directory >= 0;
}

static bool is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() &&
	    st->st_nlink == 1;
}

static bool open_file(struct partial *partial, GError **error)
{
	struct stat st;

	partial->fd = openat(partial->directory, partial->name,
	    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0600);
	if (partial->fd < 0 || flock(partial->fd, LOCK_EX | LOCK_NB) < 0 ||
	    fstat(partial->fd, &st) < 0)
		return fail(partial, errno, error);
	if (!is_ours(&st))
		return fail(partial, EPERM, error);
	partial->offset = (uint64_t)st.st_size;
	return true;
}

static bool has_room(
    const struct partial *partial, uint64_t size, GError **error)
{
	uint64_t rest = size > partial->offset ? size - partial->offset : 0;

	return file_can_take(partial->directory, rest, partial->path, error);
}

struct partial *partial_open(
    const struct storage_key *key, uint64_t size, GError **error)
{
	struct partial *partial = g_new0(struct partial, 1);
	g_autofree char *name = storage_name(key);

	partial->directory = partial->fd = -1;
	partial->name = g_strdup_printf("%s.S%" G_GUINT64_FORMAT, name, size);
	if (open_directory(partial, error) && open_file(partial, error)) {
		tidy(partial);
		if (has_room(partial, size, error))
			return partial;
		if (partial->offset == 0)
			partial_remove(partial);
	}
	partial_free(partial);
	return NULL;
}

uint64_t partial_offset(const struct partial *partial)
{
	return partial->offset;
}

int partial_fd(const struct partial *partial)
{
	return partial->fd;
}

/* What was written in part counts, or the rest would come twice. */
static void measure(struct partial *partial)
{
	struct stat st;

	if (fstat(partial->fd, &st) == 0)
		partial->offset = (uint64_t)st.st_size;
}

bool partial_write(struct partial *partial, uint64_t offset, const char *bytes,
    size_t size, GError **error)
{
	bool ok;

	if (offset != partial->offset)
		return fail(partial, EILSEQ, error);
	if (!file_has_room(partial->fd, size, partial->path, error))
		return false;
	ok = file_write_all(partial->fd, bytes, size, partial->path, error);
	measure(partial);
	return ok;
}

void partial_remove(struct partial *partial)
{
	unlinkat(partial->directory, partial->name, 0);
}

void partial_free(struct partial *partial)
{
	if (partial == NULL)
		return;
	if (partial->fd >= 0)
		close(partial->fd);
	if (partial->directory >= 0)
		close(partial->directory);
	g_free(partial->name);
	g_free(partial->path);
	g_free(partial);
}
