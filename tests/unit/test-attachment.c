/*
 * Attachments by BODYSTRUCTURE: what counts, and what servers send for it.
 */
#include "imap/attachment.h"
#include "imap/limits.h"

#include "tests/unit/unit.h"
#include <string.h>

#define PLAIN \
	"(\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 9 1)"
#define HTML    "(\"TEXT\" \"HTML\" NIL NIL NIL \"BASE64\" 9 1 NIL NIL NIL NIL)"

#define UNKNOWN IMAP_ATTACHMENT_UNKNOWN
#define NO      IMAP_ATTACHMENT_NO
#define YES     IMAP_ATTACHMENT_YES

static const struct row {
	const char *name, *text;
	enum imap_attachment expected;
} rows[] = {
    {"plain", PLAIN, NO},
    {"alternative", "(" PLAIN HTML " \"alternative\" (\"boundary\" \"x\"))",
	NO},
    {"disposition",
	"(" PLAIN "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1 NIL "
	"(\"attachment\" NIL) NIL) \"mixed\")",
	YES},
    {"text-with-name",
	"(" PLAIN
	"(\"text\" \"csv\" (\"charset\" \"x\" \"name\" \"a.csv\") NIL "
	"NIL \"7bit\" 9 1) \"mixed\")",
	YES},
    {"text-with-name-inline",
	"(" PLAIN "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1 NIL "
	"(\"INLINE\" (\"FILENAME\" \"a.txt\")) NIL NIL) \"mixed\")",
	NO},
    {"name-of-rfc-2231",
	"(" PLAIN "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1 NIL (\"x\" "
	"(\"filename*0*\" \"utf-8''a\")) NIL NIL) \"mixed\")",
	YES},
    {"empty-name", "(\"text\" \"plain\" (\"name\" \"\") NIL NIL \"7bit\" 9 1)",
	NO},
    {"pdf", "(" PLAIN "(\"application\" \"pdf\" NIL NIL NIL \"base64\" 9))",
	YES},
    {"pdf-inline",
	"(\"application\" \"pdf\" NIL NIL NIL \"base64\" 9 NIL (\"inline\" "
	"(\"filename\" \"a.pdf\")))",
	YES},
    {"image-of-a-text",
	"(" HTML "(\"image\" \"png\" (\"name\" \"logo.png\") \"<a@b>\" NIL "
	"\"base64\" 9) \"related\")",
	NO},
    {"image-of-a-text-inline",
	"(" HTML "(\"image\" \"png\" (\"name\" \"logo.png\") \"<a@b>\" NIL "
	"\"base64\" 9 NIL (\"inline\" NIL)) \"mixed\")",
	NO},
    {"image-of-no-text",
	"(" HTML "(\"image\" \"png\" (\"name\" \"logo.png\") \"<a@b>\" NIL "
	"\"base64\" 9) \"mixed\")",
	YES},
    {"image-alone", "(\"image\" \"png\" NIL \"<a@b>\" NIL \"base64\" 9)", YES},
    {"image-attached-to-a-text",
	"(" HTML "(\"image\" \"png\" NIL \"<a@b>\" NIL \"base64\" 9 NIL "
	"(\"attachment\")) \"related\")",
	YES},
    {"message",
	"(" PLAIN "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL NIL NIL "
	"NIL NIL NIL NIL NIL NIL NIL) " PLAIN " 5) \"mixed\")",
	YES},
    {"bounce-without-message",
	"(" PLAIN "(\"message\" \"delivery-status\" NIL NIL NIL \"7bit\" 9) "
	"\"report\" (\"report-type\" \"delivery-status\"))",
	NO},
    {"signed",
	"(" PLAIN "(\"application\" \"pgp-signature\" (\"name\" "
	"\"signature.asc\") NIL NIL \"7bit\" 9 NIL (\"attachment\" NIL)) "
	"\"signed\")",
	NO},
    {"signed-with-pdf",
	"((" PLAIN "(\"application\" \"pdf\" NIL NIL NIL \"base64\" 9) "
	"\"mixed\")(\"application\" \"pkcs7-signature\" NIL NIL NIL \"base64\" "
	"9) \"signed\")",
	YES},
    {"encrypted",
	"((\"application\" \"pgp-encrypted\" NIL NIL NIL \"7bit\" 9)"
	"(\"application\" \"octet-stream\" NIL NIL NIL \"7bit\" 9) "
	"\"encrypted\")",
	UNKNOWN},
    {"smime", "(\"application\" \"pkcs7-mime\" NIL NIL NIL \"base64\" 9)",
	UNKNOWN},
    {"nested",
	"((" PLAIN "(" HTML "(\"image\" \"gif\" NIL \"<i>\" NIL \"base64\" 9) "
	"\"related\") \"alternative\")(\"audio\" \"mp3\" NIL NIL NIL \"x\" 1) "
	"\"mixed\")",
	YES},
    /* Quirk 18, and others. */
    {"short", "(\"text\" \"plain\")", NO},
    {"type-alone", "(\"text\")", UNKNOWN},
    {"no-type", "(NIL NIL NIL NIL NIL NIL -1)", UNKNOWN},
    {"count-of-minus-one",
	"(\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 -1 NIL NIL NIL NIL)", NO},
    {"nil-for-a-part", "(" PLAIN " NIL \"mixed\")", NO},
    {"disposition-alone",
	"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL \"attachment\")",
	YES},
    {"disposition-empty",
	"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL () NIL)", NO},
    {"disposition-wrong",
	"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL ((\"x\")) NIL)",
	UNKNOWN},
    {"parameter-without-value",
	"(\"text\" \"plain\" (\"charset\") NIL NIL \"7bit\" 1 1)", NO},
    {"no-spaces", "((\"text\"\"plain\"NIL NIL NIL\"7bit\"1 1)\"mixed\")", NO},
    {"nothing-but-nil", "NIL", UNKNOWN},
    {"string", "\"text\"", UNKNOWN},
    {"empty", "", UNKNOWN},
    {"empty-list", "()", UNKNOWN},
    {"empty-part", "(() \"mixed\")", UNKNOWN},
    {"list-for-a-type", "((\"text\" (\"plain\") NIL) \"mixed\")", UNKNOWN},
    {"unending", "((\"text\" \"plain\"", UNKNOWN},
};

