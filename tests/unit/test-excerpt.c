/*
 * Messages without their attachments: what is fetched, and what is made of it.
 */
#include "app/excerpting.h"
#include "message/excerpt.h"
#include "message/message.h"
#include "tests/unit/unit.h"
#include <string.h>

#define TEXT(size) "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"BASE64\" " #size " 1)"
#define PDF                                                                 \
	"(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL \"BASE64\" " \
	"2000000)"
#define SIGNATURE          "(\"APPLICATION\" \"PGP-SIGNATURE\" NIL NIL NIL \"7BIT\" 400)"
#define MIXED(parts, name) "(" parts " \"MIXED\" (\"BOUNDARY\" \"" name "\"))"

static struct imap_structure *parse(const char *text)
{
	g_autofree char *copy = g_strdup(text);

	return imap_structure_parse((struct imap_text){copy, strlen(copy)});
}

/* Answers "<SECTION>" to each fetch; "HEADER" and "MIME" as header fields. */
static void answer(struct excerpting *excerpting, const struct imap_body *body)
{
	bool header = g_str_has_suffix(body->section, "HEADER") ||
	    g_str_has_suffix(body->section, "MIME");
	g_autofree char *text = header
	    ? g_strdup_printf("Subject: %s\r\n"
			      "Content-Type: x/y;\r\n\tboundary=b\r\n"
			      "content-transfer-encoding: base64\r\n\r\n",
		  body->section)
	    : g_strdup_printf("<%s>\r\n", body->section);

	/* In two pieces. */
	excerpting_take(excerpting, text, 3);
	excerpting_take(excerpting, text + 3, strlen(text) - 3);
	excerpting_end(excerpting, body->binary);
}

/* What is fetched, "+" where it may be decoded; then the message. */
static char *run(const char *structure, uint64_t max)
{
	struct imap_structure *part = parse(structure);
	struct excerpting *excerpting = excerpting_new(part, max);
	GString *out = g_string_new(NULL);
	struct imap_body body;

	imap_structure_free(part);
	if (excerpting == NULL)
		return g_string_free(out, FALSE);
	while (excerpting_next(excerpting, &body)) {
		g_string_append_printf(
		    out, "%s%s\n", body.section, body.binary ? "+" : "");
		answer(excerpting, &body);
	}
	g_string_append(out, excerpting_message(excerpting)->str);
	g_string_replace(out, "\r\n", "\n", 0);
	excerpting_free(excerpting);
	return g_string_free(out, FALSE);
}

#define WHOLE "X-Idlebell-Download: text\n"
#define HEADER(section) \
	"Subject: " section "\nContent-Type: x/y;\n\tboundary=b\n"
#define DECODED "Content-Transfer-Encoding: 8bit\n\n"
#define NOTE                                        \
	"Content-Type: text/plain; charset=utf-8\n" \
	"Content-Transfer-Encoding: 8bit\n"         \
	"Content-Disposition: inline\n\n"           \
	"[Not downloaded: a.pdf (application/pdf, 1.5 MB)]\n"

static const struct {
	const char *structure, *message;
} rows[] = {
    {MIXED(TEXT(5) PDF, "b"),
	"HEADER\n1.MIME\n1+\n" WHOLE HEADER("HEADER") DECODED
	"--b\n" HEADER("1.MIME") DECODED "<1>\n"
					 "\n--b\n" NOTE "\n--b--\n"},
    /* Nothing but an attachment: its header says something else now. */
    {PDF, "HEADER\n" WHOLE "Subject: HEADER\n" NOTE},
    /* Text over the limit is an attachment, too. */
    {TEXT(600),
	"HEADER\n" WHOLE "Subject: HEADER\n"
	"Content-Type: text/plain; charset=utf-8\n"
	"Content-Transfer-Encoding: 8bit\n"
	"Content-Disposition: inline\n\n"
	"[Not downloaded: text/plain, 399 bytes]\n"},
    /* What is signed stays as it is, octet by octet. */
    {"(" TEXT(5) SIGNATURE " \"SIGNED\" (\"BOUNDARY\" \"s\"))",
	"HEADER\n1.MIME\n1\n2.MIME\n2\n" WHOLE HEADER("HEADER") DECODED
	"--s\n" HEADER(
	    "1.MIME") "content-transfer-encoding: base64\n\n<1>\n"
		      "\n--s\n" HEADER(
			  "2.MIME") "content-transfer-encoding: base64\n\n<2>\n"
				    "\n--s--\n"},
    /* A message within. */
    {MIXED("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL) " MIXED(
	       TEXT(5) PDF, "i") " 1)",
	 "b"),
	"HEADER\n1.MIME\n1.HEADER\n1.1.MIME\n1.1+\n" WHOLE HEADER("HEADER")
	    DECODED "--b\n" HEADER("1.MIME") DECODED HEADER("1.HEADER") DECODED
	"--i\n" HEADER("1.1.MIME") DECODED "<1.1>\n"
					   "\n--i\n" NOTE "\n--i--\n\n--b--\n"},
    {MIXED("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL) " PDF " 1)",
	 "b"),
	"HEADER\n1.MIME\n1.HEADER\n" WHOLE HEADER("HEADER") DECODED
	"--b\n" HEADER("1.MIME") DECODED "Subject: 1.HEADER\n" NOTE
					 "\n--b--\n"},
    /* No boundary, or one that would be more than that. */
    {"(" TEXT(5) PDF " \"MIXED\")", ""},
    {"(" TEXT(5) PDF " \"MIXED\" (\"BOUNDARY\" \"\"))", ""},
    {"(" TEXT(5) PDF " \"MIXED\" (\"BOUNDARY\" {5}\r\na\r\nb:))", ""},
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *message = run(rows[i].structure, 500);

		g_assert_cmpstr(message, ==, rows[i].message);
	}
}

