/*
 * What settings must be to each other, one row for each rule.
 *
 * A row speaks of the line of its key, wherever that was written.
 */
#include "config/draft.h"
#include <string.h>

struct check {
	const char *key;
	bool warning;
	bool (*fails)(const struct config *config, const void *base);
	const char *text;
};

/* Accounts */

static bool has_two_passwords(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->password != NULL && account->password_command != NULL;
}

static bool is_oauth(const struct config_account *account)
{
	return account->auth == CONFIG_AUTH_XOAUTH2 ||
	    account->auth == CONFIG_AUTH_OAUTHBEARER;
}

static bool has_idle_token(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->token_command != NULL && !is_oauth(account) &&
	    account->auth != CONFIG_AUTH_AUTO;
}

static bool lacks_token(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return is_oauth(account) && account->token_command == NULL;
}

static bool lacks_certificate(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->tls_key != NULL && account->tls_certificate == NULL;
}

static bool is_anonymous(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->auth == CONFIG_AUTH_EXTERNAL &&
	    account->tls != CONFIG_TLS_NONE && account->tls_certificate == NULL;
}

static bool is_loopback(const char *host)
{
	if (g_hostname_is_ip_address(host))
		return g_str_has_prefix(host, "127.") ||
		    strcmp(host, "::1") == 0;
	return g_ascii_strcasecmp(host, "localhost") == 0;
}

static bool is_open_secret(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->tls == CONFIG_TLS_NONE &&
	    account->auth != CONFIG_AUTH_EXTERNAL && account->host != NULL &&
	    !is_loopback(account->host);
}

static bool has_unused_trust(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	(void)config;
	return account->tls == CONFIG_TLS_NONE && account->tls_pin != NULL;
}

static bool any_rule_has_hook(const struct config *config)
{
	for (guint i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule =
		    g_ptr_array_index(config->rules, i);
		if (rule->on_message != NULL)
			return true;
	}
	return false;
}

static bool lacks_hook(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	return account->notify == CONFIG_NOTIFY_HOOK &&
	    account->on_message == NULL && account->on_mailbox == NULL &&
	    !any_rule_has_hook(config);
}

static bool rule_has_destination(const struct config_rule *rule)
{
	return rule->download_to != NULL || rule->download_command != NULL;
}

static bool any_rule_has_destination(const struct config *config)
{
	for (guint i = 0; i < config->rules->len; i++)
		if (rule_has_destination(g_ptr_array_index(config->rules, i)))
			return true;
	return false;
}

static bool has_destination(const struct config_account *account)
{
	return account->download_to != NULL ||
	    account->download_command != NULL;
}

static bool lacks_maildir(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	return account->download_max_size > 0 && !has_destination(account) &&
	    !any_rule_has_destination(config);
}

/* Entries are not empty: none of them is "!" alone. */
static bool has_only_exclusions(const struct config *config, const void *base)
{
	const struct config_account *account = base;
	char **entry = account->mailboxes;

	(void)config;
	while (*entry != NULL && **entry == '!')
		entry++;
	return *entry == NULL;
}

static bool begins_with_exclusion(const struct config *config, const void *base)
{
	const struct config_account *account = base;

	return *account->mailboxes[0] == '!' &&
	    !has_only_exclusions(config, base);
}

static const struct check account_checks[] = {
    {"mailboxes", false, has_only_exclusions,
	"there are only mailboxes to leave out: begin with *, for all the "
	"others, as in *, !Junk"},
    {"mailboxes", true, begins_with_exclusion,
	"an exclusion at the beginning keeps nothing out, as the last entry "
	"that fits a mailbox decides: write it behind the others"},
    {"password_command", false, has_two_passwords,
	"there is a password, too: keep one of them"},
    {"token_command", false, has_idle_token,
	"no token is used by this auth: write auth = xoauth2 or oauthbearer"},
    {"auth", false, lacks_token,
	"xoauth2 and oauthbearer need token_command, which prints an access "
	"token"},
    {"auth", true, is_anonymous,
	"external needs tls_certificate: the server has nothing else to know "
	"the user by"},
    {"tls_key", false, lacks_certificate,
	"a key alone proves nothing: write tls_certificate, too"},
    {"tls_pin", true, has_unused_trust,
	"there is nothing to pin with tls = none"},
    {"tls", true, is_open_secret,
	"with none the password and all mail cross the network unencrypted"},
    {"notify", true, lacks_hook,
	"there is no hook to run: write on_message, or nothing rings"},
    {"download_max_size", false, lacks_maildir,
	"there is nowhere to put the messages: write download_to"},
    {NULL, false, NULL, NULL},
};

/* Rules */

static bool any_account_has_hook(const struct config *config)
{
	for (guint i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    g_ptr_array_index(config->accounts, i);
		if (account->on_message != NULL || account->on_mailbox != NULL)
			return true;
	}
	return false;
}

