/*
 * Rules: each a list of criteria that must all hold.  They are tried in
 * order; the first that holds and stops is the last that is looked at.
 */
#include "rules/rules.h"
#include "rules/criterion.h"
#include <string.h>

/* Rules that each later one is compared with: thousands do not keep a start
 * waiting. */
#define LOOK_BACK_MAX 1000

struct rule {
	char *name;
	bool stops;
	GPtrArray *criteria; /* struct criterion */
};

struct rules {
	GPtrArray *rules;
};

G_DEFINE_QUARK(idlebell - rules - error, rules_error)

static void free_rule(void *data)
{
	struct rule *rule = data;

	g_free(rule->name);
	g_ptr_array_unref(rule->criteria);
	g_free(rule);
}

struct rules *rules_new(void)
{
	struct rules *rules = g_new(struct rules, 1);

	rules->rules = g_ptr_array_new_with_free_func(free_rule);
	return rules;
}

void rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	g_ptr_array_unref(rules->rules);
	g_free(rules);
}

void rules_begin(struct rules *rules, const char *name, bool stops)
{
	struct rule *rule = g_new(struct rule, 1);

	rule->name = g_strdup(name);
	rule->stops = stops;
	rule->criteria =
	    g_ptr_array_new_with_free_func((GDestroyNotify)criterion_free);
	g_ptr_array_add(rules->rules, rule);
}

bool rules_add(
    struct rules *rules, const char *name, const char *value, GError **error)
{
	struct criterion *criterion;
	struct rule *last;

	if (rules->rules->len == 0) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "%s stands outside of a rule", name);
		return false;
	}
	criterion = criterion_new(name, value, error);
	if (criterion == NULL)
		return false;
	last = rules->rules->pdata[rules->rules->len - 1];
	g_ptr_array_add(last->criteria, criterion);
	return true;
}

/* ---- matching ---- */

static char *join(GPtrArray *texts)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(
		    out, "%s%s", i > 0 ? ", " : "", (char *)texts->pdata[i]);
	return g_string_free(out, FALSE);
}

static void add_reason(GPtrArray *reasons, const struct rule *rule,
    const struct criterion *criterion, const struct criterion_case *asked,
    enum criterion_answer answer)
{
	struct rules_reason *reason = g_new0(struct rules_reason, 1);

	reason->rule = rule->name;
	reason->criterion = criterion_name(criterion);
	reason->wanted = g_strdup(criterion->wanted);
	reason->found = join(asked->texts);
	reason->holds = answer == CRITERION_YES;
	reason->unknown = answer == CRITERION_UNKNOWN;
	reason->gave_up = asked->gave_up;
	g_ptr_array_add(reasons, reason);
}

static void add_no_reason(GPtrArray *reasons, const struct rule *rule)
{
	struct rules_reason *reason = g_new0(struct rules_reason, 1);

	reason->rule = rule->name;
	reason->wanted = g_strdup("");
	reason->found = g_strdup("");
	reason->holds = true;
	g_ptr_array_add(reasons, reason);
}

static bool test(const struct rule *rule, const struct criterion *criterion,
    const struct criterion_case *about, GPtrArray *reasons)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	struct criterion_case asked = *about;
	enum criterion_answer answer;

	asked.texts = texts;
	answer = criterion_ask(criterion, &asked);
	if (reasons != NULL)
		add_reason(reasons, rule, criterion, &asked, answer);
	return answer == CRITERION_YES;
}

/* With reasons wanted every criterion is looked at, not just until the first
 * that fails: the user wants to see them all. */
static bool rule_holds(const struct rule *rule,
    const struct criterion_case *about, GPtrArray *reasons)
{
	bool all = true;

	for (guint i = 0; i < rule->criteria->len; i++)
		if (all || reasons != NULL)
			all &= test(
			    rule, rule->criteria->pdata[i], about, reasons);
	if (rule->criteria->len == 0 && reasons != NULL)
		add_no_reason(reasons, rule);
	return all;
}

GArray *rules_match(const struct rules *rules, const struct message *message,
    const struct rules_facts *facts, GPtrArray *reasons)
{
	const struct criterion_case about = {message, facts, NULL, false};
	GArray *indices = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];

		if (!rule_holds(rule, &about, reasons))
			continue;
		g_array_append_val(indices, i);
		if (rule->stops)
			break;
	}
	return indices;
}

void rules_reason_free(struct rules_reason *reason)
{
	if (reason == NULL)
		return;
	g_free(reason->wanted);
	g_free(reason->found);
	g_free(reason);
}

