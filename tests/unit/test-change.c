/*
 * Changes of the network, the clock and sleep, against the kernel: in a
 * network namespace of our own, with a clock that is set by next to nothing,
 * and a sleep that shows in the clocks only.
 */
#include "config.h"

#include "inotify.h"
#include "logind.h"
#include "net/change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>

#define KINDS 5

static struct loop *loop;
static struct change *change;
static int told[KINDS];
static bool sleeping;
static int64_t slept;   /* ms that CLOCK_MONOTONIC stood still */
static int64_t stepped; /* ms that CLOCK_REALTIME was set forward by */
static int64_t held_up; /* ms for which the program did not run */
static int hold_up_in;  /* looks at a clock until that happens; 0: not at all */
static bool has_network;
static char *zones; /* in place of /etc */

/* In place of the C library's: nobody can put the computer to sleep here. */
int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
	long result = syscall(SYS_clock_gettime, clock_id, tp);

	tp->tv_sec += held_up / 1000;
	if (clock_id == CLOCK_REALTIME)
		tp->tv_sec += stepped / 1000;
	if (clock_id == CLOCK_MONOTONIC) {
		tp->tv_sec -= slept / 1000;
		tp->tv_nsec -= slept % 1000 * 1000000;
		if (tp->tv_nsec < 0) {
			tp->tv_sec--;
			tp->tv_nsec += 1000000000;
		}
	}
	if (hold_up_in > 0 && --hold_up_in == 0)
		held_up += 5000;
	return (int)result;
}

/* Likewise: the system's time zone stays what it is. */
int inotify_add_watch(int fd, const char *name, uint32_t mask)
{
	bool is_zone = strcmp(name, "/etc") == 0;

	return (int)syscall(
	    SYS_inotify_add_watch, fd, is_zone ? zones : name, mask);
}

static void tell(void *data, enum change_kind kind)
{
	g_assert_true(data == told);
	told[kind]++;
	if (kind == CHANGE_SLEEP || kind == CHANGE_WAKE)
		sleeping = kind == CHANGE_SLEEP;
}

/* The clock is the whole machine's: another program, or a copy of this one,
 * may set it at any time. */
static int witness = -1;
static bool disturbed; /* since the test began */

static void witness_begin(void)
{
	const struct itimerspec far = {.it_value.tv_sec = INT32_MAX};

	witness = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	g_assert_cmpint(
	    timerfd_settime(witness,
		TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL),
	    ==, 0);
}

/* Since it was last asked. */
static bool clock_was_set(void)
{
	uint64_t count;

	return read(witness, &count, sizeof(count)) < 0 && errno == ECANCELED;
}

static void begin(void)
{
	memset(told, 0, sizeof(told));
	clock_was_set();
	disturbed = false;
	sleeping = false;
	loop = loop_new(NULL);
	change = change_new(loop, tell, told);
}

static void end(void)
{
	change_free(change);
	net_run_dry();
	loop_free(loop);
}

static enum change_kind awaited;

static bool is_told(void)
{
	return told[awaited] > 0;
}

static void wait_for(enum change_kind kind)
{
	awaited = kind;
	logind_wait(is_told);
	told[kind] = 0;
}

static void check_told_nothing(void)
{
	net_run_dry();
	disturbed |= clock_was_set();
	if (disturbed)
		told[CHANGE_CLOCK] = 0;
	for (int i = 0; i < KINDS; i++)
		g_assert_cmpint(told[i], ==, 0);
}

static void wait_for_one(enum change_kind kind)
{
	awaited = kind;
	logind_wait(is_told);
	g_assert_cmpint(told[kind], ==, 1);
	told[kind] = 0;
	check_told_nothing();
}

/* The network. */

