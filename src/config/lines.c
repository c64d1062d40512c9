/*
 * The lines of an INI file as iniparser takes them apart, for what it does
 * not tell: line numbers, names as written, what stands twice, and what it
 * would lose without a word.
 *
 * Measured with iniparser 4.1 and read in 4.2: a backslash at the end joins
 * lines (even behind a comment); a value in quotes ends at the next such
 * quote and what follows is dropped; without quotes it ends at the first ';'
 * or '#'; 4.2 takes backslashes in quotes for escapes, 4.1 does not; 4.1
 * gives up at a line of 1023 octets.  What would be read in two ways or
 * only in part is an error here, so that one reading is left.
 */
#include "config/config.h"
#include "config/options.h"
#include <string.h>

#define BLANKS       " \t\r\v\f"
#define LINE_SIZE    1023  /* with its newline, joined */
#define ENTRIES_MAX  50000 /* iniparser's dictionary is a linear list */
#define DOUBLE_QUOTE "put it all in double quotes"
#define SINGLE_QUOTE "put it all in single quotes"
#define NO_QUOTE                                                           \
	"this cannot be written here: for a secret use password_command, " \
	"for a command a script"

struct scan {
	GPtrArray *entries, *problems;
	GHashTable *seen; /* lower case "section" or "section\nkey" to entry */
	GString *joined;  /* the lines joined so far */
	char *section;
	int line, last;   /* of joined, the first and the last; 0: none */
	bool too_long;    /* joined is, and thrown away */
	size_t swallowed; /* where the last line in joined begins that would
	                     mean something alone; 0: none */
};

static bool is_blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

static bool is_comment(char c)
{
	return c == ';' || c == '#';
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, BLANKS);
}

static size_t size_without_blanks(const char *text, size_t size)
{
	while (size > 0 && is_blank(text[size - 1]))
		size--;
	return size;
}

/* The size of a line without its end; *ret_next is the line after it. */
static size_t line_size(const char *line, const char **ret_next)
{
	size_t size = strcspn(line, "\n");

	*ret_next = line[size] == '\n' ? line + size + 1 : line + size;
	return size;
}

static void complain(struct scan *scan, const char *text)
{
	config_problem_add(scan->problems, scan->line, false, "%s", text);
}

/* A comment, too, goes on behind a backslash. */
static void check_comment(struct scan *scan, const char *comment)
{
	if ((size_t)(comment - scan->joined->str) < scan->swallowed)
		complain(scan,
		    "the comment ends in a backslash, which makes "
		    "the next line a part of it");
}

/* True when it is new. */
static bool remember(struct scan *scan, struct config_entry *entry)
{
	g_autofree char *name = entry->key == NULL
	    ? g_strdup(entry->section)
	    : g_strconcat(entry->section, "\n", entry->key, NULL);
	g_autofree char *lower = g_ascii_strdown(name, -1);
	const struct config_entry *first =
	    g_hash_table_lookup(scan->seen, lower);

	if (first == NULL) {
		g_hash_table_insert(scan->seen, g_steal_pointer(&lower), entry);
		return true;
	}
	if (entry->key == NULL)
		config_problem_add(scan->problems, entry->line, false,
		    "[%s] stands twice: first in line %d", entry->section,
		    first->line);
	else
		config_problem_add(scan->problems, entry->line, false,
		    "%s: stands twice in this section: first in line %d",
		    entry->key, first->line);
	return false;
}

/* A section that stands twice goes on (the error is said), a key does not:
 * the first one's value stays the one that is checked. */
static void add_entry(
    struct scan *scan, const char *key, size_t size, bool broken)
{
	struct config_entry *entry = g_new0(struct config_entry, 1);
	bool is_new;

	entry->section = g_strdup(scan->section);
	entry->key = key == NULL ? NULL : g_strndup(key, size);
	entry->line = scan->line;
	entry->last_line = scan->last;
	entry->broken = broken;
	g_ptr_array_add(scan->entries, entry);
	is_new = remember(scan, entry);
	if (!is_new && key != NULL)
		g_ptr_array_set_size(
		    scan->entries, (int)scan->entries->len - 1);
}

