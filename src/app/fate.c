/*
 * What becomes of the messages of a mailbox that were told: read, flagged,
 * gone.
 */
#include "app/box.h"
#include "imap/words.h"
#include <string.h>

enum {
	/* UIDs told of late whose fate is told, too. */
	RUNG_MAX = 256
};

void fate_forget(struct box *box)
{
	g_clear_pointer(&box->rung, g_array_unref);
	g_clear_pointer(&box->read, g_hash_table_unref);
}

/* False when it is known, or nobody cares. */
static bool note_read(struct box *box, uint32_t uid)
{
	if (box->account->config->on_read == NULL)
		return false;
	if (box->read == NULL)
		box->read = g_hash_table_new(NULL, NULL);
	return g_hash_table_add(box->read, GUINT_TO_POINTER(uid));
}

static void forget_oldest(struct box *box)
{
	for (unsigned i = 0; box->read != NULL && i < RUNG_MAX / 2; i++)
		g_hash_table_remove(box->read,
		    GUINT_TO_POINTER(g_array_index(box->rung, uint32_t, i)));
	g_array_remove_range(box->rung, 0, RUNG_MAX / 2);
}

/* What becomes of it is of interest for a while. */
void fate_note(struct box *box, uint32_t uid, const char *flags)
{
	if (box->rung == NULL)
		box->rung = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (box->rung->len >= RUNG_MAX)
		forget_oldest(box);
	g_array_append_val(box->rung, uid);
	if (imap_words_have(flags, "\\Seen"))
		note_read(box, uid);
}

/* What is to ring again is of interest, too. */
void fate_recall(struct box *box)
{
	const struct snoozes *snoozes = box->account->world->snoozes;
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	if (box->rung != NULL)
		return;
	snoozes_list(snoozes, box->account->config->name, box->mailbox,
	    box->mark.uidvalidity, uids);
	for (unsigned i = 0; i < uids->len; i++)
		fate_note(box, g_array_index(uids, uint32_t, i), "");
}

static int find_rung(const struct box *box, uint32_t uid)
{
	for (unsigned i = 0; box->rung != NULL && i < box->rung->len; i++)
		if (g_array_index(box->rung, uint32_t, i) == uid)
			return (int)i;
	return -1;
}

static void tell_read(struct box *box, uint32_t uid, bool gone)
{
	struct account *account = box->account;
	const struct read_event event = {
	    .mailbox = box->mailbox,
	    .uidvalidity = box->mark.uidvalidity,
	    .uid = uid,
	    .gone = gone,
	};

	if (!note_read(box, uid))
		return;
	if (account->reads == NULL)
		account->reads = reads_new(account->world->net->loop);
	reads_add(account->reads, account->config, &event);
}

/* Nobody has to look at it any more. */
static void settle(struct box *box, uint32_t uid)
{
	const struct account_world *world = box->account->world;
	uint32_t uidvalidity = box->mark.uidvalidity;

	belfry_read(world->belfry, box, uidvalidity, uid);
	snoozes_read(world->snoozes, box->account->config->name, box->mailbox,
	    uidvalidity, uid);
}

static void settle_set(struct box *box, const char *set)
{
	const struct account_world *world = box->account->world;
	uint32_t uidvalidity = box->mark.uidvalidity;

	belfry_gone(world->belfry, box, uidvalidity, set);
	snoozes_gone(world->snoozes, box->account->config->name, box->mailbox,
	    uidvalidity, set);
}

void box_flags(struct box *box, uint32_t uid, const char *flags)
{
	const struct report_fate report = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .uidvalidity = box->mark.uidvalidity,
	    .uid = uid,
	    .flags = flags,
	};

	if (imap_words_have(flags, "\\Seen") ||
	    imap_words_have(flags, "\\Deleted"))
		settle(box, uid);
	if (find_rung(box, uid) < 0)
		return;
	report_fate(box->account->world->form, &report);
	if (!imap_words_have(flags, "\\Seen"))
		return;
	delivery_spare(box->account->delivery, box, uid);
	tell_read(box, uid, false);
}

static void tell_gone(struct box *box, uint32_t uid)
{
	const struct report_fate report = {
	    .account = box->account->config->name,
	    .mailbox = box->mailbox,
	    .uidvalidity = box->mark.uidvalidity,
	    .uid = uid,
	};

	report_fate(box->account->world->form, &report);
	delivery_spare(box->account->delivery, box, uid);
	tell_read(box, uid, true);
}

void box_gone(struct box *box, const char *set)
{
	const struct imap_text text = {.at = set, .size = strlen(set)};

	settle_set(box, set);
	for (unsigned i = 0; box->rung != NULL && i < box->rung->len;) {
		uint32_t uid = g_array_index(box->rung, uint32_t, i);

		if (imap_set_has(text, uid)) {
			g_array_remove_index(box->rung, i);
			tell_gone(box, uid);
			if (box->read != NULL)
				g_hash_table_remove(
				    box->read, GUINT_TO_POINTER(uid));
		} else {
			i++;
		}
	}
}
