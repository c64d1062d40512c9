/*
 * The mailboxes of an account together: who connects when, what they share,
 * when it is over.
 */
#include "app/account.h"
#include "app/alarm.h"
#include "app/box.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/when.h"
#include "message/field.h"
#include "message/text.h"
#include "sinks/hook.h"
#include <string.h>
#include <sysexits.h>

enum {
	/* Final when refused twice with a fresh secret. */
	REFUSALS_MAX = 2,
	/* ms: those that come back together are refused together. */
	REFUSALS_APART = 5000,
	/* Messages on their way to the sinks, below which there is room for
	 * what was left with the server. */
	MESSAGES_FEW = 2000,
};

/* ---- ending ---- */

static void store_marks(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++)
		box_store(account->boxes->pdata[i]);
}

/* once: each may go when all of it is told and taken. */
static void dismiss_idle(struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++)
		if (line_is_done(account->lines->pdata[i]))
			line_say_goodbye(account->lines->pdata[i]);
}

void account_moved(struct account *account)
{
	if (account->world->once)
		dismiss_idle(account);
	rest_look_round(account);
	account->world->moved(account->world->data);
}

/* ---- one connection after the other ---- */

static bool is_trying(const struct line *line)
{
	return line->started && !line->ended && !line->resting &&
	    watch_state(line->watch) != WATCH_LIVE;
}

static bool is_any_trying(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++)
		if (is_trying(account->lines->pdata[i]))
			return true;
	return false;
}

/* The first to log in shows that the credentials hold; the others of the
 * account follow.  A wrong password is not tried once for each connection. */
static void start_next(struct account *account)
{
	if (account->resting || (!account->proven && is_any_trying(account)))
		return;
	for (unsigned i = 0; i < account->lines->len; i++) {
		struct line *line = account->lines->pdata[i];

		if (line->started || line->ended || line->resting)
			continue;
		line_start(line);
		if (!account->proven)
			return;
	}
}

/* ---- what delivery tells ---- */

static bool ask_body(void *origin, uint32_t uid, uint64_t size, uint64_t max)
{
	struct box *box = origin;

	return box->line != NULL && line_body(box->line, box, uid, size, max);
}

static void fetch_dropped(struct account *account)
{
	if (delivery_count(account->delivery) > MESSAGES_FEW)
		return;
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (box_fetch_dropped(box))
			watch_reopen(box->line->watch);
	}
}

static gboolean flush(gpointer data)
{
	struct account *account = data;

	account->flush = 0;
	store_marks(account);
	fetch_dropped(account);
	account_moved(account);
	return G_SOURCE_REMOVE;
}

/* One write for all that was taken in one turn of the main loop. */
static void taken(void *origin, uint32_t uidvalidity, uint32_t uid)
{
	struct box *box = origin;
	struct account *account = box->account;

	if (box->mark.uidvalidity == uidvalidity)
		mark_take(&box->mark, uid);
	if (account->flush == 0)
		account->flush =
		    g_idle_add_full(G_PRIORITY_HIGH, flush, account, NULL);
}

static void stuck(void *origin)
{
	account_moved(((struct box *)origin)->account);
}

static struct fetching *fetch(void *origin, const struct fetching_wish *wish,
    const struct fetching_events *events, void *data)
{
	const struct box *box = origin;
	struct account *account = box->account;
	struct fetching_wish named = *wish;

	/* As the server writes it: in messages it is as people see it. */
	named.mailbox = box->mailbox;
	return fetching_start(account->world->net, account->settings,
	    account->config, account_downloads(account), &named, events, data);
}

static const struct delivery_events delivery_events = {
    .body = ask_body,
    .fetch = fetch,
    .taken = taken,
    .stuck = stuck,
};

/* ---- what boxes tell ---- */

void account_proven(struct account *account)
{
	account->proven = true;
	account->refusals = 0;
	start_next(account);
	account_moved(account);
}

/* The credentials are those of all mailboxes of the account. */
bool account_refused(struct account *account)
{
	int64_t now = loop_now();

	account->proven = false;
	if (account->refusals == 0 ||
	    now - account->refused >= REFUSALS_APART) {
		account->refusals++;
		account->refused = now;
	}
	return account->refusals >= REFUSALS_MAX;
}

static void give_up_line(struct line *line, const char *reason)
{
	watch_give_up(line->watch, reason);
	line_end(line, reason);
}

