/*
 * The file around the configuration: where it is, who may read it, what is
 * in it besides settings.
 */
#include "store/config-file.h"
#include "unit.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNT "[account a]\nhost = h.example\nuser = u\n"

struct fixture {
	char *directory, *path;
};

static void set_up(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	fixture->directory = g_dir_make_tmp("idlebell-XXXXXX", NULL);
	g_assert_nonnull(fixture->directory);
	fixture->path = g_build_filename(fixture->directory, "rc", NULL);
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	g_remove(fixture->path);
	g_rmdir(fixture->directory);
	g_free(fixture->path);
	g_free(fixture->directory);
}

static void write_file(
    const struct fixture *fixture, const char *text, gssize size, int mode)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents(fixture->path, text, size, &error);
	g_assert_no_error(error);
	g_assert_cmpint(chmod(fixture->path, (mode_t)mode), ==, 0);
}

static struct config *load(const struct fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	struct config *config = config_file_load(fixture->path, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(config);
	return config;
}

static char *problems_of(const struct config *config)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < config->problems->len; i++) {
		const struct config_problem *problem =
		    g_ptr_array_index(config->problems, i);
		g_string_append_printf(text, "%d: %s%s\n", problem->line,
		    problem->warning ? "warning: " : "", problem->text);
	}
	return g_string_free(text, FALSE);
}

static void check_text(const char *text, gsize size, const char *wanted)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_file_parse(text, size, NULL, &error);
	g_autofree char *problems = NULL;

	g_assert_no_error(error);
	problems = problems_of(config);
	g_assert_cmpstr(problems, ==, wanted);
}

static void check_mode(
    const struct fixture *fixture, const char *text, int mode, bool good)
{
	g_autoptr(Config) config = NULL;
	g_autofree char *wanted = g_strdup_printf(
	    "0: there is a password in this file, and others can read it: "
	    "run chmod 600 '%s'\n",
	    fixture->path);
	g_autofree char *problems = NULL;

	g_test_message("%s mode %04o", text, mode);
	write_file(fixture, text, -1, mode);
	config = load(fixture);
	problems = problems_of(config);
	g_assert_cmpstr(problems, ==, good ? "" : wanted);
	g_assert_true(config_has_errors(config) == !good);
}

static void test_mode(struct fixture *fixture, gconstpointer data)
{
	const char *password = ACCOUNT "password = x\n";
	const char *proxy = ACCOUNT "proxy = http://u:p@h\n";

	(void)data;
	check_mode(fixture, ACCOUNT, 0644, true);
	check_mode(fixture, ACCOUNT "password_command = x\n", 0644, true);
	check_mode(fixture, ACCOUNT "proxy = http://u@h\n", 0644, false);
	check_mode(fixture, ACCOUNT "password =\n", 0644, true);
	check_mode(fixture, password, 0600, true);
	check_mode(fixture, password, 0400, true);
	check_mode(fixture, password, 0644, false);
	check_mode(fixture, password, 0640, false);
	check_mode(fixture, password, 0604, false);
	check_mode(fixture, password, 0620, false);
	check_mode(fixture, proxy, 0644, false);
	check_mode(fixture, proxy, 0600, true);
}

static void check_writers(
    const struct fixture *fixture, int mode, const char *wanted)
{
	g_autoptr(Config) config = NULL;
	g_autofree char *problems = NULL;
	g_autofree char *line = g_strdup_printf(
	    "0: %s: run chmod go-w '%s'\n", wanted, fixture->path);

	write_file(fixture, ACCOUNT, -1, mode);
	config = load(fixture);
	problems = problems_of(config);
	g_assert_cmpstr(problems, ==, line);
	g_assert_true(
	    config_has_errors(config) == !g_str_has_prefix(wanted, "warning"));
}

/* Who can write commands into the file runs them as its reader. */
static void test_writers(struct fixture *fixture, gconstpointer data)
{
	const char *anybody = "anybody can write to this file, and with it "
			      "run commands as you";
	const char *group = "warning: the group of this file can write to it, "
			    "and with it run commands as you";

	(void)data;
	check_writers(fixture, 0646, anybody);
	check_writers(fixture, 0602, anybody);
	check_writers(fixture, 0666, anybody);
	check_writers(fixture, 0664, group);
	check_writers(fixture, 0620, group);
}

