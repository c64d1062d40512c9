/*
 * A message without its attachments: how its parts are written (RFC 2045 to
 * 2049).  All with CRLF line ends.
 */
#ifndef IDLEBELL_MESSAGE_EXCERPT_H
#define IDLEBELL_MESSAGE_EXCERPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What stands in the place of an attachment. */
struct excerpt_note {
	const char *type;            /* "application/pdf" */
	const GPtrArray *parameters; /* name, value, ... as sent: the file name
	                                is looked for */
	bool base64;                 /* then it is smaller than size */
	uint64_t size;               /* octets, encoded; 0: unknown */
};

/* The header of a message or of a multipart, with its blank line, as it is if
 * it is signed; else its parts may have 8 bits now.  whole: of the outermost
 * message, which says that it is not complete. */
void excerpt_header(
    GString *out, const GString *header, bool is_signed, bool whole);

/* A part of text behind its header.  decoded: the server has undone the
 * transfer encoding; then it gets one that keeps each octet. */
void excerpt_text(GString *out, const GString *header, const GString *text,
    bool decoded, bool whole);

/* Its own header and its one line. */
void excerpt_note(GString *out, const struct excerpt_note *note);
/* What may stand before it: the header of the message that it is all of,
 * without what is about the content, and without a blank line. */
void excerpt_before_note(GString *out, const GString *header, bool whole);

#endif
