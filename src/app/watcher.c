/*
 * The accounts' common roof.
 */
#include "app/watcher.h"
#include "app/account.h"
#include "app/alarm.h"
#include "app/beat.h"
#include "app/control.h"
#include "app/desk.h"
#include "app/document.h"
#include "app/log.h"
#include "app/pace.h"
#include "app/quiet.h"
#include "app/snoozes.h"
#include "app/weather.h"
#include "app/when.h"
#include "config/nearest.h"
#include "os/language.h"
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
	struct beat *beat;   /* these three: NULL with once */
	struct weather *weather;
	struct desk *desk;
	struct control *control; /* or where there is no room for it */
	GMainLoop *loop;
	int64_t started; /* wall clock, s */
	guint look;      /* source */
	bool stopping;
	int exit_status;
};

static bool is_selected(const struct watcher *watcher, const char *name)
{
	const char *const *wanted = watcher->options->accounts;

	if (!config_shard_has(&watcher->options->shard, name))
		return false;
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
		stop(watcher, EX_IOERR);
	}
	if (is_over(watcher))
		end(watcher);
	return G_SOURCE_REMOVE;
}

static void moved(void *data)
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
	snoozes_look(watcher->world.snoozes);
}

/* ---- configuration ---- */

/* It is configured, but others watch it: where; else NULL. */
static char *describe_elsewhere(const struct watcher *watcher,
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
		return describe_elsewhere(watcher, config, name);
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
	moved(watcher);
}

/* A configuration with errors changes nothing.  Returns 0, or an exit status
 * and lines that say why. */
static int reload(struct watcher *watcher, GString *told)
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
		reload(watcher, NULL);
	return G_SOURCE_CONTINUE;
}

/* ---- the control socket ---- */

/* Names a client gave that no account has, or NULL. */
static const char *find_stranger(
    const struct watcher *watcher, const char *const *names)
{
	for (; *names != NULL; names++)
		if (find(watcher->accounts, *names) < 0)
			return *names;
	return NULL;
}

static char *describe_stranger(
    const struct watcher *watcher, const char *stranger)
{
	g_autofree char *lower = g_ascii_strdown(stranger, -1);
	struct nearest nearest = nearest_to(lower);
	char *elsewhere =
	    describe_elsewhere(watcher, watcher->settings->config, stranger);

	if (elsewhere != NULL)
		return elsewhere;
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		nearest_offer(
		    &nearest, account_name(watcher->accounts->pdata[i]));
	if (nearest.best == NULL)
		return g_strdup_printf("no account %s is watched", stranger);
	return g_strdup_printf("no account %s is watched: did you mean %s?",
	    stranger, nearest.best);
}

static void poke(struct watcher *watcher, const char *const *names)
{
	pace_forgive(watcher->world.pace);
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		if (document_names(watcher->accounts->pdata[i], names))
			account_poke(watcher->accounts->pdata[i]);
}

/* One request and the reply to it, see app/control.h. */
struct question {
	const struct control_request *request;
	struct emit *reply;
	char **ret_error;
	int *ret_status;
};

static void ask_status(struct watcher *watcher, const struct question *question)
{
	document_write(watcher->accounts, question->request->accounts,
	    watcher->started, &watcher->options->shard, question->reply);
}

static void ask_poke(struct watcher *watcher, const struct question *question)
{
	poke(watcher, question->request->accounts);
}

static void ask_reload(struct watcher *watcher, const struct question *question)
{
	GString *told = g_string_new(NULL);

	*question->ret_status = reload(watcher, told);
	*question->ret_error = g_string_free(told, *question->ret_status == 0);
}

static void tell(const struct question *question, const char *text)
{
	emit_member_string(question->reply, "told", text);
}

/* How many of the words say how long; -1 when they are wrong.  A name is a
 * name, whatever it looks like. */
static int read_pause(const struct watcher *watcher, const char *const *words,
    int64_t *ret_until, char **ret_error)
{
	int64_t unused;
	g_autofree char *reason = NULL;
	const char *alone[] = {NULL, NULL}, *stranger;
	int taken;

	*ret_until = QUIET_FOREVER;
	taken = words[0] != NULL && find(watcher->accounts, words[0]) >= 0
	    ? 0
	    : quiet_read_pause(words, when_wall(), ret_until, ret_error);
	if (taken < 0)
		return -1;
	stranger = find_stranger(watcher, words + taken);
	if (stranger == NULL)
		return taken;
	*ret_error = describe_stranger(watcher, stranger);
	alone[0] = stranger;
	if (quiet_read_pause(alone, 0, &unused, &reason) != 0) {
		g_free(*ret_error);
		*ret_error = g_strdup_printf(taken > 0
			? "%s: one time only, as in 90m or until Mon 07:30"
			: "write the time before the accounts: pause %s ...",
		    stranger);
	}
	return -1;
}

static void ask_pause(struct watcher *watcher, const struct question *question)
{
	const char *const *words = question->request->arguments;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	int64_t until;
	int taken = read_pause(watcher, words, &until, question->ret_error);

	*question->ret_status = taken < 0 ? EX_USAGE : EX_OK;
	if (taken < 0)
		return;
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		if (document_names(watcher->accounts->pdata[i], words + taken))
			account_pause(watcher->accounts->pdata[i], until,
			    error == NULL ? &error : NULL);
	text = quiet_describe(true, until, when_wall());
	tell(question, text);
	if (error == NULL)
		return;
	*question->ret_error = g_strdup_printf("%s, %s", text, error->message);
	*question->ret_status = EX_IOERR;
}

