/*
 * What a connection costs at least: TCP, a TLS handshake by GnuTLS with the
 * server's certificate checked, and the greeting.  To be counted by callgrind
 * next to idlebell.
 *
 *     handshake PORT CA COUNT [full]    else with the ticket of the last one
 */
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As idlebell has it (src/net/tls.c). */
#define PRIORITIES                                                    \
	"-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM:"        \
	"-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:" \
	"+GROUP-SECP521R1:+GROUP-X448:+GROUP-FFDHE2048:"              \
	"+GROUP-FFDHE3072:+GROUP-FFDHE4096"

static const char host[] = "localhost";
static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket;

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "handshake: %s: %s\n", what, gnutls_strerror(result));
	exit(1);
}

static int connect_to(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	check(connect(fd, (struct sockaddr *)&address, sizeof(address)),
	    "connect");
	return fd;
}

static gnutls_session_t session_new(int fd, bool full)
{
	gnutls_session_t session;

	gnutls_init(&session, GNUTLS_CLIENT);
	gnutls_priority_set(session, priority);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_server_name_set(
	    session, GNUTLS_NAME_DNS, host, sizeof(host) - 1);
	gnutls_session_set_verify_cert(session, host, 0);
	gnutls_transport_set_int(session, fd);
	if (!full && ticket.data != NULL)
		gnutls_session_set_data(session, ticket.data, ticket.size);
	return session;
}

static void keep_ticket(gnutls_session_t session)
{
	gnutls_free(ticket.data);
	ticket.data = NULL;
	gnutls_session_get_data2(session, &ticket);
}

/* Whether it was resumed. */
static bool shake_hands(int port, bool full)
{
	char greeting[4096];
	int fd = connect_to(port), result;
	gnutls_session_t session = session_new(fd, full);
	bool resumed;

	check(gnutls_handshake(session), "handshake");
	resumed = gnutls_session_is_resumed(session) != 0;
	do {
		result = (int)gnutls_record_recv(
		    session, greeting, sizeof(greeting));
	} while (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED);
	check(result, "greeting");
	if (!full)
		keep_ticket(session);
	gnutls_deinit(session);
	close(fd);
	return resumed;
}

int main(int argc, char **argv)
{
	int port, count, resumed = 0;
	bool full = argc > 4 && strcmp(argv[4], "full") == 0;

	if (argc < 4)
		return 64;
	port = (int)strtol(argv[1], NULL, 10);
	count = (int)strtol(argv[3], NULL, 10);
	gnutls_certificate_allocate_credentials(&credentials);
	check(gnutls_certificate_set_x509_trust_file(
		  credentials, argv[2], GNUTLS_X509_FMT_PEM),
	    argv[2]);
	check(gnutls_priority_init2(
		  &priority, PRIORITIES, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND),
	    "priorities");
	for (int i = 0; i < count; i++)
		resumed += shake_hands(port, full);
	printf("resumed %d of %d\n", resumed, count);
	return 0;
}
