/*
 * Plays the transcripts in tests/sessions against a session: each whole, byte
 * by byte and cut at random, and demands the same actions every time.
 * tests/sessions/README describes the format.
 */
#include "imap/session.h"
#include "imap/structure.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

enum cut {
	CUT_NOT,
	CUT_BYTES,
	CUT_RANDOM
};

struct play {
	const char *file;
	int line;
	enum cut cut;
	struct imap_session_options options;
	struct imap_session *session;
	int64_t now;
	GQueue output;    /* char *: actions not yet expected */
	GString *pending; /* server bytes not yet fed */
	bool states, namespaces, writable, failed;
	GArray *mailboxes; /* struct imap_watched; the last one is described */
	GArray *told;      /* uint32_t: of one of them */
	const char *home;  /* its owner */
	struct imap_capabilities remembered;
};

/* Lines count with what was included. */
static void complain(struct play *play, const char *what, const char *text)
{
	if (!play->failed)
		g_test_message("%s, line %d of all: %s%s", play->file,
		    play->line, what, text != NULL ? text : "");
	play->failed = true;
}

/* ---- actions as lines ---- */

static void put(struct play *play, char *line)
{
	g_queue_push_tail(&play->output, line);
}

/* What is about another mailbox than home begins with its name. */
static void put_about(
    struct play *play, const struct imap_action *action, char *text)
{
	if (action->owner == NULL)
		complain(play, "an action of no mailbox: ", text);
	if (action->owner == play->home)
		put(play, g_strconcat("> ", text, NULL));
	else
		put(play,
		    g_strconcat(
			"> ", (const char *)action->owner, ": ", text, NULL));
	g_free(text);
}

/* "C: " opens a write, "C| " goes on with it, "C! " is secret. */
static void put_write(struct play *play, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);
	g_autofree char *text = g_strndup(bytes, size);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
	const char *mark = action->secret ? "C! " : "C: ";

	for (char **line = lines; line[0] != NULL && line[1] != NULL; line++) {
		put(play, g_strconcat(mark, *line, NULL));
		mark = action->secret ? "C! " : "C| ";
	}
}

static const char *const attachments[] = {"unknown", "no", "yes"};

/* What was asked for besides. */
static char *extras(const struct play *play, const struct imap_news *news)
{
	GString *out = g_string_new(NULL);

	if (play->options.structure)
		g_string_append_printf(
		    out, " attachment %s", attachments[news->attachment]);
	if (news->preview != NULL)
		g_string_append_printf(out, " preview \"%s\"", news->preview);
	if (news->text != NULL)
		g_string_append_printf(out, " text \"%.*s\"",
		    (int)g_bytes_get_size(news->text),
		    (const char *)g_bytes_get_data(news->text, NULL));
	g_strdelimit(out->str, "\r\n", '_');
	return g_string_free(out, FALSE);
}

static void put_news(struct play *play, const struct imap_action *action)
{
	gsize size;
	const char *header = g_bytes_get_data(action->news->header, &size);
	g_autofree char *text = g_strndup(size > 0 ? header : "", size);
	g_autofree char *more = extras(play, action->news);

	g_strdelimit(text, "\r", '|');
	g_strdelimit(text, "\n", ' ');
	g_strchomp(text);
	put_about(play, action,
	    g_strdup_printf("%s %u %" G_GUINT64_FORMAT " (%s) %s%s",
		action->news->anchor ? "anchor" : "news", action->news->uid,
		action->news->size, action->news->flags, text, more));
}

static void put_listed(struct play *play, const struct imap_action *action)
{
	const struct imap_listed *listed = action->listed;

	if (play->namespaces)
		put(play,
		    g_strdup_printf("> prefix \"%s\" delimiter %c",
			listed->prefix,
			listed->delimiter != 0 ? listed->delimiter : '-'));
	if (listed->has_counts)
		put(play,
		    g_strdup_printf("> listed %s (%s) %u/%u", listed->mailbox,
			listed->attributes, listed->messages, listed->unseen));
	else
		put(play,
		    g_strdup_printf("> listed %s (%s)%s", listed->mailbox,
			listed->attributes, listed->selectable ? "" : " no"));
}

static const char *const names[IMAP_ERROR_COUNT] = {"protocol", "timeout",
    "closed", "unavailable", "refused", "insecure", "mailbox", "gone",
    "denied"};

