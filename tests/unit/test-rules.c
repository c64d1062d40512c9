/*
 * Rules on messages: "criterion: value" lines and a header in, yes or no out.
 */
#include "rules/rules.h"
#include "tests/unit/unit.h"
#include <string.h>

struct row {
	const char *criterion, *value;
	const char *header; /* NULL: the usual one */
	bool holds;
};

static const char usual[] =
    "From: \"Anna\" <anna@Example.org>, Bob <bob@b\303\274cher.example>\r\n"
    "To: me@example.net, The List <list@example.org>\r\n"
    "Cc: carol@example.com\r\n"
    "Subject: Re: Lunch, at 12?\r\n"
    "List-Id: Friends <friends.example.org>\r\n"
    "X-Priority: 1\r\n"
    "X-Tag: =?utf-8?Q?gr=C3=BCn?=\r\n"
    "X-Tag: red\r\n"
    "X-Empty:\r\n";

#define POSER "From: \"boss@example.org\" <evil@evil.example>\r\n"

static const struct row rows[] = {
    {"account", "work", NULL, true},
    {"account", "WORK, home", NULL, true},
    {"account", "home", NULL, false},
    {"account", "!work", NULL, false},
    {"mailbox", "lists/*", NULL, true},
    {"mailbox", "INBOX, Lists/c", NULL, true},
    {"mailbox", "Lists", NULL, false},
    {"mailbox", "Lists/*, !*/c", NULL, false},

    {"from", "anna@example.org", NULL, true},
    {"from", "ANNA@EXAMPLE.ORG", NULL, true},
    {"from", "*@example.org", NULL, true},
    {"from", "anna@*", NULL, true},
    {"from", "anna@example.or", NULL, false},
    {"from", "nna@example.org", NULL, false},
    {"from", "*anna*", NULL, true},
    {"from", "bob@b\303\274cher.example", NULL, true},
    {"from", "bob@B\303\234CHER.example", NULL, true},
    {"from", "bob@xn--bcher-kva.example", NULL, true},
    {"from", "*@xn--*", NULL, true},
    {"from", "/@example\\.(org|net)$/", NULL, true},
    {"from", "/^anna@/", NULL, true},
    {"from", "/schmidt/", NULL, false},
    {"from", "x@y, bob@*", NULL, true},
    {"from", "!anna@example.org", NULL, false},
    {"from", "!x@y", NULL, true},
    {"from", "*, !bob@*", NULL, false},
    {"from", "me@example.net", NULL, false},
    {"from", "*", "Subject: x\r\n", false},
    {"from", "!*@x", "Subject: x\r\n", true},
    {"from", "*", "From: Anna Schmidt\r\n", false},
    {"from", "*@b", "From: a@b\r\nFrom: c@d\r\n", true},
    {"from", "*@d", "From: a@b\r\nFrom: c@d\r\n", true},
    {"from", "c@d", "From: Us: a@b, c@d;\r\n", true},

    /* Posing: a name is no address. */
    {"from", "boss@example.org", POSER, false},
    {"from", "*boss*", POSER, false},
    {"from", "/boss/", POSER, false},
    {"from", "evil@evil.example", POSER, true},
    {"from", "!boss@example.org", POSER, true},
    {"from", "boss@example.org", "From: boss@example.org <evil@e>\r\n", false},
    {"from", "boss@example.org", "From: boss@example.org x <evil@e>\r\n",
	false},
    {"from", "boss@example.org", "From: evil@e (boss@example.org)\r\n", false},
    {"from", "boss@example.org",
	"From: =?utf-8?Q?boss=40example=2Eorg?= <evil@e>\r\n", false},
    {"from", "boss@example.org",
	"From: =?utf-8?Q?<boss@example.org>?= <evil@e>\r\n", false},
    {"from", "boss@example.org", "From: =?utf-8?Q?boss=40example=2Eorg?=\r\n",
	false},
    {"from", "boss@example.org", "From: \"boss@example.org\"\r\n", false},
    {"from", "boss@example.org",
	"From: \"\\\"\" <evil@e> \"boss@example.org\"\r\n", false},
    {"from", "boss@example.org", "From: boss@example.org.evil.example\r\n",
	false},
    {"from", "boss@example.org", "From: \"boss@example.org\"@evil.example\r\n",
	false},
    {"from", "boss@example.org", "Sender: boss@example.org\r\n", false},
    {"from", "*@paypal.com", "From: a@\321\200\320\260ypal.com\r\n", false},

    {"to", "me@example.net", NULL, true},
    {"to", "carol@*", NULL, true},
    {"to", "anna@*", NULL, false},
    {"to", "*list*", NULL, true},
    {"to", "/The List/", NULL, false},
    {"to", "!carol@example.com", NULL, false},
    {"to", "*", "To: undisclosed-recipients:;\r\n", false},

    {"cc", "carol@example.com", NULL, true},
    {"cc", "me@*, list@*", NULL, false},
    {"cc", "!carol@*", NULL, false},
    {"cc", "*", "To: a@b\r\n", false},
    {"to", "*", "Cc: a@b\r\n", true},

    {"flags", "\\Flagged", NULL, true},
    {"flags", "\\flagged", NULL, true},
    {"flags", "Flagged", NULL, true},
    {"flags", "\\Seen", NULL, false},
    {"flags", "!\\Seen", NULL, true},
    {"flags", "\\Seen, \\Flagged", NULL, true},
    {"flags", "*, !\\Flagged", NULL, false},
    {"flags", "/^flag/", NULL, true},
    {"flags", "/junk|important/", NULL, false},
    {"keyword", "$Important", NULL, true},
    {"keyword", "$important", NULL, true},
    {"keyword", "$Imp*", NULL, true},
    {"keyword", "todo, $Junk", NULL, true},
    {"keyword", "$Junk", NULL, false},
    {"keyword", "!$Junk", NULL, true},
    {"keyword", "!todo", NULL, false},
    {"keyword", "*flagged", NULL, false},

    {"importance", "normal", "", true},
    {"importance", "high", "", false},
    {"importance", "high, Normal", "", true},
    {"importance", "high", NULL, true},
    {"importance", "high", "Importance: High\r\n", true},
    {"importance", "low", "Importance: low\r\n", true},
    {"importance", "normal", "Importance: whatever\r\n", true},
    {"importance", "high", "X-Priority: 1 (Highest)\r\n", true},
    {"importance", "high", "X-Priority: 2\r\n", true},
    {"importance", "normal", "X-Priority: 3 (Normal)\r\n", true},
    {"importance", "low", "X-Priority: 4\r\n", true},
    {"importance", "low", "X-Priority: 5(Lowest)\r\n", true},
    {"importance", "normal", "X-Priority: 11\r\n", true},
    {"importance", "high", "Priority: urgent\r\n", true},
    {"importance", "low", "Priority: non-urgent\r\n", true},
    {"importance", "high", "X-MSMail-Priority: High\r\n", true},
    {"importance", "low", "X-MSMail-Priority: Low\r\n", true},
    /* The one that is a standard counts most. */
    {"importance", "low", "X-Priority: 1\r\nImportance: low\r\n", true},
    {"importance", "high", "X-MSMail-Priority: Low\r\nX-Priority: 1\r\n", true},
    {"importance", "high", "Importance: ?\r\nX-Priority: 1\r\n", true},

    {"subject", "*lunch*", NULL, true},
    {"subject", "lunch", NULL, false},
    {"subject", "re:*", NULL, true},
    {"subject", "Re: Lunch\\, at 12?", NULL, true},
    {"subject", "*\\, at*", NULL, true},
    {"subject", "/lunch, at/", NULL, true},
    {"subject", "/^lunch/", NULL, false},
    {"subject", "/a{2,3}/, /n{1,2}ch,/", NULL, true},
    {"subject", "*, !*lunch*", NULL, false},
    {"subject", "*gr\303\234n*", "Subject: =?utf-8?Q?gr=C3=BCn?=\r\n", true},
    {"subject", "*", "", true},
    {"subject", "/^$/", "", true},
    {"subject", "/^$/", NULL, false},

    {"list_id", "*", NULL, true},
    {"list_id", "*", "Subject: x\r\n", false},
    {"list_id", "!*", "Subject: x\r\n", true},
    {"list_id", "!*", NULL, false},
    {"list_id", "friends.example.org", NULL, true},
    {"list_id", "friends", NULL, false},
    {"list_id", "*.example.org, !friends.*", NULL, false},

    {"header", "X-Priority: 1, 2", NULL, true},
    {"header", "x-priority:1", NULL, true},
    {"header", "X-Priority: 3", NULL, false},
    {"header", "X-Priority: !1", NULL, false},
    {"header", "X-Tag: gr\303\274n", NULL, true},
    {"header", "X-Tag: red", NULL, true},
    {"header", "X-Tag: *, !red", NULL, false},
    {"header", "X-Empty: *", NULL, true},
    {"header", "X-None: *", NULL, false},
    {"header", "X-None: !*", NULL, true},
    {"header", "Subject: *lunch*", NULL, true},
    {"header", "From: *Anna*", NULL, true},
    {"header", "X-Tag: /^(red|x,y)$/", NULL, true},

    {"larger", "999", NULL, true},
    {"larger", "1000", NULL, false},
    {"larger", "18446744073709551615", NULL, false},
    {"smaller", "1001", NULL, true},
    {"smaller", "1000", NULL, false},
    {"smaller", "0", NULL, false},

    {"subject", "/(a+)+$/", "Subject: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\r\n",
	false},
};

