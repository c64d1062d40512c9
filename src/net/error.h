/*
 * What can go wrong between here and the server.
 */
#ifndef IDLEBELL_NET_ERROR_H
#define IDLEBELL_NET_ERROR_H

#include <glib.h>

enum net_error {
	NET_ERROR_RESOLVE, /* no such host */
	NET_ERROR_NETWORK, /* no way to it: nothing has got through */
	NET_ERROR_CONNECT, /* refused */
	NET_ERROR_PROXY,
	NET_ERROR_TIMEOUT,
	NET_ERROR_IO,        /* the connection broke */
	NET_ERROR_HANDSHAKE, /* no TLS to be had */
	NET_ERROR_VERIFY,    /* TLS, but not the server that was meant */
	NET_ERROR_EARLY,     /* the same: its certificate is not valid yet, */
	NET_ERROR_EXPIRED,   /* or not any more; or the clock is wrong */
	NET_ERROR_SETUP,     /* a file or value of ours: tls_ca_file, tls_pin */
	NET_ERROR_SECRET,    /* a password or token could not be had */
	NET_ERROR_NO_AUTH,   /* no login mechanism in common */
	NET_ERROR_COUNT,
};
#define NET_ERROR net_error_quark()
GQuark net_error_quark(void);

#endif
