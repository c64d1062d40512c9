/*
 * Maildir: once, whole, and where it belongs.
 */
#include "os/file.h"
#include "sinks/maildir.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char *base, *path; /* base/Mail/box: made by the module */
	struct maildir_message message;
};

static char *expected_name(void)
{
	g_autofree char *hash = g_compute_checksum_for_string(
	    G_CHECKSUM_SHA256, "jane@imap.example.org/INBOX", -1);

	return g_strdup_printf("%.32s.V7U42", hash);
}

static void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->base = g_dir_make_tmp("maildir-XXXXXX", NULL);
	place->path = g_build_filename(place->base, "Mail", "box", NULL);
	place->message = (struct maildir_message){
	    .directory = place->path,
	    .host = "imap.example.org",
	    .user = "jane",
	    .mailbox = "INBOX",
	    .uidvalidity = 7,
	    .uid = 42,
	    .flags = "",
	};
}

static void place_close(struct place *place, gconstpointer data)
{
	const char *argv[] = {"rm", "-rf", "--", place->base, NULL};

	(void)data;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	g_free(place->base);
	g_free(place->path);
}

static int string_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

/* The names in a directory, sorted, each followed by a space. */
static char *list(const char *path, const char *sub)
{
	g_autofree char *directory = g_build_filename(path, sub, NULL);
	GDir *dir = g_dir_open(directory, 0, NULL);
	GList *names = NULL;
	GString *text = g_string_new(NULL);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)))
		names =
		    g_list_insert_sorted(names, g_strdup(name), string_compare);
	g_dir_close(dir);
	for (GList *item = names; item; item = item->next)
		g_string_append_printf(text, "%s ", (char *)item->data);
	g_list_free_full(names, g_free);
	return g_string_free(text, FALSE);
}

static void check_list(
    struct place *place, const char *sub, const char *expected)
{
	g_autofree char *text = list(place->path, sub);

	g_assert_cmpstr(text, ==, expected);
}

static struct maildir_file *must_open(struct place *place)
{
	g_autoptr(GError) error = NULL;
	char *path = NULL;
	struct maildir_file *file =
	    maildir_open(&place->message, &path, &error);

	g_assert_no_error(error);
	g_assert_null(path);
	g_assert_nonnull(file);
	return file;
}

static void must_write(
    struct maildir_file *file, uint64_t offset, const char *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(maildir_write(file, offset, bytes, size, &error));
	g_assert_no_error(error);
}

static char *must_commit(struct maildir_file *file)
{
	g_autoptr(GError) error = NULL;
	char *path = maildir_commit(file, &error);

	g_assert_no_error(error);
	g_assert_nonnull(path);
	maildir_free(file);
	return path;
}

static char *store(struct place *place, const char *text)
{
	struct maildir_file *file = must_open(place);

	must_write(file, 0, text, strlen(text));
	return must_commit(file);
}

