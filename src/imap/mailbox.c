/*
 * Counting what the server announces against what has been looked at.
 */
#include "imap/mailbox.h"
#include "imap/limits.h"

void imap_mailbox_clear(struct imap_mailbox *mailbox)
{
	g_clear_pointer(&mailbox->told, g_hash_table_unref);
	mailbox->highest = 0;
}

/* Some servers lower EXISTS without an EXPUNGE (quirk 29). */
void imap_mailbox_exists(struct imap_mailbox *mailbox, uint32_t count)
{
	mailbox->exists = count;
	mailbox->seen = MIN(mailbox->seen, count);
	mailbox->asked = MIN(mailbox->asked, count);
}

static void lower(uint32_t *count, uint32_t by)
{
	*count -= MIN(*count, by);
}

/* RFC 9051 7.5.1: all higher sequence numbers go down by one. */
void imap_mailbox_expunge(struct imap_mailbox *mailbox, uint32_t sequence)
{
	if (sequence == 0)
		return;
	lower(&mailbox->exists, 1);
	if (sequence <= mailbox->seen)
		lower(&mailbox->seen, 1);
	if (sequence <= mailbox->asked)
		lower(&mailbox->asked, 1);
}

/*
 * RFC 7162 3.2.10.  Which sequence numbers went is unknown; that all of them
 * had been looked at is the guess that at worst asks once too often.
 */
void imap_mailbox_vanished(struct imap_mailbox *mailbox, uint32_t count)
{
	lower(&mailbox->exists, count);
	lower(&mailbox->seen, count);
	lower(&mailbox->asked, count);
}

void imap_mailbox_ask(struct imap_mailbox *mailbox)
{
	mailbox->asked = mailbox->exists;
}

/* "n:*" returns the last message even when its UID is below n (RFC 9051
 * 6.4.9, quirk 33). */
bool imap_mailbox_take(
    struct imap_mailbox *mailbox, uint32_t sequence, uint32_t uid)
{
	mailbox->seen = MAX(mailbox->seen, MIN(sequence, mailbox->exists));
	if (uid <= mailbox->last_uid)
		return false;
	if (mailbox->told == NULL)
		mailbox->told = g_hash_table_new(NULL, NULL);
	if (g_hash_table_size(mailbox->told) >= IMAP_NEWS_MAX)
		return false;
	mailbox->highest = MAX(mailbox->highest, uid);
	return g_hash_table_add(mailbox->told, GUINT_TO_POINTER(uid));
}

unsigned imap_mailbox_round_end(struct imap_mailbox *mailbox)
{
	unsigned told =
	    mailbox->told != NULL ? g_hash_table_size(mailbox->told) : 0;

	mailbox->last_uid = MAX(mailbox->last_uid, mailbox->highest);
	mailbox->seen = MAX(mailbox->seen, mailbox->asked);
	if (told >= IMAP_NEWS_MAX)
		mailbox->seen = 0;
	mailbox->asked = 0;
	imap_mailbox_clear(mailbox);
	return told;
}

bool imap_mailbox_has_more(const struct imap_mailbox *mailbox)
{
	return mailbox->exists > mailbox->seen;
}
