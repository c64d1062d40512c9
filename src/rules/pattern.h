/*
 * A list of patterns as a user writes it after a criterion.
 */
#ifndef IDLEBELL_RULES_PATTERN_H
#define IDLEBELL_RULES_PATTERN_H

#include <glib.h>
#include <stdbool.h>

enum pattern_limit {
	/* Steps of one regex on one text: (a+)+$ ends within milliseconds. */
	PATTERN_STEPS_MAX = 20000,
	PATTERN_DEPTH_MAX = 20000,
};

/* What the texts will be: globs that could never hold are refused. */
enum pattern_kind {
	PATTERN_TEXT,
	PATTERN_ADDRESS, /* a glob has an '@' or a wildcard */
	PATTERN_FLAG,    /* a system flag of RFC 9051 2.3.2; the texts come
	                    without its backslash */
	PATTERN_KEYWORD, /* no system flag */
};

struct pattern_list;

/*
 * Reads "pattern, pattern, !pattern"; a pattern is a glob or /regex/ (see
 * rules_add()).  Blanks around a pattern are dropped.  In a glob a backslash
 * takes the meaning from the character after it: "\," is a comma.
 * NULL and RULES_ERROR_PATTERN for what cannot be read.
 */
struct pattern_list *pattern_list_new(
    const char *text, enum pattern_kind kind, GError **error);
void pattern_list_free(struct pattern_list *list);

/*
 * Whether the list holds for the texts (valid UTF-8, char *), each of which
 * suffices: none matches an excluding pattern, and one matches another
 * pattern if there is any.  *ret_gave_up is set to true (else left alone)
 * when a regex came to its limit: it is not tried on the texts that follow
 * and counts as no match, an excluding one as a match.
 */
bool pattern_list_match(
    const struct pattern_list *list, const GPtrArray *texts, bool *ret_gave_up);

/* Whether the list may hold for a text that fits a glob (one text, as of
 * PATTERN_TEXT) and is none of known (char *).  True when in doubt. */
bool pattern_list_may_match(
    const struct pattern_list *list, const char *glob, const GPtrArray *known);

/* Whether b holds for all texts for which a holds.  False when that is not
 * certain. */
bool pattern_list_implies(
    const struct pattern_list *a, const struct pattern_list *b);

/* Whether it holds wherever there is a text, whatever that is. */
bool pattern_list_takes_all(const struct pattern_list *list);

typedef struct pattern_list PatternList; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatternList, pattern_list_free)

#endif
