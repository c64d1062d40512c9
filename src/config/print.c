/*
 * The effective configuration as a file.
 *
 * Each account with all it inherited, so that [defaults] has only what is
 * nobody's in particular.  What iniparser
 * could not read back is a comment, as are secrets; all that was read from a
 * file can be written to one.
 */
#include "config/options.h"
#include "config/setting.h"
#include "config/value.h"
#include <string.h>

#define LINE_MAX_SIZE 1022
#define PORT_IMPLICIT 993
#define PORT_PLAIN    143

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_bare(const char *value)
{
	size_t size = strlen(value);

	return size > 0 && strchr("\"'", value[0]) == NULL &&
	    strpbrk(value, ";#") == NULL && !is_blank(value[0]) &&
	    !is_blank(value[size - 1]) && value[size - 1] != '\\';
}

/* In quotes where it needs them; NULL when there is no way. */
static char *quote(const char *value)
{
	if (is_bare(value))
		return g_strdup(value);
	if (strchr(value, '\\') != NULL)
		return NULL;
	if (strchr(value, '"') == NULL)
		return g_strdup_printf("\"%s\"", value);
	if (strchr(value, '\'') == NULL)
		return g_strdup_printf("'%s'", value);
	return NULL;
}

static bool print_line(GString *out, const char *key, const char *value)
{
	g_autofree char *quoted = quote(value);
	size_t size;

	if (quoted == NULL)
		return false;
	size = strlen(key) + strlen(quoted);
	if (size + strlen("=") > LINE_MAX_SIZE)
		return false;
	g_string_append_printf(out, "%s%s%s\n", key,
	    size + strlen(" = ") > LINE_MAX_SIZE ? "=" : " = ", quoted);
	return true;
}

static void print_field(
    GString *out, const struct option *option, const void *base)
{
	g_autofree char *value = setting_print(option, base, false);
	g_autofree char *plain = setting_print(option, base, true);

	if (print_line(out, option->name, value) ||
	    print_line(out, option->name, plain))
		return;
	g_string_append_printf(
	    out, "# %s is set, but cannot be written here\n", option->name);
}

static void print_secret(
    GString *out, const struct option *option, const char *value)
{
	g_autofree char *redacted = NULL;

	if (option->redact == NULL) {
		g_string_append_printf(out, "# %s is set\n", option->name);
		return;
	}
	redacted = option->redact(value);
	print_line(out, option->name, redacted != NULL ? redacted : value);
}

static void print_option(
    GString *out, const struct option *option, const void *base)
{
	char *value;

	if (!setting_is_set(option, base))
		return;
	if (!option->secret) {
		print_field(out, option, base);
		return;
	}
	value = setting_print(option, base, false);
	print_secret(out, option, value);
	setting_wipe(value);
}

static void print_options(GString *out, const void *base, unsigned scope)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		if (o->scope == scope && !o->inlined)
			print_option(out, o, base);
	}
}

static void print_account(GString *out, const struct config_account *account)
{
	struct config_account effective = *account;

	if (effective.port == 0)
		effective.port = effective.tls == CONFIG_TLS_IMPLICIT
		    ? PORT_IMPLICIT
		    : PORT_PLAIN;
	g_string_append_printf(out, "[account %s]\n", account->name);
	print_options(out, &effective, OPTION_ACCOUNT);
}

static void print_criterion(
    GString *out, const struct config_criterion *criterion)
{
	const struct option *option =
	    option_find(criterion->name, OPTION_CRITERION);
	g_autofree char *size = NULL;

	if (option->type == OPTION_SIZE)
		size = value_print_size(
		    g_ascii_strtoll(criterion->value, NULL, 10));
	if (!print_line(
		out, criterion->name, size != NULL ? size : criterion->value))
		g_string_append_printf(out,
		    "# %s is set, but cannot be written here\n",
		    criterion->name);
}

static void print_rule(GString *out, const struct config_rule *rule)
{
	g_string_append_printf(out, "[rule %s]\n", rule->name);
	for (guint i = 0; i < rule->criteria->len; i++)
		print_criterion(out, g_ptr_array_index(rule->criteria, i));
	print_options(out, rule, OPTION_RULE);
}

static void begin_part(GString *out)
{
	if (out->len > 0)
		g_string_append_c(out, '\n');
}

/* Only where there is something in it. */
static void print_shared(GString *out, const struct config *config)
{
	static const char header[] = "[defaults]\n";

	g_string_append(out, header);
	print_options(out, config, OPTION_SHARED);
	if (out->len == strlen(header))
		g_string_truncate(out, 0);
}

char *config_print(const struct config *config)
{
	GString *out = g_string_new(NULL);

	print_shared(out, config);
	for (guint i = 0; i < config->accounts->len; i++) {
		begin_part(out);
		print_account(out, g_ptr_array_index(config->accounts, i));
	}
	for (guint i = 0; i < config->rules->len; i++) {
		begin_part(out);
		print_rule(out, g_ptr_array_index(config->rules, i));
	}
	return g_string_free(out, FALSE);
}
