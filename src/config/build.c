/*
 * From entries to accounts and rules.
 *
 * An account is made of four layers, the later over the earlier: the table's
 * initial values, [defaults], -o, its own section.  The two in the middle
 * are applied once aloud, for their problems, then silently to each account.
 */
#include "config/draft.h"
#include "config/nearest.h"
#include "config/options.h"
#include "config/parts.h"
#include "config/setting.h"
#include "config/syntax.h"
#include <string.h>

#define DEFAULTS_SCOPE (OPTION_ACCOUNT | OPTION_SHARED)
#define ANY_SCOPE      (DEFAULTS_SCOPE | OPTION_RULE | OPTION_CRITERION)

struct section_kind;

struct section {
	const struct section_kind *kind; /* NULL: unknown, not looked into */
	const char *name;
	int line;
	GPtrArray *entries; /* of struct config_entry, borrowed */
};

struct build {
	struct config *config;
	GPtrArray *sections; /* struct section, in file order */
	const struct section *defaults;
	const char *const *overrides;
	GPtrArray *drafts; /* of all accounts and rules, to be checked */
	int file;          /* that the sections are of; 0: the configuration */
};

struct section_kind {
	const char *word;
	const char *form;                      /* as it is written */
	char *(*check_name)(const char *name); /* NULL: has none */
	void (*make)(struct build *build, const struct section *section);
};

/* Where a setting comes from. */
struct origin {
	enum draft_level level;
	int line;
	const char *override; /* the whole of -o's argument */
	bool quiet;
};

static struct draft *make_draft(void *base, unsigned scope, int line)
{
	struct draft *draft = g_new0(struct draft, 1);
	size_t rows = 1;

	while (options[rows - 1].name != NULL)
		rows++;
	draft->settings = g_new0(struct draft_setting, rows);
	draft->base = base;
	draft->scope = scope;
	draft->line = line;
	return draft;
}

/* Leaves base alone. */
static void free_draft(struct draft *draft)
{
	g_free(draft->settings);
	g_free(draft);
}

struct draft_setting *draft_setting(
    const struct draft *draft, const struct option *option)
{
	return &draft->settings[option - options];
}

/* Of -o, only the key is repeated where the value may be a secret. */
static void complain(const struct build *build, const struct origin *origin,
    const struct option *option, const char *text)
{
	size_t shown;

	if (origin->quiet)
		return;
	if (origin->override == NULL) {
		config_problem_add(
		    build->config->problems, origin->line, false, "%s", text);
		return;
	}
	shown = option == NULL || option->secret
	    ? strcspn(origin->override, "=")
	    : strlen(origin->override);
	config_problem_add(build->config->problems, 0, false, "-o %.*s: %s",
	    (int)shown, origin->override, text);
}

static const char *home_of(const struct option *option)
{
	if (option->scope == OPTION_SHARED)
		return "[defaults]";
	return option->scope == OPTION_ACCOUNT
	    ? "[defaults] or an [account NAME]"
	    : "a [rule NAME]";
}

static char *unknown_key(const char *key, unsigned scope)
{
	const struct option *elsewhere = option_find(key, ANY_SCOPE);
	const char *nearest = option_nearest(key, scope);
	GString *text = g_string_new(NULL);

	g_string_printf(text, "unknown key \"%s\"", key);
	if (elsewhere != NULL)
		g_string_append_printf(
		    text, " here: it belongs in %s", home_of(elsewhere));
	if (nearest != NULL)
		g_string_append_printf(text, "%s did you mean \"%s\"?",
		    elsewhere != NULL ? ";" : ":", nearest);
	else if (elsewhere == NULL)
		g_string_append(text, ": see idlebell.config(5)");
	return g_string_free(text, FALSE);
}

static bool is_set(const char *value)
{
	return value[strspn(value, " \t")] != '\0';
}

static bool holds_secret(const struct option *option, const char *value)
{
	g_autofree char *redacted = NULL;

	if (!option->secret || (value != NULL && !is_set(value)))
		return false;
	if (option->redact == NULL || value == NULL)
		return true;
	redacted = option->redact(value);
	return redacted != NULL;
}

/* False with *ret_reason. */
static bool add_criterion(struct config_rule *rule, const struct option *option,
    int line, const char *value, char **ret_reason)
{
	char *read = setting_parse_criterion(option, value, ret_reason);
	struct config_criterion *criterion;

	if (read == NULL)
		return false;
	criterion = g_new0(struct config_criterion, 1);
	criterion->name = option->name;
	criterion->value = read;
	criterion->line = line;
	g_ptr_array_add(rule->criteria, criterion);
	return true;
}

