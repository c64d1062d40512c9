/*
 * TLS sessions against a GnuTLS server at the other end of a socket pair:
 * who is trusted, what is said when somebody is not, which tickets return.
 */
#include "net/tls.h"
#include "os/loop.h"
#include "pki.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST       "imap.example.org"
#define TRUST_LIFE 60000

/* The clock is ours: tickets age by it. */
static int64_t clock_now = 1000000;

int64_t loop_now(void)
{
	return clock_now;
}

/* And so is the system's trust: how many certificates it has, or an error. */
static int system_trust = 1;

int gnutls_certificate_set_x509_system_trust(
    gnutls_certificate_credentials_t credentials)
{
	(void)credentials;
	return system_trust;
}

static char *directory, *ca_file, *other_ca_file;
static struct pki_certificate ca, other_ca;
static gnutls_datum_t ticket_key;
static struct tls_store *store;

/* A client and a server that talk. */
struct link {
	int fds[2];
	struct tls_session *client;
	gnutls_session_t server;
	gnutls_certificate_credentials_t credentials;
	int result; /* of the client's handshake */
	GError *error;
};

struct link_options {
	const char *host, *priorities;
	const struct tls_settings *settings;
	const struct pki_certificate *certificate, *issuer;
	bool ask_client;
	bool forget; /* the store does, before the handshake */
};

static void link_server(struct link *link, const struct link_options *options)
{
	const char *priorities =
	    options->priorities ? options->priorities : "NORMAL";

	gnutls_init(
	    &link->server, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	g_assert_cmpint(
	    gnutls_priority_set_direct(link->server, priorities, NULL), ==, 0);
	link->credentials =
	    pki_credentials_chain(options->certificate, options->issuer);
	gnutls_credentials_set(
	    link->server, GNUTLS_CRD_CERTIFICATE, link->credentials);
	gnutls_session_ticket_enable_server(link->server, &ticket_key);
	if (options->ask_client)
		gnutls_certificate_server_set_request(
		    link->server, GNUTLS_CERT_REQUEST);
	gnutls_transport_set_int(link->server, link->fds[1]);
}

static bool step(gnutls_session_t session, int *result)
{
	if (*result == GNUTLS_E_SUCCESS || gnutls_error_is_fatal(*result))
		return false;
	*result = gnutls_handshake(session);
	if (gnutls_error_is_fatal(*result))
		gnutls_alert_send_appropriate(session, *result);
	return true;
}

/* Both hands of the handshake, then a byte, which takes tickets along. */
static void link_shake(struct link *link)
{
	int server = GNUTLS_E_AGAIN;
	gnutls_session_t client = tls_session_get(link->client);
	char byte;

	link->result = GNUTLS_E_AGAIN;
	gnutls_transport_set_int(client, link->fds[0]);
	for (unsigned i = 0; i < 100; i++) {
		bool more = step(client, &link->result);

		if (gnutls_error_is_fatal(link->result))
			break;
		more = step(link->server, &server) || more;
		if (!more)
			break;
	}
	if (link->result < 0) {
		tls_session_explain(link->client, link->result, &link->error);
		return;
	}
	g_assert_cmpint(server, ==, GNUTLS_E_SUCCESS);
	g_assert_cmpint(gnutls_record_send(link->server, "x", 1), ==, 1);
	while (gnutls_record_recv(client, &byte, 1) != 1)
		;
}

static struct link link_new(const struct link_options *options)
{
	struct link link = {{-1, -1}, NULL, NULL, NULL, 0, NULL};

	g_assert_cmpint(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		link.fds),
	    ==, 0);
	link.client = tls_session_new(store, options->settings,
	    options->host ? options->host : HOST, 993, &link.error);
	g_assert_no_error(link.error);
	link_server(&link, options);
	if (options->forget)
		tls_store_forget(store);
	link_shake(&link);
	return link;
}

static void link_clear(struct link *link)
{
	tls_session_free(link->client);
	gnutls_deinit(link->server);
	gnutls_certificate_free_credentials(link->credentials);
	close(link->fds[0]);
	close(link->fds[1]);
	g_clear_error(&link->error);
}

