/*
 * Hours are shared by all that are written alike: most often [defaults] has
 * them for all accounts.
 */
#include "app/curfew.h"
#include "app/quiet.h"
#include "app/when.h"
#include "rules/rules.h"
#include <string.h>

struct curfew {
	GHashTable *hours;    /* struct hours by their text, the config's */
	struct rules *urgent; /* of urgent rules, what they say of accounts */
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

/* What a rule asks of anything else a message may have. */
static void add_urgent(struct curfew *curfew, const struct config_rule *rule)
{
	if (!rule->has_urgent || rule->urgent == 0)
		return;
	if (curfew->urgent == NULL)
		curfew->urgent = rules_new();
	rules_begin(curfew->urgent, rule->name, true);
	for (unsigned i = 0; i < rule->criteria->len; i++) {
		const struct config_criterion *criterion =
		    rule->criteria->pdata[i];

		/* One that cannot be read has been complained of. */
		if (strcmp(criterion->name, "account") == 0)
			rules_add(curfew->urgent, criterion->name,
			    criterion->value, NULL);
	}
}

bool curfew_is_broken(const struct curfew *curfew, const char *account)
{
	const struct message message = {.account = (char *)account};
	g_autoptr(GArray) found = NULL;

	if (curfew == NULL || curfew->urgent == NULL)
		return false;
	found = rules_match(curfew->urgent, &message, NULL, NULL);
	return found->len > 0;
}

/* ---- all of it ---- */

struct curfew *curfew_new(const struct config *config)
{
	struct curfew *curfew = g_new0(struct curfew, 1);

	curfew->hours = g_hash_table_new_full(
	    g_str_hash, g_str_equal, NULL, (GDestroyNotify)hours_free);
	add_all_hours(curfew, config);
	if (g_hash_table_size(curfew->hours) == 0) {
		curfew_free(curfew);
		return NULL;
	}
	for (unsigned i = 0; i < config->rules->len; i++)
		add_urgent(curfew, config->rules->pdata[i]);
	return curfew;
}

void curfew_free(struct curfew *curfew)
{
	if (curfew == NULL)
		return;
	g_hash_table_unref(curfew->hours);
	if (curfew->urgent != NULL)
		rules_free(curfew->urgent);
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
