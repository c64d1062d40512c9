/*
 * What befalls the computer, and what the accounts make of it: another
 * network, a stepped clock, sleep.
 */
#ifndef IDLEBELL_APP_WEATHER_H
#define IDLEBELL_APP_WEATHER_H

#include "app/alarm.h"
#include "app/pace.h"
#include <glib.h>
#include <stdbool.h>

struct weather;

/* accounts (struct account), alarm and pace must outlive it; never NULL. */
struct weather *weather_new(struct loop *loop, GPtrArray *accounts,
    struct alarm *alarm, struct pace *pace);
/* Takes NULL. */
void weather_free(struct weather *weather);

/* An account has moved: the computer may be waiting for it. */
void weather_look(struct weather *weather);

#endif
