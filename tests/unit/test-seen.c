/*
 * Memory of messages: what is whole in the file is known again, whatever
 * else is in it, and nothing that happens to the file is an error.
 *
 * os/file.c is included, so that writes can be cut short and counted.
 */
#include "store/seen.h"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

static size_t write_room; /* octets that the disk still takes */
static int writes, syncs; /* so far */

static ssize_t cut_write(int fd, const void *data, size_t size)
{
	writes++;
	if (write_room == 0) {
		errno = ENOSPC;
		return -1;
	}
	size = MIN(size, write_room);
	write_room -= size;
	return write(fd, data, size);
}

static bool reads_fail;

static ssize_t fail_read(int fd, void *data, size_t size)
{
	errno = EIO;
	return reads_fail ? -1 : read(fd, data, size);
}

static int count_fsync(int fd)
{
	syncs++;
	return fsync(fd);
}

#define write(...) cut_write(__VA_ARGS__)
#define read(...)  fail_read(__VA_ARGS__)
#define fsync(...) count_fsync(__VA_ARGS__)
#include "os/file.c"
#undef write
#undef read
#undef fsync

#define HEADER_SIZE (16 + 32 + 1)
#define LINE_SIZE   26

static void begin(struct place *place, gconstpointer data)
{
	write_room = SIZE_MAX;
	writes = syncs = 0;
	place_open(place, data);
}

static void add(struct seen *seen, unsigned number, const char *mailbox)
{
	g_autofree char *identity = g_strdup_printf("<%u@example.org>", number);

	seen_add(seen, identity, mailbox);
}

static enum seen_where find(
    struct seen *seen, unsigned number, const char *mailbox)
{
	g_autofree char *identity = g_strdup_printf("<%u@example.org>", number);

	return seen_find(seen, identity, mailbox);
}

/* How many of the first count are known. */
static unsigned count_known(struct seen *seen, unsigned count)
{
	unsigned known = 0;

	for (unsigned i = 0; i < count; i++)
		known += find(seen, i, "INBOX") == SEEN_HERE;
	return known;
}

/* As the file tells. */
static unsigned count_stored(struct place *place, unsigned count)
{
	struct seen *seen = seen_open(place->state, "work");
	unsigned known = count_known(seen, count);

	seen_free(seen);
	return known;
}

static void fill(struct place *place, unsigned from, unsigned to)
{
	struct seen *seen = seen_open(place->state, "work");

	for (unsigned i = from; i < to; i++)
		add(seen, i, "INBOX");
	seen_free(seen);
}

static void test_where(struct place *place, gconstpointer data)
{
	(void)data;
	for (int round = 0; round < 2; round++) {
		struct seen *seen = seen_open(place->state, "work");
		struct seen *other = seen_open(place->state, "other");

		add(seen, 1, "INBOX");
		add(seen, 2, "INBOX");
		add(seen, 2, "All");
		g_assert_cmpint(find(seen, 1, "INBOX"), ==, SEEN_HERE);
		g_assert_cmpint(find(seen, 1, "All"), ==, SEEN_ELSEWHERE);
		g_assert_cmpint(find(seen, 2, "INBOX"), ==, SEEN_HERE);
		g_assert_cmpint(find(seen, 2, "All"), ==, SEEN_HERE);
		g_assert_cmpint(find(seen, 2, "x"), ==, SEEN_ELSEWHERE);
		g_assert_cmpint(find(seen, 3, "INBOX"), ==, SEEN_NOWHERE);
		g_assert_cmpint(find(other, 1, "INBOX"), ==, SEEN_NOWHERE);
		seen_free(other);
		seen_free(seen);
	}
	seen_free(NULL);
}

/* Messages without an identity are not all the same one. */
static void test_nobody(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");

	(void)data;
	seen_add(seen, "", "INBOX");
	seen_add(seen, NULL, "INBOX");
	g_assert_cmpint(seen_find(seen, "", "INBOX"), ==, SEEN_NOWHERE);
	g_assert_cmpint(seen_find(seen, NULL, "INBOX"), ==, SEEN_NOWHERE);
	g_assert_false(place_has(place, "work.seen"));
	seen_free(seen);
}

