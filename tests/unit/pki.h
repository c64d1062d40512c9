/*
 * A certificate authority for the tests, made anew in each run.
 */
#ifndef IDLEBELL_TESTS_PKI_H
#define IDLEBELL_TESTS_PKI_H

#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define PKI_DAY (24 * 60 * 60)

struct pki_certificate {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
};

/* A text with a path of its own in the test's directory. */
static inline char *pki_write(
    const char *directory, const char *name, const gnutls_datum_t *text)
{
	char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(
	    path, (char *)text->data, (gssize)text->size, NULL));
	return path;
}

/* name: of the subject, and a subject alternative name: an address or a host
 * name.  issuer NULL: it signs itself. */
static inline struct pki_certificate pki_new(const char *name, bool authority,
    time_t from, time_t to, const struct pki_certificate *issuer)
{
	struct pki_certificate new;
	unsigned char serial[8], address[4], id[20];
	size_t size = sizeof(id);

	gnutls_x509_privkey_init(&new.key);
	g_assert_cmpint(
	    gnutls_x509_privkey_generate(new.key, GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	    ==, 0);
	gnutls_x509_crt_init(&new.crt);
	gnutls_x509_crt_set_version(new.crt, 3);
	for (unsigned i = 0; i < sizeof(serial); i++)
		serial[i] = (unsigned char)g_random_int_range(1, 127);
	gnutls_x509_crt_set_serial(new.crt, serial, sizeof(serial));
	gnutls_x509_crt_set_dn_by_oid(new.crt, GNUTLS_OID_X520_COMMON_NAME, 0,
	    name, (unsigned)strlen(name));
	gnutls_x509_crt_set_key(new.crt, new.key);
	gnutls_x509_crt_set_activation_time(new.crt, from);
	gnutls_x509_crt_set_expiration_time(new.crt, to);
	if (authority) {
		gnutls_x509_crt_set_basic_constraints(new.crt, 1, -1);
		gnutls_x509_crt_set_key_usage(
		    new.crt, GNUTLS_KEY_KEY_CERT_SIGN);
	} else if (inet_pton(AF_INET, name, address) == 1) {
		gnutls_x509_crt_set_subject_alt_name(new.crt,
		    GNUTLS_SAN_IPADDRESS, address, sizeof(address),
		    GNUTLS_FSAN_SET);
	} else {
		gnutls_x509_crt_set_subject_alt_name(new.crt,
		    GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
		    GNUTLS_FSAN_SET);
	}
	/* By them GnuTLS puts a chain in order. */
	gnutls_x509_crt_get_key_id(new.crt, 0, id, &size);
	gnutls_x509_crt_set_subject_key_id(new.crt, id, size);
	size = sizeof(id);
	gnutls_x509_crt_get_key_id(
	    issuer ? issuer->crt : new.crt, 0, id, &size);
	gnutls_x509_crt_set_authority_key_id(new.crt, id, size);
	g_assert_cmpint(
	    gnutls_x509_crt_sign2(new.crt, issuer ? issuer->crt : new.crt,
		issuer ? issuer->key : new.key, GNUTLS_DIG_SHA256, 0),
	    ==, 0);
	return new;
}

static inline void pki_clear(struct pki_certificate *certificate)
{
	gnutls_x509_privkey_deinit(certificate->key);
	gnutls_x509_crt_deinit(certificate->crt);
}

/* NAME.pem and NAME.key in a directory; returns the first's path. */
static inline char *pki_save(const struct pki_certificate *certificate,
    const char *directory, const char *name)
{
	g_autofree char *pem = g_strconcat(name, ".pem", NULL);
	g_autofree char *key = g_strconcat(name, ".key", NULL);
	gnutls_datum_t text;
	char *path;

	gnutls_x509_privkey_export2(
	    certificate->key, GNUTLS_X509_FMT_PEM, &text);
	g_free(pki_write(directory, key, &text));
	gnutls_free(text.data);
	gnutls_x509_crt_export2(certificate->crt, GNUTLS_X509_FMT_PEM, &text);
	path = pki_write(directory, pem, &text);
	gnutls_free(text.data);
	return path;
}

/* What a server shows, with or without the issuer's. */
static inline gnutls_certificate_credentials_t pki_credentials_chain(
    const struct pki_certificate *certificate,
    const struct pki_certificate *issuer)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_crt_t list[2] = {
	    certificate->crt, issuer ? issuer->crt : NULL};

	gnutls_certificate_allocate_credentials(&credentials);
	g_assert_cmpint(gnutls_certificate_set_x509_key(credentials, list,
			    issuer ? 2 : 1, certificate->key),
	    >=, 0);
	return credentials;
}

static inline gnutls_certificate_credentials_t pki_credentials(
    const struct pki_certificate *certificate)
{
	return pki_credentials_chain(certificate, NULL);
}

/* "sha256//..." as another implementation than ours has it: over the key's
 * SubjectPublicKeyInfo. */
static inline char *pki_pin(const struct pki_certificate *certificate)
{
	unsigned char digest[32];
	size_t size = sizeof(digest);
	g_autofree char *base64 = NULL;

	g_assert_cmpint(gnutls_x509_crt_get_key_id(certificate->crt,
			    GNUTLS_KEYID_USE_SHA256, digest, &size),
	    ==, 0);
	base64 = g_base64_encode(digest, size);
	return g_strconcat("sha256//", base64, NULL);
}

static inline void pki_remove_directory(const char *path)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(directory))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		g_remove(file);
	}
	g_rmdir(path);
}

#endif
