/*
 * What a watcher has for the user's say: all bubbles and their buttons, what
 * is snoozed, what is muted.
 */
#ifndef IDLEBELL_APP_DESK_H
#define IDLEBELL_APP_DESK_H

#include "app/account.h"
#include "app/say.h"

struct desk;

/* Sets belfry, mutes and snoozes of world, whose desktop is there.  find: as
 * struct buttons_options has it. */
struct desk *desk_new(struct account_world *world,
    struct account *(*find)(void *data, const char *account), void *data);
/* The accounts are gone.  Takes NULL. */
void desk_free(struct desk *desk);

const struct say *desk_say(const struct desk *desk);

#endif
