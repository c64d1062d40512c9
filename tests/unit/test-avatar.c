/*
 * Pictures of senders: which file it is, and that an address is no path.
 */
#include "config.h"

#include "sinks/avatar.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char *base, *directory;
};

static char *path_of(struct place *place, const char *name)
{
	return g_build_filename(place->directory, name, NULL);
}

static void put(struct place *place, const char *name, const char *text)
{
	g_autofree char *path = path_of(place, name);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->base = g_dir_make_tmp("avatar-XXXXXX", NULL);
	place->directory = g_build_filename(place->base, "faces", NULL);
	g_assert_cmpint(g_mkdir(place->directory, 0700), ==, 0);
	put(place, "../outside.png", "x");
}

static void place_close(struct place *place, gconstpointer data)
{
	const char *argv[] = {"rm", "-rf", "--", place->base, NULL};

	(void)data;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	g_free(place->base);
	g_free(place->directory);
}

static void check_forms(struct place *place, const char *address,
    const char *ascii, const char *expected)
{
	struct message_address sender = {
	    .name = (char *)"Anna",
	    .address = (char *)address,
	    .ascii = (char *)ascii,
	};
	g_autofree char *found = avatar_find(place->directory, &sender);
	g_autofree char *wanted = expected ? path_of(place, expected) : NULL;

	g_assert_cmpstr(found, ==, wanted);
}

static void check(
    struct place *place, const char *address, const char *expected)
{
	check_forms(place, address, address, expected);
}

static void test_names(struct place *place, gconstpointer data)
{
	(void)data;
	check(place, "anna@example.org", NULL);
	put(place, "example.org.webp", "x");
	check(place, "anna@example.org", "example.org.webp");
	put(place, "example.org.svg", "x");
	check(place, "anna@example.org", "example.org.svg");
	put(place, "anna@example.org.jpeg", "x");
	check(place, "anna@example.org", "anna@example.org.jpeg");
	put(place, "anna@example.org.jpg", "x");
	check(place, "Anna@Example.ORG", "anna@example.org.jpg");
	put(place, "anna@example.org.png", "x");
	check(place, "Anna@Example.ORG", "anna@example.org.png");
	check(place, "bob@example.org", "example.org.svg");
	check(place, "anna@sub.example.org", NULL);
	check(place, "anna", NULL);
	check(place, "anna@", NULL);
	check(place, "@", NULL);
	check(place, "", NULL);
}

static void test_domains(struct place *place, gconstpointer data)
{
	(void)data;
	put(place, "a@xn--bcher-kva.example.png", "x");
	put(place, "bücher.example.png", "x");
	check_forms(place, "a@bücher.example", "a@xn--bcher-kva.example",
	    "a@xn--bcher-kva.example.png");
	check_forms(place, "b@BÜCHER.example", "b@xn--bcher-kva.example",
	    "bücher.example.png");
}

/* Each names a file that is there. */
static void test_tricks(struct place *place, gconstpointer data)
{
	g_autofree char *longest = g_strnfill(300, 'a');
	g_autofree char *hidden = path_of(place, "a@sub");

	(void)data;
	g_assert_cmpint(g_mkdir(hidden, 0700), ==, 0);
	put(place, "a@sub/b.png", "x");
	put(place, ".hidden.png", "x");
	put(place, ".@b.png", "x");
	put(place, "a@x\ny.png", "x");
	check(place, "../outside", NULL);
	check(place, "a@../outside", NULL);
	check(place, "a@sub/../../outside", NULL);
	check(place, "a@sub/b", NULL);
	check(place, "a@.hidden", NULL);
	check(place, ".@b", NULL);
	check(place, "a@x\ny", NULL);
	check(place, longest, NULL);
}

static void test_files(struct place *place, gconstpointer data)
{
	g_autofree char *fifo = path_of(place, "fifo.org.png");
	g_autofree char *directory = path_of(place, "dir.org.png");
	g_autofree char *loop = path_of(place, "loop.org.png");
	g_autofree char *large = path_of(place, "large.org.png");
	g_autofree char *linked = path_of(place, "link.org.png");

	(void)data;
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_assert_cmpint(g_mkdir(directory, 0700), ==, 0);
	g_assert_cmpint(symlink("loop.org.png", loop), ==, 0);
	g_assert_cmpint(symlink("../outside.png", linked), ==, 0);
	put(place, "empty.org.png", "");
	put(place, "large.org.png", "x");
	g_assert_cmpint(truncate(large, 4 * 1024 * 1024), ==, 0);
	check(place, "a@large.org", "large.org.png");
	g_assert_cmpint(truncate(large, 4 * 1024 * 1024 + 1), ==, 0);
	check(place, "a@large.org", NULL);
	check(place, "a@fifo.org", NULL);
	check(place, "a@dir.org", NULL);
	check(place, "a@loop.org", NULL);
	check(place, "a@empty.org", NULL);
	check(place, "a@link.org", "link.org.png");
	/* A worse one does not hide a better one. */
	put(place, "dir.org.jpg", "x");
	check(place, "a@dir.org", "dir.org.jpg");
}

#define ADD(name, fn)                                                     \
	g_test_add("/avatar/" name, struct place, NULL, place_open, (fn), \
	    place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("names", test_names);
	ADD("domains", test_domains);
	ADD("tricks", test_tricks);
	ADD("files", test_files);
	return g_test_run();
}
