/*
 * Programs: what they inherit, what they say, how they end.
 */
#include "os/process.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome {
	int calls;
	bool timed_out, truncated;
	int status;
	GString *output;
	char *text;
	struct process *process; /* cancelled within the call, if set */
};

static void take(void *data, const struct process_result *result)
{
	struct outcome *outcome = data;

	outcome->calls++;
	outcome->timed_out = result->timed_out;
	outcome->truncated = result->truncated;
	outcome->status = result->status;
	outcome->text = process_describe(result);
	outcome->output = g_string_new(NULL);
	if (result->output) {
		g_assert_cmpint(result->output[result->output_size], ==, '\0');
		g_string_append_len(outcome->output, result->output,
		    (gssize)result->output_size);
	}
	process_cancel(outcome->process);
}

static void outcome_clear(struct outcome *outcome)
{
	if (outcome->output)
		g_string_free(outcome->output, TRUE);
	g_free(outcome->text);
	memset(outcome, 0, sizeof *outcome);
}

/* Where the time is the program's own: until the machine is quick enough. */
#define TRIES 50

static gboolean on_late(gpointer data)
{
	(void)data;
	g_error("it does not end");
	return G_SOURCE_REMOVE;
}

static void wait_for(const struct outcome *outcome)
{
	guint timer = g_timeout_add_seconds(UNIT_PATIENCE, on_late, NULL);

	while (outcome->calls == 0)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
}

static void run(struct process_options *options, struct outcome *outcome)
{
	g_autoptr(GError) error = NULL;
	struct process *process = process_start(options, take, outcome, &error);

	g_assert_no_error(error);
	g_assert_nonnull(process);
	g_assert_cmpint(outcome->calls, ==, 0);
	wait_for(outcome);
	g_assert_cmpint(outcome->calls, ==, 1);
}

static void run_shell(const char *script, size_t output_max, int64_t timeout,
    struct outcome *outcome)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct process_options options = {
	    .argv = argv, .output_max = output_max, .timeout = timeout};

	run(&options, outcome);
}

static void test_output(void)
{
	struct outcome outcome = {0};

	run_shell("printf 'one\\0two'", 100, 0, &outcome);
	g_assert_cmpmem(
	    outcome.output->str, outcome.output->len, "one\0two", 7);
	g_assert_null(outcome.text);
	g_assert_false(outcome.truncated);
	g_assert_false(outcome.timed_out);
	outcome_clear(&outcome);
}

static void test_output_bounded(void)
{
	struct outcome outcome = {0};

	run_shell("printf abcde", 5, 0, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "abcde");
	g_assert_false(outcome.truncated);
	outcome_clear(&outcome);

	run_shell("printf abcdef", 5, 0, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "abcde");
	g_assert_true(outcome.truncated);
	outcome_clear(&outcome);

	/* More than a pipe holds: it must not hang. */
	run_shell(
	    "dd if=/dev/zero bs=1000 count=1000 2>&-; exit 4", 10, 0, &outcome);
	g_assert_cmpuint(outcome.output->len, ==, 10);
	g_assert_true(outcome.truncated);
	g_assert_cmpstr(outcome.text, ==, "exit status 4");
	outcome_clear(&outcome);
}

static void test_describe(void)
{
	static const struct {
		const char *script, *text;
	} rows[] = {
	    {"exit 0", NULL},
	    {"exit 3", "exit status 3"},
	    {"exit 255", "exit status 255"},
	    {"kill -SEGV $$", "killed by SIGSEGV"},
	    {"kill -KILL $$", "killed by SIGKILL"},
	    {"kill -40 $$", "killed by signal 40"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct outcome outcome = {0};

		run_shell(rows[i].script, 0, 0, &outcome);
		g_assert_cmpstr(outcome.text, ==, rows[i].text);
		outcome_clear(&outcome);
	}
}

/* Descriptors of ours that forgot CLOEXEC included. */
static void test_descriptors(void)
{
	const char *argv[] = {"ls", "/proc/self/fd", NULL};
	struct process_options options = {.argv = argv, .output_max = 1000};
	struct outcome outcome = {0};
	int fds[2], open_fd = open("/dev/null", O_RDONLY);

	g_assert_cmpint(pipe(fds), ==, 0);
	run(&options, &outcome);
	/* 3 is the directory that ls itself reads. */
	g_assert_cmpstr(outcome.output->str, ==, "0\n1\n2\n3\n");
	outcome_clear(&outcome);

	options.input = "x";
	options.input_size = 1;
	run(&options, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "0\n1\n2\n3\n");
	outcome_clear(&outcome);
	close(open_fd);
	close(fds[0]);
	close(fds[1]);
}

/* Nothing may leak even where the kernel is not asked to close the rest. */
static void test_own_descriptors(void)
{
	const char *argv[] = {"cat", NULL};
	struct process_options options = {
	    .argv = argv, .input = "x", .input_size = 1, .output_max = 9};
	struct outcome outcome = {0};
	struct process *process;
	bool before[100];

	for (int fd = 0; fd < 100; fd++)
		before[fd] = fcntl(fd, F_GETFD) >= 0;
	process = process_start(&options, take, &outcome, NULL);
	for (int fd = 0; fd < 100; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && !before[fd])
			g_assert_true(flags & FD_CLOEXEC);
	}
	g_assert_nonnull(process);
	wait_for(&outcome);
	outcome_clear(&outcome);
}

