/*
 * act: messages on the server are marked, moved and deleted, from a script.
 */
#include "app/act.h"
#include "app/failure.h"
#include "app/log.h"
#include "cli/cli.h"
#include "imap/ranges.h"
#include "message/text.h"
#include "os/language.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
	NAME_MAX_SIZE = 400,
	WORD_MAX_SIZE = 4096,
};

struct deed {
	GMainLoop *loop;
	const struct cli *cli;
	const char *account;
	struct act_request request;
	int status;
};

/* ---- what was asked for ---- */

static int usage_error(const char *what, const char *which)
{
	log_line(LOG_LEVEL_ERROR, NULL, "act: %s%s", what, which);
	return EX_USAGE;
}

static int find_verb(const char *word, enum act_verb *ret_verb)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (act_find(word, ret_verb))
		return EX_OK;
	for (unsigned i = 0; i < ACT_VERBS; i++)
		g_string_append_printf(
		    all, "%s%s", i > 0 ? ", " : "", act_name((enum act_verb)i));
	log_line(LOG_LEVEL_ERROR, NULL,
	    "act: %s is none of the things that can be done: %s", word,
	    all->str);
	return EX_USAGE;
}

/* "UIDVALIDITY/" in front of UIDs; the same in front of all that have it. */
static const char *skip_uidvalidity(const char *word, uint32_t *uidvalidity)
{
	const char *slash = strchr(word, '/');
	g_autofree char *number = NULL;
	guint64 value;

	if (slash == NULL)
		return word;
	number = g_strndup(word, (gsize)(slash - word));
	if (!g_ascii_string_to_unsigned(
		number, 10, 1, UINT32_MAX, &value, NULL) ||
	    (*uidvalidity != 0 && *uidvalidity != value))
		return NULL;
	*uidvalidity = (uint32_t)value;
	return slash + 1;
}

static char *join_uids(char **words, uint32_t *uidvalidity)
{
	g_autoptr(GString) joined = g_string_new(NULL);

	for (; *words != NULL; words++) {
		const char *uids = skip_uidvalidity(*words, uidvalidity);

		if (uids == NULL)
			return NULL;
		g_string_append_printf(
		    joined, "%s%s", joined->len > 0 ? "," : "", uids);
	}
	return g_strdup(joined->str);
}

/* In the order and the words of the protocol. */
static char *read_uids(char **words, uint32_t *ret_uidvalidity)
{
	struct imap_ranges ranges = {0};
	g_autofree char *joined = join_uids(words, ret_uidvalidity);
	char *uids;

	if (joined == NULL || !imap_ranges_read(joined, &ranges))
		return NULL;
	uids = imap_ranges_print(&ranges);
	imap_ranges_clear(&ranges);
	return uids;
}

/* Which of words is to blame; the first where they do not go together. */
static const char *find_wrong(char **words)
{
	for (char **word = words; *word != NULL; word++) {
		char *alone[] = {*word, NULL};
		uint32_t uidvalidity = 0;
		g_autofree char *uids = read_uids(alone, &uidvalidity);

		if (uids == NULL)
			return *word;
	}
	return words[0];
}

/* words: MAILBOX UID..., and of a move DESTINATION. */
static int read_request(char **words, struct act_request *request)
{
	guint count = g_strv_length(words);

	if (request->verb == ACT_MOVE &&
	    (count < 3 || words[count - 1][0] == '\0'))
		return usage_error(
		    "move wants a mailbox to move to, ", "behind the UIDs");
	request->mailbox = words[0];
	if (request->verb == ACT_MOVE) {
		request->destination = words[count - 1];
		words[count - 1] = NULL;
	}
	request->uids = read_uids(words + 1, &request->uidvalidity);
	if (request->uids != NULL)
		return EX_OK;
	return usage_error("UIDs are written 17 or 17:20,23, with the "
			   "UIDVALIDITY as 7/17; not ",
	    find_wrong(words + 1));
}

/* ---- what came of it ---- */

static char *write_uids(uint32_t uidvalidity, const char *uids)
{
	return uidvalidity != 0 ? g_strdup_printf("%u/%s", uidvalidity, uids)
				: g_strdup(uids);
}

/* Where the verb would not go by itself, a move comes nearest. */
static enum act_verb verb_as_typed(
    const struct deed *deed, const struct act_request *undo)
{
	if (undo->destination == NULL || undo->verb == ACT_MOVE)
		return undo->verb;
	return deed->request.verb == ACT_JUNK &&
		g_ascii_strcasecmp(undo->destination, "INBOX") == 0
	    ? ACT_NOTJUNK
	    : ACT_MOVE;
}

static char **undo_words(
    const struct deed *deed, const struct act_request *undo)
{
	enum act_verb verb = verb_as_typed(deed, undo);
	char **words = g_new0(char *, 7);

	words[0] = g_strdup("act");
	words[1] = g_strdup(act_name(verb));
	words[2] = g_strdup(deed->account);
	words[3] = g_strdup(undo->mailbox);
	words[4] = write_uids(undo->uidvalidity, undo->uids);
	if (verb == ACT_MOVE)
		words[5] = g_strdup(undo->destination);
	return words;
}

