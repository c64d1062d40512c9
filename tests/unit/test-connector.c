/*
 * The connector against sockets and proxies of its own: what it says of
 * failures, that no byte is lost behind a proxy, what the environment may.
 */
#include "config.h"

#include "net.h"
#include "net/connector.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#define GREETING "* OK hello, there\r\n"

static struct loop *loop;
static struct connector *connector;

struct outcome {
	bool done;
	int fd;
	GError *error;
	unsigned *count;
	bool *all;
	unsigned wanted;
};

static void on_connected(void *data, int fd, const GError *error)
{
	struct outcome *outcome = data;

	g_assert_false(outcome->done);
	g_assert_true((fd >= 0) == (error == NULL));
	outcome->done = true;
	outcome->fd = fd;
	outcome->error = error ? g_error_copy(error) : NULL;
	if (outcome->count && ++*outcome->count == outcome->wanted)
		*outcome->all = true;
}

static void set_up(void)
{
	static const char *const names[] = {"http_proxy", "https_proxy",
	    "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"};
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		unsetenv(names[i]);
	loop = loop_new(&error);
	g_assert_no_error(error);
	connector = connector_new(loop, &error);
	g_assert_no_error(error);
}

static void tear_down(void)
{
	connector_free(connector);
	loop_free(loop);
}

static struct outcome connect_to(const char *host, int port, const char *proxy)
{
	struct connector_target target = {host, port, proxy, 60000, 0};
	struct outcome outcome = {.fd = -1};

	g_assert_nonnull(
	    connector_start(connector, &target, on_connected, &outcome));
	g_assert_false(outcome.done);
	net_run_until(&outcome.done);
	return outcome;
}

static void outcome_clear(struct outcome *outcome)
{
	if (outcome->fd >= 0)
		close(outcome->fd);
	g_clear_error(&outcome->error);
}

/* The error, as one fragment: no capital, no line end, no secret. */
static void assert_fails(struct outcome *outcome, int code, const char *text)
{
	g_assert_error(outcome->error, NET_ERROR, code);
	g_test_message("%s", outcome->error->message);
	g_assert_nonnull(strstr(outcome->error->message, text));
	g_assert_true(g_ascii_islower(outcome->error->message[0]));
	g_assert_null(strpbrk(outcome->error->message, "\r\n"));
	g_assert_null(strstr(outcome->error->message, "s3cret"));
	outcome_clear(outcome);
}

static int option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	g_assert_cmpint(getsockopt(fd, level, name, &value, &size), ==, 0);
	return value;
}

/* Connections the other side has accepted so far. */
static unsigned backlog_of(int listener)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);

	g_assert_cmpint(
	    getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size), ==, 0);
	return info.tcpi_unacked;
}

/* Milliseconds to what the kernel takes: seconds, rounded up, and a quarter of
 * it. */
static void test_keepalive(void)
{
	static const struct {
		int64_t keepalive;
		int on, idle, interval;
	} cases[] = {
	    {0, 0, 1, 1},
	    {1, 1, 1, 1},
	    {10000, 1, 10, 2},
	    {90001, 1, 91, 22},
	    {INT64_C(7200000), 1, 7200, 1800},
	    {INT64_C(1) << 40, 1, 32767, 8191},
	};

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
		int port, listener = net_listen(8, &port);
		struct connector_target target = {
		    "127.0.0.1", port, NULL, cases[i].keepalive, 0};
		struct outcome outcome = {.fd = -1};

		connector_start(connector, &target, on_connected, &outcome);
		net_run_until(&outcome.done);
		g_assert_cmpint(option_of(outcome.fd, SOL_SOCKET, SO_KEEPALIVE),
		    ==, cases[i].on);
		g_assert_cmpint(
		    option_of(outcome.fd, IPPROTO_TCP, TCP_KEEPIDLE), ==,
		    cases[i].idle);
		g_assert_cmpint(
		    option_of(outcome.fd, IPPROTO_TCP, TCP_KEEPINTVL), ==,
		    cases[i].interval);
		outcome_clear(&outcome);
		close(listener);
	}
	tear_down();
}

