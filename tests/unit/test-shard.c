/*
 * Which account belongs to which shard.
 */
#include "config/shard.h"
#include "tests/unit/unit.h"
#include <string.h>

enum {
	ACCOUNTS = 10000
};

static void test_parse(void)
{
	static const struct {
		const char *text;
		unsigned number, count; /* 0: refused */
	} rows[] = {{"1/1", 1, 1}, {"2/4", 2, 4}, {"4/4", 4, 4},
	    {"100/100", 100, 100}, {"2-of-4", 2, 4}, {"5/4", 0, 0},
	    {"0/4", 0, 0}, {"1/0", 0, 0}, {"1/101", 0, 0}, {"", 0, 0},
	    {"1", 0, 0}, {"/", 0, 0}, {"1/", 0, 0}, {"/4", 0, 0},
	    {"1/4/4", 0, 0}, {"01/4", 0, 0}, {"1/04", 0, 0}, {" 1/4", 0, 0},
	    {"+1/4", 0, 0}, {"-1/4", 0, 0}, {"1of4", 0, 0}, {"1-of-", 0, 0},
	    {"1-of-4-of-4", 0, 0}, {"1/-of-4", 0, 0},
	    {"1/18446744073709551617", 0, 0}, {"a/b", 0, 0}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct config_shard shard = {0};
		g_autofree char *reason = NULL;

		g_test_message("%s", rows[i].text);
		g_assert_true(config_shard_parse(rows[i].text, &shard,
				  &reason) == (rows[i].count > 0));
		g_assert_cmpuint(shard.number, ==, rows[i].number);
		g_assert_cmpuint(shard.count, ==, rows[i].count);
		g_assert_true((reason == NULL) == (rows[i].count > 0));
		if (reason != NULL)
			g_assert_nonnull(strstr(reason, rows[i].text));
	}
}

static void test_print(void)
{
	const struct config_shard shard = {.number = 2, .count = 14};
	g_autofree char *name = config_shard_name(&shard);
	g_autofree char *text = config_shard_print(&shard);

	g_assert_cmpstr(name, ==, "2-of-14");
	g_assert_cmpstr(text, ==, "2/14");
}

/* As the manual has it, computed with other tools: a change would move
 * everybody's accounts. */
static void test_fixed(void)
{
	static const struct {
		const char *account;
		unsigned of[4]; /* with 2, 3, 4 and 10 shards */
	} rows[] = {{"work", {1, 3, 3, 5}}, {"home", {2, 2, 2, 5}},
	    {"jane@example.org", {2, 2, 2, 9}}, {"a", {2, 3, 3, 3}},
	    {"Jane.Doe+x@example-1.org_2", {1, 1, 1, 1}}};
	static const unsigned counts[] = {2, 3, 4, 10};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(counts); j++)
			g_assert_cmpuint(
			    config_shard_of(rows[i].account, counts[j]), ==,
			    rows[i].of[j]);
}

static void test_has(void)
{
	const struct config_shard all = {0}, only = {1, 1};
	unsigned owners = 0;

	g_assert_true(config_shard_has(NULL, "work"));
	g_assert_true(config_shard_has(&all, "work"));
	g_assert_true(config_shard_has(&only, "work"));
	for (unsigned number = 1; number <= 7; number++) {
		const struct config_shard shard = {number, 7};

		owners += config_shard_has(&shard, "work");
	}
	g_assert_cmpuint(owners, ==, 1);
}

/* From count to count + 1: what moves goes to the new shard, and is as much
 * as that is due; no shard has much more than another. */
static void check_growth(unsigned count)
{
	unsigned moved = 0, sizes[CONFIG_SHARDS_MAX + 1] = {0};
	double share = (double)ACCOUNTS / (count + 1);

	for (unsigned i = 0; i < ACCOUNTS; i++) {
		g_autofree char *name = g_strdup_printf("user%u", i);
		unsigned before = config_shard_of(name, count);
		unsigned after = config_shard_of(name, count + 1);

		sizes[after]++;
		if (before == after)
			continue;
		moved++;
		g_assert_cmpuint(after, ==, count + 1);
	}
	g_test_message("%u to %u: %u of %u move", count, count + 1, moved,
	    (unsigned)ACCOUNTS);
	for (unsigned number = 1; number <= count + 1; number++) {
		g_assert_cmpfloat(sizes[number], >, share * 0.85);
		g_assert_cmpfloat(sizes[number], <, share * 1.15);
	}
	g_assert_cmpuint(moved, ==, sizes[count + 1]);
}

static void test_growth(void)
{
	for (unsigned count = 1; count <= 9; count++)
		check_growth(count);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/shard/parse", test_parse);
	g_test_add_func("/shard/print", test_print);
	g_test_add_func("/shard/fixed", test_fixed);
	g_test_add_func("/shard/has", test_has);
	g_test_add_func("/shard/growth", test_growth);
	return g_test_run();
}