/* In a block of its own size: nothing is read beyond it. */
static enum imap_attachment judge(const char *text)
{
	size_t size = strlen(text);
	g_autofree char *copy = g_memdup2(text, size);

	return imap_attachment_judge((struct imap_text){copy, size});
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;

	g_assert_cmpint(judge(row->text), ==, row->expected);
}

static char *nest(unsigned depth)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < depth; i++)
		g_string_append_c(text, '(');
	g_string_append(text, PLAIN);
	for (unsigned i = 0; i < depth; i++)
		g_string_append(text, " \"mixed\")");
	return g_string_free(text, FALSE);
}

static void test_deep(void)
{
	g_autofree char *deep = nest(IMAP_PARTS_DEPTH_MAX - 1);
	g_autofree char *deeper = nest(IMAP_PARTS_DEPTH_MAX);
	g_autofree char *deepest = nest(100000);

	g_assert_cmpint(judge(deep), ==, NO);
	g_assert_cmpint(judge(deeper), ==, UNKNOWN);
	g_assert_cmpint(judge(deepest), ==, UNKNOWN);
}

static void test_nil(void)
{
	g_assert_cmpint(
	    imap_attachment_judge((struct imap_text){NULL, 0}), ==, UNKNOWN);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
		    g_strconcat("/attachment/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/attachment/deep", test_deep);
	g_test_add_func("/attachment/nil", test_nil);
	return g_test_run();
}