static void test_direct(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;
	char byte;

	set_up();
	outcome = connect_to("127.0.0.1", port, NULL);
	g_assert_no_error(outcome.error);
	g_assert_true(fcntl(outcome.fd, F_GETFL) & O_NONBLOCK);
	g_assert_true(fcntl(outcome.fd, F_GETFD) & FD_CLOEXEC);
	g_assert_cmpint(option_of(outcome.fd, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
	g_assert_cmpint(
	    option_of(outcome.fd, IPPROTO_TCP, TCP_KEEPIDLE), ==, 60);
	g_assert_cmpint(
	    option_of(outcome.fd, IPPROTO_TCP, TCP_KEEPINTVL), ==, 15);
	g_assert_cmpint(option_of(outcome.fd, IPPROTO_TCP, TCP_KEEPCNT), ==, 3);
	g_assert_cmpint(option_of(outcome.fd, IPPROTO_TCP, TCP_NODELAY), ==, 1);
	/* libcurl has let go: the connection lives without it. */
	tear_down();
	g_assert_cmpint(recv(outcome.fd, &byte, 1, 0), ==, -1);
	g_assert_cmpint(errno, ==, EAGAIN);
	outcome_clear(&outcome);
	close(listener);
}

static void test_localhost(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;

	set_up();
	/* Perhaps ::1 first, where nobody listens. */
	outcome = connect_to("localhost", port, NULL);
	g_assert_no_error(outcome.error);
	outcome_clear(&outcome);
	tear_down();
	close(listener);
}

static void test_refused(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;
	g_autofree char *text = NULL;

	close(listener);
	set_up();
	outcome = connect_to("127.0.0.1", port, NULL);
	text = g_strdup_printf(
	    "cannot connect to 127.0.0.1 port %d: Connection refused", port);
	assert_fails(&outcome, NET_ERROR_CONNECT, text);
	outcome = connect_to("::1", port, NULL);
	assert_fails(&outcome, NET_ERROR_CONNECT, "cannot connect to ::1 port");
	tear_down();
}

static void test_unknown_host(void)
{
	struct outcome outcome;

	set_up();
	outcome = connect_to("imap.invalid", 993, NULL);
	assert_fails(
	    &outcome, NET_ERROR_RESOLVE, "cannot find the host imap.invalid: ");
	outcome = connect_to("no host at all", 993, NULL);
	assert_fails(&outcome, NET_ERROR_RESOLVE,
	    "cannot find the host no host at all: ");
	tear_down();
}

/* A server for one connection, in a thread. */
struct fake {
	int listener, port;
	const char *reply;
	GThread *thread;
	GString *heard;
};

static void fake_start(struct fake *fake, GThreadFunc fn, const char *reply)
{
	fake->listener = net_listen(8, &fake->port);
	fake->reply = reply;
	fake->heard = g_string_new(NULL);
	fake->thread = g_thread_new("fake", fn, fake);
}

static void fake_end(struct fake *fake)
{
	g_thread_join(fake->thread);
	g_string_free(fake->heard, TRUE);
	close(fake->listener);
}

/* Answers an HTTP request by its reply, then waits for the end. */
static void *fake_http(void *data)
{
	struct fake *fake = data;
	int fd = net_accept(fake->listener);
	char byte;

	while (!strstr(fake->heard->str, "\r\n\r\n")) {
		g_assert_cmpint(net_receive(fd, &byte, 1), ==, 1);
		g_string_append_c(fake->heard, byte);
	}
	send(fd, fake->reply, strlen(fake->reply), MSG_NOSIGNAL);
	while (net_receive(fd, &byte, 1) > 0)
		;
	close(fd);
	return NULL;
}

static void receive(int fd, void *bytes, size_t size)
{
	char *at = bytes;

	for (size_t got; size > 0; at += got, size -= got) {
		ssize_t result = net_receive(fd, at, size);

		g_assert_cmpint(result, >, 0);
		got = (size_t)result;
	}
}

/* SOCKS 5 (RFC 1928) without or with a password (RFC 1929). */
static void *fake_socks(void *data)
{
	static const char refusal[] = {5, 5, 0, 1, 0, 0, 0, 0, 0, 0};
	struct fake *fake = data;
	int fd = net_accept(fake->listener);
	unsigned char bytes[256];

	receive(fd, bytes, 2);
	receive(fd, bytes, bytes[1]);
	send(fd, "\5\0", 2, MSG_NOSIGNAL);
	receive(fd, bytes, 5);
	g_assert_cmpint(bytes[3], ==, 3); /* a name: the proxy resolves it */
	receive(fd, bytes + 5, bytes[4] + 2u);
	g_string_append_len(fake->heard, (char *)bytes + 5, bytes[4]);
	if (fake->reply) {
		/* The reply and the greeting in one segment. */
		GString *reply = g_string_new_len("\5\0\0\1\0\0\0\0\0\0", 10);

		g_string_append(reply, fake->reply);
		send(fd, reply->str, reply->len, MSG_NOSIGNAL);
		g_string_free(reply, TRUE);
	} else {
		send(fd, refusal, sizeof(refusal), MSG_NOSIGNAL);
	}
	while (net_receive(fd, bytes, 1) > 0)
		;
	close(fd);
	return NULL;
}

static void assert_greeting(struct outcome *outcome)
{
	char bytes[sizeof(GREETING) - 1];

	g_assert_no_error(outcome->error);
	fcntl(outcome->fd, F_SETFL, 0);
	net_set_patience(outcome->fd);
	receive(outcome->fd, bytes, sizeof(bytes));
	g_assert_cmpmem(bytes, sizeof(bytes), GREETING, strlen(GREETING));
	outcome_clear(outcome);
}

static void test_http_proxy(void)
{
	struct fake fake;
	struct outcome outcome;
	g_autofree char *proxy = NULL;

	set_up();
	/* A proxy that was written down is not $no_proxy's business. */
	setenv("no_proxy", "*", 1);
	fake_start(&fake, fake_http, "HTTP/1.1 200 OK\r\n\r\n" GREETING);
	proxy = g_strdup_printf("http://joe:s3cret@127.0.0.1:%d", fake.port);
	outcome = connect_to("imap.invalid", 993, proxy);
	assert_greeting(&outcome);
	g_assert_true(g_str_has_prefix(
	    fake.heard->str, "CONNECT imap.invalid:993 HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(fake.heard->str,
	    "Proxy-Authorization: Basic am9lOnMzY3JldA==\r\n"));
	fake_end(&fake);
	tear_down();
}

static void test_socks_proxy(void)
{
	struct fake fake;
	struct outcome outcome;
	g_autofree char *proxy = NULL;

	set_up();
	fake_start(&fake, fake_socks, GREETING);
	proxy = g_strdup_printf("socks5h://127.0.0.1:%d", fake.port);
	outcome = connect_to("imap.invalid", 993, proxy);
	assert_greeting(&outcome);
	g_assert_cmpstr(fake.heard->str, ==, "imap.invalid");
	fake_end(&fake);
	tear_down();
}

static void try_http_refusal(const char *reply, const char *text)
{
	struct fake fake;
	struct outcome outcome;
	g_autofree char *proxy = NULL;

	fake_start(&fake, fake_http, reply);
	proxy = g_strdup_printf("http://joe:s3cret@127.0.0.1:%d", fake.port);
	outcome = connect_to("imap.invalid", 993, proxy);
	assert_fails(&outcome, NET_ERROR_PROXY, text);
	fake_end(&fake);
}

static void test_proxy_refuses(void)
{
	struct fake fake;
	struct outcome outcome;
	g_autofree char *proxy = NULL;

	set_up();
	try_http_refusal("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nnot ok",
	    "does not connect to imap.invalid port 993 (HTTP status 403)");
	try_http_refusal("HTTP/1.1 407 Who?\r\nConnection: close\r\n"
			 "Content-Length: 0\r\n\r\n",
	    "wants another user name and password");
	try_http_refusal("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n", "the proxy");
	fake_start(&fake, fake_socks, NULL);
	proxy = g_strdup_printf("socks5h://127.0.0.1:%d", fake.port);
	outcome = connect_to("imap.invalid", 993, proxy);
	assert_fails(&outcome, NET_ERROR_PROXY, "imap.invalid port 993");
	fake_end(&fake);
	tear_down();
}

static void test_proxy_absent(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;
	g_autofree char *proxy =
	    g_strdup_printf("http://joe:s3cret@127.0.0.1:%d", port);
	g_autofree char *text =
	    g_strdup_printf("cannot connect to the proxy 127.0.0.1 port %d: "
			    "Connection refused",
		port);

	close(listener);
	set_up();
	outcome = connect_to("imap.invalid", 993, proxy);
	assert_fails(&outcome, NET_ERROR_PROXY, text);
	outcome = connect_to(
	    "imap.invalid", 993, "http://joe:s3cret@proxy.invalid:3");
	assert_fails(&outcome, NET_ERROR_PROXY,
	    "cannot find the proxy proxy.invalid port 3: ");
	tear_down();
}

static void test_proxy_kinds(void)
{
	static const char *const wrong[] = {"https://joe:s3cret@127.0.0.1:1",
	    "ftp://joe:s3cret@127.0.0.1:1", "http://", "::::", ""};
	struct outcome outcome;

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
		outcome = connect_to("127.0.0.1", 1, wrong[i]);
		assert_fails(&outcome, NET_ERROR_PROXY, "the proxy ");
	}
	tear_down();
}

/* What libcurl does not take must not make it go without a proxy. */
static void test_proxy_login(void)
{
	static const char *const kinds[] = {"http", "socks4", "socks5h"};
	static const char *const logins[] = {"me:s3cret%00", "me:s3cret%01x",
	    "me:s3cret%0ax", "me:s3cret%0D", "s3cret%0a:me", "s3cret%00"};
	int port, listener = net_listen(64, &port);

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(kinds) * G_N_ELEMENTS(logins);
	     i++) {
		g_autofree char *proxy = g_strdup_printf(
		    "%s://%s@127.0.0.1:1", kinds[i % 3], logins[i / 3]);
		struct outcome outcome = connect_to("127.0.0.1", port, proxy);

		assert_fails(&outcome, NET_ERROR_PROXY,
		    "the proxy 127.0.0.1 has a user name or password");
	}
	g_assert_cmpuint(backlog_of(listener), ==, 0);
	tear_down();
	close(listener);
}

