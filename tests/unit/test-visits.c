/*
 * Several mailboxes over one connection, against a server that is made up:
 * whatever crosses on the wire, and whatever announcements the server loses,
 * each message of each mailbox is told once; and of one that went away again
 * that it did.
 */
#include "imap/limits.h"
#include "imap/response.h"
#include "imap/session.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

enum {
	BOXES = 4,
	REFRESH = 900000,
	POLL = 300000
};

#define QRESYNC " [CAPABILITY IMAP4rev1 IDLE ENABLE CONDSTORE QRESYNC"

static const char *const names[BOXES] = {"INBOX", "Work", "Lists", "Sent"};

struct box {
	GArray *uids; /* uint32_t: what is there */
	uint32_t uidnext, modseq;
	GHashTable *told, *gone, *told_gone;
	bool was_home;
};

/* What the server is like. */
struct manner {
	const char *capabilities;
	bool notify_refused;
	unsigned loses;   /* of ten announcements */
	unsigned refuses; /* of ten times, to look into a mailbox */
	bool qresync;
	bool extras; /* it is asked for them, and often gets them wrong */
};

struct world {
	const struct manner *manner;
	struct imap_session *session;
	int64_t now;
	struct box boxes[BOXES];
	GString *up, *down; /* on the wire */
	struct box *selected;
	unsigned shown; /* EXISTS, as the client was told */
	char *idle;     /* its tag */
	bool notify, headers, ended;
	bool said_extras;           /* were asked for */
	bool settled;               /* nothing is refused any more */
	unsigned wanted, downloads; /* asked for, ended */
};

static bool chance(unsigned of_ten)
{
	return (unsigned)g_test_rand_int_range(0, 10) < of_ten;
}

/* ---- the server ---- */

static struct box *find_box(struct world *world, const char *text)
{
	for (int i = 0; i < BOXES; i++)
		if (strstr(text, names[i]) != NULL)
			return &world->boxes[i];
	g_assert_not_reached();
}

static const char *box_name(const struct world *world, const struct box *box)
{
	return names[box - world->boxes];
}

/* One in three cannot be read: after that nobody says for sure what went. */
static void say_extras(struct world *world)
{
	static const char *const some[] = {" BODYSTRUCTURE NIL PREVIEW NIL",
	    " PREVIEW \"x\" BODYSTRUCTURE (\"text\" \"plain\")",
	    " BODYSTRUCTURE ((\"text\"", " BODYSTRUCTURE ))))",
	    " BODYSTRUCTURE (\"image\" \"png\" NIL NIL NIL \"x\" -1)", ""};

	if (world->said_extras && !world->settled)
		g_string_append(world->down,
		    some[g_test_rand_int_range(0, G_N_ELEMENTS(some))]);
}

static void say_fetch(struct world *world, unsigned index)
{
	g_string_append_printf(world->down,
	    "* %u FETCH (UID %u FLAGS () RFC822.SIZE 5 "
	    "BODY[HEADER.FIELDS (X)] {6}\r\nX: y\r\n",
	    index + 1, g_array_index(world->selected->uids, uint32_t, index));
	say_extras(world);
	g_string_append(world->down, ")\r\n");
}

static void say_status(struct world *world, const struct box *box, bool whole)
{
	g_string_append_printf(world->down,
	    "* STATUS \"%s\" (MESSAGES %u UIDNEXT %u%s", box_name(world, box),
	    box->uids->len, box->uidnext, whole ? " UIDVALIDITY 7" : "");
	if (world->manner->qresync)
		g_string_append_printf(
		    world->down, " HIGHESTMODSEQ %u", box->modseq);
	g_string_append(world->down, ")\r\n");
}

/* What came into the mailbox that is open. */
static void say_growth(struct world *world)
{
	unsigned before = world->shown;

	if (world->selected == NULL || world->selected->uids->len == before)
		return;
	world->shown = world->selected->uids->len;
	g_string_append_printf(world->down, "* %u EXISTS\r\n", world->shown);
	for (unsigned i = before; world->headers && i < world->shown; i++)
		if (!chance(world->manner->loses))
			say_fetch(world, i);
}

