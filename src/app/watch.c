/*
 * Joins a session to a stream.  The session decides, this file carries out:
 * every input ends in drive(), which takes the session's actions and sets the
 * timer to its next deadline.
 */
#include "app/watch.h"
#include "app/credentials.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/when.h"

/* The first try follows at once, as most lines and servers are back by then;
 * the pauses before the next grow by half from 1 s to 5 min, so that one that
 * is away for half a minute is missed for a few seconds more. */
enum {
	BACKOFF_ONCE = 300,
	BACKOFF_FIRST = 1000,
	BACKOFF_MAX = 5 * 60 * 1000,
	BACKOFF_WAIT = 60 * 1000,
	BACKOFF_REFUSED = 10 * 1000,
	/* One that lives shorter has not got over its failures. */
	BACKOFF_SETTLED = 30 * 1000,
	/* Those who hear that their server is back come within this time. */
	BACK_TIME = 2000,
	/* Beyond a deadline: no watch should be there. */
	STUCK_TIME = 60 * 1000,
	STUCK_CONNECTING = 5 * 60 * 1000,
	/* How long one that may have died has to answer. */
	PROBE_TIME = 10 * 1000,
};

struct watch {
	struct watch_options options;
	char *mailbox, *header_fields, *name;
	const struct watch_events *events;
	void *data;

	enum watch_state state;
	struct stream_options stream_options; /* must outlive the stream */
	struct stream *stream;
	struct imap_session *session;
	struct credentials *credentials;
	struct loop_timer *timer;
	struct pace_caller *caller; /* or NULL */
	bool driving, leaving, asleep;
	bool served;  /* the server wanted to know who we are */
	bool patient; /* the server has asked to be left alone for a while */
	int64_t refreshing; /* the age of the IDLE that is refreshed, or -1 */
	unsigned failures;
	char *last_reason; /* logged once, not at every attempt */
	char *last_error;  /* for the status */
	int64_t since;     /* in this state */
	int64_t turned;    /* when it became live, or ceased to be */
	int64_t heard, next_try;
};

static void drive(struct watch *watch);
static void lose(struct watch *watch, const GError *error);

/* ---- login ---- */

static void credentials_came(
    void *data, const char *const *parts, const GError *error)
{
	struct watch *watch = data;

	if (error != NULL) {
		lose(watch, error);
		return;
	}
	imap_session_login(watch->session, parts, loop_now());
	drive(watch);
}

/* ---- states ---- */

static void change(
    struct watch *watch, enum watch_state state, const char *reason)
{
	if (watch->state == state)
		return;
	watch->since = loop_now();
	if ((watch->state == WATCH_LIVE) != (state == WATCH_LIVE))
		watch->turned = watch->since;
	watch->state = state;
	watch->events->changed(watch->data, state, reason);
}

static void disconnect(struct watch *watch)
{
	credentials_forget(watch->credentials);
	if (watch->session != NULL)
		watch->heard = imap_session_heard(watch->session);
	g_clear_pointer(&watch->session, imap_session_free);
	g_clear_pointer(&watch->stream, stream_free);
	if (watch->caller != NULL)
		pace_cancel(watch->caller);
	watch->refreshing = -1;
	watch->next_try = 0;
	watch->served = false;
	loop_timer_set(watch->timer, INT64_MAX);
}

static void try_at(struct watch *watch, int64_t when)
{
	watch->next_try = when;
	loop_timer_set(watch->timer, when);
}

static void note_error(struct watch *watch, const char *reason)
{
	g_free(watch->last_error);
	watch->last_error = g_strdup(reason);
}

/* Many accounts must not come back in step. */
static int64_t jitter(int64_t delay, double from, double to)
{
	return (int64_t)((double)delay * g_random_double_range(from, to));
}

static int64_t pause_after(unsigned failures)
{
	double pause = BACKOFF_FIRST;

	if (failures == 0)
		return jitter(BACKOFF_ONCE, 0.2, 1.5);
	while (--failures > 0 && pause < BACKOFF_MAX)
		pause *= 1.5;
	return jitter((int64_t)pause, 0.75, 1.25);
}

static int64_t backoff(struct watch *watch, const GError *error)
{
	int64_t delay = pause_after(watch->failures);
	int64_t wait = jitter(BACKOFF_WAIT, 1.0, 1.5);
	enum failure_class class = failure_class(error);

	watch->failures++;
	if (class == FAILURE_REFUSED)
		delay = MAX(delay, BACKOFF_REFUSED);
	if (class == FAILURE_WAIT)
		delay = MAX(delay, wait);
	return MIN(delay, BACKOFF_MAX);
}

