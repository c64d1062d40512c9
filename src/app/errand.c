/*
 * A queue of errands, and a watch (with a task as its goal) that serves the
 * first of them.  What changes the queue only sets the timer: all is decided
 * in turn(), where nobody else is at work.
 */
#include "app/errand.h"
#include "app/reading.h"
#include "app/watch.h"
#include <string.h>

enum {
	/* ms that a connection waits for another errand. */
	LINGER_TIME = 4000,
};

struct errand {
	struct errands *errands;
	char *mailbox;
	uint32_t uidvalidity;
	bool writable, list;
	const struct errand_events *events;
	void *data;
	int64_t due;      /* loop_now() terms; INT64_MAX: none */
	int64_t deadline; /* as asked for, ms */
	unsigned wishes;  /* not ended */
	bool ready;
	bool retried; /* a connection that was there had died meanwhile */
};

struct errands {
	unsigned references;
	struct net *net;
	struct settings *settings;
	const struct config_account *account;
	struct pace *pace;
	struct loop_timer *timer;
	struct watch *watch; /* or NULL */
	bool ended, spoilt;  /* the watch is of no use any more */
	bool used;           /* it has served one before */
	bool worked;         /* so has a watch, be it another one */
	int64_t idle_since;  /* 0: it is not */
	GQueue queue;        /* struct errand; waiting */
	struct errand *current;
	uint32_t opened; /* UIDVALIDITY */
};

static void set_turn(struct errands *errands)
{
	loop_timer_set(errands->timer, loop_now());
}

/* ---- failing ---- */

/* The owner frees it, perhaps at once. */
static void tell_failure(struct errand *errand, const GError *error)
{
	errand->events->failed(errand->data, error);
}

static void fail_current(struct errands *errands, const GError *error)
{
	struct errand *errand = g_steal_pointer(&errands->current);

	set_turn(errands);
	if (errand == NULL)
		return;
	errand->errands = NULL;
	tell_failure(errand, error);
}

static void fail_queue(struct errands *errands, const GError *error)
{
	struct errand *errand;

	while ((errand = g_queue_pop_head(&errands->queue)) != NULL) {
		errand->errands = NULL;
		tell_failure(errand, error);
	}
}

/* ---- what the watch tells ---- */

static void mailboxes(void *data, GArray *list)
{
	struct errands *errands = data;
	const struct errand *errand = errands->current;
	struct imap_watched watched = {0};

	if (errand == NULL)
		return;
	watched.owner = (void *)errand;
	watched.mailbox = errand->mailbox;
	watched.uidvalidity = errand->uidvalidity;
	watched.writable = errand->writable;
	g_array_append_val(list, watched);
}

static void be_ready(struct errands *errands)
{
	struct errand *errand = errands->current;

	errand->ready = true;
	errands->used = errands->worked = true;
	errand->events->ready(errand->data, errands->opened);
}

static void opened(
    void *data, void *owner, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	struct errands *errands = data;

	(void)owner;
	(void)uid;
	(void)reset;
	errands->opened = uidvalidity;
}

static void synced(void *data, void *owner, uint32_t uid, uint64_t modseq)
{
	struct errands *errands = data;

	(void)uid;
	(void)modseq;
	if (owner != errands->current)
		return;
	if (errands->current->list)
		watch_list(errands->watch);
	else
		be_ready(errands);
}

static void listed(void *data, const struct imap_listed *listed_)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (errand != NULL && errand->list && !errand->ready)
		errand->events->listed(errand->data, listed_);
}

static void choose(void *data)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (errand != NULL && errand->list && !errand->ready)
		be_ready(errands);
}

static void done(
    void *data, void *owner, const struct imap_done *done_, const GError *error)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (owner != errand || errand->wishes == 0)
		return;
	errand->wishes--;
	errand->events->done(errand->data, done_, error);
}

static void piece(void *data, void *owner, uint32_t uid, uint64_t offset,
    const char *bytes, size_t size)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (owner == errand)
		errand->events->piece(errand->data, uid, offset, bytes, size);
}

static void body_end(
    void *data, void *owner, uint32_t uid, bool decoded, const char *failure)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (owner != errand || errand->wishes == 0)
		return;
	errand->wishes--;
	errand->events->body_end(errand->data, uid, decoded, failure);
}

static void about(void *data, void *owner, const struct imap_news *news_,
    struct imap_structure *structure, const char *failure)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (owner != errand || errand->wishes == 0)
		return;
	errand->wishes--;
	errand->events->about(errand->data, news_, structure, failure);
}

