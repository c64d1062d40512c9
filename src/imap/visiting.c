/*
 * Which mailbox is open.
 *
 * Home, as a rule.  A side is opened for a moment, when there is something to
 * fetch from it; behind the last one home is opened again, and caught up with
 * by UID as if the session had just begun, so that nothing is lost on the way.
 */
#include "imap/machine.h"

bool visiting_is_home(
    const struct imap_session *s, const struct machine_box *box)
{
	return box != NULL && box == boxes_home(s);
}

void visiting_want(struct imap_session *s, struct machine_box *box)
{
	if (box->want_visit || box->failure != NULL || box->owner == NULL)
		return;
	box->want_visit = true;
	g_queue_push_tail(&s->visits, box);
}

void visiting_forget(struct imap_session *s, struct machine_box *box)
{
	if (box->want_visit)
		g_queue_remove(&s->visits, box);
	box->want_visit = false;
}

/* ---- where to go ---- */

bool visiting_wants(const struct imap_session *s)
{
	return s->current != NULL && s->current->owner != NULL &&
	    (s->visit.want_check || opening_wants(s) || news_wants(s) ||
		bodies_wants(s->current) || task_wants(s) || last_wants(s));
}

/* IDLE is deaf to home meanwhile. */
static bool is_long_away(const struct imap_session *s)
{
	return s->goal == IMAP_GOAL_WATCH && s->away > 0 &&
	    !visiting_is_home(s, s->current) &&
	    s->now - s->away >= IMAP_AWAY_MAX;
}

/* Home is opened to listen, to catch up and to fetch. */
static bool is_home_due(
    const struct imap_session *s, const struct machine_box *home)
{
	return s->goal == IMAP_GOAL_WATCH || !home->synced ||
	    bodies_wants(home);
}

static bool may_stay(const struct imap_session *s)
{
	return visiting_wants(s) && !is_long_away(s);
}

struct machine_box *visiting_next(const struct imap_session *s)
{
	struct machine_box *home = boxes_home(s);

	if (may_stay(s))
		return s->current;
	if (home != NULL && (is_long_away(s) || !home->synced))
		return home;
	if (!g_queue_is_empty((GQueue *)&s->visits))
		return g_queue_peek_head((GQueue *)&s->visits);
	return home != NULL && is_home_due(s, home) ? home : s->current;
}

/* ---- coming and going ---- */

static void begin(struct imap_session *s, bool summoned)
{
	g_clear_pointer(&s->visit.incomplete, g_ptr_array_unref);
	resync_forget(s);
	s->visit = (struct machine_visit){
	    .summoned = summoned,
	    .lost_before = s->lost,
	};
}

static void note_away(struct imap_session *s)
{
	if (visiting_is_home(s, s->current))
		s->away = 0;
	else if (s->away == 0)
		s->away = MAX(s->now, 1);
}

static void begin_for_fates(struct imap_session *s, struct machine_box *box)
{
	s->visit.for_fates = box->want_fates && !s->visit.summoned;
	if (s->visit.for_fates)
		box->fates_asked = MAX(s->now, 1);
}

static void come_to(struct imap_session *s, struct machine_box *box)
{
	/* Home takes turns with long downloads. */
	if (visiting_wants(s))
		visiting_want(s, s->current);
	begin(s, box->summoned);
	/* What is left may have become home while it was open. */
	note_away(s);
	box->summoned = false;
	visiting_forget(s, box);
	s->current = box;
	box->visited = s->now;
	note_away(s);
	begin_for_fates(s, box);
}

void visiting_leave(struct imap_session *s)
{
	begin(s, false);
	s->current = NULL;
	note_away(s);
}

/* Only an IDLE that is being ended and a NOOP still speak of the mailbox
 * before. */
void visiting_turn(struct imap_session *s)
{
	for (unsigned i = 0; i < s->pending->len; i++) {
		const struct machine_pending *pending =
		    &g_array_index(s->pending, struct machine_pending, i);

		if (pending->command == MACHINE_SEND_IDLE ||
		    pending->command == MACHINE_SEND_NOOP)
			return;
		if (pending->command != MACHINE_SEND_EXAMINE)
			continue;
		if (pending->box != s->current)
			come_to(s, pending->box);
		return;
	}
}

/* Who calls us for nothing again and again is heard less often. */
void visiting_synced(struct imap_session *s)
{
	struct machine_box *box = s->current;

	bool summoned = s->visit.summoned;

	if (summoned)
		box->fruitless = s->visit.told > 0 ? 0 : box->fruitless + 1;
	s->visit.summoned = false;
	fates_synced(s);
	/* It may be announced before FETCH can see it (quirk 32): once more
	 * with the next look. */
	if (summoned && box->fruitless == 1)
		box->looked = 0;
	else if (box->mailbox.uidnext > 0)
		box->looked = box->mailbox.uidnext;
	if (box->mailbox.last_uid < UINT32_MAX)
		box->looked = MAX(box->looked, box->mailbox.last_uid + 1);
}
