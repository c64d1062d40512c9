/*
 * Files that are private from the first moment, and durable when they say so.
 */
#ifndef IDLEBELL_OS_FILE_H
#define IDLEBELL_OS_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Errors are G_FILE_ERROR with "path: reason". */

/* As g_file_error_from_errno(), which has no code for a quota that is used up
 * (here NOSPC) or a disk over the network that is away (here IO). */
GFileError file_error_code(int number);
/* No room, no disk or no means now: the same may work later. */
bool file_error_may_pass(GFileError code);

/* As strerror(), and where that does not say what to do about it, this. */
const char *file_reason(int number);

/* dirfd/name as a path, for texts. A new string. */
char *file_path(int dirfd, const char *name);

/* "~/x" to the home directory; else a copy. */
char *file_expand(const char *path);

/* Opens a directory, made 0700 with its parents where it is missing; returns
 * a CLOEXEC descriptor or -1.  A last symbolic link is followed only if it is
 * the user's or root's own. */
int file_open_directory(const char *path, GError **error);

/* Is there room for so many octets where fd lies, so that some is left for
 * others?  False with G_FILE_ERROR_NOSPC.  Quotas do not show.  path: for the
 * text. */
bool file_has_room(int fd, uint64_t size, const char *path, GError **error);
/* The same for a file in a directory, by trying: a quota, and a directory that
 * cannot be written, are seen, too. */
bool file_can_take(int dirfd, uint64_t size, const char *path, GError **error);

/* Writes all of it; -1 descriptors and short writes are errors. */
bool file_write_all(
    int fd, const char *data, size_t size, const char *name, GError **error);

/* Replaces dirfd/name: temporary file 0600, write, fsync, rename, fsync of
 * the directory.  The old file stays whole until the new one is. */
bool file_replace(
    int dirfd, const char *name, const char *data, size_t size, GError **error);

/* The same without waiting for the disk: after a crash of the computer there
 * may be nothing, or a file that is not whole.  For what is not there yet. */
bool file_replace_loosely(
    int dirfd, const char *name, const char *data, size_t size, GError **error);

/* Adds to the end of dirfd/name, which must be there and regular, in one
 * write and without fsync.  When it fails a part may have been written. */
bool file_append(
    int dirfd, const char *name, const char *data, size_t size, GError **error);

/* Its one code: what has the name is not a regular file of the size wanted,
 * in contrast to what the system cannot read now (G_FILE_ERROR). */
#define FILE_ERROR file_error_quark()
enum {
	FILE_ERROR_UNFIT
};
GQuark file_error_quark(void);

/* Reads dirfd/name, at most max octets (else an error), without following a
 * last symbolic link.  NUL-terminated. */
char *file_read(
    int dirfd, const char *name, size_t max, size_t *ret_size, GError **error);

#endif
