/*
 * doctor: how it looks what app/doctor finds.
 */
#include "app/doctor.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "message/emit.h"
#include "message/text.h"
#include "os/language.h"
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	INDENT = 36,   /* where texts begin */
	WIDTH_MIN = 60 /* narrower terminals get long lines */
};

struct view {
	bool json;
	bool colour;
	int width;     /* 0: lines are as long as they are */
	char *account; /* the one that is told of, or NULL */
	bool begun;    /* something has been told */
	unsigned counts[DOCTOR_SKIPPED + 1];
	struct emit emit; /* with json */
	bool in_accounts;
	enum doctor_verdict worst; /* of the account that is told of */
};

static const struct {
	const char *word, *escape;
} verdicts[] = {
    [DOCTOR_NOTHING] = {"", ""},
    [DOCTOR_OK] = {N_("ok"), "\033[32m"},
    [DOCTOR_WARNING] = {N_("warning"), "\033[33m"},
    [DOCTOR_FAILED] = {N_("failed"), "\033[1;31m"},
    [DOCTOR_SKIPPED] = {N_("skipped"), "\033[2m"},
};

/* ---- for people ---- */

/* Further left for a word too long to fit behind INDENT, as pins are: to be
 * copied it must stay in one piece. */
static int indent(const struct view *view, int size)
{
	return CLAMP(view->width - size, 0, INDENT);
}

/* Words, on lines that begin at INDENT. */
static void print_wrapped(const struct view *view, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	int column = INDENT;

	for (char **word = words; *word != NULL; word++) {
		int size = text_columns(*word);
		bool first = column == INDENT;

		if (view->width > 0 && !first &&
		    column + 1 + size > view->width) {
			printf("\n%*s", indent(view, size), "");
			column = INDENT;
			first = true;
		}
		printf("%s%s", first ? "" : " ", *word);
		column += size + (first ? 0 : 1);
	}
	putchar('\n');
}

static void print_time(int64_t took)
{
	if (took < 0)
		printf("%8s", "");
	else if (took < 10 * 1000)
		printf("%5.1f ms", (double)took / 1000);
	else if (took < 10 * 1000 * 1000)
		printf("%5d ms", (int)(took / 1000));
	else
		printf("%6d s", (int)(took / 1000 / 1000));
}

static void print_heading(struct view *view, const char *account)
{
	bool other = g_strcmp0(account, view->account) != 0;

	if (view->begun && !other)
		return;
	if (view->begun)
		putchar('\n');
	if (account != NULL)
		printf(_("Account %s\n"), account);
	else
		puts(_("This computer"));
	g_free(view->account);
	view->account = g_strdup(account);
	view->begun = true;
}

static void print_finding(
    struct view *view, const struct doctor_finding *finding)
{
	g_autofree char *word = text_fit(_(verdicts[finding->verdict].word), 7);
	g_autofree char *step = text_fit(_(finding->step), 15);

	print_heading(view, finding->account);
	printf("  %s%s%s ",
	    view->colour ? verdicts[finding->verdict].escape : "", word,
	    view->colour ? "\033[0m" : "");
	print_time(finding->took);
	printf("  %s ", step);
	print_wrapped(view, finding->text);
	if (finding->advice != NULL) {
		g_autofree char *advice =
		    g_strconcat("-> ", finding->advice, NULL);

		printf("%*s", INDENT, "");
		print_wrapped(view, advice);
	}
	fflush(stdout);
}

/* Each number has a plural of its own. */
static void tell_counts(unsigned failed, unsigned warnings)
{
	printf("\n");
	printf(ngettext("%u failed", "%u failed", failed), failed);
	printf(", ");
	printf(ngettext("%u warning", "%u warnings", warnings), warnings);
	printf(".\n");
}

static void print_end(const struct view *view)
{
	unsigned failed = view->counts[DOCTOR_FAILED];
	unsigned warnings = view->counts[DOCTOR_WARNING];

	if (failed == 0 && warnings == 0)
		printf("\n%s\n", _("All is well."));
	else
		tell_counts(failed, warnings);
}

/* ---- for programs ---- */

static void emit_end_account(struct view *view)
{
	struct emit *emit = &view->emit;

	emit_end_array(emit);
	if (!view->in_accounts)
		return;
	emit_member_string(emit, "verdict", verdicts[view->worst].word);
	emit_end_object(emit);
}

