/*
 * Marks: what is set is there after a crash, and damage is never believed.
 *
 * The module is included: its parser is tested on octets.
 */
#include "store/marks.c"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char *base, *path;
	struct state *state;
	int fd;
};

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->base = g_dir_make_tmp("marks-XXXXXX", NULL);
	place->path = g_build_filename(place->base, "idlebell", NULL);
	g_setenv("XDG_STATE_HOME", place->base, TRUE);
	place->state = state_open(NULL);
	g_assert_nonnull(place->state);
	place->fd = state_directory(place->state);
}

static void place_close(struct place *place, gconstpointer data)
{
	GDir *dir = g_dir_open(place->path, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(dir)))
		unlinkat(place->fd, name, 0);
	g_dir_close(dir);
	state_free(place->state);
	g_rmdir(place->path);
	g_assert_cmpint(g_rmdir(place->base), ==, 0);
	g_free(place->base);
	g_free(place->path);
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

static void must_set(struct marks *marks, const char *mailbox,
    uint32_t uidvalidity, uint32_t uid)
{
	g_autoptr(GError) error = NULL;
	struct mark mark = {uidvalidity, uid};

	g_assert_true(marks_set(marks, mailbox, mark, &error));
	g_assert_no_error(error);
}

static void check_mark(struct marks *marks, const char *mailbox,
    uint32_t uidvalidity, uint32_t uid)
{
	struct mark mark = {0};

	g_assert_true(marks_get(marks, mailbox, &mark));
	g_assert_cmpuint(mark.uidvalidity, ==, uidvalidity);
	g_assert_cmpuint(mark.uid, ==, uid);
}

static GHashTable *new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void test_empty(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	struct mark mark = {7, 7};

	(void)data;
	g_assert_false(marks_get(marks, "INBOX", &mark));
	g_assert_cmpuint(mark.uid, ==, 7);
	marks_free(marks);
	marks_free(NULL);
}

