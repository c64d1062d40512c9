/*
 * Opening a mailbox without waiting for the login: a round trip less (four
 * from TCP to IDLE with TLS 1.3).
 *
 * What the server can is taken from the last connection; where that has
 * changed, what it refuses is done another way, as always.  Behind LOGIN this
 * works everywhere; behind AUTHENTICATE Cyrus (3.6) takes what follows for
 * something else, and only Dovecot is trusted.  A login of more than one part
 * is never hurried: what follows would be taken for an answer.
 */
#include "imap/machine.h"
#include <string.h>

/* Dovecot's login process keeps 4 KiB of what comes behind the login. */
enum {
	WRITE_MAX = 3072,
	COMMANDS_SIZE = 512, /* without names and header fields */
	STATUS_SIZE = 64
};

static bool is_safe(const struct imap_session *s, const char *login)
{
	if (g_str_has_prefix(login, "LOGIN "))
		return true;
	return g_str_has_prefix(login, "AUTHENTICATE PLAIN ") &&
	    (s->remembered.dovecot || s->capabilities.dovecot);
}

/* A name twice, as it may have to be quoted or encoded. */
static size_t names_size(const struct imap_session *s)
{
	size_t size = 0;

	for (unsigned i = 0; i < s->boxes->len; i++) {
		const struct machine_box *box = s->boxes->pdata[i];

		size += 2 * strlen(box->name) + STATUS_SIZE;
	}
	return size;
}

static bool is_short(const struct imap_session *s)
{
	return COMMANDS_SIZE + names_size(s) + strlen(s->header_fields) +
	    strlen(s->version) <=
	    WRITE_MAX;
}

/* Whatever has to be told before a mailbox is opened is told after the
 * login. */
static bool is_simple(const struct imap_session *s)
{
	if (s->goal == IMAP_GOAL_LIST || s->choose || s->boxes->len == 0)
		return false;
	for (unsigned i = 0; i < s->boxes->len; i++) {
		const struct machine_box *box = s->boxes->pdata[i];

		if (box->failure != NULL)
			return false;
	}
	return true;
}

void pipeline_start(struct imap_session *s, const char *login)
{
	if (!s->remembered.known || (s->faults & IMAP_FAULT_PIPELINE) != 0 ||
	    s->login->len > 1 || !is_safe(s, login) || !is_simple(s) ||
	    !is_short(s))
		return;
	s->capabilities.bits = s->remembered.bits;
	s->stale_capabilities = false;
	s->pipelined = true;
	watching_start(s);
}

/* All of it is answered. */
void pipeline_settle(struct imap_session *s)
{
	unsigned idling = s->idle == MACHINE_IDLE_ON ? 1 : 0;

	if (s->pipelined && s->pending->len == idling)
		s->pipelined = false;
}

/* A line that is cut, or a password that is wrong, says nothing of it. */
void pipeline_fail(struct imap_session *s, const GError *error)
{
	if (s->pipelined &&
	    (error->code == IMAP_ERROR_PROTOCOL ||
		error->code == IMAP_ERROR_TIMEOUT))
		machine_fault(s, IMAP_FAULT_PIPELINE, error->message);
	s->pipelined = false;
}

void pipeline_refused(struct imap_session *s, const char *why)
{
	if (s->pipelined)
		machine_fault(s, IMAP_FAULT_PIPELINE, why);
}

/* A tag that was answered before: Cyrus (3.6), behind AUTHENTICATE. */
void pipeline_confused(struct imap_session *s)
{
	if (s->pipelined)
		machine_end(s, IMAP_ERROR_PROTOCOL,
		    "the server confuses the commands behind the login");
}
