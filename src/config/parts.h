/*
 * Making the parts of a configuration; for this folder only.
 */
#ifndef IDLEBELL_CONFIG_PARTS_H
#define IDLEBELL_CONFIG_PARTS_H

#include "config/config.h"

/* Shares problems. */
struct config *config_new(GPtrArray *problems);

/* With the initial values of the table. */
struct config_account *config_account_new(void);
void config_account_free(struct config_account *account);

struct config_rule *config_rule_new(void);

#endif
