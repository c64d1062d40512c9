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
#include <errno.h>
#include <glib.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DATE "22-Nov-2026 12:00:00 +0000"
enum {
	LINE_MAX_SIZE = 65536,
	EVENTS_MAX = 256
};

struct account {
	char *name;
	GSList *clients;
	uint32_t *messages; /* of each mailbox */
};

/* Idle connections have no buffers. */
struct client {
	int fd;
	gnutls_session_t tls; /* NULL: plaintext */
	struct account *account;
	int selected;  /* index of the mailbox, -1: none */
	uint32_t told; /* messages in it that the client knows of */
	bool handshaken, idling, stuck, ending, wants_out;
	char *tag;    /* of IDLE or AUTHENTICATE, which is not over */
	char *notify; /* what to FETCH of news (RFC 5465) */
	GString *in, *out;
};

static struct {
	const char *certificate, *key, *capabilities, *mailboxes;
	gboolean only_1_2, no_tickets;
	int messages;
} options = {.capabilities = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE "
			     "NAMESPACE UIDPLUS LIST-EXTENDED LIST-STATUS",
    .mailboxes = "INBOX"};

static struct {
	unsigned accepted, handshakes, resumed, connections, idling, commands;
	uint64_t up, down;
} stats;

static int epoll;
static int listener;
static const int control_fd = STDIN_FILENO;
static unsigned awaited;
static char **mailboxes;
static GHashTable *accounts; /* by name */
static GHashTable *clients;  /* a set */
static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- accounts ---- */

static struct account *account_get(const char *name)
{
	struct account *account = g_hash_table_lookup(accounts, name);
	unsigned count = g_strv_length(mailboxes);

	if (account != NULL)
		return account;
	account = g_new0(struct account, 1);
	account->name = g_strdup(name);
	account->messages = g_new(uint32_t, count);
	for (unsigned i = 0; i < count; i++)
		account->messages[i] = (uint32_t)options.messages;
	g_hash_table_insert(accounts, account->name, account);
	return account;
}

static int mailbox_find(const char *name)
{
	for (int i = 0; mailboxes[i] != NULL; i++)
		if (g_ascii_strcasecmp(mailboxes[i], name) == 0)
			return i;
	return -1;
}

static uint32_t mailbox_size(const struct client *client)
{
	return client->selected < 0
	    ? 0
	    : client->account->messages[client->selected];
}

/* ---- octets ---- */

static ssize_t wire_send(gnutls_transport_ptr_t to, const void *data, size_t n)
{
	ssize_t sent = send(((struct client *)to)->fd, data, n, MSG_NOSIGNAL);

	stats.down += sent > 0 ? (uint64_t)sent : 0;
	return sent;
}

static ssize_t wire_receive(gnutls_transport_ptr_t from, void *data, size_t n)
{
	ssize_t got = recv(((struct client *)from)->fd, data, n, 0);

	stats.up += got > 0 ? (uint64_t)got : 0;
	return got;
}

static bool is_for_later(ssize_t result, bool tls)
{
	return tls ? result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED
		   : result < 0 && (errno == EAGAIN || errno == EINTR);
}

static void client_listen(struct client *client, bool out)
{
	struct epoll_event event = {
	    .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = client};

	if (client->wants_out != out)
		epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
	client->wants_out = out;
}

static void stop_idle(struct client *client)
{
	stats.idling -= client->idling;
	client->idling = false;
	g_clear_pointer(&client->tag, g_free);
}

static void buffer_free(GString **buffer)
{
	if (*buffer != NULL)
		g_string_free(g_steal_pointer(buffer), TRUE);
}

static void client_free(gpointer data)
{
	struct client *client = data;

	if (client->account != NULL)
		client->account->clients =
		    g_slist_remove(client->account->clients, client);
	stop_idle(client);
	if (client->tls != NULL)
		gnutls_deinit(client->tls);
	close(client->fd);
	g_free(client->notify);
	buffer_free(&client->in);
	buffer_free(&client->out);
	g_free(client);
	stats.connections--;
}