static bool rule_lacks_hook(const struct config *config, const void *base)
{
	const struct config_rule *rule = base;

	return rule->has_notify && rule->notify == CONFIG_NOTIFY_HOOK &&
	    rule->on_message == NULL && !any_account_has_hook(config);
}

static bool rule_lacks_maildir(const struct config *config, const void *base)
{
	const struct config_rule *rule = base;

	if (!rule->has_download_max_size || rule->download_max_size == 0 ||
	    rule_has_destination(rule))
		return false;
	for (guint i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    g_ptr_array_index(config->accounts, i);
		if (has_destination(account))
			return false;
	}
	return config->accounts->len > 0;
}

static bool rule_lacks_book(const struct config *config, const void *base)
{
	const struct config_rule *rule = base;

	if (config->contacts_file != NULL || config->contacts_command != NULL)
		return false;
	for (guint i = 0; i < rule->criteria->len; i++) {
		const struct config_criterion *criterion =
		    g_ptr_array_index(rule->criteria, i);
		if (strcmp(criterion->name, "contact") == 0)
			return true;
	}
	return false;
}

/* Another rule that goes on may say it for this one. */
static bool any_rule_downloads(const struct config *config)
{
	for (guint i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule =
		    g_ptr_array_index(config->rules, i);
		if (rule->download_max_size > 0)
			return true;
	}
	return false;
}

/* 0 is the account's default: none. */
static bool rule_downloads_nothing(
    const struct config *config, const struct config_rule *rule)
{
	if (rule->has_download_max_size)
		return rule->download_max_size == 0;
	if (any_rule_downloads(config))
		return false;
	for (guint i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    g_ptr_array_index(config->accounts, i);
		if (account->download_max_size > 0)
			return false;
	}
	return config->accounts->len > 0;
}

static bool rule_has_idle_download(
    const struct config *config, const void *base)
{
	const struct config_rule *rule = base;

	return rule->has_download && rule_downloads_nothing(config, rule);
}

static bool rule_has_idle_destination(
    const struct config *config, const void *base)
{
	return rule_has_destination(base) &&
	    rule_downloads_nothing(config, base);
}

static bool rule_has_two_destinations(
    const struct config *config, const void *base)
{
	const struct config_rule *rule = base;

	(void)config;
	return rule->download_to != NULL && rule->download_command != NULL;
}

static const struct check rule_checks[] = {
    {"notify", true, rule_lacks_hook,
	"there is no hook to run: write on_message, or nothing rings"},
    {"download_max_size", false, rule_lacks_maildir,
	"there is nowhere to put the messages: no account has download_to"},
    {"contact", true, rule_lacks_book,
	"there is no address book, so the rule never holds: write "
	"contacts_file or contacts_command in [defaults]"},
    {"download", true, rule_has_idle_download,
	"nothing is downloaded: write download_max_size, too"},
    {"download_max_size", true, rule_has_idle_destination,
	"nothing is downloaded: write download_max_size, too"},
    {"download_command", false, rule_has_two_destinations,
	"there is download_to, too: keep one of them"},
    {NULL, false, NULL, NULL},
};

static void run_checks(const struct config *config, const struct draft *draft,
    const struct check *check)
{
	for (; check->key != NULL; check++) {
		const struct draft_setting *setting;

		if (!check->fails(config, draft->base))
			continue;
		setting =
		    draft_setting(draft, option_find(check->key, draft->scope));
		config_problem_add(config->problems,
		    setting->level == DRAFT_INITIAL ? draft->line
						    : setting->line,
		    check->warning, "%s%s: %s",
		    setting->level == DRAFT_OVERRIDE ? "-o " : "", check->key,
		    check->text);
	}
}

static void check_required(
    const struct config *config, const struct draft *draft)
{
	const struct config_account *account = draft->base;

	for (const struct option *o = options; o->name != NULL; o++) {
		if (!o->required ||
		    draft_setting(draft, o)->level != DRAFT_INITIAL)
			continue;
		config_problem_add(config->problems, draft->line, false,
		    "[account %s] has no %s: write %s = below it",
		    account->name, o->name, o->name);
	}
}

/* What only rules can read is complained of later, by its line. */
static int line_of(const struct draft *draft, const char *key)
{
	const struct draft_setting *setting =
	    draft_setting(draft, option_find(key, draft->scope));

	return setting->level == DRAFT_INITIAL ? draft->line : setting->line;
}

void check_account(const struct config *config, const struct draft *draft)
{
	struct config_account *account = draft->base;

	account->quiet_hours_line = line_of(draft, "quiet_hours");
	check_required(config, draft);
	run_checks(config, draft, account_checks);
}

void check_rule(const struct config *config, const struct draft *draft)
{
	struct config_rule *rule = draft->base;

	rule->quiet_hours_line = line_of(draft, "quiet_hours");
	run_checks(config, draft, rule_checks);
}
