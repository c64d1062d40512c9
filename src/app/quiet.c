/*
 * Local time is that of the wall clock plus an offset, which jumps: whatever is
 * computed holds up to the next jump only.
 */
#include "app/quiet.h"
#include "config/value.h"
#include "os/language.h"
#include <string.h>
#include <time.h>

enum {
	MINUTE = 60,          /* s */
	JUMPS_MAX = 16,       /* that a search goes over */
	NEAR = 6 * 24 * 3600, /* s: a weekday is enough */
	DURATION_MAX = 3650   /* days */
};

/* What the local clock is waited for: hours to change, or else a minute of the
 * day or the week. */
struct goal {
	const struct hours *hours;
	unsigned minute, period;
	bool held;
};

static struct tm local(int64_t time)
{
	time_t second = (time_t)time;
	struct tm tm = {0};

	localtime_r(&second, &tm);
	return tm;
}

static unsigned minute_of(int64_t time)
{
	struct tm tm = local(time);

	return (unsigned)((tm.tm_wday + 6) % 7 * HOURS_DAY + tm.tm_hour * 60 +
	    tm.tm_min);
}

unsigned quiet_minute(int64_t now)
{
	tzset();
	return minute_of(now);
}

/* From 1 to the period. */
static unsigned distance(const struct goal *goal, unsigned minute)
{
	unsigned there = goal->minute + goal->period;

	return (there - minute % goal->period - 1) % goal->period + 1;
}

static unsigned wait_for(const struct goal *goal, unsigned minute)
{
	return goal->hours != NULL ? hours_next_change(goal->hours, minute)
				   : distance(goal, minute);
}

/* The clock jumps from one minute to another. */
static bool is_reached(const struct goal *goal, unsigned before, unsigned after)
{
	unsigned skipped = (after + HOURS_WEEK - before) % HOURS_WEEK;

	if (goal->hours != NULL)
		return hours_hold(goal->hours, after) != goal->held;
	/* Backwards, it passes nothing. */
	return skipped < HOURS_WEEK / 2 && distance(goal, before) <= skipped;
}

/* The first second behind from that has the offset of to, which is another. */
static int64_t find_jump(int64_t from, int64_t to)
{
	long offset = local(to).tm_gmtoff;

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (local(middle).tm_gmtoff == offset)
			to = middle;
		else
			from = middle;
	}
	return to;
}

static int64_t find(const struct goal *goal, int64_t time)
{
	for (int i = 0; i < JUMPS_MAX; i++) {
		unsigned minutes = wait_for(goal, minute_of(time));
		struct tm tm = local(time);
		int64_t end = time - tm.tm_sec + (int64_t)minutes * MINUTE;
		int64_t jump;

		if (minutes == UINT_MAX)
			return QUIET_FOREVER;
		if (local(end).tm_gmtoff == tm.tm_gmtoff)
			return end;
		jump = find_jump(time, end);
		if (is_reached(goal, minute_of(jump - 1), minute_of(jump)))
			return jump;
		time = jump;
	}
	return QUIET_FOREVER;
}

int64_t quiet_change(const struct hours *hours, int64_t now)
{
	struct goal goal = {.hours = hours};

	tzset();
	goal.held = hours_hold(hours, minute_of(now));
	return find(&goal, now);
}

void quiet_keep_length(struct pause *pause, int64_t now)
{
	if (pause->until == 0 || pause->until == QUIET_FOREVER ||
	    now >= pause->since)
		return;
	pause->until -= pause->since - now;
	pause->since = now;
}

/* ---- words ---- */

/* "07:30", "7:30" or "24:00", which is 00:00; -1: it is none. */
static int read_clock(const char *word)
{
	int64_t hour, minute;
	g_auto(GStrv) parts = g_strsplit(word, ":", -1);

	if (g_strv_length(parts) != 2 || strlen(parts[0]) > 2 ||
	    strlen(parts[1]) != 2 || !value_parse_number(parts[0], &hour) ||
	    !value_parse_number(parts[1], &minute) || minute > 59 ||
	    hour * 60 + minute > HOURS_DAY)
		return -1;
	return (int)(hour * 60 + minute) % HOURS_DAY;
}

/* 0 for Monday; by its first three letters, or whole; -1: it is none. */
static int read_day(const char *word)
{
	static const char *const days[] = {"monday", "tuesday", "wednesday",
	    "thursday", "friday", "saturday", "sunday"};
	size_t size = strlen(word);

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
		if ((size == 3 || size == strlen(days[i])) &&
		    g_ascii_strncasecmp(word, days[i], size) == 0)
			return (int)i;
	return -1;
}

