/*
 * All accounts together: the main loop, signals, reload, the end.
 */
#ifndef IDLEBELL_APP_WATCHER_H
#define IDLEBELL_APP_WATCHER_H

#include "app/report.h"
#include "config/shard.h"
#include <stdbool.h>

struct watcher_options {
	const char *path;             /* of the configuration */
	const char *const *overrides; /* "KEY=VALUE"s, or NULL */
	const char *const *accounts;  /* names; NULL or empty: all */
	struct config_shard shard;    /* of the accounts; count 0: all */
	enum report_form form;
	bool once;
};

/*
 * Watches until SIGINT or SIGTERM (or, with once, until all is told) and
 * returns an exit status.  SIGHUP reads the configuration again.
 */
int watcher_run(const struct watcher_options *options);

#endif
