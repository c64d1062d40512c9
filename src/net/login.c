/*
 * Login: which mechanism, and what to say in it.
 *
 * The words are prepared whole; the session says them when the server asks.
 * They hold the secret: what is not handed out is wiped.
 */
#include "net/login.h"

#include "imap/command.h"
#include "net/secret.h"
#include <string.h>

/* Octets of a literal that LITERAL- lets go unasked. */
#define LITERAL_MINUS_MAX 4096

/* One mechanism: its name, what the server must offer, its message. */
struct login_row {
	const char *name;
	enum imap_capability offer;
	char *(*message)(const struct login_options *options);
	const char *acknowledge; /* an error challenge is answered by it */
};

/* Takes the message.  One allocation a step, here as everywhere with
 * secrets: what grows leaves copies behind. */
static char *login_base64(char *message, size_t size)
{
	char *base64 = g_base64_encode((unsigned char *)message, size);

	explicit_bzero(message, size);
	g_free(message);
	return base64;
}

/* RFC 4616: no authorisation identity, NUL, user, NUL, password. */
static char *login_plain(const struct login_options *options)
{
	size_t user = strlen(options->user), secret = strlen(options->secret);
	size_t size = user + secret + 2;
	char *message = g_malloc0(size);

	memcpy(message + 1, options->user, user);
	memcpy(message + user + 2, options->secret, secret);
	return login_base64(message, size);
}

/* RFC 4422 appendix A: the identity to act as. */
static char *login_external(const struct login_options *options)
{
	const char *user = options->user ? options->user : "";

	return g_base64_encode((const unsigned char *)user, strlen(user));
}

/* A user's name in a GS2 header (RFC 5801 section 4). */
static char *login_gs2_name(const char *user)
{
	GString *name = g_string_new(NULL);

	for (; *user; user++) {
		if (*user == ',')
			g_string_append(name, "=2C");
		else if (*user == '=')
			g_string_append(name, "=3D");
		else
			g_string_append_c(name, *user);
	}
	return g_string_free(name, FALSE);
}

/* RFC 7628 section 3.1. */
static char *login_oauthbearer(const struct login_options *options)
{
	g_autofree char *name = login_gs2_name(options->user);
	g_autofree char *port = g_strdup_printf("%d", options->port);
	char *message = g_strconcat("n,a=", name, ",\001host=", options->host,
	    "\001port=", port, "\001auth=Bearer ", options->secret, "\001\001",
	    NULL);

	return login_base64(message, strlen(message));
}

static char *login_xoauth2(const struct login_options *options)
{
	char *message = g_strconcat("user=", options->user, "\001auth=Bearer ",
	    options->secret, "\001\001", NULL);

	return login_base64(message, strlen(message));
}

static const struct login_row login_rows[] = {
    [LOGIN_PLAIN] = {"PLAIN", IMAP_CAP_AUTH_PLAIN, login_plain, NULL},
    [LOGIN_LOGIN] = {"LOGIN", IMAP_CAP_LOGINDISABLED, NULL, NULL},
    [LOGIN_EXTERNAL] = {"EXTERNAL", IMAP_CAP_AUTH_EXTERNAL, login_external,
	NULL},
    [LOGIN_XOAUTH2] = {"XOAUTH2", IMAP_CAP_AUTH_XOAUTH2, login_xoauth2, ""},
    /* One ^A (RFC 7628 section 3.2.3). */
    [LOGIN_OAUTHBEARER] = {"OAUTHBEARER", IMAP_CAP_AUTH_OAUTHBEARER,
	login_oauthbearer, "AQ=="},
};

static bool login_is_possible(
    enum login_mechanism mechanism, const struct imap_capabilities *caps)
{
	bool offered =
	    imap_capabilities_have(caps, login_rows[mechanism].offer);

	/* The LOGIN command is there unless the server says no. */
	return mechanism == LOGIN_LOGIN ? !offered : offered;
}

/* The best first.  EXTERNAL only for who asks for it: that a certificate is
 * shown does not say that it logs in. */
static enum login_mechanism login_choose(
    bool token, const struct imap_capabilities *caps)
{
	static const enum login_mechanism order[2][2] = {
	    {LOGIN_PLAIN, LOGIN_LOGIN},
	    {LOGIN_OAUTHBEARER, LOGIN_XOAUTH2},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(order[token]); i++) {
		if (login_is_possible(order[token][i], caps))
			return order[token][i];
	}
	return LOGIN_AUTO;
}

