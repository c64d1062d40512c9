/*
 * Writing commands: strings quoted as IMAP wants them, mailbox names encoded.
 */
#ifndef IDLEBELL_IMAP_COMMAND_H
#define IDLEBELL_IMAP_COMMAND_H

#include <glib.h>
#include <stdbool.h>

/*
 * Appends text as a quoted string (RFC 9051 section 4.3).  Returns false and
 * appends nothing when it cannot be one: CR, LF, NUL or a byte over 127.
 */
bool imap_append_quoted(GString *out, const char *text);

/* Appends a UTF-8 mailbox name, modified UTF-7 and quoted.  false as above,
 * or when it is not valid UTF-8. */
bool imap_append_mailbox(GString *out, const char *mailbox);

/*
 * Modified UTF-7, RFC 3501 5.1.3.  encode: UTF-8 to mUTF-7, NULL when the
 * input is not UTF-8.  decode: mUTF-7 to UTF-8, NULL when it is malformed
 * (then show the name as it is).  Both results are new strings.
 * A name with bytes over 127 is UTF-8 already (RFC 5465, 6855): decode
 * returns a copy when it is valid.
 */
char *imap_utf7_encode(const char *utf8);
char *imap_utf7_decode(const char *utf7);

#endif
