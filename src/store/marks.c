/*
 * High-water marks in a ledger, a line a mailbox:
 *
 *	UIDVALIDITY UID TIME RANGES MAILBOX	the mailbox percent-escaped
 *
 * RANGES are the UIDs above UID that are taken, as in "7,9:12", or "-".
 * Version 1 had no TIME and no RANGES.  Which mark is right is its owner's
 * business.
 *
 * A mod-sequence has a line of its own, with UIDVALIDITY and MAILBOX of its
 * mark:
 *
 *	UIDVALIDITY 0 0 - %01modseq MODSEQ MAILBOX
 *
 * which an idlebell that knows nothing of them takes for the mark of another
 * mailbox, keeps, and never looks at.
 */
#include "store/marks.h"
#include "store/ledger.h"
#include <stdlib.h>
#include <string.h>

#define MAX_MAILBOXES     10000
#define MAX_SIZE          (1024 * 1024)
#define MAX_RANGES        512 /* of a mailbox */
#define MAX_RANGES_OF_ALL 16384
#define TIME_MAX          (G_GINT64_CONSTANT(1) << 40) /* s */
#define TIME_STEP         3600 /* s: what is worth a write */

/* Of mailboxes that are in it the numbers may still grow, their ranges come,
 * and the lines of version 1 become longer. */
#define NUMBERS_SIZE      44
#define RANGE_SIZE        22
#define MAX_READ                                   \
	(MAX_SIZE + MAX_MAILBOXES * NUMBERS_SIZE + \
	    MAX_RANGES_OF_ALL * RANGE_SIZE)

/* Printable ASCII but '%'; UTF-8 is allowed besides. */
#define MAILBOX_PLAIN " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"

/* What no mailbox is called. */
#define MODSEQ_TITLE  "\001modseq "

struct marks {
	struct ledger *ledger;
	GHashTable *table; /* mailbox to struct mark */
	bool dirty;        /* memory is ahead of the file */
	bool loose;        /* the file may be ahead of the disk */
};

/* ---- one mark ---- */

void mark_clear(struct mark *mark)
{
	imap_ranges_clear(&mark->taken);
	*mark = (struct mark){0};
}

void mark_copy(const struct mark *mark, struct mark *ret_copy)
{
	*ret_copy = *mark;
	imap_ranges_copy(&mark->taken, &ret_copy->taken);
}

void mark_take(struct mark *mark, uint32_t uid)
{
	if (uid > mark->uid)
		imap_ranges_add(&mark->taken, uid);
}

bool mark_is_taken(const struct mark *mark, uint32_t uid)
{
	return uid <= mark->uid || imap_ranges_has(&mark->taken, uid);
}

void mark_advance(struct mark *mark, uint32_t uid)
{
	if (uid <= mark->uid)
		return;
	mark->uid = uid;
	imap_ranges_drop(&mark->taken, uid);
}

/* Nothing was taken in between. */
static bool mark_is_idle(const struct mark *a, const struct mark *b)
{
	return a->uidvalidity == b->uidvalidity && a->uid == b->uid &&
	    imap_ranges_equal(&a->taken, &b->taken);
}

/* As far as it is worth a write. */
static bool mark_is_same(const struct mark *a, const struct mark *b)
{
	return mark_is_idle(a, b) && llabs(a->time - b->time) < TIME_STEP;
}

static void mark_free(gpointer data)
{
	mark_clear(data);
	g_free(data);
}

/* ---- lines ---- */

static bool number_parse(const char *word, uint32_t *ret_number)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(word, 10, 0, UINT32_MAX, &number, NULL))
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

static bool time_parse(const char *word, int64_t *ret_time)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(word, 10, 0, TIME_MAX, &number, NULL))
		return false;
	*ret_time = (int64_t)number;
	return true;
}

