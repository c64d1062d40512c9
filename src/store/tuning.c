/*
 * The tuning in a ledger, at most one line of each kind, and of each fault:
 *
 *	refresh MILLISECONDS PATIENCE
 *	after-login WORD...		capabilities, and "Dovecot" if it is
 *	fault NAME TIME			TIME in seconds of the wall clock
 *
 * Version 1 had the first only.
 */
#include "store/tuning.h"
#include "store/ledger.h"
#include <stdlib.h>
#include <string.h>

#define MAX_SIZE   4096
#define TIME_MAX   (G_GINT64_CONSTANT(1) << 40) /* s */
#define FAULT_LIFE (30 * 24 * 60 * 60)          /* s */
#define DOVECOT    "Dovecot"

/* By bit. */
static const char *const fault_names[IMAP_FAULT_COUNT] = {
    "notify",
    "notify-headers",
    "list-status",
    "qresync",
    "pipeline",
    "idle",
    "preview",
    "structure",
    "text",
};

/* ---- lines ---- */

static bool number_parse(
    const char *word, guint64 min, guint64 max, guint64 *ret_number)
{
	return g_ascii_string_to_unsigned(word, 10, min, max, ret_number, NULL);
}

static bool refresh_parse(struct tuning *tuning, char **words)
{
	guint64 interval, patience;

	if (tuning->refresh.interval > 0 || g_strv_length(words) != 2 ||
	    !number_parse(words[0], 1, INT32_MAX, &interval) ||
	    !number_parse(words[1], 0, INT32_MAX, &patience))
		return false;
	tuning->refresh.interval = (int64_t)interval;
	tuning->refresh.patience = (unsigned)patience;
	return true;
}

static bool after_login_parse(struct tuning *tuning, char **words)
{
	g_autoptr(GArray) texts =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_text));

	if (tuning->after_login.known)
		return false;
	for (; *words; words++) {
		struct imap_text text = {*words, strlen(*words)};

		g_array_append_val(texts, text);
		tuning->after_login.dovecot |= strcmp(*words, DOVECOT) == 0;
	}
	imap_capabilities_set(&tuning->after_login, texts);
	return true;
}

/* A fault that is not known here is one that is not avoided. */
static bool fault_parse(struct tuning *tuning, char **words)
{
	guint64 time;

	if (g_strv_length(words) != 2 ||
	    !number_parse(words[1], 1, TIME_MAX, &time))
		return false;
	for (unsigned i = 0; i < IMAP_FAULT_COUNT; i++) {
		if (strcmp(words[0], fault_names[i]) == 0)
			tuning->faults[i] = (int64_t)time;
	}
	return true;
}

static const struct {
	const char *name;
	unsigned since; /* version */
	bool (*parse)(struct tuning *tuning, char **words);
} kinds[] = {
    {"refresh", 1, refresh_parse},
    {"after-login", 2, after_login_parse},
    {"fault", 2, fault_parse},
};

static bool line_parse(void *data, unsigned version, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	for (unsigned i = 0; words[0] && i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(words[0], kinds[i].name) == 0)
			return version >= kinds[i].since &&
			    kinds[i].parse(data, words + 1);
	}
	return false;
}

static void reset(void *data)
{
	*(struct tuning *)data = (struct tuning){0};
}

static void after_login_append(
    GString *lines, const struct imap_capabilities *capabilities)
{
	g_string_append(lines, "after-login");
	if (capabilities->dovecot)
		g_string_append(lines, " " DOVECOT);
	for (unsigned i = 0; i < IMAP_CAP_COUNT; i++) {
		if (imap_capabilities_have(capabilities, i))
			g_string_append_printf(
			    lines, " %s", imap_capability_name(i));
	}
	g_string_append_c(lines, '\n');
}

static GString *tuning_format(const struct tuning *tuning)
{
	GString *lines = g_string_new(NULL);

	if (tuning->refresh.interval > 0)
		g_string_append_printf(lines,
		    "refresh %" G_GINT64_FORMAT " %u\n",
		    tuning->refresh.interval, tuning->refresh.patience);
	if (tuning->after_login.known)
		after_login_append(lines, &tuning->after_login);
	for (unsigned i = 0; i < IMAP_FAULT_COUNT; i++) {
		if (tuning->faults[i] > 0)
			g_string_append_printf(lines,
			    "fault %s %" G_GINT64_FORMAT "\n", fault_names[i],
			    tuning->faults[i]);
	}
	return lines;
}

/* ---- the file ---- */

static const struct ledger_kind tuning_kind = {
    .thing = "tuning",
    .version = 2,
    .max_size = MAX_SIZE,
    .loss = "what the server can is learnt again",
    .parse = line_parse,
    .reset = reset,
};

/* False when the file is not to be written either.  Damage costs little, and
 * is not worth a line in the log. */
static bool tuning_read(
    struct ledger *ledger, struct tuning *tuning, GError **error)
{
	g_autofree char *damage = NULL;

	*tuning = (struct tuning){0};
	return ledger_read(ledger, tuning, &damage, error);
}

void tuning_load(
    struct state *state, const char *account, struct tuning *ret_tuning)
{
	struct ledger *ledger = ledger_new(state, account, &tuning_kind);

	if (!tuning_read(ledger, ret_tuning, NULL))
		reset(ret_tuning);
	ledger_free(ledger);
}

bool tuning_store(struct state *state, const char *account,
    const struct tuning *tuning, GError **error)
{
	struct ledger *ledger = ledger_new(state, account, &tuning_kind);
	g_autoptr(GString) lines = tuning_format(tuning);
	struct tuning old;
	bool ok = tuning_read(ledger, &old, error);

	if (ok) {
		g_autoptr(GString) before = tuning_format(&old);

		if (!g_string_equal(before, lines))
			ok = ledger_begin(ledger, lines, error);
	}
	ledger_free(ledger);
	return ok;
}

/* ---- faults ---- */

void tuning_add_faults(struct tuning *tuning, unsigned faults, int64_t now)
{
	for (unsigned i = 0; i < IMAP_FAULT_COUNT; i++) {
		if (faults >> i & 1)
			tuning->faults[i] = CLAMP(now, 1, TIME_MAX);
	}
}

/* One from the future is of a clock that was wrong. */
unsigned tuning_faults(const struct tuning *tuning, int64_t now)
{
	unsigned faults = 0;

	for (unsigned i = 0; i < IMAP_FAULT_COUNT; i++) {
		if (tuning->faults[i] > 0 &&
		    llabs(now - tuning->faults[i]) < FAULT_LIFE)
			faults |= 1U << i;
	}
	return faults;
}
