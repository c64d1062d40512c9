/*
 * What is snoozed and muted: times as people write them, lists over a restart,
 * conversations, and commands without a watcher.
 */
#include "app/fetching.h"
#include "app/later.h"
#include "app/log.h"
#include "app/mutes.h"
#include "app/say.h"
#include "app/snoozes.h"
#include "app/thread.h"
#include "app/when.h"
#include "store/agenda.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* ---- clocks that go when they are told to ---- */

static int64_t wall, timer_at;
static loop_timer_fn *timer_fn;
static void *timer_data;

int64_t when_wall(void)
{
	return wall;
}

int64_t loop_now(void)
{
	return 5000;
}

struct loop_timer *loop_timer_new(
    struct loop *loop, loop_timer_fn *fn, void *data)
{
	(void)loop;
	timer_fn = fn;
	timer_data = data;
	timer_at = INT64_MAX;
	return (struct loop_timer *)&timer_at;
}

void loop_timer_set(struct loop_timer *timer, int64_t when)
{
	(void)timer;
	timer_at = when;
}

void loop_timer_free(struct loop_timer *timer)
{
	(void)timer;
	timer_at = INT64_MAX;
}

/* Nothing here is downloaded. */
void fetching_free(struct fetching *fetching)
{
	g_assert_null(fetching);
}

/* ---- times ---- */

/* In Berlin; DST began on 2026-03-29, and ended on 2026-10-25. */
static const struct {
	const char *now, *text, *then; /* then: or why not */
} times[] = {
    {"2026-11-22T15:00:00", "10m", "2026-11-22T15:10:00+0100"},
    {"2026-11-22T15:00:00", "1h", "2026-11-22T16:00:00+0100"},
    {"2026-11-22T15:00:00", "3d", "2026-11-25T15:00:00+0100"},
    {"2026-11-22T15:00:00", "1s", "2026-11-22T15:00:01+0100"},
    {"2026-11-22T15:00:00", "tomorrow", "2026-11-23T08:00:00+0100"},
    {"2026-11-22T00:00:00", "tomorrow", "2026-11-23T08:00:00+0100"},
    {"2026-12-31T23:59:59", "tomorrow", "2027-01-01T08:00:00+0100"},
    {"2026-03-28T20:00:00", "tomorrow", "2026-03-29T08:00:00+0200"},
    {"2026-10-24T20:00:00", "tomorrow", "2026-10-25T08:00:00+0100"},
    {"2026-10-24T20:00:00", "1d", "2026-10-25T19:00:00+0100"},
    {"2026-11-22T15:00:00", "15:30", "2026-11-22T15:30:00+0100"},
    {"2026-11-22T15:00:00", "15:00", "2026-11-23T15:00:00+0100"},
    {"2026-11-22T15:00:00", "7:05", "2026-11-23T07:05:00+0100"},
    {"2026-03-28T15:00:00", "7:05", "2026-03-29T07:05:00+0200"},
    {"2026-03-29T01:00:00", "02:30", "2026-03-29T03:30:00+0200"},
    {"2026-11-22T15:00:00", "2026-11-30", "2026-11-30T00:00:00+0100"},
    {"2026-11-22T15:00:00", "2026-07-01",
	"2026-07-01 is not within a year from now"},
    {"2026-11-22T15:00:00", "2028-01-01",
	"2028-01-01 is not within a year from now"},
    {"2026-11-22T15:00:00", "9999d", "9999d is not within a year from now"},
    {"2026-11-22T15:00:00", "0", NULL},
    {"2026-11-22T15:00:00", "", NULL},
    {"2026-11-22T15:00:00", "soon", NULL},
    {"2026-11-22T15:00:00", "25:00", NULL},
    {"2026-11-22T15:00:00", "15:30 ", NULL},
    {"2026-11-22T15:00:00", "-1h", NULL},
};

static int64_t read_local(const char *text)
{
	struct tm tm = {0};

	g_assert_nonnull(strptime(text, "%Y-%m-%dT%H:%M:%S", &tm));
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static char *write_local(int64_t time)
{
	time_t second = (time_t)time;
	struct tm tm;
	char text[64];

	localtime_r(&second, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm);
	return g_strdup(text);
}

static void test_times(void)
{
	g_setenv("TZ", "Europe/Berlin", TRUE);
	tzset();
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		int64_t then = 0, now = read_local(times[i].now);
		g_autofree char *reason = NULL, *text = NULL;

		g_test_message("%s", times[i].text);
		if (later_parse(times[i].text, now, &then, &reason))
			text = write_local(then);
		if (times[i].then != NULL)
			g_assert_cmpstr(
			    text != NULL ? text : reason, ==, times[i].then);
		else
			g_assert_nonnull(strstr(reason, " is no time: "));
	}
}

