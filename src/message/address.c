/*
 * Address lists.  This file cuts a list into its items and prepares each
 * where GMime, which parses it, would be led astray; salvages what GMime
 * refuses and real mail holds; and gives each domain its two forms.  Rules
 * trust the result: where an item leaves a doubt it has no address.
 */
#include "message/address.h"
#include "message/domain.h"
#include "message/field.h"
#include "message/message.h"
#include "message/text.h"
#include <string.h>

#define BRACKET_MAX 255

/* One element of a list: what stands between two separators. */
struct item {
	const char *start, *at;
	const char *last;   /* "?=" of the text */
	const char *phrase; /* what goes on here */
	const char *angle;  /* the last "<", or NULL */
	const char *open;   /* a quote, comment or "<" without its end */
	unsigned words;     /* with an "@", outside of all that follows */
	unsigned inside;    /* ones in <> */
	unsigned hidden;    /* ones in quotes, brackets, encoded words */
	bool commented;     /* one in a comment */
	bool special;       /* the phrase needs quotes */
	bool trailing;      /* text behind <> */
	GString *out;       /* for GMime */
};

static void free_address(void *data)
{
	struct message_address *address = data;

	g_free(address->name);
	g_free(address->address);
	g_free(address->ascii);
	g_free(address);
}

GPtrArray *address_list_new(void)
{
	return g_ptr_array_new_with_free_func(free_address);
}

/* What stands around an address, but is of neither it nor a name; the NUL at
 * the end as well. */
static bool is_fence(char c)
{
	return strchr(" \t\"<>(),;:[]", c) != NULL;
}

static const char *skip_quoted(const char *text)
{
	for (text++; *text != '\0'; text++) {
		if (*text == '"')
			return text + 1;
		if (*text == '\\' && text[1] != '\0')
			text++;
	}
	return NULL;
}

static const char *skip_comment(const char *text)
{
	int depth = 0;

	for (; *text != '\0'; text++) {
		if (*text == '(')
			depth++;
		else if (*text == ')' && --depth == 0)
			return text + 1;
		else if (*text == '\\' && text[1] != '\0')
			text++;
	}
	return NULL;
}

static const char *skip_angle(const char *text)
{
	while (text != NULL && *text != '\0' && *text != '>')
		text = *text == '"' ? skip_quoted(text) : text + 1;
	return text != NULL && *text == '>' ? text + 1 : NULL;
}

/* "[x:y]" in a name or a domain literal; what is longer is neither. */
static const char *skip_bracket(const char *text)
{
	for (size_t i = 1; i < BRACKET_MAX; i++) {
		if (text[i] == ']')
			return text + i + 1;
		if (strchr("<,", text[i]) != NULL)
			break;
	}
	return text + 1;
}

/* Whether the word that goes on here has another "@". */
static bool has_at(const char *text, const char *end)
{
	while (text < end && *text != '@' && !is_fence(*text))
		text++;
	return text < end && *text == '@';
}

/* Copies what is to be an address.  Of boss@example.org@evil.example GMime
 * would show the beginning, and that of boss@example.org\001.evil.example;
 * only the last "@" may stand before the domain. */
static void copy(GString *out, const char *text, const char *end)
{
	while (text < end) {
		const char *next = *text == '"' ? skip_quoted(text) : NULL;

		if (next == NULL || next > end)
			next = text + 1;
		if (*text == '@' && has_at(text + 1, end))
			g_string_append_c(out, '%');
		else if (*text == FIELD_CONTROL)
			g_string_append(out, "\357\277\275");
		else
			g_string_append_len(out, text, next - text);
		text = next;
	}
}

/* Words with an "@"; quoted: in quoted strings, too. */
static unsigned count_words(const char *text, const char *end, bool quoted)
{
	unsigned count = 0;

	while (text < end) {
		const char *next =
		    *text == '"' && !quoted ? skip_quoted(text) : NULL;

		if (*text == '@' && !has_at(text + 1, end))
			count++;
		text = next != NULL ? next : text + 1;
	}
	return count;
}