/* What stands in [defaults] and in -o is applied twice, to what is shared and
 * to what accounts inherit. */
static void complain_of_key(const struct build *build,
    const struct draft *draft, const struct origin *origin, const char *key)
{
	bool inherited = origin->level != DRAFT_OWN;
	unsigned scope = inherited ? DEFAULTS_SCOPE : draft->scope;
	g_autofree char *text = NULL;

	if (inherited && option_find(key, DEFAULTS_SCOPE) != NULL)
		return;
	text = unknown_key(key, scope);
	complain(build, origin, NULL, text);
}

/* value NULL: it could not be read, which was said before. */
static void apply(const struct build *build, struct draft *draft,
    const struct origin *origin, const char *key, const char *value)
{
	g_autofree char *name = g_ascii_strdown(key, -1);
	g_autofree char *reason = NULL, *text = NULL;
	const struct option *option = option_find(name, draft->scope);
	struct draft_setting *setting;
	bool good;

	if (option == NULL) {
		complain_of_key(build, draft, origin, name);
		return;
	}
	setting = draft_setting(draft, option);
	setting->level = origin->level;
	setting->line = origin->line;
	if (origin->override == NULL && holds_secret(option, value))
		build->config->holds_secret = true;
	if (value == NULL)
		return;
	good = option->scope == OPTION_CRITERION
	    ? add_criterion(draft->base, option, origin->line, value, &reason)
	    : setting_parse(option, draft->base, value, &reason);
	if (good)
		return;
	if (origin->override == NULL)
		text = g_strdup_printf("%s: %s", option->name, reason);
	complain(build, origin, option, text != NULL ? text : reason);
}

static void apply_section(const struct build *build, struct draft *draft,
    const struct section *section, enum draft_level level, bool quiet)
{
	for (guint i = 0; i < section->entries->len; i++) {
		const struct config_entry *entry =
		    g_ptr_array_index(section->entries, i);
		struct origin origin = {level, entry->line, NULL, quiet};
		apply(build, draft, &origin, entry->key, entry->value);
	}
}

static void apply_override(const struct build *build, struct draft *draft,
    const char *override, bool quiet)
{
	struct origin origin = {DRAFT_OVERRIDE, 0, override, quiet};
	const char *equals = strchr(override, '=');
	g_autofree char *key = NULL, *value = NULL;

	if (!syntax_is_text(override)) {
		origin.override = "KEY=VALUE";
		complain(build, &origin, NULL,
		    "there are characters in it that are not UTF-8 text");
		return;
	}
	if (equals == NULL) {
		complain(build, &origin, NULL, "write -o KEY=VALUE");
		return;
	}
	key = g_strstrip(g_strndup(override, (gsize)(equals - override)));
	value = g_strstrip(g_strdup(equals + 1));
	apply(build, draft, &origin, key, value);
}

static void apply_shared(
    const struct build *build, struct draft *draft, bool quiet)
{
	const char *const *override = build->overrides;

	if (build->defaults != NULL)
		apply_section(
		    build, draft, build->defaults, DRAFT_DEFAULTS, quiet);
	for (; override != NULL && *override != NULL; override++)
		apply_override(build, draft, *override, quiet);
}

/* Two ways to the same: the one written nearer to the account counts. */
static void settle(struct draft *draft, const char *one, const char *other)
{
	const struct option *a = option_find(one, OPTION_ACCOUNT);
	const struct option *b = option_find(other, OPTION_ACCOUNT);
	enum draft_level a_level = draft_setting(draft, a)->level;
	enum draft_level b_level = draft_setting(draft, b)->level;

	if (!setting_is_set(a, draft->base) || !setting_is_set(b, draft->base))
		return;
	if (a_level < b_level)
		setting_clear(a, draft->base);
	else if (b_level < a_level)
		setting_clear(b, draft->base);
}

static void make_account(struct build *build, const struct section *section)
{
	struct config_account *account = config_account_new();
	struct draft *draft =
	    make_draft(account, OPTION_ACCOUNT, section->line);

	account->name = g_strdup(section->name);
	g_ptr_array_add(build->config->accounts, account);
	g_ptr_array_add(build->drafts, draft);
	apply_shared(build, draft, true);
	apply_section(build, draft, section, DRAFT_OWN, false);
	settle(draft, "password", "password_command");
}

