/*
 * Quiet by the local clock: over daylight saving in both directions, other time
 * zones, and with the words that people use.
 */
#include "app/quiet.h"
#include "tests/unit/unit.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void set_zone(const char *zone)
{
	g_setenv("TZ", zone, TRUE);
}

/* "2026-03-29T02:30:00Z"; with an offset in place of the Z. */
static int64_t at(const char *text)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	g_assert_nonnull(time);
	return g_date_time_to_unix(time);
}

static char *print(int64_t time)
{
	g_autoptr(GDateTime) utc =
	    time < QUIET_FOREVER ? g_date_time_new_from_unix_utc(time) : NULL;

	return utc != NULL ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ")
			   : g_strdup("never");
}

static void check_time(int64_t time, const char *expected, const char *what)
{
	g_autofree char *text = print(time);
	g_autofree char *wanted = strcmp(expected, "never") == 0
	    ? g_strdup(expected)
	    : print(at(expected));

	if (strcmp(text, wanted) != 0)
		g_test_message("%s", what);
	g_assert_cmpstr(text, ==, wanted);
}

/* ---- the next change ---- */

static const struct {
	const char *zone, *hours, *now, *change;
} changes[] = {
    {"UTC", "22:00-07:00", "2026-11-20T21:59:59Z", "2026-11-20T22:00:00Z"},
    {"UTC", "22:00-07:00", "2026-11-20T22:00:00Z", "2026-11-21T07:00:00Z"},
    {"UTC", "22:00-07:00", "2026-11-21T06:59:59Z", "2026-11-21T07:00:00Z"},
    {"UTC", "Sat, Sun", "2026-11-21T12:00:00Z", "2026-11-23T00:00:00Z"},
    {"UTC", "Mon-Sun", "2026-11-21T12:00:00Z", "never"},
    /* Spring: 02:00 is 03:00. */
    {"Europe/Berlin", "22:00-07:00", "2026-03-28T23:00:00+01:00",
	"2026-03-29T07:00:00+02:00"},
    {"Europe/Berlin", "22:00-02:30", "2026-03-29T01:59:00+01:00",
	"2026-03-29T03:00:00+02:00"},
    {"Europe/Berlin", "02:15-02:45", "2026-03-29T00:30:00+01:00",
	"2026-03-30T02:15:00+02:00"},
    {"Europe/Berlin", "02:30-04:00", "2026-03-29T01:59:59+01:00",
	"2026-03-29T03:00:00+02:00"},
    {"Europe/Berlin", "Sun", "2026-03-29T00:00:00+01:00",
	"2026-03-30T00:00:00+02:00"},
    {"Europe/Berlin", "Mon", "2026-03-24T00:00:00+01:00",
	"2026-03-30T00:00:00+02:00"},
    {"America/New_York", "22:00-07:00", "2026-03-07T23:00:00-05:00",
	"2026-03-08T07:00:00-04:00"},
    {"America/New_York", "22:00-02:30", "2026-03-08T01:00:00-05:00",
	"2026-03-08T03:00:00-04:00"},
    /* Autumn: 03:00 is 02:00 (in New York: 02:00 is 01:00). */
    {"Europe/Berlin", "22:00-07:00", "2026-10-24T23:00:00+02:00",
	"2026-10-25T07:00:00+01:00"},
    {"Europe/Berlin", "22:00-02:30", "2026-10-25T01:00:00+02:00",
	"2026-10-25T02:30:00+02:00"},
    {"Europe/Berlin", "22:00-02:30", "2026-10-25T02:30:00+02:00",
	"2026-10-25T02:00:00+01:00"},
    {"Europe/Berlin", "22:00-02:30", "2026-10-25T02:00:00+01:00",
	"2026-10-25T02:30:00+01:00"},
    {"America/New_York", "22:00-07:00", "2026-10-31T23:00:00-04:00",
	"2026-11-01T07:00:00-05:00"},
    {"America/New_York", "Sun 01:15-01:30", "2026-10-31T23:00:00-04:00",
	"2026-11-01T01:15:00-04:00"},
    {"America/New_York", "Sun 01:15-01:30", "2026-11-01T01:31:00-04:00",
	"2026-11-01T01:15:00-05:00"},
    /* By half an hour, and zones that are off by one. */
    {"Australia/Lord_Howe", "22:00-07:00", "2026-04-04T23:00:00+11:00",
	"2026-04-05T07:00:00+10:30"},
    {"Asia/Kathmandu", "22:00-07:00", "2026-04-04T23:00:00+05:45",
	"2026-04-05T07:00:00+05:45"},
    /* A day that is not there, and no Saturday in it. */
    {"Pacific/Apia", "Fri", "2011-12-29T12:00:00-10:00",
	"2012-01-06T00:00:00+14:00"},
};

