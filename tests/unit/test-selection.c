#include "imap/limits.h"
#include "imap/selection.h"
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <string.h>

/* Lists are written with ", " between their items. */
struct row {
	const char *entries;
	const char *listed; /* "NAME" or "NAME ATTRIBUTE" (":" is a blank) */
	char delimiter;
	const char *prefix;
	const char *chosen;
	const char *unmatched;
};

#define PLAIN "INBOX, Lists, Lists/a, Lists/a/b, Sent:\\Sent, Junk:\\Junk"
#define COURIER                                                           \
	"INBOX, INBOX.Lists, INBOX.Lists.a, INBOX.Lists.a.b, INBOX.Sent:" \
	"\\hasNoChildren:\\sent"
#define SHARED "INBOX, Lists, INBOX.Lists, user.jane.Lists"

static const struct row rows[] = {
    /* Names. */
    {"INBOX", PLAIN, '/', "", "INBOX", ""},
    {"inbox", PLAIN, '/', "", "INBOX", ""},
    {"INBOX", "Inbox", '/', "", "INBOX", ""},
    {"INBOX", "Inbox, INBOX", '/', "", "INBOX", ""},
    {"Sent, INBOX", PLAIN, '/', "", "Sent, INBOX", ""},
    {"lists", PLAIN, '/', "", "lists", ""},
    {"Secret", PLAIN, '/', "", "Secret", ""},
    {"Secret, !Secret", PLAIN, '/', "", "", ""},
    {"Secret/a, !Secret/*", PLAIN, '/', "", "", ""},
    {"Secret/a, !Secret", PLAIN, '/', "", "Secret/a", "!Secret"},
    {"Sent, Sent", PLAIN, '/', "", "Sent", ""},

    /* Wildcards. */
    {"*", PLAIN, '/', "", "INBOX, Lists, Lists/a, Lists/a/b, Sent, Junk", ""},
    {"%", PLAIN, '/', "", "INBOX, Lists, Sent, Junk", ""},
    {"%", "Z, INBOX, A", '/', "", "INBOX, Z, A", ""},
    {"Lists/*", PLAIN, '/', "", "Lists/a, Lists/a/b", ""},
    {"Lists/%", PLAIN, '/', "", "Lists/a", ""},
    {"Lists*", PLAIN, '/', "", "Lists, Lists/a, Lists/a/b", ""},
    {"%/%", PLAIN, '/', "", "Lists/a", ""},
    {"*/%", PLAIN, '/', "", "Lists/a, Lists/a/b", ""},
    {"%/*b", PLAIN, '/', "", "Lists/a/b", ""},
    {"%*%n%*%", PLAIN, '/', "", "INBOX, Sent, Junk", ""},
    {"in%", PLAIN, '/', "", "INBOX", ""},
    {"sen%", PLAIN, '/', "", "", "sen%"},
    {"Lits/*, INBOX", PLAIN, '/', "", "INBOX", "Lits/*"},
    {"a%b", "a/b, axb, ab", 0, "", "a/b, axb, ab", ""},
    {"a/b", "a, a/b, a/", 0, "", "a/b", ""},
    {"a/", "a", 0, "", "a/", ""},

    /* Order, and who decides. */
    {"Sent, *", PLAIN, '/', "", "Sent, INBOX, Lists, Lists/a, Lists/a/b, Junk",
	""},
    {"*, !Lists/*", PLAIN, '/', "", "INBOX, Lists, Sent, Junk", ""},
    {"*, !Lists/*, Lists/a/b", PLAIN, '/', "",
	"INBOX, Lists, Lists/a/b, Sent, Junk", ""},
    {"!Lists/*, *", PLAIN, '/', "",
	"INBOX, Lists, Lists/a, Lists/a/b, Sent, Junk", ""},
    {"*, ! Lists*, !Nosie", PLAIN, '/', "", "INBOX, Sent, Junk", "!Nosie"},
    {"*, !*", PLAIN, '/', "", "", ""},

    /* Special uses. */
    {"\\Sent", PLAIN, '/', "", "Sent", ""},
    {"\\sENT, INBOX", PLAIN, '/', "", "Sent, INBOX", ""},
    {"*, !\\Junk, !\\Sent", PLAIN, '/', "", "INBOX, Lists, Lists/a, Lists/a/b",
	""},
    {"\\Trash, INBOX", PLAIN, '/', "", "INBOX", "\\Trash"},
    {"\\Sen", PLAIN, '/', "", "", "\\Sen"},
    {"\\Junk", "A:\\Junk, B:\\Junk", '/', "", "A, B", ""},

    /* What cannot be selected. */
    {"*", "A:\\Noselect, A/b, C:\\NonExistent", '/', "", "A/b", ""},
    {"A, A/b", "A:\\Noselect, A/b", '/', "", "A/b", "A"},
    {"A/b", "A.b:\\Noselect", '.', "", "", "A/b"},
    {"*, !A", "A:\\Noselect, A/b", '/', "", "A/b", ""},

    /* Delimiters and prefixes. */
    {"Lists/*", COURIER, '.', "INBOX.", "INBOX.Lists.a, INBOX.Lists.a.b", ""},
    {"Lists.*", COURIER, '.', "INBOX.", "INBOX.Lists.a, INBOX.Lists.a.b", ""},
    {"Lists/%", COURIER, '.', "INBOX.", "INBOX.Lists.a", ""},
    {"INBOX/Lists/%", COURIER, '.', "INBOX.", "INBOX.Lists.a", ""},
    {"inbox.Lists.%", COURIER, '.', "INBOX.", "INBOX.Lists.a", ""},
    {"Inbox/Lists/a", COURIER, '.', "INBOX.", "INBOX.Lists.a", ""},
    {"Lists/a", COURIER, '.', "INBOX.", "INBOX.Lists.a", ""},
    {"%", COURIER, '.', "INBOX.", "INBOX, INBOX.Lists, INBOX.Sent", ""},
    {"*, !Lists/*", COURIER, '.', "INBOX.", "INBOX, INBOX.Lists, INBOX.Sent",
	""},
    {"\\Sent", COURIER, '.', "INBOX.", "INBOX.Sent", ""},
    {"Lists", COURIER, '.', "", "Lists", ""},
    {"Lists", "Inbox, Inbox.Lists", '.', "INBOX.", "Inbox.Lists", ""},
    {"A%", "A/x, A.x, Ax", '.', "", "A/x, Ax", ""},
    {"A/x", "A/x, A.x", '.', "", "A/x", ""},
    {"A.x", "A/x", '/', "", "A.x", ""},

    /* The very name goes before a looser spelling. */
    {"Lists", SHARED, '.', "INBOX.", "Lists", ""},
    {"*, !Lists", SHARED, '.', "INBOX.", "INBOX, INBOX.Lists, user.jane.Lists",
	""},
    {"Lists%", SHARED, '.', "INBOX.", "Lists, INBOX.Lists", ""},

    /* Beyond ASCII, composed or not. */
    {"B\303\274cher/%", "B\303\274cher/\346\227\245\346\234\254", '/', "",
	"B\303\274cher/\346\227\245\346\234\254", ""},
    {"Caf\303\251", "Cafe\314\201", '/', "", "Cafe\314\201", ""},
    {"Cafe\314\201*", "Caf\303\251 1", '/', "", "Caf\303\251 1", ""},
    {"*", "\377\376", '/', "", "\377\376", ""},
};

