/*
 * Sequence numbers to UIDs, also against a model: whatever happens to a plain
 * list of UIDs, the roster names no message by the number of another, and
 * knows all those that it was told of and has room for.
 */
#include "imap/limits.h"
#include "imap/roster.h"
#include "tests/unit/unit.h"
#include <string.h>

static struct imap_text text(const char *string)
{
	return (struct imap_text){string, strlen(string)};
}

/* Messages 1 to 5 with the UIDs 10 to 50. */
static void fill(struct imap_roster *roster)
{
	imap_roster_exists(roster, 5);
	for (uint32_t i = 1; i <= 5; i++)
		imap_roster_learn(roster, i, i * 10);
}

/* "1=10 2=20" */
static void check(struct imap_roster *roster, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);

	for (unsigned i = 0; i < roster->count; i++)
		g_string_append_printf(got, "%s%u=%u", i > 0 ? " " : "",
		    roster->items[i].sequence, roster->items[i].uid);
	g_assert_cmpstr(got->str, ==, expected);
}

static void test_expunge(void)
{
	struct imap_roster roster = {0};

	fill(&roster);
	g_assert_cmpuint(imap_roster_uid(&roster, 4), ==, 40);
	g_assert_cmpuint(imap_roster_uid(&roster, 6), ==, 0);
	g_assert_cmpuint(imap_roster_expunge(&roster, 2), ==, 20);
	check(&roster, "1=10 2=30 3=40 4=50");
	g_assert_cmpuint(imap_roster_expunge(&roster, 2), ==, 30);
	g_assert_cmpuint(imap_roster_expunge(&roster, 3), ==, 50);
	g_assert_cmpuint(imap_roster_expunge(&roster, 3), ==, 0);
	g_assert_cmpuint(imap_roster_expunge(&roster, 0), ==, 0);
	check(&roster, "1=10 2=40");
	imap_roster_clear(&roster);
	check(&roster, "");
	imap_roster_clear(&roster);
}

/* Of those below nothing is known but that they are there. */
static void test_expunge_unknown(void)
{
	struct imap_roster roster = {0};

	imap_roster_exists(&roster, 90);
	imap_roster_learn(&roster, 90, 500);
	g_assert_cmpuint(imap_roster_expunge(&roster, 3), ==, 0);
	check(&roster, "89=500");
	imap_roster_exists(&roster, 89);
	imap_roster_exists(&roster, 91);
	imap_roster_learn(&roster, 91, 510);
	check(&roster, "89=500 91=510");
	imap_roster_learn(&roster, 90, 505);
	check(&roster, "89=500 90=505 91=510");
	imap_roster_clear(&roster);
}

static void check_vanished(const char *set, const char *expected)
{
	struct imap_roster roster = {0};

	fill(&roster);
	imap_roster_vanished(&roster, text(set));
	check(&roster, expected);
	imap_roster_clear(&roster);
}

static void test_vanished(void)
{
	check_vanished("20", "1=10 2=30 3=40 4=50");
	check_vanished("20,50", "1=10 2=30 3=40");
	check_vanished("50,20", "1=10 2=30 3=40");
	check_vanished("60", "1=10 2=20 3=30 4=40 5=50");
	check_vanished("5,6", "");
	check_vanished("15", "");
	check_vanished("1:4294967295", "");
	check_vanished("*", "1=10 2=20 3=30 4=40 5=50");
	check_vanished("x", "1=10 2=20 3=30 4=40 5=50");
}

/* A server that contradicts itself is not followed. */
static void test_contradictions(void)
{
	struct imap_roster roster = {0};

	fill(&roster);
	imap_roster_learn(&roster, 3, 30);
	imap_roster_learn(&roster, 0, 60);
	imap_roster_learn(&roster, 6, 0);
	check(&roster, "1=10 2=20 3=30 4=40 5=50");
	imap_roster_learn(&roster, 3, 31);
	check(&roster, "3=31");
	fill(&roster);
	imap_roster_learn(&roster, 6, 60);
	check(&roster, "6=60");
	imap_roster_exists(&roster, 7);
	imap_roster_learn(&roster, 7, 55);
	check(&roster, "7=55");
	imap_roster_exists(&roster, 6);
	check(&roster, "");
	imap_roster_clear(&roster);
}

static void test_bounds(void)
{
	struct imap_roster roster = {0};

	imap_roster_exists(&roster, UINT32_MAX);
	for (uint32_t i = 1; i <= IMAP_ROSTER_MAX + 10; i++)
		imap_roster_learn(&roster, i, i);
	g_assert_cmpuint(roster.count, ==, IMAP_ROSTER_MAX);
	g_assert_cmpuint(imap_roster_uid(&roster, 10), ==, 0);
	g_assert_cmpuint(imap_roster_uid(&roster, 11), ==, 11);
	imap_roster_learn(&roster, 5, 5);
	g_assert_cmpuint(imap_roster_uid(&roster, 5), ==, 0);
	g_assert_cmpuint(imap_roster_uid(&roster, 11), ==, 11);
	imap_roster_learn(&roster, UINT32_MAX, UINT32_MAX);
	imap_roster_vanished(&roster, text("1:4294967295"));
	g_assert_cmpuint(roster.count, ==, 0);
	g_assert_cmpuint(imap_roster_expunge(&roster, UINT32_MAX), ==, 0);
	imap_roster_clear(&roster);
}

