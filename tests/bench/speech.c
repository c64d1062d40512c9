/*
 * What the scripted server says: mailboxes in which message n has the UID n,
 * and as much of RFC 9051, 5465 and 7162 as watchers ask for.
 */
#include "server.h"
#include <stdio.h>
#include <string.h>

#define DATE "22-Nov-2026 12:00:00 +0000"

int speech_find(const char *name)
{
	for (int i = 0; server_mailboxes[i] != NULL; i++)
		if (g_ascii_strcasecmp(server_mailboxes[i], name) == 0)
			return i;
	return -1;
}

static uint32_t mailbox_size(const struct client *client)
{
	return client->selected < 0
	    ? 0
	    : client->account->messages[client->selected];
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
	client_say(client, "%s)", all->str);
	g_string_free(all, TRUE);
}

void speech_exists(struct client *client)
{
	uint32_t size = mailbox_size(client), told = client->told;

	if (told == size)
		return;
	client->told = size;
	client_say(client, "* %u EXISTS", size);
	for (uint32_t uid = told + 1; client->notify && uid <= size; uid++)
		tell_message(client, uid, client->notify);
}

void speech_status(struct client *client, int mailbox, const char *items)
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
	client_say(client, "* STATUS \"%s\" (%s)", server_mailboxes[mailbox],
	    all->str);
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
	client->account = server_account(user);
	client->account->clients =
	    g_slist_prepend(client->account->clients, client);
}

static bool do_capability(struct client *client, const char *rest)
{
	(void)rest;
	client_say(client, "* CAPABILITY %s", server_options.capabilities);
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

	client->selected = speech_find(name);
	if (client->selected < 0 || client->account == NULL)
		return false;
	client->told = size = mailbox_size(client);
	client_say(client, "* FLAGS (\\Answered \\Seen \\Deleted)");
	client_say(client, "* OK [PERMANENTFLAGS ()] none");
	client_say(client, "* %u EXISTS\r\n* 0 RECENT", size);
	client_say(client, "* OK [UIDVALIDITY 1] valid");
	client_say(client, "* OK [UIDNEXT %u] next", size + 1);
	if (strstr(server_options.capabilities, "CONDSTORE") != NULL)
		client_say(client, "* OK [HIGHESTMODSEQ %u] highest", size + 1);
	return true;
}

static bool do_status(struct client *client, const char *rest)
{
	g_autofree char *name = take_word(&rest);
	int mailbox = speech_find(name);

	if (mailbox < 0 || client->account == NULL)
		return false;
	speech_status(client, mailbox, rest);
	return true;
}

/* Patterns are not looked at. */
static bool do_list(struct client *client, const char *rest)
{
	const char *status = strstr(rest, "STATUS (");

	for (int i = 0; server_mailboxes[i] != NULL && client->account; i++) {
		client_say(
		    client, "* LIST () \"/\" \"%s\"", server_mailboxes[i]);
		if (status != NULL)
			speech_status(client, i, status);
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
	client_say(client, "%s", all->str);
	g_string_free(all, TRUE);
	return true;
}

static bool do_enable(struct client *client, const char *rest)
{
	client_say(client, "* ENABLED %s", rest);
	return true;
}

static bool do_id(struct client *client, const char *rest)
{
	(void)rest;
	client_say(client, "* ID (\"name\" \"scripted\")");
	return true;
}

static bool do_namespace(struct client *client, const char *rest)
{
	(void)rest;
	client_say(client, "* NAMESPACE ((\"\" \"/\")) NIL NIL");
	return true;
}

static bool do_noop(struct client *client, const char *rest)
{
	(void)rest;
	speech_exists(client);
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
	client_say(client, "* BYE");
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
		client_say(client, "%s OK [CAPABILITY %s] in", tag,
		    server_options.capabilities);
	else
		client_say(client, "%s %s done", tag, ok ? "OK" : "NO");
}

static void start_idle(struct client *client, const char *tag)
{
	client->tag = g_strdup(tag);
	client->idling = true;
	server_stats.idling++;
	client_say(client, "+ idling");
	speech_exists(client);
	server_idles();
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
	client_say(client, "+ ");
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

	client_stop_idle(client);
	finish(client, tag, idled || take_plain(client, line), !idled);
}

void speech_take(struct client *client)
{
	char *end;

	while (!client->ending && client->in != NULL &&
	    (end = strstr(client->in->str, "\r\n")) != NULL) {
		g_autofree char *line =
		    g_strndup(client->in->str, (gsize)(end - client->in->str));

		g_string_erase(client->in, 0, end + 2 - client->in->str);
		server_stats.commands++;
		if (client->tag != NULL)
			take_answer(client, line);
		else
			take_command(client, line);
	}
}

void speech_greet(struct client *client)
{
	client_say(client, "* OK [CAPABILITY %s AUTH=PLAIN] scripted server",
	    server_options.capabilities);
}