/* A session that is resumed shows no certificate. */
static void forget_tickets(void)
{
	tls_store_free(store);
	store = tls_store_new(TRUST_LIFE);
}

static void expect_good(const struct link_options *options)
{
	struct link link;

	forget_tickets();
	link = link_new(options);
	g_assert_no_error(link.error);
	link_clear(&link);
}

/* The words that must be in the message, in any order. */
static void expect_link_refusal(
    const struct link_options *options, int code, const char *const *words)
{
	struct link link = link_new(options);

	g_assert_error(link.error, NET_ERROR, code);
	g_test_message("%s", link.error->message);
	g_assert_null(strpbrk(link.error->message, "\r\n"));
	for (; *words; words++) {
		if (!strstr(link.error->message, *words))
			g_error("\"%s\" is not in \"%s\"", *words,
			    link.error->message);
	}
	link_clear(&link);
}

static void expect_refusal(
    const struct link_options *options, int code, const char *const *words)
{
	forget_tickets();
	expect_link_refusal(options, code, words);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct pki_certificate leaf(const char *name)
{
	return pki_new(
	    name, false, time(NULL) - PKI_DAY, time(NULL) + PKI_DAY, &ca);
}

/* As the server shows it. */
static void test_certificate(void)
{
	time_t now = time(NULL);
	struct pki_certificate certificate =
	    pki_new(HOST, false, now - PKI_DAY, now + PKI_DAY, &ca);
	g_autofree char *pin = pki_pin(&certificate);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};
	struct tls_certificate shown = {0};
	struct link link;

	forget_tickets();
	link = link_new(&options);
	g_assert_true(tls_session_certificate(link.client, &shown));
	g_assert_cmpstr(shown.subject, ==, "CN=" HOST);
	g_assert_cmpstr(shown.issuer, ==, "CN=Test CA");
	g_assert_cmpstr(shown.pin, ==, pin);
	g_assert_cmpint(shown.from, ==, now - PKI_DAY);
	g_assert_cmpint(shown.until, ==, now + PKI_DAY);
	tls_certificate_clear(&shown);
	link_clear(&link);
	pki_clear(&certificate);
}

static void test_good(void)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};
	struct link link = link_new(&options);
	g_autofree char *text = NULL;
	char name[64];
	size_t size = sizeof(name);
	unsigned type;

	g_assert_no_error(link.error);
	text = tls_session_describe(link.client);
	g_test_message("%s", text);
	g_assert_true(g_str_has_prefix(text, "TLS 1.3, ECDHE-"));
	g_assert_null(strstr(text, "resumed"));
	g_assert_cmpint(
	    gnutls_server_name_get(link.server, name, &size, &type, 0), ==, 0);
	g_assert_cmpstr(name, ==, HOST);
	link_clear(&link);

	/* A name with the dot at its end is the same name. */
	options.host = HOST ".";
	expect_good(&options);
	pki_clear(&certificate);
}

static void test_versions(void)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};
	struct link link;
	g_autofree char *text = NULL;

	options.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
	link = link_new(&options);
	g_assert_no_error(link.error);
	text = tls_session_describe(link.client);
	g_assert_true(g_str_has_prefix(text, "TLS 1.2, "));
	link_clear(&link);

	settings.only_1_3 = true;
	expect_refusal(&options, NET_ERROR_HANDSHAKE, WORDS(HOST, "993"));
	options.priorities = NULL;
	expect_good(&options);

	settings.only_1_3 = false;
	options.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1";
	expect_refusal(&options, NET_ERROR_HANDSHAKE, WORDS(HOST, "993"));
	pki_clear(&certificate);
}

static gnutls_group_t group_with(
    struct link_options *options, const char *priorities)
{
	struct link link;
	gnutls_group_t group;

	options->priorities = priorities;
	link = link_new(options);
	g_assert_no_error(link.error);
	group = gnutls_group_get(link.server);
	link_clear(&link);
	return group;
}