static void put_failed(struct play *play, const struct imap_action *action)
{
	put_about(play, action,
	    g_strdup_printf("failed %s: %s", names[action->error->code],
		action->error->message));
}

static void put_end(struct play *play, const struct imap_action *action)
{
	if (action->error == NULL)
		put(play, g_strdup("> end"));
	else
		put(play,
		    g_strdup_printf("> end %s: %s", names[action->error->code],
			action->error->message));
}

static void put_body_end(struct play *play, const struct imap_action *action)
{
	put_about(play, action,
	    g_strdup_printf("body %u %s%s", action->uid,
		action->failed        ? "failed: "
		    : action->decoded ? "ok decoded"
				      : "ok",
		action->failed ? action->text : ""));
}

static void put_parts(GString *out, const struct imap_structure *part)
{
	if (part == NULL)
		return;
	g_string_append_printf(
	    out, " %s:%s/%s", part->section, part->type, part->subtype);
	for (unsigned i = 0; i < part->parts->len; i++)
		put_parts(out, part->parts->pdata[i]);
}

/* "about UID SIZE (FLAGS) SECTION:TYPE/SUBTYPE..." */
static void put_about_message(
    struct play *play, const struct imap_action *action)
{
	g_autoptr(GString) parts = g_string_new(NULL);

	if (action->failed) {
		put_about(play, action,
		    g_strdup_printf(
			"about %u failed: %s", action->uid, action->text));
		return;
	}
	put_parts(parts, action->structure);
	put_about(play, action,
	    g_strdup_printf("about %u %" G_GUINT64_FORMAT " (%s)%s",
		action->uid, action->news->size, action->news->flags,
		parts->str));
}

static void put_synced(struct play *play, const struct imap_action *action)
{
	if (action->modseq == 0)
		put_about(play, action, g_strdup("synced"));
	else
		put_about(play, action,
		    g_strdup_printf(
			"synced @%" G_GUINT64_FORMAT, action->modseq));
}

static void append_named(GString *text, const char *name, const char *value)
{
	if (value != NULL)
		g_string_append_printf(text, "%s%s", name, value);
}

static void put_done(struct play *play, const struct imap_action *action)
{
	const struct imap_done *done = action->done;
	g_autoptr(GString) text = g_string_new("done");

	append_named(text, " ", done->uids);
	append_named(text, " changed ", done->changed);
	if (done->uidvalidity_there != 0)
		g_string_append_printf(text, " there %u/%s",
		    done->uidvalidity_there,
		    done->uids_there != NULL ? done->uids_there : "?");
	append_named(text, "", done->left ? " left" : NULL);
	if (action->error != NULL)
		g_string_append_printf(text, " %s: %s",
		    names[action->error->code], action->error->message);
	put_about(play, action, g_strdup(text->str));
}

static void put_action(struct play *play, const struct imap_action *action)
{
	switch (action->type) {
	case IMAP_ACTION_WRITE:
		put_write(play, action);
		break;
	case IMAP_ACTION_STARTTLS:
		put(play, g_strdup("> starttls"));
		break;
	case IMAP_ACTION_LOGIN:
		put(play, g_strdup("> login"));
		break;
	case IMAP_ACTION_OPENED:
		put_about(play, action,
		    g_strdup_printf("opened %u/%u%s", action->uidvalidity,
			action->uid, action->reset ? " reset" : ""));
		break;
	case IMAP_ACTION_NEWS:
		put_news(play, action);
		break;
	case IMAP_ACTION_SYNCED:
		put_synced(play, action);
		break;
	case IMAP_ACTION_PIECE:
		put_about(play, action,
		    g_strdup_printf("piece %u @%" G_GUINT64_FORMAT
				    " %" G_GSIZE_FORMAT,
			action->uid, action->offset,
			g_bytes_get_size(action->bytes)));
		break;
	case IMAP_ACTION_BODY_END:
		put_body_end(play, action);
		break;
	case IMAP_ACTION_ABOUT:
		put_about_message(play, action);
		break;
	case IMAP_ACTION_FLAGS:
		put_about(play, action,
		    g_strdup_printf(
			"flags %u (%s)", action->uid, action->text));
		break;
	case IMAP_ACTION_GONE:
		put_about(
		    play, action, g_strdup_printf("gone %s", action->text));
		break;
	case IMAP_ACTION_FAILED:
		put_failed(play, action);
		break;
	case IMAP_ACTION_DONE:
		put_done(play, action);
		break;
	case IMAP_ACTION_CHOOSE:
		put(play, g_strdup("> choose"));
		break;
	case IMAP_ACTION_FAULT:
		put(play,
		    g_strdup_printf(
			"> fault %u: %s", action->faults, action->text));
		break;
	case IMAP_ACTION_LISTED:
		put_listed(play, action);
		break;
	case IMAP_ACTION_ALERT:
		put(play, g_strconcat("> alert ", action->text, NULL));
		break;
	case IMAP_ACTION_STATE:
		if (play->states)
			put(play, g_strconcat("> state ", action->text, NULL));
		break;
	case IMAP_ACTION_END:
		put_end(play, action);
		break;
	case IMAP_ACTION_NONE:
		complain(play, "an action of no type", NULL);
		break;
	}
}

