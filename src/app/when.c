/*
 * One clock into the other.
 */
#include "app/when.h"
#include "os/loop.h"
#include <time.h>

int64_t when_wall(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

int64_t when_of(int64_t loop_time)
{
	if (loop_time == 0)
		return 0;
	return when_wall() + (loop_time - loop_now()) / 1000;
}

/* tzset() looks whether /etc/localtime is another; localtime_r() need not. */
unsigned when_minute_of_week(int64_t wall)
{
	time_t second = (time_t)wall;
	struct tm tm;
	unsigned day;

	tzset();
	if (localtime_r(&second, &tm) == NULL)
		return 0;
	day = (unsigned)(tm.tm_wday + 6) % 7;
	return (day * 24 + (unsigned)tm.tm_hour) * 60 + (unsigned)tm.tm_min;
}

/* RFC 3339 has a colon in the zone, strftime() has none. */
char *when_format(int64_t wall)
{
	time_t second = (time_t)wall;
	struct tm tm;
	char text[64];
	size_t size;

	if (localtime_r(&second, &tm) == NULL)
		return g_strdup("");
	size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (size < 2)
		return g_strdup("");
	return g_strdup_printf("%.*s:%s", (int)size - 2, text, text + size - 2);
}

/* Not g_date_time_format(): the months are English in any locale. */
char *when_search_date(int64_t wall)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t day = (time_t)(wall - (int64_t)24 * 3600);
	struct tm tm;

	if (gmtime_r(&day, &tm) == NULL)
		return NULL;
	return g_strdup_printf("%d-%.3s-%04d", tm.tm_mday,
	    months + (size_t)3 * (size_t)tm.tm_mon, tm.tm_year + 1900);
}
