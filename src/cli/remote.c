/*
 * A client of the control socket: one question, one answer, one deadline.
 */
#include "cli/remote.h"
#include "app/control.h"
#include "app/log.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	REPLY_MAX = 16 * 1024 * 1024
};

struct remote {
	int fd;
	int64_t deadline; /* loop_now() terms */
	GString *reply;
	int status;
	bool may_be_absent; /* see remote_request */
};

static int fail(struct remote *remote, int status, const char *text)
{
	log_line(LOG_LEVEL_ERROR, NULL, "%s", text);
	remote->status = status;
	return status;
}

static int too_late(struct remote *remote)
{
	return fail(remote, EX_TEMPFAIL,
	    "the watcher does not answer within ten seconds");
}

/* ---- connecting ---- */

/* 0 or an error number.  A queue that is full makes connect() wait. */
static int connect_to(int fd, const char *directory)
{
	const struct timeval patience = {.tv_sec = CONTROL_CLIENT_TIME / 1000};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int number, place = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (place < 0)
		return errno;
	/* The whole path may be too long for an address. */
	g_snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/" CONTROL_SOCKET, place);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	number =
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0
	    ? 0
	    : errno;
	close(place);
	return number;
}

/* A socket in a place where others can write might be anyone's. */
static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	    (peer.uid == geteuid() || peer.uid == 0);
}

static bool is_absence(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ECONNREFUSED;
}

/* -1: there is nobody, go on with the next place. */
static int try_directory(struct remote *remote, const char *directory)
{
	int number = connect_to(remote->fd, directory);
	g_autofree char *text = NULL;

	if (is_absence(number))
		return -1;
	if (number == EAGAIN)
		return too_late(remote);
	if (number == 0 && is_ours(remote->fd))
		return EX_OK;
	text = g_strdup_printf("%s/" CONTROL_SOCKET ": %s", directory,
	    number != 0 ? g_strerror(number) : "belongs to another user");
	return fail(remote, EX_UNAVAILABLE, text);
}

static int nobody(struct remote *remote, const struct config_shard *shard)
{
	g_autofree char *print = NULL, *text = NULL;

	if (remote->may_be_absent)
		return remote->status = -1;
	if (shard->count == 0)
		return fail(remote, EX_UNAVAILABLE, "no watcher is running");
	print = config_shard_print(shard);
	text = g_strdup_printf("no watcher of shard %s is running", print);
	return fail(remote, EX_UNAVAILABLE, text);
}

static bool open_remote(struct remote *remote, const struct config_shard *shard)
{
	g_auto(GStrv) directories = control_directories(shard);
	int status = -1;

	remote->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (remote->fd < 0) {
		fail(remote, EX_OSERR, g_strerror(errno));
		return false;
	}
	for (char **place = directories; status < 0 && *place != NULL; place++)
		status = try_directory(remote, *place);
	if (status < 0)
		nobody(remote, shard);
	return status == EX_OK;
}

/* ---- speaking ---- */

/* Takes no list for an empty one. */
static void add_strings(JsonObject *object, const char *name, char **strings)
{
	JsonArray *array = json_array_new();

	for (; strings != NULL && *strings != NULL; strings++) {
		g_autofree char *text = g_utf8_make_valid(*strings, -1);

		json_array_add_string_element(array, text);
	}
	json_object_set_array_member(object, name, array);
}

static char *print_request(const struct remote_request *request)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();
	g_autofree char *text = NULL;

	json_object_set_string_member(object, "command", request->command);
	add_strings(object, "accounts", request->accounts);
	add_strings(object, "arguments", request->arguments);
	json_node_take_object(node, object);
	text = json_to_string(node, FALSE);
	return g_strconcat(text, "\n", NULL);
}

static bool wait_for(struct remote *remote, short events)
{
	struct pollfd wanted = {.fd = remote->fd, .events = events};
	int count;

	do {
		int64_t left = remote->deadline - loop_now();

		count = poll(&wanted, 1, (int)MAX(left, 0));
	} while (count < 0 && errno == EINTR);
	if (count <= 0)
		too_late(remote);
	return count > 0;
}

static bool say(struct remote *remote, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t size;

		if (!wait_for(remote, POLLOUT))
			return false;
		size =
		    send(remote->fd, text, left, MSG_NOSIGNAL | MSG_DONTWAIT);
		/* Who has hung up may have said why. */
		if (size < 0 && errno != EAGAIN && errno != EINTR)
			return true;
		text += MAX(size, 0);
		left -= (size_t)MAX(size, 0);
	}
	return true;
}

