/*
 * Messages on their way: what is tried again, what is given up, and what
 * counts as taken.  The clock is the test's own, and so are the sinks and the
 * moods of the disk.
 */
#include "app/delivery.h"
#include "app/log.h"
#include "imap/session.h"
#include "os/loop.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- a clock that goes when it is told to ---- */

static struct {
	int64_t now;
	GPtrArray *timers; /* struct loop_timer */
} clockwork;

struct loop_timer {
	loop_timer_fn *fn;
	void *data;
	int64_t when;
};

int64_t loop_now(void)
{
	return clockwork.now;
}

struct loop_timer *loop_timer_new(
    struct loop *loop, loop_timer_fn *fn, void *data)
{
	struct loop_timer *timer = g_new0(struct loop_timer, 1);

	(void)loop;
	timer->fn = fn;
	timer->data = data;
	timer->when = INT64_MAX;
	g_ptr_array_add(clockwork.timers, timer);
	return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t when)
{
	timer->when = when;
}

void loop_timer_free(struct loop_timer *timer)
{
	g_ptr_array_remove(clockwork.timers, timer);
	g_free(timer);
}

static struct loop_timer *first_timer(void)
{
	struct loop_timer *first = NULL;

	for (unsigned i = 0; i < clockwork.timers->len; i++) {
		struct loop_timer *timer = clockwork.timers->pdata[i];

		if (first == NULL || timer->when < first->when)
			first = timer;
	}
	return first;
}

/* ms until something happens by itself; -1: nothing will. */
static int64_t next_event(void)
{
	const struct loop_timer *timer = first_timer();

	return timer == NULL || timer->when == INT64_MAX
	    ? -1
	    : timer->when - clockwork.now;
}

static void advance(int64_t ms)
{
	int64_t end = clockwork.now + ms;
	struct loop_timer *timer;

	while ((timer = first_timer()) != NULL && timer->when <= end) {
		clockwork.now = MAX(clockwork.now, timer->when);
		timer->when = INT64_MAX;
		timer->fn(timer->data);
	}
	clockwork.now = end;
}

/* ---- a disk that fails when it is told to ---- */

static struct {
	int write, sync; /* errno, or 0: it works */
} disk;

ssize_t write(int fd, const void *buf, size_t n)
{
	if (disk.write == 0 || fd == STDERR_FILENO || fd == STDOUT_FILENO)
		return syscall(SYS_write, fd, buf, n);
	errno = disk.write;
	return -1;
}

int fsync(int fd)
{
	if (disk.sync == 0)
		return (int)syscall(SYS_fsync, fd);
	errno = disk.sync;
	return -1;
}

/* ---- sinks that answer when they are told to ---- */

struct fake {
	struct sink sink;
	GQueue rung;   /* struct call, not answered */
	GString *told; /* "1 2+ ": UIDs as they rang, + with a file */
	enum sink_urgency urgency; /* of the last one */
	char *sound;
	off_t logged; /* octets, when the last one rang */
};

struct call {
	sink_fn *fn;
	void *data;
};

/* "{1 2 }": the UIDs of a batch, from its lines. */
static void tell_batch(GString *told, const struct batch *batch)
{
	g_auto(GStrv) lines = g_strsplit(batch->lines, "\n", -1);

	g_assert_cmpstr(batch->event, ==, "mailbox");
	g_assert_cmpstr(batch->mailbox, ==, "INBOX");
	g_assert_cmpuint(g_strv_length(lines), ==, batch->count + 1);
	g_string_append_c(told, '{');
	for (unsigned i = 0; i < batch->count; i++) {
		const char *uid = strstr(lines[i], "\"uid\":");

		g_assert_nonnull(uid);
		g_string_append_printf(told, "%d ",
		    (int)g_ascii_strtoll(uid + strlen("\"uid\":"), NULL, 10));
	}
	g_string_append(told, "} ");
}

static void fake_ring(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct fake *fake = (struct fake *)sink;
	struct call *call = g_new0(struct call, 1);

	fake->urgency = event->urgency;
	fake->logged = lseek(STDERR_FILENO, 0, SEEK_CUR);
	g_free(fake->sound);
	fake->sound = g_strdup(event->sound);
	if (event->message != NULL)
		g_string_append_printf(fake->told, "%u%s ", event->message->uid,
		    event->message->file != NULL ? "+" : "");
	else if (event->batch != NULL)
		tell_batch(fake->told, event->batch);
	else
		g_string_append_printf(fake->told, "[%s]\n%s",
		    event->notice->summary, event->notice->body);
	call->fn = fn;
	call->data = data;
	g_queue_push_tail(&fake->rung, call);
}

/* What was rung will not be answered. */
static void fake_free(struct sink *sink)
{
	struct fake *fake = (struct fake *)sink;

	g_queue_clear_full(&fake->rung, g_free);
	g_clear_pointer(&fake->sound, g_free);
}

static void fake_init(struct fake *fake)
{
	fake->sink = (struct sink){fake_ring, fake_free};
	fake->told = g_string_new(NULL);
	g_queue_init(&fake->rung);
}

static void answer(struct fake *fake, const char *failure)
{
	struct call *call = g_queue_pop_head(&fake->rung);
	g_autoptr(GError) error = failure != NULL
	    ? g_error_new_literal(SINK_ERROR, SINK_ERROR_HOOK, failure)
	    : NULL;

	g_assert_nonnull(call);
	call->fn(call->data, error);
	g_free(call);
}

/* ---- downloads over connections of their own, none of them real ---- */

struct fetching {
	const struct fetching_events *events;
	void *data;
	uint32_t uid;
	bool text;
};

static GQueue fetchings = G_QUEUE_INIT; /* that run */

void fetching_free(struct fetching *fetching)
{
	g_queue_remove(&fetchings, fetching);
	g_free(fetching);
}