static void add_uids(JsonBuilder *builder, const char *name, const char *uids)
{
	json_builder_set_member_name(builder, name);
	if (uids != NULL)
		json_builder_add_string_value(builder, uids);
	else
		json_builder_add_null_value(builder);
}

static void add_string(
    JsonBuilder *builder, const char *name, const char *value)
{
	g_autofree char *clean =
	    value != NULL ? text_clean(value, -1, NAME_MAX_SIZE) : NULL;

	json_builder_set_member_name(builder, name);
	if (clean != NULL)
		json_builder_add_string_value(builder, clean);
	else
		json_builder_add_null_value(builder);
}

static void add_number(JsonBuilder *builder, const char *name, uint32_t value)
{
	json_builder_set_member_name(builder, name);
	if (value != 0)
		json_builder_add_int_value(builder, value);
	else
		json_builder_add_null_value(builder);
}

static void add_undo(JsonBuilder *builder, char **words)
{
	json_builder_set_member_name(builder, "undo");
	if (words == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_array(builder);
	for (; *words != NULL; words++)
		json_builder_add_string_value(builder, *words);
	json_builder_end_array(builder);
}

static void print_json(
    const struct deed *deed, const struct act_result *result, char **undo)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;

	json_builder_begin_object(builder);
	add_string(builder, "act", act_name(deed->request.verb));
	add_string(builder, "account", deed->account);
	add_string(builder, "mailbox", deed->request.mailbox);
	add_uids(builder, "uids", result->uids);
	json_builder_set_member_name(builder, "count");
	json_builder_add_int_value(builder, result->count);
	add_string(builder, "text", result->text);
	add_string(builder, "to_mailbox", result->mailbox);
	add_number(builder, "to_uidvalidity", result->uidvalidity);
	add_uids(builder, "to_uids", result->uids_there);
	add_undo(builder, undo);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	puts(text);
}

static void print_undo(char **words)
{
	/* TRANSLATORS: a command follows that takes it back. */
	printf("%s idlebell", _("undo:"));
	for (; *words != NULL; words++) {
		g_autofree char *quoted = g_shell_quote(*words);
		bool plain =
		    strpbrk(*words, " '\"\\$`&|;<>()*?[]#~!{}") == NULL;

		printf(" %s", plain ? *words : quoted);
	}
	putchar('\n');
}

/* A server names its mailboxes as it likes. */
static bool may_be_shown(char **words)
{
	for (; *words != NULL; words++) {
		g_autofree char *clean = text_clean(*words, -1, WORD_MAX_SIZE);

		if (strcmp(clean, *words) != 0)
			return false;
	}
	return true;
}

static void print_text(const struct act_result *result, char **undo)
{
	g_autofree char *text = text_clean(result->text, -1, NAME_MAX_SIZE);

	puts(text);
	if (undo != NULL && may_be_shown(undo))
		print_undo(undo);
}

static void report(const struct deed *deed, const struct act_result *result)
{
	g_auto(GStrv) undo =
	    result->undo != NULL ? undo_words(deed, result->undo) : NULL;

	if (deed->cli->json)
		print_json(deed, result, undo);
	else if (deed->cli->verbosity >= 0)
		print_text(result, undo);
}

static void complain(const struct deed *deed, const GError *error)
{
	g_autofree char *text = failure_describe(error);
	g_autofree char *where =
	    g_strdup_printf("%s/%s", deed->account, deed->request.mailbox);
	g_autofree char *subject = text_clean(where, -1, NAME_MAX_SIZE);

	log_line(LOG_LEVEL_ERROR, subject, "%s", text);
}

static void ended(
    void *data, const struct act_result *result, const GError *error)
{
	struct deed *deed = data;

	if (error != NULL) {
		complain(deed, error);
		deed->status = failure_exit_status(error);
	} else {
		report(deed, result);
	}
	g_main_loop_quit(deed->loop);
}

/* ---- doing it ---- */

static void act(struct deed *deed, struct settings *settings,
    const struct config_account *account, struct net *net)
{
	struct errands *errands = errands_new(net, settings, account, NULL);

	deed->loop = g_main_loop_new(NULL, FALSE);
	act_start(errands, &deed->request, ended, deed);
	g_main_loop_run(deed->loop);
	g_main_loop_unref(deed->loop);
	errands_unref(errands);
}

static int run(struct deed *deed, struct settings *settings,
    const struct config_account *account)
{
	struct net *net = cli_net();

	if (net == NULL)
		return EX_OSERR;
	act(deed, settings, account, net);
	net_free(net);
	return deed->status;
}

static int run_for(
    const struct cli *cli, struct settings *settings, struct deed *deed)
{
	const struct config_account *account =
	    cli_find_account(cli, settings, deed->account);

	return account != NULL ? run(deed, settings, account) : EX_USAGE;
}

int cmd_act(const struct cli *cli, char **arguments)
{
	struct deed deed = {.cli = cli, .account = arguments[1]};
	struct settings *settings;
	int status = find_verb(arguments[0], &deed.request.verb);

	if (status == EX_OK)
		status = read_request(arguments + 2, &deed.request);
	if (status != EX_OK)
		return status;
	if (cli->json)
		language_plain();
	settings = cli_load(cli, &status);
	if (settings != NULL) {
		status = run_for(cli, settings, &deed);
		settings_unref(settings);
	}
	g_free(deed.request.uids);
	return status;
}
