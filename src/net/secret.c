/*
 * Secrets: from a command, the configuration or systemd's credentials, for
 * as long as one callback, then wiped.
 *
 * What a secret is good for is login's business.
 */
#include "net/secret.h"

#include "os/process.h"
#include <stdbool.h>
#include <string.h>

#define SECRET_MAX     65536  /* octets; tokens are long, but not so */
#define SECRET_TIMEOUT 120000 /* ms: a keyring may ask its user */

struct secret_request {
	secret_fn *fn;
	void *data;
	struct process *process; /* or */
	GSource *idle;           /* what is known at once waits here */
	bool calling;            /* over, though it may be cancelled yet */
	char *program;
	char *secret;
	GError *error;
};

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}

static void secret_request_free(struct secret_request *request)
{
	if (request->idle) {
		g_source_destroy(request->idle);
		g_source_unref(request->idle);
	}
	secret_free(request->secret);
	g_clear_error(&request->error);
	g_free(request->program);
	g_free(request);
}

static void secret_finish(struct secret_request *request)
{
	request->calling = true;
	request->fn(request->data, request->secret, request->error);
	secret_request_free(request);
}

/* The first line of size octets at text; NULL when it is no secret. */
static char *secret_first_line(
    const char *text, size_t size, const char *from, GError **error)
{
	const char *end = memchr(text, '\n', size);
	size_t length = end ? (size_t)(end - text) : size;

	if (length > 0 && text[length - 1] == '\r')
		length--;
	if (length > 0 && !memchr(text, '\0', length))
		return g_strndup(text, length);
	g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
	    length == 0 ? "the first line of %s is empty"
			: "the first line of %s holds a NUL",
	    from);
	return NULL;
}

static char *secret_from_result(
    const struct process_result *result, const char *program, GError **error)
{
	g_autofree char *failure = process_describe(result);
	g_autofree char *from =
	    g_strdup_printf("what the command \"%s\" writes", program);

	if (failure) {
		g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
		    "the command \"%s\" for the password failed: %s", program,
		    failure);
		return NULL;
	}
	if (result->truncated &&
	    !memchr(result->output, '\n', result->output_size)) {
		g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
		    "the first line of %s is longer than %d octets", from,
		    SECRET_MAX);
		return NULL;
	}
	return secret_first_line(
	    result->output, result->output_size, from, error);
}

/* process_start() wipes the output behind us. */
static void secret_on_end(void *data, const struct process_result *result)
{
	struct secret_request *request = data;

	request->process = NULL;
	request->secret =
	    secret_from_result(result, request->program, &request->error);
	secret_finish(request);
}

static bool secret_run(
    struct secret_request *request, const char *const *command)
{
	struct process_options options = {
	    .argv = command,
	    .output_max = SECRET_MAX,
	    .timeout = SECRET_TIMEOUT,
	};
	g_autoptr(GError) error = NULL;

	request->program = g_strdup(command[0]);
	request->process =
	    process_start(&options, secret_on_end, request, &error);
	if (request->process)
		return true;
	g_set_error(&request->error, NET_ERROR, NET_ERROR_SECRET,
	    "the command \"%s\" for the password cannot run: %s",
	    request->program, error->message);
	return false;
}

/* systemd's LoadCredential= (systemd.exec(5)): one file for each account. */
static char *secret_from_credentials(const char *name, GError **error)
{
	const char *directory = g_getenv("CREDENTIALS_DIRECTORY");
	g_autoptr(GError) reason = NULL;
	g_autofree char *path = NULL;
	char *text, *secret;
	size_t size;

	if (!directory || strchr(name, '/') || *name == '.') {
		g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
		    "there is no password: set password_command or password");
		return NULL;
	}
	path = g_build_filename(directory, name, NULL);
	if (!g_file_get_contents(path, &text, &size, &reason)) {
		g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
		    "there is no password: set password_command or password, "
		    "or keep it among the credentials (%s)",
		    reason->message);
		return NULL;
	}
	secret = secret_first_line(text, size, path, error);
	explicit_bzero(text, size);
	g_free(text);
	return secret;
}

static gboolean secret_on_idle(void *data)
{
	secret_finish(data);
	return G_SOURCE_REMOVE;
}

static void secret_post(struct secret_request *request)
{
	request->idle = g_idle_source_new();
	g_source_set_priority(request->idle, G_PRIORITY_DEFAULT);
	g_source_set_callback(request->idle, secret_on_idle, request, NULL);
	g_source_attach(request->idle, NULL);
}

struct secret_request *secret_fetch(
    const struct secret_source *source, secret_fn *fn, void *data)
{
	struct secret_request *request = g_new0(struct secret_request, 1);

	request->fn = fn;
	request->data = data;
	if (source->command && source->command[0]) {
		if (secret_run(request, source->command))
			return request;
	} else if (source->password) {
		request->secret = secret_first_line(source->password,
		    strlen(source->password), "the password", &request->error);
	} else {
		request->secret =
		    secret_from_credentials(source->name, &request->error);
	}
	secret_post(request);
	return request;
}

void secret_cancel(struct secret_request *request)
{
	if (!request || request->calling)
		return;
	process_cancel(request->process);
	secret_request_free(request);
}