static void collect(struct play *play)
{
	g_auto(ImapAction) action = {0};

	while (imap_session_next(play->session, &action)) {
		put_action(play, &action);
		imap_action_clear(&action);
	}
}

/* ---- what a transcript can say ---- */

static int64_t parse_time(const char *text)
{
	char *unit;
	int64_t value = g_ascii_strtoll(text, &unit, 10);

	if (g_str_equal(unit, "ms"))
		return value;
	return value * 1000 * (unit[0] == 'm' ? 60 : unit[0] == 'h' ? 3600 : 1);
}

static void start(struct play *play)
{
	if (play->session != NULL)
		return;
	if (play->options.choose)
		g_array_set_size(play->mailboxes, 0);
	play->options.mailboxes =
	    (const struct imap_watched *)(void *)play->mailboxes->data;
	play->options.mailboxes_count = play->mailboxes->len;
	play->session = imap_session_new(&play->options, play->now);
	collect(play);
}

static size_t next_cut(const struct play *play, size_t left)
{
	if (play->cut == CUT_BYTES)
		return 1;
	if (play->cut == CUT_NOT)
		return left;
	return (size_t)g_test_rand_int_range(1, (gint32)MIN(left, 40) + 1);
}

/* Each part lives in a block of its own size, for the address sanitizer. */
static void feed(struct play *play)
{
	GString *bytes = play->pending;

	for (size_t at = 0; at < bytes->len;) {
		size_t size = next_cut(play, bytes->len - at);
		g_autofree char *part = g_memdup2(bytes->str + at, size);

		imap_session_feed(play->session, part, size, play->now);
		collect(play);
		at += size;
	}
	g_string_truncate(bytes, 0);
}

static void must_be_quiet(struct play *play)
{
	feed(play);
	if (!g_queue_is_empty(&play->output))
		complain(
		    play, "not expected: ", g_queue_peek_head(&play->output));
}

static struct imap_watched *last_mailbox(struct play *play)
{
	return &g_array_index(
	    play->mailboxes, struct imap_watched, play->mailboxes->len - 1);
}

/* A mailbox is its own owner. */
static void add_mailbox(struct play *play, const char *name)
{
	struct imap_watched watched = {
	    .owner = (char *)g_intern_string(name),
	    .mailbox = g_intern_string(name),
	    .writable = play->writable,
	};

	g_array_append_val(play->mailboxes, watched);
}

static void set_known(struct play *play, const char *value)
{
	struct imap_watched *watched = last_mailbox(play);
	unsigned uidvalidity = 0, uid = 0;

	if (sscanf(value, "%u/%u", &uidvalidity, &uid) != 2)
		complain(play, "UIDVALIDITY/UID it should be: ", value);
	watched->uidvalidity = uidvalidity;
	watched->last_uid = uid;
}

static void set_told(struct play *play, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ",", -1);
	struct imap_watched *watched = last_mailbox(play);

	for (char **word = words; *word != NULL; word++) {
		uint32_t uid = (uint32_t)strtoul(*word, NULL, 10);

		g_array_append_val(play->told, uid);
		watched->told_count++;
	}
	watched->told = (const uint32_t *)(void *)play->told->data;
}

