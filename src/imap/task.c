/*
 * Changes to messages, one after the other, each step by step: which of the
 * messages are there, their flags, where they go (RFC 9051 6.4.6 to 6.4.9,
 * RFC 4315, 6851).
 *
 * Nothing is deleted before its copy is confirmed, and only what was asked
 * for: a bare EXPUNGE would remove whatever others have marked \Deleted.
 */
#include "imap/command.h"
#include "imap/machine.h"
#include "imap/ranges.h"
#include "imap/words.h"
#include <string.h>

/* In the order they are taken; the last three only when one was refused. */
enum step {
	STEP_LOOK,
	STEP_ADD,
	STEP_REMOVE,
	STEP_MOVE,
	STEP_COPY,
	STEP_MARK, /* \Deleted */
	STEP_EXPUNGE,
	STEP_END,
	STEP_CREATE,
	STEP_RESTORE_ADDED,
	STEP_RESTORE_REMOVED,
	STEPS,
};

struct change {
	struct machine_box *box;
	char *uids, *add, *remove, *destination;
	bool expunge, create;
	enum step step;
	bool asked; /* the step is under way */
	bool created, stored, copied;
	bool copied_some; /* COPYUID says which */
	struct imap_ranges wanted, there;
	/* Of those there: without what is added, with what is removed, and
	 * both together. */
	struct imap_ranges lacking, having, changed;
	unsigned count; /* of those there */
	struct imap_done *done;
	GError *error;
};

struct machine_task {
	GQueue changes;
	char *permanent; /* PERMANENTFLAGS, NULL: all flags are */
};

void task_done_free(struct imap_done *done)
{
	if (done == NULL)
		return;
	g_free(done->uids);
	g_free(done->changed);
	g_free(done->uids_there);
	g_free(done);
}

static void change_free(gpointer data)
{
	struct change *change = data;

	g_free(change->uids);
	g_free(change->add);
	g_free(change->remove);
	g_free(change->destination);
	imap_ranges_clear(&change->wanted);
	imap_ranges_clear(&change->there);
	imap_ranges_clear(&change->lacking);
	imap_ranges_clear(&change->having);
	imap_ranges_clear(&change->changed);
	task_done_free(change->done);
	g_clear_error(&change->error);
	g_free(change);
}

void task_begin(struct imap_session *s)
{
	s->task = g_new0(struct machine_task, 1);
	g_queue_init(&s->task->changes);
}

void task_clear(struct imap_session *s)
{
	last_clear(s);
	if (s->task == NULL)
		return;
	g_queue_clear_full(&s->task->changes, change_free);
	g_free(s->task->permanent);
	g_clear_pointer(&s->task, g_free);
}

/* ---- opening ---- */

static void be_open(struct imap_session *s, struct machine_box *box)
{
	machine_enter(s, MACHINE_WATCHING);
	box->known_uidvalidity = box->mailbox.uidvalidity;
	box->opened = box->numbered = box->synced = true;
	machine_tell(s, box,
	    (struct imap_action){.type = IMAP_ACTION_OPENED,
		.uidvalidity = box->mailbox.uidvalidity});
	machine_tell(s, box, (struct imap_action){.type = IMAP_ACTION_SYNCED});
}

static void not_open(struct imap_session *s, struct machine_box *box,
    enum imap_error code, const char *what)
{
	boxes_fail(s, box, code, what, NULL);
	if (s->state != MACHINE_ENDED)
		machine_enter(s, MACHINE_WATCHING);
}

/* UIDVALIDITY missing or 0 (quirk 35): one that never changes. */
void task_opened(struct imap_session *s, const struct imap_response *r)
{
	struct machine_box *box = s->current;

	box->mailbox.uidvalidity = MAX(box->mailbox.uidvalidity, 1);
	if (box->known_uidvalidity != 0 &&
	    box->known_uidvalidity != box->mailbox.uidvalidity)
		not_open(s, box, IMAP_ERROR_GONE,
		    "the mailbox was renumbered: its UIDs mean other messages "
		    "now");
	else if (box->writable && r->code == IMAP_CODE_READ_ONLY)
		not_open(
		    s, box, IMAP_ERROR_DENIED, "the mailbox is read-only here");
	else
		be_open(s, box);
}

/* ---- words ---- */

static char *append_word(char *words, const char *word)
{
	if (words == NULL)
		return g_strdup(word);
	g_autofree char *before = words;

	return g_strconcat(before, " ", word, NULL);
}

