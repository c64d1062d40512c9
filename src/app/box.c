/*
 * Joins what a connection tells of one mailbox, delivery and one mark.
 *
 * A mark moves only when the sinks have taken the message, and never past one
 * that they have not: a crash repeats what was on its way and skips nothing.
 */
#include "app/box.h"
#include "app/alarm.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/memory.h"
#include "app/reading.h"
#include "app/when.h"
#include <string.h>

enum {
	/* Messages on their way to the sinks; what is more stays with the
	 * server until half of them have been taken. */
	MESSAGES_MAX = 4000,
	/* How long the marks may not be on the disk for good, ms. */
	STORE_LATE = 1000,
};

/* ---- the mark ---- */

/* In the middle of a round the server may still tell of lower UIDs. */
static uint32_t all_told(const struct box *box)
{
	bool open = box->dropped > 0 || box->told != NULL;
	uint32_t uid = open ? box->synced_uid : box->highest;

	return box->left > 0 ? MIN(box->left - 1, uid) : uid;
}

static void advance_mark(struct box *box)
{
	uint32_t lowest =
	    delivery_lowest(box->account->delivery, box, box->mark.uidvalidity);
	uint32_t uid = all_told(box);

	mark_advance(&box->mark, lowest > 0 ? MIN(lowest - 1, uid) : uid);
}

/* Told once, and once more when it is over. */
static void note_state(struct account *account, const GError *error)
{
	const char *trouble = error != NULL ? error->message : NULL;

	if (g_strcmp0(trouble, account->state_trouble) == 0)
		return;
	if (trouble != NULL)
		log_line(LOG_LEVEL_ERROR, account->config->name,
		    "the state cannot be written, what rings now may ring "
		    "again after a restart: %s",
		    trouble);
	else
		log_line(LOG_LEVEL_INFO, account->config->name,
		    "the state can be written again");
	g_free(account->state_trouble);
	account->state_trouble = g_strdup(trouble);
}

/* The disk does not keep hooks waiting that stand in a queue: for a moment what
 * was taken need only outlive this process, not the computer. */
static bool may_be_brief(struct account *account)
{
	int64_t now = loop_now();

	if (delivery_is_crowded(account->delivery) &&
	    now - account->stored < STORE_LATE)
		return true;
	account->stored = now;
	return false;
}

void box_store(struct box *box)
{
	g_autoptr(GError) error = NULL;

	if (box->mark.uidvalidity == 0 || box->renumbered)
		return;
	advance_mark(box);
	if (state_keep(box->account->world->state, &error))
		(may_be_brief(box->account) ? marks_note : marks_set)(
		    box->account->marks, box->mailbox, &box->mark, &error);
	note_state(box->account, error);
}

/* ---- what the watch tells ---- */

static void begin_numbering(struct box *box, uint32_t uidvalidity, uint32_t uid)
{
	int64_t time = box->mark.time;

	g_clear_pointer(&box->told, g_hash_table_unref);
	delivery_renumber(box->account->delivery, box);
	if (box->renumbered) {
		mark_clear(&box->mark);
	} else {
		mark_clear(&box->before);
		box->before = box->mark;
		box->mark = (struct mark){0};
	}
	box->mark.uidvalidity = uidvalidity;
	box->mark.uid = uid;
	box->mark.time = time;
	box->highest = box->synced_uid = uid;
	box->dropped = box->left = 0;
}

void box_opened(struct box *box, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	bool known = box->mark.uidvalidity != 0;

	/* Should the connection be lost, the next one starts from here. */
	box->place.uidvalidity = uidvalidity;
	box->place.uid = uid;
	if (reset)
		box->place.modseq = 0;

	if (reset && known)
		log_line(LOG_LEVEL_WARNING, box->name,
		    "the server has renumbered this mailbox; what has rung "
		    "does not ring again");
	if (reset && !known)
		log_line(LOG_LEVEL_INFO, box->name,
		    box->renumbered
			? "new here; what has come since the last look rings"
			: "seen for the first time; what is there already "
			  "does not ring");
	if (reset || box->mark.uidvalidity != uidvalidity) {
		begin_numbering(box, uidvalidity, uid);
		fate_forget(box);
	}
	box->renumbered = box->renumbered || (reset && known);
	box_store(box);
}

/* The mark stays below it, and the next connection begins there. */
static void drop(struct box *box, uint32_t uid)
{
	if (box->dropped == 0 || uid < box->dropped)
		box->dropped = uid;
}

