/*
 * A table of buttons, and what a press of each does.
 */
#include "app/buttons.h"
#include "app/act.h"
#include "app/fetching.h"
#include "app/later.h"
#include "app/log.h"
#include "app/thread.h"
#include "app/when.h"
#include "imap/ranges.h"
#include "message/view.h"
#include "os/file.h"
#include "os/language.h"
#include "os/process.h"
#include <string.h>
#include <unistd.h>

enum {
	UNDO_MAX = 20,
	UNDO_TIME = 10000, /* ms */
};

struct buttons {
	struct buttons_options options;
	GQueue undos; /* struct undo, the newest first */
	GQueue deeds; /* struct deed, not done */
};

/* What takes a thing back that a bubble tells of. */
struct undo {
	uint64_t number; /* of the bubble */
	char *account;
	struct act_request *request; /* or NULL */
	char *unmute;                /* for mutes_remove(), or NULL */
};

struct deed {
	struct buttons *buttons;   /* NULL once they are gone */
	struct fetching *fetching; /* that runs, or NULL */
	struct belfry *belfry;
	const char *title; /* of the bubble, should it fail */
	char *account, *name;
	bool quiet; /* that it was done is not worth a bubble */
};

/* A press, as the functions below have it. */
struct press {
	struct buttons *buttons;
	struct belfry *belfry;
	const struct button *button;
	const GPtrArray *notes;
	const struct message *message; /* the first of them */
	struct account *account;
	const char *token;
};

struct button {
	const char *id;
	const char *label;
	const char *failure; /* title of a bubble */
	int64_t bit;
	bool of_many; /* for all of several, too */
	bool (*is_there)(const struct message *message);
	void (*press)(const struct press *press);
	enum act_verb verb;
};

/* ---- bubbles of our own ---- */

static void note_trouble(void *data, const GError *error)
{
	(void)data;
	if (error != NULL)
		log_line(LOG_LEVEL_VERBOSE, NULL, "no notification: %s",
		    error->message);
}

/* number 0: without a button. */
static void say(struct belfry *belfry, const char *title, const char *body,
    bool failed, uint64_t number)
{
	const char *const undo[] = {"undo", _("Undo"), NULL};
	struct sink *desktop = belfry_desktop(belfry);
	g_autoptr(Notice) notice = notice_new(NOTICE_SUMMARY);
	const struct sink_event event = {
	    .notice = notice,
	    .title = title,
	    .body = body,
	    .urgency = failed ? SINK_NORMAL : SINK_LOW,
	    .timeout_bubble = failed ? SINK_TIMEOUT_DEFAULT : UNDO_TIME,
	    .bubble = number,
	    .actions = number != 0 ? undo : NULL,
	};

	notice->summary = g_strdup(title);
	notice->body = g_strdup(body);
	desktop->ring(desktop, &event, note_trouble, NULL);
}

static void fail(struct belfry *belfry, const char *name, const char *title,
    const char *reason)
{
	log_line(LOG_LEVEL_WARNING, name, "%s: %s", title, reason);
	say(belfry, _(title), _(reason), true, 0);
}

static char *name_of(const struct message *message)
{
	return g_strdup_printf("%s/%s", message->account, message->mailbox);
}

static void fail_press(const struct press *press, const char *reason)
{
	g_autofree char *name = name_of(press->message);

	fail(press->belfry, name, press->button->failure, reason);
}

/* ---- undo ---- */

static void undo_free(struct undo *undo)
{
	g_free(undo->account);
	act_request_free(undo->request);
	g_free(undo->unmute);
	g_free(undo);
}

/* Returns the number for the bubble. */
static struct undo *add_undo(
    struct buttons *buttons, struct belfry *belfry, const char *account)
{
	struct undo *undo = g_new0(struct undo, 1);

	undo->number = belfry_number(belfry);
	undo->account = g_strdup(account);
	g_queue_push_head(&buttons->undos, undo);
	if (buttons->undos.length > UNDO_MAX)
		undo_free(g_queue_pop_tail(&buttons->undos));
	return undo;
}

static struct undo *take_undo(struct buttons *buttons, uint64_t number)
{
	for (GList *link = buttons->undos.head; link; link = link->next) {
		struct undo *undo = link->data;

		if (undo->number == number) {
			g_queue_delete_link(&buttons->undos, link);
			return undo;
		}
	}
	return NULL;
}

/* ---- acts ---- */

static struct deed *deed_new(struct buttons *buttons, struct belfry *belfry,
    const char *account, const char *name, const char *title)
{
	struct deed *deed = g_new0(struct deed, 1);

	deed->buttons = buttons;
	deed->belfry = belfry;
	deed->account = g_strdup(account);
	deed->name = g_strdup(name);
	deed->title = title;
	g_queue_push_tail(&buttons->deeds, deed);
	return deed;
}

