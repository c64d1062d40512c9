/*
 * The inside of a delivery, shared by delivery.c (messages in and out),
 * delivery-bells.c (their bubbles) and delivery-turns.c (their downloads and
 * hooks).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_DELIVERY_INSIDE_H
#define IDLEBELL_APP_DELIVERY_INSIDE_H

#include "app/bells.h"
#include "app/delivery.h"
#include "app/disk.h"
#include "app/gather.h"
#include "app/item.h"

struct delivery {
	const struct delivery_events *events;
	struct delivery_options options;
	GHashTable *lanes; /* struct lane by origin; NULL: no message has come,
	                      nor have these four been needed */
	struct bells *bells;
	struct hooks *hooks;
	struct gather *gather; /* NULL: no hook wants batches */
	struct loop_timer *hold_timer, *disk_timer;
	GQueue given_up;  /* struct delivery_given_up, the oldest first */
	unsigned ringing; /* items whose bubbles are on their way */
	unsigned held;    /* of them those that wait for the end of a round */
	unsigned count;   /* items */
	bool stopped;
	bool resting; /* no connections of its own */
	bool gathering;
	bool inhibited;
	bool hesitating;
	bool gathered_due;   /* its end is the end of gathering */
	GPtrArray *withheld; /* struct item, or NULL */
	unsigned beyond;     /* that were too many for it */
	struct disk disk;
	struct item *slow; /* whose download has a connection of its own */
};

/* The messages of one mailbox, in the order they came. */
struct lane {
	GQueue items;   /* struct item, all that are not taken */
	GQueue waiting; /* of them those whose turn has not come */
	GQueue owed;    /* of them those that have passed without the file they
	                   should have: it is made up for */
	struct item *loading; /* the first of either, whose download is under
	                         way; NULL: none is */
	bool abandoned;       /* nobody will bring a download */
	GPtrArray *held;      /* struct item, whose bubbles wait */
	bool due;             /* for nothing but the end of hesitating */
	unsigned burst;       /* more of them are told as one; 0: never */
};

/* ---- delivery.c ---- */

struct lane *delivery_find_lane(
    const struct delivery *delivery, const void *origin);
bool delivery_is_done(const struct item *item);
/* Lets go of it if it is done. */
void delivery_finish(struct item *item);
/* 0 is no mailbox's. */
uint32_t delivery_numbering(const struct item *item);

/* ---- delivery-bells.c ---- */

/* Its bubble waits for the end of the round. */
void delivery_hold(struct item *item);
/* The bubbles of a round: one for many, if they are many. */
void delivery_ring_lane(struct delivery *delivery, struct lane *lane);
void delivery_ring_lanes(struct delivery *delivery);
void delivery_bubble_over(struct item *item);
void delivery_on_hold_timer(void *data);
void delivery_forget_withheld(struct delivery *delivery);

/* ---- delivery-turns.c ---- */

/* What can be done now is done. */
void delivery_advance(struct delivery *delivery, struct lane *lane);
void delivery_advance_all(struct delivery *delivery);
void delivery_arm_disk_timer(struct delivery *delivery);
void delivery_on_disk_timer(void *data);
/* A download under way is broken off. */
void delivery_end_slow(struct item *item);
/* Downloads in queue that belong to another UIDVALIDITY, with 0 to any, are
 * given up. */
void delivery_drop_foreign(GQueue *queue, uint32_t uidvalidity);

#endif
