/*
 * From the greeting to the end of the login: capabilities, STARTTLS,
 * credentials (RFC 9051 sections 3 and 6.1 to 6.2).
 */
#include "imap/machine.h"
#include <string.h>

static bool was_ok(const struct imap_response *r)
{
	return r->status == IMAP_STATUS_OK;
}

static void ask_credentials(struct imap_session *s)
{
	machine_enter(s, MACHINE_CREDENTIALS);
	machine_act(s, (struct imap_action){.type = IMAP_ACTION_LOGIN});
}

static void start_tls(struct imap_session *s)
{
	if (!machine_can(s, IMAP_CAP_STARTTLS)) {
		machine_end(s, IMAP_ERROR_INSECURE,
		    "the server does not offer STARTTLS on this port; try "
		    "tls = implicit (port 993)");
		return;
	}
	machine_enter(s, MACHINE_STARTTLS);
	machine_send(s, MACHINE_SEND_STARTTLS, "STARTTLS");
}

/* The capabilities of this moment are known. */
static void go_on(struct imap_session *s)
{
	if (s->want_starttls && !s->secure)
		start_tls(s);
	else
		ask_credentials(s);
}

static void ask_capabilities(struct imap_session *s)
{
	machine_enter(s, MACHINE_CAPABILITY);
	machine_send(s, MACHINE_SEND_CAPABILITY, "CAPABILITY");
}

static void logged_in(struct imap_session *s)
{
	if (s->goal == IMAP_GOAL_LIST || s->choose)
		listing_start(s);
	else
		watching_start(s);
}

/* Logged in without TLS, STARTTLS is not allowed any more (RFC 9051 6.2.1):
 * somebody may have put the PREAUTH there. */
static void take_preauth(struct imap_session *s)
{
	s->stale_capabilities = !s->capabilities.known;
	if (s->want_starttls)
		machine_end(s, IMAP_ERROR_INSECURE,
		    "the server skips the login, so TLS cannot be started");
	else
		logged_in(s);
}

/* Its greeting says so, unless somebody wrote another; its ID does, too. */
static void note_software(struct imap_session *s, struct imap_text text)
{
	g_autofree char *said = imap_text_dup(text);

	if (said != NULL && strstr(said, "Dovecot") != NULL)
		s->capabilities.dovecot = true;
}

void greeting_take_id(struct imap_session *s, const struct imap_response *r)
{
	for (unsigned i = 0; r->id != NULL && i + 1 < r->id->len; i += 2) {
		if (imap_text_is(
			g_array_index(r->id, struct imap_text, i), "name"))
			note_software(
			    s, g_array_index(r->id, struct imap_text, i + 1));
	}
}

/* BYE and [ALERT] have been looked at. */
void greeting_take(struct imap_session *s, const struct imap_response *r)
{
	note_software(s, r->text);
	if (r->status == IMAP_STATUS_PREAUTH)
		take_preauth(s);
	else if (!was_ok(r))
		machine_end_with(s, IMAP_ERROR_PROTOCOL,
		    "the server greets with a refusal", r);
	else if (s->capabilities.known)
		go_on(s);
	else
		ask_capabilities(s);
}

void greeting_capability_done(
    struct imap_session *s, const struct imap_response *r)
{
	s->stale_capabilities = false;
	if (!was_ok(r) || !s->capabilities.known)
		machine_end_with(s, IMAP_ERROR_PROTOCOL,
		    "the server does not tell its capabilities", r);
	else if (s->state == MACHINE_CAPABILITY)
		go_on(s);
	else if (s->state == MACHINE_LISTING)
		listing_start(s);
}

void greeting_starttls_done(
    struct imap_session *s, const struct imap_response *r)
{
	if (!was_ok(r)) {
		machine_end_with(
		    s, IMAP_ERROR_INSECURE, "the server refuses STARTTLS", r);
		return;
	}
	machine_enter(s, MACHINE_HANDSHAKE);
	machine_act(s, (struct imap_action){.type = IMAP_ACTION_STARTTLS});
}

/* What was learnt in plaintext does not count (RFC 9051 6.2.1). */
void imap_session_secured(struct imap_session *s, int64_t now)
{
	s->now = now;
	if (s->state != MACHINE_HANDSHAKE)
		return;
	s->secure = true;
	memset(&s->capabilities, 0, sizeof(s->capabilities));
	ask_capabilities(s);
}

static void wipe(gpointer part)
{
	explicit_bzero(part, strlen(part));
	g_free(part);
}

static void write_secret(struct imap_session *s, GString *out, char *part)
{
	g_string_append(out, part);
	g_string_append(out, "\r\n");
	machine_write(s, out, true);
	s->heard = s->now;
}

/* A GString that grows leaves a copy behind: give it its size at once. */
static GString *secret_buffer(const char *part)
{
	return g_string_sized_new(strlen(part) + 32);
}

void imap_session_login(
    struct imap_session *s, const char *const *parts, int64_t now)
{
	GString *out;

	s->now = now;
	if (s->state != MACHINE_CREDENTIALS || parts[0] == NULL)
		return;
	s->login = g_ptr_array_new_with_free_func(wipe);
	for (; *parts != NULL; parts++)
		g_ptr_array_add(s->login, g_strdup(*parts));
	machine_enter(s, MACHINE_LOGIN);
	out = secret_buffer(s->login->pdata[0]);
	machine_tag(s, out, MACHINE_SEND_LOGIN);
	write_secret(s, out, s->login->pdata[0]);
	pipeline_start(s, s->login->pdata[0]);
	g_ptr_array_remove_index(s->login, 0);
}

/* A challenge: the next part, or "*" to give up (RFC 9051 6.2.2). */
void greeting_continue(struct imap_session *s)
{
	char star[] = "*";
	char *part = s->login->len > 0 ? s->login->pdata[0] : star;

	if (s->pipelined) {
		machine_end(s, IMAP_ERROR_PROTOCOL,
		    "the server asks for more than the login");
		return;
	}
	write_secret(s, secret_buffer(part), part);
	if (s->login->len > 0)
		g_ptr_array_remove_index(s->login, 0);
}

/*
 * The capabilities of before the login stay until new ones come, with the OK
 * or asked for (quirk 1); opening_say() sends the question along.
 */
static void accepted(struct imap_session *s, const struct imap_response *r)
{
	s->told_capabilities = r->code == IMAP_CODE_CAPABILITY;
	s->stale_capabilities = !s->told_capabilities && !s->pipelined;
	if (s->pipelined)
		machine_enter(s, MACHINE_OPENING);
	else
		logged_in(s);
}

void greeting_login_done(struct imap_session *s, const struct imap_response *r)
{
	g_clear_pointer(&s->login, g_ptr_array_unref);
	if (was_ok(r))
		accepted(s, r);
	else if (r->status == IMAP_STATUS_NO)
		machine_end_with(
		    s, IMAP_ERROR_REFUSED, "the server refuses the login", r);
	else
		machine_end_with(s, IMAP_ERROR_PROTOCOL,
		    "the server does not understand the login", r);
}