/* "AUTH=XOAUTH2, LOGINDISABLED" */
static char *login_offers(const struct imap_capabilities *caps)
{
	static const enum imap_capability relevant[] = {IMAP_CAP_AUTH_PLAIN,
	    IMAP_CAP_AUTH_LOGIN, IMAP_CAP_AUTH_EXTERNAL, IMAP_CAP_AUTH_XOAUTH2,
	    IMAP_CAP_AUTH_OAUTHBEARER, IMAP_CAP_LOGINDISABLED};
	GString *offers = g_string_new(NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(relevant); i++) {
		if (!imap_capabilities_have(caps, relevant[i]))
			continue;
		if (offers->len > 0)
			g_string_append(offers, ", ");
		g_string_append(offers, imap_capability_name(relevant[i]));
	}
	if (offers->len == 0)
		g_string_append(offers, "none that is known here");
	return g_string_free(offers, FALSE);
}

static void login_refuse(const struct login_options *options,
    const struct imap_capabilities *caps, GError **error)
{
	g_autofree char *offers = login_offers(caps);
	const char *wanted = options->token ? "a token" : "a password";
	const char *hint = "";

	if (options->mechanism != LOGIN_AUTO)
		wanted = login_rows[options->mechanism].name;
	if (imap_capabilities_have(caps, IMAP_CAP_LOGINDISABLED))
		hint = "; perhaps it wants TLS first (tls = starttls)";
	g_set_error(error, NET_ERROR, NET_ERROR_NO_AUTH,
	    "the server takes no login with %s; it offers: %s%s", wanted,
	    offers, hint);
}

static void login_add(GPtrArray *parts, GString *part)
{
	g_ptr_array_add(parts, g_string_free(part, FALSE));
}

/* RFC 7888 sections 4 and 5. */
static bool login_may_go_on(const struct imap_capabilities *caps, size_t size)
{
	return imap_capabilities_have(caps, IMAP_CAP_LITERAL_PLUS) ||
	    (imap_capabilities_have(caps, IMAP_CAP_LITERAL_MINUS) &&
		size <= LITERAL_MINUS_MAX);
}

/* A string of the LOGIN command: quoted where it can be, else a literal, whose
 * octets begin the next part, as the server has to ask for them, where it
 * cannot do without (RFC 9051 section 4.3). */
static GString *login_add_string(GPtrArray *parts, GString *line,
    const struct imap_capabilities *caps, const char *text)
{
	GString *literal;

	g_string_append_c(line, ' ');
	if (imap_append_quoted(line, text))
		return line;
	if (login_may_go_on(caps, strlen(text))) {
		g_string_append_printf(
		    line, "{%zu+}\r\n%s", strlen(text), text);
		return line;
	}
	g_string_append_printf(line, "{%zu}", strlen(text));
	literal = g_string_sized_new(line->allocated_len);
	login_add(parts, line);
	return g_string_append(literal, text);
}

/* Room for each octet quoted. */
static void login_add_command(GPtrArray *parts,
    const struct login_options *options, const struct imap_capabilities *caps)
{
	size_t room = 2 * (strlen(options->user) + strlen(options->secret));
	GString *line = g_string_sized_new(room + 64);

	g_string_append(line, "LOGIN");
	line = login_add_string(parts, line, caps, options->user);
	line = login_add_string(parts, line, caps, options->secret);
	login_add(parts, line);
}

static void login_add_exchange(GPtrArray *parts, const struct login_row *row,
    const struct login_options *options, bool initial)
{
	char *message = row->message(options);

	if (initial) {
		/* RFC 4959 section 3: "=" is an empty one. */
		g_ptr_array_add(parts,
		    g_strdup_printf("AUTHENTICATE %s %s", row->name,
			*message ? message : "="));
		secret_free(message);
	} else {
		g_ptr_array_add(
		    parts, g_strconcat("AUTHENTICATE ", row->name, NULL));
		g_ptr_array_add(parts, message);
	}
	if (row->acknowledge)
		g_ptr_array_add(parts, g_strdup(row->acknowledge));
}

char **login_parts_new(const struct login_options *options,
    const struct imap_capabilities *capabilities, GError **error)
{
	enum login_mechanism mechanism = options->mechanism;
	GPtrArray *parts;

	if (mechanism == LOGIN_AUTO)
		mechanism = login_choose(options->token, capabilities);
	if (mechanism == LOGIN_AUTO ||
	    !login_is_possible(mechanism, capabilities)) {
		login_refuse(options, capabilities, error);
		return NULL;
	}
	parts = g_ptr_array_new();
	if (login_rows[mechanism].message)
		login_add_exchange(parts, &login_rows[mechanism], options,
		    imap_capabilities_have(capabilities, IMAP_CAP_SASL_IR));
	else
		login_add_command(parts, options, capabilities);
	g_ptr_array_add(parts, NULL);
	return (char **)g_ptr_array_free(parts, FALSE);
}

void login_parts_free(char **parts)
{
	for (unsigned i = 0; parts && parts[i]; i++)
		secret_free(parts[i]);
	g_free(parts);
}
