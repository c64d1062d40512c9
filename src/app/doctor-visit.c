/*
 * What is done at a server: one watch, which is a watcher's in all but that it
 * does not come back and that nothing rings.
 */
#include "app/doctor-road.h"
#include "app/doctor-words.h"
#include "app/failure.h"
#include "app/quiet.h"
#include "app/settings.h"
#include "app/when.h"
#include "imap/selection.h"
#include "message/field.h"
#include "message/text.h"
#include "os/language.h"
#include <string.h>
#include <sysexits.h>

/* Milliseconds. */
enum {
	STEP_TIME = 15 * 1000,
	LOGIN_TIME = 45 * 1000, /* the secret again, and servers that dawdle */
};

/* ---- the watch: what it tells ---- */

static void tell_certificate(struct doctor_road *road)
{
	struct tls_certificate about = {0};

	doctor_road_begin(road, DOCTOR_CERTIFICATE, STEP_TIME);
	if (stream_certificate(watch_stream(road->watch), &about))
		doctor_words_certificate(
		    road->finding, &about, road->account->tls_pin != NULL);
	tls_certificate_clear(&about);
	doctor_road_tell(road);
}

static void tell_tls(struct doctor_road *road)
{
	g_autofree char *text = stream_describe(watch_stream(road->watch));

	doctor_say(road->finding, DOCTOR_OK, "%s", text);
	doctor_road_tell(road);
	tell_certificate(road);
}

static void tell_opened(struct doctor_road *road)
{
	if (road->account->tls == CONFIG_TLS_IMPLICIT)
		tell_tls(road);
	/* With STARTTLS the first greeting is a part of it. */
	if (road->account->tls == CONFIG_TLS_STARTTLS)
		doctor_road_begin(road, DOCTOR_TLS, STEP_TIME);
	else
		doctor_road_begin(road, DOCTOR_GREETING, STEP_TIME);
}

static void tell_secured(struct doctor_road *road)
{
	tell_tls(road);
	doctor_road_begin(road, DOCTOR_GREETING, STEP_TIME);
}

static void tell_greeted(struct doctor_road *road)
{
	doctor_words_greeting(
	    road->finding, road->account, watch_capabilities(road->watch));
	doctor_road_tell(road);
	doctor_road_begin(road, DOCTOR_LOGIN, LOGIN_TIME);
	if (!road->locked)
		return;
	doctor_say(road->finding, DOCTOR_SKIPPED, "there is no password");
	doctor_road_give_up(road);
	watch_logout(road->watch);
}

static void tell_method(struct doctor_road *road, const char *why)
{
	g_autoptr(GString) text = g_string_new(NULL);

	/* Before IDLE has begun it is no method yet. */
	if (road->rested == 0)
		return;
	doctor_road_begin(road, DOCTOR_METHOD, STEP_TIME);
	for (unsigned i = 0; i < road->boxes->len; i++) {
		const struct doctor_box *box = road->boxes->pdata[i];
		enum imap_method method = watch_method(road->watch, box);
		/* It would have a connection of its own. */
		bool own = i < road->account->max_connections;

		if (own && road->home == IMAP_METHOD_NONE)
			road->home = method;
		doctor_words_method(text, road->account, box->name,
		    own && method == IMAP_METHOD_STATUS ? road->home : method);
	}
	doctor_words_methods(
	    road->finding, road->account, road->home, why, text);
	doctor_road_tell(road);
}

/* Those that fit no mailbox; false when there is a plain name among them: what
 * a pattern does not fit yet may still be made. */
static bool tell_unmatched(
    const struct doctor_road *road, GString *bad, GString *advice)
{
	bool may_come = true;

	for (unsigned i = 0; i < road->unmatched->len; i++) {
		const char *const entry[] = {road->unmatched->pdata[i], NULL};

		may_come &= !imap_selection_is_plain(entry);
		doctor_words_missing(bad, advice, road->listed, entry[0],
		    _("no mailbox fits it"));
	}
	return may_come;
}

static unsigned tell_openable(
    const struct doctor_road *road, GString *bad, GString *advice)
{
	unsigned good = 0;

	for (unsigned i = 0; i < road->boxes->len; i++) {
		const struct doctor_box *box = road->boxes->pdata[i];

		if (box->failure == NULL)
			good++;
		else
			doctor_words_missing(
			    bad, advice, road->listed, box->name, box->failure);
	}
	return good;
}

static void tell_boxes(struct doctor_road *road)
{
	g_autoptr(GString) bad = g_string_new(NULL);
	g_autoptr(GString) advice = g_string_new(NULL);
	unsigned good = tell_openable(road, bad, advice);
	bool may_come =
	    tell_unmatched(road, bad, advice) && good == road->boxes->len;

	if (bad->len == 0)
		doctor_say(road->finding, DOCTOR_OK,
		    "%u of %u are to be watched, and can be opened", good,
		    road->listed->len);
	else if (may_come)
		doctor_say(road->finding, DOCTOR_WARNING, "%s", bad->str);
	else
		doctor_fail(road->finding, EX_UNAVAILABLE, "%s", bad->str);
	if (bad->len > 0)
		doctor_advise(road->finding,
		    "%s\"idlebell mailboxes %s\" lists those that are there",
		    advice->str, road->account->name);
	doctor_road_tell(road);
}

