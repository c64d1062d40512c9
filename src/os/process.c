/*
 * Running a program without fork(): the desktop worker makes this process a
 * threaded one, and posix_spawn() costs the same at any memory size.
 *
 * A process has ended for its owner when the child has exited and its output
 * is drained.  The child stays a zombie until then, so that its process group
 * can be killed by number without ever meeting somebody else's.  (Where there
 * is no pidfd, before Linux 5.3 and in some sandboxes, GLib reaps it at once.)
 */

#include "os/process.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_AFTER  2000 /* ms from SIGTERM to SIGKILL */
/* A grandchild may hold the pipe for ever. */
#define DRAIN_AFTER 1000 /* ms from the exit to the end of patience */

struct process {
	pid_t pid;
	process_fn *fn; /* NULL: cancelled */
	void *data;
	int pidfd, input_fd, output_fd; /* -1: closed */
	guint exit_source, input_source, output_source, timer;
	char *input; /* what the pipe did not take at once */
	size_t input_size, input_done;
	size_t output_max;
	bool reaped, calling;
	struct process_result result;
};

/* What posix_spawn() needs, and the parent's ends of the pipes. */
struct spawn {
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int stdin_fd, stdout_fd; /* the child's ends, or -1 */
};

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void source_clear(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

/* The buffer never moves, so that one wipe leaves no copy of a password. */
static void secret_free(char *data, size_t size)
{
	if (data)
		explicit_bzero(data, size);
	g_free(data);
}

static void process_close_input(struct process *process)
{
	source_clear(&process->input_source);
	fd_close(&process->input_fd);
	secret_free(process->input, process->input_size);
	process->input = NULL;
	process->input_size = 0;
}

static void process_close_output(struct process *process)
{
	source_clear(&process->output_source);
	fd_close(&process->output_fd);
}

static void process_free(struct process *process)
{
	process_close_input(process);
	process_close_output(process);
	source_clear(&process->exit_source);
	source_clear(&process->timer);
	fd_close(&process->pidfd);
	secret_free(process->result.output, process->result.output_size);
	g_free(process);
}

/* Whoever else took the status took it for good: that is no success. */
static void process_reap(struct process *process)
{
	pid_t pid;

	if (process->reaped)
		return;
	do
		pid = waitpid(process->pid, &process->result.status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		process->result.status = PROCESS_LOST;
}

static void process_finish(struct process *process)
{
	source_clear(&process->timer);
	process_close_output(process);
	process_reap(process);
	if (process->result.output)
		process->result.output[process->result.output_size] = '\0';
	process->calling = true;
	if (process->fn)
		process->fn(process->data, &process->result);
	process_free(process);
}

static gboolean process_on_drained(gpointer data)
{
	struct process *process = data;

	process->timer = 0;
	process_finish(process);
	return G_SOURCE_REMOVE;
}

static gboolean process_on_kill(gpointer data)
{
	struct process *process = data;

	process->timer = 0;
	kill(-process->pid, SIGKILL);
	return G_SOURCE_REMOVE;
}

static gboolean process_on_timeout(gpointer data)
{
	struct process *process = data;

	process->result.timed_out = true;
	kill(-process->pid, SIGTERM);
	process->timer = g_timeout_add(KILL_AFTER, process_on_kill, process);
	return G_SOURCE_REMOVE;
}

static void process_exited(struct process *process)
{
	process->exit_source = 0;
	source_clear(&process->timer);
	if (process->result.timed_out)
		kill(-process->pid, SIGKILL);
	process_close_input(process);
	if (process->output_fd < 0)
		process_finish(process);
	else
		process->timer =
		    g_timeout_add(DRAIN_AFTER, process_on_drained, process);
}

static gboolean process_on_exit(int fd, GIOCondition condition, gpointer data)
{
	(void)fd;
	(void)condition;
	process_exited(data);
	return G_SOURCE_REMOVE;
}

static void process_on_reaped(GPid pid, int status, gpointer data)
{
	struct process *process = data;

	(void)pid;
	process->reaped = true;
	process->result.status = status;
	process_exited(process);
}

/* Reads into what room is left, and past it only to drop it: a program that
 * says too much is not to hang in write(). */
static ssize_t process_read(struct process *process)
{
	struct process_result *result = &process->result;
	size_t room = process->output_max - result->output_size;
	char excess[4096];
	ssize_t n;

	if (room > 0) {
		n = read(process->output_fd,
		    result->output + result->output_size, room);
		if (n > 0)
			result->output_size += (size_t)n;
		return n;
	}
	n = read(process->output_fd, excess, sizeof excess);
	explicit_bzero(excess, sizeof excess);
	if (n > 0)
		result->truncated = true;
	return n;
}

static gboolean process_on_output(int fd, GIOCondition condition, gpointer data)
{
	struct process *process = data;
	ssize_t n = process_read(process);

	(void)fd;
	(void)condition;
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return G_SOURCE_CONTINUE;
	process->output_source = 0;
	process_close_output(process);
	if (!process->exit_source)
		process_finish(process);
	return G_SOURCE_REMOVE;
}

/* Octets taken; 0 when the pipe is full; -1 when nobody will read more. */
static ssize_t input_write(int fd, const char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? (ssize_t)done : -1;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static gboolean process_on_input(int fd, GIOCondition condition, gpointer data)
{
	struct process *process = data;
	ssize_t n = input_write(fd, process->input + process->input_done,
	    process->input_size - process->input_done);

	(void)condition;
	if (n >= 0)
		process->input_done += (size_t)n;
	if (n >= 0 && process->input_done < process->input_size)
		return G_SOURCE_CONTINUE;
	process->input_source = 0;
	process_close_input(process);
	return G_SOURCE_REMOVE;
}

/* The common event fits into the pipe: it is there before the child looks. */
void process_feed(struct process *process, const char *input, size_t size)
{
	ssize_t n;

	if (process->input_fd < 0)
		return;
	n = input_write(process->input_fd, input, size);
	if (n < 0 || (size_t)n == size) {
		process_close_input(process);
		return;
	}
	process->input_size = size - (size_t)n;
	process->input = g_malloc(process->input_size);
	memcpy(process->input, input + n, process->input_size);
	process->input_source = g_unix_fd_add(
	    process->input_fd, G_IO_OUT, process_on_input, process);
}

/* What went wrong, in words for the reason "posix_spawn() said so". */
static const char *spawn_reason(const char *program, int code)
{
	bool path = strchr(program, '/') != NULL;

	if (code == ENOENT && !path)
		return "no such program in PATH";
	if (code == ENOENT && access(program, F_OK) == 0)
		return "the interpreter named in its first line is missing";
	if (code == ENOEXEC)
		return "not a program, and no #! line says what runs it";
	return g_strerror(code);
}

static void spawn_fail(const char *program, int code, GError **error)
{
	static const struct {
		int code;
		GSpawnError error;
	} rows[] = {
	    {E2BIG, G_SPAWN_ERROR_TOO_BIG},
	    {EACCES, G_SPAWN_ERROR_ACCES},
	    {EMFILE, G_SPAWN_ERROR_MFILE},
	    {ENOENT, G_SPAWN_ERROR_NOENT},
	    {ENOEXEC, G_SPAWN_ERROR_NOEXEC},
	    {ENOMEM, G_SPAWN_ERROR_NOMEM},
	    {ENOTDIR, G_SPAWN_ERROR_NOTDIR},
	    {EPERM, G_SPAWN_ERROR_PERM},
	    {ETXTBSY, G_SPAWN_ERROR_TXTBUSY},
	};
	GSpawnError value = G_SPAWN_ERROR_FAILED;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].code == code)
			value = rows[i].error;
	g_set_error(error, G_SPAWN_ERROR, value, "%s: %s", program,
	    spawn_reason(program, code));
}

/* Only our end is non-blocking: programs do not expect it of theirs. */
static bool pipe_open(int *ours, int *theirs, int our_end)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	*ours = fds[our_end];
	*theirs = fds[!our_end];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static bool spawn_pipes(struct spawn *spawn, struct process *process,
    const struct process_options *options)
{
	if (options->input_is_file) {
		spawn->stdin_fd = fcntl(options->input_fd, F_DUPFD_CLOEXEC, 3);
		if (spawn->stdin_fd < 0)
			return false;
	}
	if ((options->input || options->input_follows) &&
	    !pipe_open(&process->input_fd, &spawn->stdin_fd, 1))
		return false;
	return process->output_max == 0 ||
	    pipe_open(&process->output_fd, &spawn->stdout_fd, 0);
}

static int spawn_set_actions(struct spawn *spawn)
{
	posix_spawn_file_actions_t *actions = &spawn->actions;
	int out = spawn->stdout_fd < 0 ? STDERR_FILENO : spawn->stdout_fd;
	int code;

	if (spawn->stdin_fd < 0)
		code = posix_spawn_file_actions_addopen(
		    actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	else
		code = posix_spawn_file_actions_adddup2(
		    actions, spawn->stdin_fd, STDIN_FILENO);
	if (!code)
		code = posix_spawn_file_actions_adddup2(
		    actions, out, STDOUT_FILENO);
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
	/* Ours are all CLOEXEC; a library's may not be. */
	if (!code)
		code = posix_spawn_file_actions_addclosefrom_np(
		    actions, STDERR_FILENO + 1);
#endif
	return code;
}

static void spawn_set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETSIGMASK);
}

