/*
 * Where messages go that are archived, deleted or junk: the mailbox that the
 * user names, that the server marks (RFC 6154), or that has a name by which
 * everybody knows it.
 */
#ifndef IDLEBELL_APP_SPECIAL_H
#define IDLEBELL_APP_SPECIAL_H

#include <glib.h>
#include <stdbool.h>

enum special {
	SPECIAL_ARCHIVE,
	SPECIAL_TRASH,
	SPECIAL_JUNK,
};

/*
 * Of listed (struct imap_listed); named is what the user wrote, spelt as in
 * mailboxes (imap/selection.h), or NULL.  A new string, or NULL: there is
 * none.  *ret_missing: it is named by the user, and not there.
 */
char *special_find(enum special special, const char *named,
    const GPtrArray *listed, bool *ret_missing);

/* The key that names it. */
const char *special_key(enum special special);

/* Is it the same mailbox?  INBOX knows no case (RFC 9051 5.1). */
bool special_is_same(const char *mailbox, const char *other);

#endif
