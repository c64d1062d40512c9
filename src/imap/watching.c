/*
 * Watching one mailbox: EXAMINE and catch-up, news, downloads, IDLE and its
 * refresh, polling where there is no IDLE.  opening.c says where to begin.
 *
 * Inputs only set wishes; watching_pump() turns all wishes of a moment into
 * one write, DONE first and IDLE last, so that news cost one round trip.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/patience.h"

/* An IDLE that the server ends this soon was not meant seriously. */
enum {
	IDLE_CUT_TIME = 5000,
	IDLE_CUTS_MAX = 3
};
/* News kept back until their header comes. */
enum {
	INCOMPLETE_MAX = 1000
};

static bool can(const struct imap_session *s, enum imap_capability capability)
{
	return imap_capabilities_have(&s->capabilities, capability);
}

static bool may_idle(const struct imap_session *s)
{
	return s->goal == IMAP_GOAL_WATCH && s->want_idle &&
	    !s->stale_capabilities && can(s, IMAP_CAP_IDLE);
}

bool watching_is_mute(struct imap_session *s)
{
	if (!s->push_only || s->goal != IMAP_GOAL_WATCH || may_idle(s))
		return false;
	machine_end(s, IMAP_ERROR_UNAVAILABLE,
	    "the server does not push new mail, and method = idle rules out "
	    "asking for it");
	return true;
}

/* ---- what is said ---- */

static void say_idle(struct imap_session *s, GString *out)
{
	machine_command(s, out, MACHINE_SEND_IDLE, "IDLE");
	s->idle = MACHINE_IDLE_ASKED;
}

/*
 * An answer that could not be read is asked for again with less: a part of
 * the header, then none of it, at last that there is a message at all.
 */
static char *news_items(const struct imap_session *s)
{
	if (s->modesty == MACHINE_UID_ALONE)
		return g_strdup("UID");
	if (s->modesty == MACHINE_NO_HEADER)
		return g_strdup("UID FLAGS INTERNALDATE RFC822.SIZE");
	return g_strdup_printf("UID FLAGS INTERNALDATE RFC822.SIZE "
			       "BODY.PEEK[HEADER.FIELDS (%s)]%s",
	    s->header_fields,
	    s->modesty == MACHINE_PART_OF_HEADER ? "<0.65536>" : "");
}

/* All above last_uid; with the anchor, from last_uid on. */
static uint32_t first_uid(const struct imap_session *s)
{
	uint32_t last = s->mailbox.last_uid;

	return last == UINT32_MAX || (s->anchor && last > 0) ? last : last + 1;
}

static void say_news(struct imap_session *s, GString *out)
{
	g_autofree char *items = news_items(s);

	s->lost_before = s->lost;
	s->grew = imap_mailbox_has_more(&s->mailbox) &&
	    s->modesty == MACHINE_WHOLE_HEADER;
	s->want_recheck = false;
	imap_mailbox_ask(&s->mailbox);
	machine_command(s, out, MACHINE_SEND_NEWS, "UID FETCH %u:* (%s)",
	    first_uid(s), items);
}

/* In pieces, so that no literal is large (RFC 9051 6.4.5). */
static void say_body(struct imap_session *s, GString *out)
{
	struct machine_body *body = g_queue_peek_head(&s->bodies);

	body->asked = true;
	body->got = false;
	machine_command(s, out, MACHINE_SEND_BODY,
	    "UID FETCH %u (UID BODY.PEEK[]<%" G_GUINT64_FORMAT ".%d>)",
	    body->uid, body->offset, IMAP_PIECE_SIZE);
}

static void say_done(struct imap_session *s, GString *out)
{
	g_string_append(out, "DONE\r\n");
	s->done_at = MAX(s->now, 1);
	s->heard = s->now;
	s->idle = MACHINE_IDLE_OFF;
}

/* RFC 2971; 163.com wants it before it opens anything (quirk 25). */
static void say_id(struct imap_session *s, GString *out)
{
	machine_command(s, out, MACHINE_SEND_ID,
	    "ID (\"name\" \"idlebell\" \"version\" \"%s\")", s->version);
}

/* The name was checked with the configuration; a failure here means that it
 * was not. */
