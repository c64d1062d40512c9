/*
 * The checked scanner: the one place where octets of a response become
 * words, numbers, strings and lists (RFC 9051 section 9).
 *
 * Every function moves scan->at forward or fails.  The first failure stays
 * in scan->error, a static sentence, and the functions return false.
 */
#ifndef IDLEBELL_IMAP_SCAN_H
#define IDLEBELL_IMAP_SCAN_H

#include "imap/response.h"

struct imap_scan {
	char *at;
	char *end;
	const char *error;
};

/* Begins at the text; NIL is as empty as "". */
struct imap_scan imap_scan_begin(struct imap_text text);

/* Notes the error if it is the first; returns false. */
bool imap_scan_fail(struct imap_scan *scan, const char *error);

/* The next octet, or -1 at the end. */
int imap_scan_peek(const struct imap_scan *scan);
/* Takes the octet if it is the next one; false is no failure here. */
bool imap_scan_eat(struct imap_scan *scan, char octet);
/* Takes any number of spaces, none too. */
void imap_scan_spaces(struct imap_scan *scan);

/* What stands up to the next space. */
bool imap_scan_word(struct imap_scan *scan, struct imap_text *ret);
/* The name of a response or an item: ends at "[", "{" and "<" too. */
bool imap_scan_keyword(struct imap_scan *scan, struct imap_text *ret);

/* A number that is not above max and that no letter follows. */
bool imap_scan_number(struct imap_scan *scan, uint64_t max, uint64_t *ret);
/* The same; but "-1", NIL and nothing at all, which servers send for what
 * they do not know, give *ret_has == false and *ret == 0. */
bool imap_scan_maybe_number(
    struct imap_scan *scan, uint64_t max, bool *ret_has, uint64_t *ret);

/* An atom, a quoted string, a literal or a literal8; NIL is an atom. */
bool imap_scan_astring(struct imap_scan *scan, struct imap_text *ret);
/* The same, but the atom NIL gives at == NULL. */
bool imap_scan_nstring(struct imap_scan *scan, struct imap_text *ret);

/*
 * Lists: open takes "(" or NIL, more is true as long as a member follows and
 * false after ")" or a failure.
 *
 *	if (!imap_scan_open(scan, &left))
 *		return false;
 *	while (imap_scan_more(scan, &left))
 *		take one member or return false;
 *	return scan->error == NULL;
 */
bool imap_scan_open(struct imap_scan *scan, unsigned *ret_left);
bool imap_scan_more(struct imap_scan *scan, unsigned *left);
/* A whole list of strings, appended to an array of struct imap_text. */
bool imap_scan_texts(struct imap_scan *scan, GArray *texts);

/* What stands between "[" and its "]", as sent; a "]" in parentheses, in a
 * quoted string or in a literal does not count. */
bool imap_scan_bracket(struct imap_scan *scan, struct imap_text *ret);

/* Any value: atom, string, literal, list; or none before ")" or the end.  A
 * list is left as sent. */
bool imap_scan_skip(struct imap_scan *scan);

#endif
