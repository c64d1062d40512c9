/*
 * HTML, read from left to right, once.  Nothing is built, nothing is looked up,
 * nothing is shown but text; how it would be laid out does not matter for a
 * line of preview.
 */
#include "message/html.h"
#include <stdbool.h>
#include <string.h>

enum {
	NAME_MAX_SIZE = 16,   /* of a tag that means something here */
	ENTITY_MAX_SIZE = 12, /* between "&" and ";" */
};

struct reader {
	const char *at, *end;
	GString *out;
	const char *until; /* all is left out up to this end tag, or NULL */
	unsigned quotes;   /* blockquotes around us */
};

enum effect {
	EFFECT_NONE,
	EFFECT_BREAK, /* begins a line */
	EFFECT_HIDE,  /* nothing of it is text */
	EFFECT_QUOTE,
};

static const struct {
	const char *name;
	enum effect effect;
} tags[] = {
    {"style", EFFECT_HIDE},
    {"script", EFFECT_HIDE},
    {"title", EFFECT_HIDE},
    {"blockquote", EFFECT_QUOTE},
    {"br", EFFECT_BREAK},
    {"p", EFFECT_BREAK},
    {"div", EFFECT_BREAK},
    {"tr", EFFECT_BREAK},
    {"li", EFFECT_BREAK},
    {"hr", EFFECT_BREAK},
    {"table", EFFECT_BREAK},
    {"pre", EFFECT_BREAK},
    {"body", EFFECT_BREAK},
    {"h1", EFFECT_BREAK},
    {"h2", EFFECT_BREAK},
    {"h3", EFFECT_BREAK},
    {"h4", EFFECT_BREAK},
};

static const struct {
	const char *name;
	gunichar character;
} entities[] = {
    {"amp", '&'},
    {"lt", '<'},
    {"gt", '>'},
    {"quot", '"'},
    {"apos", '\''},
    {"nbsp", ' '},
    {"shy", 0xad},
    {"zwnj", 0x200b},
    {"auml", 0xe4},
    {"ouml", 0xf6},
    {"uuml", 0xfc},
    {"Auml", 0xc4},
    {"Ouml", 0xd6},
    {"Uuml", 0xdc},
    {"szlig", 0xdf},
    {"agrave", 0xe0},
    {"aacute", 0xe1},
    {"acirc", 0xe2},
    {"aring", 0xe5},
    {"aelig", 0xe6},
    {"ccedil", 0xe7},
    {"egrave", 0xe8},
    {"eacute", 0xe9},
    {"ecirc", 0xea},
    {"iacute", 0xed},
    {"ntilde", 0xf1},
    {"oacute", 0xf3},
    {"ocirc", 0xf4},
    {"oslash", 0xf8},
    {"ugrave", 0xf9},
    {"uacute", 0xfa},
    {"ndash", 0x2013},
    {"mdash", 0x2014},
    {"lsquo", 0x2018},
    {"rsquo", 0x2019},
    {"ldquo", 0x201c},
    {"rdquo", 0x201d},
    {"bdquo", 0x201e},
    {"laquo", 0xab},
    {"raquo", 0xbb},
    {"bull", 0x2022},
    {"middot", 0xb7},
    {"hellip", 0x2026},
    {"euro", 0x20ac},
    {"pound", 0xa3},
    {"copy", 0xa9},
    {"reg", 0xae},
    {"trade", 0x2122},
};

static bool is_hidden(const struct reader *reader)
{
	return reader->until != NULL || reader->quotes > 0;
}

static void put(struct reader *reader, char c)
{
	if (!is_hidden(reader))
		g_string_append_c(reader->out, c);
}

/* ---- entities ---- */

static gunichar numeric(const char *digits)
{
	bool hex = g_ascii_tolower(digits[0]) == 'x';
	guint64 number;

	if (!g_ascii_string_to_unsigned(digits + (hex ? 1 : 0), hex ? 16 : 10,
		1, 0x10ffff, &number, NULL) ||
	    !g_unichar_validate((gunichar)number))
		return 0;
	return (gunichar)number;
}

