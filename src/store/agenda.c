/*
 * A list in a ledger, a line for each entry:
 *
 *	NUMBER TIME TEXT...		escaped as in a URI
 */
#include "store/agenda.h"
#include "os/file.h"
#include "store/ledger.h"
#include <string.h>
#include <unistd.h>

#define ALL      "all" /* in place of an account */
#define MAX_SIZE (1024 * 1024)
#define FRAME    1024 /* octets of title and checksum, at most */
#define TIME_MAX (G_GINT64_CONSTANT(1) << 40) /* s */

struct agenda {
	const struct agenda_kind *kind;
	struct state *state;
	struct ledger_kind format;
	struct ledger *ledger; /* NULL: to look only */
	GPtrArray *entries;    /* struct agenda_entry */
};

/* ---- lines ---- */

static void entry_free(gpointer data)
{
	struct agenda_entry *entry = data;

	g_strfreev(entry->texts);
	g_free(entry);
}

static bool number_parse(
    const char *word, guint64 min, guint64 max, guint64 *ret_number)
{
	return g_ascii_string_to_unsigned(word, 10, min, max, ret_number, NULL);
}

/* NULL when one is not well escaped. */
static char **texts_parse(char **words)
{
	g_autoptr(GStrvBuilder) texts = g_strv_builder_new();

	for (; *words; words++) {
		g_autofree char *text = g_uri_unescape_string(*words, NULL);

		if (!text || !g_utf8_validate(text, -1, NULL))
			return NULL;
		g_strv_builder_add(texts, text);
	}
	return g_strv_builder_end(texts);
}

static bool line_parse(void *data, unsigned version, const char *line)
{
	struct agenda *agenda = data;
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	struct agenda_entry *entry;
	guint64 number, time;
	char **texts;

	(void)version;
	if (g_strv_length(words) != agenda->kind->texts + 2 ||
	    agenda->entries->len >= agenda->kind->max ||
	    !number_parse(words[0], 1, G_MAXUINT32, &number) ||
	    !number_parse(words[1], 0, TIME_MAX, &time) ||
	    !(texts = texts_parse(words + 2)))
		return false;
	entry = g_new0(struct agenda_entry, 1);
	entry->number = (unsigned)number;
	entry->time = (int64_t)time;
	entry->texts = texts;
	g_ptr_array_add(agenda->entries, entry);
	return true;
}

static void reset(void *data)
{
	g_ptr_array_set_size(((struct agenda *)data)->entries, 0);
}

static GString *agenda_format(const struct agenda *agenda)
{
	GString *lines = g_string_new(NULL);

	for (unsigned i = 0; i < agenda->entries->len; i++) {
		const struct agenda_entry *entry = agenda->entries->pdata[i];

		g_string_append_printf(
		    lines, "%u %" G_GINT64_FORMAT, entry->number, entry->time);
		for (char **text = entry->texts; *text; text++) {
			g_string_append_c(lines, ' ');
			g_string_append_uri_escaped(lines, *text, NULL, TRUE);
		}
		g_string_append_c(lines, '\n');
	}
	return lines;
}

/* ---- the file ---- */

/* What cannot be read now stays as it was, and what was damaged since is
 * written again from memory with the next change. */
static bool agenda_read(
    struct agenda *agenda, char **ret_damage, GError **error)
{
	GPtrArray *before = agenda->entries;
	g_autofree char *damage = NULL;
	bool ok;

	agenda->entries = g_ptr_array_new_with_free_func(entry_free);
	ok = ledger_read(agenda->ledger, agenda, &damage, error);
	if (!ok || damage) {
		g_ptr_array_unref(agenda->entries);
		agenda->entries = before;
	} else {
		g_ptr_array_unref(before);
	}
	if (ret_damage)
		*ret_damage = g_steal_pointer(&damage);
	return ok;
}

/* What would be too large to be read again is not written. */
static bool agenda_write(struct agenda *agenda, GError **error)
{
	g_autoptr(GString) lines = agenda_format(agenda);

	if (lines->len > MAX_SIZE - FRAME)
		return ledger_fail(agenda->ledger, G_FILE_ERROR_NOSPC,
		    "it would be too large", error);
	return ledger_write(agenda->ledger, lines, error);
}

static struct agenda *agenda_make(const struct agenda_kind *kind)
{
	struct agenda *agenda = g_new0(struct agenda, 1);

	agenda->kind = kind;
	agenda->format = (struct ledger_kind){
	    .thing = kind->thing,
	    .version = 1,
	    .max_size = MAX_SIZE,
	    .loss = kind->loss,
	    .parse = line_parse,
	    .reset = reset,
	};
	agenda->entries = g_ptr_array_new_with_free_func(entry_free);
	return agenda;
}

static void tell(char **ret_trouble, const char *text)
{
	if (ret_trouble)
		*ret_trouble = g_strdup(text);
}

struct agenda *agenda_open(
    struct state *state, const struct agenda_kind *kind, char **ret_trouble)
{
	struct agenda *agenda = agenda_make(kind);
	g_autofree char *damage = NULL;
	g_autoptr(GError) error = NULL;

	agenda->state = state;
	agenda->ledger = ledger_new(state, ALL, &agenda->format);
	if (!agenda_read(agenda, &damage, &error))
		tell(ret_trouble, error->message);
	else if (damage)
		tell(ret_trouble, damage);
	return agenda;
}

