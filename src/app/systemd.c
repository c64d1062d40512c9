/*
 * A datagram socket to whoever started us.  What it does not take now waits
 * for later: a READY that is lost ends the service, and a manager that is busy
 * is no reason to keep mail waiting.  Should it fail the watch goes on: what
 * the manager does then is its business.
 */
#include "app/systemd.h"
#include "app/log.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	AGAIN = 500,     /* ms until the next attempt */
	WAITING_MAX = 16 /* texts; then the eldest goes */
};

struct systemd {
	int fd; /* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t size;
	int64_t watchdog;
	GQueue waiting; /* char *, the eldest first */
	struct loop_timer *timer;
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

/* ---- sending ---- */

/* False when there is no room for it now. */
static bool send_text(const struct systemd *systemd, const char *text)
{
	if (sendto(systemd->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
		(const struct sockaddr *)&systemd->address, systemd->size) >= 0)
		return true;
	if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
		return false;
	log_line(LOG_LEVEL_VERBOSE, NULL,
	    "the service manager cannot be told: %s", g_strerror(errno));
	return true;
}

static void send_waiting(void *data)
{
	struct systemd *systemd = data;
	const char *text;

	while ((text = g_queue_peek_head(&systemd->waiting)) != NULL &&
	    send_text(systemd, text))
		g_free(g_queue_pop_head(&systemd->waiting));
	if (text != NULL)
		loop_timer_set(systemd->timer, loop_now() + AGAIN);
}

/* Does the newer one make the older one pointless? */
static bool is_outdated(const char *older, const char *newer)
{
	return strcmp(older, newer) == 0 ||
	    (g_str_has_prefix(older, "STATUS=") &&
		g_str_has_prefix(newer, "STATUS="));
}

/* Takes text. */
static void keep(struct systemd *systemd, char *text)
{
	GQueue *waiting = &systemd->waiting;
	const char *last = g_queue_peek_tail(waiting);

	if (last != NULL && is_outdated(last, text))
		g_free(g_queue_pop_tail(waiting));
	else if (waiting->length >= WAITING_MAX)
		g_free(g_queue_pop_head(waiting));
	g_queue_push_tail(waiting, text);
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

/* ---- the owner's side ---- */

struct systemd *systemd_new(struct loop *loop)
{
	struct systemd *systemd = g_new0(struct systemd, 1);
	const char *name = g_getenv("NOTIFY_SOCKET");

	systemd->fd = -1;
	if (name != NULL && take_address(systemd, name))
		systemd->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_queue_init(&systemd->waiting);
	systemd->timer = loop_timer_new(loop, send_waiting, systemd);
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
	g_queue_clear_full(&systemd->waiting, g_free);
	loop_timer_free(systemd->timer);
	g_free(systemd);
}

void systemd_tell(struct systemd *systemd, const char *format, ...)
{
	va_list arguments;

	if (systemd->fd < 0)
		return;
	va_start(arguments, format);
	keep(systemd, g_strdup_vprintf(format, arguments));
	va_end(arguments);
	send_waiting(systemd);
}

bool systemd_listens(const struct systemd *systemd)
{
	return systemd->fd >= 0;
}

int64_t systemd_watchdog(const struct systemd *systemd)
{
	return systemd->watchdog;
}
