/*
 * Joins watches, delivery and marks.
 *
 * A mark moves only when the sinks have taken the message, and never past one
 * that they have not: a crash repeats what was on its way and skips nothing.
 */
#include "app/account.h"
#include "app/delivery.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/watch.h"
#include "sinks/hook.h"
#include "store/marks.h"
#include <string.h>
#include <sysexits.h>

enum {
	/* DESIGN 5: final when refused twice with a fresh secret. */
	REFUSALS_MAX = 2,
	/* Messages on their way to the sinks; what is more stays with the
	 * server until half of them have been taken. */
	MESSAGES_MAX = 4000,
};

/* One mailbox. */
struct box {
	struct account *account;
	char *mailbox, *name; /* name: "ACCOUNT/MAILBOX" */
	struct watch *watch;  /* NULL: no longer wanted */
	uint32_t uidvalidity;
	uint32_t synced_uid; /* all up to it has been told */
	uint32_t highest;    /* UID told so far */
	GHashTable *told;    /* UIDs told since the last catch-up was complete:
	                        a lost connection tells them again */
	uint32_t dropped;    /* the lowest UID that was not taken because too
	                        many were on their way; 0: none */
	bool started, synced, ended;
	bool quitting; /* has been sent away */
};

struct account {
	const struct account_world *world;
	struct settings *settings; /* that config is of */
	struct settings *judge;    /* whose rules hold: newer than settings
	                              when a reload left this account alone */
	const struct config_account *config;
	struct marks *marks;
	struct delivery *delivery;
	GPtrArray *boxes; /* struct box */
	int exit_status;
	unsigned refusals;     /* of the credentials, since they last held */
	bool stopping, proven; /* proven: a login has succeeded */
	guint flush;           /* source */
};

/* ---- marks ---- */

/* In the middle of a round the server may still tell of lower UIDs. */
static uint32_t all_told(const struct box *box)
{
	bool open = box->dropped > 0 || g_hash_table_size(box->told) > 0;

	return open ? box->synced_uid : box->highest;
}

static struct mark current_mark(const struct box *box)
{
	uint32_t lowest =
	    delivery_lowest(box->account->delivery, box, box->uidvalidity);
	uint32_t uid = all_told(box);

	return (struct mark){
	    .uidvalidity = box->uidvalidity,
	    .uid = lowest > 0 ? MIN(lowest - 1, uid) : uid,
	};
}

static void store_mark(struct box *box)
{
	const struct mark mark = current_mark(box);
	g_autoptr(GError) error = NULL;

	if (box->uidvalidity != 0 &&
	    !marks_set(box->account->marks, box->mailbox, &mark, &error))
		log_line(LOG_LEVEL_ERROR, box->name,
		    "the state cannot be written, what rings now may ring "
		    "again after a restart: %s",
		    error->message);
}

static void store_marks(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++)
		store_mark(account->boxes->pdata[i]);
}

/* ---- ending ---- */

static void say_goodbye(struct box *box)
{
	if (box->watch == NULL || box->ended || box->quitting)
		return;
	box->quitting = true;
	watch_logout(box->watch);
}

/* once: each may go when all of it is told and taken. */
static void dismiss_idle(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (box->synced && box->dropped == 0 &&
		    delivery_is_idle(account->delivery, box))
			say_goodbye(box);
	}
}

static void moved(struct account *account)
{
	if (account->world->once)
		dismiss_idle(account);
	account->world->moved(account->world->data);
}

/* ---- one connection after the other ---- */

/* The first to log in shows that the credentials hold; the others of the
 * account follow.  A wrong password is not tried once for each mailbox. */
static void start_next(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (box->watch == NULL || box->started)
			continue;
		box->started = true;
		watch_start(box->watch);
		if (!account->proven)
			return;
	}
}

/* ---- what delivery tells ---- */

static bool ask_body(void *origin, uint32_t uid, uint64_t size, uint64_t max)
{
	struct box *box = origin;

	return box->watch != NULL && watch_body(box->watch, uid, size, max);
}

/* There is room again for what was left with the server. */
static void fetch_dropped(struct account *account)
{
	if (delivery_count(account->delivery) > MESSAGES_MAX / 2)
		return;
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];
		uint32_t last_uid = box->dropped - 1;

		if (box->dropped == 0 || box->watch == NULL || box->ended)
			continue;
		box->dropped = 0;
		watch_rewind(box->watch, last_uid);
	}
}

static gboolean flush(gpointer data)
{
	struct account *account = data;

	account->flush = 0;
	store_marks(account);
	fetch_dropped(account);
	moved(account);
	return G_SOURCE_REMOVE;
}

/* One write for all that was taken in one turn of the main loop. */
static void taken(void *origin)
{
	struct account *account = ((struct box *)origin)->account;

	if (account->flush == 0)
		account->flush =
		    g_idle_add_full(G_PRIORITY_HIGH, flush, account, NULL);
}

static void stuck(void *origin)
{
	moved(((struct box *)origin)->account);
}

