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

static void set_zone(const char *zone)
{
	g_setenv("TZ", zone, TRUE);
}

/* Sunday, 2026-03-29 01:00:00 UTC and 2026-10-25 01:00:00 UTC: when Central
 * Europe's clocks are put forward and back. */
#define SPRING 1774746000
#define AUTUMN 1792890000
#define SUNDAY (6U * 24 * 60)

static void test_minute_of_week(void)
{
	static const struct {
		const char *zone;
		int64_t wall;
		unsigned minute;
	} rows[] = {
	    {"UTC0", SPRING, SUNDAY + 60}, {"UTC0", SPRING + 59, SUNDAY + 60},
	    {"UTC0", SPRING + 60, SUNDAY + 61},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", SPRING - 60, SUNDAY + 119},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", SPRING, SUNDAY + 180},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", AUTUMN - 60, SUNDAY + 179},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", AUTUMN, SUNDAY + 120},
	    /* The zone moves it into another day, and another week. */
	    {"XYZ-24", SPRING, 60}, {"XYZ2", SPRING, SUNDAY - 60},
	    {"UTC0", 345600, 0}, /* a Monday */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		set_zone(rows[i].zone);
		g_test_message(
		    "%s %" G_GINT64_FORMAT, rows[i].zone, rows[i].wall);
		g_assert_cmpuint(
		    when_minute_of_week(rows[i].wall), ==, rows[i].minute);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/when/of", test_of);
	g_test_add_func("/when/format", test_format);
	g_test_add_func("/when/search-date", test_search_date);
	g_test_add_func("/when/minute-of-week", test_minute_of_week);
	return g_test_run();
}
