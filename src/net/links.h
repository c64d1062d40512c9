/*
 * Links, addresses and routes as rtnetlink tells of them: which messages are
 * news?  Routers, wireless drivers and network managers repeat what stands,
 * every few seconds some of them; what was told before is not told again.
 */
#ifndef IDLEBELL_NET_LINKS_H
#define IDLEBELL_NET_LINKS_H

#include <stdbool.h>
#include <stddef.h>

struct links;
struct links *links_new(void);
/* Takes NULL. */
void links_free(struct links *links);

/* A datagram of rtnetlink, aligned: true when a message in it says something
 * that was not known.  What stood before links_new() is not known. */
bool links_take(struct links *links, const void *bytes, size_t size);
/* Knows nothing any more: messages have been lost. */
void links_forget(struct links *links);

#endif
