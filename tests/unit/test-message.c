/*
 * Header in, one field of the message out.  Addresses read
 * "name <address>", and " = ascii" behind it where the two differ.
 */
#include "message/message.h"
#include "tests/unit/unit.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

struct row {
	const char *header;
	const char *what;
	const char *expected;
};

static const struct row subjects[] = {
    {"Subject: plain\r\n\r\n", "subject", "plain"},
    {"subject:no blank", "subject", "no blank"},
    {"SUBJECT : obsolete blank\r\n", "subject", "obsolete blank"},
    {"Subject:   trimmed  \r\n", "subject", "trimmed"},
    {"", "subject", ""},
    {"Subject:\r\n\r\n", "subject", ""},
    {"Subject: one\nFrom: x@y\n", "subject", "one"},
    {"Subject: first\r\nSubject: second\r\n", "subject", "first"},
    {"Subject: folded\r\n line\r\n\tmore\r\n", "subject", "folded line more"},
    {"Subject: fold\r\n \r\n of blanks\r\n", "subject", "fold  of blanks"},
    {"\r\nSubject: body\r\n", "subject", ""},
    {"X: y\r\n\r\nSubject: body\r\n", "subject", ""},
    {"garbage\r\nSubject: after\r\n", "subject", "after"},
    {"garbage\r\n Subject: fold\r\nSubject: after\r\n", "subject", "after"},
    {"From a@b Mon Nov 2 10:00:00 2026\nSubject: mbox\n", "subject", "mbox"},
    {": no name\r\nSubject: x\r\n", "subject", "x"},
    {"Subj\303\266ct: a\r\nSubject: b\r\n", "subject", "b"},
    {"Subject: a\rFrom: forged@example.org\r\n", "subject",
	"a From: forged@example.org"},
    {"Subject: \033[31mred\a\r\n", "subject", "[31mred"},
    {"Subject: \342\200\256evil\r\n", "subject", "evil"},

    {"Subject: =?utf-8?Q?J=C3=B6rg?=\r\n", "subject", "J\303\266rg"},
    {"Subject: =?UTF-8?b?SsO2cmc=?=\r\n", "subject", "J\303\266rg"},
    {"Subject: =?utf-8?Q?a_b?=\r\n", "subject", "a b"},
    {"Subject: =?utf-8?Q?a?= =?utf-8?Q?b?=\r\n", "subject", "ab"},
    {"Subject: =?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\r\n", "subject", "ab"},
    {"Subject: =?utf-8?Q?a?==?utf-8?Q?b?=\r\n", "subject", "ab"},
    {"Subject: =?utf-8?Q?a?= b =?utf-8?Q?c?=\r\n", "subject", "a b c"},
    {"Subject: x=?utf-8?Q?=C3=B6?=y\r\n", "subject", "x\303\266y"},
    {"Subject: \"=?utf-8?Q?a_b?=\"\r\n", "subject", "\"a b\""},
    {"Subject: =?utf-8?Q?a b?=\r\n", "subject", "a b"},
    {"Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=B6?=\r\n", "subject", "\303\266"},
    {"Subject: =?utf-8?B?w?= =?utf-8?B?7Y=?=\r\n", "subject", "\303\266"},
    {"Subject: =?utf-8?B?w7Y?=\r\n", "subject", "\303\266"},
    {"Subject: =?utf-8?B?w7Y?= =?utf-8?Q?=C3=B6?= =?utf-8?B?YQ?=b\r\n",
	"subject", "\303\266\303\266ab"},
    {"Subject: =?utf-8?B?SsO?= =?utf-8?B?2cmc?=\r\n", "subject", "J\303\266rg"},
    {"Subject: =?utf-8?B?J=C3=B6rg_X?=\r\n", "subject", "J\303\266rg X"},
    {"Subject: =?utf-8*de?Q?=C3=B6?=\r\n", "subject", "\303\266"},
    {"Subject: =?iso-8859-1?Q?=F6?= =?koi8-r?B?8NLJ18XU?=\r\n", "subject",
	"\303\266\320\237\321\200\320\270\320\262\320\265\321\202"},
    {"Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n", "subject",
	"\346\227\245\346\234\254"},
    {"Subject: =?gb2312?B?1tDOxA==?=\r\n", "subject",
	"\344\270\255\346\226\207"},
    {"Subject: =?big5?B?pKSk5Q==?=\r\n", "subject", "\344\270\255\346\226\207"},
    {"Subject: =?windows-1251?Q?=CF?=\r\n", "subject", "\320\237"},
    {"Subject: =?nope?Q?=C3=B6?=\r\n", "subject", "\303\266"},
    {"Subject: =?nope?Q?=F6?=\r\n", "subject", "\303\266"},
    {"Subject: =?utf-8?X?a?=\r\n", "subject", "=?utf-8?X?a?="},
    {"Subject: =?utf-8?Q?a\r\n", "subject", "=?utf-8?Q?a"},
    {"Subject: =?utf-8?Q?=0AFrom=3A_x=00?=\r\n", "subject", "From: x?"},
    {"Subject: J\303\266rg\r\n", "subject", "J\303\266rg"},
    {"Subject: J\366rg\r\n", "subject", "J\303\266rg"},
    {"Subject: \303\266 \366\r\n", "subject", "\303\266 \303\266"},
    {"Subject: \200 5\r\n", "subject", "\342\202\254 5"},
};