/* The cheapest group, but also any other that a server may want. */
static void test_groups(void)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};

	if (gnutls_fips140_mode_enabled()) {
		g_test_skip("FIPS 140 decides");
	} else {
		g_assert_cmpint(
		    group_with(&options, NULL), ==, GNUTLS_GROUP_X25519);
	}
	g_assert_cmpint(
	    group_with(&options, "NORMAL:-GROUP-ALL:+GROUP-SECP256R1"), ==,
	    GNUTLS_GROUP_SECP256R1);
	g_assert_cmpint(
	    group_with(&options, "NORMAL:-GROUP-ALL:+GROUP-SECP384R1"), ==,
	    GNUTLS_GROUP_SECP384R1);
	pki_clear(&certificate);
}

static void test_wrong_host(void)
{
	struct pki_certificate certificate = leaf("other.example.org");
	g_autofree char *pin = pki_pin(&certificate);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};

	expect_refusal(&options, NET_ERROR_VERIFY,
	    WORDS(HOST, "993", "another host", "set host",
		"subject CN=other.example.org", "issuer CN=Test CA", pin,
		"valid from 20"));
	/* The pin does not stand in for the name. */
	settings.pin = pin;
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("another host"));
	settings.ca_file = other_ca_file;
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("another host"));
	pki_clear(&certificate);
}

static void test_dates(void)
{
	time_t now = time(NULL);
	struct pki_certificate old =
	    pki_new(HOST, false, now - 3 * PKI_DAY, now - PKI_DAY, &ca);
	struct pki_certificate young =
	    pki_new(HOST, false, now + PKI_DAY, now + 3 * PKI_DAY, &ca);
	g_autofree char *old_pin = pki_pin(&old);
	g_autofree char *young_pin = pki_pin(&young);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &old};

	expect_refusal(
	    &options, NET_ERROR_EXPIRED, WORDS("it has expired", "clock"));
	settings.pin = old_pin;
	expect_refusal(&options, NET_ERROR_EXPIRED, WORDS("it has expired"));
	settings.ca_file = other_ca_file;
	expect_refusal(&options, NET_ERROR_EXPIRED, WORDS("it has expired"));

	options.certificate = &young;
	settings.pin = young_pin;
	expect_refusal(&options, NET_ERROR_EARLY, WORDS("not valid yet"));
	settings.ca_file = ca_file;
	settings.pin = NULL;
	expect_refusal(
	    &options, NET_ERROR_EARLY, WORDS("not valid yet", "clock"));
	pki_clear(&old);
	pki_clear(&young);
}

static void test_unknown_issuer(void)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = other_ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};

	expect_refusal(&options, NET_ERROR_VERIFY,
	    WORDS("issuer is unknown", "tls_ca_file", "tls_pin", "sha256//",
		"issuer CN=Test CA"));
	/* The system does not know it either. */
	settings.ca_file = NULL;
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("issuer is unknown"));
	pki_clear(&certificate);
}

static void test_pin(void)
{
	time_t now = time(NULL);
	struct pki_certificate own =
	    pki_new(HOST, false, now - PKI_DAY, now + PKI_DAY, NULL);
	struct pki_certificate known = leaf(HOST);
	g_autofree char *own_pin = pki_pin(&own);
	g_autofree char *known_pin = pki_pin(&known);
	g_autofree char *both = g_strconcat(known_pin, "; ", own_pin, NULL);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &own};

	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("unknown", own_pin));
	settings.pin = own_pin;
	expect_good(&options);
	settings.pin = both;
	expect_good(&options);
	settings.pin = known_pin;
	expect_refusal(&options, NET_ERROR_VERIFY,
	    WORDS("not the one that tls_pin names", own_pin));
	/* A known issuer does not stand in for the pin. */
	options.certificate = &known;
	expect_good(&options);
	settings.pin = own_pin;
	expect_refusal(&options, NET_ERROR_VERIFY,
	    WORDS("not the one that tls_pin names", known_pin));
	pki_clear(&own);
	pki_clear(&known);
}

/* Of a chain GnuTLS looks no further than to the first bad link, which is
 * not the server's own certificate. */
