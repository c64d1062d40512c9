/*
 * What may become of a message of which only its place is known.
 *
 * Rules are written "EFFECTS CRITERION VALUE & CRITERION VALUE | ...", where
 * "+a" sets a bit, "-a" clears it, "." does nothing; "~" in front: the rule
 * goes on.  Bits are a, b and c; a fate is written as those that are set, in
 * their order, "0": none.
 */
#include "rules/rules.h"
#include "tests/unit/unit.h"
#include <string.h>

#define EFFECTS_MAX 8

struct row {
	const char *rules;
	const char *mailbox;
	const char *known; /* with commas between; NULL: it is a name */
	const char *fates; /* sorted, as they are numbered */
};

static const struct row rows[] = {
    {"", "INBOX", NULL, "0"},
    {"+a", "INBOX", NULL, "a"},
    {"+a from a@b", "INBOX", NULL, "0 a"},
    {"+a account work", "INBOX", NULL, "a"},
    {"+a account home", "INBOX", NULL, "0"},
    {"+a account !home", "INBOX", NULL, "a"},
    {"+a account !work", "INBOX", NULL, "0"},

    /* Names are compared as rules do. */
    {"+a mailbox INBOX", "INBOX", NULL, "a"},
    {"+a mailbox inbox", "INBOX", NULL, "a"},
    {"+a mailbox Lists/*", "INBOX", NULL, "0"},
    {"+a mailbox Lists/*", "Lists/c", NULL, "a"},
    {"+a mailbox !INBOX", "INBOX", NULL, "0"},
    {"+a mailbox !INBOX", "Work", NULL, "a"},
    {"+a mailbox *, !Work", "Work", NULL, "0"},
    {"+a mailbox *, !Work", "INBOX", NULL, "a"},
    {"+a mailbox *", "INBOX", NULL, "a"},
    {"+a mailbox /^in/", "INBOX", NULL, "a"},
    {"+a mailbox /^out/", "INBOX", NULL, "0"},
    {"+a mailbox !/^in/", "INBOX", NULL, "0"},
    {"+a mailbox /(a+)+$/", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
	NULL, "0 a"},

    /* All criteria have to hold; one that cannot is enough. */
    {"+a mailbox INBOX & from a@b", "INBOX", NULL, "0 a"},
    {"+a from a@b & mailbox INBOX", "Work", NULL, "0"},
    {"+a mailbox INBOX & account home", "INBOX", NULL, "0"},
    {"+a mailbox INBOX & account work", "INBOX", NULL, "a"},
    {"+a mailbox INBOX & subject *", "INBOX", NULL, "a"},
    {"+a larger 5 & smaller 5", "INBOX", NULL, "0"},
    {"+a time Mon", "INBOX", NULL, "0 a"},
    {"+a flags !\\Seen", "INBOX", NULL, "0 a"},

    /* Which rule decides. */
    {". | +a", "INBOX", NULL, "0"},
    {"~. | +a", "INBOX", NULL, "a"},
    {". mailbox INBOX | +a", "INBOX", NULL, "0"},
    {". mailbox INBOX | +a", "Work", NULL, "a"},
    {". from a@b | +a", "INBOX", NULL, "0 a"},
    {". mailbox INBOX & from a@b | +a", "INBOX", NULL, "0 a"},
    {"~. mailbox INBOX | +a from a@b", "INBOX", NULL, "0 a"},
    {". mailbox Lists/*, !*/urgent | +a", "Lists/x", NULL, "0"},
    {". mailbox Lists/*, !*/urgent | +a", "Lists/urgent", NULL, "a"},
    {"+a from a@b | . mailbox INBOX | +b", "INBOX", NULL, "0 a"},

    /* What later ones take back. */
    {"~+a | -a", "INBOX", NULL, "0"},
    {"~+a | -a from a@b", "INBOX", NULL, "0 a"},
    {"~+a | -a mailbox INBOX", "INBOX", NULL, "0"},
    {"~+a | -a mailbox INBOX", "Work", NULL, "a"},
    {"~+a from a@b | ~+b from c@d", "INBOX", NULL, "0 a b ab"},
    {"~+a from a@b | +b", "INBOX", NULL, "b ab"},
    {"~-a | ~+a | +b", "INBOX", NULL, "ab"},
    {"~+a+b | -b+c from a@b", "INBOX", NULL, "ab ac"},

    /* A mailbox that is not there yet. */
    {"+a", "*", "INBOX", "a"},
    {"+a from a@b", "*", "INBOX", "0 a"},
    {"+a account home", "*", "INBOX", "0"},
    {"+a mailbox Alarm", "*", "INBOX", "0 a"},
    {"+a mailbox Alarm", "*", "INBOX,alarm", "0"},
    {"+a mailbox Alarm, Fire", "*", "INBOX,alarm", "0 a"},
    {"+a mailbox Alarm", "*Lists?*", "INBOX", "0"},
    {"+a mailbox lists/x", "*Lists?*", "INBOX", "0 a"},
    {"+a mailbox Lists/*", "*Lists?*", "Lists/x", "0 a"},
    {"+a mailbox Alarm*", "*Lists?*", "INBOX", "0 a"},
    {"+a mailbox /x/", "*Lists?*", "INBOX", "0 a"},
    {"+a mailbox !INBOX", "*", "INBOX", "0 a"},
    {"+a mailbox !*", "*Lists?*", "INBOX", "0"},
    {"+a mailbox *, !*lists*", "*Lists?*", "INBOX", "0"},
    {"+a mailbox *", "*Lists?*", "INBOX", "a"},
    {". mailbox Lists/* | +a", "*Lists?*", "", "0 a"},
    {". mailbox * | +a", "*Lists?*", "", "0"},
};

