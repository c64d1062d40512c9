/*
 * explain: which rule a message meets, criterion by criterion.
 */
#include "app/log.h"
#include "cli/cli.h"
#include "cli/explain.h"
#include "imap/selection.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
	HEADER_MAX = 512 * 1024
};

/* The header is kept, the rest is only counted. */
static GString *read_header(FILE *file, uint64_t *ret_size)
{
	GString *header = g_string_new(NULL);
	char block[8192];
	size_t size;

	*ret_size = 0;
	while ((size = fread(block, 1, sizeof(block), file)) > 0) {
		*ret_size += size;
		if (header->len < HEADER_MAX)
			g_string_append_len(header, block, (gssize)size);
	}
	return header;
}

/* Up to the empty line (RFC 5322 2.1). */
static size_t header_size(const GString *text)
{
	const char *lf = strstr(text->str, "\n\n");
	const char *crlf = strstr(text->str, "\r\n\r\n");

	if (crlf != NULL && (lf == NULL || crlf < lf))
		return (size_t)(crlf - text->str) + 2;
	return lf != NULL ? (size_t)(lf - text->str) + 1 : text->len;
}

/* What patterns stand for only a server knows. */
static const char *first_mailbox(const struct config_account *account)
{
	const char *first = account->mailboxes[0];
	const char *const names[] = {first, NULL};

	return imap_selection_is_plain(names) ? first : "INBOX";
}

/* A field in a line of its own (RFC 5322 3.6.8). */
static bool has_field(const char *header)
{
	return g_regex_match_simple(
	    "^[!-9;-~]+[ \\t]*:", header, G_REGEX_MULTILINE | G_REGEX_RAW, 0);
}

/* NULL: it cannot be read, or is no message. */
static struct message *read_message(
    FILE *file, const struct config_account *account)
{
	struct message_source source = {
	    .account = account->name,
	    .mailbox = first_mailbox(account),
	    .uidvalidity = 1,
	    .uid = 1,
	};
	g_autoptr(GString) text = read_header(file, &source.size);

	g_string_truncate(text, header_size(text));
	if (ferror(file) || !has_field(text->str))
		return NULL;
	message_init();
	return message_new(&source, text->str, text->len);
}

/* Returns what is wrong, or NULL. */
static const char *explain(
    const struct settings *settings, FILE *file, bool json)
{
	const struct config_account *account =
	    settings->config->accounts->pdata[0];
	g_autoptr(Message) message = read_message(file, account);

	if (ferror(file))
		return g_strerror(errno);
	if (message == NULL)
		return "this is no message: it has no header";
	explain_message(settings, account, message, json);
	return NULL;
}

static int explain_file(
    const struct settings *settings, const char *path, bool json)
{
	FILE *file = path != NULL ? fopen(path, "re") : stdin;
	const char *trouble;

	if (file == NULL) {
		log_line(
		    LOG_LEVEL_ERROR, NULL, "%s: %s", path, g_strerror(errno));
		return EX_NOINPUT;
	}
	trouble = explain(settings, file, json);
	if (trouble != NULL)
		log_line(LOG_LEVEL_ERROR, NULL, "%s: %s",
		    path != NULL ? path : "standard input", trouble);
	if (path != NULL)
		fclose(file);
	return trouble == NULL ? EX_OK : EX_NOINPUT;
}

static int explain_account(
    const struct cli *cli, struct settings *settings, char **arguments)
{
	const struct config_account *account =
	    cli_find_account(cli, settings, arguments[0]);
	const char *mailbox;

	if (account == NULL)
		return EX_USAGE;
	mailbox = arguments[1] != NULL ? arguments[1] : first_mailbox(account);
	return explain_last(settings, account, mailbox, cli->last, cli->json,
	    cli->verbosity > 0);
}

static bool are_usable(const struct cli *cli, char **arguments)
{
	unsigned count = g_strv_length(arguments);

	if (cli->last > 0 ? count > 0 : count <= 1)
		return true;
	log_line(LOG_LEVEL_ERROR, NULL, "%s",
	    cli->last > 0 ? "explain --last: which account?"
			  : "explain takes one file, or --last N and an "
			    "account");
	return false;
}

int cmd_explain(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings;

	if (!are_usable(cli, arguments))
		return EX_USAGE;
	settings = cli_load(cli, &status);
	if (settings == NULL)
		return status;
	book_start(settings->book, NULL);
	book_wait(settings->book);
	status = cli->last > 0
	    ? explain_account(cli, settings, arguments)
	    : explain_file(settings, arguments[0], cli->json);
	settings_unref(settings);
	return status;
}
