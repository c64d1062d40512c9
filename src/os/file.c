/*
 * Private and durable files, as os/file.h promises them.
 *
 * Everything is done relative to a directory descriptor, so that a directory
 * renamed meanwhile does not split one operation between two places.  What
 * the files hold is their owners' business.
 */

#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Octets that are left free, at most. */
#define ROOM_LEFT_MAX ((uint64_t)32 << 20)

char *file_path(int dirfd, const char *name)
{
	g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", dirfd);
	g_autofree char *directory = g_file_read_link(link, NULL);

	if (!directory)
		return g_strdup(name);
	return g_build_filename(directory, name, NULL);
}

G_DEFINE_QUARK(idlebell - file - error, file_error)

GFileError file_error_code(int number)
{
	static const struct {
		int number;
		GFileError code;
	} rows[] = {
	    {EDQUOT, G_FILE_ERROR_NOSPC},
	    {ESTALE, G_FILE_ERROR_IO},
	    {EREMOTEIO, G_FILE_ERROR_IO},
	    {ENOTCONN, G_FILE_ERROR_IO},
	    {EHOSTDOWN, G_FILE_ERROR_IO},
	    {ETIMEDOUT, G_FILE_ERROR_IO},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].number == number)
			return rows[i].code;
	return g_file_error_from_errno(number);
}

