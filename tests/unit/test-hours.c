/*
 * Hours of the week: what holds when, and until when.
 */
#include "rules/hours.h"
#include "rules/rules.h"
#include "unit.h"
#include <limits.h>

enum {
	MON = 0 * HOURS_DAY,
	TUE = 1 * HOURS_DAY,
	WED = 2 * HOURS_DAY,
	THU = 3 * HOURS_DAY,
	FRI = 4 * HOURS_DAY,
	SAT = 5 * HOURS_DAY,
	SUN = 6 * HOURS_DAY,
};

#define AT(day, hour, minute) ((day) + (hour)*60 + (minute))

static struct hours *read_hours(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct hours *hours = hours_new(text, &error);

	g_assert_no_error(error);
	g_assert_nonnull(hours);
	return hours;
}

static void test_hold(void)
{
	static const struct {
		const char *text;
		unsigned minute;
		bool holds;
	} rows[] = {
	    {"12:00-13:00", AT(MON, 11, 59), false},
	    {"12:00-13:00", AT(MON, 12, 0), true},
	    {"12:00-13:00", AT(SUN, 12, 59), true},
	    {"12:00-13:00", AT(SUN, 13, 0), false},
	    {"22:00-07:00", AT(WED, 21, 59), false},
	    {"22:00-07:00", AT(WED, 22, 0), true},
	    {"22:00-07:00", AT(THU, 0, 0), true},
	    {"22:00-07:00", AT(THU, 6, 59), true},
	    {"22:00-07:00", AT(THU, 7, 0), false},
	    /* Sunday's goes on into the next week. */
	    {"22:00-07:00", AT(MON, 0, 0), true},
	    {"Sun 22:00-07:00", AT(MON, 6, 59), true},
	    {"Sun 22:00-07:00", AT(SUN, 6, 59), false},
	    {"Sun 22:00-07:00", AT(TUE, 6, 59), false},
	    {"Sat 22:00-07:00", AT(SAT, 6, 59), false},
	    {"Sat 22:00-07:00", AT(SUN, 6, 59), true},
	    {"Sat", AT(FRI, 23, 59), false},
	    {"Sat", AT(SAT, 0, 0), true},
	    {"Sat", AT(SAT, 23, 59), true},
	    {"Sat", AT(SUN, 0, 0), false},
	    {"sAT", AT(SAT, 1, 0), true},
	    {"Saturday", AT(SAT, 1, 0), true},
	    {"Sat, Sun", AT(SUN, 0, 0), true},
	    {"Sat,Sun", AT(MON, 0, 0), false},
	    {"Mon-Fri", AT(FRI, 23, 59), true},
	    {"Mon-Fri", AT(SAT, 0, 0), false},
	    {"Mon-Fri", AT(SUN, 23, 59), false},
	    {"Fri-Mon", AT(THU, 23, 59), false},
	    {"Fri-Mon", AT(FRI, 0, 0), true},
	    {"Fri-Mon", AT(SUN, 12, 0), true},
	    {"Fri-Mon", AT(MON, 23, 59), true},
	    {"Fri-Mon", AT(TUE, 0, 0), false},
	    {"Wed-Wed", AT(WED, 9, 0), true},
	    {"Wed-Wed", AT(THU, 9, 0), false},
	    {"Mon-Sun", AT(SUN, 23, 59), true},
	    {"Mon-Fri 12:00-13:00", AT(FRI, 12, 30), true},
	    {"Mon-Fri 12:00-13:00", AT(SAT, 12, 30), false},
	    {"Mon-Fri 12:00-13:00", AT(FRI, 13, 30), false},
	    {"monday - friday  9:00 - 17:30", AT(TUE, 17, 29), true},
	    {"monday - friday  9:00 - 17:30", AT(TUE, 17, 30), false},
	    {"Fri-Mon 20:00-02:00", AT(TUE, 1, 59), true},
	    {"Fri-Mon 20:00-02:00", AT(FRI, 1, 59), false},
	    {"18:00-24:00", AT(MON, 23, 59), true},
	    {"18:00-24:00", AT(TUE, 0, 0), false},
	    {"18:00-00:00", AT(MON, 23, 59), true},
	    {"18:00-00:00", AT(TUE, 0, 0), false},
	    {"00:00-24:00", AT(THU, 0, 0), true},
	    {"22:00-07:00, Sat, Sun, Mon-Fri 12:00-13:00", AT(SAT, 15, 0),
		true},
	    {"22:00-07:00, Sat, Sun, Mon-Fri 12:00-13:00", AT(MON, 12, 15),
		true},
	    {"22:00-07:00, Sat, Sun, Mon-Fri 12:00-13:00", AT(MON, 15, 0),
		false},
	    {" 12:00-13:00 ,\tSun ", AT(SUN, 0, 0), true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Hours) hours = read_hours(rows[i].text);

		g_test_message("%s at %u", rows[i].text, rows[i].minute);
		g_assert_cmpint(
		    hours_hold(hours, rows[i].minute), ==, rows[i].holds);
	}
}

