/*
 * Why rules do what they do: one look at the message, told for people or as
 * JSON.
 */
#include "cli/explain.h"
#include "app/mutes.h"
#include "config/value.h"
#include "message/emit.h"
#include "message/text.h"
#include "message/view.h"
#include "os/language.h"
#include "sinks/sink.h"
#include <stdio.h>
#include <string.h>

/* What is told. */
struct tale {
	const struct settings *settings;
	const struct config_account *account;
	const struct message *message;
	GPtrArray *reasons; /* struct rules_reason, rule by rule */
	struct verdict verdict;
	const char *muted; /* "thread", "sender" or NULL */
};

static const char *const urgencies[] = {"low", "normal", "critical"};

static bool has_destination(const struct verdict *verdict)
{
	return verdict->download_to != NULL ||
	    verdict->download_command != NULL;
}

static bool is_downloaded(const struct tale *tale)
{
	const struct verdict *verdict = &tale->verdict;

	return has_destination(verdict) && verdict->download_max_size > 0 &&
	    (verdict->download == CONFIG_DOWNLOAD_TEXT ||
		tale->message->size <= (uint64_t)verdict->download_max_size);
}

/* It waits for the end of the quiet hours of its account. */
static bool is_put_off(const struct tale *tale)
{
	return !tale->verdict.urgent &&
	    curfew_holds(tale->settings->curfew, tale->account->quiet_hours);
}

/* The number of reasons from index on that are one rule's. */
static unsigned count_reasons(const struct tale *tale, unsigned index)
{
	const struct rules_reason *first = tale->reasons->pdata[index];
	unsigned count = 1;

	while (index + count < tale->reasons->len) {
		const struct rules_reason *next =
		    tale->reasons->pdata[index + count];

		if (next->rule != first->rule)
			break;
		count++;
	}
	return count;
}

static bool rule_holds(const struct tale *tale, unsigned index, unsigned count)
{
	for (unsigned i = index; i < index + count; i++)
		if (!((struct rules_reason *)tale->reasons->pdata[i])->holds)
			return false;
	return true;
}

/* ---- for people ---- */

static const char *describe_found(const struct rules_reason *reason)
{
	if (reason->unknown)
		return _("(cannot be known)");
	return reason->found[0] != '\0' ? reason->found : _("(nothing)");
}

static void print_reason(const struct rules_reason *reason)
{
	g_autofree char *holds = NULL;
	int width;

	if (reason->criterion == NULL) {
		printf("  %s\n", _("(no criteria: holds for every message)"));
		return;
	}
	width = MAX(text_columns(_("yes")), text_columns(_("no")));
	holds = text_pad(reason->holds ? _("yes") : _("no"), width);
	printf("  %s  %-11s = %s\n  %*s  %-11s   %s%s%s\n", holds,
	    reason->criterion, reason->wanted, width, "", "",
	    describe_found(reason), reason->gave_up ? " " : "",
	    reason->gave_up ? _("(pattern too costly, given up)") : "");
}

static void print_rule(const struct tale *tale, unsigned index, unsigned count)
{
	const struct rules_reason *first = tale->reasons->pdata[index];

	printf(rule_holds(tale, index, count) ? _("rule %s holds:\n")
					      : _("rule %s does not hold:\n"),
	    first->rule);
	for (unsigned i = index; i < index + count; i++)
		print_reason(tale->reasons->pdata[i]);
}

static void print_rules(const struct tale *tale)
{
	unsigned count;

	for (unsigned i = 0; i < tale->reasons->len; i += count) {
		count = count_reasons(tale, i);
		print_rule(tale, i, count);
	}
	if (tale->reasons->len > 0)
		printf("\n");
}

/* NULL: none is run. */
static char **batch_hook(const struct tale *tale)
{
	return (tale->verdict.notify & CONFIG_NOTIFY_HOOK) != 0
	    ? tale->account->on_mailbox
	    : NULL;
}

static char **message_hook(const struct tale *tale)
{
	return (tale->verdict.notify & CONFIG_NOTIFY_HOOK) != 0
	    ? tale->verdict.on_message
	    : NULL;
}

/* As it may be written in the configuration, or run in a shell. */
static char *quote_words(char **command)
{
	GString *line = g_string_new(NULL);

	for (char **word = command; *word != NULL; word++) {
		g_autofree char *quoted = g_shell_quote(*word);
		bool plain = **word != '\0' &&
		    strpbrk(*word, " \t\n'\"\\$`<>|&;()*?[]{}~#!") == NULL;

		if (word != command)
			g_string_append_c(line, ' ');
		g_string_append(line, plain ? *word : quoted);
	}
	return g_string_free(line, FALSE);
}

