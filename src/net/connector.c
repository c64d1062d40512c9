/*
 * The connector: each attempt is one easy handle in one multi handle, driven
 * by the loop's watches and one timer; when it has connected, its socket is
 * duplicated and the handle forgotten (11 kB less for each connection).
 *
 * libcurl knows names, addresses and proxies; what is said on the socket is
 * the stream's.  Everything, and the first step of an attempt too, happens
 * in events of the loop.
 */
#include "net/connector.h"
#include "net/proxy.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Attempts under way: each may be a thread that resolves a name. */
#define CONNECTOR_MAX     16
/* Of them to one host: one that does not answer is not in the others' way. */
#define CONNECTOR_OF_HOST 4
#define CONNECTOR_TIMEOUT 30000 /* ms */

struct connector {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *curl_timer;  /* libcurl's own */
	struct loop_timer *start_timer; /* begins what waits */
	GHashTable *sockets;            /* fd to struct connector_socket */
	GQueue waiting, running;        /* struct connector_attempt */
};

struct connector_attempt {
	struct connector *connector;
	GList link;
	GQueue *queue; /* where link is */
	CURL *easy;
	CURLU *url;
	connector_fn *fn;
	void *data;
	char *host;
	int port;
	int64_t keepalive; /* ms */
	bool environment;  /* the proxy is the environment's */
	char *proxy;       /* URL, NULL: none */
	char *proxy_name;  /* "HOST port N"; NULL: none, or who knows */
	long proxy_port;   /* where proxy_name is */
	bool doubt;        /* $no_proxy may have its say */
	char reason[CURL_ERROR_SIZE];
};

/* A socket that libcurl wants watched. */
struct connector_socket {
	struct connector *connector;
	CURL *easy; /* whose it is */
	curl_socket_t fd;
	struct loop_watch *watch;
};

static gboolean connector_socket_is_of(void *fd, void *entry, void *easy)
{
	(void)fd;
	return ((struct connector_socket *)entry)->easy == easy;
}

/* A handle that is removed closes its sockets before it says that they need
 * not be watched any more. */
static void connector_forget_sockets(struct connector_attempt *attempt)
{
	g_hash_table_foreach_remove(
	    attempt->connector->sockets, connector_socket_is_of, attempt->easy);
}

/* Takes it out of its queue and of libcurl, and frees it. */
static void connector_attempt_free(struct connector_attempt *attempt)
{
	g_queue_unlink(attempt->queue, &attempt->link);
	if (attempt->easy) {
		connector_forget_sockets(attempt);
		curl_multi_remove_handle(
		    attempt->connector->multi, attempt->easy);
		curl_easy_cleanup(attempt->easy);
	}
	curl_url_cleanup(attempt->url);
	if (attempt->proxy)
		explicit_bzero(attempt->proxy, strlen(attempt->proxy));
	g_free(attempt->proxy);
	g_free(attempt->proxy_name);
	g_free(attempt->host);
	g_free(attempt);
}

static void connector_finish(
    struct connector_attempt *attempt, int fd, const GError *error)
{
	struct connector *connector = attempt->connector;
	connector_fn *fn = attempt->fn;
	void *data = attempt->data;

	connector_attempt_free(attempt);
	if (!g_queue_is_empty(&connector->waiting))
		loop_timer_set(connector->start_timer, 0);
	fn(data, fd, error);
}

static void connector_explain_resolve(
    struct connector_attempt *attempt, GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_RESOLVE,
	    "cannot find the host %s: no such name, or no name server answers",
	    attempt->host);
}

static void connector_explain_resolve_proxy(
    struct connector_attempt *attempt, GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
	    "cannot find the proxy %s: no such name, or no name server answers",
	    attempt->proxy_name ? attempt->proxy_name : "of the environment");
}

/* Is it the way, and not who is at its end? */
static bool connector_is_cut_off(long code)
{
	return code == ENETUNREACH || code == EHOSTUNREACH ||
	    code == ENETDOWN || code == EADDRNOTAVAIL;
}

static void connector_explain_connect(
    struct connector_attempt *attempt, GError **error)
{
	long code = 0;
	const char *reason = attempt->reason;

	curl_easy_getinfo(attempt->easy, CURLINFO_OS_ERRNO, &code);
	/* In doubt libcurl's own sentence says who it was. */
	if (code && !attempt->doubt)
		reason = g_strerror((int)code);
	if (attempt->proxy_name)
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "cannot connect to the proxy %s: %s", attempt->proxy_name,
		    reason);
	else
		g_set_error(error, NET_ERROR,
		    connector_is_cut_off(code) ? NET_ERROR_NETWORK
					       : NET_ERROR_CONNECT,
		    "cannot connect to %s port %d: %s", attempt->host,
		    attempt->port, reason);
}

