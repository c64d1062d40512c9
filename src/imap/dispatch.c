/*
 * What comes in: bytes to responses, and each response to whom it is for.
 */
#include "imap/machine.h"
#include "imap/patience.h"
#include <string.h>

typedef void reply_fn(struct imap_session *, const struct imap_response *);

static void ignore_reply(struct imap_session *s, const struct imap_response *r)
{
	(void)s;
	(void)r;
}

static void logout_done(struct imap_session *s, const struct imap_response *r)
{
	(void)r;
	machine_end_for(s, NULL);
}

/*
 * Who takes the tagged reply, and how long it may take (0: as usual).  ID
 * breaks some servers (quirk 26): its reply does not matter.  The reply to DONE
 * and the "+" to IDLE cost a server nothing and come soon or never; a search
 * may read every message.
 */
const struct dispatch_row dispatch_rows[MACHINE_COMMANDS] = {
    [MACHINE_SEND_CAPABILITY] = {"CAPABILITY", greeting_capability_done, 0},
    [MACHINE_SEND_STARTTLS] = {"STARTTLS", greeting_starttls_done, 0},
    [MACHINE_SEND_LOGIN] = {"the login", greeting_login_done, 0},
    [MACHINE_SEND_ID] = {"ID", ignore_reply, 0},
    [MACHINE_SEND_ENABLE] = {"ENABLE", resync_enable_done, 0},
    [MACHINE_SEND_EXAMINE] = {"EXAMINE", opening_examine_done, 0},
    [MACHINE_SEND_CHECK] = {"EXAMINE", opening_check_done, 0},
    [MACHINE_SEND_CHANGES] = {"UID FETCH", resync_changes_done, 0},
    [MACHINE_SEND_FATES] = {"UID FETCH", fates_done, 0},
    [MACHINE_SEND_NEWS] = {"UID FETCH", news_done, 0},
    [MACHINE_SEND_HIGHEST] = {"UID FETCH", opening_highest_done, 0},
    [MACHINE_SEND_SEARCH] = {"UID SEARCH", opening_search_done,
	IMAP_SEARCH_TIMEOUT},
    [MACHINE_SEND_BODY] = {"UID FETCH", bodies_done, 0},
    [MACHINE_SEND_LAST] = {"FETCH", last_done, 0},
    [MACHINE_SEND_ACT] = {"a change", task_done, IMAP_SEARCH_TIMEOUT},
    [MACHINE_SEND_NOOP] = {"NOOP", watching_noop_done, 0},
    [MACHINE_SEND_IDLE] = {"IDLE", watching_idle_done, IMAP_DONE_TIMEOUT},
    [MACHINE_SEND_NAMESPACE] = {"NAMESPACE", ignore_reply, 0},
    [MACHINE_SEND_LIST] = {"LIST", listing_done, 0},
    [MACHINE_SEND_COUNTS] = {"STATUS", listing_done, 0},
    [MACHINE_SEND_SWEEP] = {"LIST", sweeping_list_done, 0},
    [MACHINE_SEND_STATUS] = {"STATUS", sweeping_status_done, 0},
    [MACHINE_SEND_UNNOTIFY] = {"NOTIFY", ignore_reply, 0},
    [MACHINE_SEND_NOTIFY] = {"NOTIFY", notifying_done, 0},
    [MACHINE_SEND_LOGOUT] = {"LOGOUT", logout_done, 0},
};

/* The same once, and not without end (RFC 9051 7.1 wants them shown). */
static void take_alert(
    struct imap_session *session, const struct imap_response *response)
{
	g_autofree char *text = machine_text(response);
	guint hash = g_str_hash(text);

	if (session->alerts >= IMAP_ALERTS_MAX ||
	    (session->alerts > 0 && hash == session->last_alert))
		return;
	session->alerts++;
	session->last_alert = hash;
	machine_act(session,
	    (struct imap_action){
		.type = IMAP_ACTION_ALERT, .text = g_steal_pointer(&text)});
}

static void note_capabilities(struct imap_session *session, const GArray *words)
{
	imap_capabilities_set(&session->capabilities, words);
	session->stale_capabilities = false;
}

static uint32_t code_number(const struct imap_response *response)
{
	return (uint32_t)MIN(response->code_number, UINT32_MAX);
}

static bool is_open(const struct imap_session *session)
{
	return session->current != NULL &&
	    (session->state == MACHINE_SYNCING ||
		session->state == MACHINE_WATCHING);
}

