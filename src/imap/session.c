/*
 * The frame of a session: bytes in, responses dispatched, commands counted,
 * deadlines kept, actions out.  What is said to the server at which moment is
 * in greeting.c, watching.c and listing.c.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/patience.h"
#include <string.h>

G_DEFINE_QUARK(idlebell - imap - error, imap_error)

/* The longest stay in a state, 0: as long as commands are answered. */
static const struct {
	const char *name;
	int64_t timeout;
} states[MACHINE_STATES] = {
    [MACHINE_GREETING] = {"greeting", IMAP_GREETING_TIMEOUT},
    [MACHINE_CAPABILITY] = {"capability", IMAP_LOGIN_TIMEOUT},
    [MACHINE_STARTTLS] = {"starttls", IMAP_LOGIN_TIMEOUT},
    [MACHINE_HANDSHAKE] = {"handshake", 0},
    [MACHINE_CREDENTIALS] = {"credentials", 0},
    [MACHINE_LOGIN] = {"login", IMAP_LOGIN_TIMEOUT},
    [MACHINE_OPENING] = {"opening", IMAP_LOGIN_TIMEOUT},
    [MACHINE_SYNCING] = {"syncing", 0},
    [MACHINE_WATCHING] = {"watching", 0},
    [MACHINE_LISTING] = {"listing", 0},
    [MACHINE_LOGOUT] = {"logout", IMAP_LOGOUT_TIMEOUT},
    [MACHINE_ENDED] = {"ended", 0},
};

typedef void reply_fn(struct imap_session *, const struct imap_response *);

static void ignore_reply(struct imap_session *s, const struct imap_response *r)
{
	(void)s;
	(void)r;
}

static void logout_done(struct imap_session *s, const struct imap_response *r)
{
	(void)r;
	machine_end_well(s);
}

/* Who takes the tagged reply.  ID breaks some servers (quirk 26): its reply
 * does not matter. */
static const struct {
	const char *name;
	reply_fn *done;
} commands[MACHINE_COMMANDS] = {
    [MACHINE_SEND_CAPABILITY] = {"CAPABILITY", greeting_capability_done},
    [MACHINE_SEND_STARTTLS] = {"STARTTLS", greeting_starttls_done},
    [MACHINE_SEND_LOGIN] = {"the login", greeting_login_done},
    [MACHINE_SEND_ID] = {"ID", ignore_reply},
    [MACHINE_SEND_EXAMINE] = {"EXAMINE", opening_examine_done},
    [MACHINE_SEND_CHECK] = {"EXAMINE", opening_check_done},
    [MACHINE_SEND_NEWS] = {"UID FETCH", watching_news_done},
    [MACHINE_SEND_HIGHEST] = {"UID FETCH", opening_highest_done},
    [MACHINE_SEND_SEARCH] = {"UID SEARCH", opening_search_done},
    [MACHINE_SEND_BODY] = {"UID FETCH", watching_body_done},
    [MACHINE_SEND_NOOP] = {"NOOP", watching_noop_done},
    [MACHINE_SEND_IDLE] = {"IDLE", watching_idle_done},
    [MACHINE_SEND_LIST] = {"LIST", listing_done},
    [MACHINE_SEND_STATUS] = {"STATUS", listing_done},
    [MACHINE_SEND_LOGOUT] = {"LOGOUT", logout_done},
};

/* ---- actions out ---- */

void machine_act(struct imap_session *session, struct imap_action action)
{
	g_queue_push_tail(
	    &session->actions, g_memdup2(&action, sizeof(action)));
}

void machine_enter(struct imap_session *session, enum machine_state state)
{
	if (session->state == state)
		return;
	session->state = state;
	session->entered = session->now;
	session->chatter = 0;
	machine_act(session,
	    (struct imap_action){.type = IMAP_ACTION_STATE,
		.text = g_strdup(states[state].name)});
}

