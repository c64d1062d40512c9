/*
 * One connection of an account, and the mailboxes that it carries.
 */
#include "app/alarm.h"
#include "app/box.h"
#include "app/log.h"
#include "app/reading.h"
#include "app/when.h"
#include <string.h>

/* ---- its mailboxes ---- */

/* For (unsigned i = 0; (box = next_box(line, &i)) != NULL;) */
static struct box *next_box(const struct line *line, unsigned *position)
{
	const GPtrArray *boxes = line->account->boxes;

	while (*position < boxes->len) {
		struct box *box = boxes->pdata[(*position)++];

		if (box->line == line)
			return box;
	}
	return NULL;
}

static void describe(const struct line *line, GArray *list)
{
	struct box *box;

	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		if (!box->resting)
			box_describe(box, list);
}

void line_choose(struct line *line)
{
	g_autoptr(GArray) list = watch_list_new();

	line->chosen = true;
	describe(line, list);
	watch_choose(line->watch, list);
	line_look(line);
}

static bool is_first(const struct line *line)
{
	return line->account->lines->len == 0 ||
	    line->account->lines->pdata[0] == line;
}

/* The mailbox of an account that will never have another, or NULL. */
static const struct box *only_box(const struct account *account)
{
	return account->config->mailboxes[1] == NULL &&
		!account_has_patterns(account)
	    ? account->boxes->pdata[0]
	    : NULL;
}

/* ---- never blind in silence ---- */

/* Who runs once has nobody to alarm. */
static void set_alarm(struct line *line)
{
	struct account *account = line->account;
	const struct box *box = only_box(account);

	if (account->world->alarm == NULL ||
	    ((account->resting || line->resting) && line->alarm == NULL))
		return;
	if (line->alarm == NULL)
		line->alarm = alarm_watch_new(account->world->alarm,
		    account->config->name, box != NULL ? box->mailbox : NULL);
	alarm_watch_set(line->alarm, false, NULL);
	box_configure_alarm(account, line->alarm);
}

void line_inherit(struct line *line, struct line *old)
{
	if (strcmp(line->name, old->name) != 0)
		return;
	line_forget_alarm(line);
	line->alarm = g_steal_pointer(&old->alarm);
	set_alarm(line);
}

void line_bequeath(struct line *line, struct line *heir)
{
	if (line->alarm == NULL || !alarm_watch_is_blind(line->alarm) ||
	    heir->alarm == NULL || alarm_watch_is_blind(heir->alarm))
		return;
	line_forget_alarm(heir);
	heir->alarm = g_steal_pointer(&line->alarm);
	set_alarm(heir);
	if (heir->caught_up)
		alarm_watch_set(heir->alarm, true, NULL);
}

void line_forget_alarm(struct line *line)
{
	g_clear_pointer(&line->alarm, alarm_watch_free);
}

void line_watch_over(struct line *line)
{
	if (!line->ended)
		set_alarm(line);
}

static bool is_caught_up(const struct line *line)
{
	const struct box *box;

	if (watch_state(line->watch) != WATCH_LIVE || !line->chosen)
		return false;
	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		if (!box->synced && box->error == NULL && !box->resting)
			return false;
	return true;
}

void line_look(struct line *line)
{
	if (line->caught_up || !is_caught_up(line))
		return;
	line->caught_up = true;
	if (line->alarm != NULL)
		alarm_watch_set(line->alarm, true, NULL);
}

static void be_lost(struct line *line, const char *reason)
{
	line->caught_up = false;
	if (line->alarm != NULL)
		alarm_watch_set(line->alarm, false, reason);
}

/* ---- what the watch tells ---- */

/* What was on its way when another line took the mailbox over is not for us:
 * that one tells it again, and so does the end of a rest. */
static bool is_mine(const struct line *line, const struct box *box)
{
	return box->line == line && !box->resting;
}

/* With patterns the mailboxes are chosen when all are known. */
static void mailboxes(void *data, GArray *list)
{
	struct line *line = data;

	line->chosen = !is_first(line) || !account_has_patterns(line->account);
	if (line->chosen)
		describe(line, list);
}

