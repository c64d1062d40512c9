/*
 * The stream and the way of its packets: whether there still is one, and how
 * long they may be unacknowledged.  In a network namespace of our own.
 */
#include "config.h"

#include "net.h"
#include "net/stream.h"
#include "unit.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>

#define HOME 0x7f000001 /* 127.0.0.1 */
#define AWAY 0x0a090001 /* 10.9.0.1 */

static bool has_network;

static int ask_kernel(uint16_t type, const void *body, size_t size)
{
	struct {
		struct nlmsghdr header;
		char body[128];
	} message = {.header = {.nlmsg_type = type,
			 .nlmsg_len = (uint32_t)NLMSG_LENGTH(size),
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
			     NLM_F_CREATE | NLM_F_REPLACE}};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	memcpy(message.body, body, size);
	g_assert_cmpint(send(fd, &message, message.header.nlmsg_len, 0), >, 0);
	g_assert_cmpint(recv(fd, &answer, sizeof(answer), 0), >, 0);
	close(fd);
	return answer.error.error;
}

/* On the loopback device. */
static void set_address(uint16_t type, uint32_t address)
{
	struct {
		struct ifaddrmsg header;
		struct rtattr attribute;
		uint32_t address;
	} body = {.header = {.ifa_family = AF_INET,
		      .ifa_prefixlen = 32,
		      .ifa_index = 1},
	    .attribute = {.rta_type = IFA_LOCAL, .rta_len = RTA_LENGTH(4)},
	    .address = htonl(address)};

	g_assert_cmpint(ask_kernel(type, &body, sizeof(body)), ==, 0);
}

/* To an address of ours by the loopback device, from another one. */
static void set_source(uint16_t type, uint32_t to, uint32_t from)
{
	struct {
		struct rtmsg header;
		struct rtattr to;
		uint32_t to_address;
		struct rtattr from;
		uint32_t from_address;
		struct rtattr device;
		uint32_t index;
	} body = {.header = {.rtm_family = AF_INET,
		      .rtm_dst_len = 32,
		      .rtm_table = RT_TABLE_LOCAL,
		      .rtm_scope = RT_SCOPE_HOST,
		      .rtm_protocol = RTPROT_STATIC,
		      .rtm_type = RTN_LOCAL},
	    .to = {.rta_type = RTA_DST, .rta_len = RTA_LENGTH(4)},
	    .to_address = htonl(to),
	    .from = {.rta_type = RTA_PREFSRC, .rta_len = RTA_LENGTH(4)},
	    .from_address = htonl(from),
	    .device = {.rta_type = RTA_OIF, .rta_len = RTA_LENGTH(4)},
	    .index = 1};

	g_assert_cmpint(ask_kernel(type, &body, sizeof(body)), ==, 0);
}

struct client {
	struct net *net;
	struct stream_options options;
	struct stream *stream;
	bool opened, received, closed;
	int error;
	int listener, peer;
};

static void on_opened(void *data)
{
	((struct client *)data)->opened = true;
}

static void on_received(void *data, const char *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	((struct client *)data)->received = true;
}

static void on_closed(void *data, const GError *error)
{
	struct client *client = data;

	client->closed = true;
	client->error = error ? error->code : -1;
}

static const struct stream_events events = {
    .opened = on_opened, .received = on_received, .closed = on_closed};

/* A server at any address, and its client at one. */
static void begin(struct client *client, const char *host)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	socklen_t size = sizeof(any);

	*client = (struct client){.net = net_new(NULL), .peer = -1};
	client->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(listen(client->listener, 1), ==, 0);
	g_assert_cmpint(
	    getsockname(client->listener, (struct sockaddr *)&any, &size), ==,
	    0);
	client->options.target = (struct connector_target){.host = host,
	    .port = ntohs(any.sin_port),
	    .keepalive = 60000,
	    .timeout = 30000};
	client->stream =
	    stream_new(client->net, &client->options, &events, client);
}

static void open_up(struct client *client)
{
	net_run_until(&client->opened);
	client->peer = net_accept(client->listener);
}

static void end(struct client *client)
{
	stream_free(client->stream);
	net_free(client->net);
	close(client->listener);
	if (client->peer >= 0)
		close(client->peer);
}

static bool lacks_network(void)
{
	if (!has_network)
		g_test_skip("no network namespace can be made");
	return !has_network;
}

static void test_routed(void)
{
	struct client client;

	begin(&client, "127.0.0.1");
	g_assert_true(stream_is_routed(client.stream));
	g_assert_false(stream_is_connected(client.stream));
	open_up(&client);
	g_assert_true(stream_is_routed(client.stream));
	g_assert_true(stream_is_connected(client.stream));
	end(&client);
}

static void test_closed(void)
{
	struct client client;

	begin(&client, "127.0.0.1");
	open_up(&client);
	shutdown(client.peer, SHUT_RDWR);
	net_run_until(&client.closed);
	g_assert_false(stream_is_connected(client.stream));
	g_assert_false(stream_is_routed(client.stream));
	end(&client);
}

