/*
 * Status responses and continuations: what a human reads, and the codes in
 * brackets that a program reads.
 *
 * A status response is never an error once its first words are known: who
 * loses a tagged OK waits for ever.
 */
#include <string.h>

#include "imap/limits.h"
#include "imap/status.h"

static const char *const statuses[] = {
    [IMAP_STATUS_OK] = "OK",
    [IMAP_STATUS_NO] = "NO",
    [IMAP_STATUS_BAD] = "BAD",
    [IMAP_STATUS_BYE] = "BYE",
    [IMAP_STATUS_PREAUTH] = "PREAUTH",
};

/* max: the greatest value of a code that has a number; 0: it has none. */
struct code {
	const char *name;
	uint64_t max;
};

static const struct code codes[] = {
    [IMAP_CODE_ALERT] = {"ALERT", 0},
    [IMAP_CODE_ALREADYEXISTS] = {"ALREADYEXISTS", 0},
    [IMAP_CODE_AUTHENTICATIONFAILED] = {"AUTHENTICATIONFAILED", 0},
    [IMAP_CODE_AUTHORIZATIONFAILED] = {"AUTHORIZATIONFAILED", 0},
    [IMAP_CODE_BADCHARSET] = {"BADCHARSET", 0},
    [IMAP_CODE_CANNOT] = {"CANNOT", 0},
    [IMAP_CODE_CAPABILITY] = {"CAPABILITY", 0},
    [IMAP_CODE_CLIENTBUG] = {"CLIENTBUG", 0},
    [IMAP_CODE_CLOSED] = {"CLOSED", 0},
    [IMAP_CODE_CONTACTADMIN] = {"CONTACTADMIN", 0},
    [IMAP_CODE_CORRUPTION] = {"CORRUPTION", 0},
    [IMAP_CODE_EXPIRED] = {"EXPIRED", 0},
    [IMAP_CODE_HIGHESTMODSEQ] = {"HIGHESTMODSEQ", UINT64_MAX},
    [IMAP_CODE_INUSE] = {"INUSE", 0},
    [IMAP_CODE_LIMIT] = {"LIMIT", 0},
    [IMAP_CODE_NOMODSEQ] = {"NOMODSEQ", 0},
    [IMAP_CODE_NONEXISTENT] = {"NONEXISTENT", 0},
    [IMAP_CODE_NOPERM] = {"NOPERM", 0},
    [IMAP_CODE_NOTIFICATIONOVERFLOW] = {"NOTIFICATIONOVERFLOW", 0},
    [IMAP_CODE_OVERQUOTA] = {"OVERQUOTA", 0},
    [IMAP_CODE_PARSE] = {"PARSE", 0},
    [IMAP_CODE_PERMANENTFLAGS] = {"PERMANENTFLAGS", 0},
    [IMAP_CODE_PRIVACYREQUIRED] = {"PRIVACYREQUIRED", 0},
    [IMAP_CODE_READ_ONLY] = {"READ-ONLY", 0},
    [IMAP_CODE_READ_WRITE] = {"READ-WRITE", 0},
    [IMAP_CODE_SERVERBUG] = {"SERVERBUG", 0},
    [IMAP_CODE_THROTTLED] = {"THROTTLED", 0},
    [IMAP_CODE_TRYCREATE] = {"TRYCREATE", 0},
    [IMAP_CODE_UIDNEXT] = {"UIDNEXT", UINT32_MAX},
    [IMAP_CODE_UIDNOTSTICKY] = {"UIDNOTSTICKY", 0},
    [IMAP_CODE_UIDVALIDITY] = {"UIDVALIDITY", UINT32_MAX},
    [IMAP_CODE_UNAVAILABLE] = {"UNAVAILABLE", 0},
    [IMAP_CODE_UNKNOWN_CTE] = {"UNKNOWN-CTE", 0},
    [IMAP_CODE_UNSEEN] = {"UNSEEN", UINT32_MAX},
};

static bool find_status(struct imap_text word, enum imap_status *ret)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if (imap_text_is(word, statuses[i])) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static enum imap_code find_code(struct imap_text name)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
		if (codes[i].name != NULL && imap_text_is(name, codes[i].name))
			return i;
	}
	return IMAP_CODE_OTHER;
}