static int spawn_run(struct spawn *spawn, struct process *process,
    char *const *argv, char *const *envp)
{
	int code;

	posix_spawn_file_actions_init(&spawn->actions);
	posix_spawnattr_init(&spawn->attributes);
	spawn_set_attributes(&spawn->attributes);
	code = spawn_set_actions(spawn);
	if (!code)
		code = posix_spawnp(&process->pid, argv[0], &spawn->actions,
		    &spawn->attributes, argv, envp);
	posix_spawnattr_destroy(&spawn->attributes);
	posix_spawn_file_actions_destroy(&spawn->actions);
	return code;
}

/* 0 or an error number. */
static int process_spawn(struct process *process, char *const *argv,
    const struct process_options *options)
{
	struct spawn spawn = {.stdin_fd = -1, .stdout_fd = -1};
	char *const *envp =
	    options->envp ? (char *const *)options->envp : environ;
	int code = 0;

	if (!spawn_pipes(&spawn, process, options))
		code = errno;
	if (!code)
		code = spawn_run(&spawn, process, argv, envp);
	fd_close(&spawn.stdin_fd);
	fd_close(&spawn.stdout_fd);
	return code;
}

static void process_watch(struct process *process, int64_t timeout)
{
	/* The kernel makes it CLOEXEC. */
	process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	process->exit_source = process->pidfd < 0
	    ? g_child_watch_add(process->pid, process_on_reaped, process)
	    : g_unix_fd_add(process->pidfd, G_IO_IN, process_on_exit, process);
	if (process->output_fd >= 0)
		process->output_source = g_unix_fd_add(process->output_fd,
		    G_IO_IN | G_IO_HUP, process_on_output, process);
	if (timeout > 0)
		process->timer = g_timeout_add(
		    (guint)MIN(timeout, G_MAXINT), process_on_timeout, process);
}

