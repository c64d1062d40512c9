/*
 * TLS: credentials shared by all with the same settings, the check of the
 * server's certificate, and the tickets that make the next handshake cheap.
 *
 * The bytes are the stream's business.
 */
#include "net/tls.h"

#include "os/file.h"
#include "os/loop.h"
#include "os/memory.h"
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
#define TLS_PIN_PREFIX  "sha256//"

struct tls_store {
	GHashTable *credentials; /* by settings: struct tls_credentials */
	GHashTable *peers;       /* by server and settings: struct tls_peer */
	gnutls_priority_t priorities[2]; /* [only_1_3] */
	GPtrArray *trusting;             /* struct tls_credentials with trust */
	int64_t trusted; /* when one of them was needed last, loop_now() */
	int64_t trust_life;
};

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

struct tls_session {
	struct tls_peer *peer;
	gnutls_session_t handle;
	bool resuming;         /* a ticket was offered */
	int64_t trusted_until; /* of its tickets: the check of the certificate
	                          holds no longer, however often resumed */
	GError *refusal;       /* why the certificate is none */
};

static void tls_credentials_clear(void *data)
{
	struct tls_credentials *credentials = data;

	g_ptr_array_remove_fast(credentials->store->trusting, credentials);
	gnutls_certificate_free_credentials(credentials->handle);
	g_free(credentials->ca_file);
}

static void tls_credentials_release(void *data)
{
	g_rc_box_release_full(data, tls_credentials_clear);
}

/* A ticket holds the keys of a session. */
static void tls_ticket_clear(struct tls_peer *peer)
{
	if (peer->ticket.data)
		gnutls_memset(peer->ticket.data, 0, peer->ticket.size);
	gnutls_free(peer->ticket.data);
	peer->ticket = (gnutls_datum_t){0};
}

static void tls_peer_clear(void *data)
{
	struct tls_peer *peer = data;

	tls_ticket_clear(peer);
	g_clear_pointer(&peer->credentials, tls_credentials_release);
	g_strfreev(peer->pins);
	g_free(peer->host);
}

static void tls_peer_release(void *data)
{
	g_rc_box_release_full(data, tls_peer_clear);
}

struct tls_store *tls_store_new(int64_t trust_life)
{
	struct tls_store *store = g_new0(struct tls_store, 1);

	store->credentials = g_hash_table_new_full(
	    g_str_hash, g_str_equal, g_free, tls_credentials_release);
	store->peers = g_hash_table_new_full(
	    g_str_hash, g_str_equal, g_free, tls_peer_release);
	store->trusting = g_ptr_array_new();
	store->trust_life = trust_life;
	return store;
}

void tls_store_free(struct tls_store *store)
{
	if (!store)
		return;
	g_hash_table_unref(store->peers);
	g_hash_table_unref(store->credentials);
	g_ptr_array_unref(store->trusting);
	for (unsigned i = 0; i < G_N_ELEMENTS(store->priorities); i++) {
		if (store->priorities[i])
			gnutls_priority_deinit(store->priorities[i]);
	}
	g_free(store);
}

/* A table's key: texts with their sizes, so that no two lists are alike. */
static void tls_key_add(GString *key, const char *text)
{
	if (text)
		g_string_append_printf(key, "%zu:%s,", strlen(text), text);
	else
		g_string_append(key, "-,");
}

static char *tls_credentials_key(const struct tls_settings *settings)
{
	GString *key = g_string_new(NULL);

	tls_key_add(key, settings->ca_file);
	tls_key_add(key, settings->certificate);
	tls_key_add(key, settings->key);
	return g_string_free(key, FALSE);
}

/* A resumed session checks no certificate: whatever decides about trust is
 * in the key. */
static char *tls_peer_key(
    const struct tls_settings *settings, const char *host, int port)
{
	GString *key = g_string_new(NULL);

	g_string_append_printf(key, "%d,%d,", port, settings->only_1_3);
	tls_key_add(key, host);
	tls_key_add(key, settings->ca_file);
	tls_key_add(key, settings->certificate);
	tls_key_add(key, settings->key);
	tls_key_add(key, settings->pin);
	return g_string_free(key, FALSE);
}

/* Credentials. */

