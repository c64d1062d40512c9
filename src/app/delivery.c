/*
 * Messages on their way to the sinks.
 */
#include "app/delivery.h"
#include "app/log.h"
#include "sinks/hook.h"
#include "sinks/maildir.h"

struct delivery {
	const struct delivery_events *events;
	struct sink *desktop, *hook;
	enum report_form form;
	GQueue items;          /* struct item, in the order they came */
	char *desktop_trouble; /* told once, not for each bubble */
};

/* What a verdict says, kept beyond a reload. */
struct plan {
	int64_t notify, urgency, download_max_size, hook_timeout;
	char *sound, *icon, *download_to, *host, *user;
	char **on_message;
};

struct item {
	struct delivery *delivery; /* NULL once it is gone */
	void *origin;
	struct message *message;
	struct plan plan;
	struct maildir_file *file;
	bool wants_body, asked, spoilt;
	bool ringing, hooked; /* a sink has it and has not said so */
	bool passed;          /* hook and standard output have had it */
	char *name;           /* for the log */
};

static void item_free(struct item *item)
{
	message_free(item->message);
	maildir_free(item->file);
	g_free(item->plan.sound);
	g_free(item->plan.icon);
	g_free(item->plan.download_to);
	g_free(item->plan.host);
	g_free(item->plan.user);
	g_strfreev(item->plan.on_message);
	g_free(item->name);
	g_free(item);
}

static bool is_done(const struct item *item)
{
	return item->passed && !item->ringing && !item->hooked;
}

static void finish(struct item *item)
{
	struct delivery *delivery = item->delivery;

	if (!is_done(item))
		return;
	if (delivery != NULL) {
		g_queue_remove(&delivery->items, item);
		delivery->events->taken(item->origin,
		    item->message->uidvalidity, item->message->uid);
	}
	item_free(item);
}

/* ---- sinks ---- */

static struct sink_event make_event(const struct item *item)
{
	static const enum sink_urgency urgencies[] = {
	    [CONFIG_URGENCY_LOW] = SINK_LOW,
	    [CONFIG_URGENCY_NORMAL] = SINK_NORMAL,
	    [CONFIG_URGENCY_CRITICAL] = SINK_CRITICAL,
	};

	return (struct sink_event){
	    .message = item->message,
	    .urgency = urgencies[item->plan.urgency],
	    .sound = item->plan.sound,
	    .icon = item->plan.icon,
	    .command = (const char *const *)item->plan.on_message,
	    .timeout = item->plan.hook_timeout,
	};
}

/* The same complaint about the desktop is made once. */
static void desktop_took(void *data, const GError *error)
{
	struct item *item = data;
	struct delivery *delivery = item->delivery;
	const char *trouble = error != NULL ? error->message : NULL;

	if (delivery != NULL) {
		if (trouble != NULL &&
		    g_strcmp0(trouble, delivery->desktop_trouble) != 0)
			log_line(LOG_LEVEL_WARNING, item->name,
			    "no notification: %s", trouble);
		g_free(delivery->desktop_trouble);
		delivery->desktop_trouble = g_strdup(trouble);
	}
	item->ringing = false;
	finish(item);
}

/* A hook that failed has had its chance. */
static void hook_took(void *data, const GError *error)
{
	struct item *item = data;

	if (error != NULL)
		log_line(LOG_LEVEL_WARNING, item->name, "%s", error->message);
	item->hooked = false;
	finish(item);
}

static void ring(struct item *item, struct sink *sink, sink_fn *fn)
{
	struct sink_event event = make_event(item);

	sink->ring(sink, &event, fn, item);
}

static bool has_hook(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    item->plan.on_message != NULL;
}

/* The message is as complete as it will be. */
static void pass(struct item *item)
{
	struct delivery *delivery = item->delivery;

	item->passed = true;
	report_message(delivery->form, item->message, item->plan.notify != 0);
	item->hooked = has_hook(item);
	if (item->hooked)
		ring(item, delivery->hook, hook_took);
	finish(item);
}