static const struct row addresses[] = {
    {"", "from", ""},
    {"From:\r\n", "from", ""},
    {"From: a@b.example\r\n", "from", "a@b.example"},
    {"From: Anna <a@b>\r\n", "from", "Anna <a@b>"},
    {"From: Anna Schmidt<a@b>\r\n", "from", "Anna Schmidt <a@b>"},
    {"From: \"Schmidt, Anna\" <a@b>\r\n", "from", "Schmidt, Anna <a@b>"},
    {"From: Schmidt, Anna <a@b>\r\n", "from", "Schmidt, Anna <a@b>"},
    {"From: \"a\\\"b\" <a@b>\r\n", "from", "a\"b <a@b>"},
    {"From: a@b (Anna)\r\n", "from", "Anna <a@b>"},
    {"From: (x (y)) Anna (z) <a@b>\r\n", "from", "Anna <a@b>"},
    {"From: A.B. Cee <a@b>\r\n", "from", "A.B. Cee <a@b>"},
    {"From: <@x,@y:a@b>\r\n", "from", "a@b"},
    {"From: a . b @ c . d\r\n", "from", "a.b@c.d"},
    {"From: \"john doe\"@b\r\n", "from", "\"john doe\"@b"},
    {"From: a@[127.0.0.1]\r\n", "from", "a@[127.0.0.1]"},
    {"From: a@[IPv6:::1]\r\n", "from", "a@[IPv6:::1]"},
    {"From: a@[](\r\n", "from", "a@ <>"},
    {"From: a@[]()\r\n", "from", "a@[]"},
    {"From: x (y) <a@[1]>\r\n", "from", "x  y <a@[1]>"},
    {"From: a@b,,c@d,\r\n", "from", "a@b, c@d"},
    {"From: a@b\r\nFrom: c@d\r\n", "from", "a@b, c@d"},
    {"From: a@b,\r\n\tAnna\r\n <c@d>\r\n", "from", "a@b, Anna <c@d>"},
    {"From: root\r\n", "from", "root"},
    {"From: Anna Schmidt\r\n", "from", "Anna Schmidt <>"},
    {"From: Anna <>\r\n", "from", "Anna <>"},
    {"From: =?utf-8?Q?J=C3=B6rg?=\r\n", "from", "J\303\266rg <>"},
    {"From: \"a@b\"\r\n", "from", "a@b <>"},
    {"From: Nobody:;\r\n", "from", "Nobody <>"},
    {"From: Us: a@b, C <c@d>;\r\n", "from", "a@b, C <c@d>"},
    {"To: undisclosed-recipients:;\r\n", "to", ""},
    {"To: Anna Schmidt\r\n", "to", ""},
    {"To: a@b\r\nCc: G: c@d; , e@f\r\n", "to", "a@b, c@d, e@f"},
    {"Bcc: a@b\r\n", "to", ""},

    /* Posing: the name is the name, the address the address. */
    {"From: \"boss@example.org\" <evil@evil.example>\r\n", "from",
	"boss@example.org <evil@evil.example>"},
    {"From: boss@example.org <evil@evil.example>\r\n", "from",
	"boss@example.org <evil@evil.example>"},
    {"From: boss@example.org via X <evil@evil.example>\r\n", "from",
	"boss@example.org via X <evil@evil.example>"},
    {"From: \"boss@example.org\" x <evil@evil.example>\r\n", "from",
	"boss@example.org x <evil@evil.example>"},
    {"From: =?utf-8?Q?<boss@example.org>,?= <evil@evil.example>\r\n", "from",
	"<boss@example.org>, <evil@evil.example>"},
    {"From: =?utf-8?Q?=3Cboss=40example=2Eorg=3E=2C?= <evil@e>\r\n", "from",
	"<boss@example.org>, <evil@e>"},
    {"From: \"=?utf-8?Q?=22_=3Cboss=40x=3E?=\" <evil@e>\r\n", "from",
	"\" <boss@x> <evil@e>"},
    {"From: <boss@example.org@evil.example>\r\n", "from",
	"boss%example.org@evil.example"},
    {"From: boss@example.org@evil.example\r\n", "from",
	"boss%example.org@evil.example"},
    {"From: <boss@example.org\\@evil.example>\r\n", "from",
	"boss%example.org\\@evil.example"},
    {"From: \"a@b@c\" <evil@e>\r\n", "from", "a@b@c <evil@e>"},
    {"From: \"a@b\"@c.example\r\n", "from", "\"a@b\"@c.example"},
    {"From: Boss (boss@example.org) <evil@e>\r\n", "from", "Boss <evil@e>"},
    {"From: Boss\342\200\256 \033[1m<evil@e>\r\n", "from", "Boss [1m <evil@e>"},
    {"From: boss@exam\303\277\r\n\rple <evil@e>\r\n", "sender",
	"boss@exam\303\277"},

    /* No address rather than one that a name, comment or group gives. */
    {"From: \"boss@example.org\" <>\r\n", "from", "boss@example.org <>"},
    {"From: evil@evil.example (boss@example.org\r\n", "from",
	"evil@evil.example (boss@example.org <>"},
    {"From: a@b (boss@example.org)\r\n", "from", "boss@example.org <a@b>"},
    {"From: a@[1], (boss@example.org)\r\n", "from", "a@[1]"},
    {"From: boss@example.org: a@b;, c@d\r\n", "from", "c@d"},
    {"From: \"boss@example.org\": a@b;\r\n", "from", "a@b"},
    {"From: \"Boss <a@b> <c@d>\r\n", "from", "Boss <a@b> <c@d <>"},
    {"From: <@boss@example.org:evil@x>\r\n", "from", "evil@x"},
    {"From: boss\001@example.org\r\n", "from", "boss\357\277\275@example.org"},
    {"From: boss@\177example.org\r\n", "from", "boss@\357\277\275example.org"},
    {"From: <boss@example.org\013>\r\n", "from",
	"boss@example.org\357\277\275"},
    {"From: Boss <boss\r@example.org>\r\n", "from",
	"Boss <boss\357\277\275@example.org>"},
    {"From: boss@example.org\001.evil.example\r\n", "from",
	"boss@example.org\357\277\275.evil.example"},
    {"From: x <boss@example.org\001.evil.example>\r\n", "from",
	"x <boss@example.org\357\277\275.evil.example>"},
    {"From: Bo\001ss <boss@example.org>\r\n", "from",
	"Bo\357\277\275ss <boss@example.org>"},
    {"From: boss@example.org\r\r\n", "from", "boss@example.org"},
    {"From: a@b,\r\n\tboss@example.org\r\n", "from", "a@b, boss@example.org"},

    /* Real mail that the grammar does not know. */
    {"From: Anna <a@b> Schmidt\r\n", "from", "Anna <a@b>"},
    {"From: [List] Anna <a@b>\r\n", "from", "[List] Anna <a@b>"},
    {"From: Anna [x:y] <a@b>\r\n", "from", "Anna [x:y] <a@b>"},
    {"From: a..b@docomo.example\r\n", "from", "a..b@docomo.example"},
    {"From: X <a.@docomo.example>\r\n", "from", "X <a.@docomo.example>"},
    {"From: \"Doe, John\" a@b\r\n", "from", "Doe, John <a@b>"},
    {"From: Anna a@b>\r\n", "from", "Anna <a@b>"},
    {"From: Anna <a@b\r\n", "from", "Anna <a@b>"},
    {"From: \"Anna <a@b>\r\n", "from", "Anna <a@b>"},
    {"From: <<a@b>>\r\n", "from", "a@b"},
    {"From: \"=?utf-8?Q?J=C3=B6rg?=\" <a@b>\r\n", "from", "J\303\266rg <a@b>"},
    {"From: =?utf-8?B?J=C3=B6rg?= <a@b>\r\n", "from", "J\303\266rg <a@b>"},
    {"From: =?utf-8?Q?J=C3=B6rg?=<a@b>\r\n", "from", "J\303\266rg <a@b>"},
    {"From: =?utf-8?B?SsO?= =?utf-8?B?2cmc=?= <a@b>\r\n", "from",
	"J\303\266rg <a@b>"},
    {"From: J\366rg <a@b>\r\n", "from", "J\303\266rg <a@b>"},
    {"From: J\303\266rg <j\303\266rg@b>\r\n", "from",
	"J\303\266rg <j\303\266rg@b>"},
    {"From: @\r\n", "from", "@ <>"},
};

