/*
 * fetch: one message, with a progress line on a terminal.
 */
#include "app/failure.h"
#include "app/fetching.h"
#include "app/log.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "message/message.h"
#include "message/text.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	DRAW_EVERY = 100, /* ms */
	STATUS_OF_SIGNALS = 128,
	NAME_MAX_SIZE = 400,
};

struct fetch {
	GMainLoop *loop;
	const char *account;
	struct fetching_wish wish;
	struct fetching_progress progress;
	char *name;
	char **command; /* what wish points to, or NULL */
	bool draws, quiet;
	int64_t began, drawn; /* loop_now() */
	int status;
};

/* ---- the line ---- */

static unsigned columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static void erase(const struct fetch *fetch)
{
	if (fetch->draws && fetch->drawn > 0)
		fputs("\r\033[K", stderr);
}

/* The last column is left free: some terminals wrap there. */
static void draw(struct fetch *fetch)
{
	const struct progress progress = {
	    .name = fetch->name,
	    .size = fetch->progress.size,
	    .octets = fetch->progress.octets,
	    .begin = fetch->progress.begin,
	    .elapsed = loop_now() - fetch->began,
	};
	g_autofree char *text = progress_text(&progress, columns() - 1);

	fetch->drawn = loop_now();
	fprintf(stderr, "\r%s\033[K", text);
	fflush(stderr);
}

static void progressed(void *data, const struct fetching_progress *progress)
{
	struct fetch *fetch = data;

	if (fetch->began == 0)
		fetch->began = loop_now();
	fetch->progress = *progress;
	if (fetch->draws && loop_now() >= fetch->drawn + DRAW_EVERY)
		draw(fetch);
}

static void lost(void *data, const GError *error, int64_t pause)
{
	struct fetch *fetch = data;

	erase(fetch);
	log_line(LOG_LEVEL_WARNING, NULL, "%s; goes on in %d s", error->message,
	    (int)(pause / 1000));
}

/* ---- the end ---- */

static void tell_rest(const struct fetch *fetch)
{
	g_autofree char *octets = g_format_size(fetch->progress.octets);

	if (fetch->progress.octets > 0 && !fetch->wish.text)
		log_line(LOG_LEVEL_INFO, NULL,
		    "%s are kept for a week: the same command goes on from "
		    "there",
		    octets);
}

/* An MDA asks for another try by a status of its own (EX_TEMPFAIL). */
static int exit_status(const struct fetch *fetch, const GError *error)
{
	if (fetch->wish.kind == DESTINATION_COMMAND &&
	    g_error_matches(error, SINK_ERROR, SINK_ERROR_DISK))
		return EX_TEMPFAIL;
	return failure_exit_status(error);
}

static void complain(const struct fetch *fetch, const GError *error)
{
	g_autofree char *text = failure_describe(error);
	g_autofree char *where =
	    g_strdup_printf("%s/%s", fetch->account, fetch->wish.mailbox);
	g_autofree char *subject = text_clean(where, -1, NAME_MAX_SIZE);

	log_line(LOG_LEVEL_ERROR, subject, "UID %u: %s", fetch->wish.uid, text);
}

static void ended(void *data, const char *file, const GError *error)
{
	struct fetch *fetch = data;

	erase(fetch);
	if (error != NULL) {
		complain(fetch, error);
		tell_rest(fetch);
		fetch->status = exit_status(fetch, error);
	} else if (file != NULL && fetch->wish.kind == DESTINATION_MAILDIR &&
	    !fetch->quiet) {
		puts(file);
	}
	g_main_loop_quit(fetch->loop);
}

static const struct fetching_events events = {
    .progress = progressed,
    .lost = lost,
    .end = ended,
};

static void interrupt(struct fetch *fetch, int number)
{
	erase(fetch);
	log_line(LOG_LEVEL_INFO, NULL, "interrupted");
	tell_rest(fetch);
	fetch->status = STATUS_OF_SIGNALS + number;
	g_main_loop_quit(fetch->loop);
}

static gboolean interrupted(gpointer data)
{
	interrupt(data, SIGINT);
	return G_SOURCE_CONTINUE;
}

static gboolean terminated(gpointer data)
{
	interrupt(data, SIGTERM);
	return G_SOURCE_CONTINUE;
}

/* ---- what is wanted ---- */

static bool parse_number(const char *text, uint32_t *ret)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, 1, UINT32_MAX, &number, NULL))
		return false;
	*ret = (uint32_t)number;
	return true;
}

