/*
 * The accounts' common roof.
 */
#include "app/watcher.h"
#include "app/account.h"
#include "app/log.h"
#include "sinks/desktop.h"
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

/* SIGTERM to exit, within a second: goodbyes and hooks that are nearly done. */
enum {
	STOP_TIME = 800
};

struct watcher {
	const struct watcher_options *options;
	struct account_world world;
	struct settings *settings;
	GPtrArray *accounts; /* struct account */
	GPtrArray *leaving;  /* no longer configured, still busy */
	GMainLoop *loop;
	bool stopping;
	int exit_status;
};

static bool is_selected(const struct watcher *watcher, const char *name)
{
	const char *const *wanted = watcher->options->accounts;

	return wanted == NULL || wanted[0] == NULL ||
	    g_strv_contains(wanted, name);
}

/* Its index, or -1. */
static int find(const GPtrArray *accounts, const char *name)
{
	for (unsigned i = 0; i < accounts->len; i++)
		if (strcmp(account_name(accounts->pdata[i]), name) == 0)
			return (int)i;
	return -1;
}

/* ---- the end ---- */

static bool all(
    const GPtrArray *accounts, bool (*holds)(const struct account *account))
{
	for (unsigned i = 0; i < accounts->len; i++)
		if (!holds(accounts->pdata[i]))
			return false;
	return true;
}

static int first_status(const struct watcher *watcher)
{
	for (unsigned i = 0; i < watcher->accounts->len; i++) {
		int status = account_exit_status(watcher->accounts->pdata[i]);

		if (status != 0)
			return status;
	}
	return watcher->exit_status;
}

static void drop_gone(struct watcher *watcher)
{
	for (unsigned i = watcher->leaving->len; i-- > 0;)
		if (account_is_over(watcher->leaving->pdata[i]))
			g_ptr_array_remove_index(watcher->leaving, i);
}

static gboolean quit(gpointer data)
{
	struct watcher *watcher = data;

	g_main_loop_quit(watcher->loop);
	return G_SOURCE_REMOVE;
}

static void stop(struct watcher *watcher, int status)
{
	if (watcher->stopping) {
		quit(watcher);
		return;
	}
	watcher->stopping = true;
	watcher->exit_status = status;
	g_timeout_add(STOP_TIME, quit, watcher);
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		account_stop(watcher->accounts->pdata[i]);
}

/* Looks whether it is over, out of the way of whoever has just moved. */
static gboolean look(gpointer data)
{
	struct watcher *watcher = data;

	drop_gone(watcher);
	if (!report_is_read() && !watcher->stopping) {
		log_line(LOG_LEVEL_ERROR, NULL,
		    "standard output cannot be written any more");
		stop(watcher, EX_IOERR);
	}
	if (all(watcher->accounts, account_is_over) &&
	    watcher->leaving->len == 0)
		quit(watcher);
	return G_SOURCE_REMOVE;
}

static void moved(void *data)
{
	g_idle_add(look, data);
}

/* ---- accounts ---- */

/* One whose state cannot be used does not keep the others from watching. */
static void add_account(
    struct watcher *watcher, const struct config_account *config)
{
	g_autoptr(GError) error = NULL;
	struct account *account =
	    account_new(&watcher->world, watcher->settings, config, &error);

	if (account == NULL) {
		log_line(LOG_LEVEL_ERROR, config->name, "%s", error->message);
		watcher->exit_status = EX_IOERR;
		return;
	}
	g_ptr_array_add(watcher->accounts, account);
	account_start(account);
}

/* Configured again while its last messages were on their way. */
static bool take_back(
    struct watcher *watcher, const struct config_account *config)
{
	int index = find(watcher->leaving, config->name);
	struct account *account;

	if (index < 0)
		return false;
	account = g_ptr_array_steal_index(watcher->leaving, (guint)index);
	g_ptr_array_add(watcher->accounts, account);
	account_reload(account, watcher->settings, config);
	return true;
}

static void add_accounts(struct watcher *watcher)
{
	const GPtrArray *configs = watcher->settings->config->accounts;

	for (unsigned i = 0; i < configs->len; i++) {
		const struct config_account *config = configs->pdata[i];

		if (is_selected(watcher, config->name) &&
		    find(watcher->accounts, config->name) < 0 &&
		    !take_back(watcher, config))
			add_account(watcher, config);
	}
}

/* ---- configuration ---- */

/* Names on the command line that no account has. */
static bool check_names(
    const struct watcher *watcher, const struct config *config)
{
	const char *const *name = watcher->options->accounts;

	for (; name != NULL && *name != NULL; name++)
		if (config_find_account(config, *name) == NULL) {
			log_line(LOG_LEVEL_ERROR, NULL,
			    "there is no account %s in %s", *name,
			    watcher->options->path);
			return false;
		}
	return true;
}