/* What went since then. */
static void resync(struct world *world, const char *parameter)
{
	struct box *box = world->selected;
	unsigned since, first, last;
	GHashTableIter iter;
	gpointer uid, when;

	g_string_append_printf(
	    world->down, "* OK [HIGHESTMODSEQ %u] .\r\n", box->modseq);
	if (parameter == NULL ||
	    sscanf(parameter, "(QRESYNC (7 %u %u:%u", &since, &first, &last) !=
		3)
		return;
	g_hash_table_iter_init(&iter, box->gone);
	while (g_hash_table_iter_next(&iter, &uid, &when))
		if (GPOINTER_TO_UINT(when) > since &&
		    GPOINTER_TO_UINT(uid) >= first &&
		    GPOINTER_TO_UINT(uid) <= last)
			g_string_append_printf(world->down,
			    "* VANISHED (EARLIER) %u\r\n",
			    GPOINTER_TO_UINT(uid));
}

static void examine(struct world *world, const char *text)
{
	world->selected = find_box(world, text);
	world->shown = world->selected->uids->len;
	g_string_append_printf(world->down,
	    "* %u EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT %u] .\r\n",
	    world->shown, world->selected->uidnext);
	if (world->manner->qresync)
		resync(world, strchr(text, '('));
}

static void fetch(struct world *world, uint32_t first)
{
	const GArray *uids = world->selected->uids;

	say_growth(world);
	for (unsigned i = 0; i < uids->len; i++)
		if (g_array_index(uids, uint32_t, i) >= first ||
		    i + 1 == uids->len)
			say_fetch(world, i);
}

/* What was told before a refusal counts. */
static bool fetch_news(struct world *world, uint32_t first, const char *text)
{
	bool pushes = world->said_extras;
	bool refused;

	world->said_extras = strstr(text, "BODYSTRUCTURE") != NULL;
	g_assert_true(world->manner->extras || !world->said_extras);
	refused = world->said_extras && !world->settled && chance(2);
	if (!refused || chance(5))
		fetch(world, first);
	world->said_extras = pushes;
	return !refused;
}

/* Each UID is of one mailbox alone: none is asked for in another one. */
static void say_body(struct world *world, uint32_t uid)
{
	const GArray *uids = world->selected->uids;

	for (unsigned i = 0; i < uids->len; i++)
		if (g_array_index(uids, uint32_t, i) == uid) {
			g_string_append_printf(world->down,
			    "* %u FETCH (UID %u BODY[]<0> \"hello\")\r\n",
			    i + 1, uid);
			return;
		}
	g_assert_true(g_hash_table_contains(
	    world->selected->gone, GUINT_TO_POINTER(uid)));
}

/* Of those in a set, as far as they are there. */
static void fetch_flags(struct world *world, const char *set)
{
	const GArray *uids = world->selected->uids;
	const struct imap_text text = {set, strcspn(set, " ")};

	say_growth(world);
	for (unsigned i = 0; i < uids->len; i++) {
		uint32_t uid = g_array_index(uids, uint32_t, i);

		if (imap_set_has(text, uid))
			g_string_append_printf(world->down,
			    "* %u FETCH (UID %u FLAGS ())\r\n", i + 1, uid);
	}
}

static void say_others(struct world *world, const char *text)
{
	for (int i = 0; i < BOXES; i++)
		if (&world->boxes[i] != world->selected &&
		    strstr(text, names[i]) != NULL)
			say_status(world, &world->boxes[i], true);
}

static bool notify(struct world *world, const char *text)
{
	world->notify = world->headers = false;
	if (world->manner->notify_refused)
		return false;
	world->notify = strstr(text, "mailboxes") != NULL;
	world->headers = strstr(text, "HEADER.FIELDS") != NULL;
	world->said_extras = strstr(text, "BODYSTRUCTURE") != NULL;
	say_growth(world);
	if (strstr(text, "STATUS") != NULL)
		say_others(world, text);
	return true;
}

