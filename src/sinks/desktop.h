/*
 * Bubbles, by libnotify.  Its calls block (25 s each when the daemon hangs),
 * so all of them are made in one worker thread with a bounded queue.
 */
#ifndef IDLEBELL_SINKS_DESKTOP_H
#define IDLEBELL_SINKS_DESKTOP_H

#include "sinks/sink.h"
#include <stdbool.h>

/* Touches the bus only when it first rings. Built without libnotify:
 * desktop_is_built() is false and ring reports SINK_ERROR_DESKTOP. */
struct sink *desktop_new(void);
bool desktop_is_built(void);

#endif
