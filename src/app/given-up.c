/*
 * Copies, as the messages themselves are gone by then.
 */
#include "app/given-up.h"

enum {
	GIVEN_UP_MAX = 100
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

void given_up_add(
    GQueue *list, const struct message *message, const char *reason)
{
	struct delivery_given_up *given_up =
	    g_new0(struct delivery_given_up, 1);

	given_up->mailbox = g_strdup(message->mailbox);
	given_up->from = g_strdup(message_sender(message));
	given_up->subject = g_strdup(message->subject);
	given_up->uid = message->uid;
	given_up->time = g_get_real_time() / G_USEC_PER_SEC;
	given_up->reason = g_strdup(reason);
	g_queue_push_tail(list, given_up);
	if (list->length > GIVEN_UP_MAX)
		given_up_free(g_queue_pop_head(list));
}

void given_up_clear(GQueue *list)
{
	g_queue_clear_full(list, given_up_free);
}
