/*
 * mailboxes: what an account has to watch, and what of it is watched.
 */
#include "app/failure.h"
#include "app/log.h"
#include "app/watch.h"
#include "cli/cli.h"
#include "imap/selection.h"
#include "message/text.h"
#include "os/language.h"
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <sysexits.h>

enum {
	NAME_MAX_SIZE = 400
};

struct listing {
	GMainLoop *loop;
	const struct config_account *account;
	GPtrArray *listed; /* struct imap_listed, as they came */
	GPtrArray *rows;   /* struct row, of these and of hidden ones */
	int status;
};

/* One mailbox, fit to be seen. */
struct row {
	char *name, *uses;
	bool listed, watched, has_counts;
	unsigned messages, unseen;
};

static void listed_free(gpointer data)
{
	struct imap_listed *listed = data;

	g_free(listed->mailbox);
	g_free(listed->attributes);
	g_free(listed->prefix);
	g_free(listed);
}

static void row_free(gpointer data)
{
	struct row *row = data;

	g_free(row->name);
	g_free(row->uses);
	g_free(row);
}

/* Attributes that tell people nothing (RFC 9051 7.3.1). */
static bool is_dull(const char *attribute)
{
	static const char *const dull[] = {"\\HasChildren", "\\HasNoChildren",
	    "\\NoInferiors", "\\Marked", "\\UnMarked", "\\Subscribed"};

	for (size_t i = 0; i < G_N_ELEMENTS(dull); i++)
		if (g_ascii_strcasecmp(dull[i], attribute) == 0)
			return true;
	return false;
}

static char *special_uses(const char *attributes)
{
	g_auto(GStrv) words = g_strsplit(attributes, " ", -1);
	g_autoptr(GString) uses = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++)
		if (**word != '\0' && !is_dull(*word))
			g_string_append_printf(
			    uses, "%s%s", uses->len > 0 ? " " : "", *word);
	return text_clean(uses->str, -1, NAME_MAX_SIZE);
}

static void listed(void *data, const struct imap_listed *listed)
{
	struct listing *listing = data;
	struct imap_listed *copy = g_new(struct imap_listed, 1);

	*copy = *listed;
	copy->mailbox = g_strdup(listed->mailbox);
	copy->attributes = g_strdup(listed->attributes);
	copy->prefix = g_strdup(listed->prefix);
	g_ptr_array_add(listing->listed, copy);
}

static void changed(void *data, enum watch_state state, const char *reason)
{
	(void)data;
	(void)state;
	(void)reason;
}

static void ended(void *data, const GError *error)
{
	struct listing *listing = data;

	if (error != NULL) {
		log_line(LOG_LEVEL_ERROR, listing->account->name, "%s",
		    error->message);
		listing->status = failure_exit_status(error);
	}
	g_main_loop_quit(listing->loop);
}

static const struct watch_events events = {
    .listed = listed,
    .changed = changed,
    .ended = ended,
};

/* ---- what is watched ---- */

static void add_row(
    struct listing *listing, const struct imap_listed *listed, bool watched)
{
	struct row *row = g_new0(struct row, 1);

	row->name = text_clean(listed->mailbox, -1, NAME_MAX_SIZE);
	row->listed = true;
	row->uses = special_uses(listed->attributes);
	row->watched = watched;
	row->has_counts = listed->has_counts;
	row->messages = listed->messages;
	row->unseen = listed->unseen;
	g_ptr_array_add(listing->rows, row);
}

/* Watched by its name, though the server does not list it. */
static void add_hidden(gpointer name, gpointer value, gpointer data)
{
	struct listing *listing = data;
	struct row *row = g_new0(struct row, 1);

	(void)value;
	row->name = text_clean(name, -1, NAME_MAX_SIZE);
	row->uses = g_strdup("");
	row->watched = true;
	g_ptr_array_add(listing->rows, row);
}

/* As the watcher names it. */
static const char *name_of(const struct imap_listed *listed)
{
	return g_ascii_strcasecmp(listed->mailbox, "INBOX") == 0
	    ? "INBOX"
	    : listed->mailbox;
}

static GHashTable *names_of(const GPtrArray *chosen)
{
	GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < chosen->len; i++)
		g_hash_table_add(names, chosen->pdata[i]);
	return names;
}

static void make_rows(struct listing *listing, const GPtrArray *chosen)
{
	g_autoptr(GHashTable) names = names_of(chosen);
	g_autoptr(GHashTable) hidden = names_of(chosen);

	for (unsigned i = 0; i < listing->listed->len; i++) {
		const struct imap_listed *listed = listing->listed->pdata[i];
		const char *name = name_of(listed);

		add_row(listing, listed, g_hash_table_contains(names, name));
		g_hash_table_remove(hidden, name);
	}
	g_hash_table_foreach(hidden, add_hidden, listing);
}

/* ---- printing ---- */

static const char *const heads[] = {
    N_("MAILBOX"), N_("MESSAGES"), N_("UNSEEN"), N_("WATCHED")};

static int heads_width(size_t i)
{
	static const int least[] = {7, 8, 8, 7};

	return MAX(least[i], text_columns(_(heads[i])));
}

