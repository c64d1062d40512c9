/*
 * The owner's side of a watch.
 */
#include "app/watch.h"
#include "app/road.h"

enum {
	/* Beyond a deadline: no watch should be there. */
	STUCK_TIME = 60 * 1000,
	STUCK_CONNECTING = 5 * 60 * 1000,
	/* How long one that may have died has to answer. */
	PROBE_TIME = 10 * 1000,
};

/* ---- login ---- */

static void credentials_came(
    void *data, const char *const *parts, const GError *error)
{
	struct watch *watch = data;

	if (error != NULL) {
		road_lose(watch, error);
		return;
	}
	imap_session_login(watch->session, parts, loop_now());
	acts_drive(watch);
}

/* ---- the owner's side ---- */

struct watch *watch_new(const struct watch_options *options,
    const struct watch_events *events, void *data)
{
	struct watch *watch = g_new0(struct watch, 1);

	watch->options = *options;
	if (options->header_fields != NULL)
		watch->header_fields =
		    g_ref_string_new_intern(options->header_fields);
	watch->name = g_strdup(
	    options->name != NULL ? options->name : options->account->name);
	watch->events = events;
	watch->data = data;
	watch->timer =
	    loop_timer_new(options->net->loop, road_timer_fired, watch);
	watch->since = loop_now();
	watch->refreshing = -1;
	watch->credentials =
	    credentials_new(options->account, credentials_came, watch);
	if (options->pace != NULL)
		watch->caller = pace_caller_new(options->pace,
		    options->account->host, credentials_port(options->account),
		    options->account->user, options->goal == IMAP_GOAL_TASK,
		    &road_pace_events, watch);
	return watch;
}

void watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	road_disconnect(watch);
	credentials_free(watch->credentials);
	pace_caller_free(watch->caller);
	loop_timer_free(watch->timer);
	g_free(watch->last_error);
	g_clear_pointer(&watch->header_fields, g_ref_string_release);
	g_free(watch->name);
	g_free(watch->last_reason);
	g_free(watch);
}

void watch_start(struct watch *watch)
{
	road_ask_turn(watch);
}

void watch_choose(struct watch *watch, const GArray *list)
{
	if (watch->session == NULL || watch->leaving)
		return;
	imap_session_choose(watch->session,
	    (const struct imap_watched *)(void *)list->data, list->len,
	    loop_now());
	/* Nothing to catch up with. */
	if (list->len == 0 && watch->state != WATCH_LIVE)
		acts_be_live(watch);
	acts_drive(watch);
}

static bool may_wish(const struct watch *watch)
{
	return watch->session != NULL && watch->state == WATCH_LIVE &&
	    !watch->leaving;
}

bool watch_body(struct watch *watch, void *owner, const struct imap_body *body)
{
	if (!may_wish(watch))
		return false;
	imap_session_body(watch->session, owner, body, loop_now());
	acts_drive(watch);
	return true;
}

void watch_about(struct watch *watch, void *owner, uint32_t uid, bool structure)
{
	if (!may_wish(watch))
		return;
	imap_session_about(watch->session, owner, uid, structure, loop_now());
	acts_drive(watch);
}

void watch_act(struct watch *watch, void *owner, const struct imap_act *act)
{
	if (watch->session == NULL || watch->leaving)
		return;
	imap_session_act(watch->session, owner, act, loop_now());
	acts_drive(watch);
}

void watch_last(struct watch *watch, void *owner, unsigned count)
{
	if (watch->session == NULL || watch->leaving)
		return;
	imap_session_last(watch->session, owner, count, loop_now());
	acts_drive(watch);
}

void watch_list(struct watch *watch)
{
	if (watch->session == NULL || watch->leaving)
		return;
	imap_session_list(watch->session, loop_now());
	acts_drive(watch);
}

void watch_reopen(struct watch *watch)
{
	if (watch->session == NULL || watch->leaving)
		return;
	road_disconnect(watch);
	road_change(watch, WATCH_WAITING, NULL);
	road_try_at(watch, loop_now());
}

void watch_give_up(struct watch *watch, const char *reason)
{
	road_disconnect(watch);
	road_note_error(watch, reason);
	road_change(watch, WATCH_STOPPED, reason);
}

/* Without a session there is nobody to say goodbye to. */
void watch_logout(struct watch *watch)
{
	watch->leaving = true;
	if (watch->session != NULL) {
		imap_session_logout(watch->session, loop_now());
		acts_drive(watch);
		return;
	}
	/* A handshake that is just done must not begin a session. */
	road_disconnect(watch);
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
		acts_drive(watch);
	} else if (watch->stream == NULL) {
		road_try_at(watch, loop_now());
	}
}

static void check_live(struct watch *watch, int64_t delay)
{
	if (!stream_is_routed(watch->stream)) {
		road_renew(watch, "the network has changed", delay);
		return;
	}
	/* Should it die now, it was the network. */
	watch->refreshing = -1;
	imap_session_probe(watch->session, loop_now(), PROBE_TIME);
	acts_drive(watch);
}

void watch_check(struct watch *watch, int64_t delay)
{
	if (is_out_of_reach(watch))
		return;
	if (watch->session != NULL)
		check_live(watch, delay);
	else if (watch->stream != NULL || !watch->patient)
		road_renew(watch, NULL, delay);
}

void watch_sleep(struct watch *watch)
{
	if (is_out_of_reach(watch))
		return;
	watch->asleep = true;
	if (watch->session != NULL) {
		imap_session_logout(watch->session, loop_now());
		acts_drive(watch);
		return;
	}
	road_disconnect(watch);
	road_change(watch, WATCH_SLEEPING, NULL);
}

void watch_wake(struct watch *watch, int64_t delay)
{
	if (!watch->asleep) {
		/* It slept without a warning: what lived is long gone. */
		if (!is_out_of_reach(watch) && !watch->patient)
			road_renew(watch, NULL, delay);
		return;
	}
	watch->asleep = false;
	if (watch->state != WATCH_STOPPED)
		road_renew(watch, NULL, delay);
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
	    .heard =
		session != NULL ? imap_session_heard(session) : watch->heard,
	    .next_look = look < INT64_MAX ? look : 0,
	    .next_try = watch->next_try,
	    .error = watch->last_error,
	};
}

const struct stream *watch_stream(const struct watch *watch)
{
	return watch->stream;
}

const struct imap_capabilities *watch_capabilities(const struct watch *watch)
{
	return watch->session != NULL
	    ? imap_session_capabilities(watch->session)
	    : NULL;
}

enum imap_method watch_method(const struct watch *watch, const void *owner)
{
	return watch->session != NULL
	    ? imap_session_method(watch->session, owner)
	    : IMAP_METHOD_NONE;
}

const char *watch_why(const struct watch *watch)
{
	return watch->session != NULL ? imap_session_why(watch->session) : NULL;
}
