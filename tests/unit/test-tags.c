/*
 * A session that lives for weeks: its commands do not grow.
 */
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <string.h>

#define COMMANDS 2500

struct play {
	struct imap_session *session;
	int64_t now;
	char idle[16]; /* the tag of the IDLE that is on */
	unsigned commands, refreshes;
	size_t longest; /* write of a refresh, octets */
};

static void reply(struct play *play, const char *text)
{
	imap_session_feed(play->session, text, strlen(text), play->now);
}

static void answer(struct play *play, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 2);
	g_autofree char *done = NULL,
			*ok = g_strdup_printf("%s OK\r\n", words[0]);

	if (strcmp(line, "DONE") == 0) {
		done = g_strdup_printf("%s OK\r\n", play->idle);
		reply(play, done);
		return;
	}
	play->commands++;
	if (strcmp(words[1], "IDLE") == 0) {
		g_strlcpy(play->idle, words[0], sizeof(play->idle));
		reply(play, "+ idling\r\n");
		return;
	}
	if (g_str_has_prefix(words[1], "EXAMINE"))
		reply(play,
		    "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n"
		    "* OK [UIDNEXT 1] .\r\n");
	reply(play, ok);
}

static void serve(struct play *play, GBytes *bytes)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *text = g_strndup(data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	if (strcmp(lines[0], "DONE") == 0) {
		play->refreshes++;
		play->longest = MAX(play->longest, size);
	}
	for (char **line = lines; **line != '\0'; line++)
		answer(play, *line);
}

static void drive(struct play *play)
{
	static const char *const parts[] = {"LOGIN jane secret", NULL};
	g_auto(ImapAction) action = {0};

	while (imap_session_next(play->session, &action)) {
		g_assert_cmpint(action.type, !=, IMAP_ACTION_END);
		if (action.type == IMAP_ACTION_WRITE)
			serve(play, action.bytes);
		if (action.type == IMAP_ACTION_LOGIN)
			imap_session_login(play->session, parts, play->now);
		imap_action_clear(&action);
	}
}

/* Tags come round: with DONE, NOOP and IDLE in one record of TLS 1.3, which
 * adds 22 octets, a refresh stays within 50. */
static void test_tags(void)
{
	struct play play = {.now = 1000000};
	const struct imap_watched inbox = {.owner = &play, .mailbox = "INBOX"};
	const struct imap_session_options options = {
	    .goal = IMAP_GOAL_WATCH,
	    .mailboxes = &inbox,
	    .mailboxes_count = 1,
	    .idle = true,
	    .refresh = 900 * 1000,
	    .poll_interval = 300 * 1000,
	    .header_fields = "FROM",
	    .version = "0",
	};

	play.session = imap_session_new(&options, play.now);
	reply(&play, "* OK [CAPABILITY IMAP4rev1 IDLE] .\r\n");
	drive(&play);
	while (play.commands < COMMANDS) {
		play.now = imap_session_deadline(play.session);
		g_assert_cmpint(play.now, <, INT64_MAX);
		imap_session_tick(play.session, play.now);
		drive(&play);
	}
	g_assert_cmpuint(play.refreshes, >, COMMANDS / 3);
	g_assert_cmpuint(play.longest, <=, 28);
	imap_session_free(play.session);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/tags/come-round", test_tags);
	return g_test_run();
}
