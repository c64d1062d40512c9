/*
 * Whether a refusal means "not now", and for how long (RFC 5530 section 3, and
 * what servers write instead).
 */
#ifndef IDLEBELL_IMAP_PATIENCE_H
#define IDLEBELL_IMAP_PATIENCE_H

#include "imap/response.h"

/*
 * An untagged NO is a warning (RFC 9051 7.1.2), but one of these means that
 * the server cannot see the mailbox any more, while it goes on to answer OK:
 * Dovecot, when a Maildir was made anew under its eyes.
 */
bool imap_patience_is_broken(const struct imap_response *response);

/* Whether a status response asks to come back later. */
bool imap_patience_is_due(const struct imap_response *response);

/* The time it names, in milliseconds, at most IMAP_PATIENCE_MAX; 0: none. */
int64_t imap_patience_asked(const struct imap_response *response);

#endif
