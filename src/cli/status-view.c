/*
 * The status as a table: a line for each account, a line for each mailbox,
 * and beneath them what went wrong.
 *
 * What stands in it has come from servers and mail: all of it is cleaned.
 */
#include "cli/status-view.h"
#include "message/text.h"
#include <string.h>

enum {
	COLUMNS = 6,
	WIDTH_MAX = 32, /* of a column; what is longer pushes the others */
	CELL_SIZE = 256,
	TEXT_SIZE = 1024,
	CHECK_NAMED = 5 /* watches that are named in one line */
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

struct view {
	int64_t now;
	bool colour;
	GPtrArray *lines; /* struct line */
	int widths[COLUMNS];
};

/* ---- members ---- */

static JsonNode *get_value(JsonObject *object, const char *name, GType type)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != type)
		return NULL;
	return node;
}

static int64_t get_int(JsonObject *object, const char *name)
{
	JsonNode *node = get_value(object, name, G_TYPE_INT64);

	return node != NULL ? json_node_get_int(node) : 0;
}

static bool get_bool(JsonObject *object, const char *name)
{
	JsonNode *node = get_value(object, name, G_TYPE_BOOLEAN);

	return node != NULL && json_node_get_boolean(node);
}

/* Clean; NULL when there is none. */
static char *get_text(JsonObject *object, const char *name, size_t size)
{
	JsonNode *node = get_value(object, name, G_TYPE_STRING);
	const char *text = node != NULL ? json_node_get_string(node) : NULL;

	return text != NULL && *text != '\0' ? text_clean(text, -1, size)
					     : NULL;
}

static char *get_cell(JsonObject *object, const char *name, const char *without)
{
	char *text = get_text(object, name, CELL_SIZE);

	return text != NULL ? text : g_strdup(without);
}

/* RFC 3339. */
static GDateTime *get_time(JsonObject *object, const char *name)
{
	JsonNode *node = get_value(object, name, G_TYPE_STRING);

	if (node == NULL)
		return NULL;
	return g_date_time_new_from_iso8601(json_node_get_string(node), NULL);
}

typedef void each_fn(void *data, JsonObject *element);

static void for_each(
    JsonObject *object, const char *name, each_fn *fn, void *data)
{
	JsonNode *node = json_object_get_member(object, name);
	JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY(node)
	    ? json_node_get_array(node)
	    : NULL;
	guint length = array != NULL ? json_array_get_length(array) : 0;

	for (guint i = 0; i < length; i++) {
		JsonNode *element = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_OBJECT(element))
			fn(data, json_node_get_object(element));
	}
}

/* ---- times ---- */

/* In one unit, whole ones: "59s", "8m", "2h", "12d". */
static char *print_duration(int64_t seconds)
{
	static const struct {
		int64_t size;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (i < G_N_ELEMENTS(units) - 1 && seconds < units[i].size)
		i++;
	return g_strdup_printf("%" G_GINT64_FORMAT "%c",
	    MAX(seconds, 0) / units[i].size, units[i].letter);
}

/* sign: 1 for the past ("5m ago"), -1 for what is to come ("in 5m"). */
static char *print_distance(
    const struct view *view, JsonObject *object, const char *name, int sign)
{
	g_autoptr(GDateTime) time = get_time(object, name);
	g_autofree char *distance = NULL;

	if (time == NULL)
		return NULL;
	distance =
	    print_duration(sign * (view->now - g_date_time_to_unix(time)));
	if (sign < 0)
		return g_strconcat("in ", distance, NULL);
	return g_strconcat(distance, " ago", NULL);
}

static char *print_age(
    const struct view *view, JsonObject *object, const char *name)
{
	g_autoptr(GDateTime) time = get_time(object, name);

	if (time == NULL)
		return NULL;
	return print_duration(view->now - g_date_time_to_unix(time));
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

/* Columns on a terminal: East Asian characters take two, accents none. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (!g_unichar_iszerowidth(c))
			width += g_unichar_iswide(c) ? 2 : 1;
	}
	return width;
}

/* Cells that are NULL are unknown. */
static void finish_row(struct view *view, struct line *line)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		int width;

		if (line->cells[i] == NULL)
			line->cells[i] = g_strdup("-");
		width = text_width(line->cells[i]);
		if (width <= WIDTH_MAX)
			view->widths[i] = MAX(view->widths[i], width);
	}
}

