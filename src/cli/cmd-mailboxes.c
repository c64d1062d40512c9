/*
 * mailboxes: what an account has to watch.
 */
#include "app/failure.h"
#include "app/log.h"
#include "app/watch.h"
#include "cli/cli.h"
#include "message/text.h"
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>

enum {
	NAME_MAX_SIZE = 400
};

struct listing {
	GMainLoop *loop;
	GPtrArray *rows; /* struct row */
	int status;
};

struct row {
	char *name, *uses;
	bool selectable, has_counts;
	unsigned messages, unseen;
};

static void row_free(gpointer data)
{
	struct row *row = data;

	g_free(row->name);
	g_free(row->uses);
	g_free(row);
}

/* Attributes that tell people nothing (RFC 9051 7.3.1). */
static bool is_dull(const char *attribute)
{
	static const char *const dull[] = {"\\HasChildren", "\\HasNoChildren",
	    "\\NoInferiors", "\\Marked", "\\UnMarked", "\\Subscribed"};

	for (size_t i = 0; i < G_N_ELEMENTS(dull); i++)
		if (g_ascii_strcasecmp(dull[i], attribute) == 0)
			return true;
	return false;
}

static char *special_uses(const char *attributes)
{
	g_auto(GStrv) words = g_strsplit(attributes, " ", -1);
	g_autoptr(GString) uses = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++)
		if (**word != '\0' && !is_dull(*word))
			g_string_append_printf(
			    uses, "%s%s", uses->len > 0 ? " " : "", *word);
	return text_clean(uses->str, -1, NAME_MAX_SIZE);
}

static void listed(void *data, const struct imap_listed *listed)
{
	struct listing *listing = data;
	struct row *row = g_new0(struct row, 1);

	row->name = text_clean(listed->mailbox, -1, NAME_MAX_SIZE);
	row->uses = special_uses(listed->attributes);
	row->selectable = listed->selectable;
	row->has_counts = listed->has_counts;
	row->messages = listed->messages;
	row->unseen = listed->unseen;
	g_ptr_array_add(listing->rows, row);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	(void)data;
	(void)state;
	(void)reason;
}

static void ended(void *data, const GError *error)
{
	struct listing *listing = data;

	if (error != NULL) {
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
		listing->status = failure_exit_status(error);
	}
	g_main_loop_quit(listing->loop);
}

static const struct watch_events events = {
    .listed = listed,
    .changed = changed,
    .ended = ended,
};

static void print_row(const struct row *row, int width)
{
	int padding = width - (int)g_utf8_strlen(row->name, -1);

	printf("%s%*s", row->name, padding, "");
	if (row->has_counts)
		printf("  %8u  %8u", row->messages, row->unseen);
	else
		printf("  %8s  %8s", "-", "-");
	printf("%s%s\n", row->uses[0] != '\0' ? "  " : "", row->uses);
}

/* INBOX first, the others by name. */
static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct row *one = *(gpointer const *)a;
	const struct row *other = *(gpointer const *)b;
	int first = g_ascii_strcasecmp(other->name, "INBOX") == 0;
	int last = g_ascii_strcasecmp(one->name, "INBOX") == 0;

	return first != last ? first - last
			     : g_utf8_collate(one->name, other->name);
}

static void print_rows(GPtrArray *rows)
{
	glong width = 7;

	g_ptr_array_sort(rows, compare_rows);
	for (unsigned i = 0; i < rows->len; i++) {
		const struct row *row = rows->pdata[i];

		width = MAX(width, g_utf8_strlen(row->name, -1));
	}
	printf("%-*s  %8s  %8s\n", (int)width, "MAILBOX", "MESSAGES", "UNSEEN");
	for (unsigned i = 0; i < rows->len; i++)
		print_row(rows->pdata[i], (int)width);
}

static void list(struct listing *listing, struct net *net,
    const struct config_account *account)
{
	const struct watch_options options = {
	    .net = net,
	    .account = account,
	    .goal = IMAP_GOAL_LIST,
	};
	struct watch *watch = watch_new(&options, &events, listing);

	watch_start(watch);
	g_main_loop_run(listing->loop);
	watch_free(watch);
	if (listing->status == EX_OK)
		print_rows(listing->rows);
}

static int run(const struct config_account *account)
{
	struct listing listing = {.status = EX_OK};
	g_autoptr(GError) error = NULL;
	struct net *net = net_new(&error);

	if (net == NULL) {
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
		return EX_OSERR;
	}
	signal(SIGPIPE, SIG_IGN);
	listing.loop = g_main_loop_new(NULL, FALSE);
	listing.rows = g_ptr_array_new_with_free_func(row_free);
	list(&listing, net, account);
	g_ptr_array_unref(listing.rows);
	g_main_loop_unref(listing.loop);
	net_free(net);
	return listing.status;
}

int cmd_mailboxes(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);
	const struct config_account *account;

	if (settings == NULL)
		return status;
	account = config_find_account(settings->config, arguments[0]);
	if (account != NULL) {
		status = run(account);
	} else {
		log_line(LOG_LEVEL_ERROR, NULL, "there is no account %s in %s",
		    arguments[0], cli->path);
		status = EX_USAGE;
	}
	settings_unref(settings);
	return status;
}
