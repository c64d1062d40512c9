/*
 * What a bubble says and shows of an event.
 */
#ifndef IDLEBELL_SINKS_LOOK_H
#define IDLEBELL_SINKS_LOOK_H

#include "sinks/bubble.h"

/* bubble: zeroed before.  Copies all. */
void look_fill(struct bubble *bubble, const struct sink_event *event);
/* Frees what look_fill() has made, not the bubble. */
void look_clear(struct bubble *bubble);

#endif