/* Takes mailbox, and what mark holds. */
static void table_set(GHashTable *table, char *mailbox, struct mark mark)
{
	struct mark *copy = g_new(struct mark, 1);

	*copy = mark;
	g_hash_table_replace(table, mailbox, copy);
}

static bool taken_parse(const char *word, struct mark *mark)
{
	return imap_ranges_parse(word, &mark->taken) &&
	    mark->taken.count <= MAX_RANGES &&
	    (mark->taken.count == 0 || mark->taken.items[0].first > mark->uid);
}

/* What it has read is in mark also when it fails. */
static bool mark_parse(char **words, unsigned version, struct mark *mark)
{
	return number_parse(words[0], &mark->uidvalidity) &&
	    number_parse(words[1], &mark->uid) &&
	    (version == 1 ||
		(time_parse(words[2], &mark->time) &&
		    taken_parse(words[3], mark)));
}

static bool line_parse(void *data, unsigned version, const char *line)
{
	GHashTable *table = data;
	guint count = version == 1 ? 3 : 5;
	g_auto(GStrv) words = g_strsplit(line, " ", (gint)count);
	g_autofree char *mailbox = NULL;
	struct mark mark = {0};

	if (g_strv_length(words) == count)
		mailbox = g_uri_unescape_string(words[count - 1], NULL);
	if (!mailbox || !mark_parse(words, version, &mark) ||
	    g_hash_table_contains(table, mailbox)) {
		mark_clear(&mark);
		return false;
	}
	table_set(table, g_steal_pointer(&mailbox), mark);
	return g_hash_table_size(table) <= MAX_MAILBOXES;
}

/* ---- mod-sequences ---- */

/* The mark that a line of its own is about; NULL: none, or it was renumbered
 * meanwhile. */
static struct mark *modseq_find(
    GHashTable *table, const char *mailbox, const struct mark *line)
{
	struct mark *mark = g_hash_table_lookup(table, mailbox);

	return mark && mark->uidvalidity == line->uidvalidity ? mark : NULL;
}

/* One that makes no sense is as good as none. */
static void modseq_settle(
    GHashTable *table, const char *title, const struct mark *line)
{
	g_auto(GStrv) words = g_strsplit(title + strlen(MODSEQ_TITLE), " ", 2);
	struct mark *mark = NULL;
	guint64 modseq;

	if (g_strv_length(words) == 2)
		mark = modseq_find(table, words[1], line);
	if (mark &&
	    g_ascii_string_to_unsigned(
		words[0], 10, 0, UINT64_MAX, &modseq, NULL))
		mark->modseq = MAX(mark->modseq, modseq);
}

static gboolean modseq_is(gpointer key, gpointer mark, gpointer data)
{
	(void)mark;
	(void)data;
	return g_str_has_prefix(key, MODSEQ_TITLE);
}

/* Gives each mark its modseq, whose lines may stand anywhere. */
static void table_settle(GHashTable *table)
{
	GHashTableIter iter;
	gpointer key, mark;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &key, &mark)) {
		if (modseq_is(key, mark, NULL))
			modseq_settle(table, key, mark);
	}
	g_hash_table_foreach_remove(table, modseq_is, NULL);
}

static void modseq_append(
    GString *lines, const char *mailbox, const struct mark *mark)
{
	g_autofree char *title = g_strdup_printf(
	    MODSEQ_TITLE "%" G_GUINT64_FORMAT " %s", mark->modseq, mailbox);
	g_autofree char *escaped =
	    g_uri_escape_string(title, MAILBOX_PLAIN, TRUE);

	g_string_append_printf(
	    lines, "%u 0 0 - %s\n", mark->uidvalidity, escaped);
}

/* As many as whoever reads the file has room for. */
static void modseqs_append(GString *lines, GHashTable *table, GList *mailboxes)
{
	unsigned room = MAX_MAILBOXES - g_hash_table_size(table);

	for (GList *item = mailboxes; item; item = item->next) {
		const struct mark *mark =
		    g_hash_table_lookup(table, item->data);

		if (mark->modseq == 0)
			continue;
		if (room-- == 0 || lines->len > MAX_SIZE)
			return;
		modseq_append(lines, item->data, mark);
	}
}

