/*
 * Durations, sizes and numbers: digits and at most one unit, nothing else.
 * Ranges are the table's to know (options.h).
 */
#include "config/value.h"
#include <glib.h>
#include <string.h>

struct unit {
	const char *suffix;
	int64_t factor;
};

/* The largest first: printing takes the first that divides. */
static const struct unit duration_units[] = {
    {"d", 24 * 60 * 60 * 1000},
    {"h", 60 * 60 * 1000},
    {"m", 60 * 1000},
    {"s", 1000},
    {"ms", 1},
    {NULL, 0},
};

static const struct unit size_units[] = {
    {"G", 1 << 30},
    {"M", 1 << 20},
    {"K", 1 << 10},
    {"", 1},
    {NULL, 0},
};

bool value_parse_number(const char *text, int64_t *ret)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL))
		return false;
	*ret = (int64_t)number;
	return true;
}

static bool parse_with_unit(
    const char *text, const struct unit *unit, int64_t *ret)
{
	size_t size = strspn(text, "0123456789");
	g_autofree char *digits = g_strndup(text, size);
	int64_t number;

	if (!value_parse_number(digits, &number))
		return false;
	while (unit->suffix != NULL && strcmp(unit->suffix, text + size) != 0)
		unit++;
	if (unit->suffix == NULL || number > G_MAXINT64 / unit->factor)
		return false;
	*ret = number * unit->factor;
	return true;
}

bool value_parse_duration(const char *text, int64_t *ret)
{
	if (strcmp(text, "0") == 0) {
		*ret = 0;
		return true;
	}
	return parse_with_unit(text, duration_units, ret);
}

bool value_parse_size(const char *text, int64_t *ret)
{
	g_autofree char *upper = g_ascii_strup(text, -1);

	return parse_with_unit(upper, size_units, ret);
}

static char *print_with_unit(int64_t value, const struct unit *unit)
{
	if (value == 0)
		return g_strdup("0");
	while (value % unit->factor != 0)
		unit++;
	return g_strdup_printf(
	    "%" G_GINT64_FORMAT "%s", value / unit->factor, unit->suffix);
}

char *value_print_duration(int64_t milliseconds)
{
	return print_with_unit(milliseconds, duration_units);
}

char *value_print_size(int64_t octets)
{
	return print_with_unit(octets, size_units);
}
