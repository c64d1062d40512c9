/*
 * Texts for people in their language, times as they write them.
 *
 * What is translated: bubbles, and what was asked for on a terminal.  What
 * programs read is not (JSON, the environment of hooks, what is kept on disk),
 * nor what is searched for in the web: the log, and errors.
 *
 * Text that stands in a table is marked by N_() and translated where it is
 * used.  No sentence is made of pieces: other languages order them otherwise.
 */
#ifndef IDLEBELL_OS_LANGUAGE_H
#define IDLEBELL_OS_LANGUAGE_H

#include <stdint.h>

#ifdef ENABLE_NLS
#include <libintl.h>
#else
#define gettext(text)          (text)
#define ngettext(one, many, n) ((n) == 1 ? (one) : (many))
#endif
#define _(text)        gettext(text)
#define N_(text)       text
/* One and many, for ngettext(). */
#define NP_(one, many) one, many

/* Once, before any thread: the locale of the environment, whose translations
 * are below LOCALEDIR or $IDLEBELL_LOCALEDIR. */
void language_start(void);
/* From now on nothing is translated: programs will read it. */
void language_plain(void);

/* The time of day, local, as the locale writes it, without seconds: "07:30",
 * "7:30 PM"; a new string. */
char *language_clock(int64_t wall);
/* The day, local, as the locale writes it; ISO 8601 where it has no custom; a
 * new string. */
char *language_date(int64_t wall);

#endif