static void test_changes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(Hours) hours = hours_new(changes[i].hours, NULL);
		int64_t now = at(changes[i].now);

		g_assert_nonnull(hours);
		set_zone(changes[i].zone);
		check_time(quiet_change(hours, now), changes[i].change,
		    changes[i].now);
	}
}

/* Minute by minute it says the same as the clock, through a whole year. */
static void check_year(const char *zone, const char *text)
{
	g_autoptr(Hours) hours = hours_new(text, NULL);
	int64_t now = at("2026-01-01T00:00:00Z");
	int64_t change;
	bool held;

	set_zone(zone);
	held = hours_hold(hours, quiet_minute(now));
	change = quiet_change(hours, now);
	for (; now < at("2027-01-01T00:00:00Z"); now += 60) {
		bool holds = hours_hold(hours, quiet_minute(now));

		g_assert_cmpint(holds != held, ==, now >= change);
		if (now < change)
			continue;
		held = holds;
		change = quiet_change(hours, now);
	}
}

static void test_year(void)
{
	check_year("Europe/Berlin", "22:00-02:30, Sun 02:00-02:10, Sat");
	check_year("America/New_York", "01:30-02:30, Mon-Fri 12:00-13:00");
	check_year("Africa/Casablanca", "02:00-03:00, 23:00-01:00");
}

/* The same moment elsewhere: whoever travels. */
static void test_travels(void)
{
	g_autoptr(Hours) hours = hours_new("22:00-07:00", NULL);
	int64_t now = at("2026-11-20T22:30:00Z");

	set_zone("Europe/Berlin");
	g_assert_true(hours_hold(hours, quiet_minute(now)));
	check_time(quiet_change(hours, now), "2026-11-21T06:00:00Z", "Berlin");
	set_zone("America/New_York");
	g_assert_false(hours_hold(hours, quiet_minute(now)));
	check_time(
	    quiet_change(hours, now), "2026-11-21T03:00:00Z", "New York");
}

static void test_minute(void)
{
	set_zone("Europe/Berlin");
	g_assert_cmpuint(quiet_minute(at("2026-11-23T00:00:59+01:00")), ==, 0);
	g_assert_cmpuint(
	    quiet_minute(at("2026-11-22T23:59:00+01:00")), ==, HOURS_WEEK - 1);
	g_assert_cmpuint(quiet_minute(at("2026-07-01T08:30:00+02:00")), ==,
	    2 * HOURS_DAY + 8 * 60 + 30);
}

/* ---- the clock is set ---- */

static void test_set_back(void)
{
	static const struct {
		struct pause pause;
		int64_t now;
		struct pause kept;
	} rows[] = {
	    {{1000, 1600}, 1000, {1000, 1600}},
	    {{1000, 1600}, 1300, {1000, 1600}},
	    {{1000, 1600}, 99999, {1000, 1600}},
	    {{1000, 1600}, 999, {999, 1599}},
	    {{1000, 1600}, 100, {100, 700}},
	    {{1000, QUIET_FOREVER}, 100, {1000, QUIET_FOREVER}},
	    {{0, 0}, 100, {0, 0}},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pause pause = rows[i].pause;

		quiet_keep_length(&pause, rows[i].now);
		g_assert_cmpint(pause.since, ==, rows[i].kept.since);
		g_assert_cmpint(pause.until, ==, rows[i].kept.until);
	}
}

/* ---- words ---- */

