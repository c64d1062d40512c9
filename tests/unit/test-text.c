#include "message/text.h"
#include "tests/unit/unit.h"
#include <stdbool.h>
#include <string.h>

struct row {
	const char *text;
	const char *clean;
};

static const struct row rows[] = {
    {"", ""},
    {"plain text", "plain text"},
    {"two  spaces stay", "two  spaces stay"},
    {"  ends  ", "ends"},
    {"a\tb", "a b"},
    {"a\r\n b", "a b"},
    {"a \n\t b", "a b"},
    {"\n", ""},
    {"\nab\n", "ab"},
    {"\033[31mred", "[31mred"},
    {"bell\a\b\177!", "bell !"},
    {"c1\302\205x", "c1 x"},
    {"csi\302\23331m", "csi 31m"},
    {"line\342\200\250para\342\200\251x", "line para x"},
    {"\342\200\256gpj.exe", "gpj.exe"},
    {"a\342\201\246b\342\201\251c", "abc"},
    {"a\330\234b\342\200\216c\342\200\217d", "abcd"},
    {"pay\342\200\213pal", "paypal"},
    {"a\302\255b\357\273\277c\342\201\240d", "abcd"},
    {"a \342\200\213 b", "a  b"},
    {"a\001\342\200\213\002b", "a b"},
    {"flag\363\240\201\247\363\240\201\277", "flag"},
    {"\343\205\244x\341\205\237", "x"},
    {"J\303\266rg", "J\303\266rg"},
    {"e\314\201", "e\314\201"},
    {"\331\206\331\205\333\214\342\200\214\330\256", /* ZWNJ stays */
	"\331\206\331\205\333\214\342\200\214\330\256"},
    {"\360\237\221\251\342\200\215\360\237\222\273", /* ZWJ stays */
	"\360\237\221\251\342\200\215\360\237\222\273"},
    {"J\366rg", "J\357\277\275rg"},
    {"\300\200", "\357\277\275\357\277\275"},
    {"\355\240\200", "\357\277\275\357\277\275\357\277\275"},
    {"cut\342\202", "cut\357\277\275\357\277\275"},
    {"\364\220\200\200", "\357\277\275\357\277\275\357\277\275\357\277\275"},
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *clean = text_clean(rows[i].text, -1, 100);
		g_assert_cmpstr(clean, ==, rows[i].clean);
	}
}

static const struct row masks[] = {
    {"", ""},
    {"a@b.example", "a@b.example"},
    {"\"a b\"@c", "\"a b\"@c"},
    {"a\342\200\213b", "a\357\277\275b"},
    {"\342\200\213ab\342\200\213", "\357\277\275ab\357\277\275"},
    {"a\nb\302\205", "a\357\277\275b\357\277\275"},
    {"a\377b", "a\357\277\275b"},
    {"J\303\266rg", "J\303\266rg"},
};

static void test_masks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
		g_autofree char *mask = text_mask(masks[i].text, 100);
		g_assert_cmpstr(mask, ==, masks[i].clean);
	}
}

static void test_size(void)
{
	g_autofree char *nul = text_clean("a\0b\0\0", 5, 100);
	g_autofree char *part = text_clean("abcdef", 3, 100);
	g_autofree char *none = text_clean("abc", 0, 100);

	g_assert_cmpstr(nul, ==, "a b");
	g_assert_cmpstr(part, ==, "abc");
	g_assert_cmpstr(none, ==, "");
}

static void check_cut(const char *text, size_t max, const char *expected)
{
	g_autofree char *clean = text_clean(text, -1, max);

	g_assert_cmpstr(clean, ==, expected);
}

