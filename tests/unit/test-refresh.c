/*
 * Histories of connections, played against servers that end them.
 */
#include "imap/refresh.h"
#include "tests/unit/unit.h"

#define S      ((int64_t)1000)
#define MINUTE (60 * S)
#define HOUR   (60 * MINUTE)

/* One connection after the other. */
struct play {
	struct imap_refresh refresh;
	int64_t now;
	int64_t limit;   /* the server ends what idles that long; 0: never */
	bool silent;     /* and it is noticed at the refresh only */
	unsigned deaths; /* so far */
};

static void play_begin(struct play *play, int64_t ceiling, int64_t limit)
{
	*play = (struct play){.now = 1, .limit = limit};
	imap_refresh_init(&play->refresh, ceiling, NULL);
}

static void check_range(const struct imap_refresh *refresh)
{
	g_assert_cmpint(refresh->current, <=, refresh->ceiling);
	g_assert_cmpint(
	    refresh->current, >=, MIN(refresh->ceiling, IMAP_REFRESH_FLOOR));
}

/* Idles once, until the refresh or until it dies. */
static void play_round(struct play *play)
{
	int64_t age = play->refresh.current;
	bool dies = play->limit > 0 && play->limit <= age;

	if (dies)
		age = play->silent ? age + 30 * S : play->limit;
	play->now += age;
	play->deaths += dies;
	if (dies)
		imap_refresh_died(&play->refresh, play->now, age);
	else
		imap_refresh_survived(&play->refresh, play->now, age);
	check_range(&play->refresh);
}

static void play_for(struct play *play, int64_t time)
{
	int64_t end = play->now + time;

	while (play->now < end)
		play_round(play);
}

/* How many die until one lives. */
static unsigned play_learn(struct play *play)
{
	unsigned before = play->deaths, deaths;

	do {
		deaths = play->deaths;
		play_round(play);
	} while (play->deaths > deaths);
	return deaths - before;
}

static void check_learnt(
    int64_t limit, bool silent, unsigned deaths, int64_t least, int64_t most)
{
	struct play play;

	play_begin(&play, 15 * MINUTE, limit);
	play.silent = silent;
	g_assert_cmpuint(play_learn(&play), ==, deaths);
	g_assert_cmpint(play.refresh.current, >=, least);
	g_assert_cmpint(play.refresh.current, <, most);
	/* From then on only trials fail, and ever more rarely. */
	play.deaths = 0;
	play_for(&play, 24 * HOUR);
	g_assert_cmpuint(play.deaths, <=, 8);
	play.deaths = 0;
	play_for(&play, 7 * 24 * HOUR);
	g_assert_cmpuint(play.deaths, <=, 10);
}

/* Quirk 21: after exactly 300 s. */
static void test_aol(void)
{
	check_learnt(300 * S, false, 3, 200 * S, 300 * S);
}

/* Quirk 24. */
static void test_gmx(void)
{
	check_learnt(12 * MINUTE, false, 3, 8 * MINUTE, 12 * MINUTE);
}

/* Quirk 11: forgotten after 5 minutes, which shows at the DONE. */
static void test_nat(void)
{
	check_learnt(5 * MINUTE, true, 9, 3 * MINUTE, 5 * MINUTE);
}

static void test_fine(void)
{
	struct play play;

	play_begin(&play, 15 * MINUTE, 0);
	play_for(&play, 48 * HOUR);
	g_assert_cmpint(play.refresh.current, ==, 15 * MINUTE);
}

/* Shorter than anything that is allowed: it stays and does not thrash. */
static void test_hopeless(void)
{
	struct play play;

	play_begin(&play, 15 * MINUTE, 100 * S);
	play_for(&play, 24 * HOUR);
	g_assert_cmpint(play.refresh.current, ==, 15 * MINUTE);
}

