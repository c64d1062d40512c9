/*
 * Text files under a checksum.  What cannot be ours is set aside, never
 * believed and never destroyed; what cannot be read now is left alone.
 */

#include "store/ledger.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TITLE     "idlebell "
#define SUM_TITLE "sha256 "
#define SUM_LINE  (sizeof SUM_TITLE - 1 + 64 + 1)
#define ADDED_SUM 16          /* hexadecimal digits */
#define ADDED_MAX (64 * 1024) /* octets */
#define ASIDE_MAX 10          /* damaged files that are kept */

struct ledger {
	const struct ledger_kind *kind;
	int directory;
	char *name;   /* of the file */
	bool whole;   /* of our version, and it ends where a line does */
	size_t added; /* octets */
};

/* ---- octets ---- */

static char *sum_line(const char *text, size_t size)
{
	g_autofree char *sum = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (const guchar *)text, size);

	return g_strconcat(SUM_TITLE, sum, "\n", NULL);
}

/* Where the sum's line begins, or 0 when it does not hold. */
static size_t sum_check(const char *text, size_t size)
{
	const char *at = g_strstr_len(text, (gssize)size, "\n" SUM_TITLE);
	size_t body = at ? (size_t)(at + 1 - text) : 0;
	g_autofree char *line = NULL;

	if (!at || size - body < SUM_LINE)
		return 0;
	line = sum_line(text, body);
	return memcmp(text + body, line, SUM_LINE) == 0 ? body : 0;
}

/* A new string: the line as it is added. */
static char *added_line(const char *line)
{
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, line, -1);

	sum[ADDED_SUM] = '\0';
	return g_strconcat(sum, " ", line, "\n", NULL);
}

GString *ledger_format(const struct ledger_kind *kind, const GString *lines)
{
	GString *text = g_string_new(NULL);
	g_autofree char *sum = NULL;

	g_string_printf(text, TITLE "%s %u\n", kind->thing, kind->version);
	g_string_append_len(text, lines->str, (gssize)lines->len);
	sum = sum_line(text->str, text->len);
	g_string_append(text, sum);
	return text;
}

/* 0: it is no title of ours. */
static unsigned title_parse(const struct ledger_kind *kind, const char *line)
{
	g_autofree char *title = g_strconcat(TITLE, kind->thing, " ", NULL);
	guint64 version;

	if (!g_str_has_prefix(line, title) ||
	    !g_ascii_string_to_unsigned(
		line + strlen(title), 10, 1, UINT32_MAX, &version, NULL))
		return 0;
	return (unsigned)version;
}

static enum ledger_verdict lines_parse(const struct ledger_kind *kind,
    char **lines, void *data, unsigned *ret_version)
{
	unsigned version = lines[0] ? title_parse(kind, lines[0]) : 0;

	if (version > kind->version)
		return LEDGER_NEWER;
	if (version == 0)
		return LEDGER_DAMAGED;
	for (char **line = lines + 1; *line; line++)
		if (!kind->parse(data, version, *line))
			return LEDGER_DAMAGED;
	*ret_version = version;
	return LEDGER_GOOD;
}

/* size octets with their newline. */
static bool added_parse(const struct ledger_kind *kind, const char *text,
    size_t size, unsigned version, void *data)
{
	g_autofree char *line = NULL, *expected = NULL;

	if (size <= ADDED_SUM + 2 || memchr(text, '\0', size))
		return false;
	line = g_strndup(text + ADDED_SUM + 1, size - ADDED_SUM - 2);
	expected = added_line(line);
	return memcmp(text, expected, size) == 0 &&
	    kind->amend(data, version, line);
}

/* Returns the octets behind the last line that is good. */
static size_t tail_parse(const struct ledger_kind *kind, const char *text,
    size_t size, unsigned version, void *data)
{
	const char *end;

	while (kind->amend && (end = memchr(text, '\n', size))) {
		size_t line = (size_t)(end + 1 - text);

		if (!added_parse(kind, text, line, version, data))
			break;
		text += line;
		size -= line;
	}
	return size;
}

/* *ret_whole, *ret_added: as in struct ledger. */
static enum ledger_verdict octets_parse(const struct ledger_kind *kind,
    const char *text, size_t size, void *data, bool *ret_whole,
    size_t *ret_added)
{
	size_t body = sum_check(text, size);
	enum ledger_verdict verdict = LEDGER_DAMAGED;
	unsigned version;

	if (!kind->amend && size > body + SUM_LINE)
		body = 0;
	if (body > 0 && !memchr(text, '\0', body)) {
		g_autofree char *copy = g_strndup(text, body - 1);
		g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);

		verdict = lines_parse(kind, lines, data, &version);
	}
	if (verdict == LEDGER_GOOD) {
		*ret_added = size - body - SUM_LINE;
		*ret_whole = tail_parse(kind, text + body + SUM_LINE,
				 *ret_added, version, data) == 0 &&
		    version == kind->version;
	} else {
		kind->reset(data);
	}
	return verdict;
}