/* One write of one line for a message, and no fsync; none for a repeat. */
static void test_cost(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");
	struct stat st;

	(void)data;
	add(seen, 0, "INBOX");
	writes = syncs = 0;
	for (unsigned i = 0; i < 10; i++)
		add(seen, i, "INBOX");
	g_assert_cmpint(writes, ==, 9);
	g_assert_cmpint(syncs, ==, 0);
	g_assert_cmpint(fstatat(place->fd, "work.seen", &st, 0), ==, 0);
	g_assert_cmpint(st.st_size, ==, HEADER_SIZE + 10 * LINE_SIZE);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
	seen_free(seen);
}

/* The same message has another hash in every file. */
static void test_key(struct place *place, gconstpointer data)
{
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;

	(void)data;
	fill(place, 0, 1);
	first = place_read(place, "work.seen");
	unlinkat(place->fd, "work.seen", 0);
	fill(place, 0, 1);
	second = place_read(place, "work.seen");
	g_assert_true(g_str_has_prefix(first, "idlebell seen 1 "));
	g_assert_cmpint(memcmp(first + 16, second + 16, 32), !=, 0);
	g_assert_cmpstr(first + HEADER_SIZE, !=, second + HEADER_SIZE);
	g_assert_null(strstr(first, "example"));
}

/* HMAC-SHA256, by another's reckoning. */
static void test_hash(struct place *place, gconstpointer data)
{
	static const char file[] =
	    "idlebell seen 1 000102030405060708090a0b0c0d0e0f\n"
	    "f9c42ef66a574017 29e86549\n";
	struct seen *seen;

	(void)data;
	place_write(place, "work.seen", file, sizeof file - 1);
	seen = seen_open(place->state, "work");
	g_assert_cmpint(find(seen, 7, "INBOX"), ==, SEEN_HERE);
	g_assert_cmpint(find(seen, 7, "Lists"), ==, SEEN_ELSEWHERE);
	g_assert_cmpint(find(seen, 8, "INBOX"), ==, SEEN_NOWHERE);
	seen_free(seen);
}

static void test_bounded(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");
	struct stat st;

	(void)data;
	for (unsigned i = 0; i < 9000; i++) {
		add(seen, i, "INBOX");
		if (i % 500 != 0)
			continue;
		g_assert_cmpint(fstatat(place->fd, "work.seen", &st, 0), ==, 0);
		g_assert_cmpint(st.st_size, <=, HEADER_SIZE + 8000 * LINE_SIZE);
	}
	for (unsigned i = 7000; i < 9000; i++)
		g_assert_cmpint(find(seen, i, "INBOX"), ==, SEEN_HERE);
	g_assert_cmpuint(count_known(seen, 9000), <=, 8000);
	g_assert_cmpuint(
	    count_known(seen, 9000), ==, count_stored(place, 9000));
	/* It is rewritten rarely. */
	g_assert_cmpint(syncs, <=, 2 * (1 + 9000 / 2000));
	seen_free(seen);
}

/* A crash tears the last line: the others are known, and the next message
 * is not swallowed by the rest of it. */
static void test_torn(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;
	size_t size;

	(void)data;
	fill(place, 0, 4);
	text = place_read(place, "work.seen");
	size = strlen(text);
	for (size_t n = 0; n < size; n++) {
		unsigned whole = n < HEADER_SIZE
		    ? 0
		    : (unsigned)((n - HEADER_SIZE) / LINE_SIZE);

		place_write(place, "work.seen", text, n);
		g_assert_cmpuint(count_stored(place, 4), ==, whole);
		fill(place, 9, 10);
		g_assert_cmpuint(count_stored(place, 4), ==, whole);
		g_assert_cmpuint(count_stored(place, 10), ==, whole + 1);
	}
}

static void test_flipped(struct place *place, gconstpointer data)
{
	g_autofree char *text = NULL;
	size_t size;

	(void)data;
	fill(place, 0, 4);
	text = place_read(place, "work.seen");
	size = strlen(text);
	for (size_t i = 0; i < size; i++) {
		char good = text[i];
		unsigned least = i < HEADER_SIZE ? 0 : 2;

		text[i] = (char)(good ^ (1 << g_test_rand_int_range(0, 8)));
		place_write(place, "work.seen", text, size);
		g_assert_cmpuint(count_stored(place, 4), >=, least);
		g_assert_cmpuint(count_stored(place, 4), <, 4);
		fill(place, 4, 6);
		g_assert_cmpuint(count_stored(place, 6), >=, least + 2);
		text[i] = good;
	}
}

