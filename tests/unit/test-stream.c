/*
 * Streams against servers in a thread: plain, TLS at once and TLS later,
 * much data both ways, ends good and bad, and freeing in every event.
 */
#include "config.h"

#include "net.h"
#include "net/stream.h"
#include "pki.h"

#include <netinet/tcp.h>
#include <poll.h>

#define BIG (8 * 1024 * 1024) /* more than sockets take */

static char *directory, *ca_file;
static struct pki_certificate ca, certificate;
static gnutls_datum_t ticket_key;

/* The server: each connection runs one script. */
struct server {
	int listener, port, fd;
	unsigned connections, resumed;
	bool resets;
	bool implicit; /* TLS at once */
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t tls;
	void (*script)(struct server *server);
	GThread *thread;
};

/* The other side may be gone: who cares looks at what it heard. */
static void server_say(struct server *server, const char *text)
{
	if (server->tls)
		gnutls_record_send(server->tls, text, strlen(text));
	else
		send(server->fd, text, strlen(text), MSG_NOSIGNAL);
}

/* At most size bytes; 0 at the end. */
static size_t server_hear(struct server *server, char *bytes, size_t size)
{
	ssize_t result;

	do {
		result = server->tls
		    ? gnutls_record_recv(server->tls, bytes, size)
		    : net_receive(server->fd, bytes, size);
	} while (
	    server->tls && result < 0 && !gnutls_error_is_fatal((int)result));
	return result < 0 ? 0 : (size_t)result;
}

/* false at the end. */
static bool server_expect(struct server *server, const char *text)
{
	g_autofree char *heard = g_malloc0(strlen(text) + 1);
	size_t size = 0, more;

	while (size < strlen(text)) {
		more = server_hear(server, heard + size, strlen(text) - size);
		if (more == 0)
			return false;
		size += more;
	}
	g_assert_cmpstr(heard, ==, text);
	return true;
}

/* Ends its half, and waits for the other. */
static void server_finish(struct server *server)
{
	char byte;

	if (server->tls)
		gnutls_bye(server->tls, GNUTLS_SHUT_WR);
	else
		shutdown(server->fd, SHUT_WR);
	while (server_hear(server, &byte, 1) > 0)
		;
}

