/*
 * The inside of a session, shared by the files that make it up.
 *
 *	session.c   the owner's side, deadlines
 *	machine.c   actions out, commands
 *	dispatch.c  bytes and responses in
 *	greeting.c  up to the login
 *	pipeline.c  what is said right behind the login
 *	boxes.c     the mailboxes, and those that failed
 *	visiting.c  which of them is to be open
 *	opening.c   where to begin in a mailbox
 *	news.c      what is new in the one that is open
 *	extras.c    what is asked of it besides, for those who want it
 *	resync.c    what happened to messages that were told
 *	fates.c     the same where STATUS says that something has
 *	bodies.c    downloads
 *	task.c      changes to messages, and what else a task may wish for
 *	last.c      the last messages there are, for a task
 *	sweeping.c  the others, by STATUS
 *	notifying.c all of them, by NOTIFY
 *	watching.c  what is said when: the pump, IDLE, polling
 *	listing.c   all mailboxes of the account
 *
 * Nobody else includes this.
 */
#ifndef IDLEBELL_IMAP_MACHINE_H
#define IDLEBELL_IMAP_MACHINE_H

#include "imap/framer.h"
#include "imap/limits.h"
#include "imap/mailbox.h"
#include "imap/roster.h"
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
	MACHINE_CHOOSING, /* the owner chooses what to watch */
	MACHINE_LOGOUT,
	MACHINE_ENDED,
	MACHINE_STATES,
};

struct machine_stay {
	const char *name;
	int64_t timeout; /* the longest; 0: while commands are answered */
};

enum machine_command {
	MACHINE_SEND_CAPABILITY,
	MACHINE_SEND_STARTTLS,
	MACHINE_SEND_LOGIN,
	MACHINE_SEND_ID,
	MACHINE_SEND_ENABLE,
	MACHINE_SEND_EXAMINE,
	MACHINE_SEND_CHECK,   /* EXAMINE again, is it the same? */
	MACHINE_SEND_CHANGES, /* UID FETCH of flags that changed */
	MACHINE_SEND_FATES,   /* UID FETCH of what was told lately */
	MACHINE_SEND_NEWS,    /* UID FETCH of all above last_uid */
	MACHINE_SEND_HIGHEST, /* UID FETCH of the last one's UID */
	MACHINE_SEND_SEARCH,  /* UID SEARCH SINCE a date */
	MACHINE_SEND_BODY,
	MACHINE_SEND_LAST, /* FETCH of the last ones there are */
	MACHINE_SEND_ACT,  /* a step of a change */
	MACHINE_SEND_NOOP,
	MACHINE_SEND_IDLE,
	MACHINE_SEND_NAMESPACE,
	MACHINE_SEND_LIST,
	MACHINE_SEND_COUNTS, /* STATUS of one that was listed */
	MACHINE_SEND_SWEEP,  /* LIST with the STATUS of many */
	MACHINE_SEND_STATUS, /* of one that is watched */
	MACHINE_SEND_NOTIFY,
	MACHINE_SEND_UNNOTIFY, /* NOTIFY NONE, before another NOTIFY SET */
	MACHINE_SEND_LOGOUT,
	MACHINE_COMMANDS,
};

/* A command that waits for its tagged reply. */
struct machine_pending {
	unsigned tag;
	enum machine_command command;
	struct machine_box *box; /* it is about, or NULL */
	int64_t sent;
};

enum machine_idle {
	MACHINE_IDLE_OFF,
	MACHINE_IDLE_ASKED, /* sent, its "+" has not come */
	MACHINE_IDLE_ON,
};

/* How much of NOTIFY is in force. */
enum machine_notify {
	MACHINE_NOTIFY_NONE,
	MACHINE_NOTIFY_PLAIN,
	MACHINE_NOTIFY_HEADERS, /* the server sends them by itself */
};

/* Items of a FETCH that only some owners want. */
enum machine_extra {
	MACHINE_EXTRA_PREVIEW = 1 << 0,
	MACHINE_EXTRA_STRUCTURE = 1 << 1,
	MACHINE_EXTRA_TEXT = 1 << 2,
	MACHINE_EXTRA_LAZY = 1 << 3, /* of the preview what is at hand */
};