/* Takes bytes over. */
void machine_write(struct imap_session *session, GString *bytes, bool secret)
{
	machine_act(session,
	    (struct imap_action){.type = IMAP_ACTION_WRITE,
		.secret = secret,
		.bytes = g_string_free_to_bytes(bytes)});
}

void machine_tag(
    struct imap_session *session, GString *out, enum machine_command command)
{
	struct machine_pending pending = {
	    .tag = session->next_tag++,
	    .command = command,
	    .sent = session->now,
	};

	g_string_append_printf(out, "a%u ", pending.tag);
	g_array_append_val(session->pending, pending);
	session->heard = session->now;
}

void machine_command(struct imap_session *session, GString *out,
    enum machine_command command, const char *format, ...)
{
	va_list arguments;

	machine_tag(session, out, command);
	va_start(arguments, format);
	g_string_append_vprintf(out, format, arguments);
	va_end(arguments);
	g_string_append(out, "\r\n");
}

void machine_send(struct imap_session *session, enum machine_command command,
    const char *words)
{
	GString *out = g_string_new(NULL);

	machine_command(session, out, command, "%s", words);
	machine_write(session, out, false);
}

bool machine_is_pending(
    const struct imap_session *session, enum machine_command command)
{
	for (unsigned i = 0; i < session->pending->len; i++)
		if (g_array_index(session->pending, struct machine_pending, i)
			.command == command)
			return true;
	return false;
}

static void end(struct imap_session *session, GError *error)
{
	if (session->state == MACHINE_ENDED) {
		g_clear_error(&error);
		return;
	}
	machine_enter(session, MACHINE_ENDED);
	machine_act(session,
	    (struct imap_action){.type = IMAP_ACTION_END, .error = error});
}

void machine_end_well(struct imap_session *session)
{
	end(session, NULL);
}

void machine_end(
    struct imap_session *session, enum imap_error code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	end(session, g_error_new_valist(IMAP_ERROR, code, format, arguments));
	va_end(arguments);
}

static char *response_text(const struct imap_response *response)
{
	struct imap_text text = response->text;

	text.size = MIN(text.size, (size_t)IMAP_TEXT_MAX);
	if (text.at == NULL || text.size == 0)
		return g_strdup("(no reason given)");
	return imap_text_dup(text);
}

void machine_end_with(struct imap_session *session, enum imap_error code,
    const char *what, const struct imap_response *response)
{
	g_autofree char *text = response_text(response);

	if (imap_patience_is_due(response))
		code = IMAP_ERROR_UNAVAILABLE;
	session->patience = imap_patience_asked(response);
	machine_end(session, code, "%s: %s", what, text);
}

/* ---- responses in ---- */

/* The same once, and not without end (RFC 9051 7.1 wants them shown). */
static void take_alert(
    struct imap_session *session, const struct imap_response *response)
{
	g_autofree char *text = response_text(response);
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

void machine_capabilities(struct imap_session *session, const GArray *words)
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
	return session->state == MACHINE_SYNCING ||
	    session->state == MACHINE_WATCHING;
}

/* Under an open mailbox this voids every UID that is known.  0 says nothing
 * (quirk 35). */
static void take_uidvalidity(struct imap_session *session, uint32_t value)
{
	if (value == 0)
		return;
	if (is_open(session) && value != session->mailbox.uidvalidity)
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the mailbox was renumbered (new UIDVALIDITY)");
	session->mailbox.uidvalidity = value;
}

/* Somebody deleted or renamed it (RFC 5530 section 3, RFC 7162 3.2.11). */
static void take_closed(
    struct imap_session *session, const struct imap_response *response)
{
	if (is_open(session) && response->tag.at == NULL &&
	    !machine_is_pending(session, MACHINE_SEND_CHECK))
		machine_end_with(session, IMAP_ERROR_CLOSED,
		    "the mailbox was deleted or closed", response);
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
		machine_capabilities(session, response->words);
		break;
	case IMAP_CODE_UIDNEXT:
		session->mailbox.uidnext = code_number(response);
		break;
	case IMAP_CODE_UIDVALIDITY:
		take_uidvalidity(session, code_number(response));
		break;
	case IMAP_CODE_CLOSED:
	case IMAP_CODE_NONEXISTENT:
		take_closed(session, response);
		break;
	default:
		break;
	}
}

