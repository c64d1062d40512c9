/*
 * What is news among the messages of rtnetlink.
 */
#include "config.h"

#include "net/links.h"
#include "unit.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A datagram in the making; the kernel's are aligned, too. */
struct datagram {
	_Alignas(struct nlmsghdr) char bytes[2048];
	size_t size;
	struct nlmsghdr *message; /* the last */
};

static void add_message(
    struct datagram *datagram, uint16_t type, const void *header, size_t size)
{
	datagram->message = (void *)(datagram->bytes + datagram->size);
	memset(datagram->message, 0, NLMSG_SPACE(size));
	datagram->message->nlmsg_type = type;
	datagram->message->nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
	memcpy(NLMSG_DATA(datagram->message), header, size);
	datagram->size += NLMSG_SPACE(size);
}

static void add_attribute(
    struct datagram *datagram, uint16_t type, const void *value, size_t size)
{
	struct rtattr *attribute = (void *)(datagram->bytes + datagram->size);

	memset(attribute, 0, RTA_SPACE(size));
	attribute->rta_type = type;
	attribute->rta_len = (uint16_t)RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), value, size);
	datagram->size += RTA_SPACE(size);
	datagram->message->nlmsg_len = (uint32_t)(datagram->bytes +
	    datagram->size - (char *)datagram->message);
}

static void add_number(
    struct datagram *datagram, uint16_t type, uint32_t number)
{
	add_attribute(datagram, type, &number, sizeof(number));
}

static void add_address(struct datagram *datagram, uint16_t type,
    uint32_t address, uint32_t flags, uint32_t lifetime)
{
	struct ifaddrmsg header = {.ifa_family = 2,
	    .ifa_prefixlen = 24,
	    .ifa_flags = (uint8_t)flags,
	    .ifa_index = 2};
	struct ifa_cacheinfo cache = {lifetime, lifetime, 17, lifetime};

	add_message(datagram, type, &header, sizeof(header));
	add_number(datagram, IFA_ADDRESS, address);
	add_attribute(datagram, IFA_CACHEINFO, &cache, sizeof(cache));
	add_number(datagram, IFA_FLAGS, flags);
}

static void add_link(struct datagram *datagram, uint16_t type, unsigned flags)
{
	struct ifinfomsg header = {.ifi_index = 2, .ifi_flags = flags};

	add_message(datagram, type, &header, sizeof(header));
	add_attribute(datagram, IFLA_WIRELESS, "scan", 5);
}

static void add_route(
    struct datagram *datagram, uint16_t type, uint32_t gateway, uint32_t metric)
{
	struct rtmsg header = {.rtm_family = 2, .rtm_type = RTN_UNICAST};

	add_message(datagram, type, &header, sizeof(header));
	add_number(datagram, RTA_TABLE, RT_TABLE_MAIN);
	add_number(datagram, RTA_GATEWAY, gateway);
	add_number(datagram, RTA_OIF, 2);
	add_number(datagram, RTA_PRIORITY, metric);
	add_number(datagram, RTA_CACHEINFO, (uint32_t)g_random_int());
}

static bool take(struct links *links, const struct datagram *datagram)
{
	return links_take(links, datagram->bytes, datagram->size);
}

static bool address(struct links *links, uint16_t type, uint32_t number,
    uint32_t flags, uint32_t lifetime)
{
	struct datagram datagram = {.size = 0};

	add_address(&datagram, type, number, flags, lifetime);
	return take(links, &datagram);
}

static bool link_is(struct links *links, unsigned flags)
{
	struct datagram datagram = {.size = 0};

	add_link(&datagram, RTM_NEWLINK, flags);
	return take(links, &datagram);
}

static bool route(
    struct links *links, uint16_t type, uint32_t gateway, uint32_t metric)
{
	struct datagram datagram = {.size = 0};

	add_route(&datagram, type, gateway, metric);
	return take(links, &datagram);
}

static void test_address(void)
{
	struct links *links = links_new();

	g_assert_true(address(links, RTM_NEWADDR, 1, 0, 300));
	g_assert_true(address(links, RTM_NEWADDR, 2, 0, 300));
	g_assert_true(address(links, RTM_DELADDR, 1, 0, 300));
	g_assert_true(address(links, RTM_NEWADDR, 1, 0, 300));
	links_free(links);
}

/* A router's advertisement renews it every few seconds. */
static void test_address_renewed(void)
{
	struct links *links = links_new();

	g_assert_true(address(links, RTM_NEWADDR, 1, 0, 300));
	g_assert_false(address(links, RTM_NEWADDR, 1, 0, 299));
	g_assert_false(address(links, RTM_NEWADDR, 1, 0, 300));
	links_free(links);
}

