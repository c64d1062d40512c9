/*
 * The user's address book: a file, a command that prints it, or both.
 */
#ifndef IDLEBELL_APP_BOOK_H
#define IDLEBELL_APP_BOOK_H

#include "config/config.h"

struct book;

/* Reads contacts_file; error when that cannot be done, which leaves it
 * unknown.  NULL: there is neither file nor command. */
struct book *book_new(const struct config *config, GError **error);
/* All of these take NULL. */
void book_free(struct book *book);

/*
 * Runs contacts_command, and reads all again once a day.  old, which may be
 * NULL and is used no more, hands over what it has found in the same places:
 * that is kept until there is something newer.
 */
void book_start(struct book *book, struct book *old);
/* Runs the main loop until the command has ended, 12 s at most. */
void book_wait(struct book *book);

/* Both have been read, each of them at least once. */
bool book_is_known(const struct book *book);
bool book_has(const struct book *book, const char *address);

#endif
