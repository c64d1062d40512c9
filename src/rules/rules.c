/*
 * Rules: each a list of criteria that must all hold; the first that holds
 * decides.  A criterion is a row of a table: how its value is read, what of
 * the message it looks at, and when it holds.  Patterns are pattern.c's.
 */
#include "rules/rules.h"
#include "rules/pattern.h"
#include <inttypes.h>
#include <string.h>

#define HEADER_NAME_MAX 128

struct kind;

struct criterion {
	const struct kind *kind;
	char *wanted;                  /* as configured */
	char *header;                  /* header: the field's name, else NULL */
	struct pattern_list *patterns; /* NULL for sizes */
	uint64_t octets;
};

struct rule {
	char *name;
	GPtrArray *criteria;
};

struct rules {
	GPtrArray *rules;
};

struct kind {
	const char *name;
	bool (*read)(
	    struct criterion *criterion, const char *value, GError **error);
	/* Appends what it looks at, new strings; none: nothing is there. */
	void (*collect)(const struct criterion *criterion,
	    const struct message *message, GPtrArray *texts);
	/* NULL: by patterns, over what was collected. */
	bool (*holds)(
	    const struct criterion *criterion, const struct message *message);
};

G_DEFINE_QUARK(idlebell - rules - error, rules_error)

static bool read_patterns(
    struct criterion *criterion, const char *value, GError **error)
{
	criterion->patterns = pattern_list_new(value, false, error);
	return criterion->patterns != NULL;
}

static bool read_addresses(
    struct criterion *criterion, const char *value, GError **error)
{
	criterion->patterns = pattern_list_new(value, true, error);
	return criterion->patterns != NULL;
}

/* RFC 5322 ftext without what would not pass as an IMAP atom. */
static bool is_header_name(const char *name, size_t length)
{
	if (length == 0 || length > HEADER_NAME_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= 0x20 || name[i] >= 0x7f ||
		    strchr("(){%*\"\\]:", name[i]) != NULL)
			return false;
	return true;
}

static bool read_header(
    struct criterion *criterion, const char *value, GError **error)
{
	size_t length = strcspn(value, ":");

	if (value[length] == '\0' || !is_header_name(value, length)) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "\"%s\" names no header field: write X-Priority: 1, 2",
		    value);
		return false;
	}
	criterion->header = g_strndup(value, length);
	return read_patterns(criterion, value + length + 1, error);
}

static bool read_octets(
    struct criterion *criterion, const char *value, GError **error)
{
	guint64 octets;

	if (!g_ascii_string_to_unsigned(
		value, 10, 0, G_MAXUINT64, &octets, NULL)) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "\"%s\" is no number of octets", value);
		return false;
	}
	criterion->octets = octets;
	return true;
}

static void collect_account(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	g_ptr_array_add(texts, g_strdup(message->account));
}

static void collect_mailbox(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	g_ptr_array_add(texts, g_strdup(message->mailbox));
}

static void collect_addresses(const GPtrArray *addresses, GPtrArray *texts)
{
	for (guint i = 0; i < addresses->len; i++) {
		const struct message_address *one = addresses->pdata[i];
		if (*one->address != '\0')
			g_ptr_array_add(texts, g_strdup(one->address));
		if (strcmp(one->ascii, one->address) != 0)
			g_ptr_array_add(texts, g_strdup(one->ascii));
	}
}

static void collect_from(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	collect_addresses(message->from, texts);
}

static void collect_to(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	collect_addresses(message->to, texts);
}

static void collect_subject(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	g_ptr_array_add(texts, g_strdup(message->subject));
}

/* list_id = * means any list, not any message. */
static void collect_list_id(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	if (*message->list_id != '\0')
		g_ptr_array_add(texts, g_strdup(message->list_id));
}

static void collect_header(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	for (guint i = 0; i < message->headers->len; i++) {
		const struct message_header *one = message->headers->pdata[i];
		if (g_ascii_strcasecmp(one->name, criterion->header) == 0)
			g_ptr_array_add(texts, g_strdup(one->value));
	}
}

static void collect_size(const struct criterion *criterion,
    const struct message *message, GPtrArray *texts)
{
	(void)criterion;
	g_ptr_array_add(texts, g_strdup_printf("%" PRIu64, message->size));
}

static bool is_larger(
    const struct criterion *criterion, const struct message *message)
{
	return message->size > criterion->octets;
}

static bool is_smaller(
    const struct criterion *criterion, const struct message *message)
{
	return message->size < criterion->octets;
}

