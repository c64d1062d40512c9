/*
 * What is said at which moment: IDLE and its refresh, polling where there is
 * no IDLE, and between two of them all that is wished for.
 *
 * Inputs only set wishes; watching_pump() turns all wishes of a moment into
 * one write, DONE first and IDLE last, so that news cost one round trip.
 */
#include "imap/machine.h"
#include "imap/patience.h"

/* An IDLE that the server ends this soon was not meant seriously. */
enum {
	IDLE_CUT_TIME = 5000,
	IDLE_CUTS_MAX = 3
};

bool watching_may_idle(const struct imap_session *s)
{
	return s->goal == IMAP_GOAL_WATCH && s->want_idle &&
	    (s->faults & IMAP_FAULT_IDLE) == 0 && !s->stale_capabilities &&
	    machine_can(s, IMAP_CAP_IDLE);
}

bool watching_is_mute(struct imap_session *s)
{
	if (!s->push_only || s->goal != IMAP_GOAL_WATCH ||
	    (watching_may_idle(s) && (!s->notify_only || notifying_may(s))))
		return false;
	if (s->notify_only)
		machine_end(s, IMAP_ERROR_UNAVAILABLE,
		    "%s, and method = notify rules out everything else",
		    imap_session_why(s));
	else
		machine_end(s, IMAP_ERROR_UNAVAILABLE,
		    "the server does not push new mail, and method = idle "
		    "rules out asking for it");
	return true;
}

static void say_done(struct imap_session *s, GString *out)
{
	g_string_append(out, "DONE\r\n");
	s->done_at = MAX(s->now, 1);
	s->heard = s->now;
	s->idle = MACHINE_IDLE_OFF;
}

static void say_idle(struct imap_session *s, GString *out)
{
	machine_command(s, out, MACHINE_SEND_IDLE, "IDLE");
	s->idle = MACHINE_IDLE_ASKED;
}

/* ---- the pump ---- */

/* Nothing may follow IDLE but DONE, and DONE only behind the "+" (RFC 2177,
 * quirk 6). */
static bool may_speak(const struct imap_session *s)
{
	unsigned idling = s->idle == MACHINE_IDLE_ON ? 1 : 0;

	return s->state >= MACHINE_SYNCING && s->state <= MACHINE_CHOOSING &&
	    s->idle != MACHINE_IDLE_ASKED && s->pending->len == idling;
}

/* IDLE listens in the mailbox that is about to be open, when there is nothing
 * else to do. */
static bool may_listen(struct imap_session *s, const struct machine_box *next)
{
	return watching_may_idle(s) &&
	    (visiting_is_home(s, next) ||
		(next == NULL && s->notify != MACHINE_NOTIFY_NONE)) &&
	    g_queue_is_empty(&s->visits) && !sweeping_wants(s) && !s->want_list;
}

static bool wants_anything(struct imap_session *s)
{
	struct machine_box *next;

	if (s->want_logout)
		return true;
	if (s->state == MACHINE_LISTING || s->state == MACHINE_CHOOSING)
		return false;
	next = visiting_next(s);
	return s->want_noop || s->want_list || next != s->current ||
	    (visiting_is_home(s, next) && notifying_wants(s)) ||
	    visiting_wants(s) || sweeping_wants(s) ||
	    (s->idle == MACHINE_IDLE_OFF && may_listen(s, next));
}

static void say_logout(struct imap_session *s, GString *out)
{
	machine_command(s, out, MACHINE_SEND_LOGOUT, "LOGOUT");
	machine_enter(s, MACHINE_LOGOUT);
}

static void say_noop(struct imap_session *s, GString *out)
{
	if (s->want_noop) {
		machine_command(s, out, MACHINE_SEND_NOOP, "NOOP");
		s->visit.wondered = false;
	}
	s->want_noop = false;
	s->polled = s->now;
}

static void say_current(struct imap_session *s, GString *out)
{
	if (s->visit.want_check)
		opening_check(s, out);
	if (opening_wants(s))
		opening_ask(s, out);
	else if (news_wants(s))
		news_say(s, out);
	if (bodies_wants(s->current))
		bodies_say(s, out, s->current);
	else if (task_wants(s))
		task_say(s, out);
	else if (last_wants(s))
		last_say(s, out);
}

