/*
 * Wishes that need a connection of their own for a moment: a change to
 * messages, a download on request, a look at what is there.
 *
 * All wishes of an account share one connection, which takes them one after
 * the other and goes a few seconds after the last: servers count connections.
 */
#ifndef IDLEBELL_APP_ERRAND_H
#define IDLEBELL_APP_ERRAND_H

#include "app/pace.h"
#include "app/settings.h"
#include "imap/session.h"
#include "net/stream.h"
#include <stdbool.h>

/* Those of one account. */
struct errands;

/* Keeps settings; account is one of theirs.  Connects with the first errand.
 * pace NULL: connects when it likes. */
struct errands *errands_new(struct net *net, struct settings *settings,
    const struct config_account *account, struct pace *pace);
struct errands *errands_ref(struct errands *errands);
/* The last one says goodbye.  What is left has failed(), from within the call;
 * not to be called by one of the events.  Takes NULL. */
void errands_unref(struct errands *errands);

const struct config_account *errands_account(const struct errands *errands);
/* One has been ready: what fails to connect now may do so again later. */
bool errands_have_worked(const struct errands *errands);

/* All from the main loop, never from within a call here but errands_unref();
 * any may free the errand.  Those for what is never asked for may be NULL. */
struct errand_events {
	/* With list, before ready(): each mailbox of the account. */
	void (*listed)(void *data, const struct imap_listed *listed);
	/* The mailbox is open: wishes, please. */
	void (*ready)(void *data, uint32_t uidvalidity);
	/* As in watch_events; after news() of errand_last(), too. */
	void (*done)(
	    void *data, const struct imap_done *done, const GError *error);
	void (*piece)(void *data, uint32_t uid, uint64_t offset,
	    const char *bytes, size_t size);
	void (*body_end)(
	    void *data, uint32_t uid, bool decoded, const char *failure);
	void (*about)(void *data, const struct imap_news *news,
	    struct imap_structure *structure, const char *failure);
	void (*news)(void *data, const struct imap_news *news);
	/* The connection, the mailbox or the deadline: nothing comes any more,
	 * and whether an act that was under way was done is not known. */
	void (*failed)(void *data, const GError *error);
};

struct errand_options {
	const char *mailbox;  /* UTF-8; copied */
	uint32_t uidvalidity; /* another one is IMAP_ERROR_GONE; 0: any */
	bool writable;        /* for errand_act() */
	bool list;
	int64_t deadline; /* ms for all of it, from now on; 0: as long as the
	                     server answers */
};

struct errand;

/* data must live until failed() or errand_free(). */
struct errand *errand_new(struct errands *errands,
    const struct errand_options *options, const struct errand_events *events,
    void *data);
/* It is done, given up, or has failed.  Takes NULL. */
void errand_free(struct errand *errand);

/* Wishes, once it is ready(); see imap/session.h. */
void errand_act(struct errand *errand, const struct imap_act *act);
/* At most IMAP_LAST_MAX; they carry what the rules look at. */
void errand_last(struct errand *errand, unsigned count);
void errand_body(struct errand *errand, const struct imap_body *body);
void errand_about(struct errand *errand, uint32_t uid, bool structure);

#endif
