/*
 * One IMAP connection, as a state machine without a socket or a clock.
 *
 * Its owner feeds it bytes, the time and wishes, then takes actions until
 * there are none, and comes back no later than the deadline.  All times are
 * milliseconds of one monotonic clock of the owner's choice.
 */
#ifndef IDLEBELL_IMAP_SESSION_H
#define IDLEBELL_IMAP_SESSION_H

#include "imap/attachment.h"
#include "imap/capability.h"
#include "imap/fault.h"

enum imap_goal {
	IMAP_GOAL_WATCH, /* catch up, then wait for news until told to stop */
	IMAP_GOAL_ONCE,  /* catch up with each mailbox, then wait for
	                    imap_session_logout() */
	IMAP_GOAL_LIST,  /* list the mailboxes and log out */
	IMAP_GOAL_TASK,  /* open home, then do what is wished for: body, act,
	                    last, list; news of it are not looked for */
};

enum imap_error {
	IMAP_ERROR_PROTOCOL,    /* not IMAP, or IMAP beyond understanding */
	IMAP_ERROR_TIMEOUT,     /* a reply did not come */
	IMAP_ERROR_CLOSED,      /* BYE or end of file */
	IMAP_ERROR_UNAVAILABLE, /* the server asks us to come back later */
	IMAP_ERROR_REFUSED,     /* the credentials were refused */
	IMAP_ERROR_INSECURE,    /* STARTTLS missing, refused or injected */
	IMAP_ERROR_MAILBOX,     /* the mailbox cannot be opened */
	IMAP_ERROR_GONE,        /* the message is no more, or is another */
	IMAP_ERROR_DENIED,      /* the server does not do what was asked */
	IMAP_ERROR_COUNT,
};
#define IMAP_ERROR imap_error_quark()
GQuark imap_error_quark(void);

/* A mailbox to watch.  All that is told of it comes back with its owner. */
struct imap_watched {
	void *owner;          /* the caller's, never NULL; one for each */
	const char *mailbox;  /* UTF-8; copied */
	uint32_t uidvalidity; /* 0: never seen */
	uint32_t last_uid;    /* news are messages above it */
	uint64_t modseq;      /* HIGHESTMODSEQ when all up to last_uid had been
	                         told (RFC 7162); 0: unknown */
	const uint32_t *told; /* UIDs told lately: whether they were read or
	                         deleted meanwhile is told, too; copied */
	unsigned told_count;
	const char *since; /* "20-Nov-2026" (RFC 3501 "date"): when the UIDs
	                      known do not hold any more, news are all from
	                      the first message of that day on, old ones
	                      among them; NULL: what comes from now on.
	                      Copied */
	bool anchor;       /* look at last_uid itself, too, once the mailbox
	                      is opened: see news */
	bool writable;     /* for imap_session_act(): SELECT, not EXAMINE.
	                      Goal TASK only: there another UIDVALIDITY than
	                      the one that is known is IMAP_ERROR_GONE, too */
};

/* How news of a mailbox are learnt. */
enum imap_method {
	IMAP_METHOD_NONE,   /* not at all: it is not open, or cannot be */
	IMAP_METHOD_NOTIFY, /* the server tells of many (RFC 5465) */
	IMAP_METHOD_IDLE,   /* the server tells of the one that is open */
	IMAP_METHOD_STATUS, /* asked for, with all others, now and then */
	IMAP_METHOD_POLL,   /* NOOP in the one that is open */
};

/*
 * mailboxes[0] is home: it stays open, IDLE listens there.  The others, the
 * sides, are looked at by STATUS and opened for a moment when there is
 * something to fetch.  When home cannot be opened, the next one that can
 * takes its place until then.
 */
struct imap_session_options {
	enum imap_goal goal;
	const struct imap_watched *mailboxes;
	unsigned mailboxes_count; /* at most IMAP_WATCHED_MAX are watched */
	bool choose;              /* list all mailboxes after the login and
	                             wait for imap_session_choose() before
	                             opening any */
	const struct imap_capabilities *remembered; /* what
	                              imap_session_remember() gave in the last
	                              session with this user of this server, or
	                              NULL; copied */
	unsigned faults;           /* enum imap_fault: do without these */
	bool starttls;             /* demand TLS before login */
	bool notify;               /* use NOTIFY where it is offered */
	bool idle;                 /* use IDLE where it is offered */
	bool push_only;            /* where it is not, do not poll but end
	                              (IMAP_ERROR_UNAVAILABLE); with notify
	                              where NOTIFY cannot be had, too */
	int64_t refresh;           /* time between two refreshes of IDLE */
	int64_t poll_interval;     /* time between two NOOPs without IDLE, or
	                              two looks at the sides */
	const char *header_fields; /* "FROM TO SUBJECT ...": what news carry */
	bool structure;            /* news say whether there are attachments */
	bool preview;              /* news carry how the text begins */
	const char *version;       /* for ID */
};