/* Whom the account has had mail from is kept for rules that ask for it. */
static struct seen *find_senders(struct account *account)
{
	if ((account->judge->wants & RULES_WANT_SENDERS) == 0)
		return NULL;
	if (account->senders == NULL)
		account->senders = seen_open_senders(
		    account->world->state, account->config->name);
	return account->senders;
}

/* In quiet hours what is not urgent stays where it is, as if the connection
 * were closed: the mark stays below it, and it is told when they are over. */
static bool is_for_later(const struct box *box, const struct message *message)
{
	struct account *account = box->account;

	return account->hushed &&
	    !settings_decide(account->judge, account->config, message,
		find_senders(account), NULL)
		 .urgent;
}

static void leave(struct box *box, uint32_t uid)
{
	if (box->left == 0 || uid < box->left)
		box->left = uid;
	g_hash_table_remove(box->told, GUINT_TO_POINTER(uid));
}

static void tell(struct box *box, struct message *message)
{
	struct memory memory = memory_of(message);

	if (memory_has(box, message, &memory)) {
		log_line(LOG_LEVEL_VERBOSE, box->name, "UID %u is not new: %s",
		    message->uid, message->subject);
		memory_add_place(box, &memory);
		mark_take(&box->mark, message->uid);
		message_free(message);
	} else if (is_for_later(box, message)) {
		leave(box, message->uid);
		message_free(message);
	} else {
		box->last_message = when_wall();
		fate_note(box, message->uid, message->flags);
		memory_add(box, &memory,
		    delivery_take(box->account->delivery, box,
			box->account->judge, box->account->config,
			find_senders(box->account), message));
	}
	memory_clear(&memory);
}

/* The last message that was told, by its UID: is it still the same?  Else
 * the server counts anew without saying so (quirk 36). */
static bool is_anchored(struct box *box, const struct imap_news *news)
{
	g_autoptr(Message) message =
	    reading_new(box->account->config, box->mailbox, news);
	struct memory memory = memory_of(message);
	bool is_other = memory_is_other(box, &memory);

	memory_clear(&memory);
	if (!is_other)
		return true;
	log_line(LOG_LEVEL_WARNING, box->name,
	    "the server gives UIDs to other messages than before");
	/* No server has both. */
	box->place.uidvalidity ^= UINT32_C(1) << 31;
	return false;
}

static bool is_told(const struct box *box, uint32_t uid)
{
	return box->told != NULL &&
	    g_hash_table_contains(box->told, GUINT_TO_POINTER(uid));
}

static void take_news(struct box *box, const struct imap_news *news)
{
	if (mark_is_taken(&box->mark, news->uid) || is_told(box, news->uid))
		return;
	if (box->dropped > 0 ||
	    delivery_count(box->account->delivery) >= MESSAGES_MAX) {
		drop(box, news->uid);
		return;
	}
	if (box->told == NULL)
		box->told = g_hash_table_new(NULL, NULL);
	g_hash_table_add(box->told, GUINT_TO_POINTER(news->uid));
	box->highest = MAX(box->highest, news->uid);
	tell(box, reading_new(box->account->config, box->mailbox, news));
}

bool box_news(struct box *box, const struct imap_news *news)
{
	if (news->anchor)
		return is_anchored(box, news);
	take_news(box, news);
	return true;
}

static const char *const state_names[] = {
    [WATCH_STOPPED] = "stopped",
    [WATCH_CONNECTING] = "connecting",
    [WATCH_LIVE] = "live",
    [WATCH_WAITING] = "waiting",
    [WATCH_SLEEPING] = "sleeping",
};

/* Up to time all is told, unless it is still being looked for. */
static void note_told(struct box *box, int64_t time)
{
	if (box->synced && box->dropped == 0 && box->left == 0 &&
	    !box->renumbered)
		box->mark.time = MAX(box->mark.time, time);
}

/* What the server said last counts when it had told all before; a greeting or
 * a refused login of one that comes back tells of no mail. */
static void note_silence(struct box *box)
{
	struct watch_status status;

	watch_get_status(box->line->watch, &status);
	note_told(box, when_of(status.heard));
	box->synced = false;
}

bool box_is_at_rest(const struct box *box)
{
	return box->resting || box->account->resting;
}

/* To rest is something else than to sleep. */
const char *box_state_name(const struct box *box, enum watch_state state)
{
	int64_t until;

	if (!box_is_at_rest(box) || state == WATCH_STOPPED)
		return state_names[state];
	return account_rest(box->account, &until) == ACCOUNT_QUIET ? "quiet"
								   : "paused";
}

static void tell_state(
    const struct box *box, enum watch_state state, const char *reason)
{
	const struct report_state report = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .state = box_state_name(box, state),
	    .reason = reason,
	};

	report_state(box->account->world->form, &report);
}