static void print_command(const char *key, char **command)
{
	g_autofree char *words = command != NULL ? quote_words(command) : NULL;

	if (words != NULL)
		printf("  %s = %s\n", key, words);
}

static void print_notify(const struct tale *tale)
{
	bool desktop = (tale->verdict.notify & CONFIG_NOTIFY_DESKTOP) != 0;
	bool hook = (tale->verdict.notify & CONFIG_NOTIFY_HOOK) != 0;

	if (tale->muted != NULL)
		printf("  %s\n",
		    strcmp(tale->muted, "thread") == 0
			? _("muted: its thread is")
			: _("muted: its sender is"));
	printf("  notify = %s%s%s\n", desktop ? "desktop" : "",
	    desktop && hook ? ", " : "",
	    hook          ? "hook"
		: desktop ? ""
			  : "none");
	print_command("on_message", message_hook(tale));
	print_command("on_mailbox", batch_hook(tale));
}

static void print_optional(const char *key, const char *value)
{
	if (value != NULL)
		printf("  %s = %s\n", key, value);
}

static void print_destination(const struct verdict *verdict)
{
	bool text = verdict->download == CONFIG_DOWNLOAD_TEXT;

	if (verdict->download_command != NULL) {
		g_autofree char *words = quote_words(verdict->download_command);

		printf(text ? _("  its text is downloaded by %s\n")
			    : _("  downloaded by %s\n"),
		    words);
	} else {
		printf(text ? _("  its text is downloaded to %s\n")
			    : _("  downloaded to %s\n"),
		    verdict->download_to);
	}
}

static void print_download(const struct tale *tale)
{
	g_autofree char *limit =
	    value_print_size(tale->verdict.download_max_size);

	if (is_downloaded(tale))
		print_destination(&tale->verdict);
	else if (!has_destination(&tale->verdict) ||
	    tale->verdict.download_max_size == 0)
		printf("  %s\n", _("not downloaded"));
	else
		printf(_("  not downloaded: %lu octets are more than %s\n"),
		    (unsigned long)tale->message->size, limit);
}

static void print_timeout(const struct verdict *verdict)
{
	g_autofree char *time = NULL;

	if (verdict->timeout == SINK_TIMEOUT_DEFAULT)
		return;
	time = value_print_duration(verdict->timeout);
	print_optional("timeout", time);
}

static void print_verdict(const struct tale *tale)
{
	if (tale->verdict.rule != NULL)
		printf(_("rule %s decides:\n"), tale->verdict.rule);
	else
		printf("%s\n",
		    _("no rule decides, so the account's settings do:"));
	print_notify(tale);
	printf("  urgency = %s\n", urgencies[tale->verdict.urgency]);
	print_timeout(&tale->verdict);
	print_optional("sound", tale->verdict.sound);
	print_optional("icon", tale->verdict.icon);
	print_download(tale);
	if (is_put_off(tale))
		printf("  %s\n", _("all of it when the quiet hours are over"));
	else if (tale->verdict.urgent)
		printf("  %s\n", _("in quiet hours as well"));
}

static void print(const struct tale *tale)
{
	const struct message *message = tale->message;

	/* TRANSLATORS: sender, subject, account, mailbox. */
	printf(_("From %s: %s (in %s/%s)"), message_sender(message),
	    message->subject[0] != '\0' ? message->subject : _("(no subject)"),
	    message->account, message->mailbox);
	printf("\n\n");
	print_rules(tale);
	print_verdict(tale);
}

/* ---- for programs ---- */

static void emit_reason(struct emit *out, const struct rules_reason *reason)
{
	if (reason->criterion == NULL)
		return;
	emit_begin_object(out);
	emit_member_string(out, "criterion", reason->criterion);
	emit_member_string(out, "wanted", reason->wanted);
	emit_member_string(
	    out, "found", reason->unknown ? NULL : reason->found);
	emit_member_boolean(out, "holds", reason->holds);
	emit_member_boolean(out, "gave_up", reason->gave_up);
	emit_end_object(out);
}

static void emit_rule(
    const struct tale *tale, struct emit *out, unsigned index, unsigned count)
{
	const struct rules_reason *first = tale->reasons->pdata[index];

	emit_begin_object(out);
	emit_member_string(out, "rule", first->rule);
	emit_member_boolean(out, "holds", rule_holds(tale, index, count));
	emit_name(out, "criteria");
	emit_begin_array(out);
	for (unsigned i = index; i < index + count; i++)
		emit_reason(out, tale->reasons->pdata[i]);
	emit_end_array(out);
	emit_end_object(out);
}

static void emit_rules(const struct tale *tale, struct emit *out)
{
	unsigned count;

	emit_begin_array(out);
	for (unsigned i = 0; i < tale->reasons->len; i += count) {
		count = count_reasons(tale, i);
		emit_rule(tale, out, i, count);
	}
	emit_end_array(out);
}

