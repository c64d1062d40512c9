/*
 * Lists of few and short words, as text.
 */
#include "imap/words.h"
#include "imap/limits.h"
#include "imap/response.h"

bool imap_words_have(const char *words, const char *word)
{
	g_auto(GStrv) all =
	    g_strsplit_set(words != NULL ? words : "", " ()", -1);

	for (char **one = all; *one != NULL; one++)
		if (g_ascii_strcasecmp(*one, word) == 0)
			return true;
	return false;
}

char *imap_words_join(const GArray *texts)
{
	GString *joined = g_string_new(NULL);

	for (unsigned i = 0; texts != NULL && i < texts->len; i++) {
		struct imap_text word =
		    g_array_index(texts, struct imap_text, i);

		g_string_append_printf(joined, "%s%.*s", i > 0 ? " " : "",
		    (int)MIN(word.size, IMAP_TEXT_MAX), word.at);
	}
	return g_string_free(joined, FALSE);
}
