/*
 * A domain as it comes, its ASCII form, and what is shown of that.
 */
#include "message/domain.h"
#include "tests/unit/unit.h"

struct row {
	const char *domain, *ascii, *readable;
};

static const struct row rows[] = {
    {"", "", ""},
    {"example.org", "example.org", "example.org"},
    {"Example.ORG", "Example.ORG", "Example.ORG"},
    {"[127.0.0.1]", "[127.0.0.1]", "[127.0.0.1]"},
    {"bücher.example", "xn--bcher-kva.example", "bücher.example"},
    {"BÜCHER.Example", "xn--bcher-kva.example", "bücher.example"},
    {"xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example"},
    {"XN--BCHER-KVA.example", "xn--bcher-kva.example", "bücher.example"},
    {"faß.de", "xn--fa-hia.de", "faß.de"},
    {"x。y", "x.y", "x.y"},
    {"x\357\270\217y.org", "x\357\277\275y.org", "x\357\277\275y.org"},
    {"x\363\240\204\200.y", "x\357\277\275.y", "x\357\277\275.y"},

    /* One script, or those that are written together. */
    {"тест.example", "xn--e1aybc.example", "тест.example"},
    {"日本.jp", "xn--wgv71a.jp", "日本.jp"},
    {"日本abcの.jp", "xn--abc-nc4b505ycvb.jp", "日本abcの.jp"},
    {"ελλάδα.gr", "xn--hxakic4aa.gr", "ελλάδα.gr"},

    /* Mixed: Cyrillic or Greek among Latin. */
    {"paypaл.com", "xn--paypa-4xe.com", "xn--paypa-4xe.com"},
    {"xn--pple-43d.com", "xn--pple-43d.com", "xn--pple-43d.com"},
    {"gοοgle.com", "xn--ggle-0nda.com", "xn--ggle-0nda.com"},
    {"www.xn--pple-43d.com", "www.xn--pple-43d.com", "www.xn--pple-43d.com"},

    /* All Cyrillic, all Latin to the eye; fine under a Cyrillic top. */
    {"xn--80ak6aa92e.com", "xn--80ak6aa92e.com", "xn--80ak6aa92e.com"},
    {"аррӏе.рф", "xn--80ak6aa92e.xn--p1ai", "аррӏе.рф"},

    /* No domains at all, or not the one they decode to. */
    {"xn--0.pt", "xn--0.pt", "xn--0.pt"},
    {"xn--a.example", "xn--a.example", "xn--a.example"},
    {"xn--.example", "xn--.example", "xn--.example"},
    {"xn--g-cka.com", "xn--g-cka.com", "xn--g-cka.com"},
    {"xn--ls8h.la", "xn--ls8h.la", "xn--ls8h.la"},
    {"-ü.example", "-\357\277\275.example", "-\357\277\275.example"},
    {"💩.la", "\357\277\275.la", "\357\277\275.la"},
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *ascii = domain_to_ascii(rows[i].domain);
		g_autofree char *readable = domain_to_readable(ascii);

		g_assert_cmpstr(ascii, ==, rows[i].ascii);
		g_assert_cmpstr(readable, ==, rows[i].readable);
	}
}

/* What cannot be a domain for its length is not handed to libidn2. */
static void test_long(void)
{
	g_autofree char *many = g_strnfill(300, 'a');
	g_autofree char *accented = g_strconcat(many, "ü", NULL);
	g_autofree char *prefixed = g_strconcat("xn--", many, NULL);
	g_autofree char *masked = g_strconcat(many, "\357\277\275", NULL);
	g_autofree char *ascii = domain_to_ascii(accented);
	g_autofree char *readable = domain_to_readable(prefixed);

	g_assert_cmpstr(ascii, ==, masked);
	g_assert_cmpstr(readable, ==, prefixed);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/domain/rows", test_rows);
	g_test_add_func("/domain/long", test_long);
	return g_test_run();
}
