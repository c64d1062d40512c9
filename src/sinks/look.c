/*
 * All text is foreign: cleaned line by line and cut.  Whether it is markup is
 * the daemon's affair, and settled when it is shown.
 */

#include "sinks/look.h"
#include "message/text.h"
#include "os/file.h"

enum {
	/* No desktop shows more. */
	LINES_MAX = 20,
	OCTETS_MAX = 1024, /* of a line */
	TITLE_MAX = 512,
	WHERE_MAX = 200,
	LABEL_MAX = 100,
	ACTIONS_MAX = 16,
};

static char *choose(const char *text, const char *otherwise)
{
	return g_strdup(text && *text ? text : otherwise);
}

static void tell_message(
    struct bubble *bubble, const struct message *message, const char *where)
{
	const char *sender = message_sender(message);
	g_autofree char *clean =
	    where ? text_clean(where, -1, WHERE_MAX) : NULL;

	bubble->summary = where ? g_strdup_printf("%s (%s)", sender, clean)
				: g_strdup(sender);
	bubble->body = choose(message->subject, "(no subject)");
	bubble->icon = g_strdup("mail-unread");
	bubble->category = "email.arrived";
}

/* Each line by itself: they stay lines. */
static char *clean_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", LINES_MAX);

	for (char **line = lines; *line; line++) {
		char *clean = text_clean(*line, -1, OCTETS_MAX);

		g_free(*line);
		*line = clean;
	}
	return g_strjoinv("\n", lines);
}

static void tell_notice(struct bubble *bubble, const struct notice *notice)
{
	bool state = notice->kind == NOTICE_STATE;
	bool blind = state && g_strcmp0(notice->state, "blind") == 0;

	/* That all is well again is no news later on. */
	bubble->passing = state && !blind;
	bubble->summary = clean_lines(notice->summary);
	bubble->body = clean_lines(notice->body);
	bubble->icon = g_strdup(blind ? "network-error" : "mail-unread");
	bubble->category = blind ? "network.error"
	    : state              ? "network.connected"
				 : "email.arrived";
}

/* The caller's own words. */
static void tell_text(struct bubble *bubble, const struct sink_event *event)
{
	if (event->title) {
		g_free(bubble->summary);
		bubble->summary = text_clean(event->title, -1, TITLE_MAX);
	}
	if (event->body) {
		g_free(bubble->body);
		bubble->body = clean_lines(event->body);
	}
	/* libnotify demands one. */
	if (!*bubble->summary) {
		g_free(bubble->summary);
		bubble->summary = g_strdup("idlebell");
	}
}

/* Labels are cleaned, ids are the caller's. */
static char **copy_actions(const char *const *actions)
{
	GPtrArray *copy = g_ptr_array_new();

	for (;
	     actions && actions[0] && actions[1] && copy->len < 2 * ACTIONS_MAX;
	     actions += 2) {
		g_ptr_array_add(copy, g_strdup(actions[0]));
		g_ptr_array_add(copy, text_clean(actions[1], -1, LABEL_MAX));
	}
	g_ptr_array_add(copy, NULL);
	return (char **)g_ptr_array_free(copy, FALSE);
}

void look_fill(struct bubble *bubble, const struct sink_event *event)
{
	if (event->message)
		tell_message(bubble, event->message, event->where);
	else
		tell_notice(bubble, event->notice);
	tell_text(bubble, event);
	if (event->icon) {
		g_free(bubble->icon);
		bubble->icon = file_expand(event->icon);
	}
	bubble->image = g_strdup(event->image);
	bubble->silent = g_strcmp0(event->sound, "none") == 0;
	if (event->sound && !bubble->silent)
		bubble->sound = file_expand(event->sound);
	bubble->urgency = event->urgency;
	bubble->timeout = (int)MIN(event->timeout_bubble, INT_MAX);
	bubble->stands = event->stands;
	bubble->actions = copy_actions(event->actions);
}

void look_clear(struct bubble *bubble)
{
	g_free(bubble->summary);
	g_free(bubble->body);
	g_free(bubble->icon);
	g_free(bubble->image);
	g_free(bubble->sound);
	g_strfreev(bubble->actions);
}