static void check_there(struct place *place, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	g_assert_null(maildir_open(&place->message, &path, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(path, ==, expected);
}

static void check_refused(struct place *place, const char *text)
{
	g_autoptr(GError) error = NULL;
	char *path = (char *)"unset";

	g_assert_null(maildir_open(&place->message, &path, &error));
	g_assert_null(path);
	g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	g_assert_cmpstr(error->message, ==, text);
}

static void check_content(
    const char *path, const char *expected, size_t expected_size)
{
	size_t size = 0;
	g_autofree char *text = file_read(AT_FDCWD, path, 1 << 24, &size, NULL);

	g_assert_cmpmem(text, size, expected, expected_size);
}

static void check_mode(const char *path, int mode)
{
	struct stat st;

	g_assert_cmpint(g_lstat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, mode);
}

static void test_new(struct place *place, gconstpointer data)
{
	g_autofree char *name = expected_name();
	g_autofree char *expected =
	    g_build_filename(place->path, "new", name, NULL);
	g_autofree char *path = NULL, *in_new = NULL;
	mode_t old = umask(0);

	(void)data;
	path = store(place, "Subject: x\r\n\r\nbody\r\n");
	umask(old);
	g_assert_cmpstr(path, ==, expected);
	check_content(path, "Subject: x\n\nbody\n", 17);
	check_mode(path, 0600);
	check_mode(place->path, 0700);
	for (int i = 0; i < 3; i++) {
		static const char *const subs[] = {"cur", "new", "tmp"};
		g_autofree char *sub =
		    g_build_filename(place->path, subs[i], NULL);

		check_mode(sub, 0700);
	}
	in_new = g_strconcat(name, " ", NULL);
	check_list(place, "new", in_new);
	check_list(place, "cur", "");
	check_list(place, "tmp", "");
}

static void test_flags(struct place *place, gconstpointer data)
{
	static const struct {
		const char *flags, *sub, *ending;
	} rows[] = {
	    {"\\Seen", "cur", ":2,S"},
	    {"\\seen \\FLAGGED", "cur", ":2,FS"},
	    {"\\Deleted \\Seen \\Answered $Forwarded \\Flagged \\Draft", "cur",
		":2,DFPRST"},
	    {"\\Seen \\Seen", "cur", ":2,S"},
	    {"\\Recent $Junk \\SeenX Seen", "new", ""},
	    {"", "new", ""},
	    {NULL, "new", ""},
	};
	g_autofree char *name = expected_name();

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = NULL;
		g_autofree char *expected = g_strdup_printf("%s/%s/%s%s",
		    place->path, rows[i].sub, name, rows[i].ending);

		place->message.flags = rows[i].flags;
		path = store(place, "x");
		g_assert_cmpstr(path, ==, expected);
		check_content(path, "x", 1);
		g_unlink(path);
	}
}

/* However the message is cut, the lines end the same. */
static void test_line_ends(struct place *place, gconstpointer data)
{
	static const char wire[] = "a\r\nb\nc\rd\r\r\ne\r\n\r\n\r\r\rf\0g\r";
	static const char text[] = "a\nb\nc\rd\r\ne\n\n\r\r\rf\0g\r";
	size_t n = sizeof wire - 1;

	(void)data;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = i; j <= n; j++) {
			struct maildir_file *file = must_open(place);
			g_autofree char *path = NULL;

			must_write(file, 0, wire, i);
			must_write(file, i, wire + i, j - i);
			must_write(file, j, wire + j, n - j);
			path = must_commit(file);
			check_content(path, text, sizeof text - 1);
			g_unlink(path);
		}
}

static void test_large(struct place *place, gconstpointer data)
{
	struct maildir_file *file = must_open(place);
	GString *wire = g_string_new(NULL), *text = g_string_new(NULL);
	g_autofree char *path = NULL;

	(void)data;
	for (int i = 0; i < 20000; i++) {
		g_string_append_printf(wire, "line %d\r\n", i);
		g_string_append_printf(text, "line %d\n", i);
	}
	for (size_t at = 0; at < wire->len; at += 777)
		must_write(file, at, wire->str + at, MIN(777, wire->len - at));
	path = must_commit(file);
	check_content(path, text->str, text->len);
	g_string_free(wire, TRUE);
	g_string_free(text, TRUE);
}

static void test_empty(struct place *place, gconstpointer data)
{
	g_autofree char *path = must_commit(must_open(place));

	(void)data;
	check_content(path, "", 0);
}

/* Every octet counts as it came; a gap is never papered over. */
static void test_offset(struct place *place, gconstpointer data)
{
	static const uint64_t wrong[] = {0, 2, 4, 5, UINT64_MAX};
	struct maildir_file *file = must_open(place);
	g_autofree char *path = NULL;

	(void)data;
	must_write(file, 0, "a\r\n", 3);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(maildir_write(file, wrong[i], "x", 1, &error));
		g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	}
	must_write(file, 3, "b", 1);
	path = must_commit(file);
	check_content(path, "a\nb", 3);
}

static void test_twice(struct place *place, gconstpointer data)
{
	g_autofree char *path = store(place, "x");

	(void)data;
	check_there(place, path);
	/* Its flags have changed since: it is the same message. */
	place->message.flags = "\\Seen";
	check_there(place, path);
	place->message.host = "IMAP.Example.ORG";
	check_there(place, path);
	check_list(place, "tmp", "");
}

/* Found by whatever name a mail reader has given it. */
static void test_twice_renamed(struct place *place, gconstpointer data)
{
	static const char *const endings[] = {
	    ":2,", ":2,S", ":2,RS", ",S=1,W=2:2,S", ";2,S", "!2,S"};
	g_autofree char *name = expected_name();
	g_autofree char *last = store(place, "x");

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *entry = g_strconcat(name, endings[i], NULL);
		char *path = g_build_filename(place->path, "cur", entry, NULL);

		g_assert_cmpint(g_rename(last, path), ==, 0);
		check_there(place, path);
		g_free(last);
		last = path;
	}
}

/* What differs in host, user, mailbox, UIDVALIDITY or UID is another. */
static void test_others(struct place *place, gconstpointer data)
{
	struct maildir_message first = place->message;
	g_autofree char *path = store(place, "x");
	struct maildir_message others[] = {
	    first, first, first, first, first, first, first};

	(void)data;
	others[0].uid = 4;
	others[1].uid = 421;
	others[2].uidvalidity = 70;
	others[3].uidvalidity = 77;
	others[4].host = "imap.example.com";
	others[5].user = "joan";
	others[6].mailbox = "inbox";
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *other = NULL;

		place->message = others[i];
		other = store(place, "y");
		g_assert_cmpstr(other, !=, path);
	}
	place->message = first;
	check_there(place, path);
}

