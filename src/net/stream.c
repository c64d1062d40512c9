/*
 * The stream: one connection from its first packet to its last, in plain
 * text, in TLS, or first in one and then in the other.
 *
 * It holds no buffer while it is idle; what is received is on the stack, and
 * what is to be sent is kept until the socket takes it.  What the bytes mean
 * is not its business.
 */
#include "net/stream.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_READ_SIZE  16384 /* a TLS record */
#define STREAM_READ_TIMES 4     /* in one event: others want to read too */
#define STREAM_WARNINGS   16    /* TLS alerts in one event */
#define STREAM_HANDSHAKE  30000 /* ms */
#define STREAM_TRUST      60000 /* ms */

enum stream_state {
	STREAM_CONNECTING,
	STREAM_PLAIN,
	STREAM_HANDSHAKING,
	STREAM_SECURE,
	STREAM_CLOSED,
};

/* Bytes of one stream_write(). */
struct stream_chunk {
	bool secret;
	size_t size, sent;
	char bytes[];
};

struct stream {
	struct net *net;
	const struct stream_options *options;
	const struct stream_events *events;
	void *data;
	enum stream_state state;
	struct connector_attempt *attempt;
	int fd;
	struct loop_watch *watch;
	struct tls_session *tls;
	struct loop_timer *deadline; /* of the handshake, while it lasts */
	struct loop_timer *again;    /* comes back without the socket */
	GQueue out;                  /* struct stream_chunk */
	GError *broken;              /* nothing can be sent any more */
	bool hurried;                /* TCP_USER_TIMEOUT is set */
	bool busy;                   /* in an event */
	bool freed;                  /* by an event */
};

static void net_tidy(void *data)
{
	struct net *net = data;

	tls_store_tidy(net->tls);
	loop_timer_set(net->tidy, tls_store_deadline(net->tls));
}

struct net *net_new(GError **error)
{
	struct net *net = g_new0(struct net, 1);

	net->handshake_timeout = STREAM_HANDSHAKE;
	net->tls = tls_store_new(STREAM_TRUST);
	net->loop = loop_new(error);
	if (net->loop) {
		net->tidy = loop_timer_new(net->loop, net_tidy, net);
		net->connector = connector_new(net->loop, error);
	}
	if (net->connector)
		return net;
	net_free(net);
	return NULL;
}

void net_free(struct net *net)
{
	if (!net)
		return;
	connector_free(net->connector);
	loop_timer_free(net->tidy);
	tls_store_free(net->tls);
	loop_free(net->loop);
	g_free(net);
}

static void stream_chunk_free(void *data)
{
	struct stream_chunk *chunk = data;

	if (chunk->secret)
		explicit_bzero(chunk->bytes, chunk->size);
	g_free(chunk);
}

static void stream_drop_output(struct stream *stream)
{
	struct stream_chunk *chunk;

	while ((chunk = g_queue_pop_head(&stream->out)))
		stream_chunk_free(chunk);
}

/* The goodbye of TLS, if the socket takes it now. */
static void stream_say_goodbye(struct stream *stream)
{
	if (stream->state == STREAM_SECURE && !stream->broken)
		gnutls_bye(tls_session_get(stream->tls), GNUTLS_SHUT_WR);
}

/* Lets go of everything that could cause an event. */
static void stream_shut(struct stream *stream)
{
	stream_say_goodbye(stream);
	stream->state = STREAM_CLOSED;
	g_clear_pointer(&stream->attempt, connector_cancel);
	g_clear_pointer(&stream->watch, loop_watch_free);
	g_clear_pointer(&stream->tls, tls_session_free);
	g_clear_pointer(&stream->deadline, loop_timer_free);
	g_clear_pointer(&stream->again, loop_timer_free);
	stream_drop_output(stream);
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
}

static void stream_destroy(struct stream *stream)
{
	g_clear_error(&stream->broken);
	g_free(stream);
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	stream_shut(stream);
	if (stream->busy)
		stream->freed = true;
	else
		stream_destroy(stream);
}

/* An event may free the stream: its memory stays until the loop's callback
 * that caused the event has ended.  Each begins and ends with these. */
static void stream_enter(struct stream *stream)
{
	stream->busy = true;
}

