/*
 * A message on its way to the sinks: what it is, what is to happen with it,
 * and how far it has come.
 */
#ifndef IDLEBELL_APP_ITEM_H
#define IDLEBELL_APP_ITEM_H

#include "app/fetching.h"
#include "app/hooks.h"
#include "app/settings.h"
#include "sinks/maildir.h"
#include <stdbool.h>

/* What a verdict says, kept beyond a reload. */
struct plan {
	int64_t notify, urgency, download_max_size, hook_timeout, hook_tries;
	int64_t hook_wait, hook_max_wait;
	int64_t burst, timeout, show, group, actions;
	bool many_accounts, urgent;
	char *sound, *icon, *image, *download_to, *host, *user;
	char *where; /* as sink_event has it */
	char **on_message, **on_mailbox, **download_command;
	bool text; /* is all that is downloaded */
};

struct item {
	struct delivery *delivery; /* NULL once it is gone */
	void *origin;
	struct lane *lane;
	struct message *message;
	struct plan plan;
	struct maildir_file *file;
	struct fetching *fetching; /* it comes over a connection of its own */
	int64_t patience;     /* loop_now(): its hook waits until then; 0: it
	                         was not asked for */
	bool wants_body;      /* its download is still to be made */
	bool owed;            /* and its hook did not wait for it */
	GError *spoilt;       /* why what comes of it is not stored */
	unsigned attempts;    /* that the connection broke */
	bool ringing, hooked; /* a sink has it and has not said so */
	bool gathered;        /* its batch has not been told */
	bool passed;          /* its turn has been */
	bool noted;           /* the log has it */
	bool withheld;        /* its bubble waits for the end of "do not
	                         disturb" */
	bool taken;           /* and only that is left of it */
	bool stale;           /* its UID is another message's now */
	char *name;           /* for the log */
	struct hooks_turn turn;
};

/* Takes message over, whose headers have served the rules.  accounts: how many
 * there are. */
struct item *item_new(struct message *message, const struct verdict *verdict,
    const struct config_account *account, unsigned accounts);
void item_free(struct item *item);

/* Points into the item. */
struct sink_event item_event(const struct item *item);
/* A line about its message; loud false: plain events on standard output say the
 * same. */
void item_log(const struct item *item, bool loud);
/* As maildir_open(). */
struct maildir_file *item_open_file(
    const struct item *item, char **ret_path, GError **error);

/* on_message, on_mailbox is to run for it. */
bool item_has_hook(const struct item *item);
bool item_has_batch(const struct item *item);

#endif
