/*
 * UIDs in ranges.
 *
 * One sorted array, searched by halves: the server decides how many gaps
 * there are, and thousands of them may come one UID at a time.
 */
#include "imap/ranges.h"
#include "imap/limits.h"
#include <string.h>

void imap_ranges_clear(struct imap_ranges *ranges)
{
	g_free(ranges->items);
	*ranges = (struct imap_ranges){0};
}

void imap_ranges_copy(
    const struct imap_ranges *ranges, struct imap_ranges *ret_copy)
{
	*ret_copy = (struct imap_ranges){
	    .items = g_memdup2(
		ranges->items, ranges->count * sizeof(struct imap_range)),
	    .count = ranges->count,
	    .room = ranges->count,
	};
}

bool imap_ranges_equal(const struct imap_ranges *a, const struct imap_ranges *b)
{
	return a->count == b->count &&
	    (a->count == 0 ||
		memcmp(a->items, b->items,
		    a->count * sizeof(struct imap_range)) == 0);
}

/* The first range that ends at uid or above; count when there is none. */
static unsigned find(const struct imap_ranges *ranges, uint32_t uid)
{
	unsigned low = 0, high = ranges->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (ranges->items[middle].last < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool imap_ranges_has(const struct imap_ranges *ranges, uint32_t uid)
{
	unsigned at = find(ranges, uid);

	return at < ranges->count && ranges->items[at].first <= uid;
}

static void remove_at(struct imap_ranges *ranges, unsigned at, unsigned count)
{
	ranges->count -= count;
	memmove(ranges->items + at, ranges->items + at + count,
	    (ranges->count - at) * sizeof(struct imap_range));
}

static void insert_at(struct imap_ranges *ranges, unsigned at, uint32_t uid)
{
	if (ranges->count == IMAP_RANGES_MAX) {
		if (at == ranges->count)
			return;
		ranges->count--;
	}
	if (ranges->count == ranges->room) {
		ranges->room = MAX(8, ranges->room * 2);
		ranges->items =
		    g_renew(struct imap_range, ranges->items, ranges->room);
	}
	memmove(ranges->items + at + 1, ranges->items + at,
	    (ranges->count - at) * sizeof(struct imap_range));
	ranges->items[at] = (struct imap_range){uid, uid};
	ranges->count++;
}

void imap_ranges_add(struct imap_ranges *ranges, uint32_t uid)
{
	unsigned at = find(ranges, uid);
	struct imap_range *items = ranges->items;
	bool below = at > 0 && items[at - 1].last == uid - 1;
	bool above = at < ranges->count && items[at].first - 1 == uid;

	if (uid == 0 || imap_ranges_has(ranges, uid))
		return;
	if (below && above) {
		items[at - 1].last = items[at].last;
		remove_at(ranges, at, 1);
	} else if (below)
		items[at - 1].last = uid;
	else if (above)
		items[at].first = uid;
	else
		insert_at(ranges, at, uid);
}

void imap_ranges_drop(struct imap_ranges *ranges, uint32_t uid)
{
	unsigned at = find(ranges, uid);

	if (at < ranges->count && ranges->items[at].last == uid)
		at++;
	else if (at < ranges->count && ranges->items[at].first <= uid)
		ranges->items[at].first = uid + 1;
	if (at > 0)
		remove_at(ranges, 0, at);
}

void imap_ranges_format(
    const struct imap_ranges *ranges, unsigned max, GString *text)
{
	unsigned count = MIN(ranges->count, max);

	if (count == 0)
		g_string_append_c(text, '-');
	for (unsigned i = 0; i < count; i++) {
		const struct imap_range *item = &ranges->items[i];

		g_string_append_printf(
		    text, "%s%u", i > 0 ? "," : "", item->first);
		if (item->last > item->first)
			g_string_append_printf(text, ":%u", item->last);
	}
}

char *imap_ranges_print(const struct imap_ranges *ranges)
{
	GString *text;

	if (ranges->count == 0)
		return NULL;
	text = g_string_new(NULL);
	imap_ranges_format(ranges, ranges->count, text);
	return g_string_free(text, FALSE);
}

static bool number_parse(const char **text, uint32_t *ret_number)
{
	uint64_t number = 0;
	const char *at = *text;

	if (*at < '1' || *at > '9')
		return false;
	for (; g_ascii_isdigit(*at); at++) {
		number = number * 10 + (uint64_t)(*at - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*text = at;
	*ret_number = (uint32_t)number;
	return true;
}

static bool range_parse(const char **text, struct imap_range *ret_range)
{
	if (!number_parse(text, &ret_range->first))
		return false;
	ret_range->last = ret_range->first;
	if (**text != ':')
		return true;
	(*text)++;
	return number_parse(text, &ret_range->last) &&
	    ret_range->last > ret_range->first;
}

/* Behind what is there, with a gap between. */
static bool append(struct imap_ranges *ranges, struct imap_range range)
{
	if (ranges->count == IMAP_RANGES_MAX ||
	    (ranges->count > 0 &&
		range.first - 1 <= ranges->items[ranges->count - 1].last))
		return false;
	insert_at(ranges, ranges->count, range.first);
	ranges->items[ranges->count - 1].last = range.last;
	return true;
}

bool imap_ranges_parse(const char *text, struct imap_ranges *ret_ranges)
{
	struct imap_ranges ranges = {0};
	struct imap_range range;
	bool ok = true;

	if (strcmp(text, "-") == 0) {
		*ret_ranges = ranges;
		return true;
	}
	do
		ok = range_parse(&text, &range) && append(&ranges, range);
	while (ok && *text == ',' && text++);
	if (ok && *text == '\0') {
		*ret_ranges = ranges;
		return true;
	}
	imap_ranges_clear(&ranges);
	return false;
}

/* ---- as a person writes it ---- */

static int compare_ranges(gconstpointer a, gconstpointer b)
{
	const struct imap_range *one = a, *other = b;

	return one->first < other->first ? -1 : one->first > other->first;
}

static bool range_read(const char **text, GArray *all)
{
	struct imap_range range;
	uint32_t first;

	if (!number_parse(text, &range.first))
		return false;
	range.last = range.first;
	if (**text == ':') {
		(*text)++;
		if (!number_parse(text, &range.last))
			return false;
	}
	first = MIN(range.first, range.last);
	range.last = MAX(range.first, range.last);
	range.first = first;
	g_array_append_val(all, range);
	return true;
}

/* all: in order.  What overlaps or touches becomes one. */
static bool join(const GArray *all, struct imap_ranges *ranges)
{
	for (unsigned i = 0; i < all->len; i++) {
		struct imap_range range =
		    g_array_index(all, struct imap_range, i);
		struct imap_range *last = ranges->count > 0
		    ? &ranges->items[ranges->count - 1]
		    : NULL;

		if (last != NULL && range.first - 1 <= last->last)
			last->last = MAX(last->last, range.last);
		else if (!append(ranges, range))
			return false;
	}
	return true;
}

bool imap_ranges_read(const char *text, struct imap_ranges *ret_ranges)
{
	g_autoptr(GArray) all =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_range));
	struct imap_ranges ranges = {0};
	bool ok;

	do
		ok = range_read(&text, all);
	while (ok && *text == ',' && text++);
	if (!ok || *text != '\0')
		return false;
	g_array_sort(all, compare_ranges);
	if (!join(all, &ranges)) {
		imap_ranges_clear(&ranges);
		return false;
	}
	*ret_ranges = ranges;
	return true;
}
