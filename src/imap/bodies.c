/*
 * Downloads: whole messages in pieces, one after the other.
 */
#include "imap/machine.h"
#include "imap/structure.h"

bool bodies_wants(const struct machine_box *box)
{
	const struct machine_body *body =
	    g_queue_peek_head((GQueue *)&box->bodies);

	return body != NULL && !body->asked;
}

static void say_about(
    struct imap_session *s, GString *out, const struct machine_body *body)
{
	machine_command(s, out, MACHINE_SEND_BODY,
	    "UID FETCH %u (UID FLAGS INTERNALDATE RFC822.SIZE%s)", body->uid,
	    body->structure ? " BODYSTRUCTURE" : "");
}

/* In pieces, so that no literal is large (RFC 9051 6.4.5). */
static void say_piece(
    struct imap_session *s, GString *out, const struct machine_body *body)
{
	machine_command(s, out, MACHINE_SEND_BODY,
	    "UID FETCH %u (UID %s.PEEK[%s]<%" G_GUINT64_FORMAT ".%d>)",
	    body->uid, body->binary ? "BINARY" : "BODY",
	    body->section != NULL ? body->section : "", body->offset,
	    IMAP_PIECE_SIZE);
}

void bodies_say(struct imap_session *s, GString *out, struct machine_box *box)
{
	struct machine_body *body = g_queue_peek_head(&box->bodies);

	body->asked = true;
	body->got = false;
	body->lost = s->lost;
	body->binary = body->binary && machine_can(s, IMAP_CAP_BINARY);
	if (body->about)
		say_about(s, out, body);
	else
		say_piece(s, out, body);
	machine_about(s, box);
}

static const struct imap_section *find_section(
    const struct machine_body *body, const struct imap_fetch *fetch)
{
	const char *wanted = body->section != NULL ? body->section : "";

	for (unsigned i = 0; fetch->sections && i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);

		if (imap_text_is(section->name, wanted))
			return section;
	}
	return NULL;
}

/* From where it is wanted on. */
static void tell_piece(struct imap_session *s, struct machine_body *body,
    const struct imap_section *section, size_t known)
{
	size_t size = section->data.size - known;

	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_PIECE,
		.uid = body->uid,
		.offset = body->offset,
		.bytes = g_bytes_new(section->data.at + known, size)});
	body->offset += size;
}

/* NIL is as good as "": there is no more, and parts may be empty. */
static bool is_piece(
    const struct machine_body *body, const struct imap_section *section)
{
	if (section->data.at == NULL && body->offset == 0)
		return body->section != NULL;
	return !section->has_origin || section->origin == body->offset;
}

static void take_piece(struct imap_session *s, struct machine_body *body,
    const struct imap_section *section)
{
	/* Without an origin the server sent the message whole. */
	size_t known = section->has_origin ? 0 : (size_t)body->offset;

	if (!is_piece(body, section) || body->got)
		return;
	body->got = true;
	body->empty = section->data.size <= known;
	body->last =
	    !section->has_origin || section->data.size < IMAP_PIECE_SIZE;
	if (!body->empty)
		tell_piece(s, body, section, known);
}

/* A flag that changes is told without a size. */
static bool take_about(struct imap_session *s, struct machine_body *body,
    const struct imap_fetch *fetch)
{
	if (body->got || !fetch->has_size ||
	    (body->structure && fetch->structure.at == NULL))
		return false;
	body->got = true;
	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_ABOUT,
		.uid = body->uid,
		.news = news_new(s, fetch, NULL),
		.structure = imap_structure_parse(fetch->structure)});
	return true;
}

bool bodies_take(struct imap_session *s, const struct imap_fetch *fetch)
{
	struct machine_body *body = g_queue_peek_head(&s->current->bodies);
	const struct imap_section *section;

	if (body == NULL || !body->asked || body->uid != fetch->uid)
		return false;
	if (body->about)
		return take_about(s, body, fetch);
	section = find_section(body, fetch);
	if (section != NULL)
		take_piece(s, body, section);
	return section != NULL;
}

static void body_free(gpointer data)
{
	struct machine_body *body = data;

	g_free(body->section);
	g_free(body);
}

void bodies_clear(struct machine_box *box)
{
	g_queue_clear_full(&box->bodies, body_free);
}

