/*
 * Where to begin in a mailbox: at the last UID reported, where that still
 * holds; else at what came since a date, or at what is there now.
 */
#include "imap/command.h"
#include "imap/machine.h"

/* Without UIDNEXT (quirks 25, 35) the last UID is asked for. */
static void say_highest(struct imap_session *s, GString *out)
{
	s->want_highest = false;
	s->found_highest = 0;
	imap_mailbox_ask(&s->mailbox);
	machine_command(s, out, MACHINE_SEND_HIGHEST, "UID FETCH * (UID)");
}

static void say_search(struct imap_session *s, GString *out)
{
	s->want_search = false;
	s->found_lowest = UINT32_MAX;
	machine_command(
	    s, out, MACHINE_SEND_SEARCH, "UID SEARCH SINCE %s", s->since);
}

bool opening_wants(const struct imap_session *s)
{
	return s->want_highest || s->want_search;
}

/* The last UID first: what comes between the two is found by the SEARCH, and
 * when that fails it is still above the last UID. */
void opening_ask(struct imap_session *s, GString *out)
{
	if (s->want_highest)
		say_highest(s, out);
	if (s->want_search)
		say_search(s, out);
}

static void opened(struct imap_session *s, bool reset)
{
	machine_enter(s, MACHINE_SYNCING);
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_OPENED,
		.reset = reset,
		.uidvalidity = s->mailbox.uidvalidity,
		.uid = s->mailbox.last_uid});
}

void opening_synced(struct imap_session *s)
{
	machine_enter(s, MACHINE_WATCHING);
	machine_act(s,
	    (struct imap_action){
		.type = IMAP_ACTION_SYNCED, .uid = s->mailbox.last_uid});
}

/* With messages above the mark, that round ends in SYNCED. */
static void open_anew(struct imap_session *s)
{
	opened(s, true);
	if (!s->discard && !imap_mailbox_has_more(&s->mailbox))
		opening_synced(s);
}

/* UIDNEXT at or below the last UID reported: the server counts anew without
 * saying so (quirk 36). */
static bool is_known(const struct imap_session *s)
{
	const struct imap_mailbox *mailbox = &s->mailbox;

	return s->known_uidvalidity == mailbox->uidvalidity &&
	    (mailbox->uidnext == 0 || mailbox->uidnext > mailbox->last_uid);
}

/*
 * What was known does not hold here: from what is there now on, unless it was
 * known indeed and there is a date to search from.
 */
static void find_start(struct imap_session *s)
{
	struct imap_mailbox *mailbox = &s->mailbox;

	s->anchor = false;
	s->want_highest = mailbox->uidnext == 0 && mailbox->exists > 0;
	s->want_search = s->known_uidvalidity != 0 && s->since != NULL &&
	    mailbox->exists > 0;
	mailbox->last_uid = MAX(mailbox->uidnext, 1) - 1;
	mailbox->seen = mailbox->exists;
	if (opening_wants(s))
		machine_enter(s, MACHINE_SYNCING);
	else
		open_anew(s);
}

void opening_examine_done(struct imap_session *s, const struct imap_response *r)
{
	struct imap_mailbox *mailbox = &s->mailbox;

	if (r->status != IMAP_STATUS_OK) {
		machine_end_with(
		    s, IMAP_ERROR_MAILBOX, "the mailbox cannot be opened", r);
		return;
	}
	if (watching_is_mute(s))
		return;
	/* Missing or 0 (quirk 35): one that never changes. */
	mailbox->uidvalidity = MAX(mailbox->uidvalidity, 1);
	s->discard = machine_is_pending(s, MACHINE_SEND_NEWS) && !is_known(s);
	if (is_known(s)) {
		imap_mailbox_ask(mailbox);
		opened(s, false);
	} else {
		find_start(s);
	}
}

/* UIDVALIDITY was compared as it came. */
void opening_check_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK)
		machine_end_with(
		    s, IMAP_ERROR_MAILBOX, "the mailbox cannot be opened", r);
	else if (!is_known(s))
		machine_end(s, IMAP_ERROR_CLOSED,
		    "the mailbox was renumbered (UIDNEXT went back)");
}

void opening_highest_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK && s->mailbox.asked > 0) {
		machine_end_with(s, IMAP_ERROR_UNAVAILABLE,
		    "the server does not tell its last UID", r);
		return;
	}
	s->mailbox.last_uid = s->found_highest;
	imap_mailbox_round_end(&s->mailbox);
	if (!machine_is_pending(s, MACHINE_SEND_SEARCH))
		open_anew(s);
}

/* ---- the search ---- */

static void found(struct imap_session *s, uint32_t uid)
{
	if (uid > 0)
		s->found_lowest = MIN(s->found_lowest, uid);
}

static void search_found(struct imap_session *s, const struct imap_search *r)
{
	uint32_t lowest;

	if (r->has_min)
		found(s, r->min);
	if (r->all.at != NULL && imap_set_lowest(r->all, &lowest))
		found(s, lowest);
}

/* RFC 9051 answers with ESEARCH, RFC 3501 with SEARCH, and some servers with
 * the wrong one of them (quirk 8); ESEARCH without UID tells other numbers. */
void opening_search_take(struct imap_session *s, const struct imap_response *r)
{
	if (!machine_is_pending(s, MACHINE_SEND_SEARCH))
		return;
	for (unsigned i = 0; r->numbers != NULL && i < r->numbers->len; i++)
		found(s, g_array_index(r->numbers, uint32_t, i));
	if (r->search != NULL && r->search->uid)
		search_found(s, r->search);
}

/*
 * Nothing found, or no answer that can be read: from what was there at the
 * opening.  Else all from the lowest on is looked at once more.
 */
static void start_from(struct imap_session *s, uint32_t lowest)
{
	if (lowest <= s->mailbox.last_uid) {
		s->mailbox.last_uid = lowest - 1;
		s->mailbox.seen = 0;
	}
	open_anew(s);
}

void opening_search_done(struct imap_session *s, const struct imap_response *r)
{
	bool refused = r->status != IMAP_STATUS_OK;

	if (s->state != MACHINE_ENDED)
		start_from(s, refused ? UINT32_MAX : s->found_lowest);
}

/* Whoever comes back must not wait for the same answer again. */
void opening_search_late(struct imap_session *s)
{
	opened(s, true);
}
