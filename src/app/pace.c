/*
 * Two sliding windows, one for each user of a server and one for the server,
 * and a slow start: how many may try at once.
 */
#include "app/pace.h"
#include <string.h>

enum {
	TRIES_FIRST = 3, /* at once, to a server that nothing is known of */
	TRIES_MORE = 2,  /* with each that gets through */
	TRIES_MAX = 16,
	PROBE_FIRST = 1000, /* ms until it is tried again; grows by half */
	PROBE_MAX = 60 * 1000,
};

/* The times of the last PACE_MAX calls, oldest first. */
struct window {
	int64_t times[PACE_MAX];
	unsigned count;
};

struct user {
	char *name;
	struct window calls;
	unsigned callers;
};

struct server {
	char *name;
	struct window unproven;
	unsigned trying, allowed; /* connections without an answer, at once */
	unsigned live;            /* those that are */
	int64_t pause, probe_at;  /* when it does not answer; else 0 */
	int64_t failed_at;        /* the last failure that counted */
	GHashTable *users;        /* struct user by name */
	GPtrArray *callers;       /* struct pace_caller */
	unsigned untold;          /* of them those whom tell_back() looks for */
	GQueue waiting;           /* of them those who asked */
	struct loop_timer *timer;
};

struct pace {
	struct loop *loop;
	GHashTable *servers; /* by "host:port" */
	int64_t swept;
};

struct pace_caller {
	struct server *server;
	struct user *user;
	const struct pace_events *events;
	void *data;
	int64_t called; /* its connection on trial; 0: none, or proven */
	bool errand;
	bool slot; /* and no answer yet: it counts as trying */
	bool live, failed;
	bool told;   /* since it failed, that the server is back */
	bool queued; /* is among those who wait */
};

/* ---- windows ---- */

static void forget_old(struct window *window, int64_t now)
{
	unsigned old = 0;

	while (old < window->count && window->times[old] <= now - PACE_WINDOW)
		old++;
	window->count -= old;
	memmove(window->times, window->times + old,
	    window->count * sizeof(*window->times));
}

/* When there is room again for less than max. */
static int64_t room(struct window *window, unsigned max, int64_t now)
{
	forget_old(window, now);
	return window->count < max
	    ? now
	    : window->times[window->count - max] + PACE_WINDOW;
}

static void note(struct window *window, int64_t now)
{
	window->times[window->count++] = now;
}

static void strike(struct window *window, int64_t time)
{
	for (unsigned i = 0; i < window->count; i++) {
		if (window->times[i] != time)
			continue;
		window->count--;
		memmove(window->times + i, window->times + i + 1,
		    (window->count - i) * sizeof(*window->times));
		return;
	}
}

/* ---- turns ---- */

/* When the server is ready for anybody; INT64_MAX: when another one's trial is
 * over. */
static int64_t turn_of_any(struct server *server, int64_t now)
{
	if (server->trying >= server->allowed)
		return INT64_MAX;
	return MAX(room(&server->unproven, PACE_MAX, now), server->probe_at);
}

static int64_t turn(struct pace_caller *caller, int64_t now)
{
	unsigned max = caller->errand ? PACE_MAX - PACE_SPARE : PACE_MAX;
	int64_t user = room(&caller->user->calls, max, now);
	int64_t any = turn_of_any(caller->server, now);

	return MAX(user, any);
}

static void call(struct pace_caller *caller, int64_t now)
{
	note(&caller->user->calls, now);
	note(&caller->server->unproven, now);
	caller->server->trying++;
	caller->slot = true;
	caller->called = now;
	caller->events->ready(caller->data);
}

static void leave_queue(struct pace_caller *caller)
{
	if (caller->queued)
		g_queue_remove(&caller->server->waiting, caller);
	caller->queued = false;
}

/* The first whose turn has come; next: when that of another comes, or might.
 * Thousands may wait: while it is nobody's, they are not looked at. */
