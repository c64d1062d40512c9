/*
 * The table of options.  A new key is a row here, a member in config.h and
 * its paragraph in idlebell.config(5), which a test compares with this table.
 *
 * Rows of one scope stand in the order in which config_print() writes them.
 */
#include "config/options.h"
#include "config/nearest.h"
#include "config/syntax.h"
#include <stddef.h>
#include <string.h>

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define GIB    ((int64_t)1 << 30)

#define ACCOUNT(member)          \
	.scope = OPTION_ACCOUNT, \
	.offset = offsetof(struct config_account, member)
#define RULE(member) \
	.scope = OPTION_RULE, .offset = offsetof(struct config_rule, member)
#define RULE_FLAGGED(member) \
	RULE(member), .flag = offsetof(struct config_rule, has_##member)
#define SHARED(member) \
	.scope = OPTION_SHARED, .offset = offsetof(struct config, member)
#define CRITERION .scope = OPTION_CRITERION

static const char *const tls_choices[] = {"implicit", "starttls", "none", NULL};
static const char *const tls_versions[] = {"1.2", "1.3", NULL};
static const char *const auth_choices[] = {
    "auto", "plain", "login", "external", "xoauth2", "oauthbearer", NULL};
static const char *const method_choices[] = {
    "auto", "notify", "idle", "poll", NULL};
static const char *const notify_choices[] = {"desktop", "hook", NULL};
static const char *const show_choices[] = {
    "sender", "subject", "preview", "count", NULL};
static const char *const group_choices[] = {"account", "thread", NULL};
static const char *const urgency_choices[] = {
    "low", "normal", "critical", NULL};

static const char *const yes_no[] = {"no", "yes", NULL};

const struct option options[] = {
    /* The server */
    {.name = "host",
	.type = OPTION_STRING,
	ACCOUNT(host),
	.required = true,
	.check = syntax_check_host,
	.help = "The name or address of the IMAP server."},
    {.name = "port",
	.type = OPTION_NUMBER,
	ACCOUNT(port),
	.min = 1,
	.max = 65535,
	.help = "The TCP port, by default 993 with tls = implicit, else 143."},
    {.name = "tls",
	.type = OPTION_CHOICE,
	ACCOUNT(tls),
	.initial = "implicit",
	.choices = tls_choices,
	.help = "How the connection is encrypted."},
    {.name = "tls_min_version",
	.type = OPTION_CHOICE,
	ACCOUNT(tls_min_version),
	.initial = "1.2",
	.choices = tls_versions,
	.help = "The oldest version of TLS that is spoken."},
    {.name = "tls_ca_file",
	.type = OPTION_PATH,
	ACCOUNT(tls_ca_file),
	.multiple = true,
	.check = syntax_check_path,
	.help = "Certificates (PEM) to trust in place of the system's."},
    {.name = "tls_pin",
	.type = OPTION_STRING,
	ACCOUNT(tls_pin),
	.multiple = true,
	.check = syntax_check_pin,
	.help = "Public keys, one of which the server must have."},
    {.name = "tls_certificate",
	.type = OPTION_PATH,
	ACCOUNT(tls_certificate),
	.multiple = true,
	.check = syntax_check_path,
	.help = "The certificate (PEM) to show to the server."},
    {.name = "tls_key",
	.type = OPTION_PATH,
	ACCOUNT(tls_key),
	.multiple = true,
	.check = syntax_check_path,
	.help = "The private key (PEM), where it is not in tls_certificate."},
    {.name = "proxy",
	.type = OPTION_STRING,
	ACCOUNT(proxy),
	.multiple = true,
	.secret = true,
	.check = syntax_check_proxy,
	.redact = syntax_redact_url,
	.help = "The URL of a proxy, or \"env\" for the environment's."},
    {.name = "tcp_keepalive",
	.type = OPTION_DURATION,
	ACCOUNT(tcp_keepalive),
	.max = 2 * HOUR,
	.initial = "60s",
	.help = "How long a line is silent before it is probed; 0 for never."},
    {.name = "tcp_timeout",
	.type = OPTION_DURATION,
	ACCOUNT(tcp_timeout),
	.max = 15 * MINUTE,
	.initial = "25s",
	.help = "How long what was sent may go unacknowledged; 0: as the "
		"system has it."},

    /* The login */
    {.name = "user",
	.type = OPTION_STRING,
	ACCOUNT(user),
	.required = true,
	.help = "The name to log in with."},
    {.name = "auth",
	.type = OPTION_CHOICE,
	ACCOUNT(auth),
	.initial = "auto",
	.choices = auth_choices,
	.help = "The mechanism to log in by."},
    {.name = "password",
	.type = OPTION_STRING,
	ACCOUNT(password),
	.multiple = true,
	.secret = true,
	.help = "The password itself; password_command keeps it out of here."},
    {.name = "password_command",
	.type = OPTION_COMMAND,
	ACCOUNT(password_command),
	.multiple = true,
	.help = "A command whose first line of output is the password."},
    {.name = "token_command",
	.type = OPTION_COMMAND,
	ACCOUNT(token_command),
	.multiple = true,
	.help = "A command whose first line of output is an OAuth 2.0 token."},

    /* The watch */
    {.name = "mailboxes",
	.type = OPTION_LIST,
	ACCOUNT(mailboxes),
	.initial = "INBOX",
	.multiple = true,
	.check = syntax_check_mailbox,
	.help = "The mailboxes to watch: names, patterns, special uses."},
    {.name = "max_connections",
	.type = OPTION_NUMBER,
	ACCOUNT(max_connections),
	.min = 1,
	.max = 20,
	.initial = "1",
	.help = "How many connections may watch the mailboxes."},
    {.name = "method",
	.type = OPTION_CHOICE,
	ACCOUNT(method),
	.initial = "auto",
	.choices = method_choices,
	.help = "How to learn of new mail."},
    {.name = "refresh",
	.type = OPTION_DURATION,
	ACCOUNT(refresh),
	.min = 5 * SECOND,
	.max = 29 * MINUTE,
	.initial = "15m",
	.help = "How often an idle connection is renewed at least."},
    {.name = "poll_interval",
	.type = OPTION_DURATION,
	ACCOUNT(poll_interval),
	.min = 10 * SECOND,
	.max = DAY,
	.initial = "5m",
	.help = "How often to ask for what the server does not push."},

    /* The bell */
    {.name = "notify",
	.type = OPTION_SET,
	ACCOUNT(notify),
	.initial = "desktop, hook",
	.choices = notify_choices,
	.help = "Which sinks ring for new mail."},
    {.name = "burst",
	.type = OPTION_NUMBER,
	ACCOUNT(burst),
	.max = 1000,
	.initial = "5",
	.help = "How many bubbles come within a minute at most; 0: no limit."},
    {.name = "show",
	.type = OPTION_SET,
	ACCOUNT(show),
	.initial = "sender, subject",
	.choices = show_choices,
	.help = "What bubbles say of a message; count: only how many."},
    {.name = "group",
	.type = OPTION_CHOICE,
	ACCOUNT(group),
	.initial = "account",
	.choices = group_choices,
	.help = "Whose messages share a bubble."},
    {.name = "on_message",
	.type = OPTION_COMMAND,
	ACCOUNT(on_message),
	.multiple = true,
	.help = "The hook: a command to run once for each message."},
    {.name = "on_mailbox",
	.type = OPTION_COMMAND,
	ACCOUNT(on_mailbox),
	.multiple = true,
	.help = "A command to run once for all messages of a burst."},
    {.name = "hook_wait",
	.type = OPTION_DURATION,
	ACCOUNT(hook_wait),
	.max = HOUR,
	.initial = "1s",
	.help = "How long on_mailbox and on_read wait for more."},
    {.name = "hook_max_wait",
	.type = OPTION_DURATION,
	ACCOUNT(hook_max_wait),
	.max = HOUR,
	.initial = "10s",
	.help = "How long they wait at most, however much comes."},
    {.name = "on_read",
	.type = OPTION_COMMAND,
	ACCOUNT(on_read),
	.multiple = true,
	.help = "A command to run when messages were read or deleted."},
    {.name = "blind_after",
	.type = OPTION_DURATION,
	ACCOUNT(blind_after),
	.max = DAY,
	.initial = "5m",
	.help =
	    "Without a live watch for so long, tell the user; 0 for never."},
    {.name = "on_state",
	.type = OPTION_COMMAND,
	ACCOUNT(on_state),
	.multiple = true,
	.help = "A command to run when a watch goes blind or is well again."},
    {.name = "hook_timeout",
	.type = OPTION_DURATION,
	ACCOUNT(hook_timeout),
	.min = SECOND,
	.max = HOUR,
	.initial = "60s",
	.help = "How long a hook may run before it is killed."},
    {.name = "hook_tries",
	.type = OPTION_NUMBER,
	ACCOUNT(hook_tries),
	.min = 1,
	.max = 100,
	.initial = "5",
	.help = "How often a hook is tried before it is given up."},
    {.name = "download_max_size",
	.type = OPTION_SIZE,
	ACCOUNT(download_max_size),
	.max = GIB,
	.initial = "0",
	.help = "Messages up to this size are downloaded; 0 for none."},
    {.name = "download_to",
	.type = OPTION_PATH,
	ACCOUNT(download_to),
	.multiple = true,
	.check = syntax_check_path,
	.help = "The Maildir that messages are downloaded to."},

    /* For all accounts */
    {.name = "rules_file",
	.type = OPTION_LIST,
	SHARED(rules_file),
	.multiple = true,
	.inlined = true,
	.check = syntax_check_beside,
	.help = "Files with more rules, from the configuration's directory."},

    /* What a rule asks */
    {.name = "account",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The name of the account."},
    {.name = "mailbox",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The name of the mailbox."},
    {.name = "from",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The address of the sender."},
    {.name = "to",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The address of a recipient."},
    {.name = "cc",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The address of a recipient who gets a copy."},
    {.name = "subject",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The subject, decoded."},
    {.name = "list_id",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The identifier of the mailing list."},
    {.name = "header",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "Any other header field, as \"Name: pattern\"."},
    {.name = "flags",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "A flag that the message has, as \\Flagged."},
    {.name = "keyword",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "A keyword that the message has, as $Important."},
    {.name = "importance",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "How important the sender has called it."},
    {.name = "larger",
	.type = OPTION_SIZE,
	CRITERION,
	.max = 1024 * GIB,
	.help = "Messages of more than this size."},
    {.name = "smaller",
	.type = OPTION_SIZE,
	CRITERION,
	.max = 1024 * GIB,
	.help = "Messages of less than this size."},
    {.name = "attachment",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "Whether there are files in the message."},
    {.name = "time",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "The hours in which the rule holds."},
    {.name = "seen_before",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "Whether there has been mail from the sender before."},
    {.name = "contact",
	.type = OPTION_PATTERNS,
	CRITERION,
	.help = "Whether the sender is in the address book."},

    /* What a rule does */
    {.name = "stop",
	.type = OPTION_CHOICE,
	RULE_FLAGGED(stop),
	.choices = yes_no,
	.help = "Whether no later rule is tried where this one holds."},
    {.name = "notify",
	.type = OPTION_SET,
	RULE_FLAGGED(notify),
	.choices = notify_choices,
	.help = "Which sinks ring for a message of this rule."},
    {.name = "urgency",
	.type = OPTION_CHOICE,
	RULE_FLAGGED(urgency),
	.choices = urgency_choices,
	.help = "The urgency of the notification."},
    {.name = "sound",
	.type = OPTION_STRING,
	RULE(sound),
	.help = "The name or the file of the sound to play."},
    {.name = "icon",
	.type = OPTION_STRING,
	RULE(icon),
	.help = "The name or the file of the icon to show."},
    {.name = "on_message",
	.type = OPTION_COMMAND,
	RULE(on_message),
	.help = "The hook to run in place of the account's."},
    {.name = "download_max_size",
	.type = OPTION_SIZE,
	RULE_FLAGGED(download_max_size),
	.max = GIB,
	.help = "The limit for downloads in place of the account's."},
    {.name = NULL},
};

const struct option *option_find(const char *name, unsigned scope)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		if ((o->scope & scope) != 0 && strcmp(o->name, name) == 0)
			return o;
	}
	return NULL;
}

const char *option_nearest(const char *name, unsigned scope)
{
	g_autofree char *word = g_ascii_strdown(name, -1);
	struct nearest nearest = nearest_to(word);

	for (const struct option *o = options; o->name != NULL; o++) {
		if ((o->scope & scope) != 0)
			nearest_offer(&nearest, o->name);
	}
	return nearest.best;
}
