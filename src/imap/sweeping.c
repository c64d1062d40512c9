/*
 * The mailboxes that are not open, by STATUS: whether there is something to
 * visit them for.  All in one LIST where the server can (RFC 5819 with the
 * patterns of RFC 5258), else a few STATUS at a time.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/patience.h"
#include <string.h>

#define ITEMS "MESSAGES UIDNEXT UIDVALIDITY"

void sweeping_want(struct imap_session *s, struct machine_box *box)
{
	if (box->want_status)
		return;
	box->want_status = true;
	g_queue_push_tail(&s->asking, box);
}

void sweeping_forget(struct imap_session *s, struct machine_box *box)
{
	if (box->want_status)
		g_queue_remove(&s->asking, box);
	box->want_status = false;
}

void sweeping_start(struct imap_session *s)
{
	s->swept = s->now;
	for (unsigned i = 0; i < s->boxes->len; i++)
		sweeping_want(s, s->boxes->pdata[i]);
}

/* ---- asking ---- */

/* STATUS of the mailbox that is open may be stale (quirk 15), and home will be
 * open. */
bool sweeping_is_exempt(
    const struct imap_session *s, const struct machine_box *box)
{
	return box == s->current || visiting_is_home(s, box) ||
	    box->name == NULL;
}

static struct machine_box *peek(struct imap_session *s)
{
	struct machine_box *box;

	while ((box = g_queue_peek_head(&s->asking)) != NULL &&
	    sweeping_is_exempt(s, box)) {
		box->want_status = false;
		g_queue_pop_head(&s->asking);
	}
	return box;
}

bool sweeping_wants(struct imap_session *s)
{
	return peek(s) != NULL;
}

static bool may_list(const struct imap_session *s)
{
	return machine_can(s, IMAP_CAP_LIST_EXTENDED) &&
	    machine_can(s, IMAP_CAP_LIST_STATUS) &&
	    (s->faults & IMAP_FAULT_LIST_STATUS) == 0;
}

/* In a pattern "*" and "%" would stand for others, too. */
static bool may_be_listed(
    const struct imap_session *s, const struct machine_box *box)
{
	return box != NULL && may_list(s) && !box->alone &&
	    box->failure == NULL && strpbrk(box->name, "*%") == NULL;
}

static struct machine_box *take(struct imap_session *s)
{
	struct machine_box *box = g_queue_pop_head(&s->asking);

	box->want_status = false;
	return box;
}

/* What tells that messages were read or deleted, where that matters. */
static bool has_modseq(const struct imap_session *s)
{
	return !s->stale_capabilities && machine_can(s, IMAP_CAP_CONDSTORE) &&
	    (s->faults & IMAP_FAULT_QRESYNC) == 0;
}

static const char *choose_items(const struct imap_session *s, bool fates)
{
	if (!fates)
		return "(" ITEMS ")";
	return has_modseq(s) ? "(" ITEMS " HIGHESTMODSEQ)"
			     : "(" ITEMS " UNSEEN)";
}

static void say_status(struct imap_session *s, GString *out)
{
	g_autoptr(GString) name = g_string_new(NULL);
	struct machine_box *box = take(s);

	box->alone = false;
	imap_append_mailbox(name, box->name);
	machine_command(s, out, MACHINE_SEND_STATUS, "STATUS %s %s", name->str,
	    choose_items(s, box->lately != NULL));
	box->asked = machine_about(s, box);
	box->asked_modseq = box->lately != NULL && has_modseq(s);
}

static void say_list(struct imap_session *s, GString *out)
{
	g_autoptr(GString) names = g_string_new(NULL);
	unsigned tag = s->next_tag;
	bool fates = false;

	while (names->len < IMAP_NAMES_MAX && may_be_listed(s, peek(s))) {
		struct machine_box *box = take(s);

		if (names->len > 0)
			g_string_append_c(names, ' ');
		imap_append_mailbox(names, box->name);
		box->asked = tag;
		fates |= box->lately != NULL;
	}
	machine_command(s, out, MACHINE_SEND_SWEEP,
	    "LIST \"\" (%s) RETURN (STATUS %s)", names->str,
	    choose_items(s, fates));
}

/* As many commands as may be under way; the rest follows these. */
void sweeping_say(struct imap_session *s, GString *out)
{
	while (sweeping_wants(s) && s->pending->len < IMAP_PIPELINE_MAX)
		if (may_be_listed(s, peek(s)) && s->asking.length > 1)
			say_list(s, out);
		else
			say_status(s, out);
}

/* ---- what is news ---- */

/* The server says that there is something. */
static void summon(struct imap_session *s, struct machine_box *box)
{
	box->summoned = true;
	visiting_want(s, box);
}

/* The first sight of a mailbox: from what is there now on. */
static void meet(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status)
{
	box->known_uidvalidity = status->uidvalidity;
	box->mailbox.last_uid = box->looked = status->uidnext;
	box->mailbox.last_uid--;
	opening_seen(s, box, true);
}

/* Nothing came while we were away. */
static void greet(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status)
{
	box->looked = status->uidnext;
	opening_seen(s, box, false);
}

static bool is_same(
    const struct machine_box *box, const struct imap_mailbox_status *status)
{
	return status->uidvalidity == box->known_uidvalidity &&
	    status->uidnext > box->mailbox.last_uid;
}

