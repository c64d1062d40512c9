/*
 * The first line is "CRITERION PATTERNS", the rest a header: any rule on any
 * message ends soon, with the same verdict whether reasons are wanted or not.
 * The patterns also meet the rest as a plain text.
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

static void check_rules(
    const char *criterion, const char *value, const struct message *message)
{
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);
	g_autoptr(GError) error = NULL;
	g_autoptr(Rules) rules = rules_new();
	g_autofree char *fields = NULL;
	int verdict;

	rules_begin(rules, "one");
	if (!rules_add(rules, criterion, value, &error)) {
		demand(error != NULL && *error->message != '\0');
		return;
	}
	demand(error == NULL);
	verdict = rules_match(rules, message, NULL);
	demand(verdict == rules_match(rules, message, reasons));
	demand(reasons->len == 1);
	fields = rules_header_fields(rules);
	demand(strpbrk(fields, "\r\n(){%*\"\\]") == NULL);
}

static void check_patterns(const char *value, const char *text)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_autoptr(PatternList) list = pattern_list_new(value, false, NULL);
	bool gave_up = false;

	g_ptr_array_add(texts, (void *)text);
	if (list != NULL)
		pattern_list_match(list, texts, &gave_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message_source source = {
	    "work", "INBOX", 1, 2, size, "\\Seen", NULL};
	const char *bytes = (const char *)data;
	const char *line = size > 0 ? memchr(bytes, '\n', size) : NULL;
	g_autofree char *criterion = NULL, *text = NULL;
	g_autoptr(Message) message = NULL;
	const char *value;

	prepare();
	if (line == NULL)
		return 0;
	criterion = g_strndup(bytes, line - bytes);
	text = g_strndup(line + 1, bytes + size - line - 1);
	value = criterion + strcspn(criterion, " ");
	message = message_new(&source, line + 1, bytes + size - line - 1);
	check_patterns(value, text);
	if (*value == ' ') {
		criterion[value - criterion] = '\0';
		check_rules(criterion, value + 1, message);
	}
	return 0;
}
