/*
 * Looks for what keeps mail from being told: everything a watcher needs is
 * tried once, by the same code, and each step says what it found and what to
 * do about it.
 *
 * It watches nothing, writes to no mailbox, and does not disturb a watcher that
 * runs.  All of it has deadlines.
 */
#ifndef IDLEBELL_APP_DOCTOR_H
#define IDLEBELL_APP_DOCTOR_H

#include "app/settings.h"

enum doctor_verdict {
	DOCTOR_NOTHING, /* does not concern us: never told */
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_FAILED,
	DOCTOR_SKIPPED, /* pointless after what failed before */
};

struct doctor_finding {
	const char *account; /* its name; NULL: of this computer */
	const char *step;    /* static: "state directory", "login" */
	enum doctor_verdict verdict;
	int64_t took; /* us; -1: there was nothing to time */
	char *text;   /* clean, one line, without secrets */
	char *advice; /* what to do, or NULL */
	int status;   /* when it failed: of sysexits.h */
};

/* Those of this computer first, then account by account, each as soon as it is
 * known.  Valid during the call, which comes from the main loop. */
typedef void doctor_fn(void *data, const struct doctor_finding *finding);

struct doctor_options {
	const char *path; /* of the configuration */
	/* What it says, or with its errors NULL and trouble, a text. */
	struct settings *settings;
	const char *trouble;
	const char *const *accounts; /* their names; empty: all */
	/* Whether the running watcher answers; may block for ten seconds, in a
	 * thread. */
	bool (*ask_watcher)(void);
	doctor_fn *fn;
	void *data;
};

/* 0, or the status of the first finding that failed.  Runs a main loop. */
int doctor_run(const struct doctor_options *options);

#endif
