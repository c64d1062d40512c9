/*
 * Secrets: where they come from, which line counts, what is said when there
 * is none.
 */
#include "config.h"

#include "net.h"
#include "net/secret.h"

#include <glib/gstdio.h>
#include <stdlib.h>

struct outcome {
	bool done, calling;
	char *secret;
	GError *error;
	struct secret_request *request;
};

static void on_secret(void *data, const char *secret, const GError *error)
{
	struct outcome *outcome = data;

	g_assert_false(outcome->done);
	g_assert_false(outcome->calling);
	g_assert_true((secret != NULL) == (error == NULL));
	outcome->done = true;
	outcome->secret = g_strdup(secret);
	outcome->error = error ? g_error_copy(error) : NULL;
	/* It is over, and to say so again is no harm. */
	secret_cancel(outcome->request);
}

static struct outcome fetch(
    const char *name, const char *const *command, const char *password)
{
	struct secret_source source = {name, command, password};
	struct outcome outcome = {.calling = true};

	outcome.request = secret_fetch(&source, on_secret, &outcome);
	g_assert_nonnull(outcome.request);
	outcome.calling = false;
	net_run_until(&outcome.done);
	return outcome;
}

static void expect(struct outcome outcome, const char *secret)
{
	g_assert_no_error(outcome.error);
	g_assert_cmpstr(outcome.secret, ==, secret);
	secret_free(outcome.secret);
}

static void expect_error(struct outcome outcome, const char *text)
{
	g_assert_error(outcome.error, NET_ERROR, NET_ERROR_SECRET);
	g_test_message("%s", outcome.error->message);
	g_assert_nonnull(strstr(outcome.error->message, text));
	g_assert_null(strpbrk(outcome.error->message, "\r\n"));
	g_assert_null(strstr(outcome.error->message, "s3cret"));
	g_error_free(outcome.error);
}

/* A program of the shell's; its text is not part of any message. */
static struct outcome run(const char *script)
{
	const char *const command[] = {"sh", "-c", script, NULL};

	return fetch("work", command, "not this one");
}

static void test_password(void)
{
	expect(fetch("work", NULL, "s3cret"), "s3cret");
	expect(fetch("work", NULL, "s3cret\nand more"), "s3cret");
	expect_error(fetch("work", NULL, ""), "empty");
}

static void test_command(void)
{
	expect(run("echo s3cret"), "s3cret");
	expect(run("printf s3cret"), "s3cret");
	expect(run("printf 's3cret\\r\\nlogin: jane\\n'"), "s3cret");
	expect(run("printf ' s3 cret \\n'"), " s3 cret ");
	/* Much behind the first line is no matter. */
	expect(run("echo s3cret; head -c 200000 /dev/zero"), "s3cret");
}

static void test_command_fails(void)
{
	static const char *const absent[] = {"idlebell-no-such-program", NULL};

	expect_error(run("echo s3cret; exit 3"), "\"sh\"");
	expect_error(run("echo s3cret; exit 3"), "3");
	expect_error(run("kill -9 $$"), "killed");
	expect_error(run("true"), "empty");
	expect_error(run("echo; echo s3cret"), "empty");
	expect_error(run("printf '\\r\\n'"), "empty");
	expect_error(run("printf 's3\\0cret\\n'"), "NUL");
	expect_error(
	    run("head -c 200000 /dev/zero | tr '\\0' x"), "longer than");
	expect_error(fetch("work", absent, NULL), "idlebell-no-such-program");
}

static void test_credentials(void)
{
	g_autofree char *directory =
	    g_dir_make_tmp("idlebell-secret-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "work", NULL);
	g_autofree char *empty = g_build_filename(directory, "empty", NULL);

	g_assert_true(g_file_set_contents(path, "s3cret\nrest\n", -1, NULL));
	g_assert_true(g_file_set_contents(empty, "", -1, NULL));
	setenv("CREDENTIALS_DIRECTORY", directory, 1);
	expect(fetch("work", NULL, NULL), "s3cret");
	expect(fetch("work", NULL, "mine"), "mine");
	expect_error(fetch("empty", NULL, NULL), empty);
	expect_error(fetch("home", NULL, NULL), "home");
	/* An account's name is no path. */
	expect_error(fetch("../work", NULL, NULL), "no password");
	expect_error(fetch("..", NULL, NULL), "no password");
	unsetenv("CREDENTIALS_DIRECTORY");
	expect_error(fetch("work", NULL, NULL), "password_command");
	g_remove(path);
	g_remove(empty);
	g_rmdir(directory);
}

static void on_never(void *data, const char *secret, const GError *error)
{
	(void)data;
	(void)secret;
	(void)error;
	g_assert_not_reached();
}

static void test_cancel(void)
{
	const char *const command[] = {"sleep", "1000", NULL};
	struct secret_source source = {"work", command, NULL};

	secret_cancel(NULL);
	secret_cancel(secret_fetch(&source, on_never, NULL));
	source.command = NULL;
	source.password = "s3cret";
	secret_cancel(secret_fetch(&source, on_never, NULL));
	/* Something that ends behind both. */
	expect(run("echo s3cret"), "s3cret");
	net_run_dry();
}

static void test_free(void)
{
	secret_free(NULL);
	secret_free(g_strdup("s3cret"));
}

int main(int argc, char *argv[])
{
	(void)argc;
	unit_init(argv[0]);
	unsetenv("CREDENTIALS_DIRECTORY");
	g_test_add_func("/secret/password", test_password);
	g_test_add_func("/secret/command", test_command);
	g_test_add_func("/secret/command-fails", test_command_fails);
	g_test_add_func("/secret/credentials", test_credentials);
	g_test_add_func("/secret/cancel", test_cancel);
	g_test_add_func("/secret/free", test_free);
	return g_test_run();
}
