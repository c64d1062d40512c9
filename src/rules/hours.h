/*
 * Hours of the week as a user writes them: "22:00-07:00, Sat, Sun".
 */
#ifndef IDLEBELL_RULES_HOURS_H
#define IDLEBELL_RULES_HOURS_H

#include <glib.h>
#include <stdbool.h>

enum {
	HOURS_DAY = 24 * 60, /* minutes */
	HOURS_WEEK = 7 * HOURS_DAY,
};

struct hours;

/*
 * Reads ranges separated by commas, each "DAYS", "HH:MM-HH:MM" or both:
 * "Mon-Fri 12:00-13:00".  DAYS is a day or a range of days, which may go over
 * the end of the week ("Fri-Mon"); English names, three letters or all, any
 * case.  A day without times: all of it; times without a day: every day.  A
 * range over midnight belongs to the day it starts on: "Sat 22:00-07:00" ends
 * on Sunday.  The last minute is not in it: 22:00-07:00 ends with 06:59.
 * 24:00 is the end of a day.  NULL and RULES_ERROR_VALUE for anything else.
 */
struct hours *hours_new(const char *text, GError **error);
void hours_free(struct hours *hours);

/* minute_of_week: of local time, which the caller makes (daylight saving is
 * its matter); Monday 00:00 is 0; less than HOURS_WEEK. */
bool hours_hold(const struct hours *hours, unsigned minute_of_week);

/* Minutes, 1 or more, until hours_hold() says something else, by a clock that
 * nobody sets; UINT_MAX: never. */
unsigned hours_next_change(const struct hours *hours, unsigned minute_of_week);

typedef struct hours Hours; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hours, hours_free)

#endif
