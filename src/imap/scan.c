/*
 * The checked scanner of response syntax.
 *
 * It is lenient where servers are known to be sloppy (missing and doubled
 * spaces, "]" in a flag, octets over 127) and strict where a wrong guess
 * would shift everything behind it: quotes, literals, parentheses, numbers.
 * What the words mean is the business of its callers.
 */
#include <string.h>

#include "imap/limits.h"
#include "imap/scan.h"

struct imap_scan imap_scan_begin(struct imap_text text)
{
	/* Texts are const for those who read responses, not for us. */
	char *at = (char *)text.at;

	return (struct imap_scan){at, at != NULL ? at + text.size : NULL, NULL};
}

bool imap_scan_fail(struct imap_scan *scan, const char *error)
{
	if (scan->error == NULL)
		scan->error = error;
	return false;
}

int imap_scan_peek(const struct imap_scan *scan)
{
	return scan->at < scan->end ? (unsigned char)*scan->at : -1;
}

bool imap_scan_eat(struct imap_scan *scan, char octet)
{
	if (scan->at >= scan->end || *scan->at != octet)
		return false;
	scan->at++;
	return true;
}

void imap_scan_spaces(struct imap_scan *scan)
{
	while (imap_scan_eat(scan, ' '))
		;
}

static bool is_word(int octet)
{
	return octet > ' ' && octet != 0x7f;
}

/* RFC 9051 "atom-specials" without those that servers send all the same. */
static bool is_atom(int octet)
{
	return is_word(octet) && octet != '(' && octet != ')' && octet != '"';
}

static bool is_keyword(int octet)
{
	return is_atom(octet) && octet != '[' && octet != '{' && octet != '<';
}

static bool scan_run(
    struct imap_scan *scan, bool (*is_member)(int), struct imap_text *ret)
{
	char *begin = scan->at;

	while (is_member(imap_scan_peek(scan)))
		scan->at++;
	if (scan->at == begin)
		return imap_scan_fail(scan, "a word is missing");
	*ret = (struct imap_text){begin, scan->at - begin};
	return true;
}

bool imap_scan_word(struct imap_scan *scan, struct imap_text *ret)
{
	imap_scan_spaces(scan);
	return scan_run(scan, is_word, ret);
}

bool imap_scan_keyword(struct imap_scan *scan, struct imap_text *ret)
{
	imap_scan_spaces(scan);
	return scan_run(scan, is_keyword, ret);
}

static bool scan_digits(struct imap_scan *scan, uint64_t max, uint64_t *ret)
{
	char *begin = scan->at;
	uint64_t number = 0;

	for (; g_ascii_isdigit(imap_scan_peek(scan)); scan->at++) {
		unsigned digit = *scan->at - '0';
		if (digit > max || number > (max - digit) / 10)
			return imap_scan_fail(scan, "a number is out of range");
		number = number * 10 + digit;
	}
	if (scan->at == begin || g_ascii_isalpha(imap_scan_peek(scan)))
		return imap_scan_fail(scan, "a number is missing");
	*ret = number;
	return true;
}

bool imap_scan_number(struct imap_scan *scan, uint64_t max, uint64_t *ret)
{
	imap_scan_spaces(scan);
	return scan_digits(scan, max, ret);
}

static bool is_missing(const struct imap_scan *scan)
{
	int next = imap_scan_peek(scan);

	return next == -1 || next == ')';
}

/* Takes "-1" or NIL where a number should be. */
static bool scan_no_number(struct imap_scan *scan)
{
	bool minus = imap_scan_peek(scan) == '-';
	struct imap_text word;

	if (is_missing(scan))
		return true;
	if (!scan_run(scan, is_atom, &word))
		return false;
	if (!minus && !imap_text_is(word, "NIL"))
		return imap_scan_fail(scan, "a number is missing");
	return true;
}

bool imap_scan_maybe_number(
    struct imap_scan *scan, uint64_t max, bool *ret_has, uint64_t *ret)
{
	uint64_t number = 0;
	bool has;

	imap_scan_spaces(scan);
	has = g_ascii_isdigit(imap_scan_peek(scan));
	if (has ? !scan_digits(scan, max, &number) : !scan_no_number(scan))
		return false;
	*ret_has = has;
	*ret = number;
	return true;
}

/* The framer's "{n}" CRLF and n octets; the "+" is RFC 7888's. */
static bool scan_literal(struct imap_scan *scan, struct imap_text *ret)
{
	uint64_t size = 0;
	bool whole = imap_scan_eat(scan, '{') &&
	    scan_digits(scan, IMAP_LITERAL_MAX, &size);

	imap_scan_eat(scan, '+');
	whole = whole && imap_scan_eat(scan, '}') &&
	    imap_scan_eat(scan, '\r') && imap_scan_eat(scan, '\n') &&
	    (size_t)(scan->end - scan->at) >= size;
	if (!whole)
		return imap_scan_fail(scan, "a literal is damaged");
	*ret = (struct imap_text){scan->at, size};
	scan->at += size;
	return true;
}

/* Unescapes in place.  A line feed cannot be in a quoted string: there the
 * framer has seen the end of a line where we do not. */
