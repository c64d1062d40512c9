/*
 * What settings make of rules: effects over effects, facts from the world
 * around, and what is wrong with them.
 */
#include "app/settings.h"
#include "tests/unit/place.h"
#include "tests/unit/unit.h"
#include <glib/gstdio.h>
#include <string.h>

#define ACCOUNT "[account a]\nhost=h\nuser=u\npassword_command=x\n"

static struct settings *load(const char *text)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct settings *settings;
	int fd = g_file_open_tmp("idlebell-XXXXXX", &path, &error);

	g_assert_no_error(error);
	g_close(fd, NULL);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	g_chmod(path, 0600);
	settings = settings_load(path, NULL, &error);
	g_assert_no_error(error);
	g_unlink(path);
	return settings;
}

static struct message *make_message(const char *from, unsigned number)
{
	const struct message_source source = {.account = "a",
	    .mailbox = "INBOX",
	    .uid = number,
	    .uidvalidity = 1,
	    .size = 100};
	g_autofree char *header =
	    g_strdup_printf("From: %s\r\nMessage-ID: <%u@x>\r\n"
			    "Date: Sun, 22 Nov 2026 10:15:00 +0100\r\n\r\n",
		from, number);

	return message_new(&source, header, strlen(header));
}

static struct verdict decide(const struct settings *settings,
    const struct message *message, struct seen *senders)
{
	return settings_decide(settings,
	    config_find_account(settings->config, "a"), message, senders, NULL);
}

/* ---- stop ---- */

#define RULES                                                               \
	"[rule all]\nstop = no\nurgency = low\nicon = star\nsound = ping\n" \
	"[rule anna]\nfrom = anna@*\nstop = no\nurgency = critical\n"       \
	"[rule never]\nfrom = x@*\nnotify = none\n"                         \
	"[rule last]\nfrom = *@x.org\nstop = yes\nicon = moon\n"            \
	"[rule behind]\nnotify = none\n"

static void test_going_on(void)
{
	struct settings *settings = load(ACCOUNT "on_message=ring\n" RULES);
	g_autoptr(Message) message = make_message("anna@x.org", 1);
	struct verdict verdict;

	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	verdict = decide(settings, message, NULL);
	g_assert_cmpstr(verdict.rule, ==, "last");
	g_assert_cmpint(verdict.urgency, ==, CONFIG_URGENCY_CRITICAL);
	g_assert_cmpstr(verdict.icon, ==, "moon");
	g_assert_cmpstr(verdict.sound, ==, "ping");
	g_assert_cmpint(verdict.notify, !=, 0);
	g_assert_cmpstr(verdict.on_message[0], ==, "ring");
	settings_unref(settings);
}

/* With none that stops the last one that holds gives its name. */
static void test_going_on_to_the_end(void)
{
	struct settings *settings =
	    load(ACCOUNT "[rule one]\nstop=no\nurgency=low\n"
			 "[rule two]\nfrom=x@y\n");
	g_autoptr(Message) message = make_message("anna@x.org", 1);
	struct verdict verdict = decide(settings, message, NULL);

	g_assert_cmpstr(verdict.rule, ==, "one");
	g_assert_cmpint(verdict.urgency, ==, CONFIG_URGENCY_LOW);
	settings_unref(settings);
}

/* ---- flaws ---- */

static const struct config_problem *find_problem(
    const struct settings *settings, const char *text)
{
	const GPtrArray *problems = settings->config->problems;

	for (unsigned i = 0; i < problems->len; i++) {
		const struct config_problem *problem = problems->pdata[i];

		g_test_message("%d: %s", problem->line, problem->text);
		if (strstr(problem->text, text) != NULL)
			return problem;
	}
	return NULL;
}

