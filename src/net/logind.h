/*
 * logind's word that the computer is about to sleep, and the lock that makes
 * it wait for us (org.freedesktop.login1(5), a "delay" inhibitor).
 */
#ifndef IDLEBELL_NET_LOGIND_H
#define IDLEBELL_NET_LOGIND_H

#include <stdbool.h>

struct logind;

/* About to sleep, or not any more: it slept, or it did not, or logind has
 * gone meanwhile.  Must not free the logind. */
typedef void logind_fn(void *data, bool asleep);

/*
 * Never NULL.  Nothing waits for the bus: a bus or logind that is not there,
 * goes, comes back or hangs makes no difference to anything else.  While there
 * is no socket of a bus, its directory is watched.
 */
struct logind *logind_new(logind_fn *fn, void *data);
/* The lock is let go until it has slept.  Nothing unless it is about to. */
void logind_release(struct logind *logind);
/* Something has happened: where there was no bus, there may be one now. */
void logind_look(struct logind *logind);
/* Takes NULL. */
void logind_free(struct logind *logind);

#endif
