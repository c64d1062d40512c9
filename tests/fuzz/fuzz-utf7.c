/*
 * Mailbox names: what decodes is UTF-8 and encodes to the same again, what
 * encodes is printable, decodes to the same again and can be quoted.
 */
#include <stdint.h>
#include <string.h>

#include "imap/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

static void check_decode(const char *name)
{
	g_autofree char *utf8 = imap_utf7_decode(name);
	g_autofree char *again = NULL;

	if (utf8 == NULL)
		return;
	g_assert_true(g_utf8_validate(utf8, -1, NULL));
	again = imap_utf7_encode(utf8);
	g_assert_cmpstr(is_printable(name) ? again : utf8, ==, name);
}

static void check_encode(const char *name)
{
	g_autofree char *utf7 = imap_utf7_encode(name);
	g_autofree char *again = NULL;
	g_autoptr(GString) quoted = g_string_new(NULL);

	g_assert_true((utf7 != NULL) == g_utf8_validate(name, -1, NULL));
	g_assert_true(imap_append_mailbox(quoted, name) == (utf7 != NULL));
	if (utf7 == NULL)
		return;
	g_assert_true(is_printable(utf7) && is_printable(quoted->str));
	again = imap_utf7_decode(utf7);
	g_assert_cmpstr(again, ==, name);
}

/* A quoted string ends at its last octet and holds its text. */
static void check_quoted(const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);
	size_t at = 1;

	if (!imap_append_quoted(out, text)) {
		g_assert_cmpuint(out->len, ==, 0);
		return;
	}
	for (; *text != '\0'; text++, at++) {
		if (out->str[at] == '\\')
			at++;
		else
			g_assert_cmpint(out->str[at], !=, '"');
		g_assert_cmpint(out->str[at], ==, *text);
	}
	g_assert_cmpstr(out->str + at, ==, "\"");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *name = g_strndup((const char *)data, size);

	check_decode(name);
	check_encode(name);
	check_quoted(name);
	return 0;
}
