/*
 * Each object is kept as the octets that say which one it is, with the octets
 * that say how it is; lifetimes, counters and the like belong to neither.
 */
#include "net/links.h"

#include <glib.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>

#define LINKS_MAX 1024 /* objects; then all are forgotten */
#define BIT(type) (UINT64_C(1) << (type))

struct links {
	GHashTable *known; /* GBytes to GBytes */
};

/* What a message says of one object. */
struct links_fact {
	GByteArray *which, *how;
};

struct links_kind {
	uint16_t added, removed; /* types of messages */
	size_t header;           /* octets before the attributes */
	void (*read)(struct links_fact *fact, const void *header);
	uint64_t which, how; /* bits of attributes */
};

static void links_put(GByteArray *array, uint32_t number)
{
	g_byte_array_append(
	    array, (const guint8 *)&number, (guint)sizeof(number));
}

static void links_read_link(struct links_fact *fact, const void *header)
{
	const struct ifinfomsg *link = header;

	links_put(fact->which, (uint32_t)link->ifi_index);
	links_put(fact->how, link->ifi_flags & (IFF_UP | IFF_RUNNING));
}

static void links_read_address(struct links_fact *fact, const void *header)
{
	const struct ifaddrmsg *address = header;

	links_put(fact->which, address->ifa_family);
	links_put(fact->which, address->ifa_prefixlen);
	links_put(fact->which, address->ifa_index);
	links_put(fact->how, address->ifa_flags);
}

static void links_read_route(struct links_fact *fact, const void *header)
{
	const struct rtmsg *route = header;

	links_put(fact->which, route->rtm_family);
	links_put(fact->which, route->rtm_dst_len);
	links_put(fact->which, route->rtm_tos);
	links_put(fact->how, route->rtm_type);
}

static const struct links_kind links_kinds[] = {
    {.added = RTM_NEWLINK,
	.removed = RTM_DELLINK,
	.header = sizeof(struct ifinfomsg),
	.read = links_read_link},
    {.added = RTM_NEWADDR,
	.removed = RTM_DELADDR,
	.header = sizeof(struct ifaddrmsg),
	.read = links_read_address,
	.which = BIT(IFA_ADDRESS) | BIT(IFA_LOCAL),
	.how = BIT(IFA_FLAGS)},
    {.added = RTM_NEWROUTE,
	.removed = RTM_DELROUTE,
	.header = sizeof(struct rtmsg),
	.read = links_read_route,
	.which = BIT(RTA_DST) | BIT(RTA_PRIORITY) | BIT(RTA_TABLE),
	.how = BIT(RTA_OIF) | BIT(RTA_GATEWAY) | BIT(RTA_PREFSRC) |
	    BIT(RTA_MULTIPATH) | BIT(RTA_VIA)},
};

static const struct links_kind *links_kind_of(uint16_t type)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(links_kinds); i++) {
		const struct links_kind *kind = &links_kinds[i];

		if (kind->added == type || kind->removed == type)
			return kind;
	}
	return NULL;
}

/* The attribute's own header says what it is and delimits it. */
static void links_read_attributes(struct links_fact *fact,
    const struct links_kind *kind, const struct nlmsghdr *message)
{
	size_t header = NLMSG_SPACE(kind->header);
	const struct rtattr *attribute =
	    (const void *)((const char *)message + header);
	size_t left = message->nlmsg_len - MIN(message->nlmsg_len, header);

	while (RTA_OK(attribute, left)) {
		unsigned type = attribute->rta_type & NLA_TYPE_MASK;
		uint64_t bit = type < 64 ? BIT(type) : 0;
		GByteArray *array = bit & kind->which ? fact->which
		    : bit & kind->how                 ? fact->how
						      : NULL;

		if (array)
			g_byte_array_append(array, (const guint8 *)attribute,
			    attribute->rta_len);
		attribute = RTA_NEXT(attribute, left);
	}
}

/* Takes both. */
static bool links_learn(struct links *links, GBytes *which, GBytes *how)
{
	GBytes *before = g_hash_table_lookup(links->known, which);
	bool news = !before || !g_bytes_equal(before, how);

	if (g_hash_table_size(links->known) >= LINKS_MAX)
		links_forget(links);
	g_hash_table_replace(links->known, which, how);
	return news;
}

static bool links_take_fact(
    struct links *links, const struct links_fact *fact, bool added)
{
	GBytes *which = g_byte_array_free_to_bytes(fact->which);
	GBytes *how = g_byte_array_free_to_bytes(fact->how);

	if (added)
		return links_learn(links, which, how);
	g_hash_table_remove(links->known, which);
	g_bytes_unref(which);
	g_bytes_unref(how);
	return true;
}

static bool links_take_message(
    struct links *links, const struct nlmsghdr *message)
{
	const struct links_kind *kind = links_kind_of(message->nlmsg_type);
	struct links_fact fact;

	if (!kind || message->nlmsg_len < NLMSG_LENGTH(kind->header))
		return false;
	fact.which = g_byte_array_new();
	fact.how = g_byte_array_new();
	links_put(fact.which, kind->added);
	kind->read(&fact, NLMSG_DATA(message));
	links_read_attributes(&fact, kind, message);
	return links_take_fact(
	    links, &fact, message->nlmsg_type == kind->added);
}

bool links_take(struct links *links, const void *bytes, size_t size)
{
	const struct nlmsghdr *message = bytes;
	bool news = false;

	while (NLMSG_OK(message, size)) {
		news |= links_take_message(links, message);
		message = NLMSG_NEXT(message, size);
	}
	return news;
}

static guint links_hash(gconstpointer bytes)
{
	return g_bytes_hash(bytes);
}

static gboolean links_equal(gconstpointer a, gconstpointer b)
{
	return g_bytes_equal(a, b);
}

static void links_unref(void *bytes)
{
	g_bytes_unref(bytes);
}

struct links *links_new(void)
{
	struct links *links = g_new0(struct links, 1);

	links->known = g_hash_table_new_full(
	    links_hash, links_equal, links_unref, links_unref);
	return links;
}

void links_forget(struct links *links)
{
	g_hash_table_remove_all(links->known);
}

void links_free(struct links *links)
{
	if (!links)
		return;
	g_hash_table_unref(links->known);
	g_free(links);
}
