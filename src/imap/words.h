/*
 * Words in one line of text, with spaces between them: flags, attributes.
 */
#ifndef IDLEBELL_IMAP_WORDS_H
#define IDLEBELL_IMAP_WORDS_H

#include <glib.h>
#include <stdbool.h>

/* Is word one of them?  In capitals or not (RFC 9051 2.3.2); in parentheses
 * or not; of NULL none is. */
bool imap_words_have(const char *words, const char *word);
/* texts: of struct imap_text, or NULL.  A new string. */
char *imap_words_join(const GArray *texts);

#endif
