/*
 * A message as hooks and --json see it: one table of members, each with the
 * text that goes into the environment and, where it is more than a string,
 * the JSON it becomes.
 */
#include "message/view.h"
#include "message/members.h"
#include <inttypes.h>
#include <string.h>

/* RFC 5322 specials: in a display name they call for quotes. */
#define SPECIALS "\"(),:;<>@[\\]"

static const struct message_address *first_from(const struct message *message)
{
	return message->from->len > 0 ? message->from->pdata[0] : NULL;
}

static char *event_text(const void *thing)
{
	(void)thing;
	return g_strdup("message");
}

static char *uid_text(const void *thing)
{
	const struct message *message = thing;

	return g_strdup_printf("%" PRIu32, message->uid);
}

static void uid_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

	json_builder_add_int_value(builder, message->uid);
}

static char *uidvalidity_text(const void *thing)
{
	const struct message *message = thing;

	return g_strdup_printf("%" PRIu32, message->uidvalidity);
}

static void uidvalidity_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

	json_builder_add_int_value(builder, message->uidvalidity);
}

static char *size_text(const void *thing)
{
	const struct message *message = thing;

	return g_strdup_printf("%" PRIu64, message->size);
}

static void size_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

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

	for (guint i = 0; i < addresses->len && out->len <= MEMBERS_VALUE_MAX;
	     i++) {
		if (i > 0)
			g_string_append(out, ", ");
		append_address(out, addresses->pdata[i]);
	}
	return g_string_free(out, FALSE);
}

static void addresses_json(JsonBuilder *builder, const GPtrArray *addresses)
{
	json_builder_begin_array(builder);
	for (guint i = 0; i < addresses->len; i++) {
		const struct message_address *address = addresses->pdata[i];
		json_builder_begin_object(builder);
		members_add_string(builder, "name", address->name);
		members_add_string(builder, "address", address->address);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static char *from_text(const void *thing)
{
	const struct message *message = thing;

	return addresses_text(message->from);
}

static void from_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

	addresses_json(builder, message->from);
}

static char *from_name_text(const void *thing)
{
	const struct message *message = thing;
	const struct message_address *first = first_from(message);

	return g_strdup(first != NULL ? first->name : "");
}

static char *from_address_text(const void *thing)
{
	const struct message *message = thing;
	const struct message_address *first = first_from(message);

	return g_strdup(first != NULL ? first->address : "");
}

static char *to_text(const void *thing)
{
	const struct message *message = thing;

	return addresses_text(message->to);
}

static void to_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

	addresses_json(builder, message->to);
}

static char *cc_text(const void *thing)
{
	const struct message *message = thing;

	return addresses_text(message->cc);
}

static void cc_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;

	addresses_json(builder, message->cc);
}

/* Unknown: none. */
static char *attachment_text(const void *thing)
{
	static const char *const words[] = {
	    [MESSAGE_ATTACHMENT_NO] = "no",
	    [MESSAGE_ATTACHMENT_YES] = "yes",
	};

	return g_strdup(words[((const struct message *)thing)->attachment]);
}

static void attachment_json(JsonBuilder *builder, const void *thing)
{
	enum message_attachment attachment =
	    ((const struct message *)thing)->attachment;

	if (attachment == MESSAGE_ATTACHMENT_UNKNOWN)
		json_builder_add_null_value(builder);
	else
		json_builder_add_boolean_value(
		    builder, attachment == MESSAGE_ATTACHMENT_YES);
}

static void flags_json(JsonBuilder *builder, const void *thing)
{
	const struct message *message = thing;
	g_auto(GStrv) flags = g_strsplit(message->flags, " ", -1);

	json_builder_begin_array(builder);
	for (char **flag = flags; *flag != NULL; flag++)
		if (**flag != '\0')
			json_builder_add_string_value(builder, *flag);
	json_builder_end_array(builder);
}

#define AT(member) offsetof(struct message, member)

static const struct members_row rows[] = {
    {"event", 0, event_text, NULL, false},
    {"account", AT(account), NULL, NULL, false},
    {"mailbox", AT(mailbox), NULL, NULL, false},
    {"uid", 0, uid_text, uid_json, false},
    {"uidvalidity", 0, uidvalidity_text, uidvalidity_json, false},
    {"from", 0, from_text, from_json, false},
    {"from_name", 0, from_name_text, NULL, false},
    {"from_address", 0, from_address_text, NULL, false},
    {"to", 0, to_text, to_json, false},
    {"cc", 0, cc_text, cc_json, false},
    {"subject", AT(subject), NULL, NULL, false},
    {"date", AT(date), NULL, NULL, false},
    {"size", 0, size_text, size_json, false},
    {"message_id", AT(message_id), NULL, NULL, false},
    {"list_id", AT(list_id), NULL, NULL, false},
    {"flags", AT(flags), NULL, flags_json, false},
    {"attachment", 0, attachment_text, attachment_json, false},
    {"preview", AT(preview), NULL, NULL, false},
    {"thread", AT(thread), NULL, NULL, false},
    {"rule", AT(rule), NULL, NULL, false},
    {"muted", AT(muted), NULL, NULL, false},
    {"file", AT(file), NULL, NULL, true},
};

char *message_to_json(const struct message *message)
{
	return members_to_json(rows, G_N_ELEMENTS(rows), message);
}

char **message_to_environment(
    const struct message *message, const char *const *base)
{
	return members_to_environment(rows, G_N_ELEMENTS(rows), message, base);
}
