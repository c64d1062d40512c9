/*
 * mute, unmute, snooze and unsnooze: asked of the running watcher, or where
 * none runs and none is needed, done to what it will read.
 */
#include "app/log.h"
#include "app/say.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "os/language.h"
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	MESSAGE_WORDS = 3 /* ACCOUNT MAILBOX UID */
};

/* For people: scripts get the lines alone. */
static void explain(const char *command, bool is_empty)
{
	bool mutes = strcmp(command, "mute") == 0;

	if (is_empty)
		puts(mutes ? _("nothing is muted") : _("nothing is snoozed"));
	else
		/* TRANSLATORS: of a line above. */
		printf(_("idlebell %s NUMBER takes it back\n"),
		    mutes ? "unmute" : "unsnooze");
}

static int list(const struct cli *cli, const char *command)
{
	g_autofree char *lines = say_list(command);

	fputs(lines, stdout);
	if (isatty(STDOUT_FILENO) && cli->verbosity >= 0)
		explain(command, lines[0] == '\0');
	return EX_OK;
}

static void print_told(const struct cli *cli, const char *text)
{
	if (text != NULL && text[0] != '\0' && cli->verbosity >= 0)
		puts(text);
}

static int act_alone(const struct cli *cli, const struct remote_request *from)
{
	static const char *const none[] = {NULL};
	const struct control_request request = {
	    .command = from->command,
	    .accounts = from->accounts != NULL
		? (const char *const *)from->accounts
		: none,
	    .arguments = (const char *const *)from->arguments,
	};
	g_autofree char *text = NULL;
	int status = say_alone(&cli->shard, &request, &text);

	if (status == EX_OK)
		print_told(cli, text);
	else
		log_line(LOG_LEVEL_ERROR, NULL, "%s", text);
	return status;
}

static int ask(const struct cli *cli, const struct remote_request *request)
{
	g_autoptr(JsonObject) reply = NULL;
	int status = remote_ask(&cli->shard, request, &reply);

	if (status < 0)
		return act_alone(cli, request);
	if (status == EX_OK)
		print_told(cli,
		    json_object_get_string_member_with_default(
			reply, "told", NULL));
	return status;
}

static int say(const struct cli *cli, const char *command, char **arguments)
{
	bool of_message = g_strv_length(arguments) >= MESSAGE_WORDS;
	char *account[] = {arguments[0], NULL};
	const struct remote_request request = {
	    .command = command,
	    .accounts = of_message ? account : NULL,
	    .arguments = arguments + (of_message ? 1 : 0),
	    .may_be_absent = true,
	};

	if (cli->list)
		return list(cli, command);
	if (arguments[0] == NULL) {
		log_line(LOG_LEVEL_ERROR, NULL,
		    "%s: an argument is missing: see idlebell %s --help",
		    command, command);
		return EX_USAGE;
	}
	return ask(cli, &request);
}

int cmd_mute(const struct cli *cli, char **arguments)
{
	return say(cli, "mute", arguments);
}

int cmd_unmute(const struct cli *cli, char **arguments)
{
	return say(cli, "unmute", arguments);
}

int cmd_snooze(const struct cli *cli, char **arguments)
{
	return say(cli, "snooze", arguments);
}

int cmd_unsnooze(const struct cli *cli, char **arguments)
{
	return say(cli, "unsnooze", arguments);
}
