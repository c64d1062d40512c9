/*
 * One setting in memory: the member of a structure that a row of the table
 * of options stands for.
 */
#ifndef IDLEBELL_CONFIG_SETTING_H
#define IDLEBELL_CONFIG_SETTING_H

#include "config/options.h"

/* base: the struct config_account, config_rule or config that option->offset is
 * in. */

/* Sets it from text.  False leaves it as it was; *ret_reason then says what
 * is wrong, to stand behind "KEY: ". */
bool setting_parse(const struct option *option, void *base, const char *text,
    char **ret_reason);

/* Checks and converts text without a structure: what print would make of it
 * (sizes in octets); NULL with *ret_reason.  For criteria. */
char *setting_parse_criterion(
    const struct option *option, const char *text, char **ret_reason);

/* As a user would write it, before quotes of the file; NULL when not set.
 * plain: commands without quotes, by backslashes only. */
char *setting_print(const struct option *option, const void *base, bool plain);

/* Frees what was printed, overwritten: it may be a secret.  Takes NULL. */
void setting_wipe(char *text);

bool setting_is_set(const struct option *option, const void *base);
/* Back to option->initial. */
void setting_reset(const struct option *option, void *base);
/* Frees what it holds; a secret is overwritten. */
void setting_clear(const struct option *option, void *base);

#endif
