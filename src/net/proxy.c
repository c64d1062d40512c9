/*
 * libcurl reads the URL, and says nothing of what it cannot use: it is asked
 * before it is told to connect.
 */
#include "net/proxy.h"
#include "net/error.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static const char *const schemes[] = {
    "http", "socks4", "socks4a", "socks5", "socks5h", NULL};

/*
 * Whose proxy "env" is.  libcurl would ask $http_proxy for the scheme it is
 * given here; what comes is a secure tunnel, so it is $https_proxy's.
 */
const char *proxy_of_environment(void)
{
	static const char *const names[] = {
	    "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_getenv(names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

/*
 * Whether libcurl is going to find in the URL what it needs.  Where it cannot
 * decode the login (7.88: a control character in it), it says nothing and
 * connects without the proxy.
 */
static bool is_readable(CURLU *url)
{
	static const struct {
		CURLUPart part;
		CURLUcode absent;
	} parts[] = {
	    {CURLUPART_USER, CURLUE_NO_USER},
	    {CURLUPART_PASSWORD, CURLUE_NO_PASSWORD},
	    {CURLUPART_HOST, CURLUE_OK},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *text = NULL;
		CURLUcode code =
		    curl_url_get(url, parts[i].part, &text, CURLU_URLDECODE);

		if (text)
			explicit_bzero(text, strlen(text));
		curl_free(text);
		if (code != CURLUE_OK && code != parts[i].absent)
			return false;
	}
	return true;
}

static bool check(
    CURLU *url, const char *scheme, const char *host, GError **error)
{
	if (!scheme || !host)
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "the proxy is not written as a URL, like "
		    "socks5h://proxy.example.org:1080");
	else if (!g_strv_contains(schemes, scheme))
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "the proxy %s is of the kind %s, but only http, socks4, "
		    "socks4a, socks5 and socks5h are supported",
		    host, scheme);
	else if (!is_readable(url))
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "the proxy %s has a user name or password that cannot be "
		    "used: no control characters, %%00 to %%1F, in its URL",
		    host);
	else
		return true;
	return false;
}

bool proxy_read(
    const char *proxy, char **ret_host, long *ret_port, GError **error)
{
	g_autofree char *full = strstr(proxy, "://")
	    ? g_strdup(proxy)
	    : g_strconcat("http://", proxy, NULL);
	char *scheme = NULL, *host = NULL, *port = NULL;
	CURLU *url = curl_url();
	bool good;

	curl_url_set(url, CURLUPART_URL, full, CURLU_NON_SUPPORT_SCHEME);
	curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
	curl_url_get(url, CURLUPART_HOST, &host, 0);
	curl_url_get(url, CURLUPART_PORT, &port, 0);
	good = check(url, scheme, host, error);
	if (good) {
		*ret_host = g_strdup(host);
		*ret_port = port ? strtol(port, NULL, 10) : 1080;
	}
	explicit_bzero(full, strlen(full));
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
	return good;
}
