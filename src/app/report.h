/*
 * Events on standard output: JSON lines, or plain ones for people and cron.
 */
#ifndef IDLEBELL_APP_REPORT_H
#define IDLEBELL_APP_REPORT_H

#include "message/message.h"
#include <stdbool.h>

enum report_form {
	REPORT_NOTHING,
	REPORT_PLAIN,
	REPORT_JSON
};

struct report_state {
	const char *account, *mailbox;
	const char *state;  /* "connecting", "live", "waiting", "stopped" */
	const char *reason; /* or NULL */
};

struct report_fate {
	const char *account, *mailbox;
	uint32_t uidvalidity, uid;
	const char *flags; /* all it has now; NULL: it is gone */
};

/* rings: a plain line is written only for a message that rings.  False when
 * it could not be written. */
bool report_message(
    enum report_form form, const struct message *message, bool rings);
void report_state(enum report_form form, const struct report_state *state);
/* What has become of a message that was told. */
void report_fate(enum report_form form, const struct report_fate *fate);

/* False once standard output could not be written. */
bool report_is_read(void);

#endif
