/*
 * The framer: where responses end, and what a server cannot make us keep.
 */
#include <malloc.h>
#include <string.h>

#include "feed.h"
#include "imap/limits.h"
#include "unit.h"

#define IN(literal) literal, sizeof(literal) - 1

/* What the framer gives, one line each: "=bytes", "skipped" or "error". */
static void note(GString *log, enum imap_frame frame, char *bytes, size_t size)
{
	if (frame == IMAP_FRAME_SKIPPED) {
		g_string_append(log, "skipped\n");
	} else if (frame == IMAP_FRAME_ERROR) {
		if (!g_str_has_suffix(log->str, "error\n"))
			g_string_append(log, "error\n");
	} else {
		g_assert_cmpint(bytes[size], ==, '\0');
		g_string_append_c(log, '=');
		feed_escape(log, bytes, size);
		g_string_append_c(log, '\n');
	}
}

static char *frames(const char *data, size_t size, enum feed_cut cut)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	g_autoptr(GString) log = g_string_new(NULL);

	feed(framer, data, size, cut, note, log);
	if (!imap_framer_is_empty(framer))
		g_string_append(log, "more\n");
	return g_string_free(g_steal_pointer(&log), FALSE);
}

static void check(const char *data, size_t size, const char *expected)
{
	for (int cut = 0; cut < FEED_CUTS; cut++) {
		g_autofree char *log = frames(data, size, cut);
		g_assert_cmpstr(log, ==, expected);
	}
}

static const struct row {
	const char *data;
	size_t size;
	const char *expected;
} rows[] = {
    {IN(""), ""},
    {IN("* OK hi\r\n"), "=* OK hi\n"},
    {IN("* OK hi\n"), "=* OK hi\n"},
    {IN("* OK hi\r"), "more\n"},
    {IN("* OK a\rb\r\n"), "=* OK a\\rb\n"},
    {IN("* OK hi\r\r\n"), "=* OK hi\\r\n"},
    {IN("\r\n"), "=\n"},
    {IN("\n\n"), "=\n=\n"},
    {IN("* 1 EXISTS\r\n* 2 EXI"), "=* 1 EXISTS\nmore\n"},
    {IN("* 1 EXISTS\n* 2 EXISTS\r\n+ \r\n"), "=* 1 EXISTS\n=* 2 EXISTS\n=+ \n"},
    /* NULs ahead of a response (quirk 35), and within one */
    {IN("\0\0* 1 EXISTS\r\n\0* OK\r\n"), "=* 1 EXISTS\n=* OK\n"},
    {IN("\0\0\0"), ""},
    {IN("* OK a\0b\r\n"), "=* OK a\\0b\n"},
    /* literals */
    {IN("* 1 FETCH (BODY[] {5}\r\nab\r\nc)\r\n"),
	"=* 1 FETCH (BODY[] {5}\\r\\nab\\r\\nc)\n"},
    {IN("* 1 FETCH (BODY[] {5}\nab\r\nc)\n"),
	"=* 1 FETCH (BODY[] {5}\\r\\nab\\r\\nc)\n"},
    {IN("* LIST () \"/\" {3}\r\nfoo\r\n* 1 EXISTS\r\n"),
	"=* LIST () \"/\" {3}\\r\\nfoo\n=* 1 EXISTS\n"},
    {IN("* 1 FETCH (A {3+}\r\nfoo B ~{2}\r\n\0\n C {0}\r\n)\r\n"),
	"=* 1 FETCH (A {3+}\\r\\nfoo B ~{2}\\r\\n\\0\\n C {0}\\r\\n)\n"},
    {IN("* X {0}\r\n\r\n"), "=* X {0}\\r\\n\n"},
    {IN("* X {0}\r\n{1}\r\n\n\r\n"), "=* X {0}\\r\\n{1}\\r\\n\\n\n"},
    {IN("* X {00003}\r\nabc\r\n"), "=* X {00003}\\r\\nabc\n"},
    /* what a literal holds announces nothing, and loses no CR */
    {IN("* X {3}\r\n{9}\r\n"), "=* X {3}\\r\\n{9}\n"},
    {IN("* X {2}\r\n{1}\r\na\r\n"), "=* X {2}\\r\\n{1}\n=a\n"},
    {IN("* X {1}\r\n\r\n* OK\r\n"), "=* X {1}\\r\\n\\r\n=* OK\n"},
    {IN("* X {2}\r\n* OK\r\n"), "=* X {2}\\r\\n* OK\n"},
    /* what looks like one and is none */
    {IN("* X {5} \r\n"), "=* X {5} \n"},
    {IN("* X {}\r\n"), "=* X {}\n"},
    {IN("* X {+}\r\n"), "=* X {+}\n"},
    {IN("* X {-1}\r\n"), "=* X {-1}\n"},
    {IN("* X {5-}\r\n"), "=* X {5-}\n"},
    {IN("* X {5++}\r\n"), "=* X {5++}\n"},
    {IN("* X 5}\r\n"), "=* X 5}\n"},
    {IN("5}\r\n"), "=5}\n"},
    {IN("}\r\n"), "=}\n"},
    {IN("* X {a5}\r\n"), "=* X {a5}\n"},
    {IN("* X {000000000000000000005}\r\n"), "=* X {000000000000000000005}\n"},
    /* text holds no literals */
    {IN("* OK see {5}\r\n* NO {5}\r\n"), "=* OK see {5}\n=* NO {5}\n"},
    {IN("* BAD {5}\r\n* BYE {5}\r\n"), "=* BAD {5}\n=* BYE {5}\n"},
    {IN("* preauth {5}\r\n* ok {5}\r\n"), "=* preauth {5}\n=* ok {5}\n"},
    {IN("* OK [X {5}\r\n"), "=* OK [X {5}\n"},
    {IN("+ go {5}\r\n+{5}\r\n"), "=+ go {5}\n=+{5}\n"},
    {IN("A1 OK {5}\r\nA1 X {5}\r\n"), "=A1 OK {5}\n=A1 X {5}\n"},
    {IN("HTTP/1.1 400 {5}\r\n"), "=HTTP/1.1 400 {5}\n"},
    {IN("* OKAY {2}\r\nab\r\n"), "=* OKAY {2}\\r\\nab\n"},
    {IN("* 1 OK {2}\r\nab\r\n"), "=* 1 OK {2}\\r\\nab\n"},
    {IN("* {2}\r\nOK\r\n"), "=* {2}\\r\\nOK\n"},
    /* a literal that nobody could want */
    {IN("* 1 FETCH (BODY[] {4294967296}\r\n"), "error\n"},
    {IN("* 1 FETCH (BODY[] {18446744073709551621}\r\nabcde)\r\n"), "error\n"},
    {IN("* X {99999999999999999999}\r\n* OK\r\n"), "error\n"},
    {IN("* OK\r\n* X {67108865}\r\nabc"), "=* OK\nerror\n"},
};