/* Exchange says goodbye when the token of the login is too old. */
static void take_bye(
    struct imap_session *session, const struct imap_response *response)
{
	g_autofree char *text = response_text(response);

	if (session->state == MACHINE_LOGOUT)
		return;
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
	uint32_t before = session->mailbox.exists;

	if (session->expunged || session->wondered || !is_open(session))
		return;
	if (count == 0 && before > 0)
		session->wondered = session->want_check = true;
	else if (count <= before && session->idle == MACHINE_IDLE_ON)
		session->wondered = session->want_recheck = true;
}

static void take_exists(struct imap_session *session, uint32_t count)
{
	wonder(session, count);
	session->expunged = false;
	imap_mailbox_exists(&session->mailbox, count);
}

static void take_vanished(
    struct imap_session *session, const struct imap_response *response)
{
	uint32_t count;

	session->expunged = true;
	if (!response->earlier && imap_set_count(response->set, &count, NULL))
		imap_mailbox_vanished(&session->mailbox, count);
}

/* Untagged responses apply in every state (DESIGN 5). */
static void take_untagged(
    struct imap_session *session, const struct imap_response *response)
{
	switch (response->type) {
	case IMAP_RESPONSE_CAPABILITY:
		machine_capabilities(session, response->words);
		break;
	case IMAP_RESPONSE_EXISTS:
		take_exists(session, response->number);
		break;
	case IMAP_RESPONSE_EXPUNGE:
		session->expunged = true;
		imap_mailbox_expunge(&session->mailbox, response->number);
		break;
	case IMAP_RESPONSE_VANISHED:
		take_vanished(session, response);
		break;
	case IMAP_RESPONSE_FETCH:
		watching_fetch(session, response);
		break;
	case IMAP_RESPONSE_SEARCH:
	case IMAP_RESPONSE_ESEARCH:
		opening_search_take(session, response);
		break;
	case IMAP_RESPONSE_LIST:
	case IMAP_RESPONSE_MAILBOX_STATUS:
		listing_take(session, response);
		break;
	default:
		break;
	}
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
	enum machine_command command;
	unsigned tag;
	int index = -1;

	if (parse_tag(response->tag, &tag))
		index = find_pending(session, tag);
	if (index < 0) {
		session->skipped++;
		return;
	}
	command = g_array_index(session->pending, struct machine_pending, index)
		      .command;
	g_array_remove_index(session->pending, (unsigned)index);
	commands[command].done(session, response);
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
	session->skipped++;
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
	if (response->type == IMAP_RESPONSE_UNKNOWN)
		session->skipped++;
	else if (response->type != IMAP_RESPONSE_CONTINUATION)
		session->garbage = 0;
	take_response(session, response);
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

/* ---- the owner's side ---- */

struct imap_session *imap_session_new(
    const struct imap_session_options *options, int64_t now)
{
	struct imap_session *session = g_new0(struct imap_session, 1);

	session->goal = options->goal;
	session->mailbox_name = g_strdup(options->mailbox);
	session->header_fields = g_strdup(options->header_fields);
	session->version = g_strdup(options->version);
	session->since = g_strdup(options->since);
	session->known_uidvalidity = options->uidvalidity;
	session->anchor = options->anchor && options->uidvalidity != 0;
	session->mailbox.last_uid = options->last_uid;
	session->want_starttls = options->starttls;
	session->want_idle = options->idle;
	session->push_only = options->push_only;
	session->refresh = options->refresh;
	session->poll_interval = options->poll_interval;
	session->framer = imap_framer_new();
	session->pending =
	    g_array_new(FALSE, FALSE, sizeof(struct machine_pending));
	session->next_tag = 1;
	g_queue_init(&session->actions);
	g_queue_init(&session->bodies);
	session->now = session->entered = session->heard = now;
	session->received = now;
	return session;
}

static void action_free(gpointer action)
{
	imap_action_clear(action);
	g_free(action);
}

void imap_session_free(struct imap_session *session)
{
	if (session == NULL)
		return;
	g_free(session->mailbox_name);
	g_free(session->header_fields);
	g_free(session->version);
	g_free(session->since);
	imap_framer_free(session->framer);
	g_array_unref(session->pending);
	g_queue_clear_full(&session->actions, action_free);
	g_queue_clear_full(&session->bodies, g_free);
	g_clear_pointer(&session->login, g_ptr_array_unref);
	g_clear_pointer(&session->incomplete, g_ptr_array_unref);
	g_clear_pointer(&session->listed, g_ptr_array_unref);
	imap_mailbox_clear(&session->mailbox);
	g_free(session);
}

void imap_session_feed(
    struct imap_session *session, const char *data, size_t size, int64_t now)
{
	size_t fed = size;

