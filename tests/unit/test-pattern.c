#include "rules/pattern.h"
#include "rules/rules.h"
#include "tests/unit/unit.h"
#include <string.h>

struct row {
	const char *patterns;
	const char *text;
	bool holds;
};

static const struct row rows[] = {
    {"abc", "abc", true},
    {"abc", "ABC", true},
    {"ABC", "abc", true},
    {"abc", "abcd", false},
    {"abc", "xabc", false},
    {"abc", "", false},
    {"a*", "abc", true},
    {"*c", "abc", true},
    {"*b*", "abc", true},
    {"*", "", true},
    {"*", "anything", true},
    {"**", "x", true},
    {"a*c", "abcbc", true},
    {"a*c", "abcb", false},
    {"*ab*ab", "abxabab", true},
    {"a*b*c*d", "aXbXcXe", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"a?c", "a\303\266c", true},
    {"?", "", false},
    {"???", "\303\266\342\202\254x", true},
    {"a\\*c", "a*c", true},
    {"a\\*c", "abc", false},
    {"a\\?", "ab", false},
    {"a\\\\b", "a\\b", true},
    {"a\\", "a\\", true},
    {"a\\,b", "a,b", true},
    {"a\\,b", "a", false},
    {"\\/x/", "/x/", true},
    {"\\!x", "!x", true},
    {"[a]", "[a]", true},
    {"[a]", "a", false},

    /* Case and composition, both sides. */
    {"J\303\226RG", "j\303\266rg", true},
    {"stra\303\237e", "STRASSE", true},
    {"\316\243\316\221\316\243", "\317\203\316\261\317\202", true},
    {"e\314\201", "\303\211", true},
    {"\303\211", "e\314\201", true},
    {"\320\237\320\240*", "\320\277\321\200\320\270", true},

    /* Lists. */
    {"a, b", "a", true},
    {"a, b", "b", true},
    {"a, b", "c", false},
    {"  a  ,\tb  ", "b", true},
    {"a b, c d", "a b", true},
    {"a b , c", "a b", true},
    {"!a", "b", true},
    {"!a", "a", false},
    {"! a", "a", false},
    {"!a, !b", "c", true},
    {"!a, !b", "b", false},
    {"a*, !ab", "ac", true},
    {"a*, !ab", "ab", false},
    {"!ab, a*", "ab", false},
    {"a*, !ab", "x", false},
    {"!a!", "a!", false},
    {"!/b/", "abc", false},
    {"!/b/", "axc", true},

    /* Regular expressions: unanchored, caseless, commas and slashes. */
    {"/b/", "abc", true},
    {"/B/", "abc", true},
    {"/^b/", "abc", false},
    {"/^a.c$/", "abc", true},
    {"/^a{1,2}$/", "aa", true},
    {"/^a{1,2}$/", "aaa", false},
    {"/x,y/, z", "z", true},
    {"/x,y/, z", "x,y", true},
    {"/x,y/,z", "y", false},
    {"/a\\/,b/", "a/,b", true},
    {"/a/b/", "a/b", true},
    {"/a/ , /b/", "b", true},
    {"/\303\266/", "\303\226", true},
    {"/^.$/", "\342\202\254", true},
    {"/(a)\\1/", "aA", true},
    {"/\\bfoo\\b/", "a foo b", true},
    {"/,/", ",", true},
    {"/^$/", "", true},
};

static bool match(const char *patterns, const char *const *texts, bool *gave_up)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PatternList) list =
	    pattern_list_new(patterns, PATTERN_TEXT, &error);
	g_autoptr(GPtrArray) array = g_ptr_array_new();

	g_assert_no_error(error);
	for (; *texts != NULL; texts++)
		g_ptr_array_add(array, (void *)*texts);
	*gave_up = false;
	return pattern_list_match(list, array, gave_up);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *texts[] = {rows[i].text, NULL};
		bool gave_up;

		if (match(rows[i].patterns, texts, &gave_up) != rows[i].holds ||
		    gave_up) {
			g_test_message(
			    "%s with \"%s\"", rows[i].patterns, rows[i].text);
			g_test_fail();
		}
	}
}