static void test_floor(void)
{
	struct play play;

	play_begin(&play, 15 * MINUTE, 130 * S);
	g_assert_cmpuint(play_learn(&play), ==, 3);
	g_assert_cmpint(play.refresh.current, ==, IMAP_REFRESH_FLOOR);
	/* There is nothing to tune. */
	play_begin(&play, 5 * S, 3 * S);
	play_for(&play, HOUR);
	g_assert_cmpint(play.refresh.current, ==, 5 * S);
	play_begin(&play, 90 * S, 89 * S);
	play_for(&play, HOUR);
	g_assert_cmpint(play.refresh.current, ==, 90 * S);
}

/* Two of chance, similar ones too, and then a good one. */
static void test_occasional(void)
{
	struct imap_refresh refresh;
	int64_t now = 0;

	imap_refresh_init(&refresh, 15 * MINUTE, NULL);
	for (int i = 0; i < 100; i++) {
		for (int n = 0; n < 2; n++) {
			now += 7 * MINUTE;
			g_assert_false(
			    imap_refresh_died(&refresh, now, 7 * MINUTE));
		}
		now += 15 * MINUTE;
		g_assert_false(
		    imap_refresh_survived(&refresh, now, 15 * MINUTE));
	}
	g_assert_cmpint(refresh.current, ==, 15 * MINUTE);
}

/* Any number, when their ages have nothing in common. */
static void test_unlike(void)
{
	static const int64_t minutes[] = {14, 6, 9, 3, 12, 5, 14, 8, 11, 2};
	struct imap_refresh refresh;
	int64_t now = 0;

	imap_refresh_init(&refresh, 15 * MINUTE, NULL);
	for (int i = 0; i < 100; i++) {
		int64_t age = minutes[i % G_N_ELEMENTS(minutes)] * MINUTE;

		now += age;
		g_assert_false(imap_refresh_died(&refresh, now, age));
	}
	g_assert_cmpint(refresh.current, ==, 15 * MINUTE);
}

/* Quirk 23: the end comes at random, 6 to 45 minutes after login.  A series
 * may look like a habit, but does not stay. */
static void test_yandex(void)
{
	struct imap_refresh refresh;
	int64_t now = 0, short_time = 0;

	imap_refresh_init(&refresh, 15 * MINUTE, NULL);
	for (int i = 0; i < 5000; i++) {
		int64_t left = g_test_rand_int_range(6 * 60, 45 * 60) * S;

		for (; left >= refresh.current; left -= refresh.current) {
			now += refresh.current;
			if (refresh.current < 5 * MINUTE)
				short_time += refresh.current;
			imap_refresh_survived(&refresh, now, refresh.current);
		}
		now += left;
		imap_refresh_died(&refresh, now, left);
		check_range(&refresh);
	}
	g_assert_cmpint(short_time, <, now / 10);
}

/* A server that restarts ends all connections of an account at once, all of
 * one age. */
static void test_together(void)
{
	struct imap_refresh refresh;
	int64_t now = 0;

	imap_refresh_init(&refresh, 15 * MINUTE, NULL);
	for (int i = 0; i < 20; i++)
		g_assert_false(
		    imap_refresh_died(&refresh, now + i * S, 10 * MINUTE));
	for (int i = 0; i < 20; i++)
		imap_refresh_survived(
		    &refresh, now + 20 * MINUTE + i * S, 15 * MINUTE);
	g_assert_cmpint(refresh.current, ==, 15 * MINUTE);
	/* Three mailboxes of AOL, round after round. */
	for (int i = 1; i <= 3; i++)
		for (int n = 0; n < 3; n++)
			imap_refresh_died(&refresh,
			    now + HOUR + i * 301 * S + n * S, 300 * S);
	g_assert_cmpint(refresh.current, ==, 240 * S);
}

