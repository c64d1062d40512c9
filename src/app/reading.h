/*
 * From what a session tells of a message to the message.
 */
#ifndef IDLEBELL_APP_READING_H
#define IDLEBELL_APP_READING_H

#include "config/config.h"
#include "imap/session.h"
#include "message/message.h"

/* What to ask servers for: the settings' header fields and what the account
 * needs besides, a new string; and whether how texts begin is shown. */
char *reading_fields(
    const struct config_account *account, const char *header_fields);
bool reading_has_preview(const struct config_account *account);

/* In mailbox of account; a new message.  Of an anchor only what it is known
 * by is read. */
struct message *reading_new(const struct config_account *account,
    const char *mailbox, const struct imap_news *news);

#endif