enum machine_modesty {
	MACHINE_WHOLE_HEADER,
	MACHINE_NO_EXTRAS,
	MACHINE_PART_OF_HEADER,
	MACHINE_NO_HEADER,
	MACHINE_UID_ALONE,
};

enum machine_resync {
	MACHINE_RESYNC_UNSAID,
	MACHINE_RESYNC_SAID, /* ENABLE QRESYNC is not answered yet */
	MACHINE_RESYNC_ON,
	MACHINE_RESYNC_OFF,
};

/* A message that is being fetched, or asked about. */
struct machine_body {
	uint32_t uid;
	bool about, structure;
	bool binary;        /* this time */
	char *section;      /* or NULL */
	uint64_t size, max; /* said, allowed */
	uint64_t offset;    /* octets handed out so far */
	uint64_t begin;     /* of them, those that the owner had */
	unsigned lost;      /* responses, before it was asked for */
	bool asked;         /* a piece is on its way */
	bool got;           /* it came */
	bool empty;         /* and brought nothing */
	bool last;          /* and was the last one */
};

/* A message told lately. */
struct machine_fate {
	uint32_t uid;
	uint32_t flags : 31; /* a hash of them; 0: unknown */
	uint32_t answered : 1;
};

/* What STATUS counted last. */
struct machine_count {
	bool has_messages, has_unseen;
	uint32_t messages, unseen, uidnext; /* uidnext 0: unknown */
	uint64_t modseq;                    /* 0: unknown */
};

/* One mailbox. */
struct machine_box {
	void *owner; /* NULL: let go, and kept for what is under way */
	char *name;  /* NULL: it cannot be said */
	char *since;
	uint32_t known_uidvalidity; /* 0: never seen */
	uint64_t modseq;            /* of the last tagged reply; 0: unknown */
	uint64_t modseq_told;       /* with SYNCED */
	struct imap_mailbox mailbox;
	GQueue bodies;   /* struct machine_body */
	GError *failure; /* why it cannot be watched, or NULL */
	int64_t recheck; /* look once more at this time; 0: not set */
	int64_t visited;
	unsigned asked;     /* tag of the STATUS or LIST that asks; 0: none */
	uint32_t looked;    /* the UIDNEXT up to which all has been seen */
	uint32_t messages;  /* as STATUS said, where it tells no UIDNEXT */
	unsigned fruitless; /* visits in a row */
	GArray *lately;     /* told: struct machine_fate, or NULL */
	struct machine_count counted;
	int64_t fates_asked;        /* last visit for them; 0: none */
	unsigned fates_in_vain;     /* such visits in a row */
	unsigned lost_before_fates; /* when they were asked for */
	bool want_fates;            /* something has changed among messages */
	bool asked_modseq;          /* in the STATUS under way */
	bool resyncing;             /* EXAMINE with a parameter is under way */
	bool anchor;                /* not told yet */
	bool writable;              /* by SELECT */
	uint8_t extras; /* of the news under way: enum machine_extra */
	bool opened;    /* told since the start, or since it failed */
	bool numbered;  /* it was opened in this session */
	bool synced;    /* it is watched */
	bool told_failure;
	bool covered;     /* NOTIFY tells of it */
	bool alone;       /* ask for its STATUS by that name */
	bool want_status; /* is in asking */
	bool want_visit;  /* is in visits */
	bool summoned;    /* as the server said there was something */
};

/* What is going on in the mailbox that is open, and void with the next. */
struct machine_visit {
	bool want_recheck, want_highest, want_search, want_check;
	bool expunged; /* since the last EXISTS */
	bool wondered; /* an odd EXISTS made us ask since the last NOOP */
	bool discard;  /* the FETCH under way is of another UIDVALIDITY */
	bool lacking;  /* it has messages without what was asked for */
	bool summoned; /* the server said there was something */
	bool for_fates;
	unsigned fates;               /* that were told */
	enum machine_modesty modesty; /* how much of headers to ask for */
	unsigned lost_before, told;
	uint32_t grown;        /* how many EXISTS told of, which made us ask */
	int64_t push_due;      /* the server is to send headers until then */
	GPtrArray *incomplete; /* struct imap_news without header yet */
	uint32_t found_highest, found_lowest;
	struct imap_roster roster;
	uint64_t modseq_said, modseq_heard; /* since the last tagged reply, of
	                                       the mailbox and of messages */
	GQueue *early; /* struct imap_action: changes told before the mailbox
	                  is open, or NULL */
	size_t early_size; /* octets of their text */
	bool early_lost;   /* there were too many */
};