/* What the network does may change with it, what a server says does not. */
static bool asks_for_patience(const GError *error)
{
	return failure_class(error) != FAILURE_TEMPORARY &&
	    error->domain == IMAP_ERROR;
}

/* How long IDLE had been quiet from our side; -1: it was not what died.  What
 * does not answer to its refresh may have been dead since before it. */
static int64_t idle_age(const struct watch *watch)
{
	int64_t look;

	if (watch->refreshing >= 0)
		return watch->refreshing;
	if (watch->session == NULL || watch->state != WATCH_LIVE ||
	    !imap_session_is_idling(watch->session))
		return -1;
	look = imap_session_next_look(watch->session);
	if (look == INT64_MAX)
		return -1;
	return MAX(loop_now() - (look - watch->options.refresh), 0);
}

/* A line that was cut, or that went silent; not one that we broke. */
static void note_death(struct watch *watch, int64_t age)
{
	if (age >= 0 && watch->events->died != NULL && !watch->asleep &&
	    !watch->leaving)
		watch->events->died(watch->data, age);
}

/* The same trouble again is said once more only to those who ask (-v). */
static void log_trouble(struct watch *watch, const char *reason, int64_t delay)
{
	bool again = g_strcmp0(reason, watch->last_reason) == 0;

	log_line(again ? LOG_LEVEL_VERBOSE : LOG_LEVEL_WARNING, watch->name,
	    "%s; trying again in %" G_GINT64_FORMAT " s", reason,
	    (delay + 999) / 1000);
	g_free(watch->last_reason);
	watch->last_reason = g_strdup(reason);
}

static void stop(struct watch *watch, const GError *error, const char *reason)
{
	change(watch, WATCH_STOPPED, reason);
	watch->events->ended(watch->data, error);
}

static bool is_final(struct watch *watch, const GError *error)
{
	if (watch->options.goal != IMAP_GOAL_WATCH || watch->leaving)
		return true;
	if (watch->asleep)
		return false;
	return failure_class(error) == FAILURE_REFUSED &&
	    watch->events->refused(watch->data);
}

/* A server that lets us catch up and then hangs up, again and again, is not
 * well. */
static void forgive(struct watch *watch)
{
	if (watch->state == WATCH_LIVE &&
	    loop_now() - watch->since >= BACKOFF_SETTLED)
		watch->failures = 0;
}

static int64_t patience_asked(const struct watch *watch)
{
	return watch->session != NULL ? imap_session_patience(watch->session)
				      : 0;
}

static void come_back(
    struct watch *watch, const GError *error, int64_t patience)
{
	/* Not within MAX(), which would count the failure twice. */
	int64_t delay = backoff(watch, error);

	delay = MAX(delay, patience);
	watch->patient = asks_for_patience(error);
	log_trouble(watch, error->message, delay);
	change(watch, WATCH_WAITING, error->message);
	try_at(watch, loop_now() + delay);
}

/* The connection is lost: for good, or until the timer brings it back. */
static void lose(struct watch *watch, const GError *error)
{
	g_autoptr(GError) kept = g_error_copy(error);
	g_autofree char *text = failure_describe(error);
	g_autofree char *reason = log_safe(text);
	int64_t age = idle_age(watch), patience = patience_asked(watch);

	g_free(kept->message);
	kept->message = g_strdup(reason);
	forgive(watch);
	if (watch->caller != NULL && failure_is_local(error))
		pace_unmade(watch->caller);
	else if (watch->caller != NULL)
		pace_failed(watch->caller, watch->served);
	disconnect(watch);
	note_error(watch, reason);
	if (is_final(watch, kept))
		stop(watch, kept, reason);
	else if (watch->asleep)
		change(watch, WATCH_SLEEPING, NULL);
	else
		come_back(watch, kept, patience);
	note_death(watch, age);
}

/* Not by a fault of the server: no backoff. */
static void renew(struct watch *watch, const char *reason, int64_t delay)
{
	if (watch->caller != NULL && watch->stream != NULL &&
	    !stream_is_connected(watch->stream))
		pace_unmade(watch->caller);
	disconnect(watch);
	watch->failures = 0;
	if (reason != NULL)
		log_line(
		    LOG_LEVEL_INFO, watch->name, "%s; connecting anew", reason);
	change(watch, WATCH_WAITING, reason);
	try_at(watch, loop_now() + delay);
}

