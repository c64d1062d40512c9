/*
 * What rings again, and when: the texts of an entry are what a bubble needs.
 *
 * The timer looks at the wall clock now and then, as nobody tells when it is
 * set while the computer sleeps.
 */
#include "app/snoozes.h"
#include "app/later.h"
#include "app/log.h"
#include "app/when.h"
#include "imap/response.h"
#include "message/text.h"
#include "os/language.h"
#include "store/agenda.h"
#include <string.h>

enum {
	LOOK_EVERY = 10 * 60,         /* s */
	STRANGE_MAX = 30 * 24 * 3600, /* s */
	LABEL_OCTETS = 100,
};

enum {
	TEXT_ACCOUNT,
	TEXT_MAILBOX,
	TEXT_UIDVALIDITY,
	TEXT_UID,
	TEXT_NAME,
	TEXT_ADDRESS,
	TEXT_SUBJECT,
	TEXT_PREVIEW,
	TEXT_MESSAGE_ID,
	TEXT_THREAD,
	TEXT_DATE,
	TEXTS,
};

struct snoozes {
	struct agenda *agenda;
	struct loop_timer *timer; /* or NULL */
	const struct snoozes_events *events;
	void *data;
};

static const struct agenda_kind snoozes_kind = {
    .thing = "snoozes",
    .texts = TEXTS,
    .max = SNOOZES_MAX,
    .loss = "what was snoozed does not ring again",
};

/* ---- messages in and out ---- */

static void set_text(char **place, const char *text)
{
	g_free(*place);
	*place = g_strdup(text);
}

static uint32_t number_of(const struct agenda_entry *entry, int text)
{
	guint64 number = 0;

	g_ascii_string_to_unsigned(
	    entry->texts[text], 10, 0, UINT32_MAX, &number, NULL);
	return (uint32_t)number;
}

static char *print_from(const struct agenda_entry *entry)
{
	g_autofree char *name =
	    g_strdelimit(g_strdup(entry->texts[TEXT_NAME]), "\"\\\r\n", ' ');
	g_autofree char *address =
	    g_strdelimit(g_strdup(entry->texts[TEXT_ADDRESS]), "<>\r\n", ' ');

	return g_strdup_printf("From: \"%s\" <%s>\r\n\r\n", name, address);
}

static struct message *make_message(const struct agenda_entry *entry)
{
	const struct message_source source = {
	    .account = entry->texts[TEXT_ACCOUNT],
	    .mailbox = entry->texts[TEXT_MAILBOX],
	    .uidvalidity = number_of(entry, TEXT_UIDVALIDITY),
	    .uid = number_of(entry, TEXT_UID),
	};
	g_autofree char *header = print_from(entry);
	struct message *message = message_new(&source, header, strlen(header));

	set_text(&message->subject, entry->texts[TEXT_SUBJECT]);
	set_text(&message->preview, entry->texts[TEXT_PREVIEW]);
	set_text(&message->message_id, entry->texts[TEXT_MESSAGE_ID]);
	set_text(&message->thread, entry->texts[TEXT_THREAD]);
	set_text(&message->date, entry->texts[TEXT_DATE]);
	return message;
}

static bool is_same(const struct agenda_entry *entry, const char *account,
    const char *mailbox, uint32_t uidvalidity)
{
	return strcmp(entry->texts[TEXT_ACCOUNT], account) == 0 &&
	    strcmp(entry->texts[TEXT_MAILBOX], mailbox) == 0 &&
	    number_of(entry, TEXT_UIDVALIDITY) == uidvalidity;
}

/* ---- the time ---- */

static bool watches(
    const struct snoozes *snoozes, const struct agenda_entry *entry)
{
	return snoozes->events->watches(
	    snoozes->data, entry->texts[TEXT_ACCOUNT]);
}

static bool rests(
    const struct snoozes *snoozes, const struct agenda_entry *entry)
{
	return snoozes->events->rests(
	    snoozes->data, entry->texts[TEXT_ACCOUNT]);
}

/* What is due but has to wait is looked at now and then. */
static int64_t next_time(const struct snoozes *snoozes, int64_t now)
{
	const GPtrArray *entries = agenda_entries(snoozes->agenda);
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		bool waits = entry->time <= now && rests(snoozes, entry);

		if (!watches(snoozes, entry))
			continue;
		next = MIN(next, waits ? now + LOOK_EVERY : entry->time);
	}
	return next;
}

