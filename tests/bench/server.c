/*
 * A scripted IMAP server for measurements: one thread, any user with any
 * password, 10,000 connections and more.  Message n of a mailbox has the UID
 * n; nothing is ever expunged.  Literals from clients are not understood.
 *
 *     server [--certificate PEM --key PEM] [--tls-1.2] [--no-tickets]
 *            [--capabilities TEXT] [--mailboxes INBOX,NAME...]
 *            [--messages COUNT]     in each mailbox from the beginning
 *
 * Without a certificate it speaks plaintext.  It prints "port NUMBER", then
 * answers to lines on its standard input, until that ends:
 *
 *     deliver USER [MAILBOX [COUNT]]  "exists USER MAILBOX UID NS" for each;
 *                   NS: CLOCK_MONOTONIC before the write, 0: nobody listens
 *     deliver-all [COUNT]  to each user's INBOX: "delivered CLIENTS NS NS",
 *                   before the first write and behind the last
 *     await COUNT   "idling COUNT" as soon as so many connections are in IDLE
 *     say USER TEXT a line of the server's own to that user's connections
 *     drop USER     closes them; drop-all: everybody's
 *     stats         "stats NAME=VALUE..."; octets are those on the wire
 */
#include "server.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 256
};

struct server_options server_options = {
    .capabilities = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE "
		    "NAMESPACE UIDPLUS LIST-EXTENDED LIST-STATUS",
    .mailboxes = "INBOX"};
struct server_stats server_stats;
char **server_mailboxes;
GHashTable *server_accounts;
int server_epoll;

static int listener;
static const int control_fd = STDIN_FILENO;
static unsigned awaited;
static GHashTable *clients; /* a set */

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct account *server_account(const char *name)
{
	struct account *account = g_hash_table_lookup(server_accounts, name);
	unsigned count = g_strv_length(server_mailboxes);

	if (account != NULL)
		return account;
	account = g_new0(struct account, 1);
	account->name = g_strdup(name);
	account->messages = g_new(uint32_t, count);
	for (unsigned i = 0; i < count; i++)
		account->messages[i] = (uint32_t)server_options.messages;
	g_hash_table_insert(server_accounts, account->name, account);
	return account;
}

