/*
 * The way of each new message of an account: verdict, bubble, download, hook.
 *
 * The bubble rises at once; the hook waits for the download, whose file it is
 * told.  A message is taken when every sink has taken it.
 */
#ifndef IDLEBELL_APP_DELIVERY_H
#define IDLEBELL_APP_DELIVERY_H

#include "app/report.h"
#include "app/settings.h"
#include "sinks/sink.h"
#include <stdbool.h>

struct delivery_events {
	/* Asks for the body of a message; false: not now, see
	 * delivery_resume(). */
	bool (*body)(void *origin, uint32_t uid);
	/* A message is taken by all its sinks. */
	void (*taken)(void *origin, uint32_t uidvalidity, uint32_t uid);
};

struct delivery;

/* desktop is shared and outlives the delivery. */
struct delivery *delivery_new(const struct delivery_events *events,
    struct sink *desktop, enum report_form form);
/* What is not taken yet is forgotten; a running hook is ended. */
void delivery_free(struct delivery *delivery);

/* Takes message over.  account is only used during the call. origin is handed
 * back to the events. */
void delivery_take(struct delivery *delivery, void *origin,
    const struct settings *settings, const struct config_account *account,
    struct message *message);

/* The bytes of a download, as the watch of origin gets them. */
void delivery_piece(struct delivery *delivery, void *origin, uint32_t uid,
    uint64_t offset, const char *bytes, size_t size);
void delivery_body_end(
    struct delivery *delivery, void *origin, uint32_t uid, const char *failure);
/* The connection of origin is lost, or back: downloads begin anew.  One of
 * another UIDVALIDITY, or with uidvalidity 0 any, is given up. */
void delivery_pause(struct delivery *delivery, void *origin);
void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity);

bool delivery_is_empty(const struct delivery *delivery);
/* The lowest UID of origin that is not taken yet; 0: none. */
uint32_t delivery_lowest(
    const struct delivery *delivery, const void *origin, uint32_t uidvalidity);

#endif