static void test_print_times(void)
{
	int64_t now = read_local("2026-11-22T15:00:00");
	g_autofree char *soon = later_print(now + 600, now);
	g_autofree char *morrow = later_print(now + 86400, now);

	g_assert_cmpstr(soon, ==, "15:10");
	g_assert_cmpstr(morrow, ==, "2026-11-23 15:00");
}

/* ---- messages ---- */

static struct message *make_message(uint32_t uid, const char *header)
{
	const struct message_source source = {.account = "work",
	    .mailbox = "Lists/a b",
	    .uid = uid,
	    .uidvalidity = 7,
	    .size = 100};

	return message_new(&source, header, strlen(header));
}

static const struct {
	const char *subject, *rest;
	bool reply;
} subjects[] = {
    {"Lunch", "Lunch", false},
    {"Re: Lunch", "Lunch", true},
    {"RE: re: Lunch", "Lunch", true},
    {"AW: WG: Lunch", "Lunch", true},
    {"Re[2]: Lunch", "Lunch", true},
    {"Re (3) :Lunch", "Lunch", true},
    {"Fwd: Lunch", "Lunch", true},
    {"Reading: Lunch", "Reading: Lunch", false},
    {"Re", "Re", false},
    {"Re:", "", true},
    {"", "", false},
    {"Regarding: x", "Regarding: x", false},
    {"r: x", "r: x", false},
};

static void test_threads(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
		g_autofree char *header =
		    g_strdup_printf("Subject: %s\r\n\r\n", subjects[i].subject);
		g_autoptr(Message) message = make_message(1, header);

		g_test_message("%s", subjects[i].subject);
		g_assert_cmpstr(thread_subject(message), ==, subjects[i].rest);
		g_assert_cmpint(
		    thread_is_reply(message), ==, subjects[i].reply);
	}
}

static void set_thread(struct message *message, const char *thread)
{
	g_free(message->thread);
	message->thread = g_strdup(thread);
}

/* By the headers, where they say; else by the subject, in one account. */
static void test_thread_keys(void)
{
	g_autoptr(Message) first =
	    make_message(1, "Subject: Lunch\r\nMessage-ID: <1@x>\r\n\r\n");
	g_autoptr(Message) second =
	    make_message(2, "Subject: Re: lunch\r\n\r\n");
	g_autoptr(Message) none = make_message(3, "\r\n");
	g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL;

	set_thread(first, "");
	set_thread(second, "");
	set_thread(none, "");
	a = thread_key(first);
	b = thread_key(second);
	g_assert_cmpstr(a, ==, b);
	g_assert_null(thread_key(none));
	set_thread(first, "1@x");
	set_thread(second, "1@x");
	c = thread_key(first);
	d = thread_key(second);
	g_assert_cmpstr(c, ==, d);
	g_assert_cmpstr(a, !=, c);
	g_assert_false(thread_is_reply(first));
	set_thread(first, "0@x");
	g_assert_true(thread_is_reply(first));
}

/* ---- the place ---- */

struct place {
	char *home;
	struct state *state;
	struct mutes *mutes;
	struct snoozes *snoozes;
	GString *rung; /* "5 (Ann: Tea) " */
};

static bool resting, elsewhere;

static bool on_watches(void *data, const char *account)
{
	(void)data;
	g_assert_cmpstr(account, ==, "work");
	return !elsewhere;
}

static bool on_rests(void *data, const char *account)
{
	(void)data;
	g_assert_cmpstr(account, ==, "work");
	return resting;
}

static void on_ring(void *data, struct message *message)
{
	struct place *place = data;

	g_string_append_printf(place->rung, "%u (%s: %s) ", message->uid,
	    message_sender(message), message->subject);
	g_assert_cmpstr(message->mailbox, ==, "Lists/a b");
	g_assert_cmpuint(message->uidvalidity, ==, 7);
	message_free(message);
}

static const struct snoozes_events events = {
    .watches = on_watches, .rests = on_rests, .ring = on_ring};

