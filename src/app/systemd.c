/*
 * A datagram socket to whoever started us.  Should it fail the watch goes on:
 * what the manager does then is its business.
 */
#include "app/systemd.h"
#include "app/log.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	SEND_TIME = 200 /* ms */
};

struct systemd {
	int fd; /* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t size;
	int64_t watchdog;
};

/* "/path", or "@name" in the abstract name space, whose names are as long as
 * the address says and have no NUL at their end (unix(7)). */
static bool take_address(struct systemd *systemd, const char *name)
{
	size_t size = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || size < 2 ||
	    size >= sizeof(systemd->address.sun_path))
		return false;
	systemd->address.sun_family = AF_UNIX;
	memcpy(systemd->address.sun_path, name, size);
	if (name[0] == '@')
		systemd->address.sun_path[0] = '\0';
	else
		size++;
	systemd->size =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
	return true;
}

static void open_socket(struct systemd *systemd)
{
	const struct timeval patience = {.tv_usec = SEND_TIME * 1000};

	systemd->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (systemd->fd >= 0)
		setsockopt(systemd->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
}

/* sd_watchdog_enabled(3): without WATCHDOG_PID it is meant for us, too. */
static int64_t read_watchdog(const char *usec, const char *pid)
{
	guint64 time, wanted;

	if (usec == NULL ||
	    !g_ascii_string_to_unsigned(usec, 10, 1, INT64_MAX, &time, NULL))
		return 0;
	if (pid != NULL &&
	    (!g_ascii_string_to_unsigned(pid, 10, 1, G_MAXINT, &wanted, NULL) ||
		(pid_t)wanted != getpid()))
		return 0;
	return MAX((int64_t)(time / 2000), 1);
}

struct systemd *systemd_new(void)
{
	struct systemd *systemd = g_new0(struct systemd, 1);
	const char *name = g_getenv("NOTIFY_SOCKET");

	systemd->fd = -1;
	if (name != NULL && take_address(systemd, name))
		open_socket(systemd);
	systemd->watchdog =
	    read_watchdog(g_getenv("WATCHDOG_USEC"), g_getenv("WATCHDOG_PID"));
	g_unsetenv("NOTIFY_SOCKET");
	g_unsetenv("WATCHDOG_USEC");
	g_unsetenv("WATCHDOG_PID");
	return systemd;
}

void systemd_free(struct systemd *systemd)
{
	if (systemd == NULL)
		return;
	if (systemd->fd >= 0)
		close(systemd->fd);
	g_free(systemd);
}

void systemd_tell(struct systemd *systemd, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	if (systemd->fd < 0)
		return;
	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (sendto(systemd->fd, text, strlen(text), MSG_NOSIGNAL,
		(const struct sockaddr *)&systemd->address, systemd->size) < 0)
		log_line(LOG_LEVEL_VERBOSE, NULL,
		    "the service manager cannot be told: %s",
		    g_strerror(errno));
}

int64_t systemd_watchdog(const struct systemd *systemd)
{
	return systemd->watchdog;
}
