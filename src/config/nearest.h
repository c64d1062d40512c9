/*
 * The known word nearest to a misspelt one.
 */
#ifndef IDLEBELL_CONFIG_NEAREST_H
#define IDLEBELL_CONFIG_NEAREST_H

struct nearest {
	const char *word; /* lower case */
	const char *best; /* of those offered, or NULL when none is near */
	unsigned distance;
};

/* Borrows word. */
struct nearest nearest_to(const char *word);
/* Borrows candidate; of equals the first one offered stays. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
