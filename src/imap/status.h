/*
 * The first words of a response, and status responses with their codes
 * (RFC 9051 section 7.1).
 */
#ifndef IDLEBELL_IMAP_STATUS_H
#define IDLEBELL_IMAP_STATUS_H

#include "imap/scan.h"

/*
 * Takes the tag, or "*" or "+", and the status word if there is one.  Sets
 * type to IMAP_RESPONSE_CONTINUATION, _STATUS, or to _UNKNOWN for untagged
 * data, which scan->at is left at; else it fails.
 */
bool imap_status_scan_head(
    struct imap_scan *scan, struct imap_response *response);

/* Takes the rest of a continuation or a status response.  It never fails:
 * a code that cannot be read is part of the text, or has no value. */
void imap_status_scan_text(
    struct imap_scan *scan, struct imap_response *response);

/* Whether the response is text to the end of its line, so that it holds no
 * literals; what is no response counts as text.  Changes no octet. */
bool imap_status_is_text(const char *bytes, size_t size);

#endif
