/*
 * BODYSTRUCTURE as servers send it, right and wrong.
 */
#include "imap/limits.h"
#include "imap/response.h"
#include "imap/structure.h"
#include "unit.h"
#include <string.h>

static void put(GString *out, const struct imap_structure *part)
{
	const char *name = imap_structure_parameter(part, "Name");
	const char *file = imap_structure_parameter(part, "filename");

	g_string_append_printf(
	    out, "[%s %s/%s", part->section, part->type, part->subtype);
	if (part->encoding[0] != '\0')
		g_string_append_printf(
		    out, " %s %u", part->encoding, (unsigned)part->size);
	if (part->disposition[0] != '\0')
		g_string_append_printf(out, " %s", part->disposition);
	if (name != NULL || file != NULL)
		g_string_append_printf(
		    out, " \"%s\"", name != NULL ? name : file);
	for (unsigned i = 0; i < part->parts->len; i++)
		put(out, part->parts->pdata[i]);
	g_string_append_c(out, ']');
}

#define TEXT "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 5 1)"
#define IMAGE \
	"(\"IMAGE\" \"PNG\" (\"NAME\" \"a\\\"b\") \"<i>\" NIL \"BASE64\" 90)"
#define ENVELOPE \
	"(\"d\" \"s\" NIL NIL NIL NIL ((NIL NIL \"a\" \"b\")) NIL NIL \"i\")"

static const struct {
	const char *text, *tree;
} rows[] = {
    {TEXT, "[1 text/plain 7bit 5]"},
    {"(" TEXT IMAGE " \"MIXED\")",
	"[ multipart/mixed[1 text/plain 7bit 5]"
	"[2 image/png base64 90 \"a\"b\"]]"},
    /* Extensions: of a multipart and of a part. */
    {"(" TEXT "(\"APPLICATION\" \"PDF\" NIL NIL NIL \"BASE64\" 7 NIL "
     "(\"ATTACHMENT\" (\"FILENAME\" \"x.pdf\")) NIL NIL) \"MIXED\" "
     "(\"BOUNDARY\" \"b\") NIL (\"de\" \"en\") NIL)",
	"[ multipart/mixed[1 text/plain 7bit 5]"
	"[2 application/pdf base64 7 attachment \"x.pdf\"]]"},
    {"((" TEXT TEXT " \"ALTERNATIVE\")" IMAGE " \"RELATED\" (\"BOUNDARY\" "
     "\"b\") (\"INLINE\" NIL))",
	"[ multipart/related inline[1 multipart/alternative"
	"[1.1 text/plain 7bit 5][1.2 text/plain 7bit 5]]"
	"[2 image/png base64 90 \"a\"b\"]]"},
    /* Messages within messages, RFC 9051 6.4.5.1. */
    {"(" TEXT "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 300 " ENVELOPE
     " " TEXT " 9) \"MIXED\")",
	"[ multipart/mixed[1 text/plain 7bit 5]"
	"[2 message/rfc822 7bit 300[2.1 text/plain 7bit 5]]]"},
    {"(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 300 " ENVELOPE " (" TEXT
     "(" TEXT IMAGE " \"MIXED\") \"MIXED\") 9)",
	"[1 message/rfc822 7bit 300[1 multipart/mixed"
	"[1.1 text/plain 7bit 5][1.2 multipart/mixed"
	"[1.2.1 text/plain 7bit 5][1.2.2 image/png base64 90 \"a\"b\"]]]]"},
    {"(\"MESSAGE\" \"DELIVERY-STATUS\" NIL NIL NIL \"7BIT\" 30)",
	"[1 message/delivery-status 7bit 30]"},
    /* Literals, spaces, numbers that are not known. */
    {"( \"TEXT\"  \"PLAIN\" (\"NAME\" {3}\r\na(b) NIL NIL NIL -1 -1)",
	"[1 text/plain \"a(b\"]"},
    {"(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"BASE64\" NIL)",
	"[1 application/octet-stream base64 0]"},
    /* Exchange (quirk 18): what belongs at the end is missing, the envelope of
     * a message within, a string where a disposition should be. */
    {"(\"TEXT\" \"HTML\" NIL NIL NIL \"8BIT\" 7)", "[1 text/html 8bit 7]"},
    {"(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 300)",
	"[1 message/rfc822 7bit 300]"},
    {"(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 300 NIL NIL NIL)",
	"[1 message/rfc822 7bit 300]"},
    {"(\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 7 NIL \"attachment\")",
	"[1 image/gif base64 7 attachment]"},
    {"(\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 7 NIL (\"inline\"))",
	"[1 image/gif base64 7 inline]"},
    {"(\"TEXT\" \"PLAIN\" (\"NAME\") NIL NIL \"7BIT\" 5)",
	"[1 text/plain 7bit 5 \"\"]"},
    {"(\"TEXT\" \"PLAIN\")", "[1 text/plain]"},
    /* Beyond understanding. */
    {"", NULL},
    {"NIL", NULL},
    {"()", NULL},
    {"(" TEXT, NULL},
    {"(NIL NIL NIL)", NULL},
};

static char *parse(const char *text)
{
	g_autofree char *copy = g_strdup(text);
	struct imap_structure *part =
	    imap_structure_parse((struct imap_text){copy, strlen(copy)});
	GString *out;

	if (part == NULL)
		return NULL;
	out = g_string_new(NULL);
	put(out, part);
	imap_structure_free(part);
	return g_string_free(out, FALSE);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *tree = parse(rows[i].text);

		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(tree, ==, rows[i].tree);
	}
}

static char *nested(unsigned depth)
{
	GString *out = g_string_new(NULL);

	for (unsigned i = 1; i < depth; i++)
		g_string_append_c(out, '(');
	g_string_append(out, TEXT);
	for (unsigned i = 1; i < depth; i++)
		g_string_append(out, " \"MIXED\")");
	return g_string_free(out, FALSE);
}

static char *many(unsigned parts)
{
	GString *out = g_string_new("(");

	for (unsigned i = 1; i < parts; i++)
		g_string_append(out, TEXT);
	g_string_append(out, " \"MIXED\")");
	return g_string_free(out, FALSE);
}

static void check_bound(char *text, bool fits)
{
	g_autofree char *tree = parse(text);

	g_assert_true((tree != NULL) == fits);
	g_free(text);
}

static void test_bounds(void)
{
	check_bound(nested(IMAP_PARTS_DEPTH_MAX), true);
	check_bound(nested(IMAP_PARTS_DEPTH_MAX + 1), false);
	check_bound(nested(100000), false);
	check_bound(many(IMAP_PARTS_MAX), true);
	check_bound(many(IMAP_PARTS_MAX + 1), false);
}

/* What is wrong with it does not spoil what stands beside it. */
static void test_fetch(void)
{
	static const struct {
		const char *structure;
		bool well;
	} ways[] = {{TEXT, true}, {"(())", false}};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *bytes = g_strdup_printf(
		    "* 1 FETCH (BODYSTRUCTURE %s UID 7)", ways[i].structure);
		struct imap_structure *part;
		const char *why = NULL;
		g_autoptr(ImapResponse) response =
		    imap_response_parse(bytes, strlen(bytes), &why);

		g_assert_nonnull(response);
		g_assert_cmpuint(response->fetch->uid, ==, 7);
		part = imap_structure_parse(response->fetch->structure);
		g_assert_true((part != NULL) == ways[i].well);
		imap_structure_free(part);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/structure/rows", test_rows);
	g_test_add_func("/structure/bounds", test_bounds);
	g_test_add_func("/structure/fetch", test_fetch);
	return g_test_run();
}
