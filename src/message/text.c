/*
 * Making foreign text harmless: what a terminal, a bubble or a hook may be
 * shown.  One pass, one output buffer of bounded size.  Decoding (RFC 2047,
 * character sets) has happened before; escaping for a shell or a log is not
 * done here.
 */
#include "message/text.h"
#include <stdbool.h>
#include <string.h>

#define ELLIPSIS    "\u2026"
#define REPLACEMENT 0xfffd

/* Characters that show nothing and serve to hide, reorder or deceive; U+200C
 * and U+200D stay: Persian, Indic scripts and emoji cannot do without. */
static const struct {
	gunichar first, last;
} invisible[] = {
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200b},   /* zero width space */
    {0x200e, 0x200f},   /* left-to-right, right-to-left mark */
    {0x202a, 0x202e},   /* bidi embeddings and overrides */
    {0x2060, 0x206f},   /* invisible operators, bidi isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff9, 0xfffb},   /* interlinear annotation */
    {0xe0000, 0xe007f}, /* tags */
};

struct cleaner {
	GString *out;
	size_t max;
	size_t blanks; /* spaces not yet written: dropped at the ends */
	bool run;      /* a control run makes one space of its neighbours */
	bool mask;     /* U+FFFD for what would be dropped */
};

static bool is_invisible(gunichar c)
{
	if (c < invisible[0].first)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(invisible); i++)
		if (c >= invisible[i].first && c <= invisible[i].last)
			return true;
	return false;
}

static bool is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	    c == 0x2029;
}

/* Most text: nothing to do, and nothing to look at twice. */
static bool is_plain(const char *text, size_t size, size_t max)
{
	if (size > max)
		return false;
	if (size > 0 && (text[0] == ' ' || text[size - 1] == ' '))
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

/* Spaces between characters that show; more than max are cut anyway. */
static void append_blanks(struct cleaner *cleaner)
{
	size_t blanks = cleaner->run ? 1 : cleaner->blanks;

	if (cleaner->out->len > 0)
		while (blanks-- > 0 && cleaner->out->len <= cleaner->max)
			g_string_append_c(cleaner->out, ' ');
	cleaner->blanks = 0;
	cleaner->run = false;
}

/* How many characters from at on, at most room, are ASCII that shows. */
static size_t visible_run(const char *at, const char *end, size_t room)
{
	size_t n = 0;

	while (n < room && at + n < end && at[n] > 0x20 && at[n] < 0x7f)
		n++;
	return n;
}

/* One character of [at, end); a byte that begins none counts as U+FFFD. */
static gunichar next_character(const char **at, const char *end)
{
	gunichar c = (unsigned char)**at;

	if (c >= 0x80)
		c = g_utf8_get_char_validated(*at, end - *at);
	if (c >= 0x110000) {
		(*at)++;
		return REPLACEMENT;
	}
	*at = g_utf8_next_char(*at);
	return c;
}

/* What shows. */
static void append_run(struct cleaner *cleaner, const char *text, size_t size)
{
	append_blanks(cleaner);
	g_string_append_len(cleaner->out, text, (gssize)size);
}

static void append(struct cleaner *cleaner, gunichar c)
{
	if (cleaner->mask && (is_control(c) || is_invisible(c)))
		c = REPLACEMENT;
	if (is_control(c)) {
		cleaner->run = true;
	} else if (c == ' ') {
		cleaner->blanks++;
	} else if (!is_invisible(c)) {
		char utf8[6];

		append_run(cleaner, utf8, (size_t)g_unichar_to_utf8(c, utf8));
	}
}

/* Shortens at a character; U+2026 says so where it has room. */
static void cut(GString *out, size_t max)
{
	bool room = max >= strlen(ELLIPSIS);
	size_t keep = room ? max - strlen(ELLIPSIS) : max;

	if (out->len <= max)
		return;
	while (keep > 0 && ((unsigned char)out->str[keep] & 0xc0) == 0x80)
		keep--;
	while (keep > 0 && out->str[keep - 1] == ' ')
		keep--;
	g_string_truncate(out, keep);
	if (room)
		g_string_append(out, ELLIPSIS);
}

static char *clean(const char *text, gssize size, size_t max, bool mask)
{
	struct cleaner cleaner = {.max = max, .mask = mask};
	size_t length = size < 0 ? strlen(text) : (size_t)size;
	const char *end = text + length;

	if (is_plain(text, length, max))
		return g_strndup(text, length);
	cleaner.out = g_string_sized_new(MIN(length, max) + 8);
	while (text < end && cleaner.out->len <= max) {
		size_t run = visible_run(text, end, max + 1 - cleaner.out->len);

		if (run > 0)
			append_run(&cleaner, text, run);
		else
			append(&cleaner, next_character(&text, end));
		text += run;
	}
	cut(cleaner.out, max);
	return g_string_free(cleaner.out, FALSE);
}

char *text_clean(const char *text, gssize size, size_t max)
{
	return clean(text, size, max, false);
}

char *text_mask(const char *text, size_t max)
{
	return clean(text, -1, max, true);
}

char *text_markup(const char *text)
{
	return g_markup_escape_text(text, -1);
}

/* ---- on terminals ---- */

static int character_columns(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

int text_columns(const char *text)
{
	int columns = 0;

	for (; *text != '\0'; text = g_utf8_next_char(text))
		columns += character_columns(g_utf8_get_char(text));
	return columns;
}

char *text_pad(const char *text, int columns)
{
	int used = text_columns(text);

	return g_strdup_printf("%s%*s", text, MAX(columns - used, 0), "");
}

char *text_fit(const char *text, int columns)
{
	g_autoptr(GString) out = g_string_new(NULL);
	int used = 0;

	if (text_columns(text) <= columns)
		return text_pad(text, columns);
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		used += character_columns(c);
		if (used > columns - 1)
			break;
		g_string_append_unichar(out, c);
	}
	g_string_append(out, "\u2026");
	return text_pad(out->str, columns);
}
