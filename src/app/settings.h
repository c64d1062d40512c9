/*
 * The configuration ready for use: settings and rules, shared by all
 * accounts, and what they make of a message.
 */
#ifndef IDLEBELL_APP_SETTINGS_H
#define IDLEBELL_APP_SETTINGS_H

#include "app/book.h"
#include "app/curfew.h"
#include "config/config.h"
#include "message/message.h"
#include "rules/rules.h"
#include "store/seen.h"

struct settings {
	struct config *config;
	struct rules *rules;
	char *header_fields; /* what to ask servers for */
	unsigned wants;      /* bits of enum rules_want: likewise */
	struct book *book;   /* the address book; NULL: none that a rule asks */
	struct curfew *curfew; /* NULL: never quiet */
	unsigned references;
};

/* What is to happen with a message.  Points into the settings. */
struct verdict {
	const char *rule; /* the last one that held, or NULL */
	int64_t notify;   /* enum config_notify */
	int64_t urgency;
	int64_t timeout; /* of the bubble, as sink_event has it */
	int64_t download_max_size;
	bool urgent;      /* rings in quiet hours, too */
	int64_t download; /* enum config_download */
	const char *download_to;
	char **download_command;
	const char *sound, *icon;
	char **on_message;
};

/*
 * Reads a configuration and compiles its rules, whose problems join the
 * others'.  NULL and error when the file cannot be read; the caller looks at
 * the problems.  Release with settings_unref().
 */
struct settings *settings_load(
    const char *path, const char *const *overrides, GError **error);
struct settings *settings_ref(struct settings *settings);
void settings_unref(struct settings *settings);

/* Reports all problems on standard error, FILE:LINE: text.  Returns true when
 * there is no error among them. */
bool settings_report(const struct settings *settings, const char *path);
/* Appends a line for each error. */
void settings_describe(
    const struct settings *settings, const char *path, GString *ret_lines);

/*
 * By the account's settings, over them what the rules that hold say, the later
 * over the earlier.  account may be NULL: then only rules speak.  senders: of
 * whom the account has had mail, may be NULL.  reasons: see rules_match().
 */
struct verdict settings_decide(const struct settings *settings,
    const struct config_account *account, const struct message *message,
    struct seen *senders, GPtrArray *reasons);

/* The account has had mail from whom this is from.  The message itself, should
 * it be decided of again, does not count as mail before it. */
void settings_note_senders(const struct message *message, struct seen *senders);

/* As if rule alone held, whatever the message; NULL: as if none did. */
struct verdict settings_force(
    const struct config_account *account, const struct config_rule *rule);

#endif