static int ask_kernel(uint16_t type, const void *body, size_t size)
{
	struct {
		struct nlmsghdr header;
		char body[128];
	} message = {.header = {.nlmsg_type = type,
			 .nlmsg_len = (uint32_t)NLMSG_LENGTH(size),
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
			     NLM_F_CREATE | NLM_F_REPLACE}};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	memcpy(message.body, body, size);
	g_assert_cmpint(send(fd, &message, message.header.nlmsg_len, 0), >, 0);
	g_assert_cmpint(recv(fd, &answer, sizeof(answer), 0), >, 0);
	close(fd);
	return answer.error.error;
}

/* 127.1.0.N/32 on the loopback device. */
static void set_address(uint16_t type, unsigned number)
{
	struct {
		struct ifaddrmsg header;
		struct rtattr attribute;
		uint32_t address;
	} body = {.header = {.ifa_family = AF_INET,
		      .ifa_prefixlen = 32,
		      .ifa_index = 1},
	    .attribute = {.rta_type = IFA_LOCAL, .rta_len = RTA_LENGTH(4)},
	    .address = htonl(0x7f010000 + number)};

	g_assert_cmpint(ask_kernel(type, &body, sizeof(body)), ==, 0);
}

static void set_route(uint16_t type)
{
	struct {
		struct rtmsg header;
		struct rtattr to;
		uint32_t address;
	} body = {.header = {.rtm_family = AF_INET,
		      .rtm_dst_len = 32,
		      .rtm_table = RT_TABLE_MAIN,
		      .rtm_protocol = RTPROT_STATIC,
		      .rtm_type = RTN_UNREACHABLE},
	    .to = {.rta_type = RTA_DST, .rta_len = RTA_LENGTH(4)},
	    .address = htonl(0xc0000201)};

	g_assert_cmpint(ask_kernel(type, &body, sizeof(body)), ==, 0);
}

static void set_link(bool up)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	request.ifr_flags = up ? IFF_UP : 0;
	g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &request), ==, 0);
	close(fd);
}

static bool lacks_network(void)
{
	if (!has_network)
		g_test_skip("no network namespace can be made");
	return !has_network;
}

static void test_address(void)
{
	if (lacks_network())
		return;
	begin();
	set_address(RTM_NEWADDR, 1);
	wait_for(CHANGE_NETWORK);
	set_address(RTM_DELADDR, 1);
	wait_for(CHANGE_NETWORK);
	end();
}

static void test_route(void)
{
	if (lacks_network())
		return;
	begin();
	set_route(RTM_NEWROUTE);
	wait_for(CHANGE_NETWORK);
	set_route(RTM_DELROUTE);
	wait_for(CHANGE_NETWORK);
	end();
}

static void test_link(void)
{
	if (lacks_network())
		return;
	begin();
	set_link(false);
	wait_for(CHANGE_NETWORK);
	set_link(true);
	wait_for(CHANGE_NETWORK);
	end();
}

/* All that happens in one burst is told once, at its end. */
static void test_burst(void)
{
	if (lacks_network())
		return;
	begin();
	for (unsigned i = 1; i <= 10; i++)
		set_address(RTM_NEWADDR, i);
	wait_for_one(CHANGE_NETWORK);
	for (unsigned i = 1; i <= 10; i++)
		set_address(RTM_DELADDR, i);
	wait_for_one(CHANGE_NETWORK);
	end();
}

static unsigned busy;

static gboolean keep_busy(void *data)
{
	(void)data;
	set_address(busy++ % 2 ? RTM_DELADDR : RTM_NEWADDR, 1);
	return G_SOURCE_CONTINUE;
}

/* One that does not end is told all the same. */
static void test_burst_without_end(void)
{
	unsigned source;

	if (lacks_network())
		return;
	begin();
	source = g_timeout_add(50, keep_busy, NULL);
	wait_for(CHANGE_NETWORK);
	wait_for(CHANGE_NETWORK);
	g_source_remove(source);
	if (busy % 2)
		keep_busy(NULL);
	end();
}

