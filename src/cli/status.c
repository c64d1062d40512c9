/*
 * Sums of a status document, and the line for monitoring.
 */
#include "cli/status.h"
#include "app/quiet.h"
#include "cli/peek.h"
#include "os/language.h"
#include <string.h>

enum {
	ERROR_SIZE = 256,
	NAMED = 5 /* in one line, of watches, and of accounts at rest */
};

bool status_is_live(JsonObject *watch)
{
	JsonNode *node = peek_value(watch, "state", G_TYPE_STRING);

	return node != NULL && strcmp(json_node_get_string(node), "live") == 0;
}

bool status_is_resting(JsonObject *watch)
{
	JsonNode *node = peek_value(watch, "state", G_TYPE_STRING);
	const char *state = node != NULL ? json_node_get_string(node) : "";

	return strcmp(state, "paused") == 0 || strcmp(state, "quiet") == 0;
}

char *status_rest(JsonObject *account, int64_t now)
{
	JsonObject *quiet = peek_object(account, "quiet");
	g_autofree char *reason = NULL;
	int64_t until;

	if (quiet == NULL)
		return NULL;
	reason = peek_cell(quiet, "reason", "");
	until = peek_time(quiet, "until");
	return quiet_describe(strcmp(reason, "pause") == 0,
	    until != 0 ? until : QUIET_FOREVER, now);
}

struct count {
	struct status_sums sums;
	unsigned named, quiet; /* accounts or watches, accounts at rest */
	int64_t now;
	char *account;
	char *state;     /* of the one named last */
	GString *others; /* those that are not live, or NULL */
	GString *rests;  /* accounts at rest, or NULL */
};

/* The state behind the last of those that share it. */
static void end_named(struct count *count)
{
	if (count->state != NULL)
		g_string_append_printf(count->others, " (%s)", count->state);
	g_clear_pointer(&count->state, g_free);
}

static void name_one(
    struct count *count, const char *slash, const char *mailbox, char *state)
{
	if (g_strcmp0(state, count->state) != 0)
		end_named(count);
	g_free(count->state);
	count->state = state;
	g_string_append_printf(count->others, "%s%s%s%s",
	    count->others->len > 0 ? ", " : "", count->account, slash, mailbox);
}

static void name_watch(struct count *count, JsonObject *watch)
{
	g_autofree char *mailbox = NULL, *state = NULL, *error = NULL;

	if (count->others == NULL || count->named++ >= NAMED)
		return;
	mailbox = peek_cell(watch, "mailbox", "?");
	state = peek_cell(watch, "state", "unknown");
	error = peek_text(watch, "error", ERROR_SIZE);
	name_one(count, "/", mailbox,
	    g_strconcat(state, error != NULL ? ": " : NULL, error, NULL));
}

static void count_watch(void *data, JsonObject *watch)
{
	struct count *count = data;

	if (status_is_resting(watch))
		return;
	count->sums.all++;
	if (status_is_live(watch))
		count->sums.live++;
	else
		name_watch(count, watch);
}

static void note_rest(
    struct count *count, JsonObject *account, const char *rest)
{
	JsonObject *quiet = peek_object(account, "quiet");

	count->sums.resting += peek_bool(quiet, "connected") ? 0 : 1;
	if (count->rests != NULL && ++count->quiet <= NAMED)
		g_string_append_printf(
		    count->rests, "; %s %s", count->account, rest);
}

static void count_account(void *data, JsonObject *account)
{
	struct count *count = data;
	g_autofree char *rest = status_rest(account, count->now);

	g_free(count->account);
	count->account = peek_cell(account, "account", "?");
	peek_each(account, "watches", count_watch, count);
	if (rest != NULL)
		note_rest(count, account, rest);
	if (peek_count(account, "watches") > 0 || rest != NULL)
		return;
	count->sums.empty++;
	if (count->others != NULL && count->named++ < NAMED)
		name_one(count, "", "", g_strdup(_("no mailbox to watch")));
}

/* The accounts asked for decide, not the watcher's own sums. */
static struct count count_all(
    JsonObject *status, int64_t now, GString *others, GString *rests)
{
	struct count count = {.now = now, .others = others, .rests = rests};

	peek_each(status, "accounts", count_account, &count);
	g_free(count.account);
	count.account = NULL;
	if (others != NULL)
		end_named(&count);
	return count;
}

struct status_sums status_sum(JsonObject *status, int64_t now)
{
	return count_all(status, now, NULL, NULL).sums;
}

bool status_is_well(JsonObject *account)
{
	struct count count = {.others = NULL};

	peek_each(account, "watches", count_watch, &count);
	return peek_count(account, "watches") > 0 &&
	    count.sums.live == count.sums.all &&
	    !json_object_has_member(account, "quiet") &&
	    peek_count(account, "given_up") == 0;
}

/* "3 of 4 live", and who rests. */
static char *print_well(const struct count *count)
{
	if (count->quiet > NAMED)
		g_string_append_printf(
		    count->rests, "; and %u more", count->quiet - NAMED);
	if (count->sums.all == 0)
		return g_strdup(count->rests->str + strlen("; "));
	return g_strdup_printf("%u of %u live%s", count->sums.live,
	    count->sums.all, count->rests->str);
}

char *status_check(JsonObject *status, int64_t now, bool *ret_well)
{
	g_autoptr(GString) others = g_string_new(NULL);
	g_autoptr(GString) rests = g_string_new(NULL);
	struct count count = count_all(status, now, others, rests);

	*ret_well = (count.sums.all > 0 || count.quiet > 0) &&
	    count.sums.live == count.sums.all && count.sums.empty == 0;
	if (*ret_well)
		return print_well(&count);
	if (count.sums.all == 0 && count.quiet == 0)
		return g_strdup("nothing is watched");
	if (count.named > NAMED)
		g_string_append_printf(
		    others, " and %u more", count.named - NAMED);
	return g_strdup_printf("%s%u of %u live: %s",
	    count.sums.live < count.sums.all ? "only " : "", count.sums.live,
	    count.sums.all, others->str);
}
