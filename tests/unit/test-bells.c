/*
 * Bubbles: who shares one, what they say, when they close.  Each case is a
 * script; the clock and the desktop are the test's own.
 */
#include "app/bells.h"
#include "app/fetching.h"
#include "os/loop.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static int64_t now;

int64_t loop_now(void)
{
	return now;
}

/* Nothing here is downloaded. */
void fetching_free(struct fetching *fetching)
{
	g_assert_null(fetching);
}

/* ---- a desktop that answers when it is told to ---- */

struct call {
	sink_fn *fn;
	void *data;
};

static struct desktop {
	struct sink sink;
	GQueue calls;  /* struct call, not answered */
	GString *told; /* what the cases expect */
	bool buttons;  /* told, too */
} desktop;

static void tell_buttons(const char *const *actions)
{
	g_string_append(desktop.told, " [");
	for (; actions != NULL && actions[0] != NULL; actions += 2)
		g_string_append_printf(desktop.told, "%s ", actions[0]);
	g_string_append(desktop.told, "]");
}

static void fake_ring(
    struct sink *sink, const struct sink_event *event, sink_fn *fn, void *data)
{
	struct call *call = g_new0(struct call, 1);
	g_autofree char *body = g_strdelimit(g_strdup(event->body), "\n", '/');

	(void)sink;
	g_assert_true((event->message == NULL) != (event->notice == NULL));
	g_string_append_printf(desktop.told, "%d%s%s=%s|%s", (int)event->bubble,
	    event->only_update ? "~" : "",
	    event->urgency == SINK_CRITICAL ? "!" : "", event->title, body);
	if (event->sound != NULL)
		g_string_append_printf(desktop.told, " (%s)", event->sound);
	if (desktop.buttons)
		tell_buttons(event->actions);
	g_string_append(desktop.told, "\n");
	call->fn = fn;
	call->data = data;
	g_queue_push_tail(&desktop.calls, call);
}

static void fake_close(struct sink *sink, uint64_t number)
{
	g_assert_true(sink == &desktop.sink);
	g_string_append_printf(desktop.told, "%d-\n", (int)number);
}

static void answer(void)
{
	g_autofree struct call *call = g_queue_pop_head(&desktop.calls);

	g_assert_nonnull(call);
	call->fn(call->data, NULL);
}

/* ---- buttons ---- */

static const char **fake_buttons(
    void *data, const GPtrArray *notes, int64_t actions)
{
	const char **buttons = g_new0(const char *, 5);

	(void)data;
	buttons[0] = actions & CONFIG_ACTION_READ ? "read" : "none";
	buttons[1] = "Mark read";
	if (notes->len == 1) {
		buttons[2] = "one";
		buttons[3] = "Only of one";
	}
	return buttons;
}

static void fake_pressed(void *data, const struct belfry_press *press)
{
	(void)data;
	g_string_append_printf(desktop.told, "%s:", press->action);
	if (press->notes == NULL)
		g_string_append_printf(
		    desktop.told, " number %d", (int)press->number);
	for (unsigned i = 0; press->notes != NULL && i < press->notes->len;
	     i++) {
		const struct bell_note *note = press->notes->pdata[i];

		g_string_append_printf(desktop.told, " %u", note->message->uid);
	}
	g_string_append(desktop.told, "\n");
}

static const struct belfry_events belfry_events = {
    .buttons = fake_buttons, .pressed = fake_pressed};

/* ---- the place ---- */

struct place {
	struct settings *settings;
	struct belfry *belfry;
	struct bells *bells;
	GPtrArray *round; /* struct item */
	unsigned accounts;
	unsigned out; /* items that are not answered for */
};

static struct place *the_place;

static void rung(struct item *item)
{
	the_place->out--;
	item_free(item);
}

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

