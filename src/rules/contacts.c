/*
 * Contacts: a set of addresses.  Of a vCard only the lines of EMAIL matter, so
 * that splitting them is all there is to read; see HACKING for why no library
 * does it.
 */
#include "rules/contacts.h"
#include <string.h>

struct contacts {
	GHashTable *addresses; /* folded */
};

static struct contacts *make_contacts(void)
{
	struct contacts *contacts = g_new(struct contacts, 1);

	contacts->addresses =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return contacts;
}

void contacts_free(struct contacts *contacts)
{
	if (contacts == NULL)
		return;
	g_hash_table_unref(contacts->addresses);
	g_free(contacts);
}

unsigned contacts_count(const struct contacts *contacts)
{
	return g_hash_table_size(contacts->addresses);
}

bool contacts_have(const struct contacts *contacts, const char *address)
{
	g_autofree char *folded = g_utf8_casefold(address, -1);

	return g_hash_table_contains(contacts->addresses, folded);
}

static bool is_address(const char *text, gsize size)
{
	if (size == 0 || size > CONTACTS_ADDRESS_MAX ||
	    memchr(text, '@', size) == NULL ||
	    !g_utf8_validate(text, (gssize)size, NULL))
		return false;
	for (gsize i = 0; i < size; i++)
		if (g_ascii_iscntrl(text[i]) || text[i] == ' ')
			return false;
	return true;
}

static void add(struct contacts *contacts, const char *text, gsize size)
{
	if (is_address(text, size) &&
	    g_hash_table_size(contacts->addresses) < CONTACTS_MAX)
		g_hash_table_add(
		    contacts->addresses, g_utf8_casefold(text, (gssize)size));
}

/* The next line without its end, moving *text and *size behind it. */
static gsize take_line(const char **text, gsize *size)
{
	const char *end = memchr(*text, '\n', *size);
	gsize length = end != NULL ? (gsize)(end - *text) : *size;
	gsize taken = end != NULL ? length + 1 : length;

	if (length > 0 && (*text)[length - 1] == '\r')
		length--;
	*text += taken;
	*size -= taken;
	return length;
}

struct contacts *contacts_new_list(const char *text, gsize size)
{
	struct contacts *contacts = make_contacts();

	while (size > 0) {
		const char *line = text;
		gsize length = take_line(&text, &size);
		const char *tab = memchr(line, '\t', length);

		add(contacts, line, tab != NULL ? (gsize)(tab - line) : length);
	}
	return contacts;
}

/* ---- vCards ---- */

/* A line with those that continue it (RFC 6350 3.2); what is too long to be of
 * interest, as a picture, is cut. */
static void take_unfolded(const char **text, gsize *size, GString *line)
{
	const char *start = *text;
	gsize length = take_line(text, size);

	g_string_truncate(line, 0);
	g_string_append_len(line, start, (gssize)MIN(length, 4096));
	while (*size > 0 && (**text == ' ' || **text == '\t')) {
		start = *text + 1;
		length = take_line(text, size);
		if (line->len < 4096 && length > 1)
			g_string_append_len(
			    line, start, (gssize)MIN(length - 1, 4096));
	}
}

/* Behind the group, if there is one: "item1.EMAIL". */
static bool is_named(const char *line, const char *name)
{
	gsize size = strcspn(line, ":;");
	const char *dot = memchr(line, '.', size);

	if (dot != NULL) {
		size -= (gsize)(dot + 1 - line);
		line = dot + 1;
	}
	return size == strlen(name) &&
	    g_ascii_strncasecmp(line, name, size) == 0;
}

/* Behind the first colon that stands in no quotes; NULL: there is none. */
static char *find_value(char *line)
{
	bool quoted = false;

	for (; *line != '\0'; line++) {
		if (*line == '"')
			quoted = !quoted;
		else if (*line == ':' && !quoted)
			return line + 1;
	}
	return NULL;
}

/* In place: "\," and its like (RFC 6350 3.4). */
static void unescape(char *value)
{
	char *out = value;

	for (; *value != '\0'; value++) {
		if (*value == '\\' && value[1] != '\0')
			value++;
		*out++ = *value;
	}
	*out = '\0';
}

static void add_email(struct contacts *contacts, char *line)
{
	char *value = find_value(line);

	if (value == NULL)
		return;
	unescape(value);
	g_strstrip(value);
	if (g_ascii_strncasecmp(value, "mailto:", strlen("mailto:")) == 0)
		value += strlen("mailto:");
	add(contacts, value, strlen(value));
}

struct contacts *contacts_new_vcard(const char *text, gsize size)
{
	g_autoptr(Contacts) contacts = make_contacts();
	g_autoptr(GString) line = g_string_new(NULL);
	bool found = false;

	if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		size -= 3;
	}
	while (size > 0) {
		take_unfolded(&text, &size, line);
		if (g_ascii_strcasecmp(line->str, "BEGIN:VCARD") == 0)
			found = true;
		else if (found && is_named(line->str, "EMAIL"))
			add_email(contacts, line->str);
	}
	return found ? g_steal_pointer(&contacts) : NULL;
}
