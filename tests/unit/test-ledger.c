/*
 * Files under a checksum: damage is never believed, never destroyed, and
 * never the end of the program.
 *
 * The module is included: its checksum is tested on octets.
 */
#include "store/ledger.c"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"

#define MAX_READ 1000

static bool line_good(void *data, unsigned version, const char *line)
{
	(void)version;
	g_ptr_array_add(data, g_strdup(line));
	return strcmp(line, "bad") != 0;
}

static void lines_reset(void *data)
{
	g_ptr_array_set_size(data, 0);
}

static const struct ledger_kind kind = {
    .thing = "notes",
    .version = 2,
    .max_size = MAX_READ,
    .loss = "notes are lost",
    .parse = line_good,
    .reset = lines_reset,
};

static const struct ledger_kind growing = {
    .thing = "notes",
    .version = 2,
    .max_size = MAX_READ,
    .loss = "notes are lost",
    .parse = line_good,
    .amend = line_good,
    .reset = lines_reset,
};

static char *valid_file(size_t *ret_size)
{
	g_autoptr(GString) lines = g_string_new("INBOX 1\n\303\244 b% 2\n");
	GString *text = ledger_format(&kind, lines);

	*ret_size = text->len;
	return g_string_free(text, FALSE);
}

static enum ledger_verdict parse(const char *text, size_t size)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	/* Exactly as long, for the sanitizers to see. */
	g_autofree char *copy = g_malloc(size + 1);
	enum ledger_verdict verdict;

	memcpy(copy, text, size);
	copy[size] = 'X';
	verdict = ledger_parse(&kind, copy, size, lines);
	if (verdict != LEDGER_GOOD)
		g_assert_cmpuint(lines->len, ==, 0);
	return verdict;
}

static void test_truncated(void)
{
	size_t size;
	g_autofree char *text = valid_file(&size);

	g_assert_cmpint(parse(text, size), ==, LEDGER_GOOD);
	for (size_t n = 0; n < size; n++)
		g_assert_cmpint(parse(text, n), ==, LEDGER_DAMAGED);
	text[size] = '\n';
	g_assert_cmpint(parse(text, size + 1), ==, LEDGER_DAMAGED);
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
			g_assert_cmpint(parse(text, size), ==, LEDGER_DAMAGED);
		}
		text[i] = good;
	}
}

