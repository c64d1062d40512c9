/*
 * Hooks: a program for each message, notice of a state or batch, one at a
 * time, in order.
 */
#ifndef IDLEBELL_SINKS_HOOK_H
#define IDLEBELL_SINKS_HOOK_H

#include "sinks/sink.h"

/* One for each account. Events wait in order for the one that runs. */
struct sink *hook_new(void);

#endif