static void print_row(const struct row *row, int width)
{
	int padding = width - text_columns(row->name);
	const char *watched = row->watched ? _("yes") : "-";
	/* TRANSLATORS: said of a mailbox. */
	const char *note =
	    row->listed ? row->uses : _("the server does not list it");

	printf("%s%*s", row->name, padding, "");
	if (row->has_counts)
		printf("  %'*u  %'*u", heads_width(1), row->messages,
		    heads_width(2), row->unseen);
	else
		printf("  %*s  %*s", heads_width(1), "-", heads_width(2), "-");
	padding = heads_width(3) - text_columns(watched);
	if (note[0] != '\0')
		printf("  %s%*s  %s\n", watched, MAX(padding, 0), "", note);
	else
		printf("  %s\n", watched);
}

/* INBOX first, the others by name. */
static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct row *one = *(gpointer const *)a;
	const struct row *other = *(gpointer const *)b;
	int first = g_ascii_strcasecmp(other->name, "INBOX") == 0;
	int last = g_ascii_strcasecmp(one->name, "INBOX") == 0;

	return first != last ? first - last
			     : g_utf8_collate(one->name, other->name);
}

static void print_rows(const GPtrArray *rows)
{
	int width = heads_width(0);
	g_autofree char *name = NULL;

	for (unsigned i = 0; i < rows->len; i++) {
		const struct row *row = rows->pdata[i];

		width = MAX(width, text_columns(row->name));
	}
	name = text_pad(_(heads[0]), width);
	printf("%s", name);
	for (size_t i = 1; i < 3; i++)
		printf("  %*s%s", heads_width(i) - text_columns(_(heads[i])),
		    "", _(heads[i]));
	printf("  %s\n", _(heads[3]));
	for (unsigned i = 0; i < rows->len; i++)
		print_row(rows->pdata[i], width);
}

static void add_words(JsonBuilder *builder, const char *name, char **words)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (; *words != NULL; words++)
		json_builder_add_string_value(builder, *words);
	json_builder_end_array(builder);
}

static void add_count(
    JsonBuilder *builder, const char *name, bool known, unsigned count)
{
	json_builder_set_member_name(builder, name);
	if (known)
		json_builder_add_int_value(builder, count);
	else
		json_builder_add_null_value(builder);
}

static void add_json_row(JsonBuilder *builder, const struct row *row)
{
	g_auto(GStrv) uses = g_strsplit(row->uses, " ", -1);

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "mailbox");
	json_builder_add_string_value(builder, row->name);
	json_builder_set_member_name(builder, "watched");
	json_builder_add_boolean_value(builder, row->watched);
	json_builder_set_member_name(builder, "listed");
	json_builder_add_boolean_value(builder, row->listed);
	add_count(builder, "messages", row->has_counts, row->messages);
	add_count(builder, "unseen", row->has_counts, row->unseen);
	add_words(builder, "attributes", uses);
	json_builder_end_object(builder);
}

static void print_json(const struct listing *listing, GPtrArray *unmatched)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "account");
	json_builder_add_string_value(builder, listing->account->name);
	json_builder_set_member_name(builder, "mailboxes");
	json_builder_begin_array(builder);
	for (unsigned i = 0; i < listing->rows->len; i++)
		add_json_row(builder, listing->rows->pdata[i]);
	json_builder_end_array(builder);
	g_ptr_array_add(unmatched, NULL);
	add_words(builder, "unmatched", (char **)unmatched->pdata);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	puts(text);
}

static void show(struct listing *listing, bool json)
{
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) chosen = imap_selection_choose(
	    (const char *const *)listing->account->mailboxes, listing->listed,
	    unmatched);

	make_rows(listing, chosen);
	g_ptr_array_sort(listing->rows, compare_rows);
	for (unsigned i = 0; i < unmatched->len; i++)
		log_line(LOG_LEVEL_WARNING, listing->account->name,
		    "no mailbox fits \"%s\"",
		    (const char *)unmatched->pdata[i]);
	if (json)
		print_json(listing, unmatched);
	else
		print_rows(listing->rows);
}

/* ---- asking ---- */

static void list(struct listing *listing, struct net *net)
{
	const struct watch_options options = {
	    .net = net,
	    .account = listing->account,
	    .goal = IMAP_GOAL_LIST,
	};
	struct watch *watch = watch_new(&options, &events, listing);

	watch_start(watch);
	g_main_loop_run(listing->loop);
	watch_free(watch);
}

static int run(const struct config_account *account, bool json)
{
	struct listing listing = {.account = account, .status = EX_OK};
	struct net *net = cli_net();

	if (net == NULL)
		return EX_OSERR;
	listing.loop = g_main_loop_new(NULL, FALSE);
	listing.listed = g_ptr_array_new_with_free_func(listed_free);
	listing.rows = g_ptr_array_new_with_free_func(row_free);
	list(&listing, net);
	if (listing.status == EX_OK)
		show(&listing, json);
	g_ptr_array_unref(listing.rows);
	g_ptr_array_unref(listing.listed);
	g_main_loop_unref(listing.loop);
	net_free(net);
	return listing.status;
}

int cmd_mailboxes(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);
	const struct config_account *account;

	if (settings == NULL)
		return status;
	account = cli_find_account(cli, settings, arguments[0]);
	status = account != NULL ? run(account, cli->json) : EX_USAGE;
	settings_unref(settings);
	return status;
}