/* ---- the table ---- */

static GHashTable *table_new(void)
{
	return g_hash_table_new_full(
	    g_str_hash, g_str_equal, g_free, mark_free);
}

static bool line_amend(void *data, unsigned version, const char *line)
{
	GHashTable *one = table_new();
	bool ok = line_parse(one, version, line);
	GHashTableIter iter;
	gpointer mailbox, mark;

	g_hash_table_iter_init(&iter, one);
	if (ok && g_hash_table_iter_next(&iter, &mailbox, &mark)) {
		g_hash_table_iter_steal(&iter);
		g_hash_table_replace(data, mailbox, mark);
	}
	g_hash_table_destroy(one);
	return ok;
}

static void table_reset(void *data)
{
	g_hash_table_remove_all(data);
}

static int string_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

static void line_append(GString *lines, const char *mailbox,
    const struct mark *mark, unsigned max_ranges)
{
	g_autofree char *escaped =
	    g_uri_escape_string(mailbox, MAILBOX_PLAIN, TRUE);

	g_string_append_printf(lines, "%u %u %" G_GINT64_FORMAT " ",
	    mark->uidvalidity, mark->uid, mark->time);
	imap_ranges_format(&mark->taken, max_ranges, lines);
	g_string_append_printf(lines, " %s\n", escaped);
}

/* In order of the names, so that two files can be compared; with room for so
 * many ranges. */
static GString *marks_format(GHashTable *table, unsigned room, bool modseqs)
{
	GString *lines = g_string_new(NULL);
	GList *mailboxes =
	    g_list_sort(g_hash_table_get_keys(table), string_compare);

	for (GList *item = mailboxes; item; item = item->next) {
		const struct mark *mark =
		    g_hash_table_lookup(table, item->data);

		line_append(lines, item->data, mark, MIN(room, MAX_RANGES));
		room -= MIN(room, MIN(mark->taken.count, MAX_RANGES));
	}
	if (modseqs)
		modseqs_append(lines, table, mailboxes);
	g_list_free(mailboxes);
	return lines;
}

/* Ranges and modseqs may come and go: they keep no mailbox out. */
static bool table_fits(GHashTable *table)
{
	g_autoptr(GString) lines = marks_format(table, 0, false);

	return lines->len <= MAX_SIZE &&
	    g_hash_table_size(table) <= MAX_MAILBOXES;
}

/* ---- the file ---- */

static const struct ledger_kind marks_kind = {
    .thing = "marks",
    .version = 2,
    .max_size = MAX_READ,
    .loss = "mail that came since the last run is not announced",
    .parse = line_parse,
    .amend = line_amend,
    .reset = table_reset,
};

struct marks *marks_open(
    struct state *state, const char *account, char **ret_damage, GError **error)
{
	struct marks *marks = g_new0(struct marks, 1);

	*ret_damage = NULL;
	marks->ledger = ledger_new(state, account, &marks_kind);
	marks->table = table_new();
	if (ledger_read(marks->ledger, marks->table, ret_damage, error)) {
		table_settle(marks->table);
		return marks;
	}
	marks_free(marks);
	return NULL;
}

void marks_free(struct marks *marks)
{
	if (!marks)
		return;
	g_hash_table_destroy(marks->table);
	ledger_free(marks->ledger);
	g_free(marks);
}

bool marks_get(
    const struct marks *marks, const char *mailbox, struct mark *ret_mark)
{
	const struct mark *mark = g_hash_table_lookup(marks->table, mailbox);

	if (!mark)
		return false;
	mark_copy(mark, ret_mark);
	return true;
}