static void test_random(struct place *place, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 300; i++) {
		g_autoptr(GString) text = g_string_new(g_test_rand_bit()
			? "idlebell seen 1 "
			  "00112233445566778899aabbccddeeff\n"
			: "");
		int size = g_test_rand_int_range(0, 300);

		while (size-- > 0)
			g_string_append_c(
			    text, (char)g_test_rand_int_range(0, 256));
		place_write(place, "work.seen", text->str, text->len);
		g_assert_cmpuint(count_stored(place, 3), ==, 0);
		fill(place, 0, 3);
		g_assert_cmpuint(count_stored(place, 3), ==, 3);
	}
}

/* What is there is not ours: it goes, and what it points to stays. */
static void test_not_a_file(struct place *place, gconstpointer data)
{
	g_autofree char *big = g_strnfill(1024 * 1024, 'x');
	g_autofree char *text = NULL;

	(void)data;
	place_write(place, "victim", "mine", 4);
	g_assert_cmpint(symlinkat("victim", place->fd, "work.seen"), ==, 0);
	g_assert_cmpuint(count_stored(place, 1), ==, 0);
	fill(place, 0, 1);
	g_assert_cmpuint(count_stored(place, 1), ==, 1);
	unlinkat(place->fd, "work.seen", 0);
	g_assert_cmpint(mkfifoat(place->fd, "work.seen", 0600), ==, 0);
	fill(place, 0, 1);
	g_assert_cmpuint(count_stored(place, 1), ==, 1);
	place_write(place, "work.seen", big, 1024 * 1024);
	fill(place, 0, 1);
	g_assert_cmpuint(count_stored(place, 1), ==, 1);
	text = place_read(place, "victim");
	g_assert_cmpstr(text, ==, "mine");
}

/* Exchanged while we are at it. */
static void test_exchanged(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");
	g_autofree char *text = NULL;

	(void)data;
	place_write(place, "victim", "mine", 4);
	add(seen, 0, "INBOX");
	unlinkat(place->fd, "work.seen", 0);
	add(seen, 1, "INBOX");
	g_assert_cmpuint(count_stored(place, 2), ==, 2);
	unlinkat(place->fd, "work.seen", 0);
	g_assert_cmpint(symlinkat("victim", place->fd, "work.seen"), ==, 0);
	add(seen, 2, "INBOX");
	g_assert_cmpuint(count_stored(place, 3), ==, 3);
	text = place_read(place, "victim");
	g_assert_cmpstr(text, ==, "mine");
	seen_free(seen);
}

/* A full disk costs nothing but memory over a restart. */
static void test_disk_full(struct place *place, gconstpointer data)
{
	static const size_t rooms[] = {0, 1, 10, 25};
	struct seen *seen = seen_open(place->state, "work");
	unsigned number = 0;

	(void)data;
	add(seen, number++, "INBOX");
	for (size_t i = 0; i < G_N_ELEMENTS(rooms); i++) {
		write_room = rooms[i];
		add(seen, number++, "INBOX");
		add(seen, number++, "INBOX");
		g_assert_cmpuint(count_known(seen, number), ==, number);
		g_assert_cmpuint(count_stored(place, number), >=, 1);
		write_room = SIZE_MAX;
		add(seen, number++, "INBOX");
		g_assert_cmpuint(count_stored(place, number), ==, number);
	}
	seen_free(seen);
}

static void test_directory_gone(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");

	(void)data;
	unlinkat(place->fd, "lock", 0);
	g_assert_cmpint(g_rmdir(place->path), ==, 0);
	add(seen, 0, "INBOX");
	g_assert_cmpuint(count_known(seen, 1), ==, 1);
	g_assert_cmpuint(count_stored(place, 1), ==, 0);
	seen_free(seen);
	g_assert_cmpint(g_mkdir(place->path, 0700), ==, 0);
}

/* What cannot be read now may be good: it is not written over. */
static void test_unreadable(struct place *place, gconstpointer data)
{
	struct seen *seen;

	(void)data;
	fill(place, 0, 3);
	reads_fail = true;
	seen = seen_open(place->state, "work");
	g_assert_cmpuint(count_known(seen, 3), ==, 0);
	reads_fail = false;
	add(seen, 3, "INBOX");
	g_assert_cmpuint(count_known(seen, 4), ==, 1);
	g_assert_cmpuint(count_stored(place, 4), ==, 3);
	seen_free(seen);
}

enum {
	MANY = 50,
	FEW = 32
};