static void test_pin_chain(void)
{
	time_t now = time(NULL);
	struct pki_certificate root =
	    pki_new("Root", true, now - PKI_DAY, now + PKI_DAY, NULL);
	struct pki_certificate issuer =
	    pki_new("Issuer", true, now - PKI_DAY, now + PKI_DAY, &root);
	struct pki_certificate servers[] = {
	    pki_new(HOST, false, now - PKI_DAY, now + PKI_DAY, &issuer),
	    pki_new(HOST, false, now - 3 * PKI_DAY, now - PKI_DAY, &issuer),
	    pki_new(HOST, false, now + PKI_DAY, now + 3 * PKI_DAY, &issuer),
	    pki_new("other", false, now - PKI_DAY, now + PKI_DAY, &issuer)};
	static const char *const words[] = {
	    NULL, "it has expired", "it is not valid yet", "another host"};
	static const int codes[] = {
	    0, NET_ERROR_EXPIRED, NET_ERROR_EARLY, NET_ERROR_VERIFY};

	for (unsigned i = 0; i < G_N_ELEMENTS(servers); i++) {
		g_autofree char *pin = pki_pin(&servers[i]);
		struct tls_settings settings = {.ca_file = ca_file, .pin = pin};
		struct link_options options = {.settings = &settings,
		    .certificate = &servers[i],
		    .issuer = &issuer};

		if (words[i])
			expect_refusal(&options, codes[i], WORDS(words[i]));
		else
			expect_good(&options);
		pki_clear(&servers[i]);
	}
	pki_clear(&issuer);
	pki_clear(&root);
}

static void test_address(void)
{
	struct pki_certificate address = leaf("192.0.2.7");
	struct pki_certificate named = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &address,
	    .host = "192.0.2.7"};
	struct link link = link_new(&options);
	char name[64];
	size_t size = sizeof(name);
	unsigned type;

	g_assert_no_error(link.error);
	g_assert_cmpint(
	    gnutls_server_name_get(link.server, name, &size, &type, 0), !=, 0);
	link_clear(&link);
	options.host = "192.0.2.8";
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("another host"));
	options.host = "2001:db8::1";
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("another host"));
	options.host = "192.0.2.7";
	options.certificate = &named;
	expect_refusal(&options, NET_ERROR_VERIFY, WORDS("another host"));
	pki_clear(&address);
	pki_clear(&named);
}

/* A name with a line end, an escape sequence and no end. */
static void test_hostile_name(void)
{
	g_autofree char *tail = g_strnfill(5000, 'x');
	g_autofree char *name = g_strconcat("a\n\033[2Jb\x80", tail, NULL);
	struct pki_certificate certificate = pki_new(
	    name, false, time(NULL) - PKI_DAY, time(NULL) + PKI_DAY, NULL);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};
	struct link link = link_new(&options);

	g_assert_error(link.error, NET_ERROR, NET_ERROR_VERIFY);
	g_assert_cmpuint(strlen(link.error->message), <, 1000);
	g_assert_true(g_utf8_validate(link.error->message, -1, NULL));
	for (const char *at = link.error->message; *at; at++)
		g_assert_cmpint((unsigned char)*at, >=, ' ');
	link_clear(&link);
	pki_clear(&certificate);
}

static void test_client_certificate(void)
{
	struct pki_certificate certificate = leaf(HOST), mine = leaf("jane");
	g_autofree char *pem = pki_save(&mine, directory, "jane");
	g_autofree char *key = g_build_filename(directory, "jane.key", NULL);
	struct tls_settings settings = {
	    .ca_file = ca_file, .certificate = pem, .key = key};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .ask_client = true};
	struct link link = link_new(&options);
	unsigned count = 0;

	g_assert_no_error(link.error);
	g_assert_nonnull(gnutls_certificate_get_peers(link.server, &count));
	g_assert_cmpuint(count, ==, 1);
	link_clear(&link);
	pki_clear(&certificate);
	pki_clear(&mine);
}

static void expect_setup_error(
    const struct tls_settings *settings, const char *const *words)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(tls_session_new(store, settings, HOST, 993, &error));
	g_assert_error(error, NET_ERROR, NET_ERROR_SETUP);
	g_test_message("%s", error->message);
	for (; *words; words++)
		g_assert_nonnull(strstr(error->message, *words));
}

