/*
 * Joins a session to a stream.  The session decides, this file carries out:
 * every input ends in acts_drive(), which takes the session's actions and sets
 * the timer to its next deadline.
 */
#include "app/log.h"
#include "app/road.h"

/* ---- actions ---- */

/* Lines, each with its newline. */
static void trace(struct watch *watch, const char *who, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		if (line[1] != NULL || **line != '\0')
			log_line(
			    LOG_LEVEL_TRACE, watch->name, "%s: %s", who, *line);
}

static void trace_written(struct watch *watch, const char *bytes, gsize size)
{
	g_autofree char *text = NULL;

	if (!log_enabled(LOG_LEVEL_TRACE))
		return;
	text = g_strndup(bytes, size);
	trace(watch, "C", text);
}

/* What messages say is nothing for a report of a bug. */
static void trace_read(struct watch *watch, const char *bytes, gsize size)
{
	g_autoptr(GString) lines = NULL;

	if (!log_enabled(LOG_LEVEL_TRACE))
		return;
	if (watch->veil == NULL)
		watch->veil = imap_veil_new();
	lines = g_string_new(NULL);
	imap_veil_feed(watch->veil, bytes, size, lines);
	trace(watch, "S", lines->str);
}

void acts_end_trace(struct watch *watch)
{
	g_autoptr(GString) lines = NULL;

	if (watch->veil == NULL)
		return;
	lines = g_string_new(NULL);
	imap_veil_end(watch->veil, lines);
	trace(watch, "S", lines->str);
	g_clear_pointer(&watch->veil, imap_veil_free);
}

static void act_write(struct watch *watch, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);

	if (action->secret)
		log_line(LOG_LEVEL_TRACE, watch->name, "C: (login)");
	else
		trace_written(watch, bytes, size);
	stream_write(watch->stream, bytes, size, action->secret);
}

static void act_starttls(struct watch *watch, const struct imap_action *action)
{
	(void)action;
	stream_start_tls(watch->stream);
}

static void reach(struct watch *watch, enum watch_step step)
{
	if (watch->events->reached != NULL)
		watch->events->reached(watch->data, step);
}

static void act_login(struct watch *watch, const struct imap_action *action)
{
	(void)action;
	watch->served = true;
	if (watch->caller != NULL)
		pace_answered(watch->caller);
	reach(watch, WATCH_STEP_GREETED);
	if (watch->leaving)
		return;
	credentials_fetch(
	    watch->credentials, imap_session_capabilities(watch->session));
}

/* Only who is logged in hears of mailboxes. */
static void be_accepted(struct watch *watch)
{
	credentials_forget(watch->credentials);
	if (watch->events->accepted != NULL)
		watch->events->accepted(watch->data);
}

static void act_opened(struct watch *watch, const struct imap_action *action)
{
	be_accepted(watch);
	watch->events->opened(watch->data, action->owner, action->uidvalidity,
	    action->uid, action->reset);
}

static void act_news(struct watch *watch, const struct imap_action *action)
{
	watch->events->news(watch->data, action->owner, action->news);
}

/* The first mailbox is caught up: the connection is worth something. */
void acts_be_live(struct watch *watch)
{
	/* Failures may be forgotten: the network has changed, say. */
	if (watch->last_reason != NULL)
		log_line(LOG_LEVEL_INFO, watch->name, "connected again");
	g_clear_pointer(&watch->last_reason, g_free);
	watch->patient = false;
	if (watch->caller != NULL)
		pace_proven(watch->caller);
	road_change(watch, WATCH_LIVE, NULL);
}

/* With the first mailbox, as ID has been answered then. */
static void learn(struct watch *watch)
{
	const struct imap_capabilities *found =
	    imap_session_remember(watch->session);
	const struct imap_capabilities now =
	    found != NULL ? *found : (struct imap_capabilities){0};
	const struct imap_capabilities before = watch->options.after_login;

	if (now.known == before.known && now.dovecot == before.dovecot &&
	    now.bits == before.bits)
		return;
	watch->options.after_login = now;
	if (watch->events->learnt != NULL)
		watch->events->learnt(watch->data, &now);
}

static void act_synced(struct watch *watch, const struct imap_action *action)
{
	if (watch->state != WATCH_LIVE) {
		learn(watch);
		acts_be_live(watch);
	}
	watch->events->synced(
	    watch->data, action->owner, action->uid, action->modseq);
}

static void act_piece(struct watch *watch, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);

	watch->events->piece(watch->data, action->owner, action->uid,
	    action->offset, bytes, size);
}

static void act_body_end(struct watch *watch, const struct imap_action *action)
{
	watch->events->body_end(watch->data, action->owner, action->uid,
	    action->decoded, action->failed ? action->text : NULL);
}

static void act_about(struct watch *watch, const struct imap_action *action)
{
	if (watch->events->about != NULL)
		watch->events->about(watch->data, action->owner, action->news,
		    action->structure, action->failed ? action->text : NULL);
}

static void act_listed(struct watch *watch, const struct imap_action *action)
{
	if (watch->events->listed != NULL)
		watch->events->listed(watch->data, action->listed);
}

static void act_choose(struct watch *watch, const struct imap_action *action)
{
	(void)action;
	/* First: other connections carry what is chosen. */
	watch->events->choose(watch->data);
	be_accepted(watch);
}

static void act_failed(struct watch *watch, const struct imap_action *action)
{
	be_accepted(watch);
	watch->events->failed(watch->data, action->owner, action->error);
}

static void act_done(struct watch *watch, const struct imap_action *action)
{
	watch->events->done(
	    watch->data, action->owner, action->done, action->error);
}

static void act_flags(struct watch *watch, const struct imap_action *action)
{
	watch->events->flags(
	    watch->data, action->owner, action->uid, action->text);
}