static void test_address_gone(void)
{
	struct client client;

	if (lacks_network())
		return;
	set_address(RTM_NEWADDR, AWAY);
	begin(&client, "10.9.0.1");
	open_up(&client);
	g_assert_true(stream_is_routed(client.stream));
	set_address(RTM_DELADDR, AWAY);
	g_assert_false(stream_is_routed(client.stream));
	set_address(RTM_NEWADDR, AWAY);
	g_assert_true(stream_is_routed(client.stream));
	end(&client);
	set_address(RTM_DELADDR, AWAY);
}

/* A cable is plugged in, and all goes from another address now. */
static void test_other_address(void)
{
	struct client client;

	if (lacks_network())
		return;
	begin(&client, "127.0.0.5");
	open_up(&client);
	g_assert_true(stream_is_routed(client.stream));
	set_source(RTM_NEWROUTE, HOME + 4, HOME + 8);
	g_assert_false(stream_is_routed(client.stream));
	set_source(RTM_DELROUTE, HOME + 4, HOME + 8);
	g_assert_true(stream_is_routed(client.stream));
	end(&client);
}

/* Not the server's fault. */
static void test_no_way(void)
{
	struct client client;

	if (lacks_network())
		return;
	begin(&client, "192.0.2.1");
	net_run_until(&client.closed);
	g_assert_cmpint(client.error, ==, NET_ERROR_NETWORK);
	end(&client);
}

/* No packet leaves: the peer's port is the stream's, but of UDP. */
static void test_no_packet(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct client client;
	char octet;

	begin(&client, "127.0.0.1");
	open_up(&client);
	address.sin_port = htons((uint16_t)client.options.target.port);
	g_assert_cmpint(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_true(stream_is_routed(client.stream));
	g_assert_cmpint(recv(fd, &octet, 1, MSG_DONTWAIT), <, 0);
	close(fd);
	end(&client);
}

/* The client's socket, which the stream keeps to itself. */
static int find_socket(const struct client *client)
{
	struct sockaddr_in peer;

	for (int fd = 3; fd < 256; fd++) {
		socklen_t size = sizeof(peer);

		if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
		    peer.sin_family == AF_INET &&
		    ntohs(peer.sin_port) == client->options.target.port)
			return fd;
	}
	g_assert_not_reached();
}

static int timeout_of(int fd)
{
	int value = -1;
	socklen_t size = sizeof(value);

	g_assert_cmpint(
	    getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size), ==,
	    0);
	return value;
}

/* An idle line may lose a probe; one with data on the way has its limit. */
static void test_timeout(void)
{
	struct client client;
	int fd;

	begin(&client, "127.0.0.1");
	open_up(&client);
	fd = find_socket(&client);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpint(timeout_of(fd), ==, 0);
		stream_write(client.stream, "a NOOP\r\n", 8, false);
		g_assert_cmpint(timeout_of(fd), ==, 30000);
		client.received = false;
		g_assert_cmpint(send(client.peer, "a OK\r\n", 6, 0), ==, 6);
		net_run_until(&client.received);
		net_run_dry();
	}
	g_assert_cmpint(timeout_of(fd), ==, 0);
	end(&client);
}

static void test_no_timeout(void)
{
	struct client client;
	int fd;

	begin(&client, "127.0.0.1");
	client.options.target.timeout = 0;
	open_up(&client);
	fd = find_socket(&client);
	stream_write(client.stream, "a NOOP\r\n", 8, false);
	g_assert_cmpint(timeout_of(fd), ==, 0);
	end(&client);
}

/* What the peer does not take is on the way still. */
static void test_timeout_stays(void)
{
	struct client client;
	char full[1 << 16] = {0};
	int fd;

	begin(&client, "127.0.0.1");
	open_up(&client);
	fd = find_socket(&client);
	for (int i = 0; i < 256; i++)
		stream_write(client.stream, full, sizeof(full), false);
	g_assert_cmpint(send(client.peer, "* BYE\r\n", 7, 0), ==, 7);
	net_run_until(&client.received);
	net_run_dry();
	g_assert_cmpint(timeout_of(fd), ==, 30000);
	end(&client);
}

static void isolate(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	has_network = unshare(CLONE_NEWNET) == 0 ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (!has_network)
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &request), ==, 0);
	close(fd);
}

int main(int argc, char **argv)
{
	(void)argc;
	isolate();
	unit_init(argv[0]);
	g_test_add_func("/way/routed", test_routed);
	g_test_add_func("/way/closed", test_closed);
	g_test_add_func("/way/address-gone", test_address_gone);
	g_test_add_func("/way/other-address", test_other_address);
	g_test_add_func("/way/no-way", test_no_way);
	g_test_add_func("/way/no-packet", test_no_packet);
	g_test_add_func("/way/timeout", test_timeout);
	g_test_add_func("/way/no-timeout", test_no_timeout);
	g_test_add_func("/way/timeout-stays", test_timeout_stays);
	return g_test_run();
}