static bool server_shake(struct server *server)
{
	int result;

	gnutls_init(&server->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_set_default_priority(server->tls);
	gnutls_credentials_set(
	    server->tls, GNUTLS_CRD_CERTIFICATE, server->credentials);
	gnutls_session_ticket_enable_server(server->tls, &ticket_key);
	gnutls_transport_set_int(server->tls, server->fd);
	do {
		result = gnutls_handshake(server->tls);
	} while (result < 0 && !gnutls_error_is_fatal(result));
	if (result >= 0 && gnutls_session_is_resumed(server->tls))
		server->resumed++;
	return result >= 0;
}

static void *server_run(void *data)
{
	struct server *server = data;

	for (unsigned i = 0; i < server->connections; i++) {
		server->fd = net_accept(server->listener);
		if (!server->implicit || server_shake(server))
			server->script(server);
		if (server->tls)
			gnutls_deinit(server->tls);
		server->tls = NULL;
		close(server->fd);
	}
	return NULL;
}

static void server_start(struct server *server,
    void (*script)(struct server *server), bool tls, unsigned connections)
{
	*server = (struct server){.connections = connections,
	    .script = script,
	    .implicit = tls,
	    .credentials = pki_credentials(&certificate)};
	server->listener = net_listen(8, &server->port);
	server->thread = g_thread_new("server", server_run, server);
}

static void server_end(struct server *server)
{
	g_thread_join(server->thread);
	gnutls_certificate_free_credentials(server->credentials);
	close(server->listener);
}

/* The client: what came, as a text. */
struct client {
	struct net *net;
	struct stream_options options;
	struct stream *stream;
	GString *trace, *heard;
	bool done;    /* closed, or as many bytes as wanted */
	bool calling; /* into the stream: no event now */
	size_t wanted;
	char free_at;      /* frees the stream in this event */
	const char *greet; /* answered to opened */
	GError *error;
};

static bool client_event(struct client *client, char event)
{
	g_assert_false(client->calling);
	if (client->trace->len == 0 ||
	    client->trace->str[client->trace->len - 1] != event)
		g_string_append_c(client->trace, event);
	if (client->free_at != event)
		return true;
	stream_free(g_steal_pointer(&client->stream));
	client->done = true;
	return false;
}

static void client_write(
    struct client *client, const char *bytes, size_t size, bool secret)
{
	client->calling = true;
	stream_write(client->stream, bytes, size, secret);
	client->calling = false;
}

static void client_on_opened(void *data)
{
	struct client *client = data;

	if (client_event(client, 'o') && client->greet)
		client_write(
		    client, client->greet, strlen(client->greet), true);
}

static void client_on_secured(void *data)
{
	struct client *client = data;

	if (client_event(client, 's'))
		client_write(client, "NOOP", 4, false);
}

static void client_on_received(void *data, const char *bytes, size_t size)
{
	struct client *client = data;

	g_assert_cmpuint(size, >, 0);
	g_string_append_len(client->heard, bytes, (gssize)size);
	if (!client_event(client, 'r'))
		return;
	if (g_str_has_suffix(client->heard->str, "begin TLS\r\n")) {
		client->calling = true;
		stream_start_tls(client->stream);
		client->calling = false;
	}
	if (client->wanted && client->heard->len >= client->wanted)
		client->done = true;
}

static void client_on_closed(void *data, const GError *error)
{
	struct client *client = data;

	client->error = error ? g_error_copy(error) : NULL;
	if (error)
		g_test_message("%s", error->message);
	client_event(client, 'c');
	client->done = true;
}

static const struct stream_events client_events = {
    .opened = client_on_opened,
    .secured = client_on_secured,
    .received = client_on_received,
    .closed = client_on_closed,
};

static void client_init(
    struct client *client, struct net *net, int port, bool tls)
{
	*client = (struct client){.net = net,
	    .options = {.target = {"localhost", port, NULL, 0, 0},
		.tls_settings = {.ca_file = ca_file},
		.tls = tls},
	    .trace = g_string_new(NULL),
	    .heard = g_string_new(NULL)};
}

static void client_start(struct client *client)
{
	client->calling = true;
	client->stream =
	    stream_new(client->net, &client->options, &client_events, client);
	client->calling = false;
}

static void client_clear(struct client *client)
{
	stream_free(client->stream);
	g_string_free(client->trace, TRUE);
	g_string_free(client->heard, TRUE);
	g_clear_error(&client->error);
}

static struct net *net_make(void)
{
	g_autoptr(GError) error = NULL;
	struct net *net = net_new(&error);

	g_assert_no_error(error);
	net->handshake_timeout = NET_PATIENCE * 1000;
	return net;
}

static void net_end(
    struct net *net, struct client *client, struct server *server)
{
	client_clear(client);
	server_end(server);
	net_free(net);
}

/* A conversation, and its end. */

static void script_greet(struct server *server)
{
	server_say(server, "* OK hello\r\n");
	if (server_expect(server, "a NOOP\r\n"))
		server_say(server, "a OK\r\n");
	server_finish(server);
}

static void try_greet(bool tls)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_greet, tls, 1);
	client_init(&client, net, server.port, tls);
	client.greet = "a NOOP\r\n";
	client_start(&client);
	net_run_until(&client.done);
	g_assert_cmpstr(client.trace->str, ==, "orc");
	g_assert_cmpstr(client.heard->str, ==, "* OK hello\r\na OK\r\n");
	g_assert_no_error(client.error);
	net_end(net, &client, &server);
}

static void test_conversation(void)
{
	try_greet(false);
	try_greet(true);
}

