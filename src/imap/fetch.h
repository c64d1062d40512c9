/*
 * The items of a FETCH response (RFC 9051 section 7.5.2).
 */
#ifndef IDLEBELL_IMAP_FETCH_H
#define IDLEBELL_IMAP_FETCH_H

#include "imap/scan.h"

/* Takes the list of items.  What has been read belongs to response->fetch,
 * even when it fails. */
bool imap_fetch_scan(struct imap_scan *scan, struct imap_response *response);
void imap_fetch_free(struct imap_fetch *fetch);

#endif