	session->now = session->heard = session->received = now;
	if (session->state == MACHINE_ENDED)
		return;
	/* To the framer's last word: then it holds no memory. */
	while (!was_injected(session, size) && feed_one(session, &data, &size))
		continue;
	count_greeting(session, fed);
}

void imap_session_eof(struct imap_session *session, int64_t now)
{
	session->now = now;
	if (session->state == MACHINE_LOGOUT)
		machine_end_well(session);
	else if (session->state == MACHINE_GREETING)
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the server closed the connection without a greeting");
	else
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the server closed the connection");
}

/* The oldest command that is being waited for; an IDLE that is on waits for
 * nobody. */
static const struct machine_pending *overdue_candidate(
    const struct imap_session *session)
{
	const struct machine_pending *oldest;

	if (session->pending->len == 0)
		return NULL;
	oldest = &g_array_index(session->pending, struct machine_pending, 0);
	if (oldest->command == MACHINE_SEND_IDLE &&
	    session->idle == MACHINE_IDLE_ON && session->done_at == 0)
		return NULL;
	return oldest;
}

/* How long a server may say nothing while a reply is due.  The one to DONE
 * and the "+" to IDLE cost it nothing and come soon or never; a search may
 * read every message. */
static int64_t quiet_time(enum machine_command command)
{
	switch (command) {
	case MACHINE_SEND_IDLE:
		return IMAP_DONE_TIMEOUT;
	case MACHINE_SEND_SEARCH:
		return IMAP_SEARCH_TIMEOUT;
	default:
		return IMAP_REPLY_TIMEOUT;
	}
}

/* Silence is short, a trickle longer. */
static int64_t reply_deadline(const struct imap_session *session)
{
	const struct machine_pending *oldest = overdue_candidate(session);
	int64_t start, heard, due;

	if (oldest == NULL)
		return INT64_MAX;
	start = oldest->sent;
	if (oldest->command == MACHINE_SEND_IDLE)
		start = MAX(start, session->done_at);
	heard = MAX(session->heard, start);
	due = heard + quiet_time(oldest->command);
	if (session->probe > 0)
		due = MIN(due, MAX(heard, session->probed) + session->probe);
	return MIN(due, start + IMAP_COMMAND_TIMEOUT);
}

static int64_t state_deadline(const struct imap_session *session)
{
	int64_t timeout = states[session->state].timeout;

	return timeout > 0 ? session->entered + timeout : INT64_MAX;
}

int64_t imap_session_deadline(const struct imap_session *session)
{
	int64_t due;

	if (session->state == MACHINE_ENDED)
		return INT64_MAX;
	due = MIN(state_deadline(session), reply_deadline(session));
	return MIN(due, watching_deadline(session));
}

static void time_out(struct imap_session *session)
{
	const struct machine_pending *oldest = overdue_candidate(session);

	if (oldest != NULL && oldest->command == MACHINE_SEND_SEARCH)
		opening_search_late(session);
	if (session->state == MACHINE_LOGOUT)
		machine_end_well(session);
	else if (session->state == MACHINE_GREETING)
		machine_end(session, IMAP_ERROR_TIMEOUT,
		    "no greeting within %d s%s", IMAP_GREETING_TIMEOUT / 1000,
		    session->want_starttls
			? "; if TLS comes first on this port, set "
			  "tls = implicit"
			: "");
	else
		machine_end(session, IMAP_ERROR_TIMEOUT,
		    "the server does not answer %s",
		    session->done_at > 0 ? "DONE"
			: oldest != NULL ? commands[oldest->command].name
					 : "in time");
}

void imap_session_tick(struct imap_session *session, int64_t now)
{
	session->now = now;
	if (session->state == MACHINE_ENDED)
		return;
	if (MIN(state_deadline(session), reply_deadline(session)) <= now)
		time_out(session);
	else
		watching_tick(session);
	watching_pump(session);
}

void imap_session_set_refresh(struct imap_session *session, int64_t refresh)
{
	session->refresh = refresh;
}

void imap_session_refresh(struct imap_session *session, int64_t now)
{
	session->now = now;
	session->want_noop = true;
	watching_pump(session);
}

void imap_session_probe(
    struct imap_session *session, int64_t now, int64_t timeout)
{
	/* One that is under way keeps its time: a network that changes without
	 * end would put off the end of a dead line. */
	if (session->probe == 0) {
		session->probed = now;
		session->probe = MAX(timeout, 1);
	}
	imap_session_refresh(session, now);
}

void imap_session_logout(struct imap_session *session, int64_t now)
{
	session->now = now;
	session->want_logout = true;
	watching_pump(session);
	if (session->state != MACHINE_LOGOUT)
		machine_end_well(session);
}

bool imap_session_next(
    struct imap_session *session, struct imap_action *ret_action)
{
	g_autofree struct imap_action *action =
	    g_queue_pop_head(&session->actions);

