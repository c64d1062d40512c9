/*
 * Marks: what is set is there after a crash, and what is not ours is not
 * believed.  What happens to the file is tests/unit/test-ledger.c's.
 *
 * The module is included: its parser is tested on lines.
 */
#include "store/marks.c"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"
#include <signal.h>
#include <sys/wait.h>

/* Instead of libc's: who has to wait for the disk. */
static unsigned syncs;

int fsync(int fd)
{
	syncs++;
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

static struct marks *must_open(struct place *place, const char *account)
{
	g_autoptr(GError) error = NULL;
	char *damage = (char *)"unset";
	struct marks *marks =
	    marks_open(place->state, account, &damage, &error);

	g_assert_no_error(error);
	g_assert_null(damage);
	g_assert_nonnull(marks);
	return marks;
}

static void must_set_mark(
    struct marks *marks, const char *mailbox, const struct mark *mark)
{
	g_autoptr(GError) error = NULL;
	bool ok = marks_set(marks, mailbox, mark, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void must_set(struct marks *marks, const char *mailbox,
    uint32_t uidvalidity, uint32_t uid)
{
	const struct mark mark = {.uidvalidity = uidvalidity, .uid = uid};

	must_set_mark(marks, mailbox, &mark);
}

static void check_mark(struct marks *marks, const char *mailbox,
    uint32_t uidvalidity, uint32_t uid)
{
	struct mark mark = {0};

	g_assert_true(marks_get(marks, mailbox, &mark));
	g_assert_cmpuint(mark.uidvalidity, ==, uidvalidity);
	g_assert_cmpuint(mark.uid, ==, uid);
	mark_clear(&mark);
}

/* "UID RANGES", for a look. */
static char *mark_text(const struct mark *mark)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "%u ", mark->uid);
	imap_ranges_format(&mark->taken, UINT_MAX, text);
	return g_string_free(text, FALSE);
}

static void check_text(const struct mark *mark, const char *expected)
{
	g_autofree char *text = mark_text(mark);

	g_assert_cmpstr(text, ==, expected);
}

/* ---- one mark ---- */

static void test_take(void)
{
	struct mark mark = {.uidvalidity = 9, .uid = 10};
	struct mark copy;

	mark_take(&mark, 10);
	mark_take(&mark, 3);
	check_text(&mark, "10 -");
	mark_take(&mark, 14);
	mark_take(&mark, 12);
	/* It meets the mark, which stays all the same. */
	mark_take(&mark, 11);
	check_text(&mark, "10 11:12,14");
	g_assert_true(mark_is_taken(&mark, 1));
	g_assert_true(mark_is_taken(&mark, 10));
	g_assert_true(mark_is_taken(&mark, 12));
	g_assert_false(mark_is_taken(&mark, 13));
	mark_copy(&mark, &copy);
	mark_advance(&mark, 9);
	check_text(&mark, "10 11:12,14");
	mark_advance(&mark, 13);
	check_text(&mark, "13 14");
	check_text(&copy, "10 11:12,14");
	mark_advance(&mark, UINT32_MAX);
	check_text(&mark, "4294967295 -");
	mark_clear(&copy);
	mark_clear(&mark);
	g_assert_cmpuint(mark.uidvalidity, ==, 0);
	mark_clear(&mark);
}

/* Many that are taken in any order are told of in none but the right way. */
static void test_take_random(void)
{
	for (int round = 0; round < 200; round++) {
		struct mark mark = {.uidvalidity = 1};
		bool taken[101] = {true};

		for (int i = 0; i < 120; i++) {
			uint32_t uid = (uint32_t)g_test_rand_int_range(1, 101);

			mark_take(&mark, uid);
			taken[uid] = true;
			while (mark.uid < 100 && taken[mark.uid + 1])
				mark_advance(&mark, mark.uid + 1);
			for (uid = 0; uid <= 100; uid++)
				g_assert_cmpint(
				    mark_is_taken(&mark, uid), ==, taken[uid]);
		}
		mark_clear(&mark);
	}
}

/* ---- the file ---- */

static void test_empty(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 7, .uid = 7};

	(void)data;
	g_assert_false(marks_get(marks, "INBOX", &mark));
	g_assert_cmpuint(mark.uid, ==, 7);
	marks_free(marks);
	marks_free(NULL);
}

