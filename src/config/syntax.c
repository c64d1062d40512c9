/*
 * The syntax of hosts, paths, proxies, pins and names.
 *
 * Only what can be told from the text alone: whether a host exists or a file
 * can be read is for doctor to find out.  A proxy is never quoted in what is
 * said about it: its URL may hold a password.
 */
#include "config/syntax.h"
#include "config/nearest.h"
#include <glib.h>
#include <string.h>

#define PIN_PREFIX       "sha256//"
#define PIN_SIZE         32
#define ACCOUNT_NAME_MAX 64
#define RULE_NAME_MAX    128
#define PATTERN_MAX      255 /* as imap/selection has it */

bool syntax_is_text(const char *value)
{
	if (!g_utf8_validate(value, -1, NULL))
		return false;
	for (; *value != '\0'; value++) {
		if (g_ascii_iscntrl(*value) && *value != '\t')
			return false;
	}
	return true;
}

char *syntax_check_host(const char *value)
{
	if (strstr(value, "://") != NULL || strchr(value, '/') != NULL)
		return g_strdup_printf("\"%s\" is a URL: write the name or "
				       "the address of the server only",
		    value);
	if (strpbrk(value, " \t@,[]") != NULL)
		return g_strdup_printf("\"%s\" is no host name: write the name "
				       "or the address of one server",
		    value);
	if (strchr(value, ':') != NULL && !g_hostname_is_ip_address(value))
		return g_strdup_printf("\"%s\" has a colon in it: a port goes "
				       "into port = NUMBER",
		    value);
	return NULL;
}

char *syntax_check_path(const char *value)
{
	if (*value == '/' || g_str_has_prefix(value, "~/"))
		return NULL;
	if (*value == '~')
		return g_strdup_printf("\"%s\": only your own home directory "
				       "can be written as ~/, all others whole",
		    value);
	return g_strdup_printf("\"%s\" depends on where idlebell is started: "
			       "begin it with \"/\" or \"~/\"",
	    value);
}

char *syntax_check_beside(const char *value)
{
	return *value == '~' ? syntax_check_path(value) : NULL;
}

static bool is_proxy_scheme(const char *scheme)
{
	static const char *const schemes[] = {
	    "http", "socks5", "socks5h", "socks4", "socks4a", NULL};

	return g_strv_contains(schemes, scheme);
}

static GUri *parse_url(const char *url)
{
	return g_uri_parse(url,
	    G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED |
		G_URI_FLAGS_NON_DNS,
	    NULL);
}

