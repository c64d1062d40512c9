/*
 * How an account and its mailboxes fare, for whoever asks.
 */
#include "app/alarm.h"
#include "app/box.h"
#include "app/fetching.h"
#include "app/when.h"

/* ---- the account's watches, counted ---- */

static const char *trouble_of(const struct box *box)
{
	struct watch_status status;

	if (box->error != NULL)
		return box->error;
	watch_get_status(box->line->watch, &status);
	return status.error;
}

unsigned account_watches(
    const struct account *account, unsigned *ret_live, const char **ret_error)
{
	unsigned watches = 0;

	*ret_live = 0;
	*ret_error = NULL;
	if (account->resting)
		return 0;
	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (box->line == NULL || box->resting)
			continue;
		watches++;
		if (box->state == WATCH_LIVE)
			(*ret_live)++;
		else if (*ret_error == NULL)
			*ret_error = trouble_of(box);
	}
	return watches;
}

/* ---- a mailbox ---- */

static void add_time(struct emit *emit, const char *name, int64_t wall)
{
	g_autofree char *text = NULL;

	if (wall == 0)
		return;
	text = when_format(wall);
	emit_member_string(emit, name, text);
}

static void add_text(struct emit *emit, const char *name, const char *text)
{
	if (text == NULL)
		return;
	emit_member_string(emit, name, text);
}

static bool is_blind(const struct alarm_watch *alarm)
{
	return alarm != NULL && alarm_watch_is_blind(alarm);
}

static bool is_watch_blind(const struct box *box)
{
	return box->state != WATCH_LIVE && !box_is_at_rest(box) &&
	    (is_blind(box->alarm) || is_blind(box->line->alarm));
}

static const char *const method_names[] = {
    [IMAP_METHOD_NOTIFY] = "notify",
    [IMAP_METHOD_IDLE] = "idle",
    [IMAP_METHOD_STATUS] = "status",
    [IMAP_METHOD_POLL] = "poll",
};

static void add_method(const struct box *box, struct emit *emit)
{
	struct watch *watch = box->line->watch;

	add_text(emit, "method", method_names[watch_method(watch, box)]);
	add_text(emit, "method_why", watch_why(watch));
}

/* Its turn comes when another one of the account has logged in. */
static enum watch_state shown_state(const struct box *box)
{
	if (!box->line->started && !box->line->ended)
		return WATCH_WAITING;
	return box->state;
}

static void add_watch(const struct box *box, struct emit *emit)
{
	enum watch_state state = shown_state(box);
	struct watch_status status;

	watch_get_status(box->line->watch, &status);
	add_text(emit, "state", box_state_name(box, state));
	add_time(emit, "since", when_of(box->turned));
	add_time(emit, "heard", when_of(status.heard));
	if (!box->resting) {
		add_time(emit, "next_refresh", when_of(status.next_look));
		add_time(emit, "next_try", when_of(status.next_try));
	}
	add_text(emit, "error", box->error != NULL ? box->error : status.error);
	if (state == WATCH_LIVE)
		add_method(box, emit);
}

static void add_box(const struct box *box, struct emit *emit)
{
	emit_begin_object(emit);
	add_text(emit, "mailbox", box->mailbox);
	add_watch(box, emit);
	add_time(emit, "last_message", box->last_message);
	emit_member_boolean(emit, "blind", is_watch_blind(box));
	emit_end_object(emit);
}

/* ---- the account ---- */

static void add_given_up(
    const struct delivery_given_up *given_up, struct emit *emit)
{
	g_autofree char *time = when_format(given_up->time);

	emit_begin_object(emit);
	emit_member_string(emit, "mailbox", given_up->mailbox);
	emit_member_int(emit, "uid", given_up->uid);
	emit_member_string(emit, "from", given_up->from);
	emit_member_string(emit, "subject", given_up->subject);
	emit_member_string(emit, "time", time);
	emit_member_string(emit, "reason", given_up->reason);
	emit_end_object(emit);
}

static void add_numbers(const struct account *account, struct emit *emit)
{
	emit_member_int(emit, "refresh", account->refresh.current / 1000);
	emit_member_int(
	    emit, "refresh_configured", account->config->refresh / 1000);
	emit_member_int(emit, "pending", delivery_count(account->delivery));
}

void account_status(const struct account *account, struct emit *emit)
{
	const struct delivery_given_up *given_up;

	emit_begin_object(emit);
	emit_member_string(emit, "account", account->config->name);
	add_numbers(account, emit);
	rest_status(account, emit);
	emit_name(emit, "given_up");
	emit_begin_array(emit);
	for (unsigned i = 0;
	     (given_up = delivery_given_up(account->delivery, i)) != NULL; i++)
		add_given_up(given_up, emit);
	emit_end_array(emit);
	fetching_status(account->config->name, emit);
	emit_name(emit, "watches");
	emit_begin_array(emit);
	for (unsigned i = 0; i < account->boxes->len; i++)
		if (((struct box *)account->boxes->pdata[i])->line != NULL)
			add_box(account->boxes->pdata[i], emit);
	emit_end_array(emit);
	emit_end_object(emit);
}