static bool scan_quoted(struct imap_scan *scan, struct imap_text *ret)
{
	char *begin = ++scan->at;
	char *out = begin;

	while (scan->at < scan->end && *scan->at != '"') {
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			scan->at++;
		if (*scan->at == '\n')
			break;
		*out++ = *scan->at++;
	}
	if (!imap_scan_eat(scan, '"'))
		return imap_scan_fail(scan, "a quoted string does not end");
	*ret = (struct imap_text){begin, out - begin};
	return true;
}

static bool at_literal8(const struct imap_scan *scan)
{
	return imap_scan_peek(scan) == '~' && scan->at + 1 < scan->end &&
	    scan->at[1] == '{';
}

bool imap_scan_astring(struct imap_scan *scan, struct imap_text *ret)
{
	imap_scan_spaces(scan);
	if (at_literal8(scan))
		scan->at++;
	if (imap_scan_peek(scan) == '"')
		return scan_quoted(scan, ret);
	if (imap_scan_peek(scan) == '{')
		return scan_literal(scan, ret);
	return scan_run(scan, is_atom, ret);
}

bool imap_scan_nstring(struct imap_scan *scan, struct imap_text *ret)
{
	imap_scan_spaces(scan);

	const char *begin = scan->at;
	if (!imap_scan_astring(scan, ret))
		return false;
	if (ret->at == begin && imap_text_is(*ret, "NIL"))
		*ret = (struct imap_text){NULL, 0};
	return true;
}

bool imap_scan_open(struct imap_scan *scan, unsigned *ret_left)
{
	struct imap_text word = {NULL, 0};

	imap_scan_spaces(scan);
	if (imap_scan_eat(scan, '(')) {
		*ret_left = IMAP_LIST_MAX + 1;
		return true;
	}
	if (!is_atom(imap_scan_peek(scan)) || !scan_run(scan, is_atom, &word) ||
	    !imap_text_is(word, "NIL"))
		return imap_scan_fail(scan, "a list is missing");
	*ret_left = 0;
	return true;
}

bool imap_scan_more(struct imap_scan *scan, unsigned *left)
{
	imap_scan_spaces(scan);
	if (scan->error != NULL || *left == 0)
		return false;
	if (imap_scan_eat(scan, ')'))
		return false;
	if (scan->at == scan->end)
		return imap_scan_fail(scan, "a list does not end");
	if (--*left == 0)
		return imap_scan_fail(scan, "a list is too long");
	return true;
}

bool imap_scan_texts(struct imap_scan *scan, GArray *texts)
{
	unsigned left;

	if (!imap_scan_open(scan, &left))
		return false;
	while (imap_scan_more(scan, &left)) {
		struct imap_text text;
		if (!imap_scan_astring(scan, &text))
			return false;
		g_array_append_val(texts, text);
	}
	return scan->error == NULL;
}

/* Steps over a literal where one stands, else over one octet. */
static void skip_literal_or_octet(struct imap_scan *scan)
{
	struct imap_scan probe = *scan;
	struct imap_text literal;

	if (scan_literal(&probe, &literal))
		scan->at = probe.at;
	else
		scan->at++;
}

/* Quoted strings are stepped over without being unescaped: the text around
 * them is kept as sent. */
static bool step_quoted(struct imap_scan *scan)
{
	scan->at++;
	while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\n') {
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			scan->at++;
		scan->at++;
	}
	return imap_scan_eat(scan, '"');
}

bool imap_scan_bracket(struct imap_scan *scan, struct imap_text *ret)
{
	char *begin = ++scan->at;
	unsigned depth = 0;
	int next;

	while ((next = imap_scan_peek(scan)) != -1 && next != '\n') {
		if (next == ']' && depth == 0) {
			*ret = (struct imap_text){begin, scan->at - begin};
			scan->at++;
			return true;
		}
		if (next == '"') {
			step_quoted(scan);
			continue;
		}
		if (next == '(')
			depth++;
		else if (next == ')' && depth > 0)
			depth--;
		skip_literal_or_octet(scan);
	}
	return imap_scan_fail(scan, "a bracket does not end");
}

/* One token of a value that nobody reads, whatever is in it. */
static bool skip_token(struct imap_scan *scan, unsigned *depth)
{
	switch (imap_scan_peek(scan)) {
	case '(':
		scan->at++;
		if (++*depth > IMAP_DEPTH_MAX)
			return imap_scan_fail(
			    scan, "lists are nested too deep");
		return true;
	case ')':
		scan->at++;
		--*depth;
		return true;
	case '"':
		return step_quoted(scan) ||
		    imap_scan_fail(scan, "a quoted string does not end");
	case '\n':
		return imap_scan_fail(scan, "a line ends within a value");
	default:
		skip_literal_or_octet(scan);
		return true;
	}
}

static bool skip_list(struct imap_scan *scan)
{
	unsigned depth = 0;

	do {
		if (!skip_token(scan, &depth))
			return false;
	} while (depth > 0 && scan->at < scan->end);
	if (depth > 0)
		return imap_scan_fail(scan, "a list does not end");
	return true;
}

bool imap_scan_skip(struct imap_scan *scan)
{
	struct imap_text ignored;

	imap_scan_spaces(scan);
	if (is_missing(scan))
		return true;
	if (imap_scan_peek(scan) == '(')
		return skip_list(scan);
	return imap_scan_astring(scan, &ignored);
}