/* Each poses as boss@example.org and is not. */
static const char *const posers[] = {
    "\"boss@example.org\" <>",
    "boss@example.org <>",
    "<> \"<boss@example.org>\"",
    "<> \"<boss@example.org>",
    "evil@evil.example (boss@example.org",
    "(<boss@example.org>",
    "(boss@example.org)",
    "(boss@example.org)[1]",
    "<(boss@example.org)[1]>",
    "x <( boss@example.org )>",
    "evil@[1], (boss@example.org)",
    "evil@[1] (boss@example.org)",
    "Boss\" <evil@evil.example> \"boss@example.org",
    "\"boss@example.org",
    "\"boss@example.org\" x",
    "x \"boss@example.org\" evil@e",
    "[boss@example.org] x",
    "[boss@example.org]",
    "boss@example.org =?utf-8?Q?<evil@e>?=",
    "=?utf-8?Q? <evil@e>, ?= boss@example.org",
    "boss@example.org: evil@evil.example;",
    "evil@evil.example:boss@example.org",
    "x <evil@evil.example>: boss@example.org;",
    "x <evil@evil.example:boss@example.org>",
    "x <evil@evil.example> <boss@example.org>",
    "x <boss@example.org> <evil@evil.example>",
    "\"Boss <boss@example.org> <evil@evil.example>",
    "x <<boss@example.org> evil@evil.example>",
    "<boss@example.org\\>@evil.example>",
    "<@boss@example.org:evil@x>",
    "<boss@example.org evil@e>",
    "boss@example.org evil@e",
    "evil@e boss@example.org",
    "x\\\" <evil@e> \"boss@example.org",
    "<\"boss@example.org>",
    "<\"boss@example.org\">",
    "<evil@e (> boss@example.org)",
    "boss@example.org @evil.example",
    "<boss@example.org@evil>",
};