static void set_state(
    struct box *box, enum watch_state state, const char *reason)
{
	if (box->state == state)
		return;
	if ((box->state == WATCH_LIVE) != (state == WATCH_LIVE))
		box->turned = loop_now();
	box->state = state;
	if (box->alarm != NULL && state == WATCH_LIVE)
		alarm_watch_set(box->alarm, true, NULL);
	tell_state(box, state, reason);
	account_moved(box->account);
}

/* Not live is not synced: what waits for a download waits for both. */
static void be_lost(struct box *box, enum watch_state state, const char *reason)
{
	note_silence(box);
	delivery_pause(box->account->delivery, box);
	set_state(box, state, reason);
}

void box_turn(struct box *box, enum watch_state state, const char *reason)
{
	if (state != WATCH_LIVE)
		be_lost(box, state, reason);
}

void box_refreshed(struct box *box)
{
	note_told(box, when_wall());
}

static void round_over(struct box *box)
{
	if (box->left == 0) {
		g_clear_pointer(&box->told, g_hash_table_unref);
		box->mark.time = when_wall();
	}
	box->synced_uid = MAX(box->highest, box->synced_uid);
	box->synced = true;
	box->renumbered = false;
	mark_clear(&box->before);
}

void box_synced(struct box *box, uint32_t uid, uint64_t modseq)
{
	struct account *account = box->account;

	box->place.uid = uid;
	box->place.modseq = box->mark.modseq = modseq;
	if (box->error != NULL)
		log_line(LOG_LEVEL_INFO, box->name, "open again");
	g_clear_pointer(&box->error, g_free);
	if (box->dropped == 0)
		round_over(box);
	set_state(box, WATCH_LIVE, NULL);
	line_look(box->line);
	delivery_round_end(account->delivery, box);
	delivery_resume(account->delivery, box, box->mark.uidvalidity);
	box_store(box);
	account_proven(account);
}

/* Its connection is well, and so it says nothing.  Who runs once has nobody to
 * alarm. */
static void alarm_alone(struct box *box)
{
	struct account *account = box->account;

	if (box->alarm == NULL && account->world->alarm != NULL) {
		box->alarm = alarm_watch_new(
		    account->world->alarm, account->config->name, box->mailbox);
		box_configure_alarm(account, box->alarm);
	}
	if (box->alarm != NULL)
		alarm_watch_set(box->alarm, false, box->error);
}

void box_failed(struct box *box, const GError *error)
{
	g_autofree char *reason = log_safe(error->message);

	if (g_strcmp0(box->error, reason) != 0)
		log_line(LOG_LEVEL_WARNING, box->name, "%s", reason);
	g_free(box->error);
	box->error = g_steal_pointer(&reason);
	if (box->account->world->once && box->account->exit_status == 0)
		box->account->exit_status = failure_exit_status(error);
	set_state(box, WATCH_WAITING, box->error);
	alarm_alone(box);
	line_look(box->line);
	account_moved(box->account);
}

/* ---- the owner's side ---- */

void box_describe(const struct box *box, GArray *list)
{
	struct imap_watched watched = {
	    .owner = (void *)box,
	    .mailbox = box->mailbox,
	    .uidvalidity = box->place.uidvalidity,
	    .last_uid = box->place.uid,
	    .modseq = box->place.modseq,
	    .since =
		box->mark.time != 0 ? when_search_date(box->mark.time) : NULL,
	    .anchor = true,
	};

	if (box->rung != NULL) {
		watched.told = (const uint32_t *)(void *)box->rung->data;
		watched.told_count = box->rung->len;
	}
	g_array_append_val(list, watched);
}

void box_configure_alarm(
    const struct account *account, struct alarm_watch *alarm)
{
	const struct config_account *config = account->config;

	alarm_watch_configure(alarm, config->blind_after, config->on_state,
	    config->hook_timeout,
	    (config->notify & CONFIG_NOTIFY_DESKTOP) != 0);
}

/* Unless it is further already. */
static void load_mark(struct box *box)
{
	struct marks *marks = box->account->marks;

	if (marks == NULL || box->mark.uidvalidity != 0)
		return;
	marks_get(marks, box->mailbox, &box->mark);
	box->synced_uid = box->highest = box->mark.uid;
	fate_recall(box);
}

struct box *box_new(struct account *account, const char *mailbox)
{
	struct box *box = g_new0(struct box, 1);

