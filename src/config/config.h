/*
 * A configuration: settings with their defaults inherited, and the problems
 * found on the way, each with its line.
 */
#ifndef IDLEBELL_CONFIG_CONFIG_H
#define IDLEBELL_CONFIG_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum config_tls {
	CONFIG_TLS_IMPLICIT,
	CONFIG_TLS_STARTTLS,
	CONFIG_TLS_NONE
};
enum config_tls_version {
	CONFIG_TLS_1_2,
	CONFIG_TLS_1_3
};
enum config_auth {
	CONFIG_AUTH_AUTO,
	CONFIG_AUTH_PLAIN,
	CONFIG_AUTH_LOGIN,
	CONFIG_AUTH_EXTERNAL,
	CONFIG_AUTH_XOAUTH2,
	CONFIG_AUTH_OAUTHBEARER,
};
enum config_method {
	CONFIG_METHOD_AUTO,
	CONFIG_METHOD_NOTIFY,
	CONFIG_METHOD_IDLE,
	CONFIG_METHOD_POLL
};
enum config_notify {
	CONFIG_NOTIFY_DESKTOP = 1 << 0,
	CONFIG_NOTIFY_HOOK = 1 << 1
};
/* What bubbles say. */
enum config_show {
	CONFIG_SHOW_SENDER = 1 << 0,
	CONFIG_SHOW_SUBJECT = 1 << 1,
	CONFIG_SHOW_PREVIEW = 1 << 2,
	CONFIG_SHOW_COUNT = 1 << 3 /* and nothing else, whatever is with it */
};
enum config_group {
	CONFIG_GROUP_ACCOUNT,
	CONFIG_GROUP_THREAD
};
/* The buttons of bubbles. */
enum config_actions {
	CONFIG_ACTION_READ = 1 << 0,
	CONFIG_ACTION_ARCHIVE = 1 << 1,
	CONFIG_ACTION_DELETE = 1 << 2,
	CONFIG_ACTION_JUNK = 1 << 3,
	CONFIG_ACTION_OPEN = 1 << 4,
	CONFIG_ACTION_DOWNLOAD = 1 << 5,
	CONFIG_ACTION_SNOOZE = 1 << 6,
	CONFIG_ACTION_MUTE = 1 << 7
};
enum config_download {
	CONFIG_DOWNLOAD_FULL,
	CONFIG_DOWNLOAD_TEXT, /* attachments stay with the server */
};
enum config_dnd {
	CONFIG_DND_RESPECT,
	CONFIG_DND_IGNORE
};
enum config_urgency {
	CONFIG_URGENCY_LOW,
	CONFIG_URGENCY_NORMAL,
	CONFIG_URGENCY_CRITICAL
};

/* Strings are NULL where nothing is set, lists empty, never NULL. */
struct config_account {
	char *name; /* as the user wrote it */
	char *host, *user;
	int64_t port; /* 0: 993 with implicit TLS, else 143 */
	int64_t tls, tls_min_version, auth, method; /* the enums above */
	char *tls_ca_file, *tls_pin, *tls_certificate, *tls_key;
	char *proxy;                        /* URL, or "env" */
	int64_t tcp_keepalive, tcp_timeout; /* ms; 0: none */
	char *password;
	char **password_command, **token_command; /* argv or NULL */
	char **mailboxes; /* names, patterns, \Uses, each after '!' or not */
	int64_t max_connections;                      /* 1 or more */
	int64_t refresh, poll_interval, hook_timeout; /* ms */
	int64_t blind_after;                          /* ms; 0: never */
	int64_t burst, hook_tries;
	int64_t notify;               /* bits of enum config_notify */
	int64_t show, group, actions; /* the enums above */
	char **open_command;          /* argv or NULL */
	bool has_timeout;
	int64_t timeout; /* ms that a bubble stays; 0: until it is closed */
	char *avatar_dir;
	char **on_message, **on_mailbox, **on_read, **on_state;
	int64_t hook_wait, hook_max_wait; /* ms */
	int64_t download_max_size;        /* octets; 0: never */
	char *download_to;
	char *archive_mailbox, *trash_mailbox, *junk_mailbox; /* or NULL */
	char **download_command;                              /* argv or NULL */
	int64_t download;  /* enum config_download */
	char *quiet_hours; /* see rules/hours.h */
	int quiet_hours_line;
	int64_t dnd; /* enum config_dnd */
};

