/*
 * Framer and parser against any stream.  The first octet says how the stream
 * is cut; uncut it must give the same frames.  What is parsed must lie within
 * the octets it was parsed from and keep to the limits.
 */
#include <stdint.h>
#include <string.h>

#include "imap/capability.h"
#include "imap/command.h"
#include "imap/framer.h"
#include "imap/limits.h"
#include "imap/response.h"
#include "imap/structure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a frame may point into. */
struct range {
	const char *at;
	size_t size;
};

static void check_text(const struct range *range, struct imap_text text)
{
	if (text.at == NULL) {
		g_assert_cmpuint(text.size, ==, 0);
		return;
	}
	g_assert_true(text.at >= range->at);
	g_assert_cmpuint(text.size, <=, range->size);
	g_assert_true(text.at + text.size <= range->at + range->size);

	g_autofree char *copy = imap_text_dup(text);
	g_assert_cmpuint(strlen(copy), ==, text.size);
	g_assert_true(imap_text_is(text, copy) || strchr(copy, '?') != NULL);
}

static void check_texts(const struct range *range, const GArray *texts)
{
	if (texts == NULL)
		return;
	g_assert_cmpuint(texts->len, <=, IMAP_LIST_MAX);
	for (guint i = 0; i < texts->len; i++)
		check_text(range, g_array_index(texts, struct imap_text, i));
}

static void check_addresses(const struct range *range, const GArray *addresses)
{
	g_assert_nonnull(addresses);
	g_assert_cmpuint(addresses->len, <=, IMAP_LIST_MAX);
	for (guint i = 0; i < addresses->len; i++) {
		const struct imap_address *address =
		    &g_array_index(addresses, struct imap_address, i);
		check_text(range, address->name);
		check_text(range, address->route);
		check_text(range, address->mailbox);
		check_text(range, address->host);
	}
}

static void check_envelope(
    const struct range *range, const struct imap_envelope *envelope)
{
	check_text(range, envelope->date);
	check_text(range, envelope->subject);
	check_addresses(range, envelope->from);
	check_addresses(range, envelope->sender);
	check_addresses(range, envelope->reply_to);
	check_addresses(range, envelope->to);
	check_addresses(range, envelope->cc);
	check_addresses(range, envelope->bcc);
	check_text(range, envelope->in_reply_to);
	check_text(range, envelope->message_id);
}

/* The name of an old item (RFC822.HEADER) stands in no brackets. */
static void check_section_name(const struct range *range, struct imap_text name)
{
	if (!imap_text_is(name, "") && !imap_text_is(name, "HEADER") &&
	    !imap_text_is(name, "TEXT"))
		check_text(range, name);
}

static unsigned count_parts(const struct imap_structure *part, unsigned depth)
{
	unsigned count = 1;

	g_assert_cmpuint(depth, <=, IMAP_PARTS_DEPTH_MAX);
	g_assert_true(part->type != NULL && part->subtype != NULL &&
	    part->section != NULL && part->encoding != NULL &&
	    part->disposition != NULL);
	g_assert_cmpuint(part->parameters->len % 2, ==, 0);
	for (guint i = 0; i < part->parts->len; i++)
		count += count_parts(part->parts->pdata[i], depth + 1);
	return count;
}

/* It is written to: a copy. */
static void check_structure(const struct range *range, struct imap_text text)
{
	g_autofree char *copy = NULL;
	struct imap_structure *part;

	check_text(range, text);
	if (text.at == NULL)
		return;
	copy = imap_text_dup(text);
	part = imap_structure_parse((struct imap_text){copy, text.size});
	if (part != NULL)
		g_assert_cmpuint(count_parts(part, 1), <=, IMAP_PARTS_MAX);
	imap_structure_free(part);
}

static void check_fetch(
    const struct range *range, const struct imap_fetch *fetch)
{
	g_assert_true(!fetch->has_uid || fetch->uid != 0);
	check_texts(range, fetch->flags);
	check_texts(range, fetch->gm_labels);
	g_assert_true(fetch->flags != NULL && fetch->gm_labels != NULL);
	check_text(range, fetch->date);
	check_text(range, fetch->preview);
	check_structure(range, fetch->structure);
	check_text(range, fetch->email_id);
	check_text(range, fetch->thread_id);
	if (fetch->envelope != NULL)
		check_envelope(range, fetch->envelope);
	g_assert_cmpuint(fetch->sections->len, <=, IMAP_LIST_MAX);
	for (guint i = 0; i < fetch->sections->len; i++) {
		const struct imap_section *section =
		    &g_array_index(fetch->sections, struct imap_section, i);
		check_section_name(range, section->name);
		check_text(range, section->data);
	}
}

static void check_list(const struct range *range, const struct imap_list *list)
{
	g_autofree char *mailbox = imap_text_dup(list->mailbox);
	g_autofree char *utf8 = imap_utf7_decode(mailbox);

	g_assert_true(utf8 == NULL || g_utf8_validate(utf8, -1, NULL));
	g_assert_nonnull(list->attributes);
	check_texts(range, list->attributes);
	check_text(range, list->mailbox);
	check_text(range, list->old_name);
}

static void check_set(const struct range *range, struct imap_text set)
{
	uint32_t count, max, lowest;

	check_text(range, set);
	if (imap_set_count(set, &count, &max))
		g_assert_true(count == 0 || max != 0);
	if (imap_set_lowest(set, &lowest))
		g_assert_true(
		    lowest != 0 && lowest <= max && imap_set_has(set, lowest));
}

