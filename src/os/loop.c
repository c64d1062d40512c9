/*
 * The loop: watches in one epoll descriptor, timers in one sorted sequence
 * in front of one timerfd, both in one GSource.
 *
 * GLib decides when this source runs; what the callbacks do is their own
 * business.  A callback may free or set any watch and any timer.
 */
#include "os/loop.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define LOOP_BATCH     128   /* events taken in one turn */
#define LOOP_ROUND     1000  /* ms: far deadlines meet on these */
#define LOOP_ROUND_FAR 10000 /* ms: what is far */

struct loop {
	GSource *source;
	int epoll;
	int timerfd;
	int64_t armed;     /* what the timerfd is set to; INT64_MAX: off */
	GSequence *timers; /* sorted by when; struct loop_timer */
	GSequence *due;    /* those whose turn it is now */
	struct epoll_event *events; /* of the turn under way, or NULL */
	int event_count;
	bool in_turn; /* callbacks run */
};

struct loop_source {
	GSource source;
	struct loop *loop;
};

struct loop_watch {
	struct loop *loop;
	int fd;
	uint32_t events;
	loop_watch_fn *fn;
	void *data;
};

struct loop_timer {
	struct loop *loop;
	int64_t when;
	GSequenceIter *place; /* NULL: sleeps */
	loop_timer_fn *fn;
	void *data;
};

int64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t loop_first(struct loop *loop)
{
	GSequenceIter *first = g_sequence_get_begin_iter(loop->timers);
	struct loop_timer *timer;

	if (g_sequence_iter_is_end(first))
		return INT64_MAX;
	timer = g_sequence_get(first);
	return timer->when;
}

static void loop_arm(struct loop *loop, int64_t when)
{
	struct itimerspec spec = {0};

	if (when < INT64_MAX) {
		/* All zero would switch it off. */
		when = MAX(when, 1);
		spec.it_value.tv_sec = when / 1000;
		spec.it_value.tv_nsec = when % 1000 * 1000000;
	}
	if (timerfd_settime(loop->timerfd, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
		g_error("timerfd_settime: %s", g_strerror(errno));
}

/* Once a turn, so that a deadline that moves ten times costs one call. */
static gboolean loop_prepare(GSource *source, int *timeout)
{
	struct loop *loop = ((struct loop_source *)source)->loop;
	int64_t first = loop_first(loop);

	if (first != loop->armed) {
		loop_arm(loop, first);
		loop->armed = first;
	}
	*timeout = -1;
	return FALSE;
}

/* A timer that its callback sets to now has its turn in the next round. */
static void loop_run_timers(struct loop *loop)
{
	int64_t now = loop_now();
	GSequenceIter *end = g_sequence_get_begin_iter(loop->timers);

	while (!g_sequence_iter_is_end(end) &&
	    ((struct loop_timer *)g_sequence_get(end))->when <= now)
		end = g_sequence_iter_next(end);
	g_sequence_move_range(g_sequence_get_end_iter(loop->due),
	    g_sequence_get_begin_iter(loop->timers), end);

	while (!g_sequence_is_empty(loop->due)) {
		GSequenceIter *next = g_sequence_get_begin_iter(loop->due);
		struct loop_timer *timer = g_sequence_get(next);

		g_sequence_remove(next);
		timer->place = NULL;
		timer->fn(timer->data);
	}
}

static void loop_run_watch(struct loop_watch *watch, uint32_t events)
{
	/* What an earlier callback of this turn has switched off is gone. */
	events &= watch->events | EPOLLERR | EPOLLHUP;
	if (events && watch->events)
		watch->fn(watch->data, events);
}

static gboolean loop_dispatch(GSource *source, GSourceFunc fn, void *data)
{
	struct loop *loop = ((struct loop_source *)source)->loop;
	struct epoll_event events[LOOP_BATCH];
	bool timers = false;
	uint64_t ticks;
	int count;

	(void)fn;
	(void)data;
	if (loop->in_turn)
		return G_SOURCE_CONTINUE;
	loop->in_turn = true;
	count = epoll_wait(loop->epoll, events, LOOP_BATCH, 0);
	loop->events = events;
	loop->event_count = count;
	for (int i = 0; i < count; i++) {
		if (events[i].data.ptr == loop)
			timers = true;
		else if (events[i].data.ptr)
			loop_run_watch(events[i].data.ptr, events[i].events);
	}
	loop->events = NULL;
	/* Behind the sockets: bytes that are here beat the deadline that
	 * waits for them. */
	if (timers) {
		if (read(loop->timerfd, &ticks, sizeof(ticks)) > 0)
			loop->armed = INT64_MAX;
		loop_run_timers(loop);
	}
	loop->in_turn = false;
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_functions = {
    .prepare = loop_prepare,
    .dispatch = loop_dispatch,
};

static bool loop_open(struct loop *loop, GError **error)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = loop};

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timerfd =
	    timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->epoll >= 0 && loop->timerfd >= 0 &&
	    epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->timerfd, &event) == 0)
		return true;
	g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno),
	    "cannot make the event loop: %s", g_strerror(errno));
	return false;
}

