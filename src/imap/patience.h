/*
 * Whether a refusal means "not now", and for how long (RFC 5530 section 3, and
 * what servers write instead).
 */
#ifndef IDLEBELL_IMAP_PATIENCE_H
#define IDLEBELL_IMAP_PATIENCE_H

#include "imap/response.h"

/* Whether a status response asks to come back later. */
bool imap_patience_is_due(const struct imap_response *response);

/* The time it names, in milliseconds, at most IMAP_PATIENCE_MAX; 0: none. */
int64_t imap_patience_asked(const struct imap_response *response);

#endif
