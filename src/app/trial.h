/*
 * Rings once with an invented message, to see and hear what a rule does.
 *
 * Nothing of it is remembered, and nothing is downloaded; quiet hours and
 * pauses do not count.
 */
#ifndef IDLEBELL_APP_TRIAL_H
#define IDLEBELL_APP_TRIAL_H

#include "app/settings.h"

struct trial_answer {
	const char *sink;    /* static: "bubble", "sound", "hook" */
	const char *what;    /* "dunst 1.9.2", "~/bin/ring" */
	const char *trouble; /* why it did not ring, or NULL */
	int64_t took;        /* us */
};

/* From the main loop; valid during the call. */
typedef void trial_fn(void *data, const struct trial_answer *answer);

struct trial_options {
	const struct settings *settings;
	const struct config_account *account;
	/* As if it alone held; NULL: as if none did. */
	const struct config_rule *rule;
	trial_fn *fn;
	void *data;
};

/* For which account a message of rule is invented: the first, or the one that
 * a criterion names. */
const struct config_account *trial_account(
    const struct config *config, const struct config_rule *rule);

/* Runs a main loop until all sinks have answered: their number, 0 when it is
 * silent.  *ret_failed: how many of them did not ring. */
unsigned trial_run(const struct trial_options *options, unsigned *ret_failed);

#endif
