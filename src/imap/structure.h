/*
 * BODYSTRUCTURE: what a message is made of (RFC 9051 7.5.2).
 */
#ifndef IDLEBELL_IMAP_STRUCTURE_H
#define IDLEBELL_IMAP_STRUCTURE_H

#include "imap/scan.h"

/* One part; no string is NULL. */
struct imap_structure {
	char *type, *subtype;  /* "multipart" "mixed": lower case */
	char *section;         /* "1.2" (RFC 9051 6.4.5.1); a multipart that is
	                          a whole message has that of the message, and
	                          the outermost "" */
	char *encoding;        /* "base64": lower case, "" for none */
	char *disposition;     /* "attachment", lower case, "" for none */
	GPtrArray *parameters; /* char *, of type and disposition, as sent:
	                          "name", its value, "filename*", its value */
	uint64_t size;         /* octets, encoded; 0 of a multipart */
	bool has_id;           /* there is a Content-ID */
	GPtrArray *parts;      /* struct imap_structure; of message/rfc822 the
	                          message; else empty */
};

/*
 * Reads one value; NULL when it cannot be made sense of, which Exchange's
 * often cannot (quirk 18), when it has more than IMAP_PARTS_MAX parts, or
 * when they lie deeper than IMAP_PARTS_DEPTH_MAX.  text is written to.
 */
struct imap_structure *imap_structure_parse(struct imap_text text);
/* Takes NULL. */
void imap_structure_free(struct imap_structure *part);

/* The value as sent, or NULL; names do not differ in case. */
const char *imap_structure_parameter(
    const struct imap_structure *part, const char *name);
/* subtype NULL: any. */
bool imap_structure_is(
    const struct imap_structure *part, const char *type, const char *subtype);

#endif