static uint8_t read_bit(char letter)
{
	g_assert_true(letter >= 'a' && letter <= 'c');
	return (uint8_t)(1U << (letter - 'a'));
}

static struct rules_effect read_effect(const char *word)
{
	struct rules_effect effect = {0};

	for (; *word == '+' || *word == '-'; word += 2)
		*(*word == '+' ? &effect.sets : &effect.clears) |=
		    read_bit(word[1]);
	return effect;
}

static void read_criteria(struct rules *rules, const char *text)
{
	g_auto(GStrv) texts = g_strsplit(text, " & ", -1);

	for (char **one = texts; *one != NULL; one++) {
		g_auto(GStrv) words = g_strsplit(*one, " ", 2);
		g_autoptr(GError) error = NULL;

		rules_add(rules, words[0], words[1], &error);
		g_assert_no_error(error);
	}
}

static struct rules *read_rules(const char *text, struct rules_effect *effects)
{
	struct rules *rules = rules_new();
	g_auto(GStrv) texts = g_strsplit(text, " | ", -1);

	for (unsigned i = 0; texts[i] != NULL; i++) {
		bool goes_on = *texts[i] == '~';
		g_auto(GStrv) words = g_strsplit(texts[i] + goes_on, " ", 2);

		g_assert_cmpuint(i, <, EFFECTS_MAX);
		effects[i] = read_effect(words[0]);
		rules_begin(rules, "rule", !goes_on);
		if (words[1] != NULL)
			read_criteria(rules, words[1]);
	}
	return rules;
}

