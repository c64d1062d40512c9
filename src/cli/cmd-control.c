/*
 * status, poke, reload and stop: what a running watcher is asked.
 */
#include "app/log.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "cli/status-view.h"
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* no-color.org: set and not empty. */
static bool wants_colour(void)
{
	const char *no = g_getenv("NO_COLOR");
	const char *terminal = g_getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	    g_strcmp0(terminal, "dumb") != 0;
}

static void print_json(JsonObject *status)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	g_autofree char *text = NULL;

	json_node_set_object(node, status);
	text = json_to_string(node, FALSE);
	puts(text);
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
	g_autofree char *line = status_view_check(status, &well);

	if (!well)
		log_line(LOG_LEVEL_ERROR, NULL, "%s", line);
	else if (!cli->json && cli->verbosity >= 0)
		puts(line);
	return well ? EX_OK : EX_TEMPFAIL;
}

static int show(const struct cli *cli, JsonObject *reply, bool named)
{
	JsonNode *node = json_object_get_member(reply, "status");
	JsonObject *status;

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
		log_line(LOG_LEVEL_ERROR, NULL,
		    "the watcher's answer holds no status");
		return EX_PROTOCOL;
	}
	status = json_node_get_object(node);
	if (cli->json)
		print_json(status);
	else if (!cli->check)
		print_text(status, named || cli->verbosity > 0);
	return cli->check ? check(cli, status) : EX_OK;
}

int cmd_status(const struct cli *cli, char **arguments)
{
	g_autoptr(JsonObject) reply = NULL;
	int status =
	    remote_ask(&cli->shard, "status", arguments, false, &reply);

	return status == EX_OK ? show(cli, reply, arguments[0] != NULL)
			       : status;
}

int cmd_poke(const struct cli *cli, char **arguments)
{
	return remote_ask(&cli->shard, "poke", arguments, false, NULL);
}

int cmd_reload(const struct cli *cli, char **arguments)
{
	return remote_ask(&cli->shard, "reload", arguments, false, NULL);
}

int cmd_stop(const struct cli *cli, char **arguments)
{
	return remote_ask(&cli->shard, "stop", arguments, true, NULL);
}
