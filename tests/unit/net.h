/*
 * What the tests of the network share: a loop with an end, servers on
 * loopback.
 */
#ifndef IDLEBELL_TESTS_NET_H
#define IDLEBELL_TESTS_NET_H

#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NET_PATIENCE UNIT_PATIENCE

/* A listening socket on 127.0.0.1 and a port that was free. */
static inline int net_listen(int backlog, int *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(listen(fd, backlog), ==, 0);
	g_assert_cmpint(
	    getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* Blocking reads on it end with an error in time; and when the program is
 * stopped and goes on, with EINTR. */
static inline void net_set_patience(int fd)
{
	struct timeval time = {.tv_sec = NET_PATIENCE};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
}

/* Little room: what is accepted from now on fills soon. */
static inline void net_set_buffer(int listener)
{
	int size = 65536;

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static inline int net_accept(int listener)
{
	int fd;

	net_set_patience(listener);
	do
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	g_assert_cmpint(fd, >=, 0);
	net_set_patience(fd);
	return fd;
}

static inline ssize_t net_receive(int fd, void *bytes, size_t size)
{
	ssize_t result;

	do
		result = recv(fd, bytes, size, 0);
	while (result < 0 && errno == EINTR);
	return result;
}

static inline gboolean net_too_late(void *data)
{
	(void)data;
	g_error("nothing came");
	return FALSE;
}

/* Runs the main loop until a flag is up. */
static inline void net_run_until(const bool *flag)
{
	unsigned guard =
	    g_timeout_add_seconds(NET_PATIENCE, net_too_late, NULL);

	while (!*flag)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(guard);
}

/* Runs what is ready now. */
static inline void net_run_dry(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

#endif
