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
	g_autoptr(PatternList) list = pattern_list_new(patterns, false, &error);
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
		g_assert_null(pattern_list_new(errors[i][0], false, &error));
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
		    pattern_list_new(good[i], true, NULL);
		g_assert_nonnull(list);
	}
	for (int i = 0; bad[i] != NULL; i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(pattern_list_new(bad[i], true, &error));
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
	return g_test_run();
}
