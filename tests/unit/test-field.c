/*
 * Splitting a header block, and what becomes of encoded words on the way.
 */
#include "message/field.h"
#include "tests/unit/unit.h"
#include <string.h>

struct row {
	const char *text;
	const char *expected;
};

/* Fields read "name=value|". */
static const struct row blocks[] = {
    {"", ""},
    {"\r\n", ""},
    {"A: b", "A= b|"},
    {"A: b\n", "A= b|"},
    {"A: b\r\nC: d\r\n", "A= b|C= d|"},
    {"A: b\nC: d\n", "A= b|C= d|"},
    {"A:b\r\n\r\nC: d\r\n", "A=b|"},
    {"A:\r\n b\r\n\tc\r\n", "A= b c|"},
    {"A: b\r\n \r\n c\r\n", "A= b  c|"},
    {"A : b\r\n", "A= b|"},
    {"A \t: b\r\n", "A= b|"},
    {"A B: c\r\nD: e\r\n", "D= e|"},
    {"no field\r\nA: b\r\n", "A= b|"},
    {"no field\r\n A: b\r\n", ""},
    {" A: b\r\nC: d\r\n", "C= d|"},
    {":\r\nA: b\r\n", "A= b|"},
    {"A:\r\n", "A=|"},
    {"A: b:c\r\n", "A= b:c|"},
    {"A: b\ry: d\r\n", "A= b\177y: d|"},
    {"A: b\r\r\n", "A= b|"},
    {"A: b\t\tc\r\n", "A= b c|"},
    {"A: \001\002x\177\033y\r\n", "A= \177x\177y|"},
    {"A: \303\266\377\r\n", "A= \303\266\377|"},
    {"\303\266: b\r\nC: d\r\n", "C= d|"},
};

static char *print_block(const char *text, size_t size)
{
	GString *out = g_string_new(NULL);
	g_autofree char *exact = g_memdup2(text, size);
	const char *at = exact, *end = exact + size;
	struct field field;

	while (field_next(&at, end, &field)) {
		g_string_append_printf(
		    out, "%s=%s|", field.name, field.value->str);
		field_clear(&field);
	}
	return g_string_free(out, FALSE);
}

static void test_blocks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
		const char *text = blocks[i].text;
		g_autofree char *got = print_block(text, strlen(text));
		g_assert_cmpstr(got, ==, blocks[i].expected);
	}
}

static void test_nul(void)
{
	static const char text[] = "A: b\0x\r\nD\0: e\r\nF: g\0";
	g_autofree char *got = print_block(text, sizeof(text) - 1);

	g_assert_cmpstr(got, ==, "A= b\177x|F= g\177|");
}

static void test_bounds(void)
{
	g_autofree char *value = g_strnfill(FIELD_RAW_MAX + 1000, 'v');
	g_autofree char *name = g_strnfill(FIELD_NAME_MAX, 'n');
	g_autofree char *text =
	    g_strdup_printf("n%s: too long\r\n%s: b\r\nA:%s\r\n %s\r\nC: d\r\n",
		name, name, value, value);
	const char *at = text, *end = text + strlen(text);
	struct field field;

	g_assert_true(field_next(&at, end, &field));
	g_assert_cmpstr(field.name, ==, name);
	field_clear(&field);
	g_assert_true(field_next(&at, end, &field));
	g_assert_cmpuint(field.value->len, ==, FIELD_RAW_MAX);
	g_assert_true(field.cut);
	field_clear(&field);
	g_assert_true(field_next(&at, end, &field));
	g_assert_cmpstr(field.name, ==, "C");
	g_assert_false(field.cut);
	field_clear(&field);
	g_assert_false(field_next(&at, end, &field));
}

static bool is_cut(const char *start, size_t fill, const char *rest)
{
	g_autofree char *value = g_strnfill(fill, 'v');
	g_autofree char *text = g_strconcat(start, value, rest, NULL);
	const char *at = text;
	struct field field;
	bool cut;

	g_assert_true(field_next(&at, text + strlen(text), &field));
	cut = field.cut;
	field_clear(&field);
	return cut;
}