static void add_heads(struct view *view)
{
	static const char *const heads[COLUMNS] = {
	    "MAILBOX", "STATE", "FOR", "HEARD", "NEXT LOOK", "LAST MESSAGE"};
	struct line *line = add_line(view, DIM, NULL);

	for (size_t i = 0; i < COLUMNS; i++)
		line->cells[i] = g_strdup(heads[i]);
	finish_row(view, line);
}

/* ---- what is shown ---- */

static char *state_of(JsonObject *watch)
{
	g_autofree char *state = get_cell(watch, "state", "unknown");
	g_autofree char *method = get_cell(watch, "method", "");

	if (get_bool(watch, "blind"))
		return g_strconcat(state, ", blind", NULL);
	if (strcmp(state, "live") == 0 && strcmp(method, "poll") == 0)
		return g_strdup("live, polls");
	return g_steal_pointer(&state);
}

static bool is_live(JsonObject *watch)
{
	JsonNode *node = get_value(watch, "state", G_TYPE_STRING);

	return node != NULL && strcmp(json_node_get_string(node), "live") == 0;
}

static enum colour colour_of(JsonObject *watch)
{
	JsonNode *node = get_value(watch, "state", G_TYPE_STRING);

	if (is_live(watch))
		return GREEN;
	if (get_bool(watch, "blind") || node == NULL ||
	    strcmp(json_node_get_string(node), "stopped") == 0)
		return RED;
	return YELLOW;
}

static char *next_of(const struct view *view, JsonObject *watch)
{
	char *next = print_distance(view, watch, "next_refresh", -1);

	return next != NULL ? next
			    : print_distance(view, watch, "next_try", -1);
}

static void add_watch(void *data, JsonObject *watch)
{
	struct view *view = data;
	struct line *line = add_line(view, colour_of(watch), NULL);
	g_autofree char *error = get_text(watch, "error", TEXT_SIZE);

	line->cells[0] = get_cell(watch, "mailbox", "?");
	line->cells[1] = state_of(watch);
	line->cells[2] = print_age(view, watch, "since");
	line->cells[3] = print_distance(view, watch, "heard", 1);
	line->cells[4] = next_of(view, watch);
	line->cells[5] = print_distance(view, watch, "last_message", 1);
	finish_row(view, line);
	if (error != NULL)
		add_line(view, is_live(watch) ? DIM : PLAIN,
		    g_strconcat(
			is_live(watch) ? "    was: " : "    ", error, NULL));
}

static void add_given_up(void *data, JsonObject *message)
{
	struct view *view = data;
	g_autofree char *mailbox = get_cell(message, "mailbox", "?");
	g_autofree char *from = get_cell(message, "from", "?");
	g_autofree char *subject = get_cell(message, "subject", "");
	g_autofree char *reason = get_cell(message, "reason", "unknown");
	g_autofree char *time = print_distance(view, message, "time", 1);

	add_line(view, RED,
	    g_strdup_printf("  given up %s: %s %" G_GINT64_FORMAT
			    ", \"%s\" from %s: %s",
		time != NULL ? time : "once", mailbox, get_int(message, "uid"),
		subject, from, reason));
}

/* Worth a word only when it is not what was asked for. */
static void append_refresh(GString *text, JsonObject *account)
{
	int64_t used = get_int(account, "refresh");
	int64_t asked = get_int(account, "refresh_configured");
	g_autofree char *used_text = print_duration(used);
	g_autofree char *asked_text = print_duration(asked);

	if (used > 0 && asked > 0 && used != asked)
		g_string_append_printf(text,
		    ", refreshed every %s instead of %s", used_text,
		    asked_text);
}

