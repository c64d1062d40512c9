/*
 * A D-Bus bus that comes and goes: it is connected to when it is there, and
 * waited for when it is not, without polling.
 *
 * The connection is ours alone and asynchronous throughout, in the main loop.
 */
#ifndef IDLEBELL_OS_BUS_H
#define IDLEBELL_OS_BUS_H

#include <gio/gio.h>

struct bus;

struct bus_events {
	/* connection is the bus's own, until down(). */
	void (*up)(void *data, GDBusConnection *connection);
	/* Also from bus_free(), when it was up. */
	void (*down)(void *data);
};

/* The session's bus as the environment has it, without starting one; NULL:
 * nowhere.  A new string. */
char *bus_session_address(void);

/* events must last.  Neither is called from here. */
struct bus *bus_new(
    const char *address, const struct bus_events *events, void *data);
/* Takes NULL. */
void bus_free(struct bus *bus);

#endif