/* The UIDs of those that run. */
static void assert_fetching(const char *wanted)
{
	g_autoptr(GString) found = g_string_new(NULL);

	for (GList *link = fetchings.head; link != NULL; link = link->next)
		g_string_append_printf(
		    found, "%u ", ((struct fetching *)link->data)->uid);
	g_assert_cmpstr(found->str, ==, wanted);
}

/* The first of them ends; code -1: well. */
static void end_fetching(GQuark domain, int code)
{
	struct fetching *fetching = g_queue_peek_head(&fetchings);
	g_autoptr(GError) error =
	    code >= 0 ? g_error_new_literal(domain, code, "alas") : NULL;

	g_assert_nonnull(fetching);
	fetching->events->end(
	    fetching->data, error == NULL ? "/there" : NULL, error);
}

/* ---- the place ---- */

struct place {
	struct fake desktop, hook;
	struct belfry *belfry;
	struct settings *settings;
	struct delivery *delivery;
	unsigned taken, left;
	uint32_t numbering; /* UIDVALIDITY of what was taken last */
	bool is_taken[16];  /* by UID */
	uint32_t last;      /* UID that was told */
	uint64_t size;      /* of each message; 0: 100 octets */
	bool offline;
	GString *asked; /* "1 2 ": UIDs whose bodies were */
	char *maildir;
	char *log; /* a file */
	int stderr_fd;
};

static void taken(void *origin, uint32_t uidvalidity, uint32_t uid)
{
	struct place *place = origin;

	place->numbering = uidvalidity;
	place->taken++;
	if (uid < G_N_ELEMENTS(place->is_taken))
		place->is_taken[uid] = true;
}

static void left(void *origin)
{
	((struct place *)origin)->left++;
}

static bool body(void *origin, uint32_t uid, uint64_t size, uint64_t max)
{
	struct place *place = origin;

	g_assert_cmpint((int)size, ==, 100);
	g_assert_cmpint((int)max, >, 100);
	if (!place->offline)
		g_string_append_printf(place->asked, "%u ", uid);
	return !place->offline;
}

static struct fetching *fetch(void *origin, const struct fetching_wish *wish,
    const struct fetching_events *events, void *data)
{
	struct fetching *fetching = g_new0(struct fetching, 1);

	(void)origin;
	g_assert_cmpstr(wish->mailbox, ==, "INBOX");
	g_assert_cmpuint(wish->uidvalidity, ==, 7);
	*fetching = (struct fetching){events, data, wish->uid, wish->text};
	g_queue_push_tail(&fetchings, fetching);
	return fetching;
}

static const struct delivery_events events = {
    .body = body, .fetch = fetch, .taken = taken, .stuck = left};

static struct settings *load(const char *text)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct settings *settings;
	int fd = g_file_open_tmp("idlebell-XXXXXX", &path, &error);

	g_assert_no_error(error);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, &error));
	g_chmod(path, 0600);
	settings = settings_load(path, NULL, &error);
	g_assert_no_error(error);
	g_assert_false(config_has_errors(settings->config));
	g_unlink(path);
	return settings;
}

static void capture_log(struct place *place)
{
	int fd = g_file_open_tmp("idlebell-XXXXXX", &place->log, NULL);

	place->stderr_fd = dup(STDERR_FILENO);
	g_assert_cmpint(dup2(fd, STDERR_FILENO), >=, 0);
	g_close(fd, NULL);
	log_open(LOG_LEVEL_INFO);
}

#define ACCOUNT "[account a]\nhost=h\nuser=u\npassword_command=x\n"

/* keys: more lines of the account. */
static struct sink *the_hook; /* of the place that is open */
static unsigned hooks_made;

static struct sink *make_hook(void)
{
	hooks_made++;
	return the_hook;
}

static void no_close(struct sink *desktop, uint64_t number)
{
	(void)desktop;
	(void)number;
}