static void test_format(struct place *place, gconstpointer data)
{
	static const char body[] =
	    "idlebell marks 2\n"
	    "4294967295 0 0 - A b\n"
	    "1 4294967295 0 - Entw\303\274rfe/\"100%25\"\n"
	    "8 9 1795335202 11:12,20 taken\n"
	    "3 2 0 - x%0Ay%1F%FF\n";
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 8, .uid = 9, .time = 1795335202};
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *expected =
	    g_strconcat(body, "sha256 ", sum, "\n", NULL);
	g_autofree char *text = NULL;

	(void)data;
	must_set(marks, "x\ny\037\377", 3, 2);
	must_set(marks, "Entw\303\274rfe/\"100%\"", 1, UINT32_MAX);
	must_set(marks, "A b", UINT32_MAX, 0);
	mark_take(&mark, 20);
	mark_take(&mark, 12);
	mark_take(&mark, 11);
	must_set_mark(marks, "taken", &mark);
	mark_clear(&mark);
	marks_free(marks);
	text = place_read(place, "work.marks");
	g_assert_cmpstr(text, ==, expected);
	marks = must_open(place, "work");
	g_assert_true(marks_get(marks, "taken", &mark));
	check_text(&mark, "9 11:12,20");
	g_assert_cmpint(mark.time, ==, 1795335202);
	mark_clear(&mark);
	marks_free(marks);
}

static void test_again(struct place *place, gconstpointer data)
{
	static const char *const mailboxes[] = {"INBOX", "", " ", "%", "%41",
	    "a\nb", "sha256 x", "\303\244/\377", "\t", " 1 2 x "};
	struct marks *marks = must_open(place, "work");

	(void)data;
	for (uint32_t i = 0; i < G_N_ELEMENTS(mailboxes); i++)
		must_set(marks, mailboxes[i], i, 100 + i);
	/* It sets what it is told, backwards too. */
	must_set(marks, "INBOX", 9, 8);
	must_set(marks, "INBOX", 9, 7);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, "INBOX", 9, 7);
	for (uint32_t i = 1; i < G_N_ELEMENTS(mailboxes); i++)
		check_mark(marks, mailboxes[i], i, 100 + i);
	g_assert_false(marks_get(marks, "A", &(struct mark){0}));
	marks_free(marks);
}

static void test_accounts(struct place *place, gconstpointer data)
{
	static const char *const accounts[] = {"work", "Work", "../work", "a/b",
	    "..", ".", "", "jane@example.org", "\n", "%"};

	(void)data;
	for (uint32_t i = 0; i < G_N_ELEMENTS(accounts); i++) {
		struct marks *marks = must_open(place, accounts[i]);

		must_set(marks, "INBOX", 1, i);
		marks_free(marks);
	}
	for (uint32_t i = 0; i < G_N_ELEMENTS(accounts); i++) {
		struct marks *marks = must_open(place, accounts[i]);

		check_mark(marks, "INBOX", 1, i);
		marks_free(marks);
	}
	g_assert_false(g_file_test(place->base, G_FILE_TEST_IS_REGULAR));
	g_assert_cmpint(faccessat(place->fd, "../work.marks", F_OK, 0), ==, -1);
}

/* Each write is another file. */
static ino_t which_file(const struct place *place)
{
	struct stat st;

	g_assert_cmpint(fstatat(place->fd, "work.marks", &st, 0), ==, 0);
	return st.st_ino;
}

/* What did not change is not written, as fsync() costs more than all else;
 * but for a file that somebody has removed. */
