/*
 * What a watcher is asked over its socket, and what it answers.
 */
#include "app/control.h"
#include "app/desk.h"
#include "app/document.h"
#include "app/log.h"
#include "app/pace.h"
#include "app/quiet.h"
#include "app/watcher-inside.h"
#include "app/when.h"
#include "config/nearest.h"
#include "os/language.h"
#include <string.h>
#include <sysexits.h>

/* Names a client gave that no account has, or NULL. */
static const char *find_stranger(
    const struct watcher *watcher, const char *const *names)
{
	for (; *names != NULL; names++)
		if (watcher_find(watcher->accounts, *names) < 0)
			return *names;
	return NULL;
}

static char *describe_stranger(
    const struct watcher *watcher, const char *stranger)
{
	g_autofree char *lower = g_ascii_strdown(stranger, -1);
	struct nearest nearest = nearest_to(lower);
	char *elsewhere = watcher_describe_elsewhere(
	    watcher, watcher->settings->config, stranger);

	if (elsewhere != NULL)
		return elsewhere;
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		nearest_offer(
		    &nearest, account_name(watcher->accounts->pdata[i]));
	if (nearest.best == NULL)
		return g_strdup_printf("no account %s is watched", stranger);
	return g_strdup_printf("no account %s is watched: did you mean %s?",
	    stranger, nearest.best);
}

static void poke(struct watcher *watcher, const char *const *names)
{
	pace_forgive(watcher->world.pace);
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		if (document_names(watcher->accounts->pdata[i], names))
			account_poke(watcher->accounts->pdata[i]);
}

/* One request and the reply to it, see app/control.h. */
struct question {
	const struct control_request *request;
	struct emit *reply;
	char **ret_error;
	int *ret_status;
};

static void ask_status(struct watcher *watcher, const struct question *question)
{
	document_write(watcher->accounts, question->request->accounts,
	    watcher->started, &watcher->options->shard, question->reply);
}

static void ask_poke(struct watcher *watcher, const struct question *question)
{
	poke(watcher, question->request->accounts);
}

static void ask_reload(struct watcher *watcher, const struct question *question)
{
	GString *told = g_string_new(NULL);

	*question->ret_status = watcher_reload(watcher, told);
	*question->ret_error = g_string_free(told, *question->ret_status == 0);
}

static void tell(const struct question *question, const char *text)
{
	emit_member_string(question->reply, "told", text);
}

/* How many of the words say how long; -1 when they are wrong.  A name is a
 * name, whatever it looks like. */
static int read_pause(const struct watcher *watcher, const char *const *words,
    int64_t *ret_until, char **ret_error)
{
	int64_t unused;
	g_autofree char *reason = NULL;
	const char *alone[] = {NULL, NULL}, *stranger;
	int taken;

	*ret_until = QUIET_FOREVER;
	taken =
	    words[0] != NULL && watcher_find(watcher->accounts, words[0]) >= 0
	    ? 0
	    : quiet_read_pause(words, when_wall(), ret_until, ret_error);
	if (taken < 0)
		return -1;
	stranger = find_stranger(watcher, words + taken);
	if (stranger == NULL)
		return taken;
	*ret_error = describe_stranger(watcher, stranger);
	alone[0] = stranger;
	if (quiet_read_pause(alone, 0, &unused, &reason) != 0) {
		g_free(*ret_error);
		*ret_error = g_strdup_printf(taken > 0
			? "%s: one time only, as in 90m or until Mon 07:30"
			: "write the time before the accounts: pause %s ...",
		    stranger);
	}
	return -1;
}

static void ask_pause(struct watcher *watcher, const struct question *question)
{
	const char *const *words = question->request->arguments;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	int64_t until;
	int taken = read_pause(watcher, words, &until, question->ret_error);

	*question->ret_status = taken < 0 ? EX_USAGE : EX_OK;
	if (taken < 0)
		return;
	for (unsigned i = 0; i < watcher->accounts->len; i++)
		if (document_names(watcher->accounts->pdata[i], words + taken))
			account_pause(watcher->accounts->pdata[i], until,
			    error == NULL ? &error : NULL);
	text = quiet_describe(true, until, when_wall());
	tell(question, text);
	if (error == NULL)
		return;
	*question->ret_error = g_strdup_printf("%s, %s", text, error->message);
	*question->ret_status = EX_IOERR;
}

/* For people; NULL: it is awake. */
static char *describe_rest(const struct account *account)
{
	int64_t until;
	enum account_rest why = account_rest(account, &until);

	return why != ACCOUNT_AWAKE
	    ? quiet_describe(why == ACCOUNT_PAUSED, until, when_wall())
	    : NULL;
}

