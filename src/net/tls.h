/*
 * What all TLS connections share: trust and tickets (GnuTLS).
 */
#ifndef IDLEBELL_NET_TLS_H
#define IDLEBELL_NET_TLS_H

#include "net/error.h"
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

struct tls_settings {
	const char *ca_file;           /* NULL: the system's trust */
	const char *pin;               /* "sha256//BASE64;sha256//BASE64" of the
	                                  server's public key, as curl writes it;
	                                  NULL: none.  A pin that matches stands in
	                                  for an unknown issuer, as a self-signed
	                                  server has it; never for a wrong host name
	                                  or an expired certificate */
	const char *certificate, *key; /* of the client, PEM, or NULL */
	bool only_1_3;
};

/*
 * Credentials by settings (one for all accounts with the same), and session
 * tickets by host, port and settings, kept for a day at most after the
 * certificate was checked, and never longer than it is valid.
 *
 * The certificates of authorities are megabytes, and only a handshake that
 * resumes nothing looks at them: they are read when one needs them, and let
 * go when none has for a while (trust_life, ms).
 */
struct tls_store;
struct tls_store *tls_store_new(int64_t trust_life);
/*
 * Empties it: what comes next reads all files again and resumes nothing.
 * Sessions in use keep the client's certificate they have.
 */
void tls_store_forget(struct tls_store *store);
/* When tls_store_tidy() has something to let go, by loop_now(); INT64_MAX:
 * there is nothing.  A handshake, or a session begun, may have changed it. */
int64_t tls_store_deadline(const struct tls_store *store);
void tls_store_tidy(struct tls_store *store);
/* All sessions must be gone. */
void tls_store_free(struct tls_store *store);

/*
 * A client session for host:port, ready for the handshake: priorities (TLS
 * 1.2 at least), server name, verification of chain and host name, a ticket
 * where there is one; new tickets go back to the store by themselves.
 * The transport is set by the caller.  NULL and NET_ERROR_SETUP on error.
 */
struct tls_session;
struct tls_session *tls_session_new(struct tls_store *store,
    const struct tls_settings *settings, const char *host, int port,
    GError **error);
void tls_session_free(struct tls_session *session);
gnutls_session_t tls_session_get(struct tls_session *session);

/* For a handshake that never ended: should it have been the ticket, the next
 * try goes without. */
void tls_session_drop_ticket(struct tls_session *session);

/*
 * Turns the result of gnutls_handshake() into a sentence: for a failed
 * verification which certificate (subject, issuer, validity, its
 * sha256// pin), why, and which key to set.
 */
void tls_session_explain(
    struct tls_session *session, int result, GError **error);

/* What a server shows of itself. */
struct tls_certificate {
	char *subject, *issuer; /* fit to be seen */
	char *pin;              /* "sha256//...", or NULL */
	int64_t from, until;    /* wall clock, s: when it is valid */
};

/* False: there is none.  Of a handshake that stands; one that resumes has that
 * of the first, or none. */
bool tls_session_certificate(
    struct tls_session *session, struct tls_certificate *ret);
void tls_certificate_clear(struct tls_certificate *certificate);

/* "TLS 1.3, ECDHE-X25519, AES-256-GCM, resumed"; a new string. */
char *tls_session_describe(struct tls_session *session);

#endif
