/*
 * The command line: options, the table of commands, exit statuses.
 */
#ifndef IDLEBELL_CLI_CLI_H
#define IDLEBELL_CLI_CLI_H

#include "app/settings.h"
#include "config/nearest.h"
#include "config/shard.h"
#include <stdbool.h>

struct net;

/* What the options said. */
struct cli {
	char *path;           /* of the configuration */
	GPtrArray *overrides; /* "KEY=VALUE"s, NULL-terminated */
	GPtrArray *given;     /* const struct cli_option, in their order */
	int verbosity;        /* -1: quiet */
	bool help, version, json, print, check, text, list;
	const char *output;        /* or NULL */
	unsigned last;             /* 0: not said */
	struct config_shard shard; /* count 0: all accounts */
};

/* One command: arguments are what is left behind its name,
 * NULL-terminated. */
struct command {
	const char *name;
	const char *arguments; /* as its help shows them, "ACCOUNT [FILE...]" */
	const char *help;
	const char *group;   /* the line for it and those below without one,
	                        in the help for all */
	const char *options; /* it knows, "json shard"; NULL: none of its own */
	int min, max;        /* of arguments; max -1: any number */
	int (*run)(const struct cli *cli, char **arguments);
};

/* Ends with a name NULL; the first is the default. */
extern const struct command cli_commands[];

/* Parses, runs a command, and returns an exit status of sysexits.h. */
int cli_main(int argc, char **argv);

/* Reports "WHAT WHICH" as an error of the command line; returns EX_USAGE. */
int cli_usage_error(const char *what, const char *which);
/* The same for a word with one that is like it, behind dashes. */
int cli_unknown(const char *what, const char *word, const char *dashes,
    const struct nearest *nearest);

/* For a connection of the command's own; NULL when there can be none, which is
 * reported.  A line that breaks is an error, no signal, from then on. */
struct net *cli_net(void);

/* The configuration, its problems reported.  NULL and *ret_status when it
 * cannot be used. */
struct settings *cli_load(const struct cli *cli, int *ret_status);

/* NULL when there is none, which is reported. */
const struct config_account *cli_find_account(
    const struct cli *cli, const struct settings *settings, const char *name);

int cmd_watch(const struct cli *cli, char **arguments);
int cmd_once(const struct cli *cli, char **arguments);
int cmd_check(const struct cli *cli, char **arguments);
int cmd_completion(const struct cli *cli, char **arguments);
int cmd_doctor(const struct cli *cli, char **arguments);
int cmd_act(const struct cli *cli, char **arguments);
int cmd_mailboxes(const struct cli *cli, char **arguments);
int cmd_fetch(const struct cli *cli, char **arguments);
int cmd_explain(const struct cli *cli, char **arguments);
int cmd_test(const struct cli *cli, char **arguments);
int cmd_mute(const struct cli *cli, char **arguments);
int cmd_unmute(const struct cli *cli, char **arguments);
int cmd_snooze(const struct cli *cli, char **arguments);
int cmd_unsnooze(const struct cli *cli, char **arguments);
int cmd_status(const struct cli *cli, char **arguments);
int cmd_poke(const struct cli *cli, char **arguments);
int cmd_pause(const struct cli *cli, char **arguments);
int cmd_resume(const struct cli *cli, char **arguments);
int cmd_reload(const struct cli *cli, char **arguments);
int cmd_stop(const struct cli *cli, char **arguments);

#endif
