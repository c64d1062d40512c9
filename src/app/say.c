/*
 * A table of commands, each of which is about one message or one word.
 */
#include "app/say.h"
#include "app/control.h"
#include "app/later.h"
#include "app/when.h"
#include "os/language.h"
#include <string.h>
#include <sysexits.h>

/* ---- commands ---- */

/* What is asked for. */
struct wish {
	const struct bell_note *note;  /* of a message, or NULL */
	const struct message *message; /* or NULL */
	const char *word;              /* a sender, a number; or NULL */
	int64_t now, until;
};

static int tell(char **ret_text, int status, const char *text)
{
	*ret_text = g_strdup(text);
	return status;
}

static int tell_error(char **ret_text, const GError *error)
{
	bool usage = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);

	return tell(ret_text, usage ? EX_USAGE : EX_IOERR, error->message);
}

static bool mute(const struct say *say, const struct wish *wish,
    struct mutes_told *ret_told, GError **error)
{
	if (wish->message != NULL)
		return mutes_add_thread(say->mutes, wish->message, wish->now,
		    wish->until, ret_told, error);
	return mutes_add_sender(
	    say->mutes, wish->word, wish->now, wish->until, ret_told, error);
}

/* Takes text over. */
static char *add_undo(char *text, const char *command, unsigned number)
{
	/* TRANSLATORS: what was done, and a command that takes it back. */
	char *line = g_strdup_printf(
	    _("%s (undo: idlebell %s %u)"), text, command, number);

	g_free(text);
	return line;
}

static int do_mute(
    const struct say *say, const struct wish *wish, char **ret_text)
{
	g_autoptr(GError) error = NULL;
	struct mutes_told told;

	if (!mute(say, wish, &told, &error))
		return tell_error(ret_text, error);
	*ret_text = add_undo(told.text, "unmute", told.number);
	return EX_OK;
}

static int do_snooze(
    const struct say *say, const struct wish *wish, char **ret_text)
{
	g_autofree char *time = later_print(wish->until, wish->now);
	g_autoptr(GError) error = NULL;
	unsigned number;

	if (!snoozes_add(
		say->snoozes, wish->message, wish->until, &number, &error))
		return tell_error(ret_text, error);
	*ret_text = add_undo(g_strdup_printf(_("it rings again at %s"), time),
	    "unsnooze", number);
	belfry_put_away(wish->note);
	return EX_OK;
}

/* command: whose list it is. */
static int tell_nothing(
    char **ret_text, const char *word, const char *command, const char *nothing)
{
	if (strcmp(word, "all") == 0)
		return tell(ret_text, EX_OK, nothing);
	*ret_text = g_strdup_printf(
	    "there is no %s: see idlebell %s --list", word, command);
	return EX_USAGE;
}

static int do_unmute(
    const struct say *say, const struct wish *wish, char **ret_text)
{
	g_autofree char *farewell = mutes_farewell(say->mutes, wish->word);
	g_autoptr(GError) error = NULL;
	unsigned count;

	if (!mutes_remove(say->mutes, wish->word, &count, &error))
		return tell_error(ret_text, error);
	if (count == 0)
		return tell_nothing(
		    ret_text, wish->word, "mute", _("nothing was muted"));
	*ret_text = count == 1 && farewell != NULL
	    ? g_steal_pointer(&farewell)
	    : g_strdup_printf(ngettext("%u sender or thread rings again",
				  "%u senders and threads ring again", count),
		  count);
	return EX_OK;
}

static int do_unsnooze(
    const struct say *say, const struct wish *wish, char **ret_text)
{
	g_autofree char *farewell = snoozes_farewell(say->snoozes, wish->word);
	g_autoptr(GError) error = NULL;
	unsigned count;

	if (!snoozes_remove(say->snoozes, wish->word, &count, &error))
		return tell_error(ret_text, error);
	if (count == 0)
		return tell_nothing(
		    ret_text, wish->word, "snooze", _("nothing was snoozed"));
	*ret_text = count == 1 && farewell != NULL
	    ? g_steal_pointer(&farewell)
	    : g_strdup_printf(ngettext("%u message does not ring again",
				  "%u messages do not ring again", count),
		  count);
	return EX_OK;
}

static const struct say_command {
	const char *name;
	bool message, word; /* is about one; or about that */
	int64_t time; /* s from now, where none is given; 0: none can be */
	int (*run)(
	    const struct say *say, const struct wish *wish, char **ret_text);
} say_commands[] = {
    {"mute", true, true, (int64_t)MUTES_DAYS * 24 * 3600, do_mute},
    {"unmute", false, true, 0, do_unmute},
    {"snooze", true, false, SNOOZES_TIME, do_snooze},
    {"unsnooze", false, true, 0, do_unsnooze},
};

