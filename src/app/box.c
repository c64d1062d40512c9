/*
 * Joins one watch, delivery and one mark.
 *
 * A mark moves only when the sinks have taken the message, and never past one
 * that they have not: a crash repeats what was on its way and skips nothing.
 */
#include "app/box.h"
#include "app/alarm.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/when.h"
#include <string.h>

enum {
	/* Messages on their way to the sinks; what is more stays with the
	 * server until half of them have been taken. */
	MESSAGES_MAX = 4000,
	/* How far the server's clock may be behind ours, s. */
	CLOCK_SLACK = 600,
	/* How long a message may have been on its way, s. */
	TRAVEL_MAX = 7 * 24 * 3600,
};

/* ---- the mark ---- */

/* In the middle of a round the server may still tell of lower UIDs. */
static uint32_t all_told(const struct box *box)
{
	bool open = box->dropped > 0 || g_hash_table_size(box->told) > 0;

	return open ? box->synced_uid : box->highest;
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

void box_store(struct box *box)
{
	g_autoptr(GError) error = NULL;

	if (box->mark.uidvalidity == 0 || box->renumbered)
		return;
	advance_mark(box);
	if (state_keep(box->account->world->state, &error))
		marks_set(
		    box->account->marks, box->mailbox, &box->mark, &error);
	note_state(box->account, error);
}

/* ---- what the watch tells ---- */

static void begin_numbering(struct box *box, uint32_t uidvalidity, uint32_t uid)
{
	int64_t time = box->mark.time;

	g_hash_table_remove_all(box->told);
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
	box->dropped = 0;
}

static void opened(void *data, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	struct box *box = data;
	bool known = box->mark.uidvalidity != 0;

	if (reset && known)
		log_line(LOG_LEVEL_WARNING, box->name,
		    "the server has renumbered this mailbox; what has rung "
		    "does not ring again");
	if (reset && !known)
		log_line(LOG_LEVEL_INFO, box->name,
		    "seen for the first time; what is there already does not "
		    "ring");
	if (reset || box->mark.uidvalidity != uidvalidity)
		begin_numbering(box, uidvalidity, uid);
	box->renumbered = box->renumbered || (reset && known);
	box_store(box);
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

/*
 * What was told is remembered by what it is and where it was, and for the
 * anchor the other way round: a place by what was there.
 */
struct memory {
	char *identity, *silent, *place;
	bool sure;  /* with a Message-ID */
	bool plain; /* something of its header has come */
};

static struct memory memory_of(const struct message *message)
{
	struct memory memory;

	memory.identity = message_identity(message, &memory.sure);
	memory.plain =
	    memory.sure || message->sent != 0 || message->from->len > 0;
	/* What rules have kept silent there may ring elsewhere. */
	memory.silent = g_strconcat("silent\n", memory.identity, NULL);
	memory.place = g_strdup_printf("place\n%s\n%u\n%u", message->mailbox,
	    message->uidvalidity, message->uid);
	return memory;
}

static void memory_clear(struct memory *memory)
{
	g_free(memory->identity);
	g_free(memory->silent);
	g_free(memory->place);
}

/* For the anchor, which comes with its header: it must not look like another
 * because its header did not come before. */
static void remember_place(struct box *box, const struct memory *memory)
{
	if (memory->plain)
		seen_add(box->account->seen, memory->place, memory->identity);
}

static void remember(
    struct box *box, const struct memory *memory, bool has_rung)
{
	seen_add(box->account->seen,
	    has_rung ? memory->identity : memory->silent, memory->place);
	remember_place(box, memory);
}

/* Told here before the mailbox was numbered anew, under this very UID? */
static bool was_here(const struct box *box, const struct message *message,
    const char *identity, const char *place)
{
	return message->uidvalidity == box->before.uidvalidity &&
	    mark_is_taken(&box->before, message->uid) &&
	    seen_find(box->account->seen, identity, place) == SEEN_HERE;
}

static bool was_there(const struct box *box, const struct message *message,
    const char *identity, const char *place)
{
	return seen_find(box->account->seen, identity, place) ==
	    SEEN_ELSEWHERE ||
	    (box->renumbered && was_here(box, message, identity, place));
}

/*
 * Moved, labelled (quirk 13) or renumbered (36, 37): the same message under
 * another UID.  Without a Message-ID, or when it was silent, only in a mailbox
 * that is numbered anew.
 */
static bool has_been_told(const struct box *box, const struct message *message,
    const struct memory *memory)
{
	return ((memory->sure || box->renumbered) &&
		   was_there(box, message, memory->identity, memory->place)) ||
	    (box->renumbered &&
		was_there(box, message, memory->silent, memory->place));
}

/* In a mailbox that is numbered anew: was it there before?  INTERNALDATE says
 * so, or Date where that was lost. */
static bool is_old(const struct box *box, const struct message *message)
{
	int64_t since = box->mark.time;

	if (!box->renumbered)
		return false;
	if (message->arrived != 0 && message->arrived < since - CLOCK_SLACK)
		return true;
	return message->sent != 0 && message->sent < since - TRAVEL_MAX;
}

static void tell(struct box *box, struct message *message)
{
	struct memory memory = memory_of(message);

	if (is_old(box, message) || has_been_told(box, message, &memory)) {
		log_line(LOG_LEVEL_VERBOSE, box->name, "UID %u is not new: %s",
		    message->uid, message->subject);
		remember_place(box, &memory);
		mark_take(&box->mark, message->uid);
		message_free(message);
	} else {
		box->last_message = when_wall();
		remember(box, &memory,
		    delivery_take(box->account->delivery, box,
			box->account->judge, box->account->config, message));
	}
	memory_clear(&memory);
}

/* The last message that was told, by its UID: is it still the same?  Else
 * the server counts anew without saying so (quirk 36). */
static void check_anchor(struct box *box, const struct imap_news *news)
{
	g_autoptr(Message) message = make_message(box, news);
	struct memory memory = memory_of(message);
	bool is_other = seen_find(box->account->seen, memory.place,
			    memory.identity) == SEEN_ELSEWHERE;

	memory_clear(&memory);
	if (!is_other)
		return;
	log_line(LOG_LEVEL_WARNING, box->name,
	    "the server gives UIDs to other messages than before");
	watch_renumber(box->watch);
}

static void news(void *data, const struct imap_news *news_)
{
	struct box *box = data;

	if (news_->anchor) {
		check_anchor(box, news_);
		return;
	}
	if (mark_is_taken(&box->mark, news_->uid) ||
	    g_hash_table_contains(box->told, GUINT_TO_POINTER(news_->uid)))
		return;
	if (box->dropped > 0 ||
	    delivery_count(box->account->delivery) >= MESSAGES_MAX) {
		drop(box, news_->uid);
		return;
	}
	g_hash_table_add(box->told, GUINT_TO_POINTER(news_->uid));
	box->highest = MAX(box->highest, news_->uid);
	tell(box, make_message(box, news_));
}

static void round_over(struct box *box)
{
	g_hash_table_remove_all(box->told);
	box->synced_uid = MAX(box->highest, box->synced_uid);
	box->mark.time = when_wall();
	box->synced = true;
	box->renumbered = false;
	mark_clear(&box->before);
}

static void synced(void *data)
{
	struct box *box = data;
	struct account *account = box->account;

	if (box->dropped == 0)
		round_over(box);
	delivery_round_end(account->delivery, box);
	delivery_resume(account->delivery, box, box->mark.uidvalidity);
	box_store(box);
	account_proven(account);
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
	if (box->synced && box->dropped == 0 && !box->renumbered)
		box->mark.time = MAX(box->mark.time, time);
}

/* What the server said last counts when it had told all before; a greeting or
 * a refused login of one that comes back tells of no mail. */
static void note_silence(struct box *box)
{
	struct watch_status status;

	watch_get_status(box->watch, &status);
	note_told(box, when_of(status.heard));
	box->synced = false;
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	struct box *box = data;
	const struct report_state report = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .state = state_names[state],
	    .reason = reason,
	};

	if (state != WATCH_LIVE) {
		note_silence(box);
		delivery_pause(box->account->delivery, box);
	}
	if (box->alarm != NULL)
		alarm_watch_set(box->alarm, state == WATCH_LIVE, reason);
	report_state(box->account->world->form, &report);
	account_moved(box->account);
}

static bool refused(void *data)
{
	return account_refused(((struct box *)data)->account);
}

static void ended(void *data, const GError *error)
{
	struct box *box = data;

	box_end(box, error != NULL ? error->message : NULL);
	if (error != NULL)
		account_failed(box, error);
	account_moved(box->account);
}

static void refreshed(void *data, int64_t age)
{
	struct box *box = data;

	note_told(box, when_wall());
	account_learn(box->account, imap_refresh_survived, age);
}

static void died(void *data, int64_t age)
{
	account_learn(((struct box *)data)->account, imap_refresh_died, age);
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
    .refreshed = refreshed,
    .died = died,
};

/* ---- the owner's side ---- */

static struct watch *make_watch(struct box *box)
{
	struct account *account = box->account;
	const struct watch_options options = {
	    .net = account->world->net,
	    .pace = account->world->pace,
	    .account = account->config,
	    .mailbox = box->mailbox,
	    .goal = account->world->once ? IMAP_GOAL_ONCE : IMAP_GOAL_WATCH,
	    .uidvalidity = box->mark.uidvalidity,
	    .last_uid = box->synced_uid,
	    .told_until = &box->mark.time,
	    .refresh = account->refresh.current,
	    .header_fields = account->judge->header_fields,
	};

	return watch_new(&options, &watch_events, box);
}

/* Who runs once has nobody to alarm.  What is blind already stays so until it
 * is live, whatever is made of its watch meanwhile. */
static void set_alarm(struct box *box)
{
	const struct config_account *config = box->account->config;
	struct alarm *alarm = box->account->world->alarm;

	if (alarm == NULL)
		return;
	if (box->alarm == NULL)
		box->alarm = alarm_watch_new(alarm, config->name, box->mailbox);
	alarm_watch_set(box->alarm, false, NULL);
	alarm_watch_configure(box->alarm, config->blind_after, config->on_state,
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
}

struct box *box_new(struct account *account, const char *mailbox)
{
	struct box *box = g_new0(struct box, 1);

	box->account = account;
	box->mailbox = g_strdup(mailbox);
	box->name = g_strdup_printf("%s/%s", account->config->name, mailbox);
	load_mark(box);
	box->told = g_hash_table_new(NULL, NULL);
	set_alarm(box);
	box->watch = make_watch(box);
	return box;
}

void box_free(gpointer data)
{
	struct box *box = data;

	watch_free(box->watch);
	alarm_watch_free(box->alarm);
	mark_clear(&box->mark);
	mark_clear(&box->before);
	g_hash_table_unref(box->told);
	g_free(box->mailbox);
	g_free(box->name);
	g_free(box);
}

void box_renew(struct box *box, bool wanted)
{
	g_clear_pointer(&box->watch, watch_free);
	delivery_pause(box->account->delivery, box);
	box->started = box->synced = box->quitting = false;
	box->dropped = 0;
	box->ended = !wanted;
	if (wanted) {
		load_mark(box);
		set_alarm(box);
		box->watch = make_watch(box);
	} else {
		g_clear_pointer(&box->alarm, alarm_watch_free);
		delivery_resume(box->account->delivery, box, 0);
	}
}

void box_fetch_dropped(struct box *box)
{
	uint32_t last_uid = box->dropped - 1;

	if (box->dropped == 0 || box->watch == NULL || box->ended)
		return;
	box->dropped = 0;
	watch_rewind(box->watch, last_uid);
}

void box_say_goodbye(struct box *box)
{
	if (box->watch == NULL || box->ended || box->quitting)
		return;
	box->quitting = true;
	watch_logout(box->watch);
}

/* What waits for a download stays untaken: the next start tells it again. */
void box_end(struct box *box, const char *reason)
{
	box->ended = true;
	if (reason != NULL && box->alarm != NULL)
		alarm_watch_give_up(box->alarm, reason);
	delivery_abandon(box->account->delivery, box);
}

/* ---- status ---- */

static void add_time(JsonBuilder *builder, const char *name, int64_t wall)
{
	g_autofree char *text = NULL;

	if (wall == 0)
		return;
	text = when_format(wall);
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
}

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
	if (text == NULL)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
}

static void add_watch(const struct box *box, JsonBuilder *builder)
{
	struct watch_status status;

	watch_get_status(box->watch, &status);
	/* Its turn comes when another one of the account has logged in. */
	if (!box->started && !box->ended)
		status.state = WATCH_WAITING;
	add_text(builder, "state", state_names[status.state]);
	add_time(builder, "since", when_of(status.since));
	add_time(builder, "heard", when_of(status.heard));
	add_time(builder, "next_refresh", when_of(status.next_look));
	add_time(builder, "next_try", when_of(status.next_try));
	add_text(builder, "error", status.error);
	if (status.state == WATCH_LIVE)
		add_text(builder, "method", status.idling ? "idle" : "poll");
}

void box_status(const struct box *box, JsonBuilder *builder)
{
	json_builder_begin_object(builder);
	add_text(builder, "mailbox", box->mailbox);
	add_watch(box, builder);
	add_time(builder, "last_message", box->last_message);
	json_builder_set_member_name(builder, "blind");
	json_builder_add_boolean_value(
	    builder, box->alarm != NULL && alarm_watch_is_blind(box->alarm));
	json_builder_end_object(builder);
}