enum imap_action_type {
	IMAP_ACTION_NONE,
	IMAP_ACTION_WRITE,    /* send bytes; secret: keep them out of logs */
	IMAP_ACTION_STARTTLS, /* begin TLS, then imap_session_secured() */
	IMAP_ACTION_LOGIN,    /* imap_session_login() or _fail(), please */
	IMAP_ACTION_OPENED,   /* the mailbox is there: uidvalidity, uid is the
	                         mark to keep; reset: start from there, what
	                         was known is void or never was; with since
	                         the news above it follow.  Once a session,
	                         and after FAILED */
	IMAP_ACTION_NEWS,     /* a new message */
	IMAP_ACTION_SYNCED,   /* all that was new up to uid has been told: the
	                         watch is live (first time, and after every
	                         catch-up); modseq belongs to it, 0: unknown */
	IMAP_ACTION_PIECE,    /* bytes of the message uid, from offset on */
	IMAP_ACTION_BODY_END, /* no more of uid; failed: it did not come */
	IMAP_ACTION_FLAGS,    /* the flags of uid have changed: text is all of
	                         them */
	IMAP_ACTION_GONE,     /* messages were expunged: text is a set of UIDs,
	                         as sent */
	IMAP_ACTION_FAILED,   /* this mailbox cannot be watched: error says why.
	                         The others go on, and it is tried again with
	                         each look at them; OPENED and SYNCED say when
	                         it is back */
	IMAP_ACTION_DONE,     /* what imap_session_act() was asked for: error
	                         NULL, it is done; done says with which
	                         messages, after an error perhaps, too.  And
	                         of imap_session_last() */
	IMAP_ACTION_ABOUT,    /* what imap_session_about() asked for: news
	                         without a header, and structure (or NULL);
	                         failed, and text why: neither */
	IMAP_ACTION_LISTED,   /* one mailbox */
	IMAP_ACTION_CHOOSE,   /* all have been LISTED: imap_session_choose(),
	                         please.  Again when mailboxes came or went */
	IMAP_ACTION_FAULT,    /* faults: what is to be remembered; text: why */
	IMAP_ACTION_ALERT,    /* text the server wants the user to see */
	IMAP_ACTION_STATE,    /* name of the new state, for the log */
	IMAP_ACTION_END,      /* close the connection; error says why, NULL
	                         after a logout that was asked for */
};

struct imap_listed {
	char *mailbox;    /* UTF-8, or as sent when it cannot be decoded */
	char *attributes; /* "\Sent \HasNoChildren" */
	char delimiter;   /* of its hierarchy; 0: NIL */
	char *prefix;     /* of the personal namespace, "" when the server does
	                     not say (RFC 2342) */
	bool selectable;
	bool has_counts;
	uint32_t messages, unseen;
};

/*
 * anchor: the message of last_uid, in a session's first catch-up before all
 * news; it does not come when it is gone.  When it is another message than
 * the owner knows, UIDs were given anew without notice: come back with another
 * uidvalidity to begin at since.
 *
 * Where preview was asked for there is one of preview, in plain text, by the
 * server (RFC 8970), and text, the first octets of the body as they are in the
 * message; with it, header has Content-Type and Content-Transfer-Encoding, too.
 * Neither comes when the server does not tell.
 */
struct imap_news {
	bool anchor;
	uint32_t uidvalidity, uid;
	uint64_t size;
	char *flags;    /* "\Seen $Junk", never NULL */
	char *date;     /* INTERNALDATE as sent, or NULL */
	GBytes *header; /* the header fields asked for; empty: none came */
	enum imap_attachment attachment;
	char *preview; /* "": nothing to show; or NULL */
	GBytes *text;  /* or NULL */
};

/*
 * A change to messages of the mailbox that is open.  In this order: flags are
 * added and removed (words with spaces between, NULL: none); what begins with
 * '$' and cannot be kept here is passed over.  Then they are moved to
 * destination, or, with expunge, deleted for good; both only they, whatever
 * else is marked \Deleted.
 */
struct imap_act {
	const char *uids; /* as imap_ranges_format() writes it */
	const char *add, *remove;
	const char *destination; /* UTF-8, or NULL */
	bool create;             /* destination, when it is not there */
	bool expunge;
};

