/*
 * Maildir delivery (https://cr.yp.to/proto/maildir.html), with LF line ends
 * as every local delivery has them.
 *
 * A message that is there is found under whatever flags and whatever fields
 * other programs have added to its name.  That takes a look at each entry of
 * new/ and cur/: about a millisecond for a thousand messages.
 */

#include "sinks/maildir.h"
#include "message/storage.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const subdirectories[] = {"tmp", "new", "cur"};

struct maildir_file {
	char *path;      /* of the Maildir */
	char *name;      /* in tmp/ */
	char *letters;   /* the flags: to cur/ with them, to new/ without */
	int root, tmp;   /* directories */
	int fd;          /* of the message */
	uint64_t offset; /* octets as they came */
	bool cr;         /* the last of them, not written yet */
	bool committed;
};

static bool maildir_fail(const char *path, const char *reason, GError **error)
{
	g_set_error(
	    error, SINK_ERROR, SINK_ERROR_MAILDIR, "%s: %s", path, reason);
	return false;
}

static int sink_code(GFileError code)
{
	return file_error_may_pass(code) ? SINK_ERROR_DISK : SINK_ERROR_MAILDIR;
}

static bool maildir_fail_errno(int dirfd, const char *name, GError **error)
{
	int code = errno;
	g_autofree char *path = file_path(dirfd, name);

	g_set_error(error, SINK_ERROR, sink_code(file_error_code(code)),
	    "%s: %s", path, file_reason(code));
	return false;
}

/* Errors of os/file are "path: reason" already. */
static bool maildir_fail_as(GError *cause, GError **error)
{
	g_set_error_literal(error, SINK_ERROR,
	    sink_code((GFileError)cause->code), cause->message);
	g_error_free(cause);
	return false;
}

static int open_subdirectory(int root, const char *name)
{
	return openat(
	    root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

typedef bool entry_fn(const char *name, const void *data);

/* The first entry for which fn is true; NULL and errno 0 if there is none. */
static char *directory_find(int dirfd, entry_fn *fn, const void *data)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char *found = NULL;
	int code;

	if (!dir) {
		code = errno;
		if (fd >= 0)
			close(fd);
		errno = code;
		return NULL;
	}
	for (errno = 0; !found && (entry = readdir(dir)); errno = 0)
		if (fn(entry->d_name, data))
			found = g_strdup(entry->d_name);
	code = errno;
	closedir(dir);
	errno = code;
	return found;
}

static bool is_subdirectory(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(subdirectories); i++)
		if (strcmp(name, subdirectories[i]) == 0)
			return true;
	return false;
}

static bool entry_is_foreign(const char *name, const void *data)
{
	(void)data;
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	    !is_subdirectory(name);
}

static bool has_subdirectories(int root)
{
	for (size_t i = 0; i < G_N_ELEMENTS(subdirectories); i++) {
		int fd = open_subdirectory(root, subdirectories[i]);

		if (fd < 0)
			return false;
		close(fd);
	}
	return true;
}

static bool make_subdirectories(int root, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(subdirectories); i++)
		if (mkdirat(root, subdirectories[i], 0700) < 0 &&
		    errno != EEXIST)
			return maildir_fail_errno(
			    root, subdirectories[i], error);
	if (fsync(root) < 0 && errno != EINVAL)
		return maildir_fail_errno(root, ".", error);
	return true;
}

/* Who owns a directory can put his own file where a hook is told of ours. */
static bool check_owner(int root, const char *path, GError **error)
{
	struct stat st;

	if (fstat(root, &st) < 0)
		return maildir_fail_errno(root, ".", error);
	if (st.st_uid == geteuid() || st.st_uid == 0)
		return true;
	return maildir_fail(path, "belongs to another user", error);
}

/* A typing error must not make a Maildir of somebody's documents. */
static bool prepare_root(int root, const char *path, GError **error)
{
	g_autofree char *foreign = NULL;

	if (has_subdirectories(root))
		return true;
	foreign = directory_find(root, entry_is_foreign, NULL);
	if (foreign)
		return maildir_fail(path, "exists and is not a Maildir", error);
	if (errno)
		return maildir_fail_errno(root, ".", error);
	return make_subdirectories(root, error);
}

static char *message_name(const struct maildir_message *message)
{
	const struct storage_key key = {
	    .host = message->host,
	    .user = message->user,
	    .mailbox = message->mailbox,
	    .uidvalidity = message->uidvalidity,
	    .uid = message->uid,
	    .text = message->text,
	};

	return storage_name(&key);
}

/* In the order of the letters, as the specification has it. */
static char *flag_letters(const char *flags)
{
	static const struct {
		char letter;
		const char *flag;
	} rows[] = {
	    {'D', "\\Draft"},
	    {'F', "\\Flagged"},
	    {'P', "$Forwarded"},
	    {'R', "\\Answered"},
	    {'S', "\\Seen"},
	    {'T', "\\Deleted"},
	};
	g_auto(GStrv) words = g_strsplit(flags ? flags : "", " ", -1);
	GString *letters = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (char **word = words; *word; word++)
			if (g_ascii_strcasecmp(*word, rows[i].flag) == 0) {
				g_string_append_c(letters, rows[i].letter);
				break;
			}
	return g_string_free(letters, FALSE);
}