/* ---- actions ---- */

/* Lines as they cross the wire; a literal's bytes look like lines too. */
static void trace(
    struct watch *watch, const char *who, const char *bytes, size_t size)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!log_enabled(LOG_LEVEL_TRACE))
		return;
	text = g_strndup(bytes, size);
	lines = g_strsplit(g_strchomp(text), "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		log_line(LOG_LEVEL_TRACE, watch->name, "%s: %s", who, *line);
}

static void act_write(struct watch *watch, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);

	if (action->secret)
		log_line(LOG_LEVEL_TRACE, watch->name, "C: (login)");
	else
		trace(watch, "C", bytes, size);
	stream_write(watch->stream, bytes, size, action->secret);
}

static void act_starttls(struct watch *watch, const struct imap_action *action)
{
	(void)action;
	stream_start_tls(watch->stream);
}

static void act_login(struct watch *watch, const struct imap_action *action)
{
	(void)action;
	watch->served = true;
	if (watch->caller != NULL)
		pace_answered(watch->caller);
	credentials_fetch(
	    watch->credentials, imap_session_capabilities(watch->session));
}

/* Should the connection be lost, the next one starts from here. */
static void act_opened(struct watch *watch, const struct imap_action *action)
{
	credentials_forget(watch->credentials);
	watch->options.uidvalidity = action->uidvalidity;
	watch->options.last_uid = action->uid;
	watch->events->opened(
	    watch->data, action->uidvalidity, action->uid, action->reset);
}

static void act_news(struct watch *watch, const struct imap_action *action)
{
	watch->events->news(watch->data, action->news);
}

static void act_synced(struct watch *watch, const struct imap_action *action)
{
	watch->options.last_uid = action->uid;
	/* Failures may be forgotten: the network has changed, say. */
	if (watch->last_reason != NULL)
		log_line(LOG_LEVEL_INFO, watch->name, "connected again");
	g_clear_pointer(&watch->last_reason, g_free);
	watch->patient = false;
	if (watch->caller != NULL)
		pace_proven(watch->caller);
	change(watch, WATCH_LIVE, NULL);
	watch->events->synced(watch->data);
}

static void act_piece(struct watch *watch, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);

	watch->events->piece(
	    watch->data, action->uid, action->offset, bytes, size);
}

static void act_body_end(struct watch *watch, const struct imap_action *action)
{
	watch->events->body_end(
	    watch->data, action->uid, action->failed ? action->text : NULL);
}

static void act_listed(struct watch *watch, const struct imap_action *action)
{
	if (watch->events->listed != NULL)
		watch->events->listed(watch->data, action->listed);
}

static void act_alert(struct watch *watch, const struct imap_action *action)
{
	log_line(LOG_LEVEL_WARNING, watch->name, "the server says: %s",
	    action->text);
}

static void act_state(struct watch *watch, const struct imap_action *action)
{
	log_line(LOG_LEVEL_STATES, watch->name, "state %s", action->text);
}

static void act_end(struct watch *watch, const struct imap_action *action)
{
	if (action->error != NULL) {
		lose(watch, action->error);
		return;
	}
	disconnect(watch);
	if (watch->asleep && !watch->leaving)
		change(watch, WATCH_SLEEPING, NULL);
	else
		stop(watch, NULL, NULL);
}

static void act_nothing(struct watch *watch, const struct imap_action *action)
{
	(void)watch;
	(void)action;
}

static void (*const acts[])(struct watch *, const struct imap_action *) = {
    [IMAP_ACTION_WRITE] = act_write,
    [IMAP_ACTION_STARTTLS] = act_starttls,
    [IMAP_ACTION_LOGIN] = act_login,
    [IMAP_ACTION_OPENED] = act_opened,
    [IMAP_ACTION_NEWS] = act_news,
    [IMAP_ACTION_SYNCED] = act_synced,
    [IMAP_ACTION_PIECE] = act_piece,
    [IMAP_ACTION_BODY_END] = act_body_end,
    [IMAP_ACTION_FLAGS] = act_nothing,
    [IMAP_ACTION_GONE] = act_nothing,
    [IMAP_ACTION_FAILED] = act_nothing,
    [IMAP_ACTION_LISTED] = act_listed,
    [IMAP_ACTION_CHOOSE] = act_nothing,
    [IMAP_ACTION_FAULT] = act_nothing,
    [IMAP_ACTION_ALERT] = act_alert,
    [IMAP_ACTION_STATE] = act_state,
    [IMAP_ACTION_END] = act_end,
};