static char *print_fates(unsigned fates)
{
	static const char *const names[] = {
	    "0", "a", "b", "ab", "c", "ac", "bc", "abc"};
	GString *text = g_string_new(NULL);

	G_STATIC_ASSERT(G_N_ELEMENTS(names) == RULES_FATES);
	for (unsigned i = 0; i < RULES_FATES; i++)
		if ((fates >> i & 1) != 0)
			g_string_append_printf(
			    text, "%s%s", text->len > 0 ? " " : "", names[i]);
	g_assert_cmpuint(fates >> RULES_FATES, ==, 0);
	return g_string_free(text, FALSE);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct rules_effect effects[EFFECTS_MAX];
		g_autoptr(Rules) rules = read_rules(rows[i].rules, effects);
		g_auto(GStrv) known = g_strsplit(
		    rows[i].known != NULL ? rows[i].known : "", ",", -1);
		g_autoptr(GPtrArray) list = g_ptr_array_new();
		g_autofree char *fates = NULL;
		struct rules_place place = {
		    .account = "work", .mailbox = rows[i].mailbox};

		for (char **name = known; *name != NULL; name++)
			g_ptr_array_add(list, *name);
		if (rows[i].known != NULL)
			place.known = list;
		fates = print_fates(rules_foresee(rules, &place, effects, 0));
		g_test_message("%s: %s", rows[i].rules, rows[i].mailbox);
		g_assert_cmpstr(fates, ==, rows[i].fates);
	}
}

/* What it has before any rule. */
static void test_begin(void)
{
	struct rules_effect effects[EFFECTS_MAX];
	g_autoptr(Rules) rules =
	    read_rules("~-a from a@b | +c mailbox INBOX", effects);
	const struct rules_place inbox = {.account = "x", .mailbox = "INBOX"};
	const struct rules_place other = {.account = "x", .mailbox = "Other"};
	g_autofree char *first =
	    print_fates(rules_foresee(rules, &inbox, effects, 3));
	g_autofree char *second =
	    print_fates(rules_foresee(rules, &other, effects, 1));

	g_assert_cmpstr(first, ==, "bc abc");
	g_assert_cmpstr(second, ==, "0 a");
}

#define PICK(list) ((list)[g_test_rand_int_range(0, G_N_ELEMENTS(list))])

static struct rules *make_rules(struct rules_effect *effects, unsigned count)
{
	static const char *const criteria[] = {"mailbox INBOX",
	    "mailbox !INBOX", "mailbox In*, !*x", "account work",
	    "account !work", "subject x", "subject *", "smaller 9"};
	struct rules *rules = rules_new();

	for (unsigned i = 0; i < count; i++) {
		effects[i].sets =
		    (uint8_t)g_test_rand_int_range(0, RULES_FATES);
		effects[i].clears =
		    (uint8_t)g_test_rand_int_range(0, RULES_FATES);
		rules_begin(rules, "rule", g_test_rand_bit());
		for (int j = g_test_rand_int_range(0, 3); j > 0; j--)
			read_criteria(rules, PICK(criteria));
	}
	return rules;
}

static unsigned find_end(const struct rules *rules, const char *mailbox,
    const struct rules_effect *effects, unsigned fate)
{
	const struct message_source source = {.account = "work",
	    .mailbox = mailbox,
	    .uid = 1,
	    .uidvalidity = 1,
	    .size = 7};
	g_autoptr(Message) message =
	    message_new(&source, "Subject: x\r\n\r\n", 14);
	g_autoptr(GArray) found = rules_match(rules, message, NULL, NULL);

	for (unsigned i = 0; i < found->len; i++) {
		const struct rules_effect *effect =
		    &effects[g_array_index(found, guint, i)];

		fate = (fate & ~(unsigned)effect->clears) | effect->sets;
	}
	return fate;
}

/* What comes about is among what was foreseen. */
static void test_sound(void)
{
	static const char *const mailboxes[] = {"INBOX", "Index", "Work"};

	for (unsigned i = 0; i < 3000; i++) {
		struct rules_effect effects[3];
		g_autoptr(Rules) rules =
		    make_rules(effects, G_N_ELEMENTS(effects));
		const struct rules_place place = {
		    .account = "work", .mailbox = PICK(mailboxes)};
		unsigned fate = (unsigned)g_test_rand_int_range(0, RULES_FATES);
		unsigned end = find_end(rules, place.mailbox, effects, fate);

		g_assert_cmpuint(
		    rules_foresee(rules, &place, effects, fate) >> end & 1, ==,
		    1);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/foresee/rows", test_rows);
	g_test_add_func("/foresee/begin", test_begin);
	g_test_add_func("/foresee/sound", test_sound);
	return g_test_run();
}
