/*
 * Address lists.  GMime parses; this file prepares the text where GMime
 * would be led astray, salvages what it refuses and real mail holds, and
 * gives each domain its two forms.
 */
#include "message/address.h"
#include "message/domain.h"
#include "message/field.h"
#include "message/message.h"
#include "message/text.h"
#include <string.h>

/* Groups within groups are no mail at all, but GMime descends into them. */
#define COLONS_MAX  64
#define BRACKET_MAX 255

struct quoter {
	const char *at;
	const char *last; /* "?=" of the text */
	const char *phrase;
	bool special; /* the phrase needs quotes */
	GString *out;
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
 * would show the beginning; only the last "@" may stand before the domain. */
static void copy(GString *out, const char *text, const char *end)
{
	while (text < end) {
		const char *next = *text == '"' ? skip_quoted(text) : NULL;

		if (next == NULL || next > end)
			next = text + 1;
		if (*text == '@' && has_at(text + 1, end))
			g_string_append_c(out, '%');
		else
			g_string_append_len(out, text, next - text);
		text = next;
	}
}

static const char *skip_encoded_word(struct quoter *quoter)
{
	const char *encoding, *end;

	if (!field_word(quoter->at, quoter->last, &encoding, &end))
		return quoter->at + 1;
	if (strcspn(encoding, "\"(),.:;<>@[\\]") < (size_t)(end - encoding))
		quoter->special = true;
	return end + 2;
}

/* Writes the phrase that ends here, as one quoted string if need be. */
static void write_phrase(struct quoter *quoter)
{
	const char *phrase = quoter->phrase;

	if (!quoter->special) {
		copy(quoter->out, phrase, quoter->at);
		return;
	}
	g_string_append(quoter->out, " \"");
	for (; phrase < quoter->at; phrase++)
		if (*phrase != '"' && *phrase != '\\')
			g_string_append_c(quoter->out, *phrase);
	g_string_append(quoter->out, "\" ");
}

/* Copies what lies between here and next as it is; a phrase may follow. */
static const char *copy_through(struct quoter *quoter, const char *next)
{
	if (next != NULL)
		copy(quoter->out, quoter->at, next);
	quoter->phrase = next;
	quoter->special = false;
	return next;
}

static const char *quote_step(struct quoter *quoter)
{
	switch (*quoter->at) {
	case '"':
		return skip_quoted(quoter->at);
	case '(':
		return skip_comment(quoter->at);
	case '=':
		return skip_encoded_word(quoter);
	case '<':
		write_phrase(quoter);
		return copy_through(quoter, skip_angle(quoter->at));
	case ',':
	case ';':
	case ':':
		quoter->special = false;
		write_phrase(quoter);
		return copy_through(quoter, quoter->at + 1);
	case '[':
		quoter->special = true;
		return skip_bracket(quoter->at);
	case '@':
	case ']':
		quoter->special = true;
	}
	return quoter->at + 1;
}

/*
 * Puts phrases before "<" into quotes that would need them: GMime takes
 * boss@example.org via X <evil@evil.example> for a mail from boss and refuses
 * [List] Anna <anna@example.org>.  NULL: the text is too broken for that.
 */
static char *quote_phrases(const char *text)
{
	struct quoter quoter = {
	    text, g_strrstr(text, "?="), text, false, g_string_new(NULL)};

	while (quoter.at != NULL && *quoter.at != '\0')
		quoter.at = quote_step(&quoter);
	if (quoter.at == NULL) {
		g_string_free(quoter.out, TRUE);
		return NULL;
	}
	quoter.special = false;
	write_phrase(&quoter);
	return g_string_free(quoter.out, FALSE);
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

static void limit_groups(char *text)
{
	int colons = 0;

	for (; *text != '\0'; text++)
		if (*text == ':' && ++colons > COLONS_MAX)
			*text = ' ';
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

static char *prepare(const char *value)
{
	g_autofree char *text = field_repair_words(value);
	char *quoted;

	hide_idn(text);
	limit_groups(text);
	drop_comments(text);
	quoted = quote_phrases(text);
	return quoted != NULL ? quoted : g_steal_pointer(&text);
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
	if (mailbox->at >= 0 || (*spec != '"' && strstr(spec, "=?") == NULL)) {
		add(list, clean_name(name),
		    text_clean(spec, -1, ADDRESS_TEXT_MAX));
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

static void add_parsed(
    GPtrArray *list, GMimeParserOptions *options, InternetAddressList *parsed)
{
	int count = internet_address_list_length(parsed);

	for (int i = 0; i < count && list->len < ADDRESS_COUNT_MAX; i++) {
		InternetAddress *one =
		    internet_address_list_get_address(parsed, i);
		if (INTERNET_ADDRESS_IS_GROUP(one))
			add_parsed(list, options,
			    internet_address_group_get_members(
				INTERNET_ADDRESS_GROUP(one)));
		else
			add_mailbox(
			    list, options, INTERNET_ADDRESS_MAILBOX(one));
	}
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

/* Addresses that no grammar allows but providers gave out ("a..b@docomo"),
 * and ones amid unbalanced quotes: the last word with an "@". */
static bool salvage(
    GPtrArray *list, GMimeParserOptions *options, const char *text)
{
	const char *at = strrchr(text, '@'), *start = at, *end = at;
	g_autofree char *spec = NULL;

	if (at == NULL)
		return false;
	while (start > text && !is_fence(start[-1]))
		start--;
	while (!is_fence(*end))
		end++;
	if (start == at || end == at + 1)
		return false;
	spec = text_clean(start, end - start, ADDRESS_TEXT_MAX);
	add(list, bare_name(options, text, start - text),
	    g_steal_pointer(&spec));
	return true;
}

void address_list_read(
    GPtrArray *list, GMimeParserOptions *options, const char *value, bool names)
{
	g_autofree char *text = prepare(value);
	InternetAddressList *parsed =
	    internet_address_list_parse(options, text);
	guint before = list->len;

	if (parsed != NULL) {
		add_parsed(list, options, parsed);
		g_object_unref(parsed);
	}
	if (list->len > before || list->len >= ADDRESS_COUNT_MAX ||
	    salvage(list, options, text) || !names)
		return;
	g_autofree char *name = bare_name(options, text, strlen(text));
	if (*name != '\0')
		add(list, g_steal_pointer(&name), g_strdup(""));
}
