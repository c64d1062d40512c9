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

static void count_watches(const GPtrArray *accounts, struct emit *emit)
{
	unsigned live = 0, watches = 0;

	for (unsigned i = 0; i < accounts->len; i++) {
		const char *error;
		unsigned well;

		watches += account_watches(accounts->pdata[i], &well, &error);
		live += well;
	}
	emit_member_int(emit, "live", live);
	emit_member_int(emit, "watches", watches);
}

static void describe_program(int64_t started, struct emit *emit)
{
	g_autofree char *since = when_format(started);

	emit_member_string(emit, "version", PACKAGE_VERSION);
	emit_member_int(emit, "pid", getpid());
	emit_member_string(emit, "started", since);
}

static void describe_shard(const struct config_shard *shard, struct emit *emit)
{
	g_autofree char *text = NULL;

	if (shard->count == 0)
		return;
	text = config_shard_print(shard);
	emit_member_string(emit, "shard", text);
}

static void describe_accounts(
    const GPtrArray *accounts, const char *const *names, struct emit *emit)
{
	emit_name(emit, "accounts");
	emit_begin_array(emit);
	for (unsigned i = 0; i < accounts->len; i++)
		if (document_names(accounts->pdata[i], names))
			account_status(accounts->pdata[i], emit);
	emit_end_array(emit);
}

void document_write(const GPtrArray *accounts, const char *const *names,
    int64_t started, const struct config_shard *shard, struct emit *emit)
{
	emit_name(emit, "status");
	emit_begin_object(emit);
	describe_program(started, emit);
	describe_shard(shard, emit);
	count_watches(accounts, emit);
	describe_accounts(accounts, names, emit);
	emit_end_object(emit);
}