/* Ten mailboxes that live prove no more than one. */
static void test_many(void)
{
	const struct imap_refresh_memory memory = {240 * S, 20};
	struct imap_refresh refresh;

	imap_refresh_init(&refresh, 15 * MINUTE, &memory);
	for (int i = 1; i < 20; i++)
		for (int n = 0; n < 10; n++)
			imap_refresh_survived(
			    &refresh, i * 240 * S + n * S, 240 * S);
	g_assert_cmpint(refresh.current, ==, 240 * S);
	g_assert_true(imap_refresh_survived(&refresh, 20 * 240 * S, 240 * S));
	g_assert_cmpint(refresh.current, ==, 300 * S);
}

/* What would have died before as well does not end a trial. */
static void test_trial(void)
{
	const struct imap_refresh_memory memory = {240 * S, 20};
	struct imap_refresh refresh;
	int64_t now = 0;

	imap_refresh_init(&refresh, 15 * MINUTE, &memory);
	for (; refresh.current == 240 * S; now += 240 * S)
		imap_refresh_survived(&refresh, now, 240 * S);
	g_assert_false(imap_refresh_died(&refresh, now, 200 * S));
	g_assert_cmpint(refresh.current, ==, 300 * S);
	now += 250 * S;
	g_assert_true(imap_refresh_died(&refresh, now, 250 * S));
	g_assert_cmpint(refresh.current, ==, 240 * S);
}

/* Traffic renews IDLE: that proves nothing about long idling. */
static void test_busy(void)
{
	struct imap_refresh refresh;
	int64_t now = 0;
	bool changed = false;

	imap_refresh_init(&refresh, 15 * MINUTE, NULL);
	for (int i = 0; i < 3; i++) {
		now += 10 * MINUTE;
		imap_refresh_survived(&refresh, now - MINUTE, MINUTE);
		changed = imap_refresh_died(&refresh, now, 300 * S);
	}
	g_assert_true(changed);
	for (int i = 0; i < 1000; i++) {
		now += 10 * MINUTE;
		g_assert_false(imap_refresh_survived(&refresh, now, MINUTE));
	}
	g_assert_cmpint(refresh.current, ==, 240 * S);
}

/* The way is better again: back to the ceiling, within a day. */
static void test_recovery(void)
{
	struct play play;
	int64_t before;

	play_begin(&play, 15 * MINUTE, 300 * S);
	play_learn(&play);
	play.limit = 0;
	before = play.refresh.current;
	for (int i = 0; i < 18; i++)
		play_round(&play);
	g_assert_cmpint(play.refresh.current, ==, before);
	for (int i = 0; i < 2; i++)
		play_round(&play);
	g_assert_cmpint(play.refresh.current, >, before);
	g_assert_cmpint(play.refresh.current, <=, before * 3 / 2);
	play_for(&play, 24 * HOUR);
	g_assert_cmpint(play.refresh.current, ==, 15 * MINUTE);
	g_assert_cmpuint(play.deaths, ==, 3);
}

/* Survivals between one failed trial and the next. */
static unsigned count_to_failure(struct play *play)
{
	unsigned deaths = play->deaths, rounds = 0;

	for (; play->deaths == deaths; rounds++)
		play_round(play);
	return rounds;
}

static void test_doubling(void)
{
	static const unsigned expected[] = {20, 40, 80, 160, 320, 320, 320};
	struct play play;

	play_begin(&play, 15 * MINUTE, 300 * S);
	play_learn(&play);
	/* The first is lived already; the last is the death. */
	g_assert_cmpuint(count_to_failure(&play), ==, expected[0]);
	for (size_t i = 1; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpint(play.refresh.current, ==, 240 * S);
		g_assert_cmpuint(count_to_failure(&play), ==, expected[i] + 1);
	}
}

