/*
 * What a failure means: when to try again, and with which exit status a
 * command ends that cannot.
 */
#ifndef IDLEBELL_APP_FAILURE_H
#define IDLEBELL_APP_FAILURE_H

#include <glib.h>
#include <stdbool.h>

enum failure_class {
	FAILURE_TEMPORARY, /* reconnect, with backoff */
	FAILURE_WAIT,      /* the server asks for patience: a minute or more */
	FAILURE_REFUSED,   /* credentials: final when it happens again */
};

enum failure_class failure_class(const GError *error);
/* The server has not even heard of it. */
bool failure_is_local(const GError *error);
/* One of sysexits.h. */
int failure_exit_status(const GError *error);

/* The error's text, and behind it in brackets what the user can do, where
 * the text does not say it; a new string, one line if the text is. */
char *failure_describe(const GError *error);

#endif
