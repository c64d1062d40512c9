/*
 * A message as hooks and --json see it: one table of members, two
 * views.
 */
#ifndef IDLEBELL_MESSAGE_VIEW_H
#define IDLEBELL_MESSAGE_VIEW_H

#include "message/message.h"

/* One JSON object on one line, no newline: members event, account, mailbox,
 * uid, uidvalidity, from [{name, address}], from_name, from_address (of the
 * first), to (as from), subject, date, size, message_id, list_id, flags (a
 * list of strings), rule, file (the last two null where there is none). */
char *message_to_json(const struct message *message);

/*
 * A copy of the environment base (NULL-terminated "K=V"s, may be NULL) with
 * IDLEBELL_* variables added and any older IDLEBELL_* removed; each value has
 * at most 8 KiB (IDLEBELL_FILE is the path as it is).  _FROM and _TO read
 * "Name <address>, ...".  Free with g_strfreev().
 */
char **message_to_environment(
    const struct message *message, const char *const *base);

#endif