static void test_format(struct place *place, gconstpointer data)
{
	static const char body[] = "idlebell marks 1\n"
				   "4294967295 0 A b\n"
				   "1 4294967295 Entw\303\274rfe/\"100%25\"\n"
				   "3 2 x%0Ay%1F%FF\n";
	struct marks *marks = must_open(place, "work");
	g_autofree char *sum =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
	g_autofree char *expected =
	    g_strconcat(body, "sha256 ", sum, "\n", NULL);
	g_autofree char *text = NULL;

	(void)data;
	must_set(marks, "x\ny\037\377", 3, 2);
	must_set(marks, "Entw\303\274rfe/\"100%\"", 1, UINT32_MAX);
	must_set(marks, "A b", UINT32_MAX, 0);
	marks_free(marks);
	text = file_read(place->fd, "work.marks", 1000, NULL, NULL);
	g_assert_cmpstr(text, ==, expected);
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

/* What did not change is not written: fsync() costs more than all else. */
static void test_unchanged(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");

	(void)data;
	must_set(marks, "INBOX", 1, 2);
	unlinkat(place->fd, "work.marks", 0);
	must_set(marks, "INBOX", 1, 2);
	g_assert_cmpint(faccessat(place->fd, "work.marks", F_OK, 0), ==, -1);
	must_set(marks, "INBOX", 2, 2);
	g_assert_cmpint(faccessat(place->fd, "work.marks", F_OK, 0), ==, 0);
	marks_free(marks);
}

/* A write that fails keeps the mark; the next one writes both. */
static void test_write_fails(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autoptr(GError) error = NULL;
	struct mark mark = {1, 3};

	(void)data;
	must_set(marks, "INBOX", 1, 2);
	unlinkat(place->fd, "work.marks", 0);
	g_assert_cmpint(mkdirat(place->fd, "work.marks", 0700), ==, 0);
	g_assert_false(marks_set(marks, "INBOX", mark, &error));
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

static char *valid_file(size_t *ret_size)
{
	GHashTable *table = new_table();
	GString *text;

	table_set(table, g_strdup("INBOX"), (struct mark){1234567, 89});
	table_set(table, g_strdup("Lists/a b%"), (struct mark){1, 2});
	table_set(table, g_strdup("\303\244"), (struct mark){3, 4});
	text = marks_format(table);
	g_hash_table_destroy(table);
	*ret_size = text->len;
	return g_string_free(text, FALSE);
}

static enum verdict parse(const char *text, size_t size)
{
	GHashTable *table = new_table();
	/* Exactly as long, for the sanitizers to see. */
	g_autofree char *copy = g_malloc(size + 1);
	enum verdict verdict;

	memcpy(copy, text, size);
	copy[size] = 'X';
	verdict = marks_parse(copy, size, table);
	g_hash_table_destroy(table);
	return verdict;
}

static void test_truncated(void)
{
	size_t size;
	g_autofree char *text = valid_file(&size);

	g_assert_cmpint(parse(text, size), ==, MARKS_GOOD);
	for (size_t n = 0; n < size; n++)
		g_assert_cmpint(parse(text, n), ==, MARKS_DAMAGED);
	text[size] = '\n';
	g_assert_cmpint(parse(text, size + 1), ==, MARKS_DAMAGED);
}

static void test_flipped(void)
{
	size_t size;
	g_autofree char *text = valid_file(&size);

	for (size_t i = 0; i < size; i++) {
		char good = text[i];

		for (int bad = 0; bad < 256; bad++) {
			if ((char)bad == good)
				continue;
			text[i] = (char)bad;
			g_assert_cmpint(parse(text, size), ==, MARKS_DAMAGED);
		}
		text[i] = good;
	}
}

/* A body that is not ours under a checksum that is right. */
static enum verdict parse_body(const char *body, size_t size)
{
	g_autofree char *sum = sum_line(body, size);
	g_autofree char *text = g_malloc(size + SUM_LINE);

	memcpy(text, body, size);
	memcpy(text + size, sum, SUM_LINE);
	return parse(text, size + SUM_LINE);
}

static void test_bodies(void)
{
	static const struct {
		const char *body;
		enum verdict verdict;
	} rows[] = {
	    {"idlebell marks 1\n", MARKS_GOOD},
	    {"idlebell marks 2\n", MARKS_NEWER},
	    {"idlebell marks 4294967295\nwhat ever\n", MARKS_NEWER},
	    {"idlebell marks 4294967296\n", MARKS_DAMAGED},
	    {"idlebell marks 0\n", MARKS_DAMAGED},
	    {"idlebell marks -1\n", MARKS_DAMAGED},
	    {"idlebell marks 1 \n", MARKS_DAMAGED},
	    {"idlebell marks \n", MARKS_DAMAGED},
	    {"idlebell marks 1", MARKS_DAMAGED},
	    {"\n", MARKS_DAMAGED},
	    {"\nidlebell marks 1\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 INBOX\n", MARKS_GOOD},
	    {"idlebell marks 1\n1 2 \n", MARKS_GOOD},
	    {"idlebell marks 1\n1 2\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n 1 2 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1  2 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n+1 2 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 -2 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 0x2 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 4294967296 INBOX\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 18446744073709551617 I\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 %\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 %00\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 %4\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 %zz\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 A\n1 2 B\n", MARKS_GOOD},
	    {"idlebell marks 1\n1 2 A\n1 3 A\n", MARKS_DAMAGED},
	    {"idlebell marks 1\n1 2 A\n1 3 %41\n", MARKS_DAMAGED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(parse_body(rows[i].body, strlen(rows[i].body)),
		    ==, rows[i].verdict);
	}
	g_assert_cmpint(
	    parse_body("idlebell marks 1\n1 2 A\0\n", 25), ==, MARKS_DAMAGED);
}

/* Octets of chance, and lines of chance pieces under a right checksum. */
static void test_random(void)
{
	static const char *const pieces[] = {"1", "0", " ", "\n", "%", "4",
	    "idlebell marks 1\n", "sha256 ", "INBOX", "\377", "4294967295", "-",
	    "1 1 "};

	for (int i = 0; i < 20000; i++) {
		GString *text =
		    g_string_new(g_test_rand_bit() ? "idlebell marks 1\n" : "");
		int n = g_test_rand_int_range(0, 12);

		while (n-- > 0)
			g_string_append(text,
			    pieces[g_test_rand_int_range(
				0, G_N_ELEMENTS(pieces))]);
		parse_body(text->str, text->len);
		parse(text->str, text->len);
		for (size_t j = 0; j < text->len; j++)
			text->str[j] = (char)g_test_rand_int_range(0, 256);
		g_assert_cmpint(parse(text->str, text->len), ==, MARKS_DAMAGED);
		g_string_free(text, TRUE);
	}
}

static void check_damaged(struct place *place, const char *reason)
{
	char *damage = NULL;
	g_autoptr(GError) error = NULL;
	struct marks *marks = marks_open(place->state, "work", &damage, &error);

	g_assert_no_error(error);
	g_assert_nonnull(marks);
	g_assert_nonnull(damage);
	g_assert_true(g_str_has_prefix(damage, place->path));
	g_assert_nonnull(strstr(damage, reason));
	g_assert_false(marks_get(marks, "INBOX", &(struct mark){0}));
	must_set(marks, "INBOX", 1, 2);
	marks_free(marks);
	marks_free(must_open(place, "work"));
	g_free(damage);
}

/* Set aside under a free name, and no more than ten of them. */
static void test_set_aside(struct place *place, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 15; i++) {
		g_autofree char *text = g_strdup_printf("number %d", i);
		g_autofree char *name = i == 0
		    ? g_strdup("work.marks.damaged")
		    : g_strdup_printf(
			  "work.marks.damaged.%d", MIN(i, ASIDE_MAX - 1));
		g_autofree char *kept = NULL;

		g_assert_true(file_replace(
		    place->fd, "work.marks", text, strlen(text), NULL));
		check_damaged(place, ": is damaged; kept as ");
		kept = file_read(place->fd, name, 100, NULL, NULL);
		g_assert_cmpstr(kept, ==, text);
	}
}

static void test_not_a_file(struct place *place, gconstpointer data)
{
	g_autofree char *big = g_strnfill(MARKS_MAX_READ + 1, 'x');

	(void)data;
	g_assert_cmpint(
	    symlinkat("/etc/passwd", place->fd, "work.marks"), ==, 0);
	check_damaged(place, ": is a symbolic link, which is not followed;");
	g_assert_true(file_replace(
	    place->fd, "work.marks", big, MARKS_MAX_READ + 1, NULL));
	check_damaged(place, ": is too large;");
	g_assert_true(g_file_test("/etc/passwd", G_FILE_TEST_IS_REGULAR));
}

/* A newer idlebell's file is neither read nor touched. */
static void test_newer(struct place *place, gconstpointer data)
{
	const char *body = "idlebell marks 2\nnew things\n";
	g_autofree char *sum = sum_line(body, strlen(body));
	g_autofree char *text = g_strconcat(body, sum, NULL);
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;
	char *damage = NULL;

	(void)data;
	g_assert_true(
	    file_replace(place->fd, "work.marks", text, strlen(text), NULL));
	g_assert_null(marks_open(place->state, "work", &damage, &error));
	g_assert_null(damage);
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
	g_assert_true(g_str_has_suffix(
	    error->message, "/work.marks: was written by a newer idlebell"));
	after = file_read(place->fd, "work.marks", 1000, NULL, NULL);
	g_assert_cmpstr(after, ==, text);
}

static void test_unreadable(struct place *place, gconstpointer data)
{
	g_autofree char *account = g_strnfill(300, 'x');
	g_autoptr(GError) error = NULL;
	char *damage = NULL;

	(void)data;
	g_assert_null(marks_open(place->state, account, &damage, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG);
	g_assert_null(damage);
}

/* What the system cannot read now may be whole: it stays where it is. */
static void test_not_now(struct place *place, gconstpointer data)
{
	static const int numbers[] = {
	    ESTALE, ETIMEDOUT, EIO, EINVAL, ELOOP, EREMOTEIO, EAGAIN};
	struct marks *marks = must_open(place, "work");

	(void)data;
	must_set(marks, "INBOX", 1, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autoptr(GError) error = NULL;
		char *damage = NULL;
		GError *cause = g_error_new(G_FILE_ERROR,
		    (int)g_file_error_from_errno(numbers[i]), "f: %s",
		    g_strerror(numbers[i]));

		g_assert_false(
		    marks_read_failed(marks, cause, &damage, &error));
		g_assert_nonnull(error);
		g_assert_null(damage);
		g_assert_cmpint(
		    faccessat(place->fd, "work.marks", F_OK, 0), ==, 0);
	}
	marks_free(marks);
}

static void test_bounds(struct place *place, gconstpointer data)
{
	struct marks *marks = must_open(place, "work");
	g_autofree char *huge = g_strnfill(MARKS_MAX_SIZE, 'x');
	g_autofree char *large = g_strnfill(MARKS_MAX_SIZE - 100, 'x');
	g_autoptr(GError) error = NULL;
	struct mark mark = {1, 1};

	(void)data;
	g_assert_false(marks_set(marks, huge, mark, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
	g_assert_false(marks_get(marks, huge, &mark));
	must_set(marks, large, 1, 1);
	/* Who is in it is never refused. */
	must_set(marks, large, UINT32_MAX, UINT32_MAX);
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
	for (int i = 0; i < MARKS_MAX_MAILBOXES - 1; i++)
		table_set(marks->table, g_strdup_printf("%d", i),
		    (struct mark){1, 2});
	must_set(marks, "last", 1, 2);
	g_assert_false(
	    marks_set(marks, "one more", (struct mark){1, 2}, &error));
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
		struct mark mark = {1, last};
		int fds[2];
		uint32_t said;
		pid_t pid;

		g_assert_cmpint(pipe(fds), ==, 0);
		pid = fork();
		if (pid == 0) {
			marks = must_open(place, "work");
			while (marks_set(marks, "INBOX", mark, NULL) &&
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

#define ADD(name, fn) \
	g_test_add(   \
	    "/marks/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/marks/truncated", test_truncated);
	g_test_add_func("/marks/flipped", test_flipped);
	g_test_add_func("/marks/bodies", test_bodies);
	g_test_add_func("/marks/random", test_random);
	ADD("empty", test_empty);
	ADD("format", test_format);
	ADD("again", test_again);
	ADD("accounts", test_accounts);
	ADD("unchanged", test_unchanged);
	ADD("write-fails", test_write_fails);
	ADD("set-aside", test_set_aside);
	ADD("not-a-file", test_not_a_file);
	ADD("newer", test_newer);
	ADD("unreadable", test_unreadable);
	ADD("not-now", test_not_now);
	ADD("bounds", test_bounds);
	ADD("many", test_many);
	ADD("killed", test_killed);
	return g_test_run();
}