static struct settings *load(const struct watcher *watcher, int *ret_status)
{
	const struct watcher_options *options = watcher->options;
	g_autoptr(GError) error = NULL;
	struct settings *settings =
	    settings_load(options->path, options->overrides, &error);

	*ret_status = EX_CONFIG;
	if (settings == NULL)
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
	else if (settings_report(settings, options->path) &&
	    check_names(watcher, settings->config))
		return settings;
	else if (!config_has_errors(settings->config))
		*ret_status = EX_USAGE;
	settings_unref(settings);
	return NULL;
}

static void dismiss(struct watcher *watcher, unsigned index)
{
	struct account *account =
	    g_ptr_array_steal_index(watcher->accounts, index);

	g_ptr_array_add(watcher->leaving, account);
	account_stop(account);
}

/* Certificate files may have been renewed, too. */
static void reload_accounts(struct watcher *watcher)
{
	tls_store_forget(watcher->world.net->tls);
	for (unsigned i = watcher->accounts->len; i-- > 0;) {
		struct account *account = watcher->accounts->pdata[i];
		const struct config_account *config = config_find_account(
		    watcher->settings->config, account_name(account));

		if (config != NULL)
			account_reload(account, watcher->settings, config);
		else
			dismiss(watcher, i);
	}
	add_accounts(watcher);
}

/* A configuration with errors changes nothing. */
static gboolean reload(gpointer data)
{
	struct watcher *watcher = data;
	struct settings *settings;
	int status;

	if (watcher->stopping)
		return G_SOURCE_CONTINUE;
	settings = load(watcher, &status);
	if (settings == NULL) {
		log_line(
		    LOG_LEVEL_ERROR, NULL, "the configuration stays as it was");
		return G_SOURCE_CONTINUE;
	}
	settings_unref(watcher->settings);
	watcher->settings = settings;
	log_line(LOG_LEVEL_INFO, NULL, "configuration read again");
	reload_accounts(watcher);
	moved(watcher);
	return G_SOURCE_CONTINUE;
}

/* once did not do what it was asked for. */
static gboolean stop_signal(gpointer data)
{
	struct watcher *watcher = data;

	stop(watcher, watcher->options->once ? EX_TEMPFAIL : EX_OK);
	moved(watcher);
	return G_SOURCE_CONTINUE;
}

/* ---- start and end ---- */

static bool open_world(struct watcher *watcher)
{
	g_autoptr(GError) error = NULL;

	watcher->world.state = state_open(&error);
	if (watcher->world.state != NULL)
		watcher->world.net = net_new(&error);
	if (watcher->world.net != NULL)
		return true;
	log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
	watcher->exit_status =
	    g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)
	    ? EX_TEMPFAIL
	    : EX_IOERR;
	return false;
}

static void close_world(struct watcher *watcher)
{
	if (watcher->world.desktop != NULL)
		watcher->world.desktop->free(watcher->world.desktop);
	net_free(watcher->world.net);
	state_free(watcher->world.state);
}

static void take_signals(struct watcher *watcher, guint sources[3])
{
	signal(SIGPIPE, SIG_IGN);
	sources[0] = g_unix_signal_add(SIGINT, stop_signal, watcher);
	sources[1] = g_unix_signal_add(SIGTERM, stop_signal, watcher);
	sources[2] = g_unix_signal_add(SIGHUP, reload, watcher);
}

static void run_loop(struct watcher *watcher)
{
	guint sources[3];

	take_signals(watcher, sources);
	add_accounts(watcher);
	moved(watcher);
	g_main_loop_run(watcher->loop);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	while (g_source_remove_by_user_data(watcher))
		continue;
}

static void run(struct watcher *watcher)
{
	message_init();
	watcher->world.form = watcher->options->form;
	watcher->world.once = watcher->options->once;
	watcher->world.moved = moved;
	watcher->world.data = watcher;
	watcher->world.desktop = desktop_new();
	watcher->accounts =
	    g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	watcher->leaving =
	    g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	watcher->loop = g_main_loop_new(NULL, FALSE);
	run_loop(watcher);
	/* Who was told to stop has not failed. */
	if (!watcher->stopping)
		watcher->exit_status = first_status(watcher);
	g_ptr_array_unref(watcher->leaving);
	g_ptr_array_unref(watcher->accounts);
	g_main_loop_unref(watcher->loop);
}

int watcher_run(const struct watcher_options *options)
{
	struct watcher watcher = {.options = options};

	watcher.settings = load(&watcher, &watcher.exit_status);
	if (watcher.settings == NULL)
		return watcher.exit_status;
	watcher.exit_status = EX_OK;
	if (open_world(&watcher))
		run(&watcher);
	close_world(&watcher);
	settings_unref(watcher.settings);
	return watcher.exit_status;
}