static void add_account(void *data, JsonObject *account)
{
	struct view *view = data;
	GString *text = g_string_new(NULL);
	g_autofree char *name = get_cell(account, "account", "?");
	int64_t pending = get_int(account, "pending");

	g_string_append(text, name);
	append_refresh(text, account);
	if (pending > 0)
		g_string_append_printf(text,
		    ", %" G_GINT64_FORMAT " message%s on the way", pending,
		    pending == 1 ? "" : "s");
	add_line(view, BOLD, g_string_free(text, FALSE));
	for_each(account, "watches", add_watch, view);
	for_each(account, "given_up", add_given_up, view);
}

/* ---- counts ---- */

struct count {
	unsigned live, all, named;
	char *account;
	GString *others; /* those that are not live, or NULL */
};

static void name_watch(struct count *count, JsonObject *watch)
{
	g_autofree char *mailbox = get_cell(watch, "mailbox", "?");
	g_autofree char *state = get_cell(watch, "state", "unknown");
	g_autofree char *error = get_cell(watch, "error", "");

	if (count->named++ >= CHECK_NAMED)
		return;
	g_string_append_printf(count->others, "%s%s/%s (%s%s%s)",
	    count->others->len > 0 ? ", " : "", count->account, mailbox, state,
	    error[0] != '\0' ? ": " : "", error);
}

static void count_watch(void *data, JsonObject *watch)
{
	struct count *count = data;

	count->all++;
	if (is_live(watch))
		count->live++;
	else
		name_watch(count, watch);
}

static void count_account(void *data, JsonObject *account)
{
	struct count *count = data;

	g_free(count->account);
	count->account = get_cell(account, "account", "?");
	for_each(account, "watches", count_watch, count);
}

/* The accounts asked for decide, not the watcher's own sums. */
static struct count count_all(JsonObject *status, GString *others)
{
	struct count count = {.others = others};

	for_each(status, "accounts", count_account, &count);
	g_free(count.account);
	count.account = NULL;
	return count;
}

static void add_title(struct view *view, JsonObject *status)
{
	g_autoptr(GString) others = g_string_new(NULL);
	struct count count = count_all(status, others);
	g_autofree char *version = get_cell(status, "version", "?");
	g_autofree char *age = print_age(view, status, "started");

	add_line(view,
	    count.all == 0                ? PLAIN
		: count.live == count.all ? GREEN
					  : YELLOW,
	    g_strdup_printf("%u of %u live", count.live, count.all));
	add_line(view, DIM,
	    g_strdup_printf("idlebell %s, process %" G_GINT64_FORMAT
			    ", running for %s",
		version, get_int(status, "pid"),
		age != NULL ? age : "an unknown time"));
	if (count.all > 0)
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
		int padding = view->widths[i] - text_width(line->cells[i]);

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

char *status_view_text(JsonObject *status, int64_t now, bool colour)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
	struct view view = {.now = now, .colour = colour, .lines = lines};

	add_title(&view, status);
	for_each(status, "accounts", add_account, &view);
	return draw(&view);
}

char *status_view_check(JsonObject *status, bool *ret_well)
{
	g_autoptr(GString) others = g_string_new(NULL);
	struct count count = count_all(status, others);

	*ret_well = count.all > 0 && count.live == count.all;
	if (count.all == 0)
		return g_strdup("nothing is watched");
	if (*ret_well)
		return g_strdup_printf("%u of %u live", count.live, count.all);
	if (count.named > CHECK_NAMED)
		g_string_append_printf(
		    others, " and %u more", count.named - CHECK_NAMED);
	return g_strdup_printf(
	    "only %u of %u live: %s", count.live, count.all, others->str);
}
