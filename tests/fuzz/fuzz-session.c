/*
 * A whole session: server bytes, time and the owner's wishes, all from the
 * input.  The first byte chooses the options; then each byte is a deed, with
 * its arguments behind it.
 */
#include "imap/limits.h"
#include "imap/session.h"
#include <stdio.h>
#include <string.h>

/* Of home and its sides. */
static char owners[4];
static const char *const names[G_N_ELEMENTS(owners)] = {
    "INBOX", "Work", "a*b", "Entw\303\274rfe"};

struct input {
	const uint8_t *data;
	size_t size;
};

struct world {
	struct imap_session *session;
	struct input input;
	int64_t now;
	bool ended, remembers;
	size_t fed, written;
};

static const char *const lines[] = {
    "* OK ready\r\n",
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE ID] ready\r\n",
    "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n",
    "* PREAUTH hello\r\n",
    "* CAPABILITY IMAP4rev1 IDLE LIST-EXTENDED LIST-STATUS\r\n",
    "* 10 EXISTS\r\n",
    "* 11 EXISTS\r\n",
    "* 3 EXPUNGE\r\n",
    "* OK [UIDVALIDITY 7] .\r\n",
    "* OK [UIDNEXT 41] .\r\n",
    "+ idling\r\n",
    "* 11 FETCH (UID 41 RFC822.SIZE 5 BODY[HEADER.FIELDS (X)] \"a\")\r\n",
    "* 10 FETCH (UID 40 BODY[]<0> \"abc\")\r\n",
    "* BYE see you\r\n",
    "* LIST () \"/\" INBOX\r\n",
    "* STATUS INBOX (MESSAGES 1 UNSEEN 1)\r\n",
    "* SEARCH 38 3 39\r\n",
    "* ESEARCH (TAG \"a4\") UID MIN 3 ALL 3,38:39\r\n",
    "* OK [UIDVALIDITY 8] .\r\n",
    "* 0 EXISTS\r\n",
    "* OK [CLOSED] .\r\n",
    "* 9 FETCH (UID 3 RFC822.SIZE 5 BODY[HEADER.FIELDS (X)] \"a\")\r\n",
    "* STATUS Work (MESSAGES 9 UIDNEXT 41 UIDVALIDITY 7)\r\n",
    "* STATUS Work (MESSAGES 10 UIDNEXT 42 UIDVALIDITY 7)\r\n",
    "* STATUS Work (MESSAGES 9)\r\n",
    "* STATUS \"a*b\" (MESSAGES 9 UIDNEXT 99 UIDVALIDITY 8)\r\n",
    "* STATUS Entw&APw-rfe (UIDNEXT 41 UIDVALIDITY 7)\r\n",
    "* LIST (\\Sent) NIL Work\r\n",
    "* VANISHED 3:5\r\n",
    "* CAPABILITY IMAP4rev1 IDLE NOTIFY LIST-EXTENDED LIST-STATUS\r\n",
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE NOTIFY NAMESPACE] ready\r\n",
    "* 11 FETCH (UID 41 BODY[HEADER.FIELDS (X)] \"a\")\r\n",
    "* 12 FETCH (UID 42 BODY[HEADER.FIELDS (X)] \"a\")\r\n",
    "* 12 EXISTS\r\n",
    "* OK [NOTIFICATIONOVERFLOW] .\r\n",
    "* STATUS Work (MESSAGES 10 UIDNEXT 43)\r\n",
    "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n",
    "* VANISHED (EARLIER) 3:5,38\r\n",
    "* ENABLED QRESYNC\r\n",
    "* OK [HIGHESTMODSEQ 65] .\r\n",
    "* 9 FETCH (UID 39 FLAGS (\\Seen) MODSEQ (60))\r\n",
    "* 10 FETCH (FLAGS (\\Seen))\r\n",
    "* 10 EXPUNGE\r\n",
    "* CAPABILITY IMAP4rev1 IDLE ENABLE QRESYNC\r\n",
    "* CAPABILITY IMAP4rev1 IDLE CONDSTORE\r\n",
    "* ID (\"name\" \"Dovecot\")\r\n",
    "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n",
    "* CAPABILITY IMAP4rev1 UIDPLUS\r\n",
    "* 10 FETCH (UID 40 FLAGS (\\Seen))\r\n",
    "* 9 FETCH (UID 38 FLAGS ())\r\n",
    "* OK [COPYUID 9 38,40 5:6] .\r\n",
    "* OK [COPYUID 9 40 1:4294967295] .\r\n",
    "* OK [PERMANENTFLAGS (\\Seen)] .\r\n",
    "* CAPABILITY IMAP4rev1 IDLE PREVIEW NOTIFY\r\n",
    ("* 11 FETCH (UID 41 BODY[HEADER.FIELDS (X)] \"a\" PREVIEW \"b\" "
     "BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL)(\"image\" \"png\" NIL "
     "\"<a>\") \"related\") BODY[TEXT]<0> \"c\")\r\n"),
    "* 12 FETCH (UID 42 BODY[HEADER.FIELDS (X)] \"a\" BODYSTRUCTURE (()))\r\n",
};