static bool is_resting(
    const struct doctor_road *road, const struct doctor_box *box)
{
	g_autofree char *name = text_clean(box->name, -1, FIELD_TEXT_MAX);
	const struct rules_place place = {
	    .account = road->account->name,
	    .mailbox = name,
	};

	return !curfew_is_broken(road->settings->curfew, road->account, &place);
}

static unsigned count_resting(const struct doctor_road *road)
{
	unsigned count = 0;

	for (unsigned i = 0; i < road->boxes->len; i++)
		count += is_resting(road, road->boxes->pdata[i]) ? 1 : 0;
	return count;
}

/* Nobody wonders why nothing rings. */
static void tell_quiet(struct doctor_road *road)
{
	const struct curfew *curfew = road->settings->curfew;
	const char *hours = road->account->quiet_hours;
	int64_t now = when_wall();
	struct doctor_finding *finding;
	g_autofree char *until = NULL;
	unsigned resting;

	if (!curfew_holds(curfew, hours))
		return;
	finding = doctor_finding_new(N_("quiet hours"));
	until = quiet_describe(
	    false, quiet_change(curfew_hours(curfew, hours), now), now);
	resting = count_resting(road);
	if (resting == 0)
		doctor_say(
		    finding, DOCTOR_OK, "%s: only what is urgent rings", until);
	else
		doctor_say(finding, DOCTOR_OK,
		    "%s: %u of %u mailboxes rest, as no urgent rule can be "
		    "about them",
		    until, resting, road->boxes->len);
	finding->took = -1;
	road->events->tell(road->data, finding);
}

static void tell_capabilities(struct doctor_road *road)
{
	struct doctor_finding *finding =
	    doctor_finding_new(doctor_stages[DOCTOR_CAPABILITIES]);

	doctor_words_capabilities(
	    finding, road->account, watch_capabilities(road->watch));
	finding->took = -1;
	road->events->tell(road->data, finding);
}

static void open_idle(struct doctor_road *road)
{
	tell_capabilities(road);
	tell_boxes(road);
	tell_quiet(road);
	tell_method(road, watch_why(road->watch));
	doctor_road_begin(road, DOCTOR_IDLE, STEP_TIME);
}

/* All mailboxes have been opened; then the refresh, which each watcher sends
 * every some minutes. */
static void begin_idle(struct doctor_road *road)
{
	road->rested = g_get_monotonic_time();
	open_idle(road);
	watch_poke(road->watch);
}

static void end_idle(struct doctor_road *road)
{
	doctor_words_idle(road->finding, road->home);
	doctor_road_tell(road);
	doctor_road_end(road);
	watch_logout(road->watch);
}

static void reached(void *data, enum watch_step step)
{
	struct doctor_road *road = data;

	if (road->over)
		return;
	if (step == WATCH_STEP_TCP && doctor_road_concerns(road, DOCTOR_TLS))
		doctor_road_begin(road, DOCTOR_TLS, STEP_TIME);
	else if (step == WATCH_STEP_OPEN)
		tell_opened(road);
	else if (step == WATCH_STEP_SECURE)
		tell_secured(road);
	else if (step == WATCH_STEP_GREETED)
		tell_greeted(road);
	else if (step == WATCH_STEP_REST && road->rested == 0)
		begin_idle(road);
	else if (step == WATCH_STEP_REST)
		end_idle(road);
}

static void listed(void *data, const struct imap_listed *listed_)
{
	struct doctor_road *road = data;

	if (road->boxes != NULL || road->over)
		return;
	g_ptr_array_add(road->listed, imap_listed_copy(listed_));
}

static void box_free(gpointer data)
{
	struct doctor_box *box = data;

	g_free(box->name);
	g_free(box->failure);
	g_free(box);
}

static void choose_boxes(struct doctor_road *road)
{
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) names =
	    imap_selection_choose((const char *const *)road->account->mailboxes,
		road->listed, unmatched);

	road->boxes = g_ptr_array_new_with_free_func(box_free);
	for (unsigned i = 0; i < names->len; i++) {
		struct doctor_box *box = g_new0(struct doctor_box, 1);

		box->name = g_strdup(names->pdata[i]);
		g_ptr_array_add(road->boxes, box);
	}
	/* Excluding nothing harms nobody. */
	for (unsigned i = 0; i < unmatched->len; i++)
		if (*(const char *)unmatched->pdata[i] != '!')
			g_ptr_array_add(road->unmatched, unmatched->pdata[i]);
}

/* All are known, so the login has succeeded.  Comes again when mailboxes come
 * and go: then it stays as it is. */
