/*
 * The proxy that connections go through: whose it is, and what its URL says.
 */
#ifndef IDLEBELL_NET_PROXY_H
#define IDLEBELL_NET_PROXY_H

#include <glib.h>
#include <stdbool.h>

/* That of $https_proxy, $HTTPS_PROXY, $all_proxy or $ALL_PROXY, the first that
 * is set and not empty; NULL: none.  The environment's. */
const char *proxy_of_environment(void);

/* Its host, a new string, and port, 1080 where it names none.  false, with
 * NET_ERROR_PROXY and both untouched: it cannot be used.  No error holds its
 * password. */
bool proxy_read(
    const char *proxy, char **ret_host, long *ret_port, GError **error);

#endif
