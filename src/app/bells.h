/*
 * The bubbles of an account: one for each message or, where many came at
 * once, one for all of them that names the most important.
 */
#ifndef IDLEBELL_APP_BELLS_H
#define IDLEBELL_APP_BELLS_H

#include "app/item.h"
#include "message/notice.h"

struct bells;

/* The bubble of item was answered for: it is shown, or never will be. */
typedef void bells_fn(struct item *item);

/* desktop is shared, and outlives what is on its way. */
struct bells *bells_new(struct sink *desktop, bells_fn *fn);
/* fn is still called for what is on its way. */
void bells_free(struct bells *bells);

/* items: struct item of one mailbox, as they came; more than burst of them
 * (0: however many) make one summary.  fn is called once for each. */
void bells_ring(struct bells *bells, const GPtrArray *items, unsigned burst);

#endif
