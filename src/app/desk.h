/*
 * What a watcher has for the user's say: all bubbles and their buttons, what
 * is snoozed, what is muted.
 */
#ifndef IDLEBELL_APP_DESK_H
#define IDLEBELL_APP_DESK_H

#include "app/account.h"
#include "app/say.h"

struct desk;

struct desk_events {
	/* As struct buttons_options has it. */
	struct account *(*find)(void *data, const char *account);
	/* world->inhibited or world->undecided is another. */
	void (*inhibited)(void *data);
};

/* Sets belfry, mutes and snoozes of world, whose desktop is there.  events
 * outlives the desk. */
struct desk *desk_new(
    struct account_world *world, const struct desk_events *events, void *data);
/* The accounts are gone.  Takes NULL. */
void desk_free(struct desk *desk);

/* Minds "do not disturb", if that matters to an account. */
void desk_mind(struct desk *desk, const struct config *config);

const struct say *desk_say(const struct desk *desk);

#endif