/* reason: what it says; else the words taken and the end. */
static const struct {
	const char *zone, *now, *words;
	int taken;
	const char *until;
} pauses[] = {
    {"UTC", "2026-11-20T12:00:00Z", "", 0, "never"},
    {"UTC", "2026-11-20T12:00:00Z", "work", 0, "never"},
    {"UTC", "2026-11-20T12:00:00Z", "90m work", 1, "2026-11-20T13:30:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "2s", 1, "2026-11-20T12:00:02Z"},
    {"UTC", "2026-11-20T12:00:00Z", "3d", 1, "2026-11-23T12:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until 13:00", 2, "2026-11-20T13:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until 12:00", 2, "2026-11-21T12:00:00Z"},
    {"UTC", "2026-11-20T12:00:30Z", "until 12:00", 2, "2026-11-21T12:00:00Z"},
    {"UTC", "2026-11-20T11:59:59Z", "until 12:00 a b", 2,
	"2026-11-20T12:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "UNTIL 7:30", 2, "2026-11-21T07:30:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until 24:00", 2, "2026-11-21T00:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until tomorrow", 2,
	"2026-11-21T00:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until tomorrow 08:00 work", 3,
	"2026-11-21T08:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until Mon", 2, "2026-11-23T00:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until monday 08:00", 3,
	"2026-11-23T08:00:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until Fri 12:01", 3,
	"2026-11-20T12:01:00Z"},
    {"UTC", "2026-11-20T12:00:00Z", "until Fri", 2, "2026-11-27T00:00:00Z"},
    /* Nights with a change of the clock. */
    {"Europe/Berlin", "2026-03-28T23:00:00+01:00", "until 07:30", 2,
	"2026-03-29T07:30:00+02:00"},
    {"Europe/Berlin", "2026-03-28T23:00:00+01:00", "until 02:30", 2,
	"2026-03-29T03:00:00+02:00"},
    {"Europe/Berlin", "2026-03-28T23:00:00+01:00", "until 03:00", 2,
	"2026-03-29T03:00:00+02:00"},
    {"Europe/Berlin", "2026-03-28T23:00:00+01:00", "8h", 1,
	"2026-03-29T08:00:00+02:00"},
    {"Europe/Berlin", "2026-10-24T23:00:00+02:00", "until 07:30", 2,
	"2026-10-25T07:30:00+01:00"},
    {"Europe/Berlin", "2026-10-24T23:00:00+02:00", "until 02:30", 2,
	"2026-10-25T02:30:00+02:00"},
    {"Europe/Berlin", "2026-10-25T02:40:00+02:00", "until 02:30", 2,
	"2026-10-25T02:30:00+01:00"},
    {"America/New_York", "2026-03-07T23:00:00-05:00", "until 07:30", 2,
	"2026-03-08T07:30:00-04:00"},
    {"America/New_York", "2026-10-31T23:00:00-04:00", "until 07:30", 2,
	"2026-11-01T07:30:00-05:00"},
    {"America/New_York", "2026-03-04T12:00:00-05:00", "until Mon 08:00", 3,
	"2026-03-09T08:00:00-04:00"},
    {"Europe/Berlin", "2026-03-24T12:00:00+01:00", "until Sun 02:30", 3,
	"2026-03-29T03:00:00+02:00"},
};

static void test_pauses(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
		g_auto(GStrv) words = g_strsplit(pauses[i].words, " ", -1);
		g_autofree char *reason = NULL;
		int64_t until = 0;
		int taken;

		set_zone(pauses[i].zone);
		taken = quiet_read_pause((const char *const *)words,
		    at(pauses[i].now), &until, &reason);
		g_assert_cmpstr(reason, ==, NULL);
		g_assert_cmpint(taken, ==, pauses[i].taken);
		check_time(until, pauses[i].until, pauses[i].words);
	}
}

static void test_mistakes(void)
{
	static const char *const mistakes[] = {"until", "until 7",
	    "until 25:00", "until 12:60", "until 24:01", "until noon",
	    "until 7:5", "until -1:00", "until 07:30:00", "30", "30x", "0s",
	    "5ms", "4000d", "07:30", "99999999999999999999d", "until work"};

	set_zone("UTC");
	for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
		g_auto(GStrv) words = g_strsplit(mistakes[i], " ", -1);
		g_autofree char *reason = NULL;
		int64_t until;

		g_assert_cmpint(quiet_read_pause((const char *const *)words,
				    1000000, &until, &reason),
		    ==, -1);
		g_assert_nonnull(reason);
		g_assert_null(strchr(reason, '\n'));
	}
}

static void test_print(void)
{
	static const struct {
		const char *until, *text;
	} rows[] = {
	    {"2026-11-20T13:00:00Z", "until 13:00"},
	    {"2026-11-20T12:00:02Z", "until 12:00:02"},
	    {"2026-11-21T07:30:00Z", "until Sat 07:30"},
	    {"2026-11-23T00:00:00Z", "until Mon 00:00"},
	    {"2026-11-27T12:00:00Z", "until 2026-11-27 12:00"},
	    {"2026-11-19T12:00:00Z", "until 2026-11-19 12:00"},
	};
	int64_t now = at("2026-11-20T12:00:00Z");
	g_autofree char *forever = quiet_print(QUIET_FOREVER, now);

	g_assert_cmpstr(forever, ==, "until resumed");
	set_zone("UTC");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = quiet_print(at(rows[i].until), now);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Zones that the system does not know are all UTC. */
static bool has_zones(void)
{
	set_zone("Asia/Kathmandu");
	return quiet_minute(at("2026-11-23T00:00:00+05:45")) == 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	if (!has_zones()) {
		puts("1..0 # SKIP tzdata is missing");
		return 0;
	}
	g_test_add_func("/quiet/changes", test_changes);
	g_test_add_func("/quiet/year", test_year);
	g_test_add_func("/quiet/travels", test_travels);
	g_test_add_func("/quiet/minute", test_minute);
	g_test_add_func("/quiet/set-back", test_set_back);
	g_test_add_func("/quiet/pauses", test_pauses);
	g_test_add_func("/quiet/mistakes", test_mistakes);
	g_test_add_func("/quiet/print", test_print);
	return g_test_run();
}
