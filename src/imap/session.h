/*
 * One IMAP connection, as a state machine without a socket or a clock.
 *
 * Its owner feeds it bytes, the time and wishes, then takes actions until
 * there are none, and comes back no later than the deadline.  All times are
 * milliseconds of one monotonic clock of the owner's choice.
 */
#ifndef IDLEBELL_IMAP_SESSION_H
#define IDLEBELL_IMAP_SESSION_H

#include "imap/capability.h"

enum imap_goal {
	IMAP_GOAL_WATCH, /* catch up, then wait for news until told to stop */
	IMAP_GOAL_ONCE,  /* catch up, then wait for imap_session_logout() */
	IMAP_GOAL_LIST,  /* list the mailboxes and log out */
};

enum imap_error {
	IMAP_ERROR_PROTOCOL,    /* not IMAP, or IMAP beyond understanding */
	IMAP_ERROR_TIMEOUT,     /* a reply did not come */
	IMAP_ERROR_CLOSED,      /* BYE or end of file */
	IMAP_ERROR_UNAVAILABLE, /* the server asks us to come back later */
	IMAP_ERROR_REFUSED,     /* the credentials were refused */
	IMAP_ERROR_INSECURE,    /* STARTTLS missing, refused or injected */
	IMAP_ERROR_MAILBOX,     /* the mailbox cannot be opened */
	IMAP_ERROR_COUNT,
};
#define IMAP_ERROR imap_error_quark()
GQuark imap_error_quark(void);

struct imap_session_options {
	enum imap_goal goal;
	const char *mailbox;       /* UTF-8 */
	uint32_t uidvalidity;      /* 0: never seen */
	uint32_t last_uid;         /* news are messages above it */
	const char *since;         /* "20-Nov-2026" (RFC 3501 "date"): when the
	                              UIDs known do not hold any more, news are
	                              all from the first message of that day on,
	                              old ones among them; NULL: what comes from
	                              now on */
	bool anchor;               /* look at last_uid itself, too: see news */
	bool starttls;             /* demand TLS before login */
	bool idle;                 /* use IDLE where it is offered */
	bool push_only;            /* where it is not, do not poll but end
	                              (IMAP_ERROR_UNAVAILABLE) */
	int64_t refresh;           /* time between two refreshes of IDLE */
	int64_t poll_interval;     /* time between two NOOPs without IDLE */
	const char *header_fields; /* "FROM TO SUBJECT ...": what news carry */
	const char *version;       /* for ID */
};

enum imap_action_type {
	IMAP_ACTION_NONE,
	IMAP_ACTION_WRITE,    /* send bytes; secret: keep them out of logs */
	IMAP_ACTION_STARTTLS, /* begin TLS, then imap_session_secured() */
	IMAP_ACTION_LOGIN,    /* imap_session_login() or _fail(), please */
	IMAP_ACTION_OPENED,   /* the mailbox is open: uidvalidity, uid is the
	                         mark to keep; reset: start from there, what
	                         was known is void or never was; with since
	                         the news above it follow */
	IMAP_ACTION_NEWS,     /* a new message */
	IMAP_ACTION_SYNCED,   /* all that was new up to uid has been told: the
	                         watch is live (first time, and after every
	                         catch-up) */
	IMAP_ACTION_PIECE,    /* bytes of the message uid, from offset on */
	IMAP_ACTION_BODY_END, /* no more of uid; failed: it did not come */
	IMAP_ACTION_LISTED,   /* one mailbox */
	IMAP_ACTION_ALERT,    /* text the server wants the user to see */
	IMAP_ACTION_STATE,    /* name of the new state, for the log */
	IMAP_ACTION_END,      /* close the connection; error says why, NULL
	                         after a logout that was asked for */
};

struct imap_listed {
	char *mailbox;    /* UTF-8, or as sent when it cannot be decoded */
	char *attributes; /* "\Sent \HasNoChildren" */
	char *prefix;     /* of the personal namespace; "" or NULL: none */
	char delimiter;   /* of the hierarchy; 0: there is none */
	bool selectable;
	bool has_counts;
	uint32_t messages, unseen;
};

