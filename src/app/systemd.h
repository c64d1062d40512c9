/*
 * What the service manager is told, and how often it wants a sign of life:
 * sd_notify(3), without libsystemd.
 */
#ifndef IDLEBELL_APP_SYSTEMD_H
#define IDLEBELL_APP_SYSTEMD_H

#include "os/loop.h"
#include <stdbool.h>

struct systemd;

/* Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment:
 * what a hook starts is not to speak for us.  Never NULL. */
struct systemd *systemd_new(struct loop *loop);
/* Takes NULL. */
void systemd_free(struct systemd *systemd);

/* Is there somebody to tell? */
bool systemd_listens(const struct systemd *systemd);

/* One datagram, "READY=1\nSTATUS=...": one assignment a line, so that values
 * hold none of their own (log_safe()).  Nothing without a socket.  Never waits:
 * what a manager that does not read has no room for is sent later. */
void systemd_tell(struct systemd *systemd, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* Milliseconds between two WATCHDOG=1, half of what is allowed; 0: none
 * wanted. */
int64_t systemd_watchdog(const struct systemd *systemd);

#endif