static void test_pipes_block(void)
{
	struct outcome outcome = {0};
	const char *script = "cat /proc/self/fdinfo/0 /proc/self/fdinfo/1";
	const char *argv[] = {"sh", "-c", script, NULL};
	struct process_options options = {
	    .argv = argv, .input = "x", .input_size = 1, .output_max = 1000};
	g_auto(GStrv) lines = NULL;
	int found = 0;

	run(&options, &outcome);
	lines = g_strsplit(outcome.output->str, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (!g_str_has_prefix(*line, "flags:"))
			continue;
		found++;
		g_assert_cmpuint(
		    g_ascii_strtoull(*line + 6, NULL, 8) & O_NONBLOCK, ==, 0);
	}
	g_assert_cmpint(found, ==, 2);
	outcome_clear(&outcome);
}

static void test_no_input(void)
{
	struct outcome outcome = {0};

	run_shell("readlink /proc/self/fd/0; cat", 100, 0, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "/dev/null\n");
	outcome_clear(&outcome);
}

static void test_stdout_is_stderr(void)
{
	struct outcome outcome = {0};

	run_shell("test /proc/self/fd/1 -ef /proc/self/fd/2", 0, 0, &outcome);
	g_assert_null(outcome.text);
	outcome_clear(&outcome);
}

/* The mask that a line of /proc/self/status shows. */
static guint64 status_mask(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	g_assert_nonnull(line);
	return g_ascii_strtoull(line + strlen(name), NULL, 16);
}

static void test_signals(void)
{
	const guint64 internal = G_GUINT64_CONSTANT(3) << 31; /* glibc's own */
	/* By no shell: some clear the mask. */
	const char *argv[] = {"cat", "/proc/self/status", NULL};
	struct process_options options = {.argv = argv, .output_max = 10000};
	struct outcome outcome = {0};
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGUSR2, SIG_IGN);
	/* SIGPIPE is ignored by process_start() itself. */
	run(&options, &outcome);
	signal(SIGUSR2, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	g_assert_cmphex(status_mask(outcome.output->str, "SigBlk:\t"), ==, 0);
	g_assert_cmphex(
	    status_mask(outcome.output->str, "SigIgn:\t") & ~internal, ==, 0);
	outcome_clear(&outcome);
}

static void test_session(void)
{
	struct outcome outcome = {0};

	run_shell("set -- $(cat /proc/$$/stat); test $1 = $5 && test $1 = $6",
	    0, 0, &outcome);
	g_assert_null(outcome.text);
	outcome_clear(&outcome);
}

static void test_environment(void)
{
	const char *argv[] = {"env", NULL};
	const char *envp[] = {"A=1", "B=two words", NULL};
	struct process_options options = {
	    .argv = argv, .envp = envp, .output_max = 10000};
	struct outcome outcome = {0};

	run(&options, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "A=1\nB=two words\n");
	outcome_clear(&outcome);

	g_setenv("IDLEBELL_TEST_INHERITED", "yes", TRUE);
	options.envp = NULL;
	run(&options, &outcome);
	g_assert_nonnull(
	    strstr(outcome.output->str, "IDLEBELL_TEST_INHERITED=yes\n"));
	outcome_clear(&outcome);
}