static void begin_idle(struct world *world, const char *tag)
{
	world->idle = g_strdup(tag);
	g_string_append(world->down, "+ idling\r\n");
	say_growth(world);
}

/* An EXAMINE that is refused leaves none open (RFC 9051 6.3.2). */
static bool is_refused(struct world *world, const char *text)
{
	bool opens = g_str_has_prefix(text, "EXAMINE");

	if (g_str_has_prefix(text, "UID"))
		return world->selected == NULL;
	if ((!opens && !g_str_has_prefix(text, "STATUS")) || world->settled ||
	    !chance(world->manner->refuses))
		return false;
	if (opens)
		world->selected = NULL;
	return true;
}

static void answer(struct world *world, const char *tag, const char *text)
{
	bool taken = !is_refused(world, text);
	uint32_t first;

	if (g_str_equal(text, "IDLE")) {
		begin_idle(world, tag);
		return;
	}
	if (!taken)
		;
	else if (g_str_has_prefix(text, "EXAMINE"))
		examine(world, text);
	else if (sscanf(text, "UID FETCH %u", &first) == 1 &&
	    strstr(text, "BODY.PEEK[]") != NULL)
		say_body(world, first);
	else if (g_str_has_suffix(text, "(UID FLAGS)"))
		fetch_flags(world, text + strlen("UID FETCH "));
	else if (sscanf(text, "UID FETCH %u", &first) == 1)
		taken = fetch_news(world, first, text);
	else if (g_str_has_prefix(text, "NOTIFY"))
		taken = notify(world, text);
	else if (g_str_has_prefix(text, "STATUS"))
		say_status(world, find_box(world, text), true);
	else if (g_str_has_prefix(text, "ENABLE"))
		g_string_append(world->down, "* ENABLED QRESYNC\r\n");
	else if (g_str_has_prefix(text, "LIST"))
		say_others(world, text);
	else
		say_growth(world);
	g_string_append_printf(world->down, "%s %s%s .\r\n", tag,
	    taken                                            ? "OK"
		: strstr(text, "BODYS") && g_test_rand_bit() ? "BAD"
							     : "NO",
	    g_str_has_prefix(text, "LOGIN") ? world->manner->capabilities : "");
}

static void take_line(struct world *world, char *line)
{
	char *space;

	if (world->idle != NULL) {
		g_assert_cmpstr(line, ==, "DONE");
		say_growth(world);
		g_string_append_printf(world->down, "%s OK .\r\n", world->idle);
		g_clear_pointer(&world->idle, g_free);
		return;
	}
	space = strchr(line, ' ');
	g_assert_nonnull(space);
	*space = '\0';
	answer(world, line, space + 1);
}

static bool serve(struct world *world)
{
	char *end = strstr(world->up->str, "\r\n");
	g_autofree char *line = NULL;

	if (end == NULL)
		return false;
	line = g_strndup(world->up->str, end - world->up->str);
	g_string_erase(world->up, 0, end - world->up->str + 2);
	take_line(world, line);
	return true;
}

static void deliver(struct world *world)
{
	struct box *box = &world->boxes[g_test_rand_int_range(0, BOXES)];

	/* A draft that was never seen by anybody leaves a gap. */
	box->uidnext += chance(3) ? 1 : 0;
	g_array_append_val(box->uids, box->uidnext);
	box->uidnext++;
	box->modseq++;
	if (world->idle == NULL || chance(world->manner->loses))
		return;
	if (box == world->selected)
		say_growth(world);
	else if (world->notify)
		say_status(world, box, false);
}

static void say_gone(struct world *world, guint index, uint32_t uid)
{
	world->shown--;
	if (world->manner->qresync)
		g_string_append_printf(world->down, "* VANISHED %u\r\n", uid);
	else
		g_string_append_printf(
		    world->down, "* %u EXPUNGE\r\n", index + 1);
}

