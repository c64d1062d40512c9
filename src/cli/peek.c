/*
 * Members of JSON objects.
 */
#include "cli/peek.h"
#include "message/text.h"

enum {
	CELL_SIZE = 256
};

JsonNode *peek_value(JsonObject *object, const char *name, GType type)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != type)
		return NULL;
	return node;
}

int64_t peek_int(JsonObject *object, const char *name)
{
	JsonNode *node = peek_value(object, name, G_TYPE_INT64);

	return node != NULL ? json_node_get_int(node) : 0;
}

bool peek_bool(JsonObject *object, const char *name)
{
	JsonNode *node = peek_value(object, name, G_TYPE_BOOLEAN);

	return node != NULL && json_node_get_boolean(node);
}

char *peek_text(JsonObject *object, const char *name, size_t size)
{
	JsonNode *node = peek_value(object, name, G_TYPE_STRING);
	const char *text = node != NULL ? json_node_get_string(node) : NULL;

	return text != NULL && *text != '\0' ? text_clean(text, -1, size)
					     : NULL;
}

char *peek_cell(JsonObject *object, const char *name, const char *without)
{
	char *text = peek_text(object, name, CELL_SIZE);

	return text != NULL ? text : g_strdup(without);
}

int64_t peek_time(JsonObject *object, const char *name)
{
	JsonNode *node = peek_value(object, name, G_TYPE_STRING);
	g_autoptr(GDateTime) time = node != NULL
	    ? g_date_time_new_from_iso8601(json_node_get_string(node), NULL)
	    : NULL;

	return time != NULL ? g_date_time_to_unix(time) : 0;
}

static JsonArray *peek_array(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node)
	    ? json_node_get_array(node)
	    : NULL;
}

unsigned peek_count(JsonObject *object, const char *name)
{
	JsonArray *array = peek_array(object, name);

	return array != NULL ? json_array_get_length(array) : 0;
}

void peek_each(JsonObject *object, const char *name, peek_fn *fn, void *data)
{
	JsonArray *array = peek_array(object, name);
	unsigned length = peek_count(object, name);

	for (unsigned i = 0; i < length; i++) {
		JsonNode *element = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_OBJECT(element))
			fn(data, json_node_get_object(element));
	}
}

JsonObject *peek_object(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node)
	    ? json_node_get_object(node)
	    : NULL;
}
