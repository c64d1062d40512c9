/*
 * One epoll descriptor in one GSource, and one CLOCK_BOOTTIME timerfd in it.
 *
 * GLib's main loop runs the program; the loop carries every socket and every
 * deadline of the accounts, so that an event costs the same with one watch
 * and with ten thousand.  While nothing happens nothing wakes up.
 */
#ifndef IDLEBELL_OS_LOOP_H
#define IDLEBELL_OS_LOOP_H

#include <glib.h>
#include <stdint.h>

struct loop;

/* Attaches to the default GMainContext; run that. NULL and error when the
 * kernel refuses. */
struct loop *loop_new(GError **error);
/* All watches and timers must be gone. */
void loop_free(struct loop *loop);

/* CLOCK_BOOTTIME in milliseconds: it goes on during suspend. */
int64_t loop_now(void);

struct loop_watch;
/* events: EPOLLIN | EPOLLOUT, level-triggered; the descriptor stays the
 * caller's and must outlive the watch. */
typedef void loop_watch_fn(void *data, uint32_t events);
struct loop_watch *loop_watch_new(
    struct loop *loop, int fd, uint32_t events, loop_watch_fn *fn, void *data);
void loop_watch_set(struct loop_watch *watch, uint32_t events);
/* Takes NULL.  May be called from any callback, its own too: it is not
 * called again. */
void loop_watch_free(struct loop_watch *watch);

struct loop_timer;
typedef void loop_timer_fn(void *data);
/* A new timer sleeps. */
struct loop_timer *loop_timer_new(
    struct loop *loop, loop_timer_fn *fn, void *data);
/* Wakes once at or after when (loop_now() terms); INT64_MAX: sleeps.
 * Times more than ten seconds away are rounded up to whole seconds, so that
 * accounts share wake-ups. */
void loop_timer_set(struct loop_timer *timer, int64_t when);
void loop_timer_free(struct loop_timer *timer);

#endif
