/*
 * The inside of a session, shared by the files that make it up: session.c
 * (bytes, commands, deadlines), greeting.c (up to the login), opening.c (where
 * to begin in a mailbox), watching.c (one mailbox) and listing.c (all of
 * them).  Nobody else includes this.
 */
#ifndef IDLEBELL_IMAP_MACHINE_H
#define IDLEBELL_IMAP_MACHINE_H

#include "imap/framer.h"
#include "imap/limits.h"
#include "imap/mailbox.h"
#include "imap/session.h"

enum machine_state {
	MACHINE_GREETING,    /* the server speaks first */
	MACHINE_CAPABILITY,  /* asked before login */
	MACHINE_STARTTLS,    /* asked for */
	MACHINE_HANDSHAKE,   /* the owner does TLS */
	MACHINE_CREDENTIALS, /* the owner fetches them */
	MACHINE_LOGIN,       /* sent */
	MACHINE_OPENING,     /* EXAMINE sent */
	MACHINE_SYNCING,     /* the mailbox is open, its news are on the way */
	MACHINE_WATCHING,    /* caught up */
	MACHINE_LISTING,
	MACHINE_LOGOUT,
	MACHINE_ENDED,
	MACHINE_STATES,
};

enum machine_command {
	MACHINE_SEND_CAPABILITY,
	MACHINE_SEND_STARTTLS,
	MACHINE_SEND_LOGIN,
	MACHINE_SEND_ID,
	MACHINE_SEND_EXAMINE,
	MACHINE_SEND_CHECK,   /* EXAMINE again, is it the same? */
	MACHINE_SEND_NEWS,    /* UID FETCH of all above last_uid */
	MACHINE_SEND_HIGHEST, /* UID FETCH of the last one's UID */
	MACHINE_SEND_SEARCH,  /* UID SEARCH SINCE a date */
	MACHINE_SEND_BODY,
	MACHINE_SEND_NOOP,
	MACHINE_SEND_IDLE,
	MACHINE_SEND_LIST,
	MACHINE_SEND_STATUS,
	MACHINE_SEND_LOGOUT,
	MACHINE_COMMANDS,
};

/* A command that waits for its tagged reply. */
struct machine_pending {
	unsigned tag;
	enum machine_command command;
	int64_t sent;
};

enum machine_idle {
	MACHINE_IDLE_OFF,
	MACHINE_IDLE_ASKED, /* sent, its "+" has not come */
	MACHINE_IDLE_ON,
};

enum machine_modesty {
	MACHINE_WHOLE_HEADER,
	MACHINE_PART_OF_HEADER,
	MACHINE_NO_HEADER,
	MACHINE_UID_ALONE,
};

/* A message that is being fetched. */
struct machine_body {
	uint32_t uid;
	uint64_t size, max; /* said, allowed */
	uint64_t offset;    /* octets handed out so far */
	bool asked;         /* a piece is on its way */
	bool got;           /* it came */
	bool last;          /* and was the last one */
};

struct imap_session {
	/* As the options say. */
	enum imap_goal goal;
	char *mailbox_name, *header_fields, *version, *since;
	uint32_t known_uidvalidity;
	bool want_starttls, want_idle, push_only;
	int64_t refresh, poll_interval;

	struct imap_framer *framer;
	struct imap_capabilities capabilities;
	enum machine_state state;
	int64_t now, entered, heard; /* heard: the last byte, or command */
	int64_t received;            /* the last byte */
	int64_t probed, probe;       /* when, and how long replies may take; 0:
	                                as long as ever */
	int64_t patience;            /* the server asks for */
	GArray *pending;             /* struct machine_pending, oldest first */
	unsigned next_tag;
	GQueue actions; /* struct imap_action */
	size_t greeting_size;
	unsigned skipped, lost, garbage, chatter; /* lost: unreadable */
	bool secure;
	unsigned alerts;
	guint last_alert;        /* its hash */
	bool stale_capabilities; /* of before the login */

	GPtrArray *login; /* parts still to be sent, secret */

