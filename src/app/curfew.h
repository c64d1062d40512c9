/*
 * The quiet hours of a configuration, ready for use, and which accounts have
 * rules that break through them.
 */
#ifndef IDLEBELL_APP_CURFEW_H
#define IDLEBELL_APP_CURFEW_H

#include "config/config.h"
#include "rules/hours.h"

struct curfew;

/* What cannot be read joins the problems of config, which is kept.  NULL when
 * nothing in it is ever quiet. */
struct curfew *curfew_new(const struct config *config);
/* Takes NULL, as do the others. */
void curfew_free(struct curfew *curfew);

/* The hours that are written so in quiet_hours, the curfew's; NULL: none. */
const struct hours *curfew_hours(const struct curfew *curfew, const char *text);
/* They hold by the local clock, now. */
bool curfew_holds(const struct curfew *curfew, const char *text);
/* There is an urgent rule that may be about this account. */
bool curfew_is_broken(const struct curfew *curfew, const char *account);

#endif
