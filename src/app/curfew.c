/*
 * Hours are shared by all that are written alike: most often [defaults] has
 * them for all accounts.
 */
#include "app/curfew.h"
#include "app/quiet.h"
#include "app/when.h"
#include <string.h>

struct curfew {
	GHashTable *hours; /* struct hours by their text, the config's */
	const struct rules *rules;
	GArray *effects; /* struct rules_effect of each; NULL: none is urgent */
};

/* ---- hours ---- */

static bool is_set(const char *text)
{
	return text != NULL && text[strspn(text, " \t")] != '\0';
}

static void add_hours(struct curfew *curfew, const struct config *config,
    const char *text, int line)
{
	g_autoptr(GError) error = NULL;
	struct hours *hours;

	if (!is_set(text) || g_hash_table_contains(curfew->hours, text))
		return;
	hours = hours_new(text, &error);
	if (hours != NULL)
		g_hash_table_insert(curfew->hours, (gpointer)text, hours);
	else
		config_problem_add(config->problems, line, false,
		    "quiet_hours: %s", error->message);
}

static void add_all_hours(struct curfew *curfew, const struct config *config)
{
	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    config->accounts->pdata[i];

		add_hours(curfew, config, account->quiet_hours,
		    account->quiet_hours_line);
	}
	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		add_hours(
		    curfew, config, rule->quiet_hours, rule->quiet_hours_line);
	}
}

/* ---- urgent rules ---- */

/* Bits of a message's fate. */
enum {
	URGENT = 1 << 0,
	RINGS = 1 << 1,
	LOADS = 1 << 2,
};

static void affect(struct rules_effect *effect, bool says, bool yes, int bit)
{
	if (says && yes)
		effect->sets |= (uint8_t)bit;
	else if (says)
		effect->clears |= (uint8_t)bit;
}

/* Hours of its own silence a rule for a part of the time only. */
static void add_effect(struct curfew *curfew, const struct config_rule *rule)
{
	struct rules_effect effect = {0};

	affect(&effect, rule->has_urgent, rule->urgent != 0, URGENT);
	affect(&effect, rule->has_notify, rule->notify != 0, RINGS);
	affect(&effect, rule->has_download_max_size,
	    rule->download_max_size > 0, LOADS);
	g_array_append_val(curfew->effects, effect);
}

static bool is_any_urgent(const struct config *config)
{
	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		if (rule->has_urgent && rule->urgent != 0)
			return true;
	}
	return false;
}

static void add_effects(struct curfew *curfew, const struct config *config)
{
	if (!is_any_urgent(config))
		return;
	curfew->effects =
	    g_array_new(FALSE, FALSE, sizeof(struct rules_effect));
	for (unsigned i = 0; i < config->rules->len; i++)
		add_effect(curfew, config->rules->pdata[i]);
}

bool curfew_is_broken(const struct curfew *curfew,
    const struct config_account *account, const struct rules_place *place)
{
	unsigned fates, begin;

	if (curfew == NULL || curfew->effects == NULL)
		return false;
	begin = (account->notify != 0 ? RINGS : 0) |
	    (account->download_max_size > 0 ? LOADS : 0);
	fates = rules_foresee(curfew->rules, place,
	    (const struct rules_effect *)(const void *)curfew->effects->data,
	    begin);
	return (fates &
		   (1U << (URGENT | RINGS) | 1U << (URGENT | LOADS) |
		       1U << (URGENT | RINGS | LOADS))) != 0;
}

/* ---- all of it ---- */

struct curfew *curfew_new(
    const struct config *config, const struct rules *rules)
{
	struct curfew *curfew = g_new0(struct curfew, 1);

	curfew->hours = g_hash_table_new_full(
	    g_str_hash, g_str_equal, NULL, (GDestroyNotify)hours_free);
	add_all_hours(curfew, config);
	if (g_hash_table_size(curfew->hours) == 0) {
		curfew_free(curfew);
		return NULL;
	}
	curfew->rules = rules;
	add_effects(curfew, config);
	return curfew;
}

void curfew_free(struct curfew *curfew)
{
	if (curfew == NULL)
		return;
	g_hash_table_unref(curfew->hours);
	if (curfew->effects != NULL)
		g_array_unref(curfew->effects);
	g_free(curfew);
}

const struct hours *curfew_hours(const struct curfew *curfew, const char *text)
{
	return curfew != NULL && text != NULL
	    ? g_hash_table_lookup(curfew->hours, text)
	    : NULL;
}

bool curfew_holds(const struct curfew *curfew, const char *text)
{
	const struct hours *hours = curfew_hours(curfew, text);

	return hours != NULL && hours_hold(hours, quiet_minute(when_wall()));
}
