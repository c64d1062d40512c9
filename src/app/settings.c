/*
 * From files to verdicts.
 */
#include "app/settings.h"
#include "app/log.h"
#include "store/config-file.h"

static void compile_criterion(struct settings *settings,
    const struct config_rule *rule, const struct config_criterion *criterion)
{
	g_autoptr(GError) error = NULL;

	if (!rules_add(
		settings->rules, criterion->name, criterion->value, &error))
		config_problem_add(settings->config->problems, criterion->line,
		    false, "rule %s: %s: %s", rule->name, criterion->name,
		    error->message);
}

static void compile_rules(struct settings *settings)
{
	const GPtrArray *rules = settings->config->rules;

	settings->rules = rules_new();
	for (unsigned i = 0; i < rules->len; i++) {
		const struct config_rule *rule = rules->pdata[i];

		rules_begin(settings->rules, rule->name);
		for (unsigned j = 0; j < rule->criteria->len; j++)
			compile_criterion(
			    settings, rule, rule->criteria->pdata[j]);
	}
}

static char *join_header_fields(const struct rules *rules)
{
	g_autofree char *more = rules_header_fields(rules);

	return g_strconcat(
	    MESSAGE_HEADER_FIELDS, more[0] != '\0' ? " " : "", more, NULL);
}

struct settings *settings_load(
    const char *path, const char *const *overrides, GError **error)
{
	struct config *config = config_file_load(path, overrides, error);
	struct settings *settings;

	if (config == NULL) {
		if (error != NULL &&
		    g_error_matches(*error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			g_prefix_error(error,
			    "there is no configuration, see "
			    "idlebell.config(5): ");
		return NULL;
	}
	settings = g_new0(struct settings, 1);
	settings->references = 1;
	settings->config = config;
	compile_rules(settings);
	settings->header_fields = join_header_fields(settings->rules);
	return settings;
}

struct settings *settings_ref(struct settings *settings)
{
	settings->references++;
	return settings;
}

void settings_unref(struct settings *settings)
{
	if (settings == NULL || --settings->references > 0)
		return;
	rules_free(settings->rules);
	config_free(settings->config);
	g_free(settings->header_fields);
	g_free(settings);
}

static char *describe_problem(
    const struct config_problem *problem, const char *path)
{
	const char *kind = problem->warning ? "warning: " : "";

	if (problem->line > 0)
		return g_strdup_printf(
		    "%s:%d: %s%s", path, problem->line, kind, problem->text);
	return g_strdup_printf("%s: %s%s", path, kind, problem->text);
}

static void report_problem(
    const struct config_problem *problem, const char *path)
{
	g_autofree char *text = describe_problem(problem, path);

	log_line(problem->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, NULL,
	    "%s", text);
}

void settings_describe(
    const struct settings *settings, const char *path, GString *ret_lines)
{
	const GPtrArray *problems = settings->config->problems;

	for (unsigned i = 0; i < problems->len; i++) {
		const struct config_problem *problem = problems->pdata[i];
		g_autofree char *text = describe_problem(problem, path);

		if (!problem->warning)
			g_string_append_printf(ret_lines, "%s\n", text);
	}
}

bool settings_report(const struct settings *settings, const char *path)
{
	GPtrArray *problems = settings->config->problems;

	config_problems_sort(problems);
	for (unsigned i = 0; i < problems->len; i++)
		report_problem(problems->pdata[i], path);
	return !config_has_errors(settings->config);
}

static void apply_rule(struct verdict *verdict, const struct config_rule *rule)
{
	verdict->rule = rule->name;
	if (rule->has_notify)
		verdict->notify = rule->notify;
	if (rule->has_urgency)
		verdict->urgency = rule->urgency;
	if (rule->has_download_max_size)
		verdict->download_max_size = rule->download_max_size;
	if (rule->on_message != NULL)
		verdict->on_message = rule->on_message;
	verdict->sound = rule->sound;
	verdict->icon = rule->icon;
}

struct verdict settings_decide(const struct settings *settings,
    const struct config_account *account, const struct message *message)
{
	struct verdict verdict = {.urgency = CONFIG_URGENCY_NORMAL};
	int index = rules_match(settings->rules, message, NULL);

	if (account != NULL) {
		verdict.notify = account->notify;
		verdict.download_max_size = account->download_max_size;
		verdict.on_message = account->on_message;
	}
	if (index >= 0)
		apply_rule(&verdict, settings->config->rules->pdata[index]);
	return verdict;
}
