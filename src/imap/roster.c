/*
 * A sorted array, searched by halves: new messages come at its end, and an
 * EXPUNGE lowers all that stand behind it, as the server itself does.
 */
#include "imap/roster.h"
#include "imap/limits.h"
#include <string.h>

void imap_roster_clear(struct imap_roster *roster)
{
	g_free(roster->items);
	*roster = (struct imap_roster){0};
}

static void forget(struct imap_roster *roster)
{
	roster->count = 0;
}

/* The first item with that number or a higher one; count: none. */
static unsigned find(const struct imap_roster *roster, uint32_t sequence)
{
	unsigned low = 0, high = roster->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (roster->items[middle].sequence < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(
    const struct imap_roster *roster, unsigned at, uint32_t sequence)
{
	return at < roster->count && roster->items[at].sequence == sequence;
}

uint32_t imap_roster_uid(const struct imap_roster *roster, uint32_t sequence)
{
	unsigned at = find(roster, sequence);

	return is_at(roster, at, sequence) ? roster->items[at].uid : 0;
}

static void remove_at(struct imap_roster *roster, unsigned at, unsigned count)
{
	if (count == 0)
		return;
	roster->count -= count;
	memmove(roster->items + at, roster->items + at + count,
	    (roster->count - at) * sizeof(*roster->items));
}

/* Fewer than before without an EXPUNGE (quirk 29): who went is unknown. */
void imap_roster_exists(struct imap_roster *roster, uint32_t count)
{
	if (count < roster->exists)
		forget(roster);
	roster->exists = count;
}

uint32_t imap_roster_expunge(struct imap_roster *roster, uint32_t sequence)
{
	unsigned at = find(roster, sequence);
	uint32_t uid = 0;

	if (sequence == 0)
		return 0;
	if (is_at(roster, at, sequence)) {
		uid = roster->items[at].uid;
		remove_at(roster, at, 1);
	}
	for (; at < roster->count; at++)
		roster->items[at].sequence--;
	roster->exists -= roster->exists > 0;
	return uid;
}

/* The first item with that UID or a higher one. */
static unsigned find_uid(const struct imap_roster *roster, uint32_t uid)
{
	unsigned at = 0;

	while (at < roster->count && roster->items[at].uid < uid)
		at++;
	return at;
}

/* False when more would have gone than there were. */
static bool lower_from(struct imap_roster *roster, unsigned at, uint64_t by)
{
	uint64_t below = at > 0 ? roster->items[at - 1].sequence : 0;

	if (at < roster->count && roster->items[at].sequence <= below + by)
		return false;
	for (; at < roster->count; at++)
		roster->items[at].sequence -= (uint32_t)by;
	return true;
}

static bool take_range(
    struct imap_roster *roster, uint32_t first, uint32_t last)
{
	uint64_t size = (uint64_t)last - first + 1;
	unsigned from = find_uid(roster, first), to = from;

	while (to < roster->count && roster->items[to].uid <= last)
		to++;
	remove_at(roster, from, to - from);
	roster->exists -= (uint32_t)MIN(size, roster->exists);
	return lower_from(roster, from, size);
}

void imap_roster_vanished(struct imap_roster *roster, struct imap_text set)
{
	uint32_t first, last;

	while (imap_set_next(&set, &first, &last))
		if (!take_range(roster, first, last))
			forget(roster);
}

/* The numbers grow with the UIDs (RFC 9051 2.3.1.2), and end with EXISTS. */
static bool fits(const struct imap_roster *roster, unsigned at,
    uint32_t sequence, uint32_t uid)
{
	const struct imap_roster_entry *items = roster->items;

	return sequence <= roster->exists && !is_at(roster, at, sequence) &&
	    (at == 0 || items[at - 1].uid < uid) &&
	    (at == roster->count || items[at].uid > uid);
}

static void insert_at(
    struct imap_roster *roster, unsigned at, uint32_t sequence, uint32_t uid)
{
	if (roster->count == roster->room) {
		roster->room = MAX(4, roster->room * 2);
		roster->items = g_renew(
		    struct imap_roster_entry, roster->items, roster->room);
	}
	memmove(roster->items + at + 1, roster->items + at,
	    (roster->count - at) * sizeof(*roster->items));
	roster->items[at] = (struct imap_roster_entry){sequence, uid};
	roster->count++;
}

/* Of two that contradict each other the later one is believed. */
void imap_roster_learn(
    struct imap_roster *roster, uint32_t sequence, uint32_t uid)
{
	unsigned at = find(roster, sequence);

	if (sequence == 0 || uid == 0 ||
	    imap_roster_uid(roster, sequence) == uid)
		return;
	if (!fits(roster, at, sequence, uid)) {
		forget(roster);
		at = 0;
	}
	roster->exists = MAX(roster->exists, sequence);
	if (roster->count == IMAP_ROSTER_MAX) {
		if (at == 0)
			return;
		remove_at(roster, 0, 1);
		at--;
	}
	insert_at(roster, at, sequence, uid);
}