static const struct say_command *find_command(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(say_commands); i++)
		if (strcmp(say_commands[i].name, name) == 0)
			return &say_commands[i];
	return NULL;
}

/* Only what was told of late is known. */
static int find_message(const struct say *say,
    const struct control_request *request, struct wish *wish, char **ret_text)
{
	const char *account = request->accounts[0];
	const char *mailbox = request->arguments[0];
	const struct bell_note *note = NULL;
	guint64 uid = 0;

	if (!g_ascii_string_to_unsigned(
		request->arguments[1], 10, 1, UINT32_MAX, &uid, NULL)) {
		*ret_text =
		    g_strdup_printf("%s is no UID", request->arguments[1]);
		return EX_USAGE;
	}
	if (say->belfry == NULL)
		return tell(ret_text, EX_UNAVAILABLE,
		    "no watcher is running, and only it knows messages: start "
		    "one with idlebell watch");
	note = belfry_find(say->belfry, account, mailbox, (uint32_t)uid);
	if (note == NULL) {
		*ret_text = g_strdup_printf(
		    "UID %u of %s/%s is not among the last %d messages that "
		    "rang%s",
		    (unsigned)uid, account, mailbox, BELFRY_MAX,
		    strcmp(request->command, "mute") == 0
			? ": mute its sender instead"
			: "");
		return EX_UNAVAILABLE;
	}
	wish->note = note;
	wish->message = note->message;
	return EX_OK;
}

/* time: the word for it, or NULL. */
static int set_until(const struct say_command *command, struct wish *wish,
    const char *time, char **ret_text)
{
	wish->until = wish->now + command->time;
	if (time == NULL ||
	    later_parse(time, wish->now, &wish->until, ret_text))
		return EX_OK;
	return EX_USAGE;
}

/* The words in front of the time. */
static int understand(const struct say *say, const struct say_command *command,
    const struct control_request *request, struct wish *wish, char **ret_text)
{
	const char *const *words = request->arguments;
	bool of_message = request->accounts[0] != NULL;
	unsigned n = g_strv_length((char **)words), wanted = of_message ? 2 : 1;
	int status;

	if (n < wanted || n > wanted + (command->time > 0) ||
	    !(of_message ? command->message : command->word)) {
		*ret_text = g_strdup_printf(
		    "the arguments are not understood: see idlebell %s --help",
		    command->name);
		return EX_USAGE;
	}
	if (!of_message && command->message && strchr(words[0], '@') == NULL) {
		*ret_text = g_strdup_printf(
		    "%s is no address: write %s NAME@HOST [TIME], or "
		    "%s ACCOUNT MAILBOX UID [TIME] for a thread",
		    words[0], command->name, command->name);
		return EX_USAGE;
	}
	wish->now = when_wall();
	wish->word = of_message ? NULL : words[0];
	status = set_until(command, wish, words[wanted], ret_text);
	if (status == EX_OK && of_message)
		status = find_message(say, request, wish, ret_text);
	return status;
}

int say_answer(const struct say *say, const struct control_request *request,
    char **ret_text)
{
	const struct say_command *command = find_command(request->command);
	struct wish wish = {0};
	int status;

	if (command == NULL)
		return tell(ret_text, EX_USAGE, "there is no such command");
	status = understand(say, command, request, &wish, ret_text);
	return status == EX_OK ? command->run(say, &wish, ret_text) : status;
}

/* ---- without a watcher ---- */

int say_alone(const struct config_shard *shard,
    const struct control_request *request, char **ret_text)
{
	g_autoptr(GError) error = NULL;
	struct state *state = state_open(shard, &error);
	struct say say = {0};
	int status;

	if (state == NULL)
		return tell(ret_text, EX_TEMPFAIL, error->message);
	say.mutes = mutes_new(state);
	say.snoozes = snoozes_new(NULL, state, NULL, NULL);
	status = say_answer(&say, request, ret_text);
	snoozes_free(say.snoozes);
	mutes_free(say.mutes);
	state_free(state);
	return status;
}

char *say_list(const char *command)
{
	struct mutes *mutes = mutes_new(NULL);
	struct snoozes *snoozes = snoozes_new(NULL, NULL, NULL, NULL);
	char *list = strcmp(command, "mute") == 0
	    ? mutes_print(mutes, when_wall())
	    : snoozes_print(snoozes, when_wall());

	snoozes_free(snoozes);
	mutes_free(mutes);
	return list;
}