static void deed_free(struct deed *deed)
{
	if (deed->buttons != NULL)
		g_queue_remove(&deed->buttons->deeds, deed);
	g_free(deed->account);
	g_free(deed->name);
	g_free(deed);
}

/* As a title begins. */
static char *capitalise(const char *text)
{
	const char *rest = g_utf8_next_char(text);
	g_autofree char *first = g_utf8_strup(text, rest - text);

	return g_strconcat(first, rest, NULL);
}

static void tell_done(struct deed *deed, const struct act_result *result)
{
	g_autofree char *title = capitalise(result->text);
	struct undo *undo;

	log_line(LOG_LEVEL_VERBOSE, deed->name, "%s", result->text);
	if (deed->quiet || result->undo == NULL)
		return;
	undo = add_undo(deed->buttons, deed->belfry, deed->account);
	undo->request = act_request_copy(result->undo);
	say(deed->belfry, title, "", false, undo->number);
}

static void acted(
    void *data, const struct act_result *result, const GError *error)
{
	struct deed *deed = data;

	if (deed->buttons != NULL && error != NULL)
		fail(deed->belfry, deed->name, deed->title, error->message);
	else if (deed->buttons != NULL)
		tell_done(deed, result);
	deed_free(deed);
}

/* The UIDs of those that lie in the same mailbox as message. */
static char *join_uids(const GPtrArray *notes, const struct message *message)
{
	struct imap_ranges uids = {0};
	char *text;

	for (unsigned i = 0; i < notes->len; i++) {
		const struct bell_note *note = notes->pdata[i];

		if (strcmp(note->message->mailbox, message->mailbox) == 0 &&
		    note->message->uidvalidity == message->uidvalidity)
			imap_ranges_add(&uids, note->message->uid);
	}
	text = imap_ranges_print(&uids);
	imap_ranges_clear(&uids);
	return text;
}

static void act_on(const struct press *press, const struct message *message)
{
	g_autofree char *name = name_of(message);
	g_autofree char *uids = join_uids(press->notes, message);
	const struct act_request request = {
	    .verb = press->button->verb,
	    .mailbox =
		(char *)account_mailbox(press->account, message->mailbox),
	    .uidvalidity = message->uidvalidity,
	    .uids = uids,
	};
	struct deed *deed = deed_new(press->buttons, press->belfry,
	    message->account, name, press->button->failure);

	deed->quiet = press->button->verb == ACT_READ && press->notes->len == 1;
	act_start(account_errands(press->account), &request, acted, deed);
}

/* One act for each mailbox. */
static void press_act(const struct press *press)
{
	g_autoptr(GHashTable) done =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < press->notes->len; i++) {
		const struct bell_note *note = press->notes->pdata[i];
		char *place = g_strdup_printf("%u %s",
		    note->message->uidvalidity, note->message->mailbox);

		if (g_hash_table_add(done, place))
			act_on(press, note->message);
	}
}

static void press_undo(
    struct buttons *buttons, struct belfry *belfry, struct undo *undo)
{
	static const char title[] = N_("Not undone");
	struct account *account =
	    buttons->options.find(buttons->options.data, undo->account);
	g_autoptr(GError) error = NULL;
	struct deed *deed;
	unsigned count;

	if (undo->unmute != NULL) {
		if (!mutes_remove(
			buttons->options.mutes, undo->unmute, &count, &error))
			fail(belfry, undo->account, title, error->message);
	} else if (account == NULL) {
		fail(belfry, undo->account, title,
		    N_("the account is not watched any more"));
	} else {
		deed = deed_new(
		    buttons, belfry, undo->account, undo->account, title);
		deed->quiet = true;
		act_start(account_errands(account), undo->request, acted, deed);
	}
}

/* ---- Open ---- */

/* RFC 2392: the mail program that has the message looks for it by its
 * Message-ID. */
static char **default_command(const struct message *message)
{
	g_autofree char *id =
	    g_uri_escape_string(message->message_id, "@", FALSE);
	g_autofree char *url = g_strconcat("mid:", id, NULL);
	const char *words[] = {"xdg-open", url, NULL};

	return message->message_id[0] != '\0' ? g_strdupv((char **)words)
					      : NULL;
}

static char **expand(char *const *words)
{
	char **argv = g_strdupv((char **)words);

	for (char **word = argv; *word != NULL; word++) {
		char *expanded = file_expand(*word);

		g_free(*word);
		*word = expanded;
	}
	return argv;
}

static void opened(void *data, const struct process_result *result)
{
	struct deed *deed = data;
	g_autofree char *reason = process_describe(result);

	if (deed->buttons != NULL && reason != NULL)
		fail(deed->belfry, deed->name, deed->title, reason);
	deed_free(deed);
}

