/*
 * What a BODYSTRUCTURE says of attachments (RFC 9051 section 7.5.2).
 */
#ifndef IDLEBELL_IMAP_ATTACHMENT_H
#define IDLEBELL_IMAP_ATTACHMENT_H

#include "imap/response.h"

enum imap_attachment {
	IMAP_ATTACHMENT_UNKNOWN, /* not told, not to be read, or encrypted */
	IMAP_ATTACHMENT_NO,
	IMAP_ATTACHMENT_YES,
};

/*
 * An attachment is a part that is one by its disposition; that has a file name
 * and is not shown inline; a message within the message; and anything else
 * that is neither text nor shown inline by a Content-ID.  Signatures and the
 * machine's part of reports are none.  structure: the value as sent, which is
 * written to.
 */
enum imap_attachment imap_attachment_judge(struct imap_text structure);

#endif
