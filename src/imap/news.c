/*
 * What is new in the mailbox that is open: asked for in rounds, one UID FETCH
 * of all above last_uid each, and told with its header.
 */
#include "imap/machine.h"
#include "imap/words.h"

/* News kept back until their header comes. */
enum {
	INCOMPLETE_MAX = 1000
};

/* ---- asking ---- */

/*
 * An answer that could not be read is asked for again with less: nothing but
 * the header, a part of it, none of it, at last that there is a message at all.
 */
static void append_items(const struct imap_session *s, GString *out,
    enum machine_modesty modesty, unsigned extras)
{
	if (modesty == MACHINE_UID_ALONE)
		g_string_append(out, "UID");
	else if (modesty == MACHINE_NO_HEADER)
		g_string_append(out, "UID FLAGS INTERNALDATE RFC822.SIZE");
	else
		extras_append_items(
		    s, out, extras, modesty == MACHINE_PART_OF_HEADER);
}

/* All above last_uid; with the anchor, from last_uid on. */
static uint32_t first_uid(const struct machine_box *box)
{
	uint32_t last = box->mailbox.last_uid;

	return last == UINT32_MAX || (box->anchor && last > 0) ? last
							       : last + 1;
}

static void say(struct imap_session *s, GString *out, struct machine_box *box,
    enum machine_modesty modesty, unsigned extras)
{
	g_autoptr(GString) items = g_string_new(NULL);

	box->extras = (uint8_t)extras;
	s->visit.lacking = false;
	append_items(s, items, modesty, extras);
	imap_mailbox_ask(&box->mailbox);
	machine_command(s, out, MACHINE_SEND_NEWS, "UID FETCH %u:* (%s)",
	    first_uid(box), items->str);
	machine_about(s, box);
}

/* What is above last_uid is to be asked for once more. */
static bool is_open(const struct imap_session *s)
{
	return s->visit.want_recheck ||
	    s->visit.modesty != MACHINE_WHOLE_HEADER || s->current->recheck > 0;
}

bool news_wants(const struct imap_session *s)
{
	if (s->task != NULL)
		return false;
	return (imap_mailbox_has_more(&s->current->mailbox) &&
		   s->visit.push_due == 0) ||
	    s->visit.want_recheck || s->visit.modesty != MACHINE_WHOLE_HEADER;
}

/* How many came; 1 where all are to be looked at, old ones among them. */
static uint32_t growth(const struct imap_mailbox *mailbox)
{
	if (!imap_mailbox_has_more(mailbox))
		return 0;
	return mailbox->seen > 0 ? mailbox->exists - mailbox->seen : 1;
}

void news_say(struct imap_session *s, GString *out)
{
	struct machine_visit *visit = &s->visit;
	const struct imap_mailbox *mailbox = &s->current->mailbox;

	visit->lost_before = s->lost;
	visit->grown =
	    visit->modesty == MACHINE_WHOLE_HEADER ? growth(mailbox) : 0;
	visit->want_recheck = false;
	visit->push_due = 0;
	say(s, out, s->current, visit->modesty,
	    visit->modesty == MACHINE_WHOLE_HEADER
		? extras_wanted(s, visit->grown > IMAP_PREVIEWS_MAX)
		: 0);
}

void news_say_first(
    struct imap_session *s, GString *out, struct machine_box *box)
{
	say(s, out, box, MACHINE_WHOLE_HEADER, extras_wanted(s, false));
}

/* ---- taking ---- */

void news_free(gpointer data)
{
	struct imap_news *news = data;

	if (news == NULL)
		return;
	g_free(news->flags);
	g_free(news->date);
	g_clear_pointer(&news->header, g_bytes_unref);
	g_free(news->preview);
	g_clear_pointer(&news->text, g_bytes_unref);
	g_free(news);
}

static bool is_header(struct imap_text name)
{
	return name.size >= 6 && g_ascii_strncasecmp(name.at, "HEADER", 6) == 0;
}

