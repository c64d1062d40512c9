/*
 * A pattern is a set of places in it that a name has come to, a bit each,
 * moved on by every octet of the name: no pattern takes longer than another
 * of its length, whatever the server calls its mailboxes.
 */
#include "imap/selection.h"
#include "imap/limits.h"
#include "imap/session.h"
#include "imap/words.h"
#include <string.h>

#define INBOX "INBOX"

enum {
	WORD_BITS = 64,
	WORDS = IMAP_PATTERN_MAX / WORD_BITS + 1,
};

struct places {
	uint64_t words[WORDS];
};

struct glob {
	struct places literal[256]; /* where the pattern has this octet */
	struct places any, level;   /* where it has '*' and '%' */
	unsigned end;               /* the place behind it */
};

struct entry {
	const char *written;
	const char *use; /* "\Sent", or NULL */
	char *name;      /* normalized, of a plain one, or NULL */
	struct glob *glob;
	bool excludes;
	bool known; /* it fits a mailbox that is listed, */
	bool fits;  /* which can be selected */
	bool exact; /* a mailbox has this very name */
};

/* A mailbox while it is looked at. */
struct candidate {
	const char *attributes;
	char *name;       /* normalized */
	const char *base; /* name without the prefix, or NULL */
	size_t inbox;     /* octets of name whose case does not count */
	char delimiter;
};

/* One that is chosen. */
struct chosen {
	char *mailbox;
	unsigned entry, place;
	bool inbox;
};

/* ---- entries ---- */

static const char *skip_mark(const char *entry)
{
	entry += *entry == '!' ? 1 : 0;
	while (*entry == ' ' || *entry == '\t')
		entry++;
	return entry;
}

static bool has_wildcard(const char *text)
{
	return strpbrk(text, "*%") != NULL;
}

static bool is_plain(const char *entry)
{
	return *entry != '!' && *entry != '\\' && !has_wildcard(entry);
}

bool imap_selection_is_plain(const char *const *entries)
{
	for (; *entries != NULL; entries++)
		if (!is_plain(*entries))
			return false;
	return true;
}

/* "e" and an accent may be one character or two.  What is not UTF-8 stays. */
static char *normalize(const char *name)
{
	g_autofree char *composed =
	    g_utf8_normalize(name, -1, G_NORMALIZE_DEFAULT_COMPOSE);

	if (composed == NULL)
		return g_strdup(name);
	return g_steal_pointer(&composed);
}

/* ---- patterns ---- */

static void set_place(struct places *places, unsigned place)
{
	places->words[place / WORD_BITS] |= UINT64_C(1) << place % WORD_BITS;
}

static bool has_place(const struct places *places, unsigned place)
{
	return (places->words[place / WORD_BITS] >> place % WORD_BITS & 1) != 0;
}

/* Wildcards side by side are one: '*' if there is one among them. */
static const char *take_wildcards(struct glob *glob, const char *text)
{
	bool any = false;

	for (; *text == '*' || *text == '%'; text++)
		any |= *text == '*';
	set_place(any ? &glob->any : &glob->level, glob->end++);
	return text;
}

/* What is too long fits nothing, which is then told. */
static struct glob *glob_new(const char *text)
{
	g_autofree char *composed = normalize(text);
	struct glob *glob = g_new0(struct glob, 1);

	text = strlen(composed) <= IMAP_PATTERN_MAX ? composed : "";
	while (*text != '\0')
		if (*text == '*' || *text == '%')
			text = take_wildcards(glob, text);
		else
			set_place(&glob->literal[(guchar)*text++], glob->end++);
	return glob;
}

/* A wildcard also stands for nothing. */
static void pass_wildcards(const struct glob *glob, struct places *at)
{
	uint64_t carry = 0;

	for (unsigned i = 0; i <= glob->end / WORD_BITS; i++) {
		uint64_t wild =
		    at->words[i] & (glob->any.words[i] | glob->level.words[i]);

		at->words[i] |= wild << 1 | carry;
		carry = wild >> (WORD_BITS - 1);
	}
}

/* Where each octet may stand for others: '/' for the delimiter, either case
 * in INBOX. */