static struct message *make_message(const char *header)
{
	static const struct message_source source = {.account = "work",
	    .mailbox = "Lists/C",
	    .uidvalidity = 1,
	    .uid = 2,
	    .size = 1000,
	    .flags = "\\Flagged  $Important todo"};

	if (header == NULL)
		header = usual;
	return message_new(&source, header, strlen(header));
}

/* The first that holds, or -1. */
static int match(const struct rules *rules, const struct message *message,
    GPtrArray *reasons)
{
	g_autoptr(GArray) found = rules_match(rules, message, NULL, reasons);

	g_assert_cmpuint(found->len, <=, 1);
	return found->len > 0 ? (int)g_array_index(found, guint, 0) : -1;
}

static void add(struct rules *rules, const char *criterion, const char *value)
{
	g_autoptr(GError) error = NULL;
	bool added = rules_add(rules, criterion, value, &error);

	g_assert_no_error(error);
	g_assert_true(added);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		g_autoptr(Message) message = make_message(row->header);
		g_autoptr(Rules) rules = rules_new();

		rules_begin(rules, "rule", true);
		add(rules, row->criterion, row->value);
		if (match(rules, message, NULL) != (row->holds ? 0 : -1)) {
			g_test_message("%s = %s on %s", row->criterion,
			    row->value, row->header);
			g_test_fail();
		}
	}
}

/* Nothing, or nearly so, to the eye. */
static const char *const unseen[] = {"\342\200\213", "\342\200\256", "\302\255",
    "\343\205\244", "\357\277\273", "\363\240\201\201", "\357\270\217",
    "\342\200\215", "\342\200\214", "\302\205", "\342\201\240", "\302\240",
    "\342\200\250", "\377", "\303", "\357\273\277", "\315\217", "\341\240\213",
    "\341\240\217", "\363\240\204\200", "\342\200\217", "\342\201\244"};

