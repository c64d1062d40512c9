/*
 * What the desktop shows of an alarm: one bubble for all watches that are
 * blind, which stays until they are well or the user closes it, and one that
 * passes for what is well again.
 *
 * Where nobody is blind any more, the second takes the place of the first.  A
 * watch that the user has closed the bubble of is in it no more, until it was
 * well in between.  A notification daemon that is another one is shown what
 * the one before had.
 */
#include "app/alarm-inside.h"
#include "app/log.h"
#include "os/language.h"
#include <string.h>

enum {
	GATHER_TIME = 2000, /* ms from the first of a bubble to the bubble */
	NAMES_MAX = 5,      /* accounts in a bubble */
};

/* ---- what they say ---- */

/* One account of a bubble. */
struct entry {
	const struct alarm_watch *first; /* speaks for the others */
	unsigned mailboxes;
};

static struct entry *find_entry(GArray *entries, const char *account)
{
	for (unsigned i = 0; i < entries->len; i++) {
		struct entry *entry = &g_array_index(entries, struct entry, i);

		if (strcmp(entry->first->account, account) == 0)
			return entry;
	}
	return NULL;
}

/* An array of struct entry. */
static GArray *collect(
    const struct alarm *alarm, bool (*is_in)(const struct alarm_watch *watch))
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));

	for (unsigned i = 0; i < alarm->watches->len; i++) {
		const struct alarm_watch *watch = alarm->watches->pdata[i];
		struct entry fresh = {watch, 1}, *entry;

		if (!is_in(watch))
			continue;
		entry = find_entry(entries, watch->account);
		if (entry != NULL)
			entry->mailboxes++;
		else
			g_array_append_val(entries, fresh);
	}
	return entries;
}

/* The same for people. */
static char *tell_outage(int64_t ms)
{
	unsigned long seconds = (unsigned long)((ms + 500) / 1000);

	if (seconds < 120)
		return g_strdup_printf(
		    ngettext("after %lu second", "after %lu seconds", seconds),
		    seconds);
	if (seconds < 120 * 60)
		return g_strdup_printf(ngettext("after %lu minute",
					   "after %lu minutes", seconds / 60),
		    seconds / 60);
	return g_strdup_printf(
	    ngettext("after %lu hour", "after %lu hours", seconds / 3600),
	    seconds / 3600);
}

static char *entry_name(const struct entry *entry)
{
	if (entry->mailboxes == 1)
		return alarm_watch_name(entry->first);
	/* TRANSLATORS: an account, and how many of its mailboxes. */
	return g_strdup_printf(
	    ngettext("%s (%u mailbox)", "%s (%u mailboxes)", entry->mailboxes),
	    entry->first->account, entry->mailboxes);
}

static char *entry_text(const struct entry *entry)
{
	if (!entry->first->blind)
		return tell_outage(entry->first->outage);
	return g_strdup(_(alarm_watch_reason(entry->first)));
}

static char *make_summary(const GArray *entries, bool blind)
{
	g_autofree char *who = NULL;
	unsigned n = entries->len;

	if (n > 1)
		return g_strdup_printf(blind
			? ngettext("Cannot see new mail of %u account",
			      "Cannot see new mail of %u accounts", n)
			: ngettext("New mail is seen again: %u account",
			      "New mail is seen again: %u accounts", n),
		    n);
	who = entry_name(&g_array_index(entries, struct entry, 0));
	return g_strdup_printf(blind ? _("Cannot see new mail of %s")
				     : _("New mail is seen again: %s"),
	    who);
}

static void append_more(GString *body, unsigned more)
{
	g_string_append_c(body, '\n');
	g_string_append_printf(
	    body, ngettext("and %u more", "and %u more", more), more);
}

static char *make_body(const GArray *entries)
{
	GString *body = g_string_new(NULL);

	for (unsigned i = 0; i < MIN(entries->len, NAMES_MAX); i++) {
		const struct entry *entry =
		    &g_array_index(entries, struct entry, i);
		g_autofree char *name = entry_name(entry);
		g_autofree char *text = entry_text(entry);

		if (entries->len == 1)
			g_string_append(body, text);
		else
			g_string_append_printf(
			    body, "%s%s: %s", i > 0 ? "\n" : "", name, text);
	}
	if (entries->len > NAMES_MAX)
		append_more(body, entries->len - NAMES_MAX);
	return g_string_free(body, FALSE);
}

/* ---- showing them ---- */

static void settle(struct alarm *alarm)
{
	if (alarm->settled != NULL)
		alarm->settled(alarm->data);
}

static void on_taken(void *data, const GError *error)
{
	struct alarm *alarm = data;
	const char *trouble = error != NULL ? error->message : NULL;

	if (trouble != NULL && g_strcmp0(trouble, alarm->desktop_trouble) != 0)
		log_line(
		    LOG_LEVEL_WARNING, NULL, "no notification: %s", trouble);
	g_free(alarm->desktop_trouble);
	alarm->desktop_trouble = g_strdup(trouble);
	alarm->showing--;
	settle(alarm);
}