/* Each run of blanks one space, none at the ends. */
static char *collapse(const char *text, size_t size)
{
	GString *name = g_string_sized_new(size);
	bool blank = false;

	for (size_t i = 0; i < size; i++) {
		if (is_blank(text[i])) {
			blank = name->len > 0;
			continue;
		}
		if (blank)
			g_string_append_c(name, ' ');
		blank = false;
		g_string_append_c(name, text[i]);
	}
	return g_string_free(name, FALSE);
}

/* iniparser wants ']' at the end of the line; a comment behind it is what
 * people write, and config_scan_text() takes it away. */
static void scan_header(struct scan *scan, const char *text)
{
	size_t size = strcspn(text + 1, "]");
	const char *rest = text + 1 + size;

	if (*rest == '\0') {
		complain(scan, "the section header lacks its \"]\"");
		size = strcspn(text + 1, ";#");
	} else {
		rest = skip_blanks(rest + 1);
		if (is_comment(*rest))
			check_comment(scan, rest);
		else if (*rest != '\0')
			complain(scan,
			    "there is text behind the \"]\" of the section "
			    "header");
	}
	g_free(scan->section);
	scan->section = collapse(text + 1, size);
	add_entry(scan, NULL, 0, false);
}

static const char *quote_advice(const char *value)
{
	if (strchr(value, '\\') != NULL)
		return NO_QUOTE;
	if (strchr(value, '"') == NULL)
		return DOUBLE_QUOTE;
	return strchr(value, '\'') == NULL ? SINGLE_QUOTE : NO_QUOTE;
}

/* The value begins with a quote. */
static bool check_quoted(struct scan *scan, const char *key, const char *value)
{
	const char *end = strchr(value + 1, *value);
	const char *rest;

	if (end == NULL) {
		config_problem_add(scan->problems, scan->line, false,
		    "%s: the quote is not closed", key);
		return false;
	}
	if (memchr(value, '\\', (size_t)(end - value)) != NULL) {
		config_problem_add(scan->problems, scan->line, false,
		    "%s: a backslash in quotes is not read alike everywhere: "
		    "leave the quotes off, or, if there is a \";\" or \"#\", " NO_QUOTE,
		    key);
		return false;
	}
	rest = skip_blanks(end + 1);
	if (is_comment(*rest))
		check_comment(scan, rest);
	if (*rest == '\0' || is_comment(*rest))
		return true;
	config_problem_add(scan->problems, scan->line, false,
	    "%s: the value ends at the second %c, and what follows is lost: "
	    "%s",
	    key, *value, quote_advice(value));
	return false;
}

/* True when a quote opened before end is closed behind it: what looks like a
 * comment is then a part of a command. */
static bool is_within_quotes(const char *value, const char *end)
{
	char open = '\0';

	for (; value < end; value++) {
		if (open == '\0' && (*value == '"' || *value == '\''))
			open = *value;
		else if (*value == open)
			open = '\0';
	}
	return open != '\0' && strchr(end, open) != NULL;
}

static void warn_of_comment(struct scan *scan, const char *key, char c)
{
	g_autofree char *name = g_ascii_strdown(key, -1);
	const struct option *option = option_find(name, OPTION_ACCOUNT);

	if (option != NULL && option->secret)
		config_problem_add(scan->problems, scan->line, true,
		    "%s: what stands behind the \"%c\" is a comment: if it "
		    "belongs to the value, " DOUBLE_QUOTE,
		    key, c);
}

static bool check_bare(struct scan *scan, const char *key, const char *value)
{
	const char *end = value + strcspn(value, ";#");

	if (*end == '\0')
		return true;
	if (is_blank(end[-1]) && !is_within_quotes(value, end)) {
		check_comment(scan, end);
		warn_of_comment(scan, key, *end);
		return true;
	}
	config_problem_add(scan->problems, scan->line, false,
	    "%s: the value ends at the \"%c\", and what follows is lost: %s",
	    key, *end, quote_advice(value));
	return false;
}