static void accept_all(void)
{
	int fd;

	while ((fd = accept4(
		    listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		g_hash_table_add(clients, client_new(fd));
	if (errno == EMFILE || errno == ENFILE)
		fprintf(stderr, "server: too many connections\n");
}

/* ---- control ---- */

/* To those who listen; when the first write began, 0: there was none. */
static int64_t deliver(struct account *account, int mailbox, unsigned *told)
{
	int64_t began = 0;

	account->messages[mailbox]++;
	for (GSList *at = account->clients; at != NULL; at = at->next) {
		struct client *client = at->data;

		if (!client->idling)
			continue;
		if (client->selected == mailbox)
			speech_exists(client);
		else if (client->notify != NULL)
			speech_status(client, mailbox, "MESSAGES UIDNEXT");
		else
			continue;
		began = began != 0 ? began : now_ns();
		client_flush(client);
		(*told)++;
	}
	return began;
}

static void control_deliver(char **words, unsigned count)
{
	const char *name = count > 2 ? words[2] : "INBOX";
	unsigned times =
	    count > 3 ? (unsigned)g_ascii_strtoull(words[3], NULL, 10) : 1;
	struct account *account;
	int mailbox = speech_find(name);
	unsigned told = 0;

	if (count < 2 || mailbox < 0) {
		printf("error: deliver USER [MAILBOX [COUNT]]\n");
		return;
	}
	account = server_account(words[1]);
	for (unsigned i = 0; i < times; i++) {
		int64_t began = deliver(account, mailbox, &told);

		printf("exists %s %s %u %" G_GINT64_FORMAT "\n", words[1], name,
		    account->messages[mailbox], began);
	}
}

static void control_deliver_all(char **words, unsigned count)
{
	uint64_t times = count > 1 ? g_ascii_strtoull(words[1], NULL, 10) : 1;
	int64_t began = now_ns();
	unsigned told = 0;
	GHashTableIter iter;
	gpointer account;

	for (uint64_t i = 0; i < times; i++) {
		g_hash_table_iter_init(&iter, server_accounts);
		while (g_hash_table_iter_next(&iter, NULL, &account))
			deliver(account, 0, &told);
	}
	printf("delivered %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", told,
	    began, now_ns());
}

void server_idles(void)
{
	if (awaited == 0 || server_stats.idling < awaited)
		return;
	printf("idling %u\n", server_stats.idling);
	awaited = 0;
}

static void control_await(char **words, unsigned count)
{
	awaited =
	    count > 1 ? (unsigned)g_ascii_strtoull(words[1], NULL, 10) : 0;
	server_idles();
}

static void control_say(char **words, unsigned count)
{
	g_autofree char *text = NULL;

	if (count < 3)
		return;
	text = g_strjoinv(" ", words + 2);
	for (GSList *at = server_account(words[1])->clients; at;
	     at = at->next) {
		client_say(at->data, "%s", text);
		client_flush(at->data);
	}
	printf("said\n");
}

static void control_drop(char **words, unsigned count)
{
	GHashTableIter iter;
	gpointer data;

	g_hash_table_iter_init(&iter, clients);
	while (g_hash_table_iter_next(&iter, &data, NULL)) {
		struct client *client = data;

		if (count < 2 ||
		    (client->account != NULL &&
			strcmp(client->account->name, words[1]) == 0))
			g_hash_table_iter_remove(&iter);
	}
	printf("dropped\n");
}

static void control_stats(char **words, unsigned count)
{
	(void)words;
	(void)count;
	printf("stats connections=%u idling=%u accepted=%u handshakes=%u "
	       "resumed=%u commands=%u up=%" G_GUINT64_FORMAT
	       " down=%" G_GUINT64_FORMAT "\n",
	    server_stats.connections, server_stats.idling,
	    server_stats.accepted, server_stats.handshakes,
	    server_stats.resumed, server_stats.commands, server_stats.up,
	    server_stats.down);
}

static const struct control {
	const char *name;
	void (*act)(char **words, unsigned count);
} controls[] = {{"deliver", control_deliver},
    {"deliver-all", control_deliver_all}, {"await", control_await},
    {"say", control_say}, {"drop", control_drop}, {"drop-all", control_drop},
    {"stats", control_stats}};

static void control(const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	for (unsigned i = 0; i < G_N_ELEMENTS(controls); i++)
		if (g_strcmp0(words[0], controls[i].name) == 0) {
			controls[i].act(words, g_strv_length(words));
			return;
		}
	printf("error: %s\n", line);
}

/* False: standard input has ended. */
static bool read_control(void)
{
	static GString *in;
	char data[4096], *end;
	ssize_t size = read(STDIN_FILENO, data, sizeof(data));

	if (size <= 0)
		return false;
	if (in == NULL)
		in = g_string_new(NULL);
	g_string_append_len(in, data, size);
	while ((end = strchr(in->str, '\n')) != NULL) {
		*end = '\0';
		control(in->str);
		g_string_erase(in, 0, end + 1 - in->str);
	}
	fflush(stdout);
	return true;
}

/* ---- life ---- */

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "server: %s: %s\n", what, g_strerror(errno));
	exit(1);
}

static void raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void prepare_listener(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	listener =
	    socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	check(listener, "socket");
	check(bind(listener, (struct sockaddr *)&address, size), "bind");
	check(listen(listener, SOMAXCONN), "listen");
	getsockname(listener, (struct sockaddr *)&address, &size);
	printf("port %u\n", ntohs(address.sin_port));
	fflush(stdout);
}

static void watch(const int *fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = (void *)fd};

	check(epoll_ctl(server_epoll, EPOLL_CTL_ADD, *fd, &event), "epoll");
}

static void serve(void)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int count = epoll_wait(server_epoll, events, EVENTS_MAX, -1);
		bool controlled = false;

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &listener)
				accept_all();
			else if (events[i].data.ptr == &control_fd)
				controlled = true;
			else if (!client_serve(
				     events[i].data.ptr, events[i].events))
				g_hash_table_remove(
				    clients, events[i].data.ptr);
		}
		/* Last, as it may free clients that have events. */
		if (controlled && !read_control())
			return;
		fflush(stdout);
	}
}

static const GOptionEntry entries[] = {
    {"certificate", 0, 0, G_OPTION_ARG_FILENAME, &server_options.certificate,
	"", "PEM"},
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &server_options.key, "", "PEM"},
    {"tls-1.2", 0, 0, G_OPTION_ARG_NONE, &server_options.only_1_2, "", NULL},
    {"no-tickets", 0, 0, G_OPTION_ARG_NONE, &server_options.no_tickets, "",
	NULL},
    {"capabilities", 0, 0, G_OPTION_ARG_STRING, &server_options.capabilities,
	"", "TEXT"},
    {"mailboxes", 0, 0, G_OPTION_ARG_STRING, &server_options.mailboxes, "",
	"NAMES"},
    {"messages", 0, 0, G_OPTION_ARG_INT, &server_options.messages, "", "COUNT"},
    {0}};

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "server: %s\n", error->message);
		return 64;
	}
	server_mailboxes = g_strsplit(server_options.mailboxes, ",", -1);
	server_accounts = g_hash_table_new(g_str_hash, g_str_equal);
	clients = g_hash_table_new_full(NULL, NULL, client_free, NULL);
	raise_limit();
	client_prepare();
	server_epoll = epoll_create1(EPOLL_CLOEXEC);
	check(server_epoll, "epoll");
	prepare_listener();
	watch(&listener);
	watch(&control_fd);
	serve();
	return 0;
}
