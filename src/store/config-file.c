/*
 * The configuration file: one bounded read, one look at who may read and
 * write it, and iniparser for the values.
 *
 * iniparser opens files by name and tells errors to a function without
 * context; a memfd keeps what was read and what is parsed the same bytes, and
 * the one static here holds the problems while it runs.
 */

#include "store/config-file.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_INIPARSER_H
#include <iniparser.h>
#else
#include <iniparser/iniparser.h>
#endif

#define FILE_MAX_SIZE (1 << 20)
#define BOM           "\xEF\xBB\xBF"

static GPtrArray *iniparser_problems;

static void wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
}

static void wipe_and_free(char *text)
{
	wipe(text);
	g_free(text);
}

static bool set_error(GError **error, int number, const char *path)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number),
	    "%s: %s", path, g_strerror(number));
	return false;
}

char *config_file_path(void)
{
	char *path = g_build_filename(
	    g_get_user_config_dir(), "idlebell", "config", NULL);
	g_autofree char *dotfile =
	    g_build_filename(g_get_home_dir(), ".idlebellrc", NULL);

	if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
	    g_file_test(dotfile, G_FILE_TEST_EXISTS)) {
		g_free(path);
		return g_steal_pointer(&dotfile);
	}
	return path;
}

/* "iniparser: TEXT in NAME (LINE)..." */
static int note_iniparser_problem(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;
	const char *line;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	line = strrchr(text, '(');
	config_problem_add(iniparser_problems,
	    line == NULL ? 0 : (int)g_ascii_strtoll(line + 1, NULL, 10), false,
	    "expected KEY = VALUE or [SECTION]: iniparser cannot read this");
	return 0;
}

static dictionary *parse_file(const char *path, GPtrArray *problems)
{
	dictionary *values;

	iniparser_problems = problems;
	iniparser_set_error_callback(note_iniparser_problem);
	values = iniparser_load(path);
	iniparser_set_error_callback(NULL);
	iniparser_problems = NULL;
	return values;
}

/* NULL without error: it is not of iniparser's syntax, see problems. */
static dictionary *parse_values(
    const char *text, GPtrArray *problems, GError **error)
{
	int fd = memfd_create("idlebell-config", MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	dictionary *values = NULL;

	if (file == NULL) {
		set_error(error, errno, "memfd");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	/* No buffer that would keep a password. */
	setvbuf(file, NULL, _IONBF, 0);
	if (fputs(text, file) == EOF || fflush(file) == EOF)
		set_error(error, errno, path);
	else
		values = parse_file(path, problems);
	fclose(file);
	return values;
}

static void read_values(GPtrArray *entries, const dictionary *values)
{
	for (guint i = 0; i < entries->len; i++) {
		struct config_entry *entry = g_ptr_array_index(entries, i);
		g_autofree char *name = NULL;

		if (entry->key == NULL || entry->broken)
			continue;
		name = g_strdup_printf("%s:%s", entry->section, entry->key);
		entry->value =
		    g_strdup(iniparser_getstring(values, name, NULL));
	}
}

/* iniparser frees without wiping. */
static void free_values(dictionary *values)
{
	for (ssize_t i = 0; i < (ssize_t)values->size; i++)
		wipe(values->val[i]);
	iniparser_freedict(values);
}

static int count_lines(const char *text, const char *end)
{
	int lines = 1;

	for (; text < end; text++)
		lines += *text == '\n';
	return lines;
}

/* The first octet that is not text, or NULL; carriage returns only before
 * newlines. */
static const char *find_foreign(const char *text, gsize size)
{
	const char *end = NULL;
	bool valid = g_utf8_validate(text, (gssize)size, &end);

	for (const char *c = text; c < end; c++) {
		if (!g_ascii_iscntrl(*c) || *c == '\t' || *c == '\n' ||
		    (*c == '\r' && c + 1 < end && c[1] == '\n'))
			continue;
		return c;
	}
	return valid ? NULL : end;
}

/* One problem is enough: a file that is not text has no lines to speak of. */
static bool check_text(const char *text, gsize size, GPtrArray *problems)
{
	const char *foreign = find_foreign(text, size);

	if (foreign == NULL)
		return true;
	if (g_ascii_iscntrl(*foreign))
		config_problem_add(problems, count_lines(text, foreign), false,
		    "there is a control character in this line (0x%02x): only "
		    "text is read",
		    (unsigned char)*foreign);
	else
		config_problem_add(problems, count_lines(text, foreign), false,
		    "this line is not UTF-8: convert the file, as with iconv");
	return false;
}

/* NULL and error when it cannot be parsed at all. */
static GPtrArray *read_entries(
    const char *text, GPtrArray *problems, GError **error)
{
	g_autoptr(GPtrArray) entries = config_scan_lines(text, problems);
	char *wanted = config_scan_text(text, entries);
	GError *failure = NULL;
	dictionary *values = parse_values(wanted, problems, &failure);

	wipe_and_free(wanted);
	if (failure != NULL) {
		g_propagate_error(error, failure);
		return NULL;
	}
	if (values != NULL) {
		read_values(entries, values);
		free_values(values);
	}
	return g_steal_pointer(&entries);
}

/* The lines of a file; none of one that is not text. */
static GPtrArray *parse(
    const char *text, gsize size, GPtrArray *problems, GError **error)
{
	GPtrArray *entries;
	char *copy;

	if (size >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0) {
		text += strlen(BOM);
		size -= strlen(BOM);
	}
	if (!check_text(text, size, problems))
		return config_entries_new();
	copy = g_strndup(text, size);
	entries = read_entries(copy, problems, error);
	wipe_and_free(copy);
	return entries;
}

struct config *config_file_parse(
    const char *text, gsize size, const char *const *overrides, GError **error)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GPtrArray) entries = parse(text, size, problems, error);

	if (entries == NULL)
		return NULL;
	return config_build(entries,
	    entries->len > 0 || problems->len == 0 ? overrides : NULL,
	    problems);
}