static void check_input(size_t size)
{
	const char *argv[] = {"sha256sum", NULL};
	g_autofree char *input = g_malloc(size + 1);
	struct process_options options = {.argv = argv, .output_max = 1000};
	struct outcome outcome = {0};
	g_autofree char *sum = NULL;

	for (size_t i = 0; i < size; i++)
		input[i] = (char)(i * 31 + i / 251);
	sum = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (guchar *)input, size);
	options.input = input;
	options.input_size = size;
	run(&options, &outcome);
	g_assert_true(g_str_has_prefix(outcome.output->str, sum));
	outcome_clear(&outcome);
}

static void test_input(void)
{
	static const size_t sizes[] = {
	    0, 1, 4096, 65535, 65536, 65537, 3000000};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		check_input(sizes[i]);
}

/* The caller's buffer is gone by the time the pipe has room. */
static void test_input_copied(void)
{
	const char *argv[] = {"sha256sum", NULL};
	size_t size = 500000;
	char *input = g_malloc(size);
	struct process_options options = {.argv = argv,
	    .input = input,
	    .input_size = size,
	    .output_max = 1000};
	struct outcome outcome = {0};
	g_autofree char *sum = NULL;

	memset(input, 'x', size);
	sum = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (guchar *)input, size);
	g_assert_nonnull(process_start(&options, take, &outcome, NULL));
	memset(input, 'y', size);
	g_free(input);
	wait_for(&outcome);
	g_assert_true(g_str_has_prefix(outcome.output->str, sum));
	outcome_clear(&outcome);
}

/* It may be made while the program begins, and be longer than the pipe. */
static void test_input_follows(void)
{
	const char *argv[] = {"wc", "-c", NULL};
	g_autofree char *input = g_strnfill(500000, 'x');
	struct process_options options = {
	    .argv = argv, .input_follows = true, .output_max = 1000};
	struct outcome outcome = {0};
	struct process *process = process_start(&options, take, &outcome, NULL);

	g_assert_nonnull(process);
	process_feed(process, input, 500000);
	wait_for(&outcome);
	g_assert_cmpstr(outcome.output->str, ==, "500000\n");
	outcome_clear(&outcome);
}

static void test_input_not_read(void)
{
	const char *closing[] = {"sh", "-c", "exec <&-; echo done", NULL};
	const char *leaving[] = {"true", NULL};
	g_autofree char *input = g_strnfill(1000000, 'x');
	struct process_options options = {.argv = closing,
	    .input = input,
	    .input_size = 1000000,
	    .output_max = 100};
	struct outcome outcome = {0};

	signal(SIGPIPE, SIG_DFL);
	run(&options, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "done\n");
	g_assert_null(outcome.text);
	outcome_clear(&outcome);
	for (int i = 0; i < 20; i++) {
		options.argv = leaving;
		options.output_max = 0;
		run(&options, &outcome);
		g_assert_null(outcome.text);
		outcome_clear(&outcome);
	}
}

static void test_timeout(void)
{
	struct outcome outcome = {0};
	gint64 start = g_get_monotonic_time();

	run_shell("sleep 1000 & wait", 100, 100, &outcome);
	g_assert_true(outcome.timed_out);
	g_assert_cmpstr(outcome.text, ==, "timed out");
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 100000);
	/* It is asked to end first; SIGKILL would come two seconds later. */
	g_assert_true(WIFSIGNALED(outcome.status));
	g_assert_cmpint(WTERMSIG(outcome.status), ==, SIGTERM);
	outcome_clear(&outcome);
}

/* With more time until it is long enough for the script to say its first line:
 * that it is ready. */
static void run_until_late(const char *script, struct outcome *outcome)
{
	int64_t timeout = 500;

	run_shell(script, 100, timeout, outcome);
	while (outcome->output->len == 0) {
		outcome_clear(outcome);
		timeout *= 2;
		run_shell(script, 100, timeout, outcome);
	}
	g_assert_true(outcome->timed_out);
}

static void test_timeout_stubborn(void)
{
	struct outcome outcome = {0};
	gint64 start = g_get_monotonic_time();

	run_until_late(
	    "trap '' TERM; echo ready; while :; do sleep 1; done", &outcome);
	g_assert_true(WIFSIGNALED(outcome.status));
	g_assert_cmpint(WTERMSIG(outcome.status), ==, SIGKILL);
	g_assert_cmpstr(outcome.output->str, ==, "ready\n");
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 2500000);
	outcome_clear(&outcome);
}