/* Set in the environment, but not asked for. */
static void test_environment_not_asked(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;

	set_up();
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	outcome = connect_to("127.0.0.1", port, NULL);
	g_assert_no_error(outcome.error);
	outcome_clear(&outcome);
	tear_down();
	close(listener);
}

static void try_environment(const char *name)
{
	struct fake fake;
	struct outcome outcome;
	g_autofree char *proxy = NULL;

	set_up();
	fake_start(&fake, fake_http, "HTTP/1.1 200 OK\r\n\r\n" GREETING);
	proxy = g_strdup_printf("http://127.0.0.1:%d", fake.port);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv(name, proxy, 1);
	outcome = connect_to("imap.invalid", 993, "env");
	assert_greeting(&outcome);
	fake_end(&fake);
	tear_down();
}

static void test_environment(void)
{
	try_environment("https_proxy");
	try_environment("HTTPS_PROXY");
	try_environment("all_proxy");
	try_environment("ALL_PROXY");
}

static void test_environment_no_proxy(void)
{
	int port, listener = net_listen(8, &port);
	struct outcome outcome;

	set_up();
	outcome = connect_to("127.0.0.1", port, "env");
	g_assert_no_error(outcome.error);
	outcome_clear(&outcome);

	setenv("all_proxy", "http://127.0.0.1:1", 1);
	setenv("no_proxy", "example.org,127.0.0.1", 1);
	outcome = connect_to("127.0.0.1", port, "env");
	g_assert_no_error(outcome.error);
	outcome_clear(&outcome);

	/* Who refused must be told right, through the proxy or past it. */
	outcome = connect_to("imap.invalid", 993, "env");
	assert_fails(&outcome, NET_ERROR_CONNECT, "127.0.0.1 port 1");
	close(listener);
	outcome = connect_to("127.0.0.1", port, "env");
	assert_fails(
	    &outcome, NET_ERROR_CONNECT, "cannot connect to 127.0.0.1");
	tear_down();
}

