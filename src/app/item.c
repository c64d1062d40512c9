/*
 * What one message needs on its way; where it stands is delivery's to know.
 */
#include "app/item.h"
#include "app/log.h"
#include "imap/selection.h"
#include "sinks/avatar.h"

static struct plan make_plan(
    const struct verdict *verdict, const struct config_account *account)
{
	return (struct plan){
	    .notify = verdict->notify,
	    .urgency = verdict->urgency,
	    .download_max_size = verdict->download_max_size,
	    .hook_timeout = account->hook_timeout,
	    .hook_tries = account->hook_tries,
	    .burst = account->burst,
	    .urgent = verdict->urgent,
	    .show = account->show,
	    .group = account->group,
	    .actions = account->actions,
	    .timeout = verdict->timeout,
	    .sound = g_strdup(verdict->sound),
	    .icon = g_strdup(verdict->icon),
	    .download_to = g_strdup(verdict->download_to),
	    .download_command = g_strdupv(verdict->download_command),
	    .text = verdict->download == CONFIG_DOWNLOAD_TEXT,
	    .host = g_strdup(account->host),
	    .user = g_strdup(account->user),
	    .hook_wait = account->hook_wait,
	    .hook_max_wait = account->hook_max_wait,
	    .on_message = g_strdupv(verdict->on_message),
	    .on_mailbox = g_strdupv(account->on_mailbox),
	};
}

static void plan_clear(struct plan *plan)
{
	g_free(plan->sound);
	g_free(plan->icon);
	g_free(plan->image);
	g_free(plan->download_to);
	g_free(plan->host);
	g_free(plan->user);
	g_free(plan->where);
	g_strfreev(plan->on_message);
	g_strfreev(plan->download_command);
	g_strfreev(plan->on_mailbox);
}

/* Only what its user may not know anyway: "work", "Lists", "work/Lists". */
static char *describe_place(const struct message *message,
    const struct config_account *account, unsigned accounts)
{
	const char *const *entries = (const char *const *)account->mailboxes;
	bool many_boxes =
	    entries[1] != NULL || !imap_selection_is_plain(entries);

	if (accounts > 1 && many_boxes)
		return g_strdup_printf(
		    "%s/%s", message->account, message->mailbox);
	if (accounts > 1)
		return g_strdup(message->account);
	return many_boxes ? g_strdup(message->mailbox) : NULL;
}

static char *find_image(
    const struct message *message, const struct config_account *account)
{
	if (account->avatar_dir == NULL || message->from->len == 0)
		return NULL;
	return avatar_find(account->avatar_dir, message->from->pdata[0]);
}

struct item *item_new(struct message *message, const struct verdict *verdict,
    const struct config_account *account, unsigned accounts)
{
	struct item *item = g_new0(struct item, 1);

	message->rule = g_strdup(verdict->rule);
	g_ptr_array_set_size(message->headers, 0);
	item->message = message;
	item->plan = make_plan(verdict, account);
	item->plan.where = describe_place(message, account, accounts);
	item->plan.many_accounts = accounts > 1;
	if ((verdict->notify & CONFIG_NOTIFY_DESKTOP) != 0 &&
	    (account->show & CONFIG_SHOW_COUNT) == 0)
		item->plan.image = find_image(message, account);
	item->name =
	    g_strdup_printf("%s/%s", message->account, message->mailbox);
	return item;
}

void item_free(struct item *item)
{
	message_free(item->message);
	maildir_free(item->file);
	g_clear_error(&item->spoilt);
	plan_clear(&item->plan);
	g_free(item->name);
	g_free(item);
}

struct sink_event item_event(const struct item *item)
{
	static const enum sink_urgency urgencies[] = {
	    [CONFIG_URGENCY_LOW] = SINK_LOW,
	    [CONFIG_URGENCY_NORMAL] = SINK_NORMAL,
	    [CONFIG_URGENCY_CRITICAL] = SINK_CRITICAL,
	};

	return (struct sink_event){
	    .message = item->message,
	    .where = item->plan.where,
	    .urgency = urgencies[item->plan.urgency],
	    .sound = item->plan.sound,
	    .icon = item->plan.icon,
	    .command = (const char *const *)item->plan.on_message,
	    .timeout = item->plan.hook_timeout,
	    .image = item->plan.image,
	    .timeout_bubble = item->plan.timeout,
	};
}

struct maildir_file *item_open_file(
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

void item_log(const struct item *item, bool loud)
{
	const struct message *message = item->message;

	log_line(
	    loud && item->plan.notify != 0 ? LOG_LEVEL_INFO : LOG_LEVEL_VERBOSE,
	    item->name, "%s%s: %s%s%s%s",
	    message->muted != NULL ? "muted: " : "", message_sender(message),
	    message->subject[0] != '\0' ? message->subject : "(no subject)",
	    message->rule != NULL ? " [" : "",
	    message->rule != NULL ? message->rule : "",
	    message->rule != NULL ? "]" : "");
}

bool item_has_hook(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    item->plan.on_message != NULL;
}

bool item_has_batch(const struct item *item)
{
	return (item->plan.notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    item->plan.on_mailbox != NULL;
}