static char **make_environment(const struct press *press)
{
	g_auto(GStrv) base = g_strdupv(environ);

	if (press->token != NULL)
		base = g_environ_setenv(g_steal_pointer(&base),
		    "XDG_ACTIVATION_TOKEN", press->token, TRUE);
	return message_to_environment(
	    press->message, (const char *const *)base);
}

static void press_open(const struct press *press)
{
	const struct config_account *config = account_config(press->account);
	g_auto(GStrv) argv = config->open_command != NULL
	    ? expand(config->open_command)
	    : default_command(press->message);
	g_auto(GStrv) envp = make_environment(press);
	const struct process_options options = {
	    .argv = (const char *const *)argv,
	    .envp = (const char *const *)envp,
	};
	g_autoptr(GError) error = NULL;
	g_autofree char *name = name_of(press->message);
	struct deed *deed;

	if (argv == NULL) {
		fail_press(press,
		    N_("the message has no Message-ID to look for: set "
		       "open_command"));
		return;
	}
	deed = deed_new(press->buttons, press->belfry, press->message->account,
	    name, press->button->failure);
	if (process_start(&options, opened, deed, &error) != NULL)
		return;
	deed_free(deed);
	fail_press(press, error->message);
}

/* ---- Download ---- */

static void download_end(void *data, const char *file, const GError *error)
{
	struct deed *deed = data;

	if (error != NULL)
		fail(deed->belfry, deed->name, deed->title, error->message);
	else
		say(deed->belfry, _("Downloaded"), file != NULL ? file : "",
		    false, 0);
	fetching_free(deed->fetching);
	deed_free(deed);
}

static void press_download(const struct press *press)
{
	static const struct fetching_events events = {.end = download_end};
	const struct message *message = press->message;
	const struct config_account *config = account_config(press->account);
	const struct account_world *world = press->buttons->options.world;
	g_autofree char *name = name_of(message);
	struct fetching_wish wish = {
	    .mailbox = account_mailbox(press->account, message->mailbox),
	    .uidvalidity = message->uidvalidity,
	    .uid = message->uid,
	};
	struct deed *deed;

	if (!fetching_aim(&wish, config)) {
		fail_press(press, N_("nothing says where to: set download_to"));
		return;
	}
	deed = deed_new(press->buttons, press->belfry, message->account, name,
	    press->button->failure);
	deed->fetching =
	    fetching_start(world->net, account_settings(press->account), config,
		account_downloads(press->account), &wish, &events, deed);
}

/* ---- Snooze and Mute ---- */

/* Who only counts is told nothing of the message. */
static bool is_discreet(const struct press *press)
{
	const struct config_account *config = account_config(press->account);

	return (config->show & CONFIG_SHOW_COUNT) != 0 || config->show == 0;
}

static void press_snooze(const struct press *press)
{
	int64_t now = when_wall(), until = now + SNOOZES_TIME;
	g_autofree char *time = later_print(until, now);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < press->notes->len; i++) {
		const struct bell_note *note = press->notes->pdata[i];
		unsigned number;

		if (snoozes_add(press->buttons->options.snoozes, note->message,
			until, &number, &error))
			continue;
		fail_press(press, error->message);
		return;
	}
	text = g_strdup_printf(_("Rings again at %s"), time);
	say(press->belfry, text, "", false, 0);
}

static bool mute(
    const struct press *press, struct mutes_told *told, GError **error)
{
	const struct message *message = press->message;
	const struct message_address *from =
	    message->from->len > 0 ? message->from->pdata[0] : NULL;
	int64_t now = when_wall();
	int64_t until = now + (int64_t)MUTES_DAYS * 24 * 3600;

	if (thread_is_reply(message) || from == NULL)
		return mutes_add_thread(press->buttons->options.mutes, message,
		    now, until, told, error);
	return mutes_add_sender(press->buttons->options.mutes, from->address,
	    now, until, told, error);
}

static void press_mute(const struct press *press)
{
	struct mutes_told told = {0};
	g_autoptr(GError) error = NULL;
	struct undo *undo;

	if (!mute(press, &told, &error)) {
		fail_press(press, error->message);
		return;
	}
	undo = add_undo(press->buttons, press->belfry, press->message->account);
	undo->unmute = g_strdup_printf("%u", told.number);
	say(press->belfry, _("Muted"), is_discreet(press) ? "" : told.text,
	    false, undo->number);
	g_free(told.text);
}

/* ---- the table ---- */

static bool can_mute_thread(const struct message *message)
{
	return thread_is_reply(message);
}

static bool can_mute_sender(const struct message *message)
{
	const struct message_address *from =
	    message->from->len > 0 ? message->from->pdata[0] : NULL;

	return !thread_is_reply(message) && from != NULL &&
	    from->address[0] != '\0';
}