static const struct delivery_events delivery_events = {
    .body = ask_body,
    .taken = taken,
    .stuck = stuck,
};

/* ---- what watches tell ---- */

static void opened(void *data, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	struct box *box = data;

	if (reset && box->uidvalidity != 0)
		log_line(LOG_LEVEL_WARNING, box->name,
		    "the server has renumbered this mailbox; watching from "
		    "now on");
	if (reset && box->uidvalidity == 0)
		log_line(LOG_LEVEL_INFO, box->name,
		    "seen for the first time; what is there already does not "
		    "ring");
	if (reset || box->uidvalidity != uidvalidity) {
		g_hash_table_remove_all(box->told);
		box->highest = box->synced_uid = uid;
		box->dropped = 0;
	}
	box->uidvalidity = uidvalidity;
	store_mark(box);
}

static struct message *make_message(
    const struct box *box, const struct imap_news *news)
{
	const struct message_source source = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .uidvalidity = news->uidvalidity,
	    .uid = news->uid,
	    .size = news->size,
	    .flags = news->flags,
	    .internaldate = news->date,
	};
	gsize size;
	const char *header = g_bytes_get_data(news->header, &size);

	return message_new(&source, header != NULL ? header : "", size);
}

/* The mark stays below it, and the next connection begins there. */
static void drop(struct box *box, uint32_t uid)
{
	if (box->dropped == 0 || uid < box->dropped)
		box->dropped = uid;
}

static void news(void *data, const struct imap_news *news_)
{
	struct box *box = data;

	if (g_hash_table_contains(box->told, GUINT_TO_POINTER(news_->uid)))
		return;
	if (box->dropped > 0 ||
	    delivery_count(box->account->delivery) >= MESSAGES_MAX) {
		drop(box, news_->uid);
		return;
	}
	g_hash_table_add(box->told, GUINT_TO_POINTER(news_->uid));
	box->highest = MAX(box->highest, news_->uid);
	delivery_take(box->account->delivery, box, box->account->judge,
	    box->account->config, make_message(box, news_));
}

static void round_over(struct box *box)
{
	g_hash_table_remove_all(box->told);
	box->synced_uid = box->highest;
	box->synced = true;
}

static void synced(void *data)
{
	struct box *box = data;
	struct account *account = box->account;

	account->proven = true;
	account->refusals = 0;
	if (box->dropped == 0)
		round_over(box);
	delivery_resume(account->delivery, box, box->uidvalidity);
	store_mark(box);
	start_next(account);
	moved(account);
}

static void piece(
    void *data, uint32_t uid, uint64_t offset, const char *bytes, size_t size)
{
	struct box *box = data;

	delivery_piece(box->account->delivery, box, uid, offset, bytes, size);
}

static void body_end(void *data, uint32_t uid, const char *failure)
{
	struct box *box = data;

	delivery_body_end(box->account->delivery, box, uid, failure);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	static const char *const names[] = {
	    [WATCH_STOPPED] = "stopped",
	    [WATCH_CONNECTING] = "connecting",
	    [WATCH_LIVE] = "live",
	    [WATCH_WAITING] = "waiting",
	};
	struct box *box = data;
	const struct report_state report = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .state = names[state],
	    .reason = reason,
	};

	if (state != WATCH_LIVE)
		delivery_pause(box->account->delivery, box);
	report_state(box->account->world->form, &report);
}

static void note_failure(struct box *box, const GError *error)
{
	struct account *account = box->account;

	log_line(LOG_LEVEL_ERROR, box->name, "%s%s", error->message,
	    account->world->once ? "" : "; given up until a reload");
	if (account->exit_status == 0)
		account->exit_status = failure_exit_status(error);
}

/* What waits for a download stays untaken: the next start tells it again. */
static void box_end(struct box *box)
{
	box->ended = true;
	delivery_abandon(box->account->delivery, box);
}

/* The credentials are those of all mailboxes of the account. */
static bool refused(void *data)
{
	struct account *account = ((struct box *)data)->account;

	account->proven = false;
	return ++account->refusals >= REFUSALS_MAX;
}

static void give_up_others(struct account *account, const char *reason)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (box->watch == NULL || box->ended ||
		    watch_state(box->watch) == WATCH_LIVE)
			continue;
		watch_give_up(box->watch, reason);
		box_end(box);
	}
}

static void ended(void *data, const GError *error)
{
	struct box *box = data;
	struct account *account = box->account;

	box_end(box);
	if (error != NULL) {
		note_failure(box, error);
		if (failure_class(error) == FAILURE_REFUSED)
			give_up_others(account, error->message);
		else
			start_next(account);
	}
	moved(account);
}

static const struct watch_events watch_events = {
    .opened = opened,
    .news = news,
    .synced = synced,
    .piece = piece,
    .body_end = body_end,
    .changed = changed,
    .refused = refused,
    .ended = ended,
};

/* ---- boxes ---- */

static void box_free(gpointer data)
{
	struct box *box = data;

	watch_free(box->watch);
	g_hash_table_unref(box->told);
	g_free(box->mailbox);
	g_free(box->name);
	g_free(box);
}

