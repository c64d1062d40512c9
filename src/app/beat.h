/*
 * What the service manager hears of the accounts: READY with the first live
 * watch, a line of STATUS, and signs of life as long as all goes on.
 */
#ifndef IDLEBELL_APP_BEAT_H
#define IDLEBELL_APP_BEAT_H

#include "os/loop.h"

struct beat;

/* accounts (struct account) must outlive it; never NULL. */
struct beat *beat_new(struct loop *loop, GPtrArray *accounts);
/* Takes NULL. */
void beat_free(struct beat *beat);

/* An account has moved. */
void beat_look(struct beat *beat);
void beat_reloading(struct beat *beat);
void beat_reloaded(struct beat *beat);
void beat_stopping(struct beat *beat);

#endif