/* For people; NULL: it is awake. */
static char *describe_rest(const struct account *account)
{
	int64_t until;
	enum account_rest why = account_rest(account, &until);

	return why != ACCOUNT_AWAKE
	    ? quiet_describe(why == ACCOUNT_PAUSED, until, when_wall())
	    : NULL;
}

/* Takes part over; NULL: none. */
static void add_part(GString *text, char *part)
{
	if (part != NULL && text->len > 0)
		g_string_append(text, "; ");
	if (part != NULL)
		g_string_append(text, part);
	g_free(part);
}

/* accounts: the names of those that are awake because of it. */
static char *describe_resumed(const GPtrArray *accounts)
{
	if (accounts->len == 0)
		return NULL;
	if (accounts->len == 1)
		return g_strdup_printf(
		    _("%s is watched again"), (char *)accounts->pdata[0]);
	return g_strdup_printf(
	    ngettext("%u account is watched again",
		"%u accounts are watched again", accounts->len),
	    accounts->len);
}

/* Who is not awake now is so for another reason. */
static void ask_resume(struct watcher *watcher, const struct question *question)
{
	const char *const *names = question->request->accounts;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) rests = g_string_new(NULL);
	g_autoptr(GPtrArray) awake = g_ptr_array_new();
	bool resumed = false;

	for (unsigned i = 0; i < watcher->accounts->len; i++) {
		struct account *account = watcher->accounts->pdata[i];
		g_autofree char *rest = NULL;
		bool was_paused;

		if (!document_names(account, names))
			continue;
		was_paused = account_resume(account);
		resumed |= was_paused;
		rest = describe_rest(account);
		if (rest != NULL)
			add_part(rests,
			    g_strdup_printf(
				"%s: %s", account_name(account), rest));
		else if (was_paused)
			g_ptr_array_add(awake, (char *)account_name(account));
	}
	add_part(text, describe_resumed(awake));
	if (!resumed)
		add_part(text, g_strdup(_("nothing was paused")));
	if (rests->len > 0)
		add_part(text, g_strdup(rests->str));
	tell(question, text->str);
}

static void ask_stop(struct watcher *watcher, const struct question *question)
{
	(void)question;
	stop(watcher, EX_OK);
	moved(watcher);
}

static void ask_say(struct watcher *watcher, const struct question *question)
{
	g_autofree char *text = NULL;
	int status =
	    say_answer(desk_say(watcher->desk), question->request, &text);

	*question->ret_status = status;
	if (status != EX_OK) {
		*question->ret_error = g_steal_pointer(&text);
		return;
	}
	emit_member_string(question->reply, "told", text);
}

/* What can be asked; accounts have been checked to be watched. */
static const struct {
	const char *command;
	unsigned max; /* arguments */
	void (*answer)(
	    struct watcher *watcher, const struct question *question);
} questions[] = {
    {"status", 0, ask_status},
    {"poke", 0, ask_poke},
    {"reload", 0, ask_reload},
    {"stop", 0, ask_stop},
    {"pause", G_MAXUINT, ask_pause},
    {"resume", 0, ask_resume},
    {"mute", 3, ask_say},
    {"unmute", 1, ask_say},
    {"snooze", 3, ask_say},
    {"unsnooze", 1, ask_say},
};

/* Its row in questions, or their number. */
static size_t find_question(const char *command)
{
	size_t row = 0;

	while (row < G_N_ELEMENTS(questions) &&
	    strcmp(questions[row].command, command) != 0)
		row++;
	return row;
}

/* Why it cannot be answered, or NULL. */
static char *describe_mistake(
    const struct watcher *watcher, const struct control_request *request)
{
	const char *stranger = find_stranger(watcher, request->accounts);
	size_t row = find_question(request->command);

	if (stranger != NULL)
		return describe_stranger(watcher, stranger);
	if (row == G_N_ELEMENTS(questions))
		return g_strdup_printf(
		    "the watcher does not know the command %s",
		    request->command);
	if (g_strv_length((char **)request->arguments) > questions[row].max)
		return g_strdup_printf("%s has an argument too many: %s",
		    request->command, request->arguments[questions[row].max]);
	return NULL;
}

static void answer(void *data, const struct control_request *request,
    struct emit *reply, char **ret_error, int *ret_status)
{
	const struct question question = {
	    request, reply, ret_error, ret_status};
	struct watcher *watcher = data;

	*ret_error = describe_mistake(watcher, request);
	if (*ret_error != NULL)
		*ret_status = EX_USAGE;
	else
		questions[find_question(request->command)].answer(
		    watcher, &question);
}

static const struct control_events control_events = {.answer = answer};

/* Mail is more important than being asked about it. */
static void open_control(struct watcher *watcher)
{
	g_autoptr(GError) error = NULL;

	watcher->control = control_new(watcher->world.net->loop,
	    &watcher->options->shard, &control_events, watcher, &error);
	if (watcher->control == NULL)
		log_line(LOG_LEVEL_WARNING, NULL,
		    "%s; status, pause, poke, reload and stop will not find "
		    "this watcher",
		    error->message);
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
	int index = find(watcher->accounts, name);

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
	alarm_on_settled(watcher->world.alarm, moved, watcher);
	watcher->weather = weather_new(
	    loop, watcher->accounts, watcher->world.alarm, watcher->world.pace);
	open_control(watcher);
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
