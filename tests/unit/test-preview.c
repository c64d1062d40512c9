/*
 * How a text begins: which part, decoded how, which lines, cut where.
 */
#include "message/html.h"
#include "message/message.h"
#include "message/preview.h"
#include "message/text.h"
#include "tests/unit/unit.h"
#include <string.h>

#define PLAIN  "Content-Type: text/plain; charset="
#define BASE64 "Content-Transfer-Encoding: base64\r\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\r\n"
#define HTML   "Content-Type: text/html; charset=utf-8\r\n"
#define MIXED  "Content-Type: multipart/mixed; boundary=X\r\n"

static const struct row {
	const char *name, *header, *body, *expected;
} rows[] = {
    {"empty", "", "", ""},
    {"plain", "", "Come at once!\r\n", "Come at once!"},
    {"lines", "", "Come\r\n\r\n  at once!\n", "Come at once!"},
    {"no-content-type", "From: a@b\r\n\r\n", "Hello", "Hello"},
    /* Character sets and encodings. */
    {"utf-8", PLAIN "utf-8\r\n",
	"Gr\xc3\xbc\xc3\x9f"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"utf-8-cut", PLAIN "utf-8\r\n", "Gr\xc3\xbc\xc3", "Gr\xc3\xbc"},
    {"utf-8-unsaid", "",
	"Gr\xc3\xbc\xc3\x9f"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"latin-1", PLAIN "iso-8859-1\r\n",
	"Gr\xfc\xdf"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"latin-1-unsaid", "",
	"Gr\xfc\xdf"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"unknown-charset", PLAIN "x-none\r\n",
	"Gr\xfc\xdf"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"iso-2022-jp", PLAIN "iso-2022-jp\r\n", "\033$B$3$s\033(B.",
	"\xe3\x81\x93\xe3\x82\x93."},
    {"iso-2022-jp-cut", PLAIN "iso-2022-jp\r\n", "\033$B$3$s$",
	"\xe3\x81\x93\xe3\x82\x93"},
    {"quoted-printable", QUOTED PLAIN "utf-8\r\n", "Gr=C3=BC=C3=9Fe, =\r\ndu",
	"Gr\xc3\xbc\xc3\x9f"
	"e, du"},
    {"quoted-printable-cut", QUOTED PLAIN "utf-8\r\n", "Gr=C3=BC=C",
	"Gr\xc3\xbc"},
    {"quoted-printable-cut-short", QUOTED PLAIN "iso-8859-15\r\n",
	"Gr=FC=", "Gr\xc3\xbc"},
    {"base64", BASE64 PLAIN "utf-8\r\n", "R3LDvMOfZQ==",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"base64-cut", BASE64 PLAIN "utf-8\r\n", "R3LDvMOf\r\nZ",
	"Gr\xc3\xbc\xc3\x9f"},
    {"base64-cut-in-character", BASE64 PLAIN "utf-8\r\n", "R3LDvMOf",
	"Gr\xc3\xbc\xc3\x9f"},
    /* Which part. */
    {"mixed", MIXED,
	"ignored\r\n--X\r\nContent-Type: text/plain\r\n\r\nHello\r\n--X\r\n"
	"Content-Type: text/plain\r\n\r\nno more\r\n--X--\r\n",
	"Hello"},
    {"mixed-cut", MIXED, "--X\r\n\r\nHello, this is cu", "Hello, this is cu"},
    {"mixed-cut-in-header", MIXED, "--X\r\nContent-Ty", ""},
    {"attachment-first", MIXED,
	"--X\r\nContent-Disposition: attachment\r\n\r\nno\r\n--X\r\n\r\nyes\r\n"
	"--X--\r\n",
	"yes"},
    {"picture-first", MIXED,
	"--X\r\nContent-Type: image/png\r\n\r\nno\r\n--X\r\n\r\nyes\r\n--X--\r\n",
	"yes"},
    {"alternative", "Content-Type: multipart/alternative; boundary=X\r\n",
	"--X\r\nContent-Type: text/html\r\n\r\n<b>H</b>\r\n--X\r\n"
	"Content-Type: text/plain\r\n\r\nP\r\n--X--\r\n",
	"P"},
    {"alternative-cut", "Content-Type: multipart/alternative; boundary=X\r\n",
	"--X\r\nContent-Type: text/html\r\n\r\n<b>H</b> i", "H i"},
    {"nested", MIXED,
	"--X\r\nContent-Type: multipart/related; boundary=Y\r\n\r\n--Y\r\n"
	"Content-Type: multipart/alternative; boundary=Z\r\n\r\n--Z\r\n\r\n"
	"Deep\r\n--Z--\r\n--Y--\r\n--X--\r\n",
	"Deep"},
    {"signed", "Content-Type: multipart/signed; boundary=X\r\n",
	"--X\r\n\r\nSigned\r\n--X\r\nContent-Type: "
	"application/pgp-signature\r\n\r\nx\r\n--X--\r\n",
	"Signed"},
    {"encrypted", "Content-Type: multipart/encrypted; boundary=X\r\n",
	"--X\r\n\r\nVersion: 1\r\n--X\r\n\r\nsecret\r\n--X--\r\n", ""},
    {"smime",
	"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n" BASE64,
	"MIIB", ""},
    {"pgp-in-text", "", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n", ""},
    {"pgp-clear-signed", "",
	"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello\r\n"
	"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ\r\n",
	"Hello"},
    {"calendar", "Content-Type: text/calendar\r\n", "BEGIN:VCALENDAR", ""},
    {"message", "Content-Type: message/rfc822\r\n",
	"Subject: x\r\n\r\nForwarded", ""},
    /* Which lines. */
    {"quoted", "", "> I said\r\n>> and he\r\nNo.\r\n", "No."},
    {"attribution", "",
	"On Mon, 1 Nov 2026, Anna <a@b> wrote:\r\n> Yes?\r\n\r\nNo.\r\n",
	"No."},
    {"attribution-in-two-lines", "",
	"On Mon, 1 Nov 2026 at 10:00, Anna Long\r\n<anna@example.org> "
	"wrote:\r\n\r\n> Yes?\r\nNo.\r\n",
	"No."},
    {"attribution-in-german", "",
	"Am 1.11.2026 schrieb Anna:\r\n\r\n> Ja?\r\n\r\nNein.\r\n", "Nein."},
    {"colon-without-quote", "", "What to buy:\r\nmilk\r\n",
	"What to buy: milk"},
    {"answered-above", "",
	"No.\r\n\r\nOn Monday Anna wrote:\r\n> Yes?\r\n-- \r\nAnna\r\n", "No."},
    {"on-and-no-quote", "", "On time!\r\nBye\r\n", "On time! Bye"},
    {"signature", "", "Hello\r\n-- \r\nAnna\r\nBoss\r\n", "Hello"},
    {"signature-alone", "", "-- \r\nAnna\r\n", ""},
    {"original-message", "", "Yes\r\n-----Original Message-----\r\nFrom: x\r\n",
	"Yes"},
    {"rulers", "", "=====\r\n* * *\r\nNews\r\n-----------\r\nof today\r\n",
	"News of today"},
    {"smile", "", ":-)\r\n", ":-)"},
    {"emoji-alone", "", "\xf0\x9f\x8e\x89\r\n", "\xf0\x9f\x8e\x89"},
    {"controls", "", "a\033[31mred\342\200\256b\tc\r\n", "a [31mredb c"},
    /* HTML. */
    {"html", HTML,
	"<html><head><title>T</title><style>p{color:red}</style></head><body>"
	"<p>Hi &amp; bye,</p><p>it&#39;s <b>me</b>&nbsp;!</p></body></html>",
	"Hi & bye, it's me !"},
    {"html-comment", HTML, "a<!-- <p>no --->b<!-- c", "ab"},
    {"html-script", HTML, "<script>if (a<b) '</p>';</script>x", "x"},
    {"html-quoted", HTML,
	"Yes<blockquote>no<blockquote>no</blockquote>no</blockquote>!",
	"Yes !"},
    {"html-attribution", HTML,
	"<div>Yes</div><div>On Monday Anna wrote:<br></div><blockquote>no",
	"Yes"},
    {"html-cut-in-tag", HTML, "Hello <a href=\"x", "Hello"},
    {"html-cut-in-entity", HTML, "a &am", "a &am"},
    {"html-no-tag", HTML, "1 < 2 & 3 > 2 &x; &#0; &#x110000;",
	"1 < 2 & 3 > 2 &x; &#0; &#x110000;"},
    {"html-angle-in-attribute", HTML, "<a title=\"a>b\">c</a>", "c"},
    {"html-entities", HTML, "&Uuml;&#x2713;&hellip;&eacute;",
	"\xc3\x9c\xe2\x9c\x93\xe2\x80\xa6\xc3\xa9"},
    {"html-bidi-entity", HTML, "a&#x202e;b", "ab"},
    {"html-latin-1", "Content-Type: text/html; charset=iso-8859-1\r\n",
	"<p>Gr\xfc\xdf"
	"e",
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
};

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	size_t size = strlen(row->body);
	g_autofree char *body = g_memdup2(row->body, size);
	g_autofree char *preview =
	    preview_read(row->header, strlen(row->header), body, size);

	g_assert_cmpstr(preview, ==, row->expected);
}

/* Wherever it is cut, it is clean and short, and nothing is made up. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *header = rows[i].header;

		for (size_t size = 0; size <= strlen(rows[i].body); size++) {
			g_autofree char *body =
			    g_memdup2(rows[i].body, MAX(size, 1));
			g_autofree char *preview =
			    preview_read(header, strlen(header), body, size);
			g_autofree char *again = text_clean(preview, -1, 10000);

			g_assert_true(g_utf8_validate(preview, -1, NULL));
			g_assert_cmpstr(preview, ==, again);
		}
	}
}

static void test_long(void)
{
	g_autoptr(GString) words = g_string_new(NULL), one = g_string_new(NULL);
	g_autofree char *cut = NULL, *hard = NULL, *exact = NULL;

	for (int i = 0; i < 100; i++)
		g_string_append(words,
		    "\xc3\xa4"
		    "bcdef ");
	cut = preview_clean(words->str);
	g_assert_cmpint(g_utf8_strlen(cut, -1), <=, PREVIEW_MAX);
	g_assert_cmpint(g_utf8_strlen(cut, -1), >, PREVIEW_MAX - 10);
	g_assert_true(g_str_has_suffix(cut, "f\xe2\x80\xa6"));
	for (int i = 0; i < 300; i++)
		g_string_append(one, "\xc3\xa4");
	hard = preview_clean(one->str);
	g_assert_cmpint(g_utf8_strlen(hard, -1), ==, PREVIEW_MAX);
	g_assert_true(g_str_has_suffix(hard, "\xe2\x80\xa6"));
	g_string_truncate(one, (gsize)2 * PREVIEW_MAX);
	exact = preview_clean(one->str);
	g_assert_cmpstr(exact, ==, one->str);
}

static void test_server(void)
{
	g_autofree char *preview =
	    preview_clean("  Hello,\r\n\r\n it's  me\342\200\256 ");

	g_assert_cmpstr(preview, ==, "Hello, it's me");
}

static struct message *make(
    const char *preview, const char *text, bool threads, const char *header)
{
	const struct message_source source = {
	    .account = "a",
	    .mailbox = "b",
	    .preview = preview,
	    .text = text,
	    .text_size = text != NULL ? strlen(text) : 0,
	    .threads = threads,
	    .attachment = MESSAGE_ATTACHMENT_YES,
	};

	return message_new(&source, header, strlen(header));
}

static void test_message(void)
{
	g_autoptr(Message) told = make("By the server", "Not this", false, "");
	g_autoptr(Message) read = make(NULL, "VGhpcw==", false, BASE64);
	g_autoptr(Message) none = make(NULL, NULL, false, "Subject: x\r\n");

	g_assert_cmpstr(told->preview, ==, "By the server");
	g_assert_cmpstr(read->preview, ==, "This");
	g_assert_cmpstr(none->preview, ==, "");
	g_assert_cmpint(none->attachment, ==, MESSAGE_ATTACHMENT_YES);
}

static void test_thread(void)
{
	static const struct {
		const char *header, *expected;
	} some[] = {
	    {"Message-ID: <a@b>\r\n", "a@b"},
	    {"Message-ID: <c@b>\r\nIn-Reply-To: <a@b>\r\n", "a@b"},
	    {"Message-ID: <d@b>\r\nIn-Reply-To: <c@b>\r\n"
	     "References: <a@b>\r\n <c@b>\r\n",
		"a@b"},
	    {"References: none\r\nIn-Reply-To: Your mail of <a@b>\r\n", "a@b"},
	    {"References: <>\r\nMessage-ID: <e@b>\r\n", "e@b"},
	    {"Subject: x\r\n", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(some); i++) {
		g_autoptr(Message) message =
		    make(NULL, NULL, true, some[i].header);
		g_autoptr(Message) unasked =
		    make(NULL, NULL, false, some[i].header);

		g_assert_cmpstr(message->thread, ==, some[i].expected);
		g_assert_cmpstr(unasked->thread, ==, "");
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
		    g_strconcat("/preview/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/preview/cut-anywhere", test_cut);
	g_test_add_func("/preview/long", test_long);
	g_test_add_func("/preview/of-the-server", test_server);
	g_test_add_func("/preview/of-a-message", test_message);
	g_test_add_func("/preview/thread", test_thread);
	return g_test_run();
}
