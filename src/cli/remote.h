/*
 * The client's side of a watcher's socket; app/control.h has the protocol.
 */
#ifndef IDLEBELL_CLI_REMOTE_H
#define IDLEBELL_CLI_REMOTE_H

#include "config/shard.h"
#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Lists end with NULL; NULL: empty. */
struct remote_request {
	const char *command;
	char **accounts, **arguments;
	bool until_gone;    /* wait until the watcher has ended */
	bool may_be_absent; /* -1, and nothing said, when no watcher runs */
};

/*
 * Asks the running watcher of shard and waits up to ten seconds for its reply.
 *
 * Returns an exit status; what went wrong has been reported.  With 0,
 * *ret_reply is a new reference to the reply, unless ret_reply is NULL.
 */
int remote_ask(const struct config_shard *shard,
    const struct remote_request *request, JsonObject **ret_reply);

/* The same for the JSON text of one member of the reply, a new string when it
 * returns 0: megabytes of it are handed on as they come. */
int remote_ask_text(const struct config_shard *shard,
    const struct remote_request *request, const char *member, char **ret_text);

#endif
