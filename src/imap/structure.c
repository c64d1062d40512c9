/*
 * The parts of a message, read leniently: fields that are missing at the end
 * are as if none, those that are too many are stepped over.
 */
#include "imap/structure.h"
#include "imap/limits.h"

struct reader {
	struct imap_scan scan;
	unsigned parts, depth;
};

static bool read_part(struct reader *reader, struct imap_structure **ret);

static void part_free(gpointer data)
{
	imap_structure_free(data);
}

static struct imap_structure *part_new(void)
{
	struct imap_structure *part = g_new0(struct imap_structure, 1);

	part->parameters = g_ptr_array_new_with_free_func(g_free);
	part->parts = g_ptr_array_new_with_free_func(part_free);
	return part;
}

void imap_structure_free(struct imap_structure *part)
{
	if (part == NULL)
		return;
	g_free(part->type);
	g_free(part->subtype);
	g_free(part->section);
	g_free(part->encoding);
	g_free(part->disposition);
	g_ptr_array_unref(part->parameters);
	g_ptr_array_unref(part->parts);
	g_free(part);
}

static char *dup_text(struct imap_text text)
{
	return text.at != NULL ? imap_text_dup(text) : g_strdup("");
}

static bool read_word(struct reader *reader, char **ret)
{
	struct imap_text text = {NULL, 0};
	g_autofree char *word = NULL;

	if (!imap_scan_nstring(&reader->scan, &text))
		return false;
	word = dup_text(text);
	g_free(*ret);
	*ret = g_ascii_strdown(word, -1);
	return true;
}

static int peek(struct reader *reader)
{
	imap_scan_spaces(&reader->scan);
	return imap_scan_peek(&reader->scan);
}

static bool is_at_end(struct reader *reader)
{
	int next = peek(reader);

	return next == ')' || next == -1;
}

/* Missing at the end, it is none. */
static bool read_maybe(struct reader *reader, char **ret)
{
	return is_at_end(reader) || read_word(reader, ret);
}

/* A value without a name is dropped. */
static bool read_parameters(struct reader *reader, struct imap_structure *part)
{
	unsigned left;

	if (peek(reader) != '(')
		return imap_scan_skip(&reader->scan);
	if (!imap_scan_open(&reader->scan, &left))
		return false;
	while (imap_scan_more(&reader->scan, &left)) {
		struct imap_text name, value = {NULL, 0};

		if (!imap_scan_nstring(&reader->scan, &name) ||
		    (!is_at_end(reader) &&
			!imap_scan_nstring(&reader->scan, &value)))
			return false;
		if (name.at == NULL)
			continue;
		g_ptr_array_add(part->parameters, dup_text(name));
		g_ptr_array_add(part->parameters, dup_text(value));
	}
	return reader->scan.error == NULL;
}

/* ("attachment" ("filename" "x")), or NIL; some send a string alone. */
static bool read_disposition(struct reader *reader, struct imap_structure *part)
{
	bool ok;

	if (peek(reader) != '(')
		return read_word(reader, &part->disposition);
	imap_scan_eat(&reader->scan, '(');
	ok = read_maybe(reader, &part->disposition) &&
	    (is_at_end(reader) || read_parameters(reader, part));
	while (ok && !is_at_end(reader))
		ok = imap_scan_skip(&reader->scan);
	return ok && imap_scan_eat(&reader->scan, ')');
}

/* What may be missing: [before,] the disposition, and more. */
static bool read_extension(struct reader *reader, struct imap_structure *part,
    bool (*before)(struct reader *, struct imap_structure *))
{
	if (!is_at_end(reader) && !before(reader, part))
		return false;
	if (!is_at_end(reader) && !read_disposition(reader, part))
		return false;
	while (!is_at_end(reader))
		if (!imap_scan_skip(&reader->scan))
			return false;
	return true;
}

static bool skip_one(struct reader *reader, struct imap_structure *part)
{
	(void)part;
	return imap_scan_skip(&reader->scan);
}

static bool read_child(struct reader *reader, struct imap_structure *part)
{
	struct imap_structure *child = NULL;

	if (!read_part(reader, &child))
		return false;
	g_ptr_array_add(part->parts, child);
	return true;
}

static bool read_multipart(struct reader *reader, struct imap_structure *part)
{
	bool ok = true;

	part->type = g_strdup("multipart");
	while (ok && peek(reader) == '(')
		ok = read_child(reader, part);
	return ok && read_maybe(reader, &part->subtype) &&
	    read_extension(reader, part, read_parameters);
}