static void test_setup_errors(void)
{
	g_autofree char *key = g_build_filename(directory, "ca.key", NULL);
	g_autofree char *gone = g_build_filename(directory, "gone", NULL);
	g_autofree char *pin = pki_pin(&ca);
	g_autofree char *bad_pin = g_strconcat(pin, ";sha256//short=", NULL);
	g_autofree char *naked = g_strdup(pin + strlen("sha256//"));
	struct tls_settings settings = {.ca_file = gone};

	expect_setup_error(&settings, WORDS("tls_ca_file", gone, "No such"));
	settings.ca_file = key;
	expect_setup_error(
	    &settings, WORDS("tls_ca_file", key, "no certificate"));
	settings.ca_file = directory;
	expect_setup_error(&settings, WORDS("tls_ca_file", directory));
	settings = (struct tls_settings){.certificate = gone, .key = key};
	expect_setup_error(&settings, WORDS("tls_certificate", gone));
	settings = (struct tls_settings){.certificate = ca_file, .key = gone};
	expect_setup_error(&settings, WORDS("tls_key", gone, "No such"));
	settings = (struct tls_settings){.certificate = ca_file};
	expect_setup_error(&settings, WORDS("tls_key", ca_file));
	/* The key of another certificate. */
	settings =
	    (struct tls_settings){.certificate = other_ca_file, .key = key};
	expect_setup_error(
	    &settings, WORDS("tls_certificate", other_ca_file, "tls_key", key));
	settings = (struct tls_settings){.ca_file = ca_file, .pin = bad_pin};
	expect_setup_error(&settings, WORDS("tls_pin", "sha256//short="));
	settings.pin = naked;
	expect_setup_error(&settings, WORDS("tls_pin", naked));
	settings.pin = "";
	expect_setup_error(&settings, WORDS("tls_pin"));
}

static bool is_resumed(const struct link_options *options)
{
	struct link link = link_new(options);
	bool resumed;

	g_assert_no_error(link.error);
	resumed = gnutls_session_is_resumed(link.server);
	g_assert_true(resumed ==
	    !!gnutls_session_is_resumed(tls_session_get(link.client)));
	if (resumed) {
		g_autofree char *text = tls_session_describe(link.client);

		g_assert_true(g_str_has_suffix(text, ", resumed"));
	}
	link_clear(&link);
	return resumed;
}

static void try_resumption(const char *priorities)
{
	struct pki_certificate certificate = leaf(HOST);
	g_autofree char *pin = pki_pin(&certificate);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .priorities = priorities};
	struct link link;

	forget_tickets();
	g_assert_false(is_resumed(&options));
	g_assert_true(is_resumed(&options));
	g_assert_true(is_resumed(&options));

	/* Other settings, another trust: no ticket passes between them. */
	settings.pin = pin;
	g_assert_false(is_resumed(&options));
	g_assert_true(is_resumed(&options));
	settings.pin = NULL;
	settings.ca_file = other_ca_file;
	link = link_new(&options);
	g_assert_error(link.error, NET_ERROR, NET_ERROR_VERIFY);
	link_clear(&link);
	settings.ca_file = ca_file;
	g_assert_true(is_resumed(&options));
	pki_clear(&certificate);
}

static void test_resumption(void)
{
	try_resumption("NORMAL");
	try_resumption("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

static void try_ticket_age(const char *priorities)
{
	time_t now = time(NULL);
	struct pki_certificate certificate =
	    pki_new(HOST, false, now - PKI_DAY, now + 5 * PKI_DAY, &ca);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .priorities = priorities};

	forget_tickets();
	g_assert_false(is_resumed(&options));
	clock_now += (PKI_DAY - 10) * 1000;
	g_assert_true(is_resumed(&options));
	/* The ticket is new, the check of the certificate is not. */
	clock_now += 20 * 1000;
	g_assert_false(is_resumed(&options));
	g_assert_true(is_resumed(&options));
	pki_clear(&certificate);
}

/* What was read and what was trusted is asked again. */
static void test_forget(void)
{
	struct pki_certificate certificate = leaf(HOST);
	g_autofree char *path = pki_save(&ca, directory, "changing");
	struct tls_settings settings = {.ca_file = path};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};

	forget_tickets();
	g_assert_false(is_resumed(&options));
	g_free(pki_save(&other_ca, directory, "changing"));
	g_assert_true(is_resumed(&options));
	tls_store_forget(store);
	expect_link_refusal(&options, NET_ERROR_VERIFY, WORDS("unknown"));
	g_free(pki_save(&ca, directory, "changing"));
	tls_store_forget(store);
	g_assert_false(is_resumed(&options));
	g_assert_true(is_resumed(&options));
	pki_clear(&certificate);
}