static void give_up_others(struct account *account, const char *reason)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		struct line *line = account->lines->pdata[i];

		if (!line->ended && watch_state(line->watch) != WATCH_LIVE)
			give_up_line(line, reason);
	}
}

void account_failed(struct line *line, const GError *error)
{
	struct account *account = line->account;

	log_line(LOG_LEVEL_ERROR, line->name, "%s%s", error->message,
	    account->world->once ? "" : "; given up until a reload or a poke");
	if (account->exit_status == 0)
		account->exit_status = failure_exit_status(error);
	if (failure_class(error) == FAILURE_REFUSED)
		give_up_others(account, error->message);
	else
		start_next(account);
}

/* ---- the refresh ---- */

static void use_refresh(struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++)
		watch_set_refresh(
		    ((struct line *)account->lines->pdata[i])->watch,
		    account->refresh.current);
}

static void begin_tuning(struct account *account)
{
	struct tuning *tuning = &account->tuning;

	tuning_load(account->world->state, account->config->name, tuning);
	imap_refresh_init(&account->refresh, account->config->refresh,
	    tuning->refresh.interval > 0 ? &tuning->refresh : NULL);
}

static void store_tuning(struct account *account)
{
	g_autoptr(GError) error = NULL;

	account->tuning.refresh = imap_refresh_remember(&account->refresh);
	if (!tuning_store(account->world->state, account->config->name,
		&account->tuning, &error))
		log_line(LOG_LEVEL_WARNING, account->config->name,
		    "what was learnt about the server cannot be remembered: "
		    "%s",
		    error->message);
}

void account_learn_faults(struct account *account, unsigned faults)
{
	tuning_add_faults(&account->tuning, faults, when_wall());
	store_tuning(account);
}

void account_learn_capabilities(
    struct account *account, const struct imap_capabilities *after_login)
{
	account->tuning.after_login = *after_login;
	store_tuning(account);
}

void account_learn(struct account *account,
    bool (*fared)(struct imap_refresh *refresh, int64_t now, int64_t age),
    int64_t age)
{
	int64_t before = account->refresh.current;

	if (!fared(&account->refresh, loop_now(), age))
		return;
	store_tuning(account);
	if (account->refresh.current == before)
		return;
	log_line(LOG_LEVEL_INFO, account->config->name,
	    "idle connections %s: refreshing every %" G_GINT64_FORMAT " s",
	    account->refresh.current > before ? "live well"
					      : "keep dying young",
	    account->refresh.current / 1000);
	use_refresh(account);
}

/* ---- settings ---- */

static bool has_ended(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++)
		if (((const struct line *)account->lines->pdata[i])->ended)
			return true;
	return false;
}

static bool is_same(const struct account *account,
    const struct settings *settings, const struct config_account *config)
{
	return config_account_equal(account->config, config) &&
	    strcmp(account->judge->header_fields, settings->header_fields) ==
	    0 &&
	    ((account->judge->wants ^ settings->wants) &
		RULES_WANT_STRUCTURE) == 0 &&
	    !account->stopping && !has_ended(account);
}

static void adopt(struct settings **place, struct settings *settings)
{
	settings_ref(settings);
	settings_unref(*place);
	*place = settings;
}

/* Without its marks an account cannot tell what is new: all of it is given
 * up, and a reload or a poke tries again. */
static void open_marks(struct account *account)
{
	const char *name = account->config->name;
	g_autofree char *damage = NULL;
	g_autoptr(GError) error = NULL;

	if (account->marks != NULL)
		return;
	account->marks =
	    marks_open(account->world->state, name, &damage, &error);
	if (damage != NULL)
		log_line(LOG_LEVEL_WARNING, name, "%s", damage);
	g_free(account->marks_trouble);
	account->marks_trouble =
	    error != NULL ? g_strdup(error->message) : NULL;
}

static void give_up_all(struct account *account, const char *reason)
{
	log_line(LOG_LEVEL_ERROR, account->config->name, "%s", reason);
	account->exit_status = EX_IOERR;
	for (unsigned i = 0; i < account->lines->len; i++)
		give_up_line(account->lines->pdata[i], reason);
	account_moved(account);
}

