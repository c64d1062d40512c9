/*
 * A session as its owner sees it, and its deadlines.
 */
#include "imap/machine.h"
#include "imap/structure.h"
#include <string.h>

/* A thousand sessions have the same. */
static GRefString *share(const char *text)
{
	return text != NULL ? g_ref_string_new_intern(text) : NULL;
}

struct imap_session *imap_session_new(
    const struct imap_session_options *options, int64_t now)
{
	struct imap_session *session = g_new0(struct imap_session, 1);

	session->goal = options->goal;
	session->header_fields = share(options->header_fields);
	session->version = share(options->version);
	session->choose = options->choose;
	if (options->goal == IMAP_GOAL_TASK)
		task_begin(session);
	session->faults = options->faults;
	if (options->remembered != NULL)
		session->remembered = *options->remembered;
	session->want_starttls = options->starttls;
	session->want_notify = options->notify;
	session->want_structure = options->structure;
	session->want_preview = options->preview;
	session->want_idle = options->idle;
	session->push_only = options->push_only;
	session->notify_only = options->push_only && options->notify;
	session->refresh = options->refresh;
	session->poll_interval = options->poll_interval;
	session->framer = imap_framer_new();
	session->pending =
	    g_array_new(FALSE, FALSE, sizeof(struct machine_pending));
	session->next_tag = 1;
	g_queue_init(&session->actions);
	g_queue_init(&session->visits);
	g_queue_init(&session->asking);
	session->now = session->entered = session->heard = now;
	session->received = now;
	boxes_set(session, options->mailboxes, options->mailboxes_count);
	return session;
}

static void action_free(gpointer action)
{
	imap_action_clear(action);
	g_free(action);
}

void imap_session_free(struct imap_session *session)
{
	if (session == NULL)
		return;
	g_clear_pointer(&session->header_fields, g_ref_string_release);
	g_clear_pointer(&session->version, g_ref_string_release);
	imap_framer_free(session->framer);
	g_array_unref(session->pending);
	g_queue_clear_full(&session->actions, action_free);
	g_clear_pointer(&session->login, g_ptr_array_unref);
	g_clear_pointer(&session->visit.incomplete, g_ptr_array_unref);
	resync_forget(session);
	listing_clear(session);
	task_clear(session);
	boxes_clear(session);
	g_free(session->prefix);
	g_free(session->why);
	g_free(session);
}

void imap_session_feed(
    struct imap_session *session, const char *data, size_t size, int64_t now)
{
	session->now = session->heard = session->received = now;
	if (session->state != MACHINE_ENDED)
		dispatch_feed(session, data, size);
}

void imap_session_eof(struct imap_session *session, int64_t now)
{
	session->now = now;
	notifying_broken(session);
	extras_broken(session);
	if (session->state == MACHINE_LOGOUT)
		machine_end_for(session, NULL);
	else if (session->state == MACHINE_GREETING)
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the server closed the connection without a greeting");
	else
		machine_end(session, IMAP_ERROR_CLOSED,
		    "the server closed the connection");
}

/* The oldest command that is being waited for; an IDLE that is on waits for
 * nobody. */
static const struct machine_pending *overdue_candidate(
    const struct imap_session *session)
{
	const struct machine_pending *oldest;

	if (session->pending->len == 0)
		return NULL;
	oldest = &g_array_index(session->pending, struct machine_pending, 0);
	if (oldest->command == MACHINE_SEND_IDLE &&
	    session->idle == MACHINE_IDLE_ON && session->done_at == 0)
		return NULL;
	return oldest;
}

static int64_t quiet_time(enum machine_command command)
{
	int64_t time = dispatch_rows[command].quiet_time;

	return time > 0 ? time : IMAP_REPLY_TIMEOUT;
}

/* Silence is short, a trickle longer. */
static int64_t reply_deadline(const struct imap_session *session)
{
	const struct machine_pending *oldest = overdue_candidate(session);
	int64_t start, heard, due;

	if (oldest == NULL)
		return INT64_MAX;
	start = oldest->sent;
	if (oldest->command == MACHINE_SEND_IDLE)
		start = MAX(start, session->done_at);
	heard = MAX(session->heard, start);
	due = heard + quiet_time(oldest->command);
	if (session->probe > 0)
		due = MIN(due, MAX(heard, session->probed) + session->probe);
	return MIN(due, start + IMAP_COMMAND_TIMEOUT);
}

static int64_t state_deadline(const struct imap_session *session)
{
	int64_t timeout = machine_stays[session->state].timeout;

	return timeout > 0 ? session->entered + timeout : INT64_MAX;
}

int64_t imap_session_deadline(const struct imap_session *session)
{
	int64_t due;

	if (session->state == MACHINE_ENDED)
		return INT64_MAX;
	due = MIN(state_deadline(session), reply_deadline(session));
	return MIN(due, watching_deadline(session));
}

static void time_out(struct imap_session *session)
{
	const struct machine_pending *oldest = overdue_candidate(session);

	if (oldest != NULL && oldest->command == MACHINE_SEND_SEARCH)
		opening_search_late(session);
	notifying_broken(session);
	extras_broken(session);
	resync_late(session);
	if (session->state == MACHINE_LOGOUT)
		machine_end_for(session, NULL);
	else if (session->state == MACHINE_GREETING)
		machine_end(session, IMAP_ERROR_TIMEOUT,
		    "no greeting within %d s%s", IMAP_GREETING_TIMEOUT / 1000,
		    session->want_starttls
			? "; if TLS comes first on this port, set "
			  "tls = implicit"
			: "");
	else
		machine_end(session, IMAP_ERROR_TIMEOUT,
		    "the server does not answer %s",
		    session->done_at > 0 ? "DONE"
			: oldest != NULL ? dispatch_rows[oldest->command].name
					 : "in time");
}

