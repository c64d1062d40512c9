/*
 * The on_read hook of an account: it is told what became of messages that
 * had been told.
 *
 * Not kept over a restart: what is lost then has rung all the same.
 */
#ifndef IDLEBELL_APP_READS_H
#define IDLEBELL_APP_READS_H

#include "config/config.h"
#include "os/loop.h"

/* A message was read, or with gone deleted. */
struct read_event {
	const char *mailbox;
	uint32_t uidvalidity, uid;
	bool gone;
};

struct reads;

struct reads *reads_new(struct loop *loop);
/* Ends a hook that runs.  Takes NULL. */
void reads_free(struct reads *reads);

/* event is copied, account only used during the call. */
void reads_add(struct reads *reads, const struct config_account *account,
    const struct read_event *event);
/* As gather_hurry() and gather_is_busy(). */
void reads_hurry(struct reads *reads, bool hurry);
bool reads_is_busy(const struct reads *reads);

#endif