static void test_bad(void)
{
	static const char *const rows[] = {
	    "",
	    " ",
	    ",",
	    "Sat,",
	    ", Sat",
	    "Sat,,Sun",
	    "22:00",
	    "22:00-",
	    "-07:00",
	    "22-7",
	    "22:0-07:00",
	    "22:00-07:000",
	    "122:00-07:00",
	    "22:60-07:00",
	    "25:00-07:00",
	    "22:00-24:01",
	    "24:00-07:00",
	    "12:00-12:00",
	    "00:00-00:00",
	    "22:00-07:00x",
	    "22:00-07:00 Sat",
	    "22:00-07:00-08:00",
	    "Sa",
	    "Satur",
	    "Funday",
	    "Mon-",
	    "Mon-Funday",
	    "Mon-12:00",
	    "Mon12:00-13:00",
	    "Mon Tue",
	    "Mon-Wed-Fri",
	    "!Mon",
	    "Mon-Fri 12:00",
	    "12:00\342\200\22313:00",
	    "\xff",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", rows[i]);
		g_assert_null(hours_new(rows[i], &error));
		g_assert_error(error, RULES_ERROR, RULES_ERROR_VALUE);
		g_assert_nonnull(g_strstr_len(error->message, -1,
		    "write 22:00-07:00, Sat, or Mon-Fri 12:00-13:00"));
	}
}

static void test_bad_names_the_range(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(hours_new("Sat, Funday , Sun", &error));
	g_assert_true(g_str_has_prefix(
	    error->message, "\"Funday\" is no range of hours: "));
}

static void test_next_change(void)
{
	static const struct {
		const char *text;
		unsigned minute, next;
	} rows[] = {
	    {"22:00-07:00", AT(MON, 21, 59), 1},
	    {"22:00-07:00", AT(MON, 22, 0), 9 * 60},
	    {"22:00-07:00", AT(MON, 7, 0), 15 * 60},
	    {"22:00-07:00", AT(SUN, 23, 0), 8 * 60},
	    {"Sat, Sun", AT(SAT, 0, 0), 2 * HOURS_DAY},
	    {"Sat, Sun", AT(MON, 0, 0), 5 * HOURS_DAY},
	    {"Sat, Sun", AT(SUN, 23, 59), 1},
	    {"Mon", AT(MON, 0, 0), HOURS_DAY},
	    {"Mon", AT(TUE, 0, 0), 6 * HOURS_DAY},
	    /* Ranges that touch are one. */
	    {"12:00-13:00, 13:00-14:00", AT(MON, 12, 30), 90},
	    {"Sun 23:59-00:01", AT(MON, 0, 1), HOURS_WEEK - 2},
	    {"Mon-Sun", AT(WED, 3, 0), UINT_MAX},
	    {"00:00-24:00", AT(WED, 3, 0), UINT_MAX},
	    {"00:00-12:00, 12:00-00:00", AT(SUN, 3, 0), UINT_MAX},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Hours) hours = read_hours(rows[i].text);

		g_test_message("%s at %u", rows[i].text, rows[i].minute);
		g_assert_cmpuint(
		    hours_next_change(hours, rows[i].minute), ==, rows[i].next);
	}
}

/* Minute by minute of a week: it is never late and never early. */
static void test_next_change_agrees(void)
{
	g_autoptr(Hours) hours =
	    read_hours("22:00-07:00, Sat 10:00-18:00, Wed 12:00-12:01");

	for (unsigned minute = 0; minute < HOURS_WEEK; minute++) {
		unsigned next = hours_next_change(hours, minute);
		bool now = hours_hold(hours, minute);

		g_assert_cmpuint(next, <, HOURS_WEEK);
		for (unsigned i = 0; i < next; i++)
			g_assert_cmpint(
			    hours_hold(hours, (minute + i) % HOURS_WEEK), ==,
			    now);
		g_assert_cmpint(
		    hours_hold(hours, (minute + next) % HOURS_WEEK), !=, now);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/hours/hold", test_hold);
	g_test_add_func("/hours/bad", test_bad);
	g_test_add_func("/hours/bad-names-the-range", test_bad_names_the_range);
	g_test_add_func("/hours/next-change", test_next_change);
	g_test_add_func("/hours/next-change-agrees", test_next_change_agrees);
	return g_test_run();
}
