/*
 * Standard output, flushed line by line so that pipes see events at once.
 */
#include "app/report.h"
#include "message/text.h"
#include "message/view.h"
#include <json-glib/json-glib.h>
#include <stdio.h>

static bool unread;

bool report_is_read(void)
{
	return !unread;
}

static void put_line(const char *line)
{
	if (printf("%s\n", line) < 0 || fflush(stdout) != 0)
		unread = true;
}

bool report_message(
    enum report_form form, const struct message *message, bool rings)
{
	g_autofree char *line = NULL;

	if (form == REPORT_JSON)
		line = message_to_json(message);
	else if (form == REPORT_PLAIN && rings)
		line = g_strdup_printf("%s/%s: %s: %s", message->account,
		    message->mailbox, message_sender(message),
		    message->subject[0] != '\0' ? message->subject
						: "(no subject)");
	if (line != NULL)
		put_line(line);
	return !unread;
}

static void add_member(JsonBuilder *builder, const char *name, const char *text)
{
	g_autofree char *clean =
	    text != NULL ? text_clean(text, -1, 2048) : NULL;

	json_builder_set_member_name(builder, name);
	if (clean != NULL)
		json_builder_add_string_value(builder, clean);
	else
		json_builder_add_null_value(builder);
}

static JsonBuilder *begin(const char *event)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	add_member(builder, "event", event);
	return builder;
}

static void end(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *line = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	line = json_to_string(root, FALSE);
	put_line(line);
}

void report_state(enum report_form form, const struct report_state *state)
{
	g_autoptr(JsonBuilder) builder = NULL;

	if (form != REPORT_JSON)
		return;
	builder = begin("state");
	add_member(builder, "account", state->account);
	add_member(builder, "mailbox", state->mailbox);
	add_member(builder, "state", state->state);
	add_member(builder, "reason", state->reason);
	end(builder);
}

static void add_number(JsonBuilder *builder, const char *name, uint32_t number)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, number);
}

static void add_flags(JsonBuilder *builder, const char *flags)
{
	g_auto(GStrv) words = g_strsplit(flags, " ", -1);

	json_builder_set_member_name(builder, "flags");
	json_builder_begin_array(builder);
	for (char **word = words; *word != NULL; word++) {
		g_autofree char *clean = text_clean(*word, -1, 256);

		if (clean[0] != '\0')
			json_builder_add_string_value(builder, clean);
	}
	json_builder_end_array(builder);
}

void report_fate(enum report_form form, const struct report_fate *fate)
{
	g_autoptr(JsonBuilder) builder = NULL;

	if (form != REPORT_JSON)
		return;
	builder = begin(fate->flags != NULL ? "flags" : "gone");
	add_member(builder, "account", fate->account);
	add_member(builder, "mailbox", fate->mailbox);
	add_number(builder, "uidvalidity", fate->uidvalidity);
	add_number(builder, "uid", fate->uid);
	if (fate->flags != NULL)
		add_flags(builder, fate->flags);
	end(builder);
}
