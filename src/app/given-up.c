/*
 * Copies, as the messages themselves are gone by then.
 */
#include "app/given-up.h"
#include "app/when.h"
#include "message/text.h"

enum {
	GIVEN_UP_MAX = 100,
	/* Octets of a text: a line on a screen shows no more, and who writes
	 * mail does not decide how long the status is. */
	GIVEN_UP_TEXT = 256
};

static void given_up_free(gpointer data)
{
	struct delivery_given_up *given_up = data;

	g_free(given_up->mailbox);
	g_free(given_up->from);
	g_free(given_up->subject);
	g_free(given_up->reason);
	g_free(given_up);
}

static char *shorten(const char *text)
{
	return text_clean(text, -1, GIVEN_UP_TEXT);
}

void given_up_add(
    GQueue *list, const struct message *message, const char *reason)
{
	struct delivery_given_up *given_up =
	    g_new0(struct delivery_given_up, 1);

	given_up->mailbox = g_strdup(message->mailbox);
	given_up->from = shorten(message_sender(message));
	given_up->subject = shorten(message->subject);
	given_up->uid = message->uid;
	given_up->time = when_wall();
	given_up->reason = shorten(reason);
	g_queue_push_tail(list, given_up);
	if (list->length > GIVEN_UP_MAX)
		given_up_free(g_queue_pop_head(list));
}

void given_up_clear(GQueue *list)
{
	g_queue_clear_full(list, given_up_free);
}