static void test_rows(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
		check(rows[i].data, rows[i].size, rows[i].expected);
}

/* All rows that leave nothing over, behind one another. */
static void test_stream(void)
{
	g_autoptr(GString) data = g_string_new(NULL);
	g_autoptr(GString) expected = g_string_new(NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strstr(rows[i].expected, "error") != NULL ||
		    strstr(rows[i].expected, "more") != NULL)
			continue;
		g_string_append_len(data, rows[i].data, (gssize)rows[i].size);
		g_string_append(expected, rows[i].expected);
	}
	check(data->str, data->len, expected->str);
}

static void fill(GString *out, char octet, size_t count)
{
	size_t old = out->len;

	g_string_set_size(out, old + count);
	memset(out->str + old, octet, count);
}

/* head, count fillers, tail and "* OK"; outcome is what comes before that
 * "* OK", or "" for a whole response that ends in "x". */
static void check_filled(
    const char *head, size_t count, const char *tail, const char *outcome)
{
	g_autoptr(GString) data = g_string_new(head);
	g_autofree char *expected = g_strconcat(outcome, "=* OK\n", NULL);

	fill(data, 'x', count);
	g_string_append(data, tail);
	g_string_append(data, "* OK\r\n");
	for (int cut = 0; cut < FEED_CUTS; cut++) {
		g_autofree char *log = frames(data->str, data->len, cut);
		if (*outcome != '\0')
			g_assert_true(g_str_equal(log, expected));
		else
			g_assert_true(
			    g_str_has_suffix(log, "x\n=* OK\n") && *log == '=');
	}
}

static void test_line_limit(void)
{
	check_filled("* X", IMAP_LINE_MAX - 3, "\n", "");
	check_filled("* X", IMAP_LINE_MAX - 2, "\n", "skipped\n");
	check_filled("* OK", IMAP_LINE_MAX, "\r\n", "skipped\n");
	check_filled("* X", 1000 * 1000, "\r\n", "skipped\n");
}