static bool say_examine(
    struct imap_session *s, GString *out, enum machine_command command)
{
	g_autoptr(GString) name = g_string_new(NULL);

	if (!imap_append_mailbox(name, s->mailbox_name))
		return false;
	machine_command(s, out, command, "EXAMINE %s", name->str);
	return true;
}

static void say_check(struct imap_session *s, GString *out)
{
	s->want_check = false;
	s->known_uidvalidity = s->mailbox.uidvalidity;
	s->mailbox.uidnext = 0;
	say_examine(s, out, MACHINE_SEND_CHECK);
}

/*
 * All in one write: the news are asked for as if UIDVALIDITY had not changed,
 * and dropped if it has.
 */
void watching_open(struct imap_session *s)
{
	g_autoptr(GString) out = g_string_new(NULL);

	machine_enter(s, MACHINE_OPENING);
	s->polled = s->now;
	/* Whatever was said of a mailbox before was not about this one. */
	s->mailbox.uidvalidity = s->mailbox.uidnext = 0;
	imap_mailbox_exists(&s->mailbox, 0);
	if (s->stale_capabilities)
		machine_command(s, out, MACHINE_SEND_CAPABILITY, "CAPABILITY");
	if (can(s, IMAP_CAP_ID))
		say_id(s, out);
	if (!say_examine(s, out, MACHINE_SEND_EXAMINE)) {
		machine_end(s, IMAP_ERROR_MAILBOX,
		    "this is not a mailbox name: %s", s->mailbox_name);
		return;
	}
	if (s->known_uidvalidity != 0)
		say_news(s, out);
	if (may_idle(s))
		say_idle(s, out);
	machine_write(s, g_steal_pointer(&out), false);
}

/* ---- the pump ---- */

static bool wants_news(const struct imap_session *s)
{
	return imap_mailbox_has_more(&s->mailbox) || s->want_recheck ||
	    s->modesty != MACHINE_WHOLE_HEADER;
}

static bool wants_body(struct imap_session *s)
{
	const struct machine_body *body = g_queue_peek_head(&s->bodies);

	return body != NULL && !body->asked;
}

static bool wants_anything(struct imap_session *s)
{
	if (s->want_logout)
		return true;
	if (s->state == MACHINE_LISTING)
		return false;
	return s->want_noop || s->want_check || opening_wants(s) ||
	    wants_news(s) || wants_body(s) ||
	    (s->idle == MACHINE_IDLE_OFF && may_idle(s));
}

/* Nothing may follow IDLE but DONE, and DONE only behind the "+" (RFC 2177,
 * quirk 6). */
static bool may_speak(const struct imap_session *s)
{
	unsigned idling = s->idle == MACHINE_IDLE_ON ? 1 : 0;

	return s->state >= MACHINE_SYNCING && s->state <= MACHINE_LISTING &&
	    s->idle != MACHINE_IDLE_ASKED && s->pending->len == idling;
}

static void say_logout(struct imap_session *s, GString *out)
{
	machine_command(s, out, MACHINE_SEND_LOGOUT, "LOGOUT");
	machine_enter(s, MACHINE_LOGOUT);
}

static void say_wishes(struct imap_session *s, GString *out)
{
	if (s->want_noop) {
		machine_command(s, out, MACHINE_SEND_NOOP, "NOOP");
		s->wondered = false;
	}
	s->want_noop = false;
	s->polled = s->now;
	if (s->want_check)
		say_check(s, out);
	if (opening_wants(s))
		opening_ask(s, out);
	else if (wants_news(s))
		say_news(s, out);
	if (wants_body(s))
		say_body(s, out);
	if (may_idle(s))
		say_idle(s, out);
}

void watching_pump(struct imap_session *s)
{
	GString *out;

	if (!may_speak(s) || !wants_anything(s))
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

/* ---- news ---- */

static const struct imap_section *find_section(
    const struct imap_fetch *fetch, bool (*fits)(struct imap_text name))
{
	for (unsigned i = 0; fetch->sections && i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);

		if (fits(section->name))
			return section;
	}
	return NULL;
}

static bool is_header(struct imap_text name)
{
	return name.size >= 6 && g_ascii_strncasecmp(name.at, "HEADER", 6) == 0;
}

static bool is_whole(struct imap_text name)
{
	return name.size == 0;
}