static void end_body(
    struct imap_session *s, struct machine_box *box, const char *failure)
{
	struct machine_body *body = g_queue_pop_head(&box->bodies);

	if (!body->about || failure != NULL)
		machine_tell(s, box,
		    (struct imap_action){.type = body->about
			    ? IMAP_ACTION_ABOUT
			    : IMAP_ACTION_BODY_END,
			.uid = body->uid,
			.decoded = body->binary,
			.failed = failure != NULL,
			.text = g_strdup(failure)});
	body_free(body);
}

void bodies_fail_all(
    struct imap_session *s, struct machine_box *box, const char *why)
{
	while (!g_queue_is_empty(&box->bodies))
		end_body(s, box, why);
}

/* The server may not know how it is encoded (RFC 3516 4.3). */
static bool goes_on_encoded(struct machine_body *body)
{
	if (!body->binary || body->offset > 0)
		return false;
	body->binary = body->asked = false;
	return true;
}

/* Nothing more came, which is the end of a message of exactly so many pieces,
 * or that it was expunged meanwhile; so is an empty piece, or NIL. */
static bool is_cut(const struct machine_body *body)
{
	if (body->got)
		return body->empty && body->offset > 0 &&
		    body->offset < body->size;
	return body->offset == 0 || body->offset < body->size ||
	    (body->size == 0 && body->offset == body->begin);
}

static const char *fault_of(
    const struct imap_session *s, const struct machine_body *body)
{
	if (is_cut(body))
		return s->lost > body->lost
		    ? "the server does not send it in pieces, and it is too "
		      "large to come at once"
		    : "the server did not send all of it";
	if (body->offset == 0 && body->section == NULL)
		return "the server sent nothing of it";
	if (body->offset > body->max)
		return "it is far longer than the server said";
	return NULL;
}

static void judge_piece(
    struct imap_session *s, struct machine_box *box, struct machine_body *body)
{
	const char *fault = fault_of(s, body);

	if (fault != NULL || !body->got || body->last)
		end_body(s, box, fault);
	else
		body->asked = false;
}

static void judge(struct imap_session *s, struct machine_box *box,
    struct machine_body *body, bool refused)
{
	if (body->about)
		end_body(s, box,
		    body->got     ? NULL
			: refused ? "the server refuses to tell of it"
				  : "it is not there any more");
	else if (refused && !goes_on_encoded(body))
		end_body(s, box, "the server refuses to send it");
	else if (!refused)
		judge_piece(s, box, body);
}

/* The mailbox may have failed meanwhile, and its downloads with it. */
void bodies_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_body *body = g_queue_peek_head(&s->replied->bodies);

	if (body != NULL && body->asked)
		judge(s, s->replied, body, r->status != IMAP_STATUS_OK);
}

static void refuse(
    struct imap_session *s, void *owner, const struct machine_body *body)
{
	machine_act(s,
	    (struct imap_action){
		.type = body->about ? IMAP_ACTION_ABOUT : IMAP_ACTION_BODY_END,
		.owner = owner,
		.uid = body->uid,
		.failed = true,
		.text = g_strdup("its mailbox cannot be opened")});
}

/* Takes body over. */
static void want(struct imap_session *s, void *owner, struct machine_body *body)
{
	struct machine_box *box = boxes_owned(s, owner);

	if (box == NULL || box->failure != NULL) {
		refuse(s, owner, body);
		body_free(body);
		return;
	}
	g_queue_push_tail(&box->bodies, body);
	if (box != s->current)
		visiting_want(s, box);
	watching_pump(s);
}

void imap_session_body(struct imap_session *s, void *owner,
    const struct imap_body *wish, int64_t now)
{
	struct machine_body *body;

	s->now = now;
	if (s->state == MACHINE_ENDED)
		return;
	body = g_new0(struct machine_body, 1);
	body->uid = wish->uid;
	body->section = g_strdup(wish->section);
	body->binary = wish->binary;
	body->offset = body->begin = wish->offset;
	body->size = wish->size;
	body->max = wish->max;
	want(s, owner, body);
}

void imap_session_about(struct imap_session *s, void *owner, uint32_t uid,
    bool structure, int64_t now)
{
	struct machine_body *body;

	s->now = now;
	if (s->state == MACHINE_ENDED)
		return;
	body = g_new0(struct machine_body, 1);
	body->uid = uid;
	body->about = true;
	body->structure = structure;
	want(s, owner, body);
}
