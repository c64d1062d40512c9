/*
 * One table of marks and names for each use.
 */
#include "app/special.h"
#include "imap/selection.h"
#include "imap/session.h"
#include <string.h>

/*
 * In this order; '/' stands for any delimiter, and servers without NAMESPACE
 * keep all below INBOX.  Names are those of Thunderbird, Apple Mail, Exchange,
 * Yahoo and cPanel.
 */
static const char *const archives[] = {"\\Archive", "Archive", "Archives",
    "INBOX/Archive", "INBOX/Archives", NULL};
static const char *const trashes[] = {"\\Trash", "Trash", "Deleted Messages",
    "Deleted Items", "Bin", "INBOX/Trash", "INBOX/Deleted Messages",
    "INBOX/Deleted Items",
    /* Exchange and others name it in the language of the account, and do not
     * say what it is for; without a trash messages would be gone. */
    "Papierkorb", "Gel\u00f6schte Elemente", "Gel\u00f6schte Objekte",
    "Gel\u00f6scht", "Corbeille", "\u00c9l\u00e9ments supprim\u00e9s",
    "Papelera", "Elementos eliminados", "Cestino", "Posta eliminata",
    "Prullenbak", "Verwijderde items", "Kosz", "Elementy usuni\u0119te",
    "Lixeira", "Itens Exclu\u00eddos", "INBOX/Papierkorb", "INBOX/Corbeille",
    "INBOX/Papelera", "INBOX/Cestino", "INBOX/Prullenbak", "INBOX/Kosz",
    "INBOX/Lixeira", NULL};
static const char *const junks[] = {"\\Junk", "Junk", "Spam", "Junk E-mail",
    "Junk Email", "Bulk Mail", "INBOX/Junk", "INBOX/Spam", NULL};

static const struct {
	const char *key;
	const char *const *names;
} uses[] = {
    [SPECIAL_ARCHIVE] = {"archive_mailbox", archives},
    [SPECIAL_TRASH] = {"trash_mailbox", trashes},
    [SPECIAL_JUNK] = {"junk_mailbox", junks},
};

const char *special_key(enum special special)
{
	return uses[special].key;
}

bool special_is_same(const char *mailbox, const char *other)
{
	if (g_ascii_strcasecmp(mailbox, "INBOX") == 0)
		return g_ascii_strcasecmp(other, "INBOX") == 0;
	return strcmp(mailbox, other) == 0;
}

static bool is_listed(const GPtrArray *listed, const char *mailbox)
{
	for (unsigned i = 0; i < listed->len; i++)
		if (special_is_same(
			((const struct imap_listed *)listed->pdata[i])->mailbox,
			mailbox))
			return true;
	return false;
}

/* The first that is there: names that are not are chosen, too. */
static char *find(const GPtrArray *listed, const char *const *names)
{
	g_autoptr(GPtrArray) chosen =
	    imap_selection_choose(names, listed, NULL);

	for (unsigned i = 0; i < chosen->len; i++)
		if (is_listed(listed, chosen->pdata[i]))
			return g_strdup(chosen->pdata[i]);
	return NULL;
}

/* Gmail has no archive: what is moved to all its mail loses the label of where
 * it was.  Elsewhere \All is a view, and takes nothing. */
static char *find_gmail(const GPtrArray *listed)
{
	static const char *const all[] = {"\\All", NULL};
	char *mailbox = find(listed, all);

	if (mailbox != NULL && g_str_has_prefix(mailbox, "[G"))
		return mailbox;
	g_free(mailbox);
	return NULL;
}

char *special_find(enum special special, const char *named,
    const GPtrArray *listed, bool *ret_missing)
{
	const char *const names[] = {named, NULL};
	char *mailbox;

	*ret_missing = false;
	if (named == NULL) {
		mailbox = find(listed, uses[special].names);
		if (mailbox == NULL && special == SPECIAL_ARCHIVE)
			mailbox = find_gmail(listed);
		return mailbox;
	}
	mailbox = find(listed, names);
	if (mailbox != NULL)
		return mailbox;
	*ret_missing = true;
	return g_strdup(named);
}
