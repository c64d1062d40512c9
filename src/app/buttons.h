/*
 * The buttons of bubbles: which there are, and what they do.
 *
 * What fails is told by a bubble and the log; what can be undone has a bubble
 * with a button for that.
 */
#ifndef IDLEBELL_APP_BUTTONS_H
#define IDLEBELL_APP_BUTTONS_H

#include "app/account.h"
#include "app/belfry.h"
#include "app/mutes.h"
#include "app/snoozes.h"

/* All outlive the buttons. */
struct buttons_options {
	const struct account_world *world;
	struct mutes *mutes;
	struct snoozes *snoozes;
	/* NULL: there is none of this name. */
	struct account *(*find)(void *data, const char *account);
	void *data;
};

struct buttons;

struct buttons *buttons_new(const struct buttons_options *options);
/* Behind the accounts and the belfry.  Takes NULL. */
void buttons_free(struct buttons *buttons);

/* For belfry_new(), with the buttons as data. */
extern const struct belfry_events buttons_events;

#endif
