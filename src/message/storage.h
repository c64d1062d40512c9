/*
 * A message on a local disk: what it is called, and its line ends.
 */
#ifndef IDLEBELL_MESSAGE_STORAGE_H
#define IDLEBELL_MESSAGE_STORAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct storage_key {
	const char *host, *user, *mailbox;
	uint32_t uidvalidity, uid;
	bool text; /* without its attachments: another file */
};

/* Made of nothing but the key: "0123...cdef.V1U5", a new string. */
char *storage_name(const struct storage_key *key);

/* CRLF to LF, a new string.  A CR that ends the piece waits in *cr for what
 * follows it; the caller writes the last one. */
GString *storage_convert(bool *cr, const char *bytes, size_t size);

#endif
