/*
 * One whole response: the table of untagged responses, and what they own.
 *
 * status.c reads the first words and everything that is text, fetch.c reads
 * FETCH, scan.c knows the syntax.
 */
#include <string.h>

#include "imap/fetch.h"
#include "imap/limits.h"
#include "imap/response.h"
#include "imap/status.h"

bool imap_text_is(struct imap_text text, const char *string)
{
	return text.at != NULL && strlen(string) == text.size &&
	    g_ascii_strncasecmp(text.at, string, text.size) == 0;
}

char *imap_text_dup(struct imap_text text)
{
	if (text.at == NULL)
		return NULL;

	char *copy = g_malloc(text.size + 1);
	for (size_t i = 0; i < text.size; i++)
		copy[i] = text.at[i] != '\0' ? text.at[i] : '?';
	copy[text.size] = '\0';
	return copy;
}

/* Nothing but spaces may be left. */
static bool scan_end(struct imap_scan *scan)
{
	imap_scan_spaces(scan);
	if (scan->at < scan->end)
		return imap_scan_fail(scan, "there is more behind it");
	return true;
}

/* One end of a range: a number that is not 0, or "*", which is 0 here. */
static bool scan_set_number(struct imap_scan *scan, uint64_t *ret)
{
	if (imap_scan_eat(scan, '*')) {
		*ret = 0;
		return true;
	}
	return g_ascii_isdigit(imap_scan_peek(scan)) &&
	    imap_scan_number(scan, UINT32_MAX, ret) && *ret != 0;
}

/* min and max are 0 when "*" is all there is. */
struct range {
	uint64_t count, min, max;
};

/* "n", "n:m", "m:n"; of "n:*" only n is known. */
static bool scan_set_range(struct imap_scan *scan, struct range *ret)
{
	uint64_t first, last;

	if (!scan_set_number(scan, &first))
		return false;
	last = first;
	if (imap_scan_eat(scan, ':') && !scan_set_number(scan, &last))
		return false;
	ret->max = MAX(first, last);
	if (first == 0 || last == 0) {
		ret->min = ret->max;
		ret->count = ret->max != 0;
	} else {
		ret->min = MIN(first, last);
		ret->count = ret->max - ret->min + 1;
	}
	return true;
}

static bool scan_set(struct imap_text set, struct range *ret)
{
	struct imap_scan scan = imap_scan_begin(set);
	struct range range, all = {.min = UINT64_MAX};

	do {
		if (!scan_set_range(&scan, &range))
			return false;
		all.count = MIN(all.count + range.count, UINT32_MAX);
		all.max = MAX(all.max, range.max);
		if (range.min > 0)
			all.min = MIN(all.min, range.min);
	} while (imap_scan_eat(&scan, ','));
	*ret = all;
	return scan.at == scan.end;
}

bool imap_set_count(
    struct imap_text set, uint32_t *ret_count, uint32_t *ret_max)
{
	struct range range;

	if (!scan_set(set, &range))
		return false;
	*ret_count = range.count;
	if (ret_max != NULL)
		*ret_max = range.max;
	return true;
}

bool imap_set_lowest(struct imap_text set, uint32_t *ret_lowest)
{
	struct range range;

	if (!scan_set(set, &range) || range.count == 0)
		return false;
	*ret_lowest = range.min;
	return true;
}

/* Here "*" is the greatest number there may be. */
static bool scan_set_ends(
    struct imap_scan *scan, uint32_t *ret_first, uint32_t *ret_last)
{
	uint64_t a, b;

	if (!scan_set_number(scan, &a))
		return false;
	b = a;
	if (imap_scan_eat(scan, ':') && !scan_set_number(scan, &b))
		return false;
	a = a == 0 ? UINT32_MAX : a;
	b = b == 0 ? UINT32_MAX : b;
	*ret_first = (uint32_t)MIN(a, b);
	*ret_last = (uint32_t)MAX(a, b);
	return true;
}

bool imap_set_next(
    struct imap_text *rest, uint32_t *ret_first, uint32_t *ret_last)
{
	struct imap_scan scan = imap_scan_begin(*rest);
	uint32_t first, last;

	if (!scan_set_ends(&scan, &first, &last) ||
	    (scan.at < scan.end && !imap_scan_eat(&scan, ',')))
		return false;
	rest->at = scan.at;
	rest->size = (size_t)(scan.end - scan.at);
	*ret_first = first;
	*ret_last = last;
	return true;
}

bool imap_set_has(struct imap_text set, uint32_t uid)
{
	uint32_t first, last;

	while (imap_set_next(&set, &first, &last))
		if (uid >= first && uid <= last)
			return true;
	return false;
}