/* TLS without a goodbye may have lost something: an error. */
static void script_cut(struct server *server)
{
	server_say(server, "* OK hello\r\n");
	shutdown(server->fd, SHUT_WR);
	server_expect(server, "?");
}

static void test_cut(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_cut, true, 1);
	client_init(&client, net, server.port, true);
	client_start(&client);
	net_run_until(&client.done);
	g_assert_cmpstr(client.trace->str, ==, "orc");
	g_assert_cmpstr(client.heard->str, ==, "* OK hello\r\n");
	g_assert_error(client.error, NET_ERROR, NET_ERROR_IO);
	g_assert_nonnull(strstr(client.error->message, "cut off"));
	net_end(net, &client, &server);
}

/* Our own goodbye: freeing says it. */
static void script_hear_goodbye(struct server *server)
{
	char byte;
	ssize_t result;

	server_say(server, "* OK hello\r\n");
	do
		result = gnutls_record_recv(server->tls, &byte, 1);
	while (result == GNUTLS_E_INTERRUPTED || result == GNUTLS_E_AGAIN);
	g_assert_cmpint(result, ==, 0);
}

static void test_goodbye(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_hear_goodbye, true, 1);
	client_init(&client, net, server.port, true);
	client.wanted = 1;
	client_start(&client);
	net_run_until(&client.done);
	net_end(net, &client, &server);
}

/* STARTTLS. */

static void script_starttls(struct server *server)
{
	server_say(server, "* OK hello\r\n");
	if (!server_expect(server, "a STARTTLS\r\n"))
		return;
	server_say(server, "a OK begin TLS\r\n");
	if (!server_shake(server))
		return;
	if (server_expect(server, "NOOP"))
		server_say(server, "bye");
	server_finish(server);
}

static void test_starttls(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_starttls, false, 1);
	client_init(&client, net, server.port, false);
	client.greet = "a STARTTLS\r\n";
	client_start(&client);
	net_run_until(&client.done);
	g_assert_no_error(client.error);
	g_assert_cmpstr(client.trace->str, ==, "orsrc");
	g_assert_true(g_str_has_suffix(client.heard->str, "TLS\r\nbye"));
	net_end(net, &client, &server);
}

/* Plain text behind the answer to STARTTLS never comes out as text. */
static void script_injection(struct server *server)
{
	char byte;

	server_say(server, "* OK hello\r\n");
	server_expect(server, "a STARTTLS\r\n");
	server_say(server, "a OK begin TLS\r\n");
	/* The ClientHello: the client has read what came before. */
	g_assert_cmpint(net_receive(server->fd, &byte, 1), ==, 1);
	server_say(server, "* 1000 EXISTS\r\n");
	server_finish(server);
}

static void test_injection(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_injection, false, 1);
	client_init(&client, net, server.port, false);
	client.greet = "a STARTTLS\r\n";
	client_start(&client);
	net_run_until(&client.done);
	g_assert_error(client.error, NET_ERROR, NET_ERROR_HANDSHAKE);
	g_assert_cmpstr(client.trace->str, ==, "orc");
	g_assert_null(strstr(client.heard->str, "EXISTS"));
	net_end(net, &client, &server);
}

/* What it says of itself. */

static bool describe_once(struct net *net, int port)
{
	struct client client;
	g_autofree char *peer =
	    g_strdup_printf("127.0.0.1:%d, TLS 1.3, ", port);
	g_autofree char *before = NULL, *text = NULL, *after = NULL;

	client_init(&client, net, port, true);
	client_start(&client);
	before = stream_describe(client.stream);
	g_assert_cmpstr(before, ==, "not connected");
	client.wanted = strlen("* OK hello\r\n");
	net_run_until(&client.done);
	text = stream_describe(client.stream);
	g_assert_true(g_str_has_prefix(text, peer));
	client_write(&client, "a NOOP\r\n", 8, false);
	client.done = false;
	client.wanted = 0;
	net_run_until(&client.done);
	after = stream_describe(client.stream);
	g_assert_cmpstr(after, ==, "not connected");
	/* Nobody listens any more, and nothing breaks. */
	client_write(&client, "b NOOP\r\n", 8, false);
	stream_start_tls(client.stream);
	client_clear(&client);
	return g_str_has_suffix(text, ", resumed");
}