void imap_session_tick(struct imap_session *session, int64_t now)
{
	session->now = now;
	if (session->state == MACHINE_ENDED)
		return;
	if (MIN(state_deadline(session), reply_deadline(session)) <= now)
		time_out(session);
	else
		watching_tick(session);
	watching_pump(session);
}

void imap_session_set_refresh(struct imap_session *session, int64_t refresh)
{
	session->refresh = refresh;
}

void imap_session_choose(struct imap_session *session,
    const struct imap_watched *mailboxes, unsigned count, int64_t now)
{
	session->now = now;
	if (session->state == MACHINE_ENDED)
		return;
	boxes_set(session, mailboxes, count);
	/* One that was home needs a visit now to be opened again. */
	fates_tick(session);
	if (session->state == MACHINE_CHOOSING)
		watching_start(session);
	else if (session->state > MACHINE_CHOOSING ||
	    session->state < MACHINE_OPENING || boxes_check(session))
		watching_pump(session);
}

void imap_session_refresh(struct imap_session *session, int64_t now)
{
	session->now = now;
	session->want_noop = true;
	sweeping_start(session);
	watching_pump(session);
}

void imap_session_probe(
    struct imap_session *session, int64_t now, int64_t timeout)
{
	/* One that is under way keeps its time: a network that changes without
	 * end would put off the end of a dead line. */
	if (session->probe == 0) {
		session->probed = now;
		session->probe = MAX(timeout, 1);
	}
	imap_session_refresh(session, now);
}

void imap_session_logout(struct imap_session *session, int64_t now)
{
	session->now = now;
	session->want_logout = true;
	watching_pump(session);
	if (session->state != MACHINE_LOGOUT)
		machine_end_for(session, NULL);
}

bool imap_session_next(
    struct imap_session *session, struct imap_action *ret_action)
{
	g_autofree struct imap_action *action =
	    g_queue_pop_head(&session->actions);

	if (action == NULL)
		return false;
	*ret_action = *action;
	return true;
}

static void wipe_bytes(GBytes *bytes)
{
	gsize size;
	gpointer data = g_bytes_unref_to_data(bytes, &size);

	explicit_bzero(data, size);
	g_free(data);
}

void imap_action_clear(struct imap_action *action)
{
	if (action->bytes != NULL && action->secret)
		wipe_bytes(action->bytes);
	else
		g_clear_pointer(&action->bytes, g_bytes_unref);
	g_free(action->text);
	news_free(action->news);
	imap_structure_free(action->structure);
	imap_listed_free(action->listed);
	task_done_free(action->done);
	g_clear_error(&action->error);
	memset(action, 0, sizeof(*action));
}

const struct imap_capabilities *imap_session_capabilities(
    const struct imap_session *session)
{
	return &session->capabilities;
}

const struct imap_capabilities *imap_session_remember(
    const struct imap_session *session)
{
	return session->told_capabilities ? &session->capabilities : NULL;
}

int64_t imap_session_patience(const struct imap_session *session)
{
	return session->patience;
}

int64_t imap_session_heard(const struct imap_session *session)
{
	return session->received;
}

int64_t imap_session_next_look(const struct imap_session *session)
{
	return watching_next_look(session);
}

bool imap_session_is_idling(const struct imap_session *session)
{
	return machine_is_pending(session, MACHINE_SEND_IDLE);
}

static enum imap_method home_method(const struct imap_session *session)
{
	if (!watching_may_idle(session))
		return IMAP_METHOD_POLL;
	return session->notify != MACHINE_NOTIFY_NONE ? IMAP_METHOD_NOTIFY
						      : IMAP_METHOD_IDLE;
}

enum imap_method imap_session_method(
    const struct imap_session *session, const void *owner)
{
	const struct machine_box *box = boxes_owned(session, owner);

	if (box == NULL || !box->synced || session->state == MACHINE_ENDED)
		return IMAP_METHOD_NONE;
	if (visiting_is_home(session, box))
		return home_method(session);
	return session->notify != MACHINE_NOTIFY_NONE && box->covered
	    ? IMAP_METHOD_NOTIFY
	    : IMAP_METHOD_STATUS;
}

/* What was remembered, and what is not offered. */
static const char *missing(const struct imap_session *session)
{
	if (!session->want_idle)
		return NULL;
	if (!machine_can(session, IMAP_CAP_IDLE))
		return "the server does not offer IDLE";
	if ((session->faults & IMAP_FAULT_IDLE) != 0)
		return "the server did not bear IDLE before";
	if (!session->want_notify)
		return NULL;
	if (!machine_can(session, IMAP_CAP_NOTIFY))
		return "the server does not offer NOTIFY";
	if ((session->faults & IMAP_FAULT_NOTIFY) != 0)
		return "the server did not bear NOTIFY before";
	if ((session->faults & IMAP_FAULT_NOTIFY_HEADERS) != 0)
		return "the server did not bear NOTIFY with header fields "
		       "before";
	return NULL;
}

const char *imap_session_why(const struct imap_session *session)
{
	if (session->why != NULL)
		return session->why;
	if (session->state < MACHINE_OPENING || session->stale_capabilities)
		return NULL;
	return missing(session);
}