/* New connections; what is on its way from the mailboxes stays. */
static void renew_lines(struct account *account)
{
	g_autoptr(GPtrArray) old = g_steal_pointer(&account->lines);

	account->lines = g_ptr_array_new_with_free_func(line_free);
	for (unsigned i = 0; i < account->boxes->len; i++)
		box_leave(account->boxes->pdata[i]);
	account_make_boxes(account);
	for (unsigned i = 0; i < MIN(old->len, account->lines->len); i++)
		line_inherit(account->lines->pdata[i], old->pdata[i]);
	for (unsigned i = 0; i < old->len; i++)
		line_bequeath(old->pdata[i], account->lines->pdata[0]);
}

static void begin_anew(struct account *account, struct settings *settings,
    const struct config_account *config)
{
	struct settings *old = settings_ref(account->settings);

	adopt(&account->settings, settings);
	account->config = config;
	account->exit_status = 0;
	account->refusals = 0;
	account->stopping = account->proven = false;
	g_clear_pointer(&account->errands, errands_unref);
	g_clear_pointer(&account->downloads, errands_unref);
	open_marks(account);
	begin_tuning(account);
	delivery_stop(account->delivery, false);
	reads_hurry(account->reads, false);
	account->renewing = true;
	rest_configure(account);
	account_look_at_desktop(account);
	renew_lines(account);
	account->renewing = false;
	/* Of its mailboxes other ones may be needed. */
	rest_configure(account);
	settings_unref(old);
	account_start(account);
}

void account_reload(struct account *account, struct settings *settings,
    const struct config_account *config)
{
	bool same = is_same(account, settings, config);

	adopt(&account->judge, settings);
	if (!same)
		begin_anew(account, settings, config);
	else
		rest_configure(account);
}

struct account *account_new(const struct account_world *world,
    struct settings *settings, const struct config_account *config)
{
	struct account *account = g_new0(struct account, 1);
	const struct delivery_options options = {
	    .loop = world->net->loop,
	    .belfry = world->belfry,
	    .mutes = world->mutes,
	    .hook = hook_new,
	    .form = world->form,
	    .once = world->once,
	};

	account->world = world;
	account->settings = settings_ref(settings);
	account->judge = settings_ref(settings);
	account->config = config;
	account->delivery = delivery_new(&delivery_events, &options);
	account->boxes = g_ptr_array_new_with_free_func(box_free);
	account->lines = g_ptr_array_new_with_free_func(line_free);
	account->seen = seen_open(world->state, config->name);
	open_marks(account);
	begin_tuning(account);
	account_make_boxes(account);
	account_look_at_desktop(account);
	rest_load(account);
	return account;
}

void account_free(struct account *account)
{
	if (account == NULL)
		return;
	delivery_let_go(account->delivery);
	g_clear_handle_id(&account->flush, g_source_remove);
	errands_unref(account->errands);
	errands_unref(account->downloads);
	/* What could not be written before may be written now. */
	if (account->marks != NULL)
		store_marks(account);
	reads_free(account->reads);
	rest_free(account->rest);
	delivery_free(account->delivery);
	g_clear_pointer(&account->lines, g_ptr_array_unref);
	g_clear_pointer(&account->boxes, g_ptr_array_unref);
	marks_free(account->marks);
	seen_free(account->seen);
	seen_free(account->senders);
	settings_unref(account->judge);
	settings_unref(account->settings);
	g_free(account->unmatched);
	g_free(account->state_trouble);
	g_free(account->marks_trouble);
	g_free(account);
}

/* once does not wait for the end of quiet hours. */
static void dismiss_resting(struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		struct line *line = account->lines->pdata[i];

		if (account->resting || line->resting)
			line_say_goodbye(line);
	}
}

void account_start(struct account *account)
{
	if (account->marks == NULL) {
		give_up_all(account, account->marks_trouble);
		return;
	}
	if (account->world->once)
		dismiss_resting(account);
	start_next(account);
}

void account_stop(struct account *account)
{
	account->stopping = true;
	delivery_stop(account->delivery, true);
	reads_hurry(account->reads, true);
	/* Nobody wants them any more: they do not go blind. */
	for (unsigned i = 0; i < account->boxes->len; i++)
		g_clear_pointer(
		    &((struct box *)account->boxes->pdata[i])->alarm,
		    alarm_watch_free);
	for (unsigned i = 0; i < account->lines->len; i++) {
		line_forget_alarm(account->lines->pdata[i]);
		line_say_goodbye(account->lines->pdata[i]);
	}
}

/* ---- the world around ---- */

static void for_watches(struct account *account,
    void (*fn)(struct watch *watch, int64_t delay), int64_t delay)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		struct line *line = account->lines->pdata[i];

		if (line->started && !line->ended)
			fn(line->watch, delay);
	}
}

