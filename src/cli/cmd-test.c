/*
 * test-notification: rings once, and tells what each sink said.
 */
#include "app/log.h"
#include "app/trial.h"
#include "cli/cli.h"
#include "config/nearest.h"
#include "message/emit.h"
#include "os/language.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct view {
	bool json;
	struct emit emit; /* with json */
};

static void print_answer(const struct trial_answer *answer)
{
	g_autofree char *name = answer->what != NULL
	    ? g_strconcat(answer->sink, " ", answer->what, NULL)
	    : g_strdup(answer->sink);

	if (answer->trouble != NULL)
		printf(_("%s: failed: %s"), name, answer->trouble);
	else
		printf(
		    _("%s: ok (%.1f ms)"), name, (double)answer->took / 1000);
	putchar('\n');
}

static void emit_answer(struct emit *emit, const struct trial_answer *answer)
{
	emit_begin_object(emit);
	emit_member_string(emit, "sink", answer->sink);
	emit_member_string(emit, "what", answer->what);
	emit_member_boolean(emit, "ok", answer->trouble == NULL);
	emit_member_string(emit, "error", answer->trouble);
	emit_member_int(emit, "microseconds", answer->took);
	emit_end_object(emit);
}

static void take(void *data, const struct trial_answer *answer)
{
	struct view *view = data;

	if (view->json)
		emit_answer(&view->emit, answer);
	else
		print_answer(answer);
}

static void begin(struct view *view, const struct trial_options *options)
{
	struct emit *emit = &view->emit;
	const char *rule = options->rule != NULL ? options->rule->name : NULL;

	if (!view->json) {
		if (rule != NULL)
			printf(_("account %s, rule %s"), options->account->name,
			    rule);
		else
			printf(
			    _("account %s, no rule"), options->account->name);
		putchar('\n');
		return;
	}
	emit->text = g_string_new(NULL);
	emit_begin_object(emit);
	emit_member_string(emit, "account", options->account->name);
	emit_member_string(emit, "rule", rule);
	emit_name(emit, "sinks");
	emit_begin_array(emit);
}

static void end(struct view *view, unsigned rung, int status)
{
	struct emit *emit = &view->emit;

	if (!view->json) {
		if (rung == 0)
			puts(_("it is silent: notify = none, or nothing to "
			       "ring with"));
		return;
	}
	emit_end_array(emit);
	emit_member_int(emit, "status", status);
	emit_end_object(emit);
	puts(emit->text->str);
	g_string_free(emit->text, TRUE);
}

static int run(
    const struct settings *settings, bool json, const struct config_rule *rule)
{
	struct view view = {.json = json};
	const struct trial_options options = {
	    .settings = settings,
	    .account = trial_account(settings->config, rule),
	    .rule = rule,
	    .fn = take,
	    .data = &view,
	};
	unsigned rung, failed;
	int status;

	if (json)
		language_plain();
	signal(SIGPIPE, SIG_IGN);
	begin(&view, &options);
	fflush(stdout);
	rung = trial_run(&options, &failed);
	status = failed > 0 ? EX_UNAVAILABLE : EX_OK;
	end(&view, rung, status);
	return status;
}

/* NULL, reported: there is none of that name. */
static const struct config_rule *find_rule(
    const struct config *config, const char *name, const char *path)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct nearest nearest = nearest_to(lower);

	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		if (strcmp(rule->name, name) == 0)
			return rule;
		nearest_offer(&nearest, rule->name);
	}
	log_line(LOG_LEVEL_ERROR, NULL, "there is no rule %s in %s%s%s%s", name,
	    path, nearest.best != NULL ? ": did you mean " : "",
	    nearest.best != NULL ? nearest.best : "",
	    nearest.best != NULL ? "?" : "");
	return NULL;
}

int cmd_test(const struct cli *cli, char **arguments)
{
	int status;
	struct settings *settings = cli_load(cli, &status);
	const struct config_rule *rule = NULL;

	if (settings == NULL)
		return status;
	if (arguments[0] != NULL)
		rule = find_rule(settings->config, arguments[0], cli->path);
	if (rule != NULL || arguments[0] == NULL)
		status = run(settings, cli->json, rule);
	else
		status = EX_USAGE;
	settings_unref(settings);
	return status;
}