static void choose(void *data)
{
	struct doctor_road *road = data;
	g_autoptr(GArray) list = watch_list_new();

	if (road->boxes == NULL && !road->over) {
		doctor_say(
		    road->finding, DOCTOR_OK, "as %s", road->account->user);
		doctor_road_tell(road);
		doctor_road_begin(road, DOCTOR_MAILBOXES, LOGIN_TIME);
		choose_boxes(road);
	}
	for (unsigned i = 0; road->boxes != NULL && i < road->boxes->len; i++) {
		struct doctor_box *box = road->boxes->pdata[i];
		const struct imap_watched watched = {
		    .owner = box, .mailbox = box->name};

		g_array_append_val(list, watched);
	}
	watch_choose(road->watch, list);
}

static void failed(void *data, void *owner, const GError *error)
{
	struct doctor_box *box = owner;

	(void)data;
	g_free(box->failure);
	box->failure = g_strdup(error->message);
}

static void opened(
    void *data, void *owner, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	struct doctor_box *box = owner;

	(void)data;
	(void)uidvalidity;
	(void)uid;
	(void)reset;
	g_clear_pointer(&box->failure, g_free);
}

static void blame(struct doctor_road *road, const GError *error)
{
	doctor_fail(
	    road->finding, failure_exit_status(error), "%s", error->message);
	doctor_words_advise(road->finding, road->account, road->clock, error);
}

/* Its first mailbox is open, and what was to follow was IDLE: the server may
 * have said nothing to that. */
static void settle(struct doctor_road *road)
{
	bool synced = false;

	for (unsigned i = 0; road->boxes != NULL && i < road->boxes->len; i++)
		synced |= ((struct doctor_box *)road->boxes->pdata[i])->synced;
	if (road->step == DOCTOR_MAILBOXES && synced)
		open_idle(road);
	if (road->finding == NULL)
		doctor_road_begin(road, road->step, STEP_TIME);
}

static bool is_silence(const GError *error)
{
	return g_error_matches(error, IMAP_ERROR, IMAP_ERROR_TIMEOUT);
}

/* No mailbox at all could be opened: those are to be named. */
static void ended(void *data, const GError *error)
{
	struct doctor_road *road = data;

	if (road->over) {
		loop_timer_set(road->timer, loop_now());
		return;
	}
	settle(road);
	if (error == NULL) {
		doctor_fail(road->finding, EX_TEMPFAIL, "it ended early");
	} else if (g_error_matches(error, IMAP_ERROR, IMAP_ERROR_MAILBOX) &&
	    road->step == DOCTOR_MAILBOXES) {
		tell_boxes(road);
	} else {
		blame(road, error);
		if (road->step == DOCTOR_IDLE && is_silence(error))
			doctor_words_dead(road->finding, road->rested != 0);
	}
	doctor_road_give_up(road);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	(void)data;
	(void)state;
	(void)reason;
}

static void news(void *data, void *owner, const struct imap_news *news_)
{
	(void)data;
	(void)owner;
	(void)news_;
}

/* What follows may be IDLE, which is not answered by everybody. */
static void synced(void *data, void *owner, uint32_t uid, uint64_t modseq)
{
	struct doctor_road *road = data;

	(void)uid;
	(void)modseq;
	((struct doctor_box *)owner)->synced = true;
	/* Its time ends here, whatever becomes of IDLE. */
	if (road->step == DOCTOR_MAILBOXES && road->finding != NULL)
		doctor_say(road->finding, DOCTOR_OK, "opened");
	if (!road->over)
		loop_timer_set(road->timer, loop_now() + STEP_TIME);
}

static void touched(void *data, void *owner, uint32_t uid, const char *flags)
{
	(void)data;
	(void)owner;
	(void)uid;
	(void)flags;
}

static void gone(void *data, void *owner, const char *set)
{
	(void)data;
	(void)owner;
	(void)set;
}

static const struct watch_events watch_events = {
    .choose = choose,
    .listed = listed,
    .opened = opened,
    .news = news,
    .synced = synced,
    .failed = failed,
    .flags = touched,
    .gone = gone,
    .changed = changed,
    .ended = ended,
    .reached = reached,
};

void doctor_visit_start(struct doctor_road *road)
{
	const struct watch_options options = {
	    .net = road->net,
	    .account = road->account,
	    .goal = IMAP_GOAL_WATCH,
	    .choose = true,
	    .single = true,
	    .refresh = road->account->refresh,
	    .header_fields = MESSAGE_HEADER_FIELDS,
	};

	road->step = DOCTOR_TCP;
	loop_timer_set(road->timer, loop_now() + STEP_TIME);
	road->watch = watch_new(&options, &watch_events, road);
	watch_start(road->watch);
}

void doctor_visit_late(struct doctor_road *road)
{
	settle(road);
	if (road->step == DOCTOR_IDLE)
		doctor_words_dead(road->finding, road->rested != 0);
	else
		doctor_words_silence(road->finding, road->account,
		    road->step <= DOCTOR_GREETING);
	doctor_road_give_up(road);
}
