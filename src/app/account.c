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
#include "store/marks.h"
#include <string.h>

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
	bool synced, ended;
	bool quitting; /* once: has been sent away */
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
	guint flush; /* source */
};

/* ---- marks ---- */

static struct mark current_mark(const struct box *box)
{
	uint32_t lowest =
	    delivery_lowest(box->account->delivery, box, box->uidvalidity);

	return (struct mark){
	    .uidvalidity = box->uidvalidity,
	    .uid = lowest > 0 ? lowest - 1 : box->highest,
	};
}

static bool is_stored(const struct box *box, struct mark mark)
{
	struct mark stored;

	return marks_get(box->account->marks, box->mailbox, &stored) &&
	    stored.uidvalidity == mark.uidvalidity && stored.uid == mark.uid;
}

static void store_mark(struct box *box)
{
	struct mark mark = current_mark(box);
	g_autoptr(GError) error = NULL;

	if (box->uidvalidity == 0 || is_stored(box, mark))
		return;
	if (!marks_set(box->account->marks, box->mailbox, mark, &error))
		log_line(LOG_LEVEL_ERROR, box->name,
		    "the state cannot be written, what rings now may ring "
		    "again after a restart: %s",
		    error->message);
}

/* ---- ending ---- */

static bool all_synced(const struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (!box->synced && !box->ended)
			return false;
	}
	return true;
}

static void say_goodbye(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (!box->ended && !box->quitting) {
			box->quitting = true;
			watch_logout(box->watch);
		}
	}
}

static void moved(struct account *account)
{
	if (account->world->once && all_synced(account) &&
	    delivery_is_empty(account->delivery))
		say_goodbye(account);
	account->world->moved(account->world->data);
}

/* ---- what delivery tells ---- */

static bool ask_body(void *origin, uint32_t uid)
{
	struct box *box = origin;

	return box->watch != NULL && watch_body(box->watch, uid);
}

static gboolean flush(gpointer data)
{
	struct account *account = data;

	account->flush = 0;
	for (unsigned i = 0; i < account->boxes->len; i++)
		store_mark(account->boxes->pdata[i]);
	moved(account);
	return G_SOURCE_REMOVE;
}

/* One write for all that was taken in one turn of the main loop. */
static void taken(void *origin, uint32_t uidvalidity, uint32_t uid)
{
	struct account *account = ((struct box *)origin)->account;

	(void)uidvalidity;
	(void)uid;
	if (account->flush == 0)
		account->flush =
		    g_idle_add_full(G_PRIORITY_HIGH, flush, account, NULL);
}

static const struct delivery_events delivery_events = {
    .body = ask_body,
    .taken = taken,
};

/* ---- what watches tell ---- */

static void opened(void *data, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	struct box *box = data;

	if (reset && box->uidvalidity != 0)
		log_line(LOG_LEVEL_WARNING, box->name,
		    "the server has renumbered this mailbox; watching from "
		    "now on");
	if (reset || box->uidvalidity != uidvalidity) {
		g_hash_table_remove_all(box->told);
		box->highest = box->synced_uid = uid;
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

static void news(void *data, const struct imap_news *news_)
{
	struct box *box = data;

	if (!g_hash_table_add(box->told, GUINT_TO_POINTER(news_->uid)))
		return;
	box->highest = MAX(box->highest, news_->uid);
	delivery_take(box->account->delivery, box, box->account->judge,
	    box->account->config, make_message(box, news_));
}

static void synced(void *data)
{
	struct box *box = data;

	g_hash_table_remove_all(box->told);
	box->synced_uid = box->highest;
	box->synced = true;
	delivery_resume(box->account->delivery, box, box->uidvalidity);
	store_mark(box);
	moved(box->account);
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
	    account->world->once ? "" : "; this watch stops until a reload");
	if (account->exit_status == 0)
		account->exit_status = failure_exit_status(error);
}

static void ended(void *data, const GError *error)
{
	struct box *box = data;

	box->ended = true;
	if (error != NULL)
		note_failure(box, error);
	delivery_resume(box->account->delivery, box, 0);
	moved(box->account);
}

static const struct watch_events watch_events = {
    .opened = opened,
    .news = news,
    .synced = synced,
    .piece = piece,
    .body_end = body_end,
    .changed = changed,
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
	box->synced = box->quitting = false;
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
	    !has_ended(account);
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

	account->world = world;
	account->settings = settings_ref(settings);
	account->judge = settings_ref(settings);
	account->config = config;
	account->delivery =
	    delivery_new(&delivery_events, world->desktop, world->form);
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
	delivery_free(account->delivery);
	g_clear_pointer(&account->boxes, g_ptr_array_unref);
	marks_free(account->marks);
	settings_unref(account->judge);
	settings_unref(account->settings);
	g_free(account);
}

void account_start(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (box->watch != NULL)
			watch_start(box->watch);
	}
}

void account_stop(struct account *account)
{
	say_goodbye(account);
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
	    delivery_is_empty(account->delivery);
}

int account_exit_status(const struct account *account)
{
	return account->exit_status;
}