static void test_needed(void)
{
	static const struct {
		const char *structure;
		bool needed;
	} cases[] = {
	    {TEXT(500), false},
	    {TEXT(501), true},
	    {PDF, true},
	    {MIXED(TEXT(5) TEXT(5), "b"), false},
	    {MIXED(TEXT(5) MIXED(TEXT(5) PDF, "c"), "b"), true},
	    {"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1 NIL "
	     "(\"ATTACHMENT\" NIL))",
		true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct imap_structure *part = parse(cases[i].structure);

		g_assert_true(
		    excerpting_is_needed(part, 500) == cases[i].needed);
		imap_structure_free(part);
	}
}

/* A server may send far more than it said, of each of many parts. */
static void test_bound(void)
{
	enum {
		PARTS = 100,
		SIZE = 1 << 20,
	};
	g_autofree char *octets = g_malloc0(SIZE);
	g_autoptr(GString) parts = g_string_new(NULL);
	g_autofree char *text = NULL;
	struct imap_structure *part;
	struct excerpting *excerpting;
	struct imap_body body;

	for (unsigned i = 0; i < PARTS; i++)
		g_string_append(parts, TEXT(5));
	text =
	    g_strdup_printf("(%s \"MIXED\" (\"BOUNDARY\" \"b\"))", parts->str);
	part = parse(text);
	excerpting = excerpting_new(part, 500);
	while (excerpting_next(excerpting, &body)) {
		excerpting_take(excerpting, octets, MIN(body.max, SIZE));
		excerpting_end(excerpting, false);
	}
	g_assert_cmpuint(excerpting_message(excerpting)->len, <=, 33U << 20);
	excerpting_free(excerpting);
	imap_structure_free(part);
}

/* Decoded text gets an encoding that keeps each octet. */
static void test_encodings(void)
{
	static const struct {
		const char *text;
		size_t size;
		bool plain;
	} cases[] = {
	    {"a\r\nb", 4, true},
	    {"", 0, true},
	    {"\303\244\r\n", 4, true},
	    {"a\nb", 3, false},
	    {"a\rb", 3, false},
	    {"a\r", 2, false},
	    {"a\0b", 3, false},
	    {"--b\r\n", 5, false},
	    {"x\r\n--b", 6, false},
	    {"x--b", 4, true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text =
		    g_string_new_len(cases[i].text, (gssize)cases[i].size);
		g_autoptr(GString) header = g_string_new("A: b\r\n\r\n");
		g_autoptr(GString) out = g_string_new(NULL);
		const char *found;

		excerpt_text(out, header, text, true, false);
		found = strstr(out->str, "\r\n\r\n") + 4;
		if (cases[i].plain) {
			g_assert_cmpmem(found,
			    out->len - (size_t)(found - out->str),
			    cases[i].text, cases[i].size);
		} else {
			gsize size;
			g_autofree guchar *octets =
			    g_base64_decode(found, &size);

			g_assert_nonnull(strstr(out->str, ": base64\r\n"));
			g_assert_cmpmem(
			    octets, size, cases[i].text, cases[i].size);
		}
	}
}

static void test_long_lines(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) header = g_string_new("");
	g_autoptr(GString) out = g_string_new(NULL);

	for (int i = 0; i < 999; i++)
		g_string_append_c(text, 'x');
	excerpt_text(out, header, text, true, false);
	g_assert_nonnull(strstr(out->str, ": base64\r\n"));
	for (const char *line = out->str; line != NULL && *line != '\0';
	     line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL)
		g_assert_cmpuint(strcspn(line, "\n"), <=, 78);
}

/* Whatever a name claims to be, it stays within its line. */
static void test_names(void)
{
	static const struct {
		const char *name, *value, *shown;
	} cases[] = {
	    {"name", "a.pdf", "a.pdf (application/pdf, 100 bytes)"},
	    {"FILENAME", "b.pdf", "b.pdf (application/pdf, 100 bytes)"},
	    {"filename*", "utf-8''%C3%9Cber",
		"\303\234ber (application/pdf, 100 bytes)"},
	    {"name", "=?utf-8?Q?=C3=9Cber?=",
		"\303\234ber (application/pdf, 100 bytes)"},
	    {"name", "a\r\nX: y", "a X: y (application/pdf, 100 bytes)"},
	    {"name", "a\"; filename=\"b",
		"a_; filename=_b (application/pdf, "
		"100 bytes)"},
	    {"name", "\033]0;x\007\342\200\256",
		"]0;x (application/pdf, "
		"100 bytes)"},
	    {"charset", "x", "application/pdf, 100 bytes"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) parameters = g_ptr_array_new();
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *wanted = g_strdup_printf(
		    "\r\n\r\n[Not downloaded: %s]\r\n", cases[i].shown);
		const struct excerpt_note note = {
		    .type = "application/pdf",
		    .parameters = parameters,
		    .size = 100,
		};

		g_ptr_array_add(parameters, (char *)cases[i].name);
		g_ptr_array_add(parameters, (char *)cases[i].value);
		excerpt_note(out, &note);
		g_assert_true(g_str_has_prefix(out->str, "Content-Type: "));
		g_assert_cmpstr(strstr(out->str, "\r\n\r\n"), ==, wanted);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/excerpt/rows", test_rows);
	g_test_add_func("/excerpt/needed", test_needed);
	g_test_add_func("/excerpt/bound", test_bound);
	g_test_add_func("/excerpt/encodings", test_encodings);
	g_test_add_func("/excerpt/long-lines", test_long_lines);
	g_test_add_func("/excerpt/names", test_names);
	return g_test_run();
}
