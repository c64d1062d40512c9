/*
 * What is told of a watch, or of many messages at once: not of one message.
 */
#ifndef IDLEBELL_MESSAGE_NOTICE_H
#define IDLEBELL_MESSAGE_NOTICE_H

#include <glib.h>
#include <stdint.h>

enum notice_kind {
	NOTICE_STATE,   /* a watch has gone blind, or is well again */
	NOTICE_SUMMARY, /* of the messages of one round; for bubbles only */
};

/* Text may be anything: each view cleans it. */
struct notice {
	enum notice_kind kind;
	char *account;        /* may be NULL */
	char *mailbox;        /* may be NULL */
	char *state;          /* "blind" or "live", else NULL */
	char *reason;         /* in words a user can act on, may be NULL */
	int64_t since;        /* wall clock, s; 0: unknown */
	char *summary, *body; /* the bubble's texts, plain */
};

/* Empty but for the kind; the strings are its own. */
struct notice *notice_new(enum notice_kind kind);
/* Takes NULL. */
void notice_free(struct notice *notice);

/* One JSON object on one line, no newline: event ("state" or "summary"),
 * account, mailbox, state, reason, since (RFC 3339, in UTC); null where there
 * is none. */
char *notice_to_json(const struct notice *notice);

/* The same for a program: as message_to_environment(). */
char **notice_to_environment(
    const struct notice *notice, const char *const *base);

typedef struct notice Notice; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notice, notice_free)

#endif
