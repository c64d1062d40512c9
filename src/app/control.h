/*
 * The watcher's side of its socket, and what is spoken there.
 *
 * A client connects, sends one request and gets one reply, a JSON object on a
 * line each:
 *
 *	{"command": "status", "accounts": ["work"], "arguments": []}
 *	{"ok": true, ...}
 *	{"ok": false, "error": "text", "status": 64}
 *
 * "accounts" may be missing or empty: all of them.  "arguments" are what else
 * the command takes, texts in its own order, and may be missing, too.
 * "error" may have several lines, "status" is an exit status of sysexits.h.
 * What follows the request is ignored, and the connection stays until the
 *client closes it, ten seconds have passed in which it has read nothing, or the
 * watcher has gone: so whoever asked it to stop sees the end.
 *
 * Who connects must be of our user or root.  Requests end at 16 KiB, and
 * there are at most 16 clients: one more, and the eldest has to go.
 */
#ifndef IDLEBELL_APP_CONTROL_H
#define IDLEBELL_APP_CONTROL_H

#include "config/shard.h"
#include "message/emit.h"
#include "os/loop.h"

#define CONTROL_SOCKET "control"

enum {
	CONTROL_CLIENT_TIME = 10000 /* ms */
};

/* accounts and arguments are never NULL, and end with NULL. */
struct control_request {
	const char *command;
	const char *const *accounts, *const *arguments;
};

/* Must outlive the control. */
struct control_events {
	/* Writes further members of the reply; or sets *ret_error (new) and
	 * *ret_status, which are NULL and 0 before.  May not free the
	 * control. */
	void (*answer)(void *data, const struct control_request *request,
	    struct emit *reply, char **ret_error, int *ret_status);
};

struct control;

/* Listens.  NULL and error when it cannot; G_FILE_ERROR_AGAIN when another
 * watcher does there.  A socket whose watcher has gone is replaced. */
struct control *control_new(struct loop *loop, const struct config_shard *shard,
    const struct control_events *events, void *data, GError **error);
/* Hangs up and removes the socket. Takes NULL. */
void control_free(struct control *control);

/*
 * The directories where the socket may be, NULL-terminated.  A watcher uses
 * the first: $XDG_RUNTIME_DIR/idlebell, or without it the state directory.
 * Clients try the others, too, as cron and ssh may have another environment.
 * A shard has a directory of its own in each of them: "shard-K-of-N".
 */
char **control_directories(const struct config_shard *shard);

#endif