/* Ends it once the caller is back in the loop. */
static void client_end(struct client *client)
{
	client->ending = true;
	shutdown(client->fd, SHUT_RD);
	if (client->out != NULL)
		g_string_truncate(client->out, 0);
}

/* What was begun goes on with the same record: GnuTLS has a copy. */
static ssize_t send_some(struct client *client)
{
	if (client->tls == NULL)
		return wire_send(client, client->out->str, client->out->len);
	if (client->stuck)
		return gnutls_record_send(client->tls, NULL, 0);
	return gnutls_record_send(
	    client->tls, client->out->str, client->out->len);
}

static void client_flush(struct client *client)
{
	while (client->out != NULL && client->out->len > 0) {
		ssize_t sent = send_some(client);

		client->stuck = is_for_later(sent, client->tls != NULL);
		if (client->stuck)
			break;
		if (sent < 0)
			client_end(client);
		else
			g_string_erase(client->out, 0, sent);
	}
	if (!client->stuck)
		buffer_free(&client->out);
	client_listen(client, client->stuck);
}

static void G_GNUC_PRINTF(2, 3)
    say(struct client *client, const char *format, ...)
{
	va_list arguments;

	if (client->out == NULL)
		client->out = g_string_new(NULL);
	va_start(arguments, format);
	g_string_append_vprintf(client->out, format, arguments);
	va_end(arguments);
	g_string_append(client->out, "\r\n");
}

/* ---- messages ---- */

static char *message_header(const struct client *client, uint32_t uid)
{
	return g_strdup_printf("From: Anna Example <anna@example.org>\r\n"
			       "To: %s@example.org\r\nSubject: Message %u\r\n"
			       "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
			       "Message-ID: <%s.%d.%u@example.org>\r\n\r\n",
	    client->account->name, uid, client->account->name, client->selected,
	    uid);
}

/* " BODY[SECTION] {SIZE}" and its text, as asked for by BODY.PEEK[SECTION]
 * and maybe <OFFSET.COUNT>. */
static void append_section(
    GString *to, const char *asked, const char *header, const char *whole)
{
	const char *section = asked + strlen("BODY.PEEK[");
	size_t size = strcspn(section, "]");
	bool is_header = g_str_has_prefix(section, "HEADER");
	const char *text = is_header ? header : whole;
	unsigned offset = 0, count = UINT32_MAX;
	bool partial = sscanf(section + size, "]<%u.%u>", &offset, &count) > 0;

	offset = MIN(offset, (unsigned)strlen(text));
	count = MIN(count, (unsigned)strlen(text + offset));
	g_string_append_printf(to, " BODY[%.*s]", (int)size, section);
	if (partial)
		g_string_append_printf(to, "<%u>", offset);
	g_string_append_printf(
	    to, " {%u}\r\n%.*s", count, (int)count, text + offset);
}

static void tell_message(struct client *client, uint32_t uid, const char *items)
{
	g_autofree char *header = message_header(client, uid);
	g_autofree char *whole = g_strconcat(header, "Hello.\r\n", NULL);
	const char *section = strstr(items, "BODY.PEEK[");
	GString *all = g_string_new(NULL);

	g_string_printf(all,
	    "* %u FETCH (UID %u FLAGS () INTERNALDATE \"" DATE
	    "\" RFC822.SIZE %zu",
	    uid, uid, strlen(whole));
	if (strstr(items, "MODSEQ") != NULL)
		g_string_append_printf(all, " MODSEQ (%u)", uid);
	if (section != NULL)
		append_section(all, section, header, whole);
	say(client, "%s)", all->str);
	g_string_free(all, TRUE);
}