static void test_flaw(void)
{
	struct settings *settings =
	    load(ACCOUNT "[rule all]\nfrom=*\n[rule boss]\nfrom=b@x.org\n"
			 "[rule sized]\nlarger=2M\nsmaller=1K\n");
	const struct config_problem *problem =
	    find_problem(settings, "rule boss: it can never hold");

	g_assert_nonnull(problem);
	g_assert_true(problem->warning);
	g_assert_cmpint(problem->line, ==, 7);
	g_assert_nonnull(strstr(problem->text, "[rule all]"));
	problem = find_problem(settings, "rule sized: no message can be");
	g_assert_nonnull(problem);
	g_assert_true(problem->warning);
	g_assert_cmpint(problem->line, ==, 9);
	g_assert_cmpuint(settings->config->problems->len, ==, 2);
	settings_unref(settings);
}

/* What could not be read is no reason to say that a rule takes all. */
static void test_flaw_of_error(void)
{
	struct settings *settings =
	    load(ACCOUNT "[rule one]\nsubject=/(/\n[rule two]\nfrom=b@x.org\n");

	g_assert_null(find_problem(settings, "can never hold"));
	g_assert_cmpuint(settings->config->problems->len, ==, 1);
	settings_unref(settings);
}

static void test_flaw_of_account(void)
{
	static const struct {
		const char *value, *warning;
	} rows[] = {
	    {"a", NULL},
	    {"A, b", NULL},
	    {"*", NULL},
	    {"!b", NULL},
	    {"/^.$/", NULL},
	    {"worc", "there is none that \"worc\" fits: did you mean work?"},
	    {"b", "there is none that \"b\" fits"},
	    {"!*", "there is none that \"!*\" fits"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(ACCOUNT
		    "[account work]\nhost=h\nuser=u\n"
		    "password_command=x\n[rule r]\naccount=%s\n",
		    rows[i].value);
		struct settings *settings = load(text);
		const struct config_problem *problem =
		    find_problem(settings, "rule r: account: ");

		g_test_message("%s", rows[i].value);
		g_assert_cmpint(problem != NULL, ==, rows[i].warning != NULL);
		if (problem != NULL) {
			g_assert_nonnull(
			    strstr(problem->text, rows[i].warning));
			g_assert_true(problem->warning);
			g_assert_cmpint(problem->line, ==, 10);
		}
		settings_unref(settings);
	}
}

/* Each value with its line and a sentence that says what to write. */
static void test_bad_values(void)
{
	static const char *const rows[][2] = {
	    {"cc = boss", "rule r: cc: \"boss\" is compared with whole"},
	    {"flags = \\Sene", "rule r: flags: \"\\Sene\" is none of \\Seen"},
	    {"keyword = \\Seen", "rule r: keyword: \"\\Seen\" is a flag"},
	    {"importance = urgent", "rule r: importance: \"urgent\" is none"},
	    {"attachment = 1", "rule r: attachment: \"1\" is none of yes, no"},
	    {"time = 9-17", "rule r: time: \"9-17\" is no range of hours"},
	    {"contact = friend", "rule r: contact: \"friend\" is none of"},
	    {"stop = maybe", "stop: \"maybe\" is none of no, yes"},
	    {"seen = yes", "unknown key \"seen\""},
	    {"atachment = yes", "did you mean \"attachment\"?"},
	    {"seenbefore = yes", "did you mean \"seen_before\"?"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
		    g_strconcat(ACCOUNT "[rule r]\n", rows[i][0], "\n", NULL);
		struct settings *settings = load(text);
		const struct config_problem *problem =
		    find_problem(settings, rows[i][1]);

		g_assert_nonnull(problem);
		g_assert_false(problem->warning);
		g_assert_cmpint(problem->line, ==, 6);
		settings_unref(settings);
	}
}

/* ---- files of rules ---- */

struct folder {
	char *path;
};

static void folder_open(struct folder *folder, gconstpointer data)
{
	(void)data;
	folder->path = g_dir_make_tmp("rules-XXXXXX", NULL);
}

static void folder_close(struct folder *folder, gconstpointer data)
{
	g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path =
		    g_build_filename(folder->path, name, NULL);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(folder->path), ==, 0);
	g_free(folder->path);
}

#define FOLDER_ADD(path, fn) \
	g_test_add(path, struct folder, NULL, folder_open, fn, folder_close)

static void put(
    const struct folder *folder, const char *name, const char *text, int mode)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static struct settings *load_from(
    const struct folder *folder, const char *text, const char *override)
{
	const char *const overrides[] = {override, NULL};
	g_autofree char *path = g_build_filename(folder->path, "config", NULL);
	g_autoptr(GError) error = NULL;
	struct settings *settings;

	put(folder, "config", text, 0600);
	settings = settings_load(path, overrides, &error);
	g_assert_no_error(error);
	return settings;
}

/* All errors and warnings, "NAME:LINE: TEXT" each. */
static char *describe(
    const struct folder *folder, const struct settings *settings)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	g_autofree char *prefix = g_strconcat(folder->path, "/", NULL);
	g_autofree char *path = g_strconcat(prefix, "config", NULL);

	config_problems_sort(settings->config->problems);
	settings_describe(settings, path, lines);
	g_string_replace(lines, prefix, "", 0);
	return g_strdup(lines->str);
}