/* It cannot be used before that. */
static void test_address_made_sure(void)
{
	struct links *links = links_new();

	g_assert_true(address(links, RTM_NEWADDR, 1, IFA_F_TENTATIVE, 300));
	g_assert_true(address(links, RTM_NEWADDR, 1, 0, 300));
	g_assert_true(address(links, RTM_NEWADDR, 1, IFA_F_DEPRECATED, 300));
	links_free(links);
}

static void test_link(void)
{
	struct links *links = links_new();

	g_assert_true(link_is(links, IFF_UP));
	g_assert_true(link_is(links, IFF_UP | IFF_RUNNING));
	g_assert_false(link_is(links, IFF_UP | IFF_RUNNING));
	g_assert_false(link_is(links, IFF_UP | IFF_RUNNING | IFF_PROMISC));
	g_assert_true(link_is(links, IFF_UP));
	links_free(links);
}

static void test_route(void)
{
	struct links *links = links_new();

	g_assert_true(route(links, RTM_NEWROUTE, 1, 100));
	g_assert_false(route(links, RTM_NEWROUTE, 1, 100));
	g_assert_true(route(links, RTM_NEWROUTE, 2, 100));
	g_assert_true(route(links, RTM_NEWROUTE, 1, 100));
	g_assert_true(route(links, RTM_NEWROUTE, 1, 200));
	g_assert_true(route(links, RTM_DELROUTE, 1, 100));
	g_assert_true(route(links, RTM_NEWROUTE, 1, 100));
	links_free(links);
}

static void test_forgets(void)
{
	struct links *links = links_new();

	g_assert_true(link_is(links, IFF_UP));
	links_forget(links);
	g_assert_true(link_is(links, IFF_UP));
	links_free(links);
}

/* However many there are: the memory has a bound, and nothing is missed. */
static void test_many(void)
{
	struct links *links = links_new();

	for (uint32_t i = 0; i < 5000; i++)
		g_assert_true(address(links, RTM_NEWADDR, i, 0, 1));
	g_assert_false(address(links, RTM_NEWADDR, 4999, 0, 1));
	links_free(links);
}

/* One of several is enough. */
static void test_several(void)
{
	struct links *links = links_new();
	struct datagram datagram = {.size = 0};

	add_link(&datagram, RTM_NEWLINK, IFF_UP);
	add_address(&datagram, RTM_NEWADDR, 1, 0, 300);
	g_assert_true(take(links, &datagram));
	g_assert_false(take(links, &datagram));
	add_address(&datagram, RTM_NEWADDR, 2, 0, 300);
	add_link(&datagram, RTM_NEWLINK, IFF_UP);
	g_assert_true(take(links, &datagram));
	g_assert_false(take(links, &datagram));
	links_free(links);
}

/* The kernel does not do so; but if it did, nothing is read beyond. */
static void test_cut(void)
{
	struct datagram datagram = {.size = 0};
	size_t size;

	add_address(&datagram, RTM_NEWADDR, 1, 0, 300);
	size = datagram.size;
	for (size_t cut = 0; cut < size; cut++) {
		struct links *links = links_new();
		g_autofree char *bytes = g_memdup2(datagram.bytes, MAX(cut, 1));
		g_autofree char *lie = g_memdup2(datagram.bytes, size);

		g_assert_false(links_take(links, bytes, cut));
		((struct nlmsghdr *)(void *)lie)->nlmsg_len = (uint32_t)cut;
		links_take(links, lie, size);
		links_free(links);
	}
}

static void test_other_types(void)
{
	struct links *links = links_new();
	struct datagram datagram = {.size = 0};

	add_message(&datagram, RTM_NEWNEIGH, "neighbour...", 12);
	add_message(&datagram, NLMSG_DONE, "", 0);
	add_message(&datagram, RTM_NEWLINK, "", 0);
	g_assert_false(take(links, &datagram));
	links_free(links);
	links_free(NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/links/address", test_address);
	g_test_add_func("/links/address-renewed", test_address_renewed);
	g_test_add_func("/links/address-made-sure", test_address_made_sure);
	g_test_add_func("/links/link", test_link);
	g_test_add_func("/links/route", test_route);
	g_test_add_func("/links/forgets", test_forgets);
	g_test_add_func("/links/many", test_many);
	g_test_add_func("/links/several", test_several);
	g_test_add_func("/links/cut", test_cut);
	g_test_add_func("/links/other-types", test_other_types);
	return g_test_run();
}
