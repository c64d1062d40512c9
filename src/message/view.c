/*
 * A message as hooks and --json see it: one table of members, each with the
 * text that goes into the environment and, where it is more than a string,
 * the JSON it becomes.
 */
#include "message/view.h"
#include "message/text.h"
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PREFIX    "IDLEBELL_"
#define VALUE_MAX 8192
/* RFC 5322 specials: in a display name they call for quotes. */
#define SPECIALS  "\"(),:;<>@[\\]"

struct member {
	const char *name;
	size_t offset; /* of a char * in struct message, where text is NULL */
	char *(*text)(const struct message *message); /* a new string */
	/* NULL: the text as a string, or null where it is NULL. */
	void (*json)(JsonBuilder *builder, const struct message *message);
};

static const struct message_address *first_from(const struct message *message)
{
	return message->from->len > 0 ? message->from->pdata[0] : NULL;
}

static char *event_text(const struct message *message)
{
	(void)message;
	return g_strdup("message");
}

static char *uid_text(const struct message *message)
{
	return g_strdup_printf("%" PRIu32, message->uid);
}

static void uid_json(JsonBuilder *builder, const struct message *message)
{
	json_builder_add_int_value(builder, message->uid);
}

static char *uidvalidity_text(const struct message *message)
{
	return g_strdup_printf("%" PRIu32, message->uidvalidity);
}

static void uidvalidity_json(
    JsonBuilder *builder, const struct message *message)
{
	json_builder_add_int_value(builder, message->uidvalidity);
}

static char *size_text(const struct message *message)
{
	return g_strdup_printf("%" PRIu64, message->size);
}

static void size_json(JsonBuilder *builder, const struct message *message)
{
	json_builder_add_int_value(
	    builder, (gint64)MIN(message->size, (uint64_t)G_MAXINT64));
}

static void append_name(GString *out, const char *name)
{
	bool quote = strpbrk(name, SPECIALS) != NULL;

	if (!quote) {
		g_string_append(out, name);
		return;
	}
	g_string_append_c(out, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *name);
	}
	g_string_append_c(out, '"');
}

static void append_address(GString *out, const struct message_address *address)
{
	bool name = *address->name != '\0', spec = *address->address != '\0';

	if (name)
		append_name(out, address->name);
	if (spec)
		g_string_append_printf(
		    out, name ? " <%s>" : "%s", address->address);
}

static char *addresses_text(const GPtrArray *addresses)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < addresses->len && out->len <= VALUE_MAX; i++) {
		if (i > 0)
			g_string_append(out, ", ");
		append_address(out, addresses->pdata[i]);
	}
	return g_string_free(out, FALSE);
}

static void add_string(JsonBuilder *builder, const char *name, const char *text)
{
	g_autofree char *clean = text_clean(text, -1, VALUE_MAX);

	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, clean);
}

static void addresses_json(JsonBuilder *builder, const GPtrArray *addresses)
{
	json_builder_begin_array(builder);
	for (guint i = 0; i < addresses->len; i++) {
		const struct message_address *address = addresses->pdata[i];
		json_builder_begin_object(builder);
		add_string(builder, "name", address->name);
		add_string(builder, "address", address->address);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static char *from_text(const struct message *message)
{
	return addresses_text(message->from);
}

static void from_json(JsonBuilder *builder, const struct message *message)
{
	addresses_json(builder, message->from);
}

static char *from_name_text(const struct message *message)
{
	const struct message_address *first = first_from(message);

	return g_strdup(first != NULL ? first->name : "");
}

static char *from_address_text(const struct message *message)
{
	const struct message_address *first = first_from(message);

	return g_strdup(first != NULL ? first->address : "");
}

static char *to_text(const struct message *message)
{
	return addresses_text(message->to);
}

static void to_json(JsonBuilder *builder, const struct message *message)
{
	addresses_json(builder, message->to);
}

static void flags_json(JsonBuilder *builder, const struct message *message)
{
	g_auto(GStrv) flags = g_strsplit(message->flags, " ", -1);

	json_builder_begin_array(builder);
	for (char **flag = flags; *flag != NULL; flag++)
		if (**flag != '\0')
			json_builder_add_string_value(builder, *flag);
	json_builder_end_array(builder);
}

#define AT(member) offsetof(struct message, member)

static const struct member members[] = {
    {"event", 0, event_text, NULL},
    {"account", AT(account), NULL, NULL},
    {"mailbox", AT(mailbox), NULL, NULL},
    {"uid", 0, uid_text, uid_json},
    {"uidvalidity", 0, uidvalidity_text, uidvalidity_json},
    {"from", 0, from_text, from_json},
    {"from_name", 0, from_name_text, NULL},
    {"from_address", 0, from_address_text, NULL},
    {"to", 0, to_text, to_json},
    {"subject", AT(subject), NULL, NULL},
    {"date", AT(date), NULL, NULL},
    {"size", 0, size_text, size_json},
    {"message_id", AT(message_id), NULL, NULL},
    {"list_id", AT(list_id), NULL, NULL},
    {"flags", AT(flags), NULL, flags_json},
    {"rule", AT(rule), NULL, NULL},
    {"file", AT(file), NULL, NULL},
};

/* The path alone stays as it is, so that a hook can open it. */
static bool is_path(const struct member *member)
{
	return member->offset == AT(file);
}

/* A new string, or NULL. */
static char *member_text(
    const struct member *member, const struct message *message)
{
	g_autofree char *text = NULL;
	const char *raw;

	if (member->text != NULL) {
		text = member->text(message);
		return text_clean(text, -1, VALUE_MAX);
	}
	raw = G_STRUCT_MEMBER(char *, message, member->offset);
	if (raw == NULL || is_path(member))
		return g_strdup(raw);
	return text_clean(raw, -1, VALUE_MAX);
}

static void add_member(JsonBuilder *builder, const struct member *member,
    const struct message *message)
{
	g_autofree char *text = NULL, *valid = NULL;

	json_builder_set_member_name(builder, member->name);
	if (member->json != NULL) {
		member->json(builder, message);
		return;
	}
	text = member_text(member, message);
	if (text == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	valid = g_utf8_make_valid(text, -1);
	json_builder_add_string_value(builder, valid);
}

char *message_to_json(const struct message *message)
{
	g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	JsonNode *root;
	char *json;

	json_builder_begin_object(builder);
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		add_member(builder, &members[i], message);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	json_generator_set_root(generator, root);
	json = json_generator_to_data(generator, NULL);
	json_node_unref(root);
	return json;
}

static char *make_variable(
    const struct member *member, const struct message *message)
{
	g_autofree char *name = g_ascii_strup(member->name, -1);
	g_autofree char *text = member_text(member, message);

	return g_strconcat(PREFIX, name, "=", text != NULL ? text : "", NULL);
}

char **message_to_environment(
    const struct message *message, const char *const *base)
{
	GPtrArray *variables = g_ptr_array_new();

	for (; base != NULL && *base != NULL; base++)
		if (!g_str_has_prefix(*base, PREFIX))
			g_ptr_array_add(variables, g_strdup(*base));
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		g_ptr_array_add(variables, make_variable(&members[i], message));
	g_ptr_array_add(variables, NULL);
	return (char **)g_ptr_array_free(variables, FALSE);
}
