/*
 * Headers are passed on line by line as they are; only what a part's encoding
 * or its absence makes untrue is left out.
 */
#include "message/excerpt.h"
#include "message/text.h"
#include <gmime/gmime.h>
#include <string.h>

enum {
	LINE_MAX_8BIT = 998, /* RFC 5322 2.1.1 */
	NAME_OCTETS = 200,
};

/* ---- headers ---- */

typedef bool drop_fn(const char *field);

static bool drops_nothing(const char *field)
{
	(void)field;
	return false;
}

static bool is_encoding(const char *field)
{
	return g_ascii_strncasecmp(field, "Content-Transfer-Encoding", 25) == 0;
}

static bool is_content(const char *field)
{
	return g_ascii_strncasecmp(field, "Content-", 8) == 0;
}

static const char *next_line(const char *at, const char *end)
{
	const char *feed = memchr(at, '\n', (size_t)(end - at));

	return feed != NULL ? feed + 1 : end;
}

static bool is_blank(const char *at, const char *end)
{
	return at == end || *at == '\n' ||
	    (*at == '\r' && at + 1 < end && at[1] == '\n');
}

static void append_line(GString *out, const char *at, const char *end)
{
	while (end > at && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	g_string_append_len(out, at, end - at);
	g_string_append(out, "\r\n");
}

/* Continuation lines go the way of their field. */
static void append_fields(
    GString *out, const GString *header, drop_fn *drop, bool whole)
{
	const char *at = header->str, *end = at + header->len, *next;
	bool dropped = false;

	if (whole)
		g_string_append(out, "X-Idlebell-Download: text\r\n");
	for (; !is_blank(at, end); at = next) {
		next = next_line(at, end);
		if (*at != ' ' && *at != '\t')
			dropped = drop(at);
		if (!dropped)
			append_line(out, at, next);
	}
}

void excerpt_header(
    GString *out, const GString *header, bool is_signed, bool whole)
{
	append_fields(
	    out, header, is_signed ? drops_nothing : is_encoding, whole);
	g_string_append(out,
	    is_signed ? "\r\n" : "Content-Transfer-Encoding: 8bit\r\n\r\n");
}

/* ---- text ---- */

/* What looks like a boundary could be one. */
static bool is_risky_line(const char *at, size_t size)
{
	return size > LINE_MAX_8BIT ||
	    (size >= 2 && at[0] == '-' && at[1] == '-');
}

/* CR and LF only together, no NUL, and short lines. */
static bool is_plain(const GString *text)
{
	const char *at = text->str, *end = at + text->len;

	if (memchr(at, '\0', text->len) != NULL)
		return false;
	while (at < end) {
		const char *stop = memchr(at, '\r', (size_t)(end - at));

		stop = stop != NULL ? stop : end;
		if (memchr(at, '\n', (size_t)(stop - at)) != NULL ||
		    is_risky_line(at, (size_t)(stop - at)) ||
		    (stop < end && (stop + 1 == end || stop[1] != '\n')))
			return false;
		at = stop < end ? stop + 2 : end;
	}
	return true;
}

static void append_base64(GString *out, const GString *text)
{
	enum {
		LINE = 57
	};

	for (size_t at = 0; at < text->len; at += LINE) {
		size_t size = MIN(LINE, text->len - at);
		g_autofree char *line =
		    g_base64_encode((const guchar *)text->str + at, size);

		g_string_append_printf(out, "%s\r\n", line);
	}
}

static void append_decoded(GString *out, const GString *text)
{
	bool plain = is_plain(text);

	g_string_append_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
	    plain ? "8bit" : "base64");
	if (plain)
		g_string_append_len(out, text->str, (gssize)text->len);
	else
		append_base64(out, text);
}

void excerpt_text(GString *out, const GString *header, const GString *text,
    bool decoded, bool whole)
{
	if (decoded) {
		append_fields(out, header, is_encoding, whole);
		append_decoded(out, text);
	} else {
		append_fields(out, header, drops_nothing, whole);
		g_string_append(out, "\r\n");
		g_string_append_len(out, text->str, (gssize)text->len);
	}
}

/* ---- notes ---- */

/* RFC 2231, and encoded words where they should not be: GMime knows. */
static void append_parameters(GString *field, const GPtrArray *parameters)
{
	for (unsigned i = 0; i + 1 < parameters->len; i += 2) {
		g_autofree char *name =
		    text_clean(parameters->pdata[i], -1, NAME_OCTETS);
		g_autofree char *value =
		    text_clean(parameters->pdata[i + 1], -1, 4 * NAME_OCTETS);
		g_auto(GStrv) parts = g_strsplit_set(value, "\"\\", -1);
		g_autofree char *safe = g_strjoinv("_", parts);

		g_string_append_printf(field, "; %s=\"%s\"", name, safe);
	}
}

static char *file_name(const struct excerpt_note *note)
{
	g_autoptr(GString) field = g_string_new("attachment");
	GMimeContentDisposition *disposition;
	const char *name;
	char *clean;

	append_parameters(field, note->parameters);
	disposition = g_mime_content_disposition_parse(NULL, field->str);
	name =
	    g_mime_content_disposition_get_parameter(disposition, "filename");
	if (name == NULL)
		name = g_mime_content_disposition_get_parameter(
		    disposition, "name");
	clean = text_clean(name != NULL ? name : "", -1, NAME_OCTETS);
	g_object_unref(disposition);
	return clean;
}

/* The same in every locale, as it is kept. */
static char *size_text(const struct excerpt_note *note)
{
	uint64_t size = note->base64 ? note->size / 78 * 57 : note->size;
	uint64_t tenths = (size + 50000) / 100000;

	if (note->size == 0)
		return g_strdup("");
	if (size < 1000)
		return g_strdup_printf("%u bytes", (unsigned)MAX(size, 1));
	if (size < 999500)
		return g_strdup_printf(
		    "%u kB", (unsigned)((size + 500) / 1000));
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%u MB", tenths / 10,
	    (unsigned)(tenths % 10));
}

void excerpt_before_note(GString *out, const GString *header, bool whole)
{
	append_fields(out, header, is_content, whole);
}

void excerpt_note(GString *out, const struct excerpt_note *note)
{
	g_autofree char *name = file_name(note);
	g_autofree char *type = text_clean(note->type, -1, NAME_OCTETS);
	g_autofree char *size = size_text(note);

	g_string_append(out,
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n"
	    "Content-Disposition: inline\r\n\r\n");
	g_string_append_printf(out, "[Not downloaded: %s%s%s%s%s%s]\r\n", name,
	    *name != '\0' ? " (" : "", type, *size != '\0' ? ", " : "", size,
	    *name != '\0' ? ")" : "");
}
