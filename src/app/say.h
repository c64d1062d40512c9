/*
 * What the user says of messages over the control socket, or where no watcher
 * runs: the commands mute, unmute, snooze and unsnooze.
 */
#ifndef IDLEBELL_APP_SAY_H
#define IDLEBELL_APP_SAY_H

#include "app/belfry.h"
#include "app/control.h"
#include "app/mutes.h"
#include "app/snoozes.h"

struct say {
	struct belfry *belfry; /* NULL: no watcher runs */
	struct mutes *mutes;
	struct snoozes *snoozes;
};

/*
 * One account: it is about a message, and the arguments are MAILBOX, UID and
 * perhaps TIME; none: mute SENDER [TIME], or what to unmute or unsnooze.
 * Returns an exit status; *ret_text (new) is what was done, or why not.
 */
int say_answer(const struct say *say, const struct control_request *request,
    char **ret_text);
/* The same with no watcher running: only what needs none. */
int say_alone(const struct config_shard *shard,
    const struct control_request *request, char **ret_text);

/* What is muted or snoozed, by the name of the command: lines, "" for none. */
char *say_list(const char *command);

#endif