static struct watch *make_watch(struct box *box)
{
	struct account *account = box->account;
	const struct watch_options options = {
	    .net = account->world->net,
	    .account = account->config,
	    .mailbox = box->mailbox,
	    .goal = account->world->once ? IMAP_GOAL_ONCE : IMAP_GOAL_WATCH,
	    .uidvalidity = box->uidvalidity,
	    .last_uid = box->synced_uid,
	    .header_fields = account->judge->header_fields,
	};

	return watch_new(&options, &watch_events, box);
}

static struct box *box_new(struct account *account, const char *mailbox)
{
	struct box *box = g_new0(struct box, 1);
	struct mark mark = {0};

	marks_get(account->marks, mailbox, &mark);
	box->account = account;
	box->mailbox = g_strdup(mailbox);
	box->name = g_strdup_printf("%s/%s", account->config->name, mailbox);
	box->uidvalidity = mark.uidvalidity;
	box->synced_uid = box->highest = mark.uid;
	mark_clear(&mark);
	box->told = g_hash_table_new(NULL, NULL);
	box->watch = make_watch(box);
	return box;
}

static struct box *find_box(const struct account *account, const char *mailbox)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (strcmp(box->mailbox, mailbox) == 0)
			return box;
	}
	return NULL;
}

/* A mailbox may be named twice; it is watched once. */
static void make_boxes(struct account *account)
{
	for (char **name = account->config->mailboxes; *name != NULL; name++)
		if (find_box(account, *name) == NULL)
			g_ptr_array_add(
			    account->boxes, box_new(account, *name));
}

/* The box stays, for messages that are on their way from it. */
static void renew_box(struct box *box)
{
	char **wanted = box->account->config->mailboxes;
	bool keep = g_strv_contains((const char *const *)wanted, box->mailbox);

	g_clear_pointer(&box->watch, watch_free);
	delivery_pause(box->account->delivery, box);
	box->started = box->synced = box->quitting = false;
	box->dropped = 0;
	box->ended = !keep;
	if (keep)
		box->watch = make_watch(box);
	else
		delivery_resume(box->account->delivery, box, 0);
}

static bool has_ended(const struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (box->watch != NULL && box->ended)
			return true;
	}
	return false;
}

static bool is_same(const struct account *account,
    const struct settings *settings, const struct config_account *config)
{
	return config_account_equal(account->config, config) &&
	    strcmp(account->judge->header_fields, settings->header_fields) ==
	    0 &&
	    !account->stopping && !has_ended(account);
}

static void adopt(struct settings **place, struct settings *settings)
{
	settings_ref(settings);
	settings_unref(*place);
	*place = settings;
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
	delivery_stop(account->delivery, false);
	for (unsigned i = 0; i < account->boxes->len; i++)
		renew_box(account->boxes->pdata[i]);
	make_boxes(account);
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
}

static bool open_marks(struct account *account, GError **error)
{
	g_autofree char *damage = NULL;

	account->marks = marks_open(
	    account->world->state, account->config->name, &damage, error);
	if (damage != NULL)
		log_line(
		    LOG_LEVEL_WARNING, account->config->name, "%s", damage);
	return account->marks != NULL;
}

struct account *account_new(const struct account_world *world,
    struct settings *settings, const struct config_account *config,
    GError **error)
{
	struct account *account = g_new0(struct account, 1);
	const struct delivery_options options = {
	    .loop = world->net->loop,
	    .desktop = world->desktop,
	    .hook = hook_new(),
	    .form = world->form,
	    .once = world->once,
	};

	account->world = world;
	account->settings = settings_ref(settings);
	account->judge = settings_ref(settings);
	account->config = config;
	account->delivery = delivery_new(&delivery_events, &options);
	account->boxes = g_ptr_array_new_with_free_func(box_free);
	if (!open_marks(account, error)) {
		account_free(account);
		return NULL;
	}
	make_boxes(account);
	return account;
}

void account_free(struct account *account)
{
	if (account == NULL)
		return;
	g_clear_handle_id(&account->flush, g_source_remove);
	/* What could not be written before may be written now. */
	if (account->marks != NULL)
		store_marks(account);
	delivery_free(account->delivery);
	g_clear_pointer(&account->boxes, g_ptr_array_unref);
	marks_free(account->marks);
	settings_unref(account->judge);
	settings_unref(account->settings);
	g_free(account);
}

void account_start(struct account *account)
{
	start_next(account);
}

void account_stop(struct account *account)
{
	account->stopping = true;
	delivery_stop(account->delivery, true);
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (!box->started)
			box->ended = true;
		say_goodbye(box);
	}
}

const char *account_name(const struct account *account)
{
	return account->config->name;
}

bool account_is_down(const struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++)
		if (!((const struct box *)account->boxes->pdata[i])->ended)
			return false;
	return true;
}

bool account_is_over(const struct account *account)
{
	return account_is_down(account) && account->flush == 0 &&
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
