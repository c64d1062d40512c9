/*
 * From bytes to whole responses: line ends and the octet counts of literals.
 *
 * Each octet is looked at once, however the stream is cut, and what is over
 * a limit is dropped as it comes: of a response that is read past, only the
 * last octets of its line are kept, for they may announce a literal.
 */
#include <stdint.h>
#include <string.h>

#include "imap/framer.h"
#include "imap/limits.h"
#include "imap/status.h"

enum {
	/* "{", digits, "+}" and a CR: no longer announcement is obeyed. */
	DIGITS_MAX = 20,
	TAIL_SIZE = DIGITS_MAX + 8,
	/* One response altogether, what is dropped of it included. */
	TOTAL_MAX = IMAP_LITERAL_SKIP_MAX + IMAP_RESPONSE_MAX,
};

struct imap_framer {
	GString *bytes; /* NULL while empty */
	size_t piece;   /* where in bytes the present piece of line begins */
	size_t total;   /* octets taken of the present response */
	size_t line;    /* of them outside literals */
	size_t literal; /* octets of a literal still to come */
	unsigned literals;
	bool text; /* it holds no literals */
	bool skipping;
	bool lent; /* bytes is the caller's until the next call */
	bool broken;
	const char *reason;
};

struct imap_framer *imap_framer_new(void)
{
	struct imap_framer *framer = g_new0(struct imap_framer, 1);

	framer->reason = "nothing went wrong";
	return framer;
}

static void framer_forget(struct imap_framer *framer)
{
	if (framer->bytes != NULL)
		g_string_free(framer->bytes, TRUE);
	*framer = (struct imap_framer){
	    .broken = framer->broken, .reason = framer->reason};
}

void imap_framer_free(struct imap_framer *framer)
{
	if (framer == NULL)
		return;
	framer_forget(framer);
	g_free(framer);
}

bool imap_framer_is_empty(const struct imap_framer *framer)
{
	return framer->total == 0;
}

const char *imap_framer_reason(const struct imap_framer *framer)
{
	return framer->reason;
}

static void framer_break(struct imap_framer *framer, const char *reason)
{
	framer->broken = true;
	framer->reason = reason;
	framer_forget(framer);
}

/* From here on the response is dropped; only the tail of its line stays. */
static void framer_skip(struct imap_framer *framer, const char *reason)
{
	GString *all = framer->bytes;
	size_t tail = MIN(all->len - framer->piece, TAIL_SIZE);

	if (framer->skipping)
		return;
	if (framer->literals == 0)
		framer->text = imap_status_is_text(all->str, all->len);
	framer->skipping = true;
	framer->reason = reason;
	framer->bytes =
	    g_string_new_len(all->str + all->len - tail, (gssize)tail);
	framer->piece = 0;
	g_string_free(all, TRUE);
}

static void store_tail(GString *bytes, const char *data, size_t size)
{
	size_t tail = MIN(size, TAIL_SIZE);

	g_string_append_len(bytes, data + size - tail, (gssize)tail);
	if (bytes->len > TAIL_SIZE)
		g_string_erase(bytes, 0, (gssize)(bytes->len - TAIL_SIZE));
}

/* A piece of a line; what has no room in it makes the response be skipped at
 * the same octet however the stream is cut. */
static void store_line(
    struct imap_framer *framer, const char *data, size_t size)
{
	size_t room = framer->skipping ? 0 : IMAP_LINE_MAX - framer->line;
	size_t fits = MIN(size, room);

	if (framer->bytes == NULL)
		framer->bytes = g_string_sized_new(fits);
	framer->line += fits;
	g_string_append_len(framer->bytes, data, (gssize)fits);
	if (fits == size)
		return;
	framer_skip(framer, "a line is too long");
	store_tail(framer->bytes, data + fits, size - fits);
}

static void consume(
    struct imap_framer *framer, const char **data, size_t *size, size_t taken)
{
	*data += taken;
	*size -= taken;
	framer->total += taken;
	if (framer->total > TOTAL_MAX)
		framer_break(framer, "a response does not end");
}

