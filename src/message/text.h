/*
 * Making foreign text harmless.
 */
#ifndef IDLEBELL_MESSAGE_TEXT_H
#define IDLEBELL_MESSAGE_TEXT_H

#include <glib.h>
#include <stddef.h>

/*
 * A new string: valid UTF-8 (invalid bytes become U+FFFD), no control
 * characters (C0, DEL, C1, line and paragraph separators: each run becomes
 * one space), no bidi controls (U+061C, U+200E-F, U+202A-E, U+2066-9), no
 * zero-width or tag characters that only deceive; at most max octets, cut at
 * a character and then ended by U+2026.  size < 0: up to the NUL.
 */
char *text_clean(const char *text, gssize size, size_t max);

/* The same for text that is compared: what would be dropped or become a space
 * becomes U+FFFD, as a text must not turn into another one. */
char *text_mask(const char *text, size_t max);

/* Markup-escaped copy of clean text for notification bodies. */
char *text_markup(const char *text);

/* Columns on a terminal: East Asian characters take two, accents none. */
int text_columns(const char *text);
/* So many columns of it, the rest blank: for tables; a new string.  What is
 * longer is cut and ended by U+2026. */
char *text_fit(const char *text, int columns);
/* The same, but what is longer is left as it is. */
char *text_pad(const char *text, int columns);

#endif