/* More than the kernel keeps for us: the rest is lost, but not the fact. */
static void test_overflow(void)
{
	if (lacks_network())
		return;
	begin();
	for (unsigned i = 1; i <= 2000; i++)
		set_address(i % 2 ? RTM_NEWADDR : RTM_DELADDR, 1);
	wait_for(CHANGE_NETWORK);
	set_address(RTM_NEWADDR, 1);
	wait_for(CHANGE_NETWORK);
	set_address(RTM_DELADDR, 1);
	wait_for(CHANGE_NETWORK);
	end();
}

/* The clock and sleep. */

/* By a nanosecond, in one step: whatever else runs now, it is no more. */
static bool correct_clock(void)
{
	struct timex step = {
	    .modes = ADJ_SETOFFSET | ADJ_NANO, .time = {.tv_usec = 1}};

	disturbed |= clock_was_set();
	if (clock_adjtime(CLOCK_REALTIME, &step) >= 0) {
		clock_was_set();
		return true;
	}
	g_test_skip("the clock cannot be set");
	return false;
}

static bool step_clock(void)
{
	stepped += 2000;
	return correct_clock();
}

/* Not worth a look at the network; what jumps behind it is. */
static void test_clock_corrected(void)
{
	begin();
	for (int i = 0; i < 3 && correct_clock(); i++)
		check_told_nothing();
	if (step_clock())
		wait_for(CHANGE_CLOCK);
	check_told_nothing();
	end();
}

/* A busy machine lets us wait between two looks at the clocks: that is no
 * sleep, and nobody has set one. */
static void test_clock_held_up(void)
{
	for (int looks = 1; looks <= 8; looks++) {
		begin();
		hold_up_in = looks;
		if (correct_clock())
			check_told_nothing();
		hold_up_in = 0;
		end();
		hold_up_in = looks;
		begin();
		hold_up_in = 0;
		if (correct_clock())
			check_told_nothing();
		end();
	}
	held_up = 0;
}

static void test_clock(void)
{
	begin();
	for (int i = 0; i < 3 && step_clock(); i++) {
		wait_for(CHANGE_CLOCK);
		check_told_nothing();
	}
	end();
}

static void test_sleep_by_the_clocks(void)
{
	begin();
	for (int i = 0; i < 3; i++) {
		slept += 5000;
		if (!step_clock())
			break;
		wait_for(CHANGE_WAKE);
		check_told_nothing();
	}
	end();
}

static void begin_logind(void)
{
	logind_bus_start();
	logind_start();
	begin();
	logind_wait(logind_is_held);
}

static void end_logind(void)
{
	end();
	logind_bus_stop();
}

static void test_sleep_by_logind(void)
{
	begin_logind();
	logind_prepare_for_sleep(true);
	wait_for(CHANGE_SLEEP);
	g_assert_true(logind_is_held());
	change_ready(change);
	logind_wait(logind_is_free);
	logind_prepare_for_sleep(false);
	wait_for(CHANGE_WAKE);
	logind_wait(logind_is_held);
	check_told_nothing();
	end_logind();
}

/* Both tell of it, the clocks first. */
static void test_sleep_told_twice(void)
{
	begin_logind();
	logind_prepare_for_sleep(true);
	wait_for(CHANGE_SLEEP);
	change_ready(change);
	slept += 3600 * 1000;
	if (step_clock()) {
		wait_for(CHANGE_WAKE);
		logind_prepare_for_sleep(false);
		logind_wait(logind_is_held);
		check_told_nothing();
	}
	end_logind();
}

/* logind first. */
static void test_sleep_told_twice_the_other_way(void)
{
	begin_logind();
	logind_prepare_for_sleep(true);
	wait_for(CHANGE_SLEEP);
	slept += 3600 * 1000;
	logind_prepare_for_sleep(false);
	wait_for(CHANGE_WAKE);
	logind_wait(logind_is_held);
	check_told_nothing();
	if (step_clock()) {
		wait_for(CHANGE_CLOCK);
		check_told_nothing();
	}
	end_logind();
}

