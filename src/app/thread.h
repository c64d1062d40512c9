/*
 * Which conversation a message belongs to.
 */
#ifndef IDLEBELL_APP_THREAD_H
#define IDLEBELL_APP_THREAD_H

#include "message/message.h"

/* What the messages of one conversation have in common: by their headers, or
 * where those name none, their subject without "Re:" and the like in the same
 * account.  A new string; NULL: nothing says so. */
char *thread_key(const struct message *message);
/* It answers or forwards another. */
bool thread_is_reply(const struct message *message);
/* Its subject without "Re:" and the like; points into it. */
const char *thread_subject(const struct message *message);

#endif