/* Under an open mailbox this voids every UID that is known.  0 says nothing
 * (quirk 35). */
static void take_uidvalidity(struct imap_session *session, uint32_t value)
{
	struct machine_box *box = session->current;

	if (value == 0 || box == NULL)
		return;
	if (is_open(session) && value != box->mailbox.uidvalidity)
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the mailbox was renumbered (new UIDVALIDITY)");
	box->mailbox.uidvalidity = value;
}

/* EXAMINE closes what was open before, NONEXISTENT may be said of a mailbox
 * that is asked for by name. */
static bool is_about_another(
    const struct imap_session *session, enum imap_code code)
{
	if (machine_is_pending(session, MACHINE_SEND_CHECK) ||
	    machine_is_pending(session, MACHINE_SEND_EXAMINE))
		return true;
	return code == IMAP_CODE_NONEXISTENT &&
	    (machine_is_pending(session, MACHINE_SEND_SWEEP) ||
		machine_is_pending(session, MACHINE_SEND_STATUS) ||
		machine_is_pending(session, MACHINE_SEND_NOTIFY));
}

/* Somebody deleted or renamed it (RFC 5530 section 3, RFC 7162 3.2.11). */
static void take_closed(
    struct imap_session *session, const struct imap_response *response)
{
	if (response->code == IMAP_CODE_CLOSED)
		resync_closed(session);
	if (is_open(session) && response->tag.at == NULL &&
	    !is_about_another(session, response->code))
		boxes_fail(session, session->current, IMAP_ERROR_CLOSED,
		    "the mailbox was deleted or closed", response);
}

static void take_uidnext(struct imap_session *session, uint32_t value)
{
	if (session->current != NULL)
		session->current->mailbox.uidnext = value;
}

/* What a code says counts wherever it stands (RFC 9051 7.1). */
static void take_code(
    struct imap_session *session, const struct imap_response *response)
{
	switch (response->code) {
	case IMAP_CODE_ALERT:
		take_alert(session, response);
		break;
	case IMAP_CODE_CAPABILITY:
		note_capabilities(session, response->words);
		break;
	case IMAP_CODE_HIGHESTMODSEQ:
		resync_modseq(session, response->code_number);
		break;
	case IMAP_CODE_UIDNEXT:
		take_uidnext(session, code_number(response));
		break;
	case IMAP_CODE_UIDVALIDITY:
		take_uidvalidity(session, code_number(response));
		break;
	case IMAP_CODE_CLOSED:
	case IMAP_CODE_NONEXISTENT:
		take_closed(session, response);
		break;
	case IMAP_CODE_NOTIFICATIONOVERFLOW:
		if (response->tag.at == NULL)
			notifying_overflow(session);
		break;
	default:
		task_code(session, response);
		break;
	}
}

/* Exchange says goodbye when the token of the login is too old. */
static void take_bye(
    struct imap_session *session, const struct imap_response *response)
{
	g_autofree char *text = machine_text(response);

	if (session->state == MACHINE_LOGOUT)
		return;
	notifying_broken(session);
	extras_broken(session);
	machine_end_with(session, IMAP_ERROR_CLOSED,
	    strstr(text, "AccessTokenExpired") != NULL
		? "the access token is too old, a new login is due"
		: "the server ended the connection",
	    response);
}

/*
 * All gone at once, without an EXPUNGE: perhaps the mailbox was deleted and
 * made anew, and then its UIDs are others.
 *
 * Why would a server say the same as before, or less, if nothing was deleted?
 * Some just do (quirk 29); from others a mailbox with a greatest number of
 * messages lost one for each that came (quirk 21).
 */
static void wonder(struct imap_session *session, uint32_t count)
{
	uint32_t before = session->current->mailbox.exists;
	struct machine_visit *visit = &session->visit;

	if (visit->expunged || visit->wondered || session->task != NULL ||
	    !is_open(session))
		return;
	if (count == 0 && before > 0)
		visit->wondered = visit->want_check = true;
	else if (count <= before && session->idle == MACHINE_IDLE_ON)
		visit->wondered = visit->want_recheck = true;
}

static void take_exists(
    struct imap_session *session, const struct imap_response *response)
{
	if (session->current == NULL)
		return;
	wonder(session, response->number);
	session->visit.expunged = false;
	imap_mailbox_exists(&session->current->mailbox, response->number);
	imap_roster_exists(&session->visit.roster, response->number);
	notifying_announced(session);
}

