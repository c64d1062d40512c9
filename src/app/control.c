/*
 * The socket: who may speak, how much and how long.  What commands do is
 * their owner's business.
 *
 * Everything is done relative to a descriptor of the directory, by way of
 * /proc/self/fd: an address holds only 107 octets of a path.
 */
#include "app/control.h"
#include "app/log.h"
#include "os/file.h"
#include "os/memory.h"
#include "store/state.h"
#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	CLIENTS_MAX = 16,
	BACKLOG = 64,
	REQUEST_MAX = 16 * 1024,
	REPLY_LARGE = 256 * 1024,
	NESTING_MAX = 16,   /* brackets in a request; the parser recurses */
	ACCEPT_PAUSE = 1000 /* ms, when descriptors have run out */
};

struct control {
	struct loop *loop;
	const struct control_events *events;
	void *data;
	int directory, fd;
	struct loop_watch *watch;
	struct loop_timer *pause;
	GQueue clients; /* struct client, the eldest first */
};

struct client {
	struct control *control;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *deadline;
	GString *request;
	GString *reply; /* NULL: not yet asked */
	size_t sent;
};

/* ---- requests ---- */

/* The reply up to its further members. */
static struct emit begin_reply(bool ok)
{
	struct emit reply = {.text = g_string_new(NULL)};

	emit_begin_object(&reply);
	emit_member_boolean(&reply, "ok", ok);
	return reply;
}

static GString *end_reply(struct emit *reply)
{
	emit_end_object(reply);
	return g_string_append_c(reply->text, '\n');
}

static GString *print_error(const char *error, int status)
{
	struct emit reply = begin_reply(false);

	emit_member_string(&reply, "error", error);
	emit_member_int(&reply, "status", status);
	return end_reply(&reply);
}

static bool is_flat(const char *text, size_t size)
{
	unsigned nesting = 0;

	for (size_t i = 0; i < size; i++)
		if (text[i] == '[' || text[i] == '{')
			nesting++;
	return nesting <= NESTING_MAX;
}

static JsonNode *parse(const char *text, size_t size)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!is_flat(text, size) || !g_utf8_validate_len(text, size, NULL) ||
	    !json_parser_load_from_data(parser, text, (gssize)size, NULL))
		return NULL;
	return json_parser_steal_root(parser);
}

static const char *get_string(JsonNode *node)
{
	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;
	return json_node_get_string(node);
}

/* NULL when it is no list of strings. The strings stay the node's. */
static GPtrArray *get_strings(JsonNode *node)
{
	g_autoptr(GPtrArray) strings = g_ptr_array_new();
	JsonArray *array = NULL;

	if (node != NULL && JSON_NODE_HOLDS_ARRAY(node))
		array = json_node_get_array(node);
	else if (node != NULL && !JSON_NODE_HOLDS_NULL(node))
		return NULL;
	for (guint i = 0; array != NULL && i < json_array_get_length(array);
	     i++) {
		const char *text = get_string(json_array_get_element(array, i));

		if (text == NULL)
			return NULL;
		g_ptr_array_add(strings, (gpointer)text);
	}
	g_ptr_array_add(strings, NULL);
	return g_steal_pointer(&strings);
}

static GString *ask(
    struct control *control, const struct control_request *request)
{
	struct emit reply = begin_reply(true);
	g_autofree char *error = NULL;
	int status = 0;

	control->events->answer(
	    control->data, request, &reply, &error, &status);
	if (error == NULL)
		return end_reply(&reply);
	g_string_free(reply.text, TRUE);
	return print_error(error, status);
}

static GString *answer(struct control *control, const char *text, size_t size)
{
	g_autoptr(JsonNode) root = parse(text, size);
	g_autoptr(GPtrArray) accounts = NULL, arguments = NULL;
	JsonObject *object;
	const char *command;

	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
		return print_error("that is no request", EX_PROTOCOL);
	object = json_node_get_object(root);
	command = get_string(json_object_get_member(object, "command"));
	accounts = get_strings(json_object_get_member(object, "accounts"));
	arguments = get_strings(json_object_get_member(object, "arguments"));
	if (command == NULL || accounts == NULL || arguments == NULL)
		return print_error(
		    "a request has a command, accounts are names, arguments "
		    "are texts",
		    EX_PROTOCOL);
	return ask(control,
	    &(struct control_request){.command = command,
		.accounts = (const char *const *)accounts->pdata,
		.arguments = (const char *const *)arguments->pdata});
}

