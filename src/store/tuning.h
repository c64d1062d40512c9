/*
 * What an account has learnt about its refresh, over a restart.
 */
#ifndef IDLEBELL_STORE_TUNING_H
#define IDLEBELL_STORE_TUNING_H

#include "imap/refresh.h"
#include "store/state.h"

/* False when nothing is remembered, or it cannot be read: then it is learnt
 * again.  ret_memory is untouched then. */
bool tuning_get(struct state *state, const char *account,
    struct imap_refresh_memory *ret_memory);

/* Durable when it returns true.  A file of a newer idlebell stays. */
bool tuning_set(struct state *state, const char *account,
    const struct imap_refresh_memory *memory, GError **error);

#endif