static void take_expunge(
    struct imap_session *session, const struct imap_response *response)
{
	if (session->current == NULL)
		return;
	session->visit.expunged = true;
	imap_mailbox_expunge(&session->current->mailbox, response->number);
	resync_expunge(session, response->number);
}

static void take_vanished(
    struct imap_session *session, const struct imap_response *response)
{
	uint32_t count;

	if (session->current == NULL ||
	    !imap_set_count(response->set, &count, NULL))
		return;
	if (!response->earlier) {
		session->visit.expunged = true;
		imap_mailbox_vanished(&session->current->mailbox, count);
	}
	resync_vanished(session, response);
}

static void take_capability(
    struct imap_session *session, const struct imap_response *response)
{
	note_capabilities(session, response->words);
}

static void take_mailbox_status(
    struct imap_session *session, const struct imap_response *response)
{
	listing_take(session, response);
	sweeping_take(session, response);
}

/* Untagged responses apply in every state (RFC 9051 section 7). */
static reply_fn *const untagged[] = {
    [IMAP_RESPONSE_CAPABILITY] = take_capability,
    [IMAP_RESPONSE_ENABLED] = resync_take_enabled,
    [IMAP_RESPONSE_EXISTS] = take_exists,
    [IMAP_RESPONSE_EXPUNGE] = take_expunge,
    [IMAP_RESPONSE_VANISHED] = take_vanished,
    [IMAP_RESPONSE_FETCH] = news_fetch,
    [IMAP_RESPONSE_LIST] = listing_take,
    [IMAP_RESPONSE_MAILBOX_STATUS] = take_mailbox_status,
    [IMAP_RESPONSE_SEARCH] = opening_search_take,
    [IMAP_RESPONSE_ESEARCH] = opening_search_take,
    [IMAP_RESPONSE_NAMESPACE] = listing_take,
    [IMAP_RESPONSE_ID] = greeting_take_id,
};

static void take_untagged(
    struct imap_session *session, const struct imap_response *response)
{
	if (response->type < G_N_ELEMENTS(untagged) &&
	    untagged[response->type] != NULL)
		untagged[response->type](session, response);
}

static int find_pending(const struct imap_session *session, unsigned tag)
{
	for (unsigned i = 0; i < session->pending->len; i++)
		if (g_array_index(session->pending, struct machine_pending, i)
			.tag == tag)
			return (int)i;
	return -1;
}

static bool parse_tag(struct imap_text text, unsigned *ret_tag)
{
	g_autofree char *tag = imap_text_dup(text);
	guint64 number;

	if (tag[0] != 'a' ||
	    !g_ascii_string_to_unsigned(
		tag + 1, 10, 0, UINT_MAX, &number, NULL))
		return false;
	*ret_tag = (unsigned)number;
	return true;
}

/* A reply to nothing we asked is counted and dropped. */
static void take_tagged(
    struct imap_session *session, const struct imap_response *response)
{
	struct machine_pending pending;
	unsigned tag;
	int index = -1;

	if (parse_tag(response->tag, &tag))
		index = find_pending(session, tag);
	if (index < 0) {
		pipeline_confused(session);
		return;
	}
	pending =
	    g_array_index(session->pending, struct machine_pending, index);
	g_array_remove_index(session->pending, (unsigned)index);
	session->replied = pending.box;
	session->replied_tag = pending.tag;
	if (response->status == IMAP_STATUS_OK)
		resync_tagged(session, pending.command);
	dispatch_rows[pending.command].done(session, response);
	session->replied = NULL;
	visiting_turn(session);
	pipeline_settle(session);
}

static void take_status(
    struct imap_session *session, const struct imap_response *response)
{
	take_code(session, response);
	if (response->status == IMAP_STATUS_BYE)
		take_bye(session, response);
	else if (response->tag.at != NULL)
		take_tagged(session, response);
	else if (session->state == MACHINE_GREETING)
		greeting_take(session, response);
	else if (session->state == MACHINE_WATCHING &&
	    imap_patience_is_broken(response))
		machine_end_with(session, IMAP_ERROR_CLOSED,
		    "the server lost its hold of the mailbox", response);
}

