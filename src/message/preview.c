/*
 * The preview of a message: GMime takes the message apart and decodes it,
 * html.c reads HTML, here it is decided which part and which lines say
 * something.
 */
#include "message/preview.h"
#include "message/field.h"
#include "message/html.h"
#include "message/text.h"
#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>

enum {
	DEPTH_MAX = 20,
	WORD_MAX = 40, /* a word that is longer may be cut */
	RULER_MIN = 4,
};

/* ---- which part ---- */

/* Only what says how the body is to be read: the rest may hold anything. */
static GString *make_entity(
    const char *header, gsize header_size, const char *body, gsize body_size)
{
	GString *entity = g_string_new("MIME-Version: 1.0\r\n");
	const char *at = header, *end = header + header_size;
	struct field field;

	for (int i = 0; i < FIELD_COUNT_MAX && field_next(&at, end, &field);
	     i++) {
		if (g_ascii_strncasecmp(field.name, "Content-", 8) == 0)
			g_string_append_printf(
			    entity, "%s: %s\r\n", field.name, field.value->str);
		field_clear(&field);
	}
	g_string_append(entity, "\r\n");
	g_string_append_len(
	    entity, body, (gssize)MIN(body_size, PREVIEW_BODY_MAX));
	return entity;
}

static bool is_type(GMimeObject *object, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(
	    g_mime_object_get_content_type(object), type, subtype);
}

static bool is_readable(GMimeObject *object)
{
	return GMIME_IS_PART(object) &&
	    (is_type(object, "text", "plain") ||
		is_type(object, "text", "html")) &&
	    !g_mime_part_is_attachment(GMIME_PART(object));
}

static GMimeObject *find_text(GMimeObject *object, unsigned depth);

/* Of alternatives the plain one; else the first that has text. */
static GMimeObject *find_among(GMimeMultipart *multipart, unsigned depth)
{
	bool choice =
	    is_type(GMIME_OBJECT(multipart), "multipart", "alternative");
	int count = g_mime_multipart_get_count(multipart);
	GMimeObject *first = NULL;

	for (int i = 0; i < count; i++) {
		GMimeObject *found = find_text(
		    g_mime_multipart_get_part(multipart, i), depth + 1);

		if (found == NULL)
			continue;
		if (!choice || is_type(found, "text", "plain"))
			return found;
		if (first == NULL)
			first = found;
	}
	return first;
}

static GMimeObject *find_text(GMimeObject *object, unsigned depth)
{
	if (object == NULL || depth > DEPTH_MAX ||
	    is_type(object, "multipart", "encrypted"))
		return NULL;
	if (GMIME_IS_MULTIPART(object))
		return find_among(GMIME_MULTIPART(object), depth);
	return is_readable(object) ? object : NULL;
}

/* ---- its text ---- */

static GByteArray *decode_transfer(GMimeObject *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return bytes;
}

/* May it be, whatever it says?  Seven bits may be others'. */
static bool may_be_utf8(const char *charset)
{
	static const char *const others[] = {
	    "iso-2022", "utf-7", "utf-16", "hz"};

	for (size_t i = 0; charset != NULL && i < G_N_ELEMENTS(others); i++)
		if (g_ascii_strncasecmp(
			charset, others[i], strlen(others[i])) == 0)
			return false;
	return true;
}

/* *ret_size: without a character that was cut. */
static bool is_utf8(
    const char *charset, const GByteArray *bytes, gsize *ret_size)
{
	const char *text = (const char *)bytes->data, *stop;
	bool whole = g_utf8_validate(text, bytes->len, &stop);

	*ret_size = (gsize)(stop - text);
	if (whole)
		return true;
	return (charset == NULL || g_ascii_strcasecmp(charset, "utf-8") == 0) &&
	    g_utf8_get_char_validated(stop, (gssize)(bytes->len - *ret_size)) ==
	    (gunichar)-2;
}

static char *convert(const char *charset, const GByteArray *bytes)
{
	GMimeFilter *filter = charset != NULL
	    ? g_mime_filter_charset_new(charset, "utf-8")
	    : NULL;
	size_t size, prespace;
	char *data, *text;

	if (filter == NULL)
		return NULL;
	g_mime_filter_complete(filter, (char *)bytes->data, bytes->len, 0,
	    &data, &size, &prespace);
	text = g_strndup(data, size);
	g_object_unref(filter);
	return text;
}

/* What is UTF-8 is that, whatever it says; what cannot be converted is shown
 * as far as it is ASCII. */
static char *decode_charset(GMimeObject *part, const GByteArray *bytes)
{
	const char *charset =
	    g_mime_object_get_content_type_parameter(part, "charset");
	char *text;
	gsize size;

	if (may_be_utf8(charset) && is_utf8(charset, bytes, &size))
		return g_strndup((const char *)bytes->data, size);
	text = convert(charset, bytes);
	if (text == NULL)
		text = convert("windows-1252", bytes);
	return text != NULL ? text
			    : g_strndup((const char *)bytes->data, bytes->len);
}