static void test_unchanged(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	ino_t first;

	(void)data;
	must_set(marks, "INBOX", 1, 2);
	first = which_file(place);
	must_set(marks, "INBOX", 1, 2);
	g_assert_cmpuint(which_file(place), ==, first);
	must_set(marks, "INBOX", 2, 2);
	g_assert_cmpuint(which_file(place), !=, first);
	unlinkat(place->fd, "work.marks", 0);
	must_set(marks, "INBOX", 2, 2);
	g_assert_true(place_has(place, "work.marks"));
	marks_free(marks);
}

/* A write that fails keeps the mark; the next one writes both. */
static void must_note(struct marks *marks, const char *mailbox, uint32_t uid)
{
	const struct mark mark = {.uidvalidity = 7, .uid = uid};
	g_autoptr(GError) error = NULL;

	g_assert_true(marks_note(marks, mailbox, &mark, &error));
	g_assert_no_error(error);
}

/* Whoever is killed has noted it; the next marks_set() is as ever, also when
 * it has nothing new to say. */
static void test_note(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work"), *again;
	g_autofree char *written = NULL, *noted = NULL, *set = NULL;

	(void)data;
	must_note(marks, "INBOX", 1);
	must_note(marks, "Lists", 1);
	written = place_read(place, "work.marks");
	must_note(marks, "INBOX", 2);
	must_note(marks, "Lists", 5);
	must_note(marks, "INBOX", 3);
	must_note(marks, "INBOX", 3);
	noted = place_read(place, "work.marks");
	g_assert_true(g_str_has_prefix(noted, written));
	again = must_open(place, "work");
	check_mark(again, "INBOX", 7, 3);
	check_mark(again, "Lists", 7, 5);
	marks_free(again);

	must_set(marks, "INBOX", 7, 3);
	set = place_read(place, "work.marks");
	g_assert_false(g_str_has_prefix(set, written));
	g_assert_cmpuint(strlen(set), <, strlen(written));
	marks_free(marks);
	again = must_open(place, "work");
	check_mark(again, "INBOX", 7, 3);
	check_mark(again, "Lists", 7, 5);
	must_note(again, "INBOX", 4);
	marks_free(again);
	again = must_open(place, "work");
	check_mark(again, "INBOX", 7, 4);
	marks_free(again);
}

static void check_syncs(bool waited)
{
	g_assert_cmpuint(syncs, ==, waited ? 2 : 0);
	syncs = 0;
}

/* Nobody waits for the disk when no message is at stake. */
static void test_harmless(struct place *place, gconstpointer data)
{
	struct mark mark = {.uidvalidity = 1, .uid = 2, .time = 100000};
	struct marks *marks = must_open(place, "work");
	ino_t file;

	(void)data;
	syncs = 0;
	must_set_mark(marks, "INBOX", &mark);
	file = which_file(place);
	must_set_mark(marks, "Lists", &mark);
	check_syncs(false);
	mark.time += TIME_STEP;
	must_set_mark(marks, "INBOX", &mark);
	check_syncs(false);
	marks_free(marks);

	/* Another run goes on with the file. */
	marks = must_open(place, "work");
	must_set_mark(marks, "Lists", &mark);
	mark.time += TIME_STEP;
	must_set_mark(marks, "Lists", &mark);
	check_syncs(false);
	g_assert_cmpuint(which_file(place), ==, file);
	mark_take(&mark, 7);
	must_set_mark(marks, "Lists", &mark);
	check_syncs(true);
	/* Nor is one that was seen in the meantime harmless. */
	must_set_mark(marks, "Drafts", &mark);
	check_syncs(true);
	mark_advance(&mark, 7);
	must_set_mark(marks, "Lists", &mark);
	check_syncs(true);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, "INBOX", 1, 2);
	check_mark(marks, "Lists", 1, 7);
	marks_free(marks);
	mark_clear(&mark);
}

