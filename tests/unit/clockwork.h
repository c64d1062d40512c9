/*
 * A clock that stands until the test lets time pass, for the loop of the
 * program and for GLib's: however slow the machine is, nothing comes too late.
 *
 * In place of the C library's are CLOCK_MONOTONIC, CLOCK_BOOTTIME, and the
 * timers of one loop at a time.
 */
#ifndef IDLEBELL_TESTS_CLOCKWORK_H
#define IDLEBELL_TESTS_CLOCKWORK_H

#include "unit.h"

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static struct {
	int64_t now, due; /* ms; due: 0 for never */
	int fd;           /* the loop's timer */
} clockwork = {.now = 1000000};

int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
	if (clock_id != CLOCK_MONOTONIC && clock_id != CLOCK_BOOTTIME)
		return (int)syscall(SYS_clock_gettime, clock_id, tp);
	tp->tv_sec = clockwork.now / 1000;
	tp->tv_nsec = clockwork.now % 1000 * 1000000;
	return 0;
}

static inline void clockwork_ring(void)
{
	const struct itimerspec at_once = {.it_value.tv_nsec = 1};

	if (clockwork.due == 0 || clockwork.due > clockwork.now)
		return;
	clockwork.due = 0;
	syscall(SYS_timerfd_settime, clockwork.fd, 0, &at_once, NULL);
}

int timerfd_settime(
    int ufd, int flags, const struct itimerspec *utmr, struct itimerspec *otmr)
{
	static const struct itimerspec never;

	g_assert_cmpint(flags, ==, TFD_TIMER_ABSTIME);
	g_assert_null(otmr);
	clockwork.fd = ufd;
	clockwork.due = (int64_t)utmr->it_value.tv_sec * 1000 +
	    (utmr->it_value.tv_nsec + 999999) / 1000000;
	syscall(SYS_timerfd_settime, ufd, 0, &never, NULL);
	clockwork_ring();
	return 0;
}

/* What is due then comes with the next turns of the loop. */
static inline void clockwork_pass(int64_t ms)
{
	clockwork.now += ms;
	clockwork_ring();
}

#endif