/* Words to the end of the line: CAPABILITY, ENABLED. */
static bool scan_words(struct imap_scan *scan, struct imap_response *response)
{
	struct imap_text word;

	response->words = g_array_new(FALSE, FALSE, sizeof(word));
	for (imap_scan_spaces(scan); scan->at < scan->end;
	     imap_scan_spaces(scan)) {
		if (response->words->len == IMAP_LIST_MAX)
			return imap_scan_fail(scan, "a list is too long");
		if (!imap_scan_word(scan, &word))
			return false;
		g_array_append_val(response->words, word);
	}
	return true;
}

static bool scan_flags(struct imap_scan *scan, struct imap_response *response)
{
	response->words = g_array_new(FALSE, FALSE, sizeof(struct imap_text));
	return imap_scan_texts(scan, response->words);
}

static bool scan_vanished(
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_text word;
	uint32_t count;

	imap_scan_spaces(scan);
	if (imap_scan_eat(scan, '(')) {
		if (!imap_scan_keyword(scan, &word) ||
		    !imap_text_is(word, "EARLIER") || !imap_scan_eat(scan, ')'))
			return imap_scan_fail(scan, "VANISHED is damaged");
		response->earlier = true;
	}
	if (!imap_scan_word(scan, &response->set))
		return false;
	if (!imap_set_count(response->set, &count, NULL))
		return imap_scan_fail(scan, "VANISHED has no UID set");
	return true;
}

/* The hierarchy delimiter: one octet, or NIL for none. */
static bool scan_delimiter(struct imap_scan *scan, char *ret)
{
	struct imap_text text;

	if (!imap_scan_nstring(scan, &text))
		return false;
	if (text.size > 1)
		return imap_scan_fail(scan, "a delimiter is too long");
	*ret = text.size == 1 ? *text.at : '\0';
	return true;
}

/* RFC 5258's extended data: ("NAME" value ...); OLDNAME has a list of one. */
static bool scan_list_extended(struct imap_scan *scan, struct imap_list *list)
{
	struct imap_text name;
	unsigned left, names;

	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!imap_scan_astring(scan, &name))
			return false;
		if (!imap_text_is(name, "OLDNAME")) {
			if (!imap_scan_skip(scan))
				return false;
			continue;
		}
		if (!imap_scan_open(scan, &names))
			return false;
		while (imap_scan_more(scan, &names)) {
			if (!imap_scan_astring(scan, &list->old_name))
				return false;
		}
	}
	return scan->error == NULL;
}

static bool scan_list(struct imap_scan *scan, struct imap_response *response)
{
	struct imap_list *list = g_new0(struct imap_list, 1);

	response->list = list;
	list->attributes = g_array_new(FALSE, FALSE, sizeof(struct imap_text));
	if (!imap_scan_texts(scan, list->attributes) ||
	    !scan_delimiter(scan, &list->delimiter) ||
	    !imap_scan_astring(scan, &list->mailbox))
		return false;
	imap_scan_spaces(scan);
	return imap_scan_peek(scan) != '(' || scan_list_extended(scan, list);
}

static bool scan_status_item(struct imap_scan *scan, struct imap_text name,
    struct imap_mailbox_status *status)
{
	const struct {
		const char *name;
		bool *has;
		uint32_t *number;
		uint64_t *large;
	} items[] = {
	    {"MESSAGES", &status->has_messages, &status->messages, NULL},
	    {"RECENT", &status->has_recent, &status->recent, NULL},
	    {"UIDNEXT", &status->has_uidnext, &status->uidnext, NULL},
	    {"UIDVALIDITY", &status->has_uidvalidity, &status->uidvalidity,
		NULL},
	    {"UNSEEN", &status->has_unseen, &status->unseen, NULL},
	    {"HIGHESTMODSEQ", &status->has_highestmodseq, NULL,
		&status->highestmodseq},
	    {"SIZE", &status->has_size, NULL, &status->size},
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		uint64_t max = items[i].number ? UINT32_MAX : UINT64_MAX;
		uint64_t number;
		if (!imap_text_is(name, items[i].name))
			continue;
		if (!imap_scan_maybe_number(scan, max, items[i].has, &number))
			return false;
		if (items[i].number != NULL)
			*items[i].number = (uint32_t)number;
		if (items[i].large != NULL)
			*items[i].large = number;
		return true;
	}
	return imap_scan_skip(scan);
}