static bool tls_read_file(
    const char *key, const char *path, gnutls_datum_t *ret_data, GError **error)
{
	g_autofree char *expanded = file_expand(path);
	g_autoptr(GError) reason = NULL;
	char *bytes;
	size_t size;

	if (!g_file_get_contents(expanded, &bytes, &size, &reason)) {
		g_set_error(error, NET_ERROR, NET_ERROR_SETUP, "%s: %s", key,
		    reason->message);
		return false;
	}
	if (size > UINT_MAX) {
		g_free(bytes);
		g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
		    "%s: %s is too large", key, path);
		return false;
	}
	ret_data->data = (unsigned char *)bytes;
	ret_data->size = (unsigned)size;
	return true;
}

static void tls_wipe(gnutls_datum_t *data)
{
	if (data->data)
		gnutls_memset(data->data, 0, data->size);
	g_free(data->data);
}

static bool tls_read_system_trust(
    gnutls_certificate_credentials_t handle, GError **error)
{
	int count = gnutls_certificate_set_x509_system_trust(handle);

	if (count > 0)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
	    "cannot read the system's certificates (%s): install them, "
	    "or set tls_ca_file",
	    count < 0 ? gnutls_strerror(count) : "there are none");
	return false;
}

static bool tls_read_trust(gnutls_certificate_credentials_t handle,
    const char *ca_file, GError **error)
{
	gnutls_datum_t data;
	int count;

	if (!tls_read_file("tls_ca_file", ca_file, &data, error))
		return false;
	count = gnutls_certificate_set_x509_trust_mem(
	    handle, &data, GNUTLS_X509_FMT_PEM);
	g_free(data.data);
	if (count > 0)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
	    "tls_ca_file: no certificate in %s%s%s", ca_file,
	    count < 0 ? ": " : "", count < 0 ? gnutls_strerror(count) : "");
	return false;
}

/* Trusts nobody.  size: of the list's table, 0 for GnuTLS's own idea of it. */
static void tls_empty_trust(struct tls_credentials *credentials, unsigned size)
{
	gnutls_x509_trust_list_t none;

	if (gnutls_x509_trust_list_init(&none, size) >= 0)
		gnutls_certificate_set_trust_list(credentials->handle, none, 0);
}

static bool tls_load_trust(struct tls_credentials *credentials, GError **error)
{
	tls_empty_trust(credentials, 0);
	if (credentials->ca_file)
		return tls_read_trust(
		    credentials->handle, credentials->ca_file, error);
	return tls_read_system_trust(credentials->handle, error);
}

/* Whoever has a pin can do without the system's. */
static bool tls_need_trust(const struct tls_peer *peer, GError **error)
{
	struct tls_credentials *credentials = peer->credentials;
	struct tls_store *store = credentials->store;
	g_autoptr(GError) reason = NULL;

	store->trusted = loop_now();
	if (g_ptr_array_find(store->trusting, credentials, NULL))
		return true;
	if (tls_load_trust(credentials, &reason)) {
		g_ptr_array_add(store->trusting, credentials);
		return true;
	}
	if (peer->pins && !credentials->ca_file)
		return true;
	g_propagate_error(error, g_steal_pointer(&reason));
	return false;
}

static void tls_drop_trust(struct tls_store *store)
{
	for (unsigned i = 0; i < store->trusting->len; i++)
		tls_empty_trust(store->trusting->pdata[i], 1);
	g_ptr_array_set_size(store->trusting, 0);
	memory_trim();
}

int64_t tls_store_deadline(const struct tls_store *store)
{
	return store->trusting->len > 0 ? store->trusted + store->trust_life
					: INT64_MAX;
}

void tls_store_tidy(struct tls_store *store)
{
	if (loop_now() >= tls_store_deadline(store))
		tls_drop_trust(store);
}

void tls_store_forget(struct tls_store *store)
{
	g_hash_table_remove_all(store->peers);
	g_hash_table_remove_all(store->credentials);
	tls_drop_trust(store);
}

static bool tls_load_client(gnutls_certificate_credentials_t handle,
    const struct tls_settings *settings, GError **error)
{
	const char *key_file =
	    settings->key ? settings->key : settings->certificate;
	gnutls_datum_t certificate = {0}, key = {0};
	bool good;
	int result;

	if (!settings->certificate)
		return true;
	good = tls_read_file("tls_certificate", settings->certificate,
		   &certificate, error) &&
	    tls_read_file("tls_key", key_file, &key, error);
	if (good) {
		result = gnutls_certificate_set_x509_key_mem2(
		    handle, &certificate, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
		good = result >= 0;
		if (!good)
			g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
			    "tls_certificate %s with tls_key %s: %s",
			    settings->certificate, key_file,
			    gnutls_strerror(result));
	}
	tls_wipe(&certificate);
	tls_wipe(&key);
	return good;
}