struct imap_session {
	/* As the options say. */
	enum imap_goal goal;
	GRefString *header_fields, *version; /* shared by all sessions */
	bool want_starttls, want_notify, want_idle, push_only, choose;
	bool want_structure, want_preview;
	bool notify_only; /* push_only, and IDLE is not enough */
	unsigned faults;
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
	struct machine_box *replied; /* what the reply at hand is about */
	unsigned replied_tag;
	unsigned next_tag;
	GQueue actions; /* struct imap_action */
	size_t greeting_size;
	unsigned lost, garbage, chatter; /* lost: unreadable */
	bool secure;
	unsigned alerts;
	guint last_alert;                    /* its hash */
	struct imap_capabilities remembered; /* of the last connection */
	bool stale_capabilities;             /* of before the login */
	bool told_capabilities;              /* with the OK of the login */
	bool pipelined; /* the login is hurried, and not all is answered */
	enum machine_resync resync;
	bool parameter_works; /* EXAMINE with one was accepted */
	char *why;            /* nothing better is in use, or NULL */

	GPtrArray *login; /* parts still to be sent, secret */

	GPtrArray *boxes;            /* struct machine_box; the first is home */
	GPtrArray *dropped;          /* let go, still talked about, or NULL */
	GHashTable *by_name;         /* of boxes, when there are many */
	struct machine_box *current; /* the one that is open, or NULL */
	struct machine_visit visit;
	int64_t away; /* since when home is not open */
	GQueue visits, asking;
	int64_t swept;
	int64_t fates_due; /* of the next visit for them; 0: not set */

	enum machine_notify notify, notify_asked;
	bool all_covered;  /* NOTIFY tells of each */
	bool notify_again; /* for another set of mailboxes */
	bool raw_said;     /* with names in UTF-8, too */
	bool raw_refused;
	uint8_t pushed;  /* enum machine_extra, that NOTIFY was asked for */
	unsigned missed; /* pushes in a row */

	enum machine_idle idle;
	int64_t idle_since, done_at, polled; /* 0: not set */
	unsigned idle_cut; /* IDLEs in a row that the server ended at once */
	bool want_noop, want_logout, said_id;

	GPtrArray *listed; /* struct imap_listed */
	GHashTable *listed_names;
	size_t listed_size;        /* octets of their names and attributes */
	unsigned counted;          /* of them asked for their counts */
	char *prefix;              /* of the personal namespace */
	bool want_list, chosen;    /* chosen: listed once at least */
	struct machine_task *task; /* goal TASK, else NULL */
	struct machine_last *last; /* under way, or NULL */
	guint listed_hash;         /* what the owner chose from */
	unsigned listed_count;
	int64_t listed_at;
	int64_t list_due; /* some came or went; 0: not set */
};

/* machine.c */
extern const struct machine_stay machine_stays[MACHINE_STATES];
void machine_enter(struct imap_session *session, enum machine_state state);
void machine_act(struct imap_session *session, struct imap_action action);
/* The same about a mailbox; of one that was let go nothing is told. */
void machine_tell(struct imap_session *session, const struct machine_box *box,
    struct imap_action action);
void machine_write(struct imap_session *session, GString *bytes, bool secret);
/* Appends "TAG " and remembers that a reply is due. */
void machine_tag(
    struct imap_session *session, GString *out, enum machine_command command);
