/*
 * status, pause, resume, poke, reload and stop: what a running watcher is
 * asked.
 */
#include "app/log.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "cli/status-view.h"
#include "cli/status.h"
#include "message/text.h"
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	TOLD_SIZE = 4096
};

/* no-color.org: set and not empty. */
static bool wants_colour(void)
{
	const char *no = g_getenv("NO_COLOR");
	const char *terminal = g_getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	    g_strcmp0(terminal, "dumb") != 0;
}

static void print_text(JsonObject *status, bool full)
{
	g_autofree char *text = status_view_text(
	    status, g_get_real_time() / G_USEC_PER_SEC, wants_colour(), full);

	fputs(text, stdout);
}

/* A line for whoever reads the mails of a monitor. */
static int check(const struct cli *cli, JsonObject *status)
{
	bool well;
	g_autofree char *line =
	    status_check(status, g_get_real_time() / G_USEC_PER_SEC, &well);

	if (!well)
		log_line(LOG_LEVEL_ERROR, NULL, "%s", line);
	else if (!cli->json && cli->verbosity >= 0)
		puts(line);
	return well ? EX_OK : EX_TEMPFAIL;
}

static JsonObject *get_object(JsonNode *node)
{
	if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
		return json_node_get_object(node);
	log_line(LOG_LEVEL_ERROR, NULL, "the watcher's answer holds no status");
	return NULL;
}

static int show(const struct cli *cli, JsonObject *reply, bool named)
{
	JsonObject *status =
	    get_object(json_object_get_member(reply, "status"));

	if (status == NULL)
		return EX_PROTOCOL;
	if (cli->check)
		return check(cli, status);
	print_text(status, named || cli->verbosity > 0);
	return EX_OK;
}

/* What is not checked is not taken apart: it may be megabytes. */
static int show_text(const struct cli *cli, const char *text)
{
	g_autoptr(JsonNode) node = NULL;
	JsonObject *status;

	puts(text);
	if (!cli->check)
		return EX_OK;
	node = json_from_string(text, NULL);
	status = get_object(node);
	return status != NULL ? check(cli, status) : EX_PROTOCOL;
}

static int show_json(const struct cli *cli, char **accounts)
{
	g_autofree char *text = NULL;
	int status = remote_ask_text(&cli->shard,
	    &(struct remote_request){.command = "status", .accounts = accounts},
	    "status", &text);

	return status == EX_OK ? show_text(cli, text) : status;
}

int cmd_status(const struct cli *cli, char **arguments)
{
	g_autoptr(JsonObject) reply = NULL;
	int status;

	if (cli->json)
		return show_json(cli, arguments);
	status = remote_ask(&cli->shard,
	    &(struct remote_request){
		.command = "status", .accounts = arguments},
	    &reply);
	return status == EX_OK ? show(cli, reply, arguments[0] != NULL)
			       : status;
}

/* What was made of it, in a line of the watcher's. */
static int ask_and_tell(
    const struct cli *cli, const struct remote_request *request)
{
	g_autoptr(JsonObject) reply = NULL;
	int status = remote_ask(&cli->shard, request, &reply);
	const char *told = status == EX_OK
	    ? json_object_get_string_member_with_default(reply, "told", NULL)
	    : NULL;
	g_autofree char *line =
	    told != NULL ? text_clean(told, -1, TOLD_SIZE) : NULL;

	if (line != NULL && cli->verbosity >= 0)
		puts(line);
	return status;
}

/* Which of the words are accounts is the watcher's to know. */
int cmd_pause(const struct cli *cli, char **arguments)
{
	const struct remote_request request = {
	    .command = "pause", .arguments = arguments};

	return ask_and_tell(cli, &request);
}

int cmd_resume(const struct cli *cli, char **arguments)
{
	const struct remote_request request = {
	    .command = "resume", .accounts = arguments};

	return ask_and_tell(cli, &request);
}

int cmd_poke(const struct cli *cli, char **arguments)
{
	const struct remote_request request = {
	    .command = "poke", .accounts = arguments};

	return remote_ask(&cli->shard, &request, NULL);
}

int cmd_reload(const struct cli *cli, char **arguments)
{
	const struct remote_request request = {.command = "reload"};

	(void)arguments;
	return remote_ask(&cli->shard, &request, NULL);
}

int cmd_stop(const struct cli *cli, char **arguments)
{
	const struct remote_request request = {
	    .command = "stop", .until_gone = true};

	(void)arguments;
	return remote_ask(&cli->shard, &request, NULL);
}