static void poke(struct watch *watch, int64_t delay)
{
	(void)delay;
	watch_poke(watch);
}

/* What was given up gets another chance. */
static void revive(struct account *account)
{
	account->refusals = 0;
	account->exit_status = 0;
	open_marks(account);
	for (unsigned i = 0; i < account->lines->len; i++)
		line_revive(account->lines->pdata[i]);
	account_start(account);
}

void account_poke(struct account *account)
{
	if (account->stopping || account->resting)
		return;
	for_watches(account, poke, 0);
	if (has_ended(account))
		revive(account);
}

void account_check(struct account *account, int64_t delay)
{
	for_watches(account, watch_check, delay);
}

static void put_to_sleep(struct watch *watch, int64_t delay)
{
	(void)delay;
	watch_sleep(watch);
}

void account_sleep(struct account *account)
{
	account->asleep = true;
	for_watches(account, put_to_sleep, 0);
}

bool account_is_asleep(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		const struct line *line = account->lines->pdata[i];

		if (line->started && !line->ended &&
		    watch_state(line->watch) != WATCH_SLEEPING)
			return false;
	}
	return true;
}

void account_wake(struct account *account, int64_t delay)
{
	account->asleep = false;
	rest_go_on(account, delay);
}

/* ---- what the user asks for ---- */

static struct errands *begin_errands(
    struct account *account, struct errands **errands)
{
	if (*errands == NULL)
		*errands = errands_new(account->world->net, account->settings,
		    account->config, account->world->pace);
	return *errands;
}

struct errands *account_errands(struct account *account)
{
	return begin_errands(account, &account->errands);
}

struct errands *account_downloads(struct account *account)
{
	return begin_errands(account, &account->downloads);
}

struct settings *account_settings(const struct account *account)
{
	return account->judge;
}

const struct config_account *account_config(const struct account *account)
{
	return account->judge == account->settings
	    ? account->config
	    : config_find_account(
		  account->judge->config, account->config->name);
}

/* Where two are shown alike, the one that is called so comes first. */
static struct box *find_box(const struct account *account, const char *shown)
{
	struct box *found = NULL;

	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];
		g_autofree char *clean =
		    text_clean(box->mailbox, -1, FIELD_TEXT_MAX);

		if (strcmp(box->mailbox, shown) == 0)
			return box;
		if (strcmp(clean, shown) == 0)
			found = box;
	}
	return found;
}

const char *account_mailbox(const struct account *account, const char *shown)
{
	const struct box *box = find_box(account, shown);

	return box != NULL ? box->mailbox : shown;
}

void account_ring_again(struct account *account, struct message *message)
{
	const struct settings *settings = account->judge;
	struct verdict verdict =
	    settings_decide(settings, account->config, message, NULL, NULL);
	struct item *item = item_new(message, &verdict, account->config,
	    settings->config->accounts->len);

	item->origin = find_box(account, message->mailbox);
	delivery_ring_again(account->delivery, item);
}

/* Who runs once cannot wait for the end of it. */
void account_look_at_desktop(struct account *account)
{
	const struct account_world *world = account->world;

	bool respected =
	    !world->once && account->config->dnd == CONFIG_DND_RESPECT;

	delivery_inhibit(account->delivery, world->inhibited && respected);
	delivery_hesitate(account->delivery, world->undecided && respected);
}

/* ---- how it fares ---- */

bool account_is_stuck(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		const struct line *line = account->lines->pdata[i];

		if (line->started && !line->ended &&
		    watch_is_stuck(line->watch))
			return true;
	}
	return false;
}

const char *account_name(const struct account *account)
{
	return account->config->name;
}

static bool is_down(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++)
		if (!((const struct line *)account->lines->pdata[i])->ended)
			return false;
	return true;
}

bool account_is_over(const struct account *account)
{
	return is_down(account) && account->flush == 0 &&
	    !reads_is_busy(account->reads) &&
	    delivery_is_idle(account->delivery, NULL);
}

/* once has not done what it was asked for when a hook was given up, or a
 * download could not be made. */
int account_exit_status(const struct account *account)
{
	if (account->exit_status == 0 && account->world->once &&
	    (delivery_given_up(account->delivery, 0) != NULL ||
		delivery_count(account->delivery) > 0))
		return EX_TEMPFAIL;
	return account->exit_status;
}
