/*
 * A notice as hooks see it: one table, as for a message.
 */
#include "message/notice.h"
#include "message/members.h"

struct notice *notice_new(enum notice_kind kind)
{
	struct notice *notice = g_new0(struct notice, 1);

	notice->kind = kind;
	return notice;
}

void notice_free(struct notice *notice)
{
	if (notice == NULL)
		return;
	g_free(notice->account);
	g_free(notice->mailbox);
	g_free(notice->state);
	g_free(notice->reason);
	g_free(notice->summary);
	g_free(notice->body);
	g_free(notice);
}

static char *event_text(const void *thing)
{
	static const char *const names[] = {
	    [NOTICE_STATE] = "state",
	    [NOTICE_SUMMARY] = "summary",
	};
	const struct notice *notice = thing;

	return g_strdup(names[notice->kind]);
}

static char *since_text(const void *thing)
{
	const struct notice *notice = thing;
	g_autoptr(GDateTime) date = notice->since != 0
	    ? g_date_time_new_from_unix_utc(notice->since)
	    : NULL;

	return date != NULL ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ")
			    : NULL;
}

#define AT(member) offsetof(struct notice, member)

static const struct members_row rows[] = {
    {"event", 0, event_text, NULL, false},
    {"account", AT(account), NULL, NULL, false},
    {"mailbox", AT(mailbox), NULL, NULL, false},
    {"state", AT(state), NULL, NULL, false},
    {"reason", AT(reason), NULL, NULL, false},
    {"since", 0, since_text, NULL, false},
};

char *notice_to_json(const struct notice *notice)
{
	return members_to_json(rows, G_N_ELEMENTS(rows), notice);
}

char **notice_to_environment(
    const struct notice *notice, const char *const *base)
{
	return members_to_environment(rows, G_N_ELEMENTS(rows), notice, base);
}
