/*
 * Address lists of header fields (RFC 5322 3.4) as struct message_address.
 */
#ifndef IDLEBELL_MESSAGE_ADDRESS_H
#define IDLEBELL_MESSAGE_ADDRESS_H

#include <glib.h>
#include <gmime/gmime.h>
#include <stdbool.h>

enum address_limit {
	ADDRESS_COUNT_MAX = 100,
	ADDRESS_TEXT_MAX = 1024,
	/* Octets of a list: thousands of messages may wait for a hook. */
	ADDRESS_LIST_MAX = 32 * 1024,
};

/* An empty list of struct message_address that frees what it holds. */
GPtrArray *address_list_new(void);

enum address_how {
	ADDRESS_NAMES = 1, /* a text without address becomes a name */
	ADDRESS_CUT = 2,   /* the value lacks its end */
};

/*
 * Appends the addresses in a field's value, members of groups as well, up to
 * ADDRESS_COUNT_MAX in all, or ADDRESS_LIST_MAX octets and one more.  Where no
 * address can be read the text as a whole becomes a name without address if how
 * (enum address_how) has ADDRESS_NAMES.  With ADDRESS_CUT what stands behind
 * the last separator is no address: what made it a name may be cut off.
 */
void address_list_read(GPtrArray *list, GMimeParserOptions *options,
    const char *value, unsigned how);

#endif
