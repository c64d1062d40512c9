/*
 * Which messages of an account share a bubble.
 *
 * Each has its own, or each thread, up to burst within a minute; what is more
 * goes into one bubble of the account, which is updated in place.
 */
#ifndef IDLEBELL_APP_BELLS_H
#define IDLEBELL_APP_BELLS_H

#include "app/belfry.h"

struct bells;

/* belfry outlives it. */
struct bells *bells_new(struct belfry *belfry, bells_fn *fn);
/* fn is still called for what is on its way. */
void bells_free(struct bells *bells);

/* items: struct item of one mailbox, as they came.  fn is called once for
 * each, not from within.  burst 0: each has a bubble of its own. */
void bells_ring(struct bells *bells, const GPtrArray *items, unsigned burst);
/* One of its own, whatever there is. */
void bells_ring_again(struct bells *bells, struct item *item);
/* items: likewise, but of any mailboxes and after a time without bubbles: all
 * of them in one that is new; one alone as it is.  more: that are not known any
 * more and are only counted. */
void bells_summary(struct bells *bells, const GPtrArray *items, unsigned more);
/* One that has no bubble, but may be asked about. */
void bells_note(struct bells *bells, const struct item *item);

#endif