static void set_home(struct play *play, const char *name)
{
	g_array_set_size(play->mailboxes, 0);
	add_mailbox(play, name);
	play->home = g_intern_string(name);
}

static void set_goal(struct play *play, const char *value)
{
	play->options.goal = g_str_equal(value, "once") ? IMAP_GOAL_ONCE
	    : g_str_equal(value, "list")                ? IMAP_GOAL_LIST
	    : g_str_equal(value, "task")                ? IMAP_GOAL_TASK
							: IMAP_GOAL_WATCH;
}

static bool take_switch(struct play *play, const char *name)
{
	struct imap_session_options *options = &play->options;

	if (g_str_equal(name, "anchor"))
		last_mailbox(play)->anchor = true;
	else if (g_str_equal(name, "writable"))
		last_mailbox(play)->writable = play->writable = true;
	else if (g_str_equal(name, "starttls"))
		options->starttls = true;
	else if (g_str_equal(name, "no-idle"))
		options->idle = false;
	else if (g_str_equal(name, "notify"))
		options->notify = true;
	else if (g_str_equal(name, "choose"))
		options->choose = true;
	else if (g_str_equal(name, "structure"))
		options->structure = true;
	else if (g_str_equal(name, "preview"))
		options->preview = true;
	else if (g_str_equal(name, "push-only"))
		options->push_only = true;
	else if (g_str_equal(name, "states"))
		play->states = true;
	else if (g_str_equal(name, "namespaces"))
		play->namespaces = true;
	else
		return false;
	return true;
}

/* "Dovecot" is not a capability, but remembered with them. */
static void remember(struct play *play, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	g_autoptr(GArray) texts =
	    g_array_new(FALSE, FALSE, sizeof(struct imap_text));

	for (char **word = words; *word != NULL; word++) {
		struct imap_text text = {*word, strlen(*word)};

		g_array_append_val(texts, text);
		play->remembered.dovecot |= g_str_equal(*word, "Dovecot");
	}
	imap_capabilities_set(&play->remembered, texts);
	play->options.remembered = &play->remembered;
}

static void take_option(struct play *play, const char *name, const char *value)
{
	if (g_str_equal(name, "goal"))
		set_goal(play, value);
	else if (g_str_equal(name, "known"))
		set_known(play, value);
	else if (g_str_equal(name, "mailbox"))
		set_home(play, value);
	else if (g_str_equal(name, "side"))
		add_mailbox(play, value);
	else if (g_str_equal(name, "told"))
		set_told(play, value);
	else if (g_str_equal(name, "since"))
		last_mailbox(play)->since = g_intern_string(value);
	else if (g_str_equal(name, "modseq"))
		last_mailbox(play)->modseq = g_ascii_strtoull(value, NULL, 10);
	else if (g_str_equal(name, "remembered"))
		remember(play, value);
	else if (g_str_equal(name, "faults"))
		play->options.faults = (unsigned)strtoul(value, NULL, 10);
	else if (!take_switch(play, name))
		complain(play, "unknown option: ", name);
}

static void do_login(struct play *play, const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, "|", -1);

	imap_session_login(
	    play->session, (const char *const *)parts, play->now);
}

/* "[NAME: ]UID [SIZE] [@OFFSET] [SECTION] [binary]"; the most that is taken
 * is 300000. */
static void do_body(struct play *play, const char *value)
{
	const char *colon = strstr(value, ": ");
	g_autofree char *name =
	    colon != NULL ? g_strndup(value, colon - value) : NULL;
	g_auto(GStrv) words =
	    g_strsplit(colon != NULL ? colon + 2 : value, " ", -1);
	struct imap_body wish = {
	    .uid = (uint32_t)atol(words[0]), .max = 300000};

	for (char **word = words + 1; *word != NULL; word++)
		if (**word == '@')
			wish.offset = (uint64_t)atol(*word + 1);
		else if (g_str_equal(*word, "binary"))
			wish.binary = true;
		else if (strspn(*word, "0123456789") == strlen(*word) &&
		    wish.size == 0)
			wish.size = (uint64_t)atol(*word);
		else
			wish.section = *word;
	imap_session_body(play->session,
	    (char *)(name != NULL ? g_intern_string(name) : play->home), &wish,
	    play->now);
}