/* Sets of UIDs as imap_ranges_format() writes them, NULL: none. */
struct imap_done {
	char *uids;    /* were there */
	char *changed; /* of them, those whose flags were not so before */
	uint32_t uidvalidity_there; /* of destination, 0: unknown */
	char *uids_there;           /* their UIDs there, or NULL: unknown */
	bool left; /* the server cannot expunge them alone: they are marked
	              \Deleted, and still there */
};

/* A message to be fetched, or a part of it. */
struct imap_body {
	uint32_t uid;
	const char *section; /* "1.2", "HEADER", "1.MIME" (RFC 9051 6.4.5.1);
	                        NULL: all of it.  Copied */
	bool binary;         /* of a part: decoded, if the server can (RFC
	                        3516) */
	uint64_t offset;     /* how much the owner has of it already */
	uint64_t size;       /* as the server said; 0: unknown */
	uint64_t max;        /* of octets, those before offset counted */
};

struct imap_action {
	enum imap_action_type type;
	bool secret, failed, reset;
	bool decoded; /* BODY_END: by the server, see struct imap_body */
	void *owner;  /* of the mailbox it is about; else NULL */
	unsigned faults;
	uint32_t uid, uidvalidity;
	uint64_t offset, modseq;
	GBytes *bytes;                    /* WRITE, PIECE */
	char *text;                       /* ALERT, STATE, FLAGS, GONE, FAULT,
	                                     BODY_END when failed */
	struct imap_news *news;           /* NEWS, ABOUT */
	struct imap_structure *structure; /* ABOUT */
	struct imap_listed *listed;       /* LISTED */
	struct imap_done *done;           /* DONE */
	GError *error;                    /* END, FAILED, DONE */
};

struct imap_listed *imap_listed_copy(const struct imap_listed *listed);
/* Takes NULL. */
void imap_listed_free(gpointer data);

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

/*
 * The mailboxes from now on, at any time.  Those whose owner is known stay as
 * they are, new ones are caught up, missing ones let go: their unfinished
 * downloads end (failed), and what was on its way to their owners may still
 * come until imap_session_next() is false.  count 0: nothing to watch, but stay
 * connected, as a pattern may match later.
 */
void imap_session_choose(struct imap_session *session,
    const struct imap_watched *mailboxes, unsigned count, int64_t now);

/*
 * Wishes.  body: PIECEs of it come, in order, then BODY_END; one after the
 * other.  The \Seen flag stays as it is.  What ends before size without a
 * short piece is a failure, and so is more than max.
 */
void imap_session_body(struct imap_session *session, void *owner,
    const struct imap_body *wish, int64_t now);
/* Asks what a message is, see ABOUT; in its turn among the bodies. */
void imap_session_about(struct imap_session *session, void *owner, uint32_t uid,
    bool structure, int64_t now);
/*
 * Goal TASK, once the mailbox of owner is OPENED: acts are done one after the
 * other, each ends in DONE.  What was lost with the connection may have been
 * done or not: one that is moved is never deleted before its copy is confirmed.
 */
void imap_session_act(struct imap_session *session, void *owner,
    const struct imap_act *act, int64_t now);
/* Goal TASK, once the mailbox of owner is OPENED, one at a time: NEWS of the
 * last count messages (at most IMAP_LAST_MAX) that are in it, then DONE. */
void imap_session_last(
    struct imap_session *session, void *owner, unsigned count, int64_t now);
/* Goal TASK: LISTED for each mailbox, then CHOOSE, which needs no answer. */
void imap_session_list(struct imap_session *session, int64_t now);
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

/* What the server said last; the session's. */
const struct imap_capabilities *imap_session_capabilities(
    const struct imap_session *session);
/* What makes the next session a round trip shorter, once this one is SYNCED;
 * NULL: nothing, and what was remembered does not hold any more. */
const struct imap_capabilities *imap_session_remember(
    const struct imap_session *session);

/* How long the server asks to be left alone, once the session ended for that
 * (at most IMAP_PATIENCE_MAX); 0: it named no time. */
int64_t imap_session_patience(const struct imap_session *session);
/* When the last byte came; before, when the session began. */
int64_t imap_session_heard(const struct imap_session *session);
/* When the next refresh or poll is due; INT64_MAX: none is planned. */
int64_t imap_session_next_look(const struct imap_session *session);
/* How the mailbox of owner is watched at the moment. */
enum imap_method imap_session_method(
    const struct imap_session *session, const void *owner);
/* Why not by something better, as a clause; NULL: it is as good as it was
 * asked for.  Valid until the session is fed. */
const char *imap_session_why(const struct imap_session *session);
/* The server is to tell of news by itself: IDLE is on or on its way. */
bool imap_session_is_idling(const struct imap_session *session);

typedef struct imap_session ImapSession; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)
typedef struct imap_action ImapAction; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapAction, imap_action_clear)

#endif