/* Takes part over; NULL: none. */
static void add_part(GString *text, char *part)
{
	if (part != NULL && text->len > 0)
		g_string_append(text, "; ");
	if (part != NULL)
		g_string_append(text, part);
	g_free(part);
}

/* accounts: the names of those that are awake because of it. */
static char *describe_resumed(const GPtrArray *accounts)
{
	if (accounts->len == 0)
		return NULL;
	if (accounts->len == 1)
		return g_strdup_printf(
		    _("%s is watched again"), (char *)accounts->pdata[0]);
	return g_strdup_printf(
	    ngettext("%u account is watched again",
		"%u accounts are watched again", accounts->len),
	    accounts->len);
}

/* Who is not awake now is so for another reason. */
static void ask_resume(struct watcher *watcher, const struct question *question)
{
	const char *const *names = question->request->accounts;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) rests = g_string_new(NULL);
	g_autoptr(GPtrArray) awake = g_ptr_array_new();
	bool resumed = false;

	for (unsigned i = 0; i < watcher->accounts->len; i++) {
		struct account *account = watcher->accounts->pdata[i];
		g_autofree char *rest = NULL;
		bool was_paused;

		if (!document_names(account, names))
			continue;
		was_paused = account_resume(account);
		resumed |= was_paused;
		rest = describe_rest(account);
		if (rest != NULL)
			add_part(rests,
			    g_strdup_printf(
				"%s: %s", account_name(account), rest));
		else if (was_paused)
			g_ptr_array_add(awake, (char *)account_name(account));
	}
	add_part(text, describe_resumed(awake));
	if (!resumed)
		add_part(text, g_strdup(_("nothing was paused")));
	if (rests->len > 0)
		add_part(text, g_strdup(rests->str));
	tell(question, text->str);
}

static void ask_stop(struct watcher *watcher, const struct question *question)
{
	(void)question;
	watcher_stop(watcher, EX_OK);
	watcher_moved(watcher);
}

static void ask_say(struct watcher *watcher, const struct question *question)
{
	g_autofree char *text = NULL;
	int status =
	    say_answer(desk_say(watcher->desk), question->request, &text);

	*question->ret_status = status;
	if (status != EX_OK) {
		*question->ret_error = g_steal_pointer(&text);
		return;
	}
	emit_member_string(question->reply, "told", text);
}

/* What can be asked; accounts have been checked to be watched. */
static const struct {
	const char *command;
	unsigned max; /* arguments */
	void (*answer)(
	    struct watcher *watcher, const struct question *question);
} questions[] = {
    {"status", 0, ask_status},
    {"poke", 0, ask_poke},
    {"reload", 0, ask_reload},
    {"stop", 0, ask_stop},
    {"pause", G_MAXUINT, ask_pause},
    {"resume", 0, ask_resume},
    {"mute", 3, ask_say},
    {"unmute", 1, ask_say},
    {"snooze", 3, ask_say},
    {"unsnooze", 1, ask_say},
};

/* Its row in questions, or their number. */
static size_t find_question(const char *command)
{
	size_t row = 0;

	while (row < G_N_ELEMENTS(questions) &&
	    strcmp(questions[row].command, command) != 0)
		row++;
	return row;
}

/* Why it cannot be answered, or NULL. */
static char *describe_mistake(
    const struct watcher *watcher, const struct control_request *request)
{
	const char *stranger = find_stranger(watcher, request->accounts);
	size_t row = find_question(request->command);

	if (stranger != NULL)
		return describe_stranger(watcher, stranger);
	if (row == G_N_ELEMENTS(questions))
		return g_strdup_printf(
		    "the watcher does not know the command %s",
		    request->command);
	if (g_strv_length((char **)request->arguments) > questions[row].max)
		return g_strdup_printf("%s has an argument too many: %s",
		    request->command, request->arguments[questions[row].max]);
	return NULL;
}

static void answer(void *data, const struct control_request *request,
    struct emit *reply, char **ret_error, int *ret_status)
{
	const struct question question = {
	    request, reply, ret_error, ret_status};
	struct watcher *watcher = data;

	*ret_error = describe_mistake(watcher, request);
	if (*ret_error != NULL)
		*ret_status = EX_USAGE;
	else
		questions[find_question(request->command)].answer(
		    watcher, &question);
}

static const struct control_events control_events = {.answer = answer};

/* Mail is more important than being asked about it. */
void watcher_open_control(struct watcher *watcher)
{
	g_autoptr(GError) error = NULL;

	watcher->control = control_new(watcher->world.net->loop,
	    &watcher->options->shard, &control_events, watcher, &error);
	if (watcher->control == NULL)
		log_line(LOG_LEVEL_WARNING, NULL,
		    "%s; status, pause, poke, reload and stop will not find "
		    "this watcher",
		    error->message);
}