static void tell_exists(struct client *client)
{
	uint32_t size = mailbox_size(client), told = client->told;

	if (told == size)
		return;
	client->told = size;
	say(client, "* %u EXISTS", size);
	for (uint32_t uid = told + 1; client->notify && uid <= size; uid++)
		tell_message(client, uid, client->notify);
}

static void tell_status(struct client *client, int mailbox, const char *items)
{
	uint32_t size = client->account->messages[mailbox];
	const struct {
		const char *name;
		uint32_t value;
	} known[] = {{"MESSAGES", size}, {"UIDNEXT", size + 1},
	    {"UIDVALIDITY", 1}, {"UNSEEN", size}, {"HIGHESTMODSEQ", size + 1}};
	GString *all = g_string_new(NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(known); i++)
		if (strstr(items, known[i].name) != NULL)
			g_string_append_printf(all, "%s%s %u",
			    all->len > 0 ? " " : "", known[i].name,
			    known[i].value);
	say(client, "* STATUS \"%s\" (%s)", mailboxes[mailbox], all->str);
	g_string_free(all, TRUE);
}

/* ---- commands: each says all but its OK; false: NO ---- */

/* The next word or quoted string, moved to the front of what is left. */
static char *take_word(const char **rest)
{
	const char *start = *rest, *end;

	if (*start == '"') {
		start++;
		end = start + strcspn(start, "\"");
		*rest = end + strspn(end, "\" ");
	} else {
		end = start + strcspn(start, " ");
		*rest = end + strspn(end, " ");
	}
	return g_strndup(start, (gsize)(end - start));
}

static void log_in(struct client *client, const char *user)
{
	client->account = account_get(user);
	client->account->clients =
	    g_slist_prepend(client->account->clients, client);
}

static bool do_capability(struct client *client, const char *rest)
{
	(void)rest;
	say(client, "* CAPABILITY %s", options.capabilities);
	return true;
}

static bool do_login(struct client *client, const char *rest)
{
	g_autofree char *user = take_word(&rest);

	log_in(client, user);
	return true;
}

static bool take_plain(struct client *client, const char *text)
{
	gsize size;
	g_autofree guchar *plain = g_base64_decode(text, &size);
	const char *user = memchr(plain, 0, size);

	if (user == NULL ||
	    memchr(user + 1, 0, size - (gsize)(user + 1 - (char *)plain)) ==
		NULL)
		return false;
	log_in(client, user + 1);
	return true;
}

static bool do_select(struct client *client, const char *rest)
{
	g_autofree char *name = take_word(&rest);
	uint32_t size;

	client->selected = mailbox_find(name);
	if (client->selected < 0 || client->account == NULL)
		return false;
	client->told = size = mailbox_size(client);
	say(client, "* FLAGS (\\Answered \\Seen \\Deleted)");
	say(client, "* OK [PERMANENTFLAGS ()] none");
	say(client, "* %u EXISTS\r\n* 0 RECENT", size);
	say(client, "* OK [UIDVALIDITY 1] valid");
	say(client, "* OK [UIDNEXT %u] next", size + 1);
	if (strstr(options.capabilities, "CONDSTORE") != NULL)
		say(client, "* OK [HIGHESTMODSEQ %u] highest", size + 1);
	return true;
}

static bool do_status(struct client *client, const char *rest)
{
	g_autofree char *name = take_word(&rest);
	int mailbox = mailbox_find(name);

	if (mailbox < 0 || client->account == NULL)
		return false;
	tell_status(client, mailbox, rest);
	return true;
}

/* Patterns are not looked at. */
static bool do_list(struct client *client, const char *rest)
{
	const char *status = strstr(rest, "STATUS (");

	for (int i = 0; mailboxes[i] != NULL && client->account; i++) {
		say(client, "* LIST () \"/\" \"%s\"", mailboxes[i]);
		if (status != NULL)
			tell_status(client, i, status);
	}
	return client->account != NULL;
}