static gunichar lookup(const char *name)
{
	if (name[0] == '#')
		return numeric(name + 1);
	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
		if (strcmp(name, entities[i].name) == 0)
			return entities[i].character;
	return 0;
}

/* What is none, or is not known, stays as it is. */
static void read_entity(struct reader *reader)
{
	size_t left = (size_t)(reader->end - reader->at) - 1;
	const char *name = reader->at + 1;
	const char *stop = memchr(name, ';', MIN(left, ENTITY_MAX_SIZE));
	g_autofree char *text =
	    stop != NULL ? g_strndup(name, (gsize)(stop - name)) : NULL;
	gunichar c = text != NULL ? lookup(text) : 0;

	if (c == 0) {
		put(reader, '&');
		reader->at++;
		return;
	}
	if (!is_hidden(reader))
		g_string_append_unichar(reader->out, c);
	reader->at = stop + 1;
}

/* ---- tags ---- */

static const char *find(const struct reader *reader, const char *what)
{
	const char *found =
	    g_strstr_len(reader->at, reader->end - reader->at, what);

	return found != NULL ? found + strlen(what) : reader->end;
}

/* Behind ">"; one in quotes does not count. */
static const char *tag_end(const struct reader *reader)
{
	char quote = '\0';

	for (const char *at = reader->at; at < reader->end; at++) {
		if (quote != '\0')
			quote = *at == quote ? '\0' : quote;
		else if (*at == '>')
			return at + 1;
		else if ((*at == '"' || *at == '\'') && at[-1] == '=')
			quote = *at;
	}
	return reader->end;
}

static void apply(
    struct reader *reader, const char *name, enum effect effect, bool closes)
{
	if (effect == EFFECT_HIDE)
		reader->until = closes ? NULL : name;
	else if (effect == EFFECT_QUOTE && !closes)
		reader->quotes++;
	else if (effect == EFFECT_QUOTE && reader->quotes > 0)
		reader->quotes--;
	if (effect != EFFECT_NONE)
		put(reader, '\n');
}

static void take_tag(struct reader *reader, const char *name, bool closes)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
		if (g_ascii_strcasecmp(name, tags[i].name) != 0)
			continue;
		/* In a script nothing counts but its end. */
		if (reader->until == NULL ||
		    (closes && strcmp(reader->until, tags[i].name) == 0))
			apply(reader, tags[i].name, tags[i].effect, closes);
		return;
	}
}

static void read_tag(struct reader *reader)
{
	bool closes = reader->end - reader->at > 1 && reader->at[1] == '/';
	const char *name = reader->at + (closes ? 2 : 1);
	size_t size = 0;
	g_autofree char *copy = NULL;

	while (name + size < reader->end && size < NAME_MAX_SIZE &&
	    g_ascii_isalnum(name[size]))
		size++;
	copy = g_strndup(name, size);
	take_tag(reader, copy, closes);
	reader->at = tag_end(reader);
}

/* "<" that begins nothing is text. */
static bool is_tag(const struct reader *reader)
{
	const char *next = reader->at + 1;

	return next < reader->end &&
	    (g_ascii_isalpha(*next) || *next == '/' || *next == '!' ||
		*next == '?');
}

static void read_markup(struct reader *reader)
{
	if (!is_tag(reader)) {
		put(reader, '<');
		reader->at++;
	} else if (reader->end - reader->at >= 4 &&
	    memcmp(reader->at, "<!--", 4) == 0 && reader->until == NULL) {
		reader->at = find(reader, "-->");
	} else {
		read_tag(reader);
	}
}

/* Line breaks in the source are no more than blanks. */
static void read_character(struct reader *reader)
{
	char c = *reader->at++;

	put(reader, g_ascii_isspace(c) || c == '\0' ? ' ' : c);
}

char *html_to_text(const char *html, gsize size)
{
	struct reader reader = {.at = html, .end = html + size};

	reader.out = g_string_sized_new(size);
	while (reader.at < reader.end) {
		if (*reader.at == '<')
			read_markup(&reader);
		else if (*reader.at == '&')
			read_entity(&reader);
		else
			read_character(&reader);
	}
	return g_string_free(reader.out, FALSE);
}
