/*
 * From bytes to whole responses.
 *
 * The framer knows where a response ends (RFC 9051 section 4: CRLF, and the
 * octet counts of literals) and nothing of what it says.  It keeps one
 * response at a time and holds no memory while it is empty.
 */
#ifndef IDLEBELL_IMAP_FRAMER_H
#define IDLEBELL_IMAP_FRAMER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum imap_frame {
	IMAP_FRAME_MORE,    /* all bytes are taken, no response is whole yet */
	IMAP_FRAME_WHOLE,   /* ret holds a response */
	IMAP_FRAME_SKIPPED, /* a response over a limit was read past */
	IMAP_FRAME_ERROR,   /* the stream cannot be followed any more */
};

struct imap_framer;

struct imap_framer *imap_framer_new(void);
void imap_framer_free(struct imap_framer *framer);

/*
 * Takes bytes from *data (advancing *data and *size) up to the end of one
 * response.  On IMAP_FRAME_WHOLE, *ret_bytes and *ret_size give the response,
 * its literals in place as "{n}" CRLF and n octets, without the last CRLF and
 * with a NUL behind it that does not count; it is writable, belongs to the
 * framer and is good until the next call.  A bare LF ends a line as CRLF does.
 * Call again until IMAP_FRAME_MORE, with *size == 0 too: that call gives the
 * memory of the last response back.  NULs ahead of a response are dropped.
 *
 * Status responses and continuations hold text, where "{5}" before the CRLF
 * is no literal.  A kept literal has at most IMAP_LITERAL_MAX octets, a line
 * IMAP_LINE_MAX; what is longer is read past (IMAP_FRAME_SKIPPED), and beyond
 * IMAP_LITERAL_SKIP_MAX it is IMAP_FRAME_ERROR, which is final.
 */
enum imap_frame imap_framer_feed(struct imap_framer *framer, const char **data,
    size_t *size, char **ret_bytes, size_t *ret_size);

/* True between two responses: no part of one was taken. */
bool imap_framer_is_empty(const struct imap_framer *framer);

/* Why the last IMAP_FRAME_SKIPPED or _ERROR: a static sentence. */
const char *imap_framer_reason(const struct imap_framer *framer);

typedef struct imap_framer ImapFramer; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapFramer, imap_framer_free)

#endif