static bool do_fetch(struct client *client, const char *rest)
{
	uint32_t size = mailbox_size(client);
	unsigned first = 0, last = 0;
	g_autofree char *set = take_word(&rest);
	int count = sscanf(set, "%u:%u", &first, &last);

	if (set[0] == '*' || (strstr(set, ":*") != NULL && first > size))
		first = last = size;
	else if (strstr(set, ":*") != NULL)
		last = size;
	else if (count == 1)
		last = first;
	for (uint32_t uid = MAX(first, 1); uid <= MIN(last, size); uid++)
		tell_message(client, uid, rest);
	return true;
}

static bool do_search(struct client *client, const char *rest)
{
	GString *all = g_string_new("* SEARCH");

	(void)rest;
	for (uint32_t uid = 1; uid <= mailbox_size(client); uid++)
		g_string_append_printf(all, " %u", uid);
	say(client, "%s", all->str);
	g_string_free(all, TRUE);
	return true;
}

static bool do_enable(struct client *client, const char *rest)
{
	say(client, "* ENABLED %s", rest);
	return true;
}

static bool do_id(struct client *client, const char *rest)
{
	(void)rest;
	say(client, "* ID (\"name\" \"scripted\")");
	return true;
}

static bool do_namespace(struct client *client, const char *rest)
{
	(void)rest;
	say(client, "* NAMESPACE ((\"\" \"/\")) NIL NIL");
	return true;
}

static bool do_noop(struct client *client, const char *rest)
{
	(void)rest;
	tell_exists(client);
	return true;
}

/* Of all that NOTIFY can say: the items of MessageNew in "selected". */
static bool do_notify(struct client *client, const char *rest)
{
	const char *items = strstr(rest, "MessageNew (");

	g_clear_pointer(&client->notify, g_free);
	if (g_ascii_strncasecmp(rest, "SET", 3) == 0)
		client->notify = g_strdup(items != NULL ? items : "");
	return true;
}

static bool do_logout(struct client *client, const char *rest)
{
	(void)rest;
	say(client, "* BYE");
	client->ending = true;
	return true;
}

static const struct command {
	const char *name;
	bool (*act)(struct client *client, const char *rest);
} commands[] = {{"CAPABILITY", do_capability}, {"LOGIN", do_login},
    {"SELECT", do_select}, {"EXAMINE", do_select}, {"STATUS", do_status},
    {"LIST", do_list}, {"UID FETCH", do_fetch}, {"FETCH", do_fetch},
    {"UID SEARCH", do_search}, {"SEARCH", do_search}, {"ENABLE", do_enable},
    {"ID", do_id}, {"NAMESPACE", do_namespace}, {"NOOP", do_noop},
    {"CHECK", do_noop}, {"NOTIFY", do_notify}, {"LOGOUT", do_logout}};

static bool act(struct client *client, const char *line)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
		size_t size = strlen(commands[i].name);

		if (g_ascii_strncasecmp(line, commands[i].name, size) == 0 &&
		    (line[size] == ' ' || line[size] == '\0'))
			return commands[i].act(
			    client, line + size + strspn(line + size, " "));
	}
	return true;
}

static void finish(struct client *client, const char *tag, bool ok, bool login)
{
	if (login && ok)
		say(client, "%s OK [CAPABILITY %s] in", tag,
		    options.capabilities);
	else
		say(client, "%s %s done", tag, ok ? "OK" : "NO");
}

static void start_idle(struct client *client, const char *tag)
{
	client->tag = g_strdup(tag);
	client->idling = true;
	stats.idling++;
	say(client, "+ idling");
	tell_exists(client);
	if (awaited > 0 && stats.idling >= awaited) {
		printf("idling %u\n", stats.idling);
		awaited = 0;
	}
}

static void authenticate(
    struct client *client, const char *tag, const char *rest)
{
	g_autofree char *mechanism = take_word(&rest);