	struct imap_mailbox mailbox;
	enum machine_idle idle;
	int64_t idle_since, done_at, polled, recheck; /* 0: not set */
	unsigned idle_cut; /* IDLEs in a row that the server ended at once */
	bool want_noop, want_recheck, want_highest, want_search, want_check,
	    want_logout;
	bool anchor;   /* not told yet */
	bool grew;     /* EXISTS made us ask */
	bool expunged; /* since the last EXISTS */
	bool wondered; /* an odd EXISTS made us ask since the last NOOP */
	bool discard;  /* the FETCH under way is of another UIDVALIDITY */
	enum machine_modesty modesty; /* how much of headers to ask for */
	unsigned lost_before;
	GPtrArray *incomplete; /* struct imap_news without header yet */
	GQueue bodies;         /* struct machine_body */
	uint32_t found_highest, found_lowest;

	GPtrArray *listed;  /* struct imap_listed */
	size_t listed_size; /* octets of their names and attributes */
	unsigned counted;   /* of them asked for their counts */
};

/* session.c */
void machine_enter(struct imap_session *session, enum machine_state state);
void machine_act(struct imap_session *session, struct imap_action action);
void machine_write(struct imap_session *session, GString *bytes, bool secret);
/* Appends "TAG " and remembers that a reply is due. */
void machine_tag(
    struct imap_session *session, GString *out, enum machine_command command);
/* Appends "TAG command" CRLF to out. */
void machine_command(struct imap_session *session, GString *out,
    enum machine_command command, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The same as a write of its own. */
void machine_send(struct imap_session *session, enum machine_command command,
    const char *words);
bool machine_is_pending(
    const struct imap_session *session, enum machine_command command);
/* Ends the session; the first reason counts. */
void machine_end(struct imap_session *session, enum imap_error code,
    const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Ends it with what the server said; texts that ask for patience make it
 * IMAP_ERROR_UNAVAILABLE whatever code says. */
void machine_end_with(struct imap_session *session, enum imap_error code,
    const char *what, const struct imap_response *response);
void machine_end_well(struct imap_session *session);
void machine_news_free(gpointer data);
void machine_capabilities(struct imap_session *session, const GArray *words);

/* Replies to commands, by file. */
void greeting_take(struct imap_session *s, const struct imap_response *r);
void greeting_capability_done(
    struct imap_session *s, const struct imap_response *r);
void greeting_starttls_done(
    struct imap_session *s, const struct imap_response *r);
void greeting_login_done(struct imap_session *s, const struct imap_response *r);
void greeting_continue(struct imap_session *s);

void opening_examine_done(
    struct imap_session *s, const struct imap_response *r);
void opening_check_done(struct imap_session *s, const struct imap_response *r);
void opening_highest_done(
    struct imap_session *s, const struct imap_response *r);
void opening_search_take(struct imap_session *s, const struct imap_response *r);
void opening_search_done(struct imap_session *s, const struct imap_response *r);
/* The answer did not come: the owner may start from here. */
void opening_search_late(struct imap_session *s);
bool opening_wants(const struct imap_session *s);
void opening_ask(struct imap_session *s, GString *out);
void opening_synced(struct imap_session *s);

void watching_open(struct imap_session *s);
void watching_news_done(struct imap_session *s, const struct imap_response *r);
void watching_body_done(struct imap_session *s, const struct imap_response *r);
void watching_idle_done(struct imap_session *s, const struct imap_response *r);
void watching_noop_done(struct imap_session *s, const struct imap_response *r);
void watching_fetch(struct imap_session *s, const struct imap_response *r);
/* Ends the session of who wants to be told, and cannot be. */
bool watching_is_mute(struct imap_session *s);
void watching_continue(struct imap_session *s);
/* Sends what is wanted, if the moment allows. */
void watching_pump(struct imap_session *s);
void watching_tick(struct imap_session *s);
/* Of the next refresh or poll. */
int64_t watching_next_look(const struct imap_session *s);
int64_t watching_deadline(const struct imap_session *s);

void listing_start(struct imap_session *s);
void listing_take(struct imap_session *s, const struct imap_response *r);
void listing_done(struct imap_session *s, const struct imap_response *r);
void listing_free(gpointer data);

#endif
