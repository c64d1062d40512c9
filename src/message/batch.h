/*
 * Many of one kind in one mailbox, told to one program at once.
 */
#ifndef IDLEBELL_MESSAGE_BATCH_H
#define IDLEBELL_MESSAGE_BATCH_H

struct batch {
	const char *event; /* "mailbox": new messages; "read": told ones that
	                      were read or deleted since */
	const char *account, *mailbox;
	unsigned count;
	const char *lines; /* a JSON object for each, a line each */
};

/* As message_to_environment(): event, account, mailbox, count. */
char **batch_to_environment(const struct batch *batch, const char *const *base);

#endif