static bool is_news(
    const struct machine_box *box, const struct imap_mailbox_status *status)
{
	return !box->opened || !is_same(box, status) ||
	    status->uidnext > box->looked;
}

/* It says there is something, and again and again there is nothing.  With our
 * own question it may have its way, as that comes seldom enough. */
static bool is_believed(
    const struct imap_session *s, const struct machine_box *box)
{
	return box->asked > 0 || box->fruitless < IMAP_FRUITLESS_MAX ||
	    s->now - box->visited >= s->poll_interval;
}

/* A mailbox without UIDNEXT (quirks 25, 35) is visited when its size has
 * changed, as messages come and go unseen otherwise. */
static void judge_by_size(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status)
{
	if (box->opened && status->has_messages &&
	    status->messages == box->messages)
		return;
	if (!is_believed(s, box))
		return;
	box->messages = status->messages;
	summon(s, box);
}

/* NOTIFY did not tell of this: until it does, ask. */
static void note_missed(struct imap_session *s, struct machine_box *box)
{
	box->covered = false;
	notifying_review(s);
}

static void judge(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status)
{
	if (status->uidnext == 0 || status->uidvalidity == 0)
		judge_by_size(s, box, status);
	else if (!box->opened && box->known_uidvalidity == 0)
		meet(s, box, status);
	else if (!box->opened && is_same(box, status) &&
	    status->uidnext == box->mailbox.last_uid + 1)
		greet(s, box, status);
	else if (is_news(box, status) && is_believed(s, box)) {
		if (box->opened && box->asked > 0)
			note_missed(s, box);
		box->looked = MAX(box->looked, status->uidnext);
		summon(s, box);
	}
}

/* By NOTIFY: with what has changed only (RFC 5465 5.1 and 5.2). */
static void judge_push(struct imap_session *s, struct machine_box *box,
    struct imap_mailbox_status status)
{
	/* It was not there, perhaps, when NOTIFY was said. */
	if (!box->covered) {
		box->covered = true;
		notifying_review(s);
	}
	if (status.uidvalidity == 0)
		status.uidvalidity = box->known_uidvalidity;
	if (!box->opened && is_believed(s, box))
		sweeping_want(s, box);
	if (box->opened &&
	    (status.uidnext != 0 ||
		status.uidvalidity != box->known_uidvalidity))
		judge(s, box, &status);
	fates_judge(s, box, &status);
}

/* What it says of a mailbox that is open, or about to be, is older than what
 * EXAMINE says. */
static bool is_open(const struct imap_session *s, const struct machine_box *box)
{
	if (box == s->current)
		return true;
	for (unsigned i = 0; i < s->pending->len; i++) {
		const struct machine_pending *pending =
		    &g_array_index(s->pending, struct machine_pending, i);

		if (pending->command == MACHINE_SEND_EXAMINE &&
		    pending->box == box)
			return true;
	}
	return false;
}

static void take_back(struct imap_session *s, struct machine_box *box)
{
	g_clear_error(&box->failure);
	/* What is there to be told is told by OPENED. */
	box->opened = false;
	notifying_review(s);
}

void sweeping_take(struct imap_session *s, const struct imap_response *r)
{
	struct machine_box *box = boxes_find(s, r->mailbox->mailbox);

	if (box == NULL || is_open(s, box))
		return;
	if (box->asked == 0) {
		judge_push(s, box, *r->mailbox);
		return;
	}
	if (box->failure != NULL)
		take_back(s, box);
	judge(s, box, r->mailbox);
	fates_judge(s, box, r->mailbox);
	box->asked = 0;
}

/* ---- replies ---- */

/* The time to the next sweep begins behind the last answer: a slow server
 * would do nothing else. */
static void note_answer(struct imap_session *s)
{
	if (!sweeping_wants(s))
		s->swept = s->now;
}

/* Of those that LIST did not tell of, STATUS will say why. */
void sweeping_list_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK && !imap_patience_is_due(r)) {
		g_autofree char *text = machine_text(r);
		g_autofree char *why = g_strdup_printf(
		    "the server refuses LIST with STATUS: %s", text);

		machine_fault(s, IMAP_FAULT_LIST_STATUS, why);
	}
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->asked != s->replied_tag)
			continue;
		box->asked = 0;
		box->alone = true;
		sweeping_want(s, box);
	}
	note_answer(s);
}

static void ask_without(struct imap_session *s, struct machine_box *box,
    const struct imap_response *r)
{
	g_autofree char *text = machine_text(r);
	g_autofree char *why =
	    g_strconcat("STATUS with HIGHESTMODSEQ: ", text, NULL);

	machine_fault(s, IMAP_FAULT_QRESYNC, why);
	sweeping_want(s, box);
}

/* An answer without what was asked for: see for ourselves. */
void sweeping_status_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_box *box = s->replied;
	bool unanswered = box->asked == s->replied_tag;

	note_answer(s);
	box->asked = unanswered ? 0 : box->asked;
	if (box->owner == NULL || box == s->current)
		return;
	if (r->status == IMAP_STATUS_BAD && box->asked_modseq)
		ask_without(s, box, r);
	else if (r->status != IMAP_STATUS_OK)
		boxes_fail(s, box, IMAP_ERROR_MAILBOX,
		    "the server cannot look into the mailbox", r);
	else if (unanswered)
		summon(s, box);
}
