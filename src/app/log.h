/*
 * Diagnostics: one line each on standard error, clean of what mail and
 * servers may have put in, with a priority prefix when a journal listens.
 */
#ifndef IDLEBELL_APP_LOG_H
#define IDLEBELL_APP_LOG_H

#include <glib.h>
#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,   /* always: what the user must mend */
	LOG_LEVEL_WARNING, /* always but with -q */
	LOG_LEVEL_INFO,    /* the default: news, connections lost and found */
	LOG_LEVEL_VERBOSE, /* -v: each connection */
	LOG_LEVEL_STATES,  /* -vv: the road of each session */
	LOG_LEVEL_TRACE,   /* -vvv: the protocol, without secrets */
};

/* Finds out whether standard error is the journal. */
void log_open(enum log_level level);
bool log_enabled(enum log_level level);

/*
 * "idlebell: SUBJECT: text"; subject may be NULL.  The text is cut at 2 KiB.
 * A line that holds a hidden string is replaced as a whole.  Where standard
 * error takes nothing for a second, lines are dropped and counted.
 */
void log_line(enum log_level level, const char *subject, const char *format,
    ...) G_GNUC_PRINTF(3, 4);

/* Strings that must not be shown while they are registered, should a server
 * repeat them.  Both calls copy nothing: the pointer is the key, and the
 * string must stay until it is shown again. */
void log_hide(const char *secret);
void log_unhide(const char *secret);

/* A clean copy of text, or a note in its place when it holds one of them. */
char *log_safe(const char *text);

#endif
