/*
 * The table of commands, and what runs them.
 */
#include "cli/cli.h"
#include "app/log.h"
#include "cli/option.h"
#include "net/stream.h"
#include "os/language.h"
#include "store/config-file.h"
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

const struct command cli_commands[] = {
    {.name = "watch",
	.arguments = "[ACCOUNT...]",
	.group = N_("watch until stopped (the default)"),
	.help = N_("Rings for what comes until it is stopped."),
	.options = "json shard",
	.max = -1,
	.run = cmd_watch},
    {.name = "once",
	.arguments = "[ACCOUNT...]",
	.group = N_("report what is new since last time, then exit"),
	.help = N_("Reports what is new since last time, then exits."),
	.options = "json shard",
	.max = -1,
	.run = cmd_once},
    {.name = "status",
	.arguments = "[ACCOUNT...]",
	.group = N_("how the running watcher is doing"),
	.help = N_("Tells how the running watcher is doing."),
	.options = "json check shard",
	.max = -1,
	.run = cmd_status},
    {.name = "pause",
	.arguments = "[DURATION | until TIME] [ACCOUNT...]",
	.group = N_("ring no more until then, for 90m; ring again"),
	.help = N_("Ends the bells for 90m, \"until 07:30\", or until resume."),
	.options = "shard",
	.max = -1,
	.run = cmd_pause},
    {.name = "resume",
	.arguments = "[ACCOUNT...]",
	.help = N_("Ends a pause, and tells what came meanwhile."),
	.options = "shard",
	.max = -1,
	.run = cmd_resume},
    {.name = "mute",
	.arguments = "SENDER [TIME] | ACCOUNT MAILBOX UID [TIME]",
	.group = N_("hear no more of a sender or a thread"),
	.help =
	    N_("Rings no more for a sender, or for the thread of a message, "
	       "for 30 days\nor until TIME: 3d, 2026-11-30."),
	.options = "list shard",
	.max = 4,
	.run = cmd_mute},
    {.name = "unmute",
	.arguments = "SENDER | NUMBER | all",
	.help =
	    N_("Rings again for what was muted, as numbered by mute --list."),
	.options = "shard",
	.min = 1,
	.max = 1,
	.run = cmd_unmute},
    {.name = "snooze",
	.arguments = "ACCOUNT MAILBOX UID [TIME]",
	.group = N_("ring again for a message, in a while"),
	.help = N_("Rings again for a message in 10 minutes, or at TIME: 1h, "
		   "18:30, tomorrow."),
	.options = "list shard",
	.max = 4,
	.run = cmd_snooze},
    {.name = "unsnooze",
	.arguments = "NUMBER | all",
	.help = N_("Does not ring again, as numbered by snooze --list."),
	.options = "shard",
	.min = 1,
	.max = 1,
	.run = cmd_unsnooze},
    {.name = "poke",
	.arguments = "[ACCOUNT...]",
	.group = N_("have it look now, read its configuration, end"),
	.help = N_("Has the watcher look for mail and connect at once."),
	.options = "shard",
	.max = -1,
	.run = cmd_poke},
    {.name = "reload",
	.arguments = "",
	.help = N_("Has the watcher read the configuration again."),
	.options = "shard",
	.run = cmd_reload},
    {.name = "stop",
	.arguments = "",
	.help = N_("Ends the watcher."),
	.options = "shard",
	.run = cmd_stop},
    {.name = "check",
	.arguments = "",
	.group = N_("read the configuration only, print every problem"),
	.help = N_("Reads the configuration and prints every problem."),
	.options = "print shard",
	.run = cmd_check},
    {.name = "doctor",
	.arguments = "[ACCOUNT...]",
	.group = N_("try it all, tell what is wrong; ring once"),
	.help =
	    N_("Tries all that a watcher needs, and tells what is wrong and "
	       "what to do."),
	.options = "json",
	.max = -1,
	.run = cmd_doctor},
    {.name = "test-notification",
	.arguments = "[RULE]",
	.help = N_("Rings with an invented message, as that rule has it."),
	.options = "json",
	.max = 1,
	.run = cmd_test},
    {.name = "mailboxes",
	.arguments = "ACCOUNT",
	.group = N_("list the mailboxes; download, change messages"),
	.help = N_("Lists the account's mailboxes with their message counts."),
	.options = "json",
	.min = 1,
	.max = 1,
	.run = cmd_mailboxes},
    {.name = "fetch",
	.arguments = "ACCOUNT MAILBOX UID",
	.help = N_("Downloads one message."),
	.options = "output text",
	.min = 3,
	.max = 3,
	.run = cmd_fetch},
    {.name = "act",
	.arguments = "VERB ACCOUNT MAILBOX UID... [DESTINATION]",
	.help = N_("Marks, moves or deletes messages on the server.\n"
		   "VERB is one of:\n"
		   "  read, unread, flag, unflag\n"
		   "  archive, junk, notjunk, move (to DESTINATION)\n"
		   "  delete (to the trash), expunge (for good), undelete"),
	.options = "json",
	.min = 4,
	.max = -1,
	.run = cmd_act},
    {.name = "explain",
	.arguments = "[FILE]",
	.group = N_("which rule a message (FILE, standard input) meets"),
	.help =
	    N_("Tells which rule a message (FILE or standard input) meets.\n"
	       "With --last N ACCOUNT [MAILBOX]: which ones mail meets that is "
	       "there."),
	.options = "json last",
	.max = 2,
	.run = cmd_explain},
    {.name = "completion",
	.arguments = "SHELL",
	.group = N_("what bash, zsh or fish need to complete all this"),
	.help = N_(
	    "Writes the script by which bash, zsh or fish complete commands."),
	.min = 1,
	.max = 1,
	.run = cmd_completion},
    {.name = NULL},
};

