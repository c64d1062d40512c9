/*
 * A connection of the scripted server: its octets, plain or by TLS, and its
 * end.
 */
#include "server.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LINE_MAX_SIZE = 65536
};

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key;

static ssize_t wire_send(gnutls_transport_ptr_t to, const void *data, size_t n)
{
	ssize_t sent = send(((struct client *)to)->fd, data, n, MSG_NOSIGNAL);

	server_stats.down += sent > 0 ? (uint64_t)sent : 0;
	return sent;
}

static ssize_t wire_receive(gnutls_transport_ptr_t from, void *data, size_t n)
{
	ssize_t got = recv(((struct client *)from)->fd, data, n, 0);

	server_stats.up += got > 0 ? (uint64_t)got : 0;
	return got;
}

static bool is_for_later(ssize_t result, bool tls)
{
	return tls ? result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED
		   : result < 0 && (errno == EAGAIN || errno == EINTR);
}

static void client_listen(struct client *client, bool out)
{
	struct epoll_event event = {
	    .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = client};

	if (client->wants_out != out)
		epoll_ctl(server_epoll, EPOLL_CTL_MOD, client->fd, &event);
	client->wants_out = out;
}

void client_stop_idle(struct client *client)
{
	server_stats.idling -= client->idling;
	client->idling = false;
	g_clear_pointer(&client->tag, g_free);
}

static void buffer_free(GString **buffer)
{
	if (*buffer != NULL)
		g_string_free(g_steal_pointer(buffer), TRUE);
}

void client_free(gpointer data)
{
	struct client *client = data;

	if (client->account != NULL)
		client->account->clients =
		    g_slist_remove(client->account->clients, client);
	client_stop_idle(client);
	if (client->tls != NULL)
		gnutls_deinit(client->tls);
	close(client->fd);
	g_free(client->notify);
	buffer_free(&client->in);
	buffer_free(&client->out);
	g_free(client);
	server_stats.connections--;
}

/* Ends it once the caller is back in the loop. */
static void client_end(struct client *client)
{
	client->ending = true;
	shutdown(client->fd, SHUT_RD);
	if (client->out != NULL)
		g_string_truncate(client->out, 0);
}

/* What was begun goes on with the same record: GnuTLS has a copy. */
static ssize_t send_some(struct client *client)
{
	if (client->tls == NULL)
		return wire_send(client, client->out->str, client->out->len);
	if (client->stuck)
		return gnutls_record_send(client->tls, NULL, 0);
	return gnutls_record_send(
	    client->tls, client->out->str, client->out->len);
}

void client_flush(struct client *client)
{
	while (client->out != NULL && client->out->len > 0) {
		ssize_t sent = send_some(client);

		client->stuck = is_for_later(sent, client->tls != NULL);
		if (client->stuck)
			break;
		if (sent < 0)
			client_end(client);
		else
			g_string_erase(client->out, 0, sent);
	}
	if (!client->stuck)
		buffer_free(&client->out);
	client_listen(client, client->stuck);
}

void client_say(struct client *client, const char *format, ...)
{
	va_list arguments;

	if (client->out == NULL)
		client->out = g_string_new(NULL);
	va_start(arguments, format);
	g_string_append_vprintf(client->out, format, arguments);
	va_end(arguments);
	g_string_append(client->out, "\r\n");
}

static void shake_hands(struct client *client)
{
	int result = gnutls_handshake(client->tls);

	if (is_for_later(result, true)) {
		client_listen(
		    client, gnutls_record_get_direction(client->tls) == 1);
		return;
	}
	if (result < 0) {
		client_end(client);
		return;
	}
	server_stats.handshakes++;
	server_stats.resumed += gnutls_session_is_resumed(client->tls) != 0;
	client->handshaken = true;
	speech_greet(client);
}

static ssize_t receive(struct client *client, char *data, size_t size)
{
	return client->tls != NULL ? gnutls_record_recv(client->tls, data, size)
				   : wire_receive(client, data, size);
}

static void client_read(struct client *client)
{
	static char data[16384];
	ssize_t size;

	while ((size = receive(client, data, sizeof(data))) > 0) {
		if (client->in == NULL)
			client->in = g_string_new(NULL);
		g_string_append_len(client->in, data, size);
	}
	if (!is_for_later(size, client->tls != NULL) ||
	    (client->in != NULL && client->in->len > LINE_MAX_SIZE))
		client_end(client);
	speech_take(client);
	if (client->in != NULL && client->in->len == 0)
		buffer_free(&client->in);
}

bool client_serve(struct client *client, uint32_t events)
{
	if (!client->handshaken)
		shake_hands(client);
	else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		client_read(client);
	client_flush(client);
	return !client->ending || client->stuck;
}

static gnutls_session_t tls_new(struct client *client)
{
	gnutls_session_t tls;

	gnutls_init(&tls, GNUTLS_SERVER | GNUTLS_NONBLOCK);
	gnutls_priority_set(tls, priority);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
	if (!server_options.no_tickets)
		gnutls_session_ticket_enable_server(tls, &ticket_key);
	gnutls_transport_set_ptr(tls, client);
	gnutls_transport_set_push_function(tls, wire_send);
	gnutls_transport_set_pull_function(tls, wire_receive);
	return tls;
}

struct client *client_new(int fd)
{
	struct client *client = g_new0(struct client, 1);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	client->fd = fd;
	client->selected = -1;
	server_stats.accepted++;
	server_stats.connections++;
	epoll_ctl(server_epoll, EPOLL_CTL_ADD, fd, &event);
	if (server_options.certificate != NULL) {
		client->tls = tls_new(client);
		return client;
	}
	client->handshaken = true;
	speech_greet(client);
	client_flush(client);
	return client;
}

void client_prepare(void)
{
	int result;

	if (server_options.certificate == NULL)
		return;
	gnutls_certificate_allocate_credentials(&credentials);
	result = gnutls_certificate_set_x509_key_file(credentials,
	    server_options.certificate, server_options.key,
	    GNUTLS_X509_FMT_PEM);
	if (result < 0) {
		fprintf(stderr, "server: %s: %s\n", server_options.certificate,
		    gnutls_strerror(result));
		exit(1);
	}
	gnutls_priority_init(&priority,
	    server_options.only_1_2 ? "NORMAL:-VERS-TLS1.3" : "NORMAL", NULL);
	gnutls_session_ticket_key_generate(&ticket_key);
}