/* Not from under a FETCH, and the client hears of it at once. */
static void expunge(struct world *world)
{
	struct box *box = &world->boxes[g_test_rand_int_range(0, BOXES)];
	bool open = box == world->selected;
	uint32_t uid;
	guint index;

	if (box->uids->len == 0 ||
	    (open && (world->idle == NULL || world->shown < box->uids->len)))
		return;
	index = (guint)g_test_rand_int_range(0, (gint32)box->uids->len);
	uid = g_array_index(box->uids, uint32_t, index);
	g_hash_table_insert(
	    box->gone, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(++box->modseq));
	g_array_remove_index(box->uids, index);
	if (open)
		say_gone(world, index, uid);
	else if (world->notify && world->idle != NULL &&
	    !chance(world->manner->loses))
		say_status(world, box, false);
}

/* ---- the client ---- */

static void note_news(struct world *world, const struct imap_action *action)
{
	struct box *box = action->owner;
	uint32_t uid = action->news->uid;

	g_assert_true(g_hash_table_add(box->told, GUINT_TO_POINTER(uid)));
	if (!chance(3))
		return;
	world->wanted++;
	imap_session_body(world->session, box,
	    &(struct imap_body){.uid = uid, .size = 5, .max = 100}, world->now);
}

/* Perhaps again, when a mailbox is opened again (RFC 7162 3.2.5.1). */
static void note_gone(const struct imap_action *action)
{
	struct box *box = action->owner;
	const struct imap_text text = {action->text, strlen(action->text)};

	GHashTableIter iter;
	gpointer uid;

	g_hash_table_iter_init(&iter, box->told);
	while (g_hash_table_iter_next(&iter, &uid, NULL)) {
		if (!imap_set_has(text, GPOINTER_TO_UINT(uid)))
			continue;
		g_assert_true(g_hash_table_contains(box->gone, uid));
		g_hash_table_add(box->told_gone, uid);
	}
}

static void drain(struct world *world)
{
	static const char *const parts[] = {"LOGIN a b", NULL};
	g_auto(ImapAction) action = {0};
	gsize size;
	const char *bytes;

	while (imap_session_next(world->session, &action)) {
		if (action.type == IMAP_ACTION_WRITE) {
			bytes = g_bytes_get_data(action.bytes, &size);
			g_string_append_len(world->up, bytes, (gssize)size);
		} else if (action.type == IMAP_ACTION_NEWS) {
			note_news(world, &action);
		} else if (action.type == IMAP_ACTION_BODY_END) {
			world->downloads++;
		} else if (action.type == IMAP_ACTION_GONE) {
			note_gone(&action);
		} else if (action.type == IMAP_ACTION_LOGIN) {
			imap_session_login(world->session, parts, world->now);
		}
		if (world->manner->refuses == 0)
			g_assert_cmpint(action.type, !=, IMAP_ACTION_FAILED);
		world->ended |= action.type == IMAP_ACTION_END;
		imap_action_clear(&action);
	}
}

static bool hear(struct world *world)
{
	gsize size = world->down->len;

	if (size == 0)
		return false;
	if (chance(5))
		size = (gsize)g_test_rand_int_range(1, (gint32)size + 1);
	imap_session_feed(world->session, world->down->str, size, world->now);
	g_string_erase(world->down, 0, (gssize)size);
	drain(world);
	return true;
}

static void wait_until(struct world *world, int64_t until)
{
	int64_t due;

	while ((due = imap_session_deadline(world->session)) <= until) {
		world->now = MAX(world->now, due);
		imap_session_tick(world->session, world->now);
		drain(world);
		while (serve(world) || hear(world))
			continue;
	}
	world->now = MAX(world->now, until);
}

/* ---- a life ---- */