static void set_timer(struct snoozes *snoozes)
{
	int64_t now = when_wall(), next, wait;

	if (snoozes->timer == NULL)
		return;
	next = next_time(snoozes, now);
	wait = next == INT64_MAX ? 0 : CLAMP(next - now, 0, LOOK_EVERY);
	loop_timer_set(snoozes->timer,
	    next == INT64_MAX ? INT64_MAX : loop_now() + wait * 1000);
}

struct due {
	const struct snoozes *snoozes;
	int64_t now;
};

static bool is_due(const struct agenda_entry *entry, const void *data)
{
	const struct due *due = data;

	if (!watches(due->snoozes, entry))
		return entry->time <= due->now - STRANGE_MAX;
	return entry->time <= due->now && !rests(due->snoozes, entry);
}

/* Gone from the list before they ring: what rings for ever is worse than what
 * a crash in between makes silent. */
static void ring_due(struct snoozes *snoozes)
{
	const GPtrArray *entries = agenda_entries(snoozes->agenda);
	const struct due at = {snoozes, when_wall()};
	g_autoptr(GPtrArray) due = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < entries->len; i++)
		if (is_due(entries->pdata[i], &at))
			g_ptr_array_add(due, make_message(entries->pdata[i]));
	if (due->len > 0 &&
	    !agenda_drop(snoozes->agenda, is_due, &at, NULL, &error))
		log_line(LOG_LEVEL_WARNING, NULL,
		    "what was snoozed may ring again after a restart: %s",
		    error->message);
	for (unsigned i = 0; i < due->len; i++)
		snoozes->events->ring(snoozes->data, due->pdata[i]);
}

void snoozes_look(struct snoozes *snoozes)
{
	if (snoozes->timer == NULL)
		return;
	ring_due(snoozes);
	set_timer(snoozes);
}

static void on_timer(void *data)
{
	snoozes_look(data);
}

struct snoozes *snoozes_new(struct loop *loop, struct state *state,
    const struct snoozes_events *events, void *data)
{
	struct snoozes *snoozes = g_new0(struct snoozes, 1);
	g_autofree char *trouble = NULL;

	snoozes->events = events;
	snoozes->data = data;
	snoozes->agenda = state != NULL
	    ? agenda_open(state, &snoozes_kind, &trouble)
	    : agenda_look(&snoozes_kind, &trouble);
	if (trouble != NULL)
		log_line(LOG_LEVEL_WARNING, NULL,
		    "what is snoozed cannot be read: %s", trouble);
	if (loop != NULL)
		snoozes->timer = loop_timer_new(loop, on_timer, snoozes);
	set_timer(snoozes);
	return snoozes;
}

void snoozes_free(struct snoozes *snoozes)
{
	if (snoozes == NULL)
		return;
	if (snoozes->timer != NULL)
		loop_timer_free(snoozes->timer);
	agenda_free(snoozes->agenda);
	g_free(snoozes);
}

/* ---- changing ---- */

struct fate {
	const char *account, *mailbox;
	uint32_t uidvalidity, uid;
	const char *set; /* or NULL: uid only */
};

static bool has_fate(const struct agenda_entry *entry, const void *data)
{
	const struct fate *fate = data;
	uint32_t uid = number_of(entry, TEXT_UID);

	if (!is_same(entry, fate->account, fate->mailbox, fate->uidvalidity))
		return false;
	if (fate->set != NULL)
		return imap_set_has(
		    (struct imap_text){fate->set, strlen(fate->set)}, uid);
	return uid == fate->uid;
}

static bool holds_any(const struct snoozes *snoozes, const struct fate *fate)
{
	const GPtrArray *entries = agenda_entries(snoozes->agenda);

	for (unsigned i = 0; i < entries->len; i++)
		if (has_fate(entries->pdata[i], fate))
			return true;
	return false;
}

/* A disk that does not take it makes it ring once more. */
static void settle(struct snoozes *snoozes, const struct fate *fate)
{
	if (!holds_any(snoozes, fate))
		return;
	agenda_drop(snoozes->agenda, has_fate, fate, NULL, NULL);
	set_timer(snoozes);
}

void snoozes_read(struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, uint32_t uid)
{
	const struct fate fate = {account, mailbox, uidvalidity, uid, NULL};

	settle(snoozes, &fate);
}

void snoozes_gone(struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, const char *set)
{
	const struct fate fate = {account, mailbox, uidvalidity, 0, set};

	settle(snoozes, &fate);
}

