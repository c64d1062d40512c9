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

/* The same in a few words, "desktop, download": a new string.  *ret_rule: the
 * rule that decides, or NULL; the settings'. */
char *explain_briefly(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    const char **ret_rule);

/*
 * Says this of the last count messages that are in the mailbox: a row for each,
 * or, when whole or json, what explain_message() says.  Returns an exit status
 * of sysexits.h; errors have been told.
 */
int explain_last(struct settings *settings,
    const struct config_account *account, const char *mailbox, unsigned count,
    bool json, bool whole);

#endif