static void begin(struct world *world, const struct manner *manner)
{
	struct imap_watched watched[BOXES] = {0};
	struct imap_session_options options = {
	    .mailboxes = watched,
	    .mailboxes_count = BOXES,
	    .notify = true,
	    .idle = true,
	    .refresh = REFRESH,
	    .poll_interval = POLL,
	    .header_fields = "X",
	    .version = "1",
	    .structure = manner->extras,
	    .preview = manner->extras,
	};

	*world = (struct world){.manner = manner,
	    .now = 1000,
	    .up = g_string_new(NULL),
	    .down = g_string_new("* OK [CAPABILITY IMAP4rev1] .\r\n")};
	for (int i = 0; i < BOXES; i++) {
		world->boxes[i] = (struct box){
		    .uids = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		    .uidnext = 1 + 100000 * (uint32_t)i,
		    .modseq = 1,
		    .was_home = i == 0,
		    .told = g_hash_table_new(NULL, NULL),
		    .gone = g_hash_table_new(NULL, NULL),
		    .told_gone = g_hash_table_new(NULL, NULL),
		};
		watched[i] = (struct imap_watched){.owner = &world->boxes[i],
		    .mailbox = names[i],
		    .uidvalidity = 7};
	}
	world->session = imap_session_new(&options, world->now);
}

static void end(struct world *world)
{
	for (int i = 0; i < BOXES; i++) {
		g_array_unref(world->boxes[i].uids);
		g_hash_table_unref(world->boxes[i].told);
		g_hash_table_unref(world->boxes[i].gone);
		g_hash_table_unref(world->boxes[i].told_gone);
	}
	g_string_free(world->up, TRUE);
	g_string_free(world->down, TRUE);
	g_free(world->idle);
	imap_session_free(world->session);
}

/* Another one may become home at any time. */
static void shuffle(struct world *world)
{
	struct imap_watched watched[BOXES] = {0};
	int first = g_test_rand_int_range(0, BOXES);

	world->boxes[first].was_home = true;
	for (int i = 0; i < BOXES; i++) {
		int at = (first + i) % BOXES;

		watched[i] = (struct imap_watched){
		    .owner = &world->boxes[at], .mailbox = names[at]};
	}
	imap_session_choose(world->session, watched, BOXES, world->now);
	drain(world);
}

static void refresh(struct world *world)
{
	imap_session_refresh(world->session, world->now);
	drain(world);
}

static void step(struct world *world)
{
	switch (g_test_rand_int_range(0, 8)) {
	case 0:
		deliver(world);
		break;
	case 1:
	case 2:
		serve(world);
		break;
	case 3:
		hear(world);
		break;
	case 4:
		if (chance(3))
			expunge(world);
		break;
	case 5:
		if (chance(1))
			refresh(world);
		break;
	case 6:
		if (chance(1))
			shuffle(world);
		break;
	default:
		if (chance(1))
			wait_until(world, world->now + 2000);
		break;
	}
}

/* What is there was told, and nothing that never was; of what was told and is
 * not there it was told, too, where it could be known. */
static void check_box(struct box *box, bool has_fates)
{
	GHashTableIter iter;
	gpointer uid;

	for (guint i = 0; i < box->uids->len; i++) {
		uid = GUINT_TO_POINTER(g_array_index(box->uids, uint32_t, i));
		g_assert_true(g_hash_table_contains(box->told, uid));
		g_hash_table_remove(box->told, uid);
	}
	g_hash_table_iter_init(&iter, box->told);
	while (g_hash_table_iter_next(&iter, &uid, NULL)) {
		g_assert_true(g_hash_table_contains(box->gone, uid));
		g_assert_true(
		    !has_fates || g_hash_table_contains(box->told_gone, uid));
	}
}

static void live(const struct manner *manner)
{
	struct world world;

	begin(&world, manner);
	for (int i = 0; i < 400; i++)
		step(&world);
	world.settled = true;
	/* What the server lost, a refresh and a recheck find. */
	while (serve(&world) || hear(&world))
		continue;
	wait_until(&world, world.now + 2 * REFRESH);
	/* Only when all are refused at the same time. */
	g_assert_true(!world.ended || manner->refuses > 0);
	for (int i = 0; i < BOXES && !world.ended; i++)
		check_box(&world.boxes[i],
		    manner->refuses == 0 && !manner->extras &&
			(manner->qresync || !world.boxes[i].was_home));
	g_assert_true(world.ended || world.downloads == world.wanted);
	end(&world);
}