static const struct row domains[] = {
    {"From: a@b\303\274cher.example\r\n", "from",
	"a@b\303\274cher.example = a@xn--bcher-kva.example"},
    {"From: a@xn--bcher-kva.example\r\n", "from",
	"a@b\303\274cher.example = a@xn--bcher-kva.example"},
    {"From: a@XN--BCHER-KVA.Example\r\n", "from",
	"a@b\303\274cher.example = a@xn--bcher-kva.example"},
    {"From: a@xn--fa-hia.de\r\n", "from", "a@fa\303\237.de = a@xn--fa-hia.de"},
    {"From: a@Example.ORG\r\n", "from", "a@Example.ORG"},
    {"From: a@xn--0.pt\r\n", "from", "a@xn--0.pt"},
    {"From: a@xn--a.example\r\n", "from", "a@xn--a.example"},
    {"From: a@xn--ls8h.la\r\n", "from", "a@xn--ls8h.la"},
    /* GMime alone shows another domain here. */
    {"From: a@xn--g-cka.com\r\n", "from", "a@xn--g-cka.com"},
    /* Latin and Cyrillic, Latin and Greek, all Cyrillic that looks Latin */
    {"From: a@xn--pple-43d.com\r\n", "from", "a@xn--pple-43d.com"},
    {"From: a@paypa\320\273.com\r\n", "from", "a@xn--paypa-4xe.com"},
    {"From: a@g\316\277\316\277gle.com\r\n", "from", "a@xn--ggle-0nda.com"},
    {"From: a@xn--80ak6aa92e.com\r\n", "from", "a@xn--80ak6aa92e.com"},
    {"From: a@\321\202\320\265\321\201\321\202.example\r\n", "from",
	"a@\321\202\320\265\321\201\321\202.example = a@xn--e1aybc.example"},
    {"From: a@\346\227\245\346\234\254abc\343\201\256.jp\r\n", "from",
	"a@\346\227\245\346\234\254abc\343\201\256.jp = "
	"a@xn--abc-nc4b505ycvb.jp"},
    /* What is dropped elsewhere, or by IDNA, makes no other address; what
     * has no ASCII form must not pass for real */
    {"From: a@exam\342\200\213ple.org\r\n", "from",
	"a@exam\357\277\275ple.org"},
    {"From: X <a\302\255b@c>\r\n", "from", "X <a\357\277\275b@c>"},
    {"From: a..\342\200\213b@c\r\n", "from", "a..\357\277\275b@c"},
    {"From: a@b\357\270\217c\r\n", "from", "a@b\357\277\275c"},
    {"From: a@b\342\200\215c\r\n", "from", "a@b\357\277\275c"},
    {"From: a@-\303\274.example\r\n", "from", "a@-\357\277\275.example"},
};

