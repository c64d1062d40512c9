/*
 * The newest messages whose hooks were given up, for status.
 */
#ifndef IDLEBELL_APP_GIVEN_UP_H
#define IDLEBELL_APP_GIVEN_UP_H

#include "message/message.h"

struct delivery_given_up {
	char *mailbox, *from, *subject; /* the last two may be cut */
	uint32_t uid;
	int64_t time; /* wall clock, s */
	char *reason; /* of the last try, may be cut */
};

/* list: struct delivery_given_up, the oldest first; at most 100 stay. */
void given_up_add(
    GQueue *list, const struct message *message, const char *reason);
void given_up_clear(GQueue *list);

#endif