/* ---- clients ---- */

/* One of thousands of accounts has megabytes, and may be the last today. */
static void drop_reply(GString *reply)
{
	bool is_large = reply->len >= REPLY_LARGE;

	g_string_free(reply, TRUE);
	if (is_large)
		memory_trim();
}

static void client_free(void *data)
{
	struct client *client = data;

	g_queue_remove(&client->control->clients, client);
	loop_watch_free(client->watch);
	loop_timer_free(client->deadline);
	close(client->fd);
	g_string_free(client->request, TRUE);
	if (client->reply != NULL)
		drop_reply(client->reply);
	g_free(client);
}

static bool is_pending(const struct client *client)
{
	return client->reply != NULL && client->sent < client->reply->len;
}

static bool is_transient(int number)
{
	return number == EAGAIN || number == EINTR;
}

static void client_give_time(struct client *client)
{
	loop_timer_set(client->deadline, loop_now() + CONTROL_CLIENT_TIME);
}

/* False when it is gone. */
static bool client_send(struct client *client)
{
	ssize_t size = send(client->fd, client->reply->str + client->sent,
	    client->reply->len - client->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (size < 0 && !is_transient(errno)) {
		client_free(client);
		return false;
	}
	if (size > 0) {
		client->sent += (size_t)size;
		client_give_time(client);
	}
	loop_watch_set(
	    client->watch, is_pending(client) ? EPOLLIN | EPOLLOUT : EPOLLIN);
	return true;
}

/* More than was asked for is read and forgotten: a socket closed with unread
 * bytes takes the reply with it. */
static void client_take(struct client *client, const char *bytes, size_t size)
{
	const char *end = memchr(bytes, '\n', size);
	GString *request = client->request;

	if (client->reply != NULL)
		return;
	g_string_append_len(
	    request, bytes, end != NULL ? end - bytes : (gssize)size);
	if (request->len > REQUEST_MAX)
		client->reply =
		    print_error("the request is too long", EX_PROTOCOL);
	else if (end != NULL)
		client->reply =
		    answer(client->control, request->str, request->len);
	else
		return;
	g_string_truncate(request, 0);
	client_send(client);
}

/* It will say no more, but may still listen. */
static void client_end(struct client *client)
{
	if (is_pending(client))
		loop_watch_set(client->watch, EPOLLOUT);
	else
		client_free(client);
}

static void client_receive(struct client *client)
{
	char bytes[8192];
	ssize_t size = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (size > 0)
		client_take(client, bytes, (size_t)size);
	else if (size == 0)
		client_end(client);
	else if (!is_transient(errno))
		client_free(client);
}

static void client_ready(void *data, uint32_t events)
{
	struct client *client = data;

	if ((events & EPOLLOUT) != 0 && is_pending(client) &&
	    !client_send(client))
		return;
	if ((events & ~(uint32_t)EPOLLOUT) != 0)
		client_receive(client);
}

static void client_new(struct control *control, int fd)
{
	struct client *client = g_new0(struct client, 1);

	if (g_queue_get_length(&control->clients) >= CLIENTS_MAX)
		client_free(g_queue_peek_head(&control->clients));
	g_queue_push_tail(&control->clients, client);
	client->control = control;
	client->fd = fd;
	client->request = g_string_new(NULL);
	client->watch =
	    loop_watch_new(control->loop, fd, EPOLLIN, client_ready, client);
	client->deadline = loop_timer_new(control->loop, client_free, client);
	client_give_time(client);
	/* Before others come and push it out. */
	client_receive(client);
}

/* ---- the door ---- */

/* The directory keeps others out; this holds should someone open it. */
static bool is_friend(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return false;
	if (peer.uid == geteuid() || peer.uid == 0)
		return true;
	log_line(LOG_LEVEL_VERBOSE, NULL,
	    "process %d of user %u was turned away from the control socket",
	    (int)peer.pid, (unsigned)peer.uid);
	return false;
}

static void reopen(void *data)
{
	struct control *control = data;

	loop_watch_set(control->watch, EPOLLIN);
}

/* Who cannot be let in now would ring for ever. */
static void accept_failed(struct control *control)
{
	if (is_transient(errno) || errno == ECONNABORTED)
		return;
	loop_watch_set(control->watch, 0);
	loop_timer_set(control->pause, loop_now() + ACCEPT_PAUSE);
}

static void accept_client(void *data, uint32_t events)
{
	struct control *control = data;
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		accept_failed(control);
	else if (is_friend(fd))
		client_new(control, fd);
	else
		close(fd);
}

/* ---- the socket ---- */

/* Takes base over. */
static char *directory_of(const struct config_shard *shard, char *base)
{
	g_autofree char *whole = base;
	g_autofree char *name = NULL, *leaf = NULL;

	if (shard == NULL || shard->count == 0)
		return g_steal_pointer(&whole);
	name = config_shard_name(shard);
	leaf = g_strconcat("shard-", name, NULL);
	return g_build_filename(whole, leaf, NULL);
}

char **control_directories(const struct config_shard *shard)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *usual =
	    g_strdup_printf("/run/user/%u", (unsigned)geteuid());
	char **directories = g_new0(char *, 3);
	bool given = runtime != NULL && g_path_is_absolute(runtime);

	directories[given ? 0 : 1] = directory_of(
	    shard, g_build_filename(given ? runtime : usual, "idlebell", NULL));
	directories[given ? 1 : 0] = directory_of(shard, state_path());
	return directories;
}

