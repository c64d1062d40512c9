/*
 * Clocks and dates.
 */
#include "app/when.h"
#include "os/loop.h"
#include "unit.h"
#include <time.h>

static void test_of(void)
{
	int64_t now = when_wall(), then = when_of(loop_now() - 3600000);

	g_assert_cmpint(when_of(0), ==, 0);
	/* Seconds may tick in between. */
	g_assert_cmpint(now - then, >=, 3599);
	g_assert_cmpint(now - then, <=, 3601);
}

static void test_format(void)
{
	g_autofree char *text = NULL;

	g_setenv("TZ", "XYZ-05:30", TRUE);
	tzset();
	text = when_format(1795338000);
	g_assert_cmpstr(text, ==, "2026-11-22T14:30:00+05:30");
}

/* The day before, so that no zone of a server cuts something off; at the
 * ends of months and years too. */
static void test_search_date(void)
{
	static const struct {
		int64_t wall;
		const char *date;
	} rows[] = {
	    {1795338000, "21-Nov-2026"},
	    {1772323200, "28-Feb-2026"},
	    {1767225600, "31-Dec-2025"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *date = when_search_date(rows[i].wall);

		g_assert_cmpstr(date, ==, rows[i].date);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/when/of", test_of);
	g_test_add_func("/when/format", test_format);
	g_test_add_func("/when/search-date", test_search_date);
	return g_test_run();
}