static void act_gone(struct watch *watch, const struct imap_action *action)
{
	watch->events->gone(watch->data, action->owner, action->text);
}

static void act_fault(struct watch *watch, const struct imap_action *action)
{
	watch->options.faults |= action->faults;
	if (watch->events->fault != NULL)
		watch->events->fault(watch->data, action->faults, action->text);
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
	if (g_error_matches(action->error, IMAP_ERROR, IMAP_ERROR_MAILBOX))
		be_accepted(watch);
	if (action->error != NULL) {
		road_lose(watch, action->error);
		return;
	}
	road_disconnect(watch);
	if (watch->asleep && !watch->leaving)
		road_change(watch, WATCH_SLEEPING, NULL);
	else
		road_stop(watch, NULL, NULL);
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
    [IMAP_ACTION_ABOUT] = act_about,
    [IMAP_ACTION_LISTED] = act_listed,
    [IMAP_ACTION_CHOOSE] = act_choose,
    [IMAP_ACTION_FAILED] = act_failed,
    [IMAP_ACTION_DONE] = act_done,
    [IMAP_ACTION_FLAGS] = act_flags,
    [IMAP_ACTION_GONE] = act_gone,
    [IMAP_ACTION_FAULT] = act_fault,
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

static void note_rest(struct watch *watch)
{
	bool resting = imap_session_next_look(watch->session) < INT64_MAX;
	bool news = resting && !watch->resting;

	watch->resting = resting;
	if (news)
		reach(watch, WATCH_STEP_REST);
}

/* An action may ask for more: the outermost call takes them all. */
void acts_drive(struct watch *watch)
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
	note_rest(watch);
}

/* ---- the stream ---- */

static void clear_watched(gpointer data)
{
	struct imap_watched *watched = data;

	g_free((char *)watched->since);
}

GArray *watch_list_new(void)
{
	GArray *list = g_array_new(FALSE, TRUE, sizeof(struct imap_watched));

	g_array_set_clear_func(list, clear_watched);
	return list;
}

/* What cannot be done without is tried in each session. */
static unsigned faults_of(const struct watch *watch)
{
	unsigned notify = IMAP_FAULT_NOTIFY | IMAP_FAULT_NOTIFY_HEADERS;

	return watch->options.account->method == CONFIG_METHOD_NOTIFY
	    ? watch->options.faults & ~notify
	    : watch->options.faults;
}

static struct imap_session *make_session(
    const struct watch *watch, const GArray *list)
{
	const struct config_account *account = watch->options.account;
	const struct imap_session_options options = {
	    .goal = watch->options.goal,
	    .mailboxes = (const struct imap_watched *)(void *)list->data,
	    .mailboxes_count = list->len,
	    .choose = watch->options.choose,
	    .remembered = &watch->options.after_login,
	    .faults = faults_of(watch),
	    .starttls = account->tls == CONFIG_TLS_STARTTLS,
	    .notify = account->method == CONFIG_METHOD_AUTO ||
		account->method == CONFIG_METHOD_NOTIFY,
	    .idle = account->method != CONFIG_METHOD_POLL,
	    .push_only = account->method == CONFIG_METHOD_IDLE ||
		account->method == CONFIG_METHOD_NOTIFY,
	    .refresh = watch->options.refresh,
	    .poll_interval = account->poll_interval,
	    .header_fields = watch->header_fields,
	    .structure = watch->options.structure,
	    .preview = watch->options.preview,
	    .version = PACKAGE_VERSION,
	};

	return imap_session_new(&options, loop_now());
}

static void stream_connected(void *data)
{
	reach(data, WATCH_STEP_TCP);
}

static void stream_opened(void *data)
{
	struct watch *watch = data;
	g_autoptr(GArray) list = watch_list_new();

	if (log_enabled(LOG_LEVEL_VERBOSE)) {
		g_autofree char *description = stream_describe(watch->stream);

		log_line(LOG_LEVEL_VERBOSE, watch->name, "connected to %s",
		    description);
	}
	reach(watch, WATCH_STEP_OPEN);
	if (watch->events->mailboxes != NULL)
		watch->events->mailboxes(watch->data, list);
	watch->session = make_session(watch, list);
	acts_drive(watch);
}

static void stream_secured(void *data)
{
	struct watch *watch = data;
	g_autofree char *description = stream_describe(watch->stream);

	log_line(LOG_LEVEL_VERBOSE, watch->name, "%s", description);
	reach(watch, WATCH_STEP_SECURE);
	imap_session_secured(watch->session, loop_now());
	acts_drive(watch);
}

static void stream_received(void *data, const char *bytes, size_t size)
{
	struct watch *watch = data;

	/* Until the login is over a read may end within a repeated secret. */
	if (!credentials_are_in_use(watch->credentials))
		trace_read(watch, bytes, size);
	else
		log_line(LOG_LEVEL_TRACE, watch->name,
		    "S: (%" G_GSIZE_FORMAT " octets while logging in)", size);
	imap_session_feed(watch->session, bytes, size, loop_now());
	acts_drive(watch);
}

static void stream_closed(void *data, const GError *error)
{
	struct watch *watch = data;

	if (error != NULL) {
		road_lose(watch, error);
		return;
	}
	imap_session_eof(watch->session, loop_now());
	acts_drive(watch);
}

static const struct stream_events stream_events = {
    .connected = stream_connected,
    .opened = stream_opened,
    .secured = stream_secured,
    .received = stream_received,
    .closed = stream_closed,
};

void acts_connect(struct watch *watch)
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
	road_change(watch, WATCH_CONNECTING, NULL);
	watch->stream = stream_new(
	    watch->options.net, &watch->stream_options, &stream_events, watch);
}