static void make_rule(struct build *build, const struct section *section)
{
	struct config_rule *rule = config_rule_new();
	struct draft *draft =
	    make_draft(rule, OPTION_RULE | OPTION_CRITERION, section->line);

	rule->name = g_strdup(section->name);
	rule->file = build->file;
	rule->line = section->line;
	g_ptr_array_add(build->config->rules, rule);
	g_ptr_array_add(build->drafts, draft);
	apply_section(build, draft, section, DRAFT_OWN, false);
}

static int line_of(const struct draft *draft, const char *key)
{
	return draft_setting(draft, option_find(key, draft->scope))->line;
}

/* What [defaults] says of all accounts together. */
static void apply_to_all(struct build *build)
{
	struct config *config = build->config;
	struct draft *draft = make_draft(config, OPTION_SHARED, 0);

	apply_shared(build, draft, false);
	config->rules_file_line = line_of(draft, "rules_file");
	config->contacts_file_line = line_of(draft, "contacts_file");
	free_draft(draft);
}

/* For the problems only. */
static void try_shared(struct build *build)
{
	struct config_account *account = config_account_new();
	struct draft *draft = make_draft(account, OPTION_ACCOUNT, 0);

	apply_shared(build, draft, false);
	free_draft(draft);
	config_account_free(account);
}

static const struct section_kind kinds[] = {
    {"defaults", "defaults", NULL, NULL},
    {"account", "account NAME", syntax_check_account, make_account},
    {"rule", "rule NAME", syntax_check_rule, make_rule},
};