/* The refresh was answered, and the next one is due much later. */
static void note_refresh(struct watch *watch)
{
	int64_t age = watch->refreshing;
	int64_t look = imap_session_next_look(watch->session);

	/* Until IDLE is on again nobody has answered. */
	if (age < 0 || !imap_session_is_idling(watch->session) ||
	    look <= loop_now() || look == INT64_MAX)
		return;
	watch->refreshing = -1;
	if (watch->events->refreshed != NULL)
		watch->events->refreshed(watch->data, age);
}

/* An action may ask for more: the outermost call takes them all. */
static void drive(struct watch *watch)
{
	g_auto(ImapAction) action = {0};

	if (watch->driving)
		return;
	watch->driving = true;
	while (watch->session != NULL &&
	    imap_session_next(watch->session, &action)) {
		acts[action.type](watch, &action);
		imap_action_clear(&action);
	}
	watch->driving = false;
	if (watch->session == NULL)
		return;
	loop_timer_set(watch->timer, imap_session_deadline(watch->session));
	note_refresh(watch);
}

/* ---- the stream ---- */

static char *search_date(const struct watch *watch)
{
	const int64_t *told = watch->options.told_until;

	return told != NULL && *told != 0 ? when_search_date(*told) : NULL;
}

static void stream_opened(void *data)
{
	struct watch *watch = data;
	const struct config_account *account = watch->options.account;
	g_autofree char *since = search_date(watch);
	const struct imap_watched watched = {
	    .owner = watch,
	    .mailbox = watch->mailbox,
	    .uidvalidity = watch->options.uidvalidity,
	    .last_uid = watch->options.last_uid,
	    .since = since,
	    .anchor = watch->options.told_until != NULL,
	};
	const struct imap_session_options options = {
	    .goal = watch->options.goal,
	    .mailboxes = &watched,
	    .mailboxes_count = watch->mailbox != NULL ? 1 : 0,
	    .starttls = account->tls == CONFIG_TLS_STARTTLS,
	    .idle = account->method != CONFIG_METHOD_POLL,
	    .push_only = account->method == CONFIG_METHOD_IDLE ||
		account->method == CONFIG_METHOD_NOTIFY,
	    .refresh = watch->options.refresh,
	    .poll_interval = account->poll_interval,
	    .header_fields = watch->header_fields,
	    .version = PACKAGE_VERSION,
	};
	g_autofree char *description = stream_describe(watch->stream);

	log_line(
	    LOG_LEVEL_VERBOSE, watch->name, "connected to %s", description);
	watch->session = imap_session_new(&options, loop_now());
	drive(watch);
}

static void stream_secured(void *data)
{
	struct watch *watch = data;
	g_autofree char *description = stream_describe(watch->stream);

	log_line(LOG_LEVEL_VERBOSE, watch->name, "%s", description);
	imap_session_secured(watch->session, loop_now());
	drive(watch);
}

static void stream_received(void *data, const char *bytes, size_t size)
{
	struct watch *watch = data;

	/* Until the login is over a read may end within a repeated secret. */
	if (!credentials_are_in_use(watch->credentials))
		trace(watch, "S", bytes, size);
	else
		log_line(LOG_LEVEL_TRACE, watch->name,
		    "S: (%" G_GSIZE_FORMAT " octets while logging in)", size);
	imap_session_feed(watch->session, bytes, size, loop_now());
	drive(watch);
}

static void stream_closed(void *data, const GError *error)
{
	struct watch *watch = data;

	if (error != NULL) {
		lose(watch, error);
		return;
	}
	imap_session_eof(watch->session, loop_now());
	drive(watch);
}

static const struct stream_events stream_events = {
    .opened = stream_opened,
    .secured = stream_secured,
    .received = stream_received,
    .closed = stream_closed,
};

