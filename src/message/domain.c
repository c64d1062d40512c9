/*
 * Domain names: libidn2 converts, this file judges.  A readable form that
 * mixes scripts, or that is written in Cyrillic letters which all look Latin,
 * is a picture of another domain; its ASCII form is shown instead.
 */
#include "message/domain.h"
#include <glib.h>
#include <idn2.h>
#include <stdbool.h>
#include <string.h>

/* RFC 1035 2.3.4; libidn2 is not asked about more. */
#define DOMAIN_MAX 255
#define PREFIX     "xn--"
#define LOOKUP     (IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)

/* Cyrillic letters that a Latin reader cannot tell from Latin ones. */
static const char lookalikes[] = "асԁеһіјӏорԛѕԝхуъьҽпгѵѡ";

static bool has_prefix(const char *domain)
{
	g_auto(GStrv) labels = g_strsplit(domain, ".", -1);

	for (char **label = labels; *label != NULL; label++)
		if (g_ascii_strncasecmp(*label, PREFIX, strlen(PREFIX)) == 0)
			return true;
	return false;
}

static char *lookup(const char *domain)
{
	uint8_t *ascii = NULL;
	char *copy;

	if (strlen(domain) > DOMAIN_MAX ||
	    idn2_lookup_u8((const uint8_t *)domain, &ascii, LOOKUP) != IDN2_OK)
		return NULL;
	copy = g_strdup((const char *)ascii);
	idn2_free(ascii);
	return copy;
}

static char *mask(const char *domain)
{
	GString *out = g_string_new(NULL);

	for (const char *p = domain; *p != '\0'; p = g_utf8_next_char(p))
		g_string_append_unichar(out, *p & 0x80 ? 0xfffd : *p);
	return g_string_free(out, FALSE);
}

/* Variation selectors: UTS 46 drops them, and another domain is left. */
static bool is_selector(gunichar c)
{
	return (c >= 0x180b && c <= 0x180f) || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0xe0100 && c <= 0xe01ef);
}

static bool has_selector(const char *domain)
{
	for (; *domain != '\0'; domain = g_utf8_next_char(domain))
		if (is_selector(g_utf8_get_char(domain)))
			return true;
	return false;
}

char *domain_to_ascii(const char *domain)
{
	char *ascii;

	if (g_str_is_ascii(domain))
		return has_prefix(domain) ? g_ascii_strdown(domain, -1)
					  : g_strdup(domain);
	ascii = has_selector(domain) ? NULL : lookup(domain);
	return ascii != NULL ? ascii : mask(domain);
}

/* Scripts that are written together count as one. */
static GUnicodeScript script_family(gunichar c)
{
	GUnicodeScript script = g_unichar_get_script(c);

	switch (script) {
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
	case G_UNICODE_SCRIPT_HANGUL:
	case G_UNICODE_SCRIPT_BOPOMOFO:
		return G_UNICODE_SCRIPT_HAN;
	case G_UNICODE_SCRIPT_INHERITED:
		return G_UNICODE_SCRIPT_COMMON;
	default:
		return script;
	}
}

/* One script, or Latin beside Chinese, Japanese, Korean (UTS 39 5.2). */
static bool mixes_scripts(const char *label)
{
	GUnicodeScript seen = G_UNICODE_SCRIPT_COMMON;

	for (; *label != '\0'; label = g_utf8_next_char(label)) {
		GUnicodeScript script = script_family(g_utf8_get_char(label));
		bool latin = script == G_UNICODE_SCRIPT_LATIN ||
		    seen == G_UNICODE_SCRIPT_LATIN;
		bool han = script == G_UNICODE_SCRIPT_HAN ||
		    seen == G_UNICODE_SCRIPT_HAN;

		if (script == G_UNICODE_SCRIPT_COMMON || script == seen)
			continue;
		if (seen == G_UNICODE_SCRIPT_COMMON || (latin && han))
			seen = script;
		else
			return true;
	}
	return false;
}

static bool looks_latin(const char *label)
{
	bool any = false;

	for (; *label != '\0'; label = g_utf8_next_char(label)) {
		gunichar c = g_utf8_get_char(label);
		if (c >= 0x80 && g_utf8_strchr(lookalikes, -1, c) == NULL)
			return false;
		any = any || c >= 0x80;
	}
	return any;
}

static bool is_deceptive(const char *domain)
{
	g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
	guint count = g_strv_length(labels);
	bool latin_top = count > 0 && g_str_is_ascii(labels[count - 1]);

	for (guint i = 0; i < count; i++)
		if (mixes_scripts(labels[i]) ||
		    (latin_top && looks_latin(labels[i])))
			return true;
	return false;
}

/* Only what leads back to the same domain is its readable form. */
static bool is_faithful(const char *readable, const char *ascii)
{
	g_autofree char *back = lookup(readable);

	return back != NULL && g_ascii_strcasecmp(back, ascii) == 0;
}

char *domain_to_readable(const char *ascii)
{
	char *unicode = NULL, *readable;

	if (!has_prefix(ascii) || strlen(ascii) > DOMAIN_MAX ||
	    idn2_to_unicode_8z8z(ascii, &unicode, 0) != IDN2_OK)
		return g_strdup(ascii);
	readable = g_strdup(
	    is_faithful(unicode, ascii) && !is_deceptive(unicode) ? unicode
								  : ascii);
	idn2_free(unicode);
	return readable;
}