	if (*rest != '\0') {
		finish(client, tag, take_plain(client, rest), true);
		return;
	}
	client->tag = g_strdup(tag);
	say(client, "+ ");
}

static void take_command(struct client *client, const char *line)
{
	g_autofree char *tag = take_word(&line);

	if (g_ascii_strncasecmp(line, "AUTHENTICATE ", 13) == 0)
		authenticate(client, tag, line + 13);
	else if (g_ascii_strcasecmp(line, "IDLE") == 0)
		start_idle(client, tag);
	else
		finish(client, tag, act(client, line),
		    g_ascii_strncasecmp(line, "LOGIN ", 6) == 0);
}

/* What comes while a command with a dialogue is not over. */
static void take_answer(struct client *client, const char *line)
{
	g_autofree char *tag = g_strdup(client->tag);
	bool idled = client->idling;

	stop_idle(client);
	finish(client, tag, idled || take_plain(client, line), !idled);
}

static void take_lines(struct client *client)
{
	char *end;

	while (!client->ending && client->in != NULL &&
	    (end = strstr(client->in->str, "\r\n")) != NULL) {
		g_autofree char *line =
		    g_strndup(client->in->str, (gsize)(end - client->in->str));

		g_string_erase(client->in, 0, end + 2 - client->in->str);
		stats.commands++;
		if (client->tag != NULL)
			take_answer(client, line);
		else
			take_command(client, line);
	}
	if (client->in != NULL && client->in->len == 0)
		buffer_free(&client->in);
}

/* ---- connections ---- */

static void greet(struct client *client)
{
	client->handshaken = true;
	say(client, "* OK [CAPABILITY %s AUTH=PLAIN] scripted server",
	    options.capabilities);
}

static void shake_hands(struct client *client)
{
	int result = gnutls_handshake(client->tls);

	if (is_for_later(result, true)) {
		client_listen(
		    client, gnutls_record_get_direction(client->tls) == 1);
		return;
	}
	if (result < 0) {
		client_end(client);
		return;
	}
	stats.handshakes++;
	stats.resumed += gnutls_session_is_resumed(client->tls) != 0;
	greet(client);
}

static ssize_t receive(struct client *client, char *data, size_t size)
{
	return client->tls != NULL ? gnutls_record_recv(client->tls, data, size)
				   : wire_receive(client, data, size);
}

static void client_read(struct client *client)
{
	static char data[16384];
	ssize_t size;

	while ((size = receive(client, data, sizeof(data))) > 0) {
		if (client->in == NULL)
			client->in = g_string_new(NULL);
		g_string_append_len(client->in, data, size);
	}
	if (!is_for_later(size, client->tls != NULL) ||
	    (client->in != NULL && client->in->len > LINE_MAX_SIZE))
		client_end(client);
	take_lines(client);
}

static void client_serve(struct client *client, uint32_t events)
{
	if (!client->handshaken)
		shake_hands(client);
	else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		client_read(client);
	client_flush(client);
	if (client->ending && !client->stuck)
		g_hash_table_remove(clients, client);
}

static gnutls_session_t tls_new(struct client *client)
{
	gnutls_session_t tls;

	gnutls_init(&tls, GNUTLS_SERVER | GNUTLS_NONBLOCK);
	gnutls_priority_set(tls, priority);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
	if (!options.no_tickets)
		gnutls_session_ticket_enable_server(tls, &ticket_key);
	gnutls_transport_set_ptr(tls, client);
	gnutls_transport_set_push_function(tls, wire_send);
	gnutls_transport_set_pull_function(tls, wire_receive);
	return tls;
}

static void client_new(int fd)
{
	struct client *client = g_new0(struct client, 1);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	client->fd = fd;
	client->selected = -1;
	g_hash_table_add(clients, client);
	stats.accepted++;
	stats.connections++;
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	if (options.certificate != NULL) {
		client->tls = tls_new(client);
	} else {
		greet(client);
		client_flush(client);
	}
}

