/*
 * What was learnt is there again, and damage is only forgotten.
 */
#include "store/tuning.h"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"
#include <sys/stat.h>

static void must_store(struct place *place, const struct tuning *tuning)
{
	g_autoptr(GError) error = NULL;
	bool ok = tuning_store(place->state, "work", tuning, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void must_set(struct place *place, int64_t interval, unsigned patience)
{
	const struct tuning tuning = {.refresh = {interval, patience}};

	must_store(place, &tuning);
}

static struct tuning load(struct place *place)
{
	struct tuning tuning = {.faults = {7}};

	tuning_load(place->state, "work", &tuning);
	return tuning;
}

static void check(struct place *place, int64_t interval, unsigned patience)
{
	struct tuning tuning = load(place);

	g_assert_cmpint(tuning.refresh.interval, ==, interval);
	g_assert_cmpuint(tuning.refresh.patience, ==, patience);
}

static void check_nothing(struct place *place)
{
	static const struct tuning nothing;
	struct tuning tuning = load(place);

	g_assert_cmpmem(&tuning, sizeof tuning, &nothing, sizeof nothing);
}

static void test_again(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;
	struct stat st;

	(void)data;
	check_nothing(place);
	must_set(place, 240000, 40);
	check(place, 240000, 40);
	text = place_read(place, "work.tuning");
	g_assert_true(g_str_has_prefix(
	    text, "idlebell tuning 2\nrefresh 240000 40\nsha256 "));
	must_set(place, 300000, 20);
	check(place, 300000, 20);
	must_set(place, 300000, 40);
	check(place, 300000, 40);
	g_assert_cmpint(fstatat(place->fd, "work.tuning", &st, 0), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
}

/* What is there already is not written again. */
static void test_unchanged(struct place *place, gconstpointer data)
{
	struct stat before, after;

	(void)data;
	must_set(place, 240000, 40);
	g_assert_cmpint(fstatat(place->fd, "work.tuning", &before, 0), ==, 0);
	g_assert_cmpint(
	    linkat(place->fd, "work.tuning", place->fd, "x", 0), ==, 0);
	must_set(place, 240000, 40);
	g_assert_cmpint(fstatat(place->fd, "work.tuning", &after, 0), ==, 0);
	g_assert_cmpuint(before.st_ino, ==, after.st_ino);
}

static void write_lines(
    struct place *place, unsigned version, const char *lines)
{
	g_autofree char *body =
	    g_strdup_printf("idlebell tuning %u\n%s", version, lines);
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *text = g_strconcat(body, "sha256 ", sum, "\n", NULL);

	place_write(place, "work.tuning", text, strlen(text));
}

static void test_lines(struct place *place, gconstpointer data)
{
	static const char *const rows[] = {"", "other\n", "refresh 1\n",
	    "refresh 1 2 3\n", "refresh 0 20\n", "refresh -1 20\n",
	    "refresh x 20\n", "refresh 2147483648 20\n", "refresh 240000 -1\n",
	    "refresh 240000 x\n", "fresh 240000 20\n",
	    "refresh 240000 20\nrefresh 240000 20\n", "refresh 240000 20\n\n",
	    "after-login IDLE\nafter-login IDLE\n", "fault qresync\n",
	    "fault qresync 0\n", "fault qresync 1 2\n",
	    "fault qresync 1099511627777\n"};

	(void)data;
	write_lines(place, 1, "refresh 240000 20\n");
	check(place, 240000, 20);
	write_lines(place, 1, "after-login IDLE\n");
	check_nothing(place);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		write_lines(place, 2, rows[i]);
		check_nothing(place);
		must_set(place, 240000, 20);
		check(place, 240000, 20);
	}
}

static void test_server(struct place *place, gconstpointer data)
{
	struct tuning tuning = {.refresh = {240000, 40},
	    .after_login = {.known = true,
		.dovecot = true,
		.bits = UINT64_C(1) << IMAP_CAP_IDLE |
		    UINT64_C(1) << IMAP_CAP_AUTH_PLAIN}};
	g_autofree char *text = NULL;

	(void)data;
	tuning_add_faults(
	    &tuning, IMAP_FAULT_NOTIFY | IMAP_FAULT_IDLE, 1795335202);
	must_store(place, &tuning);
	text = place_read(place, "work.tuning");
	g_assert_true(g_str_has_prefix(text,
	    "idlebell tuning 2\nrefresh 240000 40\n"
	    "after-login Dovecot AUTH=PLAIN IDLE\n"
	    "fault notify 1795335202\nfault idle 1795335202\nsha256 "));
	tuning = load(place);
	g_assert_true(tuning.after_login.known);
	g_assert_true(tuning.after_login.dovecot);
	g_assert_true(
	    imap_capabilities_have(&tuning.after_login, IMAP_CAP_AUTH_PLAIN));
	g_assert_false(
	    imap_capabilities_have(&tuning.after_login, IMAP_CAP_ID));
	g_assert_cmpuint(tuning_faults(&tuning, 1795335203), ==,
	    IMAP_FAULT_NOTIFY | IMAP_FAULT_IDLE);
	must_set(place, 300000, 20);
	g_assert_false(load(place).after_login.known);
	write_lines(place, 2, "after-login\nfault of-tomorrow 5\n");
	g_assert_true(load(place).after_login.known);
	g_assert_cmpuint(load(place).after_login.bits, ==, 0);
}

/* A server that was mended gets another chance. */
static void test_faults(void)
{
	const int64_t day = 24 * 60 * 60, now = 1795335202;
	struct tuning tuning = {0};

	g_assert_cmpuint(tuning_faults(&tuning, now), ==, 0);
	tuning_add_faults(&tuning, IMAP_FAULT_QRESYNC, now);
	tuning_add_faults(&tuning, IMAP_FAULT_PIPELINE, now + 2 * day);
	g_assert_cmpuint(tuning_faults(&tuning, now + 30 * day - 1), ==,
	    IMAP_FAULT_QRESYNC | IMAP_FAULT_PIPELINE);
	g_assert_cmpuint(
	    tuning_faults(&tuning, now + 30 * day), ==, IMAP_FAULT_PIPELINE);
	tuning_add_faults(&tuning, IMAP_FAULT_QRESYNC, now + 30 * day);
	g_assert_cmpuint(tuning_faults(&tuning, now + 31 * day), ==,
	    IMAP_FAULT_QRESYNC | IMAP_FAULT_PIPELINE);
	g_assert_cmpuint(tuning_faults(&tuning, now - 40 * day), ==, 0);
	tuning_add_faults(&tuning, IMAP_FAULT_IDLE, -1);
	g_assert_cmpint(tuning.faults[5], ==, 1);
}

/* Cut anywhere it is forgotten, and learnt again. */
static void test_cut(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;

	(void)data;
	must_set(place, 240000, 40);
	text = place_read(place, "work.tuning");
	for (size_t n = 0; n < strlen(text); n++) {
		place_write(place, "work.tuning", text, n);
		check_nothing(place);
	}
	must_set(place, 240000, 40);
	check(place, 240000, 40);
}

static void test_newer(struct place *place, gconstpointer data)
{
	const struct tuning tuning = {.refresh = {240000, 20}};
	g_autoptr(GError) error = NULL;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	bool ok;

	(void)data;
	write_lines(place, 3, "other things\n");
	before = place_read(place, "work.tuning");
	check_nothing(place);
	ok = tuning_store(place->state, "work", &tuning, &error);
	g_assert_false(ok);
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
	after = place_read(place, "work.tuning");
	g_assert_cmpstr(after, ==, before);
}

static void test_symlink(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;

	(void)data;
	place_write(place, "victim", "mine", 4);
	g_assert_cmpint(symlinkat("victim", place->fd, "work.tuning"), ==, 0);
	check_nothing(place);
	g_assert_cmpint(symlinkat("victim", place->fd, "work.tuning"), ==, 0);
	must_set(place, 240000, 20);
	check(place, 240000, 20);
	text = place_read(place, "victim");
	g_assert_cmpstr(text, ==, "mine");
}

static void test_write_fails(struct place *place, gconstpointer data)
{
	const struct tuning tuning = {.refresh = {240000, 20}};
	g_autoptr(GError) error = NULL;
	bool ok;

	(void)data;
	g_assert_cmpint(mkdirat(place->fd, ".work.tuning.new", 0700), ==, 0);
	ok = tuning_store(place->state, "work", &tuning, &error);
	g_assert_false(ok);
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
	check_nothing(place);
	unlinkat(place->fd, ".work.tuning.new", AT_REMOVEDIR);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/tuning/faults", test_faults);
	PLACE_ADD("/tuning/again", test_again);
	PLACE_ADD("/tuning/server", test_server);
	PLACE_ADD("/tuning/unchanged", test_unchanged);
	PLACE_ADD("/tuning/lines", test_lines);
	PLACE_ADD("/tuning/cut", test_cut);
	PLACE_ADD("/tuning/newer", test_newer);
	PLACE_ADD("/tuning/symlink", test_symlink);
	PLACE_ADD("/tuning/write-fails", test_write_fails);
	return g_test_run();
}
