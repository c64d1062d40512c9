/*
 * The progress line, at the widths of many terminals.
 */
#include "cli/progress.h"
#include "tests/unit/unit.h"

static const struct {
	struct progress progress;
	unsigned width;
	const char *text;
} rows[] = {
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 80,
	"INBOX/40   45%  [#########-------------]  4.5\302\240MB of 10.0\302\240MB"
	"  1.1\302\240MB/s  0:05 left"},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 60,
	"INBOX/40   45%  4.5\302\240MB of 10.0\302\240MB  1.1\302\240MB/s"
	"  0:05 left"},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 40,
	"INBOX/40   45%  4.5\302\240MB of 10.0\302\240MB"},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 30,
	" 45%  4.5\302\240MB of 10.0\302\240MB"},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 10, " 45%"},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 3, ""},
    {{"INBOX/40", 10000000, 4500000, 0, 4000}, 0, ""},
    /* It was resumed: what was there before says nothing of the rate. */
    {{"x", 10000000, 9500000, 9000000, 1000}, 50,
	"x   95%  9.5\302\240MB of 10.0\302\240MB  500.0\302\240kB/s"
	"  0:01 left"},
    /* Too early for a rate; nothing came; hours and days. */
    {{"x", 1000000, 500000, 0, 100}, 60,
	"x   50%  [##############---------------]  500.0\302\240kB of 1.0\302\240MB"},
    {{"x", 1000000, 500000, 500000, 90000}, 60,
	"x   50%  [##############---------------]  500.0\302\240kB of 1.0\302\240MB"},
    {{"x", 100000000, 10000, 0, 1000}, 60,
	"x    0%  10.0\302\240kB of 100.0\302\240MB  10.0\302\240kB/s"
	"  2:46:39 left"},
    {{"x", 100000000, 1000, 0, 4000}, 60,
	"x    0%  [----------------]  1.0\302\240kB of 100.0\302\240MB  250 bytes/s"},
    /* The size was a hint (quirk 40), or is not known. */
    {{"x", 1000, 2000, 0, 0}, 50,
	"x  100%  [#####################]  2.0\302\240kB of 1.0\302\240kB"},
    {{"x", 0, 2000000, 0, 1000}, 60, "x  2.0\302\240MB  2.0\302\240MB/s"},
    {{"x", 0, 2000000, 0, 1000}, 10, "2.0\302\240MB"},
    /* Long names are cut, by characters. */
    {{"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
      "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
      "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
      "\303\244\303\244\303\244\303\244\303\244\303\244cut",
	 100, 100, 0, 0},
	40,
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
	"\303\244\303\244\303\244\303\244\303\244\303\244  100%"},
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
		    progress_text(&rows[i].progress, rows[i].width);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Whatever the numbers: it fits. */
static void test_widths(void)
{
	const struct progress odd[] = {
	    {"INBOX/40", 10000000, 4500000, 0, 4000},
	    {"", G_MAXUINT64, G_MAXUINT64 - 1, 1, 1000},
	    {"x", G_MAXUINT64, 1, 0, G_MAXINT64},
	    {"x", 0, G_MAXUINT64, 0, 501},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(odd); i++)
		for (unsigned width = 0; width < 300; width++) {
			g_autofree char *text = progress_text(&odd[i], width);

			g_assert_cmpint(
			    g_utf8_strlen(text, -1), <=, (glong)width);
		}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_setenv("LC_ALL", "C", TRUE);
	g_test_add_func("/progress/rows", test_rows);
	g_test_add_func("/progress/widths", test_widths);
	return g_test_run();
}