/* A body that is not ours under a checksum that is right. */
static enum ledger_verdict parse_body(const char *body, size_t size)
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
		enum ledger_verdict verdict;
	} rows[] = {
	    {"idlebell notes 1\n", LEDGER_GOOD},
	    {"idlebell notes 2\n", LEDGER_GOOD},
	    {"idlebell notes 2\na\n\nb\n", LEDGER_GOOD},
	    {"idlebell notes 2\na\nbad\n", LEDGER_DAMAGED},
	    {"idlebell notes 3\nbad\n", LEDGER_NEWER},
	    {"idlebell notes 4294967295\nwhat ever\n", LEDGER_NEWER},
	    {"idlebell notes 4294967296\n", LEDGER_DAMAGED},
	    {"idlebell notes 0\n", LEDGER_DAMAGED},
	    {"idlebell notes -1\n", LEDGER_DAMAGED},
	    {"idlebell notes 1 \n", LEDGER_DAMAGED},
	    {"idlebell notes \n", LEDGER_DAMAGED},
	    {"idlebell notes 1", LEDGER_DAMAGED},
	    {"idlebell marks 1\n", LEDGER_DAMAGED},
	    {"\n", LEDGER_DAMAGED},
	    {"\nidlebell notes 1\n", LEDGER_DAMAGED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(parse_body(rows[i].body, strlen(rows[i].body)),
		    ==, rows[i].verdict);
	g_assert_cmpint(
	    parse_body("idlebell notes 1\nA\0\n", 20), ==, LEDGER_DAMAGED);
}

static void test_random(void)
{
	for (int i = 0; i < 20000; i++) {
		char text[200] = {0};
		size_t size = (size_t)g_test_rand_int_range(0, sizeof text);

		for (size_t j = 0; j < size; j++)
			text[j] = (char)g_test_rand_int_range(0, 256);
		g_assert_cmpint(parse(text, size), ==, LEDGER_DAMAGED);
	}
}

/* ---- files ---- */

struct result {
	bool ok;
	char *damage;
	GError *error;
	GPtrArray *lines;
};

static void result_read(
    struct place *place, const char *account, struct result *ret)
{
	struct ledger *ledger = ledger_new(place->state, account, &kind);

	*ret = (struct result){
	    .lines = g_ptr_array_new_with_free_func(g_free),
	};
	ret->ok = ledger_read(ledger, ret->lines, &ret->damage, &ret->error);
	g_assert_cmpint(ret->ok, ==, ret->error == NULL);
	ledger_free(ledger);
}

static void result_clear(struct result *result)
{
	g_free(result->damage);
	g_clear_error(&result->error);
	g_ptr_array_unref(result->lines);
}

static void check_damaged(struct place *place, const char *reason)
{
	struct result result;

	result_read(place, "work", &result);
	g_assert_no_error(result.error);
	g_assert_nonnull(result.damage);
	g_assert_true(g_str_has_prefix(result.damage, place->path));
	g_assert_nonnull(strstr(result.damage, reason));
	g_assert_true(g_str_has_suffix(result.damage, "; notes are lost"));
	g_assert_cmpuint(result.lines->len, ==, 0);
	g_assert_false(place_has(place, "work.notes"));
	result_clear(&result);
}

static void must_write(struct place *place, const char *lines)
{
	struct ledger *ledger = ledger_new(place->state, "work", &kind);
	g_autoptr(GString) text = g_string_new(lines);
	g_autoptr(GError) error = NULL;

	g_assert_true(ledger_write(ledger, text, &error));
	g_assert_no_error(error);
	ledger_free(ledger);
}

static void check_good(struct place *place, const char *line)
{
	struct result result;

	result_read(place, "work", &result);
	g_assert_no_error(result.error);
	g_assert_null(result.damage);
	g_assert_cmpuint(result.lines->len, ==, 1);
	g_assert_cmpstr(result.lines->pdata[0], ==, line);
	result_clear(&result);
}

/* "one", and what was added of "two", "three". */
static void check_grown(const char *text, size_t size, unsigned wanted)
{
	static const char *const all[] = {"one", "two", "three"};
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *copy = g_memdup2(text, size);

	g_assert_cmpint(
	    ledger_parse(&growing, copy, size, lines), ==, LEDGER_GOOD);
	g_assert_cmpuint(lines->len, ==, wanted);
	for (unsigned i = 0; i < wanted; i++)
		g_assert_cmpstr(lines->pdata[i], ==, all[i]);
}

/* Torn or damaged anywhere: what stands before is good, nothing behind is. */
static void test_added(struct place *place, gconstpointer data)
{
	struct ledger *ledger = ledger_new(place->state, "work", &growing);
	g_autoptr(GString) lines = g_string_new("one\n");
	g_autofree char *text = NULL;
	size_t body, second, size;

	(void)data;
	g_assert_false(ledger_append(ledger, "early"));
	g_assert_true(ledger_write(ledger, lines, NULL));
	g_assert_true(ledger_append(ledger, "two"));
	g_assert_true(ledger_append(ledger, "three"));
	text = place_read(place, "work.notes");
	size = strlen(text);
	second = size - ADDED_SUM - strlen(" three\n");
	body = second - ADDED_SUM - strlen(" two\n");
	for (size_t n = body; n <= size; n++)
		check_grown(text, n, n < second ? 1 : n < size ? 2 : 3);
	for (size_t i = body; i < size; i++) {
		text[i] ^= 1;
		check_grown(text, size, i < second ? 1 : 2);
		text[i] ^= 1;
	}
	g_assert_cmpint(parse(text, size), ==, LEDGER_DAMAGED);
	ledger_free(ledger);
}

/* Bounded, and begun anew with the next write. */
static void test_added_bounded(struct place *place, gconstpointer data)
{
	struct ledger *ledger = ledger_new(place->state, "work", &growing);
	g_autoptr(GString) lines = g_string_new("one\n");
	g_autofree char *long_line = g_strnfill(1000, 'x');
	unsigned count = 0;

	(void)data;
	g_assert_true(ledger_write(ledger, lines, NULL));
	while (ledger_append(ledger, long_line))
		count++;
	g_assert_cmpuint(count, ==, ADDED_MAX / (1000 + ADDED_SUM + 2));
	g_assert_true(ledger_write(ledger, lines, NULL));
	check_good(place, "one");
	unlinkat(place->fd, "work.notes", 0);
	g_assert_false(ledger_append(ledger, "two"));
	g_assert_false(place_has(place, "work.notes"));
	g_assert_false(ledger_append(ledger, "two"));
	ledger_free(ledger);
}

static void test_missing(struct place *place, gconstpointer data)
{
	struct result result;

	(void)data;
	result_read(place, "work", &result);
	g_assert_no_error(result.error);
	g_assert_null(result.damage);
	g_assert_cmpuint(result.lines->len, ==, 0);
	result_clear(&result);
	ledger_free(NULL);
}

static void test_again(struct place *place, gconstpointer data)
{
	struct stat st;

	(void)data;
	must_write(place, "one\n");
	check_good(place, "one");
	must_write(place, "two\n");
	check_good(place, "two");
	g_assert_cmpint(fstatat(place->fd, "work.notes", &st, 0), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
}

/* The file itself cut at every length. */
static void test_cut_file(struct place *place, gconstpointer data)
{
	size_t size;
	g_autofree char *text = valid_file(&size);

	(void)data;
	for (size_t n = 0; n < size; n++) {
		place_write(place, "work.notes", text, n);
		check_damaged(place, ": is damaged; kept as ");
	}
	must_write(place, "one\n");
	check_good(place, "one");
}

/* Set aside under a free name, and no more than ten of them. */
static void test_set_aside(struct place *place, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 15; i++) {
		g_autofree char *text = g_strdup_printf("number %d", i);
		g_autofree char *name = i == 0
		    ? g_strdup("work.notes.damaged")
		    : g_strdup_printf(
			  "work.notes.damaged.%d", MIN(i, ASIDE_MAX - 1));
		g_autofree char *kept = NULL;

		place_write(place, "work.notes", text, strlen(text));
		check_damaged(place, ": is damaged; kept as ");
		kept = place_read(place, name);
		g_assert_cmpstr(kept, ==, text);
	}
}

static void test_not_a_file(struct place *place, gconstpointer data)
{
	g_autofree char *big = g_strnfill(MAX_READ + 1, 'x');

	(void)data;
	g_assert_cmpint(
	    symlinkat("/etc/passwd", place->fd, "work.notes"), ==, 0);
	check_damaged(place, ": is a symbolic link, which is not followed;");
	place_write(place, "work.notes", big, MAX_READ + 1);
	check_damaged(place, ": is too large;");
	g_assert_cmpint(mkfifoat(place->fd, "work.notes", 0600), ==, 0);
	check_damaged(place, ": is not a regular file;");
	g_assert_true(g_file_test("/etc/passwd", G_FILE_TEST_IS_REGULAR));
}

/* Writing does not follow it either. */
static void test_symlink_written(struct place *place, gconstpointer data)
{
	static const char *const names[] = {"work.notes", ".work.notes.new"};
	g_autofree char *victim = g_build_filename(place->path, "victim", NULL);
	g_autofree char *text = NULL;

	(void)data;
	place_write(place, "victim", "mine", 4);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		unlinkat(place->fd, names[i], 0);
		g_assert_cmpint(symlinkat(victim, place->fd, names[i]), ==, 0);
		must_write(place, "one\n");
		check_good(place, "one");
	}
	text = place_read(place, "victim");
	g_assert_cmpstr(text, ==, "mine");
}

