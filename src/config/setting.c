/*
 * The types of settings: how each is read, written and freed.
 *
 * A row for each enum option_type, a small function for each verb; which
 * member of which structure it is, only the table of options knows.
 */
#include "config/setting.h"
#include "config/value.h"
#include <string.h>

struct field_type {
	bool (*parse)(const struct option *option, void *field,
	    const char *text, char **ret_reason);
	char *(*print)(
	    const struct option *option, const void *field, bool plain);
	void (*clear)(const struct option *option, void *field);
};

static bool fail(char **ret_reason, char *reason)
{
	*ret_reason = reason;
	return false;
}

/* Strings and paths */

static void string_clear(const struct option *option, void *field)
{
	char **string = field;

	if (option->secret && *string != NULL)
		explicit_bzero(*string, strlen(*string));
	g_clear_pointer(string, g_free);
}

static bool string_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	char *reason = option->check != NULL ? option->check(text) : NULL;

	if (reason != NULL)
		return fail(ret_reason, reason);
	string_clear(option, field);
	*(char **)field = g_strdup(text);
	return true;
}

static char *string_print(
    const struct option *option, const void *field, bool plain)
{
	(void)option;
	(void)plain;
	return g_strdup(*(char *const *)field);
}

/* Lists */

static void list_clear(const struct option *option, void *field)
{
	(void)option;
	g_clear_pointer((char ***)field, g_strfreev);
}

/* The one name that knows no case (RFC 9051 5.1) becomes one spelling: it is
 * a key of the marks and a part of names in the Maildir. */
static void spell_inbox(char *item)
{
	if (g_ascii_strcasecmp(item, "INBOX") == 0)
		memcpy(item, "INBOX", strlen("INBOX"));
}

static char *check_item(const struct option *option, char **list, char **item)
{
	if (**item == '\0')
		return g_strdup("there is nothing between two commas");
	for (char **other = list; other < item; other++) {
		if (strcmp(*other, *item) == 0)
			return g_strdup_printf("\"%s\" stands twice", *item);
	}
	return option->check != NULL ? option->check(*item) : NULL;
}

static bool list_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	g_auto(GStrv) list = g_strsplit(text, ",", -1);

	for (char **item = list; *item != NULL; item++) {
		char *reason;
		spell_inbox(g_strstrip(*item));
		reason = check_item(option, list, item);
		if (reason != NULL)
			return fail(ret_reason, reason);
	}
	list_clear(option, field);
	*(char ***)field = g_steal_pointer(&list);
	return true;
}

static char *list_print(
    const struct option *option, const void *field, bool plain)
{
	char **list = *(char **const *)field;

	(void)option;
	return list == NULL ? NULL : g_strjoinv(plain ? "," : ", ", list);
}

/* Commands */

static const char *command_reason(const GError *error)
{
	switch (error->code) {
	case G_SHELL_ERROR_BAD_QUOTING:
		return "a quote of the command is not closed, or it ends in "
		       "a backslash";
	case G_SHELL_ERROR_EMPTY_STRING:
		return "there is no command";
	default:
		return "this cannot be split into words as a shell does it";
	}
}

static bool command_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = NULL;

	if (!g_shell_parse_argv(text, NULL, &words, &error))
		return fail(ret_reason, g_strdup(command_reason(error)));
	if (*words[0] == '\0')
		return fail(
		    ret_reason, g_strdup("the name of the program is empty"));
	list_clear(option, field);
	*(char ***)field = g_steal_pointer(&words);
	return true;
}

static bool is_plain_word(const char *word)
{
	const char *c = word;

	while (g_ascii_isalnum(*c) || (guchar)*c >= 0x80 ||
	    (*c != '\0' && strchr("_@%+=:,./~-", *c) != NULL))
		c++;
	return *c == '\0' && *word != '\0';
}

static void append_character(GString *line, char c, bool last)
{
	const char word[2] = {c, '\0'};

	/* No line may end in a blank. */
	if (last && g_ascii_isspace(c))
		g_string_append_printf(line, "'%c'", c);
	else
		g_string_append_printf(
		    line, "%s%c", is_plain_word(word) ? "" : "\\", c);
}

static void append_escaped(GString *line, const char *word)
{
	for (; *word != '\0'; word++)
		append_character(line, *word, word[1] == '\0');
}

