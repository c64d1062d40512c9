/*
 * What happened to messages while nobody looked, and which one it happened to
 * (CONDSTORE and QRESYNC, RFC 7162).
 *
 * All of it comes on top: news are found by UID whatever a server says of
 * mod-sequences, so a wrong one costs flags, never a message.
 */
#include "imap/machine.h"
#include "imap/words.h"
#include <string.h>

/* So many of the last UIDs are asked about, and so many changes, of so many
 * octets, are kept until the mailbox is open. */
enum {
	KNOWN_MAX = 1000,
	EARLY_MAX = 2 * KNOWN_MAX,
	EARLY_SIZE_MAX = 256 * 1024
};

/* ---- asking ---- */

/* In the same write as the EXAMINE that needs it: the server takes them one
 * after the other. */
static void say_enable(struct imap_session *s, GString *out)
{
	if (s->resync != MACHINE_RESYNC_UNSAID || s->stale_capabilities)
		return;
	s->resync = MACHINE_RESYNC_OFF;
	if (!machine_can(s, IMAP_CAP_QRESYNC) ||
	    (s->faults & IMAP_FAULT_QRESYNC) != 0)
		return;
	s->resync = MACHINE_RESYNC_SAID;
	machine_command(s, out, MACHINE_SEND_ENABLE, "ENABLE QRESYNC");
}

/* Without QRESYNC this still tells of flags. */
static bool has_condstore(const struct imap_session *s)
{
	return !s->stale_capabilities && s->resync == MACHINE_RESYNC_OFF &&
	    machine_can(s, IMAP_CAP_CONDSTORE) &&
	    (s->faults & IMAP_FAULT_QRESYNC) == 0;
}

/* What was told in a round that is not over is above last_uid. */
static uint32_t last_known(const struct machine_box *box)
{
	return MAX(box->mailbox.last_uid, box->mailbox.highest);
}

static bool is_known(const struct machine_box *box)
{
	return box->known_uidvalidity != 0 && box->modseq != 0 &&
	    last_known(box) != 0;
}

bool resync_is_whole(
    const struct imap_session *s, const struct machine_box *box)
{
	return is_known(box) &&
	    (s->resync == MACHINE_RESYNC_SAID ||
		s->resync == MACHINE_RESYNC_ON);
}

void resync_prepare(struct imap_session *s, GString *out)
{
	say_enable(s, out);
}

/* Of those whose fate is of interest. */
static uint32_t lowest_told(const struct machine_box *box)
{
	uint32_t lowest = last_known(box);

	for (unsigned i = 0; i < box->lately->len; i++)
		lowest = MIN(lowest,
		    g_array_index(box->lately, struct machine_fate, i).uid);
	return lowest;
}

static uint32_t first_known(const struct machine_box *box)
{
	uint32_t last = last_known(box);
	uint32_t first = last > KNOWN_MAX ? last - KNOWN_MAX + 1 : 1;

	return box->want_fates ? MAX(first, lowest_told(box)) : first;
}

/* The UIDs bound the answer: without them it is about every message there
 * ever was. */
void resync_parameter(
    const struct imap_session *s, GString *out, struct machine_box *box)
{
	bool qresync = resync_is_whole(s, box);

	box->resyncing = qresync || has_condstore(s);
	if (qresync)
		g_string_append_printf(out,
		    " (QRESYNC (%u %" G_GUINT64_FORMAT " %u:%u))",
		    box->known_uidvalidity, box->modseq, first_known(box),
		    last_known(box));
	else if (box->resyncing)
		g_string_append(out, " (CONDSTORE)");
}

void resync_ask(struct imap_session *s, GString *out, struct machine_box *box)
{
	if (!has_condstore(s) || !is_known(box))
		return;
	machine_command(s, out, MACHINE_SEND_CHANGES,
	    "UID FETCH %u:%u (UID FLAGS) (CHANGEDSINCE %" G_GUINT64_FORMAT ")",
	    first_known(box), last_known(box), box->modseq);
	machine_about(s, box);
}

/* ---- the answer to ENABLE ---- */

static void fault(struct imap_session *s, const char *why)
{
	s->resync = MACHINE_RESYNC_OFF;
	/* Pipelined, it may have been said to a server that offers it no
	 * more. */
	if (machine_can(s, IMAP_CAP_QRESYNC) ||
	    machine_can(s, IMAP_CAP_CONDSTORE))
		machine_fault(s, IMAP_FAULT_QRESYNC, why);
}

