/*
 * What is muted: the texts of an entry are what it is of, its key, and how
 * people know it.
 */
#include "app/mutes.h"
#include "app/later.h"
#include "app/log.h"
#include "app/thread.h"
#include "app/when.h"
#include "message/address.h"
#include "message/text.h"
#include "os/language.h"
#include "store/agenda.h"
#include <string.h>

#define THREAD "thread"
#define SENDER "sender"

enum {
	TEXT_WHAT,
	TEXT_KEY,
	TEXT_LABEL,
	TEXTS,
	LABEL_OCTETS = 100,
};

struct mutes {
	struct agenda *agenda;
};

static const struct agenda_kind mutes_kind = {
    .thing = "mutes",
    .texts = TEXTS,
    .max = MUTES_MAX,
    .loss = "what was muted rings again",
};

struct mutes *mutes_new(struct state *state)
{
	struct mutes *mutes = g_new0(struct mutes, 1);
	g_autofree char *trouble = NULL;

	mutes->agenda = state != NULL
	    ? agenda_open(state, &mutes_kind, &trouble)
	    : agenda_look(&mutes_kind, &trouble);
	if (trouble != NULL)
		log_line(LOG_LEVEL_WARNING, NULL,
		    "what is muted cannot be read: %s", trouble);
	return mutes;
}

void mutes_free(struct mutes *mutes)
{
	if (mutes == NULL)
		return;
	agenda_free(mutes->agenda);
	g_free(mutes);
}

/* ---- finding ---- */

static bool has_sender(const struct message *message, const char *key)
{
	for (unsigned i = 0; i < message->from->len; i++) {
		const struct message_address *from = message->from->pdata[i];

		if (g_ascii_strcasecmp(from->address, key) == 0 ||
		    g_ascii_strcasecmp(from->ascii, key) == 0)
			return true;
	}
	return false;
}

static bool is_muted_by(const struct agenda_entry *entry,
    const struct message *message, const char *thread)
{
	const char *key = entry->texts[TEXT_KEY];

	if (strcmp(entry->texts[TEXT_WHAT], THREAD) == 0)
		return g_strcmp0(thread, key) == 0;
	return has_sender(message, key);
}

const char *mutes_find(
    const struct mutes *mutes, const struct message *message, int64_t now)
{
	const GPtrArray *entries;
	g_autofree char *thread = NULL;

	if (mutes == NULL)
		return NULL;
	entries = agenda_entries(mutes->agenda);
	if (entries->len > 0)
		thread = thread_key(message);
	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];

		if (entry->time > now && is_muted_by(entry, message, thread))
			return strcmp(entry->texts[TEXT_WHAT], THREAD) == 0
			    ? THREAD
			    : SENDER;
	}
	return NULL;
}

void mutes_apply(
    const struct mutes *mutes, struct message *message, int64_t *notify)
{
	message->muted = mutes_find(mutes, message, when_wall());
	if (message->muted != NULL)
		*notify = 0;
}

/* ---- changing ---- */

struct successor {
	const char *const *texts;
	int64_t now;
};

/* The same before, and what has ended. */
static bool is_replaced(const struct agenda_entry *entry, const void *data)
{
	const struct successor *by = data;

	return entry->time <= by->now ||
	    (strcmp(entry->texts[TEXT_WHAT], by->texts[TEXT_WHAT]) == 0 &&
		strcmp(entry->texts[TEXT_KEY], by->texts[TEXT_KEY]) == 0);
}

static bool add(struct mutes *mutes, const char *const *texts, int64_t now,
    int64_t until, struct mutes_told *ret_told, GError **error)
{
	const struct successor successor = {texts, now};
	g_autofree char *end = later_print(until, now);
	unsigned number;

	if (!agenda_add(mutes->agenda, until, texts, is_replaced, &successor,
		&number, error))
		return false;
	ret_told->number = number;
	/* TRANSLATORS: who or what, and a time. */
	ret_told->text = g_strdup_printf(strcmp(texts[TEXT_WHAT], THREAD) == 0
		? _("the thread %s is muted until %s")
		: _("the sender %s is muted until %s"),
	    texts[TEXT_LABEL], end);
	return true;
}

static bool refuse(const char *why, GError **error)
{
	g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, why);
	return false;
}

bool mutes_add_thread(struct mutes *mutes, const struct message *message,
    int64_t now, int64_t until, struct mutes_told *ret_told, GError **error)
{
	g_autofree char *key = thread_key(message);
	g_autofree char *label =
	    text_clean(thread_subject(message), -1, LABEL_OCTETS);
	const char *texts[] = {THREAD, key, label, NULL};

	if (key != NULL)
		return add(mutes, texts, now, until, ret_told, error);
	return refuse(
	    "nothing says what thread the message is of: mute its sender",
	    error);
}

bool mutes_add_sender(struct mutes *mutes, const char *address, int64_t now,
    int64_t until, struct mutes_told *ret_told, GError **error)
{
	g_autofree char *key = text_mask(address, ADDRESS_TEXT_MAX);
	g_autofree char *label = text_clean(address, -1, LABEL_OCTETS);
	const char *texts[] = {SENDER, key, label, NULL};

	if (key[0] == '\0')
		return refuse("the message has no address of a sender", error);
	return add(mutes, texts, now, until, ret_told, error);
}

static bool is_meant(const struct agenda_entry *entry, const void *data)
{
	const char *word = data;
	g_autofree char *number = g_strdup_printf("%u", entry->number);

	return strcmp(word, "all") == 0 || strcmp(word, number) == 0 ||
	    (strcmp(entry->texts[TEXT_WHAT], SENDER) == 0 &&
		g_ascii_strcasecmp(entry->texts[TEXT_KEY], word) == 0);
}

bool mutes_remove(
    struct mutes *mutes, const char *word, unsigned *ret_count, GError **error)
{
	return agenda_drop(mutes->agenda, is_meant, word, ret_count, error);
}

static char *print_label(const struct agenda_entry *entry)
{
	return text_clean(entry->texts[TEXT_LABEL], -1, LABEL_OCTETS);
}

char *mutes_farewell(const struct mutes *mutes, const char *word)
{
	const struct agenda_entry *found =
	    agenda_find_only(mutes->agenda, is_meant, word);
	g_autofree char *label = NULL;

	if (found == NULL)
		return NULL;
	label = print_label(found);
	return g_strdup_printf(strcmp(found->texts[TEXT_WHAT], THREAD) == 0
		? _("the thread %s rings again")
		: _("the sender %s rings again"),
	    label);
}

/* Of those that are still muted, so that what follows stands in a column. */
static int widest_label(const GPtrArray *entries, int64_t now)
{
	int widest = 0;

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		g_autofree char *label = print_label(entry);

		if (entry->time > now)
			widest = MAX(widest, text_columns(label));
	}
	return widest;
}

char *mutes_print(const struct mutes *mutes, int64_t now)
{
	const GPtrArray *entries = agenda_entries(mutes->agenda);
	GString *lines = g_string_new(NULL);
	int widest = widest_label(entries, now);

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		g_autofree char *end = later_print(entry->time, now);
		g_autofree char *label = print_label(entry);
		g_autofree char *padded = text_pad(label, widest);

		if (entry->time > now)
			g_string_append_printf(lines,
			    strcmp(entry->texts[TEXT_WHAT], THREAD) == 0
				? _("%u  thread  %s  until %s\n")
				: _("%u  sender  %s  until %s\n"),
			    entry->number, padded, end);
	}
	return g_string_free(lines, FALSE);
}
