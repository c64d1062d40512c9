/*
 * The life of a configuration and of the problems found in it.
 */
#include "config/config.h"
#include "config/nearest.h"
#include "config/options.h"
#include "config/parts.h"
#include "config/setting.h"
#include <stdlib.h>
#include <string.h>

static void problem_free(gpointer data)
{
	struct config_problem *problem = data;

	g_free(problem->text);
	g_free(problem);
}

GPtrArray *config_problems_new(void)
{
	return g_ptr_array_new_with_free_func(problem_free);
}

void config_problem_add(
    GPtrArray *problems, int line, bool warning, const char *format, ...)
{
	struct config_problem *problem = g_new0(struct config_problem, 1);
	va_list arguments;

	problem->line = line;
	problem->warning = warning;
	va_start(arguments, format);
	problem->text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(problems, problem);
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
	const struct config_problem *one = *(gpointer const *)a;
	const struct config_problem *other = *(gpointer const *)b;

	if (one->file != other->file)
		return one->file > other->file ? 1 : -1;
	return (one->line > other->line) - (one->line < other->line);
}

/* [defaults] at fault is found by every account that inherits from it. */
static bool is_said_before(const GPtrArray *problems, guint index)
{
	const struct config_problem *problem =
	    g_ptr_array_index(problems, index);

	while (index-- > 0) {
		const struct config_problem *other =
		    g_ptr_array_index(problems, index);
		if (other->line != problem->line ||
		    other->file != problem->file)
			return false;
		if (strcmp(other->text, problem->text) == 0)
			return true;
	}
	return false;
}

void config_problems_sort(GPtrArray *problems)
{
	/* Stable: what was found first stays first in its line. */
	g_ptr_array_sort(problems, compare_lines);
	for (guint i = problems->len; i-- > 0;) {
		if (is_said_before(problems, i))
			g_ptr_array_remove_index(problems, i);
	}
}

static void entry_free(gpointer data)
{
	struct config_entry *entry = data;

	/* Any value may be a password. */
	setting_wipe(entry->value);
	g_free(entry->section);
	g_free(entry->key);
	g_free(entry);
}

GPtrArray *config_entries_new(void)
{
	return g_ptr_array_new_with_free_func(entry_free);
}

static void clear_fields(void *base, unsigned scope)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		if ((o->scope & scope) != 0)
			setting_clear(o, base);
	}
}

struct config_account *config_account_new(void)
{
	struct config_account *account = g_new0(struct config_account, 1);

	for (const struct option *o = options; o->name != NULL; o++) {
		if ((o->scope & OPTION_ACCOUNT) != 0)
			setting_reset(o, account);
	}
	return account;
}

void config_account_free(struct config_account *account)
{
	if (account == NULL)
		return;
	clear_fields(account, OPTION_ACCOUNT);
	g_free(account->name);
	g_free(account);
}

static void criterion_free(gpointer data)
{
	struct config_criterion *criterion = data;

	g_free(criterion->value);
	g_free(criterion);
}

struct config_rule *config_rule_new(void)
{
	struct config_rule *rule = g_new0(struct config_rule, 1);

	rule->criteria = g_ptr_array_new_with_free_func(criterion_free);
	return rule;
}

static void rule_free(struct config_rule *rule)
{
	clear_fields(rule, OPTION_RULE);
	g_ptr_array_unref(rule->criteria);
	g_free(rule->name);
	g_free(rule);
}

struct config *config_new(GPtrArray *problems)
{
	struct config *config = g_new0(struct config, 1);

	config->accounts =
	    g_ptr_array_new_with_free_func((GDestroyNotify)config_account_free);
	config->rules =
	    g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	config->files = g_ptr_array_new_with_free_func(g_free);
	config->problems = g_ptr_array_ref(problems);
	return config;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	g_ptr_array_unref(config->accounts);
	g_ptr_array_unref(config->rules);
	g_ptr_array_unref(config->files);
	g_ptr_array_unref(config->problems);
	clear_fields(config, OPTION_SHARED);
	g_free(config);
}

bool config_has_errors(const struct config *config)
{
	for (guint i = 0; i < config->problems->len; i++) {
		const struct config_problem *problem =
		    g_ptr_array_index(config->problems, i);
		if (!problem->warning)
			return true;
	}
	return false;
}

const struct config_account *config_find_account(
    const struct config *config, const char *name)
{
	for (guint i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    g_ptr_array_index(config->accounts, i);
		if (g_ascii_strcasecmp(account->name, name) == 0)
			return account;
	}
	return NULL;
}

const char *config_nearest_account(
    const struct config *config, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct nearest nearest = nearest_to(lower);

	for (guint i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    g_ptr_array_index(config->accounts, i);
		nearest_offer(&nearest, account->name);
	}
	return nearest.best;
}

bool config_holds_secret(const struct config *config)
{
	return config->holds_secret;
}

static char *print_if_set(const struct option *option, const void *base)
{
	return setting_is_set(option, base) ? setting_print(option, base, false)
					    : NULL;
}

bool config_account_equal(
    const struct config_account *a, const struct config_account *b)
{
	for (const struct option *option = options; option->name; option++) {
		char *one, *other;
		bool same;

		if ((option->scope & OPTION_ACCOUNT) == 0)
			continue;
		one = print_if_set(option, a);
		other = print_if_set(option, b);
		same = g_strcmp0(one, other) == 0;
		setting_wipe(one);
		setting_wipe(other);
		if (!same)
			return false;
	}
	return true;
}
