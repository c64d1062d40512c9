/*
 * The user's rules: criteria in, a verdict out (DESIGN 3).
 */
#ifndef IDLEBELL_RULES_RULES_H
#define IDLEBELL_RULES_RULES_H

#include "message/message.h"
#include <stdbool.h>

#define RULES_ERROR rules_error_quark()
GQuark rules_error_quark(void);
enum rules_error {
	RULES_ERROR_PATTERN, /* a pattern that cannot be read */
	RULES_ERROR_VALUE,
};

/* Rules in file order. */
struct rules;
/* One criterion's outcome, for explain. */
struct rules_reason {
	const char *rule, *criterion; /* "boss", "from"; criterion NULL: the
	                                 rule has none and always holds */
	char *wanted;                 /* as configured */
	char *found; /* what the message has, clean; "" for nothing */
	bool holds;
	bool gave_up; /* the regex match limit was hit: counts as no */
};
void rules_reason_free(struct rules_reason *reason);

struct rules *rules_new(void);
void rules_free(struct rules *rules);

/* Starts a rule; criteria are added to the last one started. */
void rules_begin(struct rules *rules, const char *name);

/*
 * Adds a criterion: account mailbox from to subject list_id header larger
 * smaller.  value is what the user wrote: patterns separated by commas, each
 * a glob (case-insensitive, '*' and '?', whole string) or /regex/ (may hold
 * commas; GRegex, caseless, unanchored, with a match limit); one that holds
 * is enough; "!pattern" excludes: it never makes the criterion hold, and if
 * it matches the criterion fails; only exclusions: holds when none matches.
 * header: "Name: pattern, pattern".  larger, smaller: octets, digits only
 * (the configuration has read the unit).
 * from and to look at addresses (both forms of a domain), never at names.
 * Without '@' and wildcard a from pattern must equal the whole address.
 */
bool rules_add(struct rules *rules, const char *criterion, const char *value,
    GError **error);

/* Index (from 0) of the first rule that holds, or -1.  reasons may be NULL;
 * else a struct rules_reason for each criterion looked at is appended. */
int rules_match(const struct rules *rules, const struct message *message,
    GPtrArray *reasons);

/* Names of header fields that criteria look at beyond
 * MESSAGE_HEADER_FIELDS: upper case, separated by a space, "" for none. */
char *rules_header_fields(const struct rules *rules);

typedef struct rules Rules; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
typedef struct rules_reason RulesReason; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesReason, rules_reason_free)

#endif
