/*
 * gettext and the locale's own formats.
 */
#include "os/language.h"
#include <glib.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

/* ---- words ---- */

#ifdef ENABLE_NLS
static void find_translations(void)
{
	const char *directory = g_getenv("IDLEBELL_LOCALEDIR");

	bindtextdomain(PACKAGE, directory != NULL ? directory : LOCALEDIR);
	/* All our text is UTF-8, whatever the locale's is. */
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
}
#else
static void find_translations(void)
{
}
#endif

void language_start(void)
{
	setlocale(LC_ALL, "");
	find_translations();
}

void language_plain(void)
{
	setlocale(LC_MESSAGES, "C");
}

/* ---- times ---- */

/* Takes what stands for the seconds out, and the mark in front of it. */
static void drop_seconds(GString *format)
{
	static const char *const words[] = {"%S", "%OS"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		const char *found = strstr(format->str, words[i]);
		gssize at = found != NULL ? found - format->str : 0;
		bool mark = at > 0 && g_ascii_ispunct(format->str[at - 1]);

		if (found != NULL)
			g_string_erase(format, at - (mark ? 1 : 0),
			    (gssize)strlen(words[i]) + (mark ? 1 : 0));
	}
}

/* "%H:%M", "%-I:%M %p": the locale's longer form, cut.  What counts the
 * minutes by a word is left to those who know better. */
static char *clock_format(void)
{
	GString *format = g_string_new(nl_langinfo(T_FMT));

	g_string_replace(format, "%r", nl_langinfo(T_FMT_AMPM), 0);
	g_string_replace(format, "%T", "%H:%M:%S", 0);
	g_string_replace(format, " %Z", "", 0);
	g_string_replace(format, "%I", "%-I", 0);
	drop_seconds(format);
	if (!g_str_is_ascii(format->str) || strchr(format->str, 'M') == NULL)
		g_string_assign(format, "%H:%M");
	return g_string_free(format, FALSE);
}

/* The names of days are the locale's, and the zone that of now. */
static char *print(const char *format, int64_t wall)
{
	time_t second = (time_t)wall;
	g_autoptr(GDateTime) date = NULL;
	char *text = NULL;
	struct tm tm;

	tzset();
	if (localtime_r(&second, &tm) != NULL)
		date = g_date_time_new_utc(tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, MIN(tm.tm_sec, 59));
	if (date != NULL)
		text = g_date_time_format(date, format);
	return text != NULL ? text : g_strdup("?");
}

char *language_clock(int64_t wall)
{
	g_autofree char *format = clock_format();

	return print(format, wall);
}

/* "C", "C.UTF-8", "POSIX": their "11/22/26" is nobody's custom. */
static bool has_customs(void)
{
	const char *locale = setlocale(LC_TIME, NULL);

	return locale != NULL && strcmp(locale, "C") != 0 &&
	    strcmp(locale, "POSIX") != 0 && !g_str_has_prefix(locale, "C.");
}

char *language_date(int64_t wall)
{
	return print(has_customs() ? nl_langinfo(D_FMT) : "%Y-%m-%d", wall);
}