static void check_described(const struct folder *folder, const char *text,
    const char *override, const char *expected)
{
	struct settings *settings = load_from(folder, text, override);
	g_autofree char *lines = describe(folder, settings);

	g_test_message("%s", lines);
	g_assert_cmpstr(lines, ==, expected);
	settings_unref(settings);
}

#define WITH(files) "[defaults]\nrules_file = " files "\n" ACCOUNT

static void test_rules_file(struct folder *folder, gconstpointer data)
{
	static const char *const names[] = {"own", "one", "two", "three"};
	struct settings *settings;

	(void)data;
	put(folder, "more", "\n[rule one]\nfrom=a@x\n[rule two]\n", 0600);
	put(folder, "last", "# none\n[rule three]\nfrom=a@x\n", 0644);
	settings = load_from(
	    folder, WITH("more, ./last") "[rule own]\nfrom=b@x\n", NULL);
	g_assert_false(config_has_errors(settings->config));
	g_assert_cmpuint(settings->config->rules->len, ==, 4);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpstr(
		    ((struct config_rule *)settings->config->rules->pdata[i])
			->name,
		    ==, names[i]);
	settings_unref(settings);
}

/* A warning has its file as well: its rule is taken by one in another. */
static void test_rules_file_flaw(struct folder *folder, gconstpointer data)
{
	struct settings *settings;
	const struct config_problem *problem;

	(void)data;
	put(folder, "more", "\n[rule one]\nfrom=a@x\n", 0600);
	settings =
	    load_from(folder, WITH("more") "[rule own]\nfrom=*@x\n", NULL);
	problem = find_problem(settings, "rule one: it can never hold");
	g_assert_nonnull(problem);
	g_assert_cmpint(problem->file, ==, 1);
	g_assert_cmpint(problem->line, ==, 2);
	settings_unref(settings);
}

static void test_rules_file_problems(struct folder *folder, gconstpointer data)
{
	(void)data;
	put(folder, "more",
	    "[rule one]\nsubjet=x\nsubject=a,,b\ntime=noon\n"
	    "[rule two]\ntime=noon\n",
	    0600);
	check_described(folder, WITH("more") "[rule a]\ntime=x\n", NULL,
	    "config:8: rule a: time: \"x\" is no range of hours: write "
	    "22:00-07:00, Sat, or Mon-Fri 12:00-13:00\n"
	    "more:2: unknown key \"subjet\": did you mean \"subject\"?\n"
	    "more:3: rule one: subject: a pattern is empty: write * for anything, \\, for a comma\n"
	    "more:4: rule one: time: \"noon\" is no range of hours: write "
	    "22:00-07:00, Sat, or Mon-Fri 12:00-13:00\n"
	    "more:6: rule two: time: \"noon\" is no range of hours: write "
	    "22:00-07:00, Sat, or Mon-Fri 12:00-13:00\n");
}

