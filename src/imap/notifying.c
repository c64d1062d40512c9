/*
 * NOTIFY (RFC 5465): the server tells of all mailboxes over one connection,
 * and sends the headers of what comes into the one that is open.
 *
 * Always together with IDLE, without which Dovecot holds back every second
 * push (quirk 42).  What it says is a hint: UIDs decide, and each refresh looks
 * at all mailboxes, so that a server which loses events makes nobody deaf.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/patience.h"

#define EVENTS "MessageExpunge FlagChange"

/* ---- how much of it ---- */

/* Of one mailbox, headers are all that it has before IDLE. */
bool notifying_may(const struct imap_session *s)
{
	return s->want_notify && machine_can(s, IMAP_CAP_NOTIFY) &&
	    (s->faults & IMAP_FAULT_NOTIFY) == 0;
}

static enum machine_notify aim(const struct imap_session *s)
{
	if (!watching_may_idle(s) || !notifying_may(s))
		return MACHINE_NOTIFY_NONE;
	if ((s->faults & IMAP_FAULT_NOTIFY_HEADERS) == 0)
		return MACHINE_NOTIFY_HEADERS;
	return s->boxes->len > 1 || s->choose ? MACHINE_NOTIFY_PLAIN
					      : MACHINE_NOTIFY_NONE;
}

bool notifying_wants(const struct imap_session *s)
{
	enum machine_notify level = aim(s);

	return level != s->notify ||
	    (level != MACHINE_NOTIFY_NONE && s->notify_again);
}

void notifying_review(struct imap_session *s)
{
	s->all_covered = true;
	for (unsigned i = 0; i < s->boxes->len; i++) {
		const struct machine_box *box = s->boxes->pdata[i];

		s->all_covered &= box->covered || box->failure != NULL;
	}
}

/* ---- asking for it ---- */

/*
 * Dovecot takes names here as if they were UTF-8, which no other command does
 * (quirk 42): those that differ are said both ways.  That it tells the STATUS
 * of a mailbox at once does not prove that it understood its name.
 */
static bool has_two_names(const struct machine_box *box)
{
	g_autofree char *sent = imap_utf7_encode(box->name);

	return g_strcmp0(sent, box->name) != 0;
}

static void append_raw(struct imap_session *s, GString *names, const char *name)
{
	s->raw_said = true;
	g_string_append(names, " \"");
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			g_string_append_c(names, '\\');
		g_string_append_c(names, *name);
	}
	g_string_append_c(names, '"');
}

/* Returns how many were said. */
static unsigned append_names(
    struct imap_session *s, GString *names, const struct machine_box *box)
{
	if (names->len > 0)
		g_string_append_c(names, ' ');
	imap_append_mailbox(names, box->name);
	if (s->raw_refused || !has_two_names(box))
		return 1;
	append_raw(s, names, box->name);
	return 2;
}

/* NULL: they are too many to be named. */
static GString *join_names(struct imap_session *s)
{
	GString *names = g_string_new(NULL);
	unsigned count = 0;

	for (unsigned i = 0; i < s->boxes->len; i++) {
		const struct machine_box *box = s->boxes->pdata[i];

		if (box->name != NULL)
			count += append_names(s, names, box);
		if (names->len > IMAP_NAMES_MAX ||
		    count > IMAP_NOTIFY_NAMES_MAX) {
			g_string_free(names, TRUE);
			return NULL;
		}
	}
	return names;
}

static void append_selected(
    struct imap_session *s, GString *out, enum machine_notify level)
{
	g_string_append(out, "(selected (MessageNew ");
	if (level == MACHINE_NOTIFY_HEADERS) {
		g_string_append_c(out, '(');
		s->pushed = (uint8_t)extras_wanted(s, false);
		extras_append_items(s, out, s->pushed, false);
		g_string_append(out, ") ");
	}
	g_string_append(out, EVENTS "))");
}

/* Home among them: while a side is open it is one of the others. */
static void append_others(struct imap_session *s, GString *out)
{
	const char *renames = s->choose ? " MailboxName" : "";
	g_autoptr(GString) names = join_names(s);

	if (s->boxes->len > 1 && names == NULL) {
		g_string_append_printf(
		    out, " (personal (MessageNew " EVENTS "%s))", renames);
		return;
	}
	if (s->boxes->len > 1)
		g_string_append_printf(out,
		    " (mailboxes (%s) (MessageNew " EVENTS "))", names->str);
	if (s->choose)
		g_string_append(out, " (personal (MailboxName))");
}

static void cover_all(struct imap_session *s)
{
	for (unsigned i = 0; i < s->boxes->len; i++)
		((struct machine_box *)s->boxes->pdata[i])->covered = true;
}

/* The STATUS of all of them comes with the answer. */
static void await_status(struct imap_session *s, unsigned tag)
{
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (sweeping_is_exempt(s, box))
			continue;
		box->asked = tag;
		sweeping_forget(s, box);
	}
}

/* Where something is in force, NONE comes first: Dovecot 2.3 tells nothing of
 * the other mailboxes after a second SET (quirk 44). */