/* Dead, be it as a zombie that nobody has reaped yet. */
static bool group_is_gone(pid_t pid)
{
	gint64 end = g_get_monotonic_time() + UNIT_PATIENCE * G_USEC_PER_SEC;
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);

	while (g_get_monotonic_time() < end) {
		g_autofree char *text = NULL;

		if (!g_file_get_contents(path, &text, NULL, NULL))
			return true;
		if (strstr(text, ") Z "))
			return true;
		g_thread_yield();
	}
	return false;
}

static void test_timeout_kills_group(void)
{
	struct outcome outcome = {0};
	pid_t grandchild;

	run_until_late("trap 'exit 5' TERM; (trap '' TERM; exec sleep 1000) & "
		       "echo $!; wait",
	    &outcome);
	grandchild = (pid_t)g_ascii_strtoll(outcome.output->str, NULL, 10);
	g_assert_cmpint(grandchild, >, 1);
	g_assert_true(group_is_gone(grandchild));
	outcome_clear(&outcome);
}

static void kill_grandchild(const struct outcome *outcome)
{
	pid_t pid = (pid_t)g_ascii_strtoll(outcome->output->str, NULL, 10);

	g_assert_cmpint(pid, >, 1);
	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
}

/* A grandchild holds the pipe: a second of patience, and it lives on. */
static void test_grandchild_holds_pipe(void)
{
	struct outcome outcome = {0};

	run_shell("sleep 1000 & echo $!", 100, 0, &outcome);
	g_assert_null(outcome.text);
	kill_grandchild(&outcome);
	outcome_clear(&outcome);
}

/* What a grandchild says within that second still counts.  On a slow machine
 * it may need more than one try to be so quick. */
static void test_grandchild_is_heard(void)
{
	struct outcome outcome = {0};
	int tries = 0;

	do {
		outcome_clear(&outcome);
		run_shell("(while grep -q '^State:.[^Z]' /proc/$$/status; "
			  "do :; done; echo late) & echo soon",
		    100, 0, &outcome);
		g_assert_true(g_str_has_prefix(outcome.output->str, "soon\n"));
	} while (outcome.output->len == 5 && ++tries < TRIES);
	g_assert_cmpstr(outcome.output->str, ==, "soon\nlate\n");
	outcome_clear(&outcome);
}

static void test_output_closed_early(void)
{
	struct outcome outcome = {0};

	run_shell(
	    "echo x; exec >&- 2>&-; read nothing; exit 7", 100, 0, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, "x\n");
	g_assert_cmpstr(outcome.text, ==, "exit status 7");
	outcome_clear(&outcome);
}

/* Alive, or not reaped yet. */
static bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void test_cancel(void)
{
	const char *argv[] = {"sh", "-c", "echo $$; exec sleep 1000", NULL};
	struct process_options options = {.argv = argv, .output_max = 100};
	struct outcome outcome = {0}, other = {0};
	struct process *process = process_start(&options, take, &outcome, NULL);

	g_assert_nonnull(process);
	process_cancel(process);
	process_cancel(NULL);
	run_shell("exit 0", 0, 0, &other);
	while (has_child())
		g_main_context_iteration(NULL, TRUE);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpint(outcome.calls, ==, 0);
	outcome_clear(&other);
}

static bool has_running_child(void)
{
	siginfo_t info = {0};

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == 0;
}

/* While it is only the pipe that is waited for; false when that was over. */
static bool cancel_draining(void)
{
	const char *argv[] = {"sh", "-c", "sleep 1000 & echo $!; exit 0", NULL};
	struct process_options options = {.argv = argv, .output_max = 100};
	struct outcome outcome = {0};
	struct process *process = process_start(&options, take, &outcome, NULL);

	g_assert_nonnull(process);
	while (has_running_child())
		g_main_context_iteration(NULL, FALSE);
	while (g_main_context_iteration(NULL, FALSE))
		;
	if (outcome.calls > 0) {
		kill_grandchild(&outcome);
		outcome_clear(&outcome);
		return false;
	}
	process_cancel(process);
	while (has_child())
		g_main_context_iteration(NULL, TRUE);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpint(outcome.calls, ==, 0);
	return true;
}

static void test_cancel_draining(void)
{
	int tries = 1;

	while (!cancel_draining() && tries < TRIES)
		tries++;
	g_assert_cmpint(tries, <, TRIES);
}

static void test_cancel_within(void)
{
	const char *argv[] = {"true", NULL};
	struct process_options options = {.argv = argv};
	struct outcome outcome = {0};

	outcome.process = process_start(&options, take, &outcome, NULL);
	g_assert_nonnull(outcome.process);
	wait_for(&outcome);
	outcome_clear(&outcome);
}

