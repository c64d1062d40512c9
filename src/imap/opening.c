/*
 * Where to begin in a mailbox: at the last UID reported, where that still
 * holds; else at what came since a date, or at what is there now.
 */
#include "imap/command.h"
#include "imap/machine.h"

/* The name was checked with the configuration, and by boxes.c. */
static void say_examine(struct imap_session *s, GString *out,
    enum machine_command command, struct machine_box *box)
{
	g_autoptr(GString) name = g_string_new(NULL);

	imap_append_mailbox(name, box->name);
	if (command == MACHINE_SEND_EXAMINE && s->task == NULL)
		resync_parameter(s, name, box);
	machine_command(s, out, command, "%s %s",
	    box->writable ? "SELECT" : "EXAMINE", name->str);
	machine_about(s, box);
}

/*
 * All in one write: the news are asked for as if UIDVALIDITY had not changed,
 * and dropped if it has.
 */
static void say_to_watch(
    struct imap_session *s, GString *out, struct machine_box *box)
{
	resync_prepare(s, out);
	say_examine(s, out, MACHINE_SEND_EXAMINE, box);
	if (!fates_say(s, out, box))
		resync_ask(s, out, box);
	if (box->known_uidvalidity != 0)
		news_say_first(s, out, box);
	/* When EXAMINE has to be said again, the rest of this was in vain. */
	if (box->opened && bodies_wants(box) &&
	    (!box->resyncing || s->parameter_works))
		bodies_say(s, out, box);
}

/* Whatever was said of the mailbox before does not count. */
void opening_say(struct imap_session *s, GString *out, struct machine_box *box)
{
	if (!s->pipelined)
		machine_enter(s, MACHINE_OPENING);
	box->mailbox.uidvalidity = box->mailbox.uidnext = 0;
	imap_mailbox_exists(&box->mailbox, 0);
	if (s->task == NULL)
		say_to_watch(s, out, box);
	else
		say_examine(s, out, MACHINE_SEND_EXAMINE, box);
	visiting_turn(s);
}

void opening_check(struct imap_session *s, GString *out)
{
	s->visit.want_check = false;
	s->current->known_uidvalidity = s->current->mailbox.uidvalidity;
	s->current->mailbox.uidnext = 0;
	say_examine(s, out, MACHINE_SEND_CHECK, s->current);
}

/* Without UIDNEXT (quirks 25, 35) the last UID is asked for. */
static void say_highest(struct imap_session *s, GString *out)
{
	s->visit.want_highest = false;
	s->visit.found_highest = 0;
	imap_mailbox_ask(&s->current->mailbox);
	machine_command(s, out, MACHINE_SEND_HIGHEST, "UID FETCH * (UID)");
	machine_about(s, s->current);
}

static void say_search(struct imap_session *s, GString *out)
{
	s->visit.want_search = false;
	s->visit.found_lowest = UINT32_MAX;
	machine_command(s, out, MACHINE_SEND_SEARCH, "UID SEARCH SINCE %s",
	    s->current->since);
}

bool opening_wants(const struct imap_session *s)
{
	return s->visit.want_highest || s->visit.want_search;
}

/* The last UID first: what comes between the two is found by the SEARCH, and
 * when that fails it is still above the last UID. */
void opening_ask(struct imap_session *s, GString *out)
{
	if (s->visit.want_highest)
		say_highest(s, out);
	if (s->visit.want_search)
		say_search(s, out);
}

/* It is there, again perhaps. */
static void tell_opened(
    struct imap_session *s, struct machine_box *box, bool reset)
{
	if (box->opened)
		return;
	box->opened = box->numbered = true;
	box->told_failure = false;
	machine_tell(s, box,
	    (struct imap_action){.type = IMAP_ACTION_OPENED,
		.reset = reset,
		.uidvalidity = box->known_uidvalidity,
		.uid = box->mailbox.last_uid});
}

static void tell_synced(struct imap_session *s, struct machine_box *box)
{
	box->synced = true;
	box->modseq_told = box->modseq;
	machine_tell(s, box,
	    (struct imap_action){.type = IMAP_ACTION_SYNCED,
		.uid = box->mailbox.last_uid,
		.modseq = box->modseq});
}

void opening_seen(struct imap_session *s, struct machine_box *box, bool reset)
{
	tell_opened(s, box, reset);
	tell_synced(s, box);
}

static void opened(struct imap_session *s, bool reset)
{
	struct machine_box *box = s->current;

	machine_enter(s, MACHINE_SYNCING);
	box->known_uidvalidity = box->mailbox.uidvalidity;
	tell_opened(s, box, reset);
}

void opening_synced(struct imap_session *s)
{
	machine_enter(s, MACHINE_WATCHING);
	visiting_synced(s);
	tell_synced(s, s->current);
}

