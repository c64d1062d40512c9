/*
 * One criterion of a rule; for this folder only.
 */
#ifndef IDLEBELL_RULES_CRITERION_H
#define IDLEBELL_RULES_CRITERION_H

#include "rules/rules.h"

struct criterion_kind;

struct criterion {
	const struct criterion_kind *kind;
	char *wanted;    /* as configured */
	bool is_certain; /* holds for all messages, whatever is known */
	/* What was read of it; which of them depends on its kind. */
	char *header; /* the field's name */
	struct pattern_list *patterns;
	uint64_t octets;
	struct hours *hours;
	unsigned levels; /* bits of importance */
	bool yes;
};

enum criterion_answer {
	CRITERION_NO,
	CRITERION_YES,
	CRITERION_UNKNOWN, /* cannot be known: does not hold */
};

/* What it is asked of, and what it has found. */
struct criterion_case {
	const struct message *message;
	const struct rules_facts *facts; /* or NULL */
	GPtrArray *texts;                /* what was looked at, new strings */
	bool gave_up;
};

/* See rules_add(). */
struct criterion *criterion_new(
    const char *name, const char *value, GError **error);
void criterion_free(struct criterion *criterion);

const char *criterion_name(const struct criterion *criterion);
enum criterion_answer criterion_ask(
    const struct criterion *criterion, struct criterion_case *asked);
/* The same before the message has come; CRITERION_UNKNOWN: it depends. */
enum criterion_answer criterion_foresee(
    const struct criterion *criterion, const struct rules_place *place);
/* Bits of enum rules_want. */
unsigned criterion_wants(const struct criterion *criterion);
/* Header fields it looks at, blanks between; may be NULL. */
const char *criterion_fields(const struct criterion *criterion);

/* Whether b holds wherever a holds; false when that is not certain. */
bool criterion_implies(const struct criterion *a, const struct criterion *b);
/* Whether no message can meet both. */
bool criterion_excludes(const struct criterion *a, const struct criterion *b);

typedef struct criterion Criterion; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Criterion, criterion_free)

#endif
