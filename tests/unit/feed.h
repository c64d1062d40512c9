/*
 * Feeds a stream to a framer in pieces: whole, octet by octet, or cut at
 * random.  The result must not depend on it.
 */
#ifndef IDLEBELL_TESTS_FEED_H
#define IDLEBELL_TESTS_FEED_H

#include "imap/framer.h"

enum feed_cut {
	FEED_WHOLE,
	FEED_OCTETS,
	FEED_RANDOM,
	FEED_CUTS
};

static inline size_t feed_piece(enum feed_cut cut, size_t left)
{
	if (cut == FEED_WHOLE)
		return left;
	if (cut == FEED_OCTETS)
		return 1;
	size_t random = g_test_rand_int_range(1, 40);
	return MIN(left, random);
}

typedef void feed_taken(
    GString *log, enum imap_frame frame, char *bytes, size_t size);

/* Calls taken for all but IMAP_FRAME_MORE. */
static inline void feed(struct imap_framer *framer, const char *data,
    size_t size, enum feed_cut cut, feed_taken *taken, GString *log)
{
	while (size > 0) {
		size_t piece = feed_piece(cut, size);
		/* A copy of its own lets a sanitizer see reads past it. */
		g_autofree char *copy = g_memdup2(data, piece);
		const char *at = copy;
		size_t left = piece;
		enum imap_frame frame;
		do {
			char *bytes = NULL;
			size_t length = 0;
			frame = imap_framer_feed(
			    framer, &at, &left, &bytes, &length);
			if (frame != IMAP_FRAME_MORE)
				taken(log, frame, bytes, length);
		} while (frame != IMAP_FRAME_MORE && frame != IMAP_FRAME_ERROR);
		g_assert_true(frame == IMAP_FRAME_ERROR || left == 0);
		data += piece;
		size -= piece;
	}
}

/* Appends octets so that they can be read and compared. */
static inline void feed_escape(GString *log, const char *at, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char octet = at[i];
		if (octet == '\r')
			g_string_append(log, "\\r");
		else if (octet == '\n')
			g_string_append(log, "\\n");
		else if (octet < ' ' || octet == 0x7f)
			g_string_append_printf(log, "\\%o", octet);
		else
			g_string_append_c(log, (char)octet);
	}
}

#endif
