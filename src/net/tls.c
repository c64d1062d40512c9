/*
 * One connection's TLS: the check of the server's certificate, and the tickets
 * that make the next handshake cheap.
 *
 * The bytes are the stream's business.
 */
#include "net/tls-store.h"

#include "os/loop.h"
#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define TLS_TICKET_LIFE (24 * 60 * 60 * 1000) /* ms */
#define TLS_TICKET_SIZE 65536                 /* a server chooses it */
#define TLS_NAME_MAX    200                   /* of a name in a message */

struct tls_session {
	struct tls_peer *peer;
	gnutls_session_t handle;
	bool resuming;         /* a ticket was offered */
	int64_t trusted_until; /* of its tickets: the check of the certificate
	                          holds no longer, however often resumed */
	GError *refusal;       /* why the certificate is none */
};

/* The check of the certificate. */

static char *tls_pin_of(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t der = {0};
	unsigned char digest[32] = {0};
	g_autofree char *base64 = NULL;
	gnutls_pubkey_t key;

	gnutls_pubkey_init(&key);
	if (gnutls_pubkey_import_x509(key, certificate, 0) >= 0 &&
	    gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) >= 0)
		gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, digest);
	gnutls_pubkey_deinit(key);
	if (!der.data)
		return NULL;
	gnutls_free(der.data);
	base64 = g_base64_encode(digest, sizeof(digest));
	return g_strconcat(TLS_PIN_PREFIX, base64, NULL);
}

/* A name is the server's text: bounded, one line. */
static char *tls_name(gnutls_datum_t name)
{
	g_autofree char *text = g_utf8_make_valid((char *)name.data,
	    name.data ? (gssize)MIN(name.size, TLS_NAME_MAX) : 0);
	GString *out = g_string_new(NULL);

	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(out, g_unichar_isprint(c) ? c : '?');
	}
	return g_string_free(out, FALSE);
}

static char *tls_date(int64_t when)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when);

	return date ? g_date_time_format(date, "%Y-%m-%d %H:%M UTC")
		    : g_strdup("?");
}

static void tls_certificate_read(
    gnutls_x509_crt_t certificate, struct tls_certificate *ret)
{
	gnutls_datum_t subject = {0}, issuer = {0};

	gnutls_x509_crt_get_dn3(certificate, &subject, 0);
	gnutls_x509_crt_get_issuer_dn3(certificate, &issuer, 0);
	*ret = (struct tls_certificate){
	    .subject = tls_name(subject),
	    .issuer = tls_name(issuer),
	    .pin = tls_pin_of(certificate),
	    .from = gnutls_x509_crt_get_activation_time(certificate),
	    .until = gnutls_x509_crt_get_expiration_time(certificate),
	};
	gnutls_free(subject.data);
	gnutls_free(issuer.data);
}

void tls_certificate_clear(struct tls_certificate *certificate)
{
	g_clear_pointer(&certificate->subject, g_free);
	g_clear_pointer(&certificate->issuer, g_free);
	g_clear_pointer(&certificate->pin, g_free);
}

/* "subject CN=x, issuer CN=y, valid from A to B, pin sha256//..." */
static char *tls_certificate_describe(gnutls_x509_crt_t certificate)
{
	struct tls_certificate about;
	g_autofree char *from = NULL, *to = NULL;
	char *text;

	tls_certificate_read(certificate, &about);
	from = tls_date(about.from);
	to = tls_date(about.until);
	text = g_strdup_printf("subject %s, issuer %s, valid from %s to %s, "
			       "pin %s",
	    about.subject, about.issuer, from, to, about.pin ? about.pin : "?");
	tls_certificate_clear(&about);
	return text;
}

static gnutls_x509_crt_t tls_server_certificate(gnutls_session_t handle)
{
	unsigned count = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(handle, &count);
	gnutls_x509_crt_t certificate;

	if (!list || count == 0 || gnutls_x509_crt_init(&certificate) < 0)
		return NULL;
	if (gnutls_x509_crt_import(
		certificate, &list[0], GNUTLS_X509_FMT_DER) >= 0)
		return certificate;
	gnutls_x509_crt_deinit(certificate);
	return NULL;
}

bool tls_session_certificate(
    struct tls_session *session, struct tls_certificate *ret)
{
	gnutls_x509_crt_t certificate = tls_server_certificate(session->handle);

	if (!certificate)
		return false;
	tls_certificate_read(certificate, ret);
	gnutls_x509_crt_deinit(certificate);
	return true;
}

