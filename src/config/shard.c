/*
 * Rendezvous hashing (Thaler, Ravishankar: "Using name-based mappings to
 * increase hit rates", 1998).
 */
#include "config/shard.h"
#include "config/value.h"
#include <glib.h>
#include <string.h>

#define BETWEEN "-of-"

enum {
	DIGEST_SIZE = 32 /* SHA-256 */
};

static bool parse_number(const char *text, unsigned *ret_number)
{
	int64_t number;

	/* Another spelling would be another unit, another lock. */
	if (*text == '0' || !value_parse_number(text, &number) ||
	    number > CONFIG_SHARDS_MAX)
		return false;
	*ret_number = (unsigned)number;
	return true;
}

bool config_shard_parse(
    const char *text, struct config_shard *ret_shard, char **ret_reason)
{
	const char *between = strstr(text, BETWEEN) != NULL ? BETWEEN : "/";
	g_auto(GStrv) parts = g_strsplit(text, between, 2);
	struct config_shard shard;

	if (g_strv_length(parts) != 2 ||
	    !parse_number(parts[0], &shard.number) ||
	    !parse_number(parts[1], &shard.count) ||
	    shard.number > shard.count) {
		*ret_reason = g_strdup_printf(
		    "\"%s\" is no shard: write K/N, as in 1/4 for the first "
		    "of four, N being at most %d",
		    text, CONFIG_SHARDS_MAX);
		return false;
	}
	*ret_shard = shard;
	return true;
}

char *config_shard_name(const struct config_shard *shard)
{
	return g_strdup_printf("%u" BETWEEN "%u", shard->number, shard->count);
}

char *config_shard_print(const struct config_shard *shard)
{
	return g_strdup_printf("%u/%u", shard->number, shard->count);
}

static uint64_t weigh(GChecksum *checksum, const char *account, unsigned number)
{
	g_autofree char *digits = g_strdup_printf("%u", number);
	guint8 digest[DIGEST_SIZE];
	gsize size = sizeof(digest);
	uint64_t weight = 0;

	g_checksum_reset(checksum);
	g_checksum_update(
	    checksum, (const guchar *)account, (gssize)strlen(account) + 1);
	g_checksum_update(checksum, (const guchar *)digits, -1);
	g_checksum_get_digest(checksum, digest, &size);
	for (size_t i = 0; i < sizeof(weight); i++)
		weight = weight << 8 | digest[i];
	return weight;
}

unsigned config_shard_of(const char *account, unsigned count)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	uint64_t most = weigh(checksum, account, 1);
	unsigned heaviest = 1;

	for (unsigned number = 2; number <= count; number++) {
		uint64_t weight = weigh(checksum, account, number);

		if (weight > most) {
			most = weight;
			heaviest = number;
		}
	}
	return heaviest;
}

bool config_shard_has(const struct config_shard *shard, const char *account)
{
	return shard == NULL || shard->count == 0 ||
	    config_shard_of(account, shard->count) == shard->number;
}
