/*
 * A header of any bytes becomes a message whose JSON can be read again and
 * whose environment holds no character that text_clean() forbids.
 */
#include "message/message.h"
#include "message/text.h"
#include "message/view.h"
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* GLib warns with a line on standard error; here it is a bug. */
static void prepare(void)
{
	static bool done;

	if (done)
		return;
	g_log_set_always_fatal(
	    G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
	message_init();
	done = true;
}

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static void demand_clean(const char *text)
{
	g_autofree char *again = text_clean(text, -1, 1 << 20);

	demand(g_utf8_validate(text, -1, NULL));
	demand(strcmp(again, text) == 0);
}

static void check_json(const struct message *message)
{
	g_autofree char *json = message_to_json(message);
	g_autoptr(JsonParser) parser = json_parser_new();

	demand_clean(json);
	demand(json_parser_load_from_data(parser, json, -1, NULL));
	demand(JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)));
}

static void check_environment(const struct message *message)
{
	g_auto(GStrv) environment = message_to_environment(message, NULL);

	for (char **variable = environment; *variable != NULL; variable++) {
		demand_clean(*variable);
		demand(strlen(strchr(*variable, '=') + 1) <= 8192);
	}
}

static void check_addresses(const GPtrArray *addresses)
{
	demand(addresses->len <= 100);
	for (guint i = 0; i < addresses->len; i++) {
		const struct message_address *one = addresses->pdata[i];
		demand_clean(one->name);
		demand_clean(one->address);
		demand_clean(one->ascii);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message_source source = {.account = "work",
	    .mailbox = "INBOX",
	    .uidvalidity = 1,
	    .uid = 2,
	    .size = size,
	    .flags = "\\Seen",
	    .internaldate = "22-Nov-2026 10:15:00 +0100"};
	g_autoptr(Message) message = NULL;

	prepare();
	message = message_new(&source, (const char *)data, size);
	check_json(message);
	check_environment(message);
	check_addresses(message->from);
	check_addresses(message->to);
	demand(*message_sender(message) != '\0');
	demand(message->headers->len <= 500);
	for (guint i = 0; i < message->headers->len; i++) {
		const struct message_header *one = message->headers->pdata[i];
		demand_clean(one->value);
		demand(strlen(one->value) <= 8192);
	}
	return 0;
}