void resync_take_enabled(struct imap_session *s, const struct imap_response *r)
{
	for (unsigned i = 0; i < r->words->len; i++) {
		if (imap_text_is(g_array_index(r->words, struct imap_text, i),
			"QRESYNC"))
			s->resync = MACHINE_RESYNC_ON;
	}
}

void resync_enable_done(struct imap_session *s, const struct imap_response *r)
{
	g_autofree char *text = machine_text(r);
	g_autofree char *why = g_strconcat("ENABLE QRESYNC: ", text, NULL);

	if (s->resync == MACHINE_RESYNC_SAID)
		fault(s, why);
}

/* Some never answer ENABLE (quirk 38): the next connection does without. */
void resync_late(struct imap_session *s)
{
	if (machine_is_pending(s, MACHINE_SEND_ENABLE))
		fault(s, "ENABLE QRESYNC is not answered");
}

/* ---- the answer to EXAMINE ---- */

/* BAD is not about the mailbox: once more without the parameter.  With none
 * open, that is what the pump does next. */
bool resync_retry(struct imap_session *s, const struct imap_response *r)
{
	struct machine_box *box = s->replied;
	g_autofree char *text = machine_text(r);
	g_autofree char *why = g_strconcat("EXAMINE with ",
	    s->resync == MACHINE_RESYNC_OFF ? "CONDSTORE" : "QRESYNC", ": ",
	    text, NULL);

	if (!box->resyncing || r->status != IMAP_STATUS_BAD)
		return false;
	box->resyncing = false;
	fault(s, why);
	if (box != s->current)
		return true;
	visiting_leave(s);
	if (!visiting_is_home(s, box))
		visiting_want(s, box);
	machine_enter(s, MACHINE_WATCHING);
	return true;
}

/* It is only flags that are not heard of. */
void resync_changes_done(struct imap_session *s, const struct imap_response *r)
{
	g_autofree char *text = machine_text(r);
	g_autofree char *why = g_strconcat("CHANGEDSINCE: ", text, NULL);

	if (r->status == IMAP_STATUS_BAD && s->current == s->replied)
		fault(s, why);
}

bool resync_is_opening(const struct imap_session *s)
{
	for (unsigned i = 0; i < s->pending->len; i++) {
		const struct machine_pending *pending =
		    &g_array_index(s->pending, struct machine_pending, i);

		if (pending->command == MACHINE_SEND_EXAMINE)
			return pending->box == s->current;
	}
	return false;
}

/* ---- changes ---- */

/* What is as it was known to be is no news to anybody. */
static void hand_out(struct imap_session *s, struct imap_action action)
{
	bool is_new = true;

	if (action.type == IMAP_ACTION_FLAGS)
		is_new = fates_take(s, action.uid, action.text);
	else
		fates_gone(
		    s, (struct imap_text){action.text, strlen(action.text)});
	if (is_new && s->current->opened)
		machine_tell(s, s->current, action);
	else
		imap_action_clear(&action);
}

/* What comes before the EXAMINE is answered waits until it is known that these
 * are still the same UIDs. */
static void tell(struct imap_session *s, struct imap_action action)
{
	if (!resync_is_opening(s)) {
		hand_out(s, action);
		return;
	}
	if (s->visit.early == NULL)
		s->visit.early = g_queue_new();
	s->visit.early_size += strlen(action.text);
	if (g_queue_get_length(s->visit.early) < EARLY_MAX &&
	    s->visit.early_size <= EARLY_SIZE_MAX) {
		g_queue_push_tail(
		    s->visit.early, g_memdup2(&action, sizeof(action)));
		return;
	}
	s->visit.early_lost = true;
	imap_action_clear(&action);
}

static void early_free(gpointer data)
{
	struct imap_action *action = data;

	imap_action_clear(action);
	g_free(action);
}

void resync_forget(struct imap_session *s)
{
	if (s->visit.early != NULL)
		g_queue_free_full(s->visit.early, early_free);
	s->visit.early = NULL;
	s->visit.early_size = 0;
	imap_roster_clear(&s->visit.roster);
}

void resync_closed(struct imap_session *s)
{
	if (s->current == NULL || !resync_is_opening(s))
		return;
	resync_forget(s);
	s->visit.early_lost = false;
	s->visit.modseq_said = s->visit.modseq_heard = 0;
}

