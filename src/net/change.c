/*
 * The network by rtnetlink, the clock by a timerfd that the kernel cancels
 * when the time is set, sleep by how far the clock that goes on in it has run
 * ahead of the one that stands still, and by logind, which tells beforehand;
 * the time zone by the file that stands for it.
 */
#include "net/change.h"

#include "net/calm.h"
#include "net/links.h"
#include "net/logind.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define CHANGE_QUIET   300   /* ms without another event end a burst */
#define CHANGE_BURST   1000  /* ms that a burst lasts at most */
#define CHANGE_SLEPT   500   /* ms: less is no sleep */
#define CHANGE_JUMP    100   /* ms: less corrects the clock */
#define CHANGE_LOOK    20    /* ms that a look at two clocks may take */
#define CHANGE_SLEEPY  60000 /* ms from "about to sleep" to "it did not" */
#define CHANGE_READ    16384 /* more than any message of the kernel's */
#define CHANGE_READS   64    /* in one event: others want to read too */

/* localtime(5): most often a link, which is replaced. */
#define ZONE_DIRECTORY "/etc"
#define ZONE_FILE      "localtime"

/* A descriptor of ours and who listens to it. */
struct change_source {
	int fd; /* -1: the system has none */
	struct loop_watch *watch;
};

struct change {
	struct loop *loop;
	change_fn *fn;
	void *data;
	struct change_source netlink, clock, zone;
	struct links *links;
	struct loop_timer *burst; /* ends it */
	int64_t burst_since;      /* INT64_MAX: there is none */
	struct calm calm;         /* of the bursts that were told */
	int64_t slept;            /* ms since boot, as far as told */
	int64_t wall;             /* ms from the boot to the epoch, as told */
	bool sleepy;              /* CHANGE_SLEEP was told, CHANGE_WAKE not */
	struct loop_timer *sleepy_timer;
	struct logind *logind;
};

static void change_watch(struct change *change, struct change_source *source,
    int fd, loop_watch_fn *fn)
{
	source->fd = fd;
	if (fd >= 0)
		source->watch =
		    loop_watch_new(change->loop, fd, EPOLLIN, fn, change);
}

static void change_unwatch(struct change_source *source)
{
	loop_watch_free(source->watch);
	source->watch = NULL;
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

/* Sleep. */

/* What a clock is ahead of the loop's, which goes on in sleep and is never
 * set.  Who is held up between two looks would see a difference: again, then.
 */
static int64_t change_ahead(clockid_t clock)
{
	struct timespec time;
	int64_t begin, end;

	do {
		begin = loop_now();
		clock_gettime(clock, &time);
		end = loop_now();
	} while (end - begin > CHANGE_LOOK);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000 - end;
}

/* How long the computer has slept since it was booted. */
static int64_t change_slept(void)
{
	return -change_ahead(CLOCK_MONOTONIC);
}

static bool change_has_slept(struct change *change)
{
	return change_slept() - change->slept >= CHANGE_SLEPT;
}

static void change_wake(struct change *change)
{
	change->slept = change_slept();
	change->wall = change_ahead(CLOCK_REALTIME);
	change->sleepy = false;
	change->calm = (struct calm){0};
	loop_timer_set(change->sleepy_timer, INT64_MAX);
	change->fn(change->data, CHANGE_WAKE);
}

/* Nobody has said that it is awake: then it is time to look. */
static void change_on_sleepy(void *data)
{
	change_wake(data);
}

/* The clock. */

/*
 * Far in the future, but not so far that the kernel calls it overflown.  True
 * when the clock has been set since the last call.
 */
static bool change_arm_clock(int fd)
{
	static const struct itimerspec never = {
	    .it_value.tv_sec = (time_t)1 << 32};
	uint64_t ticks;
	bool set = read(fd, &ticks, sizeof(ticks)) < 0 && errno == ECANCELED;

	/* A step between the two is told by the second. */
	while (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
		   &never, NULL) < 0 &&
	    errno == ECANCELED)
		set = true;
	return set;
}

/* What keeps time for a computer, as the host of a virtual one, may set the
 * clock every few seconds by next to nothing. */
static bool change_has_jumped(struct change *change)
{
	int64_t wall = change_ahead(CLOCK_REALTIME);

	if (ABS(wall - change->wall) < CHANGE_JUMP)
		return false;
	change->wall = wall;
	return true;
}

static void change_on_clock(void *data, uint32_t events)
{
	struct change *change = data;

	if (events & (EPOLLERR | EPOLLHUP))
		change_unwatch(&change->clock);
	else if (!change_arm_clock(change->clock.fd))
		return;
	else if (change_has_slept(change))
		change_wake(change);
	else if (change_has_jumped(change))
		change->fn(change->data, CHANGE_CLOCK);
}

static int change_open_clock(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0)
		change_arm_clock(fd);
	return fd;
}

/* The time zone. */

