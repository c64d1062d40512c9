/*
 * High-water marks in a text file:
 *
 *	idlebell marks 1
 *	UIDVALIDITY UID MAILBOX		the mailbox percent-escaped
 *	sha256 HEX			of all that is above
 *
 * Every version ends with the checksum, so that damage is told from a file
 * of a newer version.  Which mark is right is the session's business.
 */
#include "config.h"

#include "os/file.h"
#include "store/marks.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MARKS_MAX_MAILBOXES 10000
#define MARKS_MAX_SIZE      (1024 * 1024)
/* The numbers of the mailboxes that are in it may still grow. */
#define MARKS_MAX_READ      (MARKS_MAX_SIZE + MARKS_MAX_MAILBOXES * 20)
#define MARKS_VERSION       1
#define MARKS_TITLE         "idlebell marks "
#define SUM_TITLE           "sha256 "
#define SUM_LINE            (sizeof SUM_TITLE - 1 + 64 + 1)
#define ASIDE_MAX           10 /* damaged files that are kept */

/* Printable ASCII but '%'; UTF-8 is allowed besides. */
#define MAILBOX_PLAIN       " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"

struct marks {
	int directory;
	char *name;        /* of the file */
	GHashTable *table; /* mailbox to struct mark */
	bool dirty;        /* memory is ahead of the file */
};

enum verdict {
	MARKS_GOOD,
	MARKS_DAMAGED,
	MARKS_NEWER,
};

static char *sum_line(const char *text, size_t size)
{
	g_autofree char *sum = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (const guchar *)text, size);

	return g_strconcat(SUM_TITLE, sum, "\n", NULL);
}

/* Where the sum's line begins, or 0 when it does not hold. */
static size_t sum_check(const char *text, size_t size)
{
	g_autofree char *line = NULL;

	if (size <= SUM_LINE)
		return 0;
	size -= SUM_LINE;
	line = sum_line(text, size);
	return memcmp(text + size, line, SUM_LINE) == 0 ? size : 0;
}

static bool number_parse(const char *word, uint32_t *ret_number)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(word, 10, 0, UINT32_MAX, &number, NULL))
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

static void table_set(GHashTable *table, char *mailbox, struct mark mark)
{
	struct mark *copy = g_new(struct mark, 1);

	*copy = mark;
	g_hash_table_replace(table, mailbox, copy);
}

static bool line_parse(const char *line, GHashTable *table)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 3);
	g_autofree char *mailbox = NULL;
	struct mark mark;

	if (g_strv_length(words) != 3 ||
	    !number_parse(words[0], &mark.uidvalidity) ||
	    !number_parse(words[1], &mark.uid))
		return false;
	mailbox = g_uri_unescape_string(words[2], NULL);
	if (!mailbox || g_hash_table_contains(table, mailbox))
		return false;
	table_set(table, g_steal_pointer(&mailbox), mark);
	return g_hash_table_size(table) <= MARKS_MAX_MAILBOXES;
}

static enum verdict title_parse(const char *line)
{
	uint32_t version;

	if (!line || !g_str_has_prefix(line, MARKS_TITLE) ||
	    !number_parse(line + strlen(MARKS_TITLE), &version) || version == 0)
		return MARKS_DAMAGED;
	return version > MARKS_VERSION ? MARKS_NEWER : MARKS_GOOD;
}

/* Any octets; the table is filled only as far as they are good. */
static enum verdict marks_parse(
    const char *text, size_t size, GHashTable *table)
{
	size_t body = sum_check(text, size);
	g_autofree char *copy = NULL;
	g_auto(GStrv) lines = NULL;
	enum verdict verdict;

	if (body == 0 || text[body - 1] != '\n' || memchr(text, '\0', body))
		return MARKS_DAMAGED;
	copy = g_strndup(text, body - 1);
	lines = g_strsplit(copy, "\n", -1);
	verdict = title_parse(lines[0]);
	if (verdict != MARKS_GOOD)
		return verdict;
	for (char **line = lines + 1; *line; line++)
		if (!line_parse(*line, table))
			return MARKS_DAMAGED;
	return MARKS_GOOD;
}

static int string_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

/* In order of the names, so that two files can be compared. */
static GString *marks_format(GHashTable *table)
{
	GString *text = g_string_new(NULL);
	GList *mailboxes =
	    g_list_sort(g_hash_table_get_keys(table), string_compare);
	g_autofree char *sum = NULL;

	g_string_printf(text, MARKS_TITLE "%d\n", MARKS_VERSION);
	for (GList *item = mailboxes; item; item = item->next) {
		const struct mark *mark =
		    g_hash_table_lookup(table, item->data);
		g_autofree char *mailbox =
		    g_uri_escape_string(item->data, MAILBOX_PLAIN, TRUE);

		g_string_append_printf(
		    text, "%u %u %s\n", mark->uidvalidity, mark->uid, mailbox);
	}
	g_list_free(mailboxes);
	sum = sum_line(text->str, text->len);
	g_string_append(text, sum);
	return text;
}

