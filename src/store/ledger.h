/*
 * A small text file of one account in the state directory, under a checksum:
 *
 *	idlebell THING VERSION
 *	...
 *	sha256 HEX			of all that is above
 *	HEX LINE			added since, each with a sum of its own
 *
 * Lines that are added outlive this process at once, but a crash of the
 * computer only with the next ledger_write(): the first one that is torn or
 * damaged ends the file.  Every version ends with the checksum, so that damage
 *is told from a file of a newer version.  What the lines say is their owner's
 *business.
 */
#ifndef IDLEBELL_STORE_LEDGER_H
#define IDLEBELL_STORE_LEDGER_H

#include "store/state.h"
#include <stdbool.h>
#include <stddef.h>

struct ledger_kind {
	const char *thing; /* "marks": in the title, and the file's suffix */
	unsigned version;  /* written; it and all older ones are read */
	size_t max_size;   /* octets read */
	const char *loss;  /* what damage costs, for a sentence */
	/* One line without its newline; false when it is not one of ours. */
	bool (*parse)(void *data, unsigned version, const char *line);
	/* One line that was added: replaces what it is about.  NULL: none is
	 * ever added. */
	bool (*amend)(void *data, unsigned version, const char *line);
	/* Forgets what was parsed: damage was found behind it. */
	void (*reset)(void *data);
};

enum ledger_verdict {
	LEDGER_GOOD,
	LEDGER_DAMAGED,
	LEDGER_NEWER,
};

struct ledger;

/* Reads and writes nothing yet. Kept: state and kind. */
struct ledger *ledger_new(
    struct state *state, const char *account, const struct ledger_kind *kind);
void ledger_free(struct ledger *ledger);

/*
 * Hands the file's lines to kind->parse with data; a missing file has none.
 * A damaged one is kept aside (renamed), *ret_damage says so in a sentence
 * (else it is untouched) and data is reset.  False and error only when the
 * file cannot be read now or is of a newer idlebell.
 */
bool ledger_read(
    struct ledger *ledger, void *data, char **ret_damage, GError **error);

/* Replaces the file by the lines, each with its newline; durable when it
 * returns true. */
bool ledger_write(struct ledger *ledger, const GString *lines, GError **error);

/* The same for a file that is not there yet, or that costs little, at the price
 * of no fsync(): a crash of the computer soon after it may leave none, or a
 * damaged one. */
bool ledger_begin(struct ledger *ledger, const GString *lines, GError **error);

/* Adds one line, without its newline, at the price of a write().  False, and
 * the file is as good as before, when it takes none: before it was read whole
 * or written, when there are many, or the disk does not take it. */
bool ledger_append(struct ledger *ledger, const char *line);

/* Has nobody removed the file? */
bool ledger_is_there(const struct ledger *ledger);

/* Sets "path: reason" of G_FILE_ERROR; always false. */
bool ledger_fail(const struct ledger *ledger, GFileError code,
    const char *reason, GError **error);

/* The octets of a file, and what octets mean; data is reset unless they are
 * good. */
GString *ledger_format(const struct ledger_kind *kind, const GString *lines);
enum ledger_verdict ledger_parse(
    const struct ledger_kind *kind, const char *text, size_t size, void *data);

/* The name of an account's file with that suffix: a new string. */
char *ledger_file_name(const char *account, const char *suffix);

#endif
