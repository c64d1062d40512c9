/*
 * Has this message been told before?
 */
#include "app/memory.h"

enum {
	/* How far the server's clock may be behind ours, s. */
	CLOCK_SLACK = 600,
	/* How long a message may have been on its way, s. */
	TRAVEL_MAX = 7 * 24 * 3600,
};

struct memory memory_of(const struct message *message)
{
	struct memory memory;

	memory.identity = message_identity(message, &memory.sure);
	memory.plain =
	    memory.sure || message->sent != 0 || message->from->len > 0;
	/* What rules have kept silent there may ring elsewhere. */
	memory.silent = g_strconcat("silent\n", memory.identity, NULL);
	memory.place = g_strdup_printf("place\n%s\n%u\n%u", message->mailbox,
	    message->uidvalidity, message->uid);
	return memory;
}

void memory_clear(struct memory *memory)
{
	g_free(memory->identity);
	g_free(memory->silent);
	g_free(memory->place);
}

void memory_add_place(struct box *box, const struct memory *memory)
{
	if (memory->plain)
		seen_add(box->account->seen, memory->place, memory->identity);
}

void memory_add(struct box *box, const struct memory *memory, bool has_rung)
{
	seen_add(box->account->seen,
	    has_rung ? memory->identity : memory->silent, memory->place);
	memory_add_place(box, memory);
}

/* Told here before the mailbox was numbered anew, under this very UID? */
static bool was_here(const struct box *box, const struct message *message,
    const char *identity, const char *place)
{
	return message->uidvalidity == box->before.uidvalidity &&
	    mark_is_taken(&box->before, message->uid) &&
	    seen_find(box->account->seen, identity, place) == SEEN_HERE;
}

static bool was_there(const struct box *box, const struct message *message,
    const char *identity, const char *place)
{
	return seen_find(box->account->seen, identity, place) ==
	    SEEN_ELSEWHERE ||
	    (box->renumbered && was_here(box, message, identity, place));
}

static bool has_been_told(const struct box *box, const struct message *message,
    const struct memory *memory)
{
	return ((memory->sure || box->renumbered) &&
		   was_there(box, message, memory->identity, memory->place)) ||
	    (box->renumbered &&
		was_there(box, message, memory->silent, memory->place));
}

/* In a mailbox that is numbered anew: was it there before?  INTERNALDATE says
 * so, or Date where that was lost. */
static bool is_old(const struct box *box, const struct message *message)
{
	int64_t since = box->mark.time;

	if (!box->renumbered)
		return false;
	if (message->arrived != 0 && message->arrived < since - CLOCK_SLACK)
		return true;
	return message->sent != 0 && message->sent < since - TRAVEL_MAX;
}

bool memory_has(const struct box *box, const struct message *message,
    const struct memory *memory)
{
	return is_old(box, message) || has_been_told(box, message, memory);
}

bool memory_is_other(const struct box *box, const struct memory *memory)
{
	return seen_find(box->account->seen, memory->place, memory->identity) ==
	    SEEN_ELSEWHERE;
}