	box->account = account;
	box->mailbox = g_strdup(mailbox);
	box->name = g_strdup_printf("%s/%s", account->config->name, mailbox);
	box->turned = loop_now();
	return box;
}

void box_free(gpointer data)
{
	struct box *box = data;

	alarm_watch_free(box->alarm);
	mark_clear(&box->mark);
	mark_clear(&box->before);
	fate_forget(box);
	g_clear_pointer(&box->told, g_hash_table_unref);
	g_free(box->error);
	g_free(box->mailbox);
	g_free(box->name);
	g_free(box);
}

bool box_fetch_left(struct box *box)
{
	uint32_t left = box->left;

	if (left == 0)
		return false;
	box->left = 0;
	/* What is beyond has been told, or will be again. */
	box->synced_uid = box->highest = MIN(left - 1, box->synced_uid);
	box->place.uid = left - 1;
	return true;
}

static void rest(struct box *box)
{
	box_fetch_left(box);
	if (box->state == WATCH_LIVE)
		box->turned = loop_now();
	box->state = WATCH_STOPPED;
	box->synced = false;
	box->dropped = 0;
}

static void restart(struct box *box)
{
	delivery_pause(box->account->delivery, box);
	rest(box);
	g_clear_pointer(&box->error, g_free);
	load_mark(box);
	box->place = (struct box_place){
	    .uidvalidity = box->mark.uidvalidity,
	    .uid = box->synced_uid,
	    .modseq = box->mark.modseq,
	};
	if (box->alarm != NULL)
		box_configure_alarm(box->account, box->alarm);
}

/* Who reads the events knows of it, be it by its name or as a pattern. */
static void let_go(struct box *box)
{
	if (box->state != WATCH_STOPPED)
		tell_state(box, WATCH_STOPPED,
		    "no longer among the mailboxes to watch");
	g_clear_pointer(&box->alarm, alarm_watch_free);
	delivery_pause(box->account->delivery, box);
	delivery_resume(box->account->delivery, box, 0);
	g_clear_pointer(&box->error, g_free);
	box->resting = false;
	rest(box);
}

/* Its connection may have begun before it. */
static void board(struct box *box)
{
	enum watch_state state = watch_state(box->line->watch);

	restart(box);
	box->resting = !vigil_needs(box);
	if (box_is_at_rest(box))
		set_state(box, WATCH_SLEEPING, NULL);
	else if (state != WATCH_STOPPED)
		set_state(box, WATCH_CONNECTING, NULL);
}

void box_join(struct box *box, struct line *line)
{
	bool is_new = box->line == NULL;

	if (box->line == line && line != NULL)
		return;
	if (!is_new && line != NULL && !box->resting)
		be_lost(box, WATCH_CONNECTING, NULL);
	box->line = line;
	if (line == NULL)
		let_go(box);
	else if (is_new)
		board(box);
}

void box_appear(struct box *box, int64_t since)
{
	if (box->mark.uidvalidity != 0)
		return;
	box->mark.time = since;
	box->renumbered = true;
	/* Known, but as nobody has it: then there is a search. */
	box->place.uidvalidity = UINT32_MAX;
}

void box_revive(struct box *box)
{
	restart(box);
}

/* The alarm stays: what is blind stays so until it is live. */
void box_leave(struct box *box)
{
	delivery_pause(box->account->delivery, box);
	box->synced = false;
	box->line = NULL;
}

void box_rest(struct box *box)
{
	if (box->alarm != NULL && !alarm_watch_is_blind(box->alarm))
		g_clear_pointer(&box->alarm, alarm_watch_free);
	/* Else its connection will tell. */
	if (box->line != NULL && !box->line->started && !box->line->ended)
		set_state(box, WATCH_SLEEPING, NULL);
}

void box_let_rest(struct box *box, bool resting)
{
	const struct line *line = box->line;
	enum watch_state state = watch_state(line->watch);

	box->resting = resting;
	if (resting) {
		if (!line->ended)
			be_lost(box, WATCH_SLEEPING, NULL);
		box_rest(box);
	} else if (state == WATCH_LIVE) {
		set_state(box, WATCH_CONNECTING, NULL);
	} else if (state != WATCH_STOPPED) {
		set_state(box, state, NULL);
	}
}

bool box_fetch_dropped(struct box *box)
{
	if (box->dropped == 0 || box->line == NULL || box->line->ended)
		return false;
	box->place.uid = box->dropped - 1;
	box->dropped = 0;
	return !box->resting;
}

bool box_is_done(const struct box *box)
{
	return (box->synced || box->error != NULL) && box->dropped == 0 &&
	    delivery_is_idle(box->account->delivery, box);
}