static void place_open(struct place *place, gconstpointer keys)
{
	g_autofree char *text = NULL;
	const struct belfry_options bubbles = {
	    .desktop = &place->desktop.sink, .close = no_close};
	struct delivery_options options = {
	    .hook = make_hook, .once = strstr(keys, "# once") != NULL};

	place->maildir = g_dir_make_tmp("delivery-XXXXXX", NULL);
	place->asked = g_string_new(NULL);
	text = g_strdup_printf(
	    ACCOUNT "download_to = %s\n%s", place->maildir, (char *)keys);
	clockwork.now = 1000000;
	clockwork.timers = g_ptr_array_new();
	fake_init(&place->desktop);
	fake_init(&place->hook);
	the_hook = &place->hook.sink;
	hooks_made = 0;
	place->settings = load(text);
	options.belfry = place->belfry = belfry_new(&bubbles);
	place->delivery = delivery_new(&events, &options);
	capture_log(place);
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_tree(inner);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

static void place_close(struct place *place, gconstpointer keys)
{
	(void)keys;
	dup2(place->stderr_fd, STDERR_FILENO);
	g_close(place->stderr_fd, NULL);
	g_unlink(place->log);
	g_free(place->log);
	delivery_free(place->delivery);
	belfry_free(place->belfry);
	remove_tree(place->maildir);
	g_free(place->maildir);
	g_string_free(place->asked, TRUE);
	fake_free(&place->desktop.sink);
	g_assert_cmpint((int)clockwork.timers->len, ==, 0);
	g_ptr_array_unref(clockwork.timers);
	g_string_free(place->desktop.told, TRUE);
	g_string_free(place->hook.told, TRUE);
	settings_unref(place->settings);
}

static void assert_logged(const struct place *place, const char *text)
{
	g_autofree char *log = NULL;

	g_assert_true(g_file_get_contents(place->log, &log, NULL, NULL));
	if (strstr(log, text) == NULL)
		g_test_message("not in the log: %s\n%s", text, log);
	g_assert_nonnull(strstr(log, text));
}

static void take(struct place *place, uint32_t uid)
{
	const struct message_source source = {.account = "a",
	    .mailbox = "INBOX",
	    .uid = uid,
	    .uidvalidity = 7,
	    .size = place->size > 0 ? place->size : 100};
	g_autofree char *header = g_strdup_printf(
	    "From: Anna <anna%u@x.org>\r\nSubject: No %u\r\n\r\n", uid, uid);

	place->last = MAX(place->last, uid);
	delivery_take(place->delivery, place, place->settings,
	    config_find_account(place->settings->config, "a"), NULL,
	    message_new(&source, header, strlen(header)));
}

/* "1 3 ": what is not taken. */
static char *untaken(const struct place *place)
{
	GString *text = g_string_new(NULL);

	for (uint32_t uid = 1; uid <= place->last; uid++)
		if (uid >= G_N_ELEMENTS(place->is_taken) ||
		    !place->is_taken[uid])
			g_string_append_printf(text, "%u ", uid);
	return g_string_free(text, FALSE);
}

static void assert_untaken(const struct place *place, const char *wanted)
{
	g_autofree char *text = untaken(place);

	g_assert_cmpstr(text, ==, wanted);
}

/* ---- hooks ---- */

#define HOOK "notify = hook\non_message = ring\n"

/* The pauses grow, and the end is known. */
/* Whoever waits for his first message has asked for nothing yet. */
static void test_nothing_yet(struct place *place, gconstpointer keys)
{
	struct delivery *delivery = place->delivery;

	(void)keys;
	g_assert_cmpuint(clockwork.timers->len, ==, 0);
	delivery_pause(delivery, place);
	delivery_resume(delivery, place, 7);
	delivery_round_end(delivery, place);
	delivery_renumber(delivery, place);
	delivery_abandon(delivery, place);
	g_assert_cmpuint(delivery_lowest(delivery, place, 7), ==, 0);
	g_assert_false(delivery_is_crowded(delivery));
	delivery_stop(delivery, true);
	g_assert_true(delivery_is_idle(delivery, NULL));
	delivery_stop(delivery, false);
	g_assert_true(delivery_is_idle(delivery, place));
	g_assert_cmpuint(hooks_made, ==, 0);

	/* A stop from before holds for the first one. */
	delivery_stop(delivery, true);
	take(place, 1);
	g_assert_cmpuint(hooks_made, ==, 1);
	g_assert_true(g_queue_is_empty(&place->hook.rung));
	delivery_stop(delivery, false);
	g_assert_false(g_queue_is_empty(&place->hook.rung));
	answer(&place->hook, NULL);
	take(place, 2);
	g_assert_cmpuint(hooks_made, ==, 1);
}

static void test_tries(struct place *place, gconstpointer keys)
{
	static const int64_t pauses[] = {1000, 4000, 16000, 64000};
	const struct delivery_given_up *given_up;

	(void)keys;
	take(place, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
		answer(&place->hook, "exit status 1");
		g_assert_cmpint(next_event(), ==, pauses[i]);
		advance(pauses[i] - 1);
		g_assert_true(g_queue_is_empty(&place->hook.rung));
		g_assert_false(delivery_is_idle(place->delivery, NULL));
		g_assert_null(delivery_given_up(place->delivery, 0));
		advance(1);
	}
	assert_untaken(place, "1 ");
	answer(&place->hook, "exit status 2");
	g_assert_cmpint((int)place->taken, ==, 1);
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpint(next_event(), ==, -1);
	given_up = delivery_given_up(place->delivery, 0);
	g_assert_nonnull(given_up);
	g_assert_cmpint((int)given_up->uid, ==, 1);
	g_assert_cmpstr(given_up->mailbox, ==, "INBOX");
	g_assert_cmpstr(given_up->from, ==, "Anna");
	g_assert_cmpstr(given_up->subject, ==, "No 1");
	g_assert_cmpstr(given_up->reason, ==, "exit status 2");
	assert_logged(place,
	    "a/INBOX: exit status 1; try 1 of 5 (hook_tries), the next in "
	    "1 s\n");
	assert_logged(
	    place, "exit status 2; try 5 of 5 (hook_tries): given up\n");
}

/* Nor does a log that nobody reads keep the hook waiting. */
static void test_rings_before_log(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	g_assert_cmpint((int)place->hook.logged, ==, 0);
	assert_logged(place, "a/INBOX: Anna: No 1\n");
	assert_untaken(place, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* Another message has its UID now, under the same UIDVALIDITY: that one is
 * not taken when this one is. */
static void test_renumbered(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	g_assert_cmpuint(delivery_lowest(place->delivery, place, 7), ==, 1);
	delivery_renumber(place->delivery, place);
	g_assert_cmpuint(delivery_lowest(place->delivery, place, 7), ==, 0);
	take(place, 1);
	g_assert_cmpuint(delivery_lowest(place->delivery, place, 7), ==, 1);
	answer(&place->hook, NULL);
	g_assert_cmpuint(place->taken, ==, 1);
	g_assert_cmpuint(place->numbering, ==, 0);
	answer(&place->hook, NULL);
	g_assert_cmpuint(place->taken, ==, 2);
	g_assert_cmpuint(place->numbering, ==, 7);
}

/* A hundred of them fit into an answer of the control socket. */
static void test_given_up_is_short(struct place *place, gconstpointer keys)
{
	static const struct message_source source = {
	    .account = "a", .mailbox = "INBOX", .uid = 1};
	g_autofree char *text = g_strnfill(8000, 'x');
	g_autofree char *header =
	    g_strdup_printf("From: %s <a@b.c>\r\nSubject: %s\r\n", text, text);
	g_autoptr(Message) message =
	    message_new(&source, header, strlen(header));
	GQueue list = G_QUEUE_INIT;
	const struct delivery_given_up *given_up;

	(void)place;
	(void)keys;
	given_up_add(&list, message, text);
	given_up = g_queue_peek_head(&list);
	g_assert_cmpuint(strlen(given_up->from), <=, 256);
	g_assert_cmpuint(strlen(given_up->subject), <=, 256);
	g_assert_cmpuint(strlen(given_up->reason), <=, 256);
	g_assert_true(g_str_has_prefix(given_up->subject, "xxx"));
	given_up_clear(&list);
}

static void test_pause_max(struct place *place, gconstpointer keys)
{
	static const int64_t pauses[] = {1, 4, 16, 64, 256, 300, 300};

	(void)keys;
	take(place, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
		answer(&place->hook, "no");
		g_assert_cmpint(next_event(), ==, pauses[i] * 1000);
		advance(next_event());
	}
	answer(&place->hook, NULL);
	g_assert_cmpint((int)place->taken, ==, 1);
	g_assert_null(delivery_given_up(place->delivery, 0));
	assert_logged(place, "hook ring for UID 1: done at try 8\n");
}

/* One at a time; the others go on meanwhile, in order. */
static void test_others_go_on(struct place *place, gconstpointer keys)
{
	(void)keys;
	for (uint32_t uid = 1; uid <= 3; uid++)
		take(place, uid);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, "no");
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "1 3 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "1 ");
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 ");
	advance(1000);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* What hangs at each try takes turns with what is new. */
static void test_turns(struct place *place, gconstpointer keys)
{
	(void)keys;
	for (uint32_t uid = 1; uid <= 6; uid++)
		take(place, uid);
	for (int i = 0; i < 2; i++)
		answer(&place->hook, "timed out");
	advance(60000);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 ");
	for (int i = 0; i < 5; i++)
		answer(&place->hook, NULL);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 1 4 2 5 6 ");
}

/* The next start tells what waited; who comes back earlier goes on. */
static void test_stop(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	take(place, 2);
	answer(&place->hook, "no");
	delivery_stop(place->delivery, true);
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	answer(&place->hook, "exit status 9");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpint(next_event(), ==, -1);
	assert_untaken(place, "1 2 ");
	assert_logged(place, "exit status 9; tried again after the next start");
	delivery_stop(place->delivery, false);
	advance(1000);
	answer(&place->hook, NULL);
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_cmpint((int)place->taken, ==, 2);
}

/* Whatever fails, what is remembered of it has a bound. */
static void test_bound(struct place *place, gconstpointer keys)
{
	(void)keys;
	for (uint32_t uid = 1; uid <= 150; uid++) {
		take(place, uid);
		answer(&place->hook, "no");
	}
	g_assert_cmpint(
	    (int)delivery_given_up(place->delivery, 0)->uid, ==, 51);
	g_assert_cmpint(
	    (int)delivery_given_up(place->delivery, 99)->uid, ==, 150);
	g_assert_null(delivery_given_up(place->delivery, 100));
	assert_logged(place, "no; try 1 of 1 (hook_tries): given up\n");
}

/* Freed while one runs, one waits for its turn and one for its next try. */
static void test_free(struct place *place, gconstpointer keys)
{
	(void)keys;
	for (uint32_t uid = 1; uid <= 3; uid++)
		take(place, uid);
	answer(&place->hook, "no");
	assert_untaken(place, "1 2 3 ");
}

/* ---- downloads ---- */

#define DISK HOOK "download_max_size = 1K\n"

/* The body of a message comes. */
static void bring(struct place *place, uint32_t uid)
{
	static const char first[] = "From: Anna\r\n", second[] = "\r\nHi\r\n";
	size_t size = strlen(first);

	delivery_piece(place->delivery, place, uid, 0, first, size);
	delivery_piece(
	    place->delivery, place, uid, size, second, strlen(second));
	delivery_body_end(place->delivery, place, uid, NULL);
}

static unsigned count_files(const struct place *place, const char *sub)
{
	g_autofree char *path = g_build_filename(place->maildir, sub, NULL);
	GDir *dir = g_dir_open(path, 0, NULL);
	unsigned n = 0;

	g_assert_nonnull(dir);
	while (g_dir_read_name(dir) != NULL)
		n++;
	g_dir_close(dir);
	return n;
}

static void assert_stored(const struct place *place, unsigned n)
{
	g_assert_cmpint((int)count_files(place, "new"), ==, (int)n);
	g_assert_cmpint((int)count_files(place, "tmp"), ==, 0);
}

/* It fails once, in the way told, and is made up for before the hook runs. */
static void fail_once(struct place *place, int write_error, int sync_error)
{
	take(place, 1);
	disk.write = write_error;
	disk.sync = sync_error;
	bring(place, 1);
	disk.write = disk.sync = 0;
	g_assert_cmpstr(place->hook.told->str, ==, "");
	g_assert_cmpint(next_event(), ==, 1000);
	advance(1000);
	g_assert_cmpstr(place->asked->str, ==, "1 1 ");
	bring(place, 1);
	g_assert_cmpstr(place->hook.told->str, ==, "1+ ");
	assert_stored(place, 1);
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_cmpint(next_event(), ==, -1);
	assert_logged(place, "downloads are stored again");
}

static void test_full(struct place *place, gconstpointer keys)
{
	(void)keys;
	fail_once(place, ENOSPC, 0);
	assert_logged(place, ": No space left on device; tried again in 1 s");
}

static void test_quota(struct place *place, gconstpointer keys)
{
	(void)keys;
	fail_once(place, EDQUOT, 0);
}

static void test_sync(struct place *place, gconstpointer keys)
{
	(void)keys;
	fail_once(place, 0, EIO);
}

/* No descriptor is left to open the file with. */
static void test_open(struct place *place, gconstpointer keys)
{
	struct rlimit before, none;
	int fd = dup(STDERR_FILENO);

	(void)keys;
	close(fd);
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &before), ==, 0);
	none = before;
	none.rlim_cur = (rlim_t)fd;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &none), ==, 0);
	take(place, 1);
	setrlimit(RLIMIT_NOFILE, &before);
	g_assert_cmpstr(place->asked->str, ==, "");
	advance(1000);
	bring(place, 1);
	g_assert_cmpstr(place->hook.told->str, ==, "1+ ");
	assert_stored(place, 1);
}

