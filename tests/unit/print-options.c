/*
 * Prints the table of options, one row a line, for the test of the manual:
 * scope, name, default, smallest, largest, choices, separated by tabs.
 */
#include "config/options.h"
#include "config/value.h"
#include <stdio.h>

static const char *scope_name(unsigned scope)
{
	switch (scope) {
	case OPTION_ACCOUNT:
		return "account";
	case OPTION_RULE:
		return "rule";
	case OPTION_SHARED:
		return "shared";
	default:
		return "criterion";
	}
}

static char *bound(const struct option *option, int64_t value)
{
	switch (option->type) {
	case OPTION_NUMBER:
		return g_strdup_printf("%" G_GINT64_FORMAT, value);
	case OPTION_DURATION:
		return value_print_duration(value);
	case OPTION_SIZE:
		return value_print_size(value);
	default:
		return g_strdup("");
	}
}

int main(void)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		g_autofree char *min = bound(o, o->min);
		g_autofree char *max = bound(o, o->max);
		g_autofree char *choices = o->choices == NULL
		    ? g_strdup("")
		    : g_strjoinv(" ", (char **)(gpointer)o->choices);

		printf("%s\t%s\t%s\t%s\t%s\t%s\n", scope_name(o->scope),
		    o->name, o->initial != NULL ? o->initial : "", min, max,
		    choices);
	}
	return 0;
}
