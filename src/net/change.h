/*
 * What befalls the computer and with it every connection: another network,
 * another time, sleep.  The kernel and logind tell; nobody is asked, no packet
 * is sent, and while nothing happens nothing wakes up.
 */
#ifndef IDLEBELL_NET_CHANGE_H
#define IDLEBELL_NET_CHANGE_H

#include "os/loop.h"

enum change_kind {
	/* An address, a link or a route: look at the connections.  Comes
	 * 300 ms after the last of a burst, but 1 s after the first.  Where
	 * bursts have no end (containers that come and go, a route that
	 * flaps), most of them come every ten seconds only (calm.h): what is
	 * done about them must have time to succeed. */
	CHANGE_NETWORK,
	/* The wall clock was set, by a tenth of a second at least. */
	CHANGE_CLOCK,
	/* The system's time zone may be another. */
	CHANGE_ZONE,
	/* The computer is about to sleep: say goodbye, then call
	 * change_ready(), which it waits for (logind: 5 s at most).
	 * CHANGE_WAKE always follows, though it may not have slept. */
	CHANGE_SLEEP,
	/* It slept and is awake: once for each sleep, whoever told. */
	CHANGE_WAKE,
};

struct change;

/* Comes from the loop or from GLib's default context, never from within a
 * call; must not free the change. */
typedef void change_fn(void *data, enum change_kind kind);

/* Never NULL.  What the system lacks or refuses is left out: netlink, timers
 * that see the clock set, a system bus ($DBUS_SYSTEM_BUS_ADDRESS), logind. */
struct change *change_new(struct loop *loop, change_fn *fn, void *data);
/* The computer may sleep as far as we are concerned.  Nothing otherwise. */
void change_ready(struct change *change);
/* Takes NULL. */
void change_free(struct change *change);

#endif
