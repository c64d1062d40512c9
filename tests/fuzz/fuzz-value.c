/*
 * Single values: the input's first line is the name of a key, the rest its
 * value.  What is accepted is in range and printed as what is accepted again.
 */
#include "config/options.h"
#include "config/setting.h"
#include "config/syntax.h"
#include "config/value.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

union base {
	struct config_account account;
	struct config_rule rule;
};

static void fail(const char *what, const char *one, const char *other)
{
	fprintf(stderr, "%s: \"%s\" \"%s\"\n", what, one, other);
	abort();
}

static void try_value(const struct option *option, const char *value)
{
	union base one = {0}, other = {0};
	g_autofree char *reason = NULL, *why = NULL;
	g_autofree char *printed = NULL, *again = NULL, *plain = NULL;

	if (!setting_parse(option, &one, value, &reason)) {
		if (reason == NULL || *reason == '\0')
			fail("no reason", option->name, value);
		return;
	}
	printed = setting_print(option, &one, false);
	plain = setting_print(option, &one, true);
	if (printed != NULL) {
		if (!setting_parse(option, &other, printed, &why))
			fail(why, value, printed);
		again = setting_print(option, &other, false);
		if (strcmp(printed, again) != 0)
			fail("printed twice", printed, again);
		if (!setting_parse(option, &other, plain, &why))
			fail(why, value, plain);
	}
	setting_clear(option, &one);
	setting_clear(option, &other);
}

static void try_criterion(const struct option *option, const char *value)
{
	g_autofree char *reason = NULL;
	g_autofree char *read = setting_parse_criterion(option, value, &reason);

	if ((read == NULL) == (reason == NULL))
		fail("neither read nor refused", option->name, value);
}

static void try_print(int64_t value)
{
	g_autofree char *duration = value_print_duration(value);
	g_autofree char *octets = value_print_size(value);
	int64_t again = -1;

	if (!value_parse_duration(duration, &again) || again != value)
		fail("duration", duration, "");
	if (!value_parse_size(octets, &again) || again != value)
		fail("size", octets, "");
}

static void try_redact(const char *value)
{
	g_autofree char *redacted = syntax_redact_url(value);
	g_autofree char *reason = syntax_check_proxy(value);
	g_autofree char *again = NULL;

	if (redacted == NULL || reason != NULL)
		return;
	again = syntax_check_proxy(redacted);
	if (again != NULL)
		fail(again, value, redacted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *name = g_strndup((const char *)data, size);
	char *value = strchr(name, '\n');
	int64_t number;

	if (value == NULL)
		return 0;
	*value++ = '\0';
	option_nearest(name, OPTION_ACCOUNT);
	if (!syntax_is_text(value))
		return 0;
	try_redact(value);
	if (value_parse_number(value, &number))
		try_print(number);
	for (const struct option *o = options; o->name != NULL; o++) {
		if (strcmp(o->name, name) != 0)
			continue;
		if (o->scope == OPTION_CRITERION)
			try_criterion(o, value);
		else
			try_value(o, value);
	}
	return 0;
}