/* A newer idlebell's file is neither read nor touched. */
static void test_newer(struct place *place, gconstpointer data)
{
	const char *body = "idlebell notes 3\nnew things\n";
	g_autofree char *sum = sum_line(body, strlen(body));
	g_autofree char *text = g_strconcat(body, sum, NULL);
	g_autofree char *after = NULL;
	struct result result;

	(void)data;
	place_write(place, "work.notes", text, strlen(text));
	result_read(place, "work", &result);
	g_assert_null(result.damage);
	g_assert_error(result.error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
	g_assert_true(g_str_has_suffix(result.error->message,
	    "/work.notes: was written by a newer idlebell"));
	result_clear(&result);
	after = place_read(place, "work.notes");
	g_assert_cmpstr(after, ==, text);
}

static void test_unreadable(struct place *place, gconstpointer data)
{
	g_autofree char *account = g_strnfill(300, 'x');
	struct result result;

	(void)data;
	result_read(place, account, &result);
	g_assert_error(result.error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG);
	g_assert_null(result.damage);
	result_clear(&result);
}

/* What the system cannot read now may be whole: it stays where it is. */
static void test_not_now(struct place *place, gconstpointer data)
{
	static const int numbers[] = {
	    ESTALE, ETIMEDOUT, EIO, EINVAL, ELOOP, EREMOTEIO, EAGAIN};
	struct ledger *ledger = ledger_new(place->state, "work", &kind);

	(void)data;
	must_write(place, "one\n");
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autoptr(GError) error = NULL;
		char *damage = NULL;
		GError *cause = g_error_new(G_FILE_ERROR,
		    (int)g_file_error_from_errno(numbers[i]), "f: %s",
		    g_strerror(numbers[i]));

		g_assert_false(read_failed(ledger, cause, &damage, &error));
		g_assert_nonnull(error);
		g_assert_null(damage);
		g_assert_true(place_has(place, "work.notes"));
	}
	ledger_free(ledger);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/ledger/truncated", test_truncated);
	g_test_add_func("/ledger/flipped", test_flipped);
	g_test_add_func("/ledger/bodies", test_bodies);
	g_test_add_func("/ledger/random", test_random);
	PLACE_ADD("/ledger/missing", test_missing);
	PLACE_ADD("/ledger/added", test_added);
	PLACE_ADD("/ledger/added-bounded", test_added_bounded);
	PLACE_ADD("/ledger/again", test_again);
	PLACE_ADD("/ledger/cut-file", test_cut_file);
	PLACE_ADD("/ledger/set-aside", test_set_aside);
	PLACE_ADD("/ledger/not-a-file", test_not_a_file);
	PLACE_ADD("/ledger/symlink-written", test_symlink_written);
	PLACE_ADD("/ledger/newer", test_newer);
	PLACE_ADD("/ledger/unreadable", test_unreadable);
	PLACE_ADD("/ledger/not-now", test_not_now);
	return g_test_run();
}