/* ---- what they need ---- */

typedef void visit_fn(void *data, const struct criterion *criterion);

static void for_criteria(const struct rules *rules, visit_fn *fn, void *data)
{
	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];
		for (guint j = 0; j < rule->criteria->len; j++)
			fn(data, rule->criteria->pdata[j]);
	}
}

static void add_wants(void *data, const struct criterion *criterion)
{
	*(unsigned *)data |= criterion_wants(criterion);
}

unsigned rules_wants(const struct rules *rules)
{
	unsigned wants = 0;

	for_criteria(rules, add_wants, &wants);
	return wants;
}

static bool has_word(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)list, word);
}

static void add_fields(void *data, const struct criterion *criterion)
{
	GString *fields = data;
	const char *names = criterion_fields(criterion);
	g_auto(GStrv) list = g_strsplit(names != NULL ? names : "", " ", -1);

	for (char **name = list; *name != NULL; name++) {
		if (has_word(MESSAGE_HEADER_FIELDS, *name) ||
		    has_word(fields->str, *name))
			continue;
		g_string_append_printf(
		    fields, "%s%s", fields->len > 0 ? " " : "", *name);
	}
}

char *rules_header_fields(const struct rules *rules)
{
	GString *fields = g_string_new(NULL);

	for_criteria(rules, add_fields, fields);
	return g_string_free(fields, FALSE);
}

/* ---- flaws ---- */

static bool contradicts_itself(const struct rule *rule)
{
	for (guint i = 0; i < rule->criteria->len; i++)
		for (guint j = 0; j < rule->criteria->len; j++)
			if (criterion_excludes(rule->criteria->pdata[i],
				rule->criteria->pdata[j]))
				return true;
	return false;
}

/* Where all criteria of the rule hold, this one does. */
static bool follows(const struct rule *rule, const struct criterion *criterion)
{
	if (criterion->is_certain)
		return true;
	for (guint i = 0; i < rule->criteria->len; i++)
		if (criterion_implies(rule->criteria->pdata[i], criterion))
			return true;
	return false;
}

static bool takes_all_of(const struct rule *earlier, const struct rule *rule)
{
	if (!earlier->stops)
		return false;
	for (guint i = 0; i < earlier->criteria->len; i++)
		if (!follows(rule, earlier->criteria->pdata[i]))
			return false;
	return true;
}

/* ---- before the message has come ---- */

static enum criterion_answer foresee_rule(
    const struct rule *rule, const struct rules_place *place)
{
	enum criterion_answer all = CRITERION_YES;

	if (contradicts_itself(rule))
		return CRITERION_NO;
	for (guint i = 0; i < rule->criteria->len; i++) {
		enum criterion_answer one =
		    criterion_foresee(rule->criteria->pdata[i], place);

		if (one == CRITERION_NO)
			return CRITERION_NO;
		if (one == CRITERION_UNKNOWN)
			all = CRITERION_UNKNOWN;
	}
	return all;
}

static unsigned apply(unsigned fates, const struct rules_effect *effect)
{
	unsigned after = 0;

	for (unsigned fate = 0; fate < RULES_FATES; fate++)
		if ((fates >> fate & 1) != 0)
			after |= 1U << ((fate & ~(unsigned)effect->clears) |
				     effect->sets);
	return after;
}

unsigned rules_foresee(const struct rules *rules,
    const struct rules_place *place, const struct rules_effect *effects,
    unsigned fate)
{
	/* Those that go on to the next rule, and those that do not. */
	unsigned fates = 1U << fate, ends = 0;

	for (guint i = 0; i < rules->rules->len && fates != 0; i++) {
		const struct rule *rule = rules->rules->pdata[i];
		enum criterion_answer answer = foresee_rule(rule, place);
		unsigned after = apply(fates, &effects[i]);

		if (answer == CRITERION_NO)
			continue;
		if (answer == CRITERION_YES)
			fates = 0;
		if (rule->stops)
			ends |= after;
		else
			fates |= after;
	}
	return ends | fates;
}

/* ---- rules that never hold ---- */

int rules_find_flaw(const struct rules *rules, unsigned index)
{
	const struct rule *rule = rules->rules->pdata[index];

	if (contradicts_itself(rule))
		return (int)index;
	for (guint i = 0; i < MIN(index, LOOK_BACK_MAX); i++)
		if (takes_all_of(rules->rules->pdata[i], rule))
			return (int)i;
	return -1;
}