static char *join_flags(const GArray *flags)
{
	GString *joined = g_string_new(NULL);

	for (unsigned i = 0; flags != NULL && i < flags->len; i++) {
		struct imap_text flag =
		    g_array_index(flags, struct imap_text, i);

		g_string_append_printf(joined, "%s%.*s", i > 0 ? " " : "",
		    (int)MIN(flag.size, IMAP_TEXT_MAX), flag.at);
	}
	return g_string_free(joined, FALSE);
}

static struct imap_news *news_new(const struct imap_session *s,
    const struct imap_fetch *fetch, const struct imap_section *header)
{
	struct imap_news *news = g_new0(struct imap_news, 1);

	news->uidvalidity = s->mailbox.uidvalidity;
	news->uid = fetch->uid;
	news->size = fetch->size;
	news->flags = join_flags(fetch->flags);
	news->date = imap_text_dup(fetch->date);
	news->header = g_bytes_new(header != NULL ? header->data.at : NULL,
	    header != NULL ? header->data.size : 0);
	return news;
}

static void tell(
    struct imap_session *s, struct imap_news *news, uint32_t sequence)
{
	/* Whatever comes before the anchor means that it is gone. */
	s->anchor = false;
	if (imap_mailbox_take(&s->mailbox, sequence, news->uid))
		machine_act(s,
		    (struct imap_action){
			.type = IMAP_ACTION_NEWS, .news = news});
	else
		machine_news_free(news);
}

/*
 * A flag change that crosses our FETCH looks like a message without a header
 * (quirk 31): it waits until the round is over for the one with.
 */
static void keep(struct imap_session *s, struct imap_news *news)
{
	if (s->incomplete == NULL)
		s->incomplete =
		    g_ptr_array_new_with_free_func(machine_news_free);
	if (s->incomplete->len < INCOMPLETE_MAX)
		g_ptr_array_add(s->incomplete, news);
	else
		tell(s, news, 0);
}

static void tell_anchor(struct imap_session *s, const struct imap_fetch *fetch,
    const struct imap_section *header)
{
	struct imap_news *news;

	if (!s->anchor || header == NULL || fetch->uid != s->mailbox.last_uid)
		return;
	s->anchor = false;
	news = news_new(s, fetch, header);
	news->anchor = true;
	machine_act(
	    s, (struct imap_action){.type = IMAP_ACTION_NEWS, .news = news});
}

static void take_news(
    struct imap_session *s, uint32_t sequence, const struct imap_fetch *fetch)
{
	const struct imap_section *header = find_section(fetch, is_header);
	struct imap_news *news;

	if (fetch->uid <= s->mailbox.last_uid) {
		imap_mailbox_take(&s->mailbox, sequence, fetch->uid);
		tell_anchor(s, fetch, header);
		return;
	}
	news = news_new(s, fetch, header);
	if (header != NULL || s->modesty == MACHINE_UID_ALONE ||
	    (s->modesty == MACHINE_NO_HEADER && fetch->has_size))
		tell(s, news, sequence);
	else
		keep(s, news);
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
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_PIECE,
		.uid = body->uid,
		.offset = body->offset,
		.bytes = g_bytes_new(section->data.at, section->data.size)});
	body->offset += section->data.size;
}

static bool take_body(struct imap_session *s, const struct imap_fetch *fetch)
{
	struct machine_body *body = g_queue_peek_head(&s->bodies);
	const struct imap_section *section = find_section(fetch, is_whole);

	if (body == NULL || section == NULL || !body->asked ||
	    body->uid != fetch->uid)
		return false;
	take_piece(s, body, section);
	return true;
}

/* A FETCH nobody asked for tells of flags: no news. */
void watching_fetch(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;

	if (!fetch->has_uid || take_body(s, fetch))
		return;
	if (machine_is_pending(s, MACHINE_SEND_HIGHEST))
		s->found_highest = MAX(s->found_highest, fetch->uid);
	else if (machine_is_pending(s, MACHINE_SEND_NEWS) && !s->discard)
		take_news(s, r->number, fetch);
}

