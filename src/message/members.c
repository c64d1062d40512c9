/*
 * Text is cleaned here, once for both views: no row can forget it.
 */
#include "message/members.h"
#include "message/text.h"

#define PREFIX "IDLEBELL_"

/* A new string, or NULL. */
static char *row_text(const struct members_row *row, const void *thing)
{
	g_autofree char *text = row->text != NULL
	    ? row->text(thing)
	    : g_strdup(G_STRUCT_MEMBER(char *, thing, row->offset));

	if (text == NULL || row->is_path)
		return g_steal_pointer(&text);
	return text_clean(text, -1, MEMBERS_VALUE_MAX);
}

static void add_row(
    JsonBuilder *builder, const struct members_row *row, const void *thing)
{
	g_autofree char *text = NULL, *valid = NULL;

	json_builder_set_member_name(builder, row->name);
	if (row->json != NULL) {
		row->json(builder, thing);
		return;
	}
	text = row_text(row, thing);
	if (text == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	valid = g_utf8_make_valid(text, -1);
	json_builder_add_string_value(builder, valid);
}

char *members_to_json(
    const struct members_row *rows, size_t n, const void *thing)
{
	g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	JsonNode *root;
	char *json;

	json_builder_begin_object(builder);
	for (size_t i = 0; i < n; i++)
		add_row(builder, &rows[i], thing);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	json_generator_set_root(generator, root);
	json = json_generator_to_data(generator, NULL);
	json_node_unref(root);
	return json;
}

static char *make_variable(const struct members_row *row, const void *thing)
{
	g_autofree char *name = g_ascii_strup(row->name, -1);
	g_autofree char *text = row_text(row, thing);

	return g_strconcat(PREFIX, name, "=", text != NULL ? text : "", NULL);
}

char **members_to_environment(const struct members_row *rows, size_t n,
    const void *thing, const char *const *base)
{
	GPtrArray *variables = g_ptr_array_new();

	for (; base != NULL && *base != NULL; base++)
		if (!g_str_has_prefix(*base, PREFIX))
			g_ptr_array_add(variables, g_strdup(*base));
	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(variables, make_variable(&rows[i], thing));
	g_ptr_array_add(variables, NULL);
	return (char **)g_ptr_array_free(variables, FALSE);
}

void members_add_string(
    JsonBuilder *builder, const char *name, const char *text)
{
	g_autofree char *clean = text_clean(text, -1, MEMBERS_VALUE_MAX);

	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, clean);
}
