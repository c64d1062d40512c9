/*
 * Verbs as rows of one table: which flags, where to, what is said of it, and
 * what the opposite is.
 */
#include "app/act.h"
#include "app/special.h"
#include "os/language.h"
#include <string.h>

enum {
	DEADLINE = 60 * 1000, /* ms, with the login */
};

enum way {
	WAY_STAY,
	WAY_ARCHIVE,
	WAY_TRASH,
	WAY_JUNK,
	WAY_INBOX,
	WAY_NAMED,
	WAY_NOWHERE,
};

/* One text for one message, one for {n} of them. */
struct text {
	const char *one, *many;
};

static const struct verb {
	const char *name;
	const char *add, *remove;
	enum way way;
	struct text said;       /* of what does not go elsewhere */
	enum act_verb opposite; /* of what stays; ACT_VERBS: none */
} verbs[ACT_VERBS] = {
    [ACT_READ] = {"read", "\\Seen", NULL, WAY_STAY,
	{NP_("marked as read", "{n} messages marked as read")}, ACT_UNREAD},
    [ACT_UNREAD] = {"unread", NULL, "\\Seen", WAY_STAY,
	{NP_("marked as unread", "{n} messages marked as unread")}, ACT_READ},
    [ACT_FLAG] = {"flag", "\\Flagged", NULL, WAY_STAY,
	{NP_("flagged", "{n} messages flagged")}, ACT_UNFLAG},
    [ACT_UNFLAG] = {"unflag", NULL, "\\Flagged", WAY_STAY,
	{NP_("not flagged any more", "{n} messages not flagged any more")},
	ACT_FLAG},
    [ACT_ARCHIVE] = {"archive", NULL, NULL, WAY_ARCHIVE, {NULL, NULL}, 0},
    [ACT_DELETE] = {"delete", NULL, NULL, WAY_TRASH,
	{NP_("deleted for good", "{n} messages deleted for good")},
	ACT_UNDELETE},
    [ACT_EXPUNGE] = {"expunge", NULL, NULL, WAY_NOWHERE,
	{NP_("deleted for good", "{n} messages deleted for good")},
	ACT_UNDELETE},
    [ACT_UNDELETE] = {"undelete", NULL, "\\Deleted", WAY_STAY,
	{NP_("not marked as deleted any more",
	    "{n} messages not marked as deleted any more")},
	ACT_VERBS},
    [ACT_JUNK] = {"junk", "$Junk", "$NotJunk", WAY_JUNK, {NULL, NULL}, 0},
    [ACT_NOTJUNK] = {"notjunk", "$NotJunk", "$Junk", WAY_INBOX, {NULL, NULL},
	0},
    [ACT_MOVE] = {"move", NULL, NULL, WAY_NAMED, {NULL, NULL}, 0},
};

static const struct text moved = {
    NP_("moved to {mailbox}", "{n} messages moved to {mailbox}")};
/* The server cannot remove single messages (no UIDPLUS). */
static const struct text copied = {NP_(
    "copied to {mailbox}; here it stays, marked as deleted, as the server "
    "cannot remove one message alone",
    "{n} messages copied to {mailbox}; here they stay, marked as deleted, as "
    "the server cannot remove them alone")};
static const struct text marked = {NP_(
    "marked as deleted; it stays until the mailbox is expunged, as the server "
    "cannot remove one message alone",
    "{n} messages marked as deleted; they stay until the mailbox is expunged, "
    "as the server cannot remove them alone")};
static const struct text unchanged = {
    NP_("it was so already", "it was so already with {n} messages")};

struct act {
	struct errand *errand;
	struct errands *errands;
	struct act_request *request;
	GPtrArray *listed; /* struct imap_listed, or NULL */
	char *destination; /* or NULL: it stays */
	bool expunge;
	uint32_t uidvalidity; /* of the mailbox */
	act_fn *fn;
	void *data;
};

/* ---- verbs ---- */

const char *act_name(enum act_verb verb)
{
	return verbs[verb].name;
}

bool act_find(const char *name, enum act_verb *ret_verb)
{
	for (unsigned i = 0; i < ACT_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0) {
			*ret_verb = (enum act_verb)i;
			return true;
		}
	return false;
}

struct act_request *act_request_copy(const struct act_request *request)
{
	struct act_request *copy = g_memdup2(request, sizeof(*request));

	copy->mailbox = g_strdup(request->mailbox);
	copy->uids = g_strdup(request->uids);
	copy->destination = g_strdup(request->destination);
	return copy;
}