static void test_logind_goes(void)
{
	begin_logind();
	logind_prepare_for_sleep(true);
	wait_for(CHANGE_SLEEP);
	logind_stop();
	wait_for(CHANGE_WAKE);
	end_logind();
}

static void test_ready_at_any_time(void)
{
	begin();
	change_ready(change);
	check_told_nothing();
	end();
	change_free(NULL);
}

/* Nothing happens, nothing wakes. */
static void test_silence(void)
{
	begin();
	net_run_dry();
	g_assert_false(g_main_context_pending(NULL));
	end();
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	g_assert_cmpint(write(fd, text, strlen(text)), ==, (int)strlen(text));
	close(fd);
}

/* To be there who we are here: a bus wants to know. */
static bool isolate_as_user(void)
{
	g_autofree char *user =
	    g_strdup_printf("%u %u 1", geteuid(), geteuid());
	g_autofree char *group =
	    g_strdup_printf("%u %u 1", getegid(), getegid());

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	put("/proc/self/uid_map", user);
	put("/proc/self/setgroups", "deny");
	put("/proc/self/gid_map", group);
	return true;
}

/* Before there are threads: a namespace of users wants none. */
static void isolate(void)
{
	has_network = unshare(CLONE_NEWNET) == 0 || isolate_as_user();
	if (has_network)
		set_link(true);
}

/* What timedatectl does, what ln -sf and cp do, and what is no zone. */
static void test_zone(void)
{
	g_autofree char *file = g_build_filename(zones, "localtime", NULL);
	g_autofree char *other = g_build_filename(zones, "adjtime", NULL);

	/* One for the zone, one for the bus. */
	if (!inotify_keep(2))
		return;
	begin();
	inotify_let_go();
	g_assert_cmpint(symlink("/usr/share/zoneinfo/UTC", other), ==, 0);
	check_told_nothing();
	g_assert_cmpint(rename(other, file), ==, 0);
	wait_for(CHANGE_ZONE);
	g_assert_cmpint(unlink(file), ==, 0);
	g_assert_cmpint(symlink("/usr/share/zoneinfo/CET", file), ==, 0);
	wait_for(CHANGE_ZONE);
	end();
	g_assert_cmpint(unlink(file), ==, 0);
}

int main(int argc, char **argv)
{
	int result;

	(void)argc;
	zones = g_dir_make_tmp("zones-XXXXXX", NULL);
	isolate();
	logind_world_new();
	unit_init(argv[0]);
	witness_begin();
	g_test_add_func("/change/silence", test_silence);
	g_test_add_func("/change/address", test_address);
	g_test_add_func("/change/route", test_route);
	g_test_add_func("/change/link", test_link);
	g_test_add_func("/change/burst", test_burst);
	g_test_add_func("/change/burst-without-end", test_burst_without_end);
	g_test_add_func("/change/overflow", test_overflow);
	g_test_add_func("/change/clock", test_clock);
	g_test_add_func("/change/clock-corrected", test_clock_corrected);
	g_test_add_func("/change/clock-held-up", test_clock_held_up);
	g_test_add_func("/change/zone", test_zone);
	g_test_add_func(
	    "/change/sleep-by-the-clocks", test_sleep_by_the_clocks);
	g_test_add_func("/change/sleep-by-logind", test_sleep_by_logind);
	g_test_add_func("/change/sleep-told-twice", test_sleep_told_twice);
	g_test_add_func("/change/sleep-told-twice-the-other-way",
	    test_sleep_told_twice_the_other_way);
	g_test_add_func("/change/logind-goes", test_logind_goes);
	g_test_add_func("/change/ready-at-any-time", test_ready_at_any_time);
	result = g_test_run();
	close(witness);
	logind_world_free();
	rmdir(zones);
	g_free(zones);
	return result;
}