/* What a rule changes, where it says so. */
struct config_rule {
	char *name;
	int file; /* as that of a problem */
	int line;
	GPtrArray *criteria; /* struct config_criterion, in file order */
	bool has_stop;
	bool has_notify, has_urgency, has_download_max_size, has_download;
	int64_t stop; /* 0: later rules go on; not set: they do not */
	int64_t notify, urgency, download_max_size, download;
	char *download_to;
	char **download_command;
	bool has_timeout;
	int64_t timeout;
	bool has_urgent;
	int64_t urgent;    /* 1: breaks through quiet hours */
	char *quiet_hours; /* while they hold, notify is none */
	int quiet_hours_line;
	char *sound, *icon;
	char **on_message;
};

struct config_criterion {
	const char *name; /* of the table of options */
	char *value;      /* sizes in octets, all else as written */
	int line;
};

struct config_problem {
	int file; /* 0: the configuration; else of the files, from 1 on */
	int line; /* 0: the whole file */
	bool warning;
	char *text; /* one sentence: what is wrong and what to do */
};

/* One line of the file, as the tokeniser and the line scan see it. */
struct config_entry {
	char *section, *key; /* as written, but each run of blanks in section
	                        is one; section "" before any */
	char *value;
	int line, last_line; /* more than one when joined by backslashes */
	bool broken;         /* its line has an error: value stays NULL */
};

struct config {
	GPtrArray *accounts; /* struct config_account, in file order */
	GPtrArray *rules;    /* struct config_rule, in file order */
	char **rules_file;   /* more of them, paths as written; or NULL */
	int rules_file_line; /* 0: it was -o that said so */
	char *contacts_file; /* or NULL */
	char **contacts_command;
	int contacts_file_line;
	GPtrArray *files;    /* char *, those that were read for it, or tried */
	GPtrArray *problems; /* struct config_problem, by file and line */
	bool holds_secret;   /* the file has a password in it */
};

/*
 * The lines of an INI file that set something or open a section (key NULL),
 * in file order, for the line numbers that iniparser does not keep: it
 * follows iniparser's idea of sections, keys, comments, continuations and
 * quotes, and notes what iniparser keeps silent about: duplicate keys, keys
 * twice, values cut at an unquoted ';' or '#', an "=" missing.
 * Values stay NULL: they are iniparser's to read.
 */
GPtrArray *config_scan_lines(const char *text, GPtrArray *problems);

/*
 * The text to give to iniparser: with the same line numbers, but only the
 * lines that entries came from, so that a line at fault does not hide what
 * is wrong in the others.  Ends with a newline.
 */
char *config_scan_text(const char *text, const GPtrArray *entries);

/*
 * Builds a configuration from entries (values filled in) and overrides
 * ("KEY=VALUE"s of -o, may be NULL: they win over [defaults]).  Always
 * returns one; its problems say whether it may be used.  Takes nothing over.
 */
struct config *config_build(const GPtrArray *entries,
    const char *const *overrides, GPtrArray *problems);
/*
 * Adds the rules of another file, behind those that are there: its sections
 * may be rules only.  Its problems join the others'.  path is how people know
 * it.  Takes nothing over.
 */
void config_add_rules(struct config *config, const char *path,
    const GPtrArray *entries, GPtrArray *problems);
void config_free(struct config *config);

bool config_has_errors(const struct config *config);
/* NULL: there is none. */
const struct config_account *config_find_account(
    const struct config *config, const char *name);
/* The name that is like this one, or NULL. */
const char *config_nearest_account(
    const struct config *config, const char *name);
/* The same settings; names and lines do not count. */
bool config_account_equal(
    const struct config_account *a, const struct config_account *b);
/* True when a secret stands in the file: then others must not read it. */
bool config_holds_secret(const struct config *config);

/* The effective configuration without secrets, as a file that check
 * accepts. */
char *config_print(const struct config *config);

void config_problem_add(GPtrArray *problems, int line, bool warning,
    const char *format, ...) G_GNUC_PRINTF(4, 5);
/* By file and line; what is said twice about a line is left once. */
void config_problems_sort(GPtrArray *problems);
GPtrArray *config_problems_new(void);
GPtrArray *config_entries_new(void);

typedef struct config Config; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

#endif
