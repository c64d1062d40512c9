/*
 * What servers get wrong though they offer it, and what is not tried again
 * with them for a while.
 */
#ifndef IDLEBELL_IMAP_FAULT_H
#define IDLEBELL_IMAP_FAULT_H

enum imap_fault {
	IMAP_FAULT_NOTIFY = 1 << 0,         /* refused altogether */
	IMAP_FAULT_NOTIFY_HEADERS = 1 << 1, /* only without header fields */
	IMAP_FAULT_LIST_STATUS = 1 << 2,
	IMAP_FAULT_QRESYNC = 1 << 3, /* or CONDSTORE: ENABLE, EXAMINE, STATUS */
	IMAP_FAULT_PIPELINE = 1 << 4, /* commands right behind the login */
	IMAP_FAULT_IDLE = 1 << 5,
	/* Of new messages, or it ends the connection. */
	IMAP_FAULT_PREVIEW = 1 << 6,
	IMAP_FAULT_STRUCTURE = 1 << 7,
	IMAP_FAULT_TEXT = 1 << 8, /* the beginning of BODY[TEXT] */
};
#define IMAP_FAULT_COUNT 9

#endif
