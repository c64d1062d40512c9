/*
 * The fields of a header block.  GMime decodes them but does not split them:
 * its parser makes an object of every line, keeps values of any length, and
 * reads on into a body.  Here the numbers and lengths are bounded first, and
 * a malformed line costs that line only.
 */
#include "message/field.h"
#include "message/text.h"
#include <string.h>

/* [at, end) without its line end; at moves behind it.  A lone CR ends no
 * line: what it hides would become a field of its own. */
static size_t next_line(const char **at, const char *end)
{
	const char *start = *at;
	const char *lf = memchr(start, '\n', end - start);
	size_t length = (lf != NULL ? lf : end) - start;

	*at = lf != NULL ? lf + 1 : end;
	if (length > 0 && start[length - 1] == '\r')
		length--;
	return length;
}

/* The octets of the field's name, blanks before the colon allowed as in RFC
 * 5322 4.5; 0 when the line is no field. */
static size_t name_length(const char *line, size_t length)
{
	size_t name = 0, colon;

	while (name < length && line[name] > 0x20 && line[name] < 0x7f &&
	    line[name] != ':')
		name++;
	colon = name;
	while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
		colon++;
	if (colon == length || line[colon] != ':' || name > FIELD_NAME_MAX)
		return 0;
	return name;
}

/* Control characters become one sign, FIELD_CONTROL, that does not go away as
 * blanks do: boss\001@example.org is not boss @example.org. */
static void append_octet(GString *value, char octet)
{
	char sign = octet == '\t' ? ' ' : FIELD_CONTROL;

	if (!g_ascii_iscntrl(octet))
		g_string_append_c(value, octet);
	else if (value->len == 0 || value->str[value->len - 1] != sign)
		g_string_append_c(value, sign);
}

/* Without the CRs of a broken line end.  False when there is no room for
 * all. */
static bool append_raw(GString *value, const char *bytes, size_t size)
{
	size_t i;

	while (size > 0 && bytes[size - 1] == '\r')
		size--;
	for (i = 0; i < size && value->len < FIELD_RAW_MAX; i++)
		append_octet(value, bytes[i]);
	return i == size;
}

/* Lines that go on with a field, RFC 5322 2.2.3. */
static void read_folds(const char **at, const char *end, struct field *field)
{
	while (*at < end && (**at == ' ' || **at == '\t')) {
		const char *line = *at;
		size_t length = next_line(at, end);
		field->cut |= !append_raw(field->value, line, length);
	}
}

bool field_next(const char **at, const char *end, struct field *ret)
{
	while (*at < end) {
		const char *line = *at, *value;
		size_t length = next_line(at, end);
		size_t name = name_length(line, length);

		if (length == 0)
			return false;
		if (name == 0)
			continue;
		value = (const char *)memchr(line, ':', length) + 1;
		ret->name = g_strndup(line, name);
		ret->value = g_string_new(NULL);
		ret->cut =
		    !append_raw(ret->value, value, line + length - value);
		read_folds(at, end, ret);
		return true;
	}
	return false;
}

void field_clear(struct field *field)
{
	g_free(field->name);
	g_string_free(field->value, TRUE);
}

/* "=" can only end base64 text, and "_" is not of it. */
static bool is_quoted_printable(const char *text, const char *end)
{
	for (; text < end; text++) {
		if (*text == '_')
			return true;
		if (*text == '=' && end - text > 2 &&
		    g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2]))
			return true;
	}
	return false;
}

bool field_word(const char *text, const char *last, const char **ret_encoding,
    const char **ret_end)
{
	const char *mark;

	if (last == NULL || strncmp(text, "=?", 2) != 0)
		return false;
	mark = strchr(text + 2, '?');
	if (mark == NULL || mark[1] == '\0' || mark[2] != '?' ||
	    mark + 3 > last)
		return false;
	*ret_encoding = mark + 1;
	*ret_end = strstr(mark + 3, "?=");
	return true;
}

static size_t count_base64(const char *text, const char *end)
{
	size_t count = 0;

	for (; text < end; text++)
		if (g_ascii_isalnum(*text) || strchr("+/=", *text) != NULL)
			count++;
	return count;
}

/* Base64 may be split anywhere between words of one charset and encoding:
 * whether a word of these, up to its payload, follows. */
static bool is_continued(
    const char *word, const char *payload, const char *after)
{
	while (*after == ' ')
		after++;
	return g_ascii_strncasecmp(word, after, payload - word) == 0;
}

/* letters: of base64 since the last padding. */
static void repair_word(GString *out, const char *word, const char *encoding,
    const char *end, size_t *letters)
{
	const char *payload = encoding + 2;
	bool base64 = g_ascii_tolower(*encoding) == 'b';
	bool mistaken = base64 && is_quoted_printable(payload, end);

	g_string_append_len(out, word, end - word);
	if (mistaken)
		out->str[out->len - (end - encoding)] = 'Q';
	if (base64 && !mistaken) {
		*letters += count_base64(payload, end);
		if (!is_continued(word, payload, end + 2))
			while (*letters % 4 != 0) {
				g_string_append_c(out, '=');
				++*letters;
			}
	}
	g_string_append(out, "?=");
}

char *field_repair_words(const char *text)
{
	GString *out = g_string_new(NULL);
	const char *last = g_strrstr(text, "?="), *encoding, *end, *word;
	size_t letters = 0;

	while ((word = strstr(text, "=?")) != NULL) {
		g_string_append_len(out, text, word - text);
		if (field_word(word, last, &encoding, &end)) {
			repair_word(out, word, encoding, end, &letters);
			text = end + 2;
		} else {
			g_string_append(out, "=?");
			text = word + 2;
		}
	}
	g_string_append(out, text);
	return g_string_free(out, FALSE);
}

char *field_decode(GMimeParserOptions *options, const char *text)
{
	g_autofree char *repaired = NULL, *decoded = NULL;

	/* Nothing to decode: most fields, and RFC 6532. */
	if (strstr(text, "=?") == NULL && g_utf8_validate(text, -1, NULL))
		return text_clean(text, -1, FIELD_TEXT_MAX);
	repaired = field_repair_words(text);
	decoded = g_mime_utils_header_decode_text(options, repaired);
	return text_clean(decoded, -1, FIELD_TEXT_MAX);
}