/* False at the end, whatever it is; with an error the status is set. */
static bool hear(struct remote *remote)
{
	char bytes[65536];
	ssize_t size;

	if (!wait_for(remote, POLLIN))
		return false;
	size = recv(remote->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (size <= 0)
		return false;
	if (remote->reply->len < REPLY_MAX)
		g_string_append_len(remote->reply, bytes, size);
	return true;
}

static bool hear_line(struct remote *remote)
{
	const GString *reply = remote->reply;
	size_t seen = 0;

	while (memchr(reply->str + seen, '\n', reply->len - seen) == NULL) {
		seen = reply->len;
		if (!hear(remote))
			return false;
	}
	return true;
}

/* ---- the reply ---- */

static JsonNode *parse(const GString *text)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!json_parser_load_from_data(
		parser, text->str, (gssize)text->len, NULL))
		return NULL;
	return json_parser_steal_root(parser);
}

/* A configuration may have many errors: each is a line. */
static int report_error(struct remote *remote, JsonObject *reply)
{
	const char *error =
	    json_object_get_string_member_with_default(reply, "error", NULL);
	gint64 status = json_object_get_int_member_with_default(
	    reply, "status", EX_SOFTWARE);
	g_auto(GStrv) lines =
	    g_strsplit(error != NULL ? error : "refused", "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		if (**line != '\0')
			log_line(LOG_LEVEL_ERROR, NULL, "%s", *line);
	remote->status = status > 0 && status < 256 ? (int)status : EX_SOFTWARE;
	return remote->status;
}

static int take_reply(struct remote *remote, JsonObject **ret_reply)
{
	g_autoptr(JsonNode) root = parse(remote->reply);
	JsonObject *reply;

	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
		return fail(remote, EX_PROTOCOL,
		    "the watcher's answer cannot be understood");
	reply = json_node_get_object(root);
	if (!json_object_get_boolean_member_with_default(reply, "ok", FALSE))
		return report_error(remote, reply);
	if (ret_reply != NULL)
		*ret_reply = json_object_ref(reply);
	return EX_OK;
}

static bool converse(struct remote *remote, const char *request)
{
	remote->deadline = loop_now() + CONTROL_CLIENT_TIME;
	if (!say(remote, request))
		return false;
	if (hear_line(remote))
		return true;
	if (remote->status == EX_OK)
		fail(
		    remote, EX_TEMPFAIL, "the watcher ended without an answer");
	return false;
}

static bool ask(struct remote *remote, const struct config_shard *shard,
    const struct remote_request *request)
{
	g_autofree char *text = print_request(request);

	remote->reply = g_string_new(NULL);
	return open_remote(remote, shard) && converse(remote, text);
}

static int hang_up(struct remote *remote)
{
	if (remote->fd >= 0)
		close(remote->fd);
	g_string_free(remote->reply, TRUE);
	return remote->status;
}

int remote_ask(const struct config_shard *shard,
    const struct remote_request *request, JsonObject **ret_reply)
{
	struct remote remote = {
	    .fd = -1, .may_be_absent = request->may_be_absent};

	if (ask(&remote, shard, request) &&
	    take_reply(&remote, ret_reply) == EX_OK && request->until_gone)
		while (hear(&remote))
			continue;
	return hang_up(&remote);
}

/* Without a look into it, as our watchers write it; else NULL. */
static char *cut_member(const GString *reply, const char *member)
{
	g_autofree char *head = g_strdup_printf("{\"ok\":true,\"%s\":", member);
	size_t size = strlen(head);

	if (!g_str_has_prefix(reply->str, head) ||
	    !g_str_has_suffix(reply->str, "}\n"))
		return NULL;
	return g_strndup(reply->str + size, reply->len - size - 2);
}

static char *print_member(struct remote *remote, const char *member)
{
	g_autoptr(JsonObject) reply = NULL;
	JsonNode *node = NULL;

	if (take_reply(remote, &reply) == EX_OK)
		node = json_object_get_member(reply, member);
	if (node != NULL)
		return json_to_string(node, FALSE);
	if (remote->status == EX_OK)
		fail(remote, EX_PROTOCOL,
		    "the watcher's answer cannot be understood");
	return NULL;
}

int remote_ask_text(const struct config_shard *shard,
    const struct remote_request *request, const char *member, char **ret_text)
{
	struct remote remote = {
	    .fd = -1, .may_be_absent = request->may_be_absent};

	*ret_text = NULL;
	if (ask(&remote, shard, request))
		*ret_text = cut_member(remote.reply, member);
	if (*ret_text == NULL && remote.status == EX_OK)
		*ret_text = print_member(&remote, member);
	return hang_up(&remote);
}