static const struct imap_section *find_header(const struct imap_fetch *fetch)
{
	for (unsigned i = 0; fetch->sections && i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);

		if (is_header(section->name))
			return section;
	}
	return NULL;
}

struct imap_news *news_new(const struct imap_session *s,
    const struct imap_fetch *fetch, const struct imap_section *header)
{
	struct imap_news *news = g_new0(struct imap_news, 1);

	news->uidvalidity = s->current->mailbox.uidvalidity;
	news->uid = fetch->uid;
	news->size = fetch->size;
	news->flags = imap_words_join(fetch->flags);
	news->date = imap_text_dup(fetch->date);
	news->header = g_bytes_new(header != NULL ? header->data.at : NULL,
	    header != NULL ? header->data.size : 0);
	/* An anchor is only recognised. */
	if (fetch->uid > s->current->mailbox.last_uid)
		extras_take(s, news, fetch);
	return news;
}

struct imap_news *news_make(
    const struct imap_session *s, const struct imap_fetch *fetch)
{
	const struct imap_section *header = find_header(fetch);

	return header != NULL ? news_new(s, fetch, header) : NULL;
}

static void tell(
    struct imap_session *s, struct imap_news *news, uint32_t sequence)
{
	/* Whatever comes before the anchor means that it is gone. */
	s->current->anchor = false;
	if (!imap_mailbox_take(&s->current->mailbox, sequence, news->uid)) {
		news_free(news);
		return;
	}
	s->visit.told++;
	fates_note(s, news);
	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_NEWS, .news = news});
}

/*
 * A flag change that crosses our FETCH looks like a message without a header
 * (quirk 31): it waits until the round is over for the one with.
 */
static void keep(struct imap_session *s, struct imap_news *news)
{
	if (s->visit.incomplete == NULL)
		s->visit.incomplete = g_ptr_array_new_with_free_func(news_free);
	if (s->visit.incomplete->len < INCOMPLETE_MAX)
		g_ptr_array_add(s->visit.incomplete, news);
	else
		tell(s, news, 0);
}

static void tell_anchor(struct imap_session *s, const struct imap_fetch *fetch,
    const struct imap_section *header)
{
	struct imap_news *news;

	if (!s->current->anchor || header == NULL ||
	    fetch->uid != s->current->mailbox.last_uid)
		return;
	s->current->anchor = false;
	news = news_new(s, fetch, header);
	news->anchor = true;
	machine_tell(s, s->current,
	    (struct imap_action){.type = IMAP_ACTION_NEWS, .news = news});
}

static void take_news(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;
	const struct imap_section *header = find_header(fetch);
	struct imap_news *news;

	if (header != NULL && fetch->uid > s->current->mailbox.last_uid &&
	    extras_lacks(s, s->current->extras, fetch)) {
		s->visit.lacking = true;
		return;
	}
	if (fetch->uid <= s->current->mailbox.last_uid) {
		imap_mailbox_take(&s->current->mailbox, r->number, fetch->uid);
		tell_anchor(s, fetch, header);
		return;
	}
	news = news_new(s, fetch, header);
	if (header != NULL || s->visit.modesty == MACHINE_UID_ALONE ||
	    (s->visit.modesty == MACHINE_NO_HEADER && fetch->has_size))
		tell(s, news, r->number);
	else
		keep(s, news);
}

/*
 * NOTIFY sends the headers of each new message by itself.  The next one in
 * the mailbox is taken as it comes; should one be left out, be still unseen
 * (quirk 32) or beyond reading, all are asked for, as what is above last_uid
 * must not be skipped.
 */
static void take_pushed(struct imap_session *s, uint32_t sequence,
    const struct imap_fetch *fetch, const struct imap_section *header)
{
	struct imap_mailbox *mailbox = &s->current->mailbox;

	if (sequence != mailbox->seen + 1 || fetch->uid <= mailbox->highest ||
	    sequence > mailbox->exists || is_open(s)) {
		s->visit.want_recheck = true;
		return;
	}
	if (extras_lacks(s, s->pushed, fetch)) {
		s->visit.want_recheck = s->notify_again = true;
		return;
	}
	s->visit.push_due = s->now + IMAP_PUSH_WAIT;
	s->missed = 0;
	tell(s, news_new(s, fetch, header), sequence);
	if (imap_mailbox_has_more(mailbox))
		return;
	s->visit.push_due = 0;
	imap_mailbox_round_end(mailbox);
	opening_synced(s);
}