static void check_namespaces(
    const struct range *range, const GArray *namespaces)
{
	g_assert_cmpuint(namespaces->len, <=, 3 * IMAP_LIST_MAX);
	for (guint i = 0; i < namespaces->len; i++)
		check_text(range,
		    g_array_index(namespaces, struct imap_namespace, i).prefix);
}

static void check_words(const struct range *range, const GArray *words)
{
	struct imap_capabilities caps;

	check_texts(range, words);
	imap_capabilities_set(&caps, words);
	g_assert_true(caps.known);
}

static void check_pointers(const struct imap_response *response)
{
	enum imap_response_type type = response->type;

	g_assert_true(
	    (type == IMAP_RESPONSE_FETCH) == (response->fetch != NULL));
	g_assert_true((type == IMAP_RESPONSE_LIST) == (response->list != NULL));
	g_assert_true((type == IMAP_RESPONSE_MAILBOX_STATUS) ==
	    (response->mailbox != NULL));
	g_assert_true(
	    (type == IMAP_RESPONSE_SEARCH) == (response->numbers != NULL));
	g_assert_true(
	    (type == IMAP_RESPONSE_ESEARCH) == (response->search != NULL));
	g_assert_true((type == IMAP_RESPONSE_NAMESPACE) ==
	    (response->namespaces != NULL));
	g_assert_true((type == IMAP_RESPONSE_ID) == (response->id != NULL));
	g_assert_true((type == IMAP_RESPONSE_STATUS ||
			  type == IMAP_RESPONSE_CONTINUATION) ==
	    (response->text.at != NULL));
	g_assert_true(response->tag.at == NULL || type == IMAP_RESPONSE_STATUS);
}

static void check_response(
    const struct range *range, const struct imap_response *response)
{
	check_pointers(response);
	check_text(range, response->tag);
	check_text(range, response->code_name);
	check_text(range, response->code_text);
	check_text(range, response->text);
	check_set(range, response->set);
	if (response->words != NULL)
		check_words(range, response->words);
	if (response->fetch != NULL)
		check_fetch(range, response->fetch);
	if (response->list != NULL)
		check_list(range, response->list);
	if (response->mailbox != NULL)
		check_text(range, response->mailbox->mailbox);
	if (response->numbers != NULL)
		g_assert_cmpuint(response->numbers->len, <=, IMAP_LIST_MAX);
	if (response->search != NULL) {
		check_text(range, response->search->tag);
		check_set(range, response->search->all);
	}
	if (response->namespaces != NULL)
		check_namespaces(range, response->namespaces);
	if (response->id != NULL) {
		g_assert_cmpuint(response->id->len % 2, ==, 0);
		check_texts(range, response->id);
	}
}

/* On a copy without a spare octet, so that a sanitizer sees each step too
 * far. */
static void parse_frame(const char *bytes, size_t size)
{
	g_autofree char *copy = g_memdup2(bytes, size + 1);
	struct range range = {copy, size};
	const char *error = NULL;
	g_autoptr(ImapResponse) response =
	    imap_response_parse(copy, size, &error);

	g_assert_true((response == NULL) == (error != NULL));
	if (response != NULL)
		check_response(&range, response);
}

static void take_frame(GString *log, const struct imap_framer *framer,
    enum imap_frame frame, const char *bytes, size_t size)
{
	g_string_append_printf(log, "\n%d ", (int)frame);
	if (frame != IMAP_FRAME_ERROR)
		g_assert_true(imap_framer_is_empty(framer));
	if (frame != IMAP_FRAME_WHOLE)
		return;
	g_assert_cmpuint(size, <=, IMAP_RESPONSE_MAX);
	g_assert_cmpint(bytes[size], ==, '\0');
	g_string_append_len(log, bytes, (gssize)size);
	parse_frame(bytes, size);
}

/* cut: the longest piece; pieces vary in length up to it.  0: no cut. */
static GString *read_stream(const char *data, size_t size, size_t cut)
{
	g_autoptr(ImapFramer) framer = imap_framer_new();
	GString *log = g_string_new(NULL);
	enum imap_frame frame = IMAP_FRAME_MORE;

	for (size_t n = 0; size > 0 && frame != IMAP_FRAME_ERROR; n++) {
		size_t left = cut == 0 ? size : MIN(size, 1 + n * 7 % cut);
		const char *at = data;
		data += left;
		size -= left;
		do {
			char *bytes = NULL;
			size_t length = 0;
			frame = imap_framer_feed(
			    framer, &at, &left, &bytes, &length);
			if (frame != IMAP_FRAME_MORE)
				take_frame(log, framer, frame, bytes, length);
		} while (frame != IMAP_FRAME_MORE && frame != IMAP_FRAME_ERROR);
		g_assert_true(frame == IMAP_FRAME_ERROR || left == 0);
	}
	g_string_append(log, imap_framer_is_empty(framer) ? "." : "...");
	return log;
}

static void free_string(GString *string)
{
	g_string_free(string, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *stream = (const char *)data + 1;
	GString *whole, *cut;

	if (size < 2)
		return 0;
	whole = read_stream(stream, size - 1, 0);
	cut = read_stream(stream, size - 1, 1 + data[0]);
	g_assert_true(g_string_equal(whole, cut));
	free_string(whole);
	free_string(cut);
	return 0;
}
