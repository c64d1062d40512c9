/*
 * The scan of lines: what it finds, and that iniparser finds the same.
 */
#include "ini.h"
#include "unit.h"

struct row {
	const char *name;
	const char *text;
	/* "LINE SECTION|KEY" each; "!" behind a broken one. */
	const char *entries;
	const char *problems; /* "LINE" each, "w" behind warnings */
};

static const struct row rows[] = {
    {"nothing", "", "", ""},
    {"blank", "\n \n\t\n", "", ""},
    {"comments", "# a = b\n ; [c]\n", "", ""},
    {"section", "[a]\n", "1 a|", ""},
    {"section-in-blanks", "  [  a  b\t c ]  \n", "1 a b c|", ""},
    {"case-stays", "[Ab]\nCd = E\n", "1 Ab|, 2 Ab|Cd", ""},
    {"no-section", "a = 1\n", "1 |a", ""},
    {"empty-section", "[]\na = 1\n", "1 |, 2 |a", ""},
    {"section-comment", "[a] # b\n[c];d\n", "1 a|, 2 c|", ""},
    {"section-tail", "[a] b\nc = d\n", "1 a|, 2 a|c", "1"},
    {"section-open", "[a # b\nc = d\n", "1 a|, 2 a|c", "1"},
    {"section-equals", "[a = b\n", "1 a = b|", "1"},
    {"no-newline", "[a]\nb = c", "1 a|, 2 a|b", ""},
    {"crlf", "[a]\r\nb = c\r\n\r\n", "1 a|, 2 a|b", ""},
    {"blanks-around", "\t a b \t=  c\n", "1 |a b", ""},
    {"tight", "a=b\n", "1 |a", ""},
    {"equals-in-value", "a = b = c\n", "1 |a", ""},
    {"empty-values", "a=\nb = ;c\nd = \"\"\ne = '' # f\n",
	"1 |a, 2 |b, 3 |d, 4 |e", ""},
    {"no-equals", "a\nb = c\n", "2 |b", "1"},
    {"no-key", "= a\n", "", "1"},
    {"joined", "a = b \\\n  c\nd = e\n", "1 |a, 3 |d", ""},
    {"joined-thrice", "a = \\\n\\\n b\nd = e\n", "1 |a, 4 |d", ""},
    {"joined-blanks-behind", "a = b \\ \t\n c\nd = e\n", "1 |a, 3 |d", ""},
    {"joined-empty", "a = b\\\n\nd = e\n", "1 |a, 3 |d", ""},
    {"joined-two-backslashes", "a = b\\\\\n\nd = e\nf = g\n", "1 |a, 4 |f", ""},
    {"joined-key", "a\\\n b = c\n", "1 |a b", ""},
    {"joined-section", "[a\\\nb]\nc = d\n", "1 ab|, 3 ab|c", ""},
    {"backslash-alone", "\\\na = b\n", "1 |a", ""},
    {"backslash-last", "a = b\nc = d\\", "1 |a", "2"},
    {"comment-joined", "# a \\\nb = c\nd = e\n", "3 |d", "1"},
    {"comment-joined-comment", "# a \\\n# b\nd = e\n", "3 |d", ""},
    {"comment-joined-blank", "# a \\\n\nd = e\n", "3 |d", ""},
    {"value-comment-joined", "a = b # c \\\nd = e\n", "1 |a", "1"},
    {"quote-comment-joined", "a = \"b\" # c \\\nd = e\n", "1 |a", "1"},
    {"section-comment-joined", "[a] # c \\\nd = e\n", "1 a|", "1"},
    {"value-joined-comment", "a = b \\\n c # d\ne = f\n", "1 |a, 3 |e", ""},
    {"comment-behind", "a = b ; c\nd = e\t#f\n", "1 |a, 2 |d", ""},
    {"cut", "a = b;c\nd = e#f\ng =#h\n", "1 |a!, 2 |d!, 3 |g!", "1, 2, 3"},
    {"cut-command", "a = sh -c 'b ; c'\n", "1 |a!", "1"},
    {"cut-command-twice", "a = 'b' \"c ; d\"\n", "1 |a!", "1"},
    {"apostrophe", "a = don't ; do\n", "1 |a", ""},
    {"quotes", "a = \"b;c\"\nd = 'e#f'\ng = \"h'i\"\nj = 'k\"l'\n",
	"1 |a, 2 |d, 3 |g, 4 |j", ""},
    {"quotes-comment", "a = \"b\" ;c\nd = \"e\";f\n", "1 |a, 2 |d", ""},
    {"quote-open", "a = \"b\nc = 'd\n", "1 |a!, 2 |c!", "1, 2"},
    {"quote-alone", "a = \"\nb = '\n", "1 |a!, 2 |b!", "1, 2"},
    {"quote-tail", "a = \"b\" c\nd = ''e\n", "1 |a!, 2 |d!", "1, 2"},
    {"quote-backslash", "a = \"b\\c\"\nd = \"e\" # \\f\n", "1 |a!, 2 |d", "1"},
    {"quote-joined", "a = \"b \\\n c\"\n", "1 |a", ""},
    {"quote-inside", "a = b \"c\" 'd\n", "1 |a", ""},
    {"backslash-inside", "a = b\\c\n", "1 |a", ""},
    {"secret-comment", "password = a #b\nport = 1 #b\n", "1 |password, 2 |port",
	"1w"},
    {"key-twice", "[a]\nb = 1\nB = 2\n", "1 a|, 2 a|b", "3"},
    {"key-in-two", "[a]\nb = 1\n[c]\nb = 2\n", "1 a|, 2 a|b, 3 c|, 4 c|b", ""},
    {"section-twice", "[a]\nb = 1\n[c]\n[A]\nB = 2\nd = 3\n",
	"1 a|, 2 a|b, 3 c|, 4 A|, 6 A|d", "4, 5"},
};

