/*
 * What idlebell knows of one message.  Splitting the header is field.c's,
 * addresses are address.c's; here each field finds its place by a table.
 */
#include "message/message.h"
#include "message/address.h"
#include "message/field.h"
#include "message/preview.h"
#include "message/text.h"
#include <gmime/gmime.h>
#include <string.h>

#define DATE_FORMAT "%Y-%m-%dT%H:%M:%S%:z"

struct reader {
	GMimeParserOptions *options;
	struct message *message;
	char *root, *parent; /* of the conversation, or NULL */
};

/* A field we look into; the others are only kept. */
struct reading {
	const char *name;
	void (*read)(struct reader *reader, const struct field *field);
};

void message_init(void)
{
	g_mime_init();
}

/* Nothing from the environment: GMime's own choice has the locale in it. */
static GMimeParserOptions *make_options(void)
{
	const char *charsets[] = {"utf-8", "windows-1252", "iso-8859-1", NULL};
	GMimeParserOptions *options = g_mime_parser_options_new();

	g_mime_parser_options_set_fallback_charsets(options, charsets);
	g_mime_parser_options_set_address_compliance_mode(
	    options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_rfc2047_compliance_mode(
	    options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_allow_addresses_without_domain(
	    options, FALSE);
	return options;
}

static char *clean(const char *text)
{
	return text_clean(text != NULL ? text : "", -1, FIELD_TEXT_MAX);
}

static void read_from(struct reader *reader, const struct field *field)
{
	address_list_read(reader->message->from, reader->options,
	    field->value->str, ADDRESS_NAMES | (field->cut ? ADDRESS_CUT : 0));
}

static void read_to(struct reader *reader, const struct field *field)
{
	address_list_read(reader->message->to, reader->options,
	    field->value->str, field->cut ? ADDRESS_CUT : 0);
}

static void read_cc(struct reader *reader, const struct field *field)
{
	read_to(reader, field);
	address_list_read(reader->message->cc, reader->options,
	    field->value->str, field->cut ? ADDRESS_CUT : 0);
}

static void read_subject(struct reader *reader, const struct field *field)
{
	if (reader->message->subject == NULL)
		reader->message->subject =
		    field_decode(reader->options, field->value->str);
}

/* RFC 3339 with the offset that was sent, or NULL.  Takes the "date-time" of
 * RFC 9051 as well, which has dashes in its date. */
/* ret_text may be NULL. */
static int64_t decode_date(const char *value, char **ret_text)
{
	g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(value);

	if (date == NULL)
		return 0;
	if (ret_text != NULL)
		*ret_text = g_date_time_format(date, DATE_FORMAT);
	return g_date_time_to_unix(date);
}

static void read_date(struct reader *reader, const struct field *field)
{
	if (reader->message->date == NULL)
		reader->message->sent =
		    decode_date(field->value->str, &reader->message->date);
}

static char *decode_id(const char *value)
{
	g_autofree char *id = g_mime_utils_decode_message_id(value);

	return clean(id != NULL ? id : value);
}

static void read_message_id(struct reader *reader, const struct field *field)
{
	if (reader->message->message_id == NULL)
		reader->message->message_id = decode_id(field->value->str);
}

/* The first one named: where the conversation began (RFC 5322 3.6.4). */
static char *first_id(const char *value)
{
	const char *open = strchr(value, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;
	g_autofree char *one = NULL;

	if (close == NULL || close == open + 1)
		return NULL;
	one = g_strndup(open, (gsize)(close + 1 - open));
	return decode_id(one);
}

static void read_references(struct reader *reader, const struct field *field)
{
	if (reader->root == NULL)
		reader->root = first_id(field->value->str);
}

static void read_in_reply_to(struct reader *reader, const struct field *field)
{
	if (reader->parent == NULL)
		reader->parent = first_id(field->value->str);
}

/* The phrase before the identifier may hold a "<", what follows may not. */
static void read_list_id(struct reader *reader, const struct field *field)
{
	const char *value = field->value->str;
	const char *open = strrchr(value, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;

	if (reader->message->list_id != NULL)
		return;
	if (close != NULL && !field->cut)
		reader->message->list_id =
		    text_clean(open + 1, close - open - 1, FIELD_TEXT_MAX);
	else
		reader->message->list_id = field_decode(reader->options, value);
}

static const struct reading readings[] = {
    {"From", read_from},
    {"To", read_to},
    {"Cc", read_cc},
    {"Subject", read_subject},
    {"Date", read_date},
    {"Message-ID", read_message_id},
    {"List-ID", read_list_id},
    {"References", read_references},
    {"In-Reply-To", read_in_reply_to},
};

static void keep_header(
    struct reader *reader, const char *name, const char *value)
{
	struct message_header *header = g_new(struct message_header, 1);

	header->name = g_strdup(name);
	header->value = field_decode(reader->options, value);
	g_ptr_array_add(reader->message->headers, header);
}

static void read_field(struct reader *reader, const struct field *field)
{
	keep_header(reader, field->name, field->value->str);
	for (size_t i = 0; i < G_N_ELEMENTS(readings); i++)
		if (g_ascii_strcasecmp(field->name, readings[i].name) == 0)
			readings[i].read(reader, field);
}

static void read_header(struct reader *reader, const char *header, size_t size)
{
	const char *at = header, *end = header + size;
	struct field field;

	while (reader->message->headers->len < FIELD_COUNT_MAX &&
	    field_next(&at, end, &field)) {
		read_field(reader, &field);
		field_clear(&field);
	}
}

static void free_header(void *data)
{
	struct message_header *header = data;

	g_free(header->name);
	g_free(header->value);
	g_free(header);
}

static struct message *make_message(const struct message_source *source)
{
	struct message *message = g_new0(struct message, 1);

	message->account = clean(source->account);
	message->mailbox = clean(source->mailbox);
	message->uidvalidity = source->uidvalidity;
	message->uid = source->uid;
	message->size = source->size;
	message->attachment = source->attachment;
	message->flags = clean(source->flags);
	message->from = address_list_new();
	message->to = address_list_new();
	message->cc = address_list_new();
	message->headers = g_ptr_array_new_with_free_func(free_header);
	return message;
}

static void set_missing(char **text)
{
	if (*text == NULL)
		*text = g_strdup("");
}

/* A reply may come before what it answers: both have the same root. */
static void set_thread(struct reader *reader, bool wanted)
{
	struct message *message = reader->message;
	const char *id = reader->root != NULL ? reader->root
	    : reader->parent != NULL          ? reader->parent
					      : message->message_id;

	message->thread = g_strdup(wanted ? id : "");
	g_free(reader->root);
	g_free(reader->parent);
}

static char *make_preview(
    const struct message_source *source, const char *header, size_t size)
{
	if (source->preview != NULL)
		return preview_clean(source->preview);
	if (source->text != NULL)
		return preview_read(
		    header, size, source->text, source->text_size);
	return g_strdup("");
}

struct message *message_new(
    const struct message_source *source, const char *header, size_t size)
{
	struct reader reader = {
	    .options = make_options(), .message = make_message(source)};
	struct message *message = reader.message;

	read_header(&reader, header, size);
	if (source->internaldate != NULL)
		message->arrived = decode_date(source->internaldate,
		    message->date == NULL ? &message->date : NULL);
	set_missing(&message->subject);
	set_missing(&message->date);
	set_missing(&message->message_id);
	set_missing(&message->list_id);
	set_thread(&reader, source->threads);
	message->preview = make_preview(source, header, size);
	g_mime_parser_options_free(reader.options);
	return message;
}

void message_free(struct message *message)
{
	if (message == NULL)
		return;
	if (message->shared > 0) {
		message->shared--;
		return;
	}
	g_free(message->account);
	g_free(message->mailbox);
	g_free(message->flags);
	g_ptr_array_unref(message->from);
	g_ptr_array_unref(message->to);
	g_ptr_array_unref(message->cc);
	g_free(message->subject);
	g_free(message->date);
	g_free(message->message_id);
	g_free(message->list_id);
	g_ptr_array_unref(message->headers);
	g_free(message->preview);
	g_free(message->thread);
	g_free(message->rule);
	g_free(message->file);
	g_free(message);
}

struct message *message_ref(struct message *message)
{
	message->shared++;
	return message;
}

const char *message_sender(const struct message *message)
{
	const struct message_address *first;

	if (message->from->len == 0)
		return "(unknown)";
	first = message->from->pdata[0];
	if (*first->name != '\0')
		return first->name;
	return *first->address != '\0' ? first->address : "(unknown)";
}

/* A line for each part; none can hold a line break. */
char *message_identity(const struct message *message, bool *ret_sure)
{
	const struct message_address *first =
	    message->from->len > 0 ? message->from->pdata[0] : NULL;
	GString *identity = g_string_new(message->message_id);

	*ret_sure = message->message_id[0] != '\0' && message->sent != 0;
	if (!*ret_sure)
		g_string_append_printf(identity, "%" G_GUINT64_FORMAT " %s",
		    message->size, message->subject);
	g_string_append_printf(identity, "\n%" G_GINT64_FORMAT "\n%s",
	    message->sent, first != NULL ? first->address : "");
	return g_string_free(identity, FALSE);
}
