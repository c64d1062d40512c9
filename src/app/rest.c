/*
 * The rest of an account: while none of its bells may ring its connections
 * are closed, nothing tries to come back, and one timer ends it.  What came
 * meanwhile is caught up with as after an outage, and is one bubble.
 */
#include "app/box.h"
#include "app/log.h"
#include "app/quiet.h"
#include "app/when.h"
#include "store/pause.h"

struct rest {
	struct account *account;
	struct loop_timer *timer; /* the next look */
	struct pause pause;
	enum account_rest why;
	/* Wall clock, s, or QUIET_FOREVER: when it ends (0: it is awake), and
	 * when the quiet hours change. */
	int64_t until, next;
	/* What was said last, and how many mailboxes rested. */
	enum account_rest told;
	int64_t told_until;
	unsigned told_count;
};

/* ---- lines ---- */

static bool is_any_started(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		const struct line *line = account->lines->pdata[i];

		if (line->started && !line->resting)
			return true;
	}
	return false;
}

static bool has_caught_up(const struct account *account)
{
	for (unsigned i = 0; i < account->lines->len; i++) {
		const struct line *line = account->lines->pdata[i];

		if (!line->ended && !line->caught_up)
			return false;
	}
	return true;
}

static void lie_down(struct account *account)
{
	account->resting = true;
	delivery_rest(account->delivery, true);
	/* One that was asked for goes on. */
	g_clear_pointer(&account->downloads, errands_unref);
	for (unsigned i = 0; i < account->lines->len; i++) {
		struct line *line = account->lines->pdata[i];

		line->resting = false;
		line_rest(line);
	}
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		box->resting = false;
		box_rest(box);
	}
}

/* One connection proves the credentials before the others begin. */
void rest_go_on(struct account *account, int64_t delay)
{
	if (account->resting || account->asleep || account->stopping)
		return;
	for (unsigned i = 0; i < account->lines->len; i++)
		line_wake(account->lines->pdata[i], delay);
	if (account->proven || !is_any_started(account))
		account_start(account);
}

static void get_up(struct account *account)
{
	account->resting = false;
	delivery_rest(account->delivery, false);
	for (unsigned i = 0; i < account->lines->len; i++)
		line_watch_over(account->lines->pdata[i]);
	rest_go_on(account, 0);
}

/* What was left with the server comes when its connection begins anew. */
static void fetch_left(struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		struct box *box = account->boxes->pdata[i];

		if (box_fetch_left(box) && box->line != NULL &&
		    !account->resting && !box->resting)
			watch_reopen(box->line->watch);
	}
}

/* Until all of it has come. */
static void gather(struct account *account)
{
	account->gathering = true;
	delivery_gather(account->delivery, true);
}

void rest_look_round(struct account *account)
{
	if (!account->gathering || account->resting || account->renewing ||
	    !has_caught_up(account))
		return;
	account->gathering = false;
	delivery_gather(account->delivery, false);
}

/* ---- the clock ---- */

static void store(struct rest *rest, GError **error)
{
	struct account *account = rest->account;

	pause_store(
	    account->world->state, account->config->name, &rest->pause, error);
}

static void end_pause(struct rest *rest)
{
	g_autoptr(GError) error = NULL;

	rest->pause = (struct pause){0};
	store(rest, &error);
	if (error != NULL)
		log_line(LOG_LEVEL_WARNING, rest->account->config->name,
		    "the end of the pause cannot be remembered: %s",
		    error->message);
}

static const struct hours *hours_of(const struct account *account)
{
	return curfew_hours(
	    account->judge->curfew, account->config->quiet_hours);
}

static void decide(struct rest *rest, int64_t now)
{
	const struct hours *hours = hours_of(rest->account);

	rest->next = hours != NULL ? quiet_change(hours, now) : QUIET_FOREVER;
	quiet_keep_length(&rest->pause, now);
	if (rest->pause.until != 0 && rest->pause.until <= now)
		end_pause(rest);
	rest->why = ACCOUNT_AWAKE;
	rest->until = 0;
	if (rest->pause.until != 0) {
		rest->why = ACCOUNT_PAUSED;
		rest->until = rest->pause.until;
	} else if (hours != NULL && hours_hold(hours, quiet_minute(now))) {
		rest->why = ACCOUNT_QUIET;
		rest->until = rest->next;
	}
}

static void arm(struct rest *rest, int64_t now)
{
	int64_t next = rest->why == ACCOUNT_PAUSED ? rest->until : rest->next;

	loop_timer_set(rest->timer,
	    next == QUIET_FOREVER ? INT64_MAX
				  : loop_now() + (next - now) * 1000);
}

static void say(const struct rest *rest)
{
	const struct account *account = rest->account;
	g_autofree char *text = account_describe_rest(account);

	if (rest->told_count > 0)
		log_line(LOG_LEVEL_INFO, account->config->name,
		    "%s, mailboxes at rest: %u; urgent rules may be about the "
		    "others",
		    text, rest->told_count);
	else
		log_line(LOG_LEVEL_INFO, account->config->name, "%s",
		    text != NULL ? text : "awake again");
}

