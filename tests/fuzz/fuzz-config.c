/*
 * Texts of configurations: reading ends, iniparser and the scan of lines see
 * the same keys, and what is printed of a good one is read as the same.
 */
#include "../unit/ini.h"
#include "store/config-file.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, const char *one, const char *other)
{
	fprintf(stderr, "%s\n---\n%s\n---\n%s\n", what, one, other);
	abort();
}

/* A ':' in a name makes one name of two; a line of full length may have
 * grown by the ']' it lacked. */
static bool is_comparable(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if (strlen(*line) > 1000 || strchr(*line, ':') != NULL)
			return false;
	}
	return true;
}

static void compare_keys(const char *text)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GPtrArray) entries = config_scan_lines(text, problems);
	g_autofree char *wanted = config_scan_text(text, entries);
	g_autofree char *difference = NULL;
	dictionary *values;

	if (!is_comparable(wanted))
		return;
	values = ini_load(wanted);
	if (values == NULL)
		fail("iniparser refuses", text, wanted);
	difference = ini_compare(entries, values);
	if (difference != NULL)
		fail(difference, text, wanted);
	iniparser_freedict(values);
}

/* A password is a comment in print. */
static char *without_comments(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *rest = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '#')
			g_string_append_printf(rest, "%s\n", *line);
	}
	return g_string_free(rest, FALSE);
}

/* Only a line of nearly full length has no room for what quotes a word. */
static bool is_whole(const char *text, size_t size)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if (!g_str_has_prefix(*line, "# ") ||
		    !g_str_has_suffix(*line, " cannot be written here"))
			continue;
		if (size < 500)
			fail("not written", text, "");
		return false;
	}
	return true;
}

static void read_again(const struct config *config, size_t size)
{
	g_autofree char *text = config_print(config);
	g_autofree char *expected = without_comments(text);
	g_autoptr(Config) again =
	    config_file_parse(text, strlen(text), NULL, NULL);
	g_autofree char *text_again = config_print(again);
	g_autofree char *found = without_comments(text_again);

	if (!is_whole(text, size))
		return;
	if (config_has_errors(again))
		fail("printed with errors", text,
		    ((struct config_problem *)again->problems->pdata[0])->text);
	if (strcmp(expected, found) != 0)
		fail("read as something else", expected, found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Config) config =
	    config_file_parse((const char *)data, size, NULL, NULL);

	if (config == NULL)
		return 0;
	if (g_utf8_validate((const char *)data, (gssize)size, NULL)) {
		g_autofree char *text = g_strndup((const char *)data, size);
		compare_keys(text);
	}
	if (!config_has_errors(config))
		read_again(config, size);
	return 0;
}
