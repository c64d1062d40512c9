/*
 * Options and the table of commands.
 */
#include "cli/cli.h"
#include "app/log.h"
#include "config/nearest.h"
#include "store/config-file.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct command commands[] = {
    {.name = "watch",
	.arguments = "[ACCOUNT...]",
	.help = "watch until stopped (the default)",
	.max = -1,
	.json = true,
	.shard = true,
	.run = cmd_watch},
    {.name = "once",
	.arguments = "[ACCOUNT...]",
	.help = "report what is new since last time, then exit",
	.max = -1,
	.json = true,
	.shard = true,
	.run = cmd_once},
    {.name = "status",
	.arguments = "[ACCOUNT...]",
	.help = "how the running watcher is doing",
	.max = -1,
	.json = true,
	.check = true,
	.shard = true,
	.run = cmd_status},
    {.name = "poke",
	.arguments = "[ACCOUNT...]",
	.help = "have it look for mail and connect at once",
	.max = -1,
	.shard = true,
	.run = cmd_poke},
    {.name = "reload",
	.arguments = "",
	.help = "have it read the configuration again",
	.shard = true,
	.run = cmd_reload},
    {.name = "stop",
	.arguments = "",
	.help = "end it",
	.shard = true,
	.run = cmd_stop},
    {.name = "check",
	.arguments = "",
	.help = "read the configuration only, print every problem",
	.print = true,
	.shard = true,
	.run = cmd_check},
    {.name = "mailboxes",
	.arguments = "ACCOUNT",
	.help = "list its mailboxes with their message counts",
	.min = 1,
	.max = 1,
	.json = true,
	.run = cmd_mailboxes},
    {.name = "explain",
	.arguments = "[FILE]",
	.help = "which rule a message (FILE or standard input) meets",
	.max = 1,
	.run = cmd_explain},
};

static const char help_options[] =
    "Options:\n"
    "  -c, --config FILE       read this file; - is standard input\n"
    "  -o, --option KEY=VALUE  set a default, over those of the file\n"
    "      --json              JSON for programs, where there is any\n"
    "      --shard K/N         the K-th of N parts of the accounts only\n"
    "      --check             status: succeed only when all is live\n"
    "      --print             check: the effective configuration\n"
    "  -v, --verbose           say more; -vvv shows the protocol\n"
    "  -q, --quiet             say nothing but errors\n"
    "  -h, --help; --version   this text; the version\n"
    "See idlebell(1), and idlebell.config(5) for ~/.config/idlebell/config.\n";

enum {
	OPTION_JSON = 256,
	OPTION_PRINT,
	OPTION_CHECK,
	OPTION_SHARD,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"option", required_argument, NULL, 'o'},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"print", no_argument, NULL, OPTION_PRINT},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int usage_error(const char *what, const char *which)
{
	log_line(LOG_LEVEL_ERROR, NULL, "%s%s (idlebell --help lists all)",
	    what, which);
	return EX_USAGE;
}

static int unknown(const char *what, const char *word, const char *dashes,
    const struct nearest *nearest)
{
	if (nearest->best == NULL)
		return usage_error(what, word);
	log_line(LOG_LEVEL_ERROR, NULL,
	    "%s%s: did you mean %s%s? (idlebell --help lists all)", what, word,
	    dashes, nearest->best);
	return EX_USAGE;
}

static int unknown_command(const char *word)
{
	g_autofree char *lower = g_ascii_strdown(word, -1);
	struct nearest nearest = nearest_to(lower);

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		nearest_offer(&nearest, commands[i].name);
	return unknown("there is no command ", word, "", &nearest);
}

static int unknown_option(const char *word)
{
	g_autofree char *lower = g_ascii_strdown(word, -1);
	struct nearest nearest;

	g_strdelimit(lower, "=", '\0');
	nearest = nearest_to(lower + MIN(strlen(lower), 2));
	for (const struct option *o = long_options; o->name != NULL; o++)
		nearest_offer(&nearest, o->name);
	return unknown("there is no option ", word, "--", &nearest);
}

static int print_help(void)
{
	printf("Usage: idlebell [OPTION...] [COMMAND] [ARGUMENT...]\n"
	       "Tells you within a second that mail has come.\n\nCommands:\n");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		printf("  %-9s %-12s  %s\n", commands[i].name,
		    commands[i].arguments, commands[i].help);
	fputs(help_options, stdout);
	return EX_OK;
}

static int print_version(void)
{
	puts(PACKAGE_STRING);
	return EX_OK;
}

