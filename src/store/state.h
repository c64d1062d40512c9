/*
 * The state directory: $XDG_STATE_HOME/idlebell, 0700, one watcher at a time,
 * or one for each shard.
 *
 * A watcher of all accounts locks "lock" for itself.  That of a shard shares
 * it with those of the others, and locks "lock-K-of-N" for itself; it does
 * not start beside shards of another N, with which it might have accounts in
 * common.  The locks hold over NFS, too.
 */
#ifndef IDLEBELL_STORE_STATE_H
#define IDLEBELL_STORE_STATE_H

#include "config/shard.h"
#include <glib.h>
#include <stdbool.h>

/* Where it is: a new string. */
char *state_path(void);

struct state;

/* Opens (makes) and locks it, for all accounts with shard NULL or without a
 * count.  G_FILE_ERROR_AGAIN when another watcher has it; the text names its
 * process id. */
struct state *state_open(const struct config_shard *shard, GError **error);
/* For reading only, beside a watcher and without a lock; NULL: there is none
 * yet that could be read. */
struct state *state_peek(void);
/* Releases the lock. */
void state_free(struct state *state);
/* The same one as long as the state is open. */
int state_directory(const struct state *state);
/* Should somebody have removed the directory, it is made anew, and locked. */
bool state_keep(struct state *state, GError **error);

/*
 * A turn at a file that all shards change: to be had before it is read, and
 * kept until it is written.  A descriptor to close(), or -1: another has not
 * ended its turn within two seconds (G_FILE_ERROR_AGAIN), or name, of the lock,
 * cannot be made.
 */
int state_turn(struct state *state, const char *name, GError **error);

/* Who watches at the moment: "process 7", "shard 1/4 (process 7)".  A new
 * vector, empty when nobody does. */
char **state_watchers(void);

/* For store/seen: struct seen that are in memory, the one used last first. */
GQueue *state_seen(struct state *state);

#endif
