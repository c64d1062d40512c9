/*
 * Conversations, by what the headers say, else by their subjects.
 */
#include "app/thread.h"
#include <string.h>

/* As mail programs of several languages write them. */
static const char *const prefixes[] = {
    "re", "fwd", "fw", "aw", "wg", "sv", "vs", "antw", "rv", "ref", "tr"};

/* Behind "Re:", "RE[2]:" or "Aw (3) :"; NULL: it is none. */
static const char *skip_prefix(const char *subject, const char *prefix)
{
	size_t size = strlen(prefix);

	if (g_ascii_strncasecmp(subject, prefix, size) != 0)
		return NULL;
	subject += size;
	subject += strspn(subject, " [(0123456789)]");
	return *subject == ':' ? subject + 1 + strspn(subject + 1, " ") : NULL;
}

static const char *skip_any(const char *subject)
{
	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		const char *rest = skip_prefix(subject, prefixes[i]);

		if (rest != NULL)
			return rest;
	}
	return NULL;
}

const char *thread_subject(const struct message *message)
{
	const char *subject = message->subject, *rest;

	while ((rest = skip_any(subject)) != NULL)
		subject = rest;
	return subject;
}

bool thread_is_reply(const struct message *message)
{
	if (message->thread[0] != '\0' &&
	    strcmp(message->thread, message->message_id) != 0)
		return true;
	return thread_subject(message) != message->subject;
}

char *thread_key(const struct message *message)
{
	const char *subject = thread_subject(message);
	g_autofree char *folded = NULL;

	if (message->thread[0] != '\0')
		return g_strconcat("id ", message->thread, NULL);
	if (subject[0] == '\0')
		return NULL;
	folded = g_utf8_casefold(subject, -1);
	return g_strconcat("subject ", message->account, " ", folded, NULL);
}
