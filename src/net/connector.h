/*
 * From a host name to a connected socket: DNS, happy eyeballs, proxies, by
 * libcurl's multi interface (CURLOPT_CONNECT_ONLY), which then lets go of it.
 */
#ifndef IDLEBELL_NET_CONNECTOR_H
#define IDLEBELL_NET_CONNECTOR_H

#include "net/error.h"
#include "os/loop.h"
#include <stdbool.h>

struct connector_target {
	const char *host;
	int port;
	/*
	 * URL (http, socks5, socks5h, socks4, socks4a).  "env": that of
	 * $https_proxy, $HTTPS_PROXY, $all_proxy or $ALL_PROXY, the first
	 * that is set, unless $no_proxy or $NO_PROXY names the host.  NULL:
	 * none, whatever the environment says.
	 */
	const char *proxy;
	/*
	 * ms.  An idle line is probed after keepalive, and again three times,
	 * a quarter of it apart: when it is dead, the socket fails after 7/4
	 * of keepalive.  What was sent may go unacknowledged for timeout: the
	 * stream sees to that.  0: never; as the system has it.
	 */
	int64_t keepalive, timeout;
};

struct connector;
/* NULL and NET_ERROR_SETUP: libcurl does not start. */
struct connector *connector_new(struct loop *loop, GError **error);
/* Cancels what is left.  Not from a connector_fn. */
void connector_free(struct connector *connector);

/* Does it go through a proxy?  With "env" that is not sure where $no_proxy or
 * $NO_PROXY is set. */
bool connector_has_proxy(const struct connector_target *target);

struct connector_attempt;
/* fd: non-blocking, CLOEXEC, with keepalive set, now the callee's; -1 with
 * error (NET_ERROR: RESOLVE NETWORK CONNECT PROXY TIMEOUT). */
typedef void connector_fn(void *data, int fd, const GError *error);

/* Never calls back before it returns.  At most 16 attempts are under way, 4
 * to one host, the others wait; each has 30 s from its start. */
struct connector_attempt *connector_start(struct connector *connector,
    const struct connector_target *target, connector_fn *fn, void *data);
/* Takes NULL; not called back any more. */
void connector_cancel(struct connector_attempt *attempt);

#endif