static void test_describe(void)
{
	struct server server;
	struct net *net = net_make();

	server_start(&server, script_greet, true, 2);
	g_assert_false(describe_once(net, server.port));
	g_assert_true(describe_once(net, server.port));
	server_end(&server);
	g_assert_cmpuint(server.resumed, ==, 1);
	net_free(net);
}

/* What the check of the certificate needed goes by itself. */
static void test_trust_goes(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();
	unsigned guard =
	    g_timeout_add_seconds(NET_PATIENCE, net_too_late, NULL);

	tls_store_free(net->tls);
	net->tls = tls_store_new(1);
	server_start(&server, script_greet, true, 1);
	client_init(&client, net, server.port, true);
	client_start(&client);
	client.wanted = strlen("* OK hello\r\n");
	net_run_until(&client.done);
	while (tls_store_deadline(net->tls) < INT64_MAX)
		g_main_context_iteration(NULL, TRUE);
	client_write(&client, "a NOOP\r\n", 8, false);
	client.done = false;
	client.wanted = 0;
	net_run_until(&client.done);
	client_clear(&client);
	server_end(&server);
	g_source_remove(guard);
	net_free(net);
}

/* Takes the ClientHello, and says no more. */
static void *server_run_hang(void *data)
{
	struct server *server = data;
	char bytes[4096];

	server->fd = net_accept(server->listener);
	while (net_receive(server->fd, bytes, sizeof(bytes)) > 0)
		;
	close(server->fd);
	return server_run(server);
}

/* A server that does not get on with a ticket sees it once. */
static void test_deadline_takes_ticket(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_greet, true, 1);
	g_assert_false(describe_once(net, server.port));
	g_thread_join(server.thread);
	server.thread = g_thread_new("server", server_run_hang, &server);
	net->handshake_timeout = 100;
	client_init(&client, net, server.port, true);
	client_start(&client);
	net_run_until(&client.done);
	g_assert_error(client.error, NET_ERROR, NET_ERROR_TIMEOUT);
	client_clear(&client);
	net->handshake_timeout = NET_PATIENCE * 1000;
	g_assert_false(describe_once(net, server.port));
	server_end(&server);
	g_assert_cmpuint(server.resumed, ==, 0);
	net_free(net);
}

static void test_describe_plain(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();
	g_autofree char *text = NULL, *wanted = NULL;

	server_start(&server, script_greet, false, 1);
	client_init(&client, net, server.port, false);
	client.wanted = 1;
	client_start(&client);
	net_run_until(&client.done);
	text = stream_describe(client.stream);
	wanted = g_strdup_printf("127.0.0.1:%d, no TLS", server.port);
	g_assert_cmpstr(text, ==, wanted);
	net_end(net, &client, &server);
}

/* Much data: the server wants it, then sends the same back. */

static char *big;
static GMutex big_gate; /* the server reads when all has been written */

static void script_big(struct server *server)
{
	g_autofree char *heard = g_malloc(BIG);
	size_t size = 0, more;

	server_say(server, "* OK hello\r\n");
	g_mutex_lock(&big_gate);
	g_mutex_unlock(&big_gate);
	while (size < BIG &&
	    (more = server_hear(server, heard + size, BIG - size)) > 0)
		size += more;
	g_assert_cmpmem(heard, size, big, BIG);
	for (size = 0; size < BIG;) {
		ssize_t sent = server->tls
		    ? gnutls_record_send(server->tls, big + size, BIG - size)
		    : send(server->fd, big + size, BIG - size, MSG_NOSIGNAL);

		g_assert_cmpint(sent, >, 0);
		size += (size_t)sent;
	}
	server_finish(server);
}

