/*
 * The status: what the program is, and its accounts.
 */
#include "app/document.h"
#include "app/when.h"
#include <unistd.h>

bool document_names(const struct account *account, const char *const *names)
{
	return names[0] == NULL ||
	    g_strv_contains(names, account_name(account));
}

static void count_watches(const GPtrArray *accounts, JsonBuilder *builder)
{
	unsigned live = 0, watches = 0;

	for (unsigned i = 0; i < accounts->len; i++) {
		const char *error;
		unsigned well;

		watches += account_watches(accounts->pdata[i], &well, &error);
		live += well;
	}
	json_builder_set_member_name(builder, "live");
	json_builder_add_int_value(builder, live);
	json_builder_set_member_name(builder, "watches");
	json_builder_add_int_value(builder, watches);
}

static void describe_program(int64_t started, JsonBuilder *builder)
{
	g_autofree char *since = when_format(started);

	json_builder_set_member_name(builder, "version");
	json_builder_add_string_value(builder, PACKAGE_VERSION);
	json_builder_set_member_name(builder, "pid");
	json_builder_add_int_value(builder, getpid());
	json_builder_set_member_name(builder, "started");
	json_builder_add_string_value(builder, since);
}

static void describe_accounts(
    const GPtrArray *accounts, const char *const *names, JsonBuilder *builder)
{
	json_builder_set_member_name(builder, "accounts");
	json_builder_begin_array(builder);
	for (unsigned i = 0; i < accounts->len; i++)
		if (document_names(accounts->pdata[i], names))
			account_status(accounts->pdata[i], builder);
	json_builder_end_array(builder);
}

JsonObject *document_new(
    const GPtrArray *accounts, const char *const *names, int64_t started)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "status");
	json_builder_begin_object(builder);
	describe_program(started, builder);
	count_watches(accounts, builder);
	describe_accounts(accounts, names, builder);
	json_builder_end_object(builder);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_node_dup_object(root);
}