/* "\*": whoever likes may invent keywords (RFC 9051 2.3.2). */
static bool is_permanent(const struct imap_session *s, const char *word)
{
	const char *permanent = s->task->permanent;

	return permanent == NULL || imap_words_have(permanent, word) ||
	    (word[0] == '$' && imap_words_have(permanent, "\\*"));
}

/* Returns the word that cannot be kept, and has to be; NULL: none. */
static char *keep_words(
    const struct imap_session *s, const char *words, char **ret_kept)
{
	g_auto(GStrv) all = g_strsplit(words != NULL ? words : "", " ", -1);

	for (char **word = all; *word != NULL; word++) {
		if (is_permanent(s, *word))
			*ret_kept = append_word(*ret_kept, *word);
		else if (**word != '$')
			return g_strdup(*word);
	}
	return NULL;
}

static bool has_flag(const GArray *flags, const char *word)
{
	for (unsigned i = 0; flags != NULL && i < flags->len; i++)
		if (imap_text_is(
			g_array_index(flags, struct imap_text, i), word))
			return true;
	return false;
}

/* One of the words is, or is not, among the flags. */
static bool differs(const GArray *flags, const char *words, bool want)
{
	g_auto(GStrv) all = g_strsplit(words != NULL ? words : "", " ", -1);

	for (char **word = all; *word != NULL; word++)
		if (has_flag(flags, *word) != want)
			return true;
	return false;
}

/* ---- sets ---- */

/* Of a set that a server sent, no more than was asked for. */
static char *take_set(struct imap_text set)
{
	struct imap_ranges ranges = {0};
	uint32_t count, first, last;
	char *text;

	if (!imap_set_count(set, &count, NULL) || count > IMAP_ACT_MAX)
		return NULL;
	while (imap_set_next(&set, &first, &last) && last < UINT32_MAX)
		for (uint64_t uid = first; uid <= last; uid++)
			imap_ranges_add(&ranges, (uint32_t)uid);
	text = imap_ranges_print(&ranges);
	imap_ranges_clear(&ranges);
	return text;
}

static void keep_those_in(struct imap_ranges *ranges, struct imap_text set)
{
	struct imap_ranges kept = {0};

	for (unsigned i = 0; i < ranges->count; i++)
		for (uint64_t uid = ranges->items[i].first;
		     uid <= ranges->items[i].last; uid++)
			if (imap_set_has(set, (uint32_t)uid))
				imap_ranges_add(&kept, (uint32_t)uid);
	imap_ranges_clear(ranges);
	*ranges = kept;
}

/* ---- the steps ---- */

static struct change *head(const struct imap_session *s)
{
	return s->task != NULL ? g_queue_peek_head(&s->task->changes) : NULL;
}

static bool is_needed(const struct imap_session *s, const struct change *change)
{
	bool moves = machine_can(s, IMAP_CAP_MOVE);
	bool leaves = change->destination != NULL;

	switch (change->step) {
	case STEP_ADD:
		return change->lacking.count > 0;
	case STEP_REMOVE:
		return change->having.count > 0;
	case STEP_MOVE:
		return leaves && moves;
	case STEP_COPY:
		return leaves && !moves;
	case STEP_MARK:
		return change->expunge || (leaves && !moves);
	case STEP_EXPUNGE:
		return (change->expunge || (leaves && !moves)) &&
		    machine_can(s, IMAP_CAP_UIDPLUS);
	default:
		return true;
	}
}

/* sign: of the flags that are stored. */
static char *store_command(
    const struct imap_ranges *ranges, char sign, const char *flags)
{
	g_autofree char *uids = imap_ranges_print(ranges);

	return g_strdup_printf(
	    "UID STORE %s %cFLAGS.SILENT (%s)", uids, sign, flags);
}

/* Those that are there, and perhaps where they go. */
static char *there_command(const char *verb, const struct change *change)
{
	g_autofree char *uids = imap_ranges_print(&change->there);
	g_autoptr(GString) command = g_string_new(verb);

	g_string_append_printf(command, " %s", uids);
	if (change->step != STEP_EXPUNGE) {
		g_string_append_c(command, ' ');
		imap_append_mailbox(command, change->destination);
	}
	return g_strdup(command->str);
}

static char *create_command(const struct change *change)
{
	g_autoptr(GString) command = g_string_new("CREATE ");

	imap_append_mailbox(command, change->destination);
	return g_strdup(command->str);
}