static void place_open(struct place *place, const char *keys)
{
	const struct belfry_options options = {
	    .desktop = &desktop.sink,
	    .close = fake_close,
	    .events = &belfry_events,
	};
	g_autofree char *text = g_strconcat("[account a]\nhost=h\nuser=u\n"
					    "password_command=x\n",
	    keys, NULL);

	now = 1000000;
	desktop.sink = (struct sink){fake_ring, NULL};
	desktop.told = g_string_new(NULL);
	desktop.buttons = strstr(keys, "# buttons") != NULL;
	g_queue_init(&desktop.calls);
	place->accounts = strstr(keys, "# two") != NULL ? 2 : 1;
	place->settings = load(text);
	place->belfry = belfry_new(&options);
	place->bells = bells_new(place->belfry, rung);
	place->round = g_ptr_array_new();
	the_place = place;
}

static void place_close(struct place *place)
{
	bells_free(place->bells);
	belfry_free(place->belfry);
	while (!g_queue_is_empty(&desktop.calls))
		answer();
	g_assert_cmpuint(place->out, ==, 0);
	g_ptr_array_unref(place->round);
	settings_unref(place->settings);
	g_string_free(desktop.told, TRUE);
}

/* UIDs of the thousands are of mailboxes of their own; what is beyond 500 in
 * one of them answers the UID 500 below. */
static struct message *make_message(uint32_t uid)
{
	static const char *const boxes[] = {"INBOX", "Lists", "Work"};
	const struct message_source source = {.account = "a",
	    .mailbox = boxes[uid / 1000 % 3],
	    .uid = uid,
	    .uidvalidity = 7,
	    .size = 100};
	bool reply = uid % 1000 > 500;
	g_autofree char *header =
	    g_strdup_printf("From: Ann <ann@x.org>\r\nSubject: %sNo %u\r\n\r\n",
		reply ? "Re: " : "", reply ? uid - 500 : uid);
	struct message *message = message_new(&source, header, strlen(header));

	g_free(message->preview);
	message->preview = g_strdup_printf("Hello %u", uid);
	return message;
}

/* Stands for the mailbox. */
static const char *origin_of(uint32_t uid)
{
	static const char origins[3];

	return origins + uid / 1000 % 3;
}

static void add(struct place *place, uint32_t uid)
{
	const struct config_account *account =
	    place->settings->config->accounts->pdata[0];
	struct message *message = make_message(uid);
	struct verdict verdict =
	    settings_decide(place->settings, account, message, NULL, NULL);
	struct item *item =
	    item_new(message, &verdict, account, place->accounts);

	item->origin = (void *)origin_of(uid);
	place->out++;
	g_ptr_array_add(place->round, item);
}

static void end_round(struct place *place)
{
	const struct config_account *account =
	    place->settings->config->accounts->pdata[0];

	bells_ring(place->bells, place->round, (unsigned)account->burst);
	g_ptr_array_set_size(place->round, 0);
}

/* ---- scripts ---- */

static void step_range(struct place *place, const char *word)
{
	unsigned first = 0, last = 0;
	int n = sscanf(word, "%u-%u", &first, &last);

	for (unsigned uid = first; uid <= (n > 1 ? last : first); uid++)
		add(place, uid);
}

static void step_read(struct place *place, uint32_t uid)
{
	belfry_read(place->belfry, origin_of(uid), 7, uid);
}

static void step_gone(struct place *place, const char *set)
{
	belfry_gone(place->belfry, origin_of(0), 7, set);
}

static void press(struct place *place, const char *word)
{
	belfry_action(place->belfry, (uint64_t)(word[0] - '0'), "read", NULL);
}

/*
 * UID or FIRST-LAST: they come;  . the round is over, and the desktop answers;
 * : it does not answer;  ; it does;  +S seconds pass;  rUID read;  gSET gone;
 * xN bubble N closed by the user;  eN it expires;  bN its button
 */
static void step(struct place *place, const char *word)
{
	unsigned number = (unsigned)g_ascii_strtoull(word + 1, NULL, 10);

	switch (word[0]) {
	case '.':
		end_round(place);
		/* fall through */
	case ';':
		while (!g_queue_is_empty(&desktop.calls))
			answer();
		break;
	case ':':
		end_round(place);
		break;
	case '+':
		now += (int64_t)number * 1000;
		break;
	case 'r':
		step_read(place, number);
		break;
	case 'g':
		step_gone(place, word + 1);
		break;
	case 'x':
	case 'e':
		belfry_closed(place->belfry, number, word[0] == 'x');
		break;
	case 'b':
		press(place, word + 1);
		break;
	default:
		step_range(place, word);
	}
}

