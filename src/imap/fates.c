/*
 * What became of the messages told lately, in mailboxes that are not open.
 *
 * STATUS says that something has changed there, not what: a visit tells, by
 * QRESYNC, or by a look at these messages, where what does not come is gone.
 * Where nothing was told lately nobody cares, and nothing is asked.
 */
#include "imap/machine.h"
#include "imap/ranges.h"
#include <string.h>

static struct machine_fate *at(const struct machine_box *box, unsigned index)
{
	return &g_array_index(box->lately, struct machine_fate, index);
}

static struct machine_fate *find(const struct machine_box *box, uint32_t uid)
{
	for (unsigned i = 0; box->lately != NULL && i < box->lately->len; i++)
		if (at(box, i)->uid == uid)
			return at(box, i);
	return NULL;
}

/* ---- the messages ---- */

static struct machine_fate *add(struct machine_box *box, uint32_t uid)
{
	/* Not among those that are asked for, if any are. */
	struct machine_fate fate = {.uid = uid, .answered = 1};

	if (box->lately == NULL)
		box->lately = g_array_new(FALSE, FALSE, sizeof(fate));
	if (box->lately->len >= IMAP_LATELY_MAX)
		g_array_remove_range(box->lately, 0, IMAP_LATELY_MAX / 2);
	g_array_append_val(box->lately, fate);
	return at(box, box->lately->len - 1);
}

/* Never 0. */
static uint32_t hash_flags(const char *flags)
{
	return (g_str_hash(flags) & INT32_MAX) | 1;
}

/* With one mailbox, it is always open. */
void fates_note(struct imap_session *s, const struct imap_news *news)
{
	struct machine_fate *fate;

	if (s->goal != IMAP_GOAL_WATCH || (s->boxes->len < 2 && !s->choose))
		return;
	fate = find(s->current, news->uid);
	if (fate == NULL)
		fate = add(s->current, news->uid);
	fate->flags = hash_flags(news->flags);
}

void fates_take_hint(
    struct machine_box *box, const struct imap_watched *watched)
{
	if (watched->uidvalidity == 0)
		return;
	for (unsigned i = 0; i < watched->told_count; i++)
		add(box, watched->told[i]);
}

void fates_forget(struct machine_box *box)
{
	g_clear_pointer(&box->lately, g_array_unref);
	box->want_fates = false;
}

/* ---- whether it is worth a visit ---- */

/* By counts, less what came; one that is not known may have changed. */
static bool differs(bool known, uint32_t before, uint32_t came, uint32_t now)
{
	return !known || now != before + came;
}

/* See resync_modseq(). */
static bool has_modseq(const struct imap_mailbox_status *status)
{
	return status->has_highestmodseq && status->highestmodseq > 0 &&
	    status->highestmodseq <= INT64_MAX;
}

/* What grew with UIDNEXT is news, and told anyway. */
static bool has_changed(
    const struct machine_box *box, const struct imap_mailbox_status *status)
{
	const struct machine_count *before = &box->counted;
	uint32_t came = 0;

	if (has_modseq(status))
		return status->highestmodseq > MAX(box->modseq, before->modseq);
	if (before->uidnext > 0 && status->uidnext > before->uidnext)
		came = status->uidnext - before->uidnext;
	return (status->has_messages &&
		   differs(before->has_messages, before->messages, came,
		       status->messages)) ||
	    (status->has_unseen &&
		differs(
		    before->has_unseen, before->unseen, came, status->unseen));
}

static void count(
    struct machine_box *box, const struct imap_mailbox_status *status)
{
	struct machine_count *counted = &box->counted;

	if (status->has_messages) {
		counted->has_messages = true;
		counted->messages = status->messages;
	}
	if (status->has_unseen) {
		counted->has_unseen = true;
		counted->unseen = status->unseen;
	}
	if (status->uidnext > 0)
		counted->uidnext = status->uidnext;
	if (has_modseq(status))
		counted->modseq = status->highestmodseq;
}

static int64_t due(const struct imap_session *s, const struct machine_box *box)
{
	int64_t again = (int64_t)IMAP_FATES_AGAIN << box->fates_in_vain;

	if (box == s->current)
		return s->now + again;
	return box->fates_asked > 0 ? box->fates_asked + again : s->now;
}

