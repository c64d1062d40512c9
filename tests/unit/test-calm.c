/*
 * How many events are answered, and when.
 */
#include "net/calm.h"
#include "tests/unit/unit.h"

#define DAY ((int64_t)24 * 3600 * 1000)

static void check_at_once(struct calm *calm, int64_t now)
{
	g_assert_cmpint(calm_next(calm), <=, now);
	calm_note(calm, now);
}

static void test_first(void)
{
	struct calm calm = {0};

	check_at_once(&calm, 0);
	for (int i = 1; i < CALM_MANY; i++)
		check_at_once(&calm, 0);
	g_assert_cmpint(calm_next(&calm), ==, CALM_PAUSE);
}

static void test_without_end(void)
{
	struct calm calm = {0};
	int64_t now = DAY;
	unsigned answered = 0;

	for (; now < 2 * DAY; now += 1000)
		if (calm_next(&calm) <= now) {
			calm_note(&calm, now);
			answered++;
		}
	g_assert_cmpuint(answered, <=, DAY / CALM_PAUSE + CALM_MANY);
	g_assert_cmpuint(answered, >=, DAY / CALM_PAUSE);
}

/* A quiet minute makes up for all. */
static void test_silence(void)
{
	struct calm calm = {0};

	for (int i = 0; i < CALM_MANY; i++)
		calm_note(&calm, DAY);
	g_assert_cmpint(calm_next(&calm), >, DAY);
	for (int i = 0; i < CALM_MANY; i++)
		check_at_once(&calm, DAY + CALM_MANY * CALM_PAUSE);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/calm/first", test_first);
	g_test_add_func("/calm/without-end", test_without_end);
	g_test_add_func("/calm/silence", test_silence);
	return g_test_run();
}