/* Nothing was told of: asked for by sanitizers. */
static void test_empty(void)
{
	struct imap_roster roster = {0};

	imap_roster_exists(&roster, 5);
	imap_roster_vanished(&roster, text("1:3"));
	g_assert_cmpuint(imap_roster_expunge(&roster, 1), ==, 0);
	g_assert_cmpuint(roster.exists, ==, 1);
	check(&roster, "");
	imap_roster_clear(&roster);
}

/* ---- the model: a plain list, of which some were told ---- */

struct model {
	struct imap_roster roster;
	GArray *uids; /* uint32_t, by sequence number */
	GHashTable *told;
	uint32_t uidnext;
};

static uint32_t uid_of(const struct model *model, guint sequence)
{
	return g_array_index(model->uids, uint32_t, sequence - 1);
}

static guint any(const struct model *model)
{
	return (guint)g_test_rand_int_range(1, (gint32)model->uids->len + 1);
}

static void deliver(struct model *model)
{
	int count = g_test_rand_int_range(1, 4);

	while (count-- > 0) {
		model->uidnext += (uint32_t)g_test_rand_int_range(1, 5);
		g_array_append_val(model->uids, model->uidnext);
	}
	imap_roster_exists(&model->roster, model->uids->len);
}

static void learn(struct model *model)
{
	guint sequence = any(model);
	uint32_t uid = uid_of(model, sequence);

	imap_roster_learn(&model->roster, sequence, uid);
	g_hash_table_add(model->told, GUINT_TO_POINTER(uid));
}

static void expunge(struct model *model)
{
	guint sequence = any(model);
	uint32_t uid = uid_of(model, sequence);
	bool known = g_hash_table_remove(model->told, GUINT_TO_POINTER(uid));

	g_array_remove_index(model->uids, sequence - 1);
	g_assert_cmpuint(
	    imap_roster_expunge(&model->roster, sequence), ==, known ? uid : 0);
}

static void vanish(struct model *model)
{
	g_autoptr(GString) set = g_string_new(NULL);
	int count = g_test_rand_int_range(1, 4);

	while (count-- > 0 && model->uids->len > 0) {
		guint sequence = any(model);
		uint32_t uid = uid_of(model, sequence);

		g_array_remove_index(model->uids, sequence - 1);
		g_hash_table_remove(model->told, GUINT_TO_POINTER(uid));
		g_string_append_printf(
		    set, "%s%u", set->len > 0 ? "," : "", uid);
	}
	imap_roster_vanished(&model->roster, text(set->str));
}

static void reopen(struct model *model)
{
	imap_roster_clear(&model->roster);
	imap_roster_exists(&model->roster, model->uids->len);
	g_hash_table_remove_all(model->told);
}

static void step(struct model *model)
{
	static void (*const steps[])(struct model *) = {deliver, deliver, learn,
	    learn, learn, learn, expunge, expunge, vanish};
	int what = g_test_rand_int_range(0, 200);

	if (what == 0)
		reopen(model);
	else if (model->uids->len == 0)
		deliver(model);
	else
		steps[what % (int)G_N_ELEMENTS(steps)](model);
}

static void compare(const struct model *model)
{
	for (guint i = 1; i <= model->uids->len; i++) {
		uint32_t uid = uid_of(model, i);
		bool told =
		    g_hash_table_contains(model->told, GUINT_TO_POINTER(uid));

		g_assert_cmpuint(
		    imap_roster_uid(&model->roster, i), ==, told ? uid : 0);
	}
	g_assert_cmpuint(
	    model->roster.count, ==, g_hash_table_size(model->told));
	g_assert_cmpuint(model->roster.exists, ==, model->uids->len);
}

static void test_model(void)
{
	for (int round = 0; round < 100; round++) {
		struct model model = {.uidnext = 1,
		    .uids = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		    .told = g_hash_table_new(NULL, NULL)};

		for (int i = 0; i < 300; i++) {
			step(&model);
			compare(&model);
		}
		imap_roster_clear(&model.roster);
		g_array_unref(model.uids);
		g_hash_table_unref(model.told);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/roster/expunge", test_expunge);
	g_test_add_func("/roster/expunge-unknown", test_expunge_unknown);
	g_test_add_func("/roster/vanished", test_vanished);
	g_test_add_func("/roster/contradictions", test_contradictions);
	g_test_add_func("/roster/bounds", test_bounds);
	g_test_add_func("/roster/empty", test_empty);
	g_test_add_func("/roster/model", test_model);
	return g_test_run();
}