static char *entries_of(const GPtrArray *entries)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < entries->len; i++) {
		const struct config_entry *entry =
		    g_ptr_array_index(entries, i);
		g_assert_null(entry->value);
		g_string_append_printf(text, "%s%d %s|%s%s", i > 0 ? ", " : "",
		    entry->line, entry->section,
		    entry->key != NULL ? entry->key : "",
		    entry->broken ? "!" : "");
	}
	return g_string_free(text, FALSE);
}

static char *lines_of(const GPtrArray *problems)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < problems->len; i++) {
		const struct config_problem *problem =
		    g_ptr_array_index(problems, i);
		g_string_append_printf(text, "%s%d%s", i > 0 ? ", " : "",
		    problem->line, problem->warning ? "w" : "");
	}
	return g_string_free(text, FALSE);
}

/* What is handed to iniparser has the scan's entries, and no more. */
static void check_text(const char *text, const GPtrArray *entries)
{
	g_autofree char *wanted = config_scan_text(text, entries);
	g_autofree char *difference = NULL;
	dictionary *values = ini_load(wanted);

	if (values == NULL)
		g_error("iniparser refuses \"%s\"", wanted);
	difference = ini_compare(entries, values);
	if (difference != NULL)
		g_error("%s in \"%s\"", difference, wanted);
	iniparser_freedict(values);
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GPtrArray) entries = config_scan_lines(row->text, problems);
	g_autofree char *found = entries_of(entries);
	g_autofree char *lines = lines_of(problems);

	g_assert_cmpstr(found, ==, row->entries);
	g_assert_cmpstr(lines, ==, row->problems);
	check_text(row->text, entries);
}

static void add_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
		    g_strconcat("/lines/", rows[i].name, NULL);
		g_test_add_data_func(path, &rows[i], test_row);
	}
}

/* Only the lines of good entries, each where it was. */
static void test_text(void)
{
	const char *text = "# c\n[ A  b] # d\nk = \\\n v\nbad\n"
			   "q = \"\nk = 2\n[]\n[x";
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GPtrArray) entries = config_scan_lines(text, problems);
	g_autofree char *wanted = config_scan_text(text, entries);

	g_assert_cmpstr(wanted, ==, "\n[A b]\nk = \\\n v\n\n\n\n[ ]\n[x]\n");
}

static char *random_text(void)
{
	static const char *const pieces[] = {"[s]\n", "[S t ]\n", "k", "K", "l",
	    "m", "=", " = ", "\"", "'", ";", "#", " ; ", " ", "\t", "v", "\\\n",
	    "\\", "\n", "\n", "\r\n", "\nk =", "\nl =", "\nm =", "\nn ="};
	GString *text = g_string_new(NULL);
	int count = g_test_rand_int_range(1, 40);

	for (int i = 0; i < count; i++)
		g_string_append(text,
		    pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

/* Where the scan finds no fault, iniparser reads the very text alike. */
static bool try_random(void)
{
	g_autofree char *text = random_text();
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autoptr(GPtrArray) entries = config_scan_lines(text, problems);
	g_autofree char *difference = NULL;
	dictionary *values;

	check_text(text, entries);
	if (problems->len > 0)
		return false;
	values = ini_load(text);
	if (values == NULL)
		g_error("iniparser refuses \"%s\"", text);
	difference = ini_compare(entries, values);
	if (difference != NULL)
		g_error("%s in \"%s\"", difference, text);
	iniparser_freedict(values);
	return entries->len > 1;
}

static void test_random(void)
{
	int good = 0;

	for (int i = 0; i < 20000; i++)
		good += try_random();
	g_test_message("%d texts without fault", good);
	g_assert_cmpint(good, >, 200);
}

/* Random lines of one key: a value the scan lets pass is the whole value. */
static void test_random_values(void)
{
	static const char *const pieces[] = {
	    "a", "b c", " ", "\"", "'", ";", "#", "\\x", "\t"};

	for (int i = 0; i < 20000; i++) {
		g_autoptr(GPtrArray) problems = config_problems_new();
		g_autoptr(GPtrArray) entries = NULL;
		GString *value = g_string_new(NULL);
		g_autofree char *text = NULL;
		dictionary *values;

		for (int j = g_test_rand_int_range(0, 6); j >= 0; j--)
			g_string_append(value,
			    pieces[g_test_rand_int_range(
				0, G_N_ELEMENTS(pieces))]);
		text = g_strdup_printf("k = %s\n", value->str);
		entries = config_scan_lines(text, problems);
		values = ini_load(text);
		g_assert_nonnull(values);
		g_strstrip(value->str);
		if (problems->len == 0 && strpbrk(value->str, ";#\"'") == NULL)
			g_assert_cmpstr(iniparser_getstring(values, ":k", ""),
			    ==, value->str);
		else if (problems->len == 0 &&
		    strchr("\"'", value->str[0]) != NULL && value->str[0])
			g_assert_true(g_str_has_prefix(value->str + 1,
			    iniparser_getstring(values, ":k", "?")));
		iniparser_freedict(values);
		g_string_free(value, TRUE);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	add_rows();
	g_test_add_func("/lines/text", test_text);
	g_test_add_func("/lines/random", test_random);
	g_test_add_func("/lines/random-values", test_random_values);
	return g_test_run();
}