static void stream_leave(struct stream *stream)
{
	stream->busy = false;
	if (stream->freed)
		stream_destroy(stream);
}

/* Takes the error. */
static void stream_close(struct stream *stream, GError *error)
{
	stream_shut(stream);
	stream->events->closed(stream->data, error);
	g_clear_error(&error);
}

static GError *stream_error(struct stream *stream, const char *reason)
{
	return g_error_new(NET_ERROR, NET_ERROR_IO,
	    "the connection to %s port %d broke: %s",
	    stream->options->target.host, stream->options->target.port, reason);
}

/* What failed first is the reason. */
static void stream_close_broken(struct stream *stream, const char *reason)
{
	GError *error = g_steal_pointer(&stream->broken);

	stream_close(stream, error ? error : stream_error(stream, reason));
}

/* GnuTLS has one word for all errors of the socket. */
static const char *stream_tls_reason(ssize_t result)
{
	if ((result == GNUTLS_E_PUSH_ERROR || result == GNUTLS_E_PULL_ERROR) &&
	    errno != 0)
		return g_strerror(errno);
	if (result == GNUTLS_E_PREMATURE_TERMINATION)
		return "it was cut off without the goodbye of TLS";
	return gnutls_strerror((int)result);
}

static bool stream_is_open(const struct stream *stream)
{
	return stream->state == STREAM_PLAIN || stream->state == STREAM_SECURE;
}

static void stream_rewatch(struct stream *stream)
{
	uint32_t events = EPOLLIN;

	if (!g_queue_is_empty(&stream->out))
		events |= EPOLLOUT;
	loop_watch_set(stream->watch, events);
}

/* Sending. */

/* Returns what went out, 0 for nothing now, -1 with the reason. */
static ssize_t stream_send_plain(struct stream *stream, const char *bytes,
    size_t size, const char **ret_reason)
{
	ssize_t sent =
	    send(stream->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent >= 0)
		return sent;
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	*ret_reason = g_strerror(errno);
	return -1;
}

/* GnuTLS wants to see the same bytes again after E_AGAIN: it does, the
 * chunk stays the first. */
static ssize_t stream_send_tls(struct stream *stream, const char *bytes,
    size_t size, const char **ret_reason)
{
	ssize_t sent;

	errno = 0;
	sent = gnutls_record_send(tls_session_get(stream->tls), bytes, size);
	if (sent >= 0)
		return sent;
	if (!gnutls_error_is_fatal((int)sent))
		return 0;
	*ret_reason = stream_tls_reason(sent);
	return -1;
}

/* The server may have said why before it closed: what it said is read
 * first, then the connection is called broken. */
static void stream_break(struct stream *stream, const char *reason)
{
	stream->broken = stream_error(stream, reason);
	stream_drop_output(stream);
	loop_timer_set(stream->again, 0);
}

/*
 * Servers answer a pipeline in several small writes, and with Nagle's
 * algorithm each waits for our acknowledgement of the one before, which the
 * kernel likes to delay by 40 ms.  The option lasts only for a while: it is
 * set again with each turn of the conversation (tcp(7)).
 */