static unsigned take_byte(struct input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->data++;
}

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool is_owner(const void *owner)
{
	for (size_t i = 0; i < G_N_ELEMENTS(owners); i++)
		if (owner == &owners[i])
			return true;
	return false;
}

/* A bare EXPUNGE would remove what others have marked. */
static void take_write(struct world *world, GBytes *bytes)
{
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);
	g_autofree char *copy = g_strndup(text, size);

	world->written += size;
	check(strstr(copy, " EXPUNGE\r\n") == NULL);
}

/* After the end there are no actions, and never two ends. */
static void take_actions(struct world *world)
{
	g_auto(ImapAction) action = {0};

	while (imap_session_next(world->session, &action)) {
		check(!world->ended);
		check(action.owner == NULL || is_owner(action.owner));
		check(action.type != IMAP_ACTION_NEWS || !action.news->anchor ||
		    action.news->uid == 40);
		if (action.type == IMAP_ACTION_WRITE)
			take_write(world, action.bytes);
		if (action.type == IMAP_ACTION_END)
			world->ended = true;
		imap_action_clear(&action);
	}
	check(imap_session_deadline(world->session) > world->now ||
	    !world->ended);
}

static void feed(struct world *world, const char *bytes, size_t size)
{
	g_autofree char *copy = g_memdup2(bytes, size);

	imap_session_feed(world->session, copy, size, world->now);
	world->fed += size;
}

static void feed_input(struct world *world)
{
	size_t size = take_byte(&world->input);

	size = MIN(size, world->input.size);
	feed(world, (const char *)world->input.data, size);
	world->input.data += size;
	world->input.size -= size;
}

static void feed_line(struct world *world)
{
	const char *line =
	    lines[take_byte(&world->input) % G_N_ELEMENTS(lines)];

	feed(world, line, strlen(line));
}

static void feed_reply(struct world *world)
{
	static const char *const words[] = {"OK", "NO", "BAD",
	    "OK [CAPABILITY IMAP4rev1 IDLE]", "NO [TRYCREATE]"};
	unsigned tag = take_byte(&world->input);
	unsigned word = take_byte(&world->input) % G_N_ELEMENTS(words);
	g_autofree char *line =
	    g_strdup_printf("a%u %s done\r\n", tag % 32, words[word]);

	feed(world, line, strlen(line));
}

/* A tick always brings the next deadline forward: no spinning. */
static void pass_time(struct world *world)
{
	world->now += (int64_t)take_byte(&world->input) * 1000 *
	    (1 + take_byte(&world->input) % 60);
	imap_session_tick(world->session, world->now);
	check(imap_session_deadline(world->session) > world->now);
}

static void login(struct world *world)
{
	static const char *const parts[] = {
	    "AUTHENTICATE PLAIN", "AGEAYg==", NULL};
	static const char *const whole[] = {
	    "AUTHENTICATE PLAIN AGEAYg==", NULL};

	imap_session_login(
	    world->session, world->remembers ? whole : parts, world->now);
}

static void secured(struct world *world)
{
	imap_session_secured(world->session, world->now);
}

static void body(struct world *world)
{
	static const char *const sections[] = {NULL, NULL, NULL, "1", "HEADER"};
	unsigned uid = take_byte(&world->input);
	void *owner = &owners[take_byte(&world->input) % G_N_ELEMENTS(owners)];
	unsigned bits = take_byte(&world->input);
	const struct imap_body wish = {
	    .uid = uid,
	    .section = sections[bits % G_N_ELEMENTS(sections)],
	    .binary = bits % 7 == 0,
	    .offset = bits % 11 == 0 ? bits : 0,
	    .size = bits,
	    .max = 200000,
	};

	if (bits % 13 == 0)
		imap_session_about(
		    world->session, owner, uid, true, world->now);
	else
		imap_session_body(world->session, owner, &wish, world->now);
}

static void refresh(struct world *world)
{
	imap_session_refresh(world->session, world->now);
}

static void probe(struct world *world)
{
	imap_session_probe(world->session, world->now,
	    (int64_t)take_byte(&world->input) * 1000);
}

/* What can be asked at any time holds at any time. */
static void ask(struct world *world)
{
	check(imap_session_next_look(world->session) >= 0);
	check(imap_session_heard(world->session) <= world->now);
	check(imap_session_patience(world->session) <= IMAP_PATIENCE_MAX);
	imap_session_is_idling(world->session);
	imap_session_remember(world->session);
}

