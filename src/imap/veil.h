/*
 * What a server says, as a log may show it: the lines of the protocol, with
 * sizes in the place of what messages say.
 *
 * Of a FETCH response the header fields that news carry are shown
 * (BODY[HEADER.FIELDS ...]); all other sections, RFC822 and PREVIEW are not, be
 * they literals or quoted strings (RFC 9051 7.5.2).
 */
#ifndef IDLEBELL_IMAP_VEIL_H
#define IDLEBELL_IMAP_VEIL_H

#include <glib.h>

struct imap_veil;

/* For one connection, from its first octet. */
struct imap_veil *imap_veil_new(void);
/* Takes NULL. */
void imap_veil_free(struct imap_veil *veil);

/* Appends to lines those that bytes complete, each with its newline and cut at
 * a few kilobytes. */
void imap_veil_feed(
    struct imap_veil *veil, const char *bytes, gsize size, GString *lines);
/* What came of a line that is not whole, if any: nothing follows. */
void imap_veil_end(struct imap_veil *veil, GString *lines);

#endif