static void look_into(struct agenda *agenda, int directory, char **ret_trouble)
{
	g_autofree char *name = ledger_file_name(ALL, agenda->kind->thing);
	g_autoptr(GError) error = NULL;
	size_t size;
	g_autofree char *text =
	    file_read(directory, name, MAX_SIZE, &size, &error);

	if (!text) {
		if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			tell(ret_trouble, error->message);
		return;
	}
	if (ledger_parse(&agenda->format, text, size, agenda) != LEDGER_GOOD)
		tell(ret_trouble, "it is damaged, or of a newer idlebell");
}

struct agenda *agenda_look(const struct agenda_kind *kind, char **ret_trouble)
{
	struct agenda *agenda = agenda_make(kind);
	g_autofree char *path = state_path();
	g_autoptr(GError) error = NULL;
	int directory = file_open_directory(path, &error);

	if (directory < 0) {
		tell(ret_trouble, error->message);
		return agenda;
	}
	look_into(agenda, directory, ret_trouble);
	close(directory);
	return agenda;
}

void agenda_free(struct agenda *agenda)
{
	if (!agenda)
		return;
	ledger_free(agenda->ledger);
	g_ptr_array_unref(agenda->entries);
	g_free(agenda);
}

const GPtrArray *agenda_entries(const struct agenda *agenda)
{
	return agenda->entries;
}

const struct agenda_entry *agenda_find_only(
    const struct agenda *agenda, agenda_drop_fn *drop, const void *data)
{
	const struct agenda_entry *found = NULL;

	for (unsigned i = 0; i < agenda->entries->len; i++) {
		if (!drop(agenda->entries->pdata[i], data))
			continue;
		if (found != NULL)
			return NULL;
		found = agenda->entries->pdata[i];
	}
	return found;
}

/* ---- changes ---- */

/* The lowest that is free. */
static unsigned free_number(const struct agenda *agenda)
{
	unsigned number = 1;

	for (unsigned i = 0; i < agenda->entries->len; i++) {
		const struct agenda_entry *entry = agenda->entries->pdata[i];

		if (entry->number != number)
			break;
		number++;
	}
	return number;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct agenda_entry *x = *(struct agenda_entry *const *)a;
	const struct agenda_entry *y = *(struct agenda_entry *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static bool has_room(struct agenda *agenda, GError **error)
{
	if (agenda->entries->len < agenda->kind->max)
		return true;
	return ledger_fail(
	    agenda->ledger, G_FILE_ERROR_NOSPC, "there are too many", error);
}

/* A descriptor, or -1: what is read now is what is changed. */
static int begin_turn(struct agenda *agenda, GError **error)
{
	g_autofree char *thing =
	    g_strconcat(agenda->kind->thing, ".lock", NULL);
	g_autofree char *name = ledger_file_name(ALL, thing);
	int turn = state_turn(agenda->state, name, error);

	if (turn >= 0 && agenda_read(agenda, NULL, error))
		return turn;
	if (turn >= 0)
		close(turn);
	return -1;
}

/* They are the caller's. */
static GPtrArray *take_out(
    struct agenda *agenda, agenda_drop_fn *drop, const void *data)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(entry_free);

	for (unsigned i = agenda->entries->len; i-- > 0;)
		if (drop && drop(agenda->entries->pdata[i], data))
			g_ptr_array_add(
			    out, g_ptr_array_steal_index(agenda->entries, i));
	return out;
}

static void put_back(struct agenda *agenda, GPtrArray *out)
{
	while (out->len > 0)
		g_ptr_array_add(
		    agenda->entries, g_ptr_array_steal_index_fast(out, 0));
	g_ptr_array_sort(agenda->entries, compare_numbers);
}

static struct agenda_entry *put_in(
    struct agenda *agenda, int64_t time, const char *const *texts)
{
	struct agenda_entry *entry = g_new0(struct agenda_entry, 1);

	entry->number = free_number(agenda);
	entry->time = CLAMP(time, 0, TIME_MAX);
	entry->texts = g_strdupv((char **)texts);
	g_ptr_array_add(agenda->entries, entry);
	g_ptr_array_sort(agenda->entries, compare_numbers);
	return entry;
}

static bool store_new(struct agenda *agenda, int64_t time,
    const char *const *texts, unsigned *ret_number, GError **error)
{
	struct agenda_entry *entry;

	if (!has_room(agenda, error))
		return false;
	entry = put_in(agenda, time, texts);
	*ret_number = entry->number;
	if (agenda_write(agenda, error))
		return true;
	g_ptr_array_remove(agenda->entries, entry);
	return false;
}

bool agenda_add(struct agenda *agenda, int64_t time, const char *const *texts,
    agenda_drop_fn *drop, const void *data, unsigned *ret_number,
    GError **error)
{
	int turn = begin_turn(agenda, error);
	g_autoptr(GPtrArray) out = NULL;
	bool ok;

	if (turn < 0)
		return false;
	out = take_out(agenda, drop, data);
	ok = store_new(agenda, time, texts, ret_number, error);
	if (!ok)
		put_back(agenda, out);
	close(turn);
	return ok;
}

bool agenda_drop(struct agenda *agenda, agenda_drop_fn *drop, const void *data,
    unsigned *ret_dropped, GError **error)
{
	int turn = begin_turn(agenda, error);
	g_autoptr(GPtrArray) out = take_out(agenda, drop, data);
	bool ok;

	if (ret_dropped)
		*ret_dropped = out->len;
	if (turn < 0)
		return false;
	ok = out->len == 0 || agenda_write(agenda, error);
	close(turn);
	return ok;
}