static struct process *process_new(
    size_t output_max, process_fn *fn, void *data)
{
	struct process *process = g_new0(struct process, 1);

	process->fn = fn;
	process->data = data;
	process->pidfd = process->input_fd = process->output_fd = -1;
	process->output_max = output_max;
	if (output_max > 0)
		process->result.output = g_malloc(output_max + 1);
	return process;
}

static char **argv_expand(const char *const *words)
{
	char **argv = g_strdupv((char **)words);
	char *program = file_expand(argv[0]);

	g_free(argv[0]);
	argv[0] = program;
	return argv;
}

/* A program that does not read its input must not end ours; and where our
 * parent left SIGCHLD ignored, the kernel would drop what children return.
 * Any other handler is GLib's and stays. */
static void signals_set(void)
{
	struct sigaction action;

	signal(SIGPIPE, SIG_IGN);
	if (sigaction(SIGCHLD, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

struct process *process_start(const struct process_options *options,
    process_fn *fn, void *data, GError **error)
{
	g_auto(GStrv) argv = NULL;
	struct process *process;
	int code;

	if (!options->argv || !options->argv[0]) {
		g_set_error_literal(error, G_SPAWN_ERROR, G_SPAWN_ERROR_INVAL,
		    "the command is empty");
		return NULL;
	}
	signals_set();
	argv = argv_expand(options->argv);
	process = process_new(options->output_max, fn, data);
	code = process_spawn(process, argv, options);
	if (code) {
		spawn_fail(argv[0], code, error);
		process_free(process);
		return NULL;
	}
	process_watch(process, options->timeout);
	if (options->input)
		process_feed(process, options->input, options->input_size);
	return process;
}

void process_cancel(struct process *process)
{
	if (!process || process->calling)
		return;
	kill(-process->pid, SIGKILL);
	process->fn = NULL;
	process_close_input(process);
	process_close_output(process);
	source_clear(&process->timer);
	/* Its exit is still to be seen, but not to be waited for. */
	if (!process->exit_source)
		process_finish(process);
}

static char *signal_describe(int number)
{
#ifdef HAVE_SIGABBREV_NP
	const char *name = sigabbrev_np(number);

	if (name)
		return g_strdup_printf("killed by SIG%s", name);
#endif
	return g_strdup_printf("killed by signal %d", number);
}

char *process_describe(const struct process_result *result)
{
	if (result->timed_out)
		return g_strdup("timed out");
	if (result->status == PROCESS_LOST)
		return g_strdup("exit status lost");
	if (WIFSIGNALED(result->status))
		return signal_describe(WTERMSIG(result->status));
	if (WEXITSTATUS(result->status) != 0)
		return g_strdup_printf(
		    "exit status %d", WEXITSTATUS(result->status));
	return NULL;
}
