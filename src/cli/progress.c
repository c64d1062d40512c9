/*
 * "INBOX/40  45% [#########-----------]  4.5 MB of 10.0 MB  1.2 MB/s  0:05"
 */
#include "cli/progress.h"
#include "os/language.h"
#include <string.h>

enum {
	BAR_MIN = 10,
	BAR_MAX = 40,
	NAME_WIDTH = 30,
	RATE_AFTER = 500, /* ms: before, it would be a guess */
};

/* A size may be less than what comes (quirk 40). */
static unsigned percent(const struct progress *progress)
{
	if (progress->octets >= progress->size)
		return 100;
	return (
	    unsigned)((double)progress->octets * 100 / (double)progress->size);
}

static double rate(const struct progress *progress)
{
	if (progress->elapsed < RATE_AFTER ||
	    progress->octets <= progress->begin)
		return 0;
	return (double)(progress->octets - progress->begin) * 1000 /
	    (double)progress->elapsed;
}

static char *octets_text(const struct progress *progress)
{
	g_autofree char *octets = g_format_size(progress->octets);
	g_autofree char *size = NULL;

	if (progress->size == 0)
		return g_steal_pointer(&octets);
	size = g_format_size(progress->size);
	/* TRANSLATORS: sizes: "1 MB of 3 MB". */
	return g_strdup_printf(_("%s of %s"), octets, size);
}

static char *rate_text(const struct progress *progress)
{
	g_autofree char *text = NULL;
	double octets = rate(progress);

	if (octets < 1)
		return NULL;
	text = g_format_size((guint64)octets);
	/* TRANSLATORS: per second. */
	return g_strdup_printf(_("%s/s"), text);
}

static char *time_text(const struct progress *progress)
{
	double octets = rate(progress);
	guint64 left;

	if (octets < 1 || progress->octets >= progress->size)
		return NULL;
	left = (guint64)((double)(progress->size - progress->octets) / octets +
	    0.5);
	if (left >= 100 * 3600)
		return NULL;
	/* TRANSLATORS: the time that it still takes. */
	if (left >= 3600)
		return g_strdup_printf(_("%u:%02u:%02u left"),
		    (unsigned)(left / 3600), (unsigned)(left / 60 % 60),
		    (unsigned)(left % 60));
	return g_strdup_printf(
	    _("%u:%02u left"), (unsigned)(left / 60), (unsigned)(left % 60));
}

/* Two spaces before it, unless it is the first; false: no room. */
static gboolean append(GString *line, const char *text, unsigned width)
{
	glong gap = line->len > 0 ? 2 : 0;

	if (text == NULL ||
	    g_utf8_strlen(line->str, -1) + gap + g_utf8_strlen(text, -1) >
		(glong)width)
		return FALSE;
	g_string_append_printf(line, "%*s%s", (int)gap, "", text);
	return TRUE;
}

static char *bar_text(const struct progress *progress, unsigned width)
{
	unsigned inner = MIN(width, BAR_MAX) - 2;
	unsigned done = inner * percent(progress) / 100;
	GString *bar = g_string_new("[");

	for (unsigned i = 0; i < inner; i++)
		g_string_append_c(bar, i < done ? '#' : '-');
	g_string_append_c(bar, ']');
	return g_string_free(bar, FALSE);
}

/* Of what is behind the bar, as much as fits, the most telling first. */
static char *tail_text(const struct progress *progress, unsigned width)
{
	g_autofree char *octets = octets_text(progress);
	g_autofree char *speed = rate_text(progress);
	g_autofree char *left = time_text(progress);
	GString *tail = g_string_new(NULL);

	if (append(tail, octets, width) && append(tail, speed, width))
		append(tail, left, width);
	return g_string_free(tail, FALSE);
}

static char *head_text(const struct progress *progress, unsigned width)
{
	g_autofree char *share = progress->size > 0
	    ? g_strdup_printf("%3u%%", percent(progress))
	    : NULL;
	g_autofree char *name = g_utf8_strlen(progress->name, -1) > NAME_WIDTH
	    ? g_utf8_substring(progress->name, 0, NAME_WIDTH)
	    : g_strdup(progress->name);
	GString *head = g_string_new(NULL);

	if (width >= 40)
		g_string_append(head, name);
	append(head, share, width);
	return g_string_free(head, FALSE);
}

char *progress_text(const struct progress *progress, unsigned width)
{
	g_autofree char *head = head_text(progress, width);
	glong taken = g_utf8_strlen(head, -1);
	unsigned room =
	    taken + 2 < (glong)width ? width - (unsigned)taken - 2 : 0;
	g_autofree char *tail = tail_text(progress, room);
	GString *line = g_string_new(head);
	glong left = (glong)room - g_utf8_strlen(tail, -1) - 2;

	if (progress->size > 0 && left >= BAR_MIN) {
		g_autofree char *bar = bar_text(progress, (unsigned)left);

		append(line, bar, width);
	}
	if (*tail != '\0')
		append(line, tail, width);
	return g_string_free(line, FALSE);
}