static void emit_notify(struct emit *out, int64_t notify)
{
	emit_begin_array(out);
	if ((notify & CONFIG_NOTIFY_DESKTOP) != 0)
		emit_string(out, "desktop");
	if ((notify & CONFIG_NOTIFY_HOOK) != 0)
		emit_string(out, "hook");
	emit_end_array(out);
}

static void emit_words(struct emit *out, char **words)
{
	emit_begin_array(out);
	for (; words != NULL && *words != NULL; words++)
		emit_string(out, *words);
	emit_end_array(out);
}

static void emit_download(const struct tale *tale, struct emit *out)
{
	const struct verdict *verdict = &tale->verdict;
	bool text = verdict->download == CONFIG_DOWNLOAD_TEXT;
	bool wanted = is_downloaded(tale);

	emit_member_string(
	    out, "download", wanted ? (text ? "text" : "full") : NULL);
	emit_member_string(
	    out, "download_to", wanted ? verdict->download_to : NULL);
	emit_name(out, "download_command");
	emit_words(out, wanted ? verdict->download_command : NULL);
}

static void emit_effects(const struct tale *tale, struct emit *out)
{
	const struct verdict *verdict = &tale->verdict;

	emit_begin_object(out);
	emit_name(out, "notify");
	emit_notify(out, verdict->notify);
	emit_name(out, "on_message");
	emit_words(out, message_hook(tale));
	emit_name(out, "on_mailbox");
	emit_words(out, batch_hook(tale));
	emit_member_string(out, "muted", tale->muted);
	emit_member_string(out, "urgency", urgencies[verdict->urgency]);
	emit_member_string(out, "sound", verdict->sound);
	emit_member_string(out, "icon", verdict->icon);
	emit_member_int(out, "timeout", verdict->timeout);
	emit_download(tale, out);
	emit_member_boolean(out, "urgent", verdict->urgent);
	emit_member_boolean(out, "quiet", is_put_off(tale));
	emit_end_object(out);
}

static void emit(const struct tale *tale)
{
	g_autofree char *message = message_to_json(tale->message);
	struct emit out = {g_string_new(NULL), false};

	emit_begin_object(&out);
	emit_name(&out, "message");
	g_string_append(out.text, message);
	out.follows = true;
	emit_name(&out, "rules");
	emit_rules(tale, &out);
	emit_member_string(&out, "decides", tale->verdict.rule);
	emit_name(&out, "effects");
	emit_effects(tale, &out);
	emit_end_object(&out);
	printf("%s\n", out.text->str);
	g_string_free(out.text, TRUE);
}

/* ---- the look ---- */

/* As the user has said, whatever the rules say. */
static void mute(struct tale *tale)
{
	struct mutes *mutes = mutes_new(NULL);

	tale->muted = mutes_find(
	    mutes, tale->message, g_get_real_time() / G_USEC_PER_SEC);
	if (tale->muted != NULL)
		tale->verdict.notify = 0;
	mutes_free(mutes);
}

static void decide(struct tale *tale)
{
	bool wanted = (tale->settings->wants & RULES_WANT_SENDERS) != 0;
	struct state *state = wanted ? state_peek() : NULL;
	struct seen *senders = state != NULL
	    ? seen_open_senders(state, tale->account->name)
	    : NULL;

	tale->verdict = settings_decide(tale->settings, tale->account,
	    tale->message, senders, tale->reasons);
	seen_free(senders);
	state_free(state);
	mute(tale);
}

void explain_message(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    bool json)
{
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func((GDestroyNotify)rules_reason_free);
	struct tale tale = {settings, account, message, reasons, {0}, NULL};

	decide(&tale);
	if (json)
		emit(&tale);
	else
		print(&tale);
}

static void add_word(GString *words, const char *word)
{
	g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "", word);
}

char *explain_briefly(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    const char **ret_rule)
{
	g_autoptr(GPtrArray) reasons =
	    g_ptr_array_new_with_free_func((GDestroyNotify)rules_reason_free);
	struct tale tale = {settings, account, message, reasons, {0}, NULL};
	GString *words = g_string_new(NULL);

	decide(&tale);
	*ret_rule = tale.verdict.rule;
	if ((tale.verdict.notify & CONFIG_NOTIFY_DESKTOP) != 0)
		add_word(words, _("desktop"));
	if (message_hook(&tale) != NULL || batch_hook(&tale) != NULL)
		add_word(words, _("hook"));
	if (is_downloaded(&tale))
		add_word(words, _("download"));
	if (words->len == 0)
		add_word(words, _("nothing"));
	return g_string_free(words, FALSE);
}