static void test_several(void)
{
	const char *both[] = {"a", "b", NULL}, *none[] = {NULL};
	bool gave_up;

	g_assert_true(match("b", both, &gave_up));
	g_assert_true(match("c, b", both, &gave_up));
	g_assert_false(match("c", both, &gave_up));
	g_assert_false(match("a, !b", both, &gave_up));
	g_assert_false(match("!b", both, &gave_up));
	g_assert_true(match("!c", both, &gave_up));
	g_assert_false(match("*", none, &gave_up));
	g_assert_true(match("!*", none, &gave_up));
}

static const char *const errors[][2] = {
    {"", "empty"},
    {"  ", "empty"},
    {"a,", "empty"},
    {",a", "empty"},
    {"a,,b", "empty"},
    {"!", "empty"},
    {"a, !", "empty"},
    {"//", "empty"},
    {"/a", "closing"},
    {"/a/i", "closing"},
    {"/a/ b", "closing"},
    {"/a\\/", "closing"},
    {"/(/", "/(/"},
    {"/[/", "/[/"},
    {"a, /*/", "/*/"},
    {"\377", "UTF-8"},
};

static void test_errors(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(
		    pattern_list_new(errors[i][0], PATTERN_TEXT, &error));
		g_assert_error(error, RULES_ERROR, RULES_ERROR_PATTERN);
		g_assert_nonnull(strstr(error->message, errors[i][1]));
		g_assert_null(strstr(error->message, "LIMIT"));
	}
}

static void test_address(void)
{
	static const char *const good[] = {
	    "a@b", "*a", "a?", "!a@b", "/a/", "a@b, /c/", NULL};
	static const char *const bad[] = {
	    "boss", "a@b, boss", "!boss", "example.org", NULL};

	for (int i = 0; good[i] != NULL; i++) {
		g_autoptr(PatternList) list =
		    pattern_list_new(good[i], PATTERN_ADDRESS, NULL);
		g_assert_nonnull(list);
	}
	for (int i = 0; bad[i] != NULL; i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(
		    pattern_list_new(bad[i], PATTERN_ADDRESS, &error));
		g_assert_error(error, RULES_ERROR, RULES_ERROR_PATTERN);
		g_assert_nonnull(strstr(error->message, "@example.org"));
	}
}

/* Returns at all, and says that it gave up; an excluding pattern that gave
 * up must not let the message pass. */
static void test_limit(void)
{
	g_autofree char *many = g_strnfill(8000, 'a');
	const char *texts[] = {
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", NULL};
	const char *large[] = {many, NULL};
	bool gave_up;

	g_assert_false(match("/(a+)+$/", texts, &gave_up));
	g_assert_true(gave_up);
	g_assert_false(match("!/(a+)+$/", texts, &gave_up));
	g_assert_true(gave_up);
	g_assert_true(match("/(a+)+$/, *b", texts, &gave_up));
	g_assert_false(match("/(a|aa|aaa)*[bc]/", large, &gave_up));
	g_assert_true(gave_up);
	g_assert_false(match("/(((a?)*)*)*[bc]/", large, &gave_up));
	g_assert_true(gave_up);
	g_assert_false(match("/(?:(?R)|a)*b/, x", large, &gave_up));
}

/* A text that is too much spares the pattern the others; the next pattern
 * looks at them all. */
static void test_limit_once(void)
{
	const char *texts[] = {
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "aaa", NULL};
	const char *good_first[] = {"aaa", texts[0], NULL};
	bool gave_up;

	g_assert_false(match("/(a+)+$/", texts, &gave_up));
	g_assert_true(gave_up);
	g_assert_true(match("/(a+)+$/, aaa", texts, &gave_up));
	g_assert_true(gave_up);
	g_assert_true(match("/(a+)+$/", good_first, &gave_up));
	g_assert_false(gave_up);
	g_assert_false(match("!/(a+)+$/", texts, &gave_up));
}

/* What rules are written with stays far from the limit. */
static void test_limit_room(void)
{
	g_autofree char *many = g_strnfill(8000, 'a');
	g_autofree char *text = g_strconcat(many, " invoice 12, paid", NULL);
	const char *texts[] = {text, NULL};
	static const char *const patterns[] = {"/invoice .*paid/",
	    "/.*invoice.*paid$/", "/(paid|due)$/", "/\\b\\d+, (un)?paid/",
	    "/^a.*e [0-9]{1,3}, /"};

	for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
		bool gave_up;
		g_assert_true(match(patterns[i], texts, &gave_up));
		g_assert_false(gave_up);
	}
}