static void connector_explain_timeout(
    struct connector_attempt *attempt, GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_TIMEOUT,
	    "no connection to %s port %d within %d s%s%s", attempt->host,
	    attempt->port, CONNECTOR_TIMEOUT / 1000,
	    attempt->proxy_name ? " through the proxy " : "",
	    attempt->proxy_name ? attempt->proxy_name : "");
}

/* The answer of an HTTP proxy: 407 (tinyproxy: 401) wants a login. */
static void connector_explain_status(
    struct connector_attempt *attempt, long status, GError **error)
{
	if (status == 401 || status == 407)
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "the proxy %s wants another user name and password "
		    "(HTTP status %ld): put them into its URL",
		    attempt->proxy_name, status);
	else
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "the proxy %s does not connect to %s port %d "
		    "(HTTP status %ld)",
		    attempt->proxy_name, attempt->host, attempt->port, status);
}

static void connector_explain_other(
    struct connector_attempt *attempt, CURLcode result, GError **error)
{
	const char *reason =
	    *attempt->reason ? attempt->reason : curl_easy_strerror(result);
	long status = 0;

	curl_easy_getinfo(attempt->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (attempt->proxy_name && status >= 300)
		connector_explain_status(attempt, status, error);
	else if (attempt->proxy_name)
		g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
		    "no way to %s port %d through the proxy %s: %s",
		    attempt->host, attempt->port, attempt->proxy_name, reason);
	else
		g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
		    "cannot connect to %s port %d: %s", attempt->host,
		    attempt->port, reason);
}

static void connector_explain(
    struct connector_attempt *attempt, CURLcode result, GError **error)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		connector_explain_resolve(attempt, error);
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		connector_explain_resolve_proxy(attempt, error);
		break;
	case CURLE_COULDNT_CONNECT:
		connector_explain_connect(attempt, error);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		connector_explain_timeout(attempt, error);
		break;
	default:
		connector_explain_other(attempt, result, error);
	}
}

#define CONNECTOR_PROBES 3

/* Errors of setsockopt are not ours to report: the connection works without,
 * and the session has deadlines of its own.  The kernel counts in seconds, up
 * to 32767 of them. */
static void connector_tune(int fd, int64_t keepalive)
{
	int idle = (int)CLAMP((keepalive + 999) / 1000, 1, 32767);
	const struct {
		int level, name, value;
	} options[] = {
	    {IPPROTO_TCP, TCP_NODELAY, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, idle},
	    {IPPROTO_TCP, TCP_KEEPINTVL, MAX(idle / 4, 1)},
	    {IPPROTO_TCP, TCP_KEEPCNT, CONNECTOR_PROBES},
	    {SOL_SOCKET, SO_KEEPALIVE, keepalive > 0},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(options); i++)
		setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value));
}

/* Has it connected to the proxy?  The port is what can be compared: a name
 * has many addresses. */
static bool connector_is_at_proxy(
    struct connector_attempt *attempt, GError **error)
{
	long port = 0;

	if (!attempt->proxy_name)
		return true;
	curl_easy_getinfo(attempt->easy, CURLINFO_PRIMARY_PORT, &port);
	if (port == attempt->proxy_port)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_PROXY,
	    "libcurl %s would go to %s port %d without the proxy %s",
	    LIBCURL_VERSION, attempt->host, attempt->port, attempt->proxy_name);
	return false;
}

/* libcurl closes its socket with the handle; the duplicate stays. */
static int connector_take(struct connector_attempt *attempt, GError **error)
{
	curl_socket_t theirs = CURL_SOCKET_BAD;
	int fd = -1;

	curl_easy_getinfo(attempt->easy, CURLINFO_ACTIVESOCKET, &theirs);
	errno = ENOTCONN;
	/* An epoll set knows a descriptor by the file behind it, which is
	 * going to have two. */
	connector_forget_sockets(attempt);
	if (theirs != CURL_SOCKET_BAD)
		fd = fcntl(theirs, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
		connector_tune(fd, attempt->keepalive);
		return fd;
	}
	g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
	    "cannot connect to %s port %d: %s", attempt->host, attempt->port,
	    g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static void connector_done(struct connector_attempt *attempt, CURLcode result)
{
	g_autoptr(GError) error = NULL;
	int fd = -1;

	if (result != CURLE_OK)
		connector_explain(attempt, result, &error);
	else if (connector_is_at_proxy(attempt, &error))
		fd = connector_take(attempt, &error);
	connector_finish(attempt, fd, error);
}

/* Hands out what has ended; a callback may cancel what is next. */
static void connector_collect(struct connector *connector)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(connector->multi, &left))) {
		struct connector_attempt *attempt = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &attempt);
		connector_done(attempt, message->data.result);
	}
}