static void news(void *data, void *owner, const struct imap_news *news_)
{
	struct errands *errands = data;
	struct errand *errand = errands->current;

	if (owner == errand && errand->events->news != NULL)
		errand->events->news(errand->data, news_);
}

static void failed(void *data, void *owner, const GError *error)
{
	struct errands *errands = data;

	if (owner == errands->current)
		fail_current(errands, error);
}

static void ignore_flags(
    void *data, void *owner, uint32_t uid, const char *flags)
{
	(void)data;
	(void)owner;
	(void)uid;
	(void)flags;
}

static void ignore_gone(void *data, void *owner, const char *set)
{
	(void)data;
	(void)owner;
	(void)set;
}

static void ignore_change(
    void *data, enum watch_state state, const char *reason)
{
	(void)data;
	(void)state;
	(void)reason;
}

/* One that had been left alone may have been closed meanwhile: nothing has
 * happened yet, and a new one is made. */
static bool may_retry(const struct errands *errands)
{
	const struct errand *errand = errands->current;

	return errand != NULL && errands->used && !errand->ready &&
	    !errand->retried;
}

/* What was wrong with a new connection is wrong for all that wait. */
static void ended(void *data, const GError *error)
{
	struct errands *errands = data;
	g_autoptr(GError) closed = NULL;

	errands->ended = true;
	set_turn(errands);
	if (may_retry(errands)) {
		errands->current->retried = true;
		g_queue_push_head(
		    &errands->queue, g_steal_pointer(&errands->current));
		return;
	}
	if (errands->current == NULL)
		return;
	closed = error != NULL ? g_error_copy(error)
			       : g_error_new(IMAP_ERROR, IMAP_ERROR_CLOSED,
				     "the connection was closed");
	fail_current(errands, closed);
	if (!errands->used)
		fail_queue(errands, closed);
}

static const struct watch_events events = {
    .mailboxes = mailboxes,
    .choose = choose,
    .listed = listed,
    .opened = opened,
    .news = news,
    .synced = synced,
    .piece = piece,
    .body_end = body_end,
    .about = about,
    .done = done,
    .failed = failed,
    .flags = ignore_flags,
    .gone = ignore_gone,
    .changed = ignore_change,
    .ended = ended,
};

/* ---- turns ---- */

static void connect_anew(struct errands *errands)
{
	g_autofree char *fields =
	    reading_fields(errands->account, errands->settings->header_fields);
	const struct watch_options options = {
	    .net = errands->net,
	    .account = errands->account,
	    .goal = IMAP_GOAL_TASK,
	    .header_fields = fields,
	    .structure = (errands->settings->wants & RULES_WANT_STRUCTURE) != 0,
	    .pace = errands->pace,
	};

	errands->used = false;
	errands->watch = watch_new(&options, &events, errands);
	watch_start(errands->watch);
}

/* Another errand may stand where the last one stood, in memory, too. */
static void use_connection(struct errands *errands)
{
	g_autoptr(GArray) list = watch_list_new();

	watch_choose(errands->watch, list);
	mailboxes(errands, list);
	watch_choose(errands->watch, list);
}

static void begin_next(struct errands *errands)
{
	errands->current = g_queue_pop_head(&errands->queue);
	if (errands->current == NULL)
		return;
	errands->idle_since = 0;
	if (errands->watch == NULL)
		connect_anew(errands);
	else
		use_connection(errands);
}

static void drop_useless(struct errands *errands)
{
	if (!errands->ended && !errands->spoilt)
		return;
	g_clear_pointer(&errands->watch, watch_free);
	errands->ended = errands->spoilt = false;
	errands->idle_since = 0;
}

/* Nobody waits for the answer. */
static void say_goodbye(struct errands *errands)
{
	if (errands->watch == NULL)
		return;
	watch_logout(errands->watch);
	errands->spoilt = true;
}

static void linger(struct errands *errands)
{
	if (errands->watch == NULL || errands->current != NULL)
		return;
	if (errands->idle_since == 0)
		errands->idle_since = MAX(loop_now(), 1);
	if (loop_now() < errands->idle_since + LINGER_TIME)
		return;
	say_goodbye(errands);
	drop_useless(errands);
}

static GError *lateness(const struct errand *errand)
{
	return g_error_new(IMAP_ERROR, IMAP_ERROR_TIMEOUT,
	    "not done within %" G_GINT64_FORMAT " s", errand->deadline / 1000);
}