enum ledger_verdict ledger_parse(
    const struct ledger_kind *kind, const char *text, size_t size, void *data)
{
	bool whole;
	size_t added;

	return octets_parse(kind, text, size, data, &whole, &added);
}

/* ---- files ---- */

/* The account's name is the user's: it may hold a slash. */
char *ledger_file_name(const char *account, const char *suffix)
{
	g_autofree char *escaped = g_uri_escape_string(account, " @+,=", TRUE);

	return g_strconcat(escaped, ".", suffix, NULL);
}

struct ledger *ledger_new(
    struct state *state, const char *account, const struct ledger_kind *kind)
{
	struct ledger *ledger = g_new0(struct ledger, 1);

	ledger->kind = kind;
	ledger->directory = state_directory(state);
	ledger->name = ledger_file_name(account, kind->thing);
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	g_free(ledger->name);
	g_free(ledger);
}

bool ledger_fail(const struct ledger *ledger, GFileError code,
    const char *reason, GError **error)
{
	g_autofree char *path = file_path(ledger->directory, ledger->name);

	g_set_error(error, G_FILE_ERROR, code, "%s: %s", path, reason);
	return false;
}

static bool name_taken(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool ledger_is_there(const struct ledger *ledger)
{
	return name_taken(ledger->directory, ledger->name);
}

/* A free name, or the last of them: their number is bounded. */
static char *aside_name(const struct ledger *ledger)
{
	char *name = g_strdup_printf("%s.damaged", ledger->name);

	for (int i = 1; i < ASIDE_MAX && name_taken(ledger->directory, name);
	     i++) {
		g_free(name);
		name = g_strdup_printf("%s.damaged.%d", ledger->name, i);
	}
	return name;
}

static bool set_aside(struct ledger *ledger, const char *reason,
    char **ret_damage, GError **error)
{
	int fd = ledger->directory;
	g_autofree char *aside = aside_name(ledger);
	g_autofree char *path = file_path(fd, ledger->name);

	if (renameat(fd, ledger->name, fd, aside) < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		    "%s: %s, and cannot be renamed: %s", path, reason,
		    g_strerror(errno));
		return false;
	}
	*ret_damage = g_strdup_printf(
	    "%s: %s; kept as %s; %s", path, reason, aside, ledger->kind->loss);
	return true;
}

/* The part of "path: reason" behind the path. */
static const char *error_reason(const GError *error)
{
	const char *colon = strrchr(error->message, ':');

	return colon ? colon + 2 : error->message;
}

/* Takes cause.  A file that cannot be ours goes; one that only cannot be read
 * now may be whole. */
static bool read_failed(
    struct ledger *ledger, GError *cause, char **ret_damage, GError **error)
{
	bool ok = true;

	if (g_error_matches(cause, FILE_ERROR, FILE_ERROR_UNFIT))
		ok = set_aside(ledger, error_reason(cause), ret_damage, error);
	else if (!g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		ok = false;
	}
	g_clear_error(&cause);
	return ok;
}

bool ledger_read(
    struct ledger *ledger, void *data, char **ret_damage, GError **error)
{
	size_t max_size =
	    ledger->kind->max_size + (ledger->kind->amend ? ADDED_MAX : 0);
	GError *cause = NULL;
	size_t size;
	g_autofree char *text =
	    file_read(ledger->directory, ledger->name, max_size, &size, &cause);

	if (!text)
		return read_failed(ledger, cause, ret_damage, error);
	switch (octets_parse(
	    ledger->kind, text, size, data, &ledger->whole, &ledger->added)) {
	case LEDGER_DAMAGED:
		return set_aside(ledger, "is damaged", ret_damage, error);
	case LEDGER_NEWER:
		return ledger_fail(ledger, G_FILE_ERROR_INVAL,
		    "was written by a newer idlebell", error);
	default:
		return true;
	}
}

static bool write_all(struct ledger *ledger, const GString *lines,
    bool (*replace)(int dirfd, const char *name, const char *data, size_t size,
	GError **error),
    GError **error)
{
	g_autoptr(GString) text = ledger_format(ledger->kind, lines);

	ledger->whole = replace(
	    ledger->directory, ledger->name, text->str, text->len, error);
	ledger->added = 0;
	return ledger->whole;
}

bool ledger_write(struct ledger *ledger, const GString *lines, GError **error)
{
	return write_all(ledger, lines, file_replace, error);
}

bool ledger_begin(struct ledger *ledger, const GString *lines, GError **error)
{
	return write_all(ledger, lines, file_replace_loosely, error);
}

/* Behind a part of a line no other would be read. */
bool ledger_append(struct ledger *ledger, const char *line)
{
	g_autofree char *text = added_line(line);
	size_t size = strlen(text);

	if (!ledger->whole || ledger->added + size > ADDED_MAX)
		return false;
	ledger->whole =
	    file_append(ledger->directory, ledger->name, text, size, NULL);
	ledger->added += size;
	return ledger->whole;
}