static const uint32_t lately[] = {40, 38, 39, 3};

static unsigned fill(
    struct imap_watched *mailboxes, unsigned which, unsigned flags)
{
	unsigned count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(owners); i++)
		if ((which & (1U << i)) != 0)
			mailboxes[count++] = (struct imap_watched){
			    .owner = &owners[i],
			    .mailbox = names[i],
			    .uidvalidity = flags & 4 ? 7 : 0,
			    .last_uid = flags & 4 ? 40 : 0,
			    .modseq = flags & 4 ? 50 : 0,
			    .told = lately,
			    .told_count = flags & 8 ? G_N_ELEMENTS(lately) : 0,
			    .since = flags & 32 ? "20-Nov-2026" : NULL,
			    .anchor = (flags & 64) != 0,
			    .writable = (flags & 1) == 0,
			};
	return count;
}

static void choose(struct world *world)
{
	struct imap_watched mailboxes[G_N_ELEMENTS(owners)];
	unsigned which = take_byte(&world->input);

	imap_session_choose(world->session, mailboxes,
	    fill(mailboxes, which, which >> 4), world->now);
}

static void ask_method(struct world *world)
{
	const void *owner = &owners[take_byte(&world->input) % 4];

	check(imap_session_method(world->session, owner) <= IMAP_METHOD_POLL);
	imap_session_why(world->session);
}

static void act(struct world *world)
{
	static const char *const sets[] = {"40", "38,40", "1:100000", "x"};
	static const char *const flags[] = {NULL, "\\Seen", "$Junk \\Draft"};
	unsigned what = take_byte(&world->input);
	const struct imap_act act = {
	    .uids = sets[what % G_N_ELEMENTS(sets)],
	    .add = flags[what / 4 % G_N_ELEMENTS(flags)],
	    .remove = flags[what / 12 % G_N_ELEMENTS(flags)],
	    .destination = what & 64 ? names[what % 4] : NULL,
	    .create = (what & 128) != 0,
	    .expunge = (what & 192) == 128,
	};

	imap_session_act(
	    world->session, &owners[what % 3 / 2], &act, world->now);
}

static void list(struct world *world)
{
	imap_session_list(world->session, world->now);
}

static void logout(struct world *world)
{
	imap_session_logout(world->session, world->now);
}

static void eof(struct world *world)
{
	imap_session_eof(world->session, world->now);
}

static void last(struct world *world)
{
	unsigned count = take_byte(&world->input);

	imap_session_last(world->session,
	    &owners[take_byte(&world->input) % G_N_ELEMENTS(owners)], count,
	    world->now);
}

static void (*const deeds[])(struct world *) = {feed_input, feed_line,
    feed_reply, pass_time, login, secured, body, refresh, logout, eof, probe,
    ask, choose, ask_method, act, list, last};

#define BIT(name) (UINT64_C(1) << IMAP_CAP_##name)

/* What pipelining takes. */
static const struct imap_capabilities remembered = {
    .known = true,
    .dovecot = true,
    .bits = BIT(IDLE) | BIT(ID) | BIT(ENABLE) | BIT(QRESYNC) | BIT(NOTIFY),
};

static bool remembers(unsigned flags)
{
	return (flags & 6) == 6;
}

static enum imap_goal goal_of(unsigned flags)
{
	return (flags & 88) == 80 ? IMAP_GOAL_TASK
				  : (enum imap_goal)(flags % 3);
}

static struct imap_session *new_session(unsigned flags)
{
	struct imap_watched mailboxes[G_N_ELEMENTS(owners)];
	unsigned sides = flags & 128 ? 15 : 1;
	struct imap_session_options options = {
	    .goal = goal_of(flags),
	    .mailboxes = mailboxes,
	    .mailboxes_count = fill(mailboxes, sides, flags),
	    .choose = (flags & 192) == 192,
	    .remembered = remembers(flags) ? &remembered : NULL,
	    .notify = (flags & 160) == 160,
	    .starttls = (flags & 8) != 0,
	    .idle = (flags & 16) == 0,
	    .structure = (flags & 34) != 0,
	    .preview = (flags & 36) != 0,
	    .refresh = 900000,
	    .poll_interval = 300000,
	    .header_fields = "X",
	    .version = "1",
	};

	return imap_session_new(&options, 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world = {.input = {data, size}, .now = 1000};

	world.remembers = size > 0 && remembers(data[0]);
	world.session = new_session(take_byte(&world.input));
	while (world.input.size > 0) {
		deeds[take_byte(&world.input) % G_N_ELEMENTS(deeds)](&world);
		take_actions(&world);
	}
	/* What is said stands in proportion to what is heard and asked. */
	check(world.written <= 4096 + 400 * (world.fed + size));
	imap_session_free(world.session);
	return 0;
}