static void check_poser(const char *from)
{
	g_autofree char *header = g_strdup_printf("From: %s\r\n", from);
	g_autoptr(Message) message = make_message(header);
	g_autoptr(Rules) rules = rules_new();

	rules_begin(rules, "boss", true);
	add(rules, "from", "boss@example.org, *@example.org");
	if (match(rules, message, NULL) != -1) {
		g_test_message("%s passes for boss", from);
		g_test_fail();
	}
}

/* Another address, whatever it is, but not boss. */
static void check_unseen(const char *from)
{
	g_autofree char *header = g_strdup_printf("From: %s\r\n", from);
	g_autofree char *shown = g_strescape(from, NULL);
	g_autoptr(Message) message = make_message(header);
	g_autoptr(Rules) rules = rules_new();

	rules_begin(rules, "boss", true);
	add(rules, "from", "boss@example.org");
	if (match(rules, message, NULL) != -1) {
		g_test_message("%s passes for boss", shown);
		g_test_fail();
	}
}

static void test_posers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(posers); i++)
		check_poser(posers[i]);
}

static void test_unseen(void)
{
	static const char *const forms[] = {"boss@exam%sple.org",
	    "X <boss@exam%sple.org>", "bo%sss@example.org",
	    "X <bo%sss@example.org>", "boss@example.org%s",
	    "%sboss@example.org", "boss@example%s.org", "boss%s@example.org",
	    "boss@%sexample.org", "bo..%sss@example.org"};

	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(unseen); j++) {
			g_auto(GStrv) parts = g_strsplit(forms[i], "%s", 2);
			g_autofree char *from = g_strjoinv(unseen[j], parts);
			check_unseen(from);
		}
}

static void test_order(void)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();

	g_assert_cmpint(match(rules, message, NULL), ==, -1);
	rules_begin(rules, "no", true);
	add(rules, "from", "x@y");
	g_assert_cmpint(match(rules, message, NULL), ==, -1);
	rules_begin(rules, "yes", true);
	add(rules, "from", "anna@*");
	rules_begin(rules, "later", true);
	add(rules, "from", "*");
	g_assert_cmpint(match(rules, message, NULL), ==, 1);
	rules_free(NULL);
}

static void test_all_must_hold(void)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();

	rules_begin(rules, "both", true);
	add(rules, "from", "anna@*");
	add(rules, "subject", "nothing");
	rules_begin(rules, "twice", true);
	add(rules, "to", "me@*");
	add(rules, "to", "x@*");
	rules_begin(rules, "range", true);
	add(rules, "larger", "999");
	add(rules, "smaller", "1001");
	add(rules, "to", "me@*");
	add(rules, "to", "carol@*");
	g_assert_cmpint(match(rules, message, NULL), ==, 2);
}

static void test_empty_rule(void)
{
	g_autoptr(Message) message = make_message("");
	g_autoptr(Rules) rules = rules_new();

	rules_begin(rules, "any", true);
	g_assert_cmpint(match(rules, message, NULL), ==, 0);
}

struct bad {
	const char *criterion, *value;
	int code;
	const char *says;
};

