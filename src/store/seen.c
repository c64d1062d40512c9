/*
 * Hashes of messages in a file that grows by lines:
 *
 *	idlebell seen 1 KEY
 *	MESSAGE MAILBOX		hexadecimal, HMAC-SHA256 with the key, cut
 *
 * A line is good or it is skipped; a file with such lines, or with too many,
 * is written anew with the next message.  So is one of another version: it is
 * no loss that would be worth an error.
 */

#include "store/seen.h"
#include "os/file.h"
#include "store/ledger.h"
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define SEEN_MAX    4000
#define LOADED_MAX  32 /* of 128 kB each */
#define KEY_SIZE    16
#define HEADER      "idlebell seen 1 "
#define HEADER_SIZE (sizeof HEADER - 1 + 2 * KEY_SIZE + 1)
#define LINE_SIZE   (16 + 1 + 8 + 1)
/* What is longer was not written by us. */
#define MAX_READ    (HEADER_SIZE + 4 * SEEN_MAX * LINE_SIZE)

struct entry {
	uint64_t message;
	uint32_t mailbox;
};

struct seen {
	struct state *state;
	char *name;
	uint8_t key[KEY_SIZE];
	GArray *entries; /* struct entry, oldest first; NULL: not in memory */
	GList link;      /* in state_seen(), when it is */
	bool whole;      /* the file holds just these, and takes another */
	bool mute;       /* the file is not to be touched */
};

/* ---- hashes ---- */

static void make_key(uint8_t *key)
{
	if (getrandom(key, KEY_SIZE, 0) == KEY_SIZE)
		return;
	for (size_t i = 0; i < KEY_SIZE; i++)
		key[i] = (uint8_t)g_random_int();
}

/* Not by GHmac, which takes ten times as long: a bell waits for it. */
static uint64_t hash(const struct seen *seen, const char *text)
{
	uint8_t digest[32] = {0};
	uint64_t value = 0;

	/* What has no hash is like no other. */
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, seen->key, KEY_SIZE, text,
		strlen(text), digest) < 0)
		return (uint64_t)g_random_int() << 32 | g_random_int();
	for (size_t i = 0; i < sizeof value; i++)
		value = value << 8 | digest[i];
	return value;
}

static struct entry make_entry(
    const struct seen *seen, const char *identity, const char *mailbox)
{
	return (struct entry){
	    .message = hash(seen, identity),
	    .mailbox = (uint32_t)(hash(seen, mailbox) >> 32),
	};
}

/* ---- octets ---- */

/* Lower case only: a line has one form. */
static bool hex_parse(const char *text, size_t size, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++) {
		if (!g_ascii_isxdigit(text[i]) || g_ascii_isupper(text[i]))
			return false;
		value = value << 4 | (uint64_t)g_ascii_xdigit_value(text[i]);
	}
	*ret_value = value;
	return true;
}

static bool line_parse(const char *line, size_t size, struct entry *ret_entry)
{
	uint64_t message, mailbox;

	if (size != LINE_SIZE - 1 || line[16] != ' ' ||
	    !hex_parse(line, 16, &message) ||
	    !hex_parse(line + 17, 8, &mailbox))
		return false;
	*ret_entry = (struct entry){message, (uint32_t)mailbox};
	return true;
}

static bool header_parse(struct seen *seen, const char *text, size_t size)
{
	uint64_t octet;
	const char *key = text + sizeof HEADER - 1;
	uint8_t parsed[KEY_SIZE];

	if (size < HEADER_SIZE || text[HEADER_SIZE - 1] != '\n' ||
	    memcmp(text, HEADER, sizeof HEADER - 1) != 0)
		return false;
	for (size_t i = 0; i < KEY_SIZE; i++) {
		if (!hex_parse(key + 2 * i, 2, &octet))
			return false;
		parsed[i] = (uint8_t)octet;
	}
	memcpy(seen->key, parsed, KEY_SIZE);
	return true;
}

/* Drops the oldest; the file is then longer than memory. */
static void trim(struct seen *seen)
{
	if (seen->entries->len <= 2 * SEEN_MAX)
		return;
	g_array_remove_range(seen->entries, 0, seen->entries->len - SEEN_MAX);
	seen->whole = false;
}

static void lines_parse(struct seen *seen, const char *text, size_t size)
{
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		struct entry entry;

		/* What has no end was torn by a crash or a full disk. */
		if (end && line_parse(text, length, &entry))
			g_array_append_val(seen->entries, entry);
		else
			seen->whole = false;
		length += end != NULL;
		text += length;
		size -= length;
	}
	trim(seen);
}

static void seen_parse(struct seen *seen, const char *text, size_t size)
{
	seen->whole = header_parse(seen, text, size);
	if (seen->whole)
		lines_parse(seen, text + HEADER_SIZE, size - HEADER_SIZE);
}

static void line_append(GString *text, const struct entry *entry)
{
	g_string_append_printf(text, "%016" G_GINT64_MODIFIER "x %08x\n",
	    entry->message, entry->mailbox);
}