static const struct kind kinds[] = {
    {"account", read_patterns, collect_account, NULL},
    {"mailbox", read_patterns, collect_mailbox, NULL},
    {"from", read_addresses, collect_from, NULL},
    {"to", read_addresses, collect_to, NULL},
    {"subject", read_patterns, collect_subject, NULL},
    {"list_id", read_patterns, collect_list_id, NULL},
    {"header", read_header, collect_header, NULL},
    {"larger", read_octets, collect_size, is_larger},
    {"smaller", read_octets, collect_size, is_smaller},
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static void free_criterion(void *data)
{
	struct criterion *criterion = data;

	g_free(criterion->wanted);
	g_free(criterion->header);
	pattern_list_free(criterion->patterns);
	g_free(criterion);
}

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

void rules_begin(struct rules *rules, const char *name)
{
	struct rule *rule = g_new(struct rule, 1);

	rule->name = g_strdup(name);
	rule->criteria = g_ptr_array_new_with_free_func(free_criterion);
	g_ptr_array_add(rules->rules, rule);
}

bool rules_add(
    struct rules *rules, const char *name, const char *value, GError **error)
{
	const struct kind *kind = find_kind(name);
	struct criterion *criterion;
	struct rule *last;

	if (kind == NULL || rules->rules->len == 0) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "%s is no criterion of a rule", name);
		return false;
	}
	criterion = g_new0(struct criterion, 1);
	criterion->kind = kind;
	criterion->wanted = g_strdup(value);
	if (!kind->read(criterion, value, error)) {
		free_criterion(criterion);
		return false;
	}
	last = rules->rules->pdata[rules->rules->len - 1];
	g_ptr_array_add(last->criteria, criterion);
	return true;
}

static struct rules_reason *add_reason(GPtrArray *reasons,
    const struct rule *rule, const char *criterion, const char *wanted)
{
	struct rules_reason *reason = g_new0(struct rules_reason, 1);

	reason->rule = rule->name;
	reason->criterion = criterion;
	reason->wanted = g_strdup(wanted);
	g_ptr_array_add(reasons, reason);
	return reason;
}

static char *join(GPtrArray *texts)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(
		    out, "%s%s", i > 0 ? ", " : "", (char *)texts->pdata[i]);
	return g_string_free(out, FALSE);
}

static bool test(const struct rule *rule, const struct criterion *criterion,
    const struct message *message, GPtrArray *reasons)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	const struct kind *kind = criterion->kind;
	bool gave_up = false, holds;

	kind->collect(criterion, message, texts);
	if (kind->holds != NULL)
		holds = kind->holds(criterion, message);
	else
		holds =
		    pattern_list_match(criterion->patterns, texts, &gave_up);
	if (reasons != NULL) {
		struct rules_reason *reason =
		    add_reason(reasons, rule, kind->name, criterion->wanted);
		reason->found = join(texts);
		reason->holds = holds;
		reason->gave_up = gave_up;
	}
	return holds;
}

/* With reasons wanted every criterion is looked at, not just until the first
 * that fails: the user wants to see them all. */
static bool rule_holds(
    const struct rule *rule, const struct message *message, GPtrArray *reasons)
{
	bool all = true;

	for (guint i = 0; i < rule->criteria->len; i++)
		if (all || reasons != NULL)
			all &= test(
			    rule, rule->criteria->pdata[i], message, reasons);
	if (rule->criteria->len == 0 && reasons != NULL) {
		struct rules_reason *reason =
		    add_reason(reasons, rule, NULL, "");
		reason->found = g_strdup("");
		reason->holds = true;
	}
	return all;
}

int rules_match(const struct rules *rules, const struct message *message,
    GPtrArray *reasons)
{
	for (guint i = 0; i < rules->rules->len; i++)
		if (rule_holds(rules->rules->pdata[i], message, reasons))
			return (int)i;
	return -1;
}

void rules_reason_free(struct rules_reason *reason)
{
	if (reason == NULL)
		return;
	g_free(reason->wanted);
	g_free(reason->found);
	g_free(reason);
}

static bool has_word(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)list, word);
}

static void add_header_field(GString *fields, const struct criterion *criterion)
{
	g_autofree char *name = NULL;

	if (criterion->header == NULL)
		return;
	name = g_ascii_strup(criterion->header, -1);
	if (has_word(MESSAGE_HEADER_FIELDS, name) ||
	    has_word(fields->str, name))
		return;
	if (fields->len > 0)
		g_string_append_c(fields, ' ');
	g_string_append(fields, name);
}

char *rules_header_fields(const struct rules *rules)
{
	GString *fields = g_string_new(NULL);

	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];
		for (guint j = 0; j < rule->criteria->len; j++)
			add_header_field(fields, rule->criteria->pdata[j]);
	}
	return g_string_free(fields, FALSE);
}