/* The end of a line too long still announces its literals. */
static void test_line_limit_literals(void)
{
	const char *more = " {8}\r\n* NO no\n Y {2+}\r\n)) \n";

	check_filled("* X ", IMAP_LINE_MAX, more, "skipped\n");
	check_filled("* X ", IMAP_LINE_MAX - 8, more, "skipped\n");
	check_filled("* X ", IMAP_LINE_MAX - 6, more, "skipped\n");
	/* but not when it is text */
	check_filled("* OK ", IMAP_LINE_MAX, " {8}\r\n", "skipped\n");
	check_filled("A1 OK ", IMAP_LINE_MAX, " {8}\r\n", "skipped\n");
	check_filled("+ ", IMAP_LINE_MAX, " {8}\r\n", "skipped\n");
}

/* The limit counts a line in pieces around its literals. */
static void test_line_limit_pieces(void)
{
	g_autoptr(GString) data = g_string_new("* X ");

	fill(data, 'x', IMAP_LINE_MAX / 2);
	g_string_append(data, "{1}\r\na");
	check_filled(data->str, IMAP_LINE_MAX / 2, "\r\n", "skipped\n");
	check_filled(data->str, IMAP_LINE_MAX / 2 - 10, "\r\n", "");
}

static void test_literal_limit(void)
{
	g_autofree char *fits =
	    g_strdup_printf("* X {%d}\r\n", IMAP_LITERAL_MAX);
	g_autofree char *over =
	    g_strdup_printf("* X {%d}\r\n", IMAP_LITERAL_MAX + 1);

	check_filled(fits, IMAP_LITERAL_MAX, "x\r\n", "");
	check_filled(over, IMAP_LITERAL_MAX + 1, "\r\n", "skipped\n");
	check_filled(
	    over, IMAP_LITERAL_MAX + 1, " Y {4}\r\n\r\n\r\n)\r\n", "skipped\n");
}

static void test_literals_limit(void)
{
	g_autoptr(GString) data = g_string_new("* X");

	for (unsigned i = 0; i < IMAP_LITERALS_MAX; i++)
		g_string_append(data, " {1}\r\na");
	check_filled(data->str, 1, "\r\n", "");
	g_string_append(data, " {2}\r\n\r\n");
	check_filled(data->str, 1, "\r\n", "skipped\n");
}

static void test_response_limit(void)
{
	g_autofree char *half =
	    g_strdup_printf(" {%d}\r\n", IMAP_RESPONSE_MAX / 2 - 1);
	g_autoptr(GString) data = g_string_new("* X");

	g_string_append(data, half);
	fill(data, 'x', IMAP_RESPONSE_MAX / 2 - 1);
	g_string_append(data, half);
	check_filled(data->str, IMAP_RESPONSE_MAX / 2 - 1, "\r\n", "skipped\n");
}

