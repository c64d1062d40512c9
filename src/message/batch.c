/*
 * Its environment; its lines were made by whoever has what they are about.
 */
#include "message/batch.h"
#include "message/members.h"

static char *count_text(const void *thing)
{
	const struct batch *batch = thing;

	return g_strdup_printf("%u", batch->count);
}

#define AT(member) offsetof(struct batch, member)

static const struct members_row rows[] = {
    {"event", AT(event), NULL, NULL, false},
    {"account", AT(account), NULL, NULL, false},
    {"mailbox", AT(mailbox), NULL, NULL, false},
    {"count", 0, count_text, NULL, false},
};

char **batch_to_environment(const struct batch *batch, const char *const *base)
{
	return members_to_environment(rows, G_N_ELEMENTS(rows), batch, base);
}