static char *step_command(const struct change *change)
{
	switch (change->step) {
	case STEP_LOOK:
		return g_strdup_printf(
		    "UID FETCH %s (UID FLAGS)", change->uids);
	case STEP_ADD:
		return store_command(&change->lacking, '+', change->add);
	case STEP_RESTORE_ADDED:
		return store_command(&change->lacking, '-', change->add);
	case STEP_REMOVE:
		return store_command(&change->having, '-', change->remove);
	case STEP_RESTORE_REMOVED:
		return store_command(&change->having, '+', change->remove);
	case STEP_MOVE:
		return there_command("UID MOVE", change);
	case STEP_COPY:
		return there_command("UID COPY", change);
	case STEP_CREATE:
		return create_command(change);
	case STEP_MARK:
		return store_command(&change->there, '+', "\\Deleted");
	default:
		return there_command("UID EXPUNGE", change);
	}
}

bool task_wants(const struct imap_session *s)
{
	const struct change *change = head(s);

	return change != NULL && change->box == s->current && !change->asked;
}

void task_say(struct imap_session *s, GString *out)
{
	struct change *change = head(s);
	g_autofree char *command = step_command(change);

	change->asked = true;
	machine_command(s, out, MACHINE_SEND_ACT, "%s", command);
	machine_about(s, change->box);
}

/* Its words are in done. */
static void end_change(struct imap_session *s)
{
	struct change *change = g_queue_pop_head(&s->task->changes);

	change->done->uids = imap_ranges_print(&change->there);
	change->done->changed =
	    change->stored ? imap_ranges_print(&change->changed) : NULL;
	machine_tell(s, change->box,
	    (struct imap_action){.type = IMAP_ACTION_DONE,
		.done = g_steal_pointer(&change->done),
		.error = g_steal_pointer(&change->error)});
	change_free(change);
}

/* What was stored for nothing is taken back. */
static enum step step_back(const struct change *change)
{
	if (!change->stored || change->copied)
		return STEP_END;
	if (change->step < STEP_RESTORE_ADDED && change->lacking.count > 0)
		return STEP_RESTORE_ADDED;
	if (change->step < STEP_RESTORE_REMOVED && change->having.count > 0)
		return STEP_RESTORE_REMOVED;
	return STEP_END;
}

static void go_back(struct imap_session *s, struct change *change)
{
	change->step = step_back(change);
	if (change->step != STEP_END)
		return;
	change->stored &= change->copied;
	end_change(s);
}

static void fail(struct imap_session *s, struct change *change,
    enum imap_error code, const char *why)
{
	change->error = g_error_new_literal(IMAP_ERROR, code, why);
	go_back(s, change);
}

static void go_on(struct imap_session *s, struct change *change)
{
	if (change->error != NULL) {
		go_back(s, change);
		return;
	}
	if (change->step == STEP_CREATE)
		change->step = STEP_REMOVE;
	do
		change->step++;
	while (change->step < STEP_END && !is_needed(s, change));
	if (change->step == STEP_END)
		end_change(s);
}

/* ---- answers ---- */

void task_fetch(struct imap_session *s, const struct imap_fetch *fetch)
{
	struct change *change = head(s);

	if (change == NULL || !change->asked || change->step != STEP_LOOK ||
	    !fetch->has_uid || !imap_ranges_has(&change->wanted, fetch->uid) ||
	    imap_ranges_has(&change->there, fetch->uid))
		return;
	change->count++;
	imap_ranges_add(&change->there, fetch->uid);
	if (differs(fetch->flags, change->add, true))
		imap_ranges_add(&change->lacking, fetch->uid);
	if (differs(fetch->flags, change->remove, false))
		imap_ranges_add(&change->having, fetch->uid);
	if (imap_ranges_has(&change->lacking, fetch->uid) ||
	    imap_ranges_has(&change->having, fetch->uid))
		imap_ranges_add(&change->changed, fetch->uid);
}

/* "UIDVALIDITY SOURCE-SET SET" (RFC 4315 section 3), untagged before the
 * EXPUNGEs of MOVE (RFC 6851 4.3), or with the OK. */
static void take_copyuid(struct change *change, struct imap_text arguments)
{
	g_autofree char *text = imap_text_dup(arguments);
	g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", 3);
	guint64 uidvalidity;

	if (g_strv_length(words) != 3 ||
	    !g_ascii_string_to_unsigned(
		words[0], 10, 1, UINT32_MAX, &uidvalidity, NULL))
		return;
	change->copied_some = true;
	keep_those_in(
	    &change->there, (struct imap_text){words[1], strlen(words[1])});
	g_free(change->done->uids_there);
	change->done->uidvalidity_there = (uint32_t)uidvalidity;
	change->done->uids_there =
	    take_set((struct imap_text){words[2], strlen(words[2])});
}