static void check_error(const char *program, int code, const char *text)
{
	const char *argv[] = {program, NULL};
	struct process_options options = {
	    .argv = argv, .input = "x", .input_size = 1, .output_max = 10};
	struct outcome outcome = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *expected = g_strdup_printf("%s: %s", program, text);

	g_assert_null(process_start(&options, take, &outcome, &error));
	g_assert_error(error, G_SPAWN_ERROR, code);
	g_assert_cmpstr(error->message, ==, expected);
	g_assert_cmpint(outcome.calls, ==, 0);
}

static char *write_script(const char *dir, const char *text, int mode)
{
	char *path = g_build_filename(dir, "program", NULL);

	g_unlink(path);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, (mode_t)mode), ==, 0);
	return path;
}

static void test_errors(void)
{
	g_autofree char *dir = g_dir_make_tmp("process-XXXXXX", NULL);
	g_autofree char *path = write_script(dir, "#!/bin/sh\n", 0600);
	int fd;

	check_error("no-such-program-here", G_SPAWN_ERROR_NOENT,
	    "no such program in PATH");
	check_error("/no/such/program", G_SPAWN_ERROR_NOENT,
	    "No such file or directory");
	check_error("/dev/null/x", G_SPAWN_ERROR_NOTDIR, "Not a directory");
	check_error(path, G_SPAWN_ERROR_ACCES, "Permission denied");
	g_free(write_script(dir, "#!/no/such/shell\n", 0700));
	check_error(path, G_SPAWN_ERROR_NOENT,
	    "the interpreter named in its first line is missing");
	g_free(write_script(dir, "echo no first line\n", 0700));
	check_error(path, G_SPAWN_ERROR_NOEXEC,
	    "not a program, and no #! line says what runs it");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	check_error(path, G_SPAWN_ERROR_TXTBUSY, "Text file busy");
	close(fd);
	g_unlink(path);
	g_rmdir(dir);
}

static void test_empty(void)
{
	const char *argv[] = {NULL};
	struct process_options options = {.argv = argv};
	g_autoptr(GError) error = NULL;

	g_assert_null(process_start(&options, take, NULL, &error));
	g_assert_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_INVAL);
	options.argv = NULL;
	g_assert_null(process_start(&options, take, NULL, NULL));
}

/* No descriptor is lost, neither by success nor by failure. */
static void test_no_leak(void)
{
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;
	const char *missing[] = {"/no/such/program", NULL};
	struct process_options options = {
	    .argv = missing, .input = "x", .input_size = 1, .output_max = 10};

	close(before);
	for (int i = 0; i < 20; i++) {
		struct outcome outcome = {0};

		g_assert_null(process_start(&options, take, NULL, NULL));
		run_shell("cat; echo x", 10, UNIT_PATIENCE * 1000, &outcome);
		outcome_clear(&outcome);
	}
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(after);
	g_assert_cmpint(before, ==, after);
}

static void test_home(void)
{
	g_autofree char *path =
	    write_script(g_get_home_dir(), "#!/bin/sh\necho $0\n", 0700);
	g_autofree char *expected = g_strconcat(path, "\n", NULL);
	const char *argv[] = {"~/program", NULL};
	struct process_options options = {.argv = argv, .output_max = 1000};
	struct outcome outcome = {0};

	run(&options, &outcome);
	g_assert_cmpstr(outcome.output->str, ==, expected);
	outcome_clear(&outcome);
	g_unlink(path);
}

/* Microseconds that the system needs to start it. */
static gint64 spawn_time(const char *const *argv)
{
	gint64 start = g_get_monotonic_time(), took;
	pid_t pid;

	g_assert_cmpint(
	    posix_spawnp(&pid, argv[0], NULL, NULL, (char **)argv, environ), ==,
	    0);
	took = g_get_monotonic_time() - start;
	g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	return took;
}

/* The main loop must not be held up: a bubble waits behind it. */
static void test_latency(void)
{
	const char *argv[] = {"true", NULL};
	struct process_options options = {
	    .argv = argv, .input = "x", .input_size = 1, .output_max = 100};
	gint64 best = G_MAXINT64, possible = G_MAXINT64;

	for (int i = 0; i < 50; i++) {
		struct outcome outcome = {0};
		gint64 start, took = spawn_time(argv);

		possible = MIN(possible, took);
		start = g_get_monotonic_time();
		g_assert_nonnull(process_start(&options, take, &outcome, NULL));
		took = g_get_monotonic_time() - start;
		best = MIN(best, took);
		wait_for(&outcome);
		outcome_clear(&outcome);
	}
	g_test_message("started in %d us at best, the system in %d", (int)best,
	    (int)possible);
	g_assert_cmpint(best, <, 20 * possible);
}