static struct pace_caller *pick(
    struct server *server, int64_t now, int64_t *next)
{
	*next = turn_of_any(server, now);
	if (*next > now)
		return NULL;
	*next = INT64_MAX;
	for (GList *link = server->waiting.head; link; link = link->next) {
		int64_t when = turn(link->data, now);

		if (when <= now)
			return link->data;
		*next = MIN(*next, when);
	}
	return NULL;
}

/* ready() may ask, cancel and free: begin from the front each time. */
static void serve(void *data)
{
	struct server *server = data;
	int64_t now = loop_now(), next;
	struct pace_caller *caller;

	while ((caller = pick(server, now, &next)) != NULL) {
		leave_queue(caller);
		call(caller, now);
	}
	loop_timer_set(server->timer, next);
}

/* For whoever waits, and may have waited before. */
static void arm(struct server *server, int64_t now)
{
	int64_t next;

	if (pick(server, now, &next) != NULL)
		next = now;
	loop_timer_set(server->timer, next);
}

/* Those who came before and wait keep their places. */
int64_t pace_ask(struct pace_caller *caller)
{
	struct server *server = caller->server;
	int64_t now = loop_now(), when = turn(caller, now);

	leave_queue(caller);
	if (when <= now) {
		call(caller, now);
		return 0;
	}
	g_queue_push_tail(&server->waiting, caller);
	caller->queued = true;
	arm(server, now);
	return when;
}

bool pace_is_waiting(const struct pace_caller *caller)
{
	return caller->queued;
}

static void set_failed(struct pace_caller *caller, bool failed)
{
	if (caller->failed && !caller->told)
		caller->server->untold--;
	caller->failed = failed;
	caller->told = false;
	if (failed)
		caller->server->untold++;
}

/* Each once: where a thousand come back, each of them would tell the rest. */
static void tell_back(struct server *server)
{
	g_autoptr(GPtrArray) callers = NULL;

	if (server->untold == 0)
		return;
	callers = g_ptr_array_copy(server->callers, NULL, NULL);
	for (unsigned i = 0; i < callers->len; i++) {
		struct pace_caller *caller = callers->pdata[i];

		if (!caller->failed || caller->told)
			continue;
		caller->told = true;
		server->untold--;
		caller->events->back(caller->data);
	}
}

/* There may be room.  From the loop: the caller is in the middle of
 * something. */
static void hurry(struct server *server)
{
	if (!g_queue_is_empty(&server->waiting))
		loop_timer_set(server->timer, loop_now());
}

static void leave_slot(struct pace_caller *caller)
{
	if (caller->slot)
		caller->server->trying--;
	caller->slot = false;
	hurry(caller->server);
}

void pace_answered(struct pace_caller *caller)
{
	struct server *server = caller->server;

	server->pause = server->probe_at = 0;
	server->allowed = MAX(server->allowed, TRIES_FIRST);
	leave_slot(caller);
}

/* Returns when the trial began, 0 when there is none. */
static int64_t end_trial(struct pace_caller *caller)
{
	int64_t called = caller->called;

	if (caller->live)
		caller->server->live--;
	caller->live = false;
	caller->called = 0;
	leave_slot(caller);
	return called;
}

void pace_proven(struct pace_caller *caller)
{
	struct server *server = caller->server;
	bool was_down = caller->failed;
	int64_t called = end_trial(caller);

	if (called != 0) {
		strike(&server->unproven, called);
		server->allowed = MIN(server->allowed + TRIES_MORE, TRIES_MAX);
		server->pause = server->probe_at = 0;
	}
	caller->live = true;
	server->live++;
	set_failed(caller, false);
	if (was_down)
		tell_back(server);
}

void pace_cancel(struct pace_caller *caller)
{
	leave_queue(caller);
	end_trial(caller);
}

/* Those that were on their way together count as one; while one of them
 * lives it is not the server that is silent. */
static void note_silence(struct server *server, int64_t called)
{
	int64_t now = loop_now();

	if (server->live > 0)
		return;
	server->allowed = 1;
	if (called <= server->failed_at)
		return;
	server->failed_at = now;
	server->pause = server->pause == 0 ? PROBE_FIRST
					   : server->pause + server->pause / 2;
	server->pause = MIN(server->pause, PROBE_MAX);
	server->probe_at = now + server->pause;
}

