/*
 * Errands, one after the other on one connection, against a server in a thread
 * that keeps what it hears.
 */
#include "app/errand.h"
#include "tests/unit/net.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>

#define CONFIG "[account work]\nhost = 127.0.0.1\nuser = jane\ntls = none\n"

struct place {
	int listener;
	const char *mute;   /* the verb it does not answer, or NULL */
	const char *deadly; /* the verb at whose second time it hangs up */
	unsigned connections;
	GThread *server;
	GMutex lock;
	GString *heard; /* "1 SELECT \"INBOX\"|1 UID FETCH ...|" */
	gint goodbye;
	struct net *net;
	char *file;
	struct settings *settings;
	struct errands *errands;
};

/* One errand and what became of it. */
struct wish {
	struct errand *errand;
	const char *uids; /* to be marked as read; NULL: nothing is wished */
	bool over;        /* in whatever way */
	bool ready;
	unsigned listed;
	uint32_t uidvalidity;
	char *changed;
	GError *error;
};

/* ---- the server ---- */

static void say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		g_test_message("the client has gone");
}

static void note(struct place *place, const char *words)
{
	g_mutex_lock(&place->lock);
	g_string_append_printf(
	    place->heard, "%u %s|", place->connections, words);
	g_mutex_unlock(&place->lock);
}

static void answer(int fd, const char *tag, const char *words)
{
	g_autofree char *line = g_strdup_printf("%s OK x\r\n", tag);

	if (g_str_has_prefix(words, "SELECT") ||
	    g_str_has_prefix(words, "EXAMINE"))
		say(fd, "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n");
	else if (g_str_has_prefix(words, "UID FETCH"))
		say(fd, "* 1 FETCH (UID 38 FLAGS ())\r\n");
	else if (g_str_has_prefix(words, "LIST"))
		say(fd, "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Old\r\n");
	say(fd, line);
}

static bool is_verb(const char *words, const char *verb)
{
	return verb != NULL && g_str_has_prefix(words, verb);
}

/* false: it hangs up. */
static bool take(struct place *place, int fd, char *line, unsigned *deaths)
{
	char *words = strchr(line, ' ');

	*words++ = '\0';
	note(place, words);
	if (is_verb(words, place->deadly) && ++*deaths == 2)
		return false;
	if (is_verb(words, "LOGOUT"))
		g_atomic_int_set(&place->goodbye, 1);
	if (!is_verb(words, place->mute))
		answer(fd, line, words);
	return true;
}

static void converse(struct place *place, int fd, unsigned *deaths)
{
	FILE *in = fdopen(fd, "r");
	char line[512];

	place->connections++;
	say(fd, "* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] x\r\n");
	while (fgets(line, sizeof line, in) != NULL)
		if (!take(place, fd, g_strchomp(line), deaths))
			break;
	fclose(in);
}

/* Until nobody listens any more. */
static gpointer serve(gpointer data)
{
	struct place *place = data;
	unsigned deaths = 0;
	int fd;

	while ((fd = accept(place->listener, NULL, NULL)) >= 0)
		converse(place, fd, &deaths);
	return NULL;
}

/* ---- wishes ---- */

static void listed(void *data, const struct imap_listed *listed_)
{
	struct wish *wish = data;

	g_assert_nonnull(listed_->mailbox);
	wish->listed++;
}

static void ready(void *data, uint32_t uidvalidity)
{
	struct wish *wish = data;
	const struct imap_act act = {.uids = wish->uids, .add = "\\Seen"};

	wish->ready = true;
	wish->uidvalidity = uidvalidity;
	if (wish->uids != NULL) {
		errand_act(wish->errand, &act);
		return;
	}
	wish->over = true;
}

static void done(void *data, const struct imap_done *done_, const GError *error)
{
	struct wish *wish = data;

	wish->changed = g_strdup(done_->changed);
	wish->error = error != NULL ? g_error_copy(error) : NULL;
	wish->over = true;
	g_clear_pointer(&wish->errand, errand_free);
}

static void failed(void *data, const GError *error)
{
	struct wish *wish = data;

	g_assert_false(wish->over);
	wish->error = g_error_copy(error);
	wish->over = true;
	g_clear_pointer(&wish->errand, errand_free);
}

static const struct errand_events events = {
    .listed = listed,
    .ready = ready,
    .done = done,
    .failed = failed,
};

static void wish_for(struct place *place, struct wish *wish,
    const struct errand_options *options)
{
	wish->errand = errand_new(place->errands, options, &events, wish);
}

static void wish_clear(struct wish *wish)
{
	errand_free(wish->errand);
	g_free(wish->changed);
	g_clear_error(&wish->error);
}

static const struct errand_options inbox = {
    .mailbox = "INBOX",
    .writable = true,
};

/* ---- the frame ---- */

