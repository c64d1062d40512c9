/*
 * The state directory: $XDG_STATE_HOME/idlebell, 0700, one watcher at a time.
 */
#ifndef IDLEBELL_STORE_STATE_H
#define IDLEBELL_STORE_STATE_H

#include <glib.h>
#include <stdbool.h>

/* Where it is: a new string. */
char *state_path(void);

struct state;

/* Opens (makes) and locks it.  G_FILE_ERROR_AGAIN when another watcher has
 * it; the text names its process id. */
struct state *state_open(GError **error);
/* Releases the lock. */
void state_free(struct state *state);
/* The same one as long as the state is open. */
int state_directory(const struct state *state);
/* Should somebody have removed the directory, it is made anew, and locked. */
bool state_keep(struct state *state, GError **error);

#endif