static void test_cut(void)
{
	g_assert_false(is_cut("A:", FIELD_RAW_MAX, "\r\nB: c\r\n"));
	g_assert_true(is_cut("A:", FIELD_RAW_MAX, "v\r\nB: c\r\n"));
	g_assert_true(is_cut("A:", FIELD_RAW_MAX, "\r\n v\r\n"));
	g_assert_true(is_cut("A:", FIELD_RAW_MAX, "v\r\n\tv"));
	g_assert_true(is_cut("A:", 2 * FIELD_RAW_MAX, ""));
}

static const struct row repairs[] = {
    {"", ""},
    {"plain", "plain"},
    {"=?", "=?"},
    {"=?=?=?", "=?=?=?"},
    {"a =? b ?= c", "a =? b ?= c"},
    {"=?u?B?", "=?u?B?"},
    {"=?u?B?w7Y=?=", "=?u?B?w7Y=?="},
    {"=?u?Q?=C3=B6_?=", "=?u?Q?=C3=B6_?="},
    {"=?u?B?J=C3=B6rg?=", "=?u?Q?J=C3=B6rg?="},
    {"=?u?b?a_b?= x", "=?u?Q?a_b?= x"},
    {"=?u?B?w7Y?=", "=?u?B?w7Y=?="},
    {"=?u?B?YQ?=", "=?u?B?YQ==?="},
    {"=?u?B?YQ=?=", "=?u?B?YQ==?="},
    {"x=?u?B?w7Y?=y", "x=?u?B?w7Y=?=y"},
    {"=?u?B?SsO?= =?u?B?2cmc=?=", "=?u?B?SsO?= =?u?B?2cmc=?="},
    {"=?u?B?SsO?= =?U?b?2cmc?=", "=?u?B?SsO?= =?U?b?2cmc=?="},
    {"=?u?B?w7Y?= =?v?B?YQ==?=", "=?u?B?w7Y=?= =?v?B?YQ==?="},
    {"=?u?B?w7Y?= =?u?Q?a?=", "=?u?B?w7Y=?= =?u?Q?a?="},
    {"=?u?B?w7Y=?= =?u?B?J=C3?=", "=?u?B?w7Y=?= =?u?Q?J=C3?="},
    {"=?u?B?\?=", "=?u?B?\?="},
    {"?= =?u?B?w7Y", "?= =?u?B?w7Y"},
};

static void test_repairs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(repairs); i++) {
		g_autofree char *got = field_repair_words(repairs[i].text);
		g_assert_cmpstr(got, ==, repairs[i].expected);
	}
}

static void test_word(void)
{
	static const char text[] = "=?utf-8?Q?a?= x ?=";
	const char *last = g_strrstr(text, "?="), *encoding, *end;

	g_assert_true(field_word(text, last, &encoding, &end));
	g_assert_cmpint(encoding - text, ==, 8);
	g_assert_cmpint(end - text, ==, 11);
	g_assert_false(field_word(text, NULL, &encoding, &end));
	g_assert_false(field_word(text + 1, last, &encoding, &end));
	g_assert_false(field_word("=?a", last, &encoding, &end));
	g_assert_false(field_word("=?a?", last, &encoding, &end));
	g_assert_false(field_word("=?a?Q", last, &encoding, &end));
}

static void test_decode(void)
{
	GMimeParserOptions *options = g_mime_parser_options_new();
	g_autofree char *many = g_strnfill(FIELD_RAW_MAX, 'a');
	g_autofree char *cut = field_decode(options, many);
	g_autofree char *word = field_decode(options, " =?utf-8?B?w7Y?= ");
	g_autofree char *plain = field_decode(options, " J\303\266rg ");

	g_assert_cmpuint(strlen(cut), ==, FIELD_TEXT_MAX);
	g_assert_cmpstr(word, ==, "\303\266");
	g_assert_cmpstr(plain, ==, "J\303\266rg");
	g_mime_parser_options_free(options);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_mime_init();
	g_test_add_func("/field/blocks", test_blocks);
	g_test_add_func("/field/nul", test_nul);
	g_test_add_func("/field/bounds", test_bounds);
	g_test_add_func("/field/cut", test_cut);
	g_test_add_func("/field/repairs", test_repairs);
	g_test_add_func("/field/word", test_word);
	g_test_add_func("/field/decode", test_decode);
	return g_test_run();
}
