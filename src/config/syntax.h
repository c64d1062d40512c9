/*
 * What single values must look like beyond their type.
 */
#ifndef IDLEBELL_CONFIG_SYNTAX_H
#define IDLEBELL_CONFIG_SYNTAX_H

#include <stdbool.h>

/* NULL, or what is wrong and what to do (a new string), to stand behind
 * "KEY: ". */
char *syntax_check_host(const char *value);
char *syntax_check_path(const char *value);
/* A path that may begin at the configuration's directory. */
char *syntax_check_beside(const char *value);
char *syntax_check_proxy(const char *value);
char *syntax_check_pin(const char *value);
char *syntax_check_mailbox(const char *value);
/* One mailbox, where messages may be put. */
char *syntax_check_target(const char *value);
char *syntax_check_account(const char *name);
char *syntax_check_rule(const char *name);

/* Valid UTF-8 without control characters but tabs. */
bool syntax_is_text(const char *value);

/* A copy of a URL with "***" for user name and password, or for all of it
 * where it is not clear what they are; NULL when it has none. */
char *syntax_redact_url(const char *url);

#endif
