/*
 * Octet by octet, as a read may end anywhere.  It follows literals as the
 * framer does, and attributes no further than to their names: what it cannot
 * make out is shown if it is no literal or string of such a name.
 */
#include "imap/veil.h"
#include <stdbool.h>
#include <string.h>

enum {
	LINE_MAX_SIZE = 4096,
	WORD_MAX_SIZE = 256,
	DIGITS_MAX = 18,
};

struct imap_veil {
	GString *line; /* as far as it is shown */
	GString *word; /* in a FETCH response: the name of an attribute */
	bool begun;    /* it is known whether this is one */
	bool fetch;
	bool bracket, quoted, escaped; /* within such */
	bool secret;                   /* the next value, or this one */
	bool announced;  /* "{n}" is the last of the line so far */
	unsigned digits; /* of n */
	guint64 size;    /* n */
	guint64 count;   /* octets of a secret string so far */
	guint64 left;    /* octets of a literal that follow */
};

struct imap_veil *imap_veil_new(void)
{
	struct imap_veil *veil = g_new0(struct imap_veil, 1);

	veil->line = g_string_new(NULL);
	veil->word = g_string_new(NULL);
	return veil;
}

void imap_veil_free(struct imap_veil *veil)
{
	if (veil == NULL)
		return;
	g_string_free(veil->line, TRUE);
	g_string_free(veil->word, TRUE);
	g_free(veil);
}

/* ---- what is shown ---- */

static void show(struct imap_veil *veil, char c)
{
	if (veil->line->len < LINE_MAX_SIZE && c != '\r')
		g_string_append_c(veil->line, c != '\0' ? c : '?');
}

static void show_size(struct imap_veil *veil, const char *before, guint64 size)
{
	g_string_append_printf(veil->line,
	    "%s[%" G_GUINT64_FORMAT " octets of a message]", before, size);
}

static void end_line(struct imap_veil *veil, GString *lines)
{
	g_string_append_len(lines, veil->line->str, (gssize)veil->line->len);
	g_string_append_c(lines, '\n');
	g_string_truncate(veil->line, 0);
}

/* ---- names ---- */

static bool has_prefix(const char *word, const char *prefix)
{
	return g_ascii_strncasecmp(word, prefix, strlen(prefix)) == 0;
}

static bool is_secret(const char *word)
{
	static const char fields[] = "BODY[HEADER.FIELDS";

	if (has_prefix(word, fields))
		return word[sizeof(fields) - 1] == '.';
	return has_prefix(word, "BODY[") || has_prefix(word, "BODY.PEEK[") ||
	    has_prefix(word, "BINARY[") || has_prefix(word, "RFC822") ||
	    has_prefix(word, "PREVIEW");
}

static void end_word(struct imap_veil *veil)
{
	if (veil->word->len > 0)
		veil->secret = is_secret(veil->word->str);
	g_string_truncate(veil->word, 0);
}

static void add_to_word(struct imap_veil *veil, char c)
{
	if (veil->word->len < WORD_MAX_SIZE)
		g_string_append_c(veil->word, c);
}

static void end_value(struct imap_veil *veil)
{
	g_string_truncate(veil->word, 0);
	veil->secret = false;
}

/* "~{": RFC 3516. */
static void begin_value(struct imap_veil *veil)
{
	if (strcmp(veil->word->str, "~") == 0)
		g_string_truncate(veil->word, 0);
	end_word(veil);
}

/* ---- octets of a FETCH response ---- */

/* Like the framer's, it looks at no quotes. */
static void follow_braces(struct imap_veil *veil, char c)
{
	bool within = veil->digits > 0 && !veil->announced;

	if (c == '{') {
		veil->digits = 1;
		veil->size = 0;
		veil->announced = false;
	} else if (within && g_ascii_isdigit(c) && veil->digits <= DIGITS_MAX) {
		veil->digits++;
		veil->size = veil->size * 10 + (guint64)(c - '0');
	} else if (within && c == '}') {
		veil->announced = veil->digits > 1;
		veil->digits = 0;
	} else if (c != '\r' && !(within && c == '+')) {
		veil->digits = 0;
		veil->announced = false;
	}
}

