/*
 * One table for all questions.
 */
#include "app/failure.h"
#include "imap/session.h"
#include "net/error.h"
#include <string.h>
#include <sysexits.h>

struct meaning {
	enum failure_class class;
	int status;
	const char *advice; /* or NULL */
};

static const struct meaning imap_meanings[IMAP_ERROR_COUNT] = {
    [IMAP_ERROR_PROTOCOL] = {FAILURE_TEMPORARY, EX_PROTOCOL, NULL},
    [IMAP_ERROR_TIMEOUT] = {FAILURE_TEMPORARY, EX_TEMPFAIL, NULL},
    [IMAP_ERROR_CLOSED] = {FAILURE_TEMPORARY, EX_TEMPFAIL, NULL},
    [IMAP_ERROR_UNAVAILABLE] = {FAILURE_WAIT, EX_TEMPFAIL, NULL},
    [IMAP_ERROR_REFUSED] = {FAILURE_REFUSED, EX_NOPERM,
	"check user, password, password_command or token_command"},
    [IMAP_ERROR_INSECURE] = {FAILURE_WAIT, EX_PROTOCOL, NULL},
    [IMAP_ERROR_MAILBOX] = {FAILURE_TEMPORARY, EX_UNAVAILABLE,
	"idlebell mailboxes lists those that are there"},
    [IMAP_ERROR_GONE] = {FAILURE_TEMPORARY, EX_UNAVAILABLE, NULL},
    [IMAP_ERROR_DENIED] = {FAILURE_TEMPORARY, EX_UNAVAILABLE, NULL},
};

static const struct meaning net_meanings[NET_ERROR_COUNT] = {
    [NET_ERROR_RESOLVE] = {FAILURE_TEMPORARY, EX_UNAVAILABLE,
	"is the network up?"},
    [NET_ERROR_NETWORK] = {FAILURE_TEMPORARY, EX_UNAVAILABLE,
	"is the network up?"},
    [NET_ERROR_CONNECT] = {FAILURE_TEMPORARY, EX_UNAVAILABLE,
	"is the network up, and the server?"},
    [NET_ERROR_PROXY] = {FAILURE_TEMPORARY, EX_UNAVAILABLE, NULL},
    [NET_ERROR_TIMEOUT] = {FAILURE_TEMPORARY, EX_TEMPFAIL,
	"is the network up, and the server?"},
    [NET_ERROR_IO] = {FAILURE_TEMPORARY, EX_IOERR, NULL},
    [NET_ERROR_HANDSHAKE] = {FAILURE_TEMPORARY, EX_PROTOCOL, NULL},
    [NET_ERROR_VERIFY] = {FAILURE_WAIT, EX_PROTOCOL, NULL},
    [NET_ERROR_EARLY] = {FAILURE_WAIT, EX_PROTOCOL, NULL},
    [NET_ERROR_EXPIRED] = {FAILURE_WAIT, EX_PROTOCOL, NULL},
    [NET_ERROR_SETUP] = {FAILURE_WAIT, EX_CONFIG, NULL},
    [NET_ERROR_SECRET] = {FAILURE_TEMPORARY, EX_NOPERM, NULL},
    [NET_ERROR_NO_AUTH] = {FAILURE_WAIT, EX_PROTOCOL, NULL},
};

static struct meaning meaning(const GError *error)
{
	if (error->domain == IMAP_ERROR && error->code < IMAP_ERROR_COUNT)
		return imap_meanings[error->code];
	if (error->domain == NET_ERROR && error->code < NET_ERROR_COUNT)
		return net_meanings[error->code];
	if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
		return (struct meaning){FAILURE_WAIT, EX_TEMPFAIL, NULL};
	return (struct meaning){FAILURE_TEMPORARY, EX_IOERR, NULL};
}

enum failure_class failure_class(const GError *error)
{
	return meaning(error).class;
}

bool failure_is_local(const GError *error)
{
	return g_error_matches(error, NET_ERROR, NET_ERROR_RESOLVE) ||
	    g_error_matches(error, NET_ERROR, NET_ERROR_NETWORK);
}

int failure_exit_status(const GError *error)
{
	return meaning(error).status;
}

/* Servers end with a full stop; more is to follow here. */
static int length_without_stop(const char *text)
{
	size_t length = strlen(text);
	bool stop =
	    g_str_has_suffix(text, ".") && !g_str_has_suffix(text, "..");

	return (int)(stop ? length - 1 : length);
}

char *failure_describe(const GError *error)
{
	const char *advice = meaning(error).advice;
	int length = length_without_stop(error->message);

	if (advice == NULL || strstr(error->message, advice) != NULL)
		return g_strndup(error->message, (size_t)length);
	return g_strdup_printf("%.*s (%s)", length, error->message, advice);
}