static bool tls_host_is_address(
    const char *host, unsigned char bytes[16], unsigned *ret_size)
{
	*ret_size = 4;
	if (inet_pton(AF_INET, host, bytes) == 1)
		return true;
	*ret_size = 16;
	return inet_pton(AF_INET6, host, bytes) == 1;
}

/* GnuTLS's own verdict: chain, host name or address, dates, purpose. */
static unsigned tls_verify_chain(struct tls_session *session)
{
	unsigned char address[16];
	unsigned size, status = 0;
	gnutls_typed_vdata_st facts[2] = {
	    {.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER},
	    {.type = GNUTLS_DT_DNS_HOSTNAME,
		.data = (unsigned char *)session->peer->host}};

	if (tls_host_is_address(session->peer->host, address, &size)) {
		facts[1].type = GNUTLS_DT_IP_ADDRESS;
		facts[1].data = address;
		facts[1].size = size;
	}
	if (gnutls_certificate_verify_peers(
		session->handle, facts, G_N_ELEMENTS(facts), &status) < 0)
		status |= GNUTLS_CERT_INVALID;
	return status;
}

/* The first row that fits says what to do. */
static const struct tls_reason {
	unsigned status;
	enum net_error code;
	const char *why, *what;
} tls_reasons[] = {
    {GNUTLS_CERT_MISMATCH, NET_ERROR_VERIFY,
	"it is not the one that tls_pin names",
	"if the server has a new key and you know it, put its pin into "
	"tls_pin"},
    {GNUTLS_CERT_UNEXPECTED_OWNER, NET_ERROR_VERIFY, "it is for another host",
	"set host to a name in it"},
    {GNUTLS_CERT_EXPIRED, NET_ERROR_EXPIRED, "it has expired",
	"the server needs a new one, or the clock here is wrong"},
    {GNUTLS_CERT_NOT_ACTIVATED, NET_ERROR_EARLY, "it is not valid yet",
	"perhaps the clock here is wrong"},
    {GNUTLS_CERT_REVOKED, NET_ERROR_VERIFY, "it has been revoked",
	"the server needs a new one"},
    {GNUTLS_CERT_INSECURE_ALGORITHM, NET_ERROR_VERIFY,
	"its key or its signature is weak", "the server needs a new one"},
    {GNUTLS_CERT_SIGNER_NOT_FOUND, NET_ERROR_VERIFY, "its issuer is unknown",
	"set tls_ca_file to the certificate of its issuer, or tls_pin to "
	"its pin"},
    {GNUTLS_CERT_SIGNER_NOT_CA, NET_ERROR_VERIFY, "its issuer is no authority",
	"set tls_ca_file to the certificate of an authority, or tls_pin to "
	"its pin"},
};

static GError *tls_refusal(
    struct tls_session *session, gnutls_x509_crt_t certificate, unsigned status)
{
	g_autofree char *about = tls_certificate_describe(certificate);
	gnutls_datum_t text = {0};
	GError *refusal;

	for (unsigned i = 0; i < G_N_ELEMENTS(tls_reasons); i++) {
		const struct tls_reason *reason = &tls_reasons[i];

		if (status & reason->status)
			return g_error_new(NET_ERROR, reason->code,
			    "the certificate of %s port %d is refused: %s "
			    "(%s); %s",
			    session->peer->host, session->peer->port,
			    reason->why, about, reason->what);
	}
	gnutls_certificate_verification_status_print(
	    status, GNUTLS_CRT_X509, &text, 0);
	refusal = g_error_new(NET_ERROR, NET_ERROR_VERIFY,
	    "the certificate of %s port %d is refused: %s (%s); see "
	    "tls_ca_file and tls_pin",
	    session->peer->host, session->peer->port,
	    text.data ? g_strstrip((char *)text.data) : "it is not valid",
	    about);
	gnutls_free(text.data);
	return refusal;
}

static bool tls_pin_matches(
    struct tls_session *session, gnutls_x509_crt_t certificate)
{
	g_autofree char *pin = tls_pin_of(certificate);

	return pin &&
	    g_strv_contains((const char *const *)session->peer->pins, pin);
}

static unsigned tls_verify_dates(gnutls_x509_crt_t certificate)
{
	time_t now = time(NULL);

	if (now > gnutls_x509_crt_get_expiration_time(certificate))
		return GNUTLS_CERT_EXPIRED | GNUTLS_CERT_INVALID;
	if (now < gnutls_x509_crt_get_activation_time(certificate))
		return GNUTLS_CERT_NOT_ACTIVATED | GNUTLS_CERT_INVALID;
	return 0;
}

/* The pin takes the place of the issuer, and of nothing else. */
static unsigned tls_verify_pin(
    struct tls_session *session, gnutls_x509_crt_t certificate, unsigned status)
{
	const unsigned issuer =
	    GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA;

