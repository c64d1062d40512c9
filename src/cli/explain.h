/*
 * Why rules do with a message what they do.
 */
#ifndef IDLEBELL_CLI_EXPLAIN_H
#define IDLEBELL_CLI_EXPLAIN_H

#include "app/settings.h"

/*
 * Says on standard output which rules the message meets, criterion by
 * criterion, and what follows; with json as one object on one line.  account
 * is the one it is in.  Nothing is changed: of whom the account has had mail
 * is only looked up.
 */
void explain_message(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    bool json);

#endif