static void test_cut(void)
{
	check_cut("abcdef", 6, "abcdef");
	check_cut("abcdef", 5, "ab\u2026");
	check_cut("abcdef", 3, "\u2026");
	check_cut("abcdef", 2, "ab");
	check_cut("abcdef", 0, "");
	check_cut("ab cdef", 6, "ab\u2026");
	check_cut("\303\266\303\266\303\266", 6, "\303\266\303\266\303\266");
	check_cut("\303\266\303\266\303\266", 5, "\303\266\u2026");
	check_cut("\303\266\303\266\303\266", 4, "\u2026");
	check_cut("abc          ", 4, "abc");
	check_cut("   abc", 3, "abc");
	check_cut("a                 b", 8, "a\u2026");
	check_cut("\303\266", 1, "");
	/* Runs of ASCII, at either side of what is not. */
	check_cut("\303\266abc de\tfg", 20, "\303\266abc de fg");
	check_cut("\303\266abcdef", 8, "\303\266abcdef");
	check_cut("\303\266abcdef", 7, "\303\266ab\u2026");
	check_cut("abcdef\303\266", 7, "abcd\u2026");
	check_cut("abcdef\303\266  xyz", 13, "abcdef\303\266  xyz");
	check_cut("abcdef\303\266  xyz", 12, "abcdef\303\266\u2026");
}

static bool is_forbidden(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
	    c == 0x2029 || c == 0x061c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	    c == 0x200b || c == 0x2060 || c == 0xfeff ||
	    (c >= 0xe0000 && c <= 0xe007f);
}

static void check_properties(const char *text, size_t size, size_t max)
{
	g_autofree char *clean = text_clean(text, size, max);
	g_autofree char *again = text_clean(clean, -1, max);
	size_t length = strlen(clean);

	g_assert_true(g_utf8_validate(clean, -1, NULL));
	g_assert_cmpuint(length, <=, max);
	g_assert_cmpstr(clean, ==, again);
	g_assert_false(length > 0 && clean[0] == ' ');
	g_assert_false(length > 0 && clean[length - 1] == ' ');
	for (const char *p = clean; *p != '\0'; p = g_utf8_next_char(p))
		g_assert_false(is_forbidden(g_utf8_get_char(p)));
}

/* Bytes of any kind, and characters around the ones that matter. */
static void append_random(GString *text)
{
	static const gunichar bases[] = {
	    0, 0x20, 0x7f, 0x200b, 0x2028, 0x2060, 0x61c, 0xfeff, 0xe0000};

	if (g_test_rand_bit()) {
		g_string_append_c(text, (char)g_test_rand_int_range(0, 256));
	} else {
		gunichar base =
		    bases[g_test_rand_int_range(0, G_N_ELEMENTS(bases))];
		g_string_append_unichar(
		    text, base + g_test_rand_int_range(0, 48));
	}
}

static void test_properties(void)
{
	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		int count = g_test_rand_int_range(0, 60);

		while (count-- > 0)
			append_random(text);
		check_properties(
		    text->str, text->len, g_test_rand_int_range(0, 80));
	}
}

/* A megabyte of what is dropped must not take a megabyte of room. */
static void test_bounds(void)
{
	size_t size = 1 << 20;
	g_autofree char *blanks = g_malloc(size);
	g_autofree char *clean = NULL;

	memset(blanks, ' ', size);
	blanks[0] = 'a';
	blanks[size - 1] = 'b';
	clean = text_clean(blanks, size, 100);
	g_assert_cmpstr(clean, ==, "a\u2026");
}

static void test_markup(void)
{
	g_autofree char *markup = text_markup("<b>\"A\" & 'B'</b> J\303\266");

	g_assert_cmpstr(markup, ==,
	    "&lt;b&gt;&quot;A&quot; &amp; &apos;B&apos;&lt;/b&gt; J\303\266");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/text/rows", test_rows);
	g_test_add_func("/text/masks", test_masks);
	g_test_add_func("/text/size", test_size);
	g_test_add_func("/text/cut", test_cut);
	g_test_add_func("/text/properties", test_properties);
	g_test_add_func("/text/bounds", test_bounds);
	g_test_add_func("/text/markup", test_markup);
	return g_test_run();
}
