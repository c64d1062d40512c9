/*
 * The status as a table: a line for each account, a line for each mailbox,
 * and beneath them what went wrong.  Mailboxes of a large account that fare
 * alike are one line, and of many accounts only those are shown that something
 * is wrong with.
 *
 * What stands in it has come from servers and mail: all of it is cleaned.
 */
#include "cli/status-view.h"
#include "cli/peek.h"
#include "cli/status.h"
#include "message/text.h"
#include "os/language.h"
#include <string.h>

enum {
	COLUMNS = 7,
	HEADS = 2,      /* the line */
	WIDTH_MAX = 32, /* of a column; what is longer pushes the others */
	CELL_SIZE = 256,
	TEXT_SIZE = 1024,
	MAILBOXES_SHOWN = 6, /* of an account, one by one */
	ACCOUNTS_SHOWN = 20, /* all of them */
	TROUBLES_SHOWN = 50  /* accounts */
};

enum colour {
	PLAIN,
	BOLD,
	DIM,
	GREEN,
	YELLOW,
	RED
};

static const char *const escapes[] = {
    [PLAIN] = "",
    [BOLD] = "\033[1m",
    [DIM] = "\033[2m",
    [GREEN] = "\033[32m",
    [YELLOW] = "\033[33m",
    [RED] = "\033[1;31m",
};

/* One line: text alone, or cells, of which the second has the colour. */
struct line {
	char *text;
	char *cells[COLUMNS];
	enum colour colour;
};

/* Watches that fare alike, one or more.  Times: wall clock, s; 0: unknown. */
struct row {
	unsigned watches;
	char *mailbox;
	char *state, *method;
	char *error; /* of the first, or NULL */
	enum colour colour;
	bool live, over; /* over: its error is */
	int64_t since, heard, next, last;
};

struct view {
	int64_t now;
	bool colour;
	bool full;            /* everything */
	bool few;             /* accounts: all of them are shown */
	bool rows;            /* there are some */
	unsigned well, wrong; /* accounts that are left out */
	unsigned well_mailboxes;
	GPtrArray *lines; /* struct line */
	int widths[COLUMNS];
};

/* ---- times ---- */

/* In one unit, whole ones: "59s", "8m", "2h", "12d". */
static char *print_duration(int64_t seconds)
{
	static const struct {
		int64_t size;
		const char *format;
	} units[] = {
	    /* TRANSLATORS: days, in as few letters as can be. */
	    {86400, N_("%ldd")},
	    /* TRANSLATORS: hours. */
	    {3600, N_("%ldh")},
	    /* TRANSLATORS: minutes. */
	    {60, N_("%ldm")},
	    /* TRANSLATORS: seconds. */
	    {1, N_("%lds")},
	};
	g_autoptr(GString) text = NULL;
	g_autofree char *number = NULL;
	size_t i = 0;

	while (i < G_N_ELEMENTS(units) - 1 && seconds < units[i].size)
		i++;
	number = g_strdup_printf(
	    "%" G_GINT64_FORMAT, MAX(seconds, 0) / units[i].size);
	text = g_string_new(_(units[i].format));
	g_string_replace(text, "%ld", number, 1);
	return g_strdup(text->str);
}

static char *print_past(const struct view *view, int64_t time)
{
	g_autofree char *distance = print_duration(view->now - time);

	return time != 0 ? g_strdup_printf(_("%s ago"), distance) : NULL;
}

static char *print_future(const struct view *view, int64_t time)
{
	g_autofree char *distance = print_duration(time - view->now);

	return time != 0 ? g_strdup_printf(_("in %s"), distance) : NULL;
}

static char *print_age(const struct view *view, int64_t time)
{
	return time != 0 ? print_duration(view->now - time) : NULL;
}

/* ---- lines ---- */

static void line_free(gpointer data)
{
	struct line *line = data;

	g_free(line->text);
	for (size_t i = 0; i < COLUMNS; i++)
		g_free(line->cells[i]);
	g_free(line);
}

static struct line *add_line(struct view *view, enum colour colour, char *text)
{
	struct line *line = g_new0(struct line, 1);

	line->text = text;
	line->colour = colour;
	g_ptr_array_add(view->lines, line);
	return line;
}

/* Cells that are NULL are unknown. */
static void finish_row(struct view *view, struct line *line)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		int width;

		if (line->cells[i] == NULL)
			line->cells[i] = g_strdup("-");
		width = text_columns(line->cells[i]);
		if (width <= WIDTH_MAX)
			view->widths[i] = MAX(view->widths[i], width);
	}
}