static void listed(void *data, const struct imap_listed *listed_)
{
	struct line *line = data;

	if (line->listed == NULL)
		line->listed = g_ptr_array_new_with_free_func(imap_listed_free);
	g_ptr_array_add(line->listed, imap_listed_copy(listed_));
}

static void choose(void *data)
{
	struct line *line = data;
	g_autoptr(GPtrArray) all = g_steal_pointer(&line->listed);

	if (all == NULL)
		all = g_ptr_array_new();
	account_choose(line->account, all);
}

static void opened(
    void *data, void *owner, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	if (is_mine(data, owner))
		box_opened(owner, uidvalidity, uid, reset);
}

static void news(void *data, void *owner, const struct imap_news *news_)
{
	struct line *line = data;

	if (is_mine(line, owner) && !box_news(owner, news_))
		watch_reopen(line->watch);
}

static void synced(void *data, void *owner, uint32_t uid, uint64_t modseq)
{
	if (is_mine(data, owner))
		box_synced(owner, uid, modseq);
}

static void piece(void *data, void *owner, uint32_t uid, uint64_t offset,
    const char *bytes, size_t size)
{
	struct line *line = data;

	delivery_piece(
	    line->account->delivery, owner, uid, offset, bytes, size);
}

static void body_end(
    void *data, void *owner, uint32_t uid, bool decoded, const char *failure)
{
	struct line *line = data;

	(void)decoded;
	delivery_body_end(line->account->delivery, owner, uid, failure);
}

static void failed(void *data, void *owner, const GError *error)
{
	if (is_mine(data, owner))
		box_failed(owner, error);
}

static void flags(void *data, void *owner, uint32_t uid, const char *flags_)
{
	if (is_mine(data, owner))
		box_flags(owner, uid, flags_);
}

static void gone(void *data, void *owner, const char *set)
{
	if (is_mine(data, owner))
		box_gone(owner, set);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	struct line *line = data;
	struct box *box;

	if (state != WATCH_LIVE)
		be_lost(line, reason);
	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		if (!box->resting || state == WATCH_STOPPED)
			box_turn(box, state, reason);
	g_clear_pointer(&line->listed, g_ptr_array_unref);
	account_moved(line->account);
}

static void accepted(void *data)
{
	account_proven(((struct line *)data)->account);
}

static bool refused(void *data)
{
	return account_refused(((struct line *)data)->account);
}

static void ended(void *data, const GError *error)
{
	struct line *line = data;

	line_end(line, error != NULL ? error->message : NULL);
	if (error != NULL)
		account_failed(line, error);
	account_moved(line->account);
}

static void refreshed(void *data, int64_t age)
{
	struct line *line = data;
	struct box *box;

	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		box_refreshed(box);
	account_learn(line->account, imap_refresh_survived, age);
}

static void died(void *data, int64_t age)
{
	account_learn(((struct line *)data)->account, imap_refresh_died, age);
}

static void fault(void *data, unsigned faults, const char *reason)
{
	struct line *line = data;

	log_line(LOG_LEVEL_VERBOSE, line->name, "%s", reason);
	account_learn_faults(line->account, faults);
}

static void learnt(void *data, const struct imap_capabilities *after_login)
{
	account_learn_capabilities(((struct line *)data)->account, after_login);
}

static const struct watch_events watch_events = {
    .mailboxes = mailboxes,
    .choose = choose,
    .listed = listed,
    .opened = opened,
    .news = news,
    .synced = synced,
    .piece = piece,
    .body_end = body_end,
    .failed = failed,
    .flags = flags,
    .gone = gone,
    .accepted = accepted,
    .changed = changed,
    .refused = refused,
    .ended = ended,
    .refreshed = refreshed,
    .died = died,
    .fault = fault,
    .learnt = learnt,
};

/* ---- the owner's side ---- */

static char *make_name(const struct account *account, bool first)
{
	const struct box *box = only_box(account);

	if (box != NULL)
		return g_strdup(box->name);
	if (first)
		return g_strdup(account->config->name);
	return g_strdup_printf(
	    "%s(%u)", account->config->name, account->lines->len + 1);
}

