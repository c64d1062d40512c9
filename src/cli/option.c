/*
 * getopt_long() does the work; its tables are made from ours.
 */
#include "cli/option.h"
#include "config/nearest.h"
#include "imap/limits.h"
#include "os/language.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
	OPTIONS_MAX = 40,
	NUMBER = 256 /* of the first one in getopt_long() */
};

static int take_path(struct cli *cli, char *value)
{
	g_free(cli->path);
	cli->path = g_strdup(value);
	return -1;
}

/* Everybody may read our command line (proc(5)): the values vanish from it. */
static int take_override(struct cli *cli, char *word)
{
	char *value = strchr(word, '=');

	if (value == NULL)
		return cli_usage_error("-o wants KEY=VALUE, not ", word);
	g_ptr_array_add(cli->overrides, g_strdup(word));
	memset(value + 1, '*', strlen(value + 1));
	return -1;
}

static int take_shard(struct cli *cli, char *value)
{
	g_autofree char *reason = NULL;

	if (config_shard_parse(value, &cli->shard, &reason))
		return -1;
	return cli_usage_error("--shard: ", reason);
}

static int take_last(struct cli *cli, char *value)
{
	guint64 count;

	if (!g_ascii_string_to_unsigned(
		value, 10, 1, IMAP_LAST_MAX, &count, NULL))
		return cli_usage_error(
		    "--last wants a number from 1 to 1000, not ", value);
	cli->last = (unsigned)count;
	return -1;
}

#define AT(member) .offset = offsetof(struct cli, member)

const struct cli_option cli_options[] = {
    {.name = "config",
	.letter = 'c',
	.argument = "FILE",
	.help = N_("read this file; - is standard input"),
	.everywhere = true,
	.take = take_path},
    {.name = "option",
	.letter = 'o',
	.argument = "KEY=VALUE",
	.help = N_("set a default, over those of the file"),
	.everywhere = true,
	.repeatable = true,
	.take = take_override},
    {.name = "json", .help = N_("JSON for programs"), AT(json)},
    {.name = "shard",
	.argument = "K/N",
	.help = N_("the K-th of N parts of the accounts only"),
	.take = take_shard},
    {.name = "last",
	.argument = "N",
	.help = N_("the last N messages of a mailbox on the server"),
	.take = take_last},
    {.name = "list", .help = N_("what is muted, or snoozed"), AT(list)},
    {.name = "check", .help = N_("succeed only when all is live"), AT(check)},
    {.name = "print", .help = N_("the effective configuration"), AT(print)},
    {.name = "output",
	.argument = "FILE",
	.help = N_("to this, -, DIRECTORY/ or '|COMMAND'"),
	AT(output)},
    {.name = "text", .help = N_("only the text, no attachments"), AT(text)},
    {.name = "verbose",
	.letter = 'v',
	.help = N_("say more; -vvv shows the protocol"),
	.everywhere = true,
	.repeatable = true,
	.verbosity = 1},
    {.name = "quiet",
	.letter = 'q',
	.help = N_("say nothing but errors"),
	.everywhere = true,
	.verbosity = -1},
    {.name = "help",
	.letter = 'h',
	.help = N_("this text; behind a COMMAND: more about it"),
	.everywhere = true,
	AT(help)},
    {.name = "version",
	.help = N_("the version"),
	.everywhere = true,
	AT(version)},
    {.name = NULL},
};

/* ---- errors ---- */

static int unknown(const char *word)
{
	g_autofree char *lower = g_ascii_strdown(word, -1);
	struct nearest nearest;

	g_strdelimit(lower, "=", '\0');
	nearest = nearest_to(lower + MIN(strlen(lower), 2));
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		nearest_offer(&nearest, o->name);
	return cli_unknown("there is no option ", word, "--", &nearest);
}

static int bad_option(char **argv, int option)
{
	const char *word = argv[optind - 1];
	g_autofree char *letter = g_strdup_printf("-%c", optopt);

	if (option == ':')
		return cli_usage_error("an argument is missing behind ", word);
	if (optopt > 0 && optopt < NUMBER)
		return cli_usage_error("there is no option ", letter);
	if (optopt != 0)
		return cli_usage_error("no argument is wanted: ", word);
	return unknown(word);
}

/* ---- taking ---- */

static int take(struct cli *cli, const struct cli_option *option, char *value)
{
	g_ptr_array_add(cli->given, (gpointer)option);
	if (option->take != NULL)
		return option->take(cli, value);
	if (option->verbosity != 0)
		cli->verbosity =
		    option->verbosity < 0 ? -1 : cli->verbosity + 1;
	else if (option->argument != NULL)
		G_STRUCT_MEMBER(const char *, cli, option->offset) = value;
	else
		G_STRUCT_MEMBER(bool, cli, option->offset) = true;
	return -1;
}

static const struct cli_option *find(int number)
{
	if (number >= NUMBER)
		return &cli_options[number - NUMBER];
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (o->letter == number)
			return o;
	return NULL;
}

/* For getopt_long(). */
static void fill(struct option *longs, GString *letters)
{
	g_string_assign(letters, ":");
	for (unsigned i = 0; cli_options[i].name != NULL; i++) {
		const struct cli_option *o = &cli_options[i];

		g_assert(i + 1 < OPTIONS_MAX);
		longs[i] = (struct option){o->name,
		    o->argument != NULL ? required_argument : no_argument, NULL,
		    NUMBER + (int)i};
		if (o->letter != '\0')
			g_string_append_printf(letters, "%c%s", o->letter,
			    o->argument != NULL ? ":" : "");
	}
}

int cli_options_take(struct cli *cli, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX] = {{NULL, 0, NULL, 0}};
	g_autoptr(GString) letters = g_string_new(NULL);
	int number, status = -1;

	fill(longs, letters);
	opterr = 0;
	while (status < 0 &&
	    (number = getopt_long(argc, argv, letters->str, longs, NULL)) >=
		0) {
		const struct cli_option *option = find(number);

		status = option != NULL ? take(cli, option, optarg)
					: bad_option(argv, number);
	}
	g_ptr_array_add(cli->overrides, NULL);
	return status;
}

/* ---- whose they are ---- */

bool cli_option_is_of(
    const struct cli_option *option, const struct command *command)
{
	g_auto(GStrv) names = g_strsplit(
	    command->options != NULL ? command->options : "", " ", -1);

	return g_strv_contains((const char *const *)names, option->name);
}

bool cli_options_refuse(const struct cli *cli, const struct command *command)
{
	for (unsigned i = 0; i < cli->given->len; i++) {
		const struct cli_option *option = cli->given->pdata[i];
		g_autofree char *text = NULL;

		if (option->everywhere || cli_option_is_of(option, command))
			continue;
		text = g_strdup_printf("--%s is not known to ", option->name);
		cli_usage_error(text, command->name);
		return true;
	}
	return false;
}

/* ---- help ---- */

static void print_option(const struct cli_option *option)
{
	char letter[] = {'-', option->letter, ',', '\0'};
	g_autofree char *words = g_strdup_printf("%s --%s%s%s",
	    option->letter != '\0' ? letter : "   ", option->name,
	    option->argument != NULL ? " " : "",
	    option->argument != NULL ? option->argument : "");

	printf("  %-23s  %s\n", words, _(option->help));
}

void cli_options_print(const struct command *command)
{
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (command != NULL ? cli_option_is_of(o, command)
				    : o->everywhere)
			print_option(o);
}
