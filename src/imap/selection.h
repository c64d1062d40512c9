/*
 * Which mailboxes to watch: what the user wrote, against what the server has.
 *
 * An entry is the name of a mailbox, a pattern ('*': any text; '%': any text
 * without the hierarchy delimiter, as in LIST, RFC 9051 6.3.9), or a special
 * use ("\Sent", RFC 6154; case does not count).  With '!' in front it keeps
 * mailboxes out.  The last entry that fits a mailbox decides.
 *
 * A user may write '/' for any delimiter and leave out the prefix of the
 * personal namespace (RFC 2342): both spellings fit.  INBOX knows no case,
 * alone and as the first level (RFC 9051 5.1); all other names do.  Who means
 * one mailbox by its very name does not get another by a looser spelling.
 */
#ifndef IDLEBELL_IMAP_SELECTION_H
#define IDLEBELL_IMAP_SELECTION_H

#include <glib.h>
#include <stdbool.h>

/* Nothing but names: there is no need to LIST.  NULL-terminated. */
bool imap_selection_is_plain(const char *const *entries);

/*
 * The mailboxes that the entries written choose out of listed (struct
 * imap_listed), each once, as a new array of new strings (UTF-8): by the first
 * entry that lets them in; of one entry's INBOX first, then as listed.  Those
 * that cannot be selected are left out.  A name that is not listed is taken as
 * it stands, as servers hide mailboxes.
 *
 * Entries that fit nothing are appended to ret_unmatched (borrowed from
 * written; NULL: nobody wants to know), excluding ones, too.
 *
 * The time it takes is that of a look at each name by each entry.
 */
GPtrArray *imap_selection_choose(const char *const *written,
    const GPtrArray *listed, GPtrArray *ret_unmatched);

#endif