static void connector_on_socket(void *data, uint32_t events)
{
	struct connector_socket *entry = data;
	struct connector *connector = entry->connector;
	int bits = 0, running;

	if (events & EPOLLIN)
		bits |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		bits |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		bits |= CURL_CSELECT_ERR;
	/* This may free the entry. */
	curl_multi_socket_action(connector->multi, entry->fd, bits, &running);
	connector_collect(connector);
}

static void connector_on_curl_timer(void *data)
{
	struct connector *connector = data;
	int running;

	curl_multi_socket_action(
	    connector->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	connector_collect(connector);
}

/* CURLMOPT_TIMERFUNCTION */
static int connector_want_timer(CURLM *multi, long ms, void *data)
{
	struct connector *connector = data;

	(void)multi;
	loop_timer_set(
	    connector->curl_timer, ms < 0 ? INT64_MAX : loop_now() + ms);
	return 0;
}

static void connector_socket_free(void *data)
{
	struct connector_socket *entry = data;

	loop_watch_free(entry->watch);
	g_free(entry);
}

static struct connector_socket *connector_socket_get(
    struct connector *connector, CURL *easy, int fd)
{
	struct connector_socket *entry =
	    g_hash_table_lookup(connector->sockets, GINT_TO_POINTER(fd));

	if (entry)
		return entry;
	entry = g_new0(struct connector_socket, 1);
	entry->connector = connector;
	entry->easy = easy;
	entry->fd = fd;
	entry->watch =
	    loop_watch_new(connector->loop, fd, 0, connector_on_socket, entry);
	g_hash_table_insert(connector->sockets, GINT_TO_POINTER(fd), entry);
	return entry;
}

/* CURLMOPT_SOCKETFUNCTION */
static int connector_want_socket(
    CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
	struct connector *connector = data;
	uint32_t events = 0;

	(void)socket_data;
	if (what == CURL_POLL_REMOVE) {
		g_hash_table_remove(connector->sockets, GINT_TO_POINTER(fd));
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	loop_watch_set(
	    connector_socket_get(connector, easy, fd)->watch, events);
	return 0;
}

bool connector_has_proxy(const struct connector_target *target)
{
	if (g_strcmp0(target->proxy, "env") == 0)
		return proxy_of_environment() != NULL;
	return target->proxy != NULL;
}

/* What is in doubt is not named in errors: it may not be used. */
static bool connector_read_proxy(
    struct connector_attempt *attempt, GError **error)
{
	g_autofree char *host = NULL;
	long port;

	if (!proxy_read(attempt->proxy, &host, &port, error))
		return false;
	if (attempt->doubt)
		return true;
	attempt->proxy_port = port;
	attempt->proxy_name = g_strdup_printf("%s port %ld", host, port);
	return true;
}

static bool connector_set_url(struct connector_attempt *attempt, GError **error)
{
	g_autofree char *port = g_strdup_printf("%d", attempt->port);
	g_autofree char *host = strchr(attempt->host, ':')
	    ? g_strdup_printf("[%s]", attempt->host)
	    : g_strdup(attempt->host);

	attempt->url = curl_url();
	if (curl_url_set(attempt->url, CURLUPART_SCHEME, "http", 0) ==
		CURLUE_OK &&
	    curl_url_set(attempt->url, CURLUPART_HOST, host, 0) == CURLUE_OK &&
	    curl_url_set(attempt->url, CURLUPART_PORT, port, 0) == CURLUE_OK)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_RESOLVE,
	    "cannot find the host %s: that is not a host name", attempt->host);
	return false;
}

/*
 * CURLOPT_PROXY "" keeps libcurl from the environment's proxies, and
 * CURLOPT_NOPROXY "" a proxy that was written down from $no_proxy.
 */
static void connector_set_proxy(CURL *easy, const char *proxy, bool environment)
{
	curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? proxy : "");
	if (!environment)
		curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void connector_set_options(struct connector_attempt *attempt)
{
	CURL *easy = attempt->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, attempt);
	curl_easy_setopt(easy, CURLOPT_CURLU, attempt->url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, attempt->reason);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECTOR_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)CONNECTOR_TIMEOUT);
	/* What a name meant in the network of a minute ago is no help. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Without it the end of an attempt waits for getaddrinfo() in its
	 * thread: a dead name server would stop the whole loop. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	connector_set_proxy(easy, attempt->proxy, attempt->environment);
}

static bool connector_begin(struct connector_attempt *attempt, GError **error)
{
	CURLMcode code;

	if (attempt->proxy && !connector_read_proxy(attempt, error))
		return false;
	if (!connector_set_url(attempt, error))
		return false;
	attempt->easy = curl_easy_init();
	connector_set_options(attempt);
	code = curl_multi_add_handle(attempt->connector->multi, attempt->easy);
	if (code == CURLM_OK)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
	    "cannot connect to %s port %d: %s", attempt->host, attempt->port,
	    curl_multi_strerror(code));
	return false;
}

static void connector_move(struct connector_attempt *attempt, GQueue *queue)
{
	g_queue_unlink(attempt->queue, &attempt->link);
	g_queue_push_tail_link(queue, &attempt->link);
	attempt->queue = queue;
}

static unsigned connector_count(struct connector *connector, const char *host)
{
	unsigned count = 0;

	for (GList *link = connector->running.head; link; link = link->next) {
		const struct connector_attempt *attempt = link->data;

		count += g_ascii_strcasecmp(attempt->host, host) == 0;
	}
	return count;
}

/* The first that may begin now, or NULL. */
static struct connector_attempt *connector_next(struct connector *connector)
{
	if (g_queue_get_length(&connector->running) >= CONNECTOR_MAX)
		return NULL;
	for (GList *link = connector->waiting.head; link; link = link->next) {
		struct connector_attempt *attempt = link->data;

		if (connector_count(connector, attempt->host) <
		    CONNECTOR_OF_HOST)
			return attempt;
	}
	return NULL;
}