static void open_all(struct place *place)
{
	place->state = state_open(NULL, NULL);
	g_assert_nonnull(place->state);
	place->mutes = mutes_new(place->state);
	place->snoozes =
	    snoozes_new((struct loop *)place, place->state, &events, place);
}

static void close_all(struct place *place)
{
	snoozes_free(place->snoozes);
	mutes_free(place->mutes);
	state_free(place->state);
}

static void restart(struct place *place)
{
	close_all(place);
	open_all(place);
}

static void place_open(struct place *place, gconstpointer unused)
{
	(void)unused;
	wall = 1000000;
	place->home = g_dir_make_tmp("say-XXXXXX", NULL);
	g_setenv("XDG_STATE_HOME", place->home, TRUE);
	place->rung = g_string_new(NULL);
	open_all(place);
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

static void place_close(struct place *place, gconstpointer unused)
{
	(void)unused;
	close_all(place);
	remove_tree(place->home);
	g_free(place->home);
	g_string_free(place->rung, TRUE);
}

/* ---- mutes ---- */

static const char *const lunch =
    "From: Ann <Ann@X.org>\r\nSubject: Re: Lunch\r\n\r\n";

static const char *find(const struct place *place, const char *header)
{
	g_autoptr(Message) message = make_message(9, header);

	return mutes_find(place->mutes, message, wall);
}

static void mute_sender(struct place *place, const char *address, int64_t until)
{
	struct mutes_told told;
	g_autoptr(GError) error = NULL;

	g_assert_true(mutes_add_sender(
	    place->mutes, address, wall, until, &told, &error));
	g_assert_no_error(error);
	g_free(told.text);
}

static void test_mute_sender(struct place *place, gconstpointer unused)
{
	(void)unused;
	g_assert_null(find(place, lunch));
	mute_sender(place, "ann@x.org", wall + 100);
	g_assert_cmpstr(find(place, lunch), ==, "sender");
	g_assert_null(find(place, "From: bob@x.org\r\n\r\n"));
	g_assert_null(find(place, "Subject: x\r\n\r\n"));
	restart(place);
	g_assert_cmpstr(find(place, lunch), ==, "sender");
	wall += 100;
	g_assert_null(find(place, lunch));
	g_assert_null(mutes_find(NULL, NULL, 0));
}

/* As odd as they come: it is that one only, and again that one. */
static void test_mute_odd_sender(struct place *place, gconstpointer unused)
{
	g_autofree char *local = g_strnfill(500, 'x');
	g_autofree char *header =
	    g_strdup_printf("From: %s@x.org\r\n\r\n", local);
	static const char *const odd[] = {
	    "From: \"a  b\"@x.org\r\n\r\n",
	    "From: a\342\200\256b@x.org\r\n\r\n",
	    "From: M\303\274ller@b\303\274cher.example\r\n\r\n",
	    "From: 100%25@x.org\r\n\r\n",
	};
	struct mutes_told told;

	(void)unused;
	for (size_t i = 0; i <= G_N_ELEMENTS(odd); i++) {
		const char *text = i < G_N_ELEMENTS(odd) ? odd[i] : header;
		g_autoptr(Message) message = make_message(1, text);
		const struct message_address *from = message->from->pdata[0];

		g_assert_null(find(place, text));
		mute_sender(place, from->address, wall + 100);
		restart(place);
		g_assert_cmpstr(find(place, text), ==, "sender");
	}
	g_assert_false(
	    mutes_add_sender(place->mutes, "", wall, wall + 100, &told, NULL));
	g_assert_null(find(place, "From: Undisclosed Sender <>\r\n\r\n"));
}

static void test_mute_thread(struct place *place, gconstpointer unused)
{
	g_autoptr(Message) message = make_message(1, lunch);
	g_autoptr(Message) bare = make_message(2, "\r\n");
	g_autoptr(GError) error = NULL;
	struct mutes_told told;
	int64_t notify = 3;

	(void)unused;
	g_assert_true(mutes_add_thread(
	    place->mutes, message, wall, wall + 100, &told, &error));
	g_assert_true(
	    g_str_has_prefix(told.text, "the thread Lunch is muted until "));
	g_assert_cmpuint(told.number, ==, 1);
	g_free(told.text);
	restart(place);
	g_assert_cmpstr(
	    find(place, "From: bob@x.org\r\nSubject: AW: LUNCH\r\n\r\n"), ==,
	    "thread");
	g_assert_null(find(place, "Subject: Lunch tomorrow\r\n\r\n"));
	mutes_apply(place->mutes, message, &notify);
	g_assert_cmpstr(message->muted, ==, "thread");
	g_assert_cmpint((int)notify, ==, 0);
	g_assert_false(mutes_add_thread(
	    place->mutes, bare, wall, wall + 100, &told, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
}

static void assert_listed(const struct place *place, const char *lines)
{
	g_autofree char *list = mutes_print(place->mutes, wall);
	g_autoptr(GRegex) date = g_regex_new(" +until [0-9: -]+", 0, 0, NULL);
	g_autofree char *plain =
	    g_regex_replace_literal(date, list, -1, 0, "", 0, NULL);

	g_assert_cmpstr(plain, ==, lines);
}

/* It stands in the same column of each line. */
static void assert_columns(const struct place *place, const char *word)
{
	g_autofree char *list = mutes_print(place->mutes, wall);
	g_auto(GStrv) lines = g_strsplit(list, "\n", -1);

	for (char **line = lines; **line; line++)
		g_assert_cmpint(strstr(*line, word) - *line, ==,
		    strstr(lines[0], word) - lines[0]);
}

static void assert_farewell(
    const struct place *place, const char *word, const char *expected)
{
	g_autofree char *text = mutes_farewell(place->mutes, word);

	g_assert_cmpstr(text, ==, expected);
}

static void test_unmute(struct place *place, gconstpointer unused)
{
	unsigned count;

	(void)unused;
	mute_sender(place, "a@x.org", wall + 100);
	mute_sender(place, "b@x.org", wall + 50);
	mute_sender(place, "c d\n@x.org", wall + 100);
	/* The same once more takes its place. */
	mute_sender(place, "a@x.org", wall + 200);
	assert_listed(place,
	    "1  sender  a@x.org\n2  sender  b@x.org\n3  sender  c d @x.org\n");
	assert_columns(place, "until");
	assert_farewell(place, "A@x.org", "the sender a@x.org rings again");
	assert_farewell(place, "3", "the sender c d @x.org rings again");
	assert_farewell(place, "all", NULL);
	assert_farewell(place, "7", NULL);
	g_assert_true(mutes_remove(place->mutes, "A@x.org", &count, NULL));
	g_assert_cmpuint(count, ==, 1);
	g_assert_true(mutes_remove(place->mutes, "7", &count, NULL));
	g_assert_cmpuint(count, ==, 0);
	wall += 60;
	assert_listed(place, "3  sender  c d @x.org\n");
	/* What has ended goes with the next change. */
	mute_sender(place, "e@x.org", wall + 100);
	assert_listed(place, "1  sender  e@x.org\n3  sender  c d @x.org\n");
	g_assert_true(mutes_remove(place->mutes, "3", &count, NULL));
	g_assert_true(mutes_remove(place->mutes, "all", &count, NULL));
	g_assert_cmpuint(count, ==, 1);
	restart(place);
	assert_listed(place, "");
}

/* ---- the list ---- */

static const struct agenda_kind small_kind = {
    .thing = "small", .texts = 1, .max = 3, .loss = "nothing is lost"};

static void add(struct agenda *agenda, const char *text, bool fits)
{
	const char *texts[] = {text, NULL};
	unsigned number = 0;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(
	    agenda_add(agenda, 5, texts, NULL, NULL, &number, &error), ==,
	    fits);
	if (!fits)
		g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

static void test_list_is_bounded(struct place *place, gconstpointer unused)
{
	struct agenda *agenda = agenda_open(place->state, &small_kind, NULL);
	struct agenda *other = agenda_open(place->state, &small_kind, NULL);

	(void)unused;
	/* Two shards change it in turn. */
	add(agenda, "", true);
	add(other, "a b\n% \xc3\xa4", true);
	add(agenda, "c", true);
	add(other, "d", false);
	g_assert_cmpuint(agenda_entries(agenda)->len, ==, 3);
	agenda_free(other);
	other = agenda_look(&small_kind, NULL);
	g_assert_cmpuint(agenda_entries(other)->len, ==, 3);
	g_assert_cmpstr(
	    ((struct agenda_entry *)agenda_entries(other)->pdata[1])->texts[0],
	    ==, "a b\n% \xc3\xa4");
	agenda_free(other);
	agenda_free(agenda);
}

/* A stranger's mail with long lines does not cost the others their place. */
static void test_list_stays_readable(struct place *place, gconstpointer unused)
{
	struct agenda *agenda = agenda_open(place->state, &small_kind, NULL);
	g_autofree char *trouble = NULL;
	g_autofree char *large = g_strnfill(400 * 1024, '%');

	(void)unused;
	add(agenda, "a", true);
	add(agenda, large, false);
	large[300 * 1024] = '\0';
	add(agenda, large, true);
	add(agenda, large, false);
	g_assert_cmpuint(agenda_entries(agenda)->len, ==, 2);
	agenda_free(agenda);
	agenda = agenda_open(place->state, &small_kind, &trouble);
	g_assert_null(trouble);
	g_assert_cmpuint(agenda_entries(agenda)->len, ==, 2);
	agenda_free(agenda);
}

static void spoil(const struct place *place, const char *text)
{
	g_autofree char *path =
	    g_build_filename(place->home, "idlebell", "all.small", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_list_is_damaged(struct place *place, gconstpointer unused)
{
	static const char *const texts[] = {
	    "", "idlebell small 1\n1 5 a\n", "nonsense"};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *trouble = NULL, *looked = NULL;
		struct agenda *agenda;

		spoil(place, texts[i]);
		agenda = agenda_look(&small_kind, &looked);
		g_assert_nonnull(looked);
		agenda_free(agenda);
		agenda = agenda_open(place->state, &small_kind, &trouble);
		g_assert_nonnull(strstr(trouble, "nothing is lost"));
		add(agenda, "x", true);
		agenda_free(agenda);
	}
}

/* While it runs: it knows what was there. */
static void test_list_damaged_since(struct place *place, gconstpointer unused)
{
	struct agenda *agenda = agenda_open(place->state, &small_kind, NULL);

	(void)unused;
	add(agenda, "a", true);
	spoil(place, "nonsense");
	add(agenda, "b", true);
	g_assert_cmpuint(agenda_entries(agenda)->len, ==, 2);
	agenda_free(agenda);
	agenda = agenda_open(place->state, &small_kind, NULL);
	g_assert_cmpuint(agenda_entries(agenda)->len, ==, 2);
	agenda_free(agenda);
}

/* ---- several shards ---- */

enum {
	RACERS = 2,
	ROUNDS = 150,
};

static const struct agenda_kind race_kind = {.thing = "race",
    .texts = 1,
    .max = RACERS * ROUNDS,
    .loss = "nothing is lost"};

/* Where a disk is slow it may not come to its turn in time. */
static bool add_at_last(struct agenda *agenda, const char *text)
{
	const char *texts[] = {text, NULL};
	g_autoptr(GError) error = NULL;
	unsigned number;

	do
		g_clear_error(&error);
	while (!agenda_add(agenda, 1, texts, NULL, NULL, &number, &error) &&
	    g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN));
	return error == NULL;
}

/* A process of its own. */
static pid_t start_racer(struct place *place, int racer, int gate)
{
	pid_t pid = fork();
	struct agenda *agenda;
	char octet;
	bool ok;

	if (pid != 0)
		return pid;
	agenda = agenda_open(place->state, &race_kind, NULL);
	ok = read(gate, &octet, 1) == 1;
	for (int i = 0; ok && i < ROUNDS; i++) {
		g_autofree char *text = g_strdup_printf("%d %d", racer, i);

		ok = add_at_last(agenda, text);
	}
	_exit(ok ? 0 : 1);
}

static void test_list_race(struct place *place, gconstpointer unused)
{
	g_autoptr(GHashTable) texts = NULL;
	struct agenda *agenda;
	pid_t pids[RACERS];
	int gate[2], status;

	(void)unused;
	g_assert_cmpint(pipe(gate), ==, 0);
	for (int i = 0; i < RACERS; i++)
		pids[i] = start_racer(place, i, gate[0]);
	g_assert_cmpint(write(gate[1], "++", RACERS), ==, RACERS);
	for (int i = 0; i < RACERS; i++) {
		g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
		g_assert_cmpint(status, ==, 0);
	}
	close(gate[0]);
	close(gate[1]);
	/* Not before: what a racer inherits, valgrind takes for its leak. */
	texts = g_hash_table_new(g_str_hash, g_str_equal);
	agenda = agenda_look(&race_kind, NULL);
	for (unsigned i = 0; i < agenda_entries(agenda)->len; i++) {
		const struct agenda_entry *entry =
		    agenda_entries(agenda)->pdata[i];

		g_assert_cmpuint(entry->number, ==, i + 1);
		g_hash_table_add(texts, entry->texts[0]);
	}
	g_assert_cmpuint(g_hash_table_size(texts), ==, RACERS * ROUNDS);
	agenda_free(agenda);
}

/* One that does not end its turn is not waited for for ever. */
static void test_list_turn(struct place *place, gconstpointer unused)
{
	struct agenda *agenda = agenda_open(place->state, &small_kind, NULL);
	int turn = state_turn(place->state, "all.small.lock", NULL);
	const char *texts[] = {"a", NULL};
	g_autoptr(GError) error = NULL;
	unsigned number;

	(void)unused;
	g_assert_cmpint(turn, >=, 0);
	g_assert_false(
	    agenda_add(agenda, 5, texts, NULL, NULL, &number, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
	g_assert_nonnull(strstr(
	    error->message, "all.small.lock: another idlebell is writing"));
	close(turn);
	add(agenda, "a", true);
	agenda_free(agenda);
}

/* With the lock's name taken, nothing can be changed. */
static void jam(const struct place *place, const char *name, bool jammed)
{
	g_autofree char *path =
	    g_build_filename(place->home, "idlebell", name, NULL);

	g_remove(path);
	if (jammed)
		g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
}

/* Muted for longer, it is not muted less when that cannot be kept. */
static void test_mute_not_kept(struct place *place, gconstpointer unused)
{
	g_autofree char *path =
	    g_build_filename(place->home, "idlebell", ".all.mutes.new", NULL);
	g_autofree char *inner = g_build_filename(path, "x", NULL);
	g_autoptr(GError) error = NULL;
	struct mutes_told told;

	(void)unused;
	mute_sender(place, "ann@x.org", wall + 100);
	/* What is written before it is put into place. */
	g_assert_cmpint(g_mkdir_with_parents(inner, 0700), ==, 0);
	g_assert_false(mutes_add_sender(
	    place->mutes, "ann@x.org", wall, wall + 200, &told, &error));
	g_assert_nonnull(strstr(error->message, "all.mutes"));
	g_assert_cmpstr(find(place, lunch), ==, "sender");
	assert_listed(place, "1  sender  ann@x.org\n");
	g_rmdir(inner);
	restart(place);
	g_assert_cmpstr(find(place, lunch), ==, "sender");
}

/* ---- snoozes ---- */

static void snooze(struct place *place, uint32_t uid, int64_t seconds)
{
	g_autofree char *header = g_strdup_printf(
	    "From: \"Ann, B.\" <ann@x.org>\r\nSubject: Tea %u\r\n\r\n", uid);
	g_autoptr(Message) message = make_message(uid, header);
	unsigned number = 0;

	g_assert_true(snoozes_add(
	    place->snoozes, message, wall + seconds, &number, NULL));
	g_assert_cmpuint(number, >, 0);
}

static void pass(int64_t seconds)
{
	wall += seconds;
	timer_fn(timer_data);
}

static void test_snooze(struct place *place, gconstpointer unused)
{
	(void)unused;
	g_assert_true(timer_at == INT64_MAX);
	snooze(place, 1, 60);
	snooze(place, 2, 30);
	g_assert_cmpint((int)timer_at, ==, 5000 + 30000);
	pass(30);
	g_assert_cmpstr(place->rung->str, ==, "2 (Ann, B.: Tea 2) ");
	g_assert_cmpint((int)timer_at, ==, 5000 + 30000);
	/* The clock is set back, and the timer looks at it only. */
	pass(-20);
	g_assert_cmpint((int)timer_at, ==, 5000 + 50000);
	pass(50);
	g_assert_cmpstr(
	    place->rung->str, ==, "2 (Ann, B.: Tea 2) 1 (Ann, B.: Tea 1) ");
	g_assert_true(timer_at == INT64_MAX);
}

/* One that is far away is looked for now and then. */
static void test_snooze_far(struct place *place, gconstpointer unused)
{
	(void)unused;
	snooze(place, 1, 86400);
	g_assert_cmpint((int)timer_at, ==, 5000 + 600000);
	wall += 86400;
	snoozes_look(place->snoozes);
	g_assert_cmpstr(place->rung->str, ==, "1 (Ann, B.: Tea 1) ");
}

/* While the bells are off it waits for their end. */
static void test_snooze_rests(struct place *place, gconstpointer unused)
{
	(void)unused;
	snooze(place, 1, 60);
	resting = true;
	pass(60);
	g_assert_cmpstr(place->rung->str, ==, "");
	g_assert_cmpint((int)timer_at, ==, 5000 + 600000);
	resting = false;
	snoozes_look(place->snoozes);
	g_assert_cmpstr(place->rung->str, ==, "1 (Ann, B.: Tea 1) ");
	g_assert_true(timer_at == INT64_MAX);
}

static unsigned count_listed(const struct place *place)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	snoozes_list(place->snoozes, "work", "Lists/a b", 7, uids);
	return uids->len;
}

/* What belongs to another shard is not ours to take off the list. */
static void test_snooze_elsewhere(struct place *place, gconstpointer unused)
{
	(void)unused;
	snooze(place, 1, 60);
	elsewhere = true;
	restart(place);
	g_assert_true(timer_at == INT64_MAX);
	pass(3600);
	g_assert_cmpuint(count_listed(place), ==, 1);
	elsewhere = false;
	restart(place);
	pass(0);
	g_assert_cmpstr(place->rung->str, ==, "1 (Ann, B.: Tea 1) ");
	/* Nor kept for ever. */
	snooze(place, 2, 60);
	elsewhere = true;
	pass(31 * 24 * 3600);
	g_assert_cmpuint(count_listed(place), ==, 0);
	elsewhere = false;
}

static void test_snooze_restart(struct place *place, gconstpointer unused)
{
	(void)unused;
	snooze(place, 1, 60);
	restart(place);
	g_assert_cmpint((int)timer_at, ==, 5000 + 60000);
	close_all(place);
	wall += 3600;
	open_all(place);
	g_assert_cmpint((int)timer_at, ==, 5000);
	pass(0);
	g_assert_cmpstr(place->rung->str, ==, "1 (Ann, B.: Tea 1) ");
	restart(place);
	g_assert_true(timer_at == INT64_MAX);
}

static void test_snooze_read(struct place *place, gconstpointer unused)
{
	(void)unused;
	for (uint32_t uid = 1; uid <= 5; uid++)
		snooze(place, uid, 60);
	snooze(place, 5, 90);
	g_assert_cmpuint(count_listed(place), ==, 5);
	snoozes_read(place->snoozes, "work", "Lists/a b", 7, 1);
	snoozes_read(place->snoozes, "work", "Lists/a b", 8, 2);
	snoozes_read(place->snoozes, "home", "Lists/a b", 7, 2);
	snoozes_gone(place->snoozes, "work", "Lists/a b", 7, "3:4,9");
	g_assert_cmpuint(count_listed(place), ==, 2);
	pass(60);
	g_assert_cmpstr(place->rung->str, ==, "2 (Ann, B.: Tea 2) ");
	pass(30);
	g_assert_nonnull(strstr(place->rung->str, "5 (Ann, B.: Tea 5) "));
}

/* What cannot be taken off the list rings once, not for ever. */
static void test_snooze_not_kept(struct place *place, gconstpointer unused)
{
	(void)unused;
	snooze(place, 1, 60);
	jam(place, "all.snoozes.lock", true);
	pass(60);
	g_assert_cmpstr(place->rung->str, ==, "1 (Ann, B.: Tea 1) ");
	g_assert_true(timer_at == INT64_MAX);
	jam(place, "all.snoozes.lock", false);
}

static void test_unsnooze(struct place *place, gconstpointer unused)
{
	g_autofree char *list = NULL, *farewell = NULL;
	unsigned count;

	(void)unused;
	snooze(place, 1, 60);
	snooze(place, 2, 60);
	farewell = snoozes_farewell(place->snoozes, "2");
	g_assert_cmpstr(farewell, ==, "Ann, B.: Tea 2 does not ring again");
	g_assert_null(snoozes_farewell(place->snoozes, "all"));
	list = snoozes_print(place->snoozes, wall);
	g_assert_nonnull(
	    strstr(list, "work/Lists/a b UID 2  Ann, B.: Tea 2\n"));
	g_assert_true(snoozes_remove(place->snoozes, "1", &count, NULL));
	g_assert_cmpuint(count, ==, 1);
	g_assert_true(snoozes_remove(place->snoozes, "x", &count, NULL));
	g_assert_cmpuint(count, ==, 0);
	pass(60);
	g_assert_cmpstr(place->rung->str, ==, "2 (Ann, B.: Tea 2) ");
}

/* ---- commands without a watcher ---- */

static const struct {
	const char *command, *account;
	const char *words; /* spaces between */
	int status;
	const char *text; /* a pattern of what is told */
} commands[] = {
    {"mute", NULL, "ann@x.org", EX_OK,
	"the sender ann@x.org is muted until * (undo: idlebell unmute 1)"},
    {"mute", NULL, "bob@x.org 2h", EX_OK, "the sender bob@x.org is muted *"},
    {"mute", NULL, "eve@x.org 2h", EX_OK, "* (undo: idlebell unmute 3)"},
    {"mute", NULL, "ann", EX_USAGE, "ann is no address: write mute NAME@*"},
    {"mute", NULL, "work INBOX", EX_USAGE, "work is no address: *"},
    {"mute", NULL, "ann@x.org soon", EX_USAGE, "soon is no time*"},
    {"mute", NULL, "ann@x.org 2h 3h", EX_USAGE,
	"* not understood: see idlebell mute --help"},
    {"mute", "work", "INBOX 7", EX_UNAVAILABLE, "no watcher is running*"},
    {"mute", "work", "INBOX x", EX_USAGE, "x is no UID"},
    {"mute", "work", "INBOX 0", EX_USAGE, "0 is no UID"},
    {"mute", "work", "INBOX", EX_USAGE, "*not understood*"},
    {"snooze", "work", "INBOX 7 1h", EX_UNAVAILABLE, "no watcher is running*"},
    {"snooze", NULL, "ann@x.org", EX_USAGE, "*see idlebell snooze --help"},
    {"unmute", NULL, "bob@x.org", EX_OK, "the sender bob@x.org rings again"},
    {"unmute", NULL, "bob@x.org", EX_USAGE,
	"there is no bob@x.org: see idlebell mute --list"},
    {"unmute", NULL, "1 1h", EX_USAGE, "*not understood*"},
    {"unmute", "work", "INBOX 7", EX_USAGE, "*not understood*"},
    {"unsnooze", NULL, "all", EX_OK, "nothing was snoozed"},
    {"unsnooze", NULL, "1", EX_USAGE,
	"there is no 1: see idlebell snooze --list"},
    {"unmute", NULL, "all", EX_OK, "2 senders and threads ring again"},
    {"unmute", NULL, "all", EX_OK, "nothing was muted"},
    {"other", NULL, "1", EX_USAGE, "*no such command"},
};

static void test_commands(struct place *place, gconstpointer unused)
{
	const struct config_shard all = {0};

	(void)unused;
	close_all(place);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_auto(GStrv) words = g_strsplit(commands[i].words, " ", -1);
		const char *accounts[] = {commands[i].account, NULL};
		const struct control_request request = {
		    commands[i].command, accounts, (const char *const *)words};
		g_autofree char *text = NULL;

		g_test_message("%s %s", commands[i].command, commands[i].words);
		g_assert_cmpint(
		    say_alone(&all, &request, &text), ==, commands[i].status);
		g_assert_true(g_pattern_match_simple(commands[i].text, text));
	}
	open_all(place);
	assert_listed(place, "");
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/say/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	log_open(LOG_LEVEL_ERROR);
	g_test_add_func("/say/times", test_times);
	g_test_add_func("/say/print-times", test_print_times);
	g_test_add_func("/say/threads", test_threads);
	g_test_add_func("/say/thread-keys", test_thread_keys);
	ADD("mute-sender", test_mute_sender);
	ADD("mute-odd-sender", test_mute_odd_sender);
	ADD("mute-thread", test_mute_thread);
	ADD("unmute", test_unmute);
	ADD("list-is-bounded", test_list_is_bounded);
	ADD("list-stays-readable", test_list_stays_readable);
	ADD("list-damaged-since", test_list_damaged_since);
	ADD("list-is-damaged", test_list_is_damaged);
	ADD("list-race", test_list_race);
	ADD("list-turn", test_list_turn);
	ADD("mute-not-kept", test_mute_not_kept);
	ADD("snooze", test_snooze);
	ADD("snooze-far", test_snooze_far);
	ADD("snooze-rests", test_snooze_rests);
	ADD("snooze-restart", test_snooze_restart);
	ADD("snooze-elsewhere", test_snooze_elsewhere);
	ADD("snooze-read", test_snooze_read);
	ADD("snooze-not-kept", test_snooze_not_kept);
	ADD("unsnooze", test_unsnooze);
	ADD("commands", test_commands);
	return g_test_run();
}
