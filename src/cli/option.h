/*
 * The options of the command line: one table, from which they are parsed,
 * helped with and completed.
 */
#ifndef IDLEBELL_CLI_OPTION_H
#define IDLEBELL_CLI_OPTION_H

#include "cli/cli.h"

struct cli_option {
	const char *name;
	char letter;          /* or 0 */
	const char *argument; /* what it takes, "FILE"; NULL: nothing */
	const char *help;
	bool everywhere; /* else only with commands that name it */
	bool repeatable;
	/* Where in struct cli it goes: a bool, or with argument a char *. */
	size_t offset;
	int verbosity; /* in place of offset: 1: more, -1: quiet */
	/* In place of both; returns -1 to go on, else an exit status. */
	int (*take)(struct cli *cli, char *value);
};

/* Ends with a name NULL. */
extern const struct cli_option cli_options[];

/*
 * Takes the options out of argv, which is permuted: what is left begins at
 * optind.  Returns -1 to go on, else an exit status; what is wrong is
 * reported.
 */
int cli_options_take(struct cli *cli, int argc, char **argv);

/* True when command is not wanted with an option that was given, which is
 * reported. */
bool cli_options_refuse(const struct cli *cli, const struct command *command);
/* The command names this option. */
bool cli_option_is_of(
    const struct cli_option *option, const struct command *command);

/* Those of command, or with NULL those of all, a line each. */
void cli_options_print(const struct command *command);

#endif