struct loop *loop_new(GError **error)
{
	struct loop *loop = g_new0(struct loop, 1);

	loop->armed = INT64_MAX;
	loop->timers = g_sequence_new(NULL);
	loop->due = g_sequence_new(NULL);
	if (!loop_open(loop, error)) {
		loop_free(loop);
		return NULL;
	}
	loop->source =
	    g_source_new(&loop_functions, sizeof(struct loop_source));
	((struct loop_source *)loop->source)->loop = loop;
	g_source_set_name(loop->source, "idlebell loop");
	/* Else GLib takes the descriptor out of its poll() for each turn and
	 * puts it back, and wakes itself up for both: five system calls.  Turns
	 * do not run inside each other all the same. */
	g_source_set_can_recurse(loop->source, TRUE);
	g_source_add_unix_fd(loop->source, loop->epoll, G_IO_IN);
	g_source_attach(loop->source, NULL);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->source) {
		g_source_destroy(loop->source);
		g_source_unref(loop->source);
	}
	if (loop->timerfd >= 0)
		close(loop->timerfd);
	if (loop->epoll >= 0)
		close(loop->epoll);
	g_sequence_free(loop->timers);
	g_sequence_free(loop->due);
	g_free(loop);
}

/* A watcher that went on with a socket it cannot hear would be blind in
 * silence: a refusal, which means that the kernel is out of memory, ends
 * the program as it does in GLib. */
static void loop_watch_control(
    struct loop_watch *watch, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	if (epoll_ctl(watch->loop->epoll, operation, watch->fd, &event) == 0)
		return;
	/* Closed before its time (libcurl does): gone already. */
	if (operation != EPOLL_CTL_DEL)
		g_error("epoll_ctl: %s", g_strerror(errno));
}

struct loop_watch *loop_watch_new(
    struct loop *loop, int fd, uint32_t events, loop_watch_fn *fn, void *data)
{
	struct loop_watch *watch = g_new0(struct loop_watch, 1);

	watch->loop = loop;
	watch->fd = fd;
	watch->fn = fn;
	watch->data = data;
	loop_watch_set(watch, events);
	return watch;
}

/* Without a wish the descriptor leaves the set: epoll reports a hang-up
 * asked or not, and would do so for ever. */
void loop_watch_set(struct loop_watch *watch, uint32_t events)
{
	uint32_t before = watch->events;

	if (events == before)
		return;
	watch->events = events;
	if (!before)
		loop_watch_control(watch, EPOLL_CTL_ADD, events);
	else if (events)
		loop_watch_control(watch, EPOLL_CTL_MOD, events);
	else
		loop_watch_control(watch, EPOLL_CTL_DEL, 0);
}

void loop_watch_free(struct loop_watch *watch)
{
	if (!watch)
		return;
	for (int i = 0; watch->loop->events && i < watch->loop->event_count;
	     i++) {
		if (watch->loop->events[i].data.ptr == watch)
			watch->loop->events[i].data.ptr = NULL;
	}
	loop_watch_set(watch, 0);
	g_free(watch);
}

struct loop_timer *loop_timer_new(
    struct loop *loop, loop_timer_fn *fn, void *data)
{
	struct loop_timer *timer = g_new0(struct loop_timer, 1);

	timer->loop = loop;
	timer->fn = fn;
	timer->data = data;
	return timer;
}

static int64_t loop_round(int64_t when)
{
	int64_t over = when % LOOP_ROUND;

	if (when - LOOP_ROUND_FAR <= loop_now() || over == 0)
		return when;
	return when > INT64_MAX - LOOP_ROUND ? when : when + LOOP_ROUND - over;
}

static int loop_timer_compare(const void *a, const void *b, void *data)
{
	const struct loop_timer *x = a, *y = b;

	(void)data;
	return x->when < y->when ? -1 : x->when > y->when;
}

static void loop_timer_sleep(struct loop_timer *timer)
{
	if (timer->place)
		g_sequence_remove(timer->place);
	timer->place = NULL;
}

void loop_timer_set(struct loop_timer *timer, int64_t when)
{
	if (when < INT64_MAX)
		when = loop_round(MAX(when, 0));
	/* Most deadlines are set again and again to what they are. */
	if (timer->place && timer->when == when)
		return;
	loop_timer_sleep(timer);
	if (when == INT64_MAX)
		return;
	timer->when = when;
	timer->place = g_sequence_insert_sorted(
	    timer->loop->timers, timer, loop_timer_compare, NULL);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	loop_timer_sleep(timer);
	g_free(timer);
}
