/*
 * Pictures of senders, from a directory of the user's.
 */
#ifndef IDLEBELL_SINKS_AVATAR_H
#define IDLEBELL_SINKS_AVATAR_H

#include "message/message.h"

/*
 * The file for sender in directory (which may begin with "~/"): named by the
 * address, else by the domain, in lower case, with .png, .jpg, .jpeg, .svg or
 * .webp.  NULL when there is none; an address never leads out of the
 * directory, and what is not a regular file of a bearable size is passed over.
 * A new string.
 */
char *avatar_find(const char *directory, const struct message_address *sender);

#endif