static char *decode(GMimeObject *part)
{
	GByteArray *bytes = decode_transfer(part);
	g_autofree char *text =
	    bytes->len > 0 ? decode_charset(part, bytes) : g_strdup("");

	g_byte_array_unref(bytes);
	if (!is_type(part, "text", "html"))
		return g_steal_pointer(&text);
	return html_to_text(text, strlen(text));
}

/* ---- which lines ---- */

static bool is_end(const char *line)
{
	return strcmp(line, "--") == 0 ||
	    g_str_has_prefix(line, "-----Original Message") ||
	    g_str_has_prefix(line, "-----BEGIN PGP SIGNATURE") ||
	    g_str_has_prefix(line, "-----BEGIN PGP MESSAGE");
}

/* Dashes, dots, boxes and all of ASCII that rulers are made of. */
static bool is_ruling(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);

	return (c < 0x80 && !g_ascii_isalnum((char)c)) ||
	    type == G_UNICODE_DASH_PUNCTUATION ||
	    type == G_UNICODE_OTHER_PUNCTUATION || (c >= 0x2500 && c < 0x2580);
}

/* Rulers, but not ":-)", and what precedes a clear signed text. */
static bool is_idle(const char *line)
{
	if (g_str_has_prefix(line, "-----BEGIN PGP SIGNED") ||
	    g_str_has_prefix(line, "Hash: SHA"))
		return true;
	if (*line != '\0' && g_utf8_strlen(line, -1) < RULER_MIN)
		return false;
	while (is_ruling(g_utf8_get_char(line)) && *line != '\0')
		line = g_utf8_next_char(line);
	return *line == '\0';
}

static bool is_quoted(const char *line)
{
	return line != NULL && line[0] == '>';
}

static const char *next_line(char **lines)
{
	while (*lines != NULL && **lines == '\0')
		lines++;
	return *lines;
}

/* "On Monday, Anna wrote:", perhaps in two lines, or in any language just
 * before what is quoted.  Returns of how many lines it is, 0: none. */
static unsigned attribution(char **lines)
{
	const char *first = lines[0], *second = lines[1];

	if (g_str_has_suffix(first, ":") && is_quoted(next_line(lines + 1)))
		return 1;
	if (second != NULL && g_str_has_suffix(second, ":") &&
	    is_quoted(next_line(lines + 2)) && g_str_has_prefix(first, "On "))
		return 2;
	if (!g_str_has_prefix(first, "On "))
		return 0;
	if (g_str_has_suffix(first, " wrote:"))
		return 1;
	return second != NULL && g_str_has_suffix(second, " wrote:") ? 2 : 0;
}

static char *join_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *joined = g_string_new(NULL);
	unsigned skip;

	for (char **line = lines; *line != NULL; line++) {
		char *clean = text_clean(*line, -1, PREVIEW_BODY_MAX);

		g_free(*line);
		*line = g_strstrip(clean);
	}
	for (char **line = lines; *line != NULL && !is_end(*line); line++) {
		skip = attribution(line);
		if (skip > 0)
			line += skip - 1;
		else if (!is_quoted(*line) && !is_idle(*line))
			g_string_append_printf(joined, "%s ", *line);
	}
	return g_string_free(joined, FALSE);
}

/* ---- one line ---- */

/* At a blank, unless that would take too much. */
static char *shorten(char *line)
{
	char *end, *blank;

	if (g_utf8_strlen(line, -1) <= PREVIEW_MAX)
		return line;
	end = g_utf8_offset_to_pointer(line, PREVIEW_MAX - 1);
	blank = g_strrstr_len(line, end + 1 - line, " ");
	if (blank != NULL && g_utf8_strlen(blank, end - blank) < WORD_MAX)
		end = blank;
	*end = '\0';
	line = g_strchomp(line);
	blank = g_strconcat(line, "\u2026", NULL);
	g_free(line);
	return blank;
}

/* Blanks in a row are one, as they mean nothing in a text that was laid out. */
static void squeeze(char *line)
{
	char *to = line;

	for (const char *at = line; *at != '\0'; at++)
		if (*at != ' ' || (to > line && to[-1] != ' '))
			*to++ = *at;
	*to = '\0';
}

char *preview_clean(const char *text)
{
	char *line = text_clean(text, -1, PREVIEW_BODY_MAX);

	squeeze(line);
	return shorten(g_strstrip(line));
}

static GMimeObject *parse(const GString *entity)
{
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(entity->str, entity->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *object = g_mime_parser_construct_part(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	return object;
}

char *preview_read(
    const char *header, gsize header_size, const char *body, gsize body_size)
{
	g_autoptr(GString) entity =
	    make_entity(header, header_size, body, body_size);
	GMimeObject *object = parse(entity);
	GMimeObject *part = find_text(object, 0);
	g_autofree char *text = part != NULL ? decode(part) : g_strdup("");
	g_autofree char *joined = join_lines(text);

	if (object != NULL)
		g_object_unref(object);
	return preview_clean(joined);
}
