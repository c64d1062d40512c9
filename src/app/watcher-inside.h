/*
 * The inside of the watcher, shared by watcher.c (its life) and
 * watcher-answers.c (what it is asked).  Nobody else includes this.
 */
#ifndef IDLEBELL_APP_WATCHER_INSIDE_H
#define IDLEBELL_APP_WATCHER_INSIDE_H

#include "app/account.h"
#include "app/watcher.h"

struct watcher {
	const struct watcher_options *options;
	struct account_world world;
	struct settings *settings;
	GPtrArray *accounts; /* struct account */
	GPtrArray *leaving;  /* no longer configured, still busy */
	struct desk *desk;
	struct beat *beat; /* these three: NULL with once */
	struct weather *weather;
	struct control *control; /* or where there is no room for it */
	GMainLoop *loop;
	int64_t started; /* wall clock, s */
	guint look;      /* source */
	bool stopping;
	int exit_status;
};

/* ---- watcher.c ---- */

/* The index of the account of that name, or -1. */
int watcher_find(const GPtrArray *accounts, const char *name);
/* An account that is configured, but watched by others: where, a new string;
 * else NULL. */
char *watcher_describe_elsewhere(const struct watcher *watcher,
    const struct config *config, const char *name);
/* Reads the configuration again; one with errors changes nothing.  Returns 0,
 * or an exit status; told, which may be NULL, is given lines that say why. */
int watcher_reload(struct watcher *watcher, GString *told);
/* Says goodbye everywhere, then ends the main loop; at once when called
 * again. */
void watcher_stop(struct watcher *watcher, int status);
/* Something has changed: looks whether all is over, from the main loop. */
void watcher_moved(void *data);

/* ---- watcher-answers.c ---- */

/* Sets control; without it a warning is logged. */
void watcher_open_control(struct watcher *watcher);

#endif