	if (!tls_pin_matches(session, certificate))
		return status | GNUTLS_CERT_MISMATCH;
	/* GnuTLS stops at the issuer it does not know, and may not have come
	 * to the certificate itself. */
	if (status & issuer) {
		status &= ~(issuer | GNUTLS_CERT_INVALID);
		status |= tls_verify_dates(certificate);
	}
	return status;
}

/* As long as a ticket may live, but not longer than the certificate. */
static int64_t tls_trust_end(gnutls_x509_crt_t certificate)
{
	int64_t left =
	    ((int64_t)gnutls_x509_crt_get_expiration_time(certificate) -
		time(NULL)) *
	    1000;

	return loop_now() + CLAMP(left, 0, TLS_TICKET_LIFE);
}

static GError *tls_check(
    struct tls_session *session, gnutls_x509_crt_t certificate)
{
	const struct tls_peer *peer = session->peer;
	GError *error = NULL;
	unsigned status;

	/* The ticket that was to spare us this may have been refused. */
	if (!tls_need_trust(peer, &error))
		return error;
	status = tls_verify_chain(session);
	if (peer->pins)
		status = tls_verify_pin(session, certificate, status);
	return status == 0 ? NULL : tls_refusal(session, certificate, status);
}

/* Runs in the handshake as soon as the certificate is there; not in one that
 * resumes. */
