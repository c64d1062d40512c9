/*
 * The quiet hours of a configuration, ready for use, and which accounts have
 * rules that break through them.
 */
#ifndef IDLEBELL_APP_CURFEW_H
#define IDLEBELL_APP_CURFEW_H

#include "config/config.h"
#include "rules/hours.h"
#include "rules/rules.h"

struct curfew;

/* What cannot be read joins the problems of config, which is kept, and so are
 * its rules.  NULL when nothing in it is ever quiet. */
struct curfew *curfew_new(
    const struct config *config, const struct rules *rules);
/* Takes NULL, as do the others. */
void curfew_free(struct curfew *curfew);

/* The hours that are written so in quiet_hours, the curfew's; NULL: none. */
const struct hours *curfew_hours(const struct curfew *curfew, const char *text);
/* They hold by the local clock, now. */
bool curfew_holds(const struct curfew *curfew, const char *text);
/* What comes to that place of account may be urgent by the rules, and then ring
 * or be downloaded.  True when in doubt. */
bool curfew_is_broken(const struct curfew *curfew,
    const struct config_account *account, const struct rules_place *place);

#endif
