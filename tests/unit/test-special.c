/*
 * Where messages go that are archived, deleted or junk.
 */
#include "app/special.h"
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <string.h>

/* listed: "NAME" or "NAME ATTRIBUTE", separated by commas. */
static const struct row {
	enum special special;
	const char *named, *listed;
	char delimiter;
	const char *prefix;
	const char *found; /* NULL: none */
	bool missing;
} rows[] = {
    /* What the server marks counts more than names, in any case. */
    {SPECIAL_ARCHIVE, NULL, "INBOX,Archive,Old \\archive", '/', "", "Old",
	false},
    {SPECIAL_TRASH, NULL, "INBOX,Trash,Papierkorb \\Trash", '/', "",
	"Papierkorb", false},
    {SPECIAL_JUNK, NULL, "INBOX,Junk \\Trash,Spam", '/', "", "Junk", false},
    /* Names, the first of the table that is there. */
    {SPECIAL_ARCHIVE, NULL, "INBOX,Archives,Archive", '/', "", "Archive",
	false},
    {SPECIAL_ARCHIVE, NULL, "INBOX,Archives", '/', "", "Archives", false},
    {SPECIAL_TRASH, NULL, "INBOX,Deleted Messages", '/', "", "Deleted Messages",
	false},
    {SPECIAL_JUNK, NULL, "INBOX,Spam", '/', "", "Spam", false},
    {SPECIAL_JUNK, NULL, "INBOX,My Spam,spammers", '/', "", NULL, false},
    {SPECIAL_ARCHIVE, NULL, "INBOX,Work/Archive", '/', "", NULL, false},
    /* Below INBOX, with and without NAMESPACE. */
    {SPECIAL_TRASH, NULL, "INBOX,INBOX.Trash", '.', "INBOX.", "INBOX.Trash",
	false},
    {SPECIAL_TRASH, NULL, "INBOX,INBOX.Trash", '.', "", "INBOX.Trash", false},
    /* Those that cannot be opened take nothing. */
    /* Without uses, and in other languages. */
    {SPECIAL_TRASH, NULL, "INBOX,Gel\u00f6schte Elemente", '/', "",
	"Gel\u00f6schte Elemente", false},
    {SPECIAL_TRASH, NULL, "INBOX,INBOX.Corbeille", '.', "INBOX.",
	"INBOX.Corbeille", false},
    {SPECIAL_TRASH, NULL, "INBOX,Trash \\Noselect", '/', "", NULL, false},
    /* Gmail archives into all mail; elsewhere that is a view. */
    {SPECIAL_ARCHIVE, NULL, "INBOX,[Gmail]/Alle Nachrichten \\All", '/', "",
	"[Gmail]/Alle Nachrichten", false},
    {SPECIAL_ARCHIVE, NULL, "INBOX,virtual/All \\All", '/', "", NULL, false},
    {SPECIAL_TRASH, NULL, "INBOX,[Gmail]/All Mail \\All", '/', "", NULL, false},
    /* What the user names, spelt as in mailboxes. */
    {SPECIAL_TRASH, "Bin", "INBOX,Bin,Trash \\Trash", '/', "", "Bin", false},
    {SPECIAL_TRASH, "Old/Bin", "INBOX,INBOX.Old.Bin", '.', "INBOX.",
	"INBOX.Old.Bin", false},
    {SPECIAL_TRASH, "Binn", "INBOX,Trash \\Trash", '/', "", "Binn", true},
    {SPECIAL_TRASH, NULL, "INBOX", '/', "", NULL, false},
};

static GPtrArray *list(const struct row *row)
{
	g_auto(GStrv) words = g_strsplit(row->listed, ",", -1);
	GPtrArray *listed = g_ptr_array_new_with_free_func(imap_listed_free);

	for (char **word = words; *word != NULL; word++) {
		char *attribute = strstr(*word, " \\");
		struct imap_listed one = {
		    .mailbox = *word,
		    .attributes =
			attribute != NULL ? attribute + 1 : (char *)"",
		    .delimiter = row->delimiter,
		    .prefix = (char *)row->prefix,
		};

		one.selectable =
		    g_ascii_strcasecmp(one.attributes, "\\Noselect") != 0;
		if (attribute != NULL)
			*attribute = '\0';
		g_ptr_array_add(listed, imap_listed_copy(&one));
	}
	return listed;
}

static void test_find(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) listed = list(&rows[i]);
		bool missing = !rows[i].missing;
		g_autofree char *found = special_find(
		    rows[i].special, rows[i].named, listed, &missing);

		g_test_message("%s", rows[i].listed);
		g_assert_cmpstr(found, ==, rows[i].found);
		g_assert_cmpint(missing, ==, rows[i].missing);
	}
}

static void test_same(void)
{
	g_assert_true(special_is_same("INBOX", "inbox"));
	g_assert_true(special_is_same("Trash", "Trash"));
	g_assert_false(special_is_same("Trash", "trash"));
	g_assert_false(special_is_same("INBOX", "Trash"));
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/special/find", test_find);
	g_test_add_func("/special/same", test_same);
	return g_test_run();
}