static void test_lives(gconstpointer manner)
{
	for (int i = 0; i < 200; i++)
		live(manner);
}

/* ---- very many mailboxes ---- */

enum {
	MANY = IMAP_WATCHED_MAX + 500
};

struct crowd {
	struct imap_session *session;
	GString *down;
	unsigned failed, synced;
	char *idle; /* its tag */
};

/* Of each name in the command there is a STATUS. */
static void answer_names(GString *down, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, "\"", -1);

	for (char **word = words; *word != NULL; word++)
		if (g_str_has_prefix(*word, "box"))
			g_string_append_printf(down,
			    "* STATUS %s (MESSAGES 1 UIDNEXT 2 UIDVALIDITY "
			    "3)\r\n",
			    *word);
}

static void answer_line(struct crowd *crowd, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 3);
	const char *verb = words[0] != NULL ? words[1] : NULL;
	const char *capabilities = "";

	answer_names(crowd->down, line);
	if (g_str_equal(line, "DONE")) {
		g_string_append_printf(crowd->down, "%s OK .\r\n", crowd->idle);
		g_clear_pointer(&crowd->idle, g_free);
	}
	if (verb == NULL)
		return;
	if (g_str_equal(verb, "IDLE")) {
		crowd->idle = g_strdup(words[0]);
		g_string_append(crowd->down, "+ idling\r\n");
		return;
	}
	if (g_str_equal(verb, "EXAMINE"))
		g_string_append(crowd->down,
		    "* OK [UIDVALIDITY 3] .\r\n* OK [UIDNEXT 2] .\r\n");
	if (g_str_equal(verb, "LOGIN"))
		capabilities = "[CAPABILITY IMAP4rev1 IDLE NOTIFY "
			       "LIST-EXTENDED LIST-STATUS] ";
	g_string_append_printf(
	    crowd->down, "%s OK %s.\r\n", words[0], capabilities);
}

/* However many there are, what is said at once has a bound. */
static void answer_write(struct crowd *crowd, const struct imap_action *action)
{
	gsize size;
	const char *bytes = g_bytes_get_data(action->bytes, &size);
	g_autofree char *text = g_strndup(bytes, size);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	g_assert_cmpuint(g_strv_length(lines), <=, IMAP_PIPELINE_MAX + 3);
	for (char **line = lines; *line != NULL; line++) {
		g_assert_cmpuint(strlen(*line), <, IMAP_NAMES_MAX + 500);
		answer_line(crowd, *line);
	}
}

static void meet(struct crowd *crowd)
{
	static const char *const parts[] = {"LOGIN a b", NULL};
	g_auto(ImapAction) action = {0};

	while (imap_session_next(crowd->session, &action)) {
		if (action.type == IMAP_ACTION_WRITE)
			answer_write(crowd, &action);
		else if (action.type == IMAP_ACTION_LOGIN)
			imap_session_login(crowd->session, parts, 1);
		crowd->failed += action.type == IMAP_ACTION_FAILED;
		crowd->synced += action.type == IMAP_ACTION_SYNCED;
		imap_action_clear(&action);
	}
}

static struct imap_session *new_crowd(char **many, unsigned count, bool notify)
{
	g_autofree struct imap_watched *watched =
	    g_new0(struct imap_watched, count);
	struct imap_session_options options = {.mailboxes = watched,
	    .mailboxes_count = count,
	    .notify = notify,
	    .idle = true,
	    .refresh = REFRESH,
	    .poll_interval = POLL,
	    .header_fields = "X",
	    .version = "1"};

	for (unsigned i = 0; i < count; i++) {
		watched[i].owner = many[i];
		watched[i].mailbox = many[i];
	}
	return imap_session_new(&options, 1);
}

