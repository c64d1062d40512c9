/*
 * What an account has learnt about its server, over a restart.
 */
#ifndef IDLEBELL_STORE_TUNING_H
#define IDLEBELL_STORE_TUNING_H

#include "imap/capability.h"
#include "imap/fault.h"
#include "imap/refresh.h"
#include "store/state.h"

/* All zero: nothing was learnt.  Plain data, nothing to free. */
struct tuning {
	struct imap_refresh_memory refresh; /* interval 0: unknown */
	struct imap_capabilities after_login;
	int64_t faults[IMAP_FAULT_COUNT]; /* wall clock, s, by bit: when it
	                                     showed; 0: never */
};

/* All zero when nothing is remembered, or it cannot be read: then it is learnt
 * again. */
void tuning_load(
    struct state *state, const char *account, struct tuning *ret_tuning);

/* Without fsync(): what a crash of the computer takes is learnt again.  What is
 * there already is not written again, and a file of a newer idlebell stays. */
bool tuning_store(struct state *state, const char *account,
    const struct tuning *tuning, GError **error);

/* Bits of enum imap_fault; now is the wall clock, s. */
void tuning_add_faults(struct tuning *tuning, unsigned faults, int64_t now);
/* Those of the last 30 days: a server may have been mended. */
unsigned tuning_faults(const struct tuning *tuning, int64_t now);

#endif
