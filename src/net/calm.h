/*
 * Keeping calm: the first of many events are answered at once, the others
 * every few seconds.
 */
#ifndef IDLEBELL_NET_CALM_H
#define IDLEBELL_NET_CALM_H

#include <stdint.h>

enum {
	CALM_MANY = 6,         /* answered at once after a long silence */
	CALM_PAUSE = 10 * 1000 /* ms between the others */
};

struct calm {
	int64_t spent; /* when all are forgotten; 0: there was none */
};

/* An event is answered now (loop_now() terms). */
void calm_note(struct calm *calm, int64_t now);
/* When the next one may be answered; may be past. */
int64_t calm_next(const struct calm *calm);

#endif
