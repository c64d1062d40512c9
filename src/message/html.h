/*
 * What a person would read of HTML, as plain lines.
 */
#ifndef IDLEBELL_MESSAGE_HTML_H
#define IDLEBELL_MESSAGE_HTML_H

#include <glib.h>

/*
 * Text of HTML that may be cut anywhere, and is hostile: tags, comments, styles
 * and scripts are left out, and so is what is quoted in <blockquote>; blocks
 * begin a line.  Entities are read (HTML 5 13.2.5.73, the numbers and the most
 * common names).  Takes UTF-8 as it is, valid or not.  A new string, not yet
 * clean.
 */
char *html_to_text(const char *html, gsize size);

#endif
