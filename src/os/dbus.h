/*
 * A D-Bus bus that comes and goes: it is connected to when it is there, and
 * waited for when it is not, without polling.
 *
 * The connection is ours alone and asynchronous throughout, in the main loop.
 */
#ifndef IDLEBELL_OS_DBUS_H
#define IDLEBELL_OS_DBUS_H

#include <gio/gio.h>

struct dbus;

struct dbus_events {
	/* connection is the bus's own, until down(). */
	void (*up)(void *data, GDBusConnection *connection);
	/* Also from dbus_free(), when it was up. */
	void (*down)(void *data);
};

/* The session's bus as the environment has it, without starting one; NULL:
 * nowhere.  A new string. */
char *dbus_session_address(void);

/* events must last.  Neither is called from here. */
struct dbus *dbus_new(
    const char *address, const struct dbus_events *events, void *data);
/* Something has happened: where there was no bus, there may be one now. */
void dbus_look(struct dbus *dbus);
/* Who was looked for there has answered: should the bus go, it is tried again
 * at once.  One that only goes and comes is not, for long. */
void dbus_is_well(struct dbus *dbus);
/* Takes NULL. */
void dbus_free(struct dbus *dbus);

#endif
