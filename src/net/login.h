/*
 * Choosing a login mechanism and writing its words (SASL).
 */
#ifndef IDLEBELL_NET_LOGIN_H
#define IDLEBELL_NET_LOGIN_H

#include "imap/capability.h"
#include "net/error.h"

enum login_mechanism {
	LOGIN_AUTO, /* the best of what both sides can */
	LOGIN_PLAIN,
	LOGIN_LOGIN, /* the IMAP LOGIN command */
	LOGIN_EXTERNAL,
	LOGIN_XOAUTH2,
	LOGIN_OAUTHBEARER,
};

struct login_options {
	enum login_mechanism mechanism;
	const char *user;
	const char *secret; /* password or token; unused by EXTERNAL */
	bool token;         /* secret is an OAuth 2.0 access token */
	const char *host;
	int port;
};

/*
 * The parts for imap_session_login(), NULL-terminated; free with
 * login_parts_free(), which wipes them.  NULL and NET_ERROR_NO_AUTH, naming
 * what the server offers, when there is no way.
 * RFC 4616 PLAIN, RFC 7628 OAUTHBEARER, Google's XOAUTH2, RFC 9051 6.2.3
 * LOGIN (quoted, else literals), RFC 4959 initial responses, RFC 7888 literals
 * that make no part of their own.
 */
char **login_parts_new(const struct login_options *options,
    const struct imap_capabilities *capabilities, GError **error);
void login_parts_free(char **parts);

#endif