/* What is no Maildir will not become one. */
static void test_unfit(struct place *place, gconstpointer keys)
{
	g_autofree char *path =
	    g_build_filename(place->maildir, "thesis", NULL);

	(void)keys;
	g_assert_true(g_file_set_contents(path, "x", 1, NULL));
	take(place, 1);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

static void fail_for(struct place *place, uint32_t uid, int64_t ms)
{
	int64_t end = clockwork.now + ms;

	disk.write = ENOSPC;
	for (bring(place, uid); clockwork.now < end; bring(place, uid))
		advance(MIN(next_event(), end - clockwork.now));
}

static void test_disk_pauses(struct place *place, gconstpointer keys)
{
	static const int64_t pauses[] = {1, 2, 4, 8, 16, 32, 60, 60};

	(void)keys;
	take(place, 1);
	disk.write = ENOSPC;
	for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
		int64_t end = clockwork.now + pauses[i] * 1000;

		bring(place, 1);
		g_string_set_size(place->asked, 0);
		advance(pauses[i] * 1000 - 1);
		g_assert_cmpstr(place->asked->str, ==, "");
		advance(1);
		g_assert_cmpint(clockwork.now, ==, end);
		g_assert_cmpstr(place->asked->str, ==, "1 ");
	}
	disk.write = 0;
}

