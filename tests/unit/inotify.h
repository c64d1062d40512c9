/*
 * Inotify instances put by for the test, as a user has 128 of them, and what
 * runs beside it may have taken all.
 */
#ifndef IDLEBELL_TESTS_INOTIFY_H
#define IDLEBELL_TESTS_INOTIFY_H

#include "unit.h"

#include <stdbool.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

static int inotify_kept[2];
static unsigned inotify_count; /* of them */

/* In place of the C library's. */
int inotify_init1(int flags)
{
	if (inotify_count > 0)
		return inotify_kept[--inotify_count];
	return (int)syscall(SYS_inotify_init1, flags);
}

/* For the next that are made, with the flags that all of ours have; false,
 * and the test is skipped, when there are not as many. */
static inline bool inotify_keep(unsigned count)
{
	while (inotify_count < count) {
		int fd =
		    (int)syscall(SYS_inotify_init1, IN_NONBLOCK | IN_CLOEXEC);

		if (fd < 0) {
			g_test_skip("no inotify instance is left");
			return false;
		}
		inotify_kept[inotify_count++] = fd;
	}
	return true;
}

/* What was not needed. */
static inline void inotify_let_go(void)
{
	while (inotify_count > 0)
		close(inotify_kept[--inotify_count]);
}

#endif