void resync_opened(struct imap_session *s)
{
	GQueue *early = g_steal_pointer(&s->visit.early);
	g_autofree struct imap_action *action = NULL;

	s->parameter_works |= s->current->resyncing;
	if (s->visit.early_lost)
		s->current->modseq = 0;
	if (!machine_awaits(s, MACHINE_SEND_FATES))
		s->current->want_fates = false;
	if (early == NULL)
		return;
	while ((action = g_queue_pop_head(early)) != NULL) {
		hand_out(s, *action);
		g_clear_pointer(&action, g_free);
	}
	g_queue_free(early);
}

/* Has the owner heard of it?  What it has not comes as news, with flags. */
static bool is_told(const struct machine_box *box, uint32_t uid)
{
	return uid <= box->mailbox.last_uid ||
	    (box->mailbox.told != NULL &&
		g_hash_table_contains(
		    box->mailbox.told, GUINT_TO_POINTER(uid)));
}

/* What was asked for comes with a size, or with a header. */
static bool is_change(const struct imap_fetch *fetch)
{
	return fetch->has_flags && !fetch->has_size &&
	    fetch->sections->len == 0;
}

/* With QRESYNC everything comes with its UID (RFC 7162 3.2.4). */
static void learn(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;

	if (fetch->has_modseq)
		s->visit.modseq_heard =
		    MAX(s->visit.modseq_heard, fetch->modseq);
	if (fetch->has_uid && s->resync != MACHINE_RESYNC_ON)
		imap_roster_learn(&s->visit.roster, r->number, fetch->uid);
}

void resync_fetch(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;
	uint32_t uid = fetch->uid;

	learn(s, r);
	if (!fetch->has_uid)
		uid = imap_roster_uid(&s->visit.roster, r->number);
	if (!resync_is_opening(s))
		fates_take(s, uid, NULL);
	if (is_change(fetch) && uid != 0 && is_told(s->current, uid))
		tell(s,
		    (struct imap_action){.type = IMAP_ACTION_FLAGS,
			.uid = uid,
			.text = imap_words_join(fetch->flags)});
}

void resync_expunge(struct imap_session *s, uint32_t sequence)
{
	uint32_t uid = imap_roster_expunge(&s->visit.roster, sequence);

	if (uid != 0)
		tell(s,
		    (struct imap_action){.type = IMAP_ACTION_GONE,
			.text = g_strdup_printf("%u", uid)});
}

void resync_vanished(struct imap_session *s, const struct imap_response *r)
{
	if (!r->earlier)
		imap_roster_vanished(&s->visit.roster, r->set);
	tell(s,
	    (struct imap_action){
		.type = IMAP_ACTION_GONE, .text = imap_text_dup(r->set)});
}

/* ---- mod-sequences ---- */

/* 63 bits (RFC 7162 section 7); 0 and -1 are Gmail's and Zoho's (quirks 14 and
 * 28). */
void resync_modseq(struct imap_session *s, uint64_t modseq)
{
	if (modseq > 0 && modseq <= INT64_MAX)
		s->visit.modseq_said = modseq;
}

/*
 * With each tagged reply, not before: FETCH and VANISHED may come in any order
 * (RFC 7162 section 6).  What the server says of the whole counts more.
 */
void resync_tagged(struct imap_session *s, enum machine_command command)
{
	struct machine_visit *visit = &s->visit;
	uint64_t heard =
	    visit->modseq_heard <= INT64_MAX ? visit->modseq_heard : 0;

	if (s->current == NULL || resync_is_opening(s))
		return;
	if (visit->modseq_said > 0 || command == MACHINE_SEND_EXAMINE)
		s->current->modseq = visit->modseq_said;
	else if (s->current->modseq > 0)
		s->current->modseq = MAX(s->current->modseq, heard);
	visit->modseq_said = visit->modseq_heard = 0;
}

/* What was told since the last SYNCED need not be told again after the next
 * connection was lost. */
void resync_noop_done(struct imap_session *s)
{
	struct machine_box *box = s->current;

	if (box != NULL && s->state == MACHINE_WATCHING &&
	    box->modseq != box->modseq_told &&
	    !imap_mailbox_has_more(&box->mailbox))
		opening_seen(s, box, false);
}