static bool scan_mailbox_status(
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_mailbox_status *status =
	    g_new0(struct imap_mailbox_status, 1);
	struct imap_text name;
	unsigned left;

	response->mailbox = status;
	if (!imap_scan_astring(scan, &status->mailbox) ||
	    !imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!imap_scan_keyword(scan, &name) ||
		    !scan_status_item(scan, name, status))
			return false;
	}
	return scan->error == NULL;
}

/* Numbers, then (RFC 7162 3.1.5) perhaps "(MODSEQ n)". */
static bool scan_search(struct imap_scan *scan, struct imap_response *response)
{
	response->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	imap_scan_spaces(scan);
	while (scan->at < scan->end && imap_scan_peek(scan) != '(') {
		uint64_t number;
		if (response->numbers->len == IMAP_LIST_MAX)
			return imap_scan_fail(scan, "a list is too long");
		if (!imap_scan_number(scan, UINT32_MAX, &number))
			return false;
		uint32_t small = number;
		g_array_append_val(response->numbers, small);
		imap_scan_spaces(scan);
	}
	return imap_scan_skip(scan);
}

/* "(TAG "x")" in front of ESEARCH. */
static bool scan_correlator(struct imap_scan *scan, struct imap_search *search)
{
	struct imap_text name;

	imap_scan_spaces(scan);
	if (!imap_scan_eat(scan, '('))
		return true;
	if (!imap_scan_keyword(scan, &name) || !imap_text_is(name, "TAG") ||
	    !imap_scan_astring(scan, &search->tag))
		return imap_scan_fail(scan, "ESEARCH is damaged");
	imap_scan_spaces(scan);
	if (!imap_scan_eat(scan, ')'))
		return imap_scan_fail(scan, "a list does not end");
	return true;
}

static bool scan_search_value(
    struct imap_scan *scan, struct imap_text name, struct imap_search *search)
{
	const struct {
		const char *name;
		bool *has;
		uint32_t *number;
	} items[] = {
	    {"MIN", &search->has_min, &search->min},
	    {"MAX", &search->has_max, &search->max},
	    {"COUNT", &search->has_count, &search->count},
	};
	uint64_t number;
	bool ignored;

	for (unsigned i = 0; i < G_N_ELEMENTS(items); i++) {
		if (!imap_text_is(name, items[i].name))
			continue;
		if (!imap_scan_maybe_number(
			scan, UINT32_MAX, items[i].has, &number))
			return false;
		*items[i].number = number;
		return true;
	}
	if (imap_text_is(name, "ALL"))
		return imap_scan_astring(scan, &search->all);
	if (imap_text_is(name, "MODSEQ"))
		return imap_scan_maybe_number(
		    scan, UINT64_MAX, &ignored, &search->modseq);
	return imap_scan_skip(scan);
}

static bool scan_esearch(struct imap_scan *scan, struct imap_response *response)
{
	struct imap_search *search = g_new0(struct imap_search, 1);
	struct imap_text name;

	response->search = search;
	if (!scan_correlator(scan, search))
		return false;
	for (imap_scan_spaces(scan); scan->at < scan->end;
	     imap_scan_spaces(scan)) {
		if (!imap_scan_keyword(scan, &name))
			return false;
		if (imap_text_is(name, "UID"))
			search->uid = true;
		else if (!scan_search_value(scan, name, search))
			return false;
	}
	return true;
}

/* ("prefix" "/") and RFC 2342's extensions behind them. */
static bool scan_namespace(struct imap_scan *scan, int kind, GArray *namespaces)
{
	struct imap_namespace namespace = {.kind = kind};
	unsigned left;

	imap_scan_spaces(scan);
	if (!imap_scan_eat(scan, '('))
		return imap_scan_fail(scan, "a list is missing");
	if (!imap_scan_astring(scan, &namespace.prefix) ||
	    !scan_delimiter(scan, &namespace.delimiter))
		return false;
	for (left = IMAP_LIST_MAX; imap_scan_more(scan, &left);) {
		if (!imap_scan_skip(scan))
			return false;
	}
	g_array_append_val(namespaces, namespace);
	return scan->error == NULL;
}

static bool scan_namespaces(
    struct imap_scan *scan, struct imap_response *response)
{
	GArray *namespaces =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_namespace));
	unsigned left;

	response->namespaces = namespaces;
	for (int kind = 0; kind < 3; kind++) {
		if (!imap_scan_open(scan, &left))
			return false;
		while (imap_scan_more(scan, &left)) {
			if (!scan_namespace(scan, kind, namespaces))
				return false;
		}
		if (scan->error != NULL)
			return false;
	}
	return true;
}