static const struct row others[] = {
    {"Date: Sun, 22 Nov 2026 10:15:00 +0100\r\n", "date",
	"2026-11-22T10:15:00+01:00"},
    {"Date: 22 Nov 2026 10:15 -0330\r\n", "date", "2026-11-22T10:15:00-03:30"},
    {"Date: Sun, 22 Nov 26 10:15:00 EST (x)\r\n", "date",
	"2026-11-22T10:15:00-05:00"},
    {"Date: Sun, 22 (x)\r\n Nov 2026 10:15:00 GMT\r\n", "date",
	"2026-11-22T10:15:00+00:00"},
    {"Date: garbage\r\n", "date", "2026-11-07T12:00:00-02:00"},
    {"Date: Sun, 31 Feb 2026 10:15:00 +0100\r\n", "date",
	"2026-11-07T12:00:00-02:00"},
    {"Date: 22 Nov 99999 10:15:00 +0100\r\n", "date",
	"2026-11-07T12:00:00-02:00"},
    {"", "date", "2026-11-07T12:00:00-02:00"},
    {"Message-ID: <a@b>\r\n", "message_id", "a@b"},
    {"Message-Id:  <a@b> (x)\r\n", "message_id", "a@b"},
    {"Message-ID:\r\n <a@[b]>\r\n", "message_id", "a@[b]"},
    {"Message-ID: <\"q\"@b>\r\n", "message_id", "\"q\"@b"},
    {"Message-ID: a@b\r\n", "message_id", "a@b"},
    {"Message-ID: <a@b\r\n", "message_id", "a@b"},
    {"Message-ID: <>\r\n", "message_id", ""},
    {"Message-ID: gar\001bage\r\n", "message_id", "gar bage"},
    {"List-Id: <l.example.org>\r\n", "list_id", "l.example.org"},
    {"List-ID: \"A <b\" <l.example.org>\r\n", "list_id", "l.example.org"},
    {"List-ID: =?utf-8?Q?=C3=B6?= <l.example.org> (x)\r\n", "list_id",
	"l.example.org"},
    {"List-ID: l.example.org\r\n", "list_id", "l.example.org"},
    {"List-ID: <l.example.org\r\n", "list_id", "<l.example.org"},
    {"X-Priority: 1\r\nx-priority: =?utf-8?Q?2?=\r\n", "headers",
	"X-Priority=1|x-priority=2|"},
    {"", "sender", "(unknown)"},
    {"From: Anna <a@b>\r\n", "sender", "Anna"},
    {"From: a@b\r\n", "sender", "a@b"},
    {"From: Schmidt, Anna <a@b>\r\n", "sender", "Schmidt, Anna"},
    {"From: Schmidt, Anna, PhD <a@b>\r\n", "sender", "Schmidt, Anna, PhD"},
    {"From: , Anna <a@b>\r\n", "sender", "Anna"},
    {"From: ()\r\n", "sender", "(unknown)"},
};