static const char *skip_encoded_word(struct item *item)
{
	const char *encoding, *end;

	if (!field_word(item->at, item->last, &encoding, &end))
		return item->at + 1;
	if (strcspn(encoding, "\"(),.:;<>@[\\]") < (size_t)(end - encoding))
		item->special = true;
	item->hidden += count_words(encoding, end, true);
	return end + 2;
}

/* Writes the phrase that ends here, as one quoted string if need be. */
static void write_phrase(struct item *item)
{
	const char *phrase = item->phrase;

	if (!item->special) {
		copy(item->out, phrase, item->at);
		return;
	}
	g_string_append(item->out, " \"");
	for (; phrase < item->at; phrase++)
		if (*phrase != '"' && *phrase != '\\')
			g_string_append_c(item->out, *phrase);
	g_string_append(item->out, "\" ");
}

/* The quoted local part of an address is not hidden. */
static const char *read_quoted(struct item *item)
{
	const char *next = skip_quoted(item->at);

	if (next != NULL && *next != '@')
		item->hidden += count_words(item->at, next, true);
	return next;
}

static const char *read_comment(struct item *item)
{
	const char *next = skip_comment(item->at);

	if (next != NULL && memchr(item->at, '@', next - item->at) != NULL)
		item->commented = true;
	return next;
}

/* The route of RFC 5322 4.4, "@x,@y:", is not the address. */
static const char *skip_route(const char *text, const char *end)
{
	const char *colon;

	text += strspn(text, " ");
	colon = *text == '@' ? memchr(text, ':', end - text) : NULL;
	return colon != NULL ? colon + 1 : text;
}

static const char *read_angle(struct item *item)
{
	const char *next = skip_angle(item->at), *spec;

	write_phrase(item);
	item->special = false;
	item->phrase = item->at;
	item->angle = item->at;
	if (next == NULL)
		return NULL;
	spec = skip_route(item->at + 1, next);
	g_string_append_c(item->out, '<');
	copy(item->out, spec, next);
	item->inside += count_words(spec, next, false);
	if (memchr(spec, '(', next - spec) != NULL)
		item->trailing = true;
	item->phrase = next;
	return next;
}

static const char *read_bracket(struct item *item)
{
	const char *next = skip_bracket(item->at);

	item->special = true;
	item->hidden += count_words(item->at, next, true);
	return next;
}

static const char *read_step(struct item *item)
{
	if (item->angle != NULL && strchr(" >(", *item->at) == NULL)
		item->trailing = true;
	switch (*item->at) {
	case '"':
		return read_quoted(item);
	case '(':
		return read_comment(item);
	case '=':
		return skip_encoded_word(item);
	case '<':
		return read_angle(item);
	case '[':
		return read_bracket(item);
	case ',':
		item->special = true;
		break;
	case '@':
		item->special = true;
		if (!has_at(item->at + 1, item->at + strlen(item->at)))
			item->words++;
		break;
	case ']':
		item->special = true;
	}
	return item->at + 1;
}

/* Schmidt, Anna <anna@example.org>: a comma of a name without quotes. */
static bool is_name_comma(const struct item *item)
{
	const char *text = item->start + strspn(item->start, " ");

	if (*item->at != ',' || text == item->at || item->words > 0 ||
	    item->angle != NULL)
		return false;
	text = item->at + 1;
	for (size_t i = 0; i < BRACKET_MAX; i++)
		if (strchr("<@\"(;:", text[i]) != NULL)
			return text[i] == '<';
	return false;
}

/*
 * Reads up to the separator or the end.  Phrases before "<" come into quotes
 * that would need them: GMime takes boss@example.org via X <evil@evil.example>
 * for a mail from boss and refuses [List] Anna <anna@example.org>.  What lacks
 * its end takes all that is left.
 */
static void read_item(struct item *item)
{
	while (strchr(",;:", *item->at) == NULL || is_name_comma(item)) {
		const char *next = read_step(item);

		if (next == NULL) {
			item->open = item->at;
			item->at += strlen(item->at);
			return;
		}
		item->at = next;
	}
	item->special = false;
	write_phrase(item);
}

/*
 * GMime decodes xn-- domains even where the result stands for another domain;
 * it knows the prefix in lower case only, and DNS does not mind.
 */
