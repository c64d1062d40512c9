/*
 * The pause in a ledger, at most one line:
 *
 *	pause SINCE UNTIL	seconds of the wall clock; UNTIL "-" has no end
 *
 * Most accounts have no file.
 */
#include "store/pause.h"
#include "store/ledger.h"
#include <string.h>
#include <unistd.h>

#define THING    "pause"
#define MAX_SIZE 1024
#define TIME_MAX (G_GINT64_CONSTANT(1) << 40) /* s */

static bool time_parse(const char *word, int64_t *ret_time)
{
	guint64 time;

	if (!g_ascii_string_to_unsigned(word, 10, 1, TIME_MAX, &time, NULL))
		return false;
	*ret_time = (int64_t)time;
	return true;
}

static bool until_parse(const char *word, int64_t *ret_until)
{
	if (strcmp(word, "-") != 0)
		return time_parse(word, ret_until);
	*ret_until = INT64_MAX;
	return true;
}

static bool line_parse(void *data, unsigned version, const char *line)
{
	struct pause *pause = data;
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	(void)version;
	return g_strv_length(words) == 3 && pause->until == 0 &&
	    strcmp(words[0], THING) == 0 &&
	    time_parse(words[1], &pause->since) &&
	    until_parse(words[2], &pause->until);
}

static void reset(void *data)
{
	*(struct pause *)data = (struct pause){0};
}

static const struct ledger_kind pause_kind = {
    .thing = THING,
    .version = 1,
    .max_size = MAX_SIZE,
    .loss = "the account is not paused any more",
    .parse = line_parse,
    .reset = reset,
};

void pause_load(struct state *state, const char *account,
    struct pause *ret_pause, char **ret_trouble)
{
	struct ledger *ledger = ledger_new(state, account, &pause_kind);
	g_autofree char *damage = NULL;
	g_autoptr(GError) error = NULL;

	reset(ret_pause);
	if (!ledger_read(ledger, ret_pause, &damage, &error))
		reset(ret_pause);
	if (damage != NULL)
		*ret_trouble = g_steal_pointer(&damage);
	else if (error != NULL)
		*ret_trouble = g_strdup(error->message);
	ledger_free(ledger);
}

static GString *format(const struct pause *pause)
{
	GString *lines = g_string_new(NULL);

	if (pause->until == INT64_MAX)
		g_string_printf(
		    lines, THING " %" G_GINT64_FORMAT " -\n", pause->since);
	else if (pause->until != 0)
		g_string_printf(lines,
		    THING " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
		    pause->since, pause->until);
	return lines;
}

/* An empty one is as good as none; with it gone there is less to read. */
static void tidy(struct state *state, const char *account)
{
	g_autofree char *name = ledger_file_name(account, THING);

	unlinkat(state_directory(state), name, 0);
}

bool pause_store(struct state *state, const char *account,
    const struct pause *pause, GError **error)
{
	g_autoptr(GString) lines = format(pause);
	struct ledger *ledger = ledger_new(state, account, &pause_kind);
	bool ok = (pause->until == 0 && !ledger_is_there(ledger)) ||
	    (state_keep(state, error) && ledger_write(ledger, lines, error));

	ledger_free(ledger);
	if (ok && pause->until == 0)
		tidy(state, account);
	return ok;
}