/* A reference for the caller. */
static struct tls_credentials *tls_credentials_get(struct tls_store *store,
    const struct tls_settings *settings, GError **error)
{
	g_autofree char *key = tls_credentials_key(settings);
	struct tls_credentials *credentials =
	    g_hash_table_lookup(store->credentials, key);

	if (credentials)
		return g_rc_box_acquire(credentials);
	credentials = g_rc_box_new0(struct tls_credentials);
	credentials->store = store;
	credentials->ca_file = g_strdup(settings->ca_file);
	gnutls_certificate_allocate_credentials(&credentials->handle);
	if (!tls_load_client(credentials->handle, settings, error)) {
		tls_credentials_release(credentials);
		return NULL;
	}
	g_hash_table_insert(store->credentials, g_steal_pointer(&key),
	    g_rc_box_acquire(credentials));
	return credentials;
}

/*
 * X25519 first: half of a resumed handshake goes into agreeing on a key, and
 * with P-256 that costs two thirds more.  Not where FIPS 140 decides; and a
 * policy that does not know one of these makes this fail.
 */
#define TLS_GROUPS                                                     \
	":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:" \
	"+GROUP-SECP521R1:+GROUP-X448:+GROUP-FFDHE2048:"               \
	"+GROUP-FFDHE3072:+GROUP-FFDHE4096"

static int tls_priority_new(gnutls_priority_t *ret_priority, const char *rules)
{
	g_autofree char *fast = g_strconcat(rules, TLS_GROUPS, NULL);

	if (!gnutls_fips140_mode_enabled() &&
	    gnutls_priority_init2(
		ret_priority, fast, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND) == 0)
		return 0;
	return gnutls_priority_init2(
	    ret_priority, rules, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND);
}

/* What the system's policy says, but TLS 1.2 and keys of 112 bits (2048 of RSA)
 * at least. */
static gnutls_priority_t tls_priority_get(
    struct tls_store *store, bool only_1_3, GError **error)
{
	static const char *const rules[] = {
	    "-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM",
	    "-VERS-ALL:+VERS-TLS1.3:%PROFILE_MEDIUM"};
	gnutls_priority_t *priority = &store->priorities[only_1_3];
	int result;

	if (*priority)
		return *priority;
	result = tls_priority_new(priority, rules[only_1_3]);
	if (result < 0)
		g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
		    "TLS priorities %s: %s", rules[only_1_3],
		    gnutls_strerror(result));
	return result < 0 ? NULL : *priority;
}

/* Pins. */

static bool tls_pin_is_valid(const char *pin)
{
	g_autofree unsigned char *digest = NULL;
	g_autofree char *again = NULL;
	size_t size;

	if (!g_str_has_prefix(pin, TLS_PIN_PREFIX))
		return false;
	pin += strlen(TLS_PIN_PREFIX);
	digest = g_base64_decode(pin, &size);
	again = g_base64_encode(digest, size);
	return size == 32 && strcmp(again, pin) == 0;
}

static char **tls_pins_new(const char *text, GError **error)
{
	char **pins = g_strsplit(text, ";", -1);
	unsigned i = 0;

	while (pins[i] && tls_pin_is_valid(g_strstrip(pins[i])))
		i++;
	if (i > 0 && !pins[i])
		return pins;
	g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
	    "tls_pin: \"%s\" is not " TLS_PIN_PREFIX
	    " with 44 characters of base64 behind it",
	    pins[i] ? pins[i] : text);
	g_strfreev(pins);
	return NULL;
}

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

/* Peers. */

static struct tls_peer *tls_peer_new(struct tls_store *store,
    const struct tls_settings *settings, const char *host, int port,
    GError **error)
{
	struct tls_peer *peer = g_rc_box_new0(struct tls_peer);

	peer->host = g_strdup(host);
	peer->port = port;
	peer->credentials = tls_credentials_get(store, settings, error);
	if (peer->credentials &&
	    (!settings->pin ||
		(peer->pins = tls_pins_new(settings->pin, error))))
		return peer;
	tls_peer_release(peer);
	return NULL;
}