static const struct bad bad[] = {
    {"form", "x", RULES_ERROR_VALUE, "form"},
    {"", "x", RULES_ERROR_VALUE, "criterion"},
    {"from", "", RULES_ERROR_PATTERN, "empty"},
    {"from", "boss", RULES_ERROR_PATTERN, "boss@example.org or *boss*"},
    {"to", "a@b, me", RULES_ERROR_PATTERN, "me@example.org or *me*"},
    {"subject", "/(/", RULES_ERROR_PATTERN, "/(/"},
    {"subject", "/a", RULES_ERROR_PATTERN, "closing"},
    {"list_id", "a,,b", RULES_ERROR_PATTERN, "empty"},
    {"header", "X-Priority", RULES_ERROR_VALUE, "X-Priority: 1, 2"},
    {"header", ": x", RULES_ERROR_VALUE, "field"},
    {"header", "X Y: z", RULES_ERROR_VALUE, "field"},
    {"header", "X(Y: z", RULES_ERROR_VALUE, "field"},
    {"header", "X\r\nA1 LOGOUT: z", RULES_ERROR_VALUE, "field"},
    {"header", "\303\226: z", RULES_ERROR_VALUE, "field"},
    {"header", "X-Priority:", RULES_ERROR_PATTERN, "empty"},
    {"larger", "", RULES_ERROR_VALUE, "octets"},
    {"larger", "1K", RULES_ERROR_VALUE, "1K"},
    {"larger", "-1", RULES_ERROR_VALUE, "-1"},
    {"larger", " 1", RULES_ERROR_VALUE, "octets"},
    {"smaller", "0x10", RULES_ERROR_VALUE, "0x10"},
    {"smaller", "18446744073709551616", RULES_ERROR_VALUE, "octets"},
    {"cc", "boss", RULES_ERROR_PATTERN, "boss@example.org or *boss*"},
    {"flags", "\\Sene", RULES_ERROR_PATTERN, "\\Seen"},
    {"flags", "$Junk", RULES_ERROR_PATTERN, "keyword ="},
    {"keyword", "\\Seen", RULES_ERROR_PATTERN, "flags = \\Seen"},
    {"importance", "", RULES_ERROR_VALUE, "high, normal, low"},
    {"importance", "urgent", RULES_ERROR_VALUE, "high, normal, low"},
    {"importance", "high,", RULES_ERROR_VALUE, "high, normal, low"},
    {"attachment", "maybe", RULES_ERROR_VALUE, "yes, no"},
    {"attachment", "", RULES_ERROR_VALUE, "yes, no"},
    {"seen_before", "true", RULES_ERROR_VALUE, "yes, no"},
    {"contact", "anna@example.org", RULES_ERROR_VALUE, "yes, no"},
    {"time", "noon", RULES_ERROR_VALUE, "22:00-07:00"},
};

static void test_errors(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(Rules) rules = rules_new();
		g_autoptr(GError) error = NULL;

		rules_begin(rules, "rule", true);
		g_assert_false(
		    rules_add(rules, bad[i].criterion, bad[i].value, &error));
		g_assert_error(error, RULES_ERROR, bad[i].code);
		g_assert_nonnull(strstr(error->message, bad[i].says));
	}
}

static void test_long_header_name(void)
{
	g_autofree char *name = g_strnfill(129, 'x');
	g_autofree char *value = g_strconcat(name, ": y", NULL);
	g_autoptr(Rules) rules = rules_new();

	rules_begin(rules, "rule", true);
	add(rules, "header", value + 1);
	g_assert_false(rules_add(rules, "header", value, NULL));
}

static void test_no_rule(void)
{
	g_autoptr(Rules) rules = rules_new();

	g_assert_false(rules_add(rules, "from", "a@b", NULL));
}

static void free_reason(void *reason)
{
	rules_reason_free(reason);
}

static void check_reason(const GPtrArray *reasons, guint index,
    const char *rule, const char *criterion, const char *found, bool holds)
{
	const struct rules_reason *reason = reasons->pdata[index];

	g_assert_cmpstr(reason->rule, ==, rule);
	g_assert_cmpstr(reason->criterion, ==, criterion);
	g_assert_cmpstr(reason->found, ==, found);
	g_assert_cmpint(reason->holds, ==, holds);
	g_assert_false(reason->gave_up);
}

static void test_reasons(void)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);

	rules_begin(rules, "one", true);
	add(rules, "from", "x@y");
	add(rules, "header", "X-Tag: red");
	add(rules, "header", "X-None: red");
	rules_begin(rules, "two", true);
	add(rules, "larger", "10");
	rules_begin(rules, "three", true);
	g_assert_cmpint(match(rules, message, reasons), ==, 1);
	g_assert_cmpuint(reasons->len, ==, 4);
	check_reason(reasons, 0, "one", "from",
	    "anna@Example.org, bob@b\303\274cher.example, "
	    "bob@xn--bcher-kva.example",
	    false);
	check_reason(reasons, 1, "one", "header", "gr\303\274n, red", true);
	check_reason(reasons, 2, "one", "header", "", false);
	check_reason(reasons, 3, "two", "larger", "1000", true);
	g_assert_cmpstr(((struct rules_reason *)reasons->pdata[1])->wanted, ==,
	    "X-Tag: red");
}

