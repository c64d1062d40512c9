/*
 * Credentials and trust, shared by all with the same settings, and the servers
 * with their tickets.
 */
#include "net/tls-store.h"

#include "os/file.h"
#include "os/loop.h"
#include "os/memory.h"
#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>

struct tls_store {
	GHashTable *credentials; /* by settings: struct tls_credentials */
	GHashTable *peers;       /* by server and settings: struct tls_peer */
	gnutls_priority_t priorities[2]; /* [only_1_3] */
	GPtrArray *trusting;             /* struct tls_credentials with trust */
	int64_t trusted; /* when one of them was needed last, loop_now() */
	int64_t trust_life;
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
void tls_ticket_clear(struct tls_peer *peer)
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

void tls_peer_release(void *data)
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
bool tls_need_trust(const struct tls_peer *peer, GError **error)
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
gnutls_priority_t tls_priority_get(
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
struct tls_peer *tls_peer_get(struct tls_store *store,
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
