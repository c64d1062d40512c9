/*
 * Four ways to hand over a message.
 */

#include "sinks/destination.h"
#include "message/storage.h"
#include "message/text.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	BLOCK_SIZE = 64 * 1024,
	COMMAND_TIMEOUT = 10 * 60 * 1000, /* ms */
};

static bool fail_errno(const char *path, int code, GError **error)
{
	g_set_error(error, SINK_ERROR,
	    file_error_may_pass(file_error_code(code)) ? SINK_ERROR_DISK
						       : SINK_ERROR_MAILDIR,
	    "%s: %s", path, file_reason(code));
	return false;
}

static bool fail(const char *path, const char *reason, GError **error)
{
	g_set_error(
	    error, SINK_ERROR, SINK_ERROR_MAILDIR, "%s: %s", path, reason);
	return false;
}

static bool fail_as(GError *cause, GError **error)
{
	g_set_error_literal(error, SINK_ERROR,
	    file_error_may_pass((GFileError)cause->code) ? SINK_ERROR_DISK
							 : SINK_ERROR_MAILDIR,
	    cause->message);
	g_error_free(cause);
	return false;
}

/* ---- reading ---- */

typedef bool block_fn(
    void *data, const char *bytes, size_t size, GError **error);

static bool each_block(int fd, block_fn *fn, void *data, GError **error)
{
	g_autofree char *block = g_malloc(BLOCK_SIZE);
	off_t offset = 0;

	for (;;) {
		ssize_t n = pread(fd, block, BLOCK_SIZE, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("the download", errno, error);
		if (n == 0)
			return true;
		if (!fn(data, block, (size_t)n, error))
			return false;
		offset += n;
	}
}

/* ---- a file, standard output ---- */

struct writer {
	int fd;
	const char *path;
	bool cr;
};

static bool write_block(
    void *data, const char *bytes, size_t size, GError **error)
{
	struct writer *writer = data;
	g_autoptr(GString) text = storage_convert(&writer->cr, bytes, size);
	GError *cause = NULL;

	return file_write_all(
		   writer->fd, text->str, text->len, writer->path, &cause) ||
	    fail_as(cause, error);
}

static bool copy(int from, int to, const char *path, GError **error)
{
	struct writer writer = {.fd = to, .path = path};
	GError *cause = NULL;

	if (!each_block(from, write_block, &writer, error))
		return false;
	return !writer.cr || file_write_all(to, "\r", 1, path, &cause) ||
	    fail_as(cause, error);
}

/* A pipe that nobody reads would hold us up for ever. */
static int open_directly(const char *path)
{
	int fd =
	    open(path, O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_SETFL, 0) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Devices and pipes, and what a symbolic link points to. */
static bool store_directly(const char *path, int from, GError **error)
{
	int fd = open_directly(path);
	bool ok;

	if (fd < 0 && errno == ENXIO)
		return fail(path,
		    "nobody reads this pipe: begin to read it first", error);
	if (fd < 0)
		return fail_errno(path, errno, error);
	ok = copy(from, fd, path, error);
	if (close(fd) < 0 && ok)
		return fail_errno(path, errno, error);
	return ok;
}

static bool finish(int fd, const char *temporary, const char *path, bool copied,
    GError **error)
{
	bool ok = copied;

	if (ok && fsync(fd) < 0)
		ok = fail_errno(path, errno, error);
	if (close(fd) < 0 && ok)
		ok = fail_errno(path, errno, error);
	if (ok && rename(temporary, path) < 0)
		ok = fail_errno(path, errno, error);
	if (!ok)
		unlink(temporary);
	return ok;
}

/* Through a file beside it: what is there stays whole until then. */
static bool store_file(const char *path, int from, GError **error)
{
	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	struct stat st;
	int fd;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return store_directly(path, from, error);
	fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(path, errno, error);
	return finish(fd, temporary, path, copy(from, fd, path, error), error);
}

/* ---- a Maildir ---- */

struct filling {
	struct maildir_file *file;
	uint64_t offset;
};

static bool fill_block(
    void *data, const char *bytes, size_t size, GError **error)
{
	struct filling *filling = data;
	bool ok =
	    maildir_write(filling->file, filling->offset, bytes, size, error);

	filling->offset += size;
	return ok;
}

static bool store_maildir(const struct maildir_message *message, int from,
    char **ret_file, GError **error)
{
	GError *cause = NULL;
	struct filling filling = {
	    .file = maildir_open(message, ret_file, &cause)};
	bool ok;

	if (filling.file == NULL) {
		if (cause != NULL)
			g_propagate_error(error, cause);
		return cause == NULL;
	}
	ok = each_block(from, fill_block, &filling, error);
	if (ok)
		*ret_file = maildir_commit(filling.file, error);
	maildir_free(filling.file);
	return ok && *ret_file != NULL;
}

bool destination_store(const struct destination *destination, int fd,
    char **ret_file, GError **error)
{
	*ret_file = NULL;
	if (destination->kind == DESTINATION_MAILDIR)
		return store_maildir(
		    &destination->message, fd, ret_file, error);
	if (destination->kind == DESTINATION_STDOUT)
		return copy(fd, STDOUT_FILENO, "standard output", error);
	if (!store_file(destination->path, fd, error))
		return false;
	*ret_file = g_strdup(destination->path);
	return true;
}

/* ---- room ---- */

static bool check_room(const char *path, uint64_t size, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	GError *cause = NULL;
	bool ok;

	if (fd < 0)
		return fail_errno(path, errno, error);
	ok = file_can_take(fd, size, path, &cause);
	close(fd);
	return ok || fail_as(cause, error);
}

/* A file that will be written to as it is, behind a symbolic link. */
static bool check_target(const char *path, uint64_t size, GError **error)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	GError *cause = NULL;
	bool ok;

	if (fd < 0)
		return fail_errno(path, errno, error);
	ok = file_has_room(fd, size, path, &cause);
	close(fd);
	return ok || fail_as(cause, error);
}

/* To open a pipe is to be seen by who reads it. */
static bool check_file(const char *path, uint64_t size, GError **error)
{
	g_autofree char *above = g_path_get_dirname(path);
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? check_room(above, size, error)
				       : fail_errno(path, errno, error);
	if (S_ISREG(st.st_mode))
		return check_room(above, size, error);
	if (stat(path, &st) < 0)
		return fail_errno(path, errno, error);
	if (S_ISDIR(st.st_mode))
		return fail(path, "is a directory: name a file in it", error);
	if (S_ISREG(st.st_mode))
		return check_target(path, size, error);
	return access(path, W_OK) == 0 || fail_errno(path, errno, error);
}

static bool check_maildir(const struct maildir_message *message, uint64_t size,
    char **ret_file, GError **error)
{
	g_autofree char *path = file_expand(message->directory);
	GError *cause = NULL;
	struct maildir_file *file = maildir_open(message, ret_file, &cause);

	if (cause != NULL) {
		g_propagate_error(error, cause);
		return false;
	}
	maildir_free(file);
	return *ret_file != NULL || check_room(path, size, error);
}

/* It reads a copy that lies among temporary files. */
static bool check_command(const char *name, uint64_t size, GError **error)
{
	g_autofree char *program = g_find_program_in_path(name);

	if (program != NULL)
		return check_room(g_get_tmp_dir(), size, error);
	g_set_error(error, SINK_ERROR, SINK_ERROR_HOOK,
	    "%s: there is no such command", name);
	return false;
}

bool destination_check(const struct destination *destination, uint64_t size,
    char **ret_file, GError **error)
{
	*ret_file = NULL;
	if (destination->kind == DESTINATION_MAILDIR)
		return check_maildir(
		    &destination->message, size, ret_file, error);
	if (destination->kind == DESTINATION_FILE)
		return check_file(destination->path, size, error);
	if (destination->kind == DESTINATION_COMMAND)
		return check_command(destination->command[0], size, error);
	return true;
}

/* ---- a command ---- */

/* An unlinked file, as a pipe would have to be fed. */
static int open_converted(int from, GError **error)
{
	const char *directory = g_get_tmp_dir();
	g_autofree char *path =
	    g_build_filename(directory, "idlebell.XXXXXX", NULL);
	int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		fail_errno(directory, errno, error);
		return -1;
	}
	unlink(path);
	if (copy(from, fd, directory, error) && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

static char **set_number(char **environment, const char *name, uint32_t number)
{
	g_autofree char *text = g_strdup_printf("%u", number);

	return g_environ_setenv(environment, name, text, true);
}

static char **make_environment(const struct destination *destination)
{
	const struct maildir_message *message = &destination->message;
	g_autofree char *mailbox = text_clean(message->mailbox, -1, 1024);
	char **environment = g_get_environ();

	environment = g_environ_setenv(
	    environment, "IDLEBELL_ACCOUNT", destination->account, true);
	environment =
	    g_environ_setenv(environment, "IDLEBELL_MAILBOX", mailbox, true);
	environment = set_number(
	    environment, "IDLEBELL_UIDVALIDITY", message->uidvalidity);
	return set_number(environment, "IDLEBELL_UID", message->uid);
}

struct process *destination_run(const struct destination *destination, int fd,
    process_fn *fn, void *data, GError **error)
{
	g_auto(GStrv) environment = make_environment(destination);
	GError *cause = NULL;
	struct process_options options = {
	    .argv = destination->command,
	    .envp = (const char *const *)environment,
	    .input_is_file = true,
	    .input_fd = open_converted(fd, error),
	    .timeout = COMMAND_TIMEOUT,
	};
	struct process *process;

	if (options.input_fd < 0)
		return NULL;
	process = process_start(&options, fn, data, &cause);
	close(options.input_fd);
	if (process == NULL) {
		g_set_error_literal(
		    error, SINK_ERROR, SINK_ERROR_HOOK, cause->message);
		g_error_free(cause);
	}
	return process;
}

static bool wants_another_try(const struct process_result *result)
{
	return result->status != PROCESS_LOST && WIFEXITED(result->status) &&
	    WEXITSTATUS(result->status) == EX_TEMPFAIL;
}

bool destination_judge(const struct destination *destination,
    const struct process_result *result, GError **error)
{
	g_autofree char *what = process_describe(result);

	if (what == NULL)
		return true;
	if (wants_another_try(result))
		g_set_error(error, SINK_ERROR, SINK_ERROR_DISK,
		    "%s does not take it now (exit status 75)",
		    destination->command[0]);
	else
		g_set_error(error, SINK_ERROR, SINK_ERROR_HOOK,
		    "%s does not take it: %s", destination->command[0], what);
	return false;
}