static void on_blind_taken(void *data, const GError *error)
{
	((struct alarm *)data)->lost |= error != NULL;
	on_taken(data, error);
}

static void ring(struct alarm *alarm, const GArray *entries,
    const struct sink_event *look, sink_fn *fn)
{
	g_autoptr(Notice) notice = notice_new(NOTICE_STATE);
	struct sink *sink = alarm->desktop.sink;
	bool blind = fn == on_blind_taken;
	struct sink_event event = *look;

	notice->state = g_strdup(blind ? "blind" : "live");
	notice->summary = make_summary(entries, blind);
	notice->body = make_body(entries);
	event.notice = notice;
	event.urgency = SINK_NORMAL;
	alarm->showing++;
	sink->ring(sink, &event, fn, alarm);
}

/* It comes up only for what is new in it. */
static void show_blind(struct alarm *alarm, const GArray *entries, bool is_news)
{
	const struct sink_event look = {
	    .bubble = alarm->desktop.blind,
	    .timeout_bubble = SINK_TIMEOUT_NONE,
	    .stands = true,
	    .only_update = !is_news,
	};

	if (is_news)
		alarm->lost = false;
	alarm->standing = true;
	ring(alarm, entries, &look, on_blind_taken);
}

static void show_well(struct alarm *alarm, const GArray *entries, bool all)
{
	const struct sink_event look = {
	    .bubble = all ? alarm->desktop.blind : alarm->desktop.well,
	    .timeout_bubble = SINK_TIMEOUT_DEFAULT,
	};

	if (all)
		alarm->standing = false;
	ring(alarm, entries, &look, on_taken);
}

static void withdraw(struct alarm *alarm)
{
	if (alarm->standing)
		alarm->desktop.close(alarm->desktop.sink, alarm->desktop.blind);
	alarm->standing = false;
}

static bool is_up(const struct alarm_watch *watch)
{
	return watch->up && watch->blind;
}

static bool has_recovered(const struct alarm_watch *watch)
{
	return watch->told && !watch->blind;
}

/* Some are blind that the user does not know of. */
static bool take_news(struct alarm *alarm)
{
	bool is_news = alarm->again;

	for (unsigned i = 0; i < alarm->watches->len; i++) {
		struct alarm_watch *watch = alarm->watches->pdata[i];

		if (!watch->desktop || !watch->blind ||
		    (watch->told && !watch->worse))
			continue;
		watch->told = watch->up = is_news = true;
		watch->worse = false;
	}
	alarm->again = false;
	return is_news;
}

static void forget_recovered(struct alarm *alarm)
{
	for (unsigned i = 0; i < alarm->watches->len; i++) {
		struct alarm_watch *watch = alarm->watches->pdata[i];

		if (!has_recovered(watch))
			continue;
		alarm->shrunk |= watch->up;
		watch->told = watch->up = watch->worse = false;
	}
}

static void show_all(struct alarm *alarm)
{
	bool is_news = take_news(alarm);
	g_autoptr(GArray) blind = collect(alarm, is_up);
	g_autoptr(GArray) well = collect(alarm, has_recovered);

	forget_recovered(alarm);
	if (blind->len > 0 && (is_news || alarm->shrunk))
		show_blind(alarm, blind, is_news);
	if (well->len > 0)
		show_well(alarm, well, blind->len == 0);
	else if (is_news)
		alarm->desktop.close(alarm->desktop.sink, alarm->desktop.well);
	if (well->len == 0 && blind->len == 0)
		withdraw(alarm);
	alarm->shrunk = false;
}

void alarm_bubble_due(void *data)
{
	struct alarm *alarm = data;

	alarm->gathering = false;
	if (!alarm->over)
		show_all(alarm);
	settle(alarm);
}

static void gather(struct alarm *alarm)
{
	if (alarm->gathering || alarm->over)
		return;
	alarm->gathering = true;
	loop_timer_set(alarm->bubble, loop_now() + GATHER_TIME);
}

void alarm_bubble_tell(struct alarm_watch *watch)
{
	if (watch->desktop)
		gather(watch->alarm);
}

void alarm_bubble_forget(struct alarm_watch *watch)
{
	if (watch->up) {
		watch->alarm->shrunk = true;
		gather(watch->alarm);
	}
	watch->told = watch->up = watch->worse = false;
}

/* ---- what the desktop tells ---- */

void alarm_bubble_closed(struct alarm *alarm, uint64_t number, bool by_user)
{
	if (number != alarm->desktop.blind || !alarm->standing)
		return;
	if (!by_user) {
		alarm->lost = true;
		return;
	}
	alarm->standing = false;
	for (unsigned i = 0; i < alarm->watches->len; i++)
		((struct alarm_watch *)alarm->watches->pdata[i])->up = false;
}

void alarm_desktop_appeared(struct alarm *alarm)
{
	if (!alarm->lost || !alarm->standing)
		return;
	alarm->again = true;
	gather(alarm);
}

void alarm_end(struct alarm *alarm)
{
	alarm->over = true;
	withdraw(alarm);
}
