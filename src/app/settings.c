/*
 * From files to verdicts.
 */
#include "app/settings.h"
#include "app/log.h"
#include "app/when.h"
#include "config/nearest.h"
#include "rules/pattern.h"
#include "sinks/sink.h"
#include "store/config-file.h"
#include <string.h>

/* The problem that was found last is in that file. */
static void put_into(const struct config *config, int file)
{
	struct config_problem *problem =
	    config->problems->pdata[config->problems->len - 1];

	problem->file = file;
}

static void compile_criterion(struct settings *settings,
    const struct config_rule *rule, const struct config_criterion *criterion)
{
	g_autoptr(GError) error = NULL;

	if (rules_add(
		settings->rules, criterion->name, criterion->value, &error))
		return;
	config_problem_add(settings->config->problems, criterion->line, false,
	    "rule %s: %s: %s", rule->name, criterion->name, error->message);
	put_into(settings->config, rule->file);
}

static void compile_rules(struct settings *settings)
{
	const GPtrArray *rules = settings->config->rules;

	settings->rules = rules_new();
	for (unsigned i = 0; i < rules->len; i++) {
		const struct config_rule *rule = rules->pdata[i];

		rules_begin(settings->rules, rule->name,
		    !rule->has_stop || rule->stop != 0);
		for (unsigned j = 0; j < rule->criteria->len; j++)
			compile_criterion(
			    settings, rule, rule->criteria->pdata[j]);
	}
}

static void warn_of_flaw(struct settings *settings, unsigned index)
{
	const GPtrArray *rules = settings->config->rules;
	const struct config_rule *rule = rules->pdata[index], *other;
	int flaw = rules_find_flaw(settings->rules, index);

	if (flaw < 0)
		return;
	other = rules->pdata[flaw];
	if (other == rule)
		config_problem_add(settings->config->problems, rule->line, true,
		    "rule %s: no message can be of both sizes, larger and "
		    "smaller",
		    rule->name);
	else
		config_problem_add(settings->config->problems, rule->line, true,
		    "rule %s: it can never hold, as [rule %s] before it holds "
		    "for all its messages: put it first, or write stop = no "
		    "in that one",
		    rule->name, other->name);
	put_into(settings->config, rule->file);
}

static bool fits_any(
    const struct pattern_list *list, const struct config *config)
{
	g_autoptr(GPtrArray) name = g_ptr_array_new();
	bool gave_up = false;

	g_ptr_array_set_size(name, 1);
	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    config->accounts->pdata[i];

		name->pdata[0] = account->name;
		if (pattern_list_match(list, name, &gave_up))
			return true;
	}
	return false;
}

static const char *nearest_account(
    const struct config *config, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct nearest nearest = nearest_to(lower);

	for (unsigned i = 0; i < config->accounts->len; i++)
		nearest_offer(&nearest,
		    ((struct config_account *)config->accounts->pdata[i])
			->name);
	return nearest.best;
}