/* Words that must not be bare get single quotes, which also keep it one
 * double quote away from the file's syntax; else backslashes. */
static void append_word(GString *line, const char *word, bool plain)
{
	if (line->len > 0)
		g_string_append_c(line, ' ');
	if (is_plain_word(word))
		g_string_append(line, word);
	else if (*word == '\0' || (!plain && strchr(word, '\'') == NULL))
		g_string_append_printf(line, "'%s'", word);
	else
		append_escaped(line, word);
}

static char *command_print(
    const struct option *option, const void *field, bool plain)
{
	char **words = *(char **const *)field;
	GString *line;

	(void)option;
	if (words == NULL)
		return NULL;
	line = g_string_new(NULL);
	for (; *words != NULL; words++)
		append_word(line, *words, plain);
	return g_string_free(line, FALSE);
}

/* Numbers, durations, sizes */

static bool number_store(const struct option *option, void *field,
    int64_t value, const char *text, char **ret_reason)
{
	char *(*print)(int64_t) = option->type == OPTION_SIZE
	    ? value_print_size
	    : value_print_duration;
	g_autofree char *min = NULL, *max = NULL;

	if (value >= option->min && value <= option->max) {
		*(int64_t *)field = value;
		return true;
	}
	if (option->type == OPTION_NUMBER)
		return fail(ret_reason,
		    g_strdup_printf("%s is out of range: it goes from "
				    "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
			text, option->min, option->max));
	min = print(option->min);
	max = print(option->max);
	return fail(ret_reason,
	    g_strdup_printf(
		"%s is out of range: it goes from %s to %s", text, min, max));
}

static bool number_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	int64_t value;

	if (!value_parse_number(text, &value))
		return fail(ret_reason,
		    g_strdup_printf("\"%s\" is not a number", text));
	return number_store(option, field, value, text, ret_reason);
}

static bool duration_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	int64_t value;

	if (!value_parse_duration(text, &value))
		return fail(ret_reason,
		    g_strdup_printf("\"%s\" is not a duration: write a number "
				    "and its unit, as in 90s, 15m, 2h or 3d",
			text));
	return number_store(option, field, value, text, ret_reason);
}

static bool size_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	int64_t value;

	if (!value_parse_size(text, &value))
		return fail(ret_reason,
		    g_strdup_printf("\"%s\" is not a size: write a number and "
				    "K, M or G behind it, as in 64K, or octets",
			text));
	return number_store(option, field, value, text, ret_reason);
}

/* Below the range stands for "not set" (port). */
static char *number_print(
    const struct option *option, const void *field, bool plain)
{
	int64_t value = *(const int64_t *)field;

	(void)plain;
	if (value < option->min)
		return NULL;
	return g_strdup_printf("%" G_GINT64_FORMAT, value);
}

static char *duration_print(
    const struct option *option, const void *field, bool plain)
{
	(void)option;
	(void)plain;
	return value_print_duration(*(const int64_t *)field);
}

static char *size_print(
    const struct option *option, const void *field, bool plain)
{
	(void)option;
	(void)plain;
	return value_print_size(*(const int64_t *)field);
}

static void number_clear(const struct option *option, void *field)
{
	(void)option;
	*(int64_t *)field = 0;
}

/* Choices and sets of them */

static int choice_find(const struct option *option, const char *word)
{
	for (int i = 0; option->choices[i] != NULL; i++) {
		if (g_ascii_strcasecmp(option->choices[i], word) == 0)
			return i;
	}
	return -1;
}

static char *choice_reason(
    const struct option *option, const char *word, const char *besides)
{
	g_autofree char *known =
	    g_strjoinv(", ", (char **)(gpointer)option->choices);

	return g_strdup_printf("\"%s\" is none of %s%s", word, known, besides);
}

static bool choice_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	int choice = choice_find(option, text);

	if (choice < 0)
		return fail(ret_reason, choice_reason(option, text, ""));
	*(int64_t *)field = choice;
	return true;
}

static char *choice_print(
    const struct option *option, const void *field, bool plain)
{
	(void)plain;
	return g_strdup(option->choices[*(const int64_t *)field]);
}