/* In the order they are shown. */
static const struct button rows[] = {
    {.id = "open",
	.label = N_("Open"),
	.failure = N_("Cannot be opened"),
	.bit = CONFIG_ACTION_OPEN,
	.press = press_open},
    {.id = "read",
	.label = N_("Mark read"),
	.failure = N_("Not marked as read"),
	.bit = CONFIG_ACTION_READ,
	.of_many = true,
	.press = press_act,
	.verb = ACT_READ},
    {.id = "archive",
	.label = N_("Archive"),
	.failure = N_("Not archived"),
	.bit = CONFIG_ACTION_ARCHIVE,
	.press = press_act,
	.verb = ACT_ARCHIVE},
    {.id = "delete",
	.label = N_("Delete"),
	.failure = N_("Not deleted"),
	.bit = CONFIG_ACTION_DELETE,
	.press = press_act,
	.verb = ACT_DELETE},
    {.id = "junk",
	.label = N_("Junk"),
	.failure = N_("Not moved to junk"),
	.bit = CONFIG_ACTION_JUNK,
	.press = press_act,
	.verb = ACT_JUNK},
    {.id = "download",
	.label = N_("Download"),
	.failure = N_("Not downloaded"),
	.bit = CONFIG_ACTION_DOWNLOAD,
	.press = press_download},
    {.id = "snooze",
	.label = N_("Snooze"),
	.failure = N_("Not snoozed"),
	.bit = CONFIG_ACTION_SNOOZE,
	.of_many = true,
	.press = press_snooze},
    {.id = "mute-thread",
	.label = N_("Mute thread"),
	.failure = N_("Not muted"),
	.bit = CONFIG_ACTION_MUTE,
	.is_there = can_mute_thread,
	.press = press_mute},
    {.id = "mute-sender",
	.label = N_("Mute sender"),
	.failure = N_("Not muted"),
	.bit = CONFIG_ACTION_MUTE,
	.is_there = can_mute_sender,
	.press = press_mute},
};

static bool is_offered(
    const struct button *button, const GPtrArray *notes, int64_t actions)
{
	const struct bell_note *first = notes->pdata[0];

	return (actions & button->bit) != 0 &&
	    (notes->len == 1 || button->of_many) &&
	    (button->is_there == NULL || button->is_there(first->message));
}

/* A click on the bubble itself opens. */
static const char **make_buttons(
    void *data, const GPtrArray *notes, int64_t actions)
{
	const char **list = g_new0(const char *, 2 * G_N_ELEMENTS(rows) + 3);
	unsigned n = 0;

	(void)data;
	if (is_offered(&rows[0], notes, actions)) {
		list[n++] = "default";
		list[n++] = _(rows[0].label);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!is_offered(&rows[i], notes, actions))
			continue;
		list[n++] = rows[i].id;
		list[n++] = _(rows[i].label);
	}
	return list;
}

static const struct button *find_button(const char *id)
{
	if (strcmp(id, "default") == 0)
		return &rows[0];
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

static void press_button(
    struct buttons *buttons, const struct belfry_press *from)
{
	const struct bell_note *first = from->notes->pdata[0];
	const struct press press = {
	    .buttons = buttons,
	    .belfry = from->belfry,
	    .button = find_button(from->action),
	    .notes = from->notes,
	    .message = first->message,
	    .account = buttons->options.find(
		buttons->options.data, first->message->account),
	    .token = from->token,
	};

	if (press.button != NULL && press.account != NULL)
		press.button->press(&press);
	else if (press.button != NULL)
		fail_press(&press, N_("the account is not watched any more"));
}

static void pressed(void *data, const struct belfry_press *press)
{
	struct buttons *buttons = data;
	struct undo *undo = NULL;

	if (press->notes != NULL) {
		press_button(buttons, press);
		return;
	}
	if (strcmp(press->action, "undo") == 0)
		undo = take_undo(buttons, press->number);
	if (undo == NULL)
		return;
	press_undo(buttons, press->belfry, undo);
	undo_free(undo);
}

const struct belfry_events buttons_events = {
    .buttons = make_buttons,
    .pressed = pressed,
};

struct buttons *buttons_new(const struct buttons_options *options)
{
	struct buttons *buttons = g_new0(struct buttons, 1);

	buttons->options = *options;
	g_queue_init(&buttons->undos);
	g_queue_init(&buttons->deeds);
	return buttons;
}

/* A mail program that Open has started stays. */
void buttons_free(struct buttons *buttons)
{
	struct deed *deed;

	if (buttons == NULL)
		return;
	while ((deed = g_queue_pop_head(&buttons->deeds)) != NULL) {
		deed->buttons = NULL;
		if (deed->fetching == NULL)
			continue;
		fetching_free(g_steal_pointer(&deed->fetching));
		deed_free(deed);
	}
	g_queue_clear_full(&buttons->undos, (GDestroyNotify)undo_free);
	g_free(buttons);
}
