/*
 * A part of the accounts, for one of several watchers of one configuration.
 *
 * An account belongs to the shard that weighs most for it (rendezvous
 * hashing).  The weight of shard K, from 1 on, for the account NAME is the
 * number made of the first eight octets, the most significant one first, of
 * the SHA-256 of NAME, a NUL and K in decimal digits.  So each watcher knows
 * without asking what is its own, and of N + 1 shards the new one takes its
 * accounts from all the others, which exchange none among themselves.
 */
#ifndef IDLEBELL_CONFIG_SHARD_H
#define IDLEBELL_CONFIG_SHARD_H

#include <stdbool.h>

enum {
	CONFIG_SHARDS_MAX = 100
};

struct config_shard {
	unsigned number, count; /* 1 to count; count 0: all of the accounts */
};

/* "2/4", or "2-of-4" as in the names of systemd's units.  False with
 * *ret_reason (new, a sentence about text) for anything else. */
bool config_shard_parse(
    const char *text, struct config_shard *ret_shard, char **ret_reason);

/* "2-of-4", for names of files, and "2/4", for people; new strings. */
char *config_shard_name(const struct config_shard *shard);
char *config_shard_print(const struct config_shard *shard);

/* Which of count (1 or more) shards an account belongs to: 1 to count. */
unsigned config_shard_of(const char *account, unsigned count);
/* All are in what has no count, and in NULL. */
bool config_shard_has(const struct config_shard *shard, const char *account);

#endif