static const struct message_source source = {.account = "work",
    .mailbox = "INBOX",
    .uidvalidity = 7,
    .uid = 9,
    .size = 1234,
    .flags = "\\Seen \\Flagged",
    .internaldate = " 7-Nov-2026 12:00:00 -0200"};

static char *print_addresses(const GPtrArray *list)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct message_address *one = list->pdata[i];
		bool bare = *one->name == '\0';
		g_string_append(out, i > 0 ? ", " : "");
		g_string_append_printf(
		    out, bare ? "%s%s" : "%s <%s>", one->name, one->address);
		if (strcmp(one->address, one->ascii) != 0)
			g_string_append_printf(out, " = %s", one->ascii);
	}
	return g_string_free(out, FALSE);
}

static char *print_headers(const GPtrArray *list)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct message_header *one = list->pdata[i];
		g_string_append_printf(out, "%s=%s|", one->name, one->value);
	}
	return g_string_free(out, FALSE);
}

static char *print(const struct message *message, const char *what)
{
	if (strcmp(what, "from") == 0)
		return print_addresses(message->from);
	if (strcmp(what, "to") == 0)
		return print_addresses(message->to);
	if (strcmp(what, "headers") == 0)
		return print_headers(message->headers);
	if (strcmp(what, "subject") == 0)
		return g_strdup(message->subject);
	if (strcmp(what, "date") == 0)
		return g_strdup(message->date);
	if (strcmp(what, "message_id") == 0)
		return g_strdup(message->message_id);
	if (strcmp(what, "list_id") == 0)
		return g_strdup(message->list_id);
	if (strcmp(what, "sender") == 0)
		return g_strdup(message_sender(message));
	g_assert_not_reached();
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(Message) message = message_new(
		    &source, rows[i].header, strlen(rows[i].header));
		g_autofree char *got = print(message, rows[i].what);

		if (strcmp(got, rows[i].expected) != 0) {
			g_test_message("%s: \"%s\", not \"%s\"", rows[i].header,
			    got, rows[i].expected);
			g_test_fail();
		}
	}
}

