/*
 * Where a message that was downloaded goes: a Maildir, a file, standard
 * output, or a command that takes it as an MDA does.  Always with LF line
 * ends.
 */
#ifndef IDLEBELL_SINKS_DESTINATION_H
#define IDLEBELL_SINKS_DESTINATION_H

#include "os/process.h"
#include "sinks/maildir.h"

enum destination_kind {
	DESTINATION_MAILDIR,
	DESTINATION_FILE,
	DESTINATION_STDOUT,
	DESTINATION_COMMAND,
};

/* Nothing in it is owned. */
struct destination {
	enum destination_kind kind;
	struct maildir_message message; /* with the directory of a MAILDIR */
	const char *account;
	const char *path;           /* FILE */
	const char *const *command; /* COMMAND: argv */
};

/* Can a message of that size be stored, as far as that can be known?  It may
 * lie elsewhere on the same disk before.  SINK_ERROR_DISK, or _MAILDIR or _HOOK
 * where it never will be.  *ret_file: a Maildir has it already, here; else
 * NULL. */
bool destination_check(const struct destination *destination, uint64_t size,
    char **ret_file, GError **error);

/*
 * Stores what can be read from fd; not for COMMAND.  *ret_file is where, a new
 * string, or NULL.  Errors as above; a failed FILE stays as it was.
 */
bool destination_store(const struct destination *destination, int fd,
    char **ret_file, GError **error);

/* Starts the command: the message is its standard input, its environment has
 * IDLEBELL_ACCOUNT, _MAILBOX, _UIDVALIDITY and _UID. */
struct process *destination_run(const struct destination *destination, int fd,
    process_fn *fn, void *data, GError **error);
/* False and error unless it took the message: exit status 75 (EX_TEMPFAIL) is
 * SINK_ERROR_DISK, as it may be tried again; others SINK_ERROR_HOOK. */
bool destination_judge(const struct destination *destination,
    const struct process_result *result, GError **error);

#endif