/* Nobody waits for longer than 20 s; what is owed is made up for. */
static void test_owed(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	take(place, 2);
	fail_for(place, 1, 19999);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	advance(1);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	answer(&place->hook, NULL);
	take(place, 3);
	answer(&place->hook, NULL);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 ");
	assert_untaken(place, "1 2 3 ");
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	disk.write = 0;
	advance(16000);
	for (uint32_t uid = 1; uid <= 3; uid++)
		bring(place, uid);
	assert_untaken(place, "");
	assert_stored(place, 3);
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 ");
	take(place, 4);
	bring(place, 4);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 4+ ");
}

/* Without a connection nothing wakes up in vain. */
static void test_offline(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	disk.write = ENOSPC;
	bring(place, 1);
	disk.write = 0;
	place->offline = true;
	delivery_pause(place->delivery, place);
	advance(20000);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	g_assert_cmpint(next_event(), ==, -1);
	answer(&place->hook, NULL);
	place->offline = false;
	delivery_resume(place->delivery, place, 7);
	bring(place, 1);
	assert_untaken(place, "");
	assert_stored(place, 1);
}

/* Another run is to try: this one has an end. */
static void test_disk_once(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	fail_for(place, 1, 20000);
	disk.write = 0;
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpint((int)place->left, ==, 0);
	answer(&place->hook, NULL);
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpint((int)place->left, ==, 1);
	assert_untaken(place, "1 ");
}

static void test_disk_stop(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	fail_for(place, 1, 20000);
	disk.write = 0;
	answer(&place->hook, NULL);
	delivery_stop(place->delivery, true);
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	g_assert_cmpint(next_event(), ==, -1);
	assert_untaken(place, "1 ");
}

/* Its mailbox has been made anew: what is owed cannot be had any more. */
static void test_owed_renumbered(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	fail_for(place, 1, 20000);
	disk.write = 0;
	answer(&place->hook, NULL);
	delivery_pause(place->delivery, place);
	delivery_resume(place->delivery, place, 8);
	assert_untaken(place, "");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
}

/* ---- bubbles ---- */

#define BELL "notify = desktop\nburst = 3\n"
#define RULES                                                   \
	"[rule boss]\nfrom = anna3@x.org\nurgency = critical\n" \
	"sound = gong\n"                                        \
	"[rule friend]\nfrom = anna2@x.org, anna5@x.org\n"      \
	"[rule ads]\nfrom = anna8@x.org\nurgency = low\n"       \
	"[rule quiet]\nfrom = anna10@x.org\nnotify = none\n"

static void take_many(struct place *place, uint32_t n)
{
	for (uint32_t uid = 1; uid <= n; uid++)
		take(place, uid);
}

