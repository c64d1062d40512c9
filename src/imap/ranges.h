/*
 * A set of UIDs as ranges, as small as the gaps in it are few.
 */
#ifndef IDLEBELL_IMAP_RANGES_H
#define IDLEBELL_IMAP_RANGES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct imap_range {
	uint32_t first, last;
};

/* All zero is the empty set.  Ascending, and never two that touch.  To be
 * changed by the functions below only. */
struct imap_ranges {
	struct imap_range *items;
	unsigned count, room;
};

/* Frees, and leaves the empty set. */
void imap_ranges_clear(struct imap_ranges *ranges);
/* ret_copy is overwritten, not freed. */
void imap_ranges_copy(
    const struct imap_ranges *ranges, struct imap_ranges *ret_copy);
bool imap_ranges_equal(
    const struct imap_ranges *a, const struct imap_ranges *b);

/* UID 0 is no UID and never in it.  Beyond IMAP_RANGES_MAX ranges the highest
 * is forgotten. */
void imap_ranges_add(struct imap_ranges *ranges, uint32_t uid);
bool imap_ranges_has(const struct imap_ranges *ranges, uint32_t uid);
/* Drops all up to uid. */
void imap_ranges_drop(struct imap_ranges *ranges, uint32_t uid);

/* "5:7,9" (RFC 3501 sequence-set), "-" for the empty set; the lowest max
 * ranges only. */
void imap_ranges_format(
    const struct imap_ranges *ranges, unsigned max, GString *text);
/* All of it, a new string; NULL for the empty set. */
char *imap_ranges_print(const struct imap_ranges *ranges);
/* Reads a set as a person writes it, in any order; without "*", as it is not
 * known what that is.  ret_ranges is untouched on failure. */
bool imap_ranges_read(const char *text, struct imap_ranges *ret_ranges);
/* Reads what imap_ranges_format() writes and nothing else; ret_ranges is
 * untouched on failure. */
bool imap_ranges_parse(const char *text, struct imap_ranges *ret_ranges);

#endif