static int tls_verify(gnutls_session_t handle)
{
	struct tls_session *session = gnutls_session_get_ptr(handle);
	gnutls_x509_crt_t certificate = tls_server_certificate(handle);

	if (!certificate)
		return GNUTLS_E_CERTIFICATE_ERROR;
	g_clear_error(&session->refusal);
	session->refusal = tls_check(session, certificate);
	session->trusted_until = tls_trust_end(certificate);
	gnutls_x509_crt_deinit(certificate);
	return session->refusal ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

/* Tickets. */

static void tls_ticket_keep(struct tls_session *session)
{
	struct tls_peer *peer = session->peer;

	tls_ticket_clear(peer);
	if (gnutls_session_get_data2(session->handle, &peer->ticket) < 0)
		peer->ticket = (gnutls_datum_t){0};
	else if (peer->ticket.size > TLS_TICKET_SIZE)
		tls_ticket_clear(peer);
	peer->ticket_until = session->trusted_until;
}

/*
 * TLS 1.3 sends tickets when it likes, behind the handshake.  TLS 1.2 sends
 * its own within, before the server's Finished makes it good.
 */
static int tls_on_message(gnutls_session_t handle, unsigned type, unsigned when,
    unsigned incoming, const gnutls_datum_t *message)
{
	bool is_1_3 = gnutls_protocol_get_version(handle) == GNUTLS_TLS1_3;

	(void)when;
	(void)message;
	if (incoming &&
	    type ==
		(is_1_3 ? GNUTLS_HANDSHAKE_NEW_SESSION_TICKET
			: GNUTLS_HANDSHAKE_FINISHED))
		tls_ticket_keep(gnutls_session_get_ptr(handle));
	return 0;
}

static void tls_ticket_use(struct tls_session *session)
{
	struct tls_peer *peer = session->peer;

	if (loop_now() >= peer->ticket_until)
		tls_ticket_clear(peer);
	if (!peer->ticket.data)
		return;
	session->trusted_until = peer->ticket_until;
	session->resuming = gnutls_session_set_data(session->handle,
				peer->ticket.data, peer->ticket.size) >= 0;
}

void tls_session_drop_ticket(struct tls_session *session)
{
	if (session->resuming)
		tls_ticket_clear(session->peer);
}

/* Sessions. */

static void tls_session_prepare(
    struct tls_session *session, gnutls_priority_t priority)
{
	const struct tls_peer *peer = session->peer;
	unsigned char address[16];
	unsigned size;

	gnutls_init(&session->handle,
	    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	gnutls_session_set_ptr(session->handle, session);
	gnutls_priority_set(session->handle, priority);
	gnutls_credentials_set(
	    session->handle, GNUTLS_CRD_CERTIFICATE, peer->credentials->handle);
	/* RFC 6066 section 3: no addresses in the server name. */
	if (!tls_host_is_address(peer->host, address, &size))
		gnutls_server_name_set(session->handle, GNUTLS_NAME_DNS,
		    peer->host, strlen(peer->host));
	gnutls_session_set_verify_function(session->handle, tls_verify);
	gnutls_handshake_set_hook_function(session->handle,
	    GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_POST, tls_on_message);
	tls_ticket_use(session);
}

struct tls_session *tls_session_new(struct tls_store *store,
    const struct tls_settings *settings, const char *host, int port,
    GError **error)
{
	struct tls_session *session = g_new0(struct tls_session, 1);
	gnutls_priority_t priority = NULL;

	session->peer = tls_peer_get(store, settings, host, port, error);
	if (session->peer)
		priority = tls_priority_get(store, settings->only_1_3, error);
	if (priority)
		tls_session_prepare(session, priority);
	/* What the certificate will need is better missed before. */
	if (priority &&
	    (session->resuming || tls_need_trust(session->peer, error)))
		return session;
	tls_session_free(session);
	return NULL;
}

void tls_session_free(struct tls_session *session)
{
	if (!session)
		return;
	if (session->handle)
		gnutls_deinit(session->handle);
	g_clear_pointer(&session->peer, tls_peer_release);
	g_clear_error(&session->refusal);
	g_free(session);
}

gnutls_session_t tls_session_get(struct tls_session *session)
{
	return session->handle;
}

static void tls_explain_alert(struct tls_session *session, GError **error)
{
	gnutls_alert_description_t alert = gnutls_alert_get(session->handle);
	const char *name = gnutls_alert_get_name(alert);
	const char *hint = "";

	if (alert == GNUTLS_A_PROTOCOL_VERSION)
		hint = "; perhaps it is too old for tls_min_version";
	else if (alert == GNUTLS_A_CERTIFICATE_REQUIRED ||
	    alert == GNUTLS_A_BAD_CERTIFICATE || alert == GNUTLS_A_UNKNOWN_CA ||
	    alert == GNUTLS_A_ACCESS_DENIED)
		hint = "; see tls_certificate and tls_key";
	g_set_error(error, NET_ERROR, NET_ERROR_HANDSHAKE,
	    "%s port %d refuses TLS with the alert \"%s\"%s",
	    session->peer->host, session->peer->port, name ? name : "unknown",
	    hint);
}

static void tls_explain_other(
    struct tls_session *session, int result, GError **error)
{
	switch (result) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		tls_explain_alert(session, error);
		break;
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		g_set_error(error, NET_ERROR, NET_ERROR_IO,
		    "%s port %d closed the connection in the TLS handshake",
		    session->peer->host, session->peer->port);
		break;
	case GNUTLS_E_UNEXPECTED_PACKET:
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
	case GNUTLS_E_RECORD_OVERFLOW:
		g_set_error(error, NET_ERROR, NET_ERROR_HANDSHAKE,
		    "%s port %d does not answer in TLS; if it speaks plain "
		    "text first on this port, set tls = starttls",
		    session->peer->host, session->peer->port);
		break;
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		g_set_error(error, NET_ERROR, NET_ERROR_HANDSHAKE,
		    "%s port %d speaks no TLS that is new enough; see "
		    "tls_min_version",
		    session->peer->host, session->peer->port);
		break;
	default:
		g_set_error(error, NET_ERROR, NET_ERROR_HANDSHAKE,
		    "no TLS with %s port %d: %s", session->peer->host,
		    session->peer->port, gnutls_strerror(result));
	}
}

void tls_session_explain(
    struct tls_session *session, int result, GError **error)
{
	/* Should it have been the ticket, the next try goes without. */
	tls_session_drop_ticket(session);
	if (session->refusal)
		g_propagate_error(error, g_steal_pointer(&session->refusal));
	else
		tls_explain_other(session, result, error);
}

/* "ECDHE-X25519"; where TLS 1.2 has no group, what it has. */
static char *tls_exchange(gnutls_session_t handle)
{
	const char *group = gnutls_group_get_name(gnutls_group_get(handle));
	const char *kx = gnutls_kx_get_name(gnutls_kx_get(handle));

	if (!group)
		return g_strdup(kx ? kx : "?");
	return g_strconcat(
	    g_str_has_prefix(group, "FFDHE") ? "DHE-" : "ECDHE-", group, NULL);
}

char *tls_session_describe(struct tls_session *session)
{
	gnutls_session_t handle = session->handle;
	const char *version =
	    gnutls_protocol_get_name(gnutls_protocol_get_version(handle));
	const char *cipher = gnutls_cipher_get_name(gnutls_cipher_get(handle));
	g_autofree char *exchange = tls_exchange(handle);

	if (version && g_str_has_prefix(version, "TLS"))
		version += strlen("TLS");
	return g_strdup_printf("TLS %s, %s, %s%s", version ? version : "?",
	    exchange, cipher ? cipher : "?",
	    gnutls_session_is_resumed(handle) ? ", resumed" : "");
}