int cli_usage_error(const char *what, const char *which)
{
	log_line(LOG_LEVEL_ERROR, NULL, "%s%s (idlebell --help lists all)",
	    what, which);
	return EX_USAGE;
}

int cli_unknown(const char *what, const char *word, const char *dashes,
    const struct nearest *nearest)
{
	if (nearest->best == NULL)
		return cli_usage_error(what, word);
	log_line(LOG_LEVEL_ERROR, NULL,
	    "%s%s: did you mean %s%s? (idlebell --help lists all)", what, word,
	    dashes, nearest->best);
	return EX_USAGE;
}

static int unknown_command(const char *word)
{
	g_autofree char *lower = g_ascii_strdown(word, -1);
	struct nearest nearest = nearest_to(lower);

	for (const struct command *c = cli_commands; c->name != NULL; c++)
		nearest_offer(&nearest, c->name);
	return cli_unknown("there is no command ", word, "", &nearest);
}

/* ---- help ---- */

/* "poke, reload, stop": first and those of its group. */
static char *name_group(const struct command *first)
{
	GString *names = g_string_new(first->name);

	for (const struct command *c = first + 1;
	     c->name != NULL && c->group == NULL; c++)
		g_string_append_printf(names, ", %s", c->name);
	return g_string_free(names, FALSE);
}

static int print_help(void)
{
	printf("%s\n%s\n\n",
	    _("Usage: idlebell [OPTION...] [COMMAND] [ARGUMENT...]"),
	    _("Tells you within a second that mail has come."));
	for (const struct command *c = cli_commands; c->name != NULL; c++) {
		g_autofree char *names =
		    c->group != NULL ? name_group(c) : NULL;

		if (names != NULL)
			printf("  %-25s  %s\n", names, _(c->group));
	}
	printf("\n");
	cli_options_print(NULL);
	printf("\n%s\n",
	    _("See idlebell(1), and idlebell.config(5) for "
	      "~/.config/idlebell/config."));
	return EX_OK;
}

static int print_command_help(const struct command *command)
{
	/* TRANSLATORS: a command and its arguments. */
	g_autofree char *usage =
	    g_strdup_printf(_("Usage: idlebell [OPTION...] %s %s"),
		command->name, command->arguments);

	printf("%s\n%s\n", g_strchomp(usage), _(command->help));
	if (command->options != NULL)
		printf("\n");
	cli_options_print(command);
	printf("\n%s\n",
	    _("idlebell --help has the options of all commands, idlebell(1) "
	      "tells more."));
	return EX_OK;
}

static int print_version(void)
{
	puts(PACKAGE_STRING);
	return EX_OK;
}

/* ---- running ---- */

static enum log_level log_level(const struct cli *cli)
{
	if (cli->verbosity < 0)
		return LOG_LEVEL_ERROR;
	return MIN(LOG_LEVEL_INFO + cli->verbosity, LOG_LEVEL_TRACE);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = cli_commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static int refuse_few(const struct command *command)
{
	log_line(LOG_LEVEL_ERROR, NULL,
	    "%s: an argument is missing: idlebell %s %s", command->name,
	    command->name, command->arguments);
	return EX_USAGE;
}

static int run_command(
    struct cli *cli, const struct command *command, char **arguments)
{
	int count = (int)g_strv_length(arguments);

	if (cli->help)
		return print_command_help(command);
	if (count < command->min)
		return refuse_few(command);
	if (command->max >= 0 && count > command->max)
		return cli_usage_error(
		    "there is an argument too many: ", arguments[command->max]);
	if (cli_options_refuse(cli, command))
		return EX_USAGE;
	if (cli->path == NULL)
		cli->path = config_file_path();
	return command->run(cli, arguments);
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	int status = cli_options_take(cli, argc, argv);

	if (status >= 0)
		return status;
	log_open(log_level(cli));
	if (cli->version)
		return print_version();
	if (optind >= argc)
		return cli->help
		    ? print_help()
		    : run_command(cli, &cli_commands[0], argv + argc);
	command = find_command(argv[optind]);
	if (command == NULL)
		return unknown_command(argv[optind]);
	return run_command(cli, command, argv + optind + 1);
}

static void override_free(gpointer word)
{
	if (word != NULL)
		explicit_bzero(word, strlen(word));
	g_free(word);
}

int cli_main(int argc, char **argv)
{
	struct cli cli = {
	    .overrides = g_ptr_array_new_with_free_func(override_free),
	    .given = g_ptr_array_new()};
	int status = run(&cli, argc, argv);

	g_ptr_array_unref(cli.overrides);
	g_ptr_array_unref(cli.given);
	g_free(cli.path);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == EX_OK) {
		log_line(
		    LOG_LEVEL_ERROR, NULL, "standard output cannot be written");
		status = EX_IOERR;
	}
	return status;
}

struct net *cli_net(void)
{
	g_autoptr(GError) error = NULL;
	struct net *net = net_new(&error);

	if (net == NULL)
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
	signal(SIGPIPE, SIG_IGN);
	return net;
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

const struct config_account *cli_find_account(
    const struct cli *cli, const struct settings *settings, const char *name)
{
	const struct config_account *account =
	    config_find_account(settings->config, name);
	const char *near;

	if (account != NULL)
		return account;
	near = config_nearest_account(settings->config, name);
	log_line(LOG_LEVEL_ERROR, NULL, "there is no account %s in %s%s%s%s",
	    name, cli->path, near != NULL ? ": did you mean " : "",
	    near != NULL ? near : "", near != NULL ? "?" : "");
	return NULL;
}
