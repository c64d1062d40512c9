/*
 * An account or a rule while it is put together: which of its settings were
 * written, where, and how much they count.
 */
#ifndef IDLEBELL_CONFIG_DRAFT_H
#define IDLEBELL_CONFIG_DRAFT_H

#include "config/options.h"

/* The higher one wins. */
enum draft_level {
	DRAFT_INITIAL,
	DRAFT_DEFAULTS,
	DRAFT_OVERRIDE, /* -o */
	DRAFT_OWN,
};

struct draft_setting {
	enum draft_level level;
	int line;
};

struct draft {
	void *base;     /* struct config_account or config_rule */
	unsigned scope; /* of its options */
	int line;       /* of its section */
	struct draft_setting *settings; /* by row of the table */
};

struct draft_setting *draft_setting(
    const struct draft *draft, const struct option *option);

/* The checks of settings against each other; both find problems only. */
void check_account(const struct config *config, const struct draft *draft);
void check_rule(const struct config *config, const struct draft *draft);

#endif