static struct watch *make_watch(struct line *line, bool first)
{
	struct account *account = line->account;
	g_autofree char *fields =
	    reading_fields(account->config, account->judge->header_fields);
	const struct watch_options options = {
	    .net = account->world->net,
	    .pace = account->world->pace,
	    .account = account->config,
	    .name = line->name,
	    .goal = account->world->once ? IMAP_GOAL_ONCE : IMAP_GOAL_WATCH,
	    .choose = first && account_has_patterns(account),
	    .faults = tuning_faults(&account->tuning, when_wall()),
	    .after_login = account->tuning.after_login,
	    .refresh = account->refresh.current,
	    .header_fields = fields,
	    .structure = (account->judge->wants & RULES_WANT_STRUCTURE) != 0,
	    .preview = reading_has_preview(account->config),
	};

	return watch_new(&options, &watch_events, line);
}

struct line *line_new(struct account *account)
{
	struct line *line = g_new0(struct line, 1);
	bool first = account->lines->len == 0;

	line->account = account;
	line->name = make_name(account, first);
	line->watch = make_watch(line, first);
	g_ptr_array_add(account->lines, line);
	set_alarm(line);
	return line;
}

void line_free(gpointer data)
{
	struct line *line = data;

	watch_free(line->watch);
	alarm_watch_free(line->alarm);
	g_free(line->name);
	g_clear_pointer(&line->listed, g_ptr_array_unref);
	g_free(line);
}

void line_start(struct line *line)
{
	line->started = true;
	watch_start(line->watch);
}

void line_rest(struct line *line)
{
	if (line->alarm != NULL && !alarm_watch_is_blind(line->alarm))
		line_forget_alarm(line);
	if (line->started && !line->ended)
		watch_sleep(line->watch);
}

void line_wake(struct line *line, int64_t delay)
{
	if (line->started && !line->ended && !line->resting)
		watch_wake(line->watch, delay);
}

/* Where nothing is left to listen to, the mailbox that is open would go on
 * telling of itself. */
static void choose_anew(struct line *line)
{
	const struct box *box;

	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		if (!box->resting) {
			line_choose(line);
			return;
		}
	watch_reopen(line->watch);
}

bool line_let_rest(struct line *line, bool rest, bool changed)
{
	const struct account *account = line->account;
	bool turned = rest != line->resting;

	line->resting = rest;
	if (turned && rest) {
		line_rest(line);
	} else if (turned && !account->resting) {
		line_watch_over(line);
		if (!account->asleep)
			line_wake(line, 0);
	} else if (changed && !rest && line->chosen) {
		choose_anew(line);
	}
	return turned && (line->started || !rest);
}

void line_revive(struct line *line)
{
	struct box *box;

	if (!line->ended)
		return;
	watch_free(line->watch);
	line->watch = make_watch(line, is_first(line));
	line->started = line->ended = line->quitting = false;
	set_alarm(line);
	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		box_revive(box);
}

bool line_body(struct line *line, struct box *box, uint32_t uid, uint64_t size,
    uint64_t max)
{
	return !line->ended && box->synced &&
	    watch_body(line->watch, box,
		&(struct imap_body){.uid = uid, .size = size, .max = max});
}

void line_say_goodbye(struct line *line)
{
	if (line->ended || line->quitting)
		return;
	line->quitting = true;
	if (line->started)
		watch_logout(line->watch);
	else
		line->ended = true;
}

void line_end(struct line *line, const char *reason)
{
	struct box *box;

	line->ended = true;
	if (reason != NULL && line->alarm != NULL)
		alarm_watch_give_up(line->alarm, reason);
	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		/* What waits for a download stays untaken: the next start
		 * tells it again. */
		delivery_abandon(line->account->delivery, box);
}

bool line_is_done(const struct line *line)
{
	struct box *box;

	if (!line->started || !line->chosen)
		return false;
	for (unsigned i = 0; (box = next_box(line, &i)) != NULL;)
		if (!box->resting && !box_is_done(box))
			return false;
	return true;
}
