/*
 * A short list in the state directory, over a restart: what the user has put
 * off, or does not want to hear of.  Each entry has a time and some texts.
 *
 * The file is read again before it is changed, under a lock, as the watchers of
 * several shards share it.
 */
#ifndef IDLEBELL_STORE_AGENDA_H
#define IDLEBELL_STORE_AGENDA_H

#include "store/state.h"
#include <stdint.h>

struct agenda_kind {
	const char *thing; /* the suffix of the file */
	unsigned texts;    /* of each entry */
	unsigned max;      /* entries */
	const char *loss;  /* as ledger_kind has it */
};

struct agenda_entry {
	unsigned number; /* from 1; a name for people */
	int64_t time;    /* wall clock, s */
	char **texts;
};

struct agenda;

/* Never NULL.  One that cannot be read is empty, and *ret_trouble, which may
 * be NULL, is a sentence about it (new), else untouched. */
struct agenda *agenda_open(
    struct state *state, const struct agenda_kind *kind, char **ret_trouble);
/* The same beside the watcher that has the directory: to look only. */
struct agenda *agenda_look(const struct agenda_kind *kind, char **ret_trouble);
void agenda_free(struct agenda *agenda);

/* struct agenda_entry, by number.  Good until the next call that changes. */
const GPtrArray *agenda_entries(const struct agenda *agenda);

/* Of those for which it returns true. */
typedef bool agenda_drop_fn(const struct agenda_entry *entry, const void *data);

/* The one for which it does; NULL when there is none, or are several. */
const struct agenda_entry *agenda_find_only(
    const struct agenda *agenda, agenda_drop_fn *drop, const void *data);

/* One more, in the place of those that drop, unless it is NULL, wants out.
 * Durable when it returns true.  False when there are too many, or too long
 * ones (G_FILE_ERROR_NOSPC), or the file cannot be written: then nothing has
 * changed. */
bool agenda_add(struct agenda *agenda, int64_t time, const char *const *texts,
    agenda_drop_fn *drop, const void *data, unsigned *ret_number,
    GError **error);
/* *ret_dropped, which may be NULL, says how many.  False when the file cannot
 * be read or written; in memory they are gone even so. */
bool agenda_drop(struct agenda *agenda, agenda_drop_fn *drop, const void *data,
    unsigned *ret_dropped, GError **error);

#endif