static void fail_late(struct errands *errands)
{
	int64_t now = loop_now();

	if (errands->current != NULL && errands->current->due <= now) {
		g_autoptr(GError) error = lateness(errands->current);

		errands->spoilt = true;
		fail_current(errands, error);
	}
	for (GList *link = errands->queue.head; link != NULL;) {
		struct errand *errand = link->data;
		GList *next = link->next;

		if (errand->due <= now) {
			g_autoptr(GError) error = lateness(errand);

			g_queue_delete_link(&errands->queue, link);
			errand->errands = NULL;
			tell_failure(errand, error);
			/* Who was told may have freed others. */
			next = errands->queue.head;
		}
		link = next;
	}
}

static int64_t next_turn(const struct errands *errands)
{
	int64_t due = INT64_MAX;

	if (errands->current != NULL)
		due = errands->current->due;
	for (GList *link = errands->queue.head; link != NULL; link = link->next)
		due = MIN(due, ((const struct errand *)link->data)->due);
	if (errands->idle_since > 0)
		due = MIN(due, errands->idle_since + LINGER_TIME);
	return due;
}

static void turn(void *data)
{
	struct errands *errands = data;

	fail_late(errands);
	drop_useless(errands);
	if (errands->current == NULL)
		begin_next(errands);
	linger(errands);
	if (errands->ended || errands->spoilt)
		set_turn(errands);
	else
		loop_timer_set(errands->timer, next_turn(errands));
}

/* ---- the owner's side ---- */

struct errands *errands_new(struct net *net, struct settings *settings,
    const struct config_account *account, struct pace *pace)
{
	struct errands *errands = g_new0(struct errands, 1);

	errands->references = 1;
	errands->net = net;
	errands->settings = settings_ref(settings);
	errands->account = account;
	errands->pace = pace;
	errands->timer = loop_timer_new(net->loop, turn, errands);
	g_queue_init(&errands->queue);
	return errands;
}

struct errands *errands_ref(struct errands *errands)
{
	errands->references++;
	return errands;
}

void errands_unref(struct errands *errands)
{
	g_autoptr(GError) error = NULL;

	if (errands == NULL || --errands->references > 0)
		return;
	error = g_error_new(
	    IMAP_ERROR, IMAP_ERROR_CLOSED, "the account is given up");
	fail_current(errands, error);
	fail_queue(errands, error);
	if (!errands->ended && !errands->spoilt)
		say_goodbye(errands);
	watch_free(errands->watch);
	loop_timer_free(errands->timer);
	settings_unref(errands->settings);
	g_free(errands);
}

const struct config_account *errands_account(const struct errands *errands)
{
	return errands->account;
}

bool errands_have_worked(const struct errands *errands)
{
	return errands->worked;
}

struct errand *errand_new(struct errands *errands,
    const struct errand_options *options, const struct errand_events *events_,
    void *data)
{
	struct errand *errand = g_new0(struct errand, 1);

	errand->errands = errands;
	errand->mailbox = g_strdup(options->mailbox);
	errand->uidvalidity = options->uidvalidity;
	errand->writable = options->writable;
	errand->list = options->list;
	errand->events = events_;
	errand->data = data;
	errand->deadline = options->deadline;
	errand->due =
	    options->deadline > 0 ? loop_now() + options->deadline : INT64_MAX;
	g_queue_push_tail(&errands->queue, errand);
	set_turn(errands);
	return errand;
}

/* A connection with something under way is of no use to the next one. */
static void leave(struct errands *errands, struct errand *errand)
{
	if (errand == errands->current) {
		errands->current = NULL;
		errands->spoilt |= errand->wishes > 0 || !errand->ready;
	} else {
		g_queue_remove(&errands->queue, errand);
	}
	set_turn(errands);
}

void errand_free(struct errand *errand)
{
	if (errand == NULL)
		return;
	if (errand->errands != NULL)
		leave(errand->errands, errand);
	g_free(errand->mailbox);
	g_free(errand);
}

void errand_act(struct errand *errand, const struct imap_act *act)
{
	if (errand->errands == NULL || !errand->ready)
		return;
	errand->wishes++;
	watch_act(errand->errands->watch, errand, act);
}

void errand_last(struct errand *errand, unsigned count)
{
	if (errand->errands == NULL || !errand->ready)
		return;
	errand->wishes++;
	watch_last(errand->errands->watch, errand, count);
}

void errand_body(struct errand *errand, const struct imap_body *body)
{
	if (errand->errands == NULL || !errand->ready)
		return;
	errand->wishes++;
	watch_body(errand->errands->watch, errand, body);
}

void errand_about(struct errand *errand, uint32_t uid, bool structure)
{
	if (errand->errands == NULL || !errand->ready)
		return;
	errand->wishes++;
	watch_about(errand->errands->watch, errand, uid, structure);
}
