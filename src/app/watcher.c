/*
 * The accounts' common roof.
 */
#include "app/watcher.h"
#include "app/alarm.h"
#include "app/beat.h"
#include "app/control.h"
#include "app/desk.h"
#include "app/log.h"
#include "app/pace.h"
#include "app/snoozes.h"
#include "app/watcher-inside.h"
#include "app/weather.h"
#include "app/when.h"
#include "config/nearest.h"
#include "sinks/desktop.h"
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

/* SIGTERM to exit, within a second: goodbyes and hooks that are nearly done. */
enum {
	STOP_TIME = 800
};

static bool is_selected(const struct watcher *watcher, const char *name)
{
	const char *const *wanted = watcher->options->accounts;

	if (!config_shard_has(&watcher->options->shard, name))
		return false;
	return wanted == NULL || wanted[0] == NULL ||
	    g_strv_contains(wanted, name);
}

int watcher_find(const GPtrArray *accounts, const char *name)
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

void watcher_stop(struct watcher *watcher, int status)
{
	if (watcher->stopping) {
		quit(watcher);
		return;
	}
	watcher->stopping = true;
	watcher->exit_status = status;
	if (watcher->beat != NULL)
		beat_stopping(watcher->beat);
	if (watcher->world.alarm != NULL)
		alarm_end(watcher->world.alarm);
	g_timeout_add(STOP_TIME, quit, watcher);
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		account_stop(watcher->accounts->pdata[i]);
}

/* Who was given up goes when the user has been told so. */
static bool is_telling(const struct watcher *watcher)
{
	return !watcher->stopping && watcher->world.alarm != NULL &&
	    alarm_is_busy(watcher->world.alarm);
}

/* A shard may have no account yet: a reload may bring one. */
static bool is_waiting(const struct watcher *watcher)
{
	return watcher->accounts->len == 0 &&
	    watcher->options->shard.count > 0 && !watcher->options->once &&
	    !watcher->stopping;
}

static bool is_over(const struct watcher *watcher)
{
	if (is_waiting(watcher))
		return false;
	return all(watcher->accounts, account_is_over) &&
	    watcher->leaving->len == 0 && !is_telling(watcher);
}

static void end(struct watcher *watcher)
{
	if (!watcher->stopping && !watcher->options->once)
		log_line(LOG_LEVEL_ERROR, NULL,
		    "every account is given up: there is nothing to watch");
	quit(watcher);
}

/* Looks whether it is over, out of the way of whoever has just moved. */
static gboolean look(gpointer data)
{
	struct watcher *watcher = data;

	watcher->look = 0;
	drop_gone(watcher);
	if (watcher->weather != NULL)
		weather_look(watcher->weather);
	if (watcher->beat != NULL && !watcher->stopping)
		beat_look(watcher->beat);
	if (!report_is_read() && !watcher->stopping) {
		log_line(LOG_LEVEL_ERROR, NULL,
		    "standard output cannot be written any more");
		watcher_stop(watcher, EX_IOERR);
	}
	if (is_over(watcher))
		end(watcher);
	return G_SOURCE_REMOVE;
}

void watcher_moved(void *data)
{
	struct watcher *watcher = data;

	if (watcher->look == 0)
		watcher->look = g_idle_add(look, watcher);
}

/* ---- accounts ---- */

/* One whose state cannot be used does not keep the others from watching. */
static void add_account(
    struct watcher *watcher, const struct config_account *config)
{
	struct account *account =
	    account_new(&watcher->world, watcher->settings, config);

	g_ptr_array_add(watcher->accounts, account);
	account_start(account);
}

/* Configured again while its last messages were on their way. */
static bool take_back(
    struct watcher *watcher, const struct config_account *config)
{
	int index = watcher_find(watcher->leaving, config->name);
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
		    watcher_find(watcher->accounts, config->name) < 0 &&
		    !take_back(watcher, config))
			add_account(watcher, config);
	}
	snoozes_look(watcher->world.snoozes);
}

/* ---- configuration ---- */

