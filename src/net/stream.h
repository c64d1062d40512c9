/*
 * A connection as bytes and events: connector, then TLS at once or later.
 */
#ifndef IDLEBELL_NET_STREAM_H
#define IDLEBELL_NET_STREAM_H

#include "net/connector.h"
#include "net/tls.h"
#include <stdbool.h>
#include <stddef.h>

/* What all streams share. */
struct net {
	struct loop *loop;
	struct connector *connector;
	struct tls_store *tls;
	struct loop_timer *tidy;   /* for tls */
	int64_t handshake_timeout; /* ms; a test may not wait for 30 s */
};

/* NULL, with an error of loop_new() or connector_new(). */
struct net *net_new(GError **error);
/* All streams must be gone. Takes NULL. */
void net_free(struct net *net);

struct stream_events {
	/* The connection stands (TLS too when it is implicit). */
	void (*opened)(void *data);
	/* TLS stands after stream_start_tls(). */
	void (*secured)(void *data);
	void (*received)(void *data, const char *bytes, size_t size);
	/* error NULL: end of file.  Nothing comes after it but
	 * stream_free(). */
	void (*closed)(void *data, const GError *error);
	/* TCP stands, before TLS begins.  May be NULL. */
	void (*connected)(void *data);
};

struct stream_options {
	struct connector_target target;
	struct tls_settings tls_settings;
	bool tls; /* implicit */
};

struct stream;

/*
 * Starts to connect.  Events come from the main loop, never from within a
 * call into the stream.  options and all it points to must live as long as
 * the stream.  The handshake has a deadline of 30 s.
 */
struct stream *stream_new(struct net *net, const struct stream_options *options,
    const struct stream_events *events, void *data);
/* Closes at once; any event may call it. Takes NULL. */
void stream_free(struct stream *stream);

/*
 * Begins TLS on an open plain connection.  Bytes that came in plaintext
 * behind the request have been handed out by received() before or are an
 * error: the owner checks what it was fed.
 */
void stream_start_tls(struct stream *stream);

/* Queues bytes and sends what the socket takes; secret bytes are wiped once
 * sent.  Errors come as closed(). */
void stream_write(
    struct stream *stream, const char *bytes, size_t size, bool secret);

/* False while it still looks for the name, or a way, or an answer: the server
 * has no connection. */
bool stream_is_connected(const struct stream *stream);

/*
 * False when the kernel would not send from the stream's address to its peer
 * any more: the address is gone, there is no way, or there is a better one
 * from another address.  No packet leaves.  True as long as it connects: that
 * has a deadline.
 */
bool stream_is_routed(const struct stream *stream);

/* What the server has shown; false without TLS, see tls_session_certificate().
 */
bool stream_certificate(
    const struct stream *stream, struct tls_certificate *ret);

/* "192.0.2.1:993, TLS 1.3 ..., resumed" once it stands; a new string. */
char *stream_describe(const struct stream *stream);

#endif