/* Rules only: no file can name another one, nor itself. */
static void test_rules_file_sections(struct folder *folder, gconstpointer data)
{
	(void)data;
	put(folder, "more",
	    "x=y\n[defaults]\nrules_file = more\n[account b]\nhost=h\n"
	    "[rule A]\nrules_file = more\n[rle x]\n",
	    0600);
	check_described(folder, WITH("more") "[rule a]\nfrom=*\n", NULL,
	    "more:1: x: stands before any section: write [rule NAME] above "
	    "it\n"
	    "more:2: [defaults] cannot stand here: a rules_file has "
	    "[rule NAME] only\n"
	    "more:4: [account NAME] cannot stand here: a rules_file has "
	    "[rule NAME] only\n"
	    "more:6: [rule A] stands twice: first in line 7 of the "
	    "configuration\n"
	    "more:8: unknown section [rle x]: did you mean [rule NAME]?\n");
	put(folder, "more", "[rule b]\nrules_file = more\n", 0600);
	check_described(folder, WITH("more"), NULL,
	    "more:2: unknown key \"rules_file\" here: it belongs in "
	    "[defaults]\n");
}

static void test_rules_file_twice(struct folder *folder, gconstpointer data)
{
	g_autofree char *expected = g_strdup_printf(
	    "last:2: [rule one] stands twice: first in line 1 of more\n");

	(void)data;
	put(folder, "more", "[rule one]\nfrom=a@x\n", 0600);
	put(folder, "last", "\n[rule one]\nfrom=a@x\n", 0600);
	check_described(folder, WITH("more, last"), NULL, expected);
}

static void test_rules_file_missing(struct folder *folder, gconstpointer data)
{
	(void)data;
	check_described(folder, WITH("more"), NULL,
	    "config:2: rules_file: more: No such file or directory\n");
	check_described(folder, ACCOUNT, "rules_file=more",
	    "config: rules_file: more: No such file or directory\n");
	check_described(folder, WITH("more, more"), NULL,
	    "config:2: rules_file: \"more\" stands twice\n");
	check_described(folder, WITH("~jane/more"), NULL,
	    "config:2: rules_file: \"~jane/more\": only your own home "
	    "directory can be written as ~/, all others whole\n");
	put(folder, "more", "[rule \xff]\n", 0600);
	check_described(folder, WITH("more"), NULL,
	    "more:1: this line is not UTF-8: convert the file, as with "
	    "iconv\n");
}

/* Who can write to it can run commands. */
static void test_rules_file_access(struct folder *folder, gconstpointer data)
{
	struct settings *settings;
	const struct config_problem *problem;

	(void)data;
	put(folder, "more", "[rule one]\n", 0602);
	settings = load_from(folder, WITH("more"), NULL);
	problem = find_problem(settings, "anybody can write to this file");
	g_assert_nonnull(problem);
	g_assert_cmpint(problem->file, ==, 1);
	g_assert_false(problem->warning);
	settings_unref(settings);
}

/* Where shared keys may stand. */
static void test_shared_keys(struct folder *folder, gconstpointer data)
{
	(void)data;
	check_described(folder, ACCOUNT "rules_file=x\n", NULL,
	    "config:5: unknown key \"rules_file\" here: it belongs in "
	    "[defaults]\n");
	check_described(folder, "[defaults]\nrulesfile=x\n" ACCOUNT, NULL,
	    "config:2: unknown key \"rulesfile\": did you mean "
	    "\"rules_file\"?\n");
	check_described(folder, ACCOUNT, "rulesfile=x",
	    "config: -o rulesfile: unknown key \"rulesfile\": did you mean "
	    "\"rules_file\"?\n");
	check_described(folder, WITH("more"), "rules_file=", "");
}