/* Hooks run in the order of the messages: one that is still on its way holds
 * up the later ones of its mailbox. */
static void go_on(struct item *item)
{
	struct delivery *delivery = item->delivery;
	const void *origin = item->origin;

	item->wants_body = false;
	g_clear_pointer(&item->file, maildir_free);
	for (GList *link = delivery->items.head, *next; link; link = next) {
		struct item *other = link->data;

		next = link->next;
		if (other->origin != origin || other->passed)
			continue;
		if (other->wants_body)
			break;
		pass(other);
	}
}

/* ---- downloads ---- */

static void no_download(struct item *item, const char *why)
{
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s", why);
	go_on(item);
}

static struct maildir_file *open_file(
    const struct item *item, char **ret_path, GError **error)
{
	const struct maildir_message message = {
	    .directory = item->plan.download_to,
	    .host = item->plan.host,
	    .user = item->plan.user,
	    .mailbox = item->message->mailbox,
	    .uidvalidity = item->message->uidvalidity,
	    .uid = item->message->uid,
	    .flags = item->message->flags,
	};

	return maildir_open(&message, ret_path, error);
}

/* It may lie there already: then the last run was ended in between. */
static void download(struct item *item)
{
	struct delivery *delivery = item->delivery;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	item->file = open_file(item, &path, &error);
	if (error != NULL) {
		no_download(item, error->message);
	} else if (item->file == NULL) {
		item->message->file = g_steal_pointer(&path);
		go_on(item);
	} else {
		item->asked =
		    delivery->events->body(item->origin, item->message->uid);
	}
}

static struct item *find(
    const struct delivery *delivery, const void *origin, uint32_t uid)
{
	for (GList *link = delivery->items.head; link; link = link->next) {
		struct item *item = link->data;

		if (item->origin == origin && item->asked &&
		    item->message->uid == uid)
			return item;
	}
	return NULL;
}

/* RFC822.SIZE is a hint (quirk 40), but not a licence. */
static bool is_too_long(const struct item *item, uint64_t size)
{
	uint64_t allowed = 2 * (uint64_t)item->plan.download_max_size;

	return size > MAX(allowed, 1 << 20);
}

static void spoil(struct item *item, const char *why)
{
	item->spoilt = true;
	log_line(LOG_LEVEL_WARNING, item->name, "not downloaded: %s", why);
}

void delivery_piece(struct delivery *delivery, void *origin, uint32_t uid,
    uint64_t offset, const char *bytes, size_t size)
{
	struct item *item = find(delivery, origin, uid);
	g_autoptr(GError) error = NULL;

	if (item == NULL || item->spoilt)
		return;
	if (is_too_long(item, offset + size))
		spoil(item, "it is far longer than the server said");
	else if (!maildir_write(item->file, offset, bytes, size, &error))
		spoil(item, error->message);
}

static void commit(struct item *item)
{
	g_autoptr(GError) error = NULL;

	item->message->file = maildir_commit(item->file, &error);
	if (error != NULL)
		no_download(item, error->message);
	else
		go_on(item);
}

void delivery_body_end(
    struct delivery *delivery, void *origin, uint32_t uid, const char *failure)
{
	struct item *item = find(delivery, origin, uid);

	if (item == NULL)
		return;
	item->asked = false;
	if (failure != NULL)
		no_download(item, failure);
	else if (item->spoilt)
		go_on(item);
	else
		commit(item);
}

void delivery_pause(struct delivery *delivery, void *origin)
{
	for (GList *link = delivery->items.head; link; link = link->next) {
		struct item *item = link->data;

		if (item->origin == origin)
			item->asked = false;
	}
}

static void resume(struct item *item, uint32_t uidvalidity)
{
	g_clear_pointer(&item->file, maildir_free);
	item->spoilt = false;
	if (item->message->uidvalidity == uidvalidity)
		download(item);
	else
		no_download(item, "its mailbox is gone or was renumbered");
}

