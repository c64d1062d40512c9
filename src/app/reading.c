/*
 * Neither imap/ nor message/ knows the other: here they meet.
 */
#include "app/reading.h"

static const enum message_attachment attachments[] = {
    [IMAP_ATTACHMENT_UNKNOWN] = MESSAGE_ATTACHMENT_UNKNOWN,
    [IMAP_ATTACHMENT_NO] = MESSAGE_ATTACHMENT_NO,
    [IMAP_ATTACHMENT_YES] = MESSAGE_ATTACHMENT_YES,
};

/* Of all that uses threads, a conversation that is silenced, too. */
static bool has_threads(const struct config_account *account)
{
	return account->group == CONFIG_GROUP_THREAD ||
	    (account->actions & CONFIG_ACTION_MUTE) != 0;
}

char *reading_fields(
    const struct config_account *account, const char *header_fields)
{
	return has_threads(account)
	    ? g_strconcat(header_fields, " " MESSAGE_THREAD_FIELDS, NULL)
	    : g_strdup(header_fields);
}

bool reading_has_preview(const struct config_account *account)
{
	return (account->show & CONFIG_SHOW_PREVIEW) != 0 &&
	    (account->show & CONFIG_SHOW_COUNT) == 0;
}

struct message *reading_new(const struct config_account *account,
    const char *mailbox, const struct imap_news *news)
{
	struct message_source source = {
	    .account = account->name,
	    .mailbox = mailbox,
	    .uidvalidity = news->uidvalidity,
	    .uid = news->uid,
	    .size = news->size,
	    .flags = news->flags,
	    .internaldate = news->date,
	    .attachment = attachments[news->attachment],
	    .preview = news->preview,
	    .threads = has_threads(account),
	};
	gsize size;
	const char *header = g_bytes_get_data(news->header, &size);

	if (news->text != NULL)
		source.text = g_bytes_get_data(news->text, &source.text_size);
	return message_new(&source, header != NULL ? header : "", size);
}