/* Looking on behind a criterion that fails changes no verdict. */
static void test_reasons_verdict(void)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);

	rules_begin(rules, "one", true);
	add(rules, "from", "x@y");
	add(rules, "to", "me@*");
	g_assert_cmpint(match(rules, message, reasons), ==, -1);
	g_assert_cmpuint(reasons->len, ==, 2);
}

static void test_reason_empty(void)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);

	rules_begin(rules, "any", true);
	g_assert_cmpint(match(rules, message, reasons), ==, 0);
	g_assert_cmpuint(reasons->len, ==, 1);
	check_reason(reasons, 0, "any", NULL, "", true);
	rules_reason_free(NULL);
}

static void test_reason_gave_up(void)
{
	g_autoptr(Message) message = make_message(
	    "Subject: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\r\n");
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);

	rules_begin(rules, "bad", true);
	add(rules, "subject", "/(a+)+$/");
	g_assert_cmpint(match(rules, message, reasons), ==, -1);
	g_assert_cmpuint(reasons->len, ==, 1);
	g_assert_true(((struct rules_reason *)reasons->pdata[0])->gave_up);
	g_assert_false(((struct rules_reason *)reasons->pdata[0])->holds);
}

static void test_header_fields(void)
{
	g_autoptr(Rules) rules = rules_new();
	g_autofree char *none = rules_header_fields(rules), *some = NULL;

	g_assert_cmpstr(none, ==, "");
	rules_begin(rules, "one", true);
	add(rules, "header", "X-Priority: 1");
	add(rules, "header", "subject: x");
	add(rules, "header", "ID: x");
	rules_begin(rules, "two", true);
	add(rules, "header", "x-priority: 2");
	add(rules, "header", "Sender: *");
	add(rules, "header", "List-Id: *");
	some = rules_header_fields(rules);
	g_assert_cmpstr(some, ==, "X-PRIORITY ID SENDER");
}

/* ---- facts ---- */

static bool knows(void *data, const char *address)
{
	return strcmp(data, address) == 0;
}

static bool holds_with(const char *criterion, const char *value,
    const struct message *message, const struct rules_facts *facts)
{
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);
	g_autoptr(GArray) found = NULL;
	const struct rules_reason *reason;

	rules_begin(rules, "rule", true);
	add(rules, criterion, value);
	found = rules_match(rules, message, facts, reasons);
	reason = reasons->pdata[0];
	g_assert_cmpint(reason->holds, ==, found->len == 1);
	g_assert_cmpint(reason->unknown, ==, reason->found[0] == '\0');
	g_assert_false(reason->unknown && reason->holds);
	return found->len == 1;
}

static void check_yes_no(const char *criterion, const struct message *message,
    const struct rules_facts *facts, bool yes, bool no)
{
	g_assert_cmpint(holds_with(criterion, "yes", message, facts), ==, yes);
	g_assert_cmpint(holds_with(criterion, "No", message, facts), ==, no);
}

static void test_attachment(void)
{
	g_autoptr(Message) message = make_message(NULL);

	check_yes_no("attachment", message, NULL, false, false);
	message->attachment = MESSAGE_ATTACHMENT_YES;
	check_yes_no("attachment", message, NULL, true, false);
	message->attachment = MESSAGE_ATTACHMENT_NO;
	check_yes_no("attachment", message, NULL, false, true);
}

/* Any sender in any form of the domain is enough; none is nobody's. */
static void check_sender(
    const char *criterion, struct rules_facts *facts, char *address)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Message) nobody = make_message("");

	facts->data = address;
	check_yes_no(criterion, message, facts, true, false);
	check_yes_no(criterion, nobody, facts, false, true);
	facts->data = (void *)"anna";
	check_yes_no(criterion, message, facts, false, true);
}

static void test_senders(void)
{
	char both[] = "bob@xn--bcher-kva.example",
	     readable[] = "anna@Example.org";
	struct rules_facts seen = {.seen_before = knows};
	struct rules_facts contact = {.contact = knows};
	g_autoptr(Message) message = make_message(NULL);

	check_sender("seen_before", &seen, both);
	check_sender("contact", &contact, readable);
	check_yes_no("contact", message, &seen, false, false);
	check_yes_no("seen_before", message, &contact, false, false);
	check_yes_no("seen_before", message, NULL, false, false);
	check_yes_no("contact", message, NULL, false, false);
}