static void test_subjects(void)
{
	check_rows(subjects, G_N_ELEMENTS(subjects));
}

static void test_addresses(void)
{
	check_rows(addresses, G_N_ELEMENTS(addresses));
}

static void test_domains(void)
{
	check_rows(domains, G_N_ELEMENTS(domains));
}

static void test_others(void)
{
	check_rows(others, G_N_ELEMENTS(others));
}

static void test_source(void)
{
	g_autoptr(Message) message = message_new(&source, "", 0);

	g_assert_cmpstr(message->account, ==, "work");
	g_assert_cmpstr(message->mailbox, ==, "INBOX");
	g_assert_cmpuint(message->uidvalidity, ==, 7);
	g_assert_cmpuint(message->uid, ==, 9);
	g_assert_cmpuint(message->size, ==, 1234);
	g_assert_cmpstr(message->flags, ==, "\\Seen \\Flagged");
	g_assert_null(message->rule);
	g_assert_null(message->file);
}

static void test_source_hostile(void)
{
	struct message_source bad = {.account = "a\n",
	    .mailbox = "Lists\033/\377",
	    .uidvalidity = 0,
	    .uid = 0,
	    .size = 0,
	    .internaldate = "yesterday"};
	g_autoptr(Message) message = message_new(&bad, "", 0);

	g_assert_cmpstr(message->account, ==, "a");
	g_assert_cmpstr(message->mailbox, ==, "Lists /\357\277\275");
	g_assert_cmpstr(message->flags, ==, "");
	g_assert_cmpstr(message->date, ==, "");
	message_free(NULL);
}

/* NULs and no end: neither hides what follows nor is read past. */
static void test_nul(void)
{
	static const char header[] = "Subject: a\0b\r\nFr\0om: x\r\nFrom: a@b";
	g_autofree char *exact = g_memdup2(header, sizeof(header) - 1);
	g_autoptr(Message) message =
	    message_new(&source, exact, sizeof(header) - 1);

	g_assert_cmpstr(message->subject, ==, "a b");
	g_assert_cmpuint(message->from->len, ==, 1);
}

static struct message *repeat(const char *start, const char *unit, size_t size)
{
	g_autoptr(GString) text = g_string_new(start);

	while (text->len < size)
		g_string_append(text, unit);
	return message_new(&source, text->str, text->len);
}

/* What stands behind the bounds of a field is not there. */
static void test_field_limits(void)
{
	g_autofree char *name = g_strnfill(128, 'x');
	g_autofree char *blanks = g_strnfill(32 * 1024, ' ');
	g_autofree char *header = g_strdup_printf(
	    "%s: y\r\n%sx: y\r\nTo:%sa@b\r\n", name, name, blanks);
	g_autoptr(Message) message =
	    message_new(&source, header, strlen(header));

	g_assert_cmpuint(message->headers->len, ==, 2);
	g_assert_cmpuint(message->to->len, ==, 0);
}

