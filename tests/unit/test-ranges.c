/*
 * Sets of UIDs, against a plain array of bools, and in text.
 */
#include "imap/limits.h"
#include "imap/ranges.h"
#include "tests/unit/unit.h"
#include <string.h>

#define SPAN 40

static void check_text(const struct imap_ranges *ranges, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	imap_ranges_format(ranges, UINT_MAX, text);
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_joins(void)
{
	struct imap_ranges ranges = {0};

	check_text(&ranges, "-");
	imap_ranges_add(&ranges, 5);
	imap_ranges_add(&ranges, 7);
	check_text(&ranges, "5,7");
	imap_ranges_add(&ranges, 6);
	check_text(&ranges, "5:7");
	imap_ranges_add(&ranges, 4);
	imap_ranges_add(&ranges, 8);
	imap_ranges_add(&ranges, 6);
	check_text(&ranges, "4:8");
	imap_ranges_add(&ranges, 0);
	imap_ranges_add(&ranges, 1);
	imap_ranges_add(&ranges, UINT32_MAX);
	imap_ranges_add(&ranges, UINT32_MAX - 1);
	check_text(&ranges, "1,4:8,4294967294:4294967295");
	g_assert_false(imap_ranges_has(&ranges, 0));
	g_assert_false(imap_ranges_has(&ranges, 9));
	g_assert_true(imap_ranges_has(&ranges, UINT32_MAX));
	imap_ranges_drop(&ranges, 0);
	imap_ranges_drop(&ranges, 5);
	check_text(&ranges, "6:8,4294967294:4294967295");
	imap_ranges_drop(&ranges, UINT32_MAX);
	check_text(&ranges, "-");
	imap_ranges_clear(&ranges);
	imap_ranges_clear(&ranges);
}

static void check_model(const struct imap_ranges *ranges, const bool *model)
{
	for (unsigned i = 1; i < ranges->count; i++)
		g_assert_cmpuint(
		    ranges->items[i].first, >, ranges->items[i - 1].last + 1);
	for (uint32_t uid = 0; uid <= SPAN; uid++)
		g_assert_cmpint(imap_ranges_has(ranges, uid), ==, model[uid]);
}

static void check_round_trip(const struct imap_ranges *ranges)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct imap_ranges parsed = {0}, copy;

	imap_ranges_format(ranges, UINT_MAX, text);
	g_assert_true(imap_ranges_parse(text->str, &parsed));
	imap_ranges_copy(ranges, &copy);
	g_assert_true(imap_ranges_equal(&parsed, ranges));
	g_assert_true(imap_ranges_equal(&copy, ranges));
	imap_ranges_add(&copy, SPAN + 10);
	g_assert_false(imap_ranges_equal(&copy, ranges));
	imap_ranges_clear(&parsed);
	imap_ranges_clear(&copy);
}

static void test_random(void)
{
	for (int round = 0; round < 200; round++) {
		struct imap_ranges ranges = {0};
		bool model[SPAN + 1] = {false};

		for (int i = 0; i < 60; i++) {
			uint32_t uid =
			    (uint32_t)g_test_rand_int_range(1, SPAN + 1);

			if (g_test_rand_int_range(0, 10) > 0) {
				imap_ranges_add(&ranges, uid);
				model[uid] = true;
			} else {
				uid /= 4;
				imap_ranges_drop(&ranges, uid);
				memset(model, 0, (uid + 1) * sizeof *model);
			}
			check_model(&ranges, model);
		}
		check_round_trip(&ranges);
		imap_ranges_clear(&ranges);
	}
}

