/*
 * Durations, sizes and numbers: what is read, what is not, and back.
 */
#include "config/value.h"
#include "unit.h"

typedef bool parse_fn(const char *text, int64_t *ret);
typedef char *print_fn(int64_t value);

struct row {
	const char *text;
	int64_t value; /* -1: refused */
};

static const struct row durations[] = {{"0", 0}, {"1ms", 1}, {"0s", 0},
    {"90s", 90000}, {"15m", 900000}, {"2h", 7200000}, {"3d", 259200000},
    {"007s", 7000},
    {"106751991167d", G_GINT64_CONSTANT(106751991167) * 86400000},
    {"106751991168d", -1}, {"9223372036854775807ms", G_MAXINT64},
    {"9223372036854775808ms", -1}, {"99999999999999999999s", -1}, {"", -1},
    {"s", -1}, {"15", -1}, {"15 m", -1}, {" 15m", -1}, {"15m ", -1},
    {"15M", -1}, {"-15m", -1}, {"+15m", -1}, {"1.5h", -1}, {"1h30m", -1},
    {"15min", -1}, {"0x5s", -1}, {"1w", -1}, {"\xEF\xBC\x91s", -1}};

static const struct row sizes[] = {{"0", 0}, {"1", 1}, {"1000", 1000},
    {"64K", 65536}, {"64k", 65536}, {"2M", 2097152}, {"2m", 2097152},
    {"1G", 1 << 30}, {"8589934591G", G_GINT64_CONSTANT(8589934591) << 30},
    {"8589934592G", -1}, {"9223372036854775807", G_MAXINT64},
    {"9223372036854775808", -1}, {"", -1}, {"K", -1}, {"64KB", -1},
    {"64KiB", -1}, {"64 K", -1}, {"-1", -1}, {"1.5M", -1}, {"64T", -1},
    {"0x10", -1}, {"1e3", -1}};

static const struct row numbers[] = {{"0", 0}, {"993", 993}, {"007", 7},
    {"9223372036854775807", G_MAXINT64}, {"9223372036854775808", -1}, {"", -1},
    {" 1", -1}, {"1 ", -1}, {"+1", -1}, {"-1", -1}, {"0x1", -1}, {"1K", -1},
    {"one", -1}};

static void check_row(parse_fn *parse, const struct row *row)
{
	int64_t value = -77;
	bool good = parse(row->text, &value);

	g_test_message("\"%s\"", row->text);
	g_assert_true(good == (row->value >= 0));
	g_assert_cmpint(value, ==, good ? row->value : -77);
}

static void check_print(parse_fn *parse, print_fn *print, int64_t value)
{
	g_autofree char *text = print(value);
	int64_t again = -1;

	g_assert_true(parse(text, &again));
	g_assert_cmpint(again, ==, value);
}

static void test_durations(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(durations); i++)
		check_row(value_parse_duration, &durations[i]);
}

static void test_sizes(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
		check_row(value_parse_size, &sizes[i]);
}

static void test_numbers(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		check_row(value_parse_number, &numbers[i]);
}

static void check_text(print_fn *print, int64_t value, const char *wanted)
{
	g_autofree char *text = print(value);

	g_assert_cmpstr(text, ==, wanted);
}

static void test_print_duration(void)
{
	check_text(value_print_duration, 0, "0");
	check_text(value_print_duration, 1, "1ms");
	check_text(value_print_duration, 1000, "1s");
	check_text(value_print_duration, 60000, "1m");
	check_text(value_print_duration, 90000, "90s");
	check_text(value_print_duration, 86400000, "1d");
	check_text(value_print_duration, 90000000, "25h");
}

static void test_print_size(void)
{
	check_text(value_print_size, 0, "0");
	check_text(value_print_size, 1000, "1000");
	check_text(value_print_size, 1024, "1K");
	check_text(value_print_size, 1025, "1025");
	check_text(value_print_size, 3 << 20, "3M");
	check_text(value_print_size, G_GINT64_CONSTANT(5) << 30, "5G");
}

static void test_print_any(void)
{
	for (int i = 0; i < 10000; i++) {
		int64_t value = (int64_t)(((guint64)g_test_rand_int() << 31 |
					      (guint64)g_test_rand_int()) >>
		    g_test_rand_int_range(1, 62));
		check_print(value_parse_duration, value_print_duration, value);
		check_print(value_parse_size, value_print_size, value);
		check_print(value_parse_duration, value_print_duration,
		    value / 60000 * 60000);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/value/durations", test_durations);
	g_test_add_func("/value/sizes", test_sizes);
	g_test_add_func("/value/numbers", test_numbers);
	g_test_add_func("/value/print-duration", test_print_duration);
	g_test_add_func("/value/print-size", test_print_size);
	g_test_add_func("/value/print-any", test_print_any);
	return g_test_run();
}
