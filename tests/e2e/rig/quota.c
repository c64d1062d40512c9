/*
 * A quota that is used up, for a program that loads this (LD_PRELOAD): calls
 * that would need room below $QUOTA_PLACE fail while the file $QUOTA_FLAG is
 * there; it names the calls, and the error's number.  Where the program
 * only removes, reads, or writes elsewhere, nothing is different.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

typedef int open_fn(const char *, int, ...);
typedef int openat_fn(int, const char *, int, ...);

static int real_open(const char *path)
{
	static openat_fn *next;

	if (next == NULL)
		next = NEXT(openat_fn *, "openat");
	return next(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}

static int real_close(int fd)
{
	static int (*next)(int);

	if (next == NULL)
		next = NEXT(int (*)(int), "close");
	return next(fd);
}

/* The number of the error, or 0. */
static int error_of(const char *call)
{
	const char *flag = getenv("QUOTA_FLAG");
	char text[256], name[32];
	int fd, number = 0;
	ssize_t size;

	if (flag == NULL)
		return 0;
	fd = real_open(flag);
	if (fd < 0)
		return 0;
	size = read(fd, text, sizeof(text) - 1);
	real_close(fd);
	text[size > 0 ? size : 0] = '\0';
	snprintf(name, sizeof(name), " %s ", call);
	if (strstr(text, name) != NULL)
		number = (int)strtol(text, NULL, 10);
	return number;
}

static int is_below(const char *path)
{
	const char *place = getenv("QUOTA_PLACE");

	return place != NULL && strncmp(path, place, strlen(place)) == 0;
}

/* -1 and errno, or 0. */
static int fail_below(const char *call, const char *path)
{
	int before = errno, number = is_below(path) ? error_of(call) : 0;

	errno = number != 0 ? number : before;
	return number != 0 ? -1 : 0;
}

static int fail_at(const char *call, int fd, const char *name)
{
	char link[64], path[2 * PATH_MAX];
	int before = errno;
	ssize_t size = 0;

	if (fd == AT_FDCWD)
		return fail_below(call, name);
	if (name == NULL || name[0] != '/') {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		size = readlink(link, path, PATH_MAX);
	}
	errno = before;
	if (size < 0)
		return 0;
	snprintf(path + size, sizeof(path) - (size_t)size, "%s%s",
	    size > 0 && name != NULL ? "/" : "", name != NULL ? name : "");
	return fail_below(call, path);
}

ssize_t write(int fd, const void *data, size_t size)
{
	static ssize_t (*next)(int, const void *, size_t);

	if (next == NULL)
		next = NEXT(ssize_t(*)(int, const void *, size_t), "write");
	return fail_at("write", fd, NULL) < 0 ? -1 : next(fd, data, size);
}

int fsync(int fd)
{
	static int (*next)(int);

	if (next == NULL)
		next = NEXT(int (*)(int), "fsync");
	return fail_at("fsync", fd, NULL) < 0 ? -1 : next(fd);
}

/* As NFS has it: what was written may be lost. */
int close(int fd)
{
	int failed = fail_at("close", fd, NULL);
	int number = errno;

	if (real_close(fd) < 0 || failed == 0)
		return failed;
	errno = number;
	return -1;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t size)
{
	static int (*next)(int, int, off64_t, off64_t);

	if (next == NULL)
		next = NEXT(int (*)(int, int, off64_t, off64_t), "fallocate64");
	return fail_at("fallocate", fd, NULL) < 0
	    ? -1
	    : next(fd, mode, offset, size);
}

int fallocate(int fd, int mode, off_t offset, off_t size)
{
	return fallocate64(fd, mode, offset, size);
}

int renameat(int from_fd, const char *from, int fd, const char *name)
{
	static int (*next)(int, const char *, int, const char *);

	if (next == NULL)
		next = NEXT(
		    int (*)(int, const char *, int, const char *), "renameat");
	return fail_at("rename", fd, name) < 0 ? -1
					       : next(from_fd, from, fd, name);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int mkdirat(int fd, const char *name, mode_t mode)
{
	static int (*next)(int, const char *, mode_t);

	if (next == NULL)
		next = NEXT(int (*)(int, const char *, mode_t), "mkdirat");
	return fail_at("mkdir", fd, name) < 0 ? -1 : next(fd, name, mode);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

static int open_with(int fd, const char *name, int flags, mode_t mode)
{
	static openat_fn *next;

	if (next == NULL)
		next = NEXT(openat_fn *, "openat64");
	if (((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) &&
	    fail_at("open", fd, name) < 0)
		return -1;
	return next(fd, name, flags, mode);
}

static mode_t mode_of(int flags, va_list arguments)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t)
						    : 0;
}

int openat64(int fd, const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	return open_with(fd, name, flags, mode);
}

int openat(int fd, const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	return open_with(fd, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	return open_with(AT_FDCWD, name, flags, mode);
}

int open(const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	return open_with(AT_FDCWD, name, flags, mode);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