/* UID, or UIDVALIDITY/UID. */
static bool parse_uid(const char *text, struct fetching_wish *wish)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);

	if (parts[0] == NULL)
		return false;
	if (parts[1] == NULL)
		return parse_number(parts[0], &wish->uid);
	return parse_number(parts[0], &wish->uidvalidity) &&
	    parse_number(parts[1], &wish->uid);
}

static int usage(const char *reason)
{
	log_line(LOG_LEVEL_ERROR, NULL, "%s", reason);
	return EX_USAGE;
}

/* As procmail and .forward files write it: "|command", "Maildir/". */
static int take_output(struct fetch *fetch, const char *output)
{
	struct fetching_wish *wish = &fetch->wish;

	wish->path = output;
	if (output[0] == '\0')
		return usage("--output: the name is empty");
	if (output[0] == '|') {
		wish->kind = DESTINATION_COMMAND;
		if (!g_shell_parse_argv(
			output + 1, NULL, &fetch->command, NULL))
			return usage("--output: the command is empty, or its "
				     "quotes do not end");
		wish->command = (const char *const *)fetch->command;
		return EX_OK;
	}
	wish->kind = g_str_equal(output, "-") ? DESTINATION_STDOUT
	    : g_str_has_suffix(output, "/")   ? DESTINATION_MAILDIR
					      : DESTINATION_FILE;
	/* What is in it could steer the terminal. */
	if (wish->kind == DESTINATION_STDOUT && isatty(STDOUT_FILENO))
		return usage("a message is not written to a terminal: add "
			     "\"| less\", or --output FILE");
	return EX_OK;
}

static int aim(struct fetch *fetch, const struct cli *cli,
    const struct config_account *account)
{
	if (cli->output != NULL)
		return take_output(fetch, cli->output);
	if (fetching_aim(&fetch->wish, account))
		return EX_OK;
	log_line(LOG_LEVEL_ERROR, NULL,
	    "where to?  Use --output, or set download_to or download_command "
	    "in account %s",
	    account->name);
	return EX_CONFIG;
}

/* ---- the run ---- */

static void run_in(struct fetch *fetch, struct net *net,
    struct settings *settings, const struct config_account *account)
{
	guint sources[] = {
	    g_unix_signal_add(SIGINT, interrupted, fetch),
	    g_unix_signal_add(SIGTERM, terminated, fetch),
	    g_unix_signal_add(SIGHUP, terminated, fetch),
	};
	struct fetching *fetching = fetching_start(
	    net, settings, account, NULL, &fetch->wish, &events, fetch);

	g_main_loop_run(fetch->loop);
	fetching_free(fetching);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
}

static int run(struct fetch *fetch, struct settings *settings,
    const struct config_account *account)
{
	struct net *net = cli_net();

	if (net == NULL)
		return EX_OSERR;
	message_init();
	fetch->loop = g_main_loop_new(NULL, FALSE);
	run_in(fetch, net, settings, account);
	g_main_loop_unref(fetch->loop);
	net_free(net);
	return fetch->status;
}

static bool draws(const struct cli *cli)
{
	return cli->verbosity == 0 && isatty(STDERR_FILENO) &&
	    g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static int fetch_from(const struct cli *cli, struct settings *settings,
    const struct config_account *account, char **arguments)
{
	struct fetch fetch = {
	    .account = account->name,
	    .wish = {.mailbox = arguments[1],
		.text = cli->text || account->download == CONFIG_DOWNLOAD_TEXT},
	    .quiet = cli->verbosity < 0,
	    .draws = draws(cli),
	};
	int status;

	if (!parse_uid(arguments[2], &fetch.wish))
		return usage("the UID is a number, or UIDVALIDITY/UID");
	status = aim(&fetch, cli, account);
	if (status == EX_OK) {
		fetch.name =
		    g_strdup_printf("%s/%u", arguments[1], fetch.wish.uid);
		status = run(&fetch, settings, account);
	}
	g_strfreev(fetch.command);
	g_free(fetch.name);
	return status;
}

int cmd_fetch(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);
	const struct config_account *account;

	if (settings == NULL)
		return status;
	account = cli_find_account(cli, settings, arguments[0]);
	status = account != NULL ? fetch_from(cli, settings, account, arguments)
				 : EX_USAGE;
	settings_unref(settings);
	return status;
}
