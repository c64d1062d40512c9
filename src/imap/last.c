/*
 * The last messages of the mailbox that is open, for a task: told like news,
 * though none of them is.
 */
#include "imap/machine.h"

struct machine_last {
	struct machine_box *box;
	unsigned count;
	unsigned extras; /* of the FETCH under way */
	unsigned lost_before;
	bool asked, plain; /* plain: without extras, which it did not bear */
	GHashTable *told;  /* UIDs */
};

void last_clear(struct imap_session *s)
{
	if (s->last == NULL)
		return;
	g_hash_table_unref(s->last->told);
	g_clear_pointer(&s->last, g_free);
}

/* error is taken over; NULL: all that is there has been told. */
static void end(struct imap_session *s, void *owner, GError *error)
{
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_DONE,
		.owner = owner,
		.done = g_new0(struct imap_done, 1),
		.error = error});
}

static void finish(struct imap_session *s, GError *error)
{
	void *owner = s->last->box->owner;

	last_clear(s);
	end(s, owner, error);
}

bool last_wants(const struct imap_session *s)
{
	return s->last != NULL && s->last->box == s->current && !s->last->asked;
}

void last_say(struct imap_session *s, GString *out)
{
	struct machine_last *last = s->last;
	uint32_t exists = MAX(last->box->mailbox.exists, 1);
	g_autoptr(GString) items = g_string_new(NULL);

	last->asked = true;
	last->lost_before = s->lost;
	last->extras = last->plain ? 0 : extras_wanted(s, true);
	extras_append_items(s, items, last->extras, last->plain);
	machine_command(s, out, MACHINE_SEND_LAST, "FETCH %u:%u (%s)",
	    exists > last->count ? exists - last->count + 1 : 1, exists,
	    items->str);
	machine_about(s, last->box);
}

/* What else is told of messages meanwhile has no header. */
void last_take(struct imap_session *s, const struct imap_fetch *fetch)
{
	struct machine_last *last = s->last;
	struct imap_news *news;

	if (last == NULL || !last->asked || last->box != s->current ||
	    !fetch->has_uid || g_hash_table_size(last->told) >= last->count)
		return;
	news = news_make(s, fetch);
	if (news == NULL)
		return;
	if (!g_hash_table_add(last->told, GUINT_TO_POINTER(fetch->uid))) {
		news_free(news);
		return;
	}
	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_NEWS, .news = news});
}

/* What is refused, or cannot be read, may be without what is not needed. */
static bool retry(struct machine_last *last, bool failed)
{
	if (!failed || last->plain)
		return false;
	last->plain = true;
	last->asked = false;
	return true;
}

void last_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_last *last = s->last;
	bool refused = r->status != IMAP_STATUS_OK;

	if (last == NULL || !last->asked ||
	    retry(last, refused || s->lost > last->lost_before))
		return;
	/* Of none there is none. */
	if (last->box->mailbox.exists == 0)
		refused = false;
	finish(s,
	    refused ? machine_error(IMAP_ERROR_PROTOCOL,
			  "the server does not hand out messages", r)
		    : NULL);
}

void last_forget(struct imap_session *s, const struct machine_box *box)
{
	if (s->last != NULL && s->last->box == box)
		finish(s,
		    g_error_new_literal(IMAP_ERROR, IMAP_ERROR_CLOSED,
			"its mailbox is not open any more"));
}

void imap_session_last(
    struct imap_session *s, void *owner, unsigned count, int64_t now)
{
	struct machine_box *box = boxes_owned(s, owner);

	s->now = now;
	if (s->state == MACHINE_ENDED || s->task == NULL)
		return;
	if (box == NULL || box->failure != NULL || s->last != NULL) {
		end(s, owner,
		    g_error_new_literal(IMAP_ERROR, IMAP_ERROR_MAILBOX,
			"its mailbox is not open"));
		return;
	}
	s->last = g_new0(struct machine_last, 1);
	s->last->box = box;
	s->last->count = CLAMP(count, 1, IMAP_LAST_MAX);
	s->last->told = g_hash_table_new(NULL, NULL);
	if (box == s->current && box->mailbox.exists == 0)
		finish(s, NULL);
	watching_pump(s);
}