/* A round of few: a bubble for each, at its end. */
static void test_few(struct place *place, gconstpointer keys)
{
	(void)keys;
	take_many(place, 3);
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	delivery_round_end(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 3 ");
	g_assert_cmpint(next_event(), ==, -1);
	answer(&place->desktop, NULL);
	assert_untaken(place, "2 3 ");
	answer(&place->desktop, "no bubble");
	answer(&place->desktop, "no bubble");
	assert_untaken(place, "");
	assert_logged(place, "a/INBOX: no notification: no bubble\n");
}

/* A round of many: one bubble with the most important ones. */
static void test_many(struct place *place, gconstpointer keys)
{
	(void)keys;
	take_many(place, 10);
	delivery_round_end(place->delivery, place);
	delivery_round_end(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==,
	    "[9 new messages]\n"
	    "Anna: No 3\n"
	    "Anna: No 5\n"
	    "Anna: No 2\n"
	    "Anna: No 9\n"
	    "Anna: No 7\n"
	    "and 4 more");
	g_assert_cmpint(place->desktop.urgency, ==, SINK_CRITICAL);
	g_assert_cmpstr(place->desktop.sound, ==, "gong");
	assert_untaken(place, "1 2 3 4 5 6 7 8 9 ");
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
}

/* The hooks stay one for each message. */
static void test_many_hooks(struct place *place, gconstpointer keys)
{
	(void)keys;
	take_many(place, 4);
	delivery_round_end(place->delivery, place);
	answer(&place->desktop, NULL);
	for (int i = 0; i < 4; i++)
		answer(&place->hook, NULL);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 3 4 ");
	g_assert_cmpstr(place->desktop.told->str, ==,
	    "[4 new messages]\n"
	    "Anna: No 4\nAnna: No 3\nAnna: No 2\nAnna: No 1");
	assert_untaken(place, "");
}

static void test_no_burst(struct place *place, gconstpointer keys)
{
	(void)keys;
	take_many(place, 9);
	delivery_round_end(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 3 4 5 6 7 8 9 ");
	for (int i = 0; i < 9; i++)
		answer(&place->desktop, NULL);
}

/* What ends a round before its time. */
static void test_round_cut(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	delivery_pause(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 ");
	take(place, 2);
	g_assert_cmpint(next_event(), ==, 10000);
	advance(10000);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 ");
	take(place, 3);
	delivery_abandon(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 3 ");
	take(place, 4);
	delivery_stop(place->delivery, true);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 3 4 ");
	g_assert_cmpint(next_event(), ==, -1);
	for (int i = 0; i < 4; i++)
		answer(&place->desktop, NULL);
}

/* Bubbles are answered after the delivery is gone, or were not shown yet. */
static void test_bubbles_outlive(struct place *place, gconstpointer keys)
{
	(void)keys;
	take_many(place, 4);
	delivery_round_end(place->delivery, place);
	take(place, 5);
	delivery_round_end(place->delivery, place);
	take(place, 6);
	g_clear_pointer(&place->delivery, delivery_free);
	answer(&place->desktop, NULL);
	answer(&place->desktop, "no bubble");
	g_assert_cmpint((int)place->taken, ==, 0);
}

/* ---- hooks for many ---- */

#define BATCH "notify = hook\non_mailbox = sync\n"

/* Once for all that came before it was quiet. */
static void test_batch(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	advance(500);
	take(place, 2);
	advance(999);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	assert_untaken(place, "1 2 ");
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	advance(1);
	g_assert_cmpstr(place->hook.told->str, ==, "{1 2 } ");
	assert_untaken(place, "1 2 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
}

/* Mail that never ceases does not keep it from running, and what comes while
 * it runs is the next one's. */
static void test_batch_steady(struct place *place, gconstpointer keys)
{
	(void)keys;
	for (uint32_t uid = 1; uid <= 10; uid++) {
		take(place, uid);
		advance(900);
	}
	g_assert_cmpstr(place->hook.told->str, ==, "");
	take(place, 11);
	advance(999);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	advance(1);
	g_assert_cmpstr(
	    place->hook.told->str, ==, "{1 2 3 4 5 6 7 8 9 10 11 } ");
	g_string_truncate(place->hook.told, 0);
	take(place, 12);
	advance(60000);
	take(place, 13);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	answer(&place->hook, NULL);
	g_assert_cmpstr(place->hook.told->str, ==, "{12 13 } ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_cmpint(next_event(), ==, -1);
}

/* One that fails is tried again, and later ones do not wait for it. */
static void test_batch_fails(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	advance(1000);
	take(place, 2);
	advance(2000);
	answer(&place->hook, "exit status 1");
	g_assert_cmpstr(place->hook.told->str, ==, "{1 } {2 } ");
	answer(&place->hook, NULL);
	assert_untaken(place, "1 ");
	advance(1000);
	g_assert_cmpstr(place->hook.told->str, ==, "{1 } {2 } {1 } ");
	answer(&place->hook, "exit status 1");
	assert_untaken(place, "");
	assert_logged(place, "given up");
	g_assert_cmpuint(delivery_given_up(place->delivery, 0)->uid, ==, 1);
}

/* What waits does so no longer; what fails is left to the next start. */
static void test_batch_stop(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	delivery_stop(place->delivery, true);
	g_assert_cmpstr(place->hook.told->str, ==, "{1 } ");
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	assert_untaken(place, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	delivery_stop(place->delivery, false);
	take(place, 2);
	g_assert_cmpstr(place->hook.told->str, ==, "{1 } ");
	delivery_stop(place->delivery, true);
	answer(&place->hook, "exit status 1");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	assert_untaken(place, "2 ");
}

/* Both kinds: taken when both have had it. */
static void test_batch_beside(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "1 ");
	advance(1000);
	g_assert_cmpstr(place->hook.told->str, ==, "1 {1 } ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* ---- downloads that take long ---- */

#define SLOW_KEYS "download_max_size = 10\ndownload = text\n"
#define SLOW      HOOK SLOW_KEYS

/* Its size does not matter where the text alone is wanted. */
static void test_slow(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	assert_fetching("1 ");
	g_assert_true(((struct fetching *)g_queue_peek_head(&fetchings))->text);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	end_fetching(0, -1);
	g_assert_cmpstr(place->hook.told->str, ==, "1+ ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	g_assert_cmpstr(place->asked->str, ==, "");
}

/* Nothing would be saved. */
static void test_slow_small(struct place *place, gconstpointer keys)
{
	(void)keys;
	take(place, 1);
	assert_fetching("");
	g_assert_cmpstr(place->asked->str, ==, "1 ");
	/* But for what is above the limit. */
	place->size = 1025;
	take(place, 2);
	bring(place, 1);
	assert_fetching("2 ");
}

/* Hooks wait for 20 s, and not at all behind another; one at a time. */
static void test_slow_late(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	advance(19999);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	advance(1);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	take(place, 2);
	g_assert_cmpstr(place->hook.told->str, ==, "1 2 ");
	answer(&place->hook, NULL);
	assert_fetching("1 ");
	assert_untaken(place, "1 2 ");
	end_fetching(0, -1);
	assert_untaken(place, "2 ");
	assert_fetching("2 ");
	end_fetching(0, -1);
	assert_untaken(place, "");
	g_assert_cmpint(next_event(), ==, -1);
}

static void test_slow_once(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	take(place, 2);
	advance(3600 * 1000);
	g_assert_cmpstr(place->hook.told->str, ==, "");
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	end_fetching(0, -1);
	end_fetching(0, -1);
	answer(&place->hook, NULL);
	answer(&place->hook, NULL);
	g_assert_cmpstr(place->hook.told->str, ==, "1+ 2+ ");
	assert_untaken(place, "");
}

/* A message that is gone, or that its command refuses, is given up. */
static void test_slow_gone(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	end_fetching(IMAP_ERROR, IMAP_ERROR_GONE);
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	take(place, 2);
	end_fetching(SINK_ERROR, SINK_ERROR_HOOK);
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* Three tries where the connection breaks ... */
static void test_slow_breaks(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	for (int i = 0; i < 3; i++) {
		assert_fetching("1 ");
		end_fetching(IMAP_ERROR, IMAP_ERROR_CLOSED);
		assert_fetching("");
		advance(4000);
	}
	assert_fetching("");
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* ... and as many as it takes where the disk, or an MDA, says later. */
static void test_slow_later(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	for (int i = 0; i < 20; i++) {
		assert_fetching("1 ");
		end_fetching(SINK_ERROR, SINK_ERROR_DISK);
		assert_fetching("");
		advance(60000);
	}
	g_assert_cmpstr(place->hook.told->str, ==, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "1 ");
	end_fetching(0, -1);
	assert_untaken(place, "");
}

/* Without a connection nothing is lost, nor counted as broken. */
static void test_slow_rests(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_rest(place->delivery, true);
	delivery_rest(place->delivery, false);
	take(place, 1);
	take(place, 2);
	for (unsigned i = 0; i < 5; i++) {
		assert_fetching("1 ");
		delivery_rest(place->delivery, true);
		assert_fetching("");
		advance(120000);
		assert_fetching("");
		delivery_rest(place->delivery, false);
	}
	end_fetching(0, -1);
	assert_fetching("2 ");
}

static void test_slow_renumbered(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	take(place, 2);
	delivery_resume(place->delivery, place, 8);
	assert_fetching("");
	answer(&place->hook, NULL);
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	take(place, 3);
	assert_fetching("3 ");
}

/* What runs when the account goes, goes with it. */
static void test_slow_free(struct place *place, gconstpointer keys)
{
	(void)keys;
	place->size = 100000;
	take(place, 1);
	delivery_round_end(place->delivery, place);
	delivery_free(g_steal_pointer(&place->delivery));
	assert_fetching("");
	answer(&place->desktop, NULL);
}

/* ---- bubbles that wait ---- */

#define BOTH   "notify = desktop, hook\non_message = ring\n"
#define URGENT "[rule r]\nsubject = No 3\nurgent = yes\n"

/* Of all mailboxes one, however few; one alone is itself. */
static void test_gather(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_gather(place->delivery, true);
	take(place, 1);
	take(place, 2);
	delivery_round_end(place->delivery, place);
	delivery_pause(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	delivery_gather(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "2 new messages"));
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
	g_string_truncate(place->desktop.told, 0);
	delivery_gather(place->delivery, true);
	take(place, 3);
	advance(59999);
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	advance(1);
	g_assert_cmpstr(place->desktop.told->str, ==, "3 ");
	delivery_gather(place->delivery, false);
	answer(&place->desktop, NULL);
}

/* What has only a bubble is not taken before. */
static void test_inhibited(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	for (uint32_t uid = 1; uid <= 2; uid++) {
		take(place, uid);
		delivery_round_end(place->delivery, place);
	}
	take(place, 3);
	delivery_round_end(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "3 ");
	answer(&place->desktop, NULL);
	assert_untaken(place, "1 2 ");
	delivery_inhibit(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "2 new messages"));
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
	take(place, 4);
	delivery_round_end(place->delivery, place);
	g_assert_true(g_str_has_suffix(place->desktop.told->str, "4 "));
	answer(&place->desktop, NULL);
}

/* What has had its hook is. */
static void test_inhibited_hooks(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	take(place, 1);
	delivery_round_end(place->delivery, place);
	assert_untaken(place, "1 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
	take(place, 2);
	answer(&place->hook, NULL);
	assert_untaken(place, "2 ");
	delivery_round_end(place->delivery, place);
	assert_untaken(place, "");
	take(place, 3);
	delivery_round_end(place->delivery, place);
	delivery_inhibit(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "3 new messages"));
	answer(&place->desktop, NULL);
	assert_untaken(place, "3 ");
	answer(&place->hook, NULL);
	assert_untaken(place, "");
}

/* Read on the telephone meanwhile. */
static void test_inhibited_read(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	for (uint32_t uid = 1; uid <= 3; uid++)
		take(place, uid);
	delivery_round_end(place->delivery, place);
	delivery_spare(place->delivery, place, 1);
	delivery_spare(place->delivery, place, 3);
	delivery_spare(place->delivery, place, 4);
	assert_untaken(place, "2 ");
	delivery_inhibit(place->delivery, false);
	g_assert_cmpstr(place->desktop.told->str, ==, "2 ");
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
}

/* The desktop gets what waits. */
static void test_inhibited_stop(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	take(place, 1);
	delivery_round_end(place->delivery, place);
	take(place, 2);
	delivery_stop(place->delivery, true);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 ");
	/* It is not known yet whether it has come: a crash now repeats it. */
	assert_untaken(place, "1 2 ");
	g_assert_false(delivery_is_idle(place->delivery, NULL));
	answer(&place->desktop, NULL);
	assert_untaken(place, "2 ");
	delivery_let_go(place->delivery);
	assert_untaken(place, "");
	g_assert_true(delivery_is_idle(place->delivery, NULL));
	answer(&place->desktop, NULL);
}

static void test_inhibited_many(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	for (uint32_t uid = 1; uid <= 1003; uid++)
		take(place, uid);
	delivery_round_end(place->delivery, place);
	g_assert_cmpuint(delivery_count(place->delivery), ==, 1000);
	delivery_inhibit(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "1003 new"));
	answer(&place->desktop, NULL);
	g_assert_cmpuint(delivery_count(place->delivery), ==, 0);
}

/* Of both kinds. */
static void test_inhibited_free(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_inhibit(place->delivery, true);
	take(place, 1);
	take(place, 2);
	delivery_round_end(place->delivery, place);
	answer(&place->hook, NULL);
	assert_untaken(place, "2 ");
}

/* Bubbles wait, and are then what they would have been; hooks do not wait. */
static void test_hesitating(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_hesitate(place->delivery, true);
	take(place, 1);
	take(place, 2);
	delivery_round_end(place->delivery, place);
	answer(&place->hook, NULL);
	answer(&place->hook, NULL);
	assert_untaken(place, "1 2 ");
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	delivery_hesitate(place->delivery, false);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 2 ");
	answer(&place->desktop, NULL);
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
}

/* A round that is not over goes on. */
static void test_hesitating_round(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_hesitate(place->delivery, true);
	take(place, 1);
	delivery_hesitate(place->delivery, false);
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	delivery_round_end(place->delivery, place);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 ");
	answer(&place->desktop, NULL);
}

/* It is inhibited. */
static void test_hesitating_inhibited(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_hesitate(place->delivery, true);
	for (uint32_t uid = 1; uid <= 3; uid++)
		take(place, uid);
	delivery_round_end(place->delivery, place);
	delivery_inhibit(place->delivery, true);
	delivery_hesitate(place->delivery, false);
	g_assert_cmpstr(place->desktop.told->str, ==, "3 ");
	answer(&place->desktop, NULL);
	delivery_inhibit(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "2 new messages"));
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
}

/* What was gathered stays one. */
static void test_hesitating_gathered(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_hesitate(place->delivery, true);
	delivery_gather(place->delivery, true);
	take(place, 1);
	take(place, 2);
	delivery_round_end(place->delivery, place);
	delivery_gather(place->delivery, false);
	g_assert_cmpstr(place->desktop.told->str, ==, "");
	delivery_hesitate(place->delivery, false);
	g_assert_nonnull(strstr(place->desktop.told->str, "2 new messages"));
	answer(&place->desktop, NULL);
	take(place, 3);
	delivery_round_end(place->delivery, place);
	g_assert_true(g_str_has_suffix(place->desktop.told->str, "3 "));
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
}

/* The desktop gets it. */
static void test_hesitating_stop(struct place *place, gconstpointer keys)
{
	(void)keys;
	delivery_hesitate(place->delivery, true);
	take(place, 1);
	delivery_round_end(place->delivery, place);
	delivery_stop(place->delivery, true);
	g_assert_cmpstr(place->desktop.told->str, ==, "1 ");
	delivery_hesitate(place->delivery, true);
	answer(&place->desktop, NULL);
	assert_untaken(place, "");
}

#define ADD(name, keys, fn)                                               \
	g_test_add("/delivery/" name, struct place, keys, place_open, fn, \
	    place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	ADD("rings-before-log", HOOK, test_rings_before_log);
	ADD("nothing-yet", HOOK, test_nothing_yet);
	ADD("tries", HOOK, test_tries);
	ADD("renumbered", HOOK, test_renumbered);
	ADD("given-up-is-short", "", test_given_up_is_short);
	ADD("pause-max", HOOK "hook_tries = 10\n", test_pause_max);
	ADD("others-go-on", HOOK, test_others_go_on);
	ADD("turns", HOOK, test_turns);
	ADD("stop", HOOK, test_stop);
	ADD("bound", HOOK "hook_tries = 1\n", test_bound);
	ADD("free", HOOK, test_free);
	ADD("few", BELL, test_few);
	ADD("many", BELL RULES, test_many);
	ADD("many-hooks",
	    "notify = desktop, hook\nburst = 3\non_message = ring\n",
	    test_many_hooks);
	ADD("no-burst", "notify = desktop\nburst = 0\n", test_no_burst);
	ADD("round-cut", "notify = desktop\nburst = 9\n", test_round_cut);
	ADD("bubbles-outlive", BELL, test_bubbles_outlive);
	ADD("gather", BELL, test_gather);
	ADD("inhibited", BELL URGENT, test_inhibited);
	ADD("inhibited-hooks", BOTH, test_inhibited_hooks);
	ADD("inhibited-read", BELL, test_inhibited_read);
	ADD("inhibited-stop", BELL, test_inhibited_stop);
	ADD("inhibited-many", BELL, test_inhibited_many);
	ADD("inhibited-free", BOTH, test_inhibited_free);
	ADD("hesitating", BOTH, test_hesitating);
	ADD("hesitating-round", BELL, test_hesitating_round);
	ADD("hesitating-inhibited", BELL URGENT, test_hesitating_inhibited);
	ADD("hesitating-gathered", BELL, test_hesitating_gathered);
	ADD("hesitating-stop", BELL, test_hesitating_stop);
	ADD("full", DISK, test_full);
	ADD("quota", DISK, test_quota);
	ADD("sync", DISK, test_sync);
	ADD("open", DISK, test_open);
	ADD("unfit", DISK, test_unfit);
	ADD("disk-pauses", DISK, test_disk_pauses);
	ADD("owed", DISK, test_owed);
	ADD("offline", DISK, test_offline);
	ADD("disk-once", DISK "# once\n", test_disk_once);
	ADD("disk-stop", DISK, test_disk_stop);
	ADD("owed-renumbered", DISK, test_owed_renumbered);
	ADD("batch", BATCH, test_batch);
	ADD("batch-steady", BATCH, test_batch_steady);
	ADD("batch-fails", BATCH "hook_tries = 2\n", test_batch_fails);
	ADD("batch-stop", BATCH, test_batch_stop);
	ADD("batch-beside", BATCH "on_message = ring\n", test_batch_beside);
	ADD("slow", SLOW, test_slow);
	ADD("slow-small", HOOK "download_max_size = 1K\ndownload = text\n",
	    test_slow_small);
	ADD("slow-late", SLOW, test_slow_late);
	ADD("slow-once", SLOW "# once\n", test_slow_once);
	ADD("slow-gone", SLOW, test_slow_gone);
	ADD("slow-breaks", SLOW, test_slow_breaks);
	ADD("slow-later", SLOW, test_slow_later);
	ADD("slow-rests", SLOW, test_slow_rests);
	ADD("slow-renumbered", SLOW, test_slow_renumbered);
	ADD("slow-free", "notify = desktop\n" SLOW_KEYS, test_slow_free);
	return g_test_run();
}