/* "UID [structure]" */
static void do_about(struct play *play, const char *value)
{
	imap_session_about(play->session, (char *)play->home,
	    (uint32_t)atol(value), strstr(value, "structure") != NULL,
	    play->now);
}

/* "UIDS [+FLAG]... [-FLAG]... [>NAME] [create] [expunge]", of home. */
static void do_act(struct play *play, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	struct imap_act act = {.uids = words[0]};
	g_autoptr(GString) add = g_string_new(NULL);
	g_autoptr(GString) remove = g_string_new(NULL);

	for (char **word = words + 1; *word != NULL; word++) {
		GString *flags = **word == '+' ? add : remove;

		if (**word == '>')
			act.destination = *word + 1;
		else if (**word == '+' || **word == '-')
			g_string_append_printf(flags, "%s%s",
			    flags->len > 0 ? " " : "", *word + 1);
		act.create |= g_str_equal(*word, "create");
		act.expunge |= g_str_equal(*word, "expunge");
	}
	act.add = add->len > 0 ? add->str : NULL;
	act.remove = remove->len > 0 ? remove->str : NULL;
	imap_session_act(play->session, (char *)play->home, &act, play->now);
}

/* "NAME[ UIDVALIDITY/UID]|NAME...", the first is home; or nothing. */
static void do_choose(struct play *play, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, "|", -1);

	g_array_set_size(play->mailboxes, 0);
	for (char **word = words; *word != NULL; word++) {
		char *known = strrchr(*word, ' ');

		if (known != NULL && strchr(known, '/') != NULL)
			*known++ = '\0';
		else
			known = NULL;
		add_mailbox(play, *word);
		if (known != NULL)
			set_known(play, known);
	}
	play->home = words[0] != NULL ? g_intern_string(words[0]) : play->home;
	imap_session_choose(play->session,
	    (const struct imap_watched *)(void *)play->mailboxes->data,
	    play->mailboxes->len, play->now);
}

static void take_deed(struct play *play, const char *name, const char *value)
{
	if (g_str_equal(name, "login"))
		do_login(play, value);
	else if (g_str_equal(name, "secured"))
		imap_session_secured(play->session, play->now);
	else if (g_str_equal(name, "body"))
		do_body(play, value);
	else if (g_str_equal(name, "about"))
		do_about(play, value);
	else if (g_str_equal(name, "choose"))
		do_choose(play, value);
	else if (g_str_equal(name, "act"))
		do_act(play, value);
	else if (g_str_equal(name, "last"))
		imap_session_last(play->session, (void *)play->home,
		    (unsigned)strtoul(value, NULL, 10), play->now);
	else if (g_str_equal(name, "list"))
		imap_session_list(play->session, play->now);
	else if (g_str_equal(name, "refresh"))
		imap_session_refresh(play->session, play->now);
	else if (g_str_equal(name, "probe"))
		imap_session_probe(play->session, play->now, parse_time(value));
	else if (g_str_equal(name, "logout"))
		imap_session_logout(play->session, play->now);
	else if (g_str_equal(name, "eof"))
		imap_session_eof(play->session, play->now);
	else
		complain(play, "unknown deed: ", name);
	collect(play);
}

/* Ticks at each deadline on the way, as the owner would. */
static void pass_time(struct play *play, int64_t time)
{
	int64_t until = play->now + time, due;

	for (int i = 0; i < 1000; i++) {
		due = imap_session_deadline(play->session);
		if (due > until)
			break;
		play->now = MAX(play->now, due);
		imap_session_tick(play->session, play->now);
		collect(play);
	}
	play->now = until;
}

static char *time_text(int64_t time)
{
	return time == INT64_MAX ? g_strdup("never")
				 : g_strdup_printf("%" G_GINT64_FORMAT, time);
}

/* What the session says of itself: a time from now on (or ago), or 1. */
static int64_t ask(struct play *play, const char *name)
{
	const struct imap_session *session = play->session;
	int64_t due = imap_session_deadline(session);

	if (g_str_equal(name, "patience"))
		return imap_session_patience(session);
	if (g_str_equal(name, "idling"))
		return imap_session_is_idling(session);
	if (g_str_equal(name, "heard"))
		return play->now - imap_session_heard(session);
	if (g_str_equal(name, "look"))
		due = imap_session_next_look(session);
	return due == INT64_MAX ? due : due - play->now;
}