static void free_listed(gpointer data)
{
	struct imap_listed *listed = data;

	g_free(listed->mailbox);
	g_free(listed->attributes);
	g_free(listed);
}

static struct imap_listed *listed_new(const char *text)
{
	struct imap_listed *listed = g_new0(struct imap_listed, 1);
	char *colon;

	listed->mailbox = g_strdup(text);
	colon = strchr(listed->mailbox, ':');
	listed->attributes = g_strdup(colon != NULL ? colon + 1 : "");
	g_strdelimit(listed->attributes, ":", ' ');
	if (colon != NULL)
		*colon = '\0';
	listed->selectable = strstr(text, "\\No") == NULL;
	return listed;
}

static GPtrArray *list_mailboxes(
    const char *text, char delimiter, const char *prefix)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(free_listed);
	g_auto(GStrv) names = g_strsplit(text, ", ", -1);

	for (char **name = names; *name != NULL; name++) {
		struct imap_listed *listed = listed_new(*name);

		listed->delimiter = delimiter;
		listed->prefix = (char *)prefix;
		g_ptr_array_add(all, listed);
	}
	return all;
}

static char *join(const GPtrArray *names)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
		    (const char *)names->pdata[i]);
	return g_string_free(text, FALSE);
}

static void check_row(const struct row *row)
{
	g_auto(GStrv) entries = g_strsplit(row->entries, ", ", -1);
	g_autoptr(GPtrArray) listed =
	    list_mailboxes(row->listed, row->delimiter, row->prefix);
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) chosen = imap_selection_choose(
	    (const char *const *)entries, listed, unmatched);
	g_autofree char *chosen_text = join(chosen);
	g_autofree char *unmatched_text = join(unmatched);

	g_test_message("%s of %s", row->entries, row->listed);
	g_assert_cmpstr(chosen_text, ==, row->chosen);
	g_assert_cmpstr(unmatched_text, ==, row->unmatched);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		check_row(&rows[i]);
}

static void test_plain(void)
{
	static const struct {
		const char *entries;
		bool plain;
	} lists[] = {{"INBOX", true}, {"INBOX, a/b, c!d, e\\f", true},
	    {"INBOX, a*", false}, {"%", false}, {"a, !b", false},
	    {"\\Sent", false}, {"*", false}};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_auto(GStrv) entries = g_strsplit(lists[i].entries, ", ", -1);

		g_test_message("%s", lists[i].entries);
		g_assert_true(
		    imap_selection_is_plain((const char *const *)entries) ==
		    lists[i].plain);
	}
}

