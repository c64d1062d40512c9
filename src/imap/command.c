/*
 * Strings as commands carry them: quoted (RFC 9051 section 4.3), and mailbox
 * names in modified UTF-7 (RFC 3501 5.1.3).
 *
 * A name has one valid encoding only.  Decoding therefore ends by encoding
 * again: what does not come out as it went in was malformed (superfluous
 * shifts, printable characters encoded, bits left over, NUL), and a name that
 * we show is always one that we could send.
 */
#include <string.h>

#include "imap/command.h"

static bool is_quotable(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\r' || *at == '\n' || (unsigned char)*at > 127)
			return false;
	}
	return true;
}

bool imap_append_quoted(GString *out, const char *text)
{
	if (!is_quotable(text))
		return false;
	g_string_append_c(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *at);
	}
	g_string_append_c(out, '"');
	return true;
}

bool imap_append_mailbox(GString *out, const char *mailbox)
{
	g_autofree char *encoded = imap_utf7_encode(mailbox);

	return encoded != NULL && imap_append_quoted(out, encoded);
}

static bool is_direct(char octet)
{
	return octet >= 0x20 && octet <= 0x7e;
}

/* The length of what must be encoded at text: up to the next printable. */
static size_t span_encoded(const char *text)
{
	size_t size = 0;

	while (text[size] != '\0' && !is_direct(text[size]))
		size++;
	return size;
}

/* UTF-16 of the machine to that of the network, or back. */
static void swap_units(gunichar2 *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
		units[i] = GUINT16_TO_BE(units[i]);
}

static void append_shifted(GString *out, const char *text, size_t size)
{
	glong count = 0;
	g_autofree gunichar2 *units =
	    g_utf8_to_utf16(text, (glong)size, NULL, &count, NULL);
	g_autofree char *base64 = NULL;

	if (units == NULL)
		return;
	swap_units(units, (size_t)count);
	base64 = g_base64_encode(
	    (const guchar *)units, (size_t)count * sizeof(*units));
	g_string_append_c(out, '&');
	g_string_append(out, g_strdelimit(base64, "/", ','));
	while (out->str[out->len - 1] == '=')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '-');
}

char *imap_utf7_encode(const char *utf8)
{
	GString *out;

	if (!g_utf8_validate(utf8, -1, NULL))
		return NULL;
	out = g_string_sized_new(strlen(utf8));
	for (const char *at = utf8; *at != '\0';) {
		size_t size = span_encoded(at);
		if (size > 0) {
			append_shifted(out, at, size);
			at += size;
		} else {
			g_string_append_c(out, *at);
			if (*at++ == '&')
				g_string_append_c(out, '-');
		}
	}
	return g_string_free(out, FALSE);
}

/*
 * Appends what stands between "&" and "-", with the padding that
 * g_base64_decode wants.  It passes over what it does not know, and odd octets
 * are left out here: encoding again shows either.
 */
static bool append_unshifted(GString *out, const char *text, size_t size)
{
	g_autofree char *base64 = g_strdup_printf("%.*s===", (int)size, text);
	gsize octets = 0;
	g_autofree gunichar2 *units =
	    (void *)g_base64_decode(g_strdelimit(base64, ",", '/'), &octets);
	size_t count = octets / sizeof(*units);
	g_autofree char *utf8 = NULL;

	swap_units(units, count);
	utf8 = g_utf16_to_utf8(units, (glong)count, NULL, NULL, NULL);
	if (utf8 == NULL)
		return false;
	g_string_append(out, utf8);
	return true;
}

static char *unshift(const char *utf7)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(utf7));

	for (const char *at = utf7; *at != '\0'; at++) {
		const char *end;
		if (*at != '&') {
			g_string_append_c(out, *at);
			continue;
		}
		end = strchr(++at, '-');
		if (end == NULL)
			return NULL;
		if (end == at)
			g_string_append_c(out, '&');
		else if (!append_unshifted(out, at, end - at))
			return NULL;
		at = end;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool has_high_octets(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text > 127)
			return true;
	}
	return false;
}

char *imap_utf7_decode(const char *utf7)
{
	g_autofree char *utf8 = NULL;
	g_autofree char *again = NULL;

	if (has_high_octets(utf7))
		return g_utf8_validate(utf7, -1, NULL) ? g_strdup(utf7) : NULL;
	utf8 = unshift(utf7);
	if (utf8 == NULL)
		return NULL;
	again = imap_utf7_encode(utf8);
	return g_strcmp0(again, utf7) == 0 ? g_steal_pointer(&utf8) : NULL;
}
