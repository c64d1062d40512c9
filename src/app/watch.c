/*
 * Joins a session to a stream.  The session decides, this file carries out:
 * every input ends in drive(), which takes the session's actions and sets the
 * timer to its next deadline.
 */
#include "app/watch.h"
#include "app/failure.h"
#include "app/log.h"
#include "net/login.h"
#include "net/secret.h"
#include <string.h>

/* DESIGN 5: 1 s, doubled up to 5 min; at least a minute when the server asks
 * for patience. */
enum {
	BACKOFF_FIRST = 1000,
	BACKOFF_MAX = 5 * 60 * 1000,
	BACKOFF_WAIT = 60 * 1000,
	BACKOFF_REFUSED = 10 * 1000,
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
	struct secret_request *secret_request;
	struct loop_timer *timer;
	GPtrArray *secrets; /* forms of it, for the log, during the login */
	bool driving, leaving;
	unsigned failures;
	char *last_reason; /* logged once, not at every attempt */
};

static void drive(struct watch *watch);
static void lose(struct watch *watch, const GError *error);

/* ---- secrets ---- */

static void forget_secrets(struct watch *watch)
{
	for (unsigned i = 0; watch->secrets && i < watch->secrets->len; i++)
		log_unhide(watch->secrets->pdata[i]);
	g_clear_pointer(&watch->secrets, g_ptr_array_unref);
}

static void hide(struct watch *watch, char *form)
{
	g_ptr_array_add(watch->secrets, form);
	log_hide(form);
}

/* As it stands in a quoted string (RFC 9051 section 9). */
static char *quoted_form(const char *secret)
{
	g_autoptr(GString) quoted = g_string_sized_new(2 * strlen(secret));
	char *form;

	for (; *secret != '\0'; secret++) {
		if (*secret == '"' || *secret == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *secret);
	}
	form = g_strdup(quoted->str);
	explicit_bzero(quoted->str, quoted->len);
	return form;
}

/* The last word of each part but that of LOGIN is base64 or the bare secret;
 * a server that repeats any form of it must not get it into the log. */
static void keep_secrets(struct watch *watch, const char *secret, char **parts)
{
	forget_secrets(watch);
	watch->secrets =
	    g_ptr_array_new_with_free_func((GDestroyNotify)secret_free);
	for (char **part = parts; *part != NULL; part++) {
		const char *space = strrchr(*part, ' ');
		const char *word = space != NULL ? space + 1 : *part;

		/* "AUTHENTICATE PLAIN" alone is no secret, nor is "{12}". */
		if (word[0] != '{' &&
		    (part > parts || strlen(word) > strlen("OAUTHBEARER")))
			hide(watch, g_strdup(word));
	}
	if (secret == NULL)
		return;
	hide(watch, g_strdup(secret));
	hide(watch, quoted_form(secret));
	hide(watch, g_base64_encode((const guchar *)secret, strlen(secret)));
}

static enum login_mechanism mechanism(const struct config_account *account)
{
	static const enum login_mechanism mechanisms[] = {
	    [CONFIG_AUTH_AUTO] = LOGIN_AUTO,
	    [CONFIG_AUTH_PLAIN] = LOGIN_PLAIN,
	    [CONFIG_AUTH_LOGIN] = LOGIN_LOGIN,
	    [CONFIG_AUTH_EXTERNAL] = LOGIN_EXTERNAL,
	    [CONFIG_AUTH_XOAUTH2] = LOGIN_XOAUTH2,
	    [CONFIG_AUTH_OAUTHBEARER] = LOGIN_OAUTHBEARER,
	};

	return mechanisms[account->auth];
}

static int account_port(const struct config_account *account)
{
	if (account->port != 0)
		return (int)account->port;
	return account->tls == CONFIG_TLS_IMPLICIT ? 993 : 143;
}

static void login(struct watch *watch, const char *secret)
{
	const struct config_account *account = watch->options.account;
	const struct login_options options = {
	    .mechanism = mechanism(account),
	    .user = account->user,
	    .secret = secret,
	    .token = account->token_command != NULL,
	    .host = account->host,
	    .port = account_port(account),
	};
	g_autoptr(GError) error = NULL;
	char **parts = login_parts_new(
	    &options, imap_session_capabilities(watch->session), &error);

	if (parts == NULL) {
		lose(watch, error);
		return;
	}
	keep_secrets(watch, secret, parts);
	imap_session_login(
	    watch->session, (const char *const *)parts, loop_now());
	login_parts_free(parts);
	drive(watch);
}

static void secret_came(void *data, const char *secret, const GError *error)
{
	struct watch *watch = data;

	watch->secret_request = NULL;
	if (error != NULL)
		lose(watch, error);
	else
		login(watch, secret);
}

static void ask_secret(struct watch *watch)
{
	const struct config_account *account = watch->options.account;
	char **command = account->token_command != NULL
	    ? account->token_command
	    : account->password_command;
	const struct secret_source source = {
	    .name = account->name,
	    .command = (const char *const *)command,
	    .password = account->password,
	};

	if (account->auth == CONFIG_AUTH_EXTERNAL)
		login(watch, NULL);
	else
		watch->secret_request =
		    secret_fetch(&source, secret_came, watch);
}

