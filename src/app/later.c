/*
 * Times to come.
 */
#include "app/later.h"
#include "config/value.h"
#include "os/language.h"
#include <glib.h>
#include <string.h>
#include <time.h>

enum {
	MORNING = 8,                /* o'clock */
	TIME_MAX = 366 * 24 * 3600, /* s from now */
};

/* On the day that is days away from now; mktime() mends what is too many, and
 * knows of daylight saving. */
static int64_t at_clock(int64_t now, int days, int hour, int minute)
{
	time_t second = (time_t)now;
	struct tm tm;

	if (localtime_r(&second, &tm) == NULL)
		return -1;
	tm.tm_mday += days;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static bool parse_duration(const char *text, int64_t now, int64_t *ret_time)
{
	int64_t ms;

	if (!value_parse_duration(text, &ms) || ms < 1000)
		return false;
	*ret_time = now + MIN(ms / 1000, (int64_t)TIME_MAX + 1);
	return true;
}

static bool parse_tomorrow(const char *text, int64_t now, int64_t *ret_time)
{
	if (strcmp(text, "tomorrow") != 0)
		return false;
	*ret_time = at_clock(now, 1, MORNING, 0);
	return true;
}

/* All of text by the format of strptime(). */
static bool read_time(const char *text, const char *format, struct tm *tm)
{
	const char *end;

	memset(tm, 0, sizeof(*tm));
	end = strptime(text, format, tm);
	return end != NULL && *end == '\0';
}

static bool parse_clock(const char *text, int64_t now, int64_t *ret_time)
{
	struct tm tm;

	if (!read_time(text, "%H:%M", &tm))
		return false;
	*ret_time = at_clock(now, 0, tm.tm_hour, tm.tm_min);
	if (*ret_time <= now)
		*ret_time = at_clock(now, 1, tm.tm_hour, tm.tm_min);
	return true;
}

static bool parse_date(const char *text, int64_t now, int64_t *ret_time)
{
	struct tm tm;

	(void)now;
	if (!read_time(text, "%Y-%m-%d", &tm))
		return false;
	tm.tm_isdst = -1;
	*ret_time = (int64_t)mktime(&tm);
	return true;
}

static bool (*const parsers[])(
    const char *text, int64_t now, int64_t *ret_time) = {
    parse_duration, parse_tomorrow, parse_clock, parse_date};

bool later_parse(
    const char *text, int64_t now, int64_t *ret_time, char **ret_reason)
{
	int64_t time = 0;
	bool found = false;

	for (size_t i = 0; !found && i < G_N_ELEMENTS(parsers); i++)
		found = parsers[i](text, now, &time);
	if (found && time > now && time <= now + TIME_MAX) {
		*ret_time = time;
		return true;
	}
	*ret_reason = found
	    ? g_strdup_printf("%s is not within a year from now", text)
	    : g_strdup_printf("%s is no time: write 10m, 1h, 3d, tomorrow, "
			      "18:30 or 2026-11-30",
		  text);
	return false;
}

char *later_print(int64_t time, int64_t now)
{
	g_autofree char *clock = language_clock(time), *day = NULL;

	if (time > now && time < now + 18 * 3600)
		return g_steal_pointer(&clock);
	day = language_date(time);
	return g_strdup_printf("%s %s", day, clock);
}