static bool change_is_zone(const char *buffer, size_t size)
{
	size_t at = 0;

	while (size - at >= sizeof(struct inotify_event)) {
		const struct inotify_event *event = (const void *)(buffer + at);

		if ((event->mask & IN_Q_OVERFLOW) != 0 ||
		    (event->len > 0 && strcmp(event->name, ZONE_FILE) == 0))
			return true;
		at += sizeof(*event) + event->len;
	}
	return false;
}

static void change_on_zone(void *data, uint32_t events)
{
	struct change *change = data;
	char buffer[CHANGE_READ]
	    __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t size = read(change->zone.fd, buffer, sizeof(buffer));

	(void)events;
	if (size < 0 && errno != EAGAIN && errno != EINTR)
		change_unwatch(&change->zone);
	else if (size > 0 && change_is_zone(buffer, (size_t)size))
		change->fn(change->data, CHANGE_ZONE);
}

/* A user may have no more of them: then it is seen when the clock is looked at
 * for another reason. */
static int change_open_zone(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 &&
	    inotify_add_watch(fd, ZONE_DIRECTORY,
		IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* logind.  What it says of a sleep is as good as the clocks', and may come
 * before or after them. */
static void change_on_logind(void *data, bool asleep)
{
	struct change *change = data;

	if (asleep && !change->sleepy) {
		change->sleepy = true;
		loop_timer_set(
		    change->sleepy_timer, loop_now() + CHANGE_SLEEPY);
		change->fn(change->data, CHANGE_SLEEP);
	} else if (!asleep && (change->sleepy || change_has_slept(change))) {
		/* That the clock has jumped belongs to it. */
		if (change->clock.fd >= 0)
			change_arm_clock(change->clock.fd);
		change_wake(change);
	}
}

void change_ready(struct change *change)
{
	logind_release(change->logind);
}

/* The network. */

static void change_on_burst(void *data)
{
	struct change *change = data;

	change->burst_since = INT64_MAX;
	calm_note(&change->calm, loop_now());
	logind_look(change->logind);
	change->fn(change->data, CHANGE_NETWORK);
}

static void change_note_network(struct change *change)
{
	int64_t now = loop_now(), when = now + CHANGE_QUIET;

	change->burst_since = MIN(change->burst_since, now);
	when = MIN(when, change->burst_since + CHANGE_BURST);
	loop_timer_set(change->burst, MAX(when, calm_next(&change->calm)));
}

/* True when something is known to have changed, or may have: what was lost
 * (ENOBUFS) or cut off nobody knows. */
static bool change_read(struct change *change, ssize_t *ret_size)
{
	char buffer[CHANGE_READ]
	    __attribute__((aligned(__alignof__(struct nlmsghdr))));
	struct sockaddr_nl sender = {.nl_pid = 0};
	socklen_t length = sizeof(sender);
	ssize_t size = recvfrom(change->netlink.fd, buffer, sizeof(buffer),
	    MSG_TRUNC, (struct sockaddr *)&sender, &length);

	*ret_size = size;
	if (size < 0 && errno == EINTR)
		*ret_size = 0;
	if (size < 0 && errno == ENOBUFS)
		*ret_size = 0;
	else if (size <= 0 || sender.nl_pid != 0) /* not the kernel */
		return false;
	else if ((size_t)size <= sizeof(buffer))
		return links_take(change->links, buffer, (size_t)size);
	links_forget(change->links);
	return true;
}

static void change_on_netlink(void *data, uint32_t events)
{
	struct change *change = data;
	bool changed = false;
	ssize_t size = 0;

	(void)events;
	for (unsigned i = 0; i < CHANGE_READS && size >= 0; i++)
		changed |= change_read(change, &size);
	if (size < 0 && errno != EAGAIN)
		change_unwatch(&change->netlink);
	if (changed)
		change_note_network(change);
}

static int change_open_netlink(void)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK,
	    .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE |
		RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE};
	int fd = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 &&
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* All of it. */

struct change *change_new(struct loop *loop, change_fn *fn, void *data)
{
	struct change *change = g_new0(struct change, 1);

	change->loop = loop;
	change->fn = fn;
	change->data = data;
	change->burst_since = INT64_MAX;
	change->slept = change_slept();
	change->wall = change_ahead(CLOCK_REALTIME);
	change->links = links_new();
	change->burst = loop_timer_new(loop, change_on_burst, change);
	change->sleepy_timer = loop_timer_new(loop, change_on_sleepy, change);
	change_watch(
	    change, &change->netlink, change_open_netlink(), change_on_netlink);
	change_watch(
	    change, &change->clock, change_open_clock(), change_on_clock);
	change_watch(change, &change->zone, change_open_zone(), change_on_zone);
	change->logind = logind_new(change_on_logind, change);
	return change;
}

void change_free(struct change *change)
{
	if (!change)
		return;
	logind_free(change->logind);
	change_unwatch(&change->netlink);
	change_unwatch(&change->clock);
	change_unwatch(&change->zone);
	loop_timer_free(change->burst);
	loop_timer_free(change->sleepy_timer);
	links_free(change->links);
	g_free(change);
}