/* Of a file that is not as we want it nothing is left to the disk's mood. */
static void test_not_harmless(struct place *place, gconstpointer data)
{
	struct mark mark = {.uidvalidity = 1, .uid = 2, .time = 100000};
	struct marks *marks = must_open(place, "work");
	g_autofree char *text = NULL, *torn = NULL;

	(void)data;
	must_set_mark(marks, "INBOX", &mark);
	marks_free(marks);
	text = place_read(place, "work.marks");
	torn = g_strconcat(text, "0123456789abcdef 1 2", NULL);
	place_write(place, "work.marks", torn, strlen(torn));
	marks = must_open(place, "work");
	syncs = 0;
	mark.time += TIME_STEP;
	must_set_mark(marks, "INBOX", &mark);
	check_syncs(true);
	unlinkat(place->fd, "work.marks", 0);
	must_set_mark(marks, "INBOX", &mark);
	check_syncs(true);
	/* What was noted loosely is on the disk after the next one. */
	must_note(marks, "INBOX", 3);
	check_syncs(false);
	mark.uid = 3;
	mark.uidvalidity = 7;
	must_set_mark(marks, "INBOX", &mark);
	check_syncs(true);
	marks_free(marks);
}

static void test_write_fails(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autoptr(GError) error = NULL;
	const struct mark mark = {.uidvalidity = 1, .uid = 3};

	(void)data;
	must_set(marks, "INBOX", 1, 2);
	unlinkat(place->fd, "work.marks", 0);
	g_assert_cmpint(mkdirat(place->fd, "work.marks", 0700), ==, 0);
	g_assert_false(marks_set(marks, "INBOX", &mark, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
	check_mark(marks, "INBOX", 1, 3);
	unlinkat(place->fd, "work.marks", AT_REMOVEDIR);
	/* The same again is not taken for written. */
	must_set(marks, "INBOX", 1, 3);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, "INBOX", 1, 3);
	marks_free(marks);
}

/* An older file is read, and written anew as ours. */
static void test_version_1(struct place *place, gconstpointer data)
{
	const char *body = "idlebell marks 1\n"
			   "7 5 A b %25\n"
			   "1 2 INBOX\n";
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *text = g_strconcat(body, "sha256 ", sum, "\n", NULL);
	g_autofree char *after = NULL;
	struct marks *marks;
	struct mark mark;

	(void)data;
	place_write(place, "work.marks", text, strlen(text));
	marks = must_open(place, "work");
	check_mark(marks, "A b %", 7, 5);
	g_assert_true(marks_get(marks, "INBOX", &mark));
	g_assert_cmpint(mark.time, ==, 0);
	check_text(&mark, "2 -");
	must_set(marks, "INBOX", 1, 2);
	after = place_read(place, "work.marks");
	g_assert_cmpstr(after, ==, text);
	must_set(marks, "INBOX", 1, 3);
	g_free(after);
	after = place_read(place, "work.marks");
	g_assert_true(g_str_has_prefix(
	    after, "idlebell marks 2\n7 5 0 - A b %25\n1 3 0 - INBOX\n"));
	marks_free(marks);
}

static bool lines_good(unsigned version, const char *text)
{
	g_autoptr(GHashTable) table = table_new();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool ok = true;

	for (char **line = lines; ok && *line != NULL; line++)
		ok = line_parse(table, version, *line);
	return ok;
}

static void test_lines_1(void)
{
	static const struct {
		const char *lines;
		bool good;
	} rows[] = {
	    {"1 2 INBOX", true},
	    {"1 2 ", true},
	    {"1 2 A\n1 2 B", true},
	    {"\n", false},
	    {"1 2", false},
	    {"1 INBOX", false},
	    {" 1 2 INBOX", false},
	    {"1  2 INBOX", false},
	    {"+1 2 INBOX", false},
	    {"1 -2 INBOX", false},
	    {"1 0x2 INBOX", false},
	    {"1 4294967296 INBOX", false},
	    {"1 18446744073709551617 I", false},
	    {"1 2 %", false},
	    {"1 2 %00", false},
	    {"1 2 %4", false},
	    {"1 2 %zz", false},
	    {"1 2 A\n1 3 A", false},
	    {"1 2 A\n1 3 %41", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(lines_good(1, rows[i].lines), ==, rows[i].good);
}

static void test_lines_2(void)
{
	static const struct {
		const char *lines;
		bool good;
	} rows[] = {
	    {"1 2 0 - INBOX", true},
	    {"1 2 0 - ", true},
	    {"1 2 99 3 INBOX", true},
	    {"1 2 99 3:4,8 A  b", true},
	    {"1 4294967295 1099511627776 - A", true},
	    {"1 2 3 - A\n1 2 3 - B", true},
	    {"1 2 INBOX", false},
	    {"1 2 0 INBOX", false},
	    {"1 2 0 -", false},
	    {"1 2 -1 - A", false},
	    {"1 2 x - A", false},
	    {"1 2 1099511627777 - A", false},
	    {"1 2 0  A", false},
	    {"1 2 0 0 A", false},
	    {"1 2 0 2 A", false},
	    {"1 2 0 1:4 A", false},
	    {"1 2 0 5,3 A", false},
	    {"1 2 0 3:* A", false},
	    {"1 2 0 3, A", false},
	    {"1 2 0 3 A\n1 2 0 3 A", false},
	    {"1 4294967295 0 4294967296 A", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(lines_good(2, rows[i].lines), ==, rows[i].good);
}

/* Chance pieces. */
static void test_random(void)
{
	static const char *const pieces[] = {"1", "0", " ", " ", "\n", "%", "4",
	    "-", ":", ",", "INBOX", "\377", "4294967295", "-", "1 1 0 - "};

	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		int n = g_test_rand_int_range(0, 12);

		while (n-- > 0)
			g_string_append(text,
			    pieces[g_test_rand_int_range(
				0, G_N_ELEMENTS(pieces))]);
		lines_good(1, text->str);
		lines_good(2, text->str);
	}
}

/* ---- mod-sequences ---- */

static void check_modseq(
    struct marks *marks, const char *mailbox, uint64_t expected)
{
	struct mark mark = {.modseq = 77};

	g_assert_true(marks_get(marks, mailbox, &mark));
	g_assert_cmpuint(mark.modseq, ==, expected);
	mark_clear(&mark);
}

static void set_modseq(struct marks *marks, const char *mailbox,
    uint32_t uidvalidity, uint32_t uid, uint64_t modseq)
{
	const struct mark mark = {
	    .uidvalidity = uidvalidity, .uid = uid, .modseq = modseq};

	must_set_mark(marks, mailbox, &mark);
}

static void test_modseq(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autofree char *text = NULL;

	(void)data;
	set_modseq(marks, "A b%", 7, 5, UINT64_MAX);
	set_modseq(marks, "INBOX", 1, 2, 715194045007);
	must_set(marks, "Z", 3, 3);
	must_set(marks, "Z", 3, 4);
	text = place_read(place, "work.marks");
	g_assert_true(g_str_has_prefix(text,
	    "idlebell marks 2\n"
	    "7 5 0 - A b%25\n1 2 0 - INBOX\n3 4 0 - Z\n"
	    "7 0 0 - %01modseq 18446744073709551615 A b%25\n"
	    "1 0 0 - %01modseq 715194045007 INBOX\nsha256 "));
	marks_free(marks);
	marks = must_open(place, "work");
	check_modseq(marks, "A b%", UINT64_MAX);
	check_modseq(marks, "INBOX", 715194045007);
	check_modseq(marks, "Z", 0);
	g_assert_cmpuint(g_hash_table_size(marks->table), ==, 3);
	marks_free(marks);
}

/* It comes with each flag that changes: no reason for a write, but the next
 * write has it. */
static void test_modseq_is_not_written(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	ino_t first;

	(void)data;
	set_modseq(marks, "INBOX", 1, 2, 10);
	first = which_file(place);
	set_modseq(marks, "INBOX", 1, 2, 11);
	g_assert_cmpuint(which_file(place), ==, first);
	check_modseq(marks, "INBOX", 11);
	must_set(marks, "Other", 1, 2);
	must_set(marks, "Other", 1, 3);
	marks_free(marks);
	marks = must_open(place, "work");
	check_modseq(marks, "INBOX", 11);
	marks_free(marks);
}

/* As an older idlebell leaves them behind: sorted, and out of date. */
static void test_modseq_of_others(struct place *place, gconstpointer data)
{
	const char *body = "idlebell marks 2\n"
			   "9 0 0 - %01modseq 12 Gone\n"
			   "1 0 0 - %01modseq 12 INBOX\n"
			   "1 0 0 - %01modseq 12 Renumbered\n"
			   "1 0 0 - %01modseq 12x Odd\n"
			   "1 0 0 - %01modseq 12\n"
			   "1 0 0 - %01modseq 99999999999999999999 Large\n"
			   "1 9 0 - INBOX\n"
			   "1 9 0 - Large\n"
			   "1 9 0 - Odd\n"
			   "2 9 0 - Renumbered\n";
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *text = g_strconcat(body, "sha256 ", sum, "\n", NULL);
	struct marks *marks;

	(void)data;
	place_write(place, "work.marks", text, strlen(text));
	marks = must_open(place, "work");
	check_modseq(marks, "INBOX", 12);
	check_modseq(marks, "Large", 0);
	check_modseq(marks, "Odd", 0);
	check_modseq(marks, "Renumbered", 0);
	g_assert_cmpuint(g_hash_table_size(marks->table), ==, 4);
	marks_free(marks);
}

/* The mailboxes come first; a file that is written can be read. */
static void test_many_modseqs(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	unsigned kept = 0;

	(void)data;
	for (unsigned i = 0; i < MAX_MAILBOXES - 100; i++)
		table_set(marks->table, g_strdup_printf("m%05u", i),
		    (struct mark){.uidvalidity = 1, .uid = 1, .modseq = i + 1});
	set_modseq(marks, "INBOX", 1, 2, 10);
	marks_free(marks);
	marks = must_open(place, "work");
	g_assert_cmpuint(
	    g_hash_table_size(marks->table), ==, MAX_MAILBOXES - 99);
	for (unsigned i = 0; i < MAX_MAILBOXES - 100; i++) {
		g_autofree char *name = g_strdup_printf("m%05u", i);
		struct mark *mark = g_hash_table_lookup(marks->table, name);

		kept += mark->modseq == i + 1;
	}
	g_assert_cmpuint(kept, ==, 98);
	marks_free(marks);
}

/* ---- bounds ---- */

static void check_time(struct place *place, int64_t expected)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {0};

	g_assert_true(marks_get(marks, "INBOX", &mark));
	g_assert_cmpint(mark.time, ==, expected);
	mark_clear(&mark);
	marks_free(marks);
}

/* The time alone is not worth a write each time. */
/* With what costs no wait it comes along, and the highest counts. */
static void test_modseq_is_added(struct place *place, gconstpointer data)
{
	struct mark mark = {.uidvalidity = 1, .uid = 2};
	struct marks *marks;

	(void)data;
	for (uint64_t modseq = 8; modseq < 12; modseq++) {
		marks = must_open(place, "work");
		mark.modseq = modseq;
		mark.time += TIME_STEP;
		must_set_mark(marks, "INBOX", &mark);
		marks_free(marks);
		marks = must_open(place, "work");
		check_modseq(marks, "INBOX", modseq);
		g_assert_cmpuint(g_hash_table_size(marks->table), ==, 1);
		marks_free(marks);
	}
}

static void test_time(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 1, .uid = 2, .time = 100000};

	(void)data;
	must_set_mark(marks, "INBOX", &mark);
	check_time(place, 100000);
	for (int i = 0; i < 3; i++) {
		mark.time += TIME_STEP / 4;
		must_set_mark(marks, "INBOX", &mark);
		check_time(place, 100000);
	}
	mark.time += TIME_STEP / 4;
	must_set_mark(marks, "INBOX", &mark);
	check_time(place, 100000 + TIME_STEP);
	/* The clock was wrong, and is set back. */
	mark.time = 5;
	must_set_mark(marks, "INBOX", &mark);
	check_time(place, 5);
	mark.time = -1;
	mark.uid++;
	must_set_mark(marks, "INBOX", &mark);
	check_time(place, 0);
	mark.time = INT64_MAX;
	must_set_mark(marks, "INBOX", &mark);
	check_time(place, TIME_MAX);
	marks_free(marks);
}

/* What a wrong clock has left hides nothing that comes later. */
static void test_newest(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 1, .uid = 2, .time = 400000};

	(void)data;
	g_assert_cmpint(marks_newest(marks, 300000), ==, 0);
	must_set(marks, "timeless", 1, 2);
	g_assert_cmpint(marks_newest(marks, 300000), ==, 0);
	must_set_mark(marks, "wrong", &mark);
	g_assert_cmpint(marks_newest(marks, 300000), ==, 300000);
	mark.time = 200000;
	must_set_mark(marks, "right", &mark);
	mark.time = 100000;
	must_set_mark(marks, "older", &mark);
	g_assert_cmpint(marks_newest(marks, 300000), ==, 200000);
	g_assert_cmpint(marks_newest(marks, 400000), ==, 400000);
	marks_free(marks);
}

/* What goes is the highest: it repeats, nothing is lost. */
static void test_many_ranges(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 1, .uid = 1};
	struct mark read = {0};

	(void)data;
	for (uint32_t i = 1; i <= MAX_RANGES + 1; i++)
		mark_take(&mark, 1 + i * 2);
	must_set_mark(marks, "INBOX", &mark);
	marks_free(marks);
	marks = must_open(place, "work");
	g_assert_true(marks_get(marks, "INBOX", &read));
	g_assert_cmpuint(read.taken.count, ==, MAX_RANGES);
	g_assert_true(mark_is_taken(&read, 1 + MAX_RANGES * 2));
	g_assert_false(mark_is_taken(&read, 1 + (MAX_RANGES + 1) * 2));
	mark_clear(&read);
	mark_clear(&mark);
	marks_free(marks);
}