/* What would make it a name lies behind the cut. */
static void test_cut_addresses(void)
{
	static const struct row rows[] = {
	    {"boss@example.org ", " <evil@e>", ""},
	    {"\"boss@example.org ", "\" <evil@e>", ""},
	    {"evil@e (boss@example.org ", ")", ""},
	    {"(boss@example.org ", ") evil@e", ""},
	    {"<boss@example.org", "> evil@e", ""},
	    {"a@b, \"boss@example.org, ", "\" <evil@e>", "a@b"},
	    {"a@b, c@d (boss@example.org, ", ")", "a@b"},
	    {"a@b, c@d, ", " <evil@e>", "a@b, c@d"},
	    {"G: a@b, c@d", ";", "a@b"},
	};
	g_autofree char *fill = g_strnfill(33000, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *header = g_strdup_printf(
		    "To: %s%s%s\r\n", rows[i].header, fill, rows[i].what);
		g_autoptr(Message) message =
		    message_new(&source, header, strlen(header));
		g_autofree char *to = print_addresses(message->to);
		g_assert_cmpstr(to, ==, rows[i].expected);
	}
}

/* The name is still there to be shown. */
static void test_cut_name(void)
{
	g_autoptr(Message) message =
	    repeat("From: \"boss@example.org ", "x", 33000);
	const struct message_address *from = message->from->pdata[0];

	g_assert_cmpuint(message->from->len, ==, 1);
	g_assert_cmpstr(from->address, ==, "");
	g_assert_true(g_str_has_prefix(from->name, "boss@example.org x"));
}

static void test_cut_list_id(void)
{
	g_autoptr(Message) message =
	    repeat("List-ID: \"<friends.example.org> ", "x", 33000);

	g_assert_true(
	    g_str_has_prefix(message->list_id, "\"<friends.example.org> x"));
}

static void test_limits(void)
{
	g_autoptr(Message) fields = repeat("", "X: y\r\n", 1 << 19);
	g_autoptr(Message) value = repeat("Subject: ", "x", 1 << 19);
	g_autoptr(Message) list = repeat("To: ", "a@b, ", 1 << 19);
	g_autoptr(Message) lists = repeat("", "From: a@b\r\n", 1 << 19);

	g_assert_cmpuint(fields->headers->len, ==, 500);
	g_assert_cmpuint(strlen(value->subject), ==, 8192);
	g_assert_cmpuint(list->to->len, ==, 100);
	g_assert_cmpuint(lists->from->len, ==, 100);
}

/* What makes naive parsers recurse or go quadratic. */
static void *run_hostile(void *unused)
{
	static const char *const units[] = {"(", "((a)", "<", "<a@", "@",
	    "a:", ",", "\"", "\"a\" ", "=?", "=?utf-8?Q?",
	    "=?utf-8?B?w7Y=?= ", "\366 ", "\\", "a.", "[", "a@[", ";", ":",
	    "<@a,@b:", "xn--", ".", "a@xn--", "\303\266.", "<a@b> (", " \r\n",
	    "\r", "\n \n"};
	static const char *const starts[] = {
	    "From: ", "Subject: ", "Date: ", "Message-ID: ", "List-ID: ", ""};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(units); j++)
			message_free(repeat(starts[i], units[j], 1 << 16));
	return NULL;
}

/* On a small stack: nothing may recurse as deep as a sender likes. */
static void test_hostile(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	g_assert_cmpint(pthread_attr_init(&attributes), ==, 0);
	g_assert_cmpint(
	    pthread_attr_setstacksize(&attributes, 512 * 1024), ==, 0);
	g_assert_cmpint(
	    pthread_create(&thread, &attributes, run_hostile, NULL), ==, 0);
	g_assert_cmpint(pthread_join(thread, NULL), ==, 0);
	pthread_attr_destroy(&attributes);
}