/* What is printed stands by itself. */
static void test_print(struct folder *folder, gconstpointer data)
{
	struct settings *settings;
	g_autofree char *text = NULL;

	(void)data;
	put(folder, "more", "[rule one]\nfrom=a@x\n", 0600);
	settings = load_from(folder, WITH("more"), NULL);
	text = config_print(settings->config);
	g_assert_nonnull(strstr(text, "[rule one]\nfrom = a@x\n"));
	g_assert_null(strstr(text, "rules_file"));
	settings_unref(settings);
}

/* ---- facts ---- */

static void test_time(void)
{
	struct settings *settings =
	    load(ACCOUNT "[rule always]\ntime = Mon-Sun\nurgency = low\n");
	g_autoptr(Message) message = make_message("a@x", 1);

	g_assert_cmpuint(settings->wants, ==, RULES_WANT_TIME);
	g_assert_cmpstr(decide(settings, message, NULL).rule, ==, "always");
	settings_unref(settings);
}

static const char *decide_from(const struct settings *settings,
    struct seen *senders, const char *from, unsigned number)
{
	g_autoptr(Message) message = make_message(from, number);
	struct verdict verdict = decide(settings, message, senders);

	settings_note_senders(message, senders);
	return verdict.rule;
}

static void test_seen_before(struct place *place, gconstpointer data)
{
	struct settings *settings = load(ACCOUNT
	    "[rule known]\nseen_before=yes\n[rule new]\nseen_before=no\n");
	struct seen *senders = seen_open_senders(place->state, "a");

	(void)data;
	g_assert_cmpuint(settings->wants, ==, RULES_WANT_SENDERS);
	g_assert_cmpstr(decide_from(settings, senders, "anna@x", 1), ==, "new");
	/* Told again, as after a crash. */
	g_assert_cmpstr(decide_from(settings, senders, "anna@x", 1), ==, "new");
	g_assert_cmpstr(
	    decide_from(settings, senders, "Anna <ANNA@X>", 2), ==, "known");
	g_assert_cmpstr(decide_from(settings, senders, "bob@x", 3), ==, "new");
	seen_free(senders);
	senders = seen_open_senders(place->state, "a");
	g_assert_cmpstr(decide_from(settings, senders, "anna@x", 1), ==, "new");
	g_assert_cmpstr(
	    decide_from(settings, senders, "anna@x", 4), ==, "known");
	g_assert_cmpstr(
	    decide_from(settings, senders, "x@y, bob@x", 5), ==, "known");
	seen_free(senders);
	settings_unref(settings);
}

/* Both forms of a domain are one sender; nobody is nobody's. */
static void test_seen_before_forms(struct place *place, gconstpointer data)
{
	struct settings *settings =
	    load(ACCOUNT "[rule known]\nseen_before=yes\n");
	struct seen *senders = seen_open_senders(place->state, "a");

	(void)data;
	g_assert_null(
	    decide_from(settings, senders, "b@xn--bcher-kva.example", 1));
	g_assert_cmpstr(
	    decide_from(settings, senders, "b@b\303\274cher.example", 2), ==,
	    "known");
	g_assert_null(decide_from(settings, senders, "Nobody <>", 3));
	g_assert_null(decide_from(settings, senders, "Nobody <>", 4));
	seen_free(senders);
	settings_unref(settings);
}

/* Without the memory it cannot be known. */
static void test_seen_before_unknown(void)
{
	struct settings *settings = load(ACCOUNT
	    "[rule known]\nseen_before=yes\n[rule new]\nseen_before=no\n");
	g_autoptr(Message) message = make_message("a@x", 1);

	g_assert_null(decide(settings, message, NULL).rule);
	settings_unref(settings);
}

/* ---- contacts ---- */

#define VCARD "BEGIN:VCARD\nEMAIL:anna@x\nEND:VCARD\n"
#define CONTACT                                         \
	"[rule friend]\ncontact=yes\n[rule stranger]\n" \
	"contact=no\n"