static const struct section_kind *find_kind(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void complain_of_section(
    struct build *build, const struct config_entry *entry, const char *word)
{
	struct nearest nearest = nearest_to(word);
	const struct section_kind *kind;

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		nearest_offer(&nearest, kinds[i].word);
	kind = nearest.best != NULL ? find_kind(nearest.best) : NULL;
	if (kind != NULL)
		config_problem_add(build->config->problems, entry->line, false,
		    "unknown section [%s]: did you mean [%s]?", entry->section,
		    kind->form);
	else
		config_problem_add(build->config->problems, entry->line, false,
		    "unknown section [%s]: write [defaults], [account NAME] "
		    "or [rule NAME]",
		    entry->section);
}

static void check_section_name(struct build *build,
    const struct config_entry *entry, const struct section_kind *kind,
    const char *name)
{
	g_autofree char *reason = NULL;

	if (kind->check_name == NULL && *name != '\0')
		reason = g_strdup_printf("write [%s] alone", kind->form);
	else if (kind->check_name != NULL && *name == '\0')
		reason = g_strdup_printf("write [%s]", kind->form);
	else if (kind->check_name != NULL)
		reason = kind->check_name(name);
	if (reason != NULL)
		config_problem_add(build->config->problems, entry->line, false,
		    "[%s]: %s", entry->section, reason);
}

static struct section *find_section(
    struct build *build, const struct section_kind *kind, const char *name)
{
	for (guint i = 0; i < build->sections->len; i++) {
		struct section *section = g_ptr_array_index(build->sections, i);
		if (kind != NULL && section->kind == kind &&
		    g_ascii_strcasecmp(section->name, name) == 0)
			return section;
	}
	return NULL;
}

static void section_free(gpointer data)
{
	struct section *section = data;

	g_ptr_array_unref(section->entries);
	g_free(section);
}

/* One that stands twice, which the scan says, is gone on with. */
static struct section *open_section(
    struct build *build, const struct config_entry *entry)
{
	size_t size = strcspn(entry->section, " ");
	g_autofree char *prefix = g_strndup(entry->section, size);
	g_autofree char *word = g_ascii_strdown(prefix, -1);
	const struct section_kind *kind = find_kind(word);
	const char *name = entry->section + size;
	struct section *section;

	name += *name == ' ';
	section = find_section(build, kind, name);
	if (section != NULL)
		return section;
	if (kind == NULL)
		complain_of_section(build, entry, word);
	else
		check_section_name(build, entry, kind, name);
	section = g_new0(struct section, 1);
	section->kind = kind;
	section->name = name;
	section->line = entry->line;
	section->entries = g_ptr_array_new();
	g_ptr_array_add(build->sections, section);
	return section;
}

static void collect_sections(struct build *build, const GPtrArray *entries)
{
	struct section *current = NULL;
	bool said = false;

	for (guint i = 0; i < entries->len; i++) {
		struct config_entry *entry = g_ptr_array_index(entries, i);
		if (entry->key == NULL) {
			current = open_section(build, entry);
			continue;
		}
		if (current != NULL)
			g_ptr_array_add(current->entries, entry);
		else if (!said)
			config_problem_add(build->config->problems, entry->line,
			    false,
			    "%s: stands before any section: write %s above it",
			    entry->key,
			    build->file > 0 ? "[rule NAME]"
					    : "[defaults] or [account NAME]");
		said = said || current == NULL;
	}
	build->defaults = find_section(build, &kinds[0], "");
}

static void check_all(struct build *build)
{
	struct config *config = build->config;

	for (guint i = 0; i < build->drafts->len; i++) {
		const struct draft *draft = g_ptr_array_index(build->drafts, i);
		if (draft->scope == OPTION_ACCOUNT)
			check_account(config, draft);
		else
			check_rule(config, draft);
	}
	if (config->accounts->len == 0 && !config_has_errors(config))
		config_problem_add(config->problems, 0, false,
		    "there is no account: write [account NAME], and below it "
		    "host = and user =");
}

static void begin_build(struct build *build, const GPtrArray *entries)
{
	build->sections = g_ptr_array_new_with_free_func(section_free);
	build->drafts =
	    g_ptr_array_new_with_free_func((GDestroyNotify)free_draft);
	collect_sections(build, entries);
}

static void make_all(struct build *build)
{
	for (guint i = 0; i < build->sections->len; i++) {
		const struct section *section =
		    g_ptr_array_index(build->sections, i);
		if (section->kind != NULL && section->kind->make != NULL)
			section->kind->make(build, section);
	}
}

static void end_build(struct build *build)
{
	g_ptr_array_unref(build->drafts);
	g_ptr_array_unref(build->sections);
}

struct config *config_build(
    const GPtrArray *entries, const char *const *overrides, GPtrArray *problems)
{
	struct build build = {.overrides = overrides};

	build.config = config_new(problems);
	begin_build(&build, entries);
	try_shared(&build);
	apply_to_all(&build);
	make_all(&build);
	check_all(&build);
	config_problems_sort(problems);
	end_build(&build);
	return build.config;
}

/* ---- more rules ---- */

static const struct config_rule *find_rule(
    const struct config *config, const char *name)
{
	for (guint i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule =
		    g_ptr_array_index(config->rules, i);
		if (g_ascii_strcasecmp(rule->name, name) == 0)
			return rule;
	}
	return NULL;
}

/* Why a section cannot stand in a file of rules: a new string, or NULL. */
static char *describe_stray(
    const struct config *config, const struct section *section)
{
	const struct config_rule *twin;
	const char *path = "the configuration";

	if (section->kind->make != make_rule)
		return g_strdup_printf("[%s] cannot stand here: a rules_file "
				       "has [rule NAME] only",
		    section->kind->form);
	twin = find_rule(config, section->name);
	if (twin == NULL)
		return NULL;
	if (twin->file > 0)
		path = g_ptr_array_index(config->files, twin->file - 1);
	return g_strdup_printf("[rule %s] stands twice: first in line %d of %s",
	    section->name, twin->line, path);
}

static void refuse_strays(struct build *build)
{
	for (guint i = 0; i < build->sections->len; i++) {
		struct section *section = g_ptr_array_index(build->sections, i);
		g_autofree char *reason = section->kind != NULL
		    ? describe_stray(build->config, section)
		    : NULL;

		if (reason == NULL)
			continue;
		config_problem_add(build->config->problems, section->line,
		    false, "%s", reason);
		section->kind = NULL;
	}
}

static void move_problems(GPtrArray *problems, struct config *config, int file)
{
	while (problems->len > 0) {
		struct config_problem *problem =
		    g_ptr_array_steal_index(problems, 0);

		problem->file = file;
		g_ptr_array_add(config->problems, problem);
	}
}

void config_add_rules(struct config *config, const char *path,
    const GPtrArray *entries, GPtrArray *problems)
{
	struct build build = {.config = config};
	GPtrArray *all = config->problems;

	g_ptr_array_add(config->files, g_strdup(path));
	build.file = (int)config->files->len;
	config->problems = problems;
	begin_build(&build, entries);
	refuse_strays(&build);
	make_all(&build);
	for (guint i = 0; i < build.drafts->len; i++)
		check_rule(config, g_ptr_array_index(build.drafts, i));
	end_build(&build);
	config->problems = all;
	move_problems(problems, config, build.file);
	config_problems_sort(config->problems);
}