static void try_big(bool tls)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	g_mutex_lock(&big_gate);
	server_start(&server, script_big, tls, 1);
	net_set_buffer(server.listener);
	client_init(&client, net, server.port, tls);
	client_start(&client);
	client.wanted = 12;
	net_run_until(&client.done);
	/* In pieces of many sizes, some of them secret. */
	for (size_t at = 0, size = 1; at < BIG; at += size) {
		size = MIN(BIG - at, at * 3 % 100003 + 1);
		client_write(&client, big + at, size, size % 2);
	}
	net_run_dry();
	g_mutex_unlock(&big_gate);
	client.done = false;
	client.wanted = 12 + BIG;
	net_run_until(&client.done);
	g_assert_cmpmem(
	    client.heard->str + 12, client.heard->len - 12, big, BIG);
	net_end(net, &client, &server);
}

static void test_big(void)
{
	try_big(false);
	try_big(true);
}

/*
 * Tickets and many small records in few segments, then silence: no byte may
 * wait for the next packet.
 */
#define LINE  "* OK a line of some length\r\n"
#define LINES 400

static void server_cork(struct server *server, int on)
{
	setsockopt(server->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

static void script_burst(struct server *server)
{
	server_cork(server, 1);
	for (unsigned i = 0; i < LINES; i++) {
		server_say(server, LINE);
		if (i == LINES / 2)
			gnutls_session_ticket_send(server->tls, 2, 0);
	}
	server_cork(server, 0);
	server_expect(server, "?");
}

static void test_burst(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script_burst, true, 1);
	client_init(&client, net, server.port, true);
	client.wanted = LINES * strlen(LINE);
	client_start(&client);
	net_run_until(&client.done);
	g_assert_cmpuint(client.heard->len, ==, client.wanted);
	net_end(net, &client, &server);
}

/* One that never stops sending, and one that wants an answer meanwhile. */
static void script_flood(struct server *server)
{
	static const char bytes[16384];

	while (gnutls_record_send(server->tls, bytes, sizeof(bytes)) > 0)
		;
}

static void test_flood(void)
{
	struct server flood, server;
	struct client greedy, client;
	struct net *net = net_make();

	server_start(&flood, script_flood, true, 1);
	server_start(&server, script_greet, true, 1);
	client_init(&greedy, net, flood.port, true);
	greedy.wanted = 65536;
	client_start(&greedy);
	net_run_until(&greedy.done);
	client_init(&client, net, server.port, true);
	client.greet = "a NOOP\r\n";
	client_start(&client);
	net_run_until(&client.done);
	g_assert_no_error(client.error);
	client_clear(&greedy);
	server_end(&flood);
	net_end(net, &client, &server);
}

/* A server that says why, and is gone. */
static void script_bye(struct server *server)
{
	struct linger reset = {1, 0};

	server_say(server, "* OK hello\r\n");
	server_expect(server, "go");
	server_say(server, "* BYE too many\r\n");
	if (server->resets)
		setsockopt(
		    server->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

/* The client's end of it. */
static int find_connection(int port)
{
	for (int fd = 0; fd < 1024; fd++) {
		struct sockaddr_in peer;
		socklen_t size = sizeof(peer);

		if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
		    peer.sin_family == AF_INET && ntohs(peer.sin_port) == port)
			return fd;
	}
	g_assert_not_reached();
}

/* Writing to it is an error, no signal, and comes behind its last words. */
static void try_bye(bool tls)
{
	struct server server;
	struct client client;
	struct net *net = net_make();
	struct pollfd broken = {0};

	server_start(&server, script_bye, tls, 1);
	client_init(&client, net, server.port, tls);
	client.wanted = 12;
	client_start(&client);
	net_run_until(&client.done);
	broken.fd = find_connection(server.port);
	client_write(&client, "go", 2, false);
	server_end(&server);
	/* The first is answered by a reset, the second fails. */
	client_write(&client, "x", 1, false);
	g_assert_cmpint(poll(&broken, 1, NET_PATIENCE * 1000), ==, 1);
	client_write(&client, "y", 1, false);
	client_write(&client, "z", 1, false);
	client.done = false;
	client.wanted = 0;
	net_run_until(&client.done);
	g_assert_cmpstr(client.trace->str, ==, "orc");
	g_assert_true(
	    g_str_has_suffix(client.heard->str, "* BYE too many\r\n"));
	g_assert_error(client.error, NET_ERROR, NET_ERROR_IO);
	g_assert_nonnull(strstr(client.error->message, "Broken pipe"));
	client_clear(&client);
	net_free(net);
}

static void test_bye(void)
{
	try_bye(false);
	try_bye(true);
}

static void script_reset(struct server *server)
{
	server->resets = true;
	script_bye(server);
}

static void test_reset(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	for (unsigned tls = 0; tls < 2; tls++) {
		server_start(&server, script_reset, tls, 1);
		client_init(&client, net, server.port, tls);
		client.greet = "go";
		client_start(&client);
		net_run_until(&client.done);
		g_assert_error(client.error, NET_ERROR, NET_ERROR_IO);
		g_assert_nonnull(strstr(client.error->message, "reset"));
		client_clear(&client);
		server_end(&server);
	}
	net_free(net);
}

/* Handshakes that come to nothing. */

static void script_silent(struct server *server)
{
	server_expect(server, "?");
}

static void script_not_tls(struct server *server)
{
	server_say(server, "* OK IMAP4rev1 at your service\r\n");
	server_finish(server);
}

static void script_gone(struct server *server)
{
	char bytes[16];

	server_hear(server, bytes, sizeof(bytes));
}

static void try_failure(void (*script)(struct server *server), int code,
    const char *text, const char *trusted)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	if (code == NET_ERROR_TIMEOUT)
		net->handshake_timeout = 100;
	server_start(&server, script, script == script_greet, 1);
	client_init(&client, net, server.port, true);
	client.options.tls_settings.ca_file = trusted;
	client_start(&client);
	/* Never sent: no TLS, no password. */
	client_write(&client, "a LOGIN", 7, true);
	net_run_until(&client.done);
	g_assert_cmpstr(client.trace->str, ==, "c");
	g_assert_error(client.error, NET_ERROR, code);
	g_assert_nonnull(strstr(client.error->message, text));
	net_end(net, &client, &server);
}

/* It hears what it hears, which begins like a handshake: byte 22. */
static void script_hang(struct server *server)
{
	char bytes[4096];
	size_t size = server_hear(server, bytes, sizeof(bytes));

	g_assert_cmpuint(size, >, 0);
	g_assert_cmpint(bytes[0], ==, 22);
	while ((size = server_hear(server, bytes, sizeof(bytes))) > 0)
		g_assert_cmpint(bytes[0], !=, 'a');
}

static void test_failures(void)
{
	g_autofree char *gone = g_build_filename(directory, "gone", NULL);

	try_failure(script_hang, NET_ERROR_TIMEOUT, "TLS handshake", ca_file);
	try_failure(
	    script_not_tls, NET_ERROR_HANDSHAKE, "tls = starttls", ca_file);
	try_failure(script_gone, NET_ERROR_IO, "in the TLS handshake", ca_file);
	try_failure(script_greet, NET_ERROR_VERIFY, "issuer is unknown", NULL);
	try_failure(script_silent, NET_ERROR_SETUP, "tls_ca_file", gone);
}

static void test_refused(void)
{
	int port, listener = net_listen(1, &port);
	struct client client;
	struct net *net = net_make();

	close(listener);
	client_init(&client, net, port, true);
	client_start(&client);
	net_run_until(&client.done);
	g_assert_error(client.error, NET_ERROR, NET_ERROR_CONNECT);
	g_assert_cmpstr(client.trace->str, ==, "c");
	client_clear(&client);
	net_free(net);
}

/* Freed in every event there is. */

static void try_free(void (*script)(struct server *server), bool tls,
    const char *greet, char event)
{
	struct server server;
	struct client client;
	struct net *net = net_make();

	server_start(&server, script, tls, 1);
	client_init(&client, net, server.port, tls);
	client.greet = greet;
	client.free_at = event;
	client_start(&client);
	net_run_until(&client.done);
	g_assert_null(client.stream);
	net_run_dry();
	g_assert_cmpint(client.trace->str[client.trace->len - 1], ==, event);
	net_end(net, &client, &server);
}

static void test_free_in_event(void)
{
	for (const char *event = "orsc"; *event; event++)
		try_free(script_starttls, false, "a STARTTLS\r\n", *event);
	for (const char *event = "orc"; *event; event++) {
		try_free(script_greet, false, "a NOOP\r\n", *event);
		try_free(script_greet, true, "a NOOP\r\n", *event);
	}
	try_free(script_not_tls, false, NULL, 'c');
}

/* Freed from outside, at each turn of the loop. */
static void test_free_at_any_time(void)
{
	struct server server;
	struct client client;
	struct net *net = net_make();
	const unsigned turns = 12;

	stream_free(NULL);
	server_start(&server, script_starttls, false, turns);
	for (unsigned i = 0; i < turns; i++) {
		client_init(&client, net, server.port, false);
		client.greet = "a STARTTLS\r\n";
		client_start(&client);
		/* The server counts on a connection each. */
		client.wanted = i / 2 + 1;
		net_run_until(&client.done);
		for (unsigned turn = 0; turn < i; turn++)
			g_main_context_iteration(NULL, FALSE);
		client_clear(&client);
		net_run_dry();
	}
	client_init(&client, net, server.port, false);
	client_start(&client);
	client_clear(&client);
	server_end(&server);
	net_free(net);
}

static void global_set_up(void)
{
	time_t now = time(NULL);

	directory = g_dir_make_tmp("idlebell-stream-XXXXXX", NULL);
	ca = pki_new("Test CA", true, now - PKI_DAY, now + PKI_DAY, NULL);
	certificate =
	    pki_new("localhost", false, now - PKI_DAY, now + PKI_DAY, &ca);
	ca_file = pki_save(&ca, directory, "ca");
	gnutls_session_ticket_key_generate(&ticket_key);
	big = g_malloc(BIG);
	for (size_t i = 0; i < BIG; i++)
		big[i] = (char)(i * 2654435761u >> 13);
}

static void global_tear_down(void)
{
	g_free(big);
	gnutls_free(ticket_key.data);
	pki_clear(&ca);
	pki_clear(&certificate);
	pki_remove_directory(directory);
	g_free(directory);
	g_free(ca_file);
}

int main(int argc, char *argv[])
{
	int result;

	(void)argc;
	unit_init(argv[0]);
	global_set_up();
	g_test_add_func("/stream/conversation", test_conversation);
	g_test_add_func("/stream/cut", test_cut);
	g_test_add_func("/stream/goodbye", test_goodbye);
	g_test_add_func("/stream/starttls", test_starttls);
	g_test_add_func("/stream/injection", test_injection);
	g_test_add_func("/stream/describe", test_describe);
	g_test_add_func(
	    "/stream/deadline-takes-ticket", test_deadline_takes_ticket);
	g_test_add_func("/stream/trust-goes", test_trust_goes);
	g_test_add_func("/stream/describe-plain", test_describe_plain);
	g_test_add_func("/stream/big", test_big);
	g_test_add_func("/stream/burst", test_burst);
	g_test_add_func("/stream/flood", test_flood);
	g_test_add_func("/stream/bye", test_bye);
	g_test_add_func("/stream/reset", test_reset);
	g_test_add_func("/stream/failures", test_failures);
	g_test_add_func("/stream/refused", test_refused);
	g_test_add_func("/stream/free-in-event", test_free_in_event);
	g_test_add_func("/stream/free-at-any-time", test_free_at_any_time);
	result = g_test_run();
	global_tear_down();
	return result;
}