void delivery_resume(
    struct delivery *delivery, void *origin, uint32_t uidvalidity)
{
	for (GList *link = delivery->items.head, *next; link; link = next) {
		struct item *item = link->data;

		next = link->next;
		if (item->origin == origin && item->wants_body && !item->asked)
			resume(item, uidvalidity);
	}
}

/* ---- messages in ---- */

static struct plan make_plan(
    const struct verdict *verdict, const struct config_account *account)
{
	return (struct plan){
	    .notify = verdict->notify,
	    .urgency = verdict->urgency,
	    .download_max_size = verdict->download_max_size,
	    .hook_timeout = account->hook_timeout,
	    .sound = g_strdup(verdict->sound),
	    .icon = g_strdup(verdict->icon),
	    .download_to = g_strdup(account->download_to),
	    .host = g_strdup(account->host),
	    .user = g_strdup(account->user),
	    .on_message = g_strdupv(verdict->on_message),
	};
}

/* A size of 0 means that the server did not tell. */
static bool is_wanted(const struct item *item)
{
	uint64_t size = item->message->size;

	return item->plan.download_to != NULL && size > 0 &&
	    size <= (uint64_t)item->plan.download_max_size;
}

static void log_news(const struct item *item)
{
	const struct message *message = item->message;

	log_line(item->plan.notify != 0 ? LOG_LEVEL_INFO : LOG_LEVEL_VERBOSE,
	    item->name, "%s: %s%s%s%s", message_sender(message),
	    message->subject[0] != '\0' ? message->subject : "(no subject)",
	    message->rule != NULL ? " [" : "",
	    message->rule != NULL ? message->rule : "",
	    message->rule != NULL ? "]" : "");
}

static void start(struct item *item)
{
	item->ringing = (item->plan.notify & CONFIG_NOTIFY_DESKTOP) != 0;
	if (item->ringing)
		ring(item, item->delivery->desktop, desktop_took);
	item->wants_body = is_wanted(item);
	if (item->wants_body)
		download(item);
	else
		go_on(item);
}

void delivery_take(struct delivery *delivery, void *origin,
    const struct settings *settings, const struct config_account *account,
    struct message *message)
{
	struct verdict verdict = settings_decide(settings, account, message);
	struct item *item = g_new0(struct item, 1);

	message->rule = g_strdup(verdict.rule);
	item->delivery = delivery;
	item->origin = origin;
	item->message = message;
	item->plan = make_plan(&verdict, account);
	item->name =
	    g_strdup_printf("%s/%s", message->account, message->mailbox);
	g_queue_push_tail(&delivery->items, item);
	log_news(item);
	start(item);
}

struct delivery *delivery_new(const struct delivery_events *events,
    struct sink *desktop, enum report_form form)
{
	struct delivery *delivery = g_new0(struct delivery, 1);

	delivery->events = events;
	delivery->desktop = desktop;
	delivery->hook = hook_new();
	delivery->form = form;
	g_queue_init(&delivery->items);
	return delivery;
}

/* A bubble may still be on its way: it frees its item when it has come.  The
 * hooks are ended and will not call back. */
static void orphan(struct item *item)
{
	item->delivery = NULL;
	item->passed = true;
	item->hooked = false;
	finish(item);
}

void delivery_free(struct delivery *delivery)
{
	struct item *item;

	if (delivery == NULL)
		return;
	delivery->hook->free(delivery->hook);
	while ((item = g_queue_pop_head(&delivery->items)) != NULL)
		orphan(item);
	g_free(delivery->desktop_trouble);
	g_free(delivery);
}

bool delivery_is_empty(const struct delivery *delivery)
{
	return g_queue_is_empty((GQueue *)&delivery->items);
}

uint32_t delivery_lowest(
    const struct delivery *delivery, const void *origin, uint32_t uidvalidity)
{
	uint32_t lowest = 0;

	for (GList *link = delivery->items.head; link; link = link->next) {
		const struct message *message =
		    ((const struct item *)link->data)->message;

		if (((const struct item *)link->data)->origin == origin &&
		    message->uidvalidity == uidvalidity &&
		    (lowest == 0 || message->uid < lowest))
			lowest = message->uid;
	}
	return lowest;
}
