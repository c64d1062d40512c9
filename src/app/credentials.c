/*
 * One login's words.
 */
#include "app/credentials.h"
#include "app/log.h"
#include "net/login.h"
#include "net/secret.h"
#include <string.h>

struct credentials {
	const struct config_account *account;
	credentials_fn *fn;
	void *data;
	const struct imap_capabilities *capabilities;
	struct secret_request *request;
	GPtrArray *secrets; /* forms of it, for the log, during the login */
};

static void forget_secrets(struct credentials *credentials)
{
	for (unsigned i = 0;
	     credentials->secrets && i < credentials->secrets->len; i++)
		log_unhide(credentials->secrets->pdata[i]);
	g_clear_pointer(&credentials->secrets, g_ptr_array_unref);
}

static void hide(struct credentials *credentials, char *form)
{
	g_ptr_array_add(credentials->secrets, form);
	log_hide(form);
}

/* As it stands in a quoted string (RFC 9051 section 9). */
static char *quoted_form(const char *secret)
{
	g_autoptr(GString) quoted = g_string_sized_new(2 * strlen(secret));
	char *form;

	for (; *secret != '\0'; secret++) {
		if (*secret == '"' || *secret == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *secret);
	}
	form = g_strdup(quoted->str);
	explicit_bzero(quoted->str, quoted->len);
	return form;
}

/* The last word of each part but that of LOGIN is base64 or the bare secret;
 * a server that repeats any form of it must not get it into the log. */
static void keep_secrets(
    struct credentials *credentials, const char *secret, char **parts)
{
	forget_secrets(credentials);
	credentials->secrets =
	    g_ptr_array_new_with_free_func((GDestroyNotify)secret_free);
	for (char **part = parts; *part != NULL; part++) {
		const char *space = strrchr(*part, ' ');
		const char *word = space != NULL ? space + 1 : *part;

		/* "AUTHENTICATE PLAIN" alone is no secret, nor is "{12}". */
		if (word[0] != '{' &&
		    (part > parts || strlen(word) > strlen("OAUTHBEARER")))
			hide(credentials, g_strdup(word));
	}
	if (secret == NULL)
		return;
	hide(credentials, g_strdup(secret));
	hide(credentials, quoted_form(secret));
	hide(credentials,
	    g_base64_encode((const guchar *)secret, strlen(secret)));
}

static enum login_mechanism mechanism(const struct config_account *account)
{
	static const enum login_mechanism mechanisms[] = {
	    [CONFIG_AUTH_AUTO] = LOGIN_AUTO,
	    [CONFIG_AUTH_PLAIN] = LOGIN_PLAIN,
	    [CONFIG_AUTH_LOGIN] = LOGIN_LOGIN,
	    [CONFIG_AUTH_EXTERNAL] = LOGIN_EXTERNAL,
	    [CONFIG_AUTH_XOAUTH2] = LOGIN_XOAUTH2,
	    [CONFIG_AUTH_OAUTHBEARER] = LOGIN_OAUTHBEARER,
	};

	return mechanisms[account->auth];
}

int credentials_port(const struct config_account *account)
{
	if (account->port != 0)
		return (int)account->port;
	return account->tls == CONFIG_TLS_IMPLICIT ? 993 : 143;
}

static void hand_out(struct credentials *credentials, const char *secret)
{
	const struct config_account *account = credentials->account;
	const struct login_options options = {
	    .mechanism = mechanism(account),
	    .user = account->user,
	    .secret = secret,
	    .token = account->token_command != NULL,
	    .host = account->host,
	    .port = credentials_port(account),
	};
	g_autoptr(GError) error = NULL;
	char **parts =
	    login_parts_new(&options, credentials->capabilities, &error);

	if (parts != NULL)
		keep_secrets(credentials, secret, parts);
	credentials->fn(credentials->data, (const char *const *)parts, error);
	if (parts != NULL)
		login_parts_free(parts);
}

static void secret_came(void *data, const char *secret, const GError *error)
{
	struct credentials *credentials = data;

	credentials->request = NULL;
	if (error != NULL)
		credentials->fn(credentials->data, NULL, error);
	else
		hand_out(credentials, secret);
}

void credentials_fetch(struct credentials *credentials,
    const struct imap_capabilities *capabilities)
{
	const struct config_account *account = credentials->account;
	char **command = account->token_command != NULL
	    ? account->token_command
	    : account->password_command;
	const struct secret_source source = {
	    .name = account->name,
	    .command = (const char *const *)command,
	    .password = account->password,
	};

	credentials->capabilities = capabilities;
	if (account->auth == CONFIG_AUTH_EXTERNAL)
		hand_out(credentials, NULL);
	else
		credentials->request =
		    secret_fetch(&source, secret_came, credentials);
}

void credentials_forget(struct credentials *credentials)
{
	forget_secrets(credentials);
	secret_cancel(credentials->request);
	credentials->request = NULL;
}

bool credentials_are_fetched(const struct credentials *credentials)
{
	return credentials->request != NULL;
}

bool credentials_are_in_use(const struct credentials *credentials)
{
	return credentials->secrets != NULL;
}

struct credentials *credentials_new(
    const struct config_account *account, credentials_fn *fn, void *data)
{
	struct credentials *credentials = g_new0(struct credentials, 1);

	credentials->account = account;
	credentials->fn = fn;
	credentials->data = data;
	return credentials;
}

void credentials_free(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	credentials_forget(credentials);
	g_free(credentials);
}