char *watcher_describe_elsewhere(const struct watcher *watcher,
    const struct config *config, const char *name)
{
	const struct config_shard *shard = &watcher->options->shard;
	g_autofree char *ours = config_shard_print(shard);

	if (config_find_account(config, name) == NULL ||
	    config_shard_has(shard, name))
		return NULL;
	return g_strdup_printf("account %s is in shard %u/%u, not in %s", name,
	    config_shard_of(name, shard->count), shard->count, ours);
}

/* Why an account cannot be watched here, or NULL. */
static char *describe_misfit(const struct watcher *watcher,
    const struct config *config, const char *name)
{
	const char *near;

	if (config_find_account(config, name) != NULL)
		return watcher_describe_elsewhere(watcher, config, name);
	near = config_nearest_account(config, name);
	return g_strdup_printf("there is no account %s in %s%s%s%s", name,
	    watcher->options->path, near != NULL ? ": did you mean " : "",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

/* Those on the command line. */
static bool check_names(
    const struct watcher *watcher, const struct config *config, GString *told)
{
	const char *const *name = watcher->options->accounts;
	g_autofree char *misfit = NULL;

	for (; name != NULL && *name != NULL && misfit == NULL; name++)
		misfit = describe_misfit(watcher, config, *name);
	if (misfit == NULL)
		return true;
	log_line(LOG_LEVEL_ERROR, NULL, "%s", misfit);
	if (told != NULL)
		g_string_append_printf(told, "%s\n", misfit);
	return false;
}

/* Why it cannot be used is logged, and appended to told, which may be NULL. */
static struct settings *load(
    const struct watcher *watcher, int *ret_status, GString *told)
{
	const struct watcher_options *options = watcher->options;
	g_autoptr(GError) error = NULL;
	struct settings *settings =
	    settings_load(options->path, options->overrides, &error);

	*ret_status = EX_CONFIG;
	if (settings == NULL)
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
	else if (settings_report(settings, options->path) &&
	    check_names(watcher, settings->config, told))
		return settings;
	else if (!config_has_errors(settings->config))
		*ret_status = EX_USAGE;
	if (told != NULL && settings == NULL)
		g_string_append_printf(told, "%s\n", error->message);
	else if (told != NULL)
		settings_describe(settings, options->path, told);
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

static void use(struct watcher *watcher, struct settings *settings)
{
	book_start(settings->book, watcher->settings->book);
	settings_unref(watcher->settings);
	watcher->settings = settings;
	log_line(LOG_LEVEL_INFO, NULL, "configuration read again");
	desk_mind(watcher->desk, watcher->settings->config);
	reload_accounts(watcher);
	watcher_moved(watcher);
}

int watcher_reload(struct watcher *watcher, GString *told)
{
	static const char unchanged[] = "the configuration stays as it was";
	struct settings *settings;
	int status = 0;

	if (watcher->beat != NULL)
		beat_reloading(watcher->beat);
	settings = load(watcher, &status, told);
	if (settings != NULL) {
		status = 0;
		use(watcher, settings);
	} else {
		log_line(LOG_LEVEL_ERROR, NULL, "%s", unchanged);
		if (told != NULL)
			g_string_append(told, unchanged);
	}
	if (watcher->beat != NULL)
		beat_reloaded(watcher->beat);
	return status;
}

static gboolean reload_signal(gpointer data)
{
	struct watcher *watcher = data;

	if (!watcher->stopping)
		watcher_reload(watcher, NULL);
	return G_SOURCE_CONTINUE;
}

/* once did not do what it was asked for. */
static gboolean stop_signal(gpointer data)
{
	struct watcher *watcher = data;

	watcher_stop(watcher, watcher->options->once ? EX_TEMPFAIL : EX_OK);
	watcher_moved(watcher);
	return G_SOURCE_CONTINUE;
}

/* ---- start and end ---- */

static bool open_world(struct watcher *watcher)
{
	g_autoptr(GError) error = NULL;

	watcher->world.state = state_open(&watcher->options->shard, &error);
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

static struct account *find_account(void *data, const char *name)
{
	const struct watcher *watcher = data;
	int index = watcher_find(watcher->accounts, name);

	return index >= 0 ? watcher->accounts->pdata[index] : NULL;
}

static void on_inhibited(void *data)
{
	const struct watcher *watcher = data;

	for (unsigned i = 0; i < watcher->accounts->len; i++)
		account_look_at_desktop(watcher->accounts->pdata[i]);
}

static const struct desk_events desk_events = {
    .find = find_account, .inhibited = on_inhibited};

static void close_world(struct watcher *watcher)
{
	desk_free(watcher->desk);
	if (watcher->world.desktop != NULL)
		watcher->world.desktop->free(watcher->world.desktop);
	alarm_free(watcher->world.alarm);
	pace_free(watcher->world.pace);
	state_free(watcher->world.state);
	/* Who waits for our end may start another watcher then. */
	control_free(watcher->control);
	net_free(watcher->world.net);
}

static void take_signals(struct watcher *watcher, guint sources[3])
{
	signal(SIGPIPE, SIG_IGN);
	sources[0] = g_unix_signal_add(SIGINT, stop_signal, watcher);
	sources[1] = g_unix_signal_add(SIGTERM, stop_signal, watcher);
	sources[2] = g_unix_signal_add(SIGHUP, reload_signal, watcher);
}

static void open_surroundings(struct watcher *watcher)
{
	struct loop *loop = watcher->world.net->loop;
	const struct alarm_desktop desktop = {
	    .sink = watcher->world.desktop,
	    .close = desktop_close,
	    .blind = belfry_number(watcher->world.belfry),
	    .well = belfry_number(watcher->world.belfry),
	};

	/* First: it changes the environment, and GDBus starts a thread. */
	watcher->beat = beat_new(loop, watcher->accounts);
	watcher->world.alarm = alarm_new(loop, &desktop);
	alarm_on_settled(watcher->world.alarm, watcher_moved, watcher);
	watcher->weather = weather_new(
	    loop, watcher->accounts, watcher->world.alarm, watcher->world.pace);
	watcher_open_control(watcher);
}

static void close_surroundings(struct watcher *watcher)
{
	if (watcher->world.alarm != NULL)
		alarm_on_settled(watcher->world.alarm, NULL, NULL);
	beat_free(watcher->beat);
	weather_free(watcher->weather);
}

static void tell_shard(const struct watcher *watcher)
{
	const struct config_shard *shard = &watcher->options->shard;
	g_autofree char *text = config_shard_print(shard);

	if (shard->count > 0)
		log_line(LOG_LEVEL_INFO, NULL, "shard %s: %u of %u accounts%s",
		    text, watcher->accounts->len,
		    watcher->settings->config->accounts->len,
		    is_waiting(watcher) ? ", waiting for a reload" : "");
}

static void run_loop(struct watcher *watcher)
{
	guint sources[3];

	take_signals(watcher, sources);
	if (!watcher->options->once)
		open_surroundings(watcher);
	desk_mind(watcher->desk, watcher->settings->config);
	add_accounts(watcher);
	tell_shard(watcher);
	watcher_moved(watcher);
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
	watcher->world.moved = watcher_moved;
	watcher->world.data = watcher;
	watcher->world.desktop = desktop_new();
	watcher->world.pace = pace_new(watcher->world.net->loop);
	watcher->started = when_wall();
	watcher->accounts =
	    g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	watcher->leaving =
	    g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	watcher->desk = desk_new(&watcher->world, &desk_events, watcher);
	watcher->loop = g_main_loop_new(NULL, FALSE);
	book_start(watcher->settings->book, NULL);
	/* What came while nobody watched is judged at once. */
	book_wait(watcher->settings->book);
	run_loop(watcher);
	close_surroundings(watcher);
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

	watcher.settings = load(&watcher, &watcher.exit_status, NULL);
	if (watcher.settings == NULL)
		return watcher.exit_status;
	watcher.exit_status = EX_OK;
	if (open_world(&watcher))
		run(&watcher);
	close_world(&watcher);
	settings_unref(watcher.settings);
	return watcher.exit_status;
}