static bool set_parse(const struct option *option, void *field,
    const char *text, char **ret_reason)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	int64_t set = 0;

	if (g_ascii_strcasecmp(text, "none") == 0) {
		*(int64_t *)field = 0;
		return true;
	}
	for (char **word = words; *word != NULL; word++) {
		int choice = choice_find(option, g_strstrip(*word));
		if (g_ascii_strcasecmp(*word, "none") == 0)
			return fail(ret_reason,
			    g_strdup("\"none\" stands alone: take it away, "
				     "or all else"));
		if (choice < 0)
			return fail(ret_reason,
			    choice_reason(
				option, *word, ", or \"none\" alone"));
		set |= (int64_t)1 << choice;
	}
	*(int64_t *)field = set;
	return true;
}

static char *set_print(
    const struct option *option, const void *field, bool plain)
{
	int64_t set = *(const int64_t *)field;
	GString *line = g_string_new(NULL);

	(void)plain;
	for (int i = 0; option->choices[i] != NULL; i++) {
		if ((set >> i & 1) == 0)
			continue;
		g_string_append_printf(line, "%s%s", line->len > 0 ? ", " : "",
		    option->choices[i]);
	}
	if (line->len == 0)
		g_string_append(line, "none");
	return g_string_free(line, FALSE);
}

static const struct field_type types[OPTION_TYPES] = {
    [OPTION_STRING] = {string_parse, string_print, string_clear},
    [OPTION_PATH] = {string_parse, string_print, string_clear},
    [OPTION_COMMAND] = {command_parse, command_print, list_clear},
    [OPTION_NUMBER] = {number_parse, number_print, number_clear},
    [OPTION_DURATION] = {duration_parse, duration_print, number_clear},
    [OPTION_SIZE] = {size_parse, size_print, number_clear},
    [OPTION_CHOICE] = {choice_parse, choice_print, number_clear},
    [OPTION_SET] = {set_parse, set_print, number_clear},
    [OPTION_LIST] = {list_parse, list_print, list_clear},
    [OPTION_PATTERNS] = {string_parse, string_print, string_clear},
};

static void *field_of(const struct option *option, const void *base)
{
	return G_STRUCT_MEMBER_P(base, option->offset);
}

static void set_flag(const struct option *option, void *base, bool value)
{
	if (option->flag != 0)
		*(bool *)G_STRUCT_MEMBER_P(base, option->flag) = value;
}

static char *empty_reason(const struct option *option)
{
	if (option->type == OPTION_SET)
		return g_strdup("there is no value: write \"none\" for none");
	return g_strdup("there is no value");
}

bool setting_parse(const struct option *option, void *base, const char *text,
    char **ret_reason)
{
	if (text[strspn(text, " \t")] == '\0') {
		if (!option->multiple)
			return fail(ret_reason, empty_reason(option));
		setting_reset(option, base);
		return true;
	}
	if (!types[option->type].parse(
		option, field_of(option, base), text, ret_reason))
		return false;
	set_flag(option, base, true);
	return true;
}

char *setting_parse_criterion(
    const struct option *option, const char *text, char **ret_reason)
{
	int64_t octets = 0;

	if (text[strspn(text, " \t")] == '\0') {
		*ret_reason = empty_reason(option);
		return NULL;
	}
	if (option->type != OPTION_SIZE)
		return g_strdup(text);
	if (!size_parse(option, &octets, text, ret_reason))
		return NULL;
	return g_strdup_printf("%" G_GINT64_FORMAT, octets);
}

void setting_wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	g_free(text);
}

bool setting_is_set(const struct option *option, const void *base)
{
	char *text;
	bool is_set;

	if (option->flag != 0)
		return *(bool *)G_STRUCT_MEMBER_P(base, option->flag);
	text = setting_print(option, base, false);
	is_set = text != NULL;
	setting_wipe(text);
	return is_set;
}

char *setting_print(const struct option *option, const void *base, bool plain)
{
	return types[option->type].print(option, field_of(option, base), plain);
}

void setting_clear(const struct option *option, void *base)
{
	types[option->type].clear(option, field_of(option, base));
	set_flag(option, base, false);
}

void setting_reset(const struct option *option, void *base)
{
	g_autofree char *reason = NULL;

	setting_clear(option, base);
	if (option->initial != NULL)
		types[option->type].parse(
		    option, field_of(option, base), option->initial, &reason);
}