/* A session from before keeps its credentials; its tickets are of no use. */
static void try_forget_in_use(const char *priorities)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .priorities = priorities,
	    .forget = true};
	struct link link;

	forget_tickets();
	link = link_new(&options);
	g_assert_no_error(link.error);
	link_clear(&link);
	options.forget = false;
	g_assert_false(is_resumed(&options));
	/* Nor does its failure take a newer ticket along. */
	link = (struct link){
	    .client = tls_session_new(store, &settings, HOST, 993, NULL)};
	tls_store_forget(store);
	g_assert_false(is_resumed(&options));
	tls_session_drop_ticket(link.client);
	tls_session_free(link.client);
	g_assert_true(is_resumed(&options));
	pki_clear(&certificate);
}

static void test_forget_in_use(void)
{
	try_forget_in_use("NORMAL");
	try_forget_in_use("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

/* A failure is not kept; whoever has a pin needs no trust. */
static void test_system_trust(void)
{
	g_autofree char *pin = pki_pin(&ca);
	struct tls_settings settings = {NULL};
	struct tls_session *session;

	forget_tickets();
	system_trust = GNUTLS_E_FILE_ERROR;
	expect_setup_error(&settings,
	    WORDS("the system's certificates", "tls_ca_file",
		gnutls_strerror(GNUTLS_E_FILE_ERROR)));
	settings.pin = pin;
	session = tls_session_new(store, &settings, HOST, 993, NULL);
	g_assert_nonnull(session);
	tls_session_free(session);
	settings.pin = NULL;
	system_trust = 0;
	expect_setup_error(
	    &settings, WORDS("the system's certificates", "there are none"));
	system_trust = 1;
	session = tls_session_new(store, &settings, HOST, 993, NULL);
	g_assert_nonnull(session);
	tls_session_free(session);
}

/* How many authorities its credentials know. */
static unsigned count_trusted(const struct link *link)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_trust_list_t list;
	gnutls_x509_trust_list_iter_t iter = NULL;
	gnutls_x509_crt_t certificate;
	unsigned count = 0;

	g_assert_cmpint(gnutls_credentials_get(tls_session_get(link->client),
			    GNUTLS_CRD_CERTIFICATE, (void **)&credentials),
	    ==, 0);
	gnutls_certificate_get_trust_list(credentials, &list);
	while (gnutls_x509_trust_list_iter_get_ca(list, &iter, &certificate) ==
	    0) {
		gnutls_x509_crt_deinit(certificate);
		count++;
	}
	return count;
}

static void let_trust_go(void)
{
	clock_now += TRUST_LIFE;
	tls_store_tidy(store);
	g_assert_cmpint(tls_store_deadline(store), ==, INT64_MAX);
}

/* A server that can read no ticket from before. */
static void forget_server(void)
{
	gnutls_free(ticket_key.data);
	gnutls_session_ticket_key_generate(&ticket_key);
}

/* What nobody has needed for a while is let go, and what resumes needs none. */
static void try_trust_life(const char *priorities)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .priorities = priorities};
	struct link link;

	forget_tickets();
	g_assert_cmpint(tls_store_deadline(store), ==, INT64_MAX);
	link = link_new(&options);
	g_assert_cmpint(tls_store_deadline(store), ==, clock_now + TRUST_LIFE);
	clock_now += TRUST_LIFE - 1;
	tls_store_tidy(store);
	g_assert_cmpuint(count_trusted(&link), ==, 1);
	let_trust_go();
	g_assert_cmpuint(count_trusted(&link), ==, 0);
	link_clear(&link);
	g_assert_true(is_resumed(&options));
	g_assert_cmpint(tls_store_deadline(store), ==, INT64_MAX);
	pki_clear(&certificate);
}