static void accept_all(void)
{
	int fd;

	while ((fd = accept4(
		    listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		client_new(fd);
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
			tell_exists(client);
		else if (client->notify != NULL)
			tell_status(client, mailbox, "MESSAGES UIDNEXT");
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
	int mailbox = mailbox_find(name);
	unsigned told = 0;

	if (count < 2 || mailbox < 0) {
		printf("error: deliver USER [MAILBOX [COUNT]]\n");
		return;
	}
	account = account_get(words[1]);
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
		g_hash_table_iter_init(&iter, accounts);
		while (g_hash_table_iter_next(&iter, NULL, &account))
			deliver(account, 0, &told);
	}
	printf("delivered %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", told,
	    began, now_ns());
}

static void control_await(char **words, unsigned count)
{
	awaited =
	    count > 1 ? (unsigned)g_ascii_strtoull(words[1], NULL, 10) : 0;
	if (stats.idling < awaited)
		return;
	printf("idling %u\n", stats.idling);
	awaited = 0;
}

static void control_say(char **words, unsigned count)
{
	g_autofree char *text = NULL;

	if (count < 3)
		return;
	text = g_strjoinv(" ", words + 2);
	for (GSList *at = account_get(words[1])->clients; at; at = at->next) {
		say(at->data, "%s", text);
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
	    stats.connections, stats.idling, stats.accepted, stats.handshakes,
	    stats.resumed, stats.commands, stats.up, stats.down);
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
	fprintf(stderr, "server: %s: %s\n", what,
	    result == -1 && errno ? g_strerror(errno)
				  : gnutls_strerror(result));
	exit(1);
}

static void prepare_tls(void)
{
	if (options.certificate == NULL)
		return;
	gnutls_certificate_allocate_credentials(&credentials);
	check(gnutls_certificate_set_x509_key_file(credentials,
		  options.certificate, options.key, GNUTLS_X509_FMT_PEM),
	    options.certificate);
	gnutls_priority_init(&priority,
	    options.only_1_2 ? "NORMAL:-VERS-TLS1.3" : "NORMAL", NULL);
	gnutls_session_ticket_key_generate(&ticket_key);
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

	check(epoll_ctl(epoll, EPOLL_CTL_ADD, *fd, &event), "epoll");
}

static void serve(void)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
		bool controlled = false;

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &listener)
				accept_all();
			else if (events[i].data.ptr == &control_fd)
				controlled = true;
			else
				client_serve(
				    events[i].data.ptr, events[i].events);
		}
		/* Last, as it may free clients that have events. */
		if (controlled && !read_control())
			return;
		fflush(stdout);
	}
}

static const GOptionEntry entries[] = {
    {"certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate, "",
	"PEM"},
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "", "PEM"},
    {"tls-1.2", 0, 0, G_OPTION_ARG_NONE, &options.only_1_2, "", NULL},
    {"no-tickets", 0, 0, G_OPTION_ARG_NONE, &options.no_tickets, "", NULL},
    {"capabilities", 0, 0, G_OPTION_ARG_STRING, &options.capabilities, "",
	"TEXT"},
    {"mailboxes", 0, 0, G_OPTION_ARG_STRING, &options.mailboxes, "", "NAMES"},
    {"messages", 0, 0, G_OPTION_ARG_INT, &options.messages, "", "COUNT"}, {0}};

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "server: %s\n", error->message);
		return 64;
	}
	mailboxes = g_strsplit(options.mailboxes, ",", -1);
	accounts = g_hash_table_new(g_str_hash, g_str_equal);
	clients = g_hash_table_new_full(NULL, NULL, client_free, NULL);
	raise_limit();
	prepare_tls();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	check(epoll, "epoll");
	prepare_listener();
	watch(&listener);
	watch(&control_fd);
	serve();
	return 0;
}