static int bad_option(char **argv, int option)
{
	const char *word = argv[optind - 1];
	g_autofree char *letter = g_strdup_printf("-%c", optopt);

	if (option == ':')
		return usage_error("an argument is missing behind ", word);
	if (optopt > 0 && optopt < OPTION_JSON)
		return usage_error("there is no option ", letter);
	if (optopt != 0)
		return usage_error("no argument is wanted: ", word);
	return unknown_option(word);
}

static void set_path(struct cli *cli, const char *path)
{
	g_free(cli->path);
	cli->path = g_strdup(path);
}

static void override_free(gpointer word)
{
	if (word != NULL)
		explicit_bzero(word, strlen(word));
	g_free(word);
}

/* Everybody may read our command line (proc(5)): the values vanish from it. */
static int take_override(struct cli *cli, char *word)
{
	char *value = strchr(word, '=');

	if (value == NULL)
		return usage_error("-o wants KEY=VALUE, not ", word);
	g_ptr_array_add(cli->overrides, g_strdup(word));
	memset(value + 1, '*', strlen(value + 1));
	return -1;
}

static int take_shard(struct cli *cli, const char *text)
{
	g_autofree char *reason = NULL;

	if (config_shard_parse(text, &cli->shard, &reason))
		return -1;
	return usage_error("--shard: ", reason);
}

/* Returns -1 to go on, else an exit status. */
static int take_option(struct cli *cli, char **argv, int option)
{
	switch (option) {
	case 'c':
		set_path(cli, optarg);
		return -1;
	case 'o':
		return take_override(cli, optarg);
	case 'v':
		cli->verbosity++;
		return -1;
	case 'q':
		cli->verbosity = -1;
		return -1;
	case OPTION_JSON:
		cli->json = true;
		return -1;
	case OPTION_PRINT:
		cli->print = true;
		return -1;
	case OPTION_CHECK:
		cli->check = true;
		return -1;
	case OPTION_SHARD:
		return take_shard(cli, optarg);
	case 'h':
	case OPTION_HELP:
		return print_help();
	case OPTION_VERSION:
		return print_version();
	default:
		return bad_option(argv, option);
	}
}

static int take_options(struct cli *cli, int argc, char **argv)
{
	int option, status = -1;

	opterr = 0;
	while (status < 0 &&
	    (option = getopt_long(
		 argc, argv, ":c:o:vqh", long_options, NULL)) >= 0)
		status = take_option(cli, argv, option);
	g_ptr_array_add(cli->overrides, NULL);
	return status;
}

static enum log_level log_level(const struct cli *cli)
{
	if (cli->verbosity < 0)
		return LOG_LEVEL_ERROR;
	return MIN(LOG_LEVEL_INFO + cli->verbosity, LOG_LEVEL_TRACE);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int run_command(
    struct cli *cli, const struct command *command, char **arguments)
{
	int count = (int)g_strv_length(arguments);

	if (count < command->min)
		return usage_error(command->name, ": an argument is missing");
	if (command->max >= 0 && count > command->max)
		return usage_error(
		    "there is an argument too many: ", arguments[command->max]);
	if (cli->json && !command->json)
		return usage_error("--json is not known to ", command->name);
	if (cli->print && !command->print)
		return usage_error("--print is not known to ", command->name);
	if (cli->check && !command->check)
		return usage_error("--check is not known to ", command->name);
	if (cli->shard.count > 0 && !command->shard)
		return usage_error("--shard is not known to ", command->name);
	if (cli->path == NULL)
		cli->path = config_file_path();
	return command->run(cli, arguments);
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	int status = take_options(cli, argc, argv);

	if (status >= 0)
		return status;
	log_open(log_level(cli));
	if (optind >= argc)
		return run_command(cli, &commands[0], argv + argc);
	command = find_command(argv[optind]);
	if (command == NULL)
		return unknown_command(argv[optind]);
	return run_command(cli, command, argv + optind + 1);
}

int cli_main(int argc, char **argv)
{
	struct cli cli = {
	    .overrides = g_ptr_array_new_with_free_func(override_free)};
	int status = run(&cli, argc, argv);

	g_ptr_array_unref(cli.overrides);
	g_free(cli.path);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == EX_OK) {
		log_line(
		    LOG_LEVEL_ERROR, NULL, "standard output cannot be written");
		status = EX_IOERR;
	}
	return status;
}

struct settings *cli_load(const struct cli *cli, int *ret_status)
{
	g_autoptr(GError) error = NULL;
	struct settings *settings = settings_load(
	    cli->path, (const char *const *)cli->overrides->pdata, &error);

	*ret_status = EX_CONFIG;
	if (settings == NULL) {
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
		return NULL;
	}
	if (settings_report(settings, cli->path))
		return settings;
	settings_unref(settings);
	return NULL;
}
