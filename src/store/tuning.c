/*
 * The tuning in a ledger, one line:
 *
 *	refresh MILLISECONDS PATIENCE
 */
#include "store/tuning.h"
#include "store/ledger.h"
#include <string.h>

#define MAX_SIZE 4096

struct tuning {
	bool known;
	struct imap_refresh_memory memory;
};

static bool line_parse(void *data, unsigned version, const char *line)
{
	struct tuning *tuning = data;
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	guint64 interval, patience;

	(void)version;
	if (tuning->known || g_strv_length(words) != 3 ||
	    strcmp(words[0], "refresh") != 0 ||
	    !g_ascii_string_to_unsigned(
		words[1], 10, 1, INT32_MAX, &interval, NULL) ||
	    !g_ascii_string_to_unsigned(
		words[2], 10, 0, INT32_MAX, &patience, NULL))
		return false;
	tuning->memory.interval = (int64_t)interval;
	tuning->memory.patience = (unsigned)patience;
	tuning->known = true;
	return true;
}

static void reset(void *data)
{
	*(struct tuning *)data = (struct tuning){0};
}

static const struct ledger_kind tuning_kind = {
    .thing = "tuning",
    .version = 1,
    .max_size = MAX_SIZE,
    .loss = "the refresh is learnt again",
    .parse = line_parse,
    .reset = reset,
};

/* False when the file is not to be written either.  Damage costs little, and
 * is not worth a line in the log. */
static bool tuning_read(
    struct ledger *ledger, struct tuning *tuning, GError **error)
{
	g_autofree char *damage = NULL;

	return ledger_read(ledger, tuning, &damage, error);
}

bool tuning_get(struct state *state, const char *account,
    struct imap_refresh_memory *ret_memory)
{
	struct ledger *ledger = ledger_new(state, account, &tuning_kind);
	struct tuning tuning = {0};
	bool ok = tuning_read(ledger, &tuning, NULL) && tuning.known;

	ledger_free(ledger);
	if (ok)
		*ret_memory = tuning.memory;
	return ok;
}

static bool is_same(
    const struct tuning *tuning, const struct imap_refresh_memory *memory)
{
	return tuning->known && tuning->memory.interval == memory->interval &&
	    tuning->memory.patience == memory->patience;
}

bool tuning_set(struct state *state, const char *account,
    const struct imap_refresh_memory *memory, GError **error)
{
	struct ledger *ledger = ledger_new(state, account, &tuning_kind);
	g_autoptr(GString) line = g_string_new(NULL);
	struct tuning old = {0};
	bool ok = tuning_read(ledger, &old, error);

	g_string_printf(line, "refresh %" G_GINT64_FORMAT " %u\n",
	    memory->interval, memory->patience);
	if (ok && !is_same(&old, memory))
		ok = ledger_write(ledger, line, error);
	ledger_free(ledger);
	return ok;
}