static void hide_idn(char *text)
{
	for (char *p = strstr(text, "xn--"); p != NULL; p = strstr(p, "xn--"))
		memcpy(p, "XN", 2);
}

static bool has_domain_literal(const char *text)
{
	const char *open = strchr(text, '[');

	for (; open != NULL; open = strchr(open + 1, '[')) {
		const char *before = open;
		while (before > text && before[-1] == ' ')
			before--;
		if (before > text && strchr("@)", before[-1]) != NULL)
			return true;
	}
	return false;
}

/* GMime 3.2.13 leaks memory where a comment behind a domain literal has no
 * end: "a@[](".  Addresses this rare go without comments. */
static void drop_comments(char *text)
{
	if (has_domain_literal(text))
		g_strdelimit(text, "()", ' ');
}

/* Takes name and spec over. */
static void add(GPtrArray *list, char *name, char *spec)
{
	struct message_address *address = g_new0(struct message_address, 1);
	const char *at = strrchr(spec, '@');

	address->name = name;
	address->ascii = g_strdup(spec);
	address->address = spec;
	g_ptr_array_add(list, address);
	if (at != NULL) {
		g_autofree char *local = g_strndup(spec, at + 1 - spec);
		g_autofree char *ascii = domain_to_ascii(at + 1);
		g_autofree char *readable = domain_to_readable(ascii);
		g_free(address->ascii);
		address->ascii = g_strconcat(local, ascii, NULL);
		address->address = g_strconcat(local, readable, NULL);
		g_free(spec);
	}
}

static char *clean_name(const char *name)
{
	return text_clean(name != NULL ? name : "", -1, FIELD_TEXT_MAX);
}

/* "root" is an address of old; what is quoted or encoded is a name only. */
static void add_mailbox(GPtrArray *list, GMimeParserOptions *options,
    InternetAddressMailbox *mailbox)
{
	const char *name = internet_address_get_name(&mailbox->parent_object);
	const char *spec = mailbox->addr;

	if (spec == NULL || *spec == '\0')
		return;
	if (mailbox->at >= 0 ||
	    (strpbrk(spec, "\"@") == NULL && strstr(spec, "=?") == NULL)) {
		add(list, clean_name(name), text_mask(spec, ADDRESS_TEXT_MAX));
		return;
	}
	if (name == NULL || *name == '\0') {
		g_autofree char *bare = g_strdup(spec);
		g_mime_utils_unquote_string(bare);
		add(list, field_decode(options, bare), g_strdup(""));
	} else {
		add(list, clean_name(name), g_strdup(""));
	}
}

/* Whether there is one text only that can be the address. */
static bool is_sound(const struct item *item)
{
	if (item->open != NULL || item->trailing ||
	    (item->commented && has_domain_literal(item->out->str)))
		return false;
	if (item->angle != NULL)
		return item->inside <= 1;
	return item->words + item->hidden <= 1;
}

static InternetAddressMailbox *sole_mailbox(
    const struct item *item, InternetAddressList *parsed)
{
	unsigned words = item->angle != NULL ? item->inside : item->words;
	InternetAddress *one;

	if (internet_address_list_length(parsed) != 1)
		return NULL;
	one = internet_address_list_get_address(parsed, 0);
	if (!INTERNET_ADDRESS_IS_MAILBOX(one))
		return NULL;
	if (INTERNET_ADDRESS_MAILBOX(one)->at >= 0 && words != 1)
		return NULL;
	return INTERNET_ADDRESS_MAILBOX(one);
}

static void parse(
    GPtrArray *list, GMimeParserOptions *options, const struct item *item)
{
	InternetAddressMailbox *mailbox;
	InternetAddressList *parsed;

	if (!is_sound(item))
		return;
	drop_comments(item->out->str);
	parsed = internet_address_list_parse(options, item->out->str);
	if (parsed == NULL)
		return;
	mailbox = sole_mailbox(item, parsed);
	if (mailbox != NULL)
		add_mailbox(list, options, mailbox);
	g_object_unref(parsed);
}

