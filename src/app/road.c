/*
 * How a lost connection comes back, and when it does not.
 */
#include "app/road.h"
#include "app/failure.h"
#include "app/log.h"

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
};

/* ---- states ---- */

void road_change(
    struct watch *watch, enum watch_state state, const char *reason)
{
	if (watch->state == state)
		return;
	watch->since = loop_now();
	watch->state = state;
	watch->events->changed(watch->data, state, reason);
}

void road_disconnect(struct watch *watch)
{
	credentials_forget(watch->credentials);
	if (watch->session != NULL)
		watch->heard = imap_session_heard(watch->session);
	acts_end_trace(watch);
	g_clear_pointer(&watch->session, imap_session_free);
	g_clear_pointer(&watch->stream, stream_free);
	if (watch->caller != NULL)
		pace_cancel(watch->caller);
	watch->refreshing = -1;
	watch->next_try = 0;
	watch->served = watch->resting = false;
	loop_timer_set(watch->timer, INT64_MAX);
}

void road_try_at(struct watch *watch, int64_t when)
{
	watch->next_try = when;
	loop_timer_set(watch->timer, when);
}

void road_note_error(struct watch *watch, const char *reason)
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

void road_stop(struct watch *watch, const GError *error, const char *reason)
{
	road_change(watch, WATCH_STOPPED, reason);
	watch->events->ended(watch->data, error);
}

static bool is_final(struct watch *watch, const GError *error)
{
	if (watch->options.goal != IMAP_GOAL_WATCH || watch->options.single ||
	    watch->leaving)
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
	road_change(watch, WATCH_WAITING, error->message);
	road_try_at(watch, loop_now() + delay);
}

void road_lose(struct watch *watch, const GError *error)
{
	g_autoptr(GError) kept = g_error_copy(error);
	g_autofree char *text = failure_describe(error);
	g_autofree char *reason = log_safe(text);
	int64_t age = idle_age(watch), patience = patience_asked(watch);

	/* Should haste have been the trouble: the next one takes its time. */
	if (watch->state != WATCH_LIVE)
		watch->options.after_login.known = false;
	g_free(kept->message);
	kept->message = g_strdup(reason);
	forgive(watch);
	if (watch->caller != NULL && failure_is_local(error))
		pace_unmade(watch->caller);
	else if (watch->caller != NULL)
		pace_failed(watch->caller, watch->served);
	road_disconnect(watch);
	road_note_error(watch, reason);
	if (is_final(watch, kept))
		road_stop(watch, kept, reason);
	else if (watch->asleep)
		road_change(watch, WATCH_SLEEPING, NULL);
	else
		come_back(watch, kept, patience);
	note_death(watch, age);
}

/* Not by a fault of the server: no backoff. */
void road_renew(struct watch *watch, const char *reason, int64_t delay)
{
	if (watch->caller != NULL && watch->stream != NULL &&
	    !stream_is_connected(watch->stream))
		pace_unmade(watch->caller);
	road_disconnect(watch);
	watch->failures = 0;
	if (reason != NULL)
		log_line(
		    LOG_LEVEL_INFO, watch->name, "%s; connecting anew", reason);
	road_change(watch, WATCH_WAITING, reason);
	road_try_at(watch, loop_now() + delay);
}

/* ---- the road back ---- */

/* The server may have come back before that, and set the timer: a second
 * connection must not begin behind the first one. */
static void turn_came(void *data)
{
	struct watch *watch = data;

	watch->next_try = 0;
	loop_timer_set(watch->timer, INT64_MAX);
	acts_connect(watch);
}

static void server_back(void *data)
{
	struct watch *watch = data;

	if (watch->state == WATCH_WAITING && !watch->patient &&
	    watch->next_try != 0)
		road_try_at(watch,
		    MIN(watch->next_try,
			loop_now() + jitter(BACK_TIME, 0.0, 1.0)));
}

const struct pace_events road_pace_events = {turn_came, server_back};

void road_ask_turn(struct watch *watch)
{
	int64_t when;

	watch->next_try = 0;
	if (watch->caller == NULL) {
		acts_connect(watch);
		return;
	}
	when = pace_ask(watch->caller);
	if (when == 0)
		return;
	watch->next_try = when < INT64_MAX ? when : 0;
	log_line(
	    LOG_LEVEL_VERBOSE, watch->name, "waiting for its turn to connect");
	road_change(watch, WATCH_WAITING, "waiting for its turn to connect");
}

static void tick(struct watch *watch)
{
	if (imap_session_is_idling(watch->session) &&
	    imap_session_next_look(watch->session) <= loop_now())
		watch->refreshing = idle_age(watch);
	imap_session_tick(watch->session, loop_now());
	acts_drive(watch);
}

void road_timer_fired(void *data)
{
	struct watch *watch = data;

	if (watch->session != NULL) {
		tick(watch);
	} else if (watch->leaving) {
		road_disconnect(watch);
		road_stop(watch, NULL, NULL);
	} else {
		road_ask_turn(watch);
	}
}