/* The highest go, whatever the order is that they come in. */
static void test_bound(void)
{
	struct imap_ranges ranges = {0};

	for (uint32_t i = IMAP_RANGES_MAX; i > 0; i--)
		imap_ranges_add(&ranges, i * 3);
	g_assert_cmpuint(ranges.count, ==, IMAP_RANGES_MAX);
	imap_ranges_add(&ranges, IMAP_RANGES_MAX * 3 + 3);
	g_assert_false(imap_ranges_has(&ranges, IMAP_RANGES_MAX * 3 + 3));
	imap_ranges_add(&ranges, IMAP_RANGES_MAX * 3 + 1);
	g_assert_true(imap_ranges_has(&ranges, IMAP_RANGES_MAX * 3 + 1));
	imap_ranges_add(&ranges, 1);
	g_assert_true(imap_ranges_has(&ranges, 1));
	g_assert_false(imap_ranges_has(&ranges, IMAP_RANGES_MAX * 3));
	g_assert_true(imap_ranges_has(&ranges, IMAP_RANGES_MAX * 3 - 3));
	g_assert_cmpuint(ranges.count, ==, IMAP_RANGES_MAX);
	imap_ranges_clear(&ranges);
}

static void test_cut(void)
{
	struct imap_ranges ranges = {0};
	g_autoptr(GString) text = g_string_new("x ");
	g_autofree char *all = NULL;

	g_assert_null(imap_ranges_print(&ranges));
	g_assert_true(imap_ranges_parse("2,4:5,7", &ranges));
	all = imap_ranges_print(&ranges);
	g_assert_cmpstr(all, ==, "2,4:5,7");
	imap_ranges_format(&ranges, 2, text);
	imap_ranges_format(&ranges, 0, text);
	g_assert_cmpstr(text->str, ==, "x 2,4:5-");
	imap_ranges_clear(&ranges);
}

static void test_bad(void)
{
	static const char *const rows[] = {"", " ", "0", "01", "1,", ",1",
	    "1,,3", "1:", ":1", "2:2", "3:2", "1,2", "1:2,3", "1:4,3", "4,2",
	    "1:2:3", "1:*", "*", "4294967296", "18446744073709551617", "-1",
	    "+1", "1 ", "1,3x", "--", "4294967295,1", "4294967295:4294967296"};
	struct imap_ranges ranges = {.room = 77};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_false(imap_ranges_parse(rows[i], &ranges));
		g_assert_cmpuint(ranges.room, ==, 77);
	}
}

static void test_read(void)
{
	static const struct {
		const char *written, *meant; /* NULL: it is none */
	} rows[] = {
	    {"17", "17"},
	    {"23,17:20", "17:20,23"},
	    {"20:17", "17:20"},
	    {"1,3,2", "1:3"},
	    {"5:9,1:7,7", "1:9"},
	    {"1:9,2", "1:9"},
	    {"1:4294967295", "1:4294967295"},
	    {"4294967295,1", "1,4294967295"},
	    {"", NULL},
	    {"0", NULL},
	    {"1:*", NULL},
	    {"1,", NULL},
	    {",1", NULL},
	    {"1:", NULL},
	    {"1 2", NULL},
	    {"-", NULL},
	    {"+1", NULL},
	    {"4294967296", NULL},
	    {"1x", NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct imap_ranges ranges = {0};
		bool ok = imap_ranges_read(rows[i].written, &ranges);

		g_test_message("%s", rows[i].written);
		g_assert_cmpint(ok, ==, rows[i].meant != NULL);
		if (ok)
			check_text(&ranges, rows[i].meant);
		imap_ranges_clear(&ranges);
	}
}

/* Too many gaps to be kept. */
static void test_read_scattered(void)
{
	g_autoptr(GString) text = g_string_new("1");
	struct imap_ranges ranges = {0};

	for (unsigned i = 1; i <= IMAP_RANGES_MAX; i++)
		g_string_append_printf(text, ",%u", 2 * i + 1);
	g_assert_false(imap_ranges_read(text->str, &ranges));
	g_assert_cmpuint(ranges.count, ==, 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/ranges/joins", test_joins);
	g_test_add_func("/ranges/random", test_random);
	g_test_add_func("/ranges/bound", test_bound);
	g_test_add_func("/ranges/cut", test_cut);
	g_test_add_func("/ranges/bad", test_bad);
	g_test_add_func("/ranges/read", test_read);
	g_test_add_func("/ranges/read/scattered", test_read_scattered);
	return g_test_run();
}