/* Appends "TAG command" CRLF to out. */
void machine_command(struct imap_session *session, GString *out,
    enum machine_command command, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The command that was just appended is about box; returns its tag. */
unsigned machine_about(struct imap_session *session, struct machine_box *box);
/* The same as a write of its own. */
void machine_send(struct imap_session *session, enum machine_command command,
    const char *words);
bool machine_is_pending(
    const struct imap_session *session, enum machine_command command);
/* The same about the current mailbox. */
bool machine_awaits(
    const struct imap_session *session, enum machine_command command);
bool machine_can(
    const struct imap_session *session, enum imap_capability capability);
/* Ends the session; the first reason counts. */
void machine_end(struct imap_session *session, enum imap_error code,
    const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Ends it with what the server said; texts that ask for patience make it
 * IMAP_ERROR_UNAVAILABLE whatever code says. */
void machine_end_with(struct imap_session *session, enum imap_error code,
    const char *what, const struct imap_response *response);
/* The same for this reason, which it takes over; NULL: it was asked for. */
void machine_end_for(struct imap_session *session, GError *error);
/* "what: TEXT" as machine_end_with() makes it; response may be NULL. */
GError *machine_error(enum imap_error code, const char *what,
    const struct imap_response *response);
char *machine_text(const struct imap_response *response);
void machine_fault(
    struct imap_session *session, enum imap_fault fault, const char *why);

/* dispatch.c: who takes the tagged reply, and how long a server may say
 * nothing while it is due; 0: as usual. */
struct dispatch_row {
	const char *name;
	void (*done)(struct imap_session *, const struct imap_response *);
	int64_t quiet_time;
};
extern const struct dispatch_row dispatch_rows[MACHINE_COMMANDS];
void dispatch_feed(struct imap_session *s, const char *data, size_t size);

/* Replies to commands, by file. */
void greeting_take(struct imap_session *s, const struct imap_response *r);
void greeting_capability_done(
    struct imap_session *s, const struct imap_response *r);
void greeting_starttls_done(
    struct imap_session *s, const struct imap_response *r);
void greeting_login_done(struct imap_session *s, const struct imap_response *r);
void greeting_continue(struct imap_session *s);

void greeting_take_id(struct imap_session *s, const struct imap_response *r);

/* Opens the mailbox right behind that login, where nothing can go wrong. */
void pipeline_start(struct imap_session *s, const char *login);
/* Something was answered; with the last of it the danger is over. */
void pipeline_settle(struct imap_session *s);
/* A command was refused that is offered; the session ends. */
void pipeline_refused(struct imap_session *s, const char *why);
void pipeline_fail(struct imap_session *s, const GError *error);
/* A reply to nothing that was asked. */
void pipeline_confused(struct imap_session *s);

/* The set from now on; owners that are known keep their box. */
void boxes_set(struct imap_session *s, const struct imap_watched *mailboxes,
    unsigned count);
void boxes_clear(struct imap_session *s);
/* Tells of those that cannot be; false when the session ended for that. */
bool boxes_check(struct imap_session *s);
/* The first that has not failed, or NULL. */
struct machine_box *boxes_home(const struct imap_session *s);
/* NULL: it has none. */
struct machine_box *boxes_owned(
    const struct imap_session *s, const void *owner);
/* By the name as it was sent. */
struct machine_box *boxes_find(
    const struct imap_session *s, struct imap_text name);
/* It cannot be watched any more; with the last one the session ends. */
void boxes_fail(struct imap_session *s, struct machine_box *box,
    enum imap_error code, const char *what, const struct imap_response *r);
/* Frees those let go of which nothing is under way any more. */
void boxes_tidy(struct imap_session *s);

/* There is something to ask of the current one. */
bool visiting_wants(const struct imap_session *s);
/* The mailbox that is to be open next, perhaps the one that is. */
struct machine_box *visiting_next(const struct imap_session *s);
bool visiting_is_home(
    const struct imap_session *s, const struct machine_box *box);
void visiting_want(struct imap_session *s, struct machine_box *box);
/* Nothing of it is wanted any more. */
void visiting_forget(struct imap_session *s, struct machine_box *box);
/* An EXAMINE may have become the oldest command: its mailbox is current. */
void visiting_turn(struct imap_session *s);
/* The current one is no longer open. */
void visiting_leave(struct imap_session *s);
void visiting_synced(struct imap_session *s);

/* EXAMINE, and what is asked of it in the same write. */
void opening_say(struct imap_session *s, GString *out, struct machine_box *box);
void opening_check(struct imap_session *s, GString *out);
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
/* OPENED and SYNCED of one that was not opened: STATUS told all. */
void opening_seen(struct imap_session *s, struct machine_box *box, bool reset);

bool news_wants(const struct imap_session *s);
/* In the current mailbox, and in one that is being opened. */
void news_say(struct imap_session *s, GString *out);
void news_say_first(
    struct imap_session *s, GString *out, struct machine_box *box);
void news_done(struct imap_session *s, const struct imap_response *r);
/* A FETCH response, whatever it is about. */
void news_fetch(struct imap_session *s, const struct imap_response *r);
void news_free(gpointer data);
/* NULL: it has no header. */
struct imap_news *news_make(
    const struct imap_session *s, const struct imap_fetch *fetch);
/* Of the current mailbox; header may be NULL. */
struct imap_news *news_new(const struct imap_session *s,
    const struct imap_fetch *fetch, const struct imap_section *header);

/* What to ask for now; many: of more than a few messages at once. */
unsigned extras_wanted(const struct imap_session *s, bool many);
/* The items of a FETCH of news, without their parentheses; part: of the
 * header a part is enough. */
void extras_append_items(
    const struct imap_session *s, GString *out, unsigned extras, bool part);
/* Of extras that were asked for one is not there that the server has promised;
 * it is not asked for again. */
bool extras_lacks(
    struct imap_session *s, unsigned extras, const struct imap_fetch *fetch);
void extras_take(const struct imap_session *s, struct imap_news *news,
    const struct imap_fetch *fetch);
/* The news of the current mailbox were refused: true when it was for these,
 * and the next try is without. */
bool extras_refused(struct imap_session *s, const struct imap_response *r);
/* The connection ends. */
void extras_broken(struct imap_session *s);

/* ENABLE, before an EXAMINE, once; and the parameter behind its name. */
void resync_prepare(struct imap_session *s, GString *out);
void resync_parameter(
    const struct imap_session *s, GString *out, struct machine_box *box);
/* Behind EXAMINE, what it did not say without QRESYNC. */
void resync_ask(struct imap_session *s, GString *out, struct machine_box *box);
void resync_changes_done(struct imap_session *s, const struct imap_response *r);
/* Nothing is on its way at this moment. */
void resync_noop_done(struct imap_session *s);
void resync_take_enabled(struct imap_session *s, const struct imap_response *r);
void resync_enable_done(struct imap_session *s, const struct imap_response *r);
/* A reply did not come in time. */
void resync_late(struct imap_session *s);
/* Whether it was the parameter that EXAMINE was refused for. */
bool resync_retry(struct imap_session *s, const struct imap_response *r);
/* The current mailbox is being opened: its EXAMINE is not answered. */
bool resync_is_opening(const struct imap_session *s);
/* [CLOSED]: what came before was not of the one that is being opened. */
void resync_closed(struct imap_session *s);
/* It is open, and its UIDs hold. */
void resync_opened(struct imap_session *s);
void resync_forget(struct imap_session *s);
/* Responses about the current mailbox, in the order they come. */
void resync_fetch(struct imap_session *s, const struct imap_response *r);
void resync_expunge(struct imap_session *s, uint32_t sequence);
void resync_vanished(struct imap_session *s, const struct imap_response *r);
void resync_modseq(struct imap_session *s, uint64_t modseq);
/* A tagged OK, before anybody takes it. */
void resync_tagged(struct imap_session *s, enum machine_command command);

/* EXAMINE tells what went, too. */
bool resync_is_whole(
    const struct imap_session *s, const struct machine_box *box);

/* A message was told of the current mailbox. */
void fates_note(struct imap_session *s, const struct imap_news *news);
void fates_take_hint(
    struct machine_box *box, const struct imap_watched *watched);
void fates_forget(struct machine_box *box);
/* What STATUS says of one that is not open may be worth a visit. */
void fates_judge(struct imap_session *s, struct machine_box *box,
    const struct imap_mailbox_status *status);
void fates_tick(struct imap_session *s);
/* A visit has caught up. */
void fates_synced(struct imap_session *s);
/* Behind EXAMINE, where QRESYNC does not tell; false: not needed. */
bool fates_say(struct imap_session *s, GString *out, struct machine_box *box);
void fates_done(struct imap_session *s, const struct imap_response *r);
/* It is there; flags: they were told, else NULL.  False: they are as before,
 * and it was we who asked. */
bool fates_take(struct imap_session *s, uint32_t uid, const char *flags);
void fates_gone(struct imap_session *s, struct imap_text set);

bool bodies_wants(const struct machine_box *box);
void bodies_say(struct imap_session *s, GString *out, struct machine_box *box);
/* Whether it was a piece of one. */
bool bodies_take(struct imap_session *s, const struct imap_fetch *fetch);
void bodies_done(struct imap_session *s, const struct imap_response *r);
void bodies_clear(struct machine_box *box);
void bodies_fail_all(
    struct imap_session *s, struct machine_box *box, const char *why);

/* Goal TASK. */
void task_begin(struct imap_session *s);
void task_clear(struct imap_session *s);
/* SELECT or EXAMINE was accepted. */
void task_opened(struct imap_session *s, const struct imap_response *r);
bool task_wants(const struct imap_session *s);
void task_say(struct imap_session *s, GString *out);
void task_done(struct imap_session *s, const struct imap_response *r);
/* A FETCH response, and a response code, whatever they are about. */
void task_fetch(struct imap_session *s, const struct imap_fetch *fetch);
void task_code(struct imap_session *s, const struct imap_response *r);
/* It is not open any more: what is under way in it ends. */
void task_forget(struct imap_session *s, const struct machine_box *box);
void task_done_free(struct imap_done *done);

bool last_wants(const struct imap_session *s);
void last_say(struct imap_session *s, GString *out);
void last_done(struct imap_session *s, const struct imap_response *r);
void last_take(struct imap_session *s, const struct imap_fetch *fetch);
void last_forget(struct imap_session *s, const struct machine_box *box);
void last_clear(struct imap_session *s);

/* The server has it, and has not refused it. */
bool notifying_may(const struct imap_session *s);
bool notifying_wants(const struct imap_session *s);
void notifying_say(struct imap_session *s, GString *out);
void notifying_done(struct imap_session *s, const struct imap_response *r);
/* [NOTIFICATIONOVERFLOW], untagged. */
void notifying_overflow(struct imap_session *s);
/* The connection ends. */
void notifying_broken(struct imap_session *s);
/* EXISTS, or the time that the header had to come is over. */
void notifying_announced(struct imap_session *s);
void notifying_late(struct imap_session *s);
/* Which ones it tells of has changed. */
void notifying_review(struct imap_session *s);

/* A look at all that are not open, or at one. */
void sweeping_start(struct imap_session *s);
void sweeping_want(struct imap_session *s, struct machine_box *box);
void sweeping_forget(struct imap_session *s, struct machine_box *box);
bool sweeping_is_exempt(
    const struct imap_session *s, const struct machine_box *box);
bool sweeping_wants(struct imap_session *s);
void sweeping_say(struct imap_session *s, GString *out);
void sweeping_take(struct imap_session *s, const struct imap_response *r);
void sweeping_list_done(struct imap_session *s, const struct imap_response *r);
void sweeping_status_done(
    struct imap_session *s, const struct imap_response *r);

/* Logged in, and what to watch is known. */
void watching_start(struct imap_session *s);
bool watching_may_idle(const struct imap_session *s);
void watching_idle_done(struct imap_session *s, const struct imap_response *r);
void watching_noop_done(struct imap_session *s, const struct imap_response *r);
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
void listing_say(struct imap_session *s, GString *out);
void listing_take(struct imap_session *s, const struct imap_response *r);
void listing_done(struct imap_session *s, const struct imap_response *r);
void listing_clear(struct imap_session *s);
/* A name as it was sent, in UTF-8. */
char *listing_decode(struct imap_text text);

#endif