static void test_trust_life(void)
{
	try_trust_life("NORMAL");
	try_trust_life("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

/* A full handshake reads it again, and looks as closely as before; also when
 * it was a ticket that was offered. */
static void try_trust_again(const char *priorities, bool offer)
{
	time_t now = time(NULL);
	struct pki_certificate good = leaf(HOST);
	struct pki_certificate bad =
	    pki_new(HOST, false, now - PKI_DAY, now + PKI_DAY, &other_ca);
	g_autofree char *path = pki_save(&ca, directory, "gone later");
	struct tls_settings settings = {.ca_file = path};
	struct link_options options = {.settings = &settings,
	    .certificate = &good,
	    .priorities = priorities};

	forget_tickets();
	g_assert_false(is_resumed(&options));
	let_trust_go();
	forget_server();
	if (!offer)
		tls_store_forget(store);
	options.certificate = &bad;
	expect_link_refusal(
	    &options, NET_ERROR_VERIFY, WORDS("its issuer is unknown"));
	let_trust_go();
	options.certificate = &good;
	g_assert_false(is_resumed(&options));
	let_trust_go();
	forget_server();
	g_assert_cmpint(unlink(path), ==, 0);
	if (offer)
		expect_link_refusal(&options, NET_ERROR_SETUP,
		    WORDS("tls_ca_file", path, "No such file"));
	pki_clear(&good);
	pki_clear(&bad);
}

static void test_trust_again(void)
{
	try_trust_again("NORMAL", true);
	try_trust_again("NORMAL", false);
	try_trust_again("NORMAL:-VERS-ALL:+VERS-TLS1.2", true);
}

static void test_ticket_age(void)
{
	try_ticket_age("NORMAL");
	try_ticket_age("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

/* No ticket outlives the certificate. */
static void try_ticket_expiry(const char *priorities)
{
	time_t now = time(NULL);
	struct pki_certificate certificate =
	    pki_new(HOST, false, now - PKI_DAY, now + 3600, &ca);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {.settings = &settings,
	    .certificate = &certificate,
	    .priorities = priorities};

	forget_tickets();
	g_assert_false(is_resumed(&options));
	clock_now += 3500 * 1000;
	g_assert_true(is_resumed(&options));
	clock_now += 101 * 1000;
	g_assert_false(is_resumed(&options));
	pki_clear(&certificate);
}

static void test_ticket_expiry(void)
{
	try_ticket_expiry("NORMAL");
	try_ticket_expiry("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

/* A ticket that spoils the handshake is not tried twice. */
static void test_resumption_fails(void)
{
	struct pki_certificate certificate = leaf(HOST);
	struct tls_settings settings = {.ca_file = ca_file};
	struct link_options options = {
	    .settings = &settings, .certificate = &certificate};
	struct tls_session *session;
	g_autoptr(GError) error = NULL;

	forget_tickets();
	g_assert_false(is_resumed(&options));
	session = tls_session_new(store, &settings, HOST, 993, NULL);
	tls_session_explain(session, GNUTLS_E_PREMATURE_TERMINATION, &error);
	g_assert_error(error, NET_ERROR, NET_ERROR_IO);
	tls_session_free(session);
	g_assert_false(is_resumed(&options));
	pki_clear(&certificate);
}

/* What is not TLS, as the first words of a server. */
static void test_not_tls(void)
{
	static const char *const words[] = {
	    "* OK [CAPABILITY IMAP4rev1] hi\r\n", "* BYE too many\r\n",
	    "+OK POP3\r\n", "220 smtp\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
	    "SSH-2.0-OpenSSH_9.2\r\n"};
	struct tls_settings settings = {.ca_file = ca_file};

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autoptr(GError) error = NULL;
		int fds[2], result;
		struct tls_session *session =
		    tls_session_new(store, &settings, HOST, 993, &error);

		g_assert_cmpint(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==,
		    0);
		gnutls_transport_set_int(tls_session_get(session), fds[0]);
		g_assert_cmpint(write(fds[1], words[i], strlen(words[i])), ==,
		    (ssize_t)strlen(words[i]));
		result = gnutls_handshake(tls_session_get(session));
		tls_session_explain(session, result, &error);
		g_assert_error(error, NET_ERROR, NET_ERROR_HANDSHAKE);
		g_test_message("%d: %s", result, error->message);
		g_assert_nonnull(strstr(error->message, "tls = starttls"));
		tls_session_free(session);
		close(fds[0]);
		close(fds[1]);
	}
}

/* The server is asked for a certificate of ours, and wants another. */
static void test_alert(void)
{
	struct tls_settings settings = {.ca_file = ca_file};
	g_autoptr(GError) error = NULL;
	struct tls_session *session =
	    tls_session_new(store, &settings, HOST, 993, &error);
	int fds[2], result = GNUTLS_E_AGAIN;

	/* A record of type 21: fatal (2), handshake_failure (40). */
	g_assert_cmpint(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	gnutls_transport_set_int(tls_session_get(session), fds[0]);
	g_assert_cmpint(write(fds[1], "\25\3\3\0\2\2\50", 7), ==, 7);
	while (!gnutls_error_is_fatal(result))
		result = gnutls_handshake(tls_session_get(session));
	tls_session_explain(session, result, &error);
	g_assert_error(error, NET_ERROR, NET_ERROR_HANDSHAKE);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, "alert \"Handshake failed\""));
	tls_session_free(session);
	close(fds[0]);
	close(fds[1]);
}

static void global_set_up(void)
{
	time_t now = time(NULL);

	directory = g_dir_make_tmp("idlebell-tls-XXXXXX", NULL);
	ca = pki_new("Test CA", true, now - PKI_DAY, now + PKI_DAY, NULL);
	other_ca =
	    pki_new("Other CA", true, now - PKI_DAY, now + PKI_DAY, NULL);
	ca_file = pki_save(&ca, directory, "ca");
	other_ca_file = pki_save(&other_ca, directory, "other");
	gnutls_session_ticket_key_generate(&ticket_key);
	store = tls_store_new(TRUST_LIFE);
}

static void global_tear_down(void)
{
	tls_store_free(store);
	gnutls_free(ticket_key.data);
	pki_clear(&ca);
	pki_clear(&other_ca);
	pki_remove_directory(directory);
	g_free(directory);
	g_free(ca_file);
	g_free(other_ca_file);
}

int main(int argc, char *argv[])
{
	int result;

	(void)argc;
	unit_init(argv[0]);
	global_set_up();
	g_test_add_func("/tls/good", test_good);
	g_test_add_func("/tls/certificate", test_certificate);
	g_test_add_func("/tls/versions", test_versions);
	g_test_add_func("/tls/groups", test_groups);
	g_test_add_func("/tls/wrong-host", test_wrong_host);
	g_test_add_func("/tls/dates", test_dates);
	g_test_add_func("/tls/unknown-issuer", test_unknown_issuer);
	g_test_add_func("/tls/pin", test_pin);
	g_test_add_func("/tls/pin-chain", test_pin_chain);
	g_test_add_func("/tls/address", test_address);
	g_test_add_func("/tls/hostile-name", test_hostile_name);
	g_test_add_func("/tls/client-certificate", test_client_certificate);
	g_test_add_func("/tls/setup-errors", test_setup_errors);
	g_test_add_func("/tls/resumption", test_resumption);
	g_test_add_func("/tls/ticket-age", test_ticket_age);
	g_test_add_func("/tls/ticket-expiry", test_ticket_expiry);
	g_test_add_func("/tls/forget", test_forget);
	g_test_add_func("/tls/forget-in-use", test_forget_in_use);
	g_test_add_func("/tls/system-trust", test_system_trust);
	g_test_add_func("/tls/trust-life", test_trust_life);
	g_test_add_func("/tls/trust-again", test_trust_again);
	g_test_add_func("/tls/resumption-fails", test_resumption_fails);
	g_test_add_func("/tls/not-tls", test_not_tls);
	g_test_add_func("/tls/alert", test_alert);
	result = g_test_run();
	global_tear_down();
	return result;
}
