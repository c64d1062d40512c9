/*
 * The fields of a header block, one by one, as bytes fit for GMime.
 */
#ifndef IDLEBELL_MESSAGE_FIELD_H
#define IDLEBELL_MESSAGE_FIELD_H

#include <glib.h>
#include <gmime/gmime.h>
#include <stdbool.h>

enum field_limit {
	FIELD_COUNT_MAX = 500,
	FIELD_NAME_MAX = 128,
	FIELD_RAW_MAX = 32 * 1024, /* encoded words are up to 4 times longer */
	FIELD_TEXT_MAX = 8 * 1024,
};

#define FIELD_CONTROL '\177'

struct field {
	char *name;
	GString *value; /* unfolded, not yet decoded; the only control
	                   character in it is FIELD_CONTROL, for others */
	bool cut;       /* there was more than FIELD_RAW_MAX */
};

/*
 * Takes the next field off [*at, end).  False at the end of the block: a
 * blank line or the last byte.  Lines that are no field are passed over.
 * Free with field_clear().
 */
bool field_next(const char **at, const char *end, struct field *ret);
void field_clear(struct field *field);

/*
 * What lies in an encoded word (RFC 2047) that begins at text: where its
 * encoding letter stands and where its payload ends, that is "?=".  False
 * when there is none.  last: the last "?=" of the whole text or NULL; it
 * spares looking again and again for an end that does not come.
 */
bool field_word(const char *text, const char *last, const char **ret_encoding,
    const char **ret_end);

/*
 * A copy of text with encoded words that GMime would show nothing of put
 * right: quoted-printable text that claims to be base64, and base64 without
 * its padding.
 */
char *field_repair_words(const char *text);

/* Decodes unstructured text (RFC 2047, RFC 6532, raw 8-bit): a new string,
 * clean, at most FIELD_TEXT_MAX octets. */
char *field_decode(GMimeParserOptions *options, const char *text);

#endif