static void test_dropped(struct place *place, gconstpointer data)
{
	struct maildir_file *file = must_open(place);

	(void)data;
	must_write(file, 0, "half", 4);
	maildir_free(file);
	maildir_free(NULL);
	check_list(place, "tmp", "");
	check_list(place, "new", "");
	g_free(store(place, "whole"));
}

/* Killed in the middle: the next attempt replaces what is left. */
static void test_killed(struct place *place, gconstpointer data)
{
	g_autofree char *name = expected_name();
	g_autofree char *left = g_strconcat(name, " ", NULL);
	g_autofree char *path = NULL;
	pid_t pid = fork();

	(void)data;
	if (pid == 0) {
		struct maildir_file *file = must_open(place);

		must_write(file, 0, "half of a longer text", 21);
		raise(SIGKILL);
	}
	waitpid(pid, NULL, 0);
	check_list(place, "tmp", left);
	check_list(place, "new", "");
	path = store(place, "whole");
	check_content(path, "whole", 5);
	check_list(place, "tmp", "");
}

/* Two at once: one of them fails, and nothing partial is delivered. */
static void test_two_at_once(struct place *place, gconstpointer data)
{
	struct maildir_file *first = must_open(place);
	struct maildir_file *second = must_open(place);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	(void)data;
	must_write(first, 0, "whole", 5);
	must_write(second, 0, "wh", 2);
	g_assert_null(maildir_commit(first, &error));
	g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	maildir_free(first);
	check_list(place, "new", "");
	must_write(second, 2, "ole", 3);
	path = must_commit(second);
	check_content(path, "whole", 5);
}

/* RLIMIT_FSIZE is a disk that is full. */
static void test_full(struct place *place, gconstpointer data)
{
	struct maildir_file *file = must_open(place);
	g_autofree char *big = g_strnfill(300000, 'x');
	g_autofree char *name = expected_name();
	g_autofree char *text =
	    g_strdup_printf("%s/tmp/%s: File too large", place->path, name);
	g_autoptr(GError) error = NULL;
	struct rlimit limit, small;

	(void)data;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 100000;
	setrlimit(RLIMIT_FSIZE, &small);
	g_assert_false(maildir_write(file, 0, big, 300000, &error));
	setrlimit(RLIMIT_FSIZE, &limit);
	g_assert_error(error, SINK_ERROR, SINK_ERROR_MAILDIR);
	g_assert_cmpstr(error->message, ==, text);
	maildir_free(file);
	check_list(place, "tmp", "");
	check_list(place, "new", "");
}