static void add_heads(struct view *view)
{
	static const char *const heads[COLUMNS] = {N_("MAILBOX"), N_("STATE"),
	    N_("METHOD"), N_("FOR"), N_("HEARD"), N_("NEXT LOOK"),
	    N_("LAST MESSAGE")};
	struct line *line = add_line(view, DIM, NULL);

	for (size_t i = 0; i < COLUMNS; i++)
		line->cells[i] = g_strdup(_(heads[i]));
	finish_row(view, line);
}

/* ---- rows ---- */

/* What is not known, of a newer watcher, stays as it is. */
static const char *translate_state(const char *state)
{
	static const char *const states[] = {N_("live"), N_("connecting"),
	    N_("stopped"), N_("paused"), N_("quiet"), N_("unknown")};

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		if (strcmp(states[i], state) == 0)
			return _(states[i]);
	return state;
}

static char *state_of(JsonObject *watch)
{
	g_autofree char *state = peek_cell(watch, "state", "unknown");

	/* TRANSLATORS: a state; mail is not seen. */
	if (peek_bool(watch, "blind"))
		return g_strdup_printf(_("%s, blind"), translate_state(state));
	return g_strdup(translate_state(state));
}

static enum colour colour_of(JsonObject *watch)
{
	JsonNode *node = peek_value(watch, "state", G_TYPE_STRING);

	if (status_is_live(watch))
		return GREEN;
	if (status_is_resting(watch))
		return PLAIN;
	if (peek_bool(watch, "blind") || node == NULL ||
	    strcmp(json_node_get_string(node), "stopped") == 0)
		return RED;
	return YELLOW;
}

static struct row *row_new(JsonObject *watch)
{
	struct row *row = g_new0(struct row, 1);
	int64_t refresh = peek_time(watch, "next_refresh");

	row->watches = 1;
	row->mailbox = peek_cell(watch, "mailbox", "?");
	row->state = state_of(watch);
	row->method = peek_text(watch, "method", CELL_SIZE);
	row->error = peek_text(watch, "error", TEXT_SIZE);
	row->colour = colour_of(watch);
	row->live = status_is_live(watch);
	row->over = row->live || status_is_resting(watch);
	row->since = peek_time(watch, "since");
	row->heard = peek_time(watch, "heard");
	row->next = refresh != 0 ? refresh : peek_time(watch, "next_try");
	row->last = peek_time(watch, "last_message");
	return row;
}

static void row_free(gpointer data)
{
	struct row *row = data;

	g_free(row->mailbox);
	g_free(row->state);
	g_free(row->method);
	g_free(row->error);
	g_free(row);
}

/* What a live one suffered before is its own affair. */
static bool is_alike(const struct row *a, const struct row *b)
{
	return strcmp(a->state, b->state) == 0 &&
	    g_strcmp0(a->method, b->method) == 0 &&
	    (a->live || g_strcmp0(a->error, b->error) == 0);
}

/* The latest of all that happened, the first of what is to come. */
static void row_take(struct row *row, const struct row *other)
{
	row->watches++;
	row->since = MAX(row->since, other->since);
	row->heard = MAX(row->heard, other->heard);
	row->last = MAX(row->last, other->last);
	if (row->next == 0 || (other->next != 0 && other->next < row->next))
		row->next = other->next;
}

struct rows {
	GPtrArray *rows; /* struct row */
	bool fold;
};

static void take_watch(void *data, JsonObject *watch)
{
	struct rows *rows = data;
	struct row *row = row_new(watch);

	for (unsigned i = 0; rows->fold && i < rows->rows->len; i++) {
		if (!is_alike(rows->rows->pdata[i], row))
			continue;
		row_take(rows->rows->pdata[i], row);
		row_free(row);
		return;
	}
	g_ptr_array_add(rows->rows, row);
}

/* One error of several mailboxes stands beneath the last of them. */
static void add_error(
    struct view *view, const struct row *row, unsigned mailboxes)
{
	g_autofree char *text = mailboxes > 1
	    ? g_strdup_printf(
		  ngettext("%s (%u mailbox)", "%s (%u mailboxes)", mailboxes),
		  row->error, mailboxes)
	    : g_strdup(row->error);

	/* TRANSLATORS: an error that is over. */
	add_line(view, row->over ? DIM : PLAIN,
	    g_strdup_printf(row->over ? _("    was: %s") : "    %s", text));
}

static void add_row(struct view *view, const struct row *row)
{
	struct line *line = add_line(view, row->colour, NULL);

	line->cells[0] = row->watches > 1
	    ? g_strdup_printf(
		  ngettext("%u mailbox", "%u mailboxes", row->watches),
		  row->watches)
	    : g_strdup(row->mailbox);
	line->cells[1] = g_strdup(row->state);
	line->cells[2] = g_strdup(row->method);
	line->cells[3] = print_age(view, row->since);
	line->cells[4] = print_past(view, row->heard);
	line->cells[5] = print_future(view, row->next);
	line->cells[6] = print_past(view, row->last);
	finish_row(view, line);
	view->rows = true;
}

