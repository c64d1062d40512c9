/*
 * What an account goes on watching in its quiet hours: the mailboxes in which
 * an urgent rule may ring.  The others rest, and so does a connection that
 * carries none of the former, unless it is to see such a one appear.
 */
#include "app/box.h"
#include "imap/selection.h"
#include "message/field.h"
#include "message/text.h"
#include <string.h>

/* ---- who is needed ---- */

static bool is_pattern(const char *entry)
{
	const char *const entries[] = {entry, NULL};

	return !imap_selection_is_plain(entries);
}

/* A glob as of a criterion that fits all that the entry fits, and more: what
 * is written need be neither the whole name nor have its delimiter. */
static char *make_glob(const char *entry)
{
	GString *glob = g_string_new("*");

	for (; *entry != '\0' && *entry != '\\'; entry++)
		if (*entry == '*' || *entry == '%')
			g_string_append_c(glob, '*');
		else
			g_string_append_c(
			    glob, strchr("/?", *entry) != NULL ? '?' : *entry);
	/* A special use may have any name. */
	if (*entry == '\\')
		g_string_assign(glob, "*");
	return g_string_free(glob, FALSE);
}

static bool is_broken(
    const struct account *account, const char *mailbox, const GPtrArray *known)
{
	const struct rules_place place = {
	    .account = account->config->name,
	    .mailbox = mailbox,
	    .known = known,
	};

	return curfew_is_broken(
	    account->judge->curfew, account->config, &place);
}

static GPtrArray *list_known(const struct account *account)
{
	GPtrArray *known = g_ptr_array_new();

	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (box->line != NULL && !is_pattern(box->mailbox))
			g_ptr_array_add(known, box->mailbox);
	}
	return known;
}

static bool may_bring(const struct account *account, const char *entry)
{
	g_autoptr(GPtrArray) known = list_known(account);
	g_autofree char *glob = make_glob(entry);

	return is_broken(account, glob, known);
}

/* A mailbox that is not there yet. */
static bool is_any_expected(const struct account *account)
{
	for (char **entry = account->config->mailboxes; *entry != NULL; entry++)
		if (**entry != '!' && is_pattern(*entry) &&
		    may_bring(account, *entry))
			return true;
	return false;
}

/* Before the server has listed its mailboxes it may be a pattern itself. */
bool vigil_needs(const struct box *box)
{
	g_autofree char *name = NULL;

	if (!box->account->hushed)
		return true;
	if (is_pattern(box->mailbox))
		return may_bring(box->account, box->mailbox);
	name = text_clean(box->mailbox, -1, FIELD_TEXT_MAX);
	return is_broken(box->account, name, NULL);
}

/* ---- who rests ---- */

/* Something has changed that makes others begin. */
static bool sort_line(struct line *line, bool expects)
{
	const GPtrArray *boxes = line->account->boxes;
	bool watched = expects, changed = false;

	for (unsigned i = 0; i < boxes->len; i++) {
		struct box *box = boxes->pdata[i];
		bool rest;

		if (box->line != line)
			continue;
		rest = !vigil_needs(box);
		watched |= !rest;
		if (rest == box->resting)
			continue;
		line->caught_up = false;
		changed = true;
		box_let_rest(box, rest);
	}
	return line_let_rest(line, !watched, changed);
}

static bool is_any_watched(const struct account *account)
{
	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		if (box->line != NULL && vigil_needs(box))
			return true;
	}
	return is_any_expected(account);
}

bool vigil_decide(struct account *account, bool quiet)
{
	account->hushed = quiet;
	account->hushed = quiet && is_any_watched(account);
	return account->hushed;
}

void vigil_sort(struct account *account)
{
	bool expects = account->hushed && is_any_expected(account);
	bool moved = false;

	if (account->renewing)
		return;
	for (unsigned i = 0; i < account->lines->len; i++)
		moved |= sort_line(account->lines->pdata[i], i == 0 && expects);
	if (moved && !account->resting && !account->asleep &&
	    !account->stopping && account->marks != NULL)
		account_start(account);
}

unsigned vigil_count(const struct account *account)
{
	unsigned count = 0;

	for (unsigned i = 0; i < account->boxes->len; i++) {
		const struct box *box = account->boxes->pdata[i];

		count += box->line != NULL && box->resting ? 1 : 0;
	}
	return count;
}
