/*
 * The inside of TLS, shared by tls-store.c (what all connections share) and
 * tls.c (one of them).  Nobody else includes this.
 */
#ifndef IDLEBELL_NET_TLS_STORE_H
#define IDLEBELL_NET_TLS_STORE_H

#include "net/tls.h"
#include <glib.h>

#define TLS_PIN_PREFIX "sha256//"

/* GnuTLS only borrows them: the table and each peer hold a reference. */
struct tls_credentials {
	struct tls_store *store;
	gnutls_certificate_credentials_t handle;
	char *ca_file;
};

/* A server as it is met with some settings.  The table and each session hold a
 * reference: sessions that the store has forgotten share what it has not. */
struct tls_peer {
	struct tls_credentials *credentials;
	char *host; /* as in SNI: no dot at the end */
	int port;
	char **pins;
	gnutls_datum_t ticket; /* no data: none */
	int64_t ticket_until;  /* by loop_now() */
};

/* A reference for the caller; NULL and error when a file cannot be read. */
struct tls_peer *tls_peer_get(struct tls_store *store,
    const struct tls_settings *settings, const char *host, int port,
    GError **error);
void tls_peer_release(void *data);
void tls_ticket_clear(struct tls_peer *peer);

/* Reads the certificates of authorities unless they are there. */
bool tls_need_trust(const struct tls_peer *peer, GError **error);
/* The store's. */
gnutls_priority_t tls_priority_get(
    struct tls_store *store, bool only_1_3, GError **error);

#endif