static void take_continuation(struct imap_session *session)
{
	if (machine_is_pending(session, MACHINE_SEND_LOGIN))
		greeting_continue(session);
	else
		watching_continue(session);
	pipeline_settle(session);
}

static void take_response(
    struct imap_session *session, const struct imap_response *response)
{
	if (response->type == IMAP_RESPONSE_STATUS)
		take_status(session, response);
	else if (response->type == IMAP_RESPONSE_CONTINUATION)
		take_continuation(session);
	else
		take_untagged(session, response);
}

static void take_garbage(struct imap_session *session, const char *reason)
{
	session->lost++;
	if (++session->garbage > IMAP_GARBAGE_MAX)
		machine_end(session, IMAP_ERROR_PROTOCOL,
		    "the server's answers cannot be understood (%s)", reason);
}

/* The first line must be a greeting (RFC 9051 7.1); else show a little of it,
 * for people who mistyped a port. */
static bool is_greeting(
    struct imap_session *session, const char *bytes, size_t size)
{
	g_autofree char *said = g_strndup(bytes, MIN(size, 60));

	if (session->state != MACHINE_GREETING || g_str_has_prefix(said, "* "))
		return true;
	for (char *c = said; *c != '\0'; c++)
		if (!g_ascii_isprint(*c))
			*c = '?';
	machine_end(session, IMAP_ERROR_PROTOCOL,
	    "this does not look like an IMAP server: it says \"%s\"", said);
	return false;
}

/* Before login nobody has a reason to talk much. */
static void count_chatter(struct imap_session *session)
{
	if (session->state < MACHINE_OPENING &&
	    ++session->chatter > IMAP_CHATTER_MAX)
		machine_end(session, IMAP_ERROR_PROTOCOL,
		    "the server talks without end before login");
}

static void take_frame(struct imap_session *session, char *bytes, size_t size)
{
	g_autoptr(ImapResponse) response = NULL;
	const char *reason;

	count_chatter(session);
	if (session->state == MACHINE_ENDED ||
	    !is_greeting(session, bytes, size))
		return;
	response = imap_response_parse(bytes, size, &reason);
	if (response == NULL) {
		take_garbage(session, reason);
		return;
	}
	if (response->type != IMAP_RESPONSE_UNKNOWN &&
	    response->type != IMAP_RESPONSE_CONTINUATION)
		session->garbage = 0;
	take_response(session, response);
}

/* Returns false when there is nothing more to take. */
static bool feed_one(
    struct imap_session *session, const char **data, size_t *size)
{
	enum imap_frame frame;
	char *bytes;
	size_t length;

	frame = imap_framer_feed(session->framer, data, size, &bytes, &length);
	if (frame == IMAP_FRAME_WHOLE)
		take_frame(session, bytes, length);
	else if (frame == IMAP_FRAME_SKIPPED)
		take_garbage(session, imap_framer_reason(session->framer));
	else if (frame == IMAP_FRAME_ERROR)
		machine_end(session, IMAP_ERROR_PROTOCOL, "%s",
		    imap_framer_reason(session->framer));
	/* After each response, so that how the bytes came does not matter. */
	watching_pump(session);
	return frame != IMAP_FRAME_MORE && session->state != MACHINE_ENDED;
}

/*
 * Whatever stands behind the OK to STARTTLS was sent in plaintext by somebody
 * who hopes it is taken for the server's (RFC 9051 11.1).
 */
static bool was_injected(struct imap_session *session, size_t size)
{
	if (session->state != MACHINE_HANDSHAKE || size == 0)
		return false;
	machine_end(session, IMAP_ERROR_INSECURE,
	    "plaintext behind the answer to STARTTLS: somebody tampers with "
	    "this connection");
	return true;
}

/* A literal or line that never ends must not hold us until the timeout. */
static void count_greeting(struct imap_session *session, size_t size)
{
	if (session->state != MACHINE_GREETING)
		return;
	session->greeting_size += size;
	if (session->greeting_size > IMAP_GREETING_MAX)
		machine_end(session, IMAP_ERROR_PROTOCOL,
		    "this does not look like an IMAP server: no greeting in "
		    "its first %d octets",
		    IMAP_GREETING_MAX);
}

void dispatch_feed(struct imap_session *session, const char *data, size_t size)
{
	size_t fed = size;

	/* To the framer's last word: then it holds no memory. */
	while (!was_injected(session, size) && feed_one(session, &data, &size))
		continue;
	count_greeting(session, fed);
}