/* How many words. */
static int set_day(
    const char *const *words, int64_t now, int day, int64_t *ret_until)
{
	int clock = words[1] != NULL ? read_clock(words[1]) : -1;
	const struct goal goal = {
	    .minute = (unsigned)(day * HOURS_DAY + MAX(clock, 0)),
	    .period = HOURS_WEEK,
	};

	*ret_until = find(&goal, now);
	return clock >= 0 ? 2 : 1;
}

/* What stands behind "until"; 0: nothing that can be read. */
static int read_end(const char *const *words, int64_t now, int64_t *ret_until)
{
	int clock = words[0] != NULL ? read_clock(words[0]) : -1;
	int day = words[0] != NULL ? read_day(words[0]) : -1;
	const struct goal goal = {
	    .minute = (unsigned)MAX(clock, 0),
	    .period = HOURS_DAY,
	};

	if (words[0] == NULL)
		return 0;
	if (g_ascii_strcasecmp(words[0], "tomorrow") == 0)
		day = (int)(minute_of(now) / HOURS_DAY + 1) % 7;
	if (day >= 0)
		return set_day(words, now, day, ret_until);
	if (clock < 0)
		return 0;
	*ret_until = find(&goal, now);
	return 1;
}

static int refuse(char **ret_reason, const char *word, const char *why)
{
	*ret_reason = g_strdup_printf("%s: %s", word, why);
	return -1;
}

static int read_until(const char *const *words, int64_t now, int64_t *ret_until,
    char **ret_reason)
{
	int taken = read_end(words, now, ret_until);

	if (taken > 0)
		return taken + 1;
	return refuse(ret_reason, words[0] != NULL ? words[0] : "until",
	    "write until 07:30, until tomorrow or until Mon 07:30");
}

int quiet_read_pause(const char *const *words, int64_t now, int64_t *ret_until,
    char **ret_reason)
{
	int64_t duration;

	tzset();
	*ret_until = QUIET_FOREVER;
	if (words[0] == NULL)
		return 0;
	if (g_ascii_strcasecmp(words[0], "until") == 0)
		return read_until(words + 1, now, ret_until, ret_reason);
	if (!g_ascii_isdigit(words[0][0]))
		return 0;
	if (!value_parse_duration(words[0], &duration) || duration < 1000)
		return refuse(ret_reason, words[0],
		    "a pause is as long as 30s, 15m, 2h or 3d");
	if (duration / 1000 > (int64_t)DURATION_MAX * 24 * 3600)
		return refuse(ret_reason, words[0],
		    "pause without a time holds until resume");
	*ret_until = now + duration / 1000;
	return 1;
}

/* As much as it takes to tell it from now; the octets that it takes. */
static size_t print_end(char *text, size_t size, int64_t until, int64_t now)
{
	struct tm then = local(until), today = local(now);

	if (until < now || until - now >= NEAR)
		return strftime(text, size, "until %Y-%m-%d %H:%M", &then);
	if (then.tm_yday != today.tm_yday)
		return strftime(text, size, "until %a %H:%M", &then);
	/* A short one is told to the second. */
	return until - now < MINUTE && then.tm_sec != 0
	    ? strftime(text, size, "until %H:%M:%S", &then)
	    : strftime(text, size, "until %H:%M", &then);
}

char *quiet_print(int64_t until, int64_t now)
{
	char text[64];

	if (until == QUIET_FOREVER)
		return g_strdup("until resumed");
	tzset();
	return g_strdup(
	    print_end(text, sizeof(text), until, now) > 0 ? text : "");
}

/* As much as it takes to tell it from now, as the locale has it. */
static char *describe_end(int64_t until, int64_t now)
{
	struct tm then = local(until), today = local(now);
	g_autofree char *clock = language_clock(until), *day = NULL;
	char name[64];

	if (until < now || until - now >= NEAR)
		day = language_date(until);
	else if (then.tm_yday != today.tm_yday &&
	    strftime(name, sizeof(name), "%a", &then) > 0)
		day = g_strdup(name);
	else if (until - now < MINUTE && then.tm_sec != 0)
		return g_strdup_printf("%s:%02d", clock, then.tm_sec);
	return day != NULL ? g_strconcat(day, " ", clock, NULL)
			   : g_steal_pointer(&clock);
}

char *quiet_describe(bool paused, int64_t until, int64_t now)
{
	g_autofree char *end = NULL;

	if (until == QUIET_FOREVER)
		return g_strdup(paused ? _("paused until resumed")
				       : _("quiet until resumed"));
	tzset();
	end = describe_end(until, now);
	return g_strdup_printf(
	    paused ? _("paused until %s") : _("quiet until %s"), end);
}