struct mode_check {
	mode_t mode;
	bool secret; /* counts only where there is one */
	bool warning;
	const char *text, *modes;
};

/* Commands are run from it: who writes to it can do what its reader can. */
static const struct mode_check mode_checks[] = {
    {002, false, false,
	"anybody can write to this file, and with it run commands as you",
	"go-w"},
    {077, true, false,
	"there is a password in this file, and others can read it", "600"},
    {020, false, true,
	"the group of this file can write to it, and with it run commands as "
	"you",
	"go-w"},
};

static void check_owner(
    GPtrArray *problems, const struct stat *status, const char *quoted)
{
	if (status->st_uid == geteuid() || status->st_uid == 0)
		return;
	config_problem_add(problems, 0, false,
	    "this file belongs to another user, who can with it run commands "
	    "as you: run chown %u %s if it is yours",
	    (unsigned)geteuid(), quoted);
}

/* The worst is enough. */
static void check_mode(GPtrArray *problems, const struct stat *status,
    bool secret, const char *quoted)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mode_checks); i++) {
		const struct mode_check *check = &mode_checks[i];

		if ((status->st_mode & check->mode) == 0 ||
		    (check->secret && !secret))
			continue;
		config_problem_add(problems, 0, check->warning,
		    "%s: run chmod %s %s", check->text, check->modes, quoted);
		return;
	}
}

static void check_access(GPtrArray *problems, const struct stat *status,
    bool secret, const char *path)
{
	g_autofree char *quoted = g_shell_quote(path);

	if (!S_ISREG(status->st_mode))
		return;
	check_owner(problems, status, quoted);
	check_mode(problems, status, secret, quoted);
}

/* At most FILE_MAX_SIZE octets. */
static bool read_all(
    FILE *file, const char *path, GString *text, GError **error)
{
	g_string_set_size(text, FILE_MAX_SIZE + 1);
	g_string_set_size(text, fread(text->str, 1, text->len, file));
	if (ferror(file))
		return set_error(error, errno, path);
	if (text->len <= FILE_MAX_SIZE)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
	    "%s: more than 1 MiB: this is no configuration", path);
	return false;
}

static bool read_stream(FILE *file, const char *path, struct stat *ret_status,
    GString *text, GError **error)
{
	/* Nor may a password stay in its buffer. */
	setvbuf(file, NULL, _IONBF, 0);
	if (fstat(fileno(file), ret_status) != 0)
		return set_error(error, errno, path);
	if (S_ISDIR(ret_status->st_mode))
		return set_error(error, EISDIR, path);
	return read_all(file, path, text, error);
}

/* "-": standard input. */
static bool read_path(
    const char *path, struct stat *ret_status, GString *text, GError **error)
{
	FILE *file;
	bool done;

	if (strcmp(path, "-") == 0)
		return read_stream(
		    stdin, "/dev/stdin", ret_status, text, error);
	file = fopen(path, "re");
	if (file == NULL)
		return set_error(error, errno, path);
	done = read_stream(file, path, ret_status, text, error);
	fclose(file);
	return done;
}

static void wipe_string(GString *text)
{
	explicit_bzero(text->str, text->allocated_len);
	g_string_free(text, TRUE);
}

/* ---- files of rules ---- */

/* Adds none of a file that cannot be read: false and error. */
static bool read_rules(struct config *config, const char *path, GError **error)
{
	g_autoptr(GPtrArray) problems = config_problems_new(), entries = NULL;
	GString *text = g_string_new(NULL);
	struct stat status;

	if (read_path(path, &status, text, error)) {
		check_access(problems, &status, false, path);
		entries = parse(text->str, text->len, problems, error);
	}
	wipe_string(text);
	if (entries == NULL)
		return false;
	config_add_rules(config, path, entries, problems);
	return true;
}

/* A relative path begins where the configuration is. */
static char *find_beside(const char *path, const char *wanted)
{
	g_autofree char *directory = g_path_get_dirname(path);

	if (*wanted == '~' || g_path_is_absolute(wanted))
		return file_expand(wanted);
	return g_build_filename(directory, wanted, NULL);
}

static void add_rules(struct config *config, const char *path)
{
	char **wanted = config->rules_file;

	for (; wanted != NULL && *wanted != NULL; wanted++) {
		g_autofree char *beside = find_beside(path, *wanted);
		g_autoptr(GError) error = NULL;

		if (!read_rules(config, beside, &error))
			config_problem_add(config->problems,
			    config->rules_file_line, false, "rules_file: %s",
			    error->message);
	}
}

struct config *config_file_load(
    const char *path, const char *const *overrides, GError **error)
{
	GString *text = g_string_new(NULL);
	struct config *config = NULL;
	struct stat status;

	if (read_path(path, &status, text, error))
		config =
		    config_file_parse(text->str, text->len, overrides, error);
	wipe_string(text);
	if (config == NULL)
		return NULL;
	check_access(config->problems, &status, config_holds_secret(config),
	    strcmp(path, "-") == 0 ? "/dev/stdin" : path);
	add_rules(config, path);
	config_problems_sort(config->problems);
	return config;
}
