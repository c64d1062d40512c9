/*
 * Reading the texts of refusals.  Few servers use the codes, so there are
 * tables of what they say instead.
 */
#include "imap/patience.h"
#include "imap/limits.h"
#include <string.h>

/* Texts that mean "not now", whatever the code (quirks 12, 16, 17, 39). */
static const char *const pleas[] = {
    "too many",
    "too fast",
    "simultaneous",
    "concurrent",
    "maximum number of connections",
    "connection dropped by server",
    "connection limit",
    "temporar",
    "throttled",
    "backoff",
    "try again",
    "try later",
    "not connected",
    "unavailable",
    "server busy",
    "rate limit",
};

/* An [ALERT] about one of these is no matter of time. */
static const char *const finals[] = {"credential", "password"};

/* What stands before the time to wait. */
static const char *const before[] = {
    "backoff time:",
    "again in",
    "again after",
    "retry in",
    "retry after",
    "wait",
};

/* The first that fits counts; a bare number is seconds. */
static const struct {
	const char *name;
	int64_t milliseconds;
} units[] = {
    {"ms", 1},
    {"milli", 1},
    {"m", 60 * 1000},
    {"h", 3600 * 1000},
    {"", 1000},
};

static char *lower_text(const struct imap_response *response)
{
	struct imap_text text = response->text;

	if (text.at == NULL)
		return g_strdup("");
	text.size = MIN(text.size, (size_t)IMAP_TEXT_MAX);
	char *lower = imap_text_dup(text);
	for (char *c = lower; *c != '\0'; c++)
		*c = g_ascii_tolower(*c);
	return lower;
}

static bool has_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	return false;
}

bool imap_patience_is_broken(const struct imap_response *response)
{
	g_autofree char *text = lower_text(response);

	return response->status == IMAP_STATUS_NO &&
	    (response->code == IMAP_CODE_SERVERBUG ||
		response->code == IMAP_CODE_CORRUPTION ||
		strstr(text, "internal error") != NULL);
}

bool imap_patience_is_due(const struct imap_response *response)
{
	g_autofree char *text = lower_text(response);

	switch (response->code) {
	case IMAP_CODE_UNAVAILABLE:
	case IMAP_CODE_INUSE:
	case IMAP_CODE_LIMIT:
	case IMAP_CODE_SERVERBUG:
	case IMAP_CODE_THROTTLED:
		return true;
	case IMAP_CODE_ALERT:
		/* Servers that shut down say BYE like this. */
		if (response->status != IMAP_STATUS_BYE &&
		    !has_one_of(text, finals, G_N_ELEMENTS(finals)))
			return true;
		break;
	default:
		break;
	}
	return has_one_of(text, pleas, G_N_ELEMENTS(pleas));
}

/* "92415 milliseconds", "for 15 min", "60". */
static int64_t read_time(const char *text)
{
	g_autofree char *digits = NULL;
	guint64 number;
	size_t length;

	text += strspn(text, " ");
	if (g_str_has_prefix(text, "for "))
		text += strlen("for ");
	length = strspn(text, "0123456789");
	digits = g_strndup(text, length);
	if (!g_ascii_string_to_unsigned(
		digits, 10, 0, IMAP_PATIENCE_MAX, &number, NULL))
		return length > 0 ? IMAP_PATIENCE_MAX : 0;
	text += length + strspn(text + length, " ");
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (g_str_has_prefix(text, units[i].name))
			return MIN((int64_t)number * units[i].milliseconds,
			    IMAP_PATIENCE_MAX);
	return 0;
}

int64_t imap_patience_asked(const struct imap_response *response)
{
	g_autofree char *text = lower_text(response);

	for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
		const char *found = strstr(text, before[i]);
		int64_t time =
		    found != NULL ? read_time(found + strlen(before[i])) : 0;
		if (time > 0)
			return time;
	}
	return 0;
}