/*
 * anchor: the message of last_uid, in a session's first catch-up before all
 * news; it does not come when it is gone.  When it is another message than
 * the owner knows, UIDs were given anew without notice: come back with another
 * uidvalidity to begin at since.
 */
struct imap_news {
	bool anchor;
	uint32_t uidvalidity, uid;
	uint64_t size;
	char *flags;    /* "\Seen $Junk", never NULL */
	char *date;     /* INTERNALDATE as sent, or NULL */
	GBytes *header; /* the header fields asked for; empty: none came */
};

struct imap_action {
	enum imap_action_type type;
	bool secret, failed, reset;
	uint32_t uid, uidvalidity;
	uint64_t offset;
	GBytes *bytes;              /* WRITE, PIECE */
	char *text;                 /* ALERT, STATE, BODY_END when failed */
	struct imap_news *news;     /* NEWS */
	struct imap_listed *listed; /* LISTED */
	GError *error;              /* END */
};

struct imap_session;

struct imap_session *imap_session_new(
    const struct imap_session_options *options, int64_t now);
void imap_session_free(struct imap_session *session);

void imap_session_feed(
    struct imap_session *session, const char *data, size_t size, int64_t now);
void imap_session_eof(struct imap_session *session, int64_t now);
void imap_session_tick(struct imap_session *session, int64_t now);

/* TLS is up after IMAP_ACTION_STARTTLS. */
void imap_session_secured(struct imap_session *session, int64_t now);

/*
 * Answers IMAP_ACTION_LOGIN: parts[0] is a command without its tag, each
 * further part answers one continuation request.  A continuation request too
 * many is answered by "*" (RFC 9051 6.2.2).  The parts are copied and the
 * copies wiped once sent.
 */
void imap_session_login(
    struct imap_session *session, const char *const *parts, int64_t now);

/* Wishes.  body: fetch the whole message, PEEK (ends in BODY_END).  size is
 * what the server said of it (0: unknown): less is a failure, and so is more
 * than max. */
void imap_session_body(struct imap_session *session, uint32_t uid,
    uint64_t size, uint64_t max, int64_t now);
void imap_session_refresh(struct imap_session *session, int64_t now);
/* Another interval, for the IDLE that is on, too. */
void imap_session_set_refresh(struct imap_session *session, int64_t refresh);
/* A refresh to see whether the server is still there: until it is answered a
 * silence of timeout ends the session (IMAP_ERROR_TIMEOUT).  One that is under
 * way is given no more time. */
void imap_session_probe(
    struct imap_session *session, int64_t now, int64_t timeout);
void imap_session_logout(struct imap_session *session, int64_t now);

/* Takes the next action; the caller frees what it holds with _clear(). */
bool imap_session_next(
    struct imap_session *session, struct imap_action *ret_action);
void imap_action_clear(struct imap_action *action);

/* When tick is due at the latest; INT64_MAX: never. */
int64_t imap_session_deadline(const struct imap_session *session);

const struct imap_capabilities *imap_session_capabilities(
    const struct imap_session *session);
const char *imap_session_state(const struct imap_session *session);
/* Responses that were not understood or too long, since the start. */
unsigned imap_session_skipped(const struct imap_session *session);

/* How long the server asks to be left alone, once the session ended for that
 * (at most IMAP_PATIENCE_MAX); 0: it named no time. */
int64_t imap_session_patience(const struct imap_session *session);
/* When the last byte came; before, when the session began. */
int64_t imap_session_heard(const struct imap_session *session);
/* When the next refresh or poll is due; INT64_MAX: none is planned. */
int64_t imap_session_next_look(const struct imap_session *session);
/* The server is to tell of news by itself: IDLE is on or on its way. */
bool imap_session_is_idling(const struct imap_session *session);

typedef struct imap_session ImapSession; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)
typedef struct imap_action ImapAction; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapAction, imap_action_clear)

#endif
