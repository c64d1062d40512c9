/*
 * Addresses from vCards and from what address books print.
 */
#include "rules/contacts.h"
#include "unit.h"
#include <string.h>

#define CARD(lines) "BEGIN:VCARD\r\nVERSION:4.0\r\n" lines "END:VCARD\r\n"

static void test_vcards(void)
{
	static const struct {
		const char *text, *address;
		bool has;
	} rows[] = {
	    {CARD("EMAIL:anna@example.org\r\n"), "anna@example.org", true},
	    {CARD("EMAIL:anna@example.org\r\n"), "ANNA@example.ORG", true},
	    {CARD("EMAIL:Anna@Example.org\r\n"), "anna@example.org", true},
	    {CARD("EMAIL:anna@example.org\r\n"), "nna@example.org", false},
	    {CARD("EMAIL:anna@example.org\r\n"), "", false},
	    {"BEGIN:VCARD\nEMAIL:a@b\nEND:VCARD\n", "a@b", true},
	    {"begin:vcard\nemail:a@b\nend:vcard", "a@b", true},
	    {"\xEF\xBB\xBF" CARD("EMAIL:a@b\r\n"), "a@b", true},
	    {CARD("EMAIL;TYPE=work:a@b\r\n"), "a@b", true},
	    {CARD("EMAIL;PREF=1;TYPE=\"a:x@y,b\":a@b\r\n"), "a@b", true},
	    {CARD("EMAIL;PREF=1;TYPE=\"a:x@y,b\":a@b\r\n"), "x@y,b\":a@b",
		false},
	    {CARD("item1.EMAIL;type=INTERNET:a@b\r\nitem1.X-ABLabel:x\r\n"),
		"a@b", true},
	    {CARD("EMAIL;TYPE=INTERN\r\n ET:a@\r\n\tb.example\r\n"),
		"a@b.example", true},
	    {CARD("EMA\r\n IL:a@b\r\n"), "a@b", true},
	    {CARD("EMAIL: a@b \r\n"), "a@b", true},
	    {CARD("EMAIL:mailto:a@b\r\n"), "a@b", true},
	    {CARD("EMAIL:a\\,b@c\r\n"), "a,b@c", true},
	    {CARD("EMAIL:j@b\303\274cher.example\r\n"),
		"J@B\303\234CHER.example", true},
	    {CARD("X-EMAIL:a@b\r\n"), "a@b", false},
	    {CARD("EMAILS:a@b\r\n"), "a@b", false},
	    {CARD("NOTE:EMAIL:a@b\r\n"), "a@b", false},
	    {CARD("NOTE:x\r\n EMAIL:a@b\r\n"), "a@b", false},
	    {CARD("FN:a@b\r\n"), "a@b", false},
	    {CARD("EMAIL:nobody\r\n"), "nobody", false},
	    {CARD("EMAIL:a b@c\r\n"), "a b@c", false},
	    {CARD("EMAIL:\377@b\r\n"), "\377@b", false},
	    {CARD("EMAIL\r\n"), "", false},
	    {CARD("EMAIL:a@b\r\nEMAIL:c@d\r\n"), "c@d", true},
	    {CARD("EMAIL:a@b\r\n") CARD("EMAIL:c@d\r\n"), "c@d", true},
	    {CARD("EMAIL:a@b"), "a@b", false}, /* "a@bEND:VCARD" */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Contacts) contacts =
		    contacts_new_vcard(rows[i].text, strlen(rows[i].text));
		g_autofree char *valid = g_utf8_make_valid(rows[i].address, -1);

		g_test_message("%s", rows[i].text);
		g_assert_nonnull(contacts);
		g_assert_cmpint(
		    contacts_have(contacts, valid), ==, rows[i].has);
	}
}

/* An empty address book is one; another file is none. */
static void test_no_vcard(void)
{
	static const char *const none[] = {
	    "", "EMAIL:a@b\n", "a@b\tAnna\n", "X:BEGIN:VCARD\n"};
	g_autoptr(Contacts) empty =
	    contacts_new_vcard(CARD(""), strlen(CARD("")));

	g_assert_nonnull(empty);
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_null(contacts_new_vcard(none[i], strlen(none[i])));
}

/* As khard 0.19 and abook 0.6 print it. */
static void test_lists(void)
{
	static const struct {
		const char *text, *address;
		bool has;
	} rows[] = {
	    {"searching for '' ...\na@b\tAnna\twork\n", "a@b", true},
	    {"searching for 'x@y' ...\na@b\tAnna\twork\n", "x@y", false},
	    {"\na@b\tAnna\t\nc@d\tBob\t \n", "C@D", true},
	    {"a@b\tAnna c@d\n", "c@d", false},
	    {"a@b\r\nc@d\r\n", "a@b", true},
	    {"a@b", "a@b", true},
	    {"Anna\ta@b\n", "a@b", false},
	    {"Name <a@b>\n", "a@b", false},
	    {" a@b\n", "a@b", false},
	    {"", "a@b", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Contacts) contacts =
		    contacts_new_list(rows[i].text, strlen(rows[i].text));

		g_test_message("%s", rows[i].text);
		g_assert_cmpint(
		    contacts_have(contacts, rows[i].address), ==, rows[i].has);
	}
}

/* A picture of megabytes is passed over, with octets of any kind. */
static void test_large(void)
{
	g_autoptr(GString) text = g_string_new("BEGIN:VCARD\nPHOTO:");
	g_autoptr(Contacts) contacts = NULL;

	for (unsigned i = 0; i < 100000; i++)
		g_string_append(text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n ");
	g_string_append_len(text, "\0\377", 2);
	g_string_append(text, "\nEMAIL:a@b\nEND:VCARD\n");
	contacts = contacts_new_vcard(text->str, text->len);
	g_assert_nonnull(contacts);
	g_assert_true(contacts_have(contacts, "a@b"));
}

static void test_bounds(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *name = g_strnfill(CONTACTS_ADDRESS_MAX - 2, 'x');
	g_autofree char *longest = g_strconcat(name, "@y", NULL);
	g_autofree char *longer = g_strconcat("z", longest, NULL);
	g_autoptr(Contacts) contacts = NULL;

	g_string_append_printf(text, "%s\n%s\n", longest, longer);
	for (unsigned i = 0; i < CONTACTS_MAX; i++)
		g_string_append_printf(text, "%u@x\t\n", i);
	contacts = contacts_new_list(text->str, text->len);
	g_assert_cmpuint(contacts_count(contacts), ==, CONTACTS_MAX);
	g_assert_true(contacts_have(contacts, longest));
	g_assert_false(contacts_have(contacts, longer));
	g_assert_true(contacts_have(contacts, "99998@x"));
	g_assert_false(contacts_have(contacts, "99999@x"));
	contacts_free(NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/contacts/vcards", test_vcards);
	g_test_add_func("/contacts/no-vcard", test_no_vcard);
	g_test_add_func("/contacts/lists", test_lists);
	g_test_add_func("/contacts/large", test_large);
	g_test_add_func("/contacts/bounds", test_bounds);
	return g_test_run();
}