/* Some shells and supervisors start programs so; the kernel then reaps the
 * children, and a failure looks like success.  Before all other tests: later
 * GLib's own handler may be in place. */
static void test_ignored_sigchld(void)
{
	struct outcome outcome = {0};

	signal(SIGCHLD, SIG_IGN);
	run_shell("exit 3", 10, 0, &outcome);
	g_assert_cmpstr(outcome.text, ==, "exit status 3");
	outcome_clear(&outcome);
}

/* Somebody else in this process waits for all children. */
static void test_reaped_elsewhere(void)
{
	const char *argv[] = {"true", NULL};
	struct process_options options = {.argv = argv};
	struct outcome outcome = {0};
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (pidfd < 0) {
		g_test_skip("GLib reaps it");
		return;
	}
	close(pidfd);
	g_assert_nonnull(process_start(&options, take, &outcome, NULL));
	g_assert_cmpint(waitpid(-1, NULL, 0), >, 0);
	wait_for(&outcome);
	g_assert_cmpstr(outcome.text, ==, "exit status lost");
	g_assert_cmpint(outcome.status, ==, -1);
	outcome_clear(&outcome);
}

/* What old kernels and strict sandboxes say of pidfd_open(). */
static bool forbid_pidfd(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {G_N_ELEMENTS(code), code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 &&
	    syscall(SYS_pidfd_open, getpid(), 0) < 0;
}

static char *program;

/* All of the above once more. */
static void test_without_pidfd(void)
{
	const char *argv[] = {program, "without-pidfd", NULL};
	int status = -1;
	g_autofree char *out = NULL;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
	    &out, NULL, &status, NULL));
	if (strstr(out, "Bail out! no seccomp"))
		g_test_skip("no seccomp");
	else if (status != 0)
		g_error("%s", out);
}

static void add_tests(void)
{
	static const struct {
		const char *path;
		GTestFunc fn;
	} rows[] = {
	    {"/process/ignored-sigchld", test_ignored_sigchld},
	    {"/process/reaped-elsewhere", test_reaped_elsewhere},
	    {"/process/output", test_output},
	    {"/process/output-bounded", test_output_bounded},
	    {"/process/describe", test_describe},
	    {"/process/descriptors", test_descriptors},
	    {"/process/own-descriptors", test_own_descriptors},
	    {"/process/pipes-block", test_pipes_block},
	    {"/process/no-input", test_no_input},
	    {"/process/stdout-is-stderr", test_stdout_is_stderr},
	    {"/process/signals", test_signals},
	    {"/process/session", test_session},
	    {"/process/environment", test_environment},
	    {"/process/input", test_input},
	    {"/process/input-copied", test_input_copied},
	    {"/process/input-follows", test_input_follows},
	    {"/process/input-not-read", test_input_not_read},
	    {"/process/timeout", test_timeout},
	    {"/process/timeout-stubborn", test_timeout_stubborn},
	    {"/process/timeout-kills-group", test_timeout_kills_group},
	    {"/process/grandchild-holds-pipe", test_grandchild_holds_pipe},
	    {"/process/grandchild-is-heard", test_grandchild_is_heard},
	    {"/process/output-closed-early", test_output_closed_early},
	    {"/process/cancel", test_cancel},
	    {"/process/cancel-draining", test_cancel_draining},
	    {"/process/cancel-within", test_cancel_within},
	    {"/process/errors", test_errors},
	    {"/process/empty", test_empty},
	    {"/process/no-leak", test_no_leak},
	    {"/process/home", test_home},
	    {"/process/latency", test_latency},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_test_add_func(rows[i].path, rows[i].fn);
}

int main(int argc, char **argv)
{
	g_autofree char *home = g_dir_make_tmp("process-home-XXXXXX", NULL);
	int result;

	program = argv[0];
	g_setenv("HOME", home, TRUE);
	if (argc > 1 && !forbid_pidfd()) {
		puts("Bail out! no seccomp");
		return 1;
	}
	unit_init(argv[0]);
	add_tests();
	if (argc == 1)
		g_test_add_func("/process/without-pidfd", test_without_pidfd);
	result = g_test_run();
	g_rmdir(home);
	return result;
}
