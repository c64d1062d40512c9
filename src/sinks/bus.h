/*
 * Who is at the session's bus: the notification daemon, and the service
 * manager.  For a thread of its own, as each of these calls blocks: some
 * seconds where somebody hangs, and for ever where the bus does.
 */
#ifndef IDLEBELL_SINKS_BUS_H
#define IDLEBELL_SINKS_BUS_H

#include <glib.h>
#include <stdbool.h>

/* Where the session's bus is, and that somebody answers there.  A new string,
 * or NULL and SINK_ERROR_DESKTOP. */
char *bus_find(GError **error);

/* What a notification daemon says of itself; strings are never NULL. */
struct bus_desktop {
	char *name, *vendor, *version;
	char **capabilities;
	bool inhibited; /* "do not disturb", where it tells */
};

/* False and SINK_ERROR_DESKTOP: there is none, or it does not answer. */
bool bus_ask_desktop(struct bus_desktop *ret, GError **error);
void bus_desktop_clear(struct bus_desktop *desktop);

/* What systemd's user manager gives to its units. */
struct bus_manager {
	char *bus;  /* its DBUS_SESSION_BUS_ADDRESS, or NULL */
	char *unit; /* "enabled", "disabled"...; NULL: not installed */
};

/* False: there is no such manager.  unit: "idlebell.service". */
bool bus_ask_manager(const char *unit, struct bus_manager *ret);
void bus_manager_clear(struct bus_manager *manager);

#endif