/* account = NAME that there is not. */
static void warn_of_account(struct settings *settings,
    const struct config_rule *rule, const struct config_criterion *criterion)
{
	struct config *config = settings->config;
	g_autoptr(PatternList) list = NULL;
	const char *nearest;

	if (strcmp(criterion->name, "account") != 0)
		return;
	list = pattern_list_new(criterion->value, PATTERN_TEXT, NULL);
	if (fits_any(list, config))
		return;
	nearest = nearest_account(config, criterion->value);
	config_problem_add(config->problems, criterion->line, true,
	    "rule %s: account: there is none that \"%s\" fits%s%s%s",
	    rule->name, criterion->value,
	    nearest != NULL ? ": did you mean " : "",
	    nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	put_into(config, rule->file);
}

static void warn_of_accounts(struct settings *settings)
{
	const GPtrArray *rules = settings->config->rules;

	for (unsigned i = 0; i < rules->len; i++) {
		const struct config_rule *rule = rules->pdata[i];

		for (unsigned j = 0; j < rule->criteria->len; j++)
			warn_of_account(
			    settings, rule, rule->criteria->pdata[j]);
	}
}

/* A rule that lacks a criterion, which could not be read, holds for more than
 * it should. */
static void warn_of_flaws(struct settings *settings)
{
	if (config_has_errors(settings->config))
		return;
	for (unsigned i = 0; i < settings->config->rules->len; i++)
		warn_of_flaw(settings, i);
	warn_of_accounts(settings);
}

static char *join_header_fields(const struct rules *rules)
{
	g_autofree char *more = rules_header_fields(rules);

	return g_strconcat(
	    MESSAGE_HEADER_FIELDS, more[0] != '\0' ? " " : "", more, NULL);
}

static void open_book(struct settings *settings)
{
	struct config *config = settings->config;
	g_autoptr(GError) error = NULL;

	if ((settings->wants & RULES_WANT_CONTACTS) == 0)
		return;
	settings->book = book_new(config, &error);
	if (error != NULL)
		config_problem_add(config->problems, config->contacts_file_line,
		    true, "contacts_file: %s", error->message);
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
	settings->curfew = curfew_new(config, settings->rules);
	warn_of_flaws(settings);
	settings->header_fields = join_header_fields(settings->rules);
	settings->wants = rules_wants(settings->rules);
	open_book(settings);
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
	book_free(settings->book);
	rules_free(settings->rules);
	curfew_free(settings->curfew);
	config_free(settings->config);
	g_free(settings->header_fields);
	g_free(settings);
}

static char *describe_problem(const struct config *config,
    const struct config_problem *problem, const char *path)
{
	const char *kind = problem->warning ? "warning: " : "";

	if (problem->file > 0)
		path = config->files->pdata[problem->file - 1];
	if (problem->line > 0)
		return g_strdup_printf(
		    "%s:%d: %s%s", path, problem->line, kind, problem->text);
	return g_strdup_printf("%s: %s%s", path, kind, problem->text);
}

static void report_problem(const struct config *config,
    const struct config_problem *problem, const char *path)
{
	g_autofree char *text = describe_problem(config, problem, path);

	log_line(problem->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, NULL,
	    "%s", text);
}

void settings_describe(
    const struct settings *settings, const char *path, GString *ret_lines)
{
	const struct config *config = settings->config;

	for (unsigned i = 0; i < config->problems->len; i++) {
		const struct config_problem *problem =
		    config->problems->pdata[i];
		g_autofree char *text = describe_problem(config, problem, path);

		if (!problem->warning)
			g_string_append_printf(ret_lines, "%s\n", text);
	}
}

bool settings_report(const struct settings *settings, const char *path)
{
	const struct config *config = settings->config;

	config_problems_sort(config->problems);
	for (unsigned i = 0; i < config->problems->len; i++)
		report_problem(config, config->problems->pdata[i], path);
	return !config_has_errors(config);
}

static void apply_rule(struct verdict *verdict, const struct config_rule *rule)
{
	verdict->rule = rule->name;
	if (rule->has_notify)
		verdict->notify = rule->notify;
	if (rule->has_urgency)
		verdict->urgency = rule->urgency;
	if (rule->has_timeout)
		verdict->timeout = rule->timeout;
	if (rule->has_download_max_size)
		verdict->download_max_size = rule->download_max_size;
	if (rule->has_download)
		verdict->download = rule->download;
	if (rule->download_to != NULL || rule->download_command != NULL) {
		verdict->download_to = rule->download_to;
		verdict->download_command = rule->download_command;
	}
	if (rule->on_message != NULL)
		verdict->on_message = rule->on_message;
	if (rule->sound != NULL)
		verdict->sound = rule->sound;
	if (rule->icon != NULL)
		verdict->icon = rule->icon;
	if (rule->has_urgent)
		verdict->urgent = rule->urgent != 0;
}

/* What a fact is asked about. */
struct inquiry {
	const struct settings *settings;
	struct seen *senders;
	char *identity; /* of the message */
};

static bool wants(const struct inquiry *inquiry, enum rules_want want)
{
	return (inquiry->settings->wants & want) != 0;
}

/* Kept in small letters: who writes from Anna@ is who writes from anna@. */
static bool is_seen_before(void *data, const char *address)
{
	const struct inquiry *inquiry = data;
	g_autofree char *lower = g_utf8_casefold(address, -1);

	/* A message that is told again does not know itself. */
	return seen_find(inquiry->senders, lower, inquiry->identity) ==
	    SEEN_ELSEWHERE;
}

static bool is_contact(void *data, const char *address)
{
	return book_has(
	    ((const struct inquiry *)data)->settings->book, address);
}

static void note_sender(const struct inquiry *inquiry, const char *address)
{
	g_autofree char *lower = g_utf8_casefold(address, -1);

	if (seen_find(inquiry->senders, lower, inquiry->identity) ==
	    SEEN_NOWHERE)
		seen_add(inquiry->senders, lower, inquiry->identity);
	else
		seen_renew(inquiry->senders, lower);
}

void settings_note_senders(const struct message *message, struct seen *senders)
{
	bool sure;
	g_autofree char *identity = message_identity(message, &sure);
	const struct inquiry inquiry = {NULL, senders, identity};

	for (unsigned i = 0; i < message->from->len; i++)
		note_sender(&inquiry,
		    ((struct message_address *)message->from->pdata[i])->ascii);
}

static struct rules_facts make_facts(struct inquiry *inquiry)
{
	struct rules_facts facts = {.minute_of_week = -1, .data = inquiry};

	if (wants(inquiry, RULES_WANT_TIME))
		facts.minute_of_week = (int)when_minute_of_week(when_wall());
	if (wants(inquiry, RULES_WANT_SENDERS) && inquiry->senders != NULL)
		facts.seen_before = is_seen_before;
	if (book_is_known(inquiry->settings->book))
		facts.contact = is_contact;
	return facts;
}

static void apply_rules(const struct settings *settings,
    const struct message *message, struct seen *senders, GPtrArray *reasons,
    struct verdict *verdict)
{
	bool sure;
	g_autofree char *identity =
	    senders != NULL ? message_identity(message, &sure) : NULL;
	struct inquiry inquiry = {settings, senders, identity};
	struct rules_facts facts = make_facts(&inquiry);
	g_autoptr(GArray) found =
	    rules_match(settings->rules, message, &facts, reasons);

	for (unsigned i = 0; i < found->len; i++) {
		const struct config_rule *rule =
		    settings->config->rules
			->pdata[g_array_index(found, guint, i)];

		apply_rule(verdict, rule);
		if (curfew_holds(settings->curfew, rule->quiet_hours))
			verdict->notify = 0;
	}
}

/* NULL: of nobody. */
static struct verdict begin_verdict(const struct config_account *account)
{
	struct verdict verdict = {
	    .urgency = CONFIG_URGENCY_NORMAL, .timeout = SINK_TIMEOUT_DEFAULT};

	if (account == NULL)
		return verdict;
	verdict.notify = account->notify;
	if (account->has_timeout)
		verdict.timeout = account->timeout;
	verdict.download_max_size = account->download_max_size;
	verdict.download = account->download;
	verdict.download_to = account->download_to;
	verdict.download_command = account->download_command;
	verdict.on_message = account->on_message;
	return verdict;
}

struct verdict settings_force(
    const struct config_account *account, const struct config_rule *rule)
{
	struct verdict verdict = begin_verdict(account);

	if (rule != NULL)
		apply_rule(&verdict, rule);
	return verdict;
}

struct verdict settings_decide(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    struct seen *senders, GPtrArray *reasons)
{
	struct verdict verdict = begin_verdict(account);

	apply_rules(settings, message, senders, reasons, &verdict);
	return verdict;
}