/* The ranges of all have a bound too, and keep no mailbox out. */
static void test_ranges_of_all(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {.uidvalidity = 1, .uid = 1};
	g_autofree char *large = g_strnfill(MAX_SIZE - 10000, 'x');
	uint32_t count = 0;

	(void)data;
	for (uint32_t i = 1; i <= MAX_RANGES; i++)
		mark_take(&mark, UINT32_MAX - i * 3);
	for (int i = 0; i < 100; i++) {
		struct mark copy;

		mark_copy(&mark, &copy);
		table_set(marks->table, g_strdup_printf("%d", i), copy);
	}
	must_set(marks, large, 1, 2);
	must_set(marks, "last", 1, 2);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, "last", 1, 2);
	for (int i = 0; i < 100; i++) {
		g_autofree char *name = g_strdup_printf("%d", i);
		struct mark read = {0};

		g_assert_true(marks_get(marks, name, &read));
		count += read.taken.count;
		mark_clear(&read);
	}
	g_assert_cmpuint(count, ==, MAX_RANGES_OF_ALL);
	mark_clear(&mark);
	marks_free(marks);
}

static void test_bounds(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autofree char *huge = g_strnfill(MAX_SIZE, 'x');
	g_autofree char *large = g_strnfill(MAX_SIZE - 100, 'x');
	g_autoptr(GError) error = NULL;
	struct mark mark = {.uidvalidity = 1, .uid = 1};

	(void)data;
	g_assert_false(marks_set(marks, huge, &mark, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	g_assert_false(marks_get(marks, huge, &mark));
	must_set(marks, large, 1, 1);
	/* Who is in it is never refused, whatever it grows to. */
	must_set(marks, large, UINT32_MAX, UINT32_MAX);
	must_set(marks, large, UINT32_MAX, UINT32_MAX - 1);
	mark = (struct mark){.uidvalidity = UINT32_MAX,
	    .uid = UINT32_MAX - 2000,
	    .time = INT64_MAX};
	for (uint32_t i = 0; i < MAX_RANGES; i++)
		mark_take(&mark, UINT32_MAX - i * 2);
	must_set_mark(marks, large, &mark);
	mark_clear(&mark);
	must_set(marks, large, UINT32_MAX, UINT32_MAX - 1);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, large, UINT32_MAX, UINT32_MAX - 1);
	marks_free(marks);
}

static void test_many(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autoptr(GError) error = NULL;

	(void)data;
	for (int i = 0; i < MAX_MAILBOXES - 1; i++)
		table_set(marks->table, g_strdup_printf("%d", i),
		    (struct mark){.uidvalidity = 1, .uid = 2});
	must_set(marks, "last", 1, 2);
	g_assert_false(marks_set(marks, "one more",
	    &(struct mark){.uidvalidity = 1, .uid = 2}, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	must_set(marks, "last", 1, 3);
	marks_free(marks);
	marks = must_open(place, "work");
	check_mark(marks, "last", 1, 3);
	check_mark(marks, "0", 1, 2);
	marks_free(marks);
}

/* Killed anywhere: the old file or the new one, and never an older. */
static void test_killed(struct place *place, gconstpointer data)
{
	uint32_t last = 0;

	(void)data;
	for (int i = 0; i < 20; i++) {
		struct marks *marks;
		struct mark mark = {.uidvalidity = 1, .uid = last};
		int fds[2];
		uint32_t said;
		pid_t pid;

		g_assert_cmpint(pipe(fds), ==, 0);
		pid = fork();
		if (pid == 0) {
			marks = must_open(place, "work");
			while (marks_set(marks, "INBOX", &mark, NULL) &&
			    write(fds[1], &mark.uid, sizeof mark.uid) > 0)
				mark.uid++;
			_exit(1);
		}
		close(fds[1]);
		for (int n = g_test_rand_int_range(1, 20); n > 0; n--)
			g_assert_cmpint(
			    read(fds[0], &said, sizeof said), ==, sizeof said);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(fds[0], &said, sizeof said) == sizeof said)
			;
		close(fds[0]);
		marks = must_open(place, "work");
		g_assert_true(marks_get(marks, "INBOX", &mark));
		g_assert_cmpuint(mark.uid, >=, said);
		g_assert_cmpuint(mark.uid, <=, said + 1);
		last = mark.uid;
		marks_free(marks);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/marks/take", test_take);
	g_test_add_func("/marks/take-random", test_take_random);
	g_test_add_func("/marks/lines-1", test_lines_1);
	g_test_add_func("/marks/lines-2", test_lines_2);
	g_test_add_func("/marks/random", test_random);
	PLACE_ADD("/marks/empty", test_empty);
	PLACE_ADD("/marks/format", test_format);
	PLACE_ADD("/marks/version-1", test_version_1);
	PLACE_ADD("/marks/again", test_again);
	PLACE_ADD("/marks/accounts", test_accounts);
	PLACE_ADD("/marks/unchanged", test_unchanged);
	PLACE_ADD("/marks/modseq-is-added", test_modseq_is_added);
	PLACE_ADD("/marks/time", test_time);
	PLACE_ADD("/marks/newest", test_newest);
	PLACE_ADD("/marks/note", test_note);
	PLACE_ADD("/marks/harmless", test_harmless);
	PLACE_ADD("/marks/not-harmless", test_not_harmless);
	PLACE_ADD("/marks/write-fails", test_write_fails);
	PLACE_ADD("/marks/bounds", test_bounds);
	PLACE_ADD("/marks/many", test_many);
	PLACE_ADD("/marks/many-ranges", test_many_ranges);
	PLACE_ADD("/marks/ranges-of-all", test_ranges_of_all);
	PLACE_ADD("/marks/modseq", test_modseq);
	PLACE_ADD("/marks/modseq-is-not-written", test_modseq_is_not_written);
	PLACE_ADD("/marks/modseq-of-others", test_modseq_of_others);
	PLACE_ADD("/marks/many-modseqs", test_many_modseqs);
	PLACE_ADD("/marks/killed", test_killed);
	return g_test_run();
}
