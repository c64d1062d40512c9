/*
 * Hours: a bit for each minute of the week, so that ranges that overlap or go
 * over midnight or the end of the week need no thought once they are read.
 */
#include "rules/hours.h"
#include "rules/rules.h"
#include <limits.h>
#include <string.h>

struct hours {
	guint8 minutes[HOURS_WEEK / 8];
};

/* One range while it is read. */
struct range {
	unsigned first_day, days;
	unsigned start, minutes; /* of each day, from its midnight on */
};

static const char *const day_names[] = {"monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday"};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

/* Three letters or the whole name; *text is moved behind it. */
static bool scan_day(const char **text, unsigned *ret_day)
{
	size_t length = 0;

	while (g_ascii_isalpha((*text)[length]))
		length++;
	for (unsigned i = 0; i < G_N_ELEMENTS(day_names); i++) {
		if (length != 3 && length != strlen(day_names[i]))
			continue;
		if (g_ascii_strncasecmp(*text, day_names[i], length) != 0)
			continue;
		*ret_day = i;
		*text += length;
		return true;
	}
	return false;
}

/* "7:05", "07:05", "24:00". */
static bool scan_time(const char **text, unsigned *ret_minute)
{
	const char *c = *text;
	unsigned hour = 0, minute;

	while (g_ascii_isdigit(*c) && c < *text + 2)
		hour = hour * 10 + (unsigned)g_ascii_digit_value(*c++);
	if (c == *text || c[0] != ':' || !g_ascii_isdigit(c[1]) ||
	    !g_ascii_isdigit(c[2]) || g_ascii_isdigit(c[3]))
		return false;
	minute = (unsigned)g_ascii_digit_value(c[1]) * 10 +
	    (unsigned)g_ascii_digit_value(c[2]);
	if (minute > 59 || hour * 60 + minute > HOURS_DAY)
		return false;
	*ret_minute = hour * 60 + minute;
	*text = c + 3;
	return true;
}

/* The "-" of a range, blanks around it. */
static bool scan_dash(const char **text)
{
	const char *c = skip_blanks(*text);

	if (*c != '-')
		return false;
	*text = skip_blanks(c + 1);
	return true;
}

static bool scan_days(const char **text, struct range *range)
{
	unsigned last;

	if (!scan_day(text, &range->first_day))
		return false;
	last = range->first_day;
	if (scan_dash(text) && !scan_day(text, &last))
		return false;
	range->days = (last + 7 - range->first_day) % 7 + 1;
	return true;
}

/* A range that ends when it starts could be nothing or a whole day. */
static bool scan_times(const char **text, struct range *range)
{
	unsigned end;

	if (!scan_time(text, &range->start) || !scan_dash(text) ||
	    !scan_time(text, &end) || range->start == HOURS_DAY ||
	    range->start == end)
		return false;
	if (end < range->start)
		end += HOURS_DAY;
	range->minutes = end - range->start;
	return true;
}

static bool scan_range(const char *text, struct range *range)
{
	*range = (struct range){.days = 7, .minutes = HOURS_DAY};
	text = skip_blanks(text);
	if (g_ascii_isalpha(*text)) {
		if (!scan_days(&text, range))
			return false;
		if (*text != '\0' && !is_blank(*text))
			return false;
		text = skip_blanks(text);
		if (*text == '\0')
			return true;
	}
	return scan_times(&text, range) && *skip_blanks(text) == '\0';
}

static void mark(struct hours *hours, const struct range *range)
{
	for (unsigned day = 0; day < range->days; day++) {
		unsigned start =
		    (range->first_day + day) * HOURS_DAY + range->start;

		for (unsigned i = 0; i < range->minutes; i++) {
			unsigned minute = (start + i) % HOURS_WEEK;

			hours->minutes[minute / 8] |= 1U << minute % 8;
		}
	}
}

struct hours *hours_new(const char *text, GError **error)
{
	g_autoptr(Hours) hours = g_new0(struct hours, 1);
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);
	struct range range;

	for (char **part = parts; *part != NULL; part++) {
		if (!scan_range(*part, &range)) {
			g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
			    "\"%s\" is no range of hours: write 22:00-07:00, "
			    "Sat, or Mon-Fri 12:00-13:00",
			    g_strstrip(*part));
			return NULL;
		}
		mark(hours, &range);
	}
	if (parts[0] == NULL) {
		g_set_error_literal(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "no hours are given: write 22:00-07:00, Sat, "
		    "or Mon-Fri 12:00-13:00");
		return NULL;
	}
	return g_steal_pointer(&hours);
}

void hours_free(struct hours *hours)
{
	g_free(hours);
}

bool hours_hold(const struct hours *hours, unsigned minute_of_week)
{
	return (hours->minutes[minute_of_week / 8] &
		   1U << minute_of_week % 8) != 0;
}

unsigned hours_next_change(const struct hours *hours, unsigned minute_of_week)
{
	bool now = hours_hold(hours, minute_of_week);

	for (unsigned i = 1; i < HOURS_WEEK; i++)
		if (hours_hold(hours, (minute_of_week + i) % HOURS_WEEK) != now)
			return i;
	return UINT_MAX;
}