static uint64_t literal_word(const struct glob *glob, unsigned i, guchar octet,
    char delimiter, bool fold)
{
	uint64_t word = glob->literal[octet].words[i];

	if (octet == (guchar)delimiter)
		word |= glob->literal['/'].words[i];
	if (fold)
		word |= glob->literal[(guchar)g_ascii_tolower(octet)].words[i] |
		    glob->literal[(guchar)g_ascii_toupper(octet)].words[i];
	return word;
}

static void take_octet(const struct glob *glob, struct places *at, guchar octet,
    char delimiter, bool fold)
{
	bool deeper = octet == (guchar)delimiter;
	uint64_t carry = 0;

	for (unsigned i = 0; i <= glob->end / WORD_BITS; i++) {
		uint64_t moved = at->words[i] &
		    literal_word(glob, i, octet, delimiter, fold);
		uint64_t stays = at->words[i] &
		    (glob->any.words[i] | (deeper ? 0 : glob->level.words[i]));

		at->words[i] = moved << 1 | carry | stays;
		carry = moved >> (WORD_BITS - 1);
	}
	pass_wildcards(glob, at);
}

static bool glob_fits(
    const struct glob *glob, const char *name, size_t inbox, char delimiter)
{
	struct places at = {{1}};

	pass_wildcards(glob, &at);
	for (size_t i = 0; name[i] != '\0'; i++)
		take_octet(glob, &at, (guchar)name[i], delimiter, i < inbox);
	return has_place(&at, glob->end);
}

/* ---- what fits ---- */

static bool is_same_octet(char wanted, char octet, char delimiter, bool fold)
{
	if (wanted == octet)
		return true;
	if (wanted == '/' && octet == delimiter)
		return octet != '\0';
	return fold && g_ascii_tolower(wanted) == g_ascii_tolower(octet);
}

static bool name_fits(
    const char *wanted, const char *name, size_t inbox, char delimiter)
{
	for (size_t i = 0; wanted[i] != '\0' || name[i] != '\0'; i++)
		if (!is_same_octet(wanted[i], name[i], delimiter, i < inbox))
			return false;
	return true;
}

static bool spelling_fits(const struct entry *entry,
    const struct candidate *candidate, const char *name, size_t inbox)
{
	if (entry->glob != NULL)
		return glob_fits(
		    entry->glob, name, inbox, candidate->delimiter);
	return name_fits(entry->name, name, inbox, candidate->delimiter);
}

static bool entry_fits(
    const struct entry *entry, const struct candidate *candidate)
{
	if (entry->use != NULL)
		return imap_words_have(candidate->attributes, entry->use);
	if (entry->exact)
		return strcmp(entry->name, candidate->name) == 0;
	return spelling_fits(
		   entry, candidate, candidate->name, candidate->inbox) ||
	    (candidate->base != NULL &&
		spelling_fits(entry, candidate, candidate->base, 0));
}

/* ---- candidates ---- */

/* RFC 9051 5.1, and servers do so for what is below it, too. */
static size_t inbox_size(const char *name, char delimiter)
{
	size_t size = strlen(INBOX);

	if (g_ascii_strncasecmp(name, INBOX, size) != 0)
		return 0;
	if (name[size] == '\0' || name[size] == delimiter)
		return size;
	return 0;
}

static struct candidate candidate_of(const struct imap_listed *listed)
{
	struct candidate candidate = {
	    .attributes = listed->attributes,
	    .name = normalize(listed->mailbox),
	    .delimiter = listed->delimiter,
	};
	size_t prefix = listed->prefix != NULL ? strlen(listed->prefix) : 0;

	candidate.inbox = inbox_size(candidate.name, listed->delimiter);
	if (candidate.inbox > 0)
		memcpy(candidate.name, INBOX, candidate.inbox);
	if (prefix > 0 &&
	    g_ascii_strncasecmp(candidate.name, listed->prefix, prefix) == 0)
		candidate.base = candidate.name + prefix;
	return candidate;
}

static bool is_inbox(const char *mailbox)
{
	return g_ascii_strcasecmp(mailbox, INBOX) == 0;
}

/* ---- choosing ---- */

static void free_entry(gpointer data)
{
	struct entry *entry = data;

	g_free(entry->name);
	g_free(entry->glob);
	g_free(entry);
}

static struct entry *entry_new(const char *written, GHashTable *names)
{
	struct entry *entry = g_new0(struct entry, 1);
	const char *text = skip_mark(written);

