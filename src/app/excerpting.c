/*
 * A walk through the structure makes a list of steps; each appends to the
 * message, some after a fetch.
 */
#include "app/excerpting.h"
#include "message/excerpt.h"
#include <string.h>

#define TEXT_MAX ((uint64_t)16 << 20) /* octets, of one message */
/* Of all that is sent for it: a server may have told less. */
#define SENT_MAX (2 * TEXT_MAX)

enum step_kind {
	STEP_WORDS,  /* section is what is written */
	STEP_HEADER, /* passed on */
	STEP_HOLD,   /* a header, for the step behind it */
	STEP_TEXT,
	STEP_NOTE, /* the same, behind the header that is held */
};

struct step {
	enum step_kind kind;
	char *section;
	bool is_signed, binary, whole;
};

struct excerpting {
	GArray *steps; /* struct step */
	unsigned at;
	uint64_t max, size, left_out;
	GString *header, *bytes, *message;
	bool is_signed; /* within: not an octet may change */
	bool broken;
};

static void step_clear(gpointer data)
{
	g_free(((struct step *)data)->section);
}

static struct step *add(
    struct excerpting *excerpting, enum step_kind kind, const char *section)
{
	struct step step = {
	    .kind = kind,
	    .section = g_strdup(section),
	    .is_signed = excerpting->is_signed,
	};

	g_array_append_val(excerpting->steps, step);
	return &g_array_index(
	    excerpting->steps, struct step, excerpting->steps->len - 1);
}

/* ---- which parts ---- */

/* Small, and read by people or needed to check what they read. */
static bool is_like_text(const struct imap_structure *part)
{
	return imap_structure_is(part, "message", "delivery-status") ||
	    imap_structure_is(part, "message", "disposition-notification") ||
	    imap_structure_is(part, "application", "pgp-signature") ||
	    imap_structure_is(part, "application", "pgp-encrypted") ||
	    imap_structure_is(part, "application", "pkcs7-signature") ||
	    imap_structure_is(part, "application", "x-pkcs7-signature");
}

static bool is_text(const struct imap_structure *part)
{
	return is_like_text(part) ||
	    (imap_structure_is(part, "text", NULL) &&
		!g_str_equal(part->disposition, "attachment"));
}

static bool is_container(const struct imap_structure *part)
{
	return imap_structure_is(part, "multipart", NULL) ||
	    (imap_structure_is(part, "message", NULL) && part->parts->len > 0);
}

bool excerpting_is_needed(const struct imap_structure *part, uint64_t max)
{
	if (!is_container(part))
		return !is_text(part) || part->size > max;
	for (unsigned i = 0; i < part->parts->len; i++)
		if (excerpting_is_needed(part->parts->pdata[i], max))
			return true;
	return false;
}

/* ---- the walk ---- */

static void walk(struct excerpting *excerpting,
    const struct imap_structure *part, const char *header);

static void add_boundary(struct excerpting *excerpting, const char *before,
    const char *boundary, const char *behind)
{
	g_autofree char *words =
	    g_strdup_printf("%s--%s%s\r\n", before, boundary, behind);

	add(excerpting, STEP_WORDS, words);
}

/* RFC 2046 5.1.1 */
static bool is_boundary(const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	return length > 0 && length <= 200 && strpbrk(text, "\r\n") == NULL;
}

static void walk_parts(
    struct excerpting *excerpting, const struct imap_structure *part)
{
	const char *boundary = imap_structure_parameter(part, "boundary");
	bool before = excerpting->is_signed;

	if (!is_boundary(boundary)) {
		excerpting->broken = true;
		return;
	}
	excerpting->is_signed |= imap_structure_is(part, "multipart", "signed");
	for (unsigned i = 0; i < part->parts->len; i++) {
		const struct imap_structure *child = part->parts->pdata[i];
		g_autofree char *mime =
		    g_strconcat(child->section, ".MIME", NULL);

		add_boundary(excerpting, i == 0 ? "" : "\r\n", boundary, "");
		walk(excerpting, child, mime);
	}
	add_boundary(excerpting, "\r\n", boundary, "--");
	excerpting->is_signed = before;
}

static void walk_text(struct excerpting *excerpting,
    const struct imap_structure *part, const char *header)
{
	struct step *step;

	excerpting->size += part->size;
	add(excerpting, STEP_HOLD, header);
	step = add(excerpting, STEP_TEXT, part->section);
	step->binary = !excerpting->is_signed && !is_like_text(part);
}

static char *note_of(const struct imap_structure *part)
{
	g_autofree char *type =
	    g_strdup_printf("%s/%s", part->type, part->subtype);
	const struct excerpt_note note = {
	    .type = type,
	    .parameters = part->parameters,
	    .base64 = g_str_equal(part->encoding, "base64"),
	    .size = part->size,
	};
	GString *text = g_string_new(NULL);

	excerpt_note(text, &note);
	return g_string_free(text, FALSE);
}

static void walk_other(struct excerpting *excerpting,
    const struct imap_structure *part, const char *header)
{
	g_autofree char *note = note_of(part);

	if (!g_str_has_suffix(header, ".MIME"))
		add(excerpting, STEP_HOLD, header);
	add(excerpting, STEP_NOTE, note);
}