/* ---- states ---- */

static void change(
    struct watch *watch, enum watch_state state, const char *reason)
{
	if (watch->state == state)
		return;
	watch->state = state;
	watch->events->changed(watch->data, state, reason);
}

static void disconnect(struct watch *watch)
{
	forget_secrets(watch);
	secret_cancel(watch->secret_request);
	watch->secret_request = NULL;
	g_clear_pointer(&watch->session, imap_session_free);
	g_clear_pointer(&watch->stream, stream_free);
	loop_timer_set(watch->timer, INT64_MAX);
}

/* Many accounts must not come back in step. */
static int64_t jitter(int64_t delay, double from, double to)
{
	return (int64_t)((double)delay * g_random_double_range(from, to));
}

static int64_t backoff(struct watch *watch, const GError *error)
{
	int64_t delay =
	    jitter(BACKOFF_FIRST << MIN(watch->failures, 9), 0.75, 1.25);
	enum failure_class class = failure_class(error);

	watch->failures++;
	if (class == FAILURE_REFUSED)
		delay = MAX(delay, BACKOFF_REFUSED);
	if (class == FAILURE_WAIT)
		delay = MAX(delay, jitter(BACKOFF_WAIT, 1.0, 1.5));
	return MIN(delay, BACKOFF_MAX);
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
	return failure_class(error) == FAILURE_REFUSED &&
	    watch->events->refused(watch->data);
}

/* The connection is lost: for good, or until the timer brings it back. */
static void lose(struct watch *watch, const GError *error)
{
	g_autoptr(GError) kept = g_error_copy(error);
	g_autofree char *reason = log_safe(error->message);
	int64_t delay;

	g_free(kept->message);
	kept->message = g_strdup(reason);
	disconnect(watch);
	if (is_final(watch, kept)) {
		stop(watch, kept, reason);
		return;
	}
	delay = backoff(watch, kept);
	log_trouble(watch, reason, delay);
	change(watch, WATCH_WAITING, reason);
	loop_timer_set(watch->timer, loop_now() + delay);
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
	ask_secret(watch);
}

/* Should the connection be lost, the next one starts from here. */
static void act_opened(struct watch *watch, const struct imap_action *action)
{
	forget_secrets(watch);
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
	if (watch->failures > 0 && watch->last_reason != NULL)
		log_line(LOG_LEVEL_INFO, watch->name, "connected again");
	g_clear_pointer(&watch->last_reason, g_free);
	watch->failures = 0;
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
	stop(watch, NULL, NULL);
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
    [IMAP_ACTION_LISTED] = act_listed,
    [IMAP_ACTION_ALERT] = act_alert,
    [IMAP_ACTION_STATE] = act_state,
    [IMAP_ACTION_END] = act_end,
};

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
	if (watch->session != NULL)
		loop_timer_set(
		    watch->timer, imap_session_deadline(watch->session));
}

/* ---- the stream ---- */

static void stream_opened(void *data)
{
	struct watch *watch = data;
	const struct config_account *account = watch->options.account;
	const struct imap_session_options options = {
	    .goal = watch->options.goal,
	    .mailbox = watch->mailbox,
	    .uidvalidity = watch->options.uidvalidity,
	    .last_uid = watch->options.last_uid,
	    .starttls = account->tls == CONFIG_TLS_STARTTLS,
	    .idle = account->method != CONFIG_METHOD_POLL,
	    .refresh = account->refresh,
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
	if (watch->secrets == NULL)
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
		.port = account_port(account),
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
	    account->host, account_port(account));
	change(watch, WATCH_CONNECTING, NULL);
	watch->stream = stream_new(
	    watch->options.net, &watch->stream_options, &stream_events, watch);
}

static void timer_fired(void *data)
{
	struct watch *watch = data;

	if (watch->session != NULL) {
		imap_session_tick(watch->session, loop_now());
		drive(watch);
	} else if (watch->leaving) {
		disconnect(watch);
		stop(watch, NULL, NULL);
	} else {
		connect_stream(watch);
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
	return watch;
}

void watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	disconnect(watch);
	loop_timer_free(watch->timer);
	g_free(watch->mailbox);
	g_free(watch->header_fields);
	g_free(watch->name);
	g_free(watch->last_reason);
	g_free(watch);
}

void watch_start(struct watch *watch)
{
	connect_stream(watch);
}

bool watch_body(struct watch *watch, uint32_t uid, uint64_t size, uint64_t max)
{
	if (watch->session == NULL || watch->state != WATCH_LIVE ||
	    watch->leaving)
		return false;
	imap_session_body(watch->session, uid, size, max, loop_now());
	drive(watch);
	return true;
}

void watch_rewind(struct watch *watch, uint32_t last_uid)
{
	watch->options.last_uid = last_uid;
	if (watch->session == NULL || watch->leaving)
		return;
	disconnect(watch);
	change(watch, WATCH_WAITING, NULL);
	loop_timer_set(watch->timer, loop_now());
}

void watch_give_up(struct watch *watch, const char *reason)
{
	disconnect(watch);
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

enum watch_state watch_state(const struct watch *watch)
{
	return watch->state;
}

const char *watch_name(const struct watch *watch)
{
	return watch->name;
}