static void connect_stream(struct watch *watch)
{
	const struct config_account *account = watch->options.account;

	watch->stream_options = (struct stream_options){
	    .target = {.host = account->host,
		.port = credentials_port(account),
		.proxy = account->proxy,
		.keepalive = account->tcp_keepalive,
		.timeout = account->tcp_timeout},
	    .tls_settings = {.ca_file = account->tls_ca_file,
		.pin = account->tls_pin,
		.certificate = account->tls_certificate,
		.key = account->tls_key,
		.only_1_3 = account->tls_min_version == CONFIG_TLS_1_3},
	    .tls = account->tls == CONFIG_TLS_IMPLICIT,
	};
	log_line(LOG_LEVEL_VERBOSE, watch->name, "connecting to %s port %d",
	    account->host, credentials_port(account));
	change(watch, WATCH_CONNECTING, NULL);
	watch->stream = stream_new(
	    watch->options.net, &watch->stream_options, &stream_events, watch);
}

/* ---- the road back ---- */

/* The server may have come back before that, and set the timer: a second
 * connection must not begin behind the first one. */
static void turn_came(void *data)
{
	struct watch *watch = data;

	watch->next_try = 0;
	loop_timer_set(watch->timer, INT64_MAX);
	connect_stream(watch);
}

static void server_back(void *data)
{
	struct watch *watch = data;

	if (watch->state == WATCH_WAITING && !watch->patient &&
	    watch->next_try != 0)
		try_at(watch,
		    MIN(watch->next_try,
			loop_now() + jitter(BACK_TIME, 0.0, 1.0)));
}

static const struct pace_events pace_events = {turn_came, server_back};

static void ask_turn(struct watch *watch)
{
	int64_t when;

	watch->next_try = 0;
	if (watch->caller == NULL) {
		connect_stream(watch);
		return;
	}
	when = pace_ask(watch->caller);
	if (when == 0)
		return;
	watch->next_try = when < INT64_MAX ? when : 0;
	log_line(
	    LOG_LEVEL_VERBOSE, watch->name, "waiting for its turn to connect");
	change(watch, WATCH_WAITING, "waiting for its turn to connect");
}

static void tick(struct watch *watch)
{
	if (imap_session_is_idling(watch->session) &&
	    imap_session_next_look(watch->session) <= loop_now())
		watch->refreshing = idle_age(watch);
	imap_session_tick(watch->session, loop_now());
	drive(watch);
}

static void timer_fired(void *data)
{
	struct watch *watch = data;

	if (watch->session != NULL) {
		tick(watch);
	} else if (watch->leaving) {
		disconnect(watch);
		stop(watch, NULL, NULL);
	} else {
		ask_turn(watch);
	}
}

/* ---- the owner's side ---- */

struct watch *watch_new(const struct watch_options *options,
    const struct watch_events *events, void *data)
{
	struct watch *watch = g_new0(struct watch, 1);

	watch->options = *options;
	watch->mailbox = g_strdup(options->mailbox);
	watch->header_fields = g_strdup(options->header_fields);
	watch->name = g_strdup_printf("%s%s%s", options->account->name,
	    options->mailbox != NULL ? "/" : "",
	    options->mailbox != NULL ? options->mailbox : "");
	watch->events = events;
	watch->data = data;
	watch->timer = loop_timer_new(options->net->loop, timer_fired, watch);
	watch->since = watch->turned = loop_now();
	watch->refreshing = -1;
	watch->credentials =
	    credentials_new(options->account, credentials_came, watch);
	if (options->pace != NULL)
		watch->caller = pace_caller_new(options->pace,
		    options->account->host, credentials_port(options->account),
		    options->account->user, &pace_events, watch);
	return watch;
}

void watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	disconnect(watch);
	credentials_free(watch->credentials);
	pace_caller_free(watch->caller);
	loop_timer_free(watch->timer);
	g_free(watch->last_error);
	g_free(watch->mailbox);
	g_free(watch->header_fields);
	g_free(watch->name);
	g_free(watch->last_reason);
	g_free(watch);
}

void watch_start(struct watch *watch)
{
	ask_turn(watch);
}

bool watch_body(struct watch *watch, uint32_t uid, uint64_t size, uint64_t max)
{
	if (watch->session == NULL || watch->state != WATCH_LIVE ||
	    watch->leaving)
		return false;
	imap_session_body(watch->session, watch, uid, size, max, loop_now());
	drive(watch);
	return true;
}

static void reopen(struct watch *watch)
{
	if (watch->session == NULL || watch->leaving)
		return;
	disconnect(watch);
	change(watch, WATCH_WAITING, NULL);
	try_at(watch, loop_now());
}

void watch_rewind(struct watch *watch, uint32_t last_uid)
{
	watch->options.last_uid = last_uid;
	reopen(watch);
}