/* It would be a part of the proxy's protocol, or end a string early. */
static bool has_control_escape(const char *encoded)
{
	for (; (encoded = strchr(encoded, '%')) != NULL; encoded++) {
		int c = g_ascii_xdigit_value(encoded[1]) * 16 +
		    g_ascii_xdigit_value(encoded[2]);

		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

/* What is left of a URL that has a host and a scheme. */
static char *check_proxy_parts(GUri *uri)
{
	const char *user = g_uri_get_userinfo(uri);

	if (strlen(g_uri_get_path(uri)) > 1 || g_uri_get_query(uri) != NULL ||
	    g_uri_get_fragment(uri) != NULL)
		return g_strdup("a proxy's URL ends with its port: in a "
				"password, / is written %2F, ? %3F and # %23");
	if (user != NULL && has_control_escape(user))
		return g_strdup("there is an escaped control character in the "
				"user name or the password");
	return NULL;
}

char *syntax_check_proxy(const char *value)
{
	g_autoptr(GUri) uri = NULL;
	const char *host;

	if (strcmp(value, "env") == 0)
		return NULL;
	uri = parse_url(value);
	host = uri != NULL ? g_uri_get_host(uri) : NULL;
	if (host == NULL || *host == '\0' || strchr(host, '@') != NULL)
		return g_strdup("this is not the URL of a proxy, as in "
				"socks5h://localhost:1080, nor \"env\"");
	if (!is_proxy_scheme(g_uri_get_scheme(uri)))
		return g_strdup_printf("a proxy cannot be of the kind \"%s\": "
				       "it is one of http, socks5, socks5h, "
				       "socks4, socks4a",
		    g_uri_get_scheme(uri));
	return check_proxy_parts(uri);
}

char *syntax_redact_url(const char *url)
{
	g_autoptr(GUri) uri = parse_url(url);
	const char *at = strrchr(url, '@'), *start;

	if (at == NULL)
		return NULL;
	/* Not a URL, but who knows what it was meant to hide. */
	if (uri == NULL || g_uri_get_host(uri) == NULL)
		return g_strdup("***");
	start = strstr(url, "://") + 3;
	if (start + strcspn(start, "/?#") < at)
		return g_strdup("***");
	return g_strdup_printf("%.*s***%s", (int)(start - url), url, at);
}

static bool is_pin(const char *pin)
{
	g_autofree guchar *key = NULL;
	g_autofree char *again = NULL;
	gsize size = 0;

	if (!g_str_has_prefix(pin, PIN_PREFIX))
		return false;
	pin += strlen(PIN_PREFIX);
	key = g_base64_decode(pin, &size);
	if (size != PIN_SIZE)
		return false;
	/* The decoder skips what is not base64; a pin has nothing to skip. */
	again = g_base64_encode(key, size);
	return strcmp(again, pin) == 0;
}

char *syntax_check_pin(const char *value)
{
	g_auto(GStrv) pins = g_strsplit(value, ";", -1);

	for (char **pin = pins; *pin != NULL; pin++) {
		if (!is_pin(*pin))
			return g_strdup_printf("\"%s\" is not a pin: write "
					       "sha256// and 44 characters of "
					       "base64, several separated by "
					       "\";\" and all of it in double "
					       "quotes",
			    *pin);
	}
	return NULL;
}

/* RFC 6154 and RFC 8457. */
static const char *const special_uses[] = {"All", "Archive", "Drafts",
    "Flagged", "Important", "Junk", "Sent", "Trash", NULL};

/* use: without its backslash. */
static char *check_use(const char *use)
{
	g_autofree char *known =
	    g_strjoinv(", \\", (char **)(gpointer)special_uses);
	g_autofree char *word = g_ascii_strdown(use, -1);
	struct nearest nearest = nearest_to(word);

	*word = g_ascii_toupper(*word);
	for (const char *const *name = special_uses; *name != NULL; name++) {
		if (g_ascii_strcasecmp(*name, use) == 0)
			return NULL;
		nearest_offer(&nearest, *name);
	}
	if (nearest.best != NULL)
		return g_strdup_printf("\"\\%s\" is no special use: did you "
				       "mean \"\\%s\"?",
		    use, nearest.best);
	return g_strdup_printf(
	    "\"\\%s\" is no special use: those are \\%s", use, known);
}

char *syntax_check_mailbox(const char *value)
{
	const char *text = value;

	text += *text == '!' ? 1 : 0;
	text += strspn(text, " \t");
	if (*text == '\0')
		return g_strdup("\"!\" alone keeps nothing out: write a "
				"mailbox behind it");
	if (*text == '\\')
		return check_use(text + 1);
	if (strpbrk(text, "*%") != NULL && strlen(text) > PATTERN_MAX)
		return g_strdup_printf(
		    "a pattern has at most %d octets", PATTERN_MAX);
	return NULL;
}

char *syntax_check_target(const char *value)
{
	if (*value == '!' || *value == '\\' || strpbrk(value, "*%") != NULL)
		return g_strdup("write the name of one mailbox, as idlebell "
				"mailboxes shows it");
	return NULL;
}

char *syntax_check_account(const char *name)
{
	const char *c = name;

	while (g_ascii_isalnum(*c) || (*c != '\0' && strchr("._-@+", *c)))
		c++;
	if (*c != '\0' || *name == '\0')
		return g_strdup("an account's name has only letters (a to z), "
				"digits and . _ - @ + in it");
	if (*name == '.' || *name == '-')
		return g_strdup_printf(
		    "an account's name must not begin with \"%c\"", *name);
	if (strlen(name) > ACCOUNT_NAME_MAX)
		return g_strdup_printf(
		    "an account's name has at most %d characters",
		    ACCOUNT_NAME_MAX);
	return NULL;
}

char *syntax_check_rule(const char *name)
{
	if (strchr(name, ':') != NULL)
		return g_strdup("a rule's name must not have a \":\" in it");
	if (strlen(name) > RULE_NAME_MAX)
		return g_strdup_printf(
		    "a rule's name has at most %d octets", RULE_NAME_MAX);
	return NULL;
}