/* KEY = VALUE of [defaults], and rules that ask. */
static struct settings *load_contacts(
    const struct folder *folder, const char *key, const char *value)
{
	g_autofree char *text = g_strdup_printf(
	    "[defaults]\n%s = %s\n" ACCOUNT CONTACT, key, value);

	return load_from(folder, text, NULL);
}

static const char *decide_on(const struct settings *settings, const char *from)
{
	g_autoptr(Message) message = make_message(from, 1);

	return decide(settings, message, NULL).rule;
}

static void check_known(const struct settings *settings)
{
	g_assert_cmpstr(decide_on(settings, "Anna <ANNA@x>"), ==, "friend");
	g_assert_cmpstr(decide_on(settings, "bob@x"), ==, "stranger");
}

static void check_unknown(const struct settings *settings)
{
	g_assert_null(decide_on(settings, "anna@x"));
	g_assert_null(decide_on(settings, "bob@x"));
}

static void test_contacts_file(struct folder *folder, gconstpointer data)
{
	g_autofree char *path = g_build_filename(folder->path, "vcf", NULL);
	g_autofree char *link = g_build_filename(folder->path, "link", NULL);
	struct settings *settings;

	(void)data;
	put(folder, "vcf", VCARD, 0600);
	g_assert_cmpint(symlink("vcf", link), ==, 0);
	settings = load_contacts(folder, "contacts_file", link);
	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	check_known(settings);
	settings_unref(settings);
}

/* It is not known then, and warned of in its line. */
static void test_contacts_file_bad(struct folder *folder, gconstpointer data)
{
	g_autofree char *path = g_build_filename(folder->path, "vcf", NULL);

	(void)data;
	for (int round = 0; round < 2; round++) {
		struct settings *settings =
		    load_contacts(folder, "contacts_file", path);
		const struct config_problem *problem = find_problem(settings,
		    round == 0 ? "vcf: No such file" : "there is no vCard");

		g_assert_nonnull(problem);
		g_assert_true(problem->warning);
		g_assert_cmpint(problem->line, ==, 2);
		check_unknown(settings);
		settings_unref(settings);
		put(folder, "vcf", "a@b\n", 0600);
	}
}

/* A file that no rule asks for is not even looked at. */
static void test_contacts_unused(struct folder *folder, gconstpointer data)
{
	struct settings *settings = load_from(
	    folder, "[defaults]\ncontacts_file = /nonexistent\n" ACCOUNT, NULL);

	(void)data;
	g_assert_cmpuint(settings->config->problems->len, ==, 0);
	g_assert_null(settings->book);
	settings_unref(settings);
}

static void test_contacts_none(struct folder *folder, gconstpointer data)
{
	struct settings *settings = load_from(folder, ACCOUNT CONTACT, NULL);
	const struct config_problem *problem =
	    find_problem(settings, "contact: there is no address book");

	(void)data;
	g_assert_nonnull(problem);
	g_assert_true(problem->warning);
	g_assert_cmpint(problem->line, ==, 6);
	check_unknown(settings);
	settings_unref(settings);
}

static void test_contacts_command(struct folder *folder, gconstpointer data)
{
	struct settings *settings = load_contacts(
	    folder, "contacts_command", "printf 'header\\nanna@x\\tAnna\\n'");

	(void)data;
	check_unknown(settings);
	book_start(settings->book, NULL);
	check_unknown(settings);
	book_wait(settings->book);
	check_known(settings);
	settings_unref(settings);
}

/* A reload keeps what was said until there is something newer; a command that
 * fails has said nothing. */
static void test_contacts_kept(struct folder *folder, gconstpointer data)
{
	g_autofree char *list = g_build_filename(folder->path, "list", NULL);
	g_autofree char *command = g_strdup_printf("cat %s", list);
	struct settings *old, *fresh;

	(void)data;
	put(folder, "list", "anna@x\n", 0600);
	old = load_contacts(folder, "contacts_command", command);
	book_start(old->book, NULL);
	book_wait(old->book);
	check_known(old);
	g_unlink(list);
	fresh = load_contacts(folder, "contacts_command", command);
	check_unknown(fresh);
	book_start(fresh->book, old->book);
	check_known(fresh);
	check_unknown(old);
	book_wait(fresh->book);
	check_known(fresh);
	settings_unref(old);
	settings_unref(fresh);
	old = load_contacts(folder, "contacts_command", "false");
	book_start(old->book, NULL);
	book_wait(old->book);
	check_unknown(old);
	book_start(NULL, old->book);
	settings_unref(old);
}