static void take_unasked(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;
	const struct imap_section *header = find_header(fetch);

	if (s->notify == MACHINE_NOTIFY_HEADERS && header != NULL &&
	    s->state == MACHINE_WATCHING &&
	    fetch->uid > s->current->mailbox.last_uid)
		take_pushed(s, r->number, fetch, header);
}

/* What comes before the mailbox is open, nobody asked for. */
void news_fetch(struct imap_session *s, const struct imap_response *r)
{
	const struct imap_fetch *fetch = r->fetch;

	if (s->current == NULL || bodies_take(s, fetch))
		return;
	if (s->task != NULL) {
		last_take(s, fetch);
		task_fetch(s, fetch);
		return;
	}
	resync_fetch(s, r);
	if (!fetch->has_uid || resync_is_opening(s))
		return;
	if (machine_awaits(s, MACHINE_SEND_HIGHEST))
		s->visit.found_highest =
		    MAX(s->visit.found_highest, fetch->uid);
	else if (!machine_awaits(s, MACHINE_SEND_NEWS))
		take_unasked(s, r);
	else if (!s->visit.discard)
		take_news(s, r);
}

static void tell_incomplete(struct imap_session *s)
{
	for (unsigned i = 0;
	     s->visit.incomplete && i < s->visit.incomplete->len; i++) {
		tell(s, s->visit.incomplete->pdata[i], 0);
		s->visit.incomplete->pdata[i] = NULL;
	}
	g_clear_pointer(&s->visit.incomplete, g_ptr_array_unref);
}

/* Some servers announce messages before FETCH can see all of them (quirk
 * 32). */
static void end_round(struct imap_session *s)
{
	unsigned told;

	tell_incomplete(s);
	told = imap_mailbox_round_end(&s->current->mailbox);
	if (told < s->visit.grown)
		s->current->recheck = s->now + IMAP_RECHECK_AFTER;
	else if (told > 0)
		s->current->recheck = 0;
	s->visit.modesty = MACHINE_WHOLE_HEADER;
	s->current->anchor = false;
	if (!imap_mailbox_has_more(&s->current->mailbox))
		opening_synced(s);
}

static bool fetch_failed(struct imap_session *s, const struct imap_response *r)
{
	/* Some refuse "*" in an empty mailbox. */
	if (r->status == IMAP_STATUS_OK || s->current->mailbox.exists == 0)
		return false;
	if (extras_refused(s, r))
		return true;
	boxes_fail(s, s->current, IMAP_ERROR_PROTOCOL,
	    "the server does not hand out new messages", r);
	return true;
}

/* It could not be opened, or was closed. */
static bool is_over(const struct imap_session *s)
{
	return s->state == MACHINE_ENDED || s->current == NULL ||
	    s->current != s->replied;
}

/* Where nothing but the header was asked for, the next step is a part of it. */
static void be_more_modest(struct imap_session *s)
{
	s->visit.modesty++;
	if (s->visit.modesty == MACHINE_NO_EXTRAS && s->current->extras == 0)
		s->visit.modesty++;
}

/* A header over a limit or beyond reading must not hide its message. */
void news_done(struct imap_session *s, const struct imap_response *r)
{
	if (is_over(s))
		return;
	if (s->visit.discard) {
		s->visit.discard = false;
		s->current->mailbox.asked = 0;
		if (!opening_wants(s))
			opening_synced(s);
		return;
	}
	if (fetch_failed(s, r))
		return;
	if (s->lost > s->visit.lost_before &&
	    s->visit.modesty < MACHINE_UID_ALONE)
		be_more_modest(s);
	else if (s->visit.lacking)
		s->visit.want_recheck = true;
	else
		end_round(s);
}
