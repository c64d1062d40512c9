/*
 * The way of each new message of an account: verdict, bubble, download, hook.
 *
 * The bubble rises at the end of the round that brought the message, so that
 * many make one; the hook waits for the download, whose file it is told.  A
 * message is taken when every sink has taken it or, after its tries, been given
 * up.
 *
 * While a disk takes nothing, downloads are tried again until they work; a
 * hook waits 20 s for that, and then runs without the file.
 */
#ifndef IDLEBELL_APP_DELIVERY_H
#define IDLEBELL_APP_DELIVERY_H

#include "app/belfry.h"
#include "app/fetching.h"
#include "app/given-up.h"
#include "app/mutes.h"
#include "app/report.h"
#include "app/settings.h"
#include "sinks/sink.h"
#include <stdbool.h>

struct delivery_events {
	/* Asks for the body of a message, size octets by what the server
	 * says, at most max; false: not now, see delivery_resume(). */
	bool (*body)(void *origin, uint32_t uid, uint64_t size, uint64_t max);
	/* The same for one that takes long: begins as fetching_start() does. */
	struct fetching *(*fetch)(void *origin,
	    const struct fetching_wish *wish,
	    const struct fetching_events *events, void *data);
	/* A message is taken by all its sinks. */
	void (*taken)(void *origin, uint32_t uidvalidity, uint32_t uid);
	/* One is left untaken: standard output is closed, or see
	 * delivery_is_idle(). */
	void (*stuck)(void *origin);
};

struct delivery_options {
	struct loop *loop;
	struct belfry *belfry;      /* shared, outlives the delivery */
	struct mutes *mutes;        /* likewise, or NULL */
	struct sink *(*hook)(void); /* new, when the first message comes */
	enum report_form form;
	bool once; /* a disk that takes nothing is not waited for for ever */
};

struct delivery;

struct delivery *delivery_new(const struct delivery_events *events,
    const struct delivery_options *options);
/* What is not taken yet is forgotten; a running hook is ended. */
void delivery_free(struct delivery *delivery);

/* Takes message over.  account and senders (may be NULL) are only used during
 * the call. origin is handed back to the events.  False when the rules keep it
 * silent. */
bool delivery_take(struct delivery *delivery, void *origin,
    const struct settings *settings, const struct config_account *account,
    struct seen *senders, struct message *message);

/* Its bubble once more, by itself; takes item over. */
void delivery_ring_again(struct delivery *delivery, struct item *item);

/* All that is new has been told: the bubbles rise.  A lost connection does the
 * same, and 10 s without an end. */
void delivery_round_end(struct delivery *delivery, void *origin);

/* From now on, what comes from all mailboxes is held together; then it is rung
 * as one summary, or its only message as itself.  A minute without an end does
 * the same. */
void delivery_gather(struct delivery *delivery, bool gather);

/* The desktop is not to be disturbed: bubbles wait for the end of that, and are
 * one then, save those of urgent rules.  All else goes on, and a message that
 * has more than a bubble is taken.  Of more than 1,000 the oldest have none. */
void delivery_inhibit(struct delivery *delivery, bool inhibited);
/* Whether it is inhibited is not known yet: bubbles wait, and are what they
 * would have been then. */
void delivery_hesitate(struct delivery *delivery, bool hesitate);
/* A message was read or deleted elsewhere: if its bubble waits, there will be
 * none. */
void delivery_spare(struct delivery *delivery, void *origin, uint32_t uid);

/* The bytes of a download, as the watch of origin gets them. */
void delivery_piece(struct delivery *delivery, void *origin, uint32_t uid,
    uint64_t offset, const char *bytes, size_t size);
void delivery_body_end(
    struct delivery *delivery, void *origin, uint32_t uid, const char *failure);
/* The connection of origin is lost, or back: its download begins anew; one of
 * another UIDVALIDITY, or with uidvalidity 0 any, is given up. */
void delivery_pause(struct delivery *delivery, void *origin);
void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity);
/* The UIDs of origin are given anew, be it under the same UIDVALIDITY: what is
 * on its way from there is taken with UIDVALIDITY 0, and not downloaded. */
void delivery_renumber(struct delivery *delivery, void *origin);
/* The connection will not come back.  What waits for a download stays as it
 * is: not taken, so that the next start tells it again. */
void delivery_abandon(struct delivery *delivery, void *origin);
/* Nothing goes over a connection of its own, or it does again: a large download
 * is broken off, and goes on where it was. */
void delivery_rest(struct delivery *delivery, bool rest);
/* No more hooks and downloads begin, or they do again. */
void delivery_stop(struct delivery *delivery, bool stop);
/* It ends, and the desktop has not answered for all bubbles it was given:
 * those whose hooks are over are taken. */
void delivery_let_go(struct delivery *delivery);

/* Nothing of origin, or with NULL of all, is under way: neither a hook that is
 * to be tried again nor a download that is made up for, save where nobody will
 * bring it, or once does not wait for it any longer. */
bool delivery_is_idle(const struct delivery *delivery, const void *origin);
/* How many messages are not taken yet. */
unsigned delivery_count(const struct delivery *delivery);
/* Hooks stand in a queue: the next one begins once taken() returns. */
bool delivery_is_crowded(const struct delivery *delivery);
/* The newest ones that were given up, index 0 the oldest; NULL behind the
 * last.  Good until the main loop runs again. */
const struct delivery_given_up *delivery_given_up(
    const struct delivery *delivery, unsigned index);
/* The lowest UID of origin that is not taken yet; 0: none. */
uint32_t delivery_lowest(
    const struct delivery *delivery, const void *origin, uint32_t uidvalidity);

#endif