static void scan_key(struct scan *scan, const char *text)
{
	const char *equals = strchr(text, '='), *value;
	g_autofree char *key = NULL;
	bool good;

	if (equals == NULL) {
		complain(scan,
		    "expected KEY = VALUE: there is no \"=\" in "
		    "this line");
		return;
	}
	if (equals == text) {
		complain(scan,
		    "expected KEY = VALUE: there is no key before "
		    "the \"=\"");
		return;
	}
	key = g_strndup(text, size_without_blanks(text, equals - text));
	value = skip_blanks(equals + 1);
	if (*value == '"' || *value == '\'')
		good = check_quoted(scan, key, value);
	else
		good = check_bare(scan, key, value);
	add_entry(scan, key, strlen(key), !good);
}

static void scan_joined(struct scan *scan)
{
	const char *text = skip_blanks(scan->joined->str);

	if (is_comment(*text))
		check_comment(scan, text);
	if (*text == '\0' || is_comment(*text))
		return;
	if (*text == '[')
		scan_header(scan, text);
	else
		scan_key(scan, text);
}

static void finish_joined(struct scan *scan)
{
	if (scan->too_long)
		complain(scan,
		    "the line is too long: with those joined to it by a "
		    "backslash it may have 1022 octets");
	else
		scan_joined(scan);
	g_string_truncate(scan->joined, 0);
	scan->line = 0;
	scan->too_long = false;
	scan->swallowed = 0;
}

static void join_line(struct scan *scan, const char *line, size_t size)
{
	GString *joined = scan->joined;
	const char *first = skip_blanks(line);

	if (joined->len > 0 && first < line + size && !is_comment(*first))
		scan->swallowed = joined->len;
	if (joined->len + size + 1 > LINE_SIZE)
		scan->too_long = true;
	if (scan->too_long) /* only its end matters any more */
		g_string_truncate(joined, 0);
	g_string_append_len(joined, line, (gssize)size);
	g_string_truncate(
	    joined, size_without_blanks(joined->str, joined->len));
}

static void scan_line(
    struct scan *scan, const char *line, size_t size, int number)
{
	GString *joined = scan->joined;

	if (scan->line == 0)
		scan->line = number;
	scan->last = number;
	join_line(scan, line, size);
	if (joined->len > 0 && joined->str[joined->len - 1] == '\\')
		g_string_truncate(joined, joined->len - 1);
	else
		finish_joined(scan);
}

GPtrArray *config_scan_lines(const char *text, GPtrArray *problems)
{
	struct scan scan = {.problems = problems};
	const char *next;

	scan.entries = config_entries_new();
	scan.section = g_strdup("");
	scan.joined = g_string_sized_new(2 * LINE_SIZE);
	scan.seen =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (int number = 1; *text != '\0'; number++, text = next) {
		scan_line(&scan, text, line_size(text, &next), number);
		if (scan.entries->len < ENTRIES_MAX)
			continue;
		config_problem_add(problems, number, false,
		    "the file has more than %d lines of settings",
		    ENTRIES_MAX - 1);
		break;
	}
	if (scan.line != 0)
		complain(&scan,
		    "the last line ends in a backslash, as if "
		    "another followed");
	g_free(scan.section);
	explicit_bzero(scan.joined->str, scan.joined->allocated_len);
	g_string_free(scan.joined, TRUE);
	g_hash_table_unref(scan.seen);
	return scan.entries;
}

static const struct config_entry *entry_at(
    const GPtrArray *entries, guint *i, int line)
{
	const struct config_entry *entry;

	for (; *i < entries->len; (*i)++) {
		entry = g_ptr_array_index(entries, *i);
		if (entry->last_line >= line)
			return entry->line <= line ? entry : NULL;
	}
	return NULL;
}

static void append_header(GString *out, const char *section)
{
	/* iniparser 4.1 does not see "[]" and stays where it was. */
	g_string_append_printf(out, "[%s]", *section != '\0' ? section : " ");
}

char *config_scan_text(const char *text, const GPtrArray *entries)
{
	GString *out = g_string_sized_new(strlen(text) + 1);
	const char *next;
	guint i = 0;

	for (int line = 1; *text != '\0'; line++, text = next) {
		size_t size = line_size(text, &next);
		const struct config_entry *entry = entry_at(entries, &i, line);

		if (entry != NULL && entry->key == NULL && entry->line == line)
			append_header(out, entry->section);
		if (entry != NULL && entry->key != NULL && !entry->broken)
			g_string_append_len(out, text, (gssize)size);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