/* Many names, all of them long, and nobody else's memory. */
static void test_long_names(void)
{
	static const struct message_source from = {
	    .account = "a", .mailbox = "INBOX", .uid = 1};
	g_autofree char *name = g_strnfill(4800, 'x');
	g_autoptr(GString) header = g_string_new("From: Anna <a@b.c>\r\n");
	g_autoptr(Message) message = NULL;
	size_t size = 0;

	for (int i = 0; i < 100; i++)
		g_string_append_printf(
		    header, "From: %s <a%d@b.c>\r\n", name, i);
	message = message_new(&from, header->str, header->len);
	for (guint i = 0; i < message->from->len; i++) {
		const struct message_address *address = message->from->pdata[i];

		size += strlen(address->name);
	}
	g_assert_cmpstr(message_sender(message), ==, "Anna");
	g_assert_cmpuint(message->from->len, >, 2);
	g_assert_cmpuint(size, <, 48 * 1024);
}

static char *identify(
    const char *header, const char *internaldate, uint64_t size, bool sure)
{
	const struct message_source from = {
	    .account = "a",
	    .mailbox = "INBOX",
	    .uid = (uint32_t)size,
	    .size = size,
	    .internaldate = internaldate,
	};
	g_autoptr(Message) message = message_new(&from, header, strlen(header));
	bool is_sure;
	char *identity = message_identity(message, &is_sure);

	g_assert_cmpint(is_sure, ==, sure);
	return identity;
}

/* A copy elsewhere is the same; what has no Message-ID is so only as far as
 * one can tell. */
static void test_identity(void)
{
	static const char header[] =
	    "From: A <a@example.org>\r\nMessage-ID: <1@example.org>\r\n"
	    "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n";
	static const char other_day[] =
	    "From: A <a@example.org>\r\nMessage-ID: <1@example.org>\r\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n";
	static const char no_id[] = "From: A <a@example.org>\r\nSubject: s\r\n";
	static const char no_date[] =
	    "From: UPS <ups@example.org>\r\nMessage-ID: <ups@example.org>\r\n";
	g_autofree char *one = identify(header, NULL, 1, true);
	g_autofree char *dateless = identify(no_date, NULL, 1, false);
	g_autofree char *copy =
	    identify(header, "22-Nov-2026 11:00:00 +0000", 2, true);
	g_autofree char *later = identify(other_day, NULL, 1, true);
	g_autofree char *bare = identify(no_id, NULL, 1, false);
	g_autofree char *longer = identify(no_id, NULL, 2, false);

	g_assert_cmpstr(one, ==, copy);
	g_assert_cmpstr(one, !=, later);
	g_assert_cmpstr(bare, !=, longer);
	g_assert_cmpstr(dateless, !=, one);
}

static void test_times(void)
{
	static const char header[] =
	    "Date: Sun, 22 Nov 2026 10:00:00 +0100\r\n";
	const struct message_source from = {
	    .account = "a",
	    .mailbox = "INBOX",
	    .internaldate = "22-Nov-2026 11:00:00 +0000",
	};
	g_autoptr(Message) message = message_new(&from, header, strlen(header));

	g_assert_cmpint(message->sent, ==, 1795338000);
	g_assert_cmpint(message->arrived, ==, 1795345200);
	g_assert_cmpstr(message->date, ==, "2026-11-22T10:00:00+01:00");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/message/identity", test_identity);
	g_test_add_func("/message/times", test_times);
	g_test_add_func("/message/subjects", test_subjects);
	g_test_add_func("/message/addresses", test_addresses);
	g_test_add_func("/message/domains", test_domains);
	g_test_add_func("/message/others", test_others);
	g_test_add_func("/message/source", test_source);
	g_test_add_func("/message/source-hostile", test_source_hostile);
	g_test_add_func("/message/nul", test_nul);
	g_test_add_func("/message/limits", test_limits);
	g_test_add_func("/message/field-limits", test_field_limits);
	g_test_add_func("/message/cut-addresses", test_cut_addresses);
	g_test_add_func("/message/cut-name", test_cut_name);
	g_test_add_func("/message/cut-list-id", test_cut_list_id);
	g_test_add_func("/message/long-names", test_long_names);
	g_test_add_func("/message/hostile", test_hostile);
	return g_test_run();
}