/* Behind an EXAMINE the others are looked at only in passing, so that a visit
 * is short. */
static void say_others(
    struct imap_session *s, GString *out, const struct machine_box *next)
{
	if (s->want_list)
		listing_say(s, out);
	else if (next == NULL || next == boxes_home(s) || next == s->current)
		sweeping_say(s, out);
}

/* SET first, then STATUS, or what happens between is lost (quirk 42).  And
 * behind the catch-up, as it may push what that is about to fetch. */
static void say_notify(
    struct imap_session *s, GString *out, const struct machine_box *next)
{
	if (visiting_is_home(s, next) && notifying_wants(s))
		notifying_say(s, out);
}

static void say_wishes(struct imap_session *s, GString *out)
{
	struct machine_box *next = visiting_next(s);
	bool listen;

	say_noop(s, out);
	if (next != s->current)
		opening_say(s, out, next);
	else if (visiting_wants(s))
		say_current(s, out);
	listen = !s->want_list;
	say_notify(s, out, next);
	say_others(s, out, next);
	if (listen && may_listen(s, next))
		say_idle(s, out);
}

void watching_pump(struct imap_session *s)
{
	GString *out;

	if (!may_speak(s))
		return;
	boxes_tidy(s);
	if (!wants_anything(s))
		return;
	out = g_string_new(NULL);
	if (s->idle == MACHINE_IDLE_ON)
		say_done(s, out);
	if (s->want_logout)
		say_logout(s, out);
	else
		say_wishes(s, out);
	machine_write(s, out, false);
}

/* ID may be said once (quirk 25: before a mailbox is opened). */
static void say_id(struct imap_session *s, GString *out)
{
	if (s->said_id || !machine_can(s, IMAP_CAP_ID))
		return;
	s->said_id = true;
	machine_command(s, out, MACHINE_SEND_ID,
	    "ID (\"name\" \"idlebell\" \"version\" \"%s\")", s->version);
}

static void open_home(struct imap_session *s, struct machine_box *home)
{
	g_autoptr(GString) out = g_string_new(NULL);

	s->polled = s->now;
	if (s->stale_capabilities)
		machine_command(s, out, MACHINE_SEND_CAPABILITY, "CAPABILITY");
	say_id(s, out);
	opening_say(s, out, home);
	say_notify(s, out, home);
	if (!s->stale_capabilities)
		sweeping_say(s, out);
	if (may_listen(s, home))
		say_idle(s, out);
	machine_write(s, g_steal_pointer(&out), false);
}

void watching_start(struct imap_session *s)
{
	struct machine_box *home;

	s->swept = s->now;
	if (!boxes_check(s))
		return;
	home = boxes_home(s);
	if (home != NULL)
		open_home(s, home);
	else
		machine_enter(s, MACHINE_WATCHING);
	watching_pump(s);
}

/* ---- IDLE ---- */

/* "+" with or without text (quirk 4); one too many is Exchange's (18). */
void watching_continue(struct imap_session *s)
{
	if (s->idle != MACHINE_IDLE_ASKED || s->done_at > 0)
		return;
	s->idle = MACHINE_IDLE_ON;
	s->idle_since = s->now;
}

/* Ended by the server: again, unless it keeps doing so. */
static void idle_was_cut(struct imap_session *s)
{
	bool soon = s->now - s->idle_since < IDLE_CUT_TIME;

	s->idle_cut = soon ? s->idle_cut + 1 : 0;
	if (s->idle_cut < IDLE_CUTS_MAX)
		return;
	s->want_idle = false;
	g_free(s->why);
	s->why = g_strdup("the server ends every IDLE at once");
}

static void give_up_idle(struct imap_session *s, const struct imap_response *r)
{
	g_autofree char *text = machine_text(r);

	s->want_idle = false;
	g_free(s->why);
	s->why = g_strdup_printf("the server refuses IDLE: %s", text);
	if (machine_can(s, IMAP_CAP_IDLE))
		pipeline_refused(s, s->why);
}

