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

struct pattern_list;

/*
 * Reads "pattern, pattern, !pattern"; a pattern is a glob or /regex/ (see
 * rules_add()).  Blanks around a pattern are dropped.  In a glob a backslash
 * takes the meaning from the character after it: "\," is a comma.  address:
 * a glob without '@' and wildcard is refused, it could never hold.
 * NULL and RULES_ERROR_PATTERN for what cannot be read.
 */
struct pattern_list *pattern_list_new(
    const char *text, bool address, GError **error);
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

typedef struct pattern_list PatternList; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatternList, pattern_list_free)

#endif