/* Octets of heap in use; 0 where nobody counts. */
static size_t heap_size(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static enum imap_frame feed_some(
    struct imap_framer *framer, const char *data, size_t size)
{
	char *bytes;
	size_t length;

	return imap_framer_feed(framer, &data, &size, &bytes, &length);
}

/* Feeds a megabyte n times; the heap must stay where it is. */
static enum imap_frame feed_megabytes(struct imap_framer *framer, unsigned n)
{
	g_autofree char *megabyte = g_malloc(1 << 20);
	enum imap_frame frame = IMAP_FRAME_MORE;

	memset(megabyte, 'x', 1 << 20);
	size_t before = heap_size();
	while (n-- > 0 && frame == IMAP_FRAME_MORE) {
		frame = feed_some(framer, megabyte, 1 << 20);
		g_assert_cmpuint(heap_size(), <, before + 4096);
	}
	return frame;
}

static void test_endless_line(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();

	feed_some(framer, IN("* X "));
	g_assert_cmpint(feed_megabytes(framer, 64), ==, IMAP_FRAME_MORE);
	g_assert_cmpint(feed_megabytes(framer, 2), ==, IMAP_FRAME_ERROR);
	g_assert_cmpstr(
	    imap_framer_reason(framer), ==, "a response does not end");
}

static void test_endless_trickle(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	size_t before = heap_size();

	feed_some(framer, IN("* X "));
	for (unsigned i = 0; i < 1 << 18; i++)
		feed_some(framer, IN("0123456789abcdef"));
	g_assert_cmpuint(heap_size(), <, before + 4096);
	g_assert_cmpint(feed_some(framer, IN("\n")), ==, IMAP_FRAME_SKIPPED);
}

static void test_long_literal(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();

	feed_some(framer, IN("* X {67108864}\r\n"));
	g_assert_cmpint(feed_megabytes(framer, 64), ==, IMAP_FRAME_MORE);
	g_assert_false(imap_framer_is_empty(framer));
	g_assert_cmpint(feed_some(framer, IN(")\r\n")), ==, IMAP_FRAME_SKIPPED);
	g_assert_true(imap_framer_is_empty(framer));
	g_assert_cmpstr(
	    imap_framer_reason(framer), ==, "a literal is too long");
}

static void test_endless_literals(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	enum imap_frame frame = IMAP_FRAME_MORE;
	unsigned count = 0;

	feed_some(framer, IN("* X"));
	for (; frame == IMAP_FRAME_MORE && count < 100; count++) {
		feed_some(framer, IN(" {1048576}\r\n"));
		frame = feed_megabytes(framer, 1);
	}
	g_assert_cmpint(frame, ==, IMAP_FRAME_ERROR);
	g_assert_cmpuint(count, >=, 64);
}

/* Ten thousand idle connections: what each keeps is its struct. */
static void test_empty_is_small(void)
{
	struct imap_framer *framers[1000];
	size_t before = heap_size();

	for (unsigned i = 0; i < G_N_ELEMENTS(framers); i++) {
		framers[i] = imap_framer_new();
		feed_some(framers[i], IN("* X {20}\r\n12345678901234567890"));
		g_assert_false(imap_framer_is_empty(framers[i]));
		g_assert_cmpint(
		    feed_some(framers[i], IN("\r\n")), ==, IMAP_FRAME_WHOLE);
		g_assert_true(imap_framer_is_empty(framers[i]));
		g_assert_cmpint(
		    feed_some(framers[i], IN("")), ==, IMAP_FRAME_MORE);
	}
	g_assert_cmpuint(heap_size(), <=, before + G_N_ELEMENTS(framers) * 128);
	for (unsigned i = 0; i < G_N_ELEMENTS(framers); i++)
		imap_framer_free(framers[i]);
}

/* Quadratic work would take hours here: the runner's limit ends it. */
static void test_large(void)
{
	g_autofree char *head =
	    g_strdup_printf("* X {%d}\r\n", IMAP_LITERAL_SKIP_MAX / 16);

	check_filled(head, IMAP_LITERAL_SKIP_MAX / 16, "\r\n", "skipped\n");
	check_filled("* X ", IMAP_LITERAL_SKIP_MAX / 16, "\r\n", "skipped\n");
	check_filled("* X {{{{", IMAP_LINE_MAX / 2, "}x\r\n", "");
}

/* One call takes one response and leaves the rest alone. */
static void test_takes_one(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	const char *data = "* 1 EXISTS\r\n* 2 EXISTS\r\n";
	size_t size = strlen(data), length;
	char *bytes;

	g_assert_cmpint(imap_framer_feed(framer, &data, &size, &bytes, &length),
	    ==, IMAP_FRAME_WHOLE);
	g_assert_cmpstr(bytes, ==, "* 1 EXISTS");
	g_assert_cmpuint(length, ==, 10);
	g_assert_cmpstr(data, ==, "* 2 EXISTS\r\n");
	g_assert_cmpuint(size, ==, 12);
}

static void test_error_is_final(void)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();

	g_assert_cmpint(feed_some(framer, IN("* X {99999999999}\r\n")), ==,
	    IMAP_FRAME_ERROR);
	g_assert_cmpint(
	    feed_some(framer, IN("* OK\r\n")), ==, IMAP_FRAME_ERROR);
	g_assert_cmpint(
	    feed_some(framer, IN("* OK\r\n")), ==, IMAP_FRAME_ERROR);
	g_assert_cmpstr(imap_framer_reason(framer), ==,
	    "a literal is too long to read past");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/framer/rows", test_rows);
	g_test_add_func("/framer/stream", test_stream);
	g_test_add_func("/framer/takes-one", test_takes_one);
	g_test_add_func("/framer/line-limit", test_line_limit);
	g_test_add_func(
	    "/framer/line-limit/literals", test_line_limit_literals);
	g_test_add_func("/framer/line-limit/pieces", test_line_limit_pieces);
	g_test_add_func("/framer/literal-limit", test_literal_limit);
	g_test_add_func("/framer/literals-limit", test_literals_limit);
	g_test_add_func("/framer/response-limit", test_response_limit);
	g_test_add_func("/framer/endless-line", test_endless_line);
	g_test_add_func("/framer/endless-trickle", test_endless_trickle);
	g_test_add_func("/framer/long-literal", test_long_literal);
	g_test_add_func("/framer/endless-literals", test_endless_literals);
	g_test_add_func("/framer/empty-is-small", test_empty_is_small);
	g_test_add_func("/framer/large", test_large);
	g_test_add_func("/framer/error-is-final", test_error_is_final);
	return g_test_run();
}