/* A reply without a "+" before it: polling, no error loop (quirk 3), unless
 * the server says when to come back (quirk 16). */
void watching_idle_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status != IMAP_STATUS_OK && imap_patience_asked(r) > 0) {
		machine_end_with(s, IMAP_ERROR_UNAVAILABLE,
		    "the server refuses IDLE for now", r);
		return;
	}
	if (s->done_at > 0) {
		s->done_at = 0;
		return;
	}
	if (s->idle == MACHINE_IDLE_ON)
		idle_was_cut(s);
	else if (s->current != NULL || s->boxes->len == 0)
		give_up_idle(s, r);
	if (watching_is_mute(s))
		return;
	/* What refuses IDLE may refuse all. */
	s->want_noop |= !s->want_idle;
	s->idle = MACHINE_IDLE_OFF;
	s->polled = s->now;
}

/* Nobody has a reason to refuse NOOP: the mailbox is gone, or the session is
 * and this is all that is left of it (Exchange, quirk 17). */
void watching_noop_done(struct imap_session *s, const struct imap_response *r)
{
	s->probe = 0;
	if (r->status != IMAP_STATUS_OK)
		machine_end_with(s, IMAP_ERROR_CLOSED,
		    "the server cannot look into the mailbox", r);
	else
		resync_noop_done(s);
}

/* ---- time ---- */

/* Also in the midst of a mailbox in which nothing is wanted any more. */
static bool is_polling(const struct imap_session *s)
{
	return s->goal == IMAP_GOAL_WATCH &&
	    (s->state == MACHINE_WATCHING || s->state == MACHINE_SYNCING) &&
	    s->pending->len == 0 && s->idle == MACHINE_IDLE_OFF;
}

static bool has_sides(const struct imap_session *s)
{
	return s->boxes->len > 1 || s->choose;
}

static bool is_told_of_all(const struct imap_session *s)
{
	return s->notify != MACHINE_NOTIFY_NONE && s->all_covered;
}

/* Whatever else is said meanwhile: each news of home begins another IDLE. */
static int64_t next_sweep(const struct imap_session *s)
{
	if (!has_sides(s))
		return INT64_MAX;
	return s->swept + (is_told_of_all(s) ? s->refresh : s->poll_interval);
}

int64_t watching_next_look(const struct imap_session *s)
{
	if (s->want_noop)
		return INT64_MAX;
	if (is_polling(s))
		return MIN(s->polled + s->poll_interval, next_sweep(s));
	if (s->idle != MACHINE_IDLE_ON)
		return INT64_MAX;
	return MIN(s->idle_since + s->refresh, next_sweep(s));
}

/* Of what has a time of its own; 0 is none. */
static int64_t earlier(int64_t due, int64_t time)
{
	return time > 0 ? MIN(due, time) : due;
}

int64_t watching_deadline(const struct imap_session *s)
{
	int64_t due = earlier(watching_next_look(s), s->list_due);

	due = earlier(due, s->fates_due);
	if (s->current == NULL)
		return due;
	return earlier(earlier(due, s->current->recheck), s->visit.push_due);
}

/* A long list costs more than it is worth at every look. */
static bool is_listing_due(const struct imap_session *s)
{
	return s->now - s->listed_at >=
	    s->poll_interval * (s->listed_count / 100);
}

/* A look at the others is a sign of life, too; but only NOOP makes servers
 * tell of this mailbox what they forgot to. */
static void look(struct imap_session *s)
{
	s->want_noop = true;
	sweeping_start(s);
	s->want_list = s->choose && is_listing_due(s);
}

static bool is_due(const struct imap_session *s, int64_t time)
{
	return time > 0 && time <= s->now;
}

void watching_tick(struct imap_session *s)
{
	if (watching_next_look(s) <= s->now)
		look(s);
	if (is_due(s, s->list_due)) {
		s->list_due = 0;
		s->want_list = true;
	}
	if (is_due(s, s->fates_due))
		fates_tick(s);
	if (s->current == NULL)
		return;
	if (is_due(s, s->visit.push_due))
		notifying_late(s);
	if (is_due(s, s->current->recheck)) {
		s->current->recheck = 0;
		s->visit.want_recheck = true;
	}
}