/* RFC 2971; an odd one out gets NIL for its value. */
static bool scan_id(struct imap_scan *scan, struct imap_response *response)
{
	struct imap_text text = {NULL, 0};
	unsigned left;

	response->id = g_array_new(FALSE, FALSE, sizeof(text));
	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		if (!imap_scan_nstring(scan, &text))
			return false;
		g_array_append_val(response->id, text);
	}
	text = (struct imap_text){NULL, 0};
	if (response->id->len % 2 != 0)
		g_array_append_val(response->id, text);
	return scan->error == NULL;
}

struct untagged {
	const char *name;
	enum imap_response_type type;
	bool (*scan)(struct imap_scan *, struct imap_response *);
};

static const struct untagged named[] = {
    {"CAPABILITY", IMAP_RESPONSE_CAPABILITY, scan_words},
    {"ENABLED", IMAP_RESPONSE_ENABLED, scan_words},
    {"FLAGS", IMAP_RESPONSE_FLAGS, scan_flags},
    {"VANISHED", IMAP_RESPONSE_VANISHED, scan_vanished},
    {"LIST", IMAP_RESPONSE_LIST, scan_list},
    {"LSUB", IMAP_RESPONSE_LIST, scan_list},
    {"STATUS", IMAP_RESPONSE_MAILBOX_STATUS, scan_mailbox_status},
    {"SEARCH", IMAP_RESPONSE_SEARCH, scan_search},
    {"ESEARCH", IMAP_RESPONSE_ESEARCH, scan_esearch},
    {"NAMESPACE", IMAP_RESPONSE_NAMESPACE, scan_namespaces},
    {"ID", IMAP_RESPONSE_ID, scan_id},
};

static bool scan_nothing(struct imap_scan *scan, struct imap_response *response)
{
	(void)scan;
	(void)response;
	return true;
}

static bool scan_expunge(struct imap_scan *scan, struct imap_response *response)
{
	if (response->number == 0)
		return imap_scan_fail(scan, "there is no message 0");
	return true;
}

/* Courier sends "* 0 FETCH" (quirk 9), and its readers look for the UID. */
static const struct untagged numbered[] = {
    {"EXISTS", IMAP_RESPONSE_EXISTS, scan_nothing},
    {"RECENT", IMAP_RESPONSE_RECENT, scan_nothing},
    {"EXPUNGE", IMAP_RESPONSE_EXPUNGE, scan_expunge},
    {"FETCH", IMAP_RESPONSE_FETCH, imap_fetch_scan},
};

static bool scan_by(const struct untagged *table, size_t size,
    struct imap_scan *scan, struct imap_response *response)
{
	struct imap_text word;

	if (!imap_scan_keyword(scan, &word))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!imap_text_is(word, table[i].name))
			continue;
		response->type = table[i].type;
		return table[i].scan(scan, response) && scan_end(scan);
	}
	return true;
}

static bool scan_untagged(
    struct imap_scan *scan, struct imap_response *response)
{
	uint64_t number;

	imap_scan_spaces(scan);
	if (!g_ascii_isdigit(imap_scan_peek(scan)))
		return scan_by(named, G_N_ELEMENTS(named), scan, response);
	if (!imap_scan_number(scan, UINT32_MAX, &number))
		return false;
	response->number = number;
	return scan_by(numbered, G_N_ELEMENTS(numbered), scan, response);
}

static bool scan_body(struct imap_scan *scan, struct imap_response *response)
{
	if (response->type == IMAP_RESPONSE_UNKNOWN)
		return scan_untagged(scan, response);
	imap_status_scan_text(scan, response);
	return true;
}

/* Quoted strings are unescaped in place, by way of the scanner. */
struct imap_response *imap_response_parse(
    /* NOLINTNEXTLINE(readability-non-const-parameter) */
    char *bytes, size_t size, const char **ret_error)
{
	g_autoptr(ImapResponse) response = g_new0(struct imap_response, 1);
	struct imap_scan scan =
	    imap_scan_begin((struct imap_text){bytes, size});

	if (!imap_status_scan_head(&scan, response) ||
	    !scan_body(&scan, response)) {
		*ret_error = scan.error;
		return NULL;
	}
	return g_steal_pointer(&response);
}

static void free_array(GArray *array)
{
	if (array != NULL)
		g_array_unref(array);
}

static void free_list(struct imap_list *list)
{
	if (list == NULL)
		return;
	free_array(list->attributes);
	g_free(list);
}

void imap_response_free(struct imap_response *response)
{
	if (response == NULL)
		return;
	free_array(response->words);
	free_array(response->numbers);
	free_array(response->namespaces);
	free_array(response->id);
	imap_fetch_free(response->fetch);
	free_list(response->list);
	g_free(response->mailbox);
	g_free(response->search);
	g_free(response);
}