/* ":2,S", ",S=1234:2,S" and nothing may follow; a digit makes another UID. */
static bool entry_is_message(const char *name, const void *data)
{
	size_t n = strlen(data);

	return strncmp(name, data, n) == 0 && !g_ascii_isdigit(name[n]);
}

/* False when the directory cannot be read. */
static bool find_in(const struct maildir_file *file, const char *sub,
    char **ret_path, GError **error)
{
	int fd = open_subdirectory(file->root, sub);
	g_autofree char *entry = NULL;
	bool failed;

	if (fd < 0)
		return maildir_fail_errno(file->root, sub, error);
	entry = directory_find(fd, entry_is_message, file->name);
	failed = !entry && errno != 0;
	if (failed)
		maildir_fail_errno(file->root, sub, error);
	close(fd);
	if (entry)
		*ret_path = g_build_filename(file->path, sub, entry, NULL);
	return !failed;
}

/* new/ first: a mail reader moves messages from there to cur/. */
static bool find_message(
    const struct maildir_file *file, char **ret_path, GError **error)
{
	return find_in(file, "new", ret_path, error) &&
	    (*ret_path || find_in(file, "cur", ret_path, error));
}

static bool create_message(struct maildir_file *file, GError **error)
{
	file->tmp = open_subdirectory(file->root, "tmp");
	if (file->tmp < 0)
		return maildir_fail_errno(file->root, "tmp", error);
	if (unlinkat(file->tmp, file->name, 0) < 0 && errno != ENOENT)
		return maildir_fail_errno(file->tmp, file->name, error);
	file->fd = openat(file->tmp, file->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file->fd < 0)
		return maildir_fail_errno(file->tmp, file->name, error);
	return true;
}

static bool open_root(struct maildir_file *file, GError **error)
{
	GError *cause = NULL;

	file->root = file_open_directory(file->path, &cause);
	if (file->root < 0)
		return maildir_fail_as(cause, error);
	return check_owner(file->root, file->path, error) &&
	    prepare_root(file->root, file->path, error);
}

struct maildir_file *maildir_open(
    const struct maildir_message *message, char **ret_path, GError **error)
{
	struct maildir_file *file = g_new0(struct maildir_file, 1);

	*ret_path = NULL;
	file->path = file_expand(message->directory);
	file->name = message_name(message);
	file->letters = flag_letters(message->flags);
	file->root = file->tmp = file->fd = -1;
	if (open_root(file, error) && find_message(file, ret_path, error) &&
	    !*ret_path && create_message(file, error))
		return file;
	maildir_free(file);
	return NULL;
}

static bool write_text(
    struct maildir_file *file, const GString *text, GError **error)
{
	g_autofree char *path =
	    g_build_filename(file->path, "tmp", file->name, NULL);
	GError *cause = NULL;

	if (file_write_all(file->fd, text->str, text->len, path, &cause))
		return true;
	return maildir_fail_as(cause, error);
}

bool maildir_write(struct maildir_file *file, uint64_t offset,
    const char *bytes, size_t size, GError **error)
{
	GString *text;
	bool ok;

	if (offset != file->offset)
		return maildir_fail(
		    file->path, "a piece of the message is missing", error);
	text = storage_convert(&file->cr, bytes, size);
	ok = write_text(file, text, error);
	g_string_free(text, TRUE);
	file->offset += size;
	return ok;
}

/* Another process may have replaced what it took for an older attempt. */
static bool message_is_ours(const struct maildir_file *file)
{
	struct stat mine, there;

	return fstat(file->fd, &mine) == 0 &&
	    fstatat(file->tmp, file->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

static bool finish_message(struct maildir_file *file, GError **error)
{
	if (file->cr) {
		g_autoptr(GString) text = g_string_new("\r");

		file->cr = false;
		if (!write_text(file, text, error))
			return false;
	}
	if (fsync(file->fd) < 0)
		return maildir_fail_errno(file->tmp, file->name, error);
	if (!message_is_ours(file))
		return maildir_fail(file->path,
		    "another program replaced the message in tmp", error);
	return true;
}

static bool move_message(
    struct maildir_file *file, int target, const char *name, GError **error)
{
	if (renameat(file->tmp, file->name, target, name) < 0)
		return maildir_fail_errno(target, name, error);
	file->committed = true;
	if (fsync(target) < 0 && errno != EINVAL)
		return maildir_fail_errno(target, ".", error);
	return true;
}

char *maildir_commit(struct maildir_file *file, GError **error)
{
	const char *sub = *file->letters ? "cur" : "new";
	g_autofree char *name = *file->letters
	    ? g_strdup_printf("%s:2,%s", file->name, file->letters)
	    : g_strdup(file->name);
	int target;
	bool ok;

	if (!finish_message(file, error))
		return NULL;
	target = open_subdirectory(file->root, sub);
	if (target < 0) {
		maildir_fail_errno(file->root, sub, error);
		return NULL;
	}
	ok = move_message(file, target, name, error);
	close(target);
	return ok ? g_build_filename(file->path, sub, name, NULL) : NULL;
}

void maildir_free(struct maildir_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0) {
		if (!file->committed && message_is_ours(file))
			unlinkat(file->tmp, file->name, 0);
		close(file->fd);
	}
	if (file->tmp >= 0)
		close(file->tmp);
	if (file->root >= 0)
		close(file->root);
	g_free(file->path);
	g_free(file->name);
	g_free(file->letters);
	g_free(file);
}