static void place_open(struct place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *port = NULL;
	const char *overrides[] = {NULL, NULL};
	int number, file;

	(void)data;
	place->listener = net_listen(4, &number);
	place->heard = g_string_new(NULL);
	g_mutex_init(&place->lock);
	file = g_file_open_tmp("errand-XXXXXX", &place->file, &error);
	g_assert_no_error(error);
	close(file);
	g_file_set_contents(place->file, CONFIG, -1, &error);
	g_assert_no_error(error);
	overrides[0] = port = g_strdup_printf("port=%d", number);
	place->settings = settings_load(place->file, overrides, &error);
	g_assert_no_error(error);
	place->net = net_new(&error);
	g_assert_no_error(error);
	place->errands = errands_new(place->net, place->settings,
	    place->settings->config->accounts->pdata[0], NULL);
}

static void start(struct place *place)
{
	place->server = g_thread_new("server", serve, place);
}

static void place_close(struct place *place, gconstpointer data)
{
	(void)data;
	errands_unref(place->errands);
	shutdown(place->listener, SHUT_RDWR);
	g_thread_join(place->server);
	close(place->listener);
	net_free(place->net);
	settings_unref(place->settings);
	g_remove(place->file);
	g_free(place->file);
	g_string_free(place->heard, TRUE);
	g_mutex_clear(&place->lock);
}

static char *heard(struct place *place)
{
	char *copy;

	g_mutex_lock(&place->lock);
	copy = g_strdup(place->heard->str);
	g_mutex_unlock(&place->lock);
	return copy;
}

static void check_heard(struct place *place, const char *expected)
{
	g_autofree char *all = heard(place);

	g_assert_cmpstr(all, ==, expected);
}

/* ---- tests ---- */

#define READ(n)                                                 \
	n " SELECT \"INBOX\"|" n " UID FETCH 38 (UID FLAGS)|" n \
	  " UID STORE 38 +FLAGS.SILENT "                        \
	  "(\\Seen)|"

static void test_queue(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"}, other = {.uids = "38"}, late = one;
	g_autofree char *all = NULL;

	(void)data;
	start(place);
	wish_for(place, &one, &inbox);
	wish_for(place, &other, &inbox);
	g_assert_false(one.ready);
	net_run_until(&one.over);
	g_assert_cmpstr(one.changed, ==, "38");
	g_assert_cmpuint(one.uidvalidity, ==, 7);
	net_run_until(&other.over);
	g_assert_no_error(other.error);
	net_run_dry();
	wish_for(place, &late, &inbox);
	net_run_until(&late.over);
	g_assert_no_error(late.error);
	all = heard(place);
	/* Unless this machine is so slow that it was not waited for. */
	if (strstr(all, "LOGOUT") == NULL)
		g_assert_cmpstr(all, ==, READ("1") READ("1") READ("1"));
	else
		g_assert_cmpstr(
		    all, ==, READ("1") READ("1") "1 LOGOUT|" READ("2"));
	wish_clear(&one);
	wish_clear(&other);
	wish_clear(&late);
}

static void test_list(struct place *place, gconstpointer data)
{
	struct errand_options options = {.mailbox = "Old", .list = true};
	struct wish wish = {0};

	(void)data;
	start(place);
	wish_for(place, &wish, &options);
	net_run_until(&wish.over);
	g_assert_true(wish.ready);
	g_assert_cmpuint(wish.listed, ==, 2);
	check_heard(place, "1 EXAMINE \"Old\"|1 LIST \"\" \"*\"|");
	wish_clear(&wish);
}

/* The server had closed what was kept for another one. */
static void test_died_meanwhile(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"}, other = {.uids = "38"};

	(void)data;
	place->deadly = "SELECT";
	start(place);
	wish_for(place, &one, &inbox);
	net_run_until(&one.over);
	wish_for(place, &other, &inbox);
	net_run_until(&other.over);
	g_assert_no_error(other.error);
	g_assert_cmpstr(other.changed, ==, "38");
	check_heard(place, READ("1") "1 SELECT \"INBOX\"|" READ("2"));
	wish_clear(&one);
	wish_clear(&other);
}

/* What may have been done is not tried again. */
static void test_died_within(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"}, other = {.uids = "38"};

	(void)data;
	place->deadly = "UID STORE";
	start(place);
	wish_for(place, &one, &inbox);
	wish_for(place, &other, &inbox);
	net_run_until(&other.over);
	g_assert_error(other.error, IMAP_ERROR, IMAP_ERROR_CLOSED);
	check_heard(place, READ("1") READ("1"));
	wish_clear(&one);
	wish_clear(&other);
}

