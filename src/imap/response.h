/*
 * One response of the server, parsed (RFC 3501 and 9051 section 7, and the
 * extensions a watcher meets).
 *
 * The parser works in place: all text in a struct imap_response points into
 * the bytes it was given, and lives as long as they do.  It never logs and
 * never guesses: what it does not know is IMAP_RESPONSE_UNKNOWN, and what it
 * cannot read is an error for this response alone.
 */
#ifndef IDLEBELL_IMAP_RESPONSE_H
#define IDLEBELL_IMAP_RESPONSE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some octets, not terminated; NIL has at == NULL. */
struct imap_text {
	const char *at;
	size_t size;
};

enum imap_response_type {
	IMAP_RESPONSE_UNKNOWN,
	IMAP_RESPONSE_CONTINUATION,   /* text */
	IMAP_RESPONSE_STATUS,         /* tag, status, code, text: OK NO BAD BYE
	                                 PREAUTH, tagged or not */
	IMAP_RESPONSE_CAPABILITY,     /* words */
	IMAP_RESPONSE_ENABLED,        /* words */
	IMAP_RESPONSE_FLAGS,          /* words */
	IMAP_RESPONSE_EXISTS,         /* number */
	IMAP_RESPONSE_RECENT,         /* number */
	IMAP_RESPONSE_EXPUNGE,        /* number: a message sequence number */
	IMAP_RESPONSE_VANISHED,       /* set, earlier (RFC 7162 3.2.10) */
	IMAP_RESPONSE_FETCH,          /* number, fetch */
	IMAP_RESPONSE_LIST,           /* list, for LIST and LSUB */
	IMAP_RESPONSE_MAILBOX_STATUS, /* mailbox */
	IMAP_RESPONSE_SEARCH,         /* numbers */
	IMAP_RESPONSE_ESEARCH,        /* search */
	IMAP_RESPONSE_NAMESPACE,      /* namespaces */
	IMAP_RESPONSE_ID,             /* id */
};

enum imap_status {
	IMAP_STATUS_OK,
	IMAP_STATUS_NO,
	IMAP_STATUS_BAD,
	IMAP_STATUS_BYE,
	IMAP_STATUS_PREAUTH,
};

/* Response codes, RFC 9051 7.1, 5530, 7162, 5465 and what servers invent. */
enum imap_code {
	IMAP_CODE_NONE,
	IMAP_CODE_OTHER, /* unknown; code_name says which */
	IMAP_CODE_ALERT,
	IMAP_CODE_ALREADYEXISTS,
	IMAP_CODE_AUTHENTICATIONFAILED,
	IMAP_CODE_AUTHORIZATIONFAILED,
	IMAP_CODE_BADCHARSET,
	IMAP_CODE_CANNOT,
	IMAP_CODE_CAPABILITY, /* words */
	IMAP_CODE_CLIENTBUG,
	IMAP_CODE_CLOSED,
	IMAP_CODE_CONTACTADMIN,
	IMAP_CODE_CORRUPTION,
	IMAP_CODE_EXPIRED,
	IMAP_CODE_HIGHESTMODSEQ, /* code_number */
	IMAP_CODE_INUSE,
	IMAP_CODE_LIMIT,
	IMAP_CODE_NOMODSEQ,
	IMAP_CODE_NONEXISTENT,
	IMAP_CODE_NOPERM,
	IMAP_CODE_NOTIFICATIONOVERFLOW,
	IMAP_CODE_OVERQUOTA,
	IMAP_CODE_PARSE,
	IMAP_CODE_PERMANENTFLAGS,
	IMAP_CODE_PRIVACYREQUIRED,
	IMAP_CODE_READ_ONLY,
	IMAP_CODE_READ_WRITE,
	IMAP_CODE_SERVERBUG,
	IMAP_CODE_THROTTLED,
	IMAP_CODE_TRYCREATE,
	IMAP_CODE_UIDNEXT, /* code_number */
	IMAP_CODE_UIDNOTSTICKY,
	IMAP_CODE_UIDVALIDITY, /* code_number */
	IMAP_CODE_UNAVAILABLE,
	IMAP_CODE_UNKNOWN_CTE,
	IMAP_CODE_UNSEEN, /* code_number */
};

/* RFC 9051 2.3.5 and section 9 "address"; each may be NIL. */
struct imap_address {
	struct imap_text name, route, mailbox, host;
};

struct imap_envelope {
	struct imap_text date, subject, in_reply_to, message_id;
	GArray *from, *sender, *reply_to, *to, *cc, *bcc; /* imap_address */
};

/* One BODY[...] or RFC822[...] item. */
struct imap_section {
	struct imap_text name; /* what stood in the brackets, as sent; that of
	                          RFC822 is "", of RFC822.HEADER "HEADER" */
	bool has_origin;
	uint64_t origin;       /* <n> behind the brackets: a partial */
	struct imap_text data; /* at == NULL: NIL */
};

