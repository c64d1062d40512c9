/*
 * check: reads the configuration only.
 */
#include "app/log.h"
#include "cli/cli.h"
#include "os/file.h"
#include <stdio.h>
#include <sysexits.h>

static void print(const struct settings *settings)
{
	g_autofree char *text = config_print(settings->config);

	fputs(text, stdout);
}

static void print_shard(
    const struct config_shard *shard, const struct config *config)
{
	g_autofree char *text = config_shard_print(shard);
	unsigned count = 0;

	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    config->accounts->pdata[i];

		count += config_shard_has(shard, account->name);
	}
	printf("%u of them in shard %s\n", count, text);
}

static void summarize(const struct cli *cli, const struct settings *settings)
{
	unsigned accounts = settings->config->accounts->len;
	unsigned rules = settings->config->rules->len;

	printf("%s: fine, %u account%s and %u rule%s\n", cli->path, accounts,
	    accounts == 1 ? "" : "s", rules, rules == 1 ? "" : "s");
	if (cli->shard.count > 0)
		print_shard(&cli->shard, settings->config);
}

/* Only warned of: a service may have another PATH. */
static void check_program(
    const char *kind, const char *name, const char *key, char *const *command)
{
	g_autofree char *expanded =
	    command != NULL ? file_expand(command[0]) : NULL;
	g_autofree char *found =
	    expanded != NULL ? g_find_program_in_path(expanded) : NULL;

	if (expanded != NULL && found == NULL)
		log_line(LOG_LEVEL_WARNING, NULL,
		    "warning: %s %s: %s: there is no program %s", kind, name,
		    key, expanded);
}

static void check_programs(const struct config *config)
{
	check_program("section", "defaults", "contacts_command",
	    config->contacts_command);
	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *a = config->accounts->pdata[i];

		check_program("account", a->name, "password_command",
		    a->password_command);
		check_program(
		    "account", a->name, "token_command", a->token_command);
		check_program("account", a->name, "on_message", a->on_message);
		check_program("account", a->name, "on_mailbox", a->on_mailbox);
		check_program("account", a->name, "on_read", a->on_read);
		check_program("account", a->name, "on_state", a->on_state);
		check_program("account", a->name, "download_command",
		    a->download_command);
	}
	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		check_program(
		    "rule", rule->name, "on_message", rule->on_message);
		check_program("rule", rule->name, "download_command",
		    rule->download_command);
	}
}

int cmd_check(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);

	(void)arguments;
	if (settings == NULL)
		return status;
	check_programs(settings->config);
	if (cli->print)
		print(settings);
	else if (cli->verbosity >= 0)
		summarize(cli, settings);
	settings_unref(settings);
	return EX_OK;
}