/* Home is opened again anyway. */
static void plan(struct imap_session *s, struct machine_box *box)
{
	int64_t time = due(s, box);

	if (visiting_is_home(s, box))
		return;
	if (time <= s->now)
		visiting_want(s, box);
	else if (s->fates_due == 0 || time < s->fates_due)
		s->fates_due = time;
}

void fates_judge(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status)
{
	bool changed = has_changed(box, status);

	count(box, status);
	if (!changed || s->goal != IMAP_GOAL_WATCH || box->lately == NULL ||
	    box->known_uidvalidity == 0 ||
	    (status->uidvalidity != 0 &&
		status->uidvalidity != box->known_uidvalidity))
		return;
	box->want_fates = true;
	plan(s, box);
}

void fates_tick(struct imap_session *s)
{
	s->fates_due = 0;
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->want_fates && !box->want_visit && box->failure == NULL)
			plan(s, box);
	}
}

/* ---- the visit ---- */

/* What changes again and again is about other messages, perhaps. */
void fates_synced(struct imap_session *s)
{
	struct machine_box *box = s->current;

	if (s->visit.told > 0 || s->visit.fates > 0)
		box->fates_in_vain = 0;
	else if (s->visit.for_fates)
		box->fates_in_vain =
		    MIN(box->fates_in_vain + 1, IMAP_FATES_IN_VAIN_MAX);
	s->visit.for_fates = false;
}

/* NULL: there are none. */
static char *format(const struct machine_box *box, bool missing)
{
	struct imap_ranges ranges = {0};
	char *set;

	for (unsigned i = 0; i < box->lately->len; i++)
		if (!missing || !at(box, i)->answered)
			imap_ranges_add(&ranges, at(box, i)->uid);
	set = imap_ranges_print(&ranges);
	imap_ranges_clear(&ranges);
	return set;
}

bool fates_say(struct imap_session *s, GString *out, struct machine_box *box)
{
	g_autofree char *set = NULL;

	if (!box->want_fates || resync_is_whole(s, box))
		return false;
	set = format(box, false);
	for (unsigned i = 0; i < box->lately->len; i++)
		at(box, i)->answered = false;
	box->lost_before_fates = s->lost;
	machine_command(
	    s, out, MACHINE_SEND_FATES, "UID FETCH %s (UID FLAGS)", set);
	machine_about(s, box);
	return true;
}

bool fates_take(struct imap_session *s, uint32_t uid, const char *flags)
{
	struct machine_fate *fate = find(s->current, uid);
	uint32_t hash = flags != NULL ? hash_flags(flags) : 0;
	bool same;

	if (fate == NULL)
		return true;
	fate->answered = true;
	same = hash == 0 || fate->flags == hash;
	fate->flags = same ? fate->flags : hash;
	s->visit.fates += same ? 0 : 1;
	return !same || !machine_awaits(s, MACHINE_SEND_FATES);
}

void fates_gone(struct imap_session *s, struct imap_text set)
{
	struct machine_box *box = s->current;

	if (box->lately == NULL)
		return;
	for (unsigned i = box->lately->len; i > 0; i--) {
		if (!imap_set_has(set, at(box, i - 1)->uid))
			continue;
		s->visit.fates++;
		g_array_remove_index(box->lately, i - 1);
	}
	if (box->lately->len == 0)
		fates_forget(box);
}

static void tell_missing(struct imap_session *s)
{
	g_autofree char *set = format(s->current, true);

	if (set == NULL)
		return;
	fates_gone(s, (struct imap_text){set, strlen(set)});
	machine_tell(s, s->current,
	    (struct imap_action){
		.type = IMAP_ACTION_GONE, .text = g_steal_pointer(&set)});
}

/* With a mailbox that is not open it has to be said again.  An answer that
 * could not be read may have been about any of them. */
void fates_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_box *box = s->replied;

	if (box != s->current || s->state == MACHINE_ENDED)
		return;
	box->want_fates = false;
	if (r->status == IMAP_STATUS_OK && box->lost_before_fates == s->lost &&
	    box->lately != NULL)
		tell_missing(s);
}