static void test_time(void)
{
	struct rules_facts facts = {.minute_of_week = 5 * 1440 + 12 * 60 + 5};
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func(free_reason);
	g_autoptr(GArray) found = NULL;

	g_assert_true(holds_with("time", "Sat", message, &facts));
	g_assert_true(holds_with("time", "12:05-12:06", message, &facts));
	g_assert_false(holds_with("time", "Mon-Fri", message, &facts));
	g_assert_false(holds_with("time", "12:06-12:05", message, &facts));
	g_assert_false(holds_with("time", "Mon-Sun", message, NULL));
	rules_begin(rules, "weekend", true);
	add(rules, "time", "Sun");
	found = rules_match(rules, message, &facts, reasons);
	g_assert_cmpstr(
	    ((struct rules_reason *)reasons->pdata[0])->found, ==, "Sat 12:05");
}

static void test_wants(void)
{
	static const struct {
		const char *criterion, *value;
		unsigned wants;
	} wanting[] = {
	    {"from", "*", 0},
	    {"larger", "1", 0},
	    {"importance", "high", 0},
	    {"attachment", "no", RULES_WANT_STRUCTURE},
	    {"time", "Sat", RULES_WANT_TIME},
	    {"seen_before", "no", RULES_WANT_SENDERS},
	    {"contact", "yes", RULES_WANT_CONTACTS},
	};
	g_autoptr(Rules) all = rules_new();

	g_assert_cmpuint(rules_wants(all), ==, 0);
	rules_begin(all, "all", true);
	for (size_t i = 0; i < G_N_ELEMENTS(wanting); i++) {
		g_autoptr(Rules) rules = rules_new();

		rules_begin(rules, "rule", true);
		add(rules, wanting[i].criterion, wanting[i].value);
		add(all, wanting[i].criterion, wanting[i].value);
		g_assert_cmpuint(rules_wants(rules), ==, wanting[i].wants);
	}
	g_assert_cmpuint(rules_wants(all), ==,
	    RULES_WANT_STRUCTURE | RULES_WANT_TIME | RULES_WANT_SENDERS |
		RULES_WANT_CONTACTS);
}

static void test_importance_fields(void)
{
	g_autoptr(Rules) rules = rules_new();
	g_autofree char *fields = NULL;

	rules_begin(rules, "one", true);
	add(rules, "header", "X-Priority: 1");
	add(rules, "importance", "high");
	add(rules, "importance", "low");
	fields = rules_header_fields(rules);
	g_assert_cmpstr(
	    fields, ==, "X-PRIORITY IMPORTANCE PRIORITY X-MSMAIL-PRIORITY");
}

/* ---- going on ---- */

/* Each letter is a rule: upper case stops, vowels hold. */
static void check_match(const char *rules_text, const char *expected)
{
	g_autoptr(Message) message = make_message(NULL);
	g_autoptr(Rules) rules = rules_new();
	g_autoptr(GArray) found = NULL;
	g_autoptr(GString) names = g_string_new(NULL);

	for (const char *c = rules_text; *c != '\0'; c++) {
		rules_begin(rules, "rule", g_ascii_isupper(*c));
		add(rules, "from",
		    strchr("aeiouAEIOU", *c) != NULL ? "anna@*" : "x@y");
	}
	found = rules_match(rules, message, NULL, NULL);
	for (guint i = 0; i < found->len; i++)
		g_string_append_c(
		    names, rules_text[g_array_index(found, guint, i)]);
	g_test_message("%s", rules_text);
	g_assert_cmpstr(names->str, ==, expected);
}

