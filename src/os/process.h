/*
 * Running a program: posix_spawn, own session, bounded in time and output.
 */
#ifndef IDLEBELL_OS_PROCESS_H
#define IDLEBELL_OS_PROCESS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process_options {
	const char *const *argv; /* argv[0] is searched in PATH; a leading
	                            "~/" in it is the home directory */
	const char *const *envp; /* NULL: ours */
	const char *input;       /* for its standard input; NULL: none */
	size_t input_size;
	bool input_follows; /* instead of input: by process_feed() */
	bool input_is_file; /* instead of input: input_fd, a file that is read
	                       from where it stands; stays the caller's */
	int input_fd;
	size_t output_max; /* what is kept of its standard output; 0:
	                      standard output goes where our standard
	                      error goes */
	int64_t timeout;   /* ms until SIGTERM, 2 s later SIGKILL, to
	                      the whole process group */
};

#define PROCESS_LOST (-1) /* somebody else waited for it */

struct process_result {
	bool timed_out, truncated;
	int status;   /* as of waitpid, or PROCESS_LOST */
	char *output; /* output_size octets and a NUL; wiped after the call */
	size_t output_size;
};

struct process;
typedef void process_fn(void *data, const struct process_result *result);

/*
 * Starts a program and returns at once; fn runs once, from the main loop,
 * when it has ended.  NULL and error (G_SPAWN_ERROR) when it cannot start.
 * The child inherits standard error and no other descriptor, default signal
 * dispositions and an empty signal mask.  Input that a program does not read
 * is dropped.  What it leaves running in its group is killed when it ends
 * by a timeout, and left alone otherwise.
 */
struct process *process_start(const struct process_options *options,
    process_fn *fn, void *data, GError **error);

/* What input_follows promised: once, and before the main loop runs again, so
 * that the program begins while it is made.  Copied. */
void process_feed(struct process *process, const char *input, size_t size);

/* Kills the group and forgets it: fn is not called.  Takes NULL. */
void process_cancel(struct process *process);

/* "exit status 3", "killed by SIGSEGV", "timed out"; NULL for success. */
char *process_describe(const struct process_result *result);

#endif