	entry->written = written;
	entry->excludes = *written == '!';
	if (*text == '\\') {
		entry->use = text;
	} else if (has_wildcard(text)) {
		entry->glob = glob_new(text);
	} else {
		entry->name = normalize(is_inbox(text) ? INBOX : text);
		entry->exact = g_hash_table_contains(names, entry->name);
	}
	return entry;
}

static GPtrArray *entries_new(const char *const *written, GHashTable *names)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);

	for (; *written != NULL; written++)
		g_ptr_array_add(entries, entry_new(*written, names));
	return entries;
}

/* The first entry that lets it in, or -1 when the last that fits does not. */
static int let_in(const GPtrArray *entries, const struct candidate *candidate,
    bool selectable)
{
	bool in = false;
	int first = -1;

	for (unsigned i = 0; i < entries->len; i++) {
		struct entry *entry = entries->pdata[i];

		if (!entry_fits(entry, candidate))
			continue;
		entry->known = true;
		entry->fits |= selectable;
		in = selectable && !entry->excludes;
		if (in && first < 0)
			first = (int)i;
	}
	return in ? first : -1;
}

static void free_chosen(gpointer data)
{
	struct chosen *chosen = data;

	g_free(chosen->mailbox);
	g_free(chosen);
}

static void look_at(
    const GPtrArray *entries, const struct imap_listed *listed, GPtrArray *all)
{
	struct candidate candidate = candidate_of(listed);
	int entry = let_in(entries, &candidate, listed->selectable);
	struct chosen *chosen;

	g_free(candidate.name);
	if (entry < 0)
		return;
	chosen = g_new0(struct chosen, 1);
	chosen->inbox = is_inbox(listed->mailbox);
	chosen->mailbox = g_strdup(chosen->inbox ? INBOX : listed->mailbox);
	chosen->entry = (unsigned)entry;
	chosen->place = all->len;
	g_ptr_array_add(all, chosen);
}

/* A name that nothing listed fits.  Which delimiter it has, nobody said. */
static void look_at_hidden(const GPtrArray *entries, GPtrArray *all)
{
	for (unsigned i = 0; i < entries->len; i++) {
		struct entry *entry = entries->pdata[i];
		struct imap_listed hidden = {.mailbox = (char *)entry->written,
		    .delimiter = '/',
		    .selectable = true};

		if (!entry->known && !entry->excludes && entry->name != NULL)
			look_at(entries, &hidden, all);
	}
}

static int compare(gconstpointer a, gconstpointer b)
{
	const struct chosen *one = *(gpointer const *)a;
	const struct chosen *other = *(gpointer const *)b;

	if (one->entry != other->entry)
		return one->entry < other->entry ? -1 : 1;
	if (one->inbox != other->inbox)
		return one->inbox ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

/* Takes the names over. */
static GPtrArray *take_names(GPtrArray *all)
{
	g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_sort(all, compare);
	for (unsigned i = 0; i < all->len; i++) {
		struct chosen *chosen = all->pdata[i];

		if (g_hash_table_add(taken, chosen->mailbox))
			g_ptr_array_add(
			    names, g_steal_pointer(&chosen->mailbox));
	}
	return names;
}

static GHashTable *names_of(const GPtrArray *listed)
{
	GHashTable *names =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < listed->len; i++)
		g_hash_table_add(names, candidate_of(listed->pdata[i]).name);
	return names;
}

/* There is no harm in keeping out what could not be watched anyway. */
static void tell_unmatched(const GPtrArray *entries, GPtrArray *ret_unmatched)
{
	for (unsigned i = 0; i < entries->len; i++) {
		const struct entry *entry = entries->pdata[i];

		if (!(entry->excludes ? entry->known : entry->fits))
			g_ptr_array_add(
			    ret_unmatched, (gpointer)entry->written);
	}
}

GPtrArray *imap_selection_choose(const char *const *written,
    const GPtrArray *listed, GPtrArray *ret_unmatched)
{
	g_autoptr(GHashTable) names = names_of(listed);
	g_autoptr(GPtrArray) entries = entries_new(written, names);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_chosen);

	for (unsigned i = 0; i < listed->len; i++)
		look_at(entries, listed->pdata[i], all);
	look_at_hidden(entries, all);
	if (ret_unmatched != NULL)
		tell_unmatched(entries, ret_unmatched);
	return take_names(all);
}