/* With messages above the mark, that round ends in SYNCED. */
static void open_anew(struct imap_session *s)
{
	opened(s, true);
	if (!s->visit.discard && !imap_mailbox_has_more(&s->current->mailbox))
		opening_synced(s);
}

/* UIDNEXT at or below the last UID reported: the server counts anew without
 * saying so (quirk 36). */
static bool is_known(const struct imap_session *s)
{
	const struct imap_mailbox *mailbox = &s->current->mailbox;

	return s->current->known_uidvalidity == mailbox->uidvalidity &&
	    (mailbox->uidnext == 0 || mailbox->uidnext > mailbox->last_uid);
}

/*
 * What was known does not hold here: from what is there now on, unless it was
 * known indeed and there is a date to search from.
 */
static void find_start(struct imap_session *s)
{
	struct imap_mailbox *mailbox = &s->current->mailbox;

	s->current->anchor = false;
	fates_forget(s->current);
	s->visit.want_highest = mailbox->uidnext == 0 && mailbox->exists > 0;
	s->visit.want_search = s->current->known_uidvalidity != 0 &&
	    s->current->since != NULL && mailbox->exists > 0;
	mailbox->last_uid = MAX(mailbox->uidnext, 1) - 1;
	mailbox->seen = mailbox->exists;
	if (opening_wants(s))
		machine_enter(s, MACHINE_SYNCING);
	else
		open_anew(s);
}

/* What it was known by is void, and what could take its place (since) is of
 * when the session began: the owner comes back with what holds now. */
static bool was_renumbered(struct imap_session *s)
{
	if (!s->current->numbered || is_known(s))
		return false;
	machine_end(s, IMAP_ERROR_CLOSED,
	    "mailbox %s was renumbered while another one was open",
	    s->current->name);
	return true;
}

static void examined(struct imap_session *s)
{
	struct imap_mailbox *mailbox = &s->current->mailbox;

	/* Missing or 0 (quirk 35): one that never changes. */
	mailbox->uidvalidity = MAX(mailbox->uidvalidity, 1);
	if (was_renumbered(s))
		return;
	s->visit.discard = machine_awaits(s, MACHINE_SEND_NEWS) && !is_known(s);
	if (is_known(s)) {
		imap_mailbox_ask(mailbox);
		opened(s, false);
		resync_opened(s);
	} else {
		find_start(s);
	}
}

void opening_examine_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK) {
		if (resync_retry(s, r))
			return;
		s->replied->fruitless++;
		boxes_fail(s, s->replied, IMAP_ERROR_MAILBOX,
		    "the mailbox cannot be opened", r);
		if (s->state != MACHINE_ENDED)
			machine_enter(s, MACHINE_WATCHING);
	} else if (!watching_is_mute(s) && s->current == s->replied) {
		if (s->task != NULL)
			task_opened(s, r);
		else
			examined(s);
	}
}

/* UIDVALIDITY was compared as it came. */
void opening_check_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK)
		boxes_fail(s, s->replied, IMAP_ERROR_MAILBOX,
		    "the mailbox cannot be opened", r);
	else if (s->current == s->replied && !is_known(s))
		machine_end(s, IMAP_ERROR_CLOSED,
		    "the mailbox was renumbered (UIDNEXT went back)");
}

void opening_highest_done(struct imap_session *s, const struct imap_response *r)
{
	if (s->current == NULL || s->current != s->replied)
		return;
	if (r->status != IMAP_STATUS_OK && s->current->mailbox.asked > 0) {
		boxes_fail(s, s->current, IMAP_ERROR_UNAVAILABLE,
		    "the server does not tell its last UID", r);
		return;
	}
	s->current->mailbox.last_uid = s->visit.found_highest;
	imap_mailbox_round_end(&s->current->mailbox);
	if (!machine_is_pending(s, MACHINE_SEND_SEARCH))
		open_anew(s);
}

/* ---- the search ---- */

static void found(struct imap_session *s, uint32_t uid)
{
	if (uid > 0)
		s->visit.found_lowest = MIN(s->visit.found_lowest, uid);
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
	if (lowest <= s->current->mailbox.last_uid) {
		s->current->mailbox.last_uid = lowest - 1;
		s->current->mailbox.seen = 0;
	}
	open_anew(s);
}

void opening_search_done(struct imap_session *s, const struct imap_response *r)
{
	bool refused = r->status != IMAP_STATUS_OK;

	if (s->state != MACHINE_ENDED && s->current != NULL)
		start_from(s, refused ? UINT32_MAX : s->visit.found_lowest);
}

/* Whoever comes back must not wait for the same answer again. */
void opening_search_late(struct imap_session *s)
{
	if (s->current != NULL)
		opened(s, true);
}
