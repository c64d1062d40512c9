/*
 * A download whose connection ends anywhere: what has come and what the next
 * session fetches are the message, octet by octet.
 */
#include "imap/limits.h"
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <string.h>

#define SIZE (2 * IMAP_PIECE_SIZE + 1000)

static const char *const login[] = {"LOGIN a b"};
static char message[SIZE];

/* A server that speaks as far as it is asked. */
struct server {
	GString *said;     /* to be fed */
	size_t left;       /* octets that it may say */
	bool whole;        /* it knows no partial FETCH */
	unsigned answered; /* commands */
};

struct world {
	struct imap_session *session;
	struct server server;
	GString *got; /* of the message */
	bool over, failed, ended;
};

static void say_piece(struct server *server, const char *tag, const char *rest)
{
	const char *partial = strchr(rest, '<');
	size_t at = (size_t)g_ascii_strtoull(partial + 1, NULL, 10);
	size_t size = MIN(IMAP_PIECE_SIZE, SIZE - MIN(at, SIZE));

	if (server->whole) {
		g_string_append_printf(
		    server->said, "* 1 FETCH (UID 5 BODY[] {%d}\r\n", SIZE);
		at = 0;
		size = SIZE;
	} else {
		g_string_append_printf(server->said,
		    "* 1 FETCH (UID 5 BODY[]<%" G_GSIZE_FORMAT
		    "> {%" G_GSIZE_FORMAT "}\r\n",
		    at, size);
	}
	g_string_append_len(server->said, message + at, (gssize)size);
	g_string_append_printf(server->said, ")\r\n%s OK done\r\n", tag);
}

static void answer(struct server *server, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 3);

	server->answered++;
	if (g_str_equal(words[1], "EXAMINE"))
		g_string_append_printf(server->said,
		    "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n%s OK done\r\n",
		    words[0]);
	else if (g_str_equal(words[1], "UID"))
		say_piece(server, words[0], words[2]);
	else
		g_string_append_printf(server->said,
		    "%s OK [CAPABILITY IMAP4rev1] x\r\n", words[0]);
}

static void take_write(struct world *world, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);
	g_autofree char *text = g_strndup(bytes, size);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	for (char **line = lines; **line != '\0'; line++)
		answer(&world->server, *line);
}

static void wish(struct world *world)
{
	const struct imap_body body = {
	    .uid = 5, .offset = world->got->len, .size = SIZE, .max = 2 * SIZE};

	imap_session_body(world->session, world, &body, 0);
}

static void take_piece(struct world *world, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);

	g_assert_cmpuint(action->offset, ==, world->got->len);
	g_string_append_len(world->got, bytes, (gssize)size);
}

static void act(struct world *world)
{
	g_auto(ImapAction) action = {0};

	while (imap_session_next(world->session, &action)) {
		if (action.type == IMAP_ACTION_WRITE)
			take_write(world, &action);
		else if (action.type == IMAP_ACTION_LOGIN)
			imap_session_login(world->session,
			    (const char *[]){login[0], NULL}, 0);
		else if (action.type == IMAP_ACTION_SYNCED)
			wish(world);
		else if (action.type == IMAP_ACTION_PIECE)
			take_piece(world, &action);
		else if (action.type == IMAP_ACTION_BODY_END)
			world->over = true;
		world->failed |= action.failed;
		world->ended |= action.type == IMAP_ACTION_END;
		imap_action_clear(&action);
	}
}

/* One connection, which says at most so much. */
static void connect_once(struct world *world, size_t most)
{
	const struct imap_watched watched = {
	    .owner = world, .mailbox = "INBOX", .uidvalidity = 7};
	const struct imap_session_options options = {.goal = IMAP_GOAL_TASK,
	    .mailboxes = &watched,
	    .mailboxes_count = 1,
	    .header_fields = "FROM",
	    .version = "1"};
	GString *said = g_string_new("* OK [CAPABILITY IMAP4rev1] ready\r\n");

	world->server.said = said;
	world->server.left = most;
	world->session = imap_session_new(&options, 0);
	while (!world->over && world->server.left > 0 && said->len > 0) {
		size_t size = MIN(said->len, world->server.left);
		g_autofree char *part = g_memdup2(said->str, size);

		g_string_erase(said, 0, (gssize)size);
		world->server.left -= size;
		imap_session_feed(world->session, part, size, 0);
		act(world);
	}
	if (!world->over)
		imap_session_eof(world->session, 0);
	act(world);
	imap_session_free(world->session);
	g_string_free(said, TRUE);
}

static void check(struct world *world)
{
	g_assert_true(world->over);
	g_assert_false(world->failed);
	g_assert_cmpmem(world->got->str, world->got->len, message, SIZE);
}

/* Cut once behind so many octets; returns how many the server had said. */
static void cut_at(size_t most, bool whole)
{
	struct world world = {
	    .got = g_string_new(NULL), .server = {.whole = whole}};

	connect_once(&world, most);
	if (!world.over) {
		g_assert_true(world.ended);
		world.ended = false;
		connect_once(&world, SIZE_MAX);
	}
	check(&world);
	g_string_free(world.got, TRUE);
}

/* Each octet of what is not the message, and some of it. */
static void test_cuts(void)
{
	for (size_t at = 1; at < SIZE + 1000; at++) {
		size_t within = at % IMAP_PIECE_SIZE;

		if (within < 400 || IMAP_PIECE_SIZE - within < 10 ||
		    at > SIZE || at % 9973 == 0)
			cut_at(at, false);
	}
}

static void test_cuts_whole(void)
{
	for (size_t at = 1; at < SIZE + 1000; at += at < 300 ? 1 : 9973)
		cut_at(at, true);
}

/* It never gets far, and gets there all the same. */
static void test_often(void)
{
	struct world world = {.got = g_string_new(NULL)};

	for (int i = 0; i < 10 && !world.over; i++)
		connect_once(&world, IMAP_PIECE_SIZE + 1000);
	check(&world);
	g_string_free(world.got, TRUE);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	for (size_t i = 0; i < SIZE; i++)
		message[i] = (char)(i * 2654435761u >> 13);
	g_test_add_func("/resume/cuts", test_cuts);
	g_test_add_func("/resume/cuts-whole", test_cuts_whole);
	g_test_add_func("/resume/often", test_often);
	return g_test_run();
}