int64_t marks_newest(const struct marks *marks, int64_t now)
{
	int64_t newest = 0;
	bool any_later = false;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, marks->table);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct mark *mark = value;

		if (mark->time <= now)
			newest = MAX(newest, mark->time);
		else
			any_later = true;
	}
	return newest == 0 && any_later ? now : newest;
}

static bool marks_refuse(
    struct marks *marks, const char *mailbox, GError **error)
{
	g_hash_table_remove(marks->table, mailbox);
	return ledger_fail(marks->ledger, G_FILE_ERROR_NOSPC,
	    "has no room for more mailboxes", error);
}

static bool marks_write(struct marks *marks,
    bool (*write)(struct ledger *ledger, const GString *lines, GError **error),
    GError **error)
{
	g_autoptr(GString) lines =
	    marks_format(marks->table, MAX_RANGES_OF_ALL, true);

	marks->dirty = !write(marks->ledger, lines, error);
	if (!marks->dirty)
		marks->loose = false;
	return !marks->dirty;
}

/* One line, taken without its newline. */
static bool line_add(struct marks *marks, GString *line)
{
	g_string_truncate(line, line->len - 1);
	return ledger_append(marks->ledger, line->str);
}

static bool marks_append(
    struct marks *marks, const char *mailbox, bool with_modseq)
{
	const struct mark *mark = g_hash_table_lookup(marks->table, mailbox);
	g_autoptr(GString) line = g_string_new(NULL);

	line_append(line, mailbox, mark, MAX_RANGES);
	if (!line_add(marks, line))
		return false;
	if (!with_modseq || mark->modseq == 0)
		return true;
	g_string_truncate(line, 0);
	modseq_append(line, mailbox, mark);
	return line_add(marks, line);
}

/* What a mailbox had when it was first seen, or when it was looked at last,
 * costs no message when a crash of the computer takes it. */
static bool is_harmless(const struct mark *old, const struct mark *mark)
{
	return old ? mark_is_idle(old, mark) : mark->taken.count == 0;
}

static bool is_kept(const struct marks *marks, const struct mark *old,
    const struct mark *mark, bool loosely)
{
	return old && !marks->dirty && (loosely || !marks->loose) &&
	    mark_is_same(old, mark) && ledger_is_there(marks->ledger);
}

/* Nothing on the disk can come to harm. */
static bool is_alone(const struct marks *marks)
{
	return g_hash_table_size(marks->table) == 1 &&
	    !ledger_is_there(marks->ledger);
}

static bool marks_keep(struct marks *marks, const char *mailbox,
    const struct mark *mark, bool loosely, GError **error)
{
	struct mark *old = g_hash_table_lookup(marks->table, mailbox);
	bool known = old != NULL, is_written = !marks->dirty, harmless;
	struct mark copy;

	mark_copy(mark, &copy);
	copy.time = CLAMP(copy.time, 0, TIME_MAX);
	if (is_kept(marks, old, &copy, loosely)) {
		old->modseq = copy.modseq;
		mark_clear(&copy);
		return true;
	}
	harmless = is_written && !marks->loose && is_harmless(old, &copy);
	table_set(marks->table, g_strdup(mailbox), copy);
	if (!known && !table_fits(marks->table))
		return marks_refuse(marks, mailbox, error);
	if (is_written && (harmless || (loosely && known)) &&
	    marks_append(marks, mailbox, harmless)) {
		marks->loose = !harmless;
		return true;
	}
	return marks_write(marks,
	    harmless && !known && is_alone(marks) ? ledger_begin : ledger_write,
	    error);
}

bool marks_set(struct marks *marks, const char *mailbox,
    const struct mark *mark, GError **error)
{
	return marks_keep(marks, mailbox, mark, false, error);
}

bool marks_note(struct marks *marks, const char *mailbox,
    const struct mark *mark, GError **error)
{
	return marks_keep(marks, mailbox, mark, true, error);
}