/* The envelope, the message and its lines; some send none of it. */
static bool read_message(struct reader *reader, struct imap_structure *part)
{
	return imap_scan_skip(&reader->scan) &&
	    (peek(reader) != '(' || read_child(reader, part));
}

static bool read_size(struct reader *reader, uint64_t *ret)
{
	bool has;

	return imap_scan_maybe_number(&reader->scan, INT64_MAX, &has, ret);
}

/* -1, too. */
static bool read_lines(struct reader *reader)
{
	int next = peek(reader);
	uint64_t lines;

	return (next != '-' && !g_ascii_isdigit(next)) ||
	    read_size(reader, &lines);
}

static bool read_id(struct reader *reader, struct imap_structure *part)
{
	struct imap_text id = {NULL, 0};

	if (!is_at_end(reader) && !imap_scan_nstring(&reader->scan, &id))
		return false;
	part->has_id = id.size > 0;
	return true;
}

/* Without its type nothing can be said of a part. */
static bool read_type(struct reader *reader, struct imap_structure *part)
{
	return read_word(reader, &part->type) && part->type[0] != '\0' &&
	    read_word(reader, &part->subtype);
}

/* type subtype (parameters) id description encoding octets, RFC 9051
 * "body-fields". */
static bool read_single(struct reader *reader, struct imap_structure *part)
{
	bool ok = read_type(reader, part) &&
	    (is_at_end(reader) || read_parameters(reader, part)) &&
	    read_id(reader, part) && imap_scan_skip(&reader->scan) &&
	    read_maybe(reader, &part->encoding) &&
	    (is_at_end(reader) || read_size(reader, &part->size));

	if (ok && g_str_equal(part->type, "message") && peek(reader) == '(')
		ok = read_message(reader, part);
	return ok && read_lines(reader) &&
	    read_extension(reader, part, skip_one);
}

static void fill(struct imap_structure *part)
{
	char **words[] = {&part->type, &part->subtype, &part->section,
	    &part->encoding, &part->disposition};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (*words[i] == NULL)
			*words[i] = g_strdup("");
}

static bool read_body(struct reader *reader, struct imap_structure *part)
{
	return peek(reader) == '(' && imap_scan_eat(&reader->scan, '(') &&
	    (peek(reader) == '(' ? read_multipart(reader, part)
				 : read_single(reader, part)) &&
	    imap_scan_eat(&reader->scan, ')');
}

static bool read_part(struct reader *reader, struct imap_structure **ret)
{
	struct imap_structure *part = part_new();
	bool ok = ++reader->parts <= IMAP_PARTS_MAX &&
	    ++reader->depth <= IMAP_PARTS_DEPTH_MAX && read_body(reader, part);

	reader->depth--;
	fill(part);
	if (ok)
		*ret = part;
	else
		imap_structure_free(part);
	return ok;
}

/* ---- sections ---- */

static void number(struct imap_structure *part, const char *section);

static void number_parts(struct imap_structure *part, const char *above)
{
	for (unsigned i = 0; i < part->parts->len; i++) {
		g_autofree char *section = g_strdup_printf(
		    "%s%s%u", above, above[0] != '\0' ? "." : "", i + 1);

		number(part->parts->pdata[i], section);
	}
}

/* The body of a message is its part 1, unless it is a multipart, whose parts
 * count as the message's (RFC 9051 6.4.5.1). */
static void number_message(struct imap_structure *body, const char *above)
{
	g_autofree char *first =
	    g_strconcat(above, above[0] != '\0' ? "." : "", "1", NULL);

	number(
	    body, imap_structure_is(body, "multipart", NULL) ? above : first);
}

static void number(struct imap_structure *part, const char *section)
{
	g_free(part->section);
	part->section = g_strdup(section);
	if (imap_structure_is(part, "message", NULL) && part->parts->len > 0)
		number_message(part->parts->pdata[0], section);
	else
		number_parts(part, section);
}

struct imap_structure *imap_structure_parse(struct imap_text text)
{
	struct reader reader = {.scan = imap_scan_begin(text)};
	struct imap_structure *root = NULL;

	if (!read_part(&reader, &root))
		return NULL;
	number_message(root, "");
	return root;
}

const char *imap_structure_parameter(
    const struct imap_structure *part, const char *name)
{
	for (unsigned i = 0; i + 1 < part->parameters->len; i += 2)
		if (g_ascii_strcasecmp(part->parameters->pdata[i], name) == 0)
			return part->parameters->pdata[i + 1];
	return NULL;
}

bool imap_structure_is(
    const struct imap_structure *part, const char *type, const char *subtype)
{
	return g_str_equal(part->type, type) &&
	    (subtype == NULL || g_str_equal(part->subtype, subtype));
}