/* Both have to have answered. */
static void test_contacts_both(struct folder *folder, gconstpointer data)
{
	g_autofree char *text =
	    g_strdup_printf("[defaults]\ncontacts_file = %s/vcf\n"
			    "contacts_command = echo carl@x\n" ACCOUNT CONTACT,
		folder->path);
	struct settings *settings;

	(void)data;
	put(folder, "vcf", VCARD, 0600);
	settings = load_from(folder, text, NULL);
	check_unknown(settings);
	book_start(settings->book, NULL);
	book_wait(settings->book);
	check_known(settings);
	g_assert_cmpstr(decide_on(settings, "carl@x"), ==, "friend");
	settings_unref(settings);
}

/* Shared keys are printed, and read again. */
static void test_print_shared(struct folder *folder, gconstpointer data)
{
	struct settings *settings =
	    load_contacts(folder, "contacts_command", "echo 'a b'");
	g_autofree char *text = config_print(settings->config);
	struct settings *again = load_from(folder, text, NULL);

	(void)data;
	g_assert_true(g_str_has_prefix(
	    text, "[defaults]\ncontacts_command = echo 'a b'\n\n[account"));
	g_assert_cmpuint(again->config->problems->len, ==, 0);
	g_assert_cmpstr(again->config->contacts_command[1], ==, "a b");
	settings_unref(again);
	settings_unref(settings);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/settings/going-on", test_going_on);
	g_test_add_func(
	    "/settings/going-on-to-the-end", test_going_on_to_the_end);
	g_test_add_func("/settings/flaw", test_flaw);
	g_test_add_func("/settings/flaw-of-error", test_flaw_of_error);
	g_test_add_func("/settings/flaw-of-account", test_flaw_of_account);
	g_test_add_func("/settings/bad-values", test_bad_values);
	g_test_add_func("/settings/time", test_time);
	PLACE_ADD("/settings/seen-before", test_seen_before);
	PLACE_ADD("/settings/seen-before-forms", test_seen_before_forms);
	g_test_add_func(
	    "/settings/seen-before-unknown", test_seen_before_unknown);
	FOLDER_ADD("/settings/rules-file", test_rules_file);
	FOLDER_ADD("/settings/rules-file-flaw", test_rules_file_flaw);
	FOLDER_ADD("/settings/rules-file-problems", test_rules_file_problems);
	FOLDER_ADD("/settings/rules-file-sections", test_rules_file_sections);
	FOLDER_ADD("/settings/rules-file-twice", test_rules_file_twice);
	FOLDER_ADD("/settings/rules-file-missing", test_rules_file_missing);
	FOLDER_ADD("/settings/rules-file-access", test_rules_file_access);
	FOLDER_ADD("/settings/shared-keys", test_shared_keys);
	FOLDER_ADD("/settings/print", test_print);
	FOLDER_ADD("/settings/contacts-file", test_contacts_file);
	FOLDER_ADD("/settings/contacts-file-bad", test_contacts_file_bad);
	FOLDER_ADD("/settings/contacts-unused", test_contacts_unused);
	FOLDER_ADD("/settings/contacts-none", test_contacts_none);
	FOLDER_ADD("/settings/contacts-command", test_contacts_command);
	FOLDER_ADD("/settings/contacts-kept", test_contacts_kept);
	FOLDER_ADD("/settings/contacts-both", test_contacts_both);
	FOLDER_ADD("/settings/print-shared", test_print_shared);
	return g_test_run();
}