void pace_failed(struct pace_caller *caller, bool served)
{
	int64_t called = end_trial(caller);

	if (called != 0 && !served)
		note_silence(caller->server, called);
	set_failed(caller, true);
}

void pace_unmade(struct pace_caller *caller)
{
	int64_t called = end_trial(caller);

	if (called != 0) {
		strike(&caller->user->calls, called);
		strike(&caller->server->unproven, called);
	}
	set_failed(caller, true);
}

void pace_forgive(struct pace *pace)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, pace->servers);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct server *server = value;

		server->pause = server->probe_at = 0;
		server->allowed = MAX(server->allowed, TRIES_FIRST);
		hurry(server);
	}
}

/* ---- who calls whom ---- */

static void user_free(gpointer data)
{
	struct user *user = data;

	g_free(user->name);
	g_free(user);
}

static void server_free(gpointer data)
{
	struct server *server = data;

	loop_timer_free(server->timer);
	g_ptr_array_unref(server->callers);
	g_hash_table_unref(server->users);
	g_queue_clear(&server->waiting);
	g_free(server->name);
	g_free(server);
}

static struct server *server_new(struct pace *pace, const char *name)
{
	struct server *server = g_new0(struct server, 1);

	server->name = g_strdup(name);
	server->allowed = TRIES_FIRST;
	server->users =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, user_free);
	server->callers = g_ptr_array_new();
	g_queue_init(&server->waiting);
	server->timer = loop_timer_new(pace->loop, serve, server);
	g_hash_table_insert(pace->servers, server->name, server);
	return server;
}

static struct user *find_user(struct server *server, const char *name)
{
	struct user *user = g_hash_table_lookup(server->users, name);

	if (user != NULL)
		return user;
	user = g_new0(struct user, 1);
	user->name = g_strdup(name);
	g_hash_table_insert(server->users, user->name, user);
	return user;
}

static gboolean is_user_forgotten(gpointer key, gpointer value, gpointer data)
{
	struct user *user = value;
	const int64_t *now = data;

	(void)key;
	forget_old(&user->calls, *now);
	return user->callers == 0 && user->calls.count == 0;
}

static gboolean is_forgotten(gpointer key, gpointer value, gpointer data)
{
	struct server *server = value;

	(void)key;
	g_hash_table_foreach_remove(server->users, is_user_forgotten, data);
	return g_hash_table_size(server->users) == 0;
}

/* The windows outlive their callers: a reload is no way around them.  What
 * is of no use any more goes when one comes later. */
static void sweep(struct pace *pace)
{
	int64_t now = loop_now();

	if (now < pace->swept + PACE_WINDOW)
		return;
	pace->swept = now;
	g_hash_table_foreach_remove(pace->servers, is_forgotten, &now);
}

struct pace_caller *pace_caller_new(struct pace *pace, const char *host,
    int port, const char *user, bool errand, const struct pace_events *events,
    void *data)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);
	g_autofree char *name = g_strdup_printf("%s:%d", lower, port);
	struct pace_caller *caller = g_new0(struct pace_caller, 1);

	sweep(pace);
	caller->server = g_hash_table_lookup(pace->servers, name);
	if (caller->server == NULL)
		caller->server = server_new(pace, name);
	caller->user = find_user(caller->server, user);
	caller->user->callers++;
	caller->errand = errand;
	caller->events = events;
	caller->data = data;
	g_ptr_array_add(caller->server->callers, caller);
	return caller;
}

void pace_caller_free(struct pace_caller *caller)
{
	if (caller == NULL)
		return;
	pace_cancel(caller);
	set_failed(caller, false);
	g_ptr_array_remove_fast(caller->server->callers, caller);
	caller->user->callers--;
	g_free(caller);
}

struct pace *pace_new(struct loop *loop)
{
	struct pace *pace = g_new0(struct pace, 1);

	pace->loop = loop;
	pace->servers =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, server_free);
	return pace;
}

void pace_free(struct pace *pace)
{
	if (pace == NULL)
		return;
	g_hash_table_unref(pace->servers);
	g_free(pace);
}