static void test_deadline(struct place *place, gconstpointer data)
{
	struct errand_options options = inbox;
	struct wish slow = {.uids = "38"}, queued = {.uids = "38"};

	(void)data;
	place->mute = "UID STORE";
	options.deadline = 50;
	start(place);
	wish_for(place, &slow, &options);
	wish_for(place, &queued, &options);
	net_run_until(&slow.over);
	g_assert_error(slow.error, IMAP_ERROR, IMAP_ERROR_TIMEOUT);
	net_run_until(&queued.over);
	g_assert_error(queued.error, IMAP_ERROR, IMAP_ERROR_TIMEOUT);
	wish_clear(&slow);
	wish_clear(&queued);
}

/* It does not have to wait for the one before it to be told. */
static void test_deadline_queued(struct place *place, gconstpointer data)
{
	struct errand_options options = inbox;
	struct wish slow = {.uids = "38"}, queued = {.uids = "38"};

	(void)data;
	place->mute = "UID STORE";
	options.deadline = 50;
	start(place);
	wish_for(place, &slow, &inbox);
	wish_for(place, &queued, &options);
	net_run_until(&queued.over);
	g_assert_error(queued.error, IMAP_ERROR, IMAP_ERROR_TIMEOUT);
	g_assert_false(slow.over);
	wish_clear(&slow);
	wish_clear(&queued);
}

/* Its answer must not be taken for that of the next one. */
static void test_given_up(struct place *place, gconstpointer data)
{
	struct wish one = {0}, other = {.uids = "38"};
	const struct imap_act act = {.uids = "39", .add = "\\Seen"};
	g_autofree char *all = NULL;

	(void)data;
	start(place);
	wish_for(place, &one, &inbox);
	net_run_until(&one.ready);
	errand_act(one.errand, &act);
	g_clear_pointer(&one.errand, errand_free);
	wish_for(place, &other, &inbox);
	net_run_until(&other.over);
	g_assert_cmpstr(other.changed, ==, "38");
	all = heard(place);
	g_assert_nonnull(strstr(all, READ("2")));
	wish_clear(&other);
}

static void test_given_up_early(struct place *place, gconstpointer data)
{
	struct wish one = {0}, queued = {0}, other = {.uids = "38"};

	(void)data;
	start(place);
	wish_for(place, &one, &inbox);
	g_main_context_iteration(NULL, TRUE);
	wish_for(place, &queued, &inbox);
	wish_for(place, &other, &inbox);
	g_clear_pointer(&one.errand, errand_free);
	g_clear_pointer(&queued.errand, errand_free);
	net_run_until(&other.over);
	g_assert_no_error(other.error);
	g_assert_false(one.over || queued.over);
	wish_clear(&other);
}

static void test_freed(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"}, queued = {.uids = "38"};

	(void)data;
	place->mute = "UID STORE";
	start(place);
	wish_for(place, &one, &inbox);
	wish_for(place, &queued, &inbox);
	net_run_until(&one.ready);
	g_clear_pointer(&place->errands, errands_unref);
	g_assert_error(one.error, IMAP_ERROR, IMAP_ERROR_CLOSED);
	g_assert_error(queued.error, IMAP_ERROR, IMAP_ERROR_CLOSED);
	wish_clear(&one);
	wish_clear(&queued);
}

static void test_unreachable(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"}, queued = {.uids = "38"};

	(void)data;
	start(place);
	shutdown(place->listener, SHUT_RDWR);
	wish_for(place, &one, &inbox);
	wish_for(place, &queued, &inbox);
	net_run_until(&queued.over);
	g_assert_error(one.error, NET_ERROR, NET_ERROR_CONNECT);
	g_assert_error(queued.error, NET_ERROR, NET_ERROR_CONNECT);
	wish_clear(&one);
	wish_clear(&queued);
}

static gboolean has_gone(gpointer data)
{
	struct place *place = data;

	return g_atomic_int_get(&place->goodbye) == 0;
}

/* By itself, a few seconds after the last one. */
static void test_goodbye(struct place *place, gconstpointer data)
{
	struct wish one = {.uids = "38"};
	unsigned look;

	(void)data;
	start(place);
	wish_for(place, &one, &inbox);
	net_run_until(&one.over);
	look = g_timeout_add(20, has_gone, place);
	while (g_main_context_find_source_by_id(NULL, look) != NULL)
		g_main_context_iteration(NULL, TRUE);
	check_heard(place, READ("1") "1 LOGOUT|");
	wish_clear(&one);
}

#define ADD(name, fn) \
	g_test_add(   \
	    "/errand/" name, struct place, NULL, place_open, fn, place_close)

int main(int argc, char **argv)
{
	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	unit_init(argv[0]);
	ADD("queue", test_queue);
	ADD("list", test_list);
	ADD("died-meanwhile", test_died_meanwhile);
	ADD("died-within", test_died_within);
	ADD("deadline", test_deadline);
	ADD("deadline/queued", test_deadline_queued);
	ADD("given-up", test_given_up);
	ADD("given-up/early", test_given_up_early);
	ADD("freed", test_freed);
	ADD("unreachable", test_unreachable);
	ADD("goodbye", test_goodbye);
	return g_test_run();
}