static void open_many(struct place *place, struct seen *many[MANY])
{
	for (unsigned i = 0; i < MANY; i++) {
		g_autofree char *name = g_strdup_printf("account %u", i);

		many[i] = seen_open(place->state, name);
	}
}

/* A thousand accounts are not all in memory, and know as much as before; but
 * what the disk does not take stays. */
static void test_few_in_memory(struct place *place, gconstpointer data)
{
	struct seen *many[MANY];
	GQueue *loaded = state_seen(place->state);

	(void)data;
	open_many(place, many);
	g_assert_cmpuint(loaded->length, ==, 0);
	write_room = 0;
	add(many[7], 1000, "INBOX");
	write_room = SIZE_MAX;
	for (unsigned i = 0; i < MANY; i++) {
		if (i != 7)
			add(many[i], i, "INBOX");
		g_assert_cmpuint(loaded->length, <=, FEW);
	}
	g_assert_cmpuint(loaded->length, ==, FEW);
	g_assert_true(loaded->head->data == many[MANY - 1]);
	for (unsigned i = 0; i < MANY; i++)
		g_assert_cmpint(
		    find(many[i], i == 7 ? 1000 : i, "INBOX"), ==, SEEN_HERE);
	g_assert_cmpuint(loaded->length, ==, FEW);
	for (unsigned i = 0; i < MANY; i++)
		seen_free(many[i]);
	g_assert_cmpuint(loaded->length, ==, 0);
}

#define ADD(path, fn) \
	g_test_add(path, struct place, NULL, begin, fn, place_close)

/* Senders have a file of their own. */
static void test_senders(struct place *place, gconstpointer data)
{
	struct seen *senders = seen_open_senders(place->state, "work");

	(void)data;
	seen_add(senders, "anna@example.org", "1@x");
	g_assert_cmpint(
	    seen_find(senders, "anna@example.org", "1@x"), ==, SEEN_HERE);
	seen_free(senders);
	g_assert_true(place_has(place, "work.senders"));
	g_assert_false(place_has(place, "work.seen"));
}

/* What is met again and again outlives what is not. */
static void test_renew(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work");

	(void)data;
	for (unsigned i = 0; i < 20000; i++) {
		add(seen, i, "INBOX");
		seen_renew(seen, "<7@example.org>");
		seen_renew(seen, "<never@example.org>");
	}
	g_assert_cmpint(find(seen, 7, "INBOX"), ==, SEEN_HERE);
	g_assert_cmpint(find(seen, 8, "INBOX"), ==, SEEN_NOWHERE);
	g_assert_cmpint(find(seen, 19999, "INBOX"), ==, SEEN_HERE);
	seen_free(seen);
	seen = seen_open(place->state, "work");
	g_assert_cmpint(find(seen, 7, "INBOX"), ==, SEEN_HERE);
	g_assert_cmpint(find(seen, 19999, "INBOX"), ==, SEEN_HERE);
	seen_free(seen);
}

/* Beside a watcher, whose lock it leaves alone. */
static void test_peek(struct place *place, gconstpointer data)
{
	struct seen *seen = seen_open(place->state, "work"), *other;
	struct state *peek = state_peek();

	(void)data;
	g_assert_nonnull(peek);
	add(seen, 1, "INBOX");
	other = seen_open(peek, "work");
	g_assert_cmpint(find(other, 1, "INBOX"), ==, SEEN_HERE);
	seen_free(other);
	state_free(peek);
	g_assert_null(state_open(NULL, NULL));
	seen_free(seen);
	g_setenv("XDG_STATE_HOME", "/nonexistent", TRUE);
	g_assert_null(state_peek());
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("/seen/where", test_where);
	ADD("/seen/nobody", test_nobody);
	ADD("/seen/few-in-memory", test_few_in_memory);
	ADD("/seen/cost", test_cost);
	ADD("/seen/key", test_key);
	ADD("/seen/hash", test_hash);
	ADD("/seen/bounded", test_bounded);
	ADD("/seen/torn", test_torn);
	ADD("/seen/flipped", test_flipped);
	ADD("/seen/random", test_random);
	ADD("/seen/not-a-file", test_not_a_file);
	ADD("/seen/exchanged", test_exchanged);
	ADD("/seen/disk-full", test_disk_full);
	ADD("/seen/directory-gone", test_directory_gone);
	ADD("/seen/unreadable", test_unreadable);
	ADD("/seen/senders", test_senders);
	ADD("/seen/renew", test_renew);
	ADD("/seen/peek", test_peek);
	return g_test_run();
}