/* What some of many that are live suffered is too much to tell. */
static bool shows_error(const struct row *row)
{
	return row->error != NULL && !(row->live && row->watches > 1);
}

static bool shares_error(const GPtrArray *rows, unsigned i)
{
	const struct row *row = rows->pdata[i], *next;

	if (i + 1 == rows->len)
		return false;
	next = rows->pdata[i + 1];
	return shows_error(next) && row->live == next->live &&
	    strcmp(row->error, next->error) == 0;
}

static void add_rows(struct view *view, const GPtrArray *rows)
{
	unsigned shared = 0;

	for (unsigned i = 0; i < rows->len; i++) {
		const struct row *row = rows->pdata[i];

		add_row(view, row);
		if (!shows_error(row))
			continue;
		shared++;
		if (shares_error(rows, i))
			continue;
		add_error(view, row, shared);
		shared = 0;
	}
}

static void add_watches(struct view *view, JsonObject *account)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(row_free);
	struct rows rows = {
	    .rows = all,
	    .fold =
		!view->full && peek_count(account, "watches") > MAILBOXES_SHOWN,
	};

	peek_each(account, "watches", take_watch, &rows);
	add_rows(view, all);
}

/* ---- what is not as good as it might be ---- */

static void take_why(void *data, JsonObject *watch)
{
	GPtrArray *reasons = data;
	char *why = peek_text(watch, "method_why", TEXT_SIZE);

	if (why == NULL ||
	    g_ptr_array_find_with_equal_func(reasons, why, g_str_equal, NULL))
		g_free(why);
	else
		g_ptr_array_add(reasons, why);
}

/* Most often one for all mailboxes of an account. */
static void add_reasons(struct view *view, JsonObject *account)
{
	g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);

	peek_each(account, "watches", take_why, reasons);
	for (unsigned i = 0; i < reasons->len; i++)
		add_line(view, DIM,
		    g_strdup_printf(
			_("    method: %s"), (char *)reasons->pdata[i]));
}

static void add_given_up(void *data, JsonObject *message)
{
	struct view *view = data;
	g_autofree char *mailbox = peek_cell(message, "mailbox", "?");
	g_autofree char *from = peek_cell(message, "from", "?");
	g_autofree char *subject = peek_cell(message, "subject", "");
	g_autofree char *reason = peek_cell(message, "reason", _("unknown"));
	g_autofree char *time = print_past(view, peek_time(message, "time"));

	/* TRANSLATORS: how long ago; mailbox, UID, subject, sender, reason. */
	add_line(view, RED,
	    g_strdup_printf(_("  given up %s: %s %ld, \"%s\" from %s: %s"),
		time != NULL ? time : "?", mailbox,
		(long)peek_int(message, "uid"), subject, from, reason));
}

/* Why some of its mailboxes rest and others do not. */
static void add_resting(struct view *view, JsonObject *account)
{
	JsonObject *quiet = peek_object(account, "quiet");
	int64_t count = quiet != NULL ? peek_int(quiet, "resting") : 0;

	if (count > 0)
		add_line(view, DIM,
		    g_strdup_printf(
			ngettext("    %ld mailbox rests until then: no urgent "
				 "rule can be about it",
			    "    %ld mailboxes rest until then: no urgent "
			    "rule can be about them",
			    (unsigned long)count),
			(long)count));
}

static void add_download(void *data, JsonObject *download)
{
	struct view *view = data;
	g_autofree char *mailbox = peek_cell(download, "mailbox", "?");
	int64_t octets = MAX(peek_int(download, "octets"), 0);
	int64_t size = peek_int(download, "size");
	g_autofree char *done = g_format_size((guint64)octets);
	g_autofree char *all =
	    size > 0 ? g_format_size((guint64)size) : g_strdup("?");

	/* TRANSLATORS: mailbox, UID; so much of that size. */
	add_line(view, PLAIN,
	    g_strdup_printf(_("    downloading %s %ld: %s of %s"), mailbox,
		(long)peek_int(download, "uid"), done, all));
}

/* Worth a word only when it is not what was asked for. */
static void append_refresh(GString *text, JsonObject *account)
{
	int64_t used = peek_int(account, "refresh");
	int64_t asked = peek_int(account, "refresh_configured");
	g_autofree char *used_text = print_duration(used);
	g_autofree char *asked_text = print_duration(asked);

	if (used > 0 && asked > 0 && used != asked)
		g_string_append_printf(text,
		    _(", refreshed every %s instead of %s"), used_text,
		    asked_text);
}

/* ---- accounts ---- */