static void on_never(void *data, int fd, const GError *error)
{
	(void)data;
	(void)fd;
	(void)error;
	g_assert_not_reached();
}

static void test_cancel(void)
{
	int port, listener = net_listen(8, &port);
	struct connector_target here = {"127.0.0.1", port, NULL, 0, 0};
	struct connector_target nowhere = {"imap.invalid", 993, NULL, 0, 0};
	struct connector_attempt *attempts[40];

	set_up();
	connector_cancel(NULL);
	connector_cancel(connector_start(connector, &here, on_never, NULL));
	net_run_dry();
	for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++)
		attempts[i] = connector_start(
		    connector, i % 2 ? &here : &nowhere, on_never, NULL);
	g_main_context_iteration(NULL, TRUE);
	for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++)
		connector_cancel(attempts[i]);
	net_run_dry();
	/* And what is left when all ends. */
	for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++)
		connector_start(connector, &nowhere, on_never, NULL);
	g_main_context_iteration(NULL, TRUE);
	tear_down();
	close(listener);
}

struct pair {
	struct connector_attempt *other;
	bool *done;
	struct pair *peer;
};

static void on_first(void *data, int fd, const GError *error)
{
	struct pair *pair = data;

	g_assert_no_error(error);
	close(fd);
	connector_cancel(pair->other);
	/* The other one must not cancel this one, which is over. */
	pair->peer->other = NULL;
	g_assert_false(*pair->done);
	*pair->done = true;
}

/* Two that would end in the same turn: the first cancels the second. */
static void test_cancel_in_callback(void)
{
	int port, listener = net_listen(8, &port);
	struct connector_target target = {"127.0.0.1", port, NULL, 0, 0};
	bool done = false;
	struct pair a = {NULL, &done, NULL}, b = {NULL, &done, &a};

	set_up();
	a.peer = &b;
	b.other = connector_start(connector, &target, on_first, &a);
	a.other = connector_start(connector, &target, on_first, &b);
	net_run_until(&done);
	net_run_dry();
	tear_down();
	close(listener);
}

