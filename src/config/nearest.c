/*
 * Damerau's edit distance (a letter wrong, missing, too many, or two
 * swapped; no part edited twice), and how much of it is still a misspelling.
 */
#include "config/nearest.h"
#include <glib.h>
#include <string.h>

/* Longer words are no misspelling of ours. */
#define WORD_MAX 40

static unsigned distance_between(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	size_t rest = strlen(b);

	for (size_t j = 0; j <= rest; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned *oldest = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= rest; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			row[j] = MIN(above[j], row[j - 1]) + 1;
			row[j] = MIN(row[j], above[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[rest];
}

/* One error in a short word, three in a long one. */
static unsigned distance_limit(const char *word)
{
	size_t size = strlen(word);

	return size < 2 ? 0 : MIN(1 + (unsigned)(size - 2) / 4, 3);
}

/* "pass", "username": what others call it is often the beginning. */
static gboolean is_beginning(const char *a, const char *b)
{
	return MIN(strlen(a), strlen(b)) >= 4 &&
	    (g_str_has_prefix(a, b) || g_str_has_prefix(b, a));
}

struct nearest nearest_to(const char *word)
{
	struct nearest nearest = {.word = word, .best = NULL};

	nearest.distance = distance_limit(word) + 1;
	return nearest;
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	unsigned distance;

	if (strlen(nearest->word) > WORD_MAX || strlen(candidate) > WORD_MAX)
		return;
	distance = distance_between(nearest->word, candidate);
	if (is_beginning(nearest->word, candidate))
		distance = MIN(distance, distance_limit(nearest->word));
	if (distance < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = distance;
	}
}
