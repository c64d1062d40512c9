/*
 * JSON (RFC 8259) on one line, without blanks.
 */
#include "message/emit.h"

static void begin_value(struct emit *emit)
{
	if (emit->follows)
		g_string_append_c(emit->text, ',');
	emit->follows = true;
}

static void begin(struct emit *emit, char bracket)
{
	begin_value(emit);
	g_string_append_c(emit->text, bracket);
	emit->follows = false;
}

static void end(struct emit *emit, char bracket)
{
	g_string_append_c(emit->text, bracket);
	emit->follows = true;
}

void emit_begin_object(struct emit *emit)
{
	begin(emit, '{');
}

void emit_end_object(struct emit *emit)
{
	end(emit, '}');
}

void emit_begin_array(struct emit *emit)
{
	begin(emit, '[');
}

void emit_end_array(struct emit *emit)
{
	end(emit, ']');
}

void emit_name(struct emit *emit, const char *name)
{
	begin(emit, '"');
	g_string_append(emit->text, name);
	g_string_append(emit->text, "\":");
}

/* Section 7; DEL besides, for terminals. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '"' && c != '\\';
}

static void escape(GString *text, unsigned char c)
{
	static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";

	for (const char *letter = letters; *letter != '\0'; letter += 2) {
		if ((unsigned char)*letter == c) {
			g_string_append_c(text, '\\');
			g_string_append_c(text, letter[1]);
			return;
		}
	}
	g_string_append_printf(text, "\\u%04x", c);
}

static void append(GString *text, const char *string)
{
	while (*string != '\0') {
		const char *odd = string;

		while (is_plain((unsigned char)*odd))
			odd++;
		g_string_append_len(text, string, odd - string);
		if (*odd == '\0')
			return;
		escape(text, (unsigned char)*odd);
		string = odd + 1;
	}
}

void emit_string(struct emit *emit, const char *string)
{
	g_autofree char *valid = NULL;

	begin_value(emit);
	if (string == NULL) {
		g_string_append(emit->text, "null");
		return;
	}
	if (!g_utf8_validate(string, -1, NULL))
		valid = g_utf8_make_valid(string, -1);
	g_string_append_c(emit->text, '"');
	append(emit->text, valid != NULL ? valid : string);
	g_string_append_c(emit->text, '"');
}

void emit_int(struct emit *emit, int64_t number)
{
	begin_value(emit);
	g_string_append_printf(emit->text, "%" G_GINT64_FORMAT, number);
}

void emit_boolean(struct emit *emit, bool value)
{
	begin_value(emit);
	g_string_append(emit->text, value ? "true" : "false");
}

void emit_member_string(struct emit *emit, const char *name, const char *string)
{
	emit_name(emit, name);
	emit_string(emit, string);
}

void emit_member_int(struct emit *emit, const char *name, int64_t number)
{
	emit_name(emit, name);
	emit_int(emit, number);
}

void emit_member_boolean(struct emit *emit, const char *name, bool value)
{
	emit_name(emit, name);
	emit_boolean(emit, value);
}