static void begin_quoted(struct imap_veil *veil)
{
	begin_value(veil);
	veil->quoted = true;
	veil->count = 0;
	show(veil, '"');
}

static void take_quoted(struct imap_veil *veil, char c)
{
	bool ends = c == '"' && !veil->escaped;

	veil->escaped = c == '\\' && !veil->escaped;
	if (ends && veil->secret)
		show_size(veil, "", veil->count);
	if (ends || !veil->secret)
		show(veil, c);
	else
		veil->count++;
	veil->quoted = !ends;
	if (ends)
		end_value(veil);
}

/* In the name of a keyword a bracket is nothing special (RFC 9051 9). */
static bool has_section(const char *word)
{
	return has_prefix(word, "BODY") || has_prefix(word, "BINARY");
}

static void take_name(struct imap_veil *veil, char c)
{
	if (c == '[' && has_section(veil->word->str))
		veil->bracket = true;
	else if (c == ']')
		veil->bracket = false;
	if (c == '{')
		begin_value(veil);
	else if (c == ' ' && !veil->bracket)
		end_word(veil);
	else if ((c == '(' || c == ')') && !veil->bracket)
		end_value(veil);
	else if (c != '\r')
		add_to_word(veil, c);
	show(veil, c);
}

static void end_fetch_line(struct imap_veil *veil, GString *lines)
{
	if (veil->announced) {
		veil->left = veil->size;
		if (veil->secret)
			show_size(veil, " ", veil->size);
	} else {
		veil->fetch = veil->begun = false;
	}
	veil->announced = veil->quoted = veil->escaped = false;
	veil->digits = 0;
	if (!veil->fetch)
		veil->bracket = false;
	end_line(veil, lines);
	if (veil->left == 0)
		end_value(veil);
}

static void take_fetch(struct imap_veil *veil, char c, GString *lines)
{
	if (c == '\n') {
		end_fetch_line(veil, lines);
		return;
	}
	follow_braces(veil, c);
	if (veil->quoted)
		take_quoted(veil, c);
	else if (c == '"' && !veil->bracket)
		begin_quoted(veil);
	else
		take_name(veil, c);
}

/* ---- all octets ---- */

/* "* 7 FETCH ", in front of a parenthesis. */
static bool is_fetch(const GString *line)
{
	static const char name[] = "FETCH";
	gsize size = line->len, skipped = sizeof(name) - 1;

	while (size > 0 && line->str[size - 1] == ' ')
		size--;
	return line->str[0] == '*' && size > skipped &&
	    has_prefix(line->str + size - skipped, name);
}

static void take_line(struct imap_veil *veil, char c, GString *lines)
{
	if (c == '(' && !veil->begun) {
		veil->begun = true;
		veil->fetch = is_fetch(veil->line);
		end_value(veil);
	}
	if (c == '\n') {
		veil->begun = false;
		end_line(veil, lines);
	} else {
		show(veil, c);
	}
}

/* Returns how many octets that were. */
static gsize take_literal(
    struct imap_veil *veil, const char *bytes, gsize size, GString *lines)
{
	gsize taken = (gsize)MIN(veil->left, (guint64)size);

	for (gsize i = 0; !veil->secret && i < taken; i++) {
		if (bytes[i] == '\n')
			end_line(veil, lines);
		else
			show(veil, bytes[i]);
	}
	veil->left -= taken;
	if (veil->left == 0)
		end_value(veil);
	return taken;
}

void imap_veil_feed(
    struct imap_veil *veil, const char *bytes, gsize size, GString *lines)
{
	while (size > 0) {
		gsize taken = 1;

		if (veil->left > 0)
			taken = take_literal(veil, bytes, size, lines);
		else if (veil->fetch)
			take_fetch(veil, *bytes, lines);
		else
			take_line(veil, *bytes, lines);
		bytes += taken;
		size -= taken;
	}
}

void imap_veil_end(struct imap_veil *veil, GString *lines)
{
	if (veil->left > 0 && veil->secret)
		g_string_append_printf(veil->line,
		    "[%" G_GUINT64_FORMAT " of them have not come]",
		    veil->left);
	if (veil->line->len > 0)
		end_line(veil, lines);
}