static void test_nothing(void)
{
	static const char *const entries[] = {"*", "\\Sent", NULL};
	g_autoptr(GPtrArray) listed = g_ptr_array_new();
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) chosen =
	    imap_selection_choose(entries, listed, NULL);

	g_assert_cmpuint(chosen->len, ==, 0);
	g_ptr_array_unref(chosen);
	chosen = imap_selection_choose(entries, listed, unmatched);
	g_assert_cmpuint(unmatched->len, ==, 2);
	g_assert_true(unmatched->pdata[1] == entries[1]);
}

/* ---- against the definition, by brute force ---- */

static bool slow_fits(const char *glob, const char *name)
{
	if (*glob == '\0')
		return *name == '\0';
	if (*glob != '*' && *glob != '%')
		return (*glob == *name || (*glob == '/' && *name == '.')) &&
		    *name != '\0' && slow_fits(glob + 1, name + 1);
	if (slow_fits(glob + 1, name))
		return true;
	return *name != '\0' && (*glob == '*' || *name != '.') &&
	    slow_fits(glob, name + 1);
}

static void fill(GRand *rand, char *text, unsigned size, const char *letters)
{
	unsigned length = (unsigned)g_rand_int_range(rand, 1, (gint32)size);

	for (unsigned i = 0; i < length; i++)
		text[i] =
		    letters[g_rand_int_range(rand, 0, (gint32)strlen(letters))];
	text[length] = '\0';
}

static void check_random(GRand *rand, unsigned long *fitting)
{
	char glob[10] = "*", name[12];
	const char *const entries[] = {glob, NULL};
	struct imap_listed one = {
	    .mailbox = name, .delimiter = '.', .selectable = true};
	gpointer pointers[] = {&one};
	const GPtrArray listed = {.pdata = pointers, .len = 1};
	g_autoptr(GPtrArray) chosen = NULL;
	bool fits;

	fill(rand, glob + g_rand_int_range(rand, 0, 2), 9, "ab./*%");
	if (strpbrk(glob, "*%") == NULL)
		glob[0] = '%';
	fill(rand, name, 12, "ab.");
	fits = slow_fits(glob, name);
	*fitting += fits;
	chosen = imap_selection_choose(entries, &listed, NULL);
	if ((chosen->len == 1) != fits)
		g_error("%s does%s fit %s", glob, fits ? "" : " not", name);
}

static void test_random(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(4);
	unsigned long fitting = 0;

	for (unsigned i = 0; i < 100000; i++)
		check_random(rand, &fitting);
	g_assert_cmpuint(fitting, >, 10000);
	g_assert_cmpuint(fitting, <, 90000);
}

/* ---- bounds ---- */

static char *repeat(const char *text, unsigned times, const char *end)
{
	GString *all = g_string_new(NULL);

	while (times-- > 0)
		g_string_append(all, text);
	g_string_append(all, end);
	return g_string_free(all, FALSE);
}

static bool fits(const char *pattern, const char *name)
{
	const char *const entries[] = {pattern, NULL};
	struct imap_listed one = {
	    .mailbox = (char *)name, .delimiter = '/', .selectable = true};
	gpointer pointers[] = {&one};
	const GPtrArray listed = {.pdata = pointers, .len = 1};
	g_autoptr(GPtrArray) chosen =
	    imap_selection_choose(entries, &listed, NULL);

	return chosen->len == 1;
}

/* Who goes back at each star would not end in our days. */
static void test_many_stars(void)
{
	g_autofree char *pattern = repeat("*a%a", 63, "*");
	g_autofree char *name = repeat("a", 60000, "b");

	g_assert_true(fits(pattern, name));
	pattern[strlen(pattern) - 1] = 'c';
	g_assert_false(fits(pattern, name));
}

/* Each place of a pattern, across all words of the set. */
static void test_long(void)
{
	g_autofree char *name = repeat("x", IMAP_PATTERN_MAX, "");

	for (unsigned i = 0; i < IMAP_PATTERN_MAX; i++) {
		g_autofree char *pattern = g_strdup(name);

		pattern[i] = i % 2 == 0 ? '*' : '%';
		g_assert_true(fits(pattern, name));
		pattern[(i + 1) % IMAP_PATTERN_MAX] = 'y';
		g_assert_false(fits(pattern, name));
	}
}

static void test_too_long(void)
{
	g_autofree char *pattern = repeat("*x", IMAP_PATTERN_MAX / 2 + 1, "");
	const char *const entries[] = {pattern, NULL};
	g_autofree char *name = repeat("x", IMAP_PATTERN_MAX, "");
	g_autoptr(GPtrArray) listed = list_mailboxes(name, '/', "");
	g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
	g_autoptr(GPtrArray) chosen =
	    imap_selection_choose(entries, listed, unmatched);

	g_assert_cmpuint(chosen->len, ==, 0);
	g_assert_cmpuint(unmatched->len, ==, 1);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/selection/rows", test_rows);
	g_test_add_func("/selection/plain", test_plain);
	g_test_add_func("/selection/nothing", test_nothing);
	g_test_add_func("/selection/random", test_random);
	g_test_add_func("/selection/many-stars", test_many_stars);
	g_test_add_func("/selection/long", test_long);
	g_test_add_func("/selection/too-long", test_too_long);
	return g_test_run();
}