void snoozes_list(const struct snoozes *snoozes, const char *account,
    const char *mailbox, uint32_t uidvalidity, GArray *uids)
{
	const GPtrArray *entries = agenda_entries(snoozes->agenda);

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		uint32_t uid = number_of(entry, TEXT_UID);

		if (is_same(entry, account, mailbox, uidvalidity))
			g_array_append_val(uids, uid);
	}
}

/* In the place of an earlier one. */
static bool store(struct snoozes *snoozes, const struct message *message,
    int64_t until, unsigned *ret_number, GError **error)
{
	const struct fate before = {message->account, message->mailbox,
	    message->uidvalidity, message->uid, NULL};
	const struct message_address *from =
	    message->from->len > 0 ? message->from->pdata[0] : NULL;
	g_autofree char *uidvalidity =
	    g_strdup_printf("%u", message->uidvalidity);
	g_autofree char *uid = g_strdup_printf("%u", message->uid);
	const char *texts[] = {
	    [TEXT_ACCOUNT] = message->account,
	    [TEXT_MAILBOX] = message->mailbox,
	    [TEXT_UIDVALIDITY] = uidvalidity,
	    [TEXT_UID] = uid,
	    [TEXT_NAME] = from != NULL ? from->name : "",
	    [TEXT_ADDRESS] = from != NULL ? from->address : "",
	    [TEXT_SUBJECT] = message->subject,
	    [TEXT_PREVIEW] = message->preview,
	    [TEXT_MESSAGE_ID] = message->message_id,
	    [TEXT_THREAD] = message->thread,
	    [TEXT_DATE] = message->date,
	    [TEXTS] = NULL,
	};

	return agenda_add(snoozes->agenda, until, texts, has_fate, &before,
	    ret_number, error);
}

bool snoozes_add(struct snoozes *snoozes, const struct message *message,
    int64_t until, unsigned *ret_number, GError **error)
{
	if (!store(snoozes, message, until, ret_number, error))
		return false;
	set_timer(snoozes);
	return true;
}

static bool is_meant(const struct agenda_entry *entry, const void *data)
{
	g_autofree char *number = g_strdup_printf("%u", entry->number);

	return strcmp(data, "all") == 0 || strcmp(data, number) == 0;
}

bool snoozes_remove(struct snoozes *snoozes, const char *word,
    unsigned *ret_count, GError **error)
{
	if (!agenda_drop(snoozes->agenda, is_meant, word, ret_count, error))
		return false;
	set_timer(snoozes);
	return true;
}

/* Whose it is, and its subject. */
static char *print_label(const struct agenda_entry *entry)
{
	char **texts = entry->texts;
	g_autofree char *label = g_strdup_printf("%s: %s",
	    texts[TEXT_NAME][0] != '\0' ? texts[TEXT_NAME]
					: texts[TEXT_ADDRESS],
	    texts[TEXT_SUBJECT]);

	return text_clean(label, -1, LABEL_OCTETS);
}

char *snoozes_farewell(const struct snoozes *snoozes, const char *word)
{
	const struct agenda_entry *found =
	    agenda_find_only(snoozes->agenda, is_meant, word);
	g_autofree char *label = NULL;

	if (found == NULL)
		return NULL;
	label = print_label(found);
	/* TRANSLATORS: a message, "Ann: Lunch". */
	return g_strdup_printf(_("%s does not ring again"), label);
}

static int widest_time(const GPtrArray *entries, int64_t now)
{
	int widest = 0;

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		g_autofree char *time = later_print(entry->time, now);

		widest = MAX(widest, text_columns(time));
	}
	return widest;
}

char *snoozes_print(const struct snoozes *snoozes, int64_t now)
{
	const GPtrArray *entries = agenda_entries(snoozes->agenda);
	GString *lines = g_string_new(NULL);
	int widest = widest_time(entries, now);

	for (unsigned i = 0; i < entries->len; i++) {
		const struct agenda_entry *entry = entries->pdata[i];
		char **texts = entry->texts;
		g_autofree char *time = later_print(entry->time, now);
		g_autofree char *padded = text_pad(time, widest);
		g_autofree char *label = print_label(entry);
		g_autofree char *what = g_strdup_printf("%s/%s UID %s",
		    texts[TEXT_ACCOUNT], texts[TEXT_MAILBOX], texts[TEXT_UID]);
		g_autofree char *clean = text_clean(what, -1, LABEL_OCTETS);

		g_string_append_printf(lines, "%u  %s  %s  %s\n", entry->number,
		    padded, clean, label);
	}
	return g_string_free(lines, FALSE);
}