static void on_time(void *data)
{
	*(bool *)data = true;
}

static void run_for(int64_t ms)
{
	bool done = false;
	struct loop_timer *timer = loop_timer_new(loop, on_time, &done);

	loop_timer_set(timer, loop_now() + ms);
	net_run_until(&done);
	loop_timer_free(timer);
}

static void test_many(void)
{
	static struct outcome outcomes[40];
	int port, listener = net_listen(64, &port);
	struct connector_target target = {"127.0.0.1", port, NULL, 0, 0};
	bool all = false;
	unsigned count = 0;

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		outcomes[i] = (struct outcome){.fd = -1,
		    .count = &count,
		    .all = &all,
		    .wanted = G_N_ELEMENTS(outcomes)};
		connector_start(connector, &target, on_connected, &outcomes[i]);
	}
	net_run_until(&all);
	/* The other side may hear of the last ones a moment later. */
	while (backlog_of(listener) < 40)
		run_for(1);
	for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		g_assert_no_error(outcomes[i].error);
		outcome_clear(&outcomes[i]);
	}
	tear_down();
	close(listener);
}

/* A proxy that does not answer holds 16 of them; one goes, one comes. */
static void test_limit(void)
{
	int port, listener = net_listen(64, &port);
	g_autofree char *proxy = g_strdup_printf("http://127.0.0.1:%d", port);
	struct connector_attempt *attempts[40];

	set_up();
	for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++) {
		g_autofree char *host = g_strdup_printf("imap%u.invalid", i);
		struct connector_target target = {host, 993, proxy, 0, 0};

		attempts[i] =
		    connector_start(connector, &target, on_never, NULL);
	}
	while (backlog_of(listener) < 16)
		run_for(1);
	run_for(50);
	g_assert_cmpuint(backlog_of(listener), ==, 16);
	connector_cancel(attempts[0]);
	while (backlog_of(listener) < 17)
		run_for(1);
	run_for(50);
	g_assert_cmpuint(backlog_of(listener), ==, 17);
	tear_down();
	close(listener);
}

/* A host that does not answer, however often it is tried, keeps nobody else
 * waiting. */
static void test_limit_of_host(void)
{
	int port, good, silent = net_listen(64, &port),
			listener = net_listen(64, &good);
	g_autofree char *proxy = g_strdup_printf("http://127.0.0.1:%d", port);
	struct connector_target target = {"imap.invalid", 993, proxy, 0, 0};
	struct outcome outcome;

	set_up();
	for (unsigned i = 0; i < 40; i++)
		connector_start(connector, &target, on_never, NULL);
	outcome = connect_to("127.0.0.1", good, NULL);
	g_assert_no_error(outcome.error);
	outcome_clear(&outcome);
	g_assert_cmpuint(backlog_of(silent), <=, 4);
	tear_down();
	close(silent);
	close(listener);
}

int main(int argc, char *argv[])
{
	(void)argc;
	unit_init(argv[0]);
	/* A resolver that does not answer is given up soon, and one that knows
	 * every name below the domain of this computer is not asked so. */
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);
	setenv("LOCALDOMAIN", "invalid", 1);
	g_test_add_func("/connector/direct", test_direct);
	g_test_add_func("/connector/keepalive", test_keepalive);
	g_test_add_func("/connector/localhost", test_localhost);
	g_test_add_func("/connector/refused", test_refused);
	g_test_add_func("/connector/unknown-host", test_unknown_host);
	g_test_add_func("/connector/http-proxy", test_http_proxy);
	g_test_add_func("/connector/socks-proxy", test_socks_proxy);
	g_test_add_func("/connector/proxy-refuses", test_proxy_refuses);
	g_test_add_func("/connector/proxy-absent", test_proxy_absent);
	g_test_add_func("/connector/proxy-kinds", test_proxy_kinds);
	g_test_add_func("/connector/proxy-login", test_proxy_login);
	g_test_add_func(
	    "/connector/environment-not-asked", test_environment_not_asked);
	g_test_add_func("/connector/environment", test_environment);
	g_test_add_func(
	    "/connector/environment-no-proxy", test_environment_no_proxy);
	g_test_add_func("/connector/cancel", test_cancel);
	g_test_add_func(
	    "/connector/cancel-in-callback", test_cancel_in_callback);
	g_test_add_func("/connector/many", test_many);
	g_test_add_func("/connector/limit", test_limit);
	g_test_add_func("/connector/limit-of-host", test_limit_of_host);
	return g_test_run();
}