static void tell_incomplete(struct imap_session *s)
{
	for (unsigned i = 0; s->incomplete && i < s->incomplete->len; i++) {
		tell(s, s->incomplete->pdata[i], 0);
		s->incomplete->pdata[i] = NULL;
	}
	g_clear_pointer(&s->incomplete, g_ptr_array_unref);
}

/* Some servers announce a message before FETCH can see it (quirk 32). */
static void end_round(struct imap_session *s)
{
	unsigned told;

	tell_incomplete(s);
	told = imap_mailbox_round_end(&s->mailbox);
	if (told == 0 && s->grew)
		s->recheck = s->now + IMAP_RECHECK_AFTER;
	s->modesty = MACHINE_WHOLE_HEADER;
	s->anchor = false;
	if (!imap_mailbox_has_more(&s->mailbox))
		opening_synced(s);
}

static bool fetch_failed(struct imap_session *s, const struct imap_response *r)
{
	/* Some refuse "*" in an empty mailbox. */
	if (r->status == IMAP_STATUS_OK || s->mailbox.exists == 0)
		return false;
	machine_end_with(s, IMAP_ERROR_PROTOCOL,
	    "the server does not hand out new messages", r);
	return true;
}

/* A header over a limit or beyond reading must not hide its message. */
void watching_news_done(struct imap_session *s, const struct imap_response *r)
{
	if (s->discard) {
		s->discard = false;
		s->mailbox.asked = 0;
		if (!opening_wants(s))
			opening_synced(s);
		return;
	}
	if (s->state == MACHINE_ENDED || fetch_failed(s, r))
		return;
	if (s->lost > s->lost_before && s->modesty < MACHINE_UID_ALONE)
		s->modesty++;
	else
		end_round(s);
}

/* ---- downloads ---- */

void imap_session_body(struct imap_session *s, uint32_t uid, uint64_t size,
    uint64_t max, int64_t now)
{
	struct machine_body *body = g_new0(struct machine_body, 1);

	s->now = now;
	body->uid = uid;
	body->size = size;
	body->max = max;
	g_queue_push_tail(&s->bodies, body);
	watching_pump(s);
}

static void end_body(struct imap_session *s, const char *failure)
{
	g_autofree struct machine_body *body = g_queue_pop_head(&s->bodies);

	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_BODY_END,
		.uid = body->uid,
		.failed = failure != NULL,
		.text = g_strdup(failure)});
}

/* A message of exactly so many pieces ends with an empty one, or with none;
 * none may also mean that it was expunged meanwhile. */
void watching_body_done(struct imap_session *s, const struct imap_response *r)
{
	struct machine_body *body = g_queue_peek_head(&s->bodies);

	if (r->status != IMAP_STATUS_OK)
		end_body(s, "the server refuses to send it");
	else if (!body->got && (body->offset == 0 || body->offset < body->size))
		end_body(s, "the server did not send all of it");
	else if (body->offset == 0)
		end_body(s, "the server sent nothing of it");
	else if (body->offset > body->max)
		end_body(s, "it is far longer than the server said");
	else if (!body->got || body->last)
		end_body(s, NULL);
	else
		body->asked = false;
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
	if (s->idle_cut >= IDLE_CUTS_MAX)
		s->want_idle = false;
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
	else
		s->want_idle = false;
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
}

/* ---- time ---- */

static bool is_polling(const struct imap_session *s)
{
	return s->goal == IMAP_GOAL_WATCH && s->state == MACHINE_WATCHING &&
	    s->pending->len == 0 && s->idle == MACHINE_IDLE_OFF;
}

int64_t watching_next_look(const struct imap_session *s)
{
	if (s->want_noop)
		return INT64_MAX;
	if (s->idle == MACHINE_IDLE_ON)
		return s->idle_since + s->refresh;
	if (is_polling(s))
		return s->polled + s->poll_interval;
	return INT64_MAX;
}

int64_t watching_deadline(const struct imap_session *s)
{
	int64_t recheck = s->recheck > 0 ? s->recheck : INT64_MAX;

	return MIN(watching_next_look(s), recheck);
}

void watching_tick(struct imap_session *s)
{
	if (watching_next_look(s) <= s->now)
		s->want_noop = true;
	if (s->recheck > 0 && s->recheck <= s->now) {
		s->recheck = 0;
		s->want_recheck = true;
	}
}