/* A reference for the caller. */
static struct tls_peer *tls_peer_get(struct tls_store *store,
    const struct tls_settings *settings, const char *host, int port,
    GError **error)
{
	g_autofree char *name = g_str_has_suffix(host, ".")
	    ? g_strndup(host, strlen(host) - 1)
	    : g_strdup(host);
	g_autofree char *key = tls_peer_key(settings, name, port);
	struct tls_peer *peer = g_hash_table_lookup(store->peers, key);

	if (peer)
		return g_rc_box_acquire(peer);
	peer = tls_peer_new(store, settings, name, port, error);
	if (peer)
		g_hash_table_insert(store->peers, g_steal_pointer(&key),
		    g_rc_box_acquire(peer));
	return peer;
}

/* The check of the certificate. */

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

static char *tls_date(time_t when)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when);

	return date ? g_date_time_format(date, "%Y-%m-%d %H:%M UTC")
		    : g_strdup("?");
}

/* "subject CN=x, issuer CN=y, valid from A to B, pin sha256//..." */
static char *tls_certificate_describe(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t subject = {0}, issuer = {0};
	g_autofree char *from =
	    tls_date(gnutls_x509_crt_get_activation_time(certificate));
	g_autofree char *to =
	    tls_date(gnutls_x509_crt_get_expiration_time(certificate));
	g_autofree char *pin = tls_pin_of(certificate);
	g_autofree char *subject_name = NULL, *issuer_name = NULL;

	gnutls_x509_crt_get_dn3(certificate, &subject, 0);
	gnutls_x509_crt_get_issuer_dn3(certificate, &issuer, 0);
	subject_name = tls_name(subject);
	issuer_name = tls_name(issuer);
	gnutls_free(subject.data);
	gnutls_free(issuer.data);
	return g_strdup_printf("subject %s, issuer %s, valid from %s to %s, "
			       "pin %s",
	    subject_name, issuer_name, from, to, pin ? pin : "?");
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
	const char *why, *what;
} tls_reasons[] = {
    {GNUTLS_CERT_MISMATCH, "it is not the one that tls_pin names",
	"if the server has a new key and you know it, put its pin into "
	"tls_pin"},
    {GNUTLS_CERT_UNEXPECTED_OWNER, "it is for another host",
	"set host to a name in it"},
    {GNUTLS_CERT_EXPIRED, "it has expired",
	"the server needs a new one, or the clock here is wrong"},
    {GNUTLS_CERT_NOT_ACTIVATED, "it is not valid yet",
	"perhaps the clock here is wrong"},
    {GNUTLS_CERT_REVOKED, "it has been revoked", "the server needs a new one"},
    {GNUTLS_CERT_INSECURE_ALGORITHM, "its key or its signature is weak",
	"the server needs a new one"},
    {GNUTLS_CERT_SIGNER_NOT_FOUND, "its issuer is unknown",
	"set tls_ca_file to the certificate of its issuer, or tls_pin to "
	"its pin"},
    {GNUTLS_CERT_SIGNER_NOT_CA, "its issuer is no authority",
	"set tls_ca_file to the certificate of an authority, or tls_pin to "
	"its pin"},
};

static char *tls_refusal(
    struct tls_session *session, gnutls_x509_crt_t certificate, unsigned status)
{
	g_autofree char *about = tls_certificate_describe(certificate);
	gnutls_datum_t text = {0};
	char *refusal;

	for (unsigned i = 0; i < G_N_ELEMENTS(tls_reasons); i++) {
		const struct tls_reason *reason = &tls_reasons[i];

		if (status & reason->status)
			return g_strdup_printf("the certificate of %s port %d "
					       "is refused: %s (%s); %s",
			    session->peer->host, session->peer->port,
			    reason->why, about, reason->what);
	}
	gnutls_certificate_verification_status_print(
	    status, GNUTLS_CRT_X509, &text, 0);
	refusal = g_strdup_printf("the certificate of %s port %d is refused: "
				  "%s (%s); see tls_ca_file and tls_pin",
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
	g_autofree char *refusal = NULL;
	GError *error = NULL;
	unsigned status;

	/* The ticket that was to spare us this may have been refused. */
	if (!tls_need_trust(peer, &error))
		return error;
	status = tls_verify_chain(session);
	if (peer->pins)
		status = tls_verify_pin(session, certificate, status);
	if (status == 0)
		return NULL;
	refusal = tls_refusal(session, certificate, status);
	return g_error_new_literal(NET_ERROR, NET_ERROR_VERIFY, refusal);
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