static bool fail(const char *path, int code, const char *text, GError **error)
{
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
	    "%s: %s", path, text);
	return false;
}

/* Who can write here can put a socket of his own in our place. */
static bool check_directory(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(path, errno, g_strerror(errno), error);
	if (st.st_uid != geteuid())
		return fail(path, EPERM, "belongs to another user", error);
	if ((st.st_mode & 022) != 0)
		return fail(path, EPERM,
		    "other users can write to it; chmod 700 it", error);
	return true;
}

/* The lock of a watcher ends with it, however it ends: whoever has it may
 * take a socket that is there for a leftover. */
static bool lock_directory(int fd, const char *path, GError **error)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	return fail(path, errno == EWOULDBLOCK ? EAGAIN : errno,
	    errno == EWOULDBLOCK ? "another watcher has its socket there"
				 : g_strerror(errno),
	    error);
}

/* The mode of a socket that is not yet bound becomes the file's: it is
 * private from the first moment. */
static bool bind_socket(const struct control *control)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	g_snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/" CONTROL_SOCKET, control->directory);
	if (unlinkat(control->directory, CONTROL_SOCKET, 0) < 0 &&
	    errno != ENOENT)
		return false;
	return fchmod(control->fd, 0600) == 0 &&
	    bind(control->fd, (const struct sockaddr *)&address,
		sizeof(address)) == 0 &&
	    listen(control->fd, BACKLOG) == 0;
}

static bool open_socket(
    struct control *control, const char *path, GError **error)
{
	control->directory = file_open_directory(path, error);
	if (control->directory < 0 ||
	    !check_directory(control->directory, path, error) ||
	    !lock_directory(control->directory, path, error))
		return false;
	control->fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd >= 0 && bind_socket(control))
		return true;
	fail(path, errno, g_strerror(errno), error);
	/* What is not listened to is not ours to remove. */
	if (control->fd >= 0)
		close(control->fd);
	control->fd = -1;
	return false;
}

struct control *control_new(struct loop *loop, const struct config_shard *shard,
    const struct control_events *events, void *data, GError **error)
{
	g_auto(GStrv) directories = control_directories(shard);
	struct control *control = g_new0(struct control, 1);

	control->loop = loop;
	control->events = events;
	control->data = data;
	control->fd = -1;
	g_queue_init(&control->clients);
	if (!open_socket(control, directories[0], error)) {
		control_free(control);
		return NULL;
	}
	control->watch =
	    loop_watch_new(loop, control->fd, EPOLLIN, accept_client, control);
	control->pause = loop_timer_new(loop, reopen, control);
	return control;
}

void control_free(struct control *control)
{
	if (control == NULL)
		return;
	if (control->fd >= 0) {
		unlinkat(control->directory, CONTROL_SOCKET, 0);
		loop_watch_free(control->watch);
		loop_timer_free(control->pause);
		close(control->fd);
	}
	/* The place is free before those who wait for that are told. */
	if (control->directory >= 0)
		close(control->directory);
	while (!g_queue_is_empty(&control->clients))
		client_free(g_queue_peek_head(&control->clients));
	g_free(control);
}