static void test_going_on(void)
{
	static const char *const table[][2] = {
	    {"", ""},
	    {"b", ""},
	    {"a", "a"},
	    {"A", "A"},
	    {"aE", "aE"},
	    {"Ae", "A"},
	    {"baceDIO", "aeI"},
	    {"aei", "aei"},
	    {"BaDC", "a"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		check_match(table[i][0], table[i][1]);
}

/* ---- flaws ---- */

static void read_rule(struct rules *rules, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, " & ", -1);

	rules_begin(rules, "rule", *text != '+');
	for (char **part = parts; *part != NULL; part++) {
		char *name = *part + (**part == '+');
		char *value = strchr(name, ' ');

		if (value == NULL)
			continue;
		*value = '\0';
		add(rules, name, value + 1);
	}
}

/* Rules between " | ", criteria between " & ", "+" first: it goes on; the
 * last one is asked about. */
static void test_flaws(void)
{
	static const struct {
		const char *rules;
		int flaw;
	} table[] = {
	    {"from a@b", -1},
	    {"", -1},
	    {" | from a@b", 0},
	    {"+ | from a@b", -1},
	    {" | ", 0},
	    {"from a@b | ", -1},
	    {"from a@b | from a@b", 0},
	    {"+from a@b | from a@b", -1},
	    {"from a@b | +from a@b", 0},
	    {"from a@b | from A@B", 0},
	    {"from a@b | to a@b", -1},
	    {"from *@b | from a@b", 0},
	    {"from a@b | from *@b", -1},
	    {"from a@b | from a@b & subject x", 0},
	    {"from a@b & subject x | from a@b", -1},
	    {"from a@b & subject * | from a@b", 0},
	    {"from a@b & mailbox * & account * | from a@b", 0},
	    {"from * | subject x", -1},
	    {"list_id * | subject x", -1},
	    {"list_id * | list_id a.b", 0},
	    {"list_id !* | list_id a.b", -1},
	    {"from x@y | from a@b | from a@b & larger 5", 1},
	    {"subject *, !x | subject y", -1},
	    {"subject *, !x | subject y, !x", 0},
	    {"header X-A: 1 | header X-B: 1", -1},
	    {"header X-A: * | header x-a: 1", 0},
	    {"keyword $Junk | flags \\Seen", -1},
	    {"flags \\Seen | flags seen & keyword x", 0},
	    {"larger 5 | larger 6", 0},
	    {"larger 5 | larger 5", 0},
	    {"larger 6 | larger 5", -1},
	    {"larger 5 | smaller 6", -1},
	    {"smaller 6 | smaller 5", 0},
	    {"smaller 5 | smaller 6", -1},
	    {"importance high, low | importance low", 0},
	    {"importance low | importance high, low", -1},
	    {"time Sat, Sun | time Sat 10:00-12:00", 0},
	    {"time Sat | time Sat 23:00-01:00", -1},
	    {"time Mon-Sun | from a@b", -1},
	    {"attachment yes | attachment yes", 0},
	    {"attachment yes | attachment no", -1},
	    {"attachment yes | from a@b", -1},
	    {"contact no | contact no & seen_before no", 0},
	    {"contact no & seen_before no | contact no", -1},
	    {"from a@b | larger 5 & smaller 5", 1},
	    {"larger 5 & smaller 6", 0},
	    {"smaller 6 & larger 5", 0},
	    {"larger 5 & smaller 7", -1},
	    {"smaller 0", -1},
	    {"larger 2097152 & smaller 1024", 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		g_auto(GStrv) texts = g_strsplit(table[i].rules, " | ", -1);
		g_autoptr(Rules) rules = rules_new();
		unsigned count = MAX(g_strv_length(texts), 1);

		if (texts[0] == NULL)
			rules_begin(rules, "rule", true);
		for (char **text = texts; *text != NULL; text++)
			read_rule(rules, *text);
		g_test_message("%s", table[i].rules);
		g_assert_cmpint(
		    rules_find_flaw(rules, count - 1), ==, table[i].flaw);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/rules/rows", test_rows);
	g_test_add_func("/rules/posers", test_posers);
	g_test_add_func("/rules/unseen", test_unseen);
	g_test_add_func("/rules/order", test_order);
	g_test_add_func("/rules/all-must-hold", test_all_must_hold);
	g_test_add_func("/rules/empty-rule", test_empty_rule);
	g_test_add_func("/rules/errors", test_errors);
	g_test_add_func("/rules/long-header-name", test_long_header_name);
	g_test_add_func("/rules/no-rule", test_no_rule);
	g_test_add_func("/rules/reasons", test_reasons);
	g_test_add_func("/rules/reasons-verdict", test_reasons_verdict);
	g_test_add_func("/rules/reason-empty", test_reason_empty);
	g_test_add_func("/rules/reason-gave-up", test_reason_gave_up);
	g_test_add_func("/rules/header-fields", test_header_fields);
	g_test_add_func("/rules/attachment", test_attachment);
	g_test_add_func("/rules/senders", test_senders);
	g_test_add_func("/rules/time", test_time);
	g_test_add_func("/rules/wants", test_wants);
	g_test_add_func("/rules/importance-fields", test_importance_fields);
	g_test_add_func("/rules/going-on", test_going_on);
	g_test_add_func("/rules/flaws", test_flaws);
	return g_test_run();
}