static GString *seen_format(const struct seen *seen)
{
	GString *text = g_string_new(HEADER);

	for (size_t i = 0; i < KEY_SIZE; i++)
		g_string_append_printf(text, "%02x", seen->key[i]);
	g_string_append_c(text, '\n');
	for (unsigned i = 0; i < seen->entries->len; i++)
		line_append(
		    text, &g_array_index(seen->entries, struct entry, i));
	return text;
}

/* ---- the file ---- */

static void seen_read(struct seen *seen)
{
	g_autoptr(GError) error = NULL;
	size_t size;
	g_autofree char *text = file_read(
	    state_directory(seen->state), seen->name, MAX_READ, &size, &error);

	seen->mute = false;
	if (text)
		seen_parse(seen, text, size);
	else
		/* What is only not to be read now may be good. */
		seen->mute =
		    !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
		    !g_error_matches(error, FILE_ERROR, FILE_ERROR_UNFIT);
}

/* Can be read again as it is. */
static bool is_spare(const struct seen *seen)
{
	return seen->whole || seen->entries->len == 0;
}

static void seen_drop(struct seen *seen)
{
	g_clear_pointer(&seen->entries, g_array_unref);
	g_queue_unlink(state_seen(seen->state), &seen->link);
}

static void drop_eldest(struct state *state)
{
	for (GList *link = state_seen(state)->tail; link; link = link->prev) {
		if (is_spare(link->data)) {
			seen_drop(link->data);
			return;
		}
	}
}

/* Brings it to memory, and to the front. */
static void seen_need(struct seen *seen)
{
	GQueue *queue = state_seen(seen->state);

	if (seen->entries) {
		g_queue_unlink(queue, &seen->link);
	} else {
		if (queue->length >= LOADED_MAX)
			drop_eldest(seen->state);
		seen->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
		make_key(seen->key);
		seen_read(seen);
	}
	g_queue_push_head_link(queue, &seen->link);
}

static struct seen *open_file(
    struct state *state, const char *account, const char *suffix)
{
	struct seen *seen = g_new0(struct seen, 1);

	seen->state = state;
	seen->name = ledger_file_name(account, suffix);
	seen->link.data = seen;
	return seen;
}

struct seen *seen_open(struct state *state, const char *account)
{
	return open_file(state, account, "seen");
}

struct seen *seen_open_senders(struct state *state, const char *account)
{
	return open_file(state, account, "senders");
}

void seen_free(struct seen *seen)
{
	if (!seen)
		return;
	if (seen->entries)
		seen_drop(seen);
	g_free(seen->name);
	g_free(seen);
}

/* By walking: at most 8,000 of them, a few microseconds a message. */
static enum seen_where find_entry(
    const struct seen *seen, const struct entry *wanted)
{
	enum seen_where where = SEEN_NOWHERE;

	for (unsigned i = 0; i < seen->entries->len; i++) {
		const struct entry *entry =
		    &g_array_index(seen->entries, struct entry, i);

		if (entry->message != wanted->message)
			continue;
		if (entry->mailbox == wanted->mailbox)
			return SEEN_HERE;
		where = SEEN_ELSEWHERE;
	}
	return where;
}

enum seen_where seen_find(
    struct seen *seen, const char *identity, const char *mailbox)
{
	struct entry entry;

	if (!identity || *identity == '\0')
		return SEEN_NOWHERE;
	seen_need(seen);
	entry = make_entry(seen, identity, mailbox);
	return find_entry(seen, &entry);
}

static bool append_line(const struct seen *seen, const struct entry *entry)
{
	g_autoptr(GString) line = g_string_new(NULL);

	line_append(line, entry);
	return file_append(state_directory(seen->state), seen->name, line->str,
	    line->len, NULL);
}

static bool write_all(const struct seen *seen)
{
	g_autoptr(GString) text = seen_format(seen);

	return file_replace(state_directory(seen->state), seen->name, text->str,
	    text->len, NULL);
}

void seen_add(struct seen *seen, const char *identity, const char *mailbox)
{
	struct entry entry;

	if (!identity || *identity == '\0')
		return;
	seen_need(seen);
	entry = make_entry(seen, identity, mailbox);
	if (find_entry(seen, &entry) == SEEN_HERE)
		return;
	g_array_append_val(seen->entries, entry);
	trim(seen);
	if (seen->mute)
		return;
	/* A line that failed may be there in part: then all is written. */
	seen->whole = seen->whole && append_line(seen, &entry);
	if (!seen->whole)
		seen->whole = write_all(seen);
}

/* Not before it is among the older half: the file is written anew for it, with
 * the next entry. */
void seen_renew(struct seen *seen, const char *identity)
{
	uint64_t message;

	seen_need(seen);
	message = hash(seen, identity);
	for (unsigned i = 0; i < seen->entries->len / 2; i++) {
		struct entry entry =
		    g_array_index(seen->entries, struct entry, i);

		if (entry.message != message)
			continue;
		g_array_remove_index(seen->entries, i);
		g_array_append_val(seen->entries, entry);
		seen->whole = false;
		return;
	}
}