static void connector_on_start(void *data)
{
	struct connector *connector = data;
	struct connector_attempt *attempt;

	while ((attempt = connector_next(connector))) {
		g_autoptr(GError) error = NULL;

		connector_move(attempt, &connector->running);
		if (!connector_begin(attempt, &error))
			connector_finish(attempt, -1, error);
	}
}

struct connector_attempt *connector_start(struct connector *connector,
    const struct connector_target *target, connector_fn *fn, void *data)
{
	struct connector_attempt *attempt = g_new0(struct connector_attempt, 1);
	const char *proxy = target->proxy;

	attempt->connector = connector;
	attempt->link.data = attempt;
	attempt->fn = fn;
	attempt->data = data;
	attempt->host = g_strdup(target->host);
	attempt->port = target->port;
	attempt->keepalive = target->keepalive;
	attempt->environment = g_strcmp0(proxy, "env") == 0;
	if (attempt->environment)
		proxy = proxy_of_environment();
	attempt->doubt = attempt->environment &&
	    (g_getenv("no_proxy") || g_getenv("NO_PROXY"));
	attempt->proxy = g_strdup(proxy);
	attempt->queue = &connector->waiting;
	g_queue_push_tail_link(attempt->queue, &attempt->link);
	loop_timer_set(connector->start_timer, 0);
	return attempt;
}

void connector_cancel(struct connector_attempt *attempt)
{
	struct connector *connector;

	if (!attempt)
		return;
	connector = attempt->connector;
	connector_attempt_free(attempt);
	if (!g_queue_is_empty(&connector->waiting))
		loop_timer_set(connector->start_timer, 0);
}

static bool connector_global_init(void)
{
	static size_t state;

	if (g_once_init_enter(&state)) {
		CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

		g_once_init_leave(&state, code == CURLE_OK ? 1 : 2);
	}
	return state == 1;
}

struct connector *connector_new(struct loop *loop, GError **error)
{
	struct connector *connector;
	CURLM *multi = NULL;

	if (connector_global_init())
		multi = curl_multi_init();
	if (!multi) {
		g_set_error(error, NET_ERROR, NET_ERROR_SETUP,
		    "cannot start libcurl %s", LIBCURL_VERSION);
		return NULL;
	}
	connector = g_new0(struct connector, 1);
	connector->loop = loop;
	connector->multi = multi;
	g_queue_init(&connector->waiting);
	g_queue_init(&connector->running);
	connector->sockets =
	    g_hash_table_new_full(NULL, NULL, NULL, connector_socket_free);
	connector->curl_timer =
	    loop_timer_new(loop, connector_on_curl_timer, connector);
	connector->start_timer =
	    loop_timer_new(loop, connector_on_start, connector);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, connector);
	curl_multi_setopt(
	    multi, CURLMOPT_SOCKETFUNCTION, connector_want_socket);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, connector);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, connector_want_timer);
	return connector;
}

void connector_free(struct connector *connector)
{
	if (!connector)
		return;
	while (!g_queue_is_empty(&connector->waiting))
		connector_cancel(g_queue_peek_head(&connector->waiting));
	while (!g_queue_is_empty(&connector->running))
		connector_cancel(g_queue_peek_head(&connector->running));
	curl_multi_cleanup(connector->multi);
	g_hash_table_unref(connector->sockets);
	loop_timer_free(connector->curl_timer);
	loop_timer_free(connector->start_timer);
	g_free(connector);
}