	if (action == NULL)
		return false;
	*ret_action = *action;
	return true;
}

void machine_news_free(gpointer data)
{
	struct imap_news *news = data;

	if (news == NULL)
		return;
	g_free(news->flags);
	g_free(news->date);
	g_clear_pointer(&news->header, g_bytes_unref);
	g_free(news);
}

static void wipe_bytes(GBytes *bytes)
{
	gsize size;
	gpointer data = g_bytes_unref_to_data(bytes, &size);

	explicit_bzero(data, size);
	g_free(data);
}

void imap_action_clear(struct imap_action *action)
{
	if (action->bytes != NULL && action->secret)
		wipe_bytes(action->bytes);
	else
		g_clear_pointer(&action->bytes, g_bytes_unref);
	g_free(action->text);
	machine_news_free(action->news);
	listing_free(action->listed);
	g_clear_error(&action->error);
	memset(action, 0, sizeof(*action));
}

const struct imap_capabilities *imap_session_capabilities(
    const struct imap_session *session)
{
	return &session->capabilities;
}

const char *imap_session_state(const struct imap_session *session)
{
	return states[session->state].name;
}

unsigned imap_session_skipped(const struct imap_session *session)
{
	return session->skipped;
}

int64_t imap_session_patience(const struct imap_session *session)
{
	return session->patience;
}

int64_t imap_session_heard(const struct imap_session *session)
{
	return session->received;
}

int64_t imap_session_next_look(const struct imap_session *session)
{
	return watching_next_look(session);
}

bool imap_session_is_idling(const struct imap_session *session)
{
	return machine_is_pending(session, MACHINE_SEND_IDLE);
}