/* Over a restart it goes on where it was; a trial is not yet believed. */
static void test_memory(void)
{
	struct imap_refresh_memory memory;
	struct imap_refresh other;
	struct play play;

	play_begin(&play, 15 * MINUTE, 300 * S);
	play_learn(&play);
	count_to_failure(&play);
	memory = imap_refresh_remember(&play.refresh);
	g_assert_cmpint(memory.interval, ==, 240 * S);
	g_assert_cmpuint(memory.patience, ==, 40);
	imap_refresh_init(&play.refresh, 15 * MINUTE, &memory);
	g_assert_cmpuint(count_to_failure(&play), ==, 41);
	play.limit = 0;
	while (play.refresh.current == 240 * S)
		play_round(&play);
	memory = imap_refresh_remember(&play.refresh);
	g_assert_cmpint(memory.interval, ==, 240 * S);
	for (int i = 0; i < 3; i++)
		play_round(&play);
	memory = imap_refresh_remember(&play.refresh);
	g_assert_cmpint(memory.interval, ==, 300 * S);
	g_assert_cmpuint(memory.patience, ==, 20);
	/* A ceiling of the user's holds. */
	imap_refresh_init(&other, 3 * MINUTE, &memory);
	g_assert_cmpint(other.current, ==, 3 * MINUTE);
}

static void test_memory_nonsense(void)
{
	static const struct imap_refresh_memory rows[] = {
	    {0, 0}, {-1, 1}, {INT64_MIN, UINT_MAX}, {INT64_MAX, UINT_MAX}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct imap_refresh refresh;

		imap_refresh_init(&refresh, 15 * MINUTE, &rows[i]);
		check_range(&refresh);
		g_assert_cmpuint(refresh.patience, >=, 20);
		g_assert_cmpuint(refresh.patience, <=, 320);
	}
}

/* Any history under any ceiling, and "changed" tells of every change. */
static void play_random(struct imap_refresh *refresh)
{
	int64_t now = 0;

	for (int i = 0; i < 2000; i++) {
		struct imap_refresh_memory before, after;
		int64_t current = refresh->current;
		int64_t age = g_test_rand_int_range(0, 3) > 0
		    ? refresh->current
		    : g_test_rand_int_range(0, 40 * 60) * S;
		bool changed;

		now += g_test_rand_int_range(0, 900) * S;
		before = imap_refresh_remember(refresh);
		changed = g_test_rand_int_range(0, 5) == 0
		    ? imap_refresh_died(refresh, now, age)
		    : imap_refresh_survived(refresh, now, age);
		after = imap_refresh_remember(refresh);
		check_range(refresh);
		if (!changed) {
			g_assert_cmpint(refresh->current, ==, current);
			g_assert_cmpint(after.interval, ==, before.interval);
			g_assert_cmpuint(after.patience, ==, before.patience);
		}
	}
}

static void test_random(void)
{
	for (int i = 0; i < 300; i++) {
		struct imap_refresh_memory memory = {
		    g_test_rand_int_range(-1000, 4 * 1000 * 1000),
		    (unsigned)g_test_rand_int_range(0, 1000)};
		struct imap_refresh refresh;

		imap_refresh_init(&refresh,
		    g_test_rand_int_range(1, 2 * 3600) * S,
		    g_test_rand_bit() ? &memory : NULL);
		check_range(&refresh);
		play_random(&refresh);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/refresh/fine", test_fine);
	g_test_add_func("/refresh/aol", test_aol);
	g_test_add_func("/refresh/gmx", test_gmx);
	g_test_add_func("/refresh/nat", test_nat);
	g_test_add_func("/refresh/hopeless", test_hopeless);
	g_test_add_func("/refresh/floor", test_floor);
	g_test_add_func("/refresh/occasional", test_occasional);
	g_test_add_func("/refresh/unlike", test_unlike);
	g_test_add_func("/refresh/yandex", test_yandex);
	g_test_add_func("/refresh/together", test_together);
	g_test_add_func("/refresh/many", test_many);
	g_test_add_func("/refresh/trial", test_trial);
	g_test_add_func("/refresh/busy", test_busy);
	g_test_add_func("/refresh/recovery", test_recovery);
	g_test_add_func("/refresh/doubling", test_doubling);
	g_test_add_func("/refresh/memory", test_memory);
	g_test_add_func("/refresh/memory-nonsense", test_memory_nonsense);
	g_test_add_func("/refresh/random", test_random);
	return g_test_run();
}