void notifying_say(struct imap_session *s, GString *out)
{
	enum machine_notify level = aim(s);
	bool status = level != MACHINE_NOTIFY_NONE && s->boxes->len > 1;
	g_autoptr(GString) groups = g_string_new(NULL);

	s->raw_said = false;
	append_selected(s, groups, level);
	if (level != MACHINE_NOTIFY_NONE)
		append_others(s, groups);
	if (s->notify != MACHINE_NOTIFY_NONE && level != MACHINE_NOTIFY_NONE)
		machine_command(s, out, MACHINE_SEND_UNNOTIFY, "NOTIFY NONE");
	machine_command(s, out, MACHINE_SEND_NOTIFY, "NOTIFY SET%s %s",
	    status ? " STATUS" : "", groups->str);
	s->notify_asked = level;
	s->notify_again = false;
	cover_all(s);
	if (status)
		await_status(s, machine_about(s, NULL));
}

/* ---- what comes of it ---- */

static void set_why(struct imap_session *s, char *why)
{
	g_free(s->why);
	s->why = why;
}

static enum imap_fault fault_of(enum machine_notify level)
{
	return level == MACHINE_NOTIFY_HEADERS ? IMAP_FAULT_NOTIFY_HEADERS
					       : IMAP_FAULT_NOTIFY;
}

static void explain(struct imap_session *s, enum machine_notify level,
    const char *what, const char *text)
{
	set_why(s,
	    g_strdup_printf("the server %s%s%s%s", what,
		level == MACHINE_NOTIFY_HEADERS ? " with header fields" : "",
		text != NULL ? ": " : "", text != NULL ? text : ""));
}

static void step_down(struct imap_session *s, enum machine_notify level,
    const char *what, const char *text)
{
	explain(s, level, what, text);
	machine_fault(s, fault_of(level), s->why);
}

/* The ones it said nothing of: are they there at all? */
static void ask_the_rest(struct imap_session *s)
{
	for (unsigned i = 0; i < s->boxes->len; i++) {
		struct machine_box *box = s->boxes->pdata[i];

		if (box->asked != s->replied_tag)
			continue;
		box->asked = 0;
		box->covered = false;
		sweeping_want(s, box);
	}
}

static void refused(struct imap_session *s, const struct imap_response *r)
{
	g_autofree char *text = machine_text(r);

	/* NONE has been said: nothing is in force. */
	s->notify_again = true;
	if (s->raw_said) {
		s->raw_refused = true;
	} else if (s->notify_asked == MACHINE_NOTIFY_NONE) {
		machine_end(s, IMAP_ERROR_CLOSED,
		    "the server does not end NOTIFY: %s", text);
	} else if (imap_patience_is_due(r) &&
	    r->code != IMAP_CODE_NOTIFICATIONOVERFLOW) {
		s->want_notify = false;
		set_why(s,
		    g_strdup_printf(
			"the server refuses NOTIFY for now: %s", text));
	} else if (r->code == IMAP_CODE_NOTIFICATIONOVERFLOW) {
		/* For so many mailboxes: fewer may do, in another session. */
		s->faults |= fault_of(s->notify_asked);
		explain(s, s->notify_asked, "refuses NOTIFY", text);
	} else {
		step_down(s, s->notify_asked, "refuses NOTIFY", text);
	}
}

void notifying_done(struct imap_session *s, const struct imap_response *r)
{
	if (r->status == IMAP_STATUS_OK)
		s->notify = s->notify_asked;
	else
		refused(s, r);
	if (watching_is_mute(s))
		return;
	ask_the_rest(s);
	notifying_review(s);
}

/* The server has ended it by itself, and tells nothing any more, not even of
 * the mailbox that is open (RFC 5465 5.8). */
void notifying_overflow(struct imap_session *s)
{
	if (s->notify == MACHINE_NOTIFY_NONE)
		return;
	step_down(s, s->notify, "gave up NOTIFY", NULL);
	if (watching_is_mute(s))
		return;
	s->notify_again = true;
	s->want_noop = true;
	s->visit.want_recheck = true;
	sweeping_start(s);
}

/* The line was alive, and broke off with this command: it may again. */
void notifying_broken(struct imap_session *s)
{
	const struct machine_pending *oldest;

	if (s->pending->len == 0 || s->state == MACHINE_ENDED)
		return;
	oldest = &g_array_index(s->pending, struct machine_pending, 0);
	if (oldest->command == MACHINE_SEND_NOTIFY &&
	    s->received > oldest->sent && s->notify_asked > 0)
		step_down(s, s->notify_asked, "does not bear NOTIFY", NULL);
}

/* ---- headers that come by themselves ---- */

void notifying_announced(struct imap_session *s)
{
	if (s->notify == MACHINE_NOTIFY_HEADERS && s->visit.push_due == 0 &&
	    s->state == MACHINE_WATCHING &&
	    imap_mailbox_has_more(&s->current->mailbox))
		s->visit.push_due = s->now + IMAP_PUSH_WAIT;
}

/* It did not come: we ask, and no longer wait when that happens again. */
void notifying_late(struct imap_session *s)
{
	s->visit.push_due = 0;
	if (!imap_mailbox_has_more(&s->current->mailbox))
		return;
	if (++s->missed >= IMAP_MISSED_MAX &&
	    s->notify == MACHINE_NOTIFY_HEADERS)
		step_down(
		    s, s->notify, "accepts NOTIFY and does not serve it", NULL);
}