static char *bare_name(GMimeParserOptions *options, const char *text, size_t n)
{
	g_autofree char *copy = NULL;

	for (; n > 0 && is_fence(text[n - 1]); n--)
		;
	for (; n > 0 && is_fence(*text); text++, n--)
		;
	copy = g_strndup(text, n);
	return field_decode(options, copy);
}

/* Where the address of <address> would begin; NULL for none, as in a quote
 * without end that holds anything else than "name <address>". */
static const char *salvage_from(const struct item *item)
{
	const char *angle = item->angle, *close;

	if (angle == NULL && item->open != NULL) {
		angle = strrchr(item->open, '<');
		close = angle != NULL ? strchr(angle, '>') : NULL;
		if (close == NULL || close[1 + strspn(close + 1, " ")] != '\0')
			return NULL;
	}
	if (angle == NULL)
		return item->words == 1 ? item->start : NULL;
	return angle + 1;
}

/* Addresses that no grammar allows but providers gave out ("a..b@docomo"),
 * and ones amid unbalanced quotes: the only word with an "@", if it is not
 * in quotes or a comment and in <> if there are any. */
static void salvage(
    GPtrArray *list, GMimeParserOptions *options, const struct item *item)
{
	const char *from = salvage_from(item), *at, *start, *end;
	g_autoptr(GString) spec = g_string_new(NULL);

	if (from == NULL || count_words(item->start, item->at, true) != 1 ||
	    memchr(item->start, '(', item->at - item->start) != NULL)
		return;
	from += strspn(from, "< ");
	at = from + strcspn(from, item->angle != NULL ? "@>" : "@");
	if (at >= item->at || *at != '@')
		return;
	for (start = at; start > from && !is_fence(start[-1]); start--)
		;
	for (end = at; !is_fence(*end); end++)
		;
	if (start == at || end[-1] == '@' || *end == '"' ||
	    (start > item->start && start[-1] == '"'))
		return;
	copy(spec, start, end);
	add(list, bare_name(options, item->start, start - item->start),
	    text_mask(spec->str, ADDRESS_TEXT_MAX));
}

/*
 * Takes the item at *at off the list.  The name of a group is no address, and
 * where it looks like one, poses: then nothing behind it counts.
 */
static void take_item(GPtrArray *list, GMimeParserOptions *options,
    const char **at, const char *last, bool cut)
{
	struct item item = {.start = *at,
	    .at = *at,
	    .last = last,
	    .phrase = *at,
	    .out = g_string_new(NULL)};
	guint before = list->len;

	read_item(&item);
	*at = item.at + (*item.at != '\0');
	if (*item.at == ':') {
		if (item.words > 0 || item.angle != NULL)
			*at = item.at + strcspn(item.at, ";");
	} else if (*item.at != '\0' || !cut) {
		parse(list, options, &item);
		if (list->len == before)
			salvage(list, options, &item);
	}
	g_string_free(item.out, TRUE);
}

static size_t size_of(const struct message_address *address)
{
	return strlen(address->name) + strlen(address->address) +
	    strlen(address->ascii);
}

static bool has_room(const GPtrArray *list)
{
	size_t size = 0;

	for (guint i = 0; i < list->len; i++)
		size += size_of(list->pdata[i]);
	return list->len < ADDRESS_COUNT_MAX && size < ADDRESS_LIST_MAX;
}

void address_list_read(GPtrArray *list, GMimeParserOptions *options,
    const char *value, unsigned how)
{
	g_autofree char *text = field_repair_words(value), *name = NULL;
	const char *last = g_strrstr(text, "?="), *at = text;
	guint before = list->len, counted = before;
	bool room = has_room(list);

	hide_idn(text);
	while (*at != '\0' && room) {
		take_item(list, options, &at, last, (how & ADDRESS_CUT) != 0);
		/* Thousands of items may hold no address. */
		if (list->len > counted)
			room = has_room(list);
		counted = list->len;
	}
	if (list->len > before || !room || !(how & ADDRESS_NAMES))
		return;
	name = bare_name(options, text, strlen(text));
	if (*name != '\0')
		add(list, g_steal_pointer(&name), g_strdup(""));
}
