/*
 * The line that shows how far a download has come.
 */
#ifndef IDLEBELL_CLI_PROGRESS_H
#define IDLEBELL_CLI_PROGRESS_H

#include <glib.h>
#include <stdint.h>

struct progress {
	const char *name; /* what it is, short */
	uint64_t size;    /* 0: unknown */
	uint64_t octets;  /* there now, */
	uint64_t begin;   /* and when it began: it was resumed */
	int64_t elapsed;  /* ms since then */
};

/*
 * A new string of at most width columns, without a line end: name, percent,
 * bar, octets, rate, time left; what does not fit is left out, the bar first.
 * Below 20 columns it is the percent (or octets) alone.
 */
char *progress_text(const struct progress *progress, unsigned width);

#endif