static bool scan_untagged_head(
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_scan probe = *scan;
	struct imap_text word;

	if (imap_scan_keyword(&probe, &word) &&
	    find_status(word, &response->status)) {
		response->type = IMAP_RESPONSE_STATUS;
		scan->at = probe.at;
	}
	return true;
}

static bool scan_tagged_head(
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_text word;

	if (scan->at == scan->end)
		return imap_scan_fail(scan, "it is an empty line");
	if (imap_scan_peek(scan) == ' ' ||
	    !imap_scan_word(scan, &response->tag) ||
	    !imap_scan_keyword(scan, &word) ||
	    !find_status(word, &response->status))
		return imap_scan_fail(scan, "it is not an IMAP response");
	response->type = IMAP_RESPONSE_STATUS;
	return true;
}

bool imap_status_scan_head(
    struct imap_scan *scan, struct imap_response *response)
{
	if (imap_scan_eat(scan, '+')) {
		response->type = IMAP_RESPONSE_CONTINUATION;
		return true;
	}
	if (imap_scan_eat(scan, '*'))
		return scan_untagged_head(scan, response);
	return scan_tagged_head(scan, response);
}

bool imap_status_is_text(const char *bytes, size_t size)
{
	struct imap_scan scan =
	    imap_scan_begin((struct imap_text){bytes, size});
	struct imap_response response = {.type = IMAP_RESPONSE_UNKNOWN};

	return !imap_status_scan_head(&scan, &response) ||
	    response.type != IMAP_RESPONSE_UNKNOWN;
}

/* The rest of the scan without the spaces around it. */
static struct imap_text scan_rest(struct imap_scan *scan)
{
	imap_scan_spaces(scan);

	struct imap_text rest = {scan->at, scan->end - scan->at};
	while (rest.size > 0 && rest.at[rest.size - 1] == ' ')
		rest.size--;
	scan->at = scan->end;
	return rest;
}

static void scan_code_words(
    struct imap_text arguments, struct imap_response *response)
{
	struct imap_scan scan = imap_scan_begin(arguments);
	struct imap_text word;

	response->words = g_array_new(FALSE, FALSE, sizeof(word));
	while (response->words->len < IMAP_LIST_MAX &&
	    imap_scan_word(&scan, &word))
		g_array_append_val(response->words, word);
}

static void scan_code_number(
    struct imap_text arguments, uint64_t max, struct imap_response *response)
{
	struct imap_scan scan = imap_scan_begin(arguments);
	uint64_t number;

	if (imap_scan_number(&scan, max, &number))
		response->code_number = number;
}

static void scan_code(struct imap_text inside, struct imap_response *response)
{
	struct imap_scan scan = imap_scan_begin(inside);

	if (!imap_scan_word(&scan, &response->code_name))
		return;
	response->code = find_code(response->code_name);
	response->code_text = scan_rest(&scan);
	if (response->code == IMAP_CODE_CAPABILITY)
		scan_code_words(response->code_text, response);
	if (response->code != IMAP_CODE_OTHER && codes[response->code].max > 0)
		scan_code_number(
		    response->code_text, codes[response->code].max, response);
}

/*
 * Gmail puts "]" into flags (quirk 14), so look for the one that closes the
 * code; where quotes or parentheses do not match up, take the first.
 */
static void scan_bracketed_code(
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_scan probe = *scan;
	struct imap_text inside;

	if (!imap_scan_bracket(&probe, &inside)) {
		char *close = memchr(scan->at, ']', scan->end - scan->at);
		if (close == NULL)
			return;
		inside = (struct imap_text){scan->at + 1, close - scan->at - 1};
		probe.at = close + 1;
	}
	scan->at = probe.at;
	scan_code(inside, response);
}

void imap_status_scan_text(
    struct imap_scan *scan, struct imap_response *response)
{
	imap_scan_spaces(scan);
	if (response->type == IMAP_RESPONSE_STATUS) {
		if (imap_scan_peek(scan) == '[')
			scan_bracketed_code(scan, response);
		response->text = scan_rest(scan);
		response->text.size = MIN(response->text.size, IMAP_TEXT_MAX);
	} else {
		response->text = scan_rest(scan);
	}
}
