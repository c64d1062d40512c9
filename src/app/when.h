/*
 * Points in time: loop_now() terms (ms, goes on in suspend), wall clock
 * (s since 1970), and text.
 */
#ifndef IDLEBELL_APP_WHEN_H
#define IDLEBELL_APP_WHEN_H

#include <stdint.h>

int64_t when_wall(void);
/* The wall clock at a time of the loop; 0 stays 0. */
int64_t when_of(int64_t loop_time);
/* Local time as minutes since Monday 00:00; a change of the time zone is
 * noticed. */
unsigned when_minute_of_week(int64_t wall);
/* RFC 3339, local time; a new string. */
char *when_format(int64_t wall);
/* The day before it as in "20-Nov-2026" (RFC 9051 "date"), which no time zone
 * of a server makes too late; a new string. */
char *when_search_date(int64_t wall);

#endif
