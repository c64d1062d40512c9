/*
 * Words in a line of text.
 */
#include "imap/response.h"
#include "imap/words.h"
#include "tests/unit/unit.h"

static void test_have(void)
{
	g_assert_true(imap_words_have("\\Seen $Junk", "\\SEEN"));
	g_assert_true(imap_words_have("(\\Seen $Junk)", "$junk"));
	g_assert_false(imap_words_have("\\Seen $Junk", "Seen"));
	g_assert_false(imap_words_have("\\Seen $Junk", "$Jun"));
	g_assert_false(imap_words_have("", "\\Seen"));
	g_assert_false(imap_words_have(NULL, "\\Seen"));
}

static void test_join(void)
{
	static const struct imap_text words[] = {{"\\Seen", 5}, {"$Junk!", 5}};
	g_autoptr(GArray) texts =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_text));
	g_autofree char *none = imap_words_join(NULL);
	g_autofree char *empty = imap_words_join(texts);
	g_autofree char *two = NULL;

	g_array_append_vals(texts, words, G_N_ELEMENTS(words));
	two = imap_words_join(texts);
	g_assert_cmpstr(none, ==, "");
	g_assert_cmpstr(empty, ==, "");
	g_assert_cmpstr(two, ==, "\\Seen $Junk");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/words/have", test_have);
	g_test_add_func("/words/join", test_join);
	return g_test_run();
}
