/*
 * Names that tell mailboxes of all servers apart, and LF as every local
 * delivery has it.
 */
#include "message/storage.h"
#include <string.h>

#define HASH_DIGITS 32 /* 128 bits tell mailboxes apart */

/* Host names do not differ in case; no flags and no size: they change. */
char *storage_name(const struct storage_key *key)
{
	g_autofree char *host = g_ascii_strdown(key->host, -1);
	g_autofree char *text =
	    g_strdup_printf("%s@%s/%s", key->user, host, key->mailbox);
	g_autofree char *hash =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	return g_strdup_printf("%.*s.V%u%c%u", HASH_DIGITS, hash,
	    key->uidvalidity, key->text ? 'T' : 'U', key->uid);
}

GString *storage_convert(bool *cr, const char *bytes, size_t size)
{
	GString *text = g_string_sized_new(size + 1);
	const char *end = bytes + size;

	while (bytes < end) {
		const char *stop;

		if (*cr && *bytes != '\n')
			g_string_append_c(text, '\r');
		*cr = *bytes == '\r';
		if (*cr) {
			bytes++;
			continue;
		}
		stop = memchr(bytes, '\r', (size_t)(end - bytes));
		if (!stop)
			stop = end;
		g_string_append_len(text, bytes, stop - bytes);
		bytes = stop;
	}
	return text;
}