static bool fits(
    const struct excerpting *excerpting, const struct imap_structure *part)
{
	return part->size <= excerpting->max && part->size <= TEXT_MAX &&
	    excerpting->size + part->size <= TEXT_MAX;
}

static void walk(struct excerpting *excerpting,
    const struct imap_structure *part, const char *header)
{
	if (imap_structure_is(part, "multipart", NULL)) {
		add(excerpting, STEP_HEADER, header);
		walk_parts(excerpting, part);
	} else if (is_container(part)) {
		g_autofree char *inner =
		    g_strconcat(part->section, ".HEADER", NULL);

		add(excerpting, STEP_HEADER, header);
		walk(excerpting, part->parts->pdata[0], inner);
	} else if (is_text(part) && fits(excerpting, part)) {
		walk_text(excerpting, part, header);
	} else {
		excerpting->left_out += is_text(part) ? part->size : 0;
		walk_other(excerpting, part, header);
	}
}

/* The message itself is the first that has a header. */
static void mark_whole(struct excerpting *excerpting)
{
	unsigned i = 0;

	if (g_array_index(excerpting->steps, struct step, 0).kind == STEP_HOLD)
		i = 1;
	g_array_index(excerpting->steps, struct step, i).whole = true;
}

struct excerpting *excerpting_new(
    const struct imap_structure *structure, uint64_t max)
{
	struct excerpting *excerpting = g_new0(struct excerpting, 1);

	excerpting->steps = g_array_new(FALSE, FALSE, sizeof(struct step));
	g_array_set_clear_func(excerpting->steps, step_clear);
	excerpting->max = max;
	excerpting->header = g_string_new(NULL);
	excerpting->bytes = g_string_new(NULL);
	excerpting->message = g_string_new(NULL);
	walk(excerpting, structure, "HEADER");
	mark_whole(excerpting);
	if (!excerpting->broken)
		return excerpting;
	excerpting_free(excerpting);
	return NULL;
}

void excerpting_free(struct excerpting *excerpting)
{
	if (excerpting == NULL)
		return;
	g_array_unref(excerpting->steps);
	g_string_free(excerpting->header, TRUE);
	g_string_free(excerpting->bytes, TRUE);
	g_string_free(excerpting->message, TRUE);
	g_free(excerpting);
}

uint64_t excerpting_size(const struct excerpting *excerpting)
{
	return excerpting->size;
}

uint64_t excerpting_left_out(const struct excerpting *excerpting)
{
	return excerpting->left_out;
}

/* ---- the steps ---- */

static void do_note(struct excerpting *excerpting, const struct step *step)
{
	excerpt_before_note(
	    excerpting->message, excerpting->header, step->whole);
	g_string_append(excerpting->message, step->section);
	g_string_truncate(excerpting->header, 0);
}

static struct step *current(struct excerpting *excerpting)
{
	return excerpting->at < excerpting->steps->len
	    ? &g_array_index(excerpting->steps, struct step, excerpting->at)
	    : NULL;
}

/* Those that need nothing from the server. */
static void do_own_steps(struct excerpting *excerpting)
{
	const struct step *step;

	while ((step = current(excerpting)) != NULL) {
		if (step->kind == STEP_WORDS)
			g_string_append(excerpting->message, step->section);
		else if (step->kind == STEP_NOTE)
			do_note(excerpting, step);
		else
			return;
		excerpting->at++;
	}
}

/* How much may still come. */
static uint64_t room(const struct excerpting *excerpting)
{
	uint64_t used = excerpting->message->len + excerpting->header->len;

	return MIN(TEXT_MAX, SENT_MAX - MIN(used, SENT_MAX));
}

bool excerpting_next(struct excerpting *excerpting, struct imap_body *ret_body)
{
	const struct step *step;

	do_own_steps(excerpting);
	step = current(excerpting);
	if (step == NULL)
		return false;
	g_string_truncate(excerpting->bytes, 0);
	*ret_body = (struct imap_body){
	    .section = step->section,
	    .binary = step->binary,
	    .max = room(excerpting),
	};
	return true;
}

void excerpting_take(
    struct excerpting *excerpting, const char *bytes, size_t size)
{
	g_string_append_len(excerpting->bytes, bytes, (gssize)size);
}

void excerpting_end(struct excerpting *excerpting, bool decoded)
{
	const struct step *step = current(excerpting);

	if (step->kind == STEP_HOLD) {
		g_string_assign(excerpting->header, "");
		g_string_append_len(excerpting->header, excerpting->bytes->str,
		    (gssize)excerpting->bytes->len);
	} else if (step->kind == STEP_HEADER) {
		excerpt_header(excerpting->message, excerpting->bytes,
		    step->is_signed, step->whole);
	} else {
		excerpt_text(excerpting->message, excerpting->header,
		    excerpting->bytes, decoded, step->whole);
		g_string_truncate(excerpting->header, 0);
	}
	excerpting->at++;
}

const GString *excerpting_message(const struct excerpting *excerpting)
{
	return excerpting->message;
}