void act_request_free(struct act_request *request)
{
	if (request == NULL)
		return;
	g_free(request->mailbox);
	g_free(request->uids);
	g_free(request->destination);
	g_free(request);
}

/* ---- the end ---- */

static void act_free(struct act *act)
{
	act_request_free(act->request);
	g_clear_pointer(&act->listed, g_ptr_array_unref);
	g_free(act->destination);
	g_free(act);
}

static void finish(
    struct act *act, const struct act_result *result, const GError *error)
{
	act_fn *fn = act->fn;
	void *data = act->data;

	/* The connection is free for what follows. */
	g_clear_pointer(&act->errand, errand_free);
	fn(data, result, error);
	act_free(act);
}

/* Takes error over. */
static void refuse(struct act *act, GError *error)
{
	finish(act, NULL, error);
	g_error_free(error);
}

/* ---- where to ---- */

static const struct verb *verb_of(const struct act *act)
{
	return &verbs[act->request->verb];
}

static bool must_list(const struct act_request *request)
{
	enum way way = verbs[request->verb].way;

	return request->destination == NULL &&
	    (way == WAY_ARCHIVE || way == WAY_TRASH || way == WAY_JUNK);
}

static char *find_special(const struct act *act, bool *ret_missing)
{
	static const enum special specials[] = {
	    [WAY_ARCHIVE] = SPECIAL_ARCHIVE,
	    [WAY_TRASH] = SPECIAL_TRASH,
	    [WAY_JUNK] = SPECIAL_JUNK,
	};
	const struct config_account *account = errands_account(act->errands);
	const char *const named[] = {
	    [SPECIAL_ARCHIVE] = account->archive_mailbox,
	    [SPECIAL_TRASH] = account->trash_mailbox,
	    [SPECIAL_JUNK] = account->junk_mailbox,
	};
	enum special special = specials[verb_of(act)->way];

	return special_find(special, named[special], act->listed, ret_missing);
}

/* A button that is pressed by mistake, or a server whose trash has an unheard
 * of name, must not cost a message. */
static GError *lack_of_special(const struct act *act)
{
	bool junk = verb_of(act)->way == WAY_JUNK;

	if (verb_of(act)->way != WAY_TRASH)
		return g_error_new(IMAP_ERROR, IMAP_ERROR_MAILBOX,
		    "the server does not say where %s goes; write %s = MAILBOX",
		    junk ? "junk" : "what is archived",
		    special_key(junk ? SPECIAL_JUNK : SPECIAL_ARCHIVE));
	if (act->listed->len == 0)
		return g_error_new(IMAP_ERROR, IMAP_ERROR_DENIED,
		    "the server lists no mailboxes: whether there is a trash "
		    "cannot be known");
	return g_error_new(IMAP_ERROR, IMAP_ERROR_MAILBOX,
	    "there is no trash on the server: write %s = MAILBOX, which is "
	    "made if it is not there; \"act expunge\" deletes for good",
	    special_key(SPECIAL_TRASH));
}

/* Within the trash to delete is to delete. */
static GError *use_special(struct act *act, bool *ret_missing)
{
	act->destination = find_special(act, ret_missing);
	if (act->destination == NULL)
		return lack_of_special(act);
	act->expunge = verb_of(act)->way == WAY_TRASH &&
	    special_is_same(act->destination, act->request->mailbox);
	if (act->expunge)
		g_clear_pointer(&act->destination, g_free);
	return NULL;
}

static GError *find_destination(struct act *act, bool *ret_missing)
{
	GError *error = NULL;

	act->expunge = verb_of(act)->way == WAY_NOWHERE;
	if (must_list(act->request))
		error = use_special(act, ret_missing);
	else if (act->request->destination != NULL)
		act->destination = g_strdup(act->request->destination);
	else if (verb_of(act)->way == WAY_INBOX)
		act->destination = g_strdup("INBOX");
	if (error == NULL && act->destination != NULL &&
	    special_is_same(act->destination, act->request->mailbox))
		error = g_error_new(IMAP_ERROR, IMAP_ERROR_DENIED,
		    "it is in %s already", act->destination);
	return error;
}

/* ---- what came of it ---- */

static unsigned count_uids(const char *uids)
{
	const struct imap_text set = {uids, strlen(uids)};
	uint32_t count;

	return imap_set_count(set, &count, NULL) ? count : 0;
}

