/*
 * Addresses of people the user knows, read from what address books write.
 */
#ifndef IDLEBELL_RULES_CONTACTS_H
#define IDLEBELL_RULES_CONTACTS_H

#include <glib.h>
#include <stdbool.h>

enum contacts_limit {
	CONTACTS_MAX = 100000,      /* addresses; what is more is left out */
	CONTACTS_ADDRESS_MAX = 320, /* octets of one; what is longer is none */
};

struct contacts;

/*
 * The EMAIL properties of vCards (RFC 2426, RFC 6350) in size octets, with
 * folded lines, groups ("item1.EMAIL") and escapes.  NULL when there is no
 * vCard in them.  What cannot be read is passed over.
 */
struct contacts *contacts_new_vcard(const char *text, gsize size);
/* Lines that begin with an address, a tab behind it or nothing: "khard email
 * --parsable", "abook --mutt-query".  Other lines are passed over. */
struct contacts *contacts_new_list(const char *text, gsize size);
void contacts_free(struct contacts *contacts);

unsigned contacts_count(const struct contacts *contacts);
/* In upper and lower case alike. */
bool contacts_have(const struct contacts *contacts, const char *address);

typedef struct contacts Contacts; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Contacts, contacts_free)

#endif
