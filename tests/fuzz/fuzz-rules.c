/*
 * The first line is "CRITERION PATTERNS", or two of them with a tab between,
 * the rest a header: any rule on any message ends soon, with the same verdict
 * whether reasons are wanted or not, and a rule that can never hold because of
 * the other one does not hold without it.  The patterns also meet the rest as a
 * plain text.
 */
#include "message/message.h"
#include "rules/pattern.h"
#include "rules/rules.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void prepare(void)
{
	static bool done;

	if (done)
		return;
	g_log_set_always_fatal(
	    G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
	message_init();
	done = true;
}

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static void free_reason(void *reason)
{
	rules_reason_free(reason);
}

/* Who has an "a" in the address is known. */
static bool knows(void *data, const char *address)
{
	(void)data;
	return strchr(address, 'a') != NULL;
}

static const struct rules_facts facts = {
    .minute_of_week = 3000, .seen_before = knows, .contact = knows};

/* "CRITERION PATTERNS"; NULL when it cannot be read. */
static struct rules *read_rule(struct rules *rules, const char *text)
{
	size_t size = strcspn(text, " ");
	g_autofree char *criterion = g_strndup(text, size);
	g_autoptr(GError) error = NULL;

	if (text[size] == '\0')
		return NULL;
	rules_begin(rules, "rule", true);
	if (rules_add(rules, criterion, text + size + 1, &error)) {
		demand(error == NULL);
		return rules;
	}
	demand(error != NULL && *error->message != '\0');
	return NULL;
}

/* Index of the rule that holds, or -1. */
static int match(const struct rules *rules, const struct message *message,
    const struct rules_facts *known, GPtrArray *reasons)
{
	g_autoptr(GArray) found = rules_match(rules, message, known, reasons);

	demand(found->len <= 1);
	return found->len > 0 ? (int)g_array_index(found, guint, 0) : -1;
}

static bool check_rule(const char *text, const struct message *message)
{
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);
	g_autoptr(Rules) rules = rules_new();
	g_autofree char *fields = NULL;
	const struct rules_reason *reason;
	int verdict;

	if (read_rule(rules, text) == NULL)
		return false;
	verdict = match(rules, message, &facts, NULL);
	demand(verdict == match(rules, message, &facts, reasons));
	demand(reasons->len == 1);
	reason = reasons->pdata[0];
	demand(!reason->unknown || (verdict == -1 && *reason->found == '\0'));
	if (match(rules, message, NULL, NULL) != verdict)
		demand(rules_wants(rules) != 0 && verdict == 0);
	fields = rules_header_fields(rules);
	demand(strpbrk(fields, "\r\n(){%*\"\\]") == NULL);
	return verdict == 0;
}

/* What is said to be taken by the first rule is taken by it. */
static void check_two(
    const char *one, const char *other, const struct message *message)
{
	g_autoptr(Rules) rules = rules_new();
	bool first = check_rule(one, message);
	bool second = check_rule(other, message);
	int flaw;

	if (read_rule(rules, one) == NULL || read_rule(rules, other) == NULL)
		return;
	flaw = rules_find_flaw(rules, 1);
	demand(flaw != 1 || !second);
	demand(flaw != 0 || !second || first);
}

static void check_patterns(const char *value, const char *text)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_autoptr(PatternList) list =
	    pattern_list_new(value, PATTERN_TEXT, NULL);
	bool gave_up = false;

	g_ptr_array_add(texts, (void *)text);
	if (list != NULL)
		pattern_list_match(list, texts, &gave_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message_source source = {.account = "work",
	    .mailbox = "INBOX",
	    .uidvalidity = 1,
	    .uid = 2,
	    .size = size,
	    .flags = "\\Seen $Junk a"};
	const char *bytes = (const char *)data;
	const char *line = size > 0 ? memchr(bytes, '\n', size) : NULL;
	g_autofree char *rules = NULL, *text = NULL;
	g_autoptr(Message) message = NULL;
	char *other;

	prepare();
	if (line == NULL)
		return 0;
	rules = g_strndup(bytes, line - bytes);
	text = g_strndup(line + 1, bytes + size - line - 1);
	message = message_new(&source, line + 1, bytes + size - line - 1);
	message->attachment = size % 3;
	check_patterns(rules + strcspn(rules, " "), text);
	other = strchr(rules, '\t');
	if (other != NULL)
		*other++ = '\0';
	check_two(rules, other != NULL ? other : rules, message);
	return 0;
}
