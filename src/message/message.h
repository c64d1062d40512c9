/*
 * What idlebell knows of one message: enough to decide and to ring.
 * All text is valid UTF-8 without control or bidi-override characters.
 */
#ifndef IDLEBELL_MESSAGE_MESSAGE_H
#define IDLEBELL_MESSAGE_MESSAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Header fields that message_new() reads, for the FETCH command. */
#define MESSAGE_HEADER_FIELDS "FROM TO CC SUBJECT DATE MESSAGE-ID LIST-ID"
/* And where threads matter. */
#define MESSAGE_THREAD_FIELDS "REFERENCES IN-REPLY-TO"

struct message_address {
	char *name;    /* decoded, "" when there is none */
	char *address; /* addr-spec, its domain readable (IDN), may be "" */
	char *ascii;   /* the same, its domain in ASCII */
};

struct message_header {
	char *name;  /* as sent */
	char *value; /* unfolded, decoded */
};

/* Files beside the text, as far as the server could be asked. */
enum message_attachment {
	MESSAGE_ATTACHMENT_UNKNOWN,
	MESSAGE_ATTACHMENT_NO,
	MESSAGE_ATTACHMENT_YES,
};

struct message {
	char *account, *mailbox;
	uint32_t uidvalidity, uid;
	uint64_t size;      /* octets, as the server says */
	char *flags;        /* "\Seen \Flagged", may be "" */
	GPtrArray *from;    /* struct message_address; empty: unknown */
	GPtrArray *to;      /* To and Cc */
	GPtrArray *cc;      /* Cc only */
	char *subject;      /* "" when there is none */
	char *date;         /* RFC 3339, of Date, else INTERNALDATE, or "" */
	int64_t sent;       /* Date, s since 1970; 0: unknown */
	int64_t arrived;    /* INTERNALDATE, likewise */
	char *message_id;   /* without <>, or "" */
	char *list_id;      /* the identifier of RFC 2919 without <>, or "" */
	GPtrArray *headers; /* struct message_header, all that came */
	enum message_attachment attachment;
	char *preview; /* how the text begins, see message/preview.h, or "" */
	char *thread;  /* what the messages of a conversation have in common, as
	                  message_id; "" where nobody asked */
	char *rule;    /* the rule that decided, or NULL */
	const char *muted; /* static: "thread" or "sender", or NULL */
	char *file;        /* where it was downloaded, or NULL */
	unsigned shared;   /* message_free() calls that only count down */
};

/* What comes from IMAP and not from the header. */
struct message_source {
	const char *account, *mailbox;
	uint32_t uidvalidity, uid;
	uint64_t size;
	const char *flags;        /* may be NULL */
	const char *internaldate; /* RFC 9051 "date-time", may be NULL */
	enum message_attachment attachment;
	const char *preview; /* as the server made it; NULL: read the text */
	const char *text;    /* how the body begins, may be NULL */
	size_t text_size;
	bool threads; /* the header has MESSAGE_THREAD_FIELDS */
};

/*
 * Reads header (size octets; anything: it is hostile) with GMime.  Never
 * fails: what cannot be read is empty.  A From without an address, several
 * From fields and groups are all met with the facts at hand.
 * message_init() once per program, before threads, prepares GMime.
 */
void message_init(void);
struct message *message_new(
    const struct message_source *source, const char *header, size_t size);
/* Takes NULL. */
void message_free(struct message *message);
/* One more message_free() is needed; returns it. */
struct message *message_ref(struct message *message);

/* "Anna Schmidt", or the address where there is no name, or "(unknown)". */
const char *message_sender(const struct message *message);

/*
 * What copies of the same message have in common, wherever they lie: its
 * Message-ID, Date and sender.  Without a Message-ID or a Date (there are
 * machines that always send the same Message-ID) subject and size join them,
 * and *ret_sure is false: another may look the same.  A new string.
 */
char *message_identity(const struct message *message, bool *ret_sure);

typedef struct message Message; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

#endif