static bool marks_fail(const struct marks *marks, GFileError code,
    const char *reason, GError **error)
{
	g_autofree char *path = file_path(marks->directory, marks->name);

	g_set_error(error, G_FILE_ERROR, code, "%s: %s", path, reason);
	return false;
}

static bool name_taken(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A free name, or the last of them: their number is bounded. */
static char *aside_name(const struct marks *marks)
{
	char *name = g_strdup_printf("%s.damaged", marks->name);

	for (int i = 1; i < ASIDE_MAX && name_taken(marks->directory, name);
	     i++) {
		g_free(name);
		name = g_strdup_printf("%s.damaged.%d", marks->name, i);
	}
	return name;
}

static bool marks_set_aside(
    struct marks *marks, const char *reason, char **ret_damage, GError **error)
{
	int fd = marks->directory;
	g_autofree char *aside = aside_name(marks);
	g_autofree char *path = file_path(fd, marks->name);

	g_hash_table_remove_all(marks->table);
	if (renameat(fd, marks->name, fd, aside) < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		    "%s: %s, and cannot be renamed: %s", path, reason,
		    g_strerror(errno));
		return false;
	}
	*ret_damage = g_strdup_printf(
	    "%s: %s; kept as %s; mail that came since the last run is not "
	    "announced",
	    path, reason, aside);
	return true;
}

/* The part of "path: reason" behind the path. */
static const char *error_reason(const GError *error)
{
	const char *colon = strrchr(error->message, ':');

	return colon ? colon + 2 : error->message;
}

static bool marks_read_failed(
    struct marks *marks, GError *cause, char **ret_damage, GError **error)
{
	bool ok = true;

	/* A file that cannot be ours; one that only cannot be read now may be
	 * whole. */
	if (g_error_matches(cause, FILE_ERROR, FILE_ERROR_UNFIT))
		ok = marks_set_aside(
		    marks, error_reason(cause), ret_damage, error);
	else if (!g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		ok = false;
	}
	g_clear_error(&cause);
	return ok;
}

static bool marks_read(struct marks *marks, char **ret_damage, GError **error)
{
	GError *cause = NULL;
	size_t size;
	g_autofree char *text = file_read(
	    marks->directory, marks->name, MARKS_MAX_READ, &size, &cause);

	if (!text)
		return marks_read_failed(marks, cause, ret_damage, error);
	switch (marks_parse(text, size, marks->table)) {
	case MARKS_DAMAGED:
		return marks_set_aside(marks, "is damaged", ret_damage, error);
	case MARKS_NEWER:
		return marks_fail(marks, G_FILE_ERROR_INVAL,
		    "was written by a newer idlebell", error);
	default:
		return true;
	}
}

/* The account's name is the user's: it may hold a slash. */
static char *marks_name(const char *account)
{
	g_autofree char *escaped = g_uri_escape_string(account, " @+,=", TRUE);

	return g_strconcat(escaped, ".marks", NULL);
}

struct marks *marks_open(
    struct state *state, const char *account, char **ret_damage, GError **error)
{
	struct marks *marks = g_new0(struct marks, 1);

	*ret_damage = NULL;
	marks->directory = state_directory(state);
	marks->name = marks_name(account);
	marks->table =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (marks_read(marks, ret_damage, error))
		return marks;
	marks_free(marks);
	return NULL;
}

void marks_free(struct marks *marks)
{
	if (!marks)
		return;
	g_hash_table_destroy(marks->table);
	g_free(marks->name);
	g_free(marks);
}

bool marks_get(
    const struct marks *marks, const char *mailbox, struct mark *ret_mark)
{
	const struct mark *mark = g_hash_table_lookup(marks->table, mailbox);

	if (!mark)
		return false;
	*ret_mark = *mark;
	return true;
}

static bool marks_refuse(
    struct marks *marks, const char *mailbox, GError **error)
{
	g_hash_table_remove(marks->table, mailbox);
	return marks_fail(
	    marks, G_FILE_ERROR_NOSPC, "has no room for more mailboxes", error);
}

static bool marks_write(
    struct marks *marks, const GString *text, GError **error)
{
	marks->dirty = !file_replace(
	    marks->directory, marks->name, text->str, text->len, error);
	return !marks->dirty;
}

bool marks_set(
    struct marks *marks, const char *mailbox, struct mark mark, GError **error)
{
	struct mark old;
	bool known = marks_get(marks, mailbox, &old);
	GString *text;
	bool ok;

	if (known && !marks->dirty && old.uid == mark.uid &&
	    old.uidvalidity == mark.uidvalidity)
		return true;
	table_set(marks->table, g_strdup(mailbox), mark);
	text = marks_format(marks->table);
	if (!known &&
	    (text->len > MARKS_MAX_SIZE ||
		g_hash_table_size(marks->table) > MARKS_MAX_MAILBOXES))
		ok = marks_refuse(marks, mailbox, error);
	else
		ok = marks_write(marks, text, error);
	g_string_free(text, TRUE);
	return ok;
}