/* No server has both. */
void watch_renumber(struct watch *watch)
{
	watch->options.uidvalidity ^= UINT32_C(1) << 31;
	reopen(watch);
}

void watch_give_up(struct watch *watch, const char *reason)
{
	disconnect(watch);
	note_error(watch, reason);
	change(watch, WATCH_STOPPED, reason);
}

/* Without a session there is nobody to say goodbye to. */
void watch_logout(struct watch *watch)
{
	watch->leaving = true;
	if (watch->session != NULL) {
		imap_session_logout(watch->session, loop_now());
		drive(watch);
		return;
	}
	/* A handshake that is just done must not begin a session. */
	disconnect(watch);
	if (watch->state != WATCH_STOPPED)
		loop_timer_set(watch->timer, loop_now());
}

/* Is it on its way for good, or away for good? */
static bool is_out_of_reach(const struct watch *watch)
{
	return watch->leaving || watch->asleep || watch->state == WATCH_STOPPED;
}

void watch_poke(struct watch *watch)
{
	if (is_out_of_reach(watch))
		return;
	if (watch->session != NULL) {
		imap_session_refresh(watch->session, loop_now());
		drive(watch);
	} else if (watch->stream == NULL) {
		try_at(watch, loop_now());
	}
}

static void check_live(struct watch *watch, int64_t delay)
{
	if (!stream_is_routed(watch->stream)) {
		renew(watch, "the network has changed", delay);
		return;
	}
	/* Should it die now, it was the network. */
	watch->refreshing = -1;
	imap_session_probe(watch->session, loop_now(), PROBE_TIME);
	drive(watch);
}

void watch_check(struct watch *watch, int64_t delay)
{
	if (is_out_of_reach(watch))
		return;
	if (watch->session != NULL)
		check_live(watch, delay);
	else if (watch->stream != NULL || !watch->patient)
		renew(watch, NULL, delay);
}

void watch_sleep(struct watch *watch)
{
	if (is_out_of_reach(watch))
		return;
	watch->asleep = true;
	if (watch->session != NULL) {
		imap_session_logout(watch->session, loop_now());
		drive(watch);
		return;
	}
	disconnect(watch);
	change(watch, WATCH_SLEEPING, NULL);
}

void watch_wake(struct watch *watch, int64_t delay)
{
	if (!watch->asleep) {
		/* It slept without a warning: what lived is long gone. */
		if (!is_out_of_reach(watch) && !watch->patient)
			renew(watch, NULL, delay);
		return;
	}
	watch->asleep = false;
	if (watch->state != WATCH_STOPPED)
		renew(watch, NULL, delay);
}

void watch_set_refresh(struct watch *watch, int64_t refresh)
{
	watch->options.refresh = refresh;
	if (watch->session == NULL)
		return;
	imap_session_set_refresh(watch->session, refresh);
	loop_timer_set(watch->timer, imap_session_deadline(watch->session));
}

enum watch_state watch_state(const struct watch *watch)
{
	return watch->state;
}

/* Its turn may come later than was known when it asked. */
static bool is_queued(const struct watch *watch)
{
	return watch->caller != NULL && pace_is_waiting(watch->caller);
}

/* A stream without a session has deadlines of its own, and so has who waits
 * for a secret: that counts as a session's. */
bool watch_is_stuck(const struct watch *watch)
{
	int64_t due = watch->next_try;

	if (is_out_of_reach(watch) || is_queued(watch) ||
	    credentials_are_fetched(watch->credentials))
		return false;
	if (watch->session != NULL)
		due = imap_session_deadline(watch->session);
	else if (watch->stream != NULL)
		return loop_now() > watch->since + STUCK_CONNECTING;
	return due == 0 || (due < INT64_MAX && loop_now() > due + STUCK_TIME);
}

void watch_get_status(const struct watch *watch, struct watch_status *ret)
{
	const struct imap_session *session = watch->session;
	int64_t look =
	    session != NULL ? imap_session_next_look(session) : INT64_MAX;

	*ret = (struct watch_status){
	    .state = watch->state,
	    .since = watch->turned,
	    .heard =
		session != NULL ? imap_session_heard(session) : watch->heard,
	    .next_look = look < INT64_MAX ? look : 0,
	    .next_try = watch->next_try,
	    .idling = session != NULL && imap_session_is_idling(session),
	    .error = watch->last_error,
	};
}
