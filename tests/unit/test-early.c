/*
 * Changes that come before a mailbox is open (RFC 7162) wait until it is: not
 * more of them than a mailbox can have a reason for.
 */
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <string.h>

enum {
	LINES = 40,
	LINE_SIZE = 60000
};

static const char before[] = "* OK [CAPABILITY IMAP4rev1] .\r\n";
static const char opening[] =
    "a1 OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC IDLE] .\r\n"
    "* ENABLED QRESYNC\r\na2 OK .\r\n* 10 EXISTS\r\n"
    "* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 41] .\r\n"
    "* OK [HIGHESTMODSEQ 65] .\r\n";

struct told {
	size_t octets;
	unsigned synced;
	uint64_t modseq;
};

static void feed(struct imap_session *session, const char *text)
{
	imap_session_feed(session, text, strlen(text), 1000);
}

static void take(
    struct imap_session *session, const struct imap_action *action, void *data)
{
	static const char *const parts[] = {"LOGIN a b", NULL};
	struct told *told = data;

	if (action->type == IMAP_ACTION_LOGIN) {
		imap_session_login(session, parts, 1000);
	} else if (action->type == IMAP_ACTION_GONE) {
		told->octets += strlen(action->text);
	} else if (action->type == IMAP_ACTION_SYNCED) {
		told->synced++;
		told->modseq = action->modseq;
	}
}

static void drain(struct imap_session *session, struct told *told)
{
	g_auto(ImapAction) action = {0};

	while (imap_session_next(session, &action)) {
		take(session, &action, told);
		imap_action_clear(&action);
	}
}

static struct imap_session *begin(struct told *told)
{
	struct imap_watched home = {.owner = told,
	    .mailbox = "INBOX",
	    .uidvalidity = 7,
	    .last_uid = 40,
	    .modseq = 50};
	struct imap_session_options options = {.mailboxes = &home,
	    .mailboxes_count = 1,
	    .idle = true,
	    .refresh = 900000,
	    .poll_interval = 300000,
	    .header_fields = "FROM",
	    .version = "1"};
	struct imap_session *session = imap_session_new(&options, 1000);

	feed(session, before);
	drain(session, told);
	feed(session, opening);
	drain(session, told);
	return session;
}

/* "* VANISHED (EARLIER) 1,1,...", as long as a line may be. */
static char *line_new(void)
{
	GString *line = g_string_new("* VANISHED (EARLIER) 1");

	while (line->len < LINE_SIZE)
		g_string_append(line, ",1");
	g_string_append(line, "\r\n");
	return g_string_free(line, FALSE);
}

static void play(unsigned lines, struct told *told)
{
	g_autoptr(ImapSession) session = begin(told);
	g_autofree char *line = line_new();

	for (unsigned i = 0; i < lines; i++)
		feed(session, line);
	feed(session, "a3 OK .\r\na4 OK .\r\n");
	drain(session, told);
	g_assert_cmpuint(told->synced, ==, 1);
}

static void test_some(void)
{
	struct told told = {0};

	play(2, &told);
	g_assert_cmpuint(told.octets, >, LINE_SIZE);
	g_assert_cmpuint(told.modseq, ==, 65);
}

/* What was dropped is not held for told. */
static void test_flood(void)
{
	struct told told = {0};

	play(LINES, &told);
	g_assert_cmpuint(told.octets, <, 5 * LINE_SIZE);
	g_assert_cmpuint(told.modseq, ==, 0);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/early/some", test_some);
	g_test_add_func("/early/flood", test_flood);
	return g_test_run();
}