void task_code(struct imap_session *s, const struct imap_response *r)
{
	struct change *change = head(s);

	if (s->task == NULL)
		return;
	if (r->code == IMAP_CODE_PERMANENTFLAGS) {
		g_free(s->task->permanent);
		s->task->permanent = imap_text_dup(r->code_text);
	}
	if (change != NULL && change->asked &&
	    (change->step == STEP_MOVE || change->step == STEP_COPY) &&
	    imap_text_is(r->code_name, "COPYUID"))
		take_copyuid(change, r->code_text);
}

static void looked(struct imap_session *s, struct change *change)
{
	if (change->there.count == 0)
		fail(s, change, IMAP_ERROR_GONE,
		    "it is not in the mailbox any more");
	else if (change->count > IMAP_ACT_MAX ||
	    change->there.count > IMAP_ACT_RANGES_MAX ||
	    change->lacking.count > IMAP_ACT_RANGES_MAX ||
	    change->having.count > IMAP_ACT_RANGES_MAX)
		fail(s, change, IMAP_ERROR_DENIED,
		    "these are too many messages for one change");
	else
		go_on(s, change);
}

/*
 * A server that tells the UIDs of copies, and told none, has copied nothing:
 * somebody was faster.  Without the copy the rest of it must not follow.
 */
static void copied(struct imap_session *s, struct change *change)
{
	if (machine_can(s, IMAP_CAP_UIDPLUS) &&
	    (!change->copied_some || change->there.count == 0)) {
		fail(s, change, IMAP_ERROR_GONE,
		    "it is not in the mailbox any more");
		return;
	}
	change->copied = true;
	go_on(s, change);
}

static void accepted(struct imap_session *s, struct change *change)
{
	switch (change->step) {
	case STEP_LOOK:
		looked(s, change);
		return;
	case STEP_ADD:
	case STEP_REMOVE:
		change->stored = true;
		break;
	case STEP_MOVE:
	case STEP_COPY:
		copied(s, change);
		return;
	case STEP_MARK:
		change->done->left = !machine_can(s, IMAP_CAP_UIDPLUS);
		break;
	default:
		break;
	}
	go_on(s, change);
}

/* ---- refusals ---- */

static const struct {
	enum imap_code code;
	enum imap_error error;
	const char *why;
} denials[] = {
    {IMAP_CODE_OVERQUOTA, IMAP_ERROR_DENIED,
	"there is no room for it on the server (quota)"},
    {IMAP_CODE_TRYCREATE, IMAP_ERROR_MAILBOX,
	"the mailbox it should go to is not there"},
    {IMAP_CODE_NONEXISTENT, IMAP_ERROR_MAILBOX,
	"the mailbox it should go to is not there"},
    {IMAP_CODE_NOPERM, IMAP_ERROR_DENIED, "the server does not permit it"},
    {IMAP_CODE_READ_ONLY, IMAP_ERROR_DENIED, "the mailbox is read-only"},
};

static const char *const refusals[STEPS] = {
    [STEP_LOOK] = "the server does not say whether it is there",
    [STEP_ADD] = "the server does not change its flags",
    [STEP_REMOVE] = "the server does not change its flags",
    [STEP_MOVE] = "the server does not move it",
    [STEP_COPY] = "the server does not move it",
    [STEP_CREATE] = "the mailbox it should go to cannot be created",
    [STEP_MARK] = "the server does not delete it",
};

/* What is wrong may be wrong with where it goes. */
static bool is_leaving(const struct change *change)
{
	return change->step == STEP_MOVE || change->step == STEP_COPY;
}

static GError *denial(
    const struct change *change, const struct imap_response *r)
{
	if (change->step == STEP_MARK && change->copied)
		return machine_error(IMAP_ERROR_DENIED,
		    "it was copied, but the server does not remove it here", r);
	if (imap_text_is(r->code_name, "EXPUNGEISSUED"))
		return machine_error(
		    IMAP_ERROR_GONE, "it is not in the mailbox any more", r);
	for (unsigned i = 0; i < G_N_ELEMENTS(denials); i++)
		if (denials[i].code == r->code &&
		    (denials[i].error != IMAP_ERROR_MAILBOX ||
			is_leaving(change)))
			return machine_error(
			    denials[i].error, denials[i].why, r);
	return machine_error(IMAP_ERROR_DENIED, refusals[change->step], r);
}

