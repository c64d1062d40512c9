/*
 * A watcher's status document, for people.
 */
#ifndef IDLEBELL_CLI_STATUS_VIEW_H
#define IDLEBELL_CLI_STATUS_VIEW_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Lines for a terminal; now: wall clock, s.  A new string.  Members that are
 * absent, null or of another kind are shown as unknown.
 *
 * Without full, mailboxes of a large account that have state, method and
 * error in common are one line, and of many accounts only some of those are
 * shown that are not well, and the others counted.
 */
char *status_view_text(JsonObject *status, int64_t now, bool colour, bool full);

#endif