/* Until there is nothing more to say. */
static void live_among(
    struct crowd *crowd, char **many, unsigned count, bool notify)
{
	*crowd = (struct crowd){
	    .session = new_crowd(many, count, notify),
	    .down = g_string_new("* OK [CAPABILITY IMAP4rev1] .\r\n"),
	};
	while (crowd->down->len > 0) {
		g_autofree char *down = g_strdup(crowd->down->str);

		g_string_truncate(crowd->down, 0);
		imap_session_feed(crowd->session, down, strlen(down), 1);
		meet(crowd);
	}
	g_assert_nonnull(crowd->idle);
	g_free(crowd->idle);
	g_string_free(crowd->down, TRUE);
	imap_session_free(crowd->session);
}

static void test_many(gconstpointer notify)
{
	g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func(g_free);
	struct crowd crowd;

	for (unsigned i = 0; i < MANY; i++)
		g_ptr_array_add(many, g_strdup_printf("box%u", i));
	live_among(&crowd, (char **)many->pdata, MANY, notify != NULL);
	g_assert_cmpuint(crowd.failed, ==, MANY - IMAP_WATCHED_MAX);
	g_assert_cmpuint(crowd.synced, ==, IMAP_WATCHED_MAX);
}

/* A name that cannot be said fails alone. */
static void test_bad_name(gconstpointer notify)
{
	char good[] = "box0",
	     bad[] = "b\xe4"
		     "d",
	     other[] = "box1";
	char *some[] = {good, bad, other};
	struct crowd crowd;

	live_among(&crowd, some, G_N_ELEMENTS(some), notify != NULL);
	g_assert_cmpuint(crowd.failed, ==, 1);
	g_assert_cmpuint(crowd.synced, ==, 2);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		struct manner manner;
	} tests[] = {
	    {"/visits/status",
		{" [CAPABILITY IMAP4rev1 IDLE]", false, 0, 0, false, false}},
	    {"/visits/list",
		{" [CAPABILITY IMAP4rev1 IDLE LIST-EXTENDED LIST-STATUS]",
		    false, 2, 0, false, false}},
	    {"/visits/poll",
		{" [CAPABILITY IMAP4rev1]", false, 0, 0, false, false}},
	    {"/visits/notify",
		{" [CAPABILITY IMAP4rev1 IDLE NOTIFY]", false, 0, 0, false,
		    false}},
	    {"/visits/notify-lossy",
		{" [CAPABILITY IMAP4rev1 IDLE NOTIFY]", false, 4, 0, false,
		    false}},
	    {"/visits/notify-refused",
		{" [CAPABILITY IMAP4rev1 IDLE NOTIFY]", true, 2, 0, false,
		    false}},
	    {"/visits/qresync", {QRESYNC "]", false, 0, 0, true, false}},
	    {"/visits/qresync-notify",
		{QRESYNC " NOTIFY]", false, 0, 0, true, false}},
	    {"/visits/qresync-lossy",
		{QRESYNC " NOTIFY]", false, 4, 0, true, false}},
	    {"/visits/refused",
		{" [CAPABILITY IMAP4rev1 IDLE]", false, 0, 2, false, false}},
	    {"/visits/notify-and-refused",
		{" [CAPABILITY IMAP4rev1 IDLE NOTIFY]", false, 0, 2, false,
		    false}},
	    {"/visits/extras",
		{" [CAPABILITY IMAP4rev1 IDLE PREVIEW]", false, 0, 0, false,
		    true}},
	    {"/visits/extras-notify",
		{" [CAPABILITY IMAP4rev1 IDLE NOTIFY]", false, 2, 0, false,
		    true}},
	    {"/visits/extras-qresync",
		{QRESYNC " NOTIFY PREVIEW]", false, 2, 0, true, true}},
	};

	(void)argc;
	unit_init(argv[0]);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(
		    tests[i].path, &tests[i].manner, test_lives);
	g_test_add_data_func("/visits/many", NULL, test_many);
	g_test_add_data_func("/visits/many-notify", "notify", test_many);
	g_test_add_data_func("/visits/bad-name", NULL, test_bad_name);
	g_test_add_data_func("/visits/bad-name-notify", "", test_bad_name);
	return g_test_run();
}