static char *fill(struct text text, unsigned count, const char *mailbox)
{
	g_autoptr(GString) filled =
	    g_string_new(ngettext(text.one, text.many, count));
	g_autofree char *number = g_strdup_printf("%u", count);

	g_string_replace(filled, "{n}", number, 1);
	g_string_replace(
	    filled, "{mailbox}", mailbox != NULL ? mailbox : "", 1);
	return g_strdup(filled->str);
}

static bool is_flags_only(const struct act *act)
{
	return act->destination == NULL && !act->expunge;
}

static struct text text_for(const struct act *act, const struct imap_done *done)
{
	if (act->destination != NULL)
		return done->left ? copied : moved;
	if (done->left)
		return marked;
	if (is_flags_only(act) && done->changed == NULL)
		return unchanged;
	return verb_of(act)->said;
}

static enum act_verb verb_back(const struct act *act, bool is_left)
{
	if (is_left)
		return ACT_UNDELETE;
	if (act->destination == NULL)
		return verb_of(act)->opposite;
	switch (act->request->verb) {
	case ACT_JUNK:
		return ACT_NOTJUNK;
	case ACT_NOTJUNK:
		return ACT_JUNK;
	default:
		return ACT_MOVE;
	}
}

/*
 * What went elsewhere comes back from there, if it is known which it is there.
 * What stays is as it was before, save for a copy elsewhere; what is deleted
 * for good is gone.
 */
static struct act_request *request_back(
    const struct act *act, const struct imap_done *done, uint32_t uidvalidity)
{
	struct act_request back = {.verb = verb_back(act, done->left)};

	if (act->destination != NULL && !done->left) {
		back.mailbox = act->destination;
		back.uidvalidity = done->uidvalidity_there;
		back.uids = done->uids_there;
		back.destination = act->request->mailbox;
	} else {
		back.mailbox = act->request->mailbox;
		back.uidvalidity = uidvalidity;
		back.uids = is_flags_only(act) ? done->changed
		    : done->left               ? done->uids
					       : NULL;
	}
	if (back.uids == NULL || back.verb == ACT_VERBS)
		return NULL;
	return act_request_copy(&back);
}

static void succeed(struct act *act, const struct imap_done *done)
{
	unsigned count = count_uids(done->uids);
	g_autofree char *text =
	    fill(text_for(act, done), count, act->destination);
	struct act_request *back = request_back(act, done, act->uidvalidity);
	const struct act_result result = {
	    .text = text,
	    .uids = done->uids,
	    .count = count,
	    .mailbox = act->destination,
	    .uidvalidity = done->uidvalidity_there,
	    .uids_there = done->uids_there,
	    .undo = back,
	};

	finish(act, &result, NULL);
	act_request_free(back);
}

/* ---- the errand ---- */

static void listed(void *data, const struct imap_listed *listed_)
{
	struct act *act = data;

	g_ptr_array_add(act->listed, imap_listed_copy(listed_));
}

/* Who names a mailbox in the configuration wants it to be there; a typing
 * error on a command line makes none. */
static void ready(void *data, uint32_t uidvalidity)
{
	struct act *act = data;
	bool missing = false;
	GError *error = find_destination(act, &missing);
	const struct verb *verb = verb_of(act);
	const struct imap_act wish = {
	    .uids = act->request->uids,
	    .add = verb->add,
	    .remove = verb->remove,
	    .destination = act->destination,
	    .create = missing,
	    .expunge = act->expunge,
	};

	act->uidvalidity = uidvalidity;
	if (error != NULL)
		refuse(act, error);
	else
		errand_act(act->errand, &wish);
}

static void done(void *data, const struct imap_done *done_, const GError *error)
{
	struct act *act = data;

	if (error != NULL)
		finish(act, NULL, error);
	else
		succeed(act, done_);
}

static void failed(void *data, const GError *error)
{
	finish(data, NULL, error);
}

static const struct errand_events events = {
    .listed = listed,
    .ready = ready,
    .done = done,
    .failed = failed,
};

void act_start(struct errands *errands, const struct act_request *request,
    act_fn *fn, void *data)
{
	struct act *act = g_new0(struct act, 1);
	const struct errand_options options = {
	    .mailbox = request->mailbox,
	    .uidvalidity = request->uidvalidity,
	    .writable = true,
	    .list = must_list(request),
	    .deadline = DEADLINE,
	};

	act->errands = errands;
	act->request = act_request_copy(request);
	act->listed = g_ptr_array_new_with_free_func(imap_listed_free);
	act->fn = fn;
	act->data = data;
	act->errand = errand_new(errands, &options, &events, act);
}