static void tell(struct rest *rest)
{
	unsigned count = vigil_count(rest->account);

	if (rest->account->renewing ||
	    (rest->told == rest->why && rest->told_until == rest->until &&
		rest->told_count == count))
		return;
	rest->told = rest->why;
	rest->told_until = rest->until;
	rest->told_count = count;
	say(rest);
}

static void turn(struct account *account, enum account_rest why)
{
	bool was_off = account->resting || account->hushed;
	bool hushed = vigil_decide(account, why == ACCOUNT_QUIET);
	bool closed = why != ACCOUNT_AWAKE && !hushed;

	if (closed && !account->resting)
		lie_down(account);
	if (closed || hushed) {
		account->gathering = false;
		delivery_gather(account->delivery, false);
	} else if (was_off) {
		gather(account);
		fetch_left(account);
	}
	if (!closed)
		vigil_sort(account);
	if (!closed && account->resting)
		get_up(account);
	if (was_off && !closed && !hushed)
		snoozes_look(account->world->snoozes);
}

static void look(struct rest *rest)
{
	struct account *account = rest->account;
	int64_t now = when_wall();

	decide(rest, now);
	arm(rest, now);
	if (account->stopping)
		return;
	turn(account, rest->why);
	tell(rest);
	account_moved(account);
}

static void on_timer(void *data)
{
	look(data);
}

static struct rest *make(struct account *account)
{
	struct rest *rest = account->rest;

	if (rest == NULL) {
		rest = account->rest = g_new0(struct rest, 1);
		rest->account = account;
		rest->timer =
		    loop_timer_new(account->world->net->loop, on_timer, rest);
	}
	return rest;
}

void rest_free(struct rest *rest)
{
	if (rest == NULL)
		return;
	loop_timer_free(rest->timer);
	g_free(rest);
}

void rest_configure(struct account *account)
{
	if (account->rest != NULL || hours_of(account) != NULL)
		look(make(account));
}

void rest_load(struct account *account)
{
	g_autofree char *trouble = NULL;
	struct pause pause;

	pause_load(
	    account->world->state, account->config->name, &pause, &trouble);
	if (trouble != NULL)
		log_line(
		    LOG_LEVEL_WARNING, account->config->name, "%s", trouble);
	if (pause.until != 0)
		make(account)->pause = pause;
	rest_configure(account);
	/* It has ended meanwhile. */
	if (pause.until != 0 && account->rest->why == ACCOUNT_AWAKE)
		gather(account);
}

void account_look_at_clock(struct account *account)
{
	if (account->rest != NULL)
		look(account->rest);
	snoozes_look(account->world->snoozes);
}

/* ---- what people say ---- */

bool account_pause(struct account *account, int64_t until, GError **error)
{
	struct rest *rest = make(account);
	g_autoptr(GError) failure = NULL;

	rest->pause.since = when_wall();
	rest->pause.until = until;
	store(rest, &failure);
	look(rest);
	if (failure == NULL)
		return true;
	g_propagate_prefixed_error(error, g_steal_pointer(&failure),
	    "it holds, but not over a restart: ");
	return false;
}

bool account_resume(struct account *account)
{
	struct rest *rest = account->rest;

	if (rest == NULL || rest->pause.until == 0)
		return false;
	end_pause(rest);
	look(rest);
	return true;
}

enum account_rest account_rest(
    const struct account *account, int64_t *ret_until)
{
	const struct rest *rest = account->rest;

	*ret_until = rest != NULL ? rest->until : 0;
	return rest != NULL ? rest->why : ACCOUNT_AWAKE;
}

bool account_is_resting(const struct account *account)
{
	const char *error;
	unsigned live;

	return account->resting ||
	    (account->hushed && account_watches(account, &live, &error) == 0);
}

char *account_describe_rest(const struct account *account)
{
	static const char *const words[] = {
	    [ACCOUNT_PAUSED] = "paused",
	    [ACCOUNT_QUIET] = "quiet",
	};
	int64_t until;
	enum account_rest why = account_rest(account, &until);
	g_autofree char *end = NULL;

	if (why == ACCOUNT_AWAKE)
		return NULL;
	end = quiet_print(until, when_wall());
	return g_strconcat(words[why], " ", end, NULL);
}

void rest_status(const struct account *account, struct emit *emit)
{
	static const char *const reasons[] = {
	    [ACCOUNT_PAUSED] = "pause",
	    [ACCOUNT_QUIET] = "quiet_hours",
	};
	int64_t until;
	enum account_rest why = account_rest(account, &until);
	g_autofree char *time = NULL;

	if (why == ACCOUNT_AWAKE)
		return;
	emit_name(emit, "quiet");
	emit_begin_object(emit);
	emit_name(emit, "reason");
	emit_string(emit, reasons[why]);
	if (until != QUIET_FOREVER) {
		time = when_format(until);
		emit_name(emit, "until");
		emit_string(emit, time);
	}
	emit_name(emit, "connected");
	emit_boolean(emit, !account->resting);
	if (account->hushed) {
		emit_name(emit, "resting");
		emit_int(emit, vigil_count(account));
	}
	emit_end_object(emit);
}
