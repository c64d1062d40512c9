/*
 * The user's rules: criteria in, a verdict out.
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

/*
 * What a message does not have in itself.  What is NULL, or -1, cannot be
 * known: a criterion that asks for it does not hold, be it yes or no.
 */
struct rules_facts {
	int minute_of_week; /* now, local time; Monday 00:00 is 0 */
	/* address is that of a sender; its domain may come readable and, in a
	 * second call, in ASCII (IDN). */
	bool (*seen_before)(void *data, const char *address);
	bool (*contact)(void *data, const char *address);
	void *data;
};

/* What rules look at that has its price. */
enum rules_want {
	RULES_WANT_STRUCTURE = 1 << 0, /* message->attachment */
	RULES_WANT_TIME = 1 << 1,
	RULES_WANT_SENDERS = 1 << 2, /* seen_before */
	RULES_WANT_CONTACTS = 1 << 3,
};

/* One criterion's outcome, for explain. */
struct rules_reason {
	const char *rule, *criterion; /* "boss", "from"; criterion NULL: the
	                                 rule has none and always holds */
	char *wanted;                 /* as configured */
	char *found; /* what the message has, clean; "" for nothing */
	bool holds;
	bool unknown; /* it cannot be known, and so does not hold */
	bool gave_up; /* the regex match limit was hit: counts as no */
};
void rules_reason_free(struct rules_reason *reason);

struct rules *rules_new(void);
void rules_free(struct rules *rules);

/* Starts a rule; criteria are added to the last one started.  stops: where it
 * holds, no later one is looked at. */
void rules_begin(struct rules *rules, const char *name, bool stops);

/*
 * Adds a criterion.  value is what the user wrote:
 *
 * account mailbox from to cc subject list_id header flags keyword: patterns
 * separated by commas, each a glob (case-insensitive, '*' and '?', whole
 * string) or /regex/ (may hold commas; GRegex, caseless, unanchored, with a
 * match limit); one that holds is enough; "!pattern" excludes: it never makes
 * the criterion hold, and if it matches the criterion fails; only exclusions:
 * holds when none matches.  header: "Name: pattern, pattern".
 * from, to, cc look at addresses (both forms of a domain), never at names.
 * Without '@' and wildcard their patterns must equal the whole address.
 * larger smaller: octets, digits only (the configuration has read the unit).
 * importance: some of high, normal, low.  time: see rules/hours.h.
 * attachment seen_before contact: yes or no.
 */
bool rules_add(struct rules *rules, const char *criterion, const char *value,
    GError **error);

/* Indices (guint, from 0) of the rules that hold, in order, up to the first
 * one that stops; a new array, maybe empty.  facts may be NULL.  reasons may
 * be NULL; else a struct rules_reason for each criterion looked at is
 * appended. */
GArray *rules_match(const struct rules *rules, const struct message *message,
    const struct rules_facts *facts, GPtrArray *reasons);

/* Where a message will come to. */
struct rules_place {
	const char *account;
	const char *mailbox; /* as messages have it; with known: a glob that it
	                        fits, as of a criterion */
	const GPtrArray *known; /* char *: it is none of these; or NULL */
};

/*
 * What a rule makes of a message that it holds for: bits that are set and
 * cleared in the message's fate, which is a number below RULES_FATES, of the
 * caller's meaning.
 */
enum {
	RULES_FATES = 8
};
struct rules_effect {
	uint8_t sets, clears;
};

/*
 * What may become of a message of which only its place is known: bit n of the
 * answer is set where fate n may be its end, and when in doubt.  effects: of
 * all rules, in their order.  fate: what it has before any rule.
 */
unsigned rules_foresee(const struct rules *rules,
    const struct rules_place *place, const struct rules_effect *effects,
    unsigned fate);

/* Bits of enum rules_want. */
unsigned rules_wants(const struct rules *rules);

/* Names of header fields that criteria look at beyond
 * MESSAGE_HEADER_FIELDS: upper case, separated by a space, "" for none. */
char *rules_header_fields(const struct rules *rules);

/*
 * Why a rule can never decide: the index of an earlier one that stops and
 * holds wherever this one does; its own when its criteria contradict each
 * other; -1 when neither is certain.  Of the earlier ones the first 1,000 are
 * looked at.
 */
int rules_find_flaw(const struct rules *rules, unsigned index);

typedef struct rules Rules; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
typedef struct rules_reason RulesReason; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesReason, rules_reason_free)

#endif