static void stream_acknowledge_soon(const struct stream *stream)
{
	static const int on = 1;

	setsockopt(stream->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/*
 * What was sent must be acknowledged in time.  But only as long as there is
 * something on the way: with the same limit on an idle line the first probe
 * that is lost would end the connection, and the other three never be sent
 * (tcp_keepalive_timer() in the kernel).
 */
static void stream_set_timeout(struct stream *stream, bool hurried)
{
	int value = hurried ? (int)stream->options->target.timeout : 0;

	if (hurried != stream->hurried && stream->options->target.timeout > 0)
		setsockopt(stream->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value,
		    sizeof(value));
	stream->hurried = hurried;
}

/* The peer has said something; has it all that we said? */
static void stream_calm_down(struct stream *stream)
{
	int unacknowledged = 0;

	if (stream->hurried && g_queue_is_empty(&stream->out) &&
	    ioctl(stream->fd, SIOCOUTQ, &unacknowledged) == 0 &&
	    unacknowledged == 0)
		stream_set_timeout(stream, false);
}

/* Makes no event. */
static void stream_flush(struct stream *stream)
{
	struct stream_chunk *chunk;
	const char *reason = NULL;

	if (!g_queue_is_empty(&stream->out))
		stream_set_timeout(stream, true);
	while ((chunk = g_queue_peek_head(&stream->out)) && !reason) {
		const char *bytes = chunk->bytes + chunk->sent;
		size_t size = chunk->size - chunk->sent;
		ssize_t sent = stream->state == STREAM_SECURE
		    ? stream_send_tls(stream, bytes, size, &reason)
		    : stream_send_plain(stream, bytes, size, &reason);

		if (sent <= 0)
			break;
		chunk->sent += (size_t)sent;
		if (chunk->sent == chunk->size)
			stream_chunk_free(g_queue_pop_head(&stream->out));
	}
	if (reason)
		stream_break(stream, reason);
	stream_rewatch(stream);
	stream_acknowledge_soon(stream);
}

void stream_write(
    struct stream *stream, const char *bytes, size_t size, bool secret)
{
	struct stream_chunk *chunk;

	if (size == 0 || stream->broken || stream->state == STREAM_CLOSED)
		return;
	chunk = g_malloc(sizeof(*chunk) + size);
	chunk->secret = secret;
	chunk->size = size;
	chunk->sent = 0;
	memcpy(chunk->bytes, bytes, size);
	g_queue_push_tail(&stream->out, chunk);
	if (stream_is_open(stream) && g_queue_get_length(&stream->out) == 1)
		stream_flush(stream);
}

/* Receiving. */

enum stream_read {
	STREAM_READ_NOTHING,
	STREAM_READ_BYTES,
	STREAM_READ_END
};

/* Each reads once, and closes the stream at its end. */
static enum stream_read stream_read_plain(
    struct stream *stream, char *buffer, size_t *ret_size)
{
	ssize_t size = recv(stream->fd, buffer, STREAM_READ_SIZE, MSG_DONTWAIT);

	if (size > 0) {
		*ret_size = (size_t)size;
		return STREAM_READ_BYTES;
	}
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return STREAM_READ_NOTHING;
	if (size < 0)
		stream_close_broken(stream, g_strerror(errno));
	else
		stream_close(stream, g_steal_pointer(&stream->broken));
	return STREAM_READ_END;
}

static enum stream_read stream_read_tls(
    struct stream *stream, char *buffer, size_t *ret_size)
{
	gnutls_session_t tls = tls_session_get(stream->tls);
	ssize_t size;

	errno = 0;
	size = gnutls_record_recv(tls, buffer, STREAM_READ_SIZE);
	if (size > 0) {
		*ret_size = (size_t)size;
		return STREAM_READ_BYTES;
	}
	/* TLS 1.2 lets the server ask; nobody need agree (RFC 5246 7.4.1.1) */
	if (size == GNUTLS_E_REHANDSHAKE)
		gnutls_alert_send(
		    tls, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
	if (size < 0 && !gnutls_error_is_fatal((int)size))
		return STREAM_READ_NOTHING;
	if (size < 0)
		stream_close_broken(stream, stream_tls_reason(size));
	else
		stream_close(stream, g_steal_pointer(&stream->broken));
	return STREAM_READ_END;
}

/* An event may have closed the stream, freed it, or begun TLS: each makes
 * another state. */
static void stream_receive(struct stream *stream)
{
	enum stream_state state = stream->state;
	enum stream_read read = STREAM_READ_BYTES;
	char buffer[STREAM_READ_SIZE];
	size_t size = 0;

	for (unsigned i = 0; i < STREAM_READ_TIMES &&
	     read == STREAM_READ_BYTES && stream->state == state;
	     i++) {
		read = state == STREAM_SECURE
		    ? stream_read_tls(stream, buffer, &size)
		    : stream_read_plain(stream, buffer, &size);
		if (read == STREAM_READ_BYTES)
			stream->events->received(stream->data, buffer, size);
	}
	if (stream->state != state)
		return;
	stream_acknowledge_soon(stream);
	stream_calm_down(stream);
	if (read == STREAM_READ_NOTHING && stream->broken)
		stream_close(stream, g_steal_pointer(&stream->broken));
	/* Bytes already decrypted do not wake epoll (quirk 43). */
	else if (read == STREAM_READ_BYTES)
		loop_timer_set(stream->again, 0);
}

/* The handshake. */

static void stream_stand(struct stream *stream)
{
	g_clear_pointer(&stream->deadline, loop_timer_free);
	stream->state = STREAM_SECURE;
	stream_flush(stream);
	/* The server's first words may have come with its last handshake
	 * message. */
	loop_timer_set(stream->again, 0);
	if (stream->options->tls)
		stream->events->opened(stream->data);
	else
		stream->events->secured(stream->data);
}

static void stream_shake(struct stream *stream)
{
	gnutls_session_t tls = tls_session_get(stream->tls);
	GError *error = NULL;
	int result = GNUTLS_E_AGAIN;

	/* Warnings are not fatal, but there may be many. */
	for (unsigned i = 0; i < STREAM_WARNINGS; i++) {
		result = gnutls_handshake(tls);
		if (result == GNUTLS_E_SUCCESS || result == GNUTLS_E_AGAIN ||
		    gnutls_error_is_fatal(result))
			break;
	}
	loop_timer_set(stream->net->tidy, tls_store_deadline(stream->net->tls));
	if (result == GNUTLS_E_SUCCESS) {
		stream_stand(stream);
	} else if (!gnutls_error_is_fatal(result)) {
		loop_watch_set(stream->watch,
		    gnutls_record_get_direction(tls) ? EPOLLOUT : EPOLLIN);
	} else {
		gnutls_alert_send_appropriate(tls, result);
		tls_session_explain(stream->tls, result, &error);
		stream_close(stream, error);
	}
}

static void stream_on_deadline(void *data)
{
	struct stream *stream = data;

	stream_enter(stream);
	tls_session_drop_ticket(stream->tls);
	stream_close(stream,
	    g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
		"%s port %d did not end the TLS handshake within %d s",
		stream->options->target.host, stream->options->target.port,
		(int)(stream->net->handshake_timeout / 1000)));
	stream_leave(stream);
}

static void stream_begin_tls(struct stream *stream)
{
	GError *error = NULL;

	stream->state = STREAM_HANDSHAKING;
	stream->tls = tls_session_new(stream->net->tls,
	    &stream->options->tls_settings, stream->options->target.host,
	    stream->options->target.port, &error);
	if (!stream->tls) {
		stream_close(stream, error);
		return;
	}
	gnutls_transport_set_int(tls_session_get(stream->tls), stream->fd);
	stream->deadline =
	    loop_timer_new(stream->net->loop, stream_on_deadline, stream);
	loop_timer_set(
	    stream->deadline, loop_now() + stream->net->handshake_timeout);
	stream_shake(stream);
}

void stream_start_tls(struct stream *stream)
{
	if (stream->state != STREAM_PLAIN)
		return;
	stream->state = STREAM_HANDSHAKING;
	loop_watch_set(stream->watch, 0);
	loop_timer_set(stream->again, 0);
}

/* What the loop calls. */

static void stream_on_again(void *data)
{
	struct stream *stream = data;

	stream_enter(stream);
	if (stream_is_open(stream))
		stream_receive(stream);
	else if (stream->state == STREAM_HANDSHAKING && !stream->tls)
		stream_begin_tls(stream);
	stream_leave(stream);
}

static void stream_on_socket(void *data, uint32_t events)
{
	struct stream *stream = data;

	stream_enter(stream);
	if (stream->state == STREAM_HANDSHAKING)
		stream_shake(stream);
	else if (events & EPOLLOUT)
		stream_flush(stream);
	if (stream_is_open(stream) && events & ~(uint32_t)EPOLLOUT)
		stream_receive(stream);
	stream_leave(stream);
}

static void stream_on_connected(void *data, int fd, const GError *error)
{
	struct stream *stream = data;

	stream_enter(stream);
	stream->attempt = NULL;
	stream->fd = fd;
	if (error) {
		stream_close(stream, g_error_copy(error));
	} else {
		stream->watch = loop_watch_new(
		    stream->net->loop, fd, 0, stream_on_socket, stream);
		if (stream->events->connected)
			stream->events->connected(stream->data);
		if (stream->state == STREAM_CLOSED) {
			/* It was not wanted any more. */
		} else if (stream->options->tls) {
			stream_begin_tls(stream);
		} else {
			stream->state = STREAM_PLAIN;
			stream_flush(stream);
			stream->events->opened(stream->data);
		}
	}
	stream_leave(stream);
}

struct stream *stream_new(struct net *net, const struct stream_options *options,
    const struct stream_events *events, void *data)
{
	struct stream *stream = g_new0(struct stream, 1);

	stream->net = net;
	stream->options = options;
	stream->events = events;
	stream->data = data;
	stream->fd = -1;
	g_queue_init(&stream->out);
	stream->again = loop_timer_new(net->loop, stream_on_again, stream);
	stream->attempt = connector_start(
	    net->connector, &options->target, stream_on_connected, stream);
	return stream;
}

static char *stream_peer(const struct stream *stream)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getpeername(stream->fd, (struct sockaddr *)&address, &size) < 0 ||
	    getnameinfo((struct sockaddr *)&address, size, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return g_strdup("unknown peer");
	return g_strdup_printf(
	    strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

char *stream_describe(const struct stream *stream)
{
	g_autofree char *peer = NULL, *tls = NULL;

	if (!stream_is_open(stream))
		return g_strdup("not connected");
	peer = stream_peer(stream);
	if (stream->state == STREAM_PLAIN)
		return g_strconcat(peer, ", no TLS", NULL);
	tls = tls_session_describe(stream->tls);
	return g_strconcat(peer, ", ", tls, NULL);
}

bool stream_certificate(
    const struct stream *stream, struct tls_certificate *ret)
{
	return stream->state == STREAM_SECURE &&
	    tls_session_certificate(stream->tls, ret);
}

bool stream_is_connected(const struct stream *stream)
{
	return stream->fd >= 0;
}

/* The way there. */

/* An address of a socket of either family. */
union stream_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool stream_is_same(
    const union stream_address *a, const union stream_address *b)
{
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr);
}

/* Addresses for privacy take turns (RFC 8981): the one before still works,
 * though new connections come from its successor on the same link. */
static bool stream_is_sibling(
    const union stream_address *a, const union stream_address *b)
{
	return a->any.sa_family == AF_INET6 &&
	    memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 8) == 0;
}

/*
 * A connected UDP socket has chosen its way and its address as a packet
 * would, but sends none.  local NULL: from any address.  False, with errno,
 * when there is no way.
 */
static bool stream_ask_way(const union stream_address *local,
    const union stream_address *peer, union stream_address *ret_local)
{
	int fd = socket(
	    peer->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	union stream_address from = {.any.sa_family = peer->any.sa_family};
	socklen_t size = sizeof(*ret_local);
	bool way;

	if (fd < 0)
		return false;
	if (local)
		from = *local;
	/* The port is at the same place in both families. */
	from.v4.sin_port = 0;
	way = (!local || bind(fd, &from.any, sizeof(from)) == 0) &&
	    connect(fd, &peer->any, sizeof(*peer)) == 0 &&
	    getsockname(fd, &ret_local->any, &size) == 0;
	close(fd);
	return way;
}

/* Does errno speak of the network, and not of us? */
static bool stream_has_no_way(void)
{
	return errno != EMFILE && errno != ENFILE && errno != ENOBUFS &&
	    errno != ENOMEM;
}

bool stream_is_routed(const struct stream *stream)
{
	union stream_address local = {0}, peer = {0}, now = {0};
	socklen_t local_size = sizeof(local), peer_size = sizeof(peer);

	if (stream->fd < 0)
		return stream->state == STREAM_CONNECTING;
	if (getsockname(stream->fd, &local.any, &local_size) < 0 ||
	    getpeername(stream->fd, &peer.any, &peer_size) < 0)
		return errno != ENOTCONN;
	if (!stream_ask_way(NULL, &peer, &now))
		return !stream_has_no_way();
	return stream_is_same(&local, &now) ||
	    (stream_is_sibling(&local, &now) &&
		stream_ask_way(&local, &peer, &now));
}
