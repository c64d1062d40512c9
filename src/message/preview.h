/*
 * How the text of a message begins, in one line.
 */
#ifndef IDLEBELL_MESSAGE_PREVIEW_H
#define IDLEBELL_MESSAGE_PREVIEW_H

#include <glib.h>

enum preview_limit {
	PREVIEW_MAX = 200,            /* characters */
	PREVIEW_BODY_MAX = 16 * 1024, /* octets looked at */
};

/*
 * From the first octets of a message's body, cut anywhere, and a header that
 * has Content-Type and Content-Transfer-Encoding; both are hostile.  The first
 * part that is text and no attachment is decoded, HTML read as text; what is
 * quoted, who wrote it, signatures and rulers are passed over.  A new string,
 * clean (see text_clean()), at most PREVIEW_MAX characters, cut at a word; ""
 * when there is none, or it is encrypted.
 */
char *preview_read(
    const char *header, gsize header_size, const char *body, gsize body_size);

/* The same of text that a server has made of it (RFC 8970). */
char *preview_clean(const char *text);

#endif
