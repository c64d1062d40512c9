/*
 * What a person can have done to messages on the server: with a button of a
 * bubble, or by the command act.
 */
#ifndef IDLEBELL_APP_ACT_H
#define IDLEBELL_APP_ACT_H

#include "app/errand.h"

enum act_verb {
	ACT_READ,
	ACT_UNREAD,
	ACT_FLAG,
	ACT_UNFLAG,
	ACT_ARCHIVE,
	ACT_DELETE,
	ACT_EXPUNGE,  /* for good, wherever it is */
	ACT_UNDELETE, /* one that is marked \Deleted, and still there */
	ACT_JUNK,
	ACT_NOTJUNK,
	ACT_MOVE,
	ACT_VERBS,
};

/* "read", "archive", ... */
const char *act_name(enum act_verb verb);
/* false: there is no such verb. */
bool act_find(const char *name, enum act_verb *ret_verb);

struct act_request {
	enum act_verb verb;
	char *mailbox;        /* UTF-8 */
	uint32_t uidvalidity; /* 0: whatever it is; else another one is an
	                         error, as the UIDs are of other messages */
	char *uids;           /* as imap_ranges_format() writes it */
	char *destination;    /* UTF-8; NULL: where the verb says (not MOVE) */
};

struct act_result {
	const char *text; /* one sentence for people, without a full stop */
	const char *uids; /* that it was done to */
	unsigned count;
	/* Where they are now; NULL: where they were, or nowhere. */
	const char *mailbox;
	uint32_t uidvalidity; /* 0: the server does not say */
	const char *uids_there;
	/* What makes it undone; NULL: that cannot be. */
	const struct act_request *undo;
};

/* Once, from the main loop; result NULL: error says why not.  Both are gone
 * behind the call. */
typedef void act_fn(
    void *data, const struct act_result *result, const GError *error);

/*
 * Copies the request.  Errors are those of the connection (net/error.h,
 * imap/session.h): IMAP_ERROR_GONE, the messages are no more or are others;
 * IMAP_ERROR_DENIED, the server does not; IMAP_ERROR_MAILBOX, there is no such
 * mailbox, or no archive, say.
 */
void act_start(struct errands *errands, const struct act_request *request,
    act_fn *fn, void *data);
struct act_request *act_request_copy(const struct act_request *request);
/* Takes NULL. */
void act_request_free(struct act_request *request);

#endif