bool file_error_may_pass(GFileError code)
{
	static const GFileError codes[] = {
	    G_FILE_ERROR_NOSPC,
	    G_FILE_ERROR_IO,
	    G_FILE_ERROR_ROFS,
	    G_FILE_ERROR_NXIO,
	    G_FILE_ERROR_NODEV,
	    G_FILE_ERROR_MFILE,
	    G_FILE_ERROR_NFILE,
	    G_FILE_ERROR_NOMEM,
	    G_FILE_ERROR_AGAIN,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* A disk of which df shows much that is free. */
const char *file_reason(int number)
{
	return number == EDQUOT
	    ? "Disk quota exceeded: remove some of your files on that disk, or "
	      "have your quota raised"
	    : g_strerror(number);
}

static bool file_fail_text(int dirfd, const char *name, GQuark domain, int code,
    const char *text, GError **error)
{
	g_autofree char *path = file_path(dirfd, name);

	g_set_error(error, domain, code, "%s: %s", path, text);
	return false;
}

static bool file_fail(int dirfd, const char *name, GError **error)
{
	int number = errno;

	return file_fail_text(dirfd, name, G_FILE_ERROR,
	    (int)file_error_code(number), file_reason(number), error);
}

static bool file_fail_unfit(
    int dirfd, const char *name, const char *text, GError **error)
{
	return file_fail_text(
	    dirfd, name, FILE_ERROR, FILE_ERROR_UNFIT, text, error);
}

char *file_expand(const char *path)
{
	if (!g_str_has_prefix(path, "~/"))
		return g_strdup(path);
	return g_strconcat(g_get_home_dir(), path + 1, NULL);
}

/* Where the symbolic link behind fd points to; NULL when somebody else, who
 * is not root, made it. */
static char *link_target(int fd)
{
	struct stat st;
	char target[PATH_MAX];
	ssize_t size;

	if (fstat(fd, &st) < 0)
		return NULL;
	errno = S_ISLNK(st.st_mode) ? EACCES : ENOTDIR;
	if (!S_ISLNK(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0))
		return NULL;
	size = readlinkat(fd, "", target, sizeof target);
	if (size < 0 || (size_t)size == sizeof target)
		return NULL;
	return g_strndup(target, (size_t)size);
}

/* Reads the link that it has looked at, so that a race gains nothing. */
static int open_behind_link(const char *path, int flags)
{
	g_autofree char *above = g_path_get_dirname(path), *target = NULL;
	int link = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int parent, fd, code;

	if (link < 0)
		return -1;
	target = link_target(link);
	code = errno;
	close(link);
	errno = code;
	if (!target)
		return -1;
	parent = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return -1;
	fd = openat(parent, target, flags);
	code = errno;
	close(parent);
	errno = code;
	return fd;
}

static int open_directory(const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(path, flags | O_NOFOLLOW);

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return open_behind_link(path, flags);
	return fd;
}

int file_open_directory(const char *path, GError **error)
{
	int fd = open_directory(path);

	if (fd < 0 && errno == ENOENT && g_mkdir_with_parents(path, 0700) == 0)
		fd = open_directory(path);
	if (fd < 0)
		file_fail(-1, path, error);
	return fd;
}

/* A small part of the disk, as what fills it up hurts everybody. */
static uint64_t room_to_leave(const struct statvfs *st)
{
	return MIN(ROOM_LEFT_MAX, (uint64_t)st->f_blocks * st->f_frsize / 50);
}

/* What cannot be measured is tried. */
bool file_has_room(int fd, uint64_t size, const char *path, GError **error)
{
	g_autofree char *want = NULL, *free = NULL;
	struct statvfs st;
	uint64_t room;

	if (fstatvfs(fd, &st) < 0 || st.f_blocks == 0)
		return true;
	room = (uint64_t)st.f_bavail * st.f_frsize;
	if (room >= size && room - size >= room_to_leave(&st))
		return true;
	want = size > 0 ? g_format_size(size) : g_strdup("it");
	free = g_format_size(room);
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
	    "%s: no space for %s: %s are free on this disk, of which some are "
	    "left for others",
	    path, want, free);
	return false;
}

/* Not all file systems have files without a name, or can reserve room. */
static int try_room(int dirfd, uint64_t size)
{
	int fd = openat(dirfd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	int code = 0;

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		return faccessat(dirfd, ".", W_OK | X_OK, AT_EACCESS) < 0
		    ? errno
		    : 0;
	if (fd < 0)
		return errno;
	if (size > 0 && fallocate(fd, 0, 0, (off_t)size) < 0 &&
	    (errno == ENOSPC || errno == EDQUOT))
		code = errno;
	close(fd);
	return code;
}

bool file_can_take(int dirfd, uint64_t size, const char *path, GError **error)
{
	int code;

	if (!file_has_room(dirfd, size, path, error))
		return false;
	code = try_room(dirfd, size);
	if (code == 0)
		return true;
	g_set_error(error, G_FILE_ERROR, (int)file_error_code(code), "%s: %s",
	    path, file_reason(code));
	return false;
}

bool file_write_all(
    int fd, const char *data, size_t size, const char *name, GError **error)
{
	errno = EBADF;
	if (fd < 0)
		return file_fail(-1, name, error);
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return file_fail(-1, name, error);
		data += n;
		size -= (size_t)n;
	}
	return true;
}

/* Some file systems have nothing to synchronise in a directory. */
static bool file_sync_directory(int dirfd)
{
	return fsync(dirfd) == 0 || errno == EINVAL;
}

/* A leftover of a crash is dropped first: the fixed name keeps kills from
 * littering the directory. */
static int file_create(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return -1;
	return openat(dirfd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool file_fill(int dirfd, const char *name, const char *data,
    size_t size, bool durably, GError **error)
{
	g_autofree char *path = NULL;
	int fd = file_create(dirfd, name);
	bool ok;

	if (fd < 0)
		return file_fail(dirfd, name, error);
	path = file_path(dirfd, name);
	ok = file_write_all(fd, data, size, path, error);
	if (ok && durably && fsync(fd) < 0)
		ok = file_fail(dirfd, name, error);
	if (close(fd) < 0 && ok)
		ok = file_fail(dirfd, name, error);
	return ok;
}

static bool file_swap(int dirfd, const char *name, const char *data,
    size_t size, bool durably, GError **error)
{
	g_autofree char *draft = g_strdup_printf(".%s.new", name);

	if (!file_fill(dirfd, draft, data, size, durably, error)) {
		unlinkat(dirfd, draft, 0);
		return false;
	}
	if (renameat(dirfd, draft, dirfd, name) < 0) {
		file_fail(dirfd, name, error);
		unlinkat(dirfd, draft, 0);
		return false;
	}
	if (durably && !file_sync_directory(dirfd))
		return file_fail(dirfd, name, error);
	return true;
}

bool file_replace(
    int dirfd, const char *name, const char *data, size_t size, GError **error)
{
	return file_swap(dirfd, name, data, size, true, error);
}

bool file_replace_loosely(
    int dirfd, const char *name, const char *data, size_t size, GError **error)
{
	return file_swap(dirfd, name, data, size, false, error);
}

/* Not to be kept waiting by a FIFO, nor surprised by a device. */
static int file_open_regular(
    int dirfd, const char *name, int mode, size_t *ret_size, GError **error)
{
	struct stat st;
	int fd = openat(
	    dirfd, name, mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		if (errno == ELOOP)
			file_fail_unfit(dirfd, name,
			    "is a symbolic link, which is not followed", error);
		else
			file_fail(dirfd, name, error);
		return -1;
	}
	if (fstat(fd, &st) < 0)
		file_fail(dirfd, name, error);
	else if (!S_ISREG(st.st_mode))
		file_fail_unfit(dirfd, name, "is not a regular file", error);
	else {
		*ret_size = (size_t)st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

bool file_append(
    int dirfd, const char *name, const char *data, size_t size, GError **error)
{
	size_t old;
	int fd =
	    file_open_regular(dirfd, name, O_WRONLY | O_APPEND, &old, error);
	ssize_t written;
	bool ok;

	if (fd < 0)
		return false;
	written = write(fd, data, size);
	/* A disk takes less than all when it becomes full. */
	if (written >= 0 && (size_t)written < size)
		errno = ENOSPC;
	ok = written == (ssize_t)size || file_fail(dirfd, name, error);
	if (close(fd) < 0 && ok)
		ok = file_fail(dirfd, name, error);
	return ok;
}

/* Up to size octets; fewer when the file ends. */
static ssize_t file_read_all(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

char *file_read(
    int dirfd, const char *name, size_t max, size_t *ret_size, GError **error)
{
	g_autofree char *data = NULL;
	size_t expected = 0;
	ssize_t size;
	int fd = file_open_regular(dirfd, name, O_RDONLY, &expected, error);

	if (fd < 0)
		return NULL;
	/* One octet more than there should be shows a file that grew. */
	expected = MIN(expected, max) + 1;
	data = g_malloc(expected + 1);
	size = file_read_all(fd, data, expected);
	if (size < 0)
		file_fail(dirfd, name, error);
	close(fd);
	if (size < 0)
		return NULL;
	if ((size_t)size > max) {
		file_fail_unfit(dirfd, name, "is too large", error);
		return NULL;
	}
	if ((size_t)size == expected) {
		file_fail_text(dirfd, name, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
		    "changed while read", error);
		return NULL;
	}
	data[size] = '\0';
	if (ret_size)
		*ret_size = (size_t)size;
	return g_steal_pointer(&data);
}
