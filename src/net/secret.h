/*
 * Passwords and tokens: fetched when needed, wiped when used.
 */
#ifndef IDLEBELL_NET_SECRET_H
#define IDLEBELL_NET_SECRET_H

#include "net/error.h"

/* Overwrites and frees a string.  Takes NULL. */
void secret_free(char *secret);

struct secret_source {
	const char *name;           /* the account: credentials' file */
	const char *const *command; /* argv, or NULL */
	const char *password;       /* from the file, or NULL */
};

struct secret_request;
/* secret is the callee's to copy, wiped afterwards; NULL with error
 * (NET_ERROR_SECRET, never quoting the secret). */
typedef void secret_fn(void *data, const char *secret, const GError *error);

/*
 * Command, else password, else the file NAME in $CREDENTIALS_DIRECTORY.
 * The first line counts, without its line end; an empty one is an error.
 * A command has two minutes (a keyring may ask its user).  Calls back from
 * the main loop only.
 */
struct secret_request *secret_fetch(
    const struct secret_source *source, secret_fn *fn, void *data);
/* Takes NULL; not called back any more. */
void secret_cancel(struct secret_request *request);

#endif
