/*
 * The command line: options, the table of commands, exit statuses.
 */
#ifndef IDLEBELL_CLI_CLI_H
#define IDLEBELL_CLI_CLI_H

#include "app/settings.h"
#include "config/shard.h"
#include <stdbool.h>

/* What the options said. */
struct cli {
	char *path;           /* of the configuration */
	GPtrArray *overrides; /* "KEY=VALUE"s, NULL-terminated */
	int verbosity;        /* -1: quiet */
	bool json, print, check;
	struct config_shard shard; /* count 0: all accounts */
};

/* One command: arguments are what is left behind its name,
 * NULL-terminated. */
struct command {
	const char *name;
	const char *arguments; /* as --help shows them */
	const char *help;
	int min, max;            /* of arguments; max -1: any number */
	bool json, print, check; /* which of these options it knows, */
	bool shard;              /* and this one */
	int (*run)(const struct cli *cli, char **arguments);
};

/* Parses, runs a command, and returns an exit status of sysexits.h. */
int cli_main(int argc, char **argv);

/* The configuration, its problems reported.  NULL and *ret_status when it
 * cannot be used. */
struct settings *cli_load(const struct cli *cli, int *ret_status);

int cmd_watch(const struct cli *cli, char **arguments);
int cmd_once(const struct cli *cli, char **arguments);
int cmd_check(const struct cli *cli, char **arguments);
int cmd_mailboxes(const struct cli *cli, char **arguments);
int cmd_explain(const struct cli *cli, char **arguments);
int cmd_status(const struct cli *cli, char **arguments);
int cmd_poke(const struct cli *cli, char **arguments);
int cmd_reload(const struct cli *cli, char **arguments);
int cmd_stop(const struct cli *cli, char **arguments);

#endif
