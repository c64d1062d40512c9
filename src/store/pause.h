/*
 * An account's pause, over a restart.
 */
#ifndef IDLEBELL_STORE_PAUSE_H
#define IDLEBELL_STORE_PAUSE_H

#include "store/state.h"
#include <stdbool.h>
#include <stdint.h>

/* Wall clock, s. */
struct pause {
	int64_t since; /* when it was asked for */
	int64_t until; /* 0: there is none; INT64_MAX: it has no end */
};

/* until 0 when there is none, or it cannot be read: then *ret_trouble, which
 * may be NULL, is a sentence about it (a new string), else untouched. */
void pause_load(struct state *state, const char *account,
    struct pause *ret_pause, char **ret_trouble);

/* Durable when it returns true; until 0 removes it. */
bool pause_store(struct state *state, const char *account,
    const struct pause *pause, GError **error);

#endif
