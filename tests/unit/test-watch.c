/*
 * What a watch tells of how its idle connections fare, against a server in a
 * thread that answers, or does not.
 */
#include "app/watch.h"
#include "tests/unit/net.h"
#include <stdio.h>

enum {
	REFRESH = 50 /* ms */
};

struct place {
	int listener, client;
	bool closes; /* at DONE */
	GThread *server;
	struct net *net;
	struct config_account account;
	struct watch *watch;
	unsigned lived, dead;
	bool told;
	int64_t age;    /* of the IDLE, when either was told */
	char steps[64]; /* the first letter of each */
	bool rested, ended;
};

/* ---- the server ---- */

static void say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		g_test_message("the client has gone");
}

static void say_ok(int fd, const char *tag)
{
	g_autofree char *line = g_strdup_printf("%s OK x\r\n", tag);

	say(fd, line);
}

static bool take_done(struct place *place, const char *idle)
{
	if (!place->closes)
		say_ok(place->client, idle);
	return !place->closes;
}

/* idle: the tag of the IDLE that is on. */
static bool take(struct place *place, char *line, char **idle)
{
	char *verb = strchr(line, ' ');

	if (verb == NULL)
		return take_done(place, *idle);
	*verb++ = '\0';
	if (g_str_has_prefix(verb, "IDLE")) {
		g_free(*idle);
		*idle = g_strdup(line);
		say(place->client, "+ go on\r\n");
		return true;
	}
	if (g_str_has_prefix(verb, "EXAMINE"))
		say(place->client,
		    "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n"
		    "* OK [UIDNEXT 1] x\r\n");
	say_ok(place->client, line);
	return true;
}

static gpointer serve(gpointer data)
{
	struct place *place = data;
	g_autofree char *idle = NULL;
	char line[512];
	FILE *in;

	place->client = accept(place->listener, NULL, NULL);
	in = fdopen(place->client, "r");
	say(place->client, "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] x\r\n");
	while (fgets(line, sizeof line, in) != NULL)
		if (!take(place, g_strchomp(line), &idle))
			break;
	fclose(in);
	return NULL;
}

/* ---- the watch ---- */

static void mailboxes(void *data, GArray *list)
{
	const struct imap_watched inbox = {.owner = data, .mailbox = "INBOX"};

	g_array_append_val(list, inbox);
}

static void opened(
    void *data, void *owner, uint32_t uidvalidity, uint32_t uid, bool reset)
{
	g_assert_true(owner == data);
	(void)uidvalidity;
	(void)uid;
	(void)reset;
}

static void synced(void *data, void *owner, uint32_t uid, uint64_t modseq)
{
	(void)uid;
	(void)modseq;
	g_assert_true(owner == data);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	(void)data;
	(void)state;
	(void)reason;
}

static void refreshed(void *data, int64_t age)
{
	struct place *place = data;

	place->lived++;
	place->told = true;
	place->age = age;
}

static void died(void *data, int64_t age)
{
	struct place *place = data;

	place->dead++;
	place->told = true;
	place->age = age;
}

/* Its mailbox is caught up and IDLE is on; then it has answered. */
static void reached(void *data, enum watch_step step)
{
	struct place *place = data;
	size_t size = strlen(place->steps);

	g_assert_cmpuint(size, <, sizeof(place->steps) - 1);
	place->steps[size] = "tosgr"[step];
	place->rested = g_str_has_suffix(place->steps, "rr");
}

static void ended(void *data, const GError *error)
{
	struct place *place = data;

	g_assert_error(error, IMAP_ERROR, IMAP_ERROR_CLOSED);
	place->ended = true;
}

static const struct watch_events events = {
    .mailboxes = mailboxes,
    .opened = opened,
    .synced = synced,
    .changed = changed,
    .refreshed = refreshed,
    .died = died,
    .reached = reached,
    .ended = ended,
};

static void place_open(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct watch_options options = {
	    .account = &place->account,
	    .goal = IMAP_GOAL_WATCH,
	    .refresh = REFRESH,
	    .single = true,
	    .header_fields = "FROM",
	};
	int port;

	place->closes = GPOINTER_TO_INT(data);
	place->listener = net_listen(1, &port);
	place->server = g_thread_new("server", serve, place);
	place->account = (struct config_account){
	    .name = (char *)"work",
	    .host = (char *)"127.0.0.1",
	    .user = (char *)"jane",
	    .port = port,
	    .tls = CONFIG_TLS_NONE,
	};
	options.net = place->net = net_new(&error);
	g_assert_no_error(error);
	place->watch = watch_new(&options, &events, place);
	watch_start(place->watch);
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	watch_free(place->watch);
	g_thread_join(place->server);
	close(place->listener);
	net_free(place->net);
}

static void test_refreshed(struct place *place, gconstpointer data)
{
	(void)data;
	net_run_until(&place->told);
	g_assert_cmpuint(place->lived, ==, 1);
	g_assert_cmpint(place->age, >=, REFRESH);
}

/* As a router that forgot the connection answers: it is as old as the IDLE,
 * though that is not on any more. */
static void test_dead_at_refresh(struct place *place, gconstpointer data)
{
	(void)data;
	net_run_until(&place->told);
	g_assert_cmpuint(place->dead, ==, 1);
	g_assert_cmpint(place->age, >=, REFRESH);
}

static void test_steps(struct place *place, gconstpointer data)
{
	(void)data;
	net_run_until(&place->rested);
	g_assert_cmpstr(place->steps, ==, "torr");
	g_assert_nonnull(watch_stream(place->watch));
	g_assert_true(imap_capabilities_have(
	    watch_capabilities(place->watch), IMAP_CAP_IDLE));
}

/* One that does not come back. */
static void test_single(struct place *place, gconstpointer data)
{
	(void)data;
	net_run_until(&place->ended);
	g_assert_cmpint(watch_state(place->watch), ==, WATCH_STOPPED);
	g_assert_null(watch_stream(place->watch));
	g_assert_null(watch_capabilities(place->watch));
}

#define ADD(name, closes, fn)                                             \
	g_test_add("/watch/" name, struct place, GINT_TO_POINTER(closes), \
	    place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	ADD("refreshed", false, test_refreshed);
	ADD("dead-at-refresh", true, test_dead_at_refresh);
	ADD("steps", false, test_steps);
	ADD("single", true, test_single);
	return g_test_run();
}