static void test_owner(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = NULL;
	g_autofree char *problems = NULL, *wanted = NULL;

	(void)data;
	write_file(fixture, ACCOUNT, -1, 0600);
	if (chown(fixture->path, 4711, (gid_t)-1) != 0) {
		g_test_skip("only root gives files away");
		return;
	}
	config = load(fixture);
	problems = problems_of(config);
	wanted = g_strdup_printf("0: this file belongs to another user, who "
				 "can with it run commands as you: run "
				 "chown %u '%s' if it is yours\n",
	    (unsigned)geteuid(), fixture->path);
	g_assert_cmpstr(problems, ==, wanted);
	g_assert_true(config_has_errors(config));
}

/* The problems of the file come with it, that of its mode first. */
static void test_mode_first(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = NULL;
	const struct config_problem *problem;

	(void)data;
	write_file(fixture, ACCOUNT "password = x;y\n", -1, 0644);
	config = load(fixture);
	g_assert_cmpuint(config->problems->len, ==, 2);
	problem = config->problems->pdata[0];
	g_assert_nonnull(strstr(problem->text, "chmod 600"));
	problem = config->problems->pdata[1];
	g_assert_cmpint(problem->line, ==, 4);
}

/* A password of -o is not in the file. */
static void test_mode_override(struct fixture *fixture, gconstpointer data)
{
	const char *const overrides[] = {"password=x", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture, ACCOUNT, -1, 0644);
	config = config_file_load(fixture->path, overrides, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(config->problems->len, ==, 0);
}

static void check_failure(
    const struct fixture *fixture, int code, const char *reason)
{
	g_autofree char *wanted =
	    g_strdup_printf("%s: %s", fixture->path, reason);
	g_autoptr(GError) error = NULL;

	g_assert_null(config_file_load(fixture->path, NULL, &error));
	g_assert_error(error, G_FILE_ERROR, code);
	g_assert_cmpstr(error->message, ==, wanted);
}

static void test_missing(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	check_failure(fixture, G_FILE_ERROR_NOENT, "No such file or directory");
}

static void test_directory(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(g_mkdir(fixture->path, 0700), ==, 0);
	check_failure(fixture, G_FILE_ERROR_ISDIR, "Is a directory");
}

static void test_too_large(struct fixture *fixture, gconstpointer data)
{
	gsize max = 1 << 20;
	g_autofree char *text = g_strnfill(max + 1, '\n');
	g_autoptr(Config) config = NULL;

	(void)data;
	memcpy(text, ACCOUNT, strlen(ACCOUNT));
	write_file(fixture, text, (gssize)max + 1, 0600);
	check_failure(fixture, G_FILE_ERROR_FAILED,
	    "more than 1 MiB: this is no configuration");
	write_file(fixture, text, (gssize)max, 0600);
	config = load(fixture);
	g_assert_cmpuint(config->problems->len, ==, 0);
}

/* A dotfile is often a link into a repository of dotfiles. */
static void test_link(struct fixture *fixture, gconstpointer data)
{
	g_autofree char *target = g_strconcat(fixture->path, ".real", NULL);
	g_autoptr(Config) config = NULL;

	(void)data;
	g_assert_true(g_file_set_contents(target, ACCOUNT, -1, NULL));
	g_assert_cmpint(symlink("rc.real", fixture->path), ==, 0);
	config = load(fixture);
	g_assert_cmpuint(config->accounts->len, ==, 1);
	g_remove(target);
}

/* From a pipe, as of a decrypting command: its mode says nothing. */
static void test_stdin(struct fixture *fixture, gconstpointer data)
{
	const char *text = ACCOUNT "password = x\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	int writer, reader;

	(void)data;
	g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
	g_assert_cmpint(chmod(fixture->path, 0644), ==, 0);
	writer = open(fixture->path, O_RDWR | O_CLOEXEC);
	reader = open(fixture->path, O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(dup2(reader, STDIN_FILENO), ==, STDIN_FILENO);
	g_assert_cmpint(
	    write(writer, text, strlen(text)), ==, (int)strlen(text));
	close(writer);
	close(reader);
	config = config_file_load("-", NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_true(config_holds_secret(config));
}

/* How often it is in the heap, freed or not; -1 when the heap is a
 * sanitizer's or valgrind's. */
static int heap_count(const char *text, size_t size)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start = 0, end = 0;
	char line[512];
	bool found = false;
	int count = 0;

	g_assert_nonnull(maps);
	while (!found && fgets(line, sizeof line, maps) != NULL)
		found = strstr(line, "[heap]") != NULL &&
		    sscanf(line, "%lx-%lx", &start, &end) == 2;
	fclose(maps);
	if (!found)
		return -1;
	for (const char *at = (const char *)start;
	     (at = memmem(at, end - (unsigned long)at, text, size)) != NULL;
	     at++)
		count++;
	return count;
}

/* Of all buffers that were freed only iniparser's are out of reach: its copy
 * of the line, and that of stdio, which the rest of the file is to fill. */
static void test_wiped(struct fixture *fixture, gconstpointer data)
{
	char secret[] = "................-%4{s&8A=q1}X+v7";
	const char *lines = ACCOUNT "password = ";
	size_t head = 16; /* free() writes over this much */
	char *text;

	(void)data;
	if (heap_count(secret, strlen(secret)) < 0) {
		g_test_skip("this heap cannot be read");
		return;
	}
	text = g_strnfill(1 << 14, '\n');
	memcpy(text, lines, strlen(lines));
	memcpy(text + strlen(lines), secret, strlen(secret));
	g_assert_cmpint(
	    heap_count(secret + head, strlen(secret) - head), ==, 1);
	write_file(fixture, text, -1, 0600);
	explicit_bzero(text, strlen(text));
	g_free(text);
	g_assert_cmpint(
	    heap_count(secret + head, strlen(secret) - head), ==, 0);
	config_free(load(fixture));
	g_assert_cmpint(
	    heap_count(secret + head, strlen(secret) - head), <=, 1);
}

static int count_descriptors(void)
{
	g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
	int count = 0;

	while (g_dir_read_name(dir) != NULL)
		count++;
	return count;
}

static void test_descriptors(struct fixture *fixture, gconstpointer data)
{
	int before;

	(void)data;
	write_file(fixture, ACCOUNT, -1, 0600);
	config_free(load(fixture));
	before = count_descriptors();
	config_free(load(fixture));
	g_assert_cmpint(count_descriptors(), ==, before);
}

static void test_bom(void)
{
	const char *text = "\xEF\xBB\xBF" ACCOUNT "port = 0\n";

	check_text(text, strlen(text),
	    "4: port: 0 is out of range: it goes from 1 to 65535\n");
	check_text("\xEF\xBB\xBF", 3,
	    "0: there is no account: write [account NAME], and below it "
	    "host = and user =\n");
}

static void test_line_ends(void)
{
	const char *text = "[account a]\r\nhost = h\r\nuser = u\r\n\r\n"
			   "on_message = ring \\\r\n bell\r\nport = 0\r\n";
	const char *last = ACCOUNT "port = 0";
	const char *single = ACCOUNT "p";

	check_text(text, strlen(text),
	    "7: port: 0 is out of range: it goes from 1 to 65535\n");
	check_text(last, strlen(last),
	    "4: port: 0 is out of range: it goes from 1 to 65535\n");
	check_text(single, strlen(single),
	    "4: expected KEY = VALUE: there is no \"=\" in this line\n");
}

static void test_continuation(void)
{
	const char *text = ACCOUNT "mailboxes = INBOX, \\\n    Work, \\\n"
				   "    Lists\nport = 0\n";
	g_autoptr(Config) config =
	    config_file_parse(text, strlen(text), NULL, NULL);
	const struct config_account *account =
	    g_ptr_array_index(config->accounts, 0);
	g_autofree char *mailboxes = g_strjoinv("|", account->mailboxes);

	g_assert_cmpstr(mailboxes, ==, "INBOX|Work|Lists");
	check_text(text, strlen(text),
	    "7: port: 0 is out of range: it goes from 1 to 65535\n");
}

static void test_utf8(void)
{
	const char *text =
	    "# Gr\xC3\xBC\xC3\x9F"
	    "e\n[account a]\nhost = b\xC3\xBC"
	    "cher.example\nuser = j\xC3\xBCrgen\nmailboxes = \xC3\x84\n"
	    "[rule \xC3\x84]\nsubject = *\xE2\x82\xAC*\n";
	g_autoptr(Config) config =
	    config_file_parse(text, strlen(text), NULL, NULL);
	const struct config_account *account =
	    g_ptr_array_index(config->accounts, 0);
	const struct config_rule *rule = g_ptr_array_index(config->rules, 0);

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_cmpstr(account->host, ==,
	    "b\xC3\xBC"
	    "cher.example");
	g_assert_cmpstr(account->user, ==, "j\xC3\xBCrgen");
	g_assert_cmpstr(account->mailboxes[0], ==, "\xC3\x84");
	g_assert_cmpstr(rule->name, ==, "\xC3\x84");
}

/* Not text: said once, with its line, and nothing else. */
static void test_foreign(void)
{
	static const char nul[] = ACCOUNT "\0foo";
	static const char utf16[] = "\xFF\xFE[\0a\0";
	static const char latin[] = ACCOUNT "# Gr\xFC\xDF"
					    "e\nfoo\n";
	static const char escape[] = "[x]\n# \033[2J\n";
	static const char returns[] = "[a]\rhost = h\r";

	check_text(nul, sizeof(nul) - 1,
	    "4: there is a control character in this line (0x00): only text "
	    "is read\n");
	check_text(utf16, sizeof(utf16) - 1,
	    "1: this line is not UTF-8: convert the file, as with iconv\n");
	check_text(latin, sizeof(latin) - 1,
	    "4: this line is not UTF-8: convert the file, as with iconv\n");
	check_text(escape, sizeof(escape) - 1,
	    "2: there is a control character in this line (0x1b): only text "
	    "is read\n");
	check_text(returns, sizeof(returns) - 1,
	    "1: there is a control character in this line (0x0d): only text "
	    "is read\n");
}

static void check_path(const char *wanted)
{
	g_autofree char *path = config_file_path();

	g_assert_cmpstr(path, ==, wanted);
}

/* In a home of its own, see main(). */
static void test_path(void)
{
	g_autofree char *directory =
	    g_build_filename(g_get_user_config_dir(), "idlebell", NULL);
	g_autofree char *config = g_build_filename(directory, "config", NULL);
	g_autofree char *dotfile =
	    g_build_filename(g_get_home_dir(), ".idlebellrc", NULL);

	check_path(config);
	g_assert_true(g_file_set_contents(dotfile, "", 0, NULL));
	check_path(dotfile);
	g_mkdir_with_parents(directory, 0700);
	g_assert_true(g_file_set_contents(config, "", 0, NULL));
	check_path(config);
	g_remove(config);
	g_rmdir(directory);
	g_rmdir(g_get_user_config_dir());
	g_remove(dotfile);
}

static void add(const char *path, void (*test)(struct fixture *, gconstpointer))
{
	g_test_add(path, struct fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_autofree char *home = NULL;
	int failed;

	(void)argc;
	home = g_dir_make_tmp("idlebell-home-XXXXXX", NULL);
	g_setenv("HOME", home, TRUE);
	g_unsetenv("XDG_CONFIG_HOME");
	unit_init(argv[0]);
	add("/config-file/mode", test_mode);
	add("/config-file/writers", test_writers);
	add("/config-file/owner", test_owner);
	add("/config-file/mode-first", test_mode_first);
	add("/config-file/mode-override", test_mode_override);
	add("/config-file/missing", test_missing);
	add("/config-file/directory", test_directory);
	add("/config-file/too-large", test_too_large);
	add("/config-file/link", test_link);
	add("/config-file/wiped", test_wiped);
	add("/config-file/descriptors", test_descriptors);
	add("/config-file/stdin", test_stdin);
	g_test_add_func("/config-file/bom", test_bom);
	g_test_add_func("/config-file/line-ends", test_line_ends);
	g_test_add_func("/config-file/continuation", test_continuation);
	g_test_add_func("/config-file/utf8", test_utf8);
	g_test_add_func("/config-file/foreign", test_foreign);
	g_test_add_func("/config-file/path", test_path);
	failed = g_test_run();
	g_rmdir(home);
	return failed;
}