/* Some servers send NULs ahead of a response (quirk 35). */
static void drop_nuls(
    const struct imap_framer *framer, const char **data, size_t *size)
{
	while (framer->total == 0 && *size > 0 && **data == '\0') {
		++*data;
		--*size;
	}
}

/* Takes a line up to its LF, or all there is; true at the LF. */
static bool take_line(
    struct imap_framer *framer, const char **data, size_t *size)
{
	const char *end;
	size_t length;

	drop_nuls(framer, data, size);
	if (*size == 0)
		return false;
	end = memchr(*data, '\n', *size);
	length = end != NULL ? (size_t)(end - *data) : *size;
	store_line(framer, *data, length);
	consume(framer, data, size, length + (end != NULL));
	return end != NULL && !framer->broken;
}

static void take_literal(
    struct imap_framer *framer, const char **data, size_t *size)
{
	size_t length = MIN(*size, framer->literal);

	if (!framer->skipping)
		g_string_append_len(framer->bytes, *data, (gssize)length);
	framer->literal -= length;
	framer->piece = framer->bytes->len;
	consume(framer, data, size, length);
}

/*
 * The number of a "{n}" or "{n+}" (RFC 7888) that ends the line, however
 * great; false: there is none.
 */
static bool find_literal(const char *line, size_t size, uint64_t *ret)
{
	const char *end = line + size;
	uint64_t number = 0;
	const char *at;

	if (end == line || *--end != '}')
		return false;
	if (end > line && end[-1] == '+')
		end--;
	at = end;
	while (at > line && end - at < DIGITS_MAX && g_ascii_isdigit(at[-1]))
		at--;
	if (at == end || at == line || at[-1] != '{')
		return false;
	for (; at < end; at++)
		number = MIN(number * 10 + (*at - '0'), G_MAXINT64 / 10);
	*ret = number;
	return true;
}

static void begin_literal(struct imap_framer *framer, uint64_t size)
{
	if (size > IMAP_LITERAL_SKIP_MAX) {
		framer_break(framer, "a literal is too long to read past");
		return;
	}
	framer->literals++;
	if (size > IMAP_LITERAL_MAX)
		framer_skip(framer, "a literal is too long");
	else if (framer->literals > IMAP_LITERALS_MAX)
		framer_skip(framer, "it has too many literals");
	else if (framer->bytes->len + size > IMAP_RESPONSE_MAX - IMAP_LINE_MAX)
		framer_skip(framer, "it is too long");
	framer->literal = size;
	if (framer->skipping)
		g_string_truncate(framer->bytes, 0);
	else
		g_string_append(framer->bytes, "\r\n");
	framer->piece = framer->bytes->len;
}

/* At a line end: true when a literal and more of the line follow. */
static bool goes_on(struct imap_framer *framer)
{
	GString *bytes = framer->bytes;
	uint64_t size;

	if (bytes->len > framer->piece && bytes->str[bytes->len - 1] == '\r')
		g_string_truncate(bytes, bytes->len - 1);
	if (framer->literals == 0 && !framer->skipping)
		framer->text = imap_status_is_text(bytes->str, bytes->len);
	if (framer->text ||
	    !find_literal(
		bytes->str + framer->piece, bytes->len - framer->piece, &size))
		return false;
	begin_literal(framer, size);
	return true;
}

static enum imap_frame finish(
    struct imap_framer *framer, char **ret_bytes, size_t *ret_size)
{
	if (framer->skipping) {
		framer_forget(framer);
		return IMAP_FRAME_SKIPPED;
	}
	*ret_bytes = framer->bytes->str;
	*ret_size = framer->bytes->len;
	framer->lent = true;
	framer->total = 0;
	return IMAP_FRAME_WHOLE;
}

enum imap_frame imap_framer_feed(struct imap_framer *framer, const char **data,
    size_t *size, char **ret_bytes, size_t *ret_size)
{
	if (framer->lent)
		framer_forget(framer);
	while (*size > 0 && !framer->broken) {
		if (framer->literal > 0)
			take_literal(framer, data, size);
		else if (take_line(framer, data, size) && !goes_on(framer))
			return finish(framer, ret_bytes, ret_size);
	}
	return framer->broken ? IMAP_FRAME_ERROR : IMAP_FRAME_MORE;
}
