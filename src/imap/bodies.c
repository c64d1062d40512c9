/*
 * Downloads: whole messages in pieces, one after the other.
 */
#include "imap/machine.h"

bool bodies_wants(const struct machine_box *box)
{
	const struct machine_body *body =
	    g_queue_peek_head((GQueue *)&box->bodies);

	return body != NULL && !body->asked;
}

/* In pieces, so that no literal is large (RFC 9051 6.4.5). */
void bodies_say(struct imap_session *s, GString *out, struct machine_box *box)
{
	struct machine_body *body = g_queue_peek_head(&box->bodies);

	body->asked = true;
	body->got = false;
	machine_command(s, out, MACHINE_SEND_BODY,
	    "UID FETCH %u (UID BODY.PEEK[]<%" G_GUINT64_FORMAT ".%d>)",
	    body->uid, body->offset, IMAP_PIECE_SIZE);
	machine_about(s, box);
}

static const struct imap_section *find_whole(const struct imap_fetch *fetch)
{
	for (unsigned i = 0; fetch->sections && i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);

		if (section->name.size == 0)
			return section;
	}
	return NULL;
}

static void take_piece(struct imap_session *s, struct machine_body *body,
    const struct imap_section *section)
{
	uint64_t origin = section->has_origin ? section->origin : 0;

	if (section->data.at == NULL || origin != body->offset || body->got)
		return;
	body->got = true;
	/* Without an origin the server sent the message whole. */
	body->last =
	    !section->has_origin || section->data.size < IMAP_PIECE_SIZE;
	if (section->data.size == 0)
		return;
	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_PIECE,
		.uid = body->uid,
		.offset = body->offset,
		.bytes = g_bytes_new(section->data.at, section->data.size)});
	body->offset += section->data.size;
}

bool bodies_take(struct imap_session *s, const struct imap_fetch *fetch)
{
	struct machine_body *body = g_queue_peek_head(&s->current->bodies);
	const struct imap_section *section = find_whole(fetch);

	if (body == NULL || section == NULL || !body->asked ||
	    body->uid != fetch->uid)
		return false;
	take_piece(s, body, section);
	return true;
}

static void end_body(
    struct imap_session *s, struct machine_box *box, const char *failure)
{
	g_autofree struct machine_body *body = g_queue_pop_head(&box->bodies);

	machine_tell(s, box,
	    (struct imap_action){.type = IMAP_ACTION_BODY_END,
		.uid = body->uid,
		.failed = failure != NULL,
		.text = g_strdup(failure)});
}

void bodies_fail_all(
    struct imap_session *s, struct machine_box *box, const char *why)
{
	while (!g_queue_is_empty(&box->bodies))
		end_body(s, box, why);
}

/* A message of exactly so many pieces ends with an empty one, or with none;
 * none may also mean that it was expunged meanwhile. */
static void judge(struct imap_session *s, struct machine_box *box,
    struct machine_body *body, bool refused)
{
	if (refused)
		end_body(s, box, "the server refuses to send it");
	else if (!body->got && (body->offset == 0 || body->offset < body->size))
		end_body(s, box, "the server did not send all of it");
	else if (body->offset == 0)
		end_body(s, box, "the server sent nothing of it");
	else if (body->offset > body->max)
		end_body(s, box, "it is far longer than the server said");
	else if (!body->got || body->last)
		end_body(s, box, NULL);
	else
		body->asked = false;
}

/* The mailbox may have failed meanwhile, and its downloads with it. */
void bodies_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_body *body = g_queue_peek_head(&s->replied->bodies);

	if (body != NULL && body->asked)
		judge(s, s->replied, body, r->status != IMAP_STATUS_OK);
}

static void refuse(struct imap_session *s, void *owner, uint32_t uid)
{
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_BODY_END,
		.owner = owner,
		.uid = uid,
		.failed = true,
		.text = g_strdup("its mailbox cannot be opened")});
}

void imap_session_body(struct imap_session *s, void *owner, uint32_t uid,
    uint64_t size, uint64_t max, int64_t now)
{
	struct machine_box *box = boxes_owned(s, owner);
	struct machine_body *body;

	s->now = now;
	if (s->state == MACHINE_ENDED)
		return;
	if (box == NULL || box->failure != NULL) {
		refuse(s, owner, uid);
		return;
	}
	body = g_new0(struct machine_body, 1);
	body->uid = uid;
	body->size = size;
	body->max = max;
	g_queue_push_tail(&box->bodies, body);
	if (box != s->current)
		visiting_want(s, box);
	watching_pump(s);
}
