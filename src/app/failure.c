/*
 * One table for both questions.
 */
#include "app/failure.h"
#include "imap/session.h"
#include "net/error.h"
#include <sysexits.h>

struct meaning {
	enum failure_class class;
	int status;
};

static const struct meaning imap_meanings[IMAP_ERROR_COUNT] = {
    [IMAP_ERROR_PROTOCOL] = {FAILURE_TEMPORARY, EX_PROTOCOL},
    [IMAP_ERROR_TIMEOUT] = {FAILURE_TEMPORARY, EX_TEMPFAIL},
    [IMAP_ERROR_CLOSED] = {FAILURE_TEMPORARY, EX_TEMPFAIL},
    [IMAP_ERROR_UNAVAILABLE] = {FAILURE_WAIT, EX_TEMPFAIL},
    [IMAP_ERROR_REFUSED] = {FAILURE_REFUSED, EX_NOPERM},
    [IMAP_ERROR_INSECURE] = {FAILURE_WAIT, EX_PROTOCOL},
    [IMAP_ERROR_MAILBOX] = {FAILURE_TEMPORARY, EX_UNAVAILABLE},
};

static const struct meaning net_meanings[NET_ERROR_COUNT] = {
    [NET_ERROR_RESOLVE] = {FAILURE_TEMPORARY, EX_UNAVAILABLE},
    [NET_ERROR_CONNECT] = {FAILURE_TEMPORARY, EX_UNAVAILABLE},
    [NET_ERROR_PROXY] = {FAILURE_TEMPORARY, EX_UNAVAILABLE},
    [NET_ERROR_TIMEOUT] = {FAILURE_TEMPORARY, EX_TEMPFAIL},
    [NET_ERROR_IO] = {FAILURE_TEMPORARY, EX_IOERR},
    [NET_ERROR_HANDSHAKE] = {FAILURE_TEMPORARY, EX_PROTOCOL},
    [NET_ERROR_VERIFY] = {FAILURE_WAIT, EX_PROTOCOL},
    [NET_ERROR_SETUP] = {FAILURE_WAIT, EX_CONFIG},
    [NET_ERROR_SECRET] = {FAILURE_TEMPORARY, EX_NOPERM},
    [NET_ERROR_NO_AUTH] = {FAILURE_WAIT, EX_PROTOCOL},
};

static struct meaning meaning(const GError *error)
{
	if (error->domain == IMAP_ERROR && error->code < IMAP_ERROR_COUNT)
		return imap_meanings[error->code];
	if (error->domain == NET_ERROR && error->code < NET_ERROR_COUNT)
		return net_meanings[error->code];
	if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
		return (struct meaning){FAILURE_WAIT, EX_TEMPFAIL};
	return (struct meaning){FAILURE_TEMPORARY, EX_IOERR};
}

enum failure_class failure_class(const GError *error)
{
	return meaning(error).class;
}

int failure_exit_status(const GError *error)
{
	return meaning(error).status;
}