static void must_be(struct play *play, const char *wanted, const char *found)
{
	g_autofree char *message =
	    g_strconcat(wanted, ", but it is ", found, NULL);

	if (!g_str_equal(wanted, found))
		complain(play, "expected: ", message);
}

static void check_why(struct play *play, const char *value)
{
	const char *why = imap_session_why(play->session);

	must_be(play, value, why != NULL ? why : "");
}

static void check_remember(struct play *play, const char *value)
{
	const struct imap_capabilities *found =
	    imap_session_remember(play->session);

	must_be(play, value,
	    found == NULL        ? "nothing"
		: found->dovecot ? "Dovecot"
				 : "something");
}

/* "METHOD [NAME]" */
static void check_method(struct play *play, const char *value)
{
	static const char *const methods[] = {
	    "none", "notify", "idle", "status", "poll"};
	g_auto(GStrv) words = g_strsplit(value, " ", 2);
	const char *name = words[1] != NULL ? words[1] : play->home;

	must_be(play, words[0],
	    methods[imap_session_method(play->session, g_intern_string(name))]);
}

static void check_time(struct play *play, const char *name, const char *value)
{
	g_autofree char *wanted =
	    g_strdup(g_str_equal(value, "") ? name : value);
	g_autofree char *expected = time_text(
	    g_str_equal(wanted, "never") ? INT64_MAX : parse_time(wanted));
	g_autofree char *found = time_text(ask(play, name));
	g_autofree char *message =
	    g_strconcat(wanted, ", but it is ", found, " ms", NULL);

	if (!g_str_equal(found, expected))
		complain(play, "expected: ", message);
}

static void check_question(
    struct play *play, const char *name, const char *value)
{
	if (g_str_equal(name, "why"))
		check_why(play, value);
	else if (g_str_equal(name, "method"))
		check_method(play, value);
	else if (g_str_equal(name, "remember"))
		check_remember(play, value);
	else
		check_time(play, name, value);
}

static void expect(struct play *play, const char *line)
{
	g_autofree char *found = NULL;

	feed(play);
	found = g_queue_pop_head(&play->output);
	if (g_strcmp0(found, line) == 0)
		return;
	complain(play, "expected: ", line);
	g_test_message("     found: %s", found != NULL ? found : "nothing");
}

/* "S- ": bytes as they are, with \r \n \0 \\ written so. */
static void add_raw(GString *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text != '\\' || text[1] == '\0') {
			g_string_append_c(out, *text);
			continue;
		}
		text++;
		g_string_append_c(out,
		    *text == 'r'       ? '\r'
			: *text == 'n' ? '\n'
			: *text == '0' ? '\0'
				       : *text);
	}
}

/* "x*5000": a run of one character, for what would be too long to read. */
static void add_run(GString *out, const char *text)
{
	char *count;

	for (long n = strtol(text + 2, &count, 10); n > 0; n--)
		g_string_append_c(out, text[0]);
}

static size_t literal_size(char **next)
{
	size_t size = 0;

	for (; *next != NULL; next++) {
		if (g_str_has_prefix(*next, "L: "))
			size += strlen(*next + 3) + 2;
		else if (g_str_has_prefix(*next, "L- "))
			size += strlen(*next + 3);
		else if (g_str_has_prefix(*next, "L* "))
			size += (size_t)atol(*next + 5);
		else
			break;
	}
	return size;
}

/* "{$}" counts the L lines that follow. */
static void add_server_line(GString *out, const char *text, char **next)
{
	const char *dollar = strstr(text, "{$}");

	if (dollar == NULL) {
		g_string_append_printf(out, "%s\r\n", text);
		return;
	}
	g_string_append_printf(out, "%.*s{%" G_GSIZE_FORMAT "}%s\r\n",
	    (int)(dollar - text), text, literal_size(next), dollar + 3);
}

static void play_special(struct play *play, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line + 2, " ", 2);
	const char *value = words[1] != NULL ? words[1] : "";

	if (line[0] == '=') {
		take_option(play, words[0], value);
		return;
	}
	start(play);
	must_be_quiet(play);
	if (line[0] == '!')
		take_deed(play, words[0], value);
	else if (line[0] == '+')
		pass_time(play, parse_time(words[0]));
	else
		check_question(play, words[0], value);
}

