/*
 * explain: which rule a message meets, criterion by criterion.
 */
#include "app/log.h"
#include "cli/cli.h"
#include "config/value.h"
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

	message_init();
	return message_new(&source, text->str, header_size(text));
}

static void print_reason(const struct rules_reason *reason)
{
	if (reason->criterion == NULL) {
		printf("  (no criteria: holds for every message)\n");
		return;
	}
	printf("  %-3s  %-8s = %s\n       %-8s   %s%s\n",
	    reason->holds ? "yes" : "no", reason->criterion, reason->wanted, "",
	    reason->found[0] != '\0' ? reason->found : "(nothing)",
	    reason->gave_up ? " (pattern too costly, given up)" : "");
}

static void print_reasons(const GPtrArray *reasons)
{
	const char *rule = NULL;

	for (unsigned i = 0; i < reasons->len; i++) {
		const struct rules_reason *reason = reasons->pdata[i];

		if (g_strcmp0(rule, reason->rule) != 0)
			printf("rule %s\n", reason->rule);
		rule = reason->rule;
		print_reason(reason);
	}
}

static void print_notify(const struct verdict *verdict)
{
	bool desktop = (verdict->notify & CONFIG_NOTIFY_DESKTOP) != 0;
	bool hook = (verdict->notify & CONFIG_NOTIFY_HOOK) != 0;

	printf("  notify = %s%s%s\n", desktop ? "desktop" : "",
	    desktop && hook ? ", " : "",
	    hook          ? "hook"
		: desktop ? ""
			  : "none");
	if (hook && verdict->on_message != NULL) {
		g_autofree char *words = g_strjoinv(" ", verdict->on_message);

		printf("  on_message = %s\n", words);
	}
}

static void print_download(const struct verdict *verdict,
    const struct config_account *account, const struct message *message)
{
	g_autofree char *limit = value_print_size(verdict->download_max_size);

	if (account->download_to == NULL || verdict->download_max_size == 0)
		printf("  not downloaded\n");
	else if (message->size > (uint64_t)verdict->download_max_size)
		printf("  not downloaded: %" G_GUINT64_FORMAT
		       " octets are more than %s\n",
		    message->size, limit);
	else
		printf("  downloaded to %s\n", account->download_to);
}

static void print_verdict(const struct settings *settings,
    const struct config_account *account, const struct message *message)
{
	static const char *const urgencies[] = {"low", "normal", "critical"};
	struct verdict verdict =
	    settings_decide(settings, account, message, NULL, NULL);

	if (verdict.rule != NULL)
		printf("rule %s decides:\n", verdict.rule);
	else
		printf("no rule decides, so the account's settings do:\n");
	print_notify(&verdict);
	printf("  urgency = %s\n", urgencies[verdict.urgency]);
	print_download(&verdict, account, message);
}

static int explain(const struct settings *settings, FILE *file)
{
	const struct config_account *account =
	    settings->config->accounts->pdata[0];
	g_autoptr(Message) message = read_message(file, account);
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func((GDestroyNotify)rules_reason_free);

	if (ferror(file))
		return EX_NOINPUT;
	printf("From %s: %s (as if in %s/%s)\n\n", message_sender(message),
	    message->subject[0] != '\0' ? message->subject : "(no subject)",
	    message->account, message->mailbox);
	settings_decide(settings, account, message, NULL, reasons);
	print_reasons(reasons);
	if (reasons->len > 0)
		printf("\n");
	print_verdict(settings, account, message);
	return EX_OK;
}

static int explain_file(const struct settings *settings, const char *path)
{
	FILE *file = path != NULL ? fopen(path, "re") : stdin;
	int status;

	if (file == NULL) {
		log_line(
		    LOG_LEVEL_ERROR, NULL, "%s: %s", path, g_strerror(errno));
		return EX_NOINPUT;
	}
	status = explain(settings, file);
	if (status != EX_OK)
		log_line(LOG_LEVEL_ERROR, NULL, "%s: %s",
		    path != NULL ? path : "standard input", g_strerror(errno));
	if (path != NULL)
		fclose(file);
	return status;
}

int cmd_explain(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);

	if (settings == NULL)
		return status;
	status = explain_file(settings, arguments[0]);
	settings_unref(settings);
	return status;
}
