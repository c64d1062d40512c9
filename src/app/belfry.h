/*
 * All bubbles of the program: what each stands for, and whose turn it is to be
 * shown, updated or closed.  Which message shares a bubble with which is
 * bells' to say.
 *
 * A bubble closes when the last of its messages is read or gone, and says fewer
 * before that.  What a bubble was for is known of the newest BELFRY_MAX
 * messages; older bubbles stay as they are, and their buttons do nothing.
 */
#ifndef IDLEBELL_APP_BELFRY_H
#define IDLEBELL_APP_BELFRY_H

#include "app/bell-text.h"
#include "app/item.h"

enum {
	BELFRY_MAX = 200
};

struct belfry;

/* The bubble of item was answered for: it is shown, or never will be. */
typedef void bells_fn(struct item *item);

struct belfry_press {
	struct belfry *belfry;
	const char *action;
	const char *token;      /* for XDG_ACTIVATION_TOKEN, or NULL */
	const GPtrArray *notes; /* struct bell_note, those that it showed; NULL:
	                           of a number that belfry_number() gave */
	uint64_t number;
};

struct belfry_events {
	/* The buttons of a bubble that has these notes (struct bell_note):
	 * id, label, id, label..., NULL; a new array of strings that stay, or
	 * NULL.  actions: bits of enum config_actions. */
	const char **(*buttons)(
	    void *data, const GPtrArray *notes, int64_t actions);
	/* One was pressed; the bubble is gone, or that of messages that came
	 * too late to be seen on it. */
	void (*pressed)(void *data, const struct belfry_press *press);
};

struct belfry_options {
	struct sink *desktop; /* outlives what is on its way */
	/* As desktop_close(). */
	void (*close)(struct sink *desktop, uint64_t number);
	const struct belfry_events *events; /* NULL: no buttons */
	void *data;
};

struct belfry *belfry_new(const struct belfry_options *options);
/* What is on its way is answered for as it comes, what is not at once.  Takes
 * NULL. */
void belfry_free(struct belfry *belfry);

/* What the desktop tells. */
void belfry_action(struct belfry *belfry, uint64_t number, const char *action,
    const char *token);
void belfry_closed(struct belfry *belfry, uint64_t number, bool by_user);

/* A message of origin was read, or those of an IMAP set are gone. */
void belfry_read(struct belfry *belfry, const void *origin,
    uint32_t uidvalidity, uint32_t uid);
void belfry_gone(struct belfry *belfry, const void *origin,
    uint32_t uidvalidity, const char *set);

/* It is not to be seen now, but may come again; NULL: nothing. */
void belfry_put_away(const struct bell_note *note);

/* For a bubble of one's own. */
uint64_t belfry_number(struct belfry *belfry);
struct sink *belfry_desktop(const struct belfry *belfry);
/* One that was told of late, or NULL. */
const struct bell_note *belfry_find(const struct belfry *belfry,
    const char *account, const char *mailbox, uint32_t uid);

/* ---- for bells ---- */

struct bell {
	struct belfry *belfry;
	uint64_t number;
	const void *owner; /* who chose it; NULL once it is gone */
	bells_fn *fn;
	char *thread;     /* the one it is of, or NULL */
	bool common;      /* it takes what would be one bubble too many */
	bool expired;     /* the desktop has closed it, not the user */
	int64_t made;     /* loop_now() */
	int64_t touched;  /* a message was added */
	GPtrArray *notes; /* struct bell_note, the oldest first */
	unsigned count;   /* messages it stands for */
	int64_t show, actions;

	/* Belfry's own. */
	GPtrArray *items; /* struct item, to be answered for when it rings */
	bool ringing;     /* on its way */
	bool stale;       /* and has more to say since */
	uint64_t shown;   /* the order of the newest note that can be seen */
	char *icon, *image;
	int64_t timeout;
};

/* Newest first: struct bell. */
const GQueue *belfry_bells(const struct belfry *belfry);
struct bell *belfry_add(struct belfry *belfry, const void *owner, bells_fn *fn);
/* One more message, to be shown by belfry_show(). */
void bell_put(struct bell *bell, struct item *item);
void bell_show(struct bell *bell);
/* Its message rings otherwise than by a bubble. */
void belfry_note(
    struct belfry *belfry, const void *owner, const struct item *item);
/* Drops the oldest, where there are too many. */
void belfry_trim(struct belfry *belfry);
/* Its mailboxes are no more. */
void belfry_disown(struct belfry *belfry, const void *owner);

#endif