static void play_server(struct play *play, const char *line, char **next)
{
	start(play);
	if (play->pending->len == 0)
		must_be_quiet(play);
	if (line[1] == '-')
		add_raw(play->pending, line + 3);
	else if (line[1] == '*')
		add_run(play->pending, line + 3);
	else if (line[0] == 'L')
		g_string_append_printf(play->pending, "%s\r\n", line + 3);
	else
		add_server_line(play->pending, line + 3, next);
}

static void play_line(struct play *play, const char *line, char **next)
{
	if (line[0] == '\0' || line[0] == '#')
		return;
	if (line[0] == 'S' || line[0] == 'L')
		play_server(play, line, next);
	else if (line[0] == 'C' || line[0] == '>')
		expect(play, line);
	else if (strchr("=!+?", line[0]) != NULL && line[1] == ' ')
		play_special(play, line);
	else
		complain(play, "what does this mean: ", line);
}

static void play_end(struct play *play)
{
	if (play->session != NULL)
		must_be_quiet(play);
	g_queue_clear_full(&play->output, g_free);
	g_string_free(play->pending, TRUE);
	imap_session_free(play->session);
	g_array_unref(play->mailboxes);
	g_array_unref(play->told);
}

static char *read_file(const char *file)
{
	g_autofree char *path = g_build_filename(SESSIONS, file, NULL);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("cannot read %s", path);
	return text;
}

/* "< NAME" stands for the lines of NAME. */
static GPtrArray *read_lines(const char *file, GPtrArray *lines)
{
	g_autofree char *text = read_file(file);
	g_auto(GStrv) words = g_strsplit(g_strchomp(text), "\n", -1);

	for (char **word = words; *word != NULL; word++)
		if (g_str_has_prefix(*word, "< "))
			read_lines(*word + 2, lines);
		else
			g_ptr_array_add(lines, g_strdup(*word));
	return lines;
}

static void play_once(const char *file, enum cut cut)
{
	struct play play = {
	    .file = file,
	    .cut = cut,
	    .now = 1000000,
	    .pending = g_string_new(NULL),
	    .mailboxes = g_array_new(FALSE, FALSE, sizeof(struct imap_watched)),
	    .told = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	    .options = {.idle = true,
		.refresh = 15 * 60 * 1000,
		.poll_interval = 5 * 60 * 1000,
		.header_fields = "FROM SUBJECT",
		.version = "1"},
	};
	g_autoptr(GPtrArray) lines =
	    read_lines(file, g_ptr_array_new_with_free_func(g_free));

	g_ptr_array_add(lines, NULL);
	g_queue_init(&play.output);
	set_home(&play, "INBOX");
	for (char **line = (char **)lines->pdata; *line != NULL && !play.failed;
	     line++) {
		play.line++;
		play_line(&play, *line, line + 1);
	}
	play_end(&play);
	if (play.failed)
		g_test_fail();
}

static void test_whole(gconstpointer file)
{
	play_once(file, CUT_NOT);
}

static void test_bytes(gconstpointer file)
{
	play_once(file, CUT_BYTES);
}

static void test_random(gconstpointer file)
{
	for (int i = 0; i < 20; i++)
		play_once(file, CUT_RANDOM);
}

static void add_tests(const char *file)
{
	static const struct {
		const char *name;
		GTestDataFunc run;
	} ways[] = {{"whole", test_whole}, {"bytes", test_bytes},
	    {"random", test_random}};
	const char *skipped = g_getenv("UNIT_SKIP");
	size_t count = G_N_ELEMENTS(ways);

	/* Twenty plays of each: too many for valgrind. */
	if (skipped != NULL && strstr(skipped, "/sessions/random") != NULL)
		count--;
	for (size_t i = 0; i < count; i++) {
		g_autofree char *path =
		    g_strdup_printf("/sessions/%s/%s", file, ways[i].name);

		g_test_add_data_func_full(
		    path, g_strdup(file), ways[i].run, g_free);
	}
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = g_dir_open(SESSIONS, 0, NULL);
	const char *name;

	(void)argc;
	unit_init(argv[0]);
	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_suffix(name, ".t"))
			add_tests(name);
	return g_test_run();
}