static bool may_create(
    const struct change *change, const struct imap_response *r)
{
	return change->create && !change->created && is_leaving(change) &&
	    (r->code == IMAP_CODE_TRYCREATE ||
		r->code == IMAP_CODE_NONEXISTENT);
}

/* What cannot be restored or expunged alters nothing of how it ended. */
static void refused(struct imap_session *s, struct change *change,
    const struct imap_response *r)
{
	if (change->error != NULL) {
		go_back(s, change);
	} else if (may_create(change, r)) {
		change->created = true;
		change->step = STEP_CREATE;
	} else if (change->step == STEP_CREATE &&
	    r->code == IMAP_CODE_ALREADYEXISTS) {
		go_on(s, change);
	} else if (change->step == STEP_EXPUNGE) {
		change->done->left = true;
		go_on(s, change);
	} else {
		change->error = denial(change, r);
		go_back(s, change);
	}
}

void task_done(struct imap_session *s, const struct imap_response *r)
{
	struct change *change = head(s);

	if (change == NULL || !change->asked)
		return;
	change->asked = false;
	if (r->status == IMAP_STATUS_OK)
		accepted(s, change);
	else
		refused(s, change, r);
}

/* ---- the owner's side ---- */

static void refuse(
    struct imap_session *s, void *owner, enum imap_error code, const char *why)
{
	machine_act(s,
	    (struct imap_action){.type = IMAP_ACTION_DONE,
		.owner = owner,
		.done = g_new0(struct imap_done, 1),
		.error = g_error_new_literal(IMAP_ERROR, code, why)});
}

void task_forget(struct imap_session *s, const struct machine_box *box)
{
	last_forget(s, box);
	for (GList *link = s->task != NULL ? s->task->changes.head : NULL;
	     link != NULL;) {
		struct change *change = link->data;
		GList *next = link->next;

		if (change->box == box) {
			refuse(s, box->owner, IMAP_ERROR_CLOSED,
			    "its mailbox is not open any more");
			change_free(change);
			g_queue_delete_link(&s->task->changes, link);
		}
		link = next;
	}
}

static struct change *change_new(
    struct machine_box *box, const struct imap_act *act)
{
	struct change *change = g_new0(struct change, 1);

	change->box = box;
	change->uids = g_strdup(act->uids);
	change->destination = g_strdup(act->destination);
	change->expunge = act->expunge;
	change->create = act->create;
	change->done = g_new0(struct imap_done, 1);
	return change;
}

static bool is_sane(const struct change *change)
{
	g_autoptr(GString) name = g_string_new(NULL);

	return change->wanted.count > 0 &&
	    change->wanted.count <= IMAP_ACT_RANGES_MAX &&
	    (change->destination == NULL ||
		imap_append_mailbox(name, change->destination));
}

/* Takes the change over.  Why it cannot be done, or NULL. */
static char *prepare(
    struct imap_session *s, struct change *change, const struct imap_act *act)
{
	g_autofree char *word = NULL;

	if (!imap_ranges_parse(change->uids, &change->wanted) ||
	    !is_sane(change))
		return g_strdup("these messages, or where they should go, "
				"cannot be named to the server");
	word = keep_words(s, act->add, &change->add);
	if (word == NULL)
		word = keep_words(s, act->remove, &change->remove);
	if (word != NULL)
		return g_strdup_printf(
		    "the mailbox does not keep the flag %s", word);
	return NULL;
}

void imap_session_act(struct imap_session *s, void *owner,
    const struct imap_act *act, int64_t now)
{
	struct machine_box *box = boxes_owned(s, owner);
	g_autofree char *why = NULL;
	struct change *change;

	s->now = now;
	if (s->state == MACHINE_ENDED || s->task == NULL)
		return;
	if (box == NULL || !box->opened || !box->writable) {
		refuse(s, owner, IMAP_ERROR_CLOSED, "its mailbox is not open");
		return;
	}
	change = change_new(box, act);
	why = prepare(s, change, act);
	if (why != NULL) {
		refuse(s, owner, IMAP_ERROR_DENIED, why);
		change_free(change);
		return;
	}
	g_queue_push_tail(&s->task->changes, change);
	watching_pump(s);
}

void imap_session_list(struct imap_session *s, int64_t now)
{
	s->now = now;
	if (s->state == MACHINE_ENDED || s->task == NULL)
		return;
	s->want_list = true;
	watching_pump(s);
}