/* The worst for a glob is pattern times text. */
static void test_glob_cost(void)
{
	g_autoptr(GString) stars = g_string_new(NULL);
	g_autofree char *many = g_strnfill(8000, 'a');
	const char *texts[] = {many, NULL};
	bool gave_up;

	for (int i = 0; i < 100; i++)
		g_string_append(stars, "a*");
	g_string_append(stars, "b");
	g_assert_false(match(stars->str, texts, &gave_up));
	g_assert_false(gave_up);
}

static void test_invalid_text(void)
{
	const char *texts[] = {"a\377b", NULL};
	bool gave_up;

	g_assert_true(match("a?b", texts, &gave_up));
	g_assert_true(match("/^a.b$/", texts, &gave_up));
	pattern_list_free(NULL);
}

static struct pattern_list *read_list(const char *patterns)
{
	g_autoptr(GError) error = NULL;
	struct pattern_list *list =
	    pattern_list_new(patterns, PATTERN_TEXT, &error);

	g_assert_no_error(error);
	return list;
}

/* Where the first holds, does the second?  A no may be a "not certain". */
static void test_implies(void)
{
	static const struct {
		const char *a, *b;
		bool implies;
	} cases[] = {
	    {"x", "x", true},
	    {"x", "X", true},
	    {"x", "y", false},
	    {"x", "*", true},
	    {"*", "x", false},
	    {"*", "*", true},
	    {"*", "**", true},
	    {"*x*", "*", true},
	    {"x", "?", true},
	    {"?", "x", false},
	    {"?", "*", true},
	    {"*", "?", false},
	    {"?*", "?", false},
	    /* True, but not found. */
	    {"?*", "*?", false},
	    {"*?", "?*", false},
	    {"??", "?*", true},
	    {"?", "??", false},
	    {"*", "?*", false},
	    {"a@b.example", "*@b.example", true},
	    {"*@b.example", "a@b.example", false},
	    {"*@b.example", "*.example", true},
	    {"a*b*c", "a*c", true},
	    {"a*c", "a*b*c", false},
	    {"*ab", "*a*b", true},
	    /* A literal star is a character. */
	    {"\\*", "?", true},
	    {"*", "\\*", false},
	    {"\\*", "*", true},
	    {"x, y", "y, z, x", true},
	    {"x, y, z", "x, y", false},
	    {"x, y", "?", true},
	    {"/x/", "/x/", true},
	    {"/x/", "/X/", false},
	    {"/x/", "*", true},
	    {"/x/", "?*", false},
	    {"*", "/x/", false},
	    {"x", "/x/", false},
	    {"x, /y/", "/y/, x", true},
	    /* Exclusions. */
	    {"!x", "!x", true},
	    {"!x", "x", false},
	    {"x", "!x", false},
	    {"x", "!y", false},
	    {"x, !y", "x", true},
	    {"x", "x, !y", false},
	    {"x, !y", "*, !y", true},
	    {"x, !*", "x, !y", true},
	    {"x, !y", "x, !*", false},
	    {"x, !y, !z", "x, !z", true},
	    {"!x, !y", "!x", true},
	    {"!x", "!x, !y", false},
	    {"!x", "*", false},
	    {"x, !/y/", "*, !/y/", true},
	    {"x, !*", "*, !/y/", true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(PatternList) a = read_list(cases[i].a);
		g_autoptr(PatternList) b = read_list(cases[i].b);

		g_test_message("%s, then %s", cases[i].a, cases[i].b);
		g_assert_cmpint(
		    pattern_list_implies(a, b), ==, cases[i].implies);
	}
}

static bool holds_for(const struct pattern_list *list, GPtrArray *texts)
{
	bool gave_up = false;

	return pattern_list_match(list, texts, &gave_up);
}

static void add_text(GPtrArray *texts, unsigned bits)
{
	static const char *const words[] = {
	    "", "a", "b", "ab", "aab", "*", "ba"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if ((bits >> i & 1) != 0)
			g_ptr_array_add(texts, (void *)words[i]);
}

static void check_sound(const char *one, const char *other)
{
	g_autoptr(PatternList) a = read_list(one);
	g_autoptr(PatternList) b = read_list(other);

	if (!pattern_list_implies(a, b))
		return;
	for (unsigned bits = 0; bits < 1U << 7; bits++) {
		g_autoptr(GPtrArray) texts = g_ptr_array_new();

		add_text(texts, bits);
		if (!holds_for(a, texts) || holds_for(b, texts))
			continue;
		g_test_message("%s does not imply %s", one, other);
		g_test_fail();
		return;
	}
}

/* Any list with any other, on all sets of a few texts. */
static void test_implies_is_sound(void)
{
	static const char *const lists[] = {"*", "a", "?", "a*", "*a", "*a*b",
	    "??", "?*", "\\*", "/a/", "/^b/", "a, b", "*, !a", "!a", "!*a",
	    "!a, !b", "a*, !*b", "/a/, !/b/", "ab, !?", "?, a*b", "*?*b", "!*",
	    "*, !/a/", "a, !*"};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(lists); j++)
			check_sound(lists[i], lists[j]);
}

static void test_takes_all(void)
{
	static const struct {
		const char *patterns;
		bool takes_all;
	} cases[] = {
	    {"*", true},
	    {"x, **", true},
	    {"?*", false},
	    {"*, !x", false},
	    {"!x", false},
	    {"/.*/", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(PatternList) list = read_list(cases[i].patterns);

		g_test_message("%s", cases[i].patterns);
		g_assert_cmpint(
		    pattern_list_takes_all(list), ==, cases[i].takes_all);
	}
}

/* What can never hold is refused, by what the texts will be. */
static void test_kinds(void)
{
	static const struct {
		enum pattern_kind kind;
		const char *patterns, *says;
	} cases[] = {
	    {PATTERN_FLAG, "\\Seen", NULL},
	    {PATTERN_FLAG, "seen, !\\flagged", NULL},
	    {PATTERN_FLAG, "\\*", NULL},
	    {PATTERN_FLAG, "/x/", NULL},
	    {PATTERN_FLAG, "\\Sene", "none of \\Seen"},
	    {PATTERN_FLAG, "$Junk", "keyword ="},
	    {PATTERN_KEYWORD, "$Junk, work", NULL},
	    {PATTERN_KEYWORD, "*", NULL},
	    {PATTERN_KEYWORD, "\\Seen", "flags = \\Seen"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(PatternList) list =
		    pattern_list_new(cases[i].patterns, cases[i].kind, &error);

		g_test_message("%s", cases[i].patterns);
		g_assert_cmpint(list != NULL, ==, cases[i].says == NULL);
		if (cases[i].says != NULL)
			g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/pattern/rows", test_rows);
	g_test_add_func("/pattern/several", test_several);
	g_test_add_func("/pattern/errors", test_errors);
	g_test_add_func("/pattern/address", test_address);
	g_test_add_func("/pattern/limit", test_limit);
	g_test_add_func("/pattern/limit-once", test_limit_once);
	g_test_add_func("/pattern/limit-room", test_limit_room);
	g_test_add_func("/pattern/glob-cost", test_glob_cost);
	g_test_add_func("/pattern/invalid-text", test_invalid_text);
	g_test_add_func("/pattern/implies", test_implies);
	g_test_add_func("/pattern/implies-is-sound", test_implies_is_sound);
	g_test_add_func("/pattern/takes-all", test_takes_all);
	g_test_add_func("/pattern/kinds", test_kinds);
	return g_test_run();
}