static void emit_begin_account(struct view *view, const char *account)
{
	struct emit *emit = &view->emit;

	emit_end_account(view);
	if (!view->in_accounts) {
		emit_name(emit, "accounts");
		emit_begin_array(emit);
	}
	view->in_accounts = true;
	view->worst = DOCTOR_OK;
	emit_begin_object(emit);
	emit_member_string(emit, "account", account);
	emit_name(emit, "steps");
	emit_begin_array(emit);
	g_free(view->account);
	view->account = g_strdup(account);
}

static void emit_finding(
    struct view *view, const struct doctor_finding *finding)
{
	struct emit *emit = &view->emit;

	if (g_strcmp0(finding->account, view->account) != 0)
		emit_begin_account(view, finding->account);
	if (finding->verdict <= DOCTOR_FAILED)
		view->worst = MAX(view->worst, finding->verdict);
	emit_begin_object(emit);
	emit_member_string(emit, "step", finding->step);
	emit_member_string(emit, "verdict", verdicts[finding->verdict].word);
	emit_name(emit, "microseconds");
	if (finding->took >= 0)
		emit_int(emit, finding->took);
	else
		emit_string(emit, NULL);
	emit_member_string(emit, "text", finding->text);
	emit_member_string(emit, "advice", finding->advice);
	emit_end_object(emit);
}

static void emit_begin(struct view *view)
{
	struct emit *emit = &view->emit;

	emit->text = g_string_new(NULL);
	emit_begin_object(emit);
	emit_member_string(emit, "version", PACKAGE_VERSION);
	emit_name(emit, "computer");
	emit_begin_array(emit);
}

static void emit_end(struct view *view, int status)
{
	struct emit *emit = &view->emit;

	emit_end_account(view);
	if (view->in_accounts)
		emit_end_array(emit);
	emit_member_int(emit, "failed", view->counts[DOCTOR_FAILED]);
	emit_member_int(emit, "warnings", view->counts[DOCTOR_WARNING]);
	emit_member_int(emit, "status", status);
	emit_end_object(emit);
	puts(emit->text->str);
	g_string_free(emit->text, TRUE);
}

/* ---- the command ---- */

static void take(void *data, const struct doctor_finding *finding)
{
	struct view *view = data;

	view->counts[finding->verdict]++;
	if (view->json)
		emit_finding(view, finding);
	else
		print_finding(view, finding);
}

static int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    size.ws_col < WIDTH_MIN)
		return 0;
	return size.ws_col;
}

static bool ask_watcher(void)
{
	const struct config_shard all = {0};
	const struct remote_request request = {.command = "status"};

	return remote_ask(&all, &request, NULL) == EX_OK;
}

static int examine(struct view *view, const struct doctor_options *options)
{
	int status;

	if (view->json)
		emit_begin(view);
	status = doctor_run(options);
	if (view->json)
		emit_end(view, status);
	else
		print_end(view);
	g_free(view->account);
	return status;
}

static bool check_names(
    const struct cli *cli, const struct settings *settings, char **names)
{
	for (; *names != NULL; names++)
		if (cli_find_account(cli, settings, *names) == NULL)
			return false;
	return true;
}

/* NULL and why, or NULL and nothing of it when it has no errors. */
static struct settings *load(const struct cli *cli, char **ret_trouble)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) lines = g_string_new(NULL);
	struct settings *settings = settings_load(
	    cli->path, (const char *const *)cli->overrides->pdata, &error);

	if (settings == NULL) {
		*ret_trouble = g_strdup(error->message);
		return NULL;
	}
	config_problems_sort(settings->config->problems);
	if (!config_has_errors(settings->config))
		return settings;
	settings_describe(settings, cli->path, lines);
	*ret_trouble = g_strdup(g_strchomp(lines->str));
	settings_unref(settings);
	return NULL;
}

int cmd_doctor(const struct cli *cli, char **arguments)
{
	g_autofree char *trouble = NULL;
	struct settings *settings = load(cli, &trouble);
	struct view view = {
	    .json = cli->json,
	    .colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL,
	    .width = isatty(STDOUT_FILENO) ? terminal_width() : 0,
	};
	const struct doctor_options options = {
	    .path = cli->path,
	    .settings = settings,
	    .trouble = trouble,
	    .accounts = (const char *const *)arguments,
	    .ask_watcher = ask_watcher,
	    .fn = take,
	    .data = &view,
	};
	int status = EX_USAGE;

	if (cli->json)
		language_plain();
	signal(SIGPIPE, SIG_IGN);
	if (settings == NULL || check_names(cli, settings, arguments))
		status = examine(&view, &options);
	settings_unref(settings);
	return status;
}
