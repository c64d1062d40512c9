/*
 * watch and once: the same roads, with and without an end.
 */
#include "app/watcher.h"
#include "cli/cli.h"

static int run(const struct cli *cli, char **arguments, bool once)
{
	enum report_form form = once ? REPORT_PLAIN : REPORT_NOTHING;
	const struct watcher_options options = {
	    .path = cli->path,
	    .overrides = (const char *const *)cli->overrides->pdata,
	    .accounts = (const char *const *)arguments,
	    .shard = cli->shard,
	    .form = cli->json ? REPORT_JSON : form,
	    .once = once,
	};

	return watcher_run(&options);
}

int cmd_watch(const struct cli *cli, char **arguments)
{
	return run(cli, arguments, false);
}

int cmd_once(const struct cli *cli, char **arguments)
{
	return run(cli, arguments, true);
}
