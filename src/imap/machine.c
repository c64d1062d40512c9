/*
 * What comes out of a session: actions, commands with their tags, the end.
 */
#include "imap/machine.h"
#include "imap/patience.h"

G_DEFINE_QUARK(idlebell - imap - error, imap_error)

/* The longest stay in a state, 0: as long as commands are answered. */
const struct machine_stay machine_stays[MACHINE_STATES] = {
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
    [MACHINE_CHOOSING] = {"choosing", 0},
    [MACHINE_LOGOUT] = {"logout", IMAP_LOGOUT_TIMEOUT},
    [MACHINE_ENDED] = {"ended", 0},
};

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
		.text = g_strdup(machine_stays[state].name)});
}

void machine_tell(struct imap_session *session, const struct machine_box *box,
    struct imap_action action)
{
	action.owner = box->owner;
	if (box->owner != NULL)
		machine_act(session, action);
	else
		imap_action_clear(&action);
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
	    .tag = session->next_tag,
	    .command = command,
	    .sent = session->now,
	};

	g_string_append_printf(out, "a%u ", pending.tag);
	g_array_append_val(session->pending, pending);
	/* Servers must bear tags that come again (RFC 9051 2.2.1); one that
	 * does not answer a command has long been left by then. */
	session->next_tag = session->next_tag % IMAP_TAG_MAX + 1;
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

unsigned machine_about(struct imap_session *session, struct machine_box *box)
{
	struct machine_pending *pending = &g_array_index(session->pending,
	    struct machine_pending, session->pending->len - 1);

	pending->box = box;
	return pending->tag;
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

bool machine_awaits(
    const struct imap_session *session, enum machine_command command)
{
	for (unsigned i = 0; i < session->pending->len; i++) {
		const struct machine_pending *pending =
		    &g_array_index(session->pending, struct machine_pending, i);

		if (pending->command == command &&
		    pending->box == session->current)
			return true;
	}
	return false;
}

static void end(struct imap_session *session, GError *error)
{
	if (session->state == MACHINE_ENDED) {
		g_clear_error(&error);
		return;
	}
	if (error != NULL)
		pipeline_fail(session, error);
	machine_enter(session, MACHINE_ENDED);
	machine_act(session,
	    (struct imap_action){.type = IMAP_ACTION_END, .error = error});
}

void machine_end(
    struct imap_session *session, enum imap_error code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	end(session, g_error_new_valist(IMAP_ERROR, code, format, arguments));
	va_end(arguments);
}

bool machine_can(
    const struct imap_session *session, enum imap_capability capability)
{
	return imap_capabilities_have(&session->capabilities, capability);
}

char *machine_text(const struct imap_response *response)
{
	struct imap_text text = response->text;

	text.size = MIN(text.size, (size_t)IMAP_TEXT_MAX);
	if (text.at == NULL || text.size == 0)
		return g_strdup("(no reason given)");
	return imap_text_dup(text);
}

GError *machine_error(enum imap_error code, const char *what,
    const struct imap_response *response)
{
	g_autofree char *text =
	    response != NULL ? machine_text(response) : NULL;

	if (response != NULL && imap_patience_is_due(response))
		code = IMAP_ERROR_UNAVAILABLE;
	return g_error_new(IMAP_ERROR, code, "%s%s%s", what,
	    text != NULL ? ": " : "", text != NULL ? text : "");
}

void machine_end_with(struct imap_session *session, enum imap_error code,
    const char *what, const struct imap_response *response)
{
	session->patience = imap_patience_asked(response);
	end(session, machine_error(code, what, response));
}

void machine_end_for(struct imap_session *session, GError *error)
{
	end(session, error);
}

void machine_fault(
    struct imap_session *session, enum imap_fault fault, const char *why)
{
	if ((session->faults & fault) != 0)
		return;
	session->faults |= fault;
	machine_act(session,
	    (struct imap_action){.type = IMAP_ACTION_FAULT,
		.faults = fault,
		.text = g_strdup(why)});
}
