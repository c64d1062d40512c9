/*
 * JSON as text, against a parser that others wrote.
 */
#include "message/emit.h"
#include "tests/unit/unit.h"

#include <json-glib/json-glib.h>

static void expect(struct emit *emit, const char *text)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(emit->text->str, ==, text);
	json_parser_load_from_data(parser, text, -1, &error);
	g_assert_no_error(error);
	g_string_free(emit->text, TRUE);
}

static void test_shapes(void)
{
	struct emit emit = {.text = g_string_new(NULL)};

	emit_begin_object(&emit);
	emit_name(&emit, "a");
	emit_begin_array(&emit);
	emit_end_array(&emit);
	emit_name(&emit, "b");
	emit_begin_array(&emit);
	emit_int(&emit, G_MININT64);
	emit_boolean(&emit, false);
	emit_begin_object(&emit);
	emit_end_object(&emit);
	emit_begin_object(&emit);
	emit_member_string(&emit, "c", NULL);
	emit_member_string(&emit, "d", "");
	emit_end_object(&emit);
	emit_end_array(&emit);
	emit_member_boolean(&emit, "e", true);
	emit_member_int(&emit, "f", 7);
	emit_end_object(&emit);
	expect(&emit,
	    "{\"a\":[],\"b\":[-9223372036854775808,false,{},"
	    "{\"c\":null,\"d\":\"\"}],\"e\":true,\"f\":7}");
}

static void test_escapes(void)
{
	struct emit emit = {.text = g_string_new(NULL)};

	emit_string(&emit, "\"\\\b\f\n\r\t\001\037\177/ \303\244 <&>");
	expect(&emit,
	    "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f/ \303\244 <&>\"");
	emit = (struct emit){.text = g_string_new(NULL)};
	emit_string(&emit, "a\377b\303");
	expect(&emit, "\"a\357\277\275b\357\277\275\"");
}

/* Each character comes back as it was. */
static void test_back(void)
{
	for (unsigned c = 1; c < 0x800; c++) {
		struct emit emit = {.text = g_string_new(NULL)};
		g_autoptr(JsonNode) node = NULL;
		char text[8] = {'x', 0};

		g_unichar_to_utf8(c, text + 1);
		emit_string(&emit, text);
		node = json_from_string(emit.text->str, NULL);
		g_assert_nonnull(node);
		g_assert_cmpstr(json_node_get_string(node), ==, text);
		g_string_free(emit.text, TRUE);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/emit/shapes", test_shapes);
	g_test_add_func("/emit/escapes", test_escapes);
	g_test_add_func("/emit/back", test_back);
	return g_test_run();
}