static void add_account(struct view *view, JsonObject *account)
{
	GString *text = g_string_new(NULL);
	g_autofree char *name = peek_cell(account, "account", "?");
	g_autofree char *rest = status_rest(account, view->now);
	int64_t pending = peek_int(account, "pending");

	g_string_append(text, name);
	if (rest != NULL)
		g_string_append_printf(text, ", %s", rest);
	append_refresh(text, account);
	if (pending > 0)
		g_string_append_printf(text,
		    ngettext(", %ld message on the way",
			", %ld messages on the way", (unsigned long)pending),
		    (long)pending);
	add_line(view, BOLD, g_string_free(text, FALSE));
	if (peek_count(account, "watches") == 0 && rest == NULL)
		add_line(view, PLAIN,
		    g_strdup_printf(
			_("    no mailbox to watch: \"idlebell mailboxes %s\" "
			  "lists those that are there"),
			name));
	add_watches(view, account);
	add_resting(view, account);
	add_reasons(view, account);
	peek_each(account, "downloads", add_download, view);
	peek_each(account, "given_up", add_given_up, view);
}

/* Of many accounts those that are well would hide the others. */
static void look_at_account(void *data, JsonObject *account)
{
	struct view *view = data;

	if (!view->few && status_is_well(account)) {
		view->well++;
		view->well_mailboxes += peek_count(account, "watches");
	} else if (view->few || view->wrong++ < TROUBLES_SHOWN) {
		add_account(view, account);
	}
}

static void add_rest(struct view *view)
{
	if (view->wrong > TROUBLES_SHOWN)
		add_line(view, PLAIN,
		    g_strdup_printf(
			ngettext("%u more account that is not well: status -v "
				 "shows all",
			    "%u more accounts that are not well: status -v "
			    "shows all",
			    view->wrong - TROUBLES_SHOWN),
			view->wrong - TROUBLES_SHOWN));
	if (view->well > 0)
		add_line(view, PLAIN,
		    g_strdup_printf(
			ngettext("%u account is well (mailboxes: %u): status "
				 "-v shows all",
			    "%u accounts are well (mailboxes: %u): status -v "
			    "shows all",
			    view->well),
			view->well, view->well_mailboxes));
}

static void add_title(struct view *view, JsonObject *status)
{
	struct status_sums sums = status_sum(status, view->now);
	/* TRANSLATORS: accounts, behind "1 of 3 live". */
	g_autofree char *rests = sums.resting > 0
	    ? g_strdup_printf(_(", %u at rest"), sums.resting)
	    : g_strdup("");
	g_autofree char *version = peek_cell(status, "version", "?");
	g_autofree char *shard = peek_text(status, "shard", CELL_SIZE);
	g_autofree char *age = print_age(view, peek_time(status, "started"));

	add_line(view,
	    sums.all == 0                                  ? PLAIN
		: sums.live == sums.all && sums.empty == 0 ? GREEN
							   : YELLOW,
	    g_strdup_printf(_("%u of %u live%s"), sums.live, sums.all, rests));
	add_line(view, DIM,
	    shard != NULL
		? g_strdup_printf(_("idlebell %s, shard %s, process %ld, "
				    "running for %s"),
		      version, shard, (long)peek_int(status, "pid"),
		      age != NULL ? age : _("an unknown time"))
		: g_strdup_printf(_("idlebell %s, process %ld, running for %s"),
		      version, (long)peek_int(status, "pid"),
		      age != NULL ? age : _("an unknown time")));
	add_heads(view);
}

/* ---- drawing ---- */

static void draw_coloured(const struct view *view, GString *text,
    enum colour colour, const char *word)
{
	bool coloured = view->colour && colour != PLAIN;

	g_string_append_printf(text, "%s%s%s", coloured ? escapes[colour] : "",
	    word, coloured ? "\033[0m" : "");
}

static void draw_row(
    const struct view *view, GString *text, const struct line *line)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		int padding = view->widths[i] - text_columns(line->cells[i]);

		g_string_append(text, "  ");
		draw_coloured(view, text,
		    i == 1 || line->colour == DIM ? line->colour : PLAIN,
		    line->cells[i]);
		if (i + 1 < COLUMNS)
			g_string_append_printf(
			    text, "%*s", MAX(padding, 0), "");
	}
}

static char *draw(const struct view *view)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < view->lines->len; i++) {
		const struct line *line = view->lines->pdata[i];

		if (line->text != NULL)
			draw_coloured(view, text, line->colour, line->text);
		else
			draw_row(view, text, line);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

char *status_view_text(JsonObject *status, int64_t now, bool colour, bool full)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
	struct view view = {.now = now,
	    .colour = colour,
	    .full = full,
	    .few = full || peek_count(status, "accounts") <= ACCOUNTS_SHOWN,
	    .lines = lines};

	add_title(&view, status);
	peek_each(status, "accounts", look_at_account, &view);
	if (!view.rows)
		g_ptr_array_remove_index(lines, HEADS);
	add_rest(&view);
	return draw(&view);
}
