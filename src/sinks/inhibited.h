/*
 * "Do not disturb": whether the notification daemon is told to keep quiet.
 *
 * There is no one way to ask.  By D-Bus properties of the daemon: Inhibited
 * (Plasma), Dnd (SwayNotificationCenter), paused (dunst), Modes with
 * "do-not-disturb" in them (mako); by settings: GNOME, Cinnamon and MATE, by
 * those of Xfce, which xfconfd has; by a method of Budgie's.  All of them tell
 * of changes, so nothing is polled, and nobody is started.
 */
#ifndef IDLEBELL_SINKS_INHIBITED_H
#define IDLEBELL_SINKS_INHIBITED_H

#include <stdbool.h>

struct inhibited;

/* From the main loop, at each change, and when it is first known. */
typedef void inhibited_fn(void *data, bool holds);

/* Asks at once, and begins with false. */
struct inhibited *inhibited_new(inhibited_fn *fn, void *data);
/* Takes NULL. */
void inhibited_free(struct inhibited *inhibited);
bool inhibited_holds(const struct inhibited *inhibited);
/* All have answered, or nobody is there who could; from then on for ever. */
bool inhibited_is_known(const struct inhibited *inhibited);

#endif
