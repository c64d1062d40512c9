/*
 * check: reads the configuration only.
 */
#include "cli/cli.h"
#include <stdio.h>
#include <sysexits.h>

static void print(const struct settings *settings)
{
	g_autofree char *text = config_print(settings->config);

	fputs(text, stdout);
}

static void summarize(const struct cli *cli, const struct settings *settings)
{
	unsigned accounts = settings->config->accounts->len;
	unsigned rules = settings->config->rules->len;

	printf("%s: fine, %u account%s and %u rule%s\n", cli->path, accounts,
	    accounts == 1 ? "" : "s", rules, rules == 1 ? "" : "s");
}

int cmd_check(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);

	(void)arguments;
	if (settings == NULL)
		return status;
	if (cli->print)
		print(settings);
	else if (cli->verbosity >= 0)
		summarize(cli, settings);
	settings_unref(settings);
	return EX_OK;
}
