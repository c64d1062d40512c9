/*
 * A pause is there again, and goes when it is over.
 */
#include "store/pause.h"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"

static void must_store(struct place *place, int64_t since, int64_t until)
{
	const struct pause pause = {since, until};
	g_autoptr(GError) error = NULL;
	bool ok = pause_store(place->state, "work", &pause, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

/* Returns the trouble, a new string, or NULL. */
static char *check(struct place *place, int64_t since, int64_t until)
{
	struct pause pause = {7, 7};
	char *trouble = NULL;

	pause_load(place->state, "work", &pause, &trouble);
	g_assert_cmpint(pause.since, ==, since);
	g_assert_cmpint(pause.until, ==, until);
	return trouble;
}

static void check_well(struct place *place, int64_t since, int64_t until)
{
	g_autofree char *trouble = check(place, since, until);

	g_assert_cmpstr(trouble, ==, NULL);
}

static void test_again(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;

	(void)data;
	check_well(place, 0, 0);
	must_store(place, 1000, 2000);
	check_well(place, 1000, 2000);
	text = place_read(place, "work.pause");
	g_assert_true(g_str_has_prefix(
	    text, "idlebell pause 1\npause 1000 2000\nsha256 "));
	must_store(place, 1500, INT64_MAX);
	check_well(place, 1500, INT64_MAX);
}

static void test_end(struct place *place, gconstpointer data)
{
	(void)data;
	must_store(place, 0, 0);
	g_assert_false(place_has(place, "work.pause"));
	must_store(place, 1000, 2000);
	g_assert_true(place_has(place, "work.pause"));
	must_store(place, 0, 0);
	g_assert_false(place_has(place, "work.pause"));
	check_well(place, 0, 0);
}

static void test_damage(struct place *place, gconstpointer data)
{
	static const char *const lines[] = {"pause 1000", "pause 1000 x",
	    "pause -5 2000", "pause 1000 2000 3000", "break 1000 2000",
	    "pause 1000 2000\npause 1000 3000", "pause 1000 0"};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *body =
		    g_strdup_printf("idlebell pause 1\n%s\n", lines[i]);
		g_autofree char *sum =
		    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
		g_autofree char *text =
		    g_strdup_printf("%ssha256 %s\n", body, sum);
		g_autofree char *trouble = NULL;

		place_write(place, "work.pause", text, strlen(text));
		trouble = check(place, 0, 0);
		g_assert_nonnull(trouble);
		g_assert_nonnull(strstr(trouble, "is not paused any more"));
		check_well(place, 0, 0);
	}
	(void)data;
}

/* What cannot be read now is said, too; a newer file stays. */
static void test_newer(struct place *place, gconstpointer data)
{
	static const char body[] = "idlebell pause 99\nwhatever\n";
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *text = g_strdup_printf("%ssha256 %s\n", body, sum);
	g_autofree char *trouble = NULL;

	(void)data;
	place_write(place, "work.pause", text, strlen(text));
	trouble = check(place, 0, 0);
	g_assert_nonnull(strstr(trouble, "newer idlebell"));
	g_assert_true(place_has(place, "work.pause"));
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	PLACE_ADD("/pause/again", test_again);
	PLACE_ADD("/pause/end", test_end);
	PLACE_ADD("/pause/damage", test_damage);
	PLACE_ADD("/pause/newer", test_newer);
	return g_test_run();
}
