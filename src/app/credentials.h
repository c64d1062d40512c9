/*
 * The words of one login: the secret is fetched, made into commands, and kept
 * out of the log in every form until the login is over.
 */
#ifndef IDLEBELL_APP_CREDENTIALS_H
#define IDLEBELL_APP_CREDENTIALS_H

#include "config/config.h"
#include "imap/capability.h"

struct credentials;

/* From the main loop: parts for imap_session_login(), or error.  Valid during
 * the call. */
typedef void credentials_fn(
    void *data, const char *const *parts, const GError *error);

/* Fetches the account's secret anew.  What capabilities points to is looked
 * at when the secret has come.  fn may be called before it returns when there
 * is no secret to fetch. */
void credentials_fetch(struct credentials *credentials,
    const struct imap_capabilities *capabilities);
/* The login is over, or the connection: forgets the secret, stops fetching. */
void credentials_forget(struct credentials *credentials);
/* A secret is on its way, or in use. */
bool credentials_are_fetched(const struct credentials *credentials);
bool credentials_are_in_use(const struct credentials *credentials);

/* account must outlive it. */
struct credentials *credentials_new(
    const struct config_account *account, credentials_fn *fn, void *data);
/* Takes NULL. */
void credentials_free(struct credentials *credentials);

/* The port of an account. */
int credentials_port(const struct config_account *account);

#endif