struct script {
	const char *name;
	const char *keys; /* more of the account, then rules */
	const char *steps, *told;
};

static void run(gconstpointer data)
{
	const struct script *script = data;
	struct place place = {0};
	g_auto(GStrv) words = g_strsplit(script->steps, " ", -1);

	place_open(&place, script->keys);
	for (char **word = words; *word != NULL; word++)
		step(&place, *word);
	g_assert_cmpstr(desktop.told->str, ==, script->told);
	place_close(&place);
}

#define ANN  "Ann <ann@x.org>"
#define TWO  "burst = 2\n"
#define BOSS "[rule boss]\nsubject = *No 3*\nurgency = critical\nsound = gong\n"

static const struct script scripts[] = {
    /* What they say */
    {"one", "", "1 .", "1=" ANN "|No 1\n"},
    {"preview", "show = sender, subject, preview\n", "1 .",
	"1=" ANN "|No 1/Hello 1\n"},
    {"preview-only", "show = preview\n", "1 .", "1=New message|Hello 1\n"},
    {"no-sender", "show = subject\n", "1 .", "1=New message|No 1\n"},
    {"sender-only", "show = sender\n", "1 .", "1=" ANN "|\n"},
    {"count", "show = count\n", "1 .", "1=1 new message|\n"},
    {"count-rules-out", "show = count, sender, subject, preview\n", "1 .",
	"1=1 new message|\n"},
    {"nothing", "show = none\n", "1 .", "1=1 new message|\n"},
    {"where", "mailboxes = INBOX, Lists\n", "1 .", "1=" ANN " (INBOX)|No 1\n"},
    {"where-account", "# two\n", "1 .", "1=" ANN " (a)|No 1\n"},
    {"count-where", "# two\nmailboxes = INBOX, Lists\nshow = count\n", "1 .",
	"1=1 new message (a/INBOX)|\n"},
    {"many", TWO, "1-3 .", "1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n"},
    {"many-more", TWO, "1-7 .",
	"1=7 new messages|Ann: No 7/Ann: No 6/Ann: No 5/Ann: No 4/Ann: No 3/"
	"and 2 more\n"},
    {"many-count", TWO "show = count\n", "1-7 .", "1=7 new messages|\n"},
    {"many-senders", TWO "show = sender\n", "1-3 .",
	"1=3 new messages|Ann/Ann/Ann\n"},
    {"many-previews", TWO "show = sender, preview\n", "1-3 .",
	"1=3 new messages|Ann: Hello 3/Ann: Hello 2/Ann: Hello 1\n"},
    {"many-important", TWO BOSS, "1-5 .",
	"1!=5 new messages|Ann: No 3/Ann: No 5/Ann: No 4/Ann: No 2/Ann: No 1 "
	"(gong)\n"},
    {"many-where", TWO "mailboxes = INBOX, Lists\n", "1-3 .",
	"1=3 new messages in INBOX|Ann: No 3/Ann: No 2/Ann: No 1\n"},
    {"many-mailboxes", TWO "mailboxes = INBOX, Lists\n", "1 . 2 . 1001 .",
	"1=" ANN " (INBOX)|No 1\n2=" ANN " (INBOX)|No 2\n"
	"2=2 new messages|Ann: No 1001/Ann: No 2\n"},
    {"many-mailboxes-accounts", "# two\n" TWO "mailboxes = INBOX, Lists\n",
	"1 . 2 . 1001 .",
	"1=" ANN " (a/INBOX)|No 1\n2=" ANN " (a/INBOX)|No 2\n"
	"2=2 new messages in a|Ann: No 1001/Ann: No 2\n"},

    /* Bursts */
    {"few", TWO, "1-2 .", "1=" ANN "|No 1\n2=" ANN "|No 2\n"},
    {"over-time", TWO, "1 . +10 2 . +10 3 . +10 4 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n2=2 new messages|Ann: No 3/Ann: No 2\n"
	"2=3 new messages|Ann: No 4/Ann: No 3/Ann: No 2\n"},
    {"one-of-burst-1", "burst = 1\n", "1 . 2 . 3 .",
	"1=" ANN "|No 1\n1=2 new messages|Ann: No 2/Ann: No 1\n"
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n"},
    {"later", TWO, "1-2 . +60 3-4 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n3=" ANN "|No 3\n4=" ANN "|No 4\n"},
    {"sliding", TWO, "1 . +30 2 . +40 3 . +1 4 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n3=" ANN "|No 3\n"
	"3=2 new messages|Ann: No 4/Ann: No 3\n"},
    {"flood-and-one", TWO, "1-3 . 4 . 5 .",
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n2=" ANN "|No 4\n"
	"1=4 new messages|Ann: No 5/Ann: No 3/Ann: No 2/Ann: No 1\n"},
    {"flood-after-one", TWO, "1 . 2-4 .",
	"1=" ANN "|No 1\n2=3 new messages|Ann: No 4/Ann: No 3/Ann: No 2\n"},
    {"flood-after-all", TWO, "1-2 . 3-5 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n"
	"2=4 new messages|Ann: No 5/Ann: No 4/Ann: No 3/Ann: No 2\n"},
    {"more-than-room", TWO, "1 . 2-3 .",
	"1=" ANN "|No 1\n2=2 new messages|Ann: No 3/Ann: No 2\n"},
    {"no-limit", "burst = 0\n", "1-3 . 4 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n3=" ANN "|No 3\n4=" ANN "|No 4\n"},
    {"closed-makes-room", TWO, "1-2 . x1 3 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n3=" ANN "|No 3\n"},
    {"expired-makes-none", TWO, "1-2 . e1 e2 3 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n"
	"2=2 new messages|Ann: No 3/Ann: No 2\n"},
    {"sound-of-the-new", TWO BOSS, "1-2 . 3 . 4 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n"
	"2!=2 new messages|Ann: No 3/Ann: No 2 (gong)\n"
	"2!=3 new messages|Ann: No 3/Ann: No 4/Ann: No 2\n"},
    {"while-on-its-way", "burst = 1\n", "1 : 2 : 3 : ;",
	"1=" ANN "|No 1\n"
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n"},

    /* Threads */
    {"threads", "group = thread\n", "1 . 2 . 501 . 502 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n"
	"1=2 new messages|Ann: Re: No 1/Ann: No 1\n"
	"2=2 new messages|Ann: Re: No 2/Ann: No 2\n"},
    {"threads-at-once", "group = thread\n" TWO, "1 2 501 502 .",
	"1=2 new messages|Ann: Re: No 1/Ann: No 1\n"
	"2=2 new messages|Ann: Re: No 2/Ann: No 2\n"},
    {"threads-many", "group = thread\n" TWO, "1-3 .",
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n"},
    {"threads-over-time", "group = thread\n" TWO, "1 . 2 . 3 . 502 . 501 .",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n"
	"2=2 new messages|Ann: No 3/Ann: No 2\n"
	"2=3 new messages|Ann: Re: No 2/Ann: No 3/Ann: No 2\n"
	"1=2 new messages|Ann: Re: No 1/Ann: No 1\n"},
    {"threads-later", "group = thread\n", "1 . +600 501 .",
	"1=" ANN "|No 1\n1=2 new messages|Ann: Re: No 1/Ann: No 1\n"},
    {"threads-expired", "group = thread\n", "1 . e1 501 .",
	"1=" ANN "|No 1\n2=" ANN "|Re: No 1\n"},
    {"threads-closed", "group = thread\n", "1 . x1 501 .",
	"1=" ANN "|No 1\n2=" ANN "|Re: No 1\n"},
    {"no-threads", "", "1 . 501 .", "1=" ANN "|No 1\n2=" ANN "|Re: No 1\n"},

    /* Read and gone */
    {"read", "", "1-2 . r2 r1", "1=" ANN "|No 1\n2=" ANN "|No 2\n2-\n1-\n"},
    {"read-twice", "", "1 . r1 r1", "1=" ANN "|No 1\n1-\n"},
    {"read-another", "", "1 . r2 r1001", "1=" ANN "|No 1\n"},
    {"gone", "", "1-3 . g2:3,9",
	"1=" ANN "|No 1\n2=" ANN "|No 2\n3=" ANN "|No 3\n3-\n2-\n"},
    {"read-some", TWO, "1-3 . r2 ; r3 ; r1",
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n"
	"1~=2 new messages|Ann: No 3/Ann: No 1\n1~=" ANN "|No 1\n1-\n"},
    {"gone-some", TWO, "1-4 . g1,3 ; r4",
	"1=4 new messages|Ann: No 4/Ann: No 3/Ann: No 2/Ann: No 1\n"
	"1~=2 new messages|Ann: No 4/Ann: No 2\n"
	"1~=" ANN "|No 2\n"},
    {"read-some-critical", TWO BOSS, "1-3 . r3",
	"1!=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1 (gong)\n"
	"1~=2 new messages|Ann: No 2/Ann: No 1\n"},
    {"read-on-its-way", "", "1 : r1 ;", "1=" ANN "|No 1\n1-\n"},
    {"read-waiting", "burst = 1\n", "1 : 2 : g1:2 ;", "1=" ANN "|No 1\n1-\n"},
    {"read-expired", TWO, "1-3 . e1 r1 r2 r3",
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1\n1-\n"},
    {"closed-then-read", "", "1 . x1 r1", "1=" ANN "|No 1\n"},
    {"read-all-known", "burst = 1\n", "1-300 . g1:300 ;",
	"1=300 new messages|Ann: No 300/Ann: No 299/Ann: No 298/Ann: No 297/"
	"Ann: No 296/and 295 more\n1-\n"},

    /* Buttons */
    {"button", "# buttons\n", "1 . b1 b1",
	"1=" ANN "|No 1 [read one ]\n1-\nread: 1\nread: number 1\n"},
    {"button-none", "# buttons\nactions = none\n", "1 .",
	"1=" ANN "|No 1 [none one ]\n"},
    {"button-of-many", "# buttons\n" TWO, "1-3 . b1",
	"1=3 new messages|Ann: No 3/Ann: No 2/Ann: No 1 [read ]\n"
	"1-\nread: 1 2 3\n"},
    {"button-while-on-its-way", "# buttons\nburst = 1\n", "1 . 2 : b1 ; b1",
	"1=" ANN "|No 1 [read one ]\n"
	"1=2 new messages|Ann: No 2/Ann: No 1 [read ]\nread: 1\n"
	"1~=" ANN "|No 2 [read one ]\n1-\nread: 2\n"},
    {"button-while-waiting", "# buttons\nburst = 1\n", "1 . 2 : 3 : b1 ;",
	"1=" ANN "|No 1 [read one ]\n"
	"1=2 new messages|Ann: No 2/Ann: No 1 [read ]\nread: 1\n"
	"1=2 new messages|Ann: No 3/Ann: No 2 [read ]\n"},
    {"button-before-it-is-up", "# buttons\n", "1 : b1 ;",
	"1=" ANN "|No 1 [read one ]\n"},
};

/* The newest 200 are known, whatever there was. */
static void test_bound(void)
{
	struct place place = {0};

	place_open(&place, "burst = 0\n");
	for (uint32_t i = 0; i < 10; i++)
		for (uint32_t uid = 1; uid <= 50; uid++) {
			add(&place, uid + i * 3000);
			step(&place, ".");
		}
	g_assert_cmpuint(belfry_bells(place.belfry)->length, ==, BELFRY_MAX);
	g_assert_nonnull(
	    belfry_find(place.belfry, "a", "INBOX", 50 + 9 * 3000));
	g_assert_nonnull(belfry_find(place.belfry, "a", "INBOX", 1 + 6 * 3000));
	g_assert_null(belfry_find(place.belfry, "a", "INBOX", 50 + 5 * 3000));
	g_assert_null(belfry_find(place.belfry, "a", "Lists", 50 + 9 * 3000));
	place_close(&place);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autofree char *path =
		    g_strconcat("/bells/", scripts[i].name, NULL);

		g_test_add_data_func(path, &scripts[i], run);
	}
	g_test_add_func("/bells/bound", test_bound);
	return g_test_run();
}
