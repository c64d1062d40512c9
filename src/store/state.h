/*
 * The state directory: $XDG_STATE_HOME/idlebell, 0700, one watcher at a time.
 */
#ifndef IDLEBELL_STORE_STATE_H
#define IDLEBELL_STORE_STATE_H

#include <glib.h>

/* Where it is: a new string. */
char *state_path(void);

struct state;

/* Opens (makes) and locks it.  G_FILE_ERROR_AGAIN when another watcher has
 * it; the text names its process id. */
struct state *state_open(GError **error);
/* Releases the lock. */
void state_free(struct state *state);
int state_directory(const struct state *state);

#endif