/*
 * has_* say which items the server sent; "-1" and UID 0 count as not sent.
 * No array of a FETCH, of an envelope or of a LIST is ever NULL; those of
 * struct imap_response are NULL where the type or code has none.
 */
struct imap_fetch {
	bool has_uid, has_flags, has_size, has_modseq;
	uint32_t uid;
	uint64_t size;                        /* RFC822.SIZE */
	uint64_t modseq;                      /* RFC 7162 */
	GArray *flags;                        /* imap_text */
	struct imap_text date;                /* INTERNALDATE */
	struct imap_text preview;             /* RFC 8970 */
	struct imap_text email_id, thread_id; /* RFC 8474 */
	uint64_t gm_msgid, gm_thrid;    /* X-GM-MSGID, X-GM-THRID; 0: none */
	GArray *gm_labels;              /* imap_text */
	struct imap_envelope *envelope; /* or NULL */
	GArray *sections;               /* imap_section */
	struct imap_text structure;     /* BODYSTRUCTURE as sent, for
	                                   imap_structure_parse(); NIL: none */
};

struct imap_list {
	GArray *attributes;        /* imap_text, with the backslash */
	char delimiter;            /* 0: NIL */
	struct imap_text mailbox;  /* as sent: modified UTF-7 or UTF-8 */
	struct imap_text old_name; /* OLDNAME of RFC 5465 and 9051, or NIL */
};

struct imap_mailbox_status {
	struct imap_text mailbox;
	bool has_messages, has_recent, has_uidnext, has_uidvalidity, has_unseen,
	    has_highestmodseq, has_size;
	uint32_t messages, recent, uidnext, uidvalidity, unseen;
	uint64_t highestmodseq, size;
};

struct imap_search {
	struct imap_text tag; /* (TAG "x"), or NIL */
	bool uid, has_min, has_max, has_count;
	uint32_t min, max, count;
	uint64_t modseq;
	struct imap_text all; /* a sequence set, as sent */
};

struct imap_namespace {
	int kind; /* 0 personal, 1 other users', 2 shared */
	struct imap_text prefix;
	char delimiter;
};

struct imap_response {
	enum imap_response_type type;
	struct imap_text tag; /* "*" and "+" excluded; NIL: untagged */
	enum imap_status status;
	enum imap_code code;
	struct imap_text code_name, code_text; /* code_text: its arguments */
	uint64_t code_number;  /* 0: none, or none that can be read */
	struct imap_text text; /* of a status response (at most IMAP_TEXT_MAX)
	                          or a continuation; never NIL there */
	uint32_t number;
	bool earlier;         /* VANISHED (EARLIER) */
	struct imap_text set; /* VANISHED: a UID set, as sent */
	GArray *words;        /* imap_text */
	GArray *numbers;      /* uint32_t: SEARCH */
	GArray *namespaces;   /* imap_namespace */
	GArray *id;           /* imap_text: name, value, name, value */
	struct imap_fetch *fetch;
	struct imap_list *list;
	struct imap_mailbox_status *mailbox;
	struct imap_search *search;
};

/*
 * Parses one response as the framer gives it: size octets, writable (quoted
 * strings are unescaped in place), with a NUL behind them.  Returns NULL and
 * sets *ret_error to a static sentence when the response breaks its grammar.
 * Lists longer than IMAP_LIST_MAX, deeper than IMAP_DEPTH_MAX and numbers out
 * of range are errors of that kind too.  Unknown FETCH items are skipped.  A
 * status response that has its first words is never an error.
 */
struct imap_response *imap_response_parse(
    char *bytes, size_t size, const char **ret_error);
void imap_response_free(struct imap_response *response);

/* Case-insensitive (ASCII) comparison with a string; NIL equals nothing. */
bool imap_text_is(struct imap_text text, const char *string);
/* A copy with a NUL behind it (NULs inside become '?'); NULL for NIL. */
char *imap_text_dup(struct imap_text text);

/*
 * How many numbers a sequence set names, "*" excluded, UINT32_MAX when it
 * names more; *ret_max (may be NULL) is the greatest.  false: no set.  Of
 * "7:*" it counts the 7 alone, and what is named twice it counts twice.
 * RFC 9051 section 9, "sequence-set".
 */
bool imap_set_count(
    struct imap_text set, uint32_t *ret_count, uint32_t *ret_max);

/* The least number of a sequence set, "*" excluded; false: no set, or none. */
bool imap_set_lowest(struct imap_text set, uint32_t *ret_lowest);

/*
 * Takes the first range off a sequence set, "*" as UINT32_MAX.  false, and
 * nothing touched: the set is at its end, or is none.
 */
bool imap_set_next(
    struct imap_text *rest, uint32_t *ret_first, uint32_t *ret_last);

/* Is it in the set?  "9:*" has all from 9 on; what stands behind damage is
 * not looked at. */
bool imap_set_has(struct imap_text set, uint32_t uid);

typedef struct imap_response ImapResponse; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapResponse, imap_response_free)

#endif