static void make(struct place *place, const char *name)
{
	g_autofree char *path = g_build_filename(place->path, name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
}

static void put(struct place *place, const char *name)
{
	g_autofree char *path = g_build_filename(place->path, name, NULL);

	g_assert_true(g_file_set_contents(path, "x", 1, NULL));
}

static void test_not_a_maildir(struct place *place, gconstpointer data)
{
	g_autofree char *text =
	    g_strdup_printf("%s: exists and is not a Maildir", place->path);

	(void)data;
	make(place, "");
	put(place, "letter.txt");
	check_refused(place, text);
	make(place, "tmp");
	make(place, "new");
	check_refused(place, text);
	check_list(place, "", "letter.txt new tmp ");
	/* Now it is one, with a file of its program in it. */
	make(place, "cur");
	g_free(store(place, "x"));
}

/* Empty, or left by a crash while it was made. */
static void test_half_made(struct place *place, gconstpointer data)
{
	(void)data;
	make(place, "tmp");
	g_free(store(place, "x"));
	check_list(place, "", "cur new tmp ");
}

static void test_is_file(struct place *place, gconstpointer data)
{
	g_autofree char *text =
	    g_strdup_printf("%s: Not a directory", place->path);
	g_autofree char *parent = g_path_get_dirname(place->path);

	(void)data;
	g_assert_cmpint(g_mkdir(parent, 0700), ==, 0);
	g_assert_true(g_file_set_contents(place->path, "x", 1, NULL));
	check_refused(place, text);
}

/* tmp/, new/ and cur/ are not followed to another place. */
static void test_linked_directories(struct place *place, gconstpointer data)
{
	static const char *const subs[] = {"tmp", "new", "cur"};
	g_autofree char *other = g_build_filename(place->base, "other", NULL);

	(void)data;
	g_assert_cmpint(g_mkdir(other, 0700), ==, 0);
	for (int i = 0; i < 3; i++) {
		g_autofree char *sub =
		    g_build_filename(place->path, subs[i], NULL);
		g_autofree char *text =
		    g_strdup_printf("%s: Not a directory", sub);

		make(place, "tmp");
		make(place, "new");
		make(place, "cur");
		g_assert_cmpint(g_rmdir(sub), ==, 0);
		g_assert_cmpint(symlink(other, sub), ==, 0);
		check_refused(place, text);
		g_unlink(sub);
	}
	g_assert_cmpint(g_rmdir(other), ==, 0);
}

/* A link waiting in tmp/ or new/ under our name is replaced. */
static void test_linked_names(struct place *place, gconstpointer data)
{
	g_autofree char *victim = g_build_filename(place->base, "victim", NULL);
	g_autofree char *name = expected_name();
	g_autofree char *draft =
	    g_build_filename(place->path, "tmp", name, NULL);
	g_autofree char *final =
	    g_build_filename(place->path, "new", name, NULL);
	struct maildir_file *file;
	g_autofree char *path = NULL;

	(void)data;
	g_assert_true(g_file_set_contents(victim, "safe", 4, NULL));
	make(place, "tmp");
	g_assert_cmpint(symlink(victim, draft), ==, 0);
	file = must_open(place);
	g_assert_cmpint(symlink(victim, final), ==, 0);
	must_write(file, 0, "mail", 4);
	path = must_commit(file);
	check_content(victim, "safe", 4);
	check_content(path, "mail", 4);
	check_mode(path, 0600);
}

static void test_unreachable_names(struct place *place, gconstpointer data)
{
	g_autofree char *path = NULL;

	(void)data;
	place->message.mailbox = "../../../etc/x\n";
	place->message.host = "../h";
	place->message.user = "/";
	path = store(place, "x");
	g_assert_true(g_str_has_prefix(path, place->path));
	g_assert_null(strstr(path + strlen(place->path), ".."));
}

/* Not possible for the program is a message, not an end. */
static void test_directory_gone(struct place *place, gconstpointer data)
{
	struct maildir_file *file = must_open(place);
	g_autofree char *sub = g_build_filename(place->path, "new", NULL);
	g_autofree char *text =
	    g_strdup_printf("%s: No such file or directory", sub);
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_cmpint(g_rmdir(sub), ==, 0);
	g_assert_null(maildir_commit(file, &error));
	g_assert_cmpstr(error->message, ==, text);
	maildir_free(file);
	check_list(place, "tmp", "");
}

static void test_home(struct place *place, gconstpointer data)
{
	g_autofree char *box = g_build_filename(g_get_home_dir(), "Mail", NULL);
	g_autofree char *path = NULL;
	const char *argv[] = {"rm", "-rf", "--", box, NULL};

	(void)data;
	place->message.directory = "~/Mail";
	path = store(place, "x");
	g_assert_true(g_str_has_prefix(path, box));
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
}

static void test_no_leak(struct place *place, gconstpointer data)
{
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

	(void)data;
	close(before);
	for (uint32_t i = 0; i < 5; i++) {
		g_autofree char *path = NULL;

		place->message.uid = i;
		path = store(place, "x");
		check_there(place, path);
		place->message.uid = 99;
		maildir_free(must_open(place));
	}
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(after);
	g_assert_cmpint(before, ==, after);
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/maildir/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	g_autofree char *home = g_dir_make_tmp("maildir-home-XXXXXX", NULL);
	int result;

	(void)argc;
	g_setenv("HOME", home, TRUE);
	unit_init(argv[0]);
	ADD("new", test_new);
	ADD("flags", test_flags);
	ADD("line-ends", test_line_ends);
	ADD("large", test_large);
	ADD("empty", test_empty);
	ADD("offset", test_offset);
	ADD("twice", test_twice);
	ADD("twice-renamed", test_twice_renamed);
	ADD("others", test_others);
	ADD("dropped", test_dropped);
	ADD("killed", test_killed);
	ADD("two-at-once", test_two_at_once);
	ADD("full", test_full);
	ADD("not-a-maildir", test_not_a_maildir);
	ADD("half-made", test_half_made);
	ADD("is-file", test_is_file);
	ADD("linked-directories", test_linked_directories);
	ADD("linked-names", test_linked_names);
	ADD("unreachable-names", test_unreachable_names);
	ADD("directory-gone", test_directory_gone);
	ADD("home", test_home);
	ADD("no-leak", test_no_leak);
	result = g_test_run();
	g_rmdir(home);
	return result;
}
